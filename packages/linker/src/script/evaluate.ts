// Expressions of linker scripts. A value is an offset in an output section, an absolute address,
// or a plain number; how they combine is the GNU ld manual's "The Section of an Expression".
// Arithmetic is unsigned and 64 bits wide.

import type { Span } from '@ring0/diagnostics';
import type { OutputSection } from '../model.ts';
import type { Expression } from './script-syntax.ts';

/**
 * `base` is the section that `value` is relative to; 'absolute' for addresses, undefined for
 * plain numbers.
 */
export interface Value {
  readonly value: bigint;
  readonly base: OutputSection | 'absolute' | undefined;
  /** It comes from the location counter, so a symbol set to it belongs to the section there. */
  readonly isFromDot?: boolean;
}

/** What an expression can ask about; answered by the layout in progress. */
export interface Context {
  /** The location counter; absolute. */
  readonly dot: bigint;
  /** The section whose body is being laid out. */
  readonly section: OutputSection | undefined;
  symbol(name: string): Value | undefined;
  isDefined(name: string): boolean;
  outputSection(name: string): OutputSection | undefined;
  /** The output section after the current one. */
  headerSize(): number;
  constant(name: string): number | undefined;
  region(name: string): { origin: bigint; length: bigint } | undefined;
  segmentStart(name: string): number | undefined;
  dataSegmentAlign(maximum: bigint, usual: bigint): bigint;
  dataSegmentRelroEnd(offset: bigint, end: bigint): bigint;
  dataSegmentEnd(end: bigint): bigint;
  problem(code: string, message: string, span: Span | undefined): void;
  /** An ASSERT in an expression does not hold. */
  failed(message: string, span: Span | undefined): void;
}

const mask64 = (1n << 64n) - 1n;
const wrap = (value: bigint): bigint => value & mask64;

/** The value as an address, whatever it is relative to. */
export function absolute({ value, base }: Value): bigint {
  return wrap(typeof base === 'object' ? value + BigInt(base.address) : value);
}

/** The least multiple of `alignment` that is not below `value`; 0 and 1 change nothing. */
export function multipleFrom(value: bigint, alignment: bigint): bigint {
  return alignment <= 1n ? value : ((value + alignment - 1n) / alignment) * alignment;
}

/** Rounds up to a multiple of `alignment`, as ALIGN does, in 64 bits. */
export function alignBig(value: bigint, alignment: bigint): bigint {
  return alignment <= 1n ? value : wrap(multipleFrom(value, alignment));
}

/**
 * Evaluates an expression; what cannot be known becomes a problem of the context and counts as 0.
 */
export function evaluate(expression: Expression, context: Context): Value {
  switch (expression.kind) {
    case 'number':
      return plain(expression.value, context);
    case 'name':
      return name(expression.name, expression.span, context);
    case 'unary':
      return unary(expression.operator, evaluate(expression.operand, context));
    case 'binary':
      return binary(expression.operator, expression.left, expression.right, context);
    case 'conditional': {
      const condition = evaluate(expression.condition, context);
      return evaluate(condition.value === 0n ? expression.no : expression.yes, context);
    }
    case 'call':
      return call(expression.name, expression.arguments, expression.span, context);
  }
}

/** Outside sections numbers are addresses (the manual: "absolute"). */
function plain(value: bigint, context: Context): Value {
  return { value: wrap(value), base: context.section ? undefined : 'absolute' };
}

/** An address as an offset of the section in progress. */
function relative(address: bigint, context: Context): Value {
  const { section } = context;
  if (!section) return { value: wrap(address), base: 'absolute', isFromDot: true };
  return { value: wrap(address - BigInt(section.address)), base: section, isFromDot: true };
}

function name(text: string, span: Span, context: Context): Value {
  if (text === '.') return relative(context.dot, context);
  if (text === 'SIZEOF_HEADERS' || text === 'sizeof_headers') {
    return plain(BigInt(context.headerSize()), context);
  }
  const value = context.symbol(text);
  // Inside a section an absolute symbol is a number like others.
  if (value?.base === 'absolute' && context.section) return plain(value.value, context);
  if (value) return value;
  context.problem('L0110', `undefined symbol '${text}' in an expression`, span);
  return plain(0n, context);
}

