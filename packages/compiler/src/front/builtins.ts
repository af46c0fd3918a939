// `__builtin_` functions and the forms that look like calls. What has a meaning of its own is a row
// below; the others that gcc knows are calls of the C function without the prefix.

import type { Span } from '@ring0/diagnostics';
import type { Builtin, Entity, Expression, Lvalue } from '../tree.ts';
import type { FunctionType, Type } from '../types.ts';
import { CONST } from '../types.ts';
import { binary, logicalNot } from './arithmetic.ts';
import { assign, assignConvert } from './assignment.ts';
import { T } from './codes.ts';
import { constantExpression } from './constant.ts';
import { typeName } from './declarators.ts';
import { assignmentExpression, expression } from './expressions.ts';
import { floatInfinity, floatNan } from './float.ts';
import { genericBuiltin, isGenericBuiltin } from './generic-builtins.ts';
import {
  addressNode,
  convertNode,
  errorNode,
  integerNode,
  isError,
  isLvalue,
  rvalue,
} from './nodes.ts';
import type { Value } from './nodes.ts';
import { callArguments, callNode, member } from './postfix.ts';
import * as types from './type-operations.ts';
import { typeText } from './type-operations.ts';
import type { Unit } from './unit.ts';

/** Types of a signature: result, then parameters. P and S are pointers to const. */
const signatureTypes: Readonly<Record<string, Type>> = {
  v: types.VOID,
  i: types.INT,
  u: types.UINT,
  l: types.LONG,
  w: types.ULONG,
  q: types.LLONG,
  Q: types.ULLONG,
  h: types.USHORT,
  f: types.FLOAT,
  d: types.DOUBLE,
  D: types.LDOUBLE,
  p: types.VOID_POINTER,
  P: types.pointerTo(types.qualify(types.VOID, CONST)),
  s: types.CHAR_POINTER,
  S: types.pointerTo(types.qualify(types.CHAR, CONST)),
};

interface Row {
  readonly signature: string;
  readonly fold?: (args: readonly bigint[]) => bigint | undefined;
  readonly node?: Builtin;
}

const leadingZeros = (value: bigint, bits: number): bigint | undefined =>
  value === 0n ? undefined : BigInt(bits - value.toString(2).length);
const trailingZeros = (value: bigint): bigint | undefined =>
  value === 0n ? undefined : BigInt(/0*$/.exec(value.toString(2))?.[0].length ?? 0);
const ones = (value: bigint): bigint => BigInt(value.toString(2).replaceAll('0', '').length);

function swapped(value: bigint, bytes: number): bigint {
  let result = 0n;
  for (let i = 0; i < bytes; i++) result = (result << 8n) | ((value >> BigInt(8 * i)) & 0xffn);
  return result;
}

const rows: Readonly<Record<string, Row>> = {
  expect: { signature: 'lll', node: 'expect' },
  unreachable: { signature: 'v', node: 'unreachable' },
  trap: { signature: 'v', node: 'trap' },
  alloca: { signature: 'pu', node: 'alloca' },
  frame_address: { signature: 'pu', node: 'frame_address' },
  return_address: { signature: 'pu', node: 'return_address' },
  bswap16: { signature: 'hh', node: 'bswap16', fold: ([a]) => swapped(a, 2) },
  bswap32: { signature: 'uu', node: 'bswap32', fold: ([a]) => swapped(a, 4) },
  bswap64: { signature: 'QQ', node: 'bswap64', fold: ([a]) => swapped(a, 8) },
  clz: { signature: 'iu', node: 'clz', fold: ([a]) => leadingZeros(a, 32) },
  clzl: { signature: 'iw', node: 'clz', fold: ([a]) => leadingZeros(a, 32) },
  clzll: { signature: 'iQ', node: 'clzll', fold: ([a]) => leadingZeros(a, 64) },
  ctz: { signature: 'iu', node: 'ctz', fold: ([a]) => trailingZeros(a) },
  ctzl: { signature: 'iw', node: 'ctz', fold: ([a]) => trailingZeros(a) },
  ctzll: { signature: 'iQ', node: 'ctzll', fold: ([a]) => trailingZeros(a) },
  ffs: { signature: 'ii', node: 'ffs', fold: ([a]) => firstSet(a, 32) },
  ffsl: { signature: 'il', node: 'ffs', fold: ([a]) => firstSet(a, 32) },
  popcount: { signature: 'iu', node: 'popcount', fold: ([a]) => ones(a) },
  popcountl: { signature: 'iw', node: 'popcount', fold: ([a]) => ones(a) },
  parity: { signature: 'iu', node: 'parity', fold: ([a]) => ones(a) & 1n },
  parityl: { signature: 'iw', node: 'parity', fold: ([a]) => ones(a) & 1n },
  parityll: { signature: 'iQ', node: 'parityll', fold: ([a]) => ones(a) & 1n },
  fabs: { signature: 'dd', node: 'fabs' },
  fabsf: { signature: 'ff', node: 'fabs' },
  fabsl: { signature: 'DD', node: 'fabs' },
  sqrt: { signature: 'dd', node: 'sqrt' },
  sqrtf: { signature: 'ff', node: 'sqrt' },
  sqrtl: { signature: 'DD', node: 'sqrt' },
};

