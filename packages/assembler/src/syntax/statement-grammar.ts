// The grammar of statements without that of operands, as a Chevrotain parser whose actions hand
// each finished statement to a `Sink`. att-grammar.ts and intel-grammar.ts add the two syntaxes of
// operands. Closures are made once and every choice takes one token (an opening parenthesis two),
// which is what makes it fast enough to run over whole compilations (ASSEMBLER.md has the
// measurements).

import { EmbeddedActionsParser, EOF } from 'chevrotain';
import type { IParserErrorMessageProvider, IToken } from 'chevrotain';
import { unquote } from '../values/evaluate.ts';
import { FirstTokens } from './lookahead.ts';
import { blankOperand } from './syntax-tree.ts';
import type { Node, Operand, Sink } from './syntax-tree.ts';
import * as T from './tokens.ts';

const messages: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected, actual }) =>
    `found ${named(actual)}, expected ${expected.LABEL ?? expected.name}`,
  buildNotAllInputParsedMessage: ({ firstRedundant }) =>
    `found ${named(firstRedundant)}, expected ',' or the end of the statement`,
  buildNoViableAltMessage: ({ actual }) => `found ${named(actual[0])}, expected an operand`,
  buildEarlyExitMessage: ({ actual }) => `found ${named(actual[0])}, expected more`,
};

function named(found: IToken | undefined): string {
  if (!found || found.tokenType === EOF) return 'end of text';
  if (found.tokenType === T.NewLine) return 'end of line';
  return `'${found.image}'`;
}

/** The rules that a syntax of operands brings. */
/** What follows the last operand of a statement or argument. */
export function endsOperand(next: IToken): boolean {
  return T.endsStatement(next) || next.tokenType === EOF || next.tokenType === T.Comma;
}

export interface OperandRules {
  readonly expression: () => Node;
  /** An operand of an instruction. */
  readonly operand: () => Operand;
  /** An argument of a directive. */
  readonly argument: () => Operand;
  /** Registers are parts of expressions. */
  readonly hasRegisters: boolean;
}

export abstract class StatementParser extends EmbeddedActionsParser {
  sink: Sink | undefined = undefined;
  /** Offset in the text of the first token's chunk. */
  origin = 0;
  private operandList: Operand[] = [];
  readonly program: () => void;
  readonly arguments: () => Operand[];

  constructor() {
    super(T.vocabulary, {
      maxLookahead: 2,
      lookaheadStrategy: new FirstTokens({ maxLookahead: 2 }),
      recoveryEnabled: false,
      skipValidations: true,
      errorMessageProvider: messages,
    });
    const rules = this.operandRules();
    this.arguments = this.argumentsRule(rules.argument);
    this.program = this.statementRules(rules);
    this.performSelfAnalysis();
  }

  /** Called once, before the fields of the derived class exist. */
  protected abstract operandRules(): OperandRules;

  protected get lastEnd(): number {
    const last = this.LA(0);
    return this.origin + last.startOffset + last.image.length;
  }

  protected offset(of: IToken): number {
    return this.origin + of.startOffset;
  }

  protected leaf(
    kind: 'number' | 'name' | 'character' | 'string' | 'register',
    found: IToken,
  ): Node {
    return { kind, text: found.image, start: this.offset(found) };
  }

  private isAtEnd(): boolean {
    const next = this.LA(1);
    return T.endsStatement(next) || next.tokenType === EOF;
  }

  /** Arguments of a directive: separated by commas or blanks; between two commas may be nothing. */
  private argumentsRule(operand: () => Operand): () => Operand[] {
    const push = (found: Operand | undefined) => {
      this.operandList.push(found ?? blankOperand(this.lastEnd));
    };
    // An operand may begin what follows as well, where there is none.
    const first = { MAX_LOOKAHEAD: 1, DEF: () => this.SUBRULE(operand) };
    const afterComma = () => this.SUBRULE2(operand);
    const choices = [
      {
        ALT: () => {
          this.CONSUME(T.Comma);
          push(this.OPTION2(afterComma));
        },
      },
      { ALT: () => push(this.SUBRULE3(operand)) },
    ];
    const more = () => {
      if (this.operandList.length === 0 && this.LA(1).tokenType === T.Comma) push(undefined);
      this.OR(choices);
    };
    return this.RULE('arguments', () => {
      this.operandList = [];
      const found = this.OPTION(first);
      if (found) this.operandList.push(found);
      this.MANY(more);
      return this.operandList;
    });
  }

