// The expressions of linker scripts (GNU ld manual, "Expressions"): operators by precedence,
// functions as calls.

import type { SourceFile, Span } from '@ring0/diagnostics';
import { EmbeddedActionsParser } from 'chevrotain';
import type { IToken } from 'chevrotain';
import { allTokens, token } from './script-tokens.ts';
import type { Expression } from './script-syntax.ts';

const precedence: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '|': 3,
  '^': 4,
  '&': 5,
  '==': 6,
  '!=': 6,
  '<': 7,
  '<=': 7,
  '>': 7,
  '>=': 7,
  '<<': 8,
  '>>': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '%': 10,
};

/** The value of a number as the script writes it: 0x10, 10h, 4K, 2M, 017. */
export function numberValue(image: string): { value: bigint; digits: string | undefined } {
  let text = image.toLowerCase();
  let scale = 1n;
  if (text.endsWith('k')) scale = 1024n;
  if (text.endsWith('m')) scale = 1024n * 1024n;
  if (scale > 1n) text = text.slice(0, -1);
  if (text === '0x') return { value: 0n, digits: undefined };
  if (text.startsWith('0x')) return { value: BigInt(text) * scale, digits: text.slice(2) };
  if (/^[0-9][0-9a-f]*h$/.test(text)) {
    return { value: BigInt(`0x${text.slice(0, -1)}`) * scale, digits: undefined };
  }
  if (/^0[0-7]+$/.test(text))
    return { value: BigInt(`0o${text.slice(1)}`) * scale, digits: undefined };
  const decimal = /^[0-9]+/.exec(text)?.[0] ?? '0';
  return { value: BigInt(decimal) * scale, digits: undefined };
}

/** Folds `operands[0] operators[0] operands[1] ..` by the precedence of C. */
function fold(operands: Expression[], operators: string[]): Expression {
  const values: Expression[] = [operands[0]];
  const pending: string[] = [];
  const reduce = (): void => {
    const operator = pending.pop();
    const right = values.pop();
    const left = values.pop();
    if (operator && left && right) values.push({ kind: 'binary', operator, left, right });
  };
  operators.forEach((operator, index) => {
    for (let top = pending.at(-1); top !== undefined; top = pending.at(-1)) {
      if ((precedence[top] ?? 0) < (precedence[operator] ?? 0)) break;
      reduce();
    }
    pending.push(operator);
    values.push(operands[index + 1]);
  });
  while (pending.length > 0) reduce();
  return values[0];
}

export const zero: Expression = { kind: 'number', value: 0n };

/** The part of the grammar that reads expressions; script-parser.ts adds the rest. */
export class ExpressionParser extends EmbeddedActionsParser {
  private readonly files: readonly SourceFile[];

  /** The grammar is fixed, so a test validates it, not every start. */
  constructor(files: readonly SourceFile[], skipValidations = true) {
    super([...allTokens], { recoveryEnabled: true, maxLookahead: 2, skipValidations });
    this.files = files;
  }

  span(at: IToken, to: IToken = at): Span {
    const file = this.files[at.startLine ?? 0] ?? this.files[0];
    return { file, start: at.startOffset, end: (to.endOffset ?? to.startOffset) + 1 };
  }

  readonly parenthesised = this.RULE('parenthesised', (): Expression => {
    this.CONSUME(token.open);
    const value = this.SUBRULE(this.expression) ?? zero;
    this.CONSUME(token.close);
    return value;
  });

  readonly expression: (index?: number) => Expression = this.RULE('expression', (): Expression => {
    const condition = this.SUBRULE(this.operators);
    const branches = this.OPTION(() => {
      this.CONSUME(token.question);
      const yes = this.SUBRULE(this.expression) ?? zero;
      this.CONSUME(token.colon);
      const no = this.SUBRULE1(this.expression) ?? zero;
      return { yes, no };
    });
    return branches ? { kind: 'conditional', condition, ...branches } : condition;
  });

  readonly operators = this.RULE('operators', (): Expression => {
    const operands = [this.SUBRULE(this.unary) ?? zero];
    const operators: string[] = [];
    this.MANY(() => {
      const operator = this.OR([
        { ALT: () => this.CONSUME(token.binary) },
        { ALT: () => this.CONSUME(token.sign) },
      ]);
      operators.push(operator.image);
      operands.push(this.SUBRULE1(this.unary) ?? zero);
    });
    return this.ACTION(() => fold(operands, operators)) ?? zero;
  });

  readonly unary: (index?: number) => Expression = this.RULE('unary', (): Expression => {
    return this.OR([
      {
        ALT: () => {
          const operator = this.OR1([
            { ALT: () => this.CONSUME(token.prefix) },
            { ALT: () => this.CONSUME(token.sign) },
          ]).image;
          const operand = this.SUBRULE(this.unary) ?? zero;
          return { kind: 'unary', operator, operand } as const;
        },
      },
      { ALT: () => this.SUBRULE(this.primary) },
    ]);
  });

  readonly primary = this.RULE('primary', (): Expression => {
    return this.OR([
      {
        ALT: () => {
          const { image } = this.CONSUME(token.number);
          return this.ACTION((): Expression => ({ kind: 'number', ...numberValue(image) }));
        },
      },
      {
        ALT: () => {
          const text = this.CONSUME(token.text);
          return { kind: 'name', name: text.image, span: this.span(text) } as const;
        },
      },
      { ALT: () => this.SUBRULE(this.parenthesised) },
      { ALT: () => this.SUBRULE(this.nameOrCall) },
    ]);
  });

  readonly nameOrCall = this.RULE('nameOrCall', (): Expression => {
    const name = this.CONSUME(token.name);
    const span = this.span(name);
    const list = this.OPTION(() => {
      const found: Expression[] = [];
      this.CONSUME(token.open);
      this.MANY_SEP({
        SEP: token.comma,
        DEF: () => found.push(this.SUBRULE(this.expression) ?? zero),
      });
      this.CONSUME(token.close);
      return found;
    });
    if (list === undefined) return { kind: 'name', name: name.image, span };
    return { kind: 'call', name: name.image, arguments: list, span };
  });
}