function unary(operator: string, operand: Value): Value {
  const { value } = operand;
  if (operator === '!') return { ...operand, value: value === 0n ? 1n : 0n };
  if (operator === '~') return { ...operand, value: wrap(~value) };
  return { ...operand, value: wrap(operator === '-' ? -value : value) };
}

const truth = (value: boolean): bigint => (value ? 1n : 0n);

function binary(
  operator: string,
  leftTree: Expression,
  rightTree: Expression,
  context: Context,
): Value {
  const first = evaluate(leftTree, context);
  if (operator === '&&' && first.value === 0n) return plain(0n, context);
  if (operator === '||' && first.value !== 0n) return plain(1n, context);
  const second = evaluate(rightTree, context);
  const isFromDot = first.isFromDot === true || second.isFromDot === true;
  let left = first;
  let right = second;
  let base = left.base ?? right.base;
  const isSum = operator === '+' || operator === '-';
  const isShift =
    context.section !== undefined && left.base !== undefined && right.base !== undefined;
  if (!context.section && typeof base === 'object' && left.base === right.base) base = 'absolute';
  else if (!context.section) {
    left = { value: absolute(left), base: 'absolute' };
    right = { value: absolute(right), base: 'absolute' };
    base = 'absolute';
  } else if (left.base === right.base) base = undefined;
  else if (isShift && isSum && right.base === 'absolute') base = left.base;
  else if (isShift && operator === '+' && left.base === 'absolute') base = right.base;
  else if (isShift) {
    left = { value: absolute(left), base: 'absolute' };
    right = { value: absolute(right), base: 'absolute' };
    base = 'absolute';
  }
  const value = arithmetic(operator, left.value, right.value);
  if (value !== undefined) return { value: wrap(value), base, isFromDot };
  const span = spanOf(rightTree) ?? spanOf(leftTree);
  context.problem('L0111', `division by zero (the left side is ${left.value})`, span);
  return plain(0n, context);
}

/** Where an expression stands, if it is a name or a call; the others keep no place. */
export function spanOf(expression: Expression): Span | undefined {
  return 'span' in expression ? expression.span : undefined;
}

/** The operator on unsigned values, not yet cut to 64 bits; undefined: division by zero. */
export function arithmetic(operator: string, a: bigint, b: bigint): bigint | undefined {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0n ? undefined : BigInt.asIntN(64, a) / BigInt.asIntN(64, b);
    case '%':
      return b === 0n ? undefined : BigInt.asIntN(64, a) % BigInt.asIntN(64, b);
    case '<<':
      return b > 63n ? 0n : a << b;
    case '>>':
      return b > 63n ? 0n : a >> b;
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    case '==':
      return truth(a === b);
    case '!=':
      return truth(a !== b);
    case '<':
      return truth(a < b);
    case '>':
      return truth(a > b);
    case '<=':
      return truth(a <= b);
    case '>=':
      return truth(a >= b);
    case '&&':
      return truth(a !== 0n && b !== 0n);
    case '||':
      return truth(a !== 0n || b !== 0n);
    default:
      return undefined;
  }
}

const nameOf = (expression: Expression | undefined): string =>
  expression?.kind === 'name' ? expression.name : '';

const argumentCounts: Readonly<Record<string, readonly [number, number]>> = {
  ALIGN: [1, 2],
  BLOCK: [1, 1],
  ABSOLUTE: [1, 1],
  ADDR: [1, 1],
  LOADADDR: [1, 1],
  SIZEOF: [1, 1],
  ALIGNOF: [1, 1],
  DEFINED: [1, 1],
  CONSTANT: [1, 1],
  MAX: [2, 2],
  MIN: [2, 2],
  NEXT: [1, 1],
  LOG2CEIL: [1, 1],
  ORIGIN: [1, 1],
  LENGTH: [1, 1],
  SEGMENT_START: [2, 2],
  DATA_SEGMENT_ALIGN: [2, 2],
  DATA_SEGMENT_RELRO_END: [2, 2],
  DATA_SEGMENT_END: [1, 1],
  ASSERT: [2, 2],
};