function firstSet(value: bigint, bits: number): bigint {
  const zeros = trailingZeros(BigInt.asUintN(bits, value));
  return zeros === undefined ? 0n : zeros + 1n;
}

/** C functions that `__builtin_NAME` calls, with their signatures; `.` at the end: variadic. */
const library: Readonly<Record<string, string>> = {
  abort: 'v',
  exit: 'vi',
  _exit: 'vi',
  abs: 'ii',
  labs: 'll',
  llabs: 'qq',
  memcpy: 'ppPu',
  mempcpy: 'ppPu',
  memmove: 'ppPu',
  memset: 'ppiu',
  memcmp: 'iPPu',
  memchr: 'pPiu',
  strlen: 'uS',
  strcpy: 'ssS',
  stpcpy: 'ssS',
  strncpy: 'ssSu',
  strcat: 'ssS',
  strncat: 'ssSu',
  strcmp: 'iSS',
  strncmp: 'iSSu',
  strchr: 'sSi',
  strrchr: 'sSi',
  strstr: 'sSS',
  strspn: 'uSS',
  strcspn: 'uSS',
  strpbrk: 'sSS',
  printf: 'iS.',
  puts: 'iS',
  putchar: 'ii',
  sprintf: 'isS.',
  snprintf: 'isuS.',
  vprintf: 'iSs',
  vsprintf: 'isSs',
  vsnprintf: 'isuSs',
  malloc: 'pu',
  calloc: 'puu',
  realloc: 'ppu',
  free: 'vp',
  floor: 'dd',
  ceil: 'dd',
  fmod: 'ddd',
  pow: 'ddd',
  sin: 'dd',
  cos: 'dd',
  exp: 'dd',
  log: 'dd',
  isdigit: 'ii',
  isalpha: 'ii',
  isspace: 'ii',
  toupper: 'ii',
  tolower: 'ii',
};
/** Of the compiler's run-time library. */
const runtime: Readonly<Record<string, [string, string]>> = {
  popcountll: ['__popcountdi2', 'iQ'],
  ffsll: ['__ffsdi2', 'iq'],
};

const others: ReadonlySet<string> = new Set(
  `constant_p huge_val huge_valf huge_vall inf inff infl nan nanf nanl object_size prefetch
    clrsb extract_return_addr assume_aligned expect_with_probability isnan isinf
    isfinite signbit isgreater isless isgreaterequal islessequal isunordered islessgreater
    classify_type LINE FUNCTION`.split(/\s+/),
);

/** True for names that `builtinCall` handles. */
export function isBuiltinName(u: Unit, text: string): boolean {
  if (isGenericBuiltin(text)) return true;
  if (!text.startsWith('__builtin_')) return u.options.hasBuiltins && text === 'alloca';
  const name = text.slice(10);
  return name in rows || name in library || name in runtime || others.has(name);
}

function signatureOf(text: string): FunctionType {
  const isVariadic = text.endsWith('.');
  const letters = isVariadic ? text.slice(0, -1) : text;
  return {
    kind: 'function',
    qualifiers: 0,
    returns: signatureTypes[letters[0]],
    parameters: Array.from(letters.slice(1), (letter) => signatureTypes[letter]),
    isVariadic,
    isPrototyped: true,
    regparm: 0,
    isNoReturn: letters === 'v' || /^vi$/.test(letters),
  };
}