  private operandsRule(operand: () => Operand): () => Operand[] {
    const more = () => {
      this.CONSUME(T.Comma);
      this.operandList.push(this.SUBRULE2(operand));
    };
    const some = () => {
      this.operandList.push(this.SUBRULE(operand));
      this.MANY(more);
    };
    return this.RULE('operands', () => {
      this.operandList = [];
      this.OPTION(some);
      return this.operandList;
    });
  }

  private statementRules(rules: OperandRules): () => void {
    const operands = this.operandsRule(rules.operand);
    const equals = [
      { ALT: () => this.CONSUME(T.Equal) },
      { ALT: () => this.CONSUME(T.EqualEqual) },
    ];
    const register = () => this.leaf('register', this.CONSUME(T.Register));
    const values = [
      { ALT: () => this.SUBRULE(rules.expression) },
      ...(rules.hasRegisters ? [] : [{ ALT: register }]),
    ];
    const choices = [
      { ALT: () => void this.CONSUME(T.NewLine) },
      { ALT: () => void this.CONSUME(T.Semicolon) },
      {
        ALT: () => {
          const name = this.CONSUME(T.Mnemonic);
          const list = this.SUBRULE(operands);
          // What follows without a comma is reported once, as a word that is not expected.
          if (this.RECORDING_PHASE || !this.isAtEnd()) return;
          this.sink?.instruction(name.image, this.offset(name), list, this.lastEnd);
        },
      },
      {
        ALT: () => {
          const name = this.CONSUME(T.Directive);
          const list = this.SUBRULE(this.arguments);
          if (this.RECORDING_PHASE) return;
          this.sink?.directive(name.image, this.offset(name), list, this.lastEnd);
        },
      },
      {
        ALT: () => {
          const name = this.CONSUME(T.Label);
          this.CONSUME(T.Colon);
          if (this.RECORDING_PHASE) return;
          const { image } = name;
          const isQuoted = image.charCodeAt(0) === 34;
          this.sink?.label(isQuoted ? unquote(image) : image, this.offset(name));
        },
      },
      {
        ALT: () => {
          const name = this.CONSUME(T.Assigned);
          const sign = this.OR2(equals);
          const value = this.OR3(values);
          if (this.RECORDING_PHASE) return;
          const isFirstOnly = sign.tokenType === T.EqualEqual;
          this.sink?.assign(name.image, this.offset(name), isFirstOnly, value, this.lastEnd);
        },
      },
      {
        ALT: () => {
          const name = this.CONSUME(T.Prefix);
          if (!this.RECORDING_PHASE) this.sink?.prefix(name.image, this.offset(name));
        },
      },
    ];
    const statement = () => void this.OR(choices);
    return this.RULE('program', () => {
      this.MANY(statement);
    });
  }
}

/**
 * Binding strength of the binary operators, as in GNU as: shifts with products, bits above sums.
 */
const strength: Readonly<Record<string, number>> = {
  '*': 6,
  '/': 6,
  '%': 6,
  '<<': 6,
  '>>': 6,
  '|': 5,
  '&': 5,
  '^': 5,
  '!': 5,
  '+': 4,
  '-': 4,
  '==': 3,
  '!=': 3,
  '<>': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '&&': 2,
  '||': 1,
};

/** Precedence climbing over alternating nodes and operators; equal strength binds to the left. */
export function climb(nodes: readonly Node[], operators: readonly string[]): Node {
  const values: Node[] = [nodes[0]];
  const pending: string[] = [];
  const reduce = () => {
    const right = values.pop();
    const left = values.pop();
    const operator = pending.pop();
    if (!left || !right || operator === undefined) throw new Error('operators without operands');
    values.push({ kind: 'binary', operator, left, right, start: left.start });
  };
  operators.forEach((operator, i) => {
    while (pending.length > 0 && strength[pending[pending.length - 1]] >= strength[operator]) {
      reduce();
    }
    pending.push(operator);
    values.push(nodes[i + 1]);
  });
  while (pending.length > 0) reduce();
  return values[0];
}