function call(called: string, list: readonly Expression[], span: Span, context: Context): Value {
  const counts = argumentCounts[called];
  if (!counts) {
    context.problem('L0112', `unknown function '${called}'`, span);
    return plain(0n, context);
  }
  if (list.length < counts[0] || list.length > counts[1]) {
    const wanted = counts[0] === counts[1] ? `${counts[0]}` : `${counts[0]} or ${counts[1]}`;
    context.problem('L0113', `'${called}' has ${list.length} arguments, expected ${wanted}`, span);
    return plain(0n, context);
  }
  const aboutSections = sectionFunction(called, nameOf(list[0]), span, context);
  if (aboutSections) return aboutSections;
  const number = (index: number): bigint => absolute(evaluate(list[index], context));
  switch (called) {
    case 'ASSERT': {
      const value = evaluate(list[0], context);
      if (value.value === 0n) context.failed(nameOf(list[1]), span);
      return value;
    }
    case 'NEXT':
      return { ...relative(alignBig(context.dot, number(0)), context), isFromDot: false };
    case 'ALIGN':
    case 'BLOCK':
      if (list.length === 1) return relative(alignBig(context.dot, number(0)), context);
      return aligned(evaluate(list[0], context), number(1), context);
    case 'ABSOLUTE':
      return { value: number(0), base: 'absolute' };
    case 'MAX':
    case 'MIN': {
      const left = evaluate(list[0], context);
      const right = evaluate(list[1], context);
      const isLeftLess = absolute(left) < absolute(right);
      return isLeftLess === (called === 'MIN') ? left : right;
    }
    case 'LOG2CEIL': {
      const value = number(0);
      return plain(value <= 1n ? 0n : BigInt((value - 1n).toString(2).length), context);
    }
    case 'SEGMENT_START': {
      const start = context.segmentStart(nameOf(list[0]));
      const value =
        start === undefined ? evaluate(list[1], context) : plain(BigInt(start), context);
      return { ...value, isFromDot: true };
    }
    case 'DATA_SEGMENT_ALIGN':
      return { value: context.dataSegmentAlign(number(0), number(1)), base: 'absolute' };
    case 'DATA_SEGMENT_RELRO_END':
      return {
        value: context.dataSegmentRelroEnd(number(0), number(1)),
        base: 'absolute',
        isFromDot: true,
      };
    case 'DATA_SEGMENT_END':
      return { value: context.dataSegmentEnd(number(0)), base: 'absolute', isFromDot: true };
    default:
      return plain(0n, context);
  }
}

/** ALIGN of a value: inside a section a number is an offset of it like what `.` gives. */
function aligned(value: Value, alignment: bigint, { section }: Context): Value {
  const { base, isFromDot } = value;
  if (!section) return { value: alignBig(absolute(value), alignment), base: 'absolute', isFromDot };
  return { value: alignBig(value.value, alignment), base: base ?? section, isFromDot };
}

/** Functions whose argument is a name. */
function sectionFunction(
  called: string,
  argument: string,
  span: Span,
  context: Context,
): Value | undefined {
  switch (called) {
    case 'ADDR':
    case 'LOADADDR':
    case 'SIZEOF':
    case 'ALIGNOF': {
      const section = context.outputSection(argument);
      if (!section) {
        context.problem('L0114', `there is no output section '${argument}'`, span);
        return plain(0n, context);
      }
      if (called === 'ADDR') return { value: 0n, base: section };
      if (called === 'LOADADDR') return { value: BigInt(section.loadAddress), base: 'absolute' };
      if (called === 'SIZEOF') return plain(BigInt(section.isIgnored ? 0 : section.size), context);
      return plain(BigInt(section.alignment), context);
    }
    case 'DEFINED':
      return plain(context.isDefined(argument) ? 1n : 0n, context);
    case 'CONSTANT': {
      const value = context.constant(argument);
      if (value === undefined) context.problem('L0115', `unknown constant '${argument}'`, span);
      return plain(BigInt(value ?? 0), context);
    }
    case 'ORIGIN':
    case 'LENGTH': {
      const region = context.region(argument);
      if (!region) context.problem('L0116', `there is no memory region '${argument}'`, span);
      if (called === 'ORIGIN') return relative(region?.origin ?? 0n, context);
      return plain(region?.length ?? 0n, context);
    }
    default:
      return undefined;
  }
}