/** A function of the C library, declared if it is not. */
function libraryFunction(u: Unit, name: string, signature: string, span: Span): Entity {
  const atom = u.atoms.intern(name);
  const known = u.names[atom];
  if (known?.kind === 'entity' && known.entity.kind === 'function') return known.entity;
  const linked = u.linkedByAtom.get(atom);
  if (linked?.entity.kind === 'function') return linked.entity;
  const entity: Entity = {
    kind: 'function',
    name,
    type: signatureOf(signature),
    storage: 'static',
    symbol: name,
    linkage: 'external',
    isAddressTaken: false,
    isDefined: false,
    isReferenced: true,
    attributes: {},
    span,
  };
  const declared = { kind: 'entity' as const, entity, span, depth: 0, isUsed: true };
  u.linkedByAtom.set(atom, declared);
  u.linked.push(declared);
  return entity;
}

/** At a name for which `isBuiltinName` holds and `(`. */
export function builtinCall(u: Unit, text: string): Value {
  const first = u.at;
  const name = text.replace(/^__builtin_/, '');
  u.at++;
  if (name === 'constant_p') return constantTest(u, first);
  const list = callArguments(u);
  const span = u.spanFrom(first);
  if (list.some(isError)) return errorNode(span);
  if (isGenericBuiltin(text)) return genericBuiltin(u, text, list, span);
  const row = rows[name];
  if (row) return rowCall(u, name, row, list, span);
  if (name === 'strlen' || name === 'strcmp') {
    const folded = foldString(u, name, list, span);
    if (folded) return folded;
  }
  const call = name in library ? ([name, library[name]] as const) : runtime[name];
  if (call) {
    const entity = libraryFunction(u, call[0], call[1], span);
    if (u.unevaluated === 0) entity.isReferenced = true;
    const { type } = entity;
    if (type.kind !== 'function') throw new Error(`${name} is no function`);
    const lvalue: Lvalue = { kind: 'entity', entity, type, span };
    return callNode(u, addressNode(u, lvalue, types.pointerTo(type), span), type, list, name, span);
  }
  return other(u, name, list, span);
}

function rowCall(
  u: Unit,
  name: string,
  row: Row,
  list: readonly Expression[],
  span: Span,
): Expression {
  const type = signatureOf(row.signature);
  if (list.length !== type.parameters.length) {
    const takes = type.parameters.length;
    u.error('C0229', `'__builtin_${name}' takes ${takes} arguments, ${list.length} given`, span);
    return errorNode(span);
  }
  const args = list.map((argument, i) =>
    assignConvert(u, argument, type.parameters[i], `argument ${i + 1} of '__builtin_${name}'`),
  );
  if (args.some(isError) || !row.node) return errorNode(span);
  const constants = args.map((e) => (e.kind === 'integer' ? e.value : undefined));
  if (name === 'expect' && constants[0] !== undefined) return args[0];
  if (row.fold && constants.every((value) => value !== undefined)) {
    const value = row.fold(constants);
    if (value !== undefined) return integerNode(value, type.returns, span);
  }
  return { kind: 'builtin', name: row.node, arguments: args, type: type.returns, span };
}

/** The bytes of a string literal whose address `e` is. */
function literalBytes(u: Unit, e: Expression): Uint8Array | undefined {
  if (e.kind !== 'address' || e.lvalue.kind !== 'entity') return undefined;
  return u.strings.get(e.lvalue.entity);
}

function foldString(
  u: Unit,
  name: string,
  list: readonly Expression[],
  span: Span,
): Expression | undefined {
  const a = list[0] && literalBytes(u, list[0]);
  if (!a) return undefined;
  if (name === 'strlen') return integerNode(BigInt(a.indexOf(0)), types.UINT, span);
  const b = list[1] && literalBytes(u, list[1]);
  if (!b) return undefined;
  let i = 0;
  while (a[i] === b[i] && a[i] !== 0) i++;
  return integerNode(BigInt(Math.sign((a[i] ?? 0) - (b[i] ?? 0))), types.INT, span);
}

