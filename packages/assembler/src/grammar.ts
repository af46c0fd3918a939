// The grammar of statements, as a Chevrotain parser whose actions hand each finished statement to a
// `Sink`. It knows no symbol and no instruction: operands come out as small trees with byte
// offsets. Closures are made once and every choice takes one token (an opening parenthesis two),
// which is what makes it fast enough to run over whole compilations (ASSEMBLER.md has the
// measurements).

import { EmbeddedActionsParser, EOF, Lexer } from 'chevrotain';
import type { IToken, IParserErrorMessageProvider } from 'chevrotain';
import { foreignWords, semicolonNote } from './foreign-words.ts';
import * as T from './tokens.ts';

export type Node =
  | {
      readonly kind: 'number' | 'name' | 'character';
      readonly text: string;
      readonly start: number;
    }
  | { readonly kind: 'string'; readonly text: string; readonly start: number }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Node;
      readonly right: Node;
      readonly start: number;
    }
  | {
      readonly kind: 'unary';
      readonly operator: string;
      readonly operand: Node;
      readonly start: number;
    };

/** One operand of an instruction or argument of a directive; offsets are those of the text. */
export interface Operand {
  kind: 'register' | 'immediate' | 'memory' | 'string' | 'empty';
  /** The immediate, the displacement, or a directive's plain expression. */
  node: Node | undefined;
  /** `register`: its image, with the percent sign. */
  register: string;
  segment: string;
  base: string;
  index: string;
  scale: Node | undefined;
  /** Parentheses with registers were written. */
  hasRegisters: boolean;
  isIndirect: boolean;
  start: number;
  end: number;
}

export interface Sink {
  label(name: string, start: number): void;
  /** `name = value` and `name == value`. */
  assign(name: string, start: number, isFirstOnly: boolean, value: Node, end: number): void;
  directive(name: string, start: number, operands: Operand[], end: number): void;
  prefix(name: string, start: number): void;
  instruction(name: string, start: number, operands: Operand[], end: number): void;
}

export interface SyntaxError {
  readonly message: string;
  readonly start: number;
  readonly end: number;
  readonly notes?: readonly string[];
}

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

