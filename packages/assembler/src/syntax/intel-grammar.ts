// Intel operands. Each is one expression, in which registers, brackets, `DWORD PTR`, `OFFSET` and
// `es:` are primaries and operators like others; what they make together intel-operands.ts finds
// out. Strongest first: `:`, then the signs and unary words, then the binary operators, which bind
// as in AT&T syntax, then brackets. Directives take the same expressions.

import type { IToken } from 'chevrotain';
import { binaryWords, sizeWords } from './intel-tokens.ts';
import { StatementParser, climb, endsOperand } from './statement-grammar.ts';
import type { OperandRules } from './statement-grammar.ts';
import { blankOperand } from './syntax-tree.ts';
import type { Node, Operand } from './syntax-tree.ts';
import * as T from './tokens.ts';

const nothing: Node = { kind: 'number', text: '0', start: 0 };

export class IntelParser extends StatementParser {
  protected operandRules(): OperandRules {
    const expression = this.expressionRules();
    const operand = this.RULE('operand', (): Operand => {
      const start = this.offset(this.LA(1));
      const node = this.SUBRULE(expression);
      const isBracketed = this.LA(0).tokenType === T.RightBracket;
      return { ...blankOperand(start), kind: 'intel', node, isBracketed, end: this.lastEnd };
    });
    return { expression, operand, argument: this.argumentRule(expression), hasRegisters: true };
  }

  private argumentRule(expression: () => Node): () => Operand {
    return this.RULE('argument', (): Operand => {
      const argument = blankOperand(this.offset(this.LA(1)));
      const node = this.SUBRULE(expression);
      argument.end = this.lastEnd;
      if (node.kind === 'register') {
        argument.kind = 'register';
        argument.register = node.text;
        return argument;
      }
      argument.kind = node.kind === 'string' ? 'string' : 'memory';
      argument.node = node;
      return argument;
    });
  }

  private expressionRules(): () => Node {
    const fixed = this.leafRule();
    let expression: () => Node = () => nothing;
    let far: () => Node = () => nothing;
    const unary = (operator: string, sign: IToken, operand: Node | undefined): Node => ({
      kind: 'unary',
      operator,
      operand: operand ?? { ...nothing, start: this.offset(sign) },
      start: this.offset(sign),
    });
    const sized = () => this.SUBRULE1(far);
    const typed = () => {
      this.CONSUME(T.Pointer);
      return { operand: this.OPTION2(sized) };
    };
    const worded = () => this.SUBRULE2(far);
    const choices = [
      { ALT: () => this.SUBRULE(fixed) },
      {
        ALT: (): Node => {
          const word = this.CONSUME(T.SizeWord);
          const found = this.OPTION1(typed);
          if (!found) {
            const bytes = sizeWords.get(word.image.toLowerCase()) ?? 0;
            return { kind: 'number', text: String(bytes), start: this.offset(word) };
          }
          return unary(`${word.image.toLowerCase()} ptr`, word, found.operand);
        },
      },
      {
        ALT: (): Node => {
          const word = this.CONSUME(T.UnaryWord);
          return unary(word.image.toLowerCase(), word, this.OPTION3(worded));
        },
      },
      {
        ALT: (): Node => {
          const sign = this.CONSUME(T.Sign);
          const operator = sign.image.length > 1 ? '~' : sign.image;
          return unary(operator, sign, this.SUBRULE1(primary));
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.LeftParenthesis);
          const inner = this.SUBRULE1(expression);
          this.CONSUME(T.RightParenthesis);
          return inner;
        },
      },
      {
        ALT: () => {
          const bracket = this.CONSUME(T.LeftBracket);
          const inner = this.SUBRULE2(expression);
          this.CONSUME(T.RightBracket);
          return unary('[]', bracket, inner);
        },
      },
    ] as { ALT: () => Node }[];
    const primary: () => Node = this.RULE('primary', () => this.OR(choices));
    far = this.farRule(primary);
    expression = this.sumRule(far);
    return expression;
  }

  private leafRule(): () => Node {
    const choices = [
      { ALT: () => this.leaf('number', this.CONSUME(T.Number)) },
      { ALT: () => this.leaf('name', this.CONSUME(T.Identifier)) },
      {
        ALT: (): Node => {
          const found = this.CONSUME(T.Register);
          return { kind: 'register', text: found.image, start: this.offset(found) };
        },
      },
      { ALT: () => this.leaf('character', this.CONSUME(T.Character)) },
      { ALT: () => this.leaf('string', this.CONSUME(T.Text)) },
      {
        // The current place, which AT&T syntax writes as a point.
        ALT: (): Node => ({
          kind: 'name',
          text: '.',
          start: this.offset(this.CONSUME(T.Dollar)),
        }),
      },
    ] as { ALT: () => Node }[];
    return this.RULE('value', () => this.OR(choices));
  }

  /** `segment:offset`. */
  private farRule(primary: () => Node): () => Node {
    let parts: Node[] = [];
    const step = () => {
      this.CONSUME(T.Colon);
      parts.push(this.SUBRULE2(primary));
    };
    return this.RULE('far', () => {
      const outer = parts;
      const first = this.SUBRULE(primary);
      parts = [];
      this.MANY(step);
      let left = first;
      for (const right of parts) {
        left = { kind: 'binary', operator: ':', left, right, start: first.start };
      }
      parts = outer;
      return left;
    });
  }

  /** Brackets behind something take all that stands before them: `8-4[ebx]` is `[ebx+4]`. */
  private sumRule(item: () => Node): () => Node {
    let nodes: Node[] = [];
    let operators: string[] = [];
    let whole: () => Node = () => nothing;
    const choices = [
      {
        ALT: () => {
          const operator = this.CONSUME(T.BinaryOperator);
          const { image } = operator;
          operators.push(binaryWords.get(image.toLowerCase()) ?? image);
          // GNU as takes 0 where nothing follows; an empty number says so.
          const isMissing = !this.RECORDING_PHASE && endsOperand(this.LA(1));
          const start = this.offset(operator);
          nodes.push(isMissing ? { kind: 'number', text: '', start } : this.SUBRULE2(item));
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.LeftBracket);
          const right = this.SUBRULE(whole);
          this.CONSUME(T.RightBracket);
          if (this.RECORDING_PHASE) return;
          const left = climb(nodes, operators);
          nodes = [{ kind: 'binary', operator: '[]', left, right, start: left.start }];
          operators = [];
        },
      },
    ];
    const step = () => void this.OR(choices);
    whole = this.RULE('expression', () => {
      const outerNodes = nodes;
      const outerOperators = operators;
      const first = this.SUBRULE(item);
      nodes = [first];
      operators = [];
      this.MANY(step);
      const tree = this.RECORDING_PHASE ? first : climb(nodes, operators);
      nodes = outerNodes;
      operators = outerOperators;
      return tree;
    });
    return whole;
  }
}