function constantTest(u: Unit, first: number): Value {
  u.expect(T.leftParen, "'('");
  u.unevaluated++;
  const e = rvalue(u, assignmentExpression(u));
  u.unevaluated--;
  u.expect(T.rightParen, "')'");
  const isConstant = e.kind === 'integer' || e.kind === 'float' || literalBytes(u, e) !== undefined;
  return integerNode(isConstant ? 1n : 0n, types.INT, u.spanFrom(first));
}

function other(u: Unit, name: string, list: readonly Expression[], span: Span): Value {
  const float = { '': types.DOUBLE, f: types.FLOAT, l: types.LDOUBLE } as const;
  const constant = /^(huge_val|inf|nan)([fl]?)$/.exec(name);
  if (constant) {
    const image = constant[1] === 'nan' ? floatNan() : floatInfinity(false);
    const type = float[(constant[2] ?? '') as '' | 'f' | 'l'];
    return { kind: 'float', image, type, span };
  }
  const [a, b] = list;
  if (name === 'prefetch')
    return { kind: 'convert', operand: a ?? errorNode(span), type: types.VOID, span };
  if (!a) return errorNode(span);
  switch (name) {
    case 'object_size': {
      const kind = b?.kind === 'integer' ? b.value : 0n;
      return integerNode(kind < 2n ? 0xffffffffn : 0n, types.UINT, span);
    }
    case 'expect_with_probability':
      return assignConvert(u, a, types.LONG, `argument 1 of '__builtin_${name}'`);
    case 'assume_aligned':
    case 'extract_return_addr':
      return convertNode(a, types.VOID_POINTER, span);
    default:
      return floatTest(u, name, a, b, span);
  }
}

/** isnan and the comparisons that do not trap. */
function floatTest(
  u: Unit,
  name: string,
  a: Expression,
  b: Expression | undefined,
  span: Span,
): Value {
  const compareNode = (
    comparison: 'less' | 'greater' | 'less-equal' | 'greater-equal',
    x: Expression,
    y: Expression,
  ): Expression => {
    const type = types.commonType(x.type, y.type);
    return {
      kind: 'compare',
      comparison,
      left: convertNode(x, type),
      right: convertNode(y, type),
      type: types.INT,
      span,
    };
  };
  const comparisons = {
    isgreater: 'greater',
    isless: 'less',
    isgreaterequal: 'greater-equal',
    islessequal: 'less-equal',
  } as const;
  if (b && name in comparisons) {
    return compareNode(comparisons[name as keyof typeof comparisons], a, b);
  }
  if (name === 'isnan' && types.isFloating(a.type) && isPure(a)) {
    return { kind: 'compare', comparison: 'not-equal', left: a, right: a, type: types.INT, span };
  }
  if (name === 'isunordered' && b && isPure(a) && isPure(b)) {
    const ordered = [compareNode('less', a, b), compareNode('greater-equal', a, b)];
    return logicalNot(
      u,
      { kind: 'logical-or', left: ordered[0], right: ordered[1], type: types.INT, span },
      span,
    );
  }
  u.error('C0266', `'__builtin_${name}' is not supported`, span);
  return errorNode(span);
}

/** May be evaluated twice. */
function isPure(e: Expression): boolean {
  if (e.kind === 'integer' || e.kind === 'float') return true;
  if (e.kind === 'convert') return isPure(e.operand);
  return e.kind === 'load' && e.lvalue.kind === 'entity' && e.lvalue.type.qualifiers === 0;
}

// --- forms with types among their arguments

/** At the keyword of such a form. */
export function specialForm(u: Unit, code: number): Value {
  const first = u.at;
  u.at++;
  u.expect(T.leftParen, "'('");
  const result = specialArguments(u, code, first);
  u.expect(T.rightParen, "')'");
  return result;
}

