// The expressions of #if and #elif (C11 6.10.1): 64-bit arithmetic, signed unless an operand is
// unsigned.

import type { Span } from '@ring0/diagnostics';
import { step, take } from './expand.ts';
import type { Cursor } from './expand.ts';
import { headerName, resolveInclude } from './include.ts';
import type { State } from './state.ts';
import { TokenKind } from './tokens.ts';
import type { TokenList } from './tokens.ts';

interface Value {
  readonly value: bigint;
  readonly isUnsigned: boolean;
}

const of = (value: bigint, isUnsigned = false): Value => ({
  value: isUnsigned ? BigInt.asUintN(64, value) : BigInt.asIntN(64, value),
  isUnsigned,
});
const truth = (holds: boolean): Value => of(holds ? 1n : 0n);

/** Thrown at a malformed expression, after the report. */
class Malformed extends Error {}

const levels: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '|': 3,
  '^': 4,
  '&': 5,
  '==': 6,
  '!=': 6,
  '<': 7,
  '>': 7,
  '<=': 7,
  '>=': 7,
  '<<': 8,
  '>>': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '%': 10,
};

const NESTING_MAX = 300;

class Evaluator {
  private readonly state: State;
  private readonly directive: Span;
  private readonly one: TokenList;
  private readonly cursor: Cursor;
  private kind: number = TokenKind.end;
  private text = '';
  private span: Span;
  private nesting = 0;
  /** Not to be evaluated: a division by zero there is no error. */
  private dead = 0;

  constructor(state: State, directive: Span) {
    this.state = state;
    this.directive = directive;
    this.span = directive;
    this.one = state.newList(2);
    this.cursor = { list: this.one, at: 0 };
  }

  /** The next token, expanded. */
  private next(): void {
    const { state, one, cursor } = this;
    one.length = 0;
    while (one.length === 0) {
      if (!take(state, cursor)) {
        this.kind = TokenKind.end;
        this.text = '';
        return;
      }
      if (isConditionOperator(state.atoms.text(cursor.list.atom[cursor.at])))
        one.copy(cursor.list, cursor.at);
      else step(state, cursor, one);
    }
    this.set(one, 0);
  }

  /** The next token as it stands. */
  private nextRaw(): void {
    const { state, cursor } = this;
    if (take(state, cursor)) this.set(cursor.list, cursor.at);
    else this.kind = TokenKind.end;
  }

  private set(list: TokenList, at: number): void {
    this.kind = list.kind[at];
    this.text = this.state.atoms.text(list.atom[at]);
    this.span = list.span(at);
  }

  private at(text: string): boolean {
    return this.text === text;
  }

  private fail(message: string, span: Span = this.span): never {
    this.state.error('P0040', message, span);
    throw new Malformed();
  }

  run(): boolean {
    this.next();
    if (this.kind === TokenKind.end) this.fail('#if without an expression', this.directive);
    const result = this.comma();
    if (this.kind !== TokenKind.end) this.fail(`'${this.text}' is not expected in #if`);
    return result.value !== 0n;
  }

  private comma(): Value {
    let left = this.conditional();
    while (this.text === ',' && this.kind === TokenKind.punctuator) {
      this.next();
      left = this.conditional();
    }
    return left;
  }

  private conditional(): Value {
    if (++this.nesting > NESTING_MAX) this.fail(`#if nests deeper than ${NESTING_MAX} levels`);
    const test = this.binary(1);
    let result = test;
    if (this.at('?')) {
      const isTrue = test.value !== 0n;
      this.next();
      if (!isTrue) this.dead++;
      const then = this.comma();
      if (!isTrue) this.dead--;
      if (!this.at(':')) this.fail("':' is missing in #if");
      this.next();
      if (isTrue) this.dead++;
      const otherwise = this.conditional();
      if (isTrue) this.dead--;
      const isUnsigned = then.isUnsigned || otherwise.isUnsigned;
      result = of((isTrue ? then : otherwise).value, isUnsigned);
    }
    this.nesting--;
    return result;
  }

  private binary(least: number): Value {
    let left = this.unary();
    for (;;) {
      const operator = this.text;
      const level = this.kind === TokenKind.punctuator ? (levels[operator] ?? 0) : 0;
      if (level < least || level === 0) return left;
      const at = this.span;
      this.next();
      const isDecided =
        (operator === '&&' && left.value === 0n) || (operator === '||' && left.value !== 0n);
      if (isDecided) this.dead++;
      const right = this.binary(level + 1);
      if (isDecided) this.dead--;
      left = this.combine(operator, left, right, at);
    }
  }