function blankOperand(start: number): Operand {
  return {
    kind: 'empty',
    node: undefined,
    register: '',
    segment: '',
    base: '',
    index: '',
    scale: undefined,
    hasRegisters: false,
    isIndirect: false,
    start,
    end: start,
  };
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

class StatementParser extends EmbeddedActionsParser {
  sink: Sink | undefined = undefined;
  /** Offset in the text of the first token's chunk. */
  origin = 0;
  private operandList: Operand[] = [];
  private current: Operand = blankOperand(0);
  readonly program: () => void;
  readonly arguments: () => Operand[];

  constructor() {
    super(T.vocabulary, {
      maxLookahead: 2,
      recoveryEnabled: false,
      skipValidations: true,
      errorMessageProvider: messages,
    });
    const primary = this.primaryRules();
    const operand = this.operandRules(primary);
    this.arguments = this.argumentRule(operand);
    this.program = this.statementRules(primary, operand);
    this.performSelfAnalysis();
  }

  private get lastEnd(): number {
    const last = this.LA(0);
    return this.origin + last.startOffset + last.image.length;
  }

  private isAtEnd(): boolean {
    const next = this.LA(1);
    return T.endsStatement(next) || next.tokenType === EOF;
  }

  private offset(of: IToken): number {
    return this.origin + of.startOffset;
  }

  /** Expressions: a flat list of primaries and operators, built into a tree by strength. */
  private primaryRules(): (index: 0 | 1 | 2 | 3) => Node {
    const leaf = (kind: 'number' | 'name' | 'character' | 'string', found: IToken): Node => ({
      kind,
      text: found.image,
      start: this.offset(found),
    });
    let expression: () => Node = () => ({ kind: 'number', text: '0', start: 0 });
    const alternatives = [
      { ALT: () => leaf('number', this.CONSUME(T.Number)) },
      { ALT: () => leaf('name', this.CONSUME(T.Identifier)) },
      { ALT: () => leaf('character', this.CONSUME(T.Character)) },
      ...[T.Minus, T.Tilde, T.Exclamation, T.Plus].map((type) => ({
        ALT: (): Node => {
          const sign = this.CONSUME(type);
          const operand =
            type === T.Minus
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
      { ALT: () => leaf('string', this.CONSUME(T.Text)) },
    ];
    const choose = alternatives as { ALT: () => Node }[];
    const primary: () => Node = this.RULE('primary', () => this.OR(choose));
    expression = this.expressionRule(primary);
    return (index) =>
      index === 0
        ? this.SUBRULE(expression)
        : index === 1
          ? this.SUBRULE1(expression)
          : index === 2
            ? this.SUBRULE2(expression)
            : this.SUBRULE3(expression);
  }

  private expressionRule(primary: () => Node): () => Node {
    let nodes: Node[] = [];
    let operators: string[] = [];
    const step = () => {
      operators.push(this.CONSUME(T.BinaryOperator).image);
      nodes.push(this.SUBRULE2(primary));
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

  /** `offset(base, index, scale)`, each part optional. */
  private registersRule(expression: (index: 0 | 1 | 2 | 3) => Node): () => void {
    const base = () => {
      const found = this.CONSUME(T.Register);
      this.current.base = found.image;
    };
    const index = () => {
      const found = this.CONSUME2(T.Register);
      this.current.index = found.image;
    };
    const scale = () => {
      this.CONSUME2(T.Comma);
      this.current.scale = expression(0);
    };
    const more = () => {
      this.CONSUME(T.Comma);
      this.OPTION3(index);
      this.OPTION4(scale);
    };
    return this.RULE('registers', () => {
      this.CONSUME(T.LeftParenthesis);
      this.current.hasRegisters = true;
      this.OPTION(base);
      this.OPTION2(more);
      this.CONSUME(T.RightParenthesis);
    });
  }

  private operandRules(expression: (index: 0 | 1 | 2 | 3) => Node): () => Operand {
    const registers = this.registersRule(expression);
    const suffix = () => this.SUBRULE(registers);
    const memoryChoices = [
      { ALT: () => this.SUBRULE2(registers) },
      {
        ALT: () => {
          this.current.node = expression(1);
          this.OPTION(suffix);
        },
      },
    ];
    const memory = this.RULE('memory', () => {
      this.OR(memoryChoices);
    });
    const segmented = () => {
      this.CONSUME(T.Colon);
      this.current.segment = this.current.register;
      this.current.kind = 'memory';
      this.SUBRULE(memory);
    };
    const choices = [
      {
        ALT: () => {
          const found = this.CONSUME(T.Register);
          this.current.kind = 'register';
          this.current.register = found.image;
          this.OPTION(segmented);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Dollar);
          this.current.kind = 'immediate';
          this.current.node = expression(1);
        },
      },
      {
        ALT: () => {
          this.current.kind = 'memory';
          this.SUBRULE2(memory);
        },
      },
    ];
    const plain = this.RULE('plain', () => {
      this.OR(choices);
    });
    const star = () => {
      this.CONSUME(T.Star);
      this.current.isIndirect = true;
    };
    return this.RULE('operand', () => {
      const operand = blankOperand(this.offset(this.LA(1)));
      this.current = operand;
      this.OPTION(star);
      this.SUBRULE(plain);
      if (operand.node?.kind === 'string' && !operand.hasRegisters) operand.kind = 'string';
      operand.end = this.lastEnd;
      return operand;
    });
  }

  /** Arguments of a directive: separated by commas or blanks; between two commas may be nothing. */
  private argumentRule(operand: () => Operand): () => Operand[] {
    const push = (found: Operand | undefined) => {
      this.operandList.push(found ?? blankOperand(this.lastEnd));
    };
    const first = () => this.SUBRULE(operand);
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
      if (this.operandList.length === 0) push(undefined);
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

  private statementRules(
    expression: (index: 0 | 1 | 2 | 3) => Node,
    operand: () => Operand,
  ): () => void {
    const operands = this.operandsRule(operand);
    const equals = [
      { ALT: () => this.CONSUME(T.Equal) },
      { ALT: () => this.CONSUME(T.EqualEqual) },
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
          if (!this.RECORDING_PHASE) this.sink?.label(name.image, this.offset(name));
        },
      },
      {
        ALT: () => {
          const name = this.CONSUME(T.Assigned);
          const sign = this.OR2(equals);
          const value = expression(2);
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

/** Precedence climbing over alternating nodes and operators; equal strength binds to the left. */
function climb(nodes: readonly Node[], operators: readonly string[]): Node {
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

let parser: StatementParser | undefined;
let lexer: Lexer | undefined;

function tokens(source: string, origin: number, errors: SyntaxError[]): IToken[] {
  lexer ??= new Lexer(T.vocabulary, {
    positionTracking: 'onlyOffset',
    skipValidations: true,
    ensureOptimizations: false,
  });
  const result = lexer.tokenize(source);
  let list = withoutDeepNesting(result.tokens, origin, errors);
  let reportedTo = -1;
  for (const { offset, length } of result.errors) {
    if (offset < reportedTo) continue;
    const lineEnd = source.indexOf('\n', offset);
    reportedTo = lineEnd < 0 ? source.length : lineEnd;
    errors.push(lexicalError(source, origin, offset, length));
    list = withoutStatement(list, offset, reportedTo);
  }
  return list;
}

function lexicalError(source: string, origin: number, offset: number, length: number): SyntaxError {
  const start = origin + offset;
  const found = source.slice(offset, offset + Math.min(length, 20));
  if (!found.startsWith('"')) {
    const message = `found '${found}', expected a name, a number or a register`;
    return { message, start, end: start + length };
  }
  const lineEnd = source.indexOf('\n', offset);
  const end = lineEnd < 0 ? source.length : lineEnd;
  const message = `found the end of the text, expected the '"' that closes this string`;
  return { message, start, end: origin + end, notes: [`write '"' where the string ends`] };
}

/** Without the tokens of the statement around `offset`, which is reported already. */
function withoutStatement(list: IToken[], offset: number, end: number): IToken[] {
  let first = list.findIndex((each) => each.startOffset > offset);
  if (first < 0) first = list.length;
  while (first > 0 && !T.endsStatement(list[first - 1]) && list[first - 1].tokenType !== T.Colon) {
    first--;
  }
  return list.filter((each, at) => at < first || each.startOffset >= end);
}

/** The parser and what reads its trees recurse as deep as an expression is nested. */
const nestingMax = 256;

/** Leaves out statements that are nested deeper than that, each with an error. */
function withoutDeepNesting(list: IToken[], origin: number, errors: SyntaxError[]): IToken[] {
  let open = 0;
  let signs = 0;
  let kept: IToken[] | undefined;
  for (let at = 0; at < list.length; at++) {
    const found = list[at];
    if (T.endsStatement(found)) open = signs = 0;
    else if (found.tokenType === T.LeftParenthesis) open++;
    else if (T.isSign(found)) signs++;
    else if (found.tokenType === T.RightParenthesis) open--;
    else signs = 0;
    if (open + signs > nestingMax) {
      const start = origin + found.startOffset;
      const message = `an expression is nested more than ${nestingMax} deep`;
      errors.push({ message, start, end: start + 1 });
      kept ??= list.slice(0, at);
      while (kept.length > 0 && !T.endsStatement(kept[kept.length - 1])) kept.pop();
      while (at < list.length && !T.endsStatement(list[at])) at++;
      open = signs = 0;
    }
    if (kept && at < list.length) kept.push(list[at]);
  }
  return kept ?? list;
}

/** `end` is where the text ends; the token there has no place of its own. */
function syntaxError(
  error: { message: string; token: IToken },
  origin: number,
  end: number,
): SyntaxError {
  const { startOffset, image } = error.token;
  const start = startOffset >= 0 ? origin + startOffset : end;
  return { message: error.message, start, end: Math.min(start + Math.max(1, image.length), end) };
}

/**
 * Parses whole statements; each goes to `sink` as soon as it is complete. After a mistake, which
 * goes to `report`, it goes on with the next statement.
 */
export function parseStatements(
  source: string,
  origin: number,
  sink: Sink,
  report: (error: SyntaxError) => void,
): void {
  const errors: SyntaxError[] = [];
  const list = tokens(source, origin, errors);
  errors.forEach(report);
  T.classify(list);
  parser ??= new StatementParser();
  let rest = list;
  while (rest.length > 0) {
    parser.input = rest;
    parser.sink = sink;
    parser.origin = origin;
    parser.program();
    const error = parser.errors[0];
    if (!error) break;
    let at = rest.indexOf(error.token);
    const notes = strangeWords(rest, at < 0 ? rest.length : at);
    report({ ...syntaxError(error, origin, origin + source.length), notes });
    if (at < 0) break;
    while (at < rest.length && !T.endsStatement(rest[at])) at++;
    rest = rest.slice(at + 1);
  }
  parser.sink = undefined;
}

/** What the words around a mistake are in other assemblers' syntax. */
function strangeWords(list: readonly IToken[], at: number): string[] {
  const words = [list[at], list[at - 1]].flatMap((found) => (found ? [found.image] : []));
  let first = Math.min(at, list.length - 1);
  while (first > 0 && !T.endsStatement(list[first - 1])) first--;
  const notes = foreignWords([...words, list[first]?.image ?? '']);
  const isBehind = list[first - 1]?.tokenType === T.Semicolon;
  return notes.length === 0 && isBehind ? [semicolonNote] : notes;
}

/** Parses the arguments of a directive alone. */
export function parseArguments(
  source: string,
  origin: number,
): { operands: Operand[]; errors: SyntaxError[] } {
  const errors: SyntaxError[] = [];
  parser ??= new StatementParser();
  parser.input = tokens(source, origin, errors);
  parser.origin = origin;
  const operands = parser.arguments();
  for (const error of parser.errors.slice(0, 1)) {
    errors.push(syntaxError(error, origin, origin + source.length));
  }
  return { operands: errors.length > 0 ? [] : operands.slice(), errors };
}
