// AT&T operands: `%register`, `$immediate`, `segment:displacement(base, index, scale)`, `*target`.

import { StatementParser, climb, endsOperand } from './statement-grammar.ts';
import type { OperandRules } from './statement-grammar.ts';
import { blankOperand } from './syntax-tree.ts';
import type { Node, Operand } from './syntax-tree.ts';
import * as T from './tokens.ts';

type Expression = (index: 0 | 1 | 2) => Node;

export class AttParser extends StatementParser {
  protected operandRules(): OperandRules {
    const rule = this.primaryRules();
    const expression: Expression = (index) =>
      index === 0 ? this.SUBRULE(rule) : index === 1 ? this.SUBRULE1(rule) : this.SUBRULE2(rule);
    const operand = this.operandRule(expression);
    return { expression: rule, operand, argument: operand, hasRegisters: false };
  }

  /** Expressions: a flat list of primaries and operators, built into a tree by strength. */
  private primaryRules(): () => Node {
    let expression: () => Node = () => ({ kind: 'number', text: '0', start: 0 });
    const alternatives = [
      { ALT: () => this.leaf('number', this.CONSUME(T.Number)) },
      { ALT: () => this.leaf('name', this.CONSUME(T.Identifier)) },
      { ALT: () => this.leaf('character', this.CONSUME(T.Character)) },
      ...[T.Minus, T.Tilde, T.Exclamation, T.Plus].map((type) => ({
        ALT: (): Node => {
          const sign = this.CONSUME(type);
          const isMissing = !this.RECORDING_PHASE && endsOperand(this.LA(1));
          const operand: Node = isMissing
            ? { kind: 'number', text: '', start: this.offset(sign) }
            : type === T.Minus
              ? this.SUBRULE1(primary)
              : type === T.Tilde
                ? this.SUBRULE2(primary)
                : type === T.Plus
                  ? this.SUBRULE3(primary)
                  : this.SUBRULE4(primary);
          return { kind: 'unary', operator: sign.image, operand, start: this.offset(sign) };
        },
      })),
      {
        ALT: () => {
          this.CONSUME(T.LeftParenthesis);
          const inner = this.SUBRULE(expression);
          this.CONSUME(T.RightParenthesis);
          return inner;
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.LeftBracket);
          const inner = this.SUBRULE2(expression);
          this.CONSUME(T.RightBracket);
          return inner;
        },
      },
      { ALT: () => this.leaf('string', this.CONSUME(T.Text)) },
    ];
    const choose = alternatives as { ALT: () => Node }[];
    const primary: () => Node = this.RULE('primary', () => this.OR(choose));
    expression = this.expressionRule(primary);
    return expression;
  }

  private expressionRule(primary: () => Node): () => Node {
    let nodes: Node[] = [];
    let operators: string[] = [];
    const step = () => {
      const operator = this.CONSUME(T.BinaryOperator);
      operators.push(operator.image);
      // GNU as takes 0 where the right operand is missing; an empty number says so.
      const isMissing = !this.RECORDING_PHASE && endsOperand(this.LA(1));
      nodes.push(
        isMissing
          ? { kind: 'number', text: '', start: this.offset(operator) }
          : this.SUBRULE2(primary),
      );
    };
    return this.RULE('expression', () => {
      const outerNodes = nodes;
      const outerOperators = operators;
      const first = this.SUBRULE(primary);
      nodes = [first];
      operators = [];
      this.MANY(step);
      const tree = nodes.length === 1 || this.RECORDING_PHASE ? first : climb(nodes, operators);
      nodes = outerNodes;
      operators = outerOperators;
      return tree;
    });
  }

  /** `(base, index, scale)`; a scale may stand where the index would, and then has no effect. */
  private registersRule(expression: Expression, current: () => Operand): () => void {
    const base = () => {
      const found = this.CONSUME(T.Register);
      current().base = found.image;
    };
    const scale = () => {
      current().scale = expression(0);
    };
    const scaled = () => {
      this.CONSUME2(T.Comma);
      this.OPTION3(scale);
    };
    const indexChoices = [
      {
        ALT: () => {
          const found = this.CONSUME2(T.Register);
          current().index = found.image;
          this.OPTION4(scaled);
        },
      },
      {
        ALT: () => {
          current().scale = expression(1);
        },
      },
    ];
    const more = () => {
      this.CONSUME(T.Comma);
      this.OR(indexChoices);
    };
    return this.RULE('registers', () => {
      this.CONSUME(T.LeftParenthesis);
      current().hasRegisters = true;
      this.OPTION(base);
      this.OPTION2(more);
      this.CONSUME(T.RightParenthesis);
    });
  }

  private operandRule(expression: Expression): () => Operand {
    let current = blankOperand(0);
    const registers = this.registersRule(expression, () => current);
    const suffix = () => this.SUBRULE(registers);
    const memoryChoices = [
      { ALT: () => this.SUBRULE2(registers) },
      {
        ALT: () => {
          current.node = expression(1);
          this.OPTION(suffix);
        },
      },
    ];
    const memory = this.RULE('memory', () => {
      this.OR(memoryChoices);
    });
    // The star may stand behind the segment as well: %cs:*table.
    const lateStar = () => {
      this.CONSUME2(T.Star);
      current.isIndirect = true;
    };
    const segmented = () => {
      this.CONSUME(T.Colon);
      this.OPTION5({ GATE: () => !current.isIndirect, DEF: lateStar });
      current.segment = current.register;
      current.kind = 'memory';
      this.SUBRULE(memory);
    };
    const choices = [
      {
        ALT: () => {
          const found = this.CONSUME(T.Register);
          current.kind = 'register';
          current.register = found.image;
          this.OPTION(segmented);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Dollar);
          current.kind = 'immediate';
          current.node = expression(1);
        },
      },
      {
        ALT: () => {
          current.kind = 'memory';
          this.SUBRULE2(memory);
        },
      },
    ];
    const plain = this.RULE('plain', () => {
      this.OR(choices);
    });
    const star = () => {
      this.CONSUME(T.Star);
      current.isIndirect = true;
    };
    return this.RULE('operand', () => {
      const operand = blankOperand(this.offset(this.LA(1)));
      current = operand;
      this.OPTION(star);
      this.SUBRULE(plain);
      const isText = operand.node?.kind === 'string' && !operand.hasRegisters;
      if (isText && operand.kind === 'memory') operand.kind = 'string';
      operand.end = this.lastEnd;
      return operand;
    });
  }
}