  private combine(operator: string, a: Value, b: Value, at: Span): Value {
    const isUnsigned = a.isUnsigned || b.isUnsigned;
    const x = of(a.value, isUnsigned).value;
    const y = of(b.value, isUnsigned).value;
    switch (operator) {
      case '||':
        return truth(a.value !== 0n || b.value !== 0n);
      case '&&':
        return truth(a.value !== 0n && b.value !== 0n);
      case '|':
        return of(x | y, isUnsigned);
      case '^':
        return of(x ^ y, isUnsigned);
      case '&':
        return of(x & y, isUnsigned);
      case '==':
        return truth(x === y);
      case '!=':
        return truth(x !== y);
      case '<':
        return truth(x < y);
      case '>':
        return truth(x > y);
      case '<=':
        return truth(x <= y);
      case '>=':
        return truth(x >= y);
      case '<<':
      case '>>':
        return shifted(a, operator === '<<' ? b.value : -b.value);
      case '+':
        return of(x + y, isUnsigned);
      case '-':
        return of(x - y, isUnsigned);
      case '*':
        return of(x * y, isUnsigned);
      default:
        if (y === 0n) {
          if (this.dead === 0) this.fail('division by zero in #if', at);
          return of(0n, isUnsigned);
        }
        return of(operator === '/' ? x / y : x % y, isUnsigned);
    }
  }

  private unary(): Value {
    if (this.kind === TokenKind.punctuator) {
      const operator = this.text;
      if (++this.nesting > NESTING_MAX) this.fail(`#if nests deeper than ${NESTING_MAX} levels`);
      const result = this.prefixed(operator);
      this.nesting--;
      if (result) return result;
    }
    return this.primary();
  }

  private prefixed(operator: string): Value | undefined {
    switch (operator) {
      case '!':
        this.next();
        return truth(this.unary().value === 0n);
      case '-': {
        this.next();
        const e = this.unary();
        return of(-e.value, e.isUnsigned);
      }
      case '~': {
        this.next();
        const e = this.unary();
        return of(~e.value, e.isUnsigned);
      }
      case '+':
        this.next();
        return this.unary();
      case '(': {
        this.next();
        const e = this.comma();
        if (!this.at(')')) this.fail("')' is missing in #if");
        this.next();
        return e;
      }
      default:
        return undefined;
    }
  }

  private primary(): Value {
    const { kind, text } = this;
    if (kind === TokenKind.number) {
      const value = this.number(text);
      this.next();
      return value;
    }
    if (kind === TokenKind.character) {
      const value = characterValue(text);
      this.next();
      return of(value);
    }
    if (kind !== TokenKind.identifier) {
      if (kind === TokenKind.end) this.fail('#if ends within an expression', this.directive);
      this.fail(`'${text}' is not expected in #if`);
    }
    if (text === 'defined') return this.defined();
    if (text === '__has_include' || text === '__has_include_next') return this.hasInclude();
    if (text === '__has_attribute' || text === '__has_builtin') return this.hasFeature(text);
    this.state.warn('undef', 'P0041', `'${text}' is not defined and counts as 0`, this.span);
    this.next();
    return of(0n);
  }

  private number(text: string): Value {
    const match = /^(0x[0-9a-f]+|0b[01]+|\d+)(u?l{0,2}|l{1,2}u)$/i.exec(text);
    if (!match || /^0\d*[89]/.test(match[1])) this.fail(`'${text}' is no integer`);
    const digits = /^0\d/.test(match[1]) ? `0o${match[1].slice(1)}` : match[1];
    const value = BigInt(digits);
    const isUnsigned = /u/i.test(match[2]) || value > 0x7fffffffffffffffn;
    if (value > 0xffffffffffffffffn) this.fail(`'${text}' does not fit in 64 bits`);
    return of(value, isUnsigned);
  }

  private defined(): Value {
    this.nextRaw();
    const isParenthesised = this.at('(') && this.kind === TokenKind.punctuator;
    if (isParenthesised) this.nextRaw();
    if (this.kind !== TokenKind.identifier) this.fail("'defined' needs a name");
    const atom = this.state.atoms.intern(this.text);
    const macro = this.state.macros[atom];
    if (macro) macro.isUsed = true;
    const isKnown = macro !== undefined || isConditionOperator(this.text);
    if (isParenthesised) {
      this.nextRaw();
      if (!this.at(')')) this.fail("')' is missing after 'defined'");
    }
    this.next();
    return truth(isKnown);
  }