function specialArguments(u: Unit, code: number, first: number): Value {
  switch (code) {
    case T.offsetof:
      return offsetof(u, first);
    case T.vaStart: {
      const list = listObject(u);
      if (u.accept(T.comma)) {
        u.unevaluated++;
        assignmentExpression(u);
        u.unevaluated--;
      }
      const span = u.spanFrom(first);
      if (!list) return errorNode(span);
      if (u.function && !u.function.type.isVariadic) {
        u.error('C0267', 'va_start in a function with a fixed number of arguments', span);
      }
      return { kind: 'va-start', list, type: types.VOID, span };
    }
    case T.vaArg: {
      const list = listObject(u);
      u.expect(T.comma, "','");
      const type = typeName(u);
      const span = u.spanFrom(first);
      return list ? { kind: 'va-arg', list, type: types.plain(type), span } : errorNode(span);
    }
    case T.vaEnd: {
      const e = rvalue(u, assignmentExpression(u));
      return isError(e)
        ? e
        : { kind: 'convert', operand: e, type: types.VOID, span: u.spanFrom(first) };
    }
    case T.vaCopy: {
      const target = assignmentExpression(u);
      u.expect(T.comma, "','");
      const source = rvalue(u, assignmentExpression(u));
      const span = u.spanFrom(first);
      const e = assign(u, target, source, span);
      return isError(e) ? e : { kind: 'convert', operand: e, type: types.VOID, span };
    }
    case T.typesCompatible: {
      const a = typeName(u);
      u.expect(T.comma, "','");
      const b = typeName(u);
      const isSame = types.compatible(types.plain(a), types.plain(b));
      return integerNode(isSame ? 1n : 0n, types.INT, u.spanFrom(first));
    }
    default:
      return chooseExpression(u);
  }
}

function listObject(u: Unit): Lvalue | undefined {
  const value = assignmentExpression(u);
  if (isError(value)) return undefined;
  if (isLvalue(value) && types.isPointer(value.type)) return value;
  u.error('C0268', `a va_list is needed, this is '${typeText(value.type)}'`, value.span);
  return undefined;
}

function chooseExpression(u: Unit): Value {
  const condition = constantExpression(u, '__builtin_choose_expr');
  const isFirst = condition.kind === 'integer' && condition.value !== 0n;
  const read = (isChosen: boolean): Value => {
    u.expect(T.comma, "','");
    if (!isChosen) u.unevaluated++;
    const value = assignmentExpression(u);
    if (!isChosen) u.unevaluated--;
    return value;
  };
  const a = read(isFirst);
  const b = read(!isFirst);
  return isFirst ? a : b;
}

/** `type, member.member[index]`: an address in an object at 0, whose value is the offset. */
function offsetof(u: Unit, first: number): Value {
  const type = typeName(u);
  u.expect(T.comma, "','");
  const start = u.span();
  if (!types.isRecord(type)) {
    if (type !== types.ERROR) u.error('C0269', `offsetof in '${typeText(type)}'`, start);
    return skipDesignators(u, first);
  }
  const pointer = integerNode(0n, types.pointerTo(type), start);
  let lvalue: Value = { kind: 'deref', pointer, type, span: start };
  const name = u.atoms.text(u.expectName('a member name'));
  lvalue = member(u, lvalue, name, start, start);
  for (;;) {
    if (u.accept(T.dot)) {
      const span = u.span();
      const next = u.atoms.text(u.expectName('a member name'));
      if (!isLvalue(lvalue) || !types.isRecord(lvalue.type)) break;
      lvalue = member(u, lvalue, next, span, span);
    } else if (u.accept(T.leftBracket)) {
      const base: Expression = rvalue(u, lvalue);
      const index = rvalue(u, expression(u));
      u.expect(T.rightBracket, "']'");
      const sum = binary(u, 'add', base, index, start);
      if (!types.isPointer(sum.type)) return errorNode(start);
      lvalue = { kind: 'deref', pointer: sum, type: sum.type.to, span: start };
    } else break;
  }
  const span = u.spanFrom(first);
  if (!isLvalue(lvalue)) return errorNode(span);
  if (lvalue.kind === 'member' && lvalue.bits) {
    u.error('C0203', 'the address of a bit-field cannot be taken', span);
    return errorNode(span);
  }
  const address = addressNode(u, lvalue, types.CHAR_POINTER, span);
  return convertNode(address, types.UINT, span);
}

function skipDesignators(u: Unit, first: number): Value {
  while (u.code !== T.rightParen && u.code !== T.end) u.at++;
  return errorNode(u.spanFrom(first));
}