  private hasInclude(): Value {
    const isNext = this.text === '__has_include_next';
    this.nextRaw();
    if (!this.at('(')) this.fail("'__has_include' needs a parenthesis");
    const name = headerName(this.state);
    if (!name) this.fail("'__has_include' needs a header's name");
    const found = resolveInclude(this.state, name.name, name.isQuoted, isNext);
    this.nextRaw();
    if (!this.at(')')) this.fail("')' is missing after '__has_include'");
    this.next();
    return truth(found !== undefined);
  }

  private hasFeature(which: string): Value {
    this.nextRaw();
    if (!this.at('(')) this.fail(`'${which}' needs a parenthesis`);
    this.nextRaw();
    const name = this.text.replace(/^__(.*)__$/, '$1');
    this.nextRaw();
    if (!this.at(')')) this.fail(`')' is missing after '${which}'`);
    this.next();
    const set = which === '__has_attribute' ? attributes : builtins;
    return truth(set.has(name));
  }
}

const attributes: ReadonlySet<string> = new Set(
  `packed aligned section noreturn unused used weak alias visibility regparm always_inline
    noinline format constructor destructor cold hot pure const malloc nonnull warn_unused_result
    deprecated nothrow leaf may_alias returns_nonnull alloc_size sentinel gnu_inline fallthrough`.split(
    /\s+/,
  ),
);
const builtins: ReadonlySet<string> = new Set(
  `__builtin_expect __builtin_offsetof __builtin_va_start __builtin_va_arg __builtin_va_end
    __builtin_va_copy __builtin_constant_p __builtin_unreachable __builtin_types_compatible_p
    __builtin_choose_expr __builtin_trap __builtin_alloca __builtin_bswap16 __builtin_bswap32
    __builtin_bswap64 __builtin_clz __builtin_ctz __builtin_ffs __builtin_popcount
    __builtin_frame_address __builtin_return_address __builtin_memcpy __builtin_memset`.split(
    /\s+/,
  ),
);

const operators: ReadonlySet<string> = new Set(
  '__has_include __has_include_next __has_attribute __has_builtin'.split(' '),
);

/** Operators of #if that look like macros; #ifdef finds them defined. */
export function isConditionOperator(text: string): boolean {
  return text === 'defined' || operators.has(text);
}

function shifted(a: Value, count: bigint): Value {
  if (count >= 0n) return of(count >= 64n ? 0n : a.value << count, a.isUnsigned);
  const by = -count >= 64n ? 63n : -count;
  const value = -count >= 64n && a.isUnsigned ? 0n : a.value >> by;
  return of(value, a.isUnsigned);
}

const escapes: Readonly<Record<string, number>> = {
  n: 10,
  t: 9,
  r: 13,
  a: 7,
  b: 8,
  v: 11,
  f: 12,
  e: 27,
};

function characterValue(text: string): bigint {
  const isWide = text[0] !== "'";
  let value = 0n;
  const body = text.slice(text.indexOf("'") + 1, -1);
  const units = body.match(/\\(?:[0-7]{1,3}|x[0-9a-fA-F]+|[^])|[^]/g) ?? [];
  for (const unit of units) {
    let code = unit.charCodeAt(0);
    if (unit.length > 1) {
      const rest = unit.slice(1);
      if (/^[0-7]/.test(rest)) code = parseInt(rest, 8);
      else if (rest[0] === 'x' && rest.length > 1) code = parseInt(rest.slice(1), 16);
      else code = escapes[rest] ?? rest.charCodeAt(0);
    }
    value = isWide ? BigInt(code) : (value << 8n) | BigInt(code & 0xff);
  }
  if (!isWide && units.length === 1) return BigInt.asIntN(8, value);
  return BigInt.asIntN(32, value);
}

/** Evaluates the rest of the directive's line; false after a report. */
export function conditionHolds(state: State, directive: Span): boolean {
  try {
    return new Evaluator(state, directive).run();
  } catch (thrown) {
    if (!(thrown instanceof Malformed)) throw thrown;
    for (const context of state.contexts.splice(0)) if (context.macro) context.macro.isBusy = false;
    return false;
  }
}
