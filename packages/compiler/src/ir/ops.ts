// The operations of the intermediate representation: one table row each. An instruction has up to three operands in the
// columns a, b, c; the row says which of them are values. Longer operand lists (calls, phi, 64-bit pairs) lie in `lists`.

/** What an operation does beyond computing its value. */
export const PURE = 0;
export const READS = 1;
export const EFFECT = 2;
export const TERMINATOR = 4;

interface Row {
  readonly name: string;
  /** How many of a, b, c are values, from a on. */
  readonly values: number;
  readonly effect: number;
  /** Operands in `lists[c]` (a value list) beside the columns. */
  readonly hasList: boolean;
  /** Has a result. */
  readonly hasResult: boolean;
}

const rows: Row[] = [];
function row(
  name: string,
  values: number,
  effect = PURE,
  hasList = false,
  hasResult = true,
): number {
  rows.push({ name, values, effect, hasList, hasResult });
  return rows.length - 1;
}

/** Operation codes. A pair operation has two results, taken by `lo` and `hi`. */
export const Op = {
  nop: row('nop', 0, PURE, false, false),
  // Placed nowhere; made again at each use. a: the value | symbol, offset | slot, offset | block
  const: row('const', 0),
  symbol: row('symbol', 0),
  slot: row('slot', 0),
  blockAddress: row('block-address', 0),
  fconst: row('fconst', 0),
  // a: register number, read at function entry
  regparam: row('regparam', 0, EFFECT),
  // a: register number
  readreg: row('readreg', 0, EFFECT),
  // The thread's block: what symbols named NAME@NTPOFF are relative to.
  threadBase: row('thread-base', 0),
  add: row('add', 2),
  sub: row('sub', 2),
  mul: row('mul', 2),
  and: row('and', 2),
  or: row('or', 2),
  xor: row('xor', 2),
  shl: row('shl', 2),
  shr: row('shr', 2),
  sar: row('sar', 2),
  rol: row('rol', 2),
  divs: row('divs', 2),
  divu: row('divu', 2),
  rems: row('rems', 2),
  remu: row('remu', 2),
  mulhs: row('mulhs', 2),
  mulhu: row('mulhu', 2),
  neg: row('neg', 1),
  not: row('not', 1),
  sext8: row('sext8', 1),
  sext16: row('sext16', 1),
  zext8: row('zext8', 1),
  zext16: row('zext16', 1),
  bswap: row('bswap', 1),
  // Undefined for 0, as bsr and bsf are.
  bsr: row('bsr', 1),
  bsf: row('bsf', 1),
  // c: condition
  cmp: row('cmp', 2),
  // a: high word, b: low word, c: constant count
  shld: row('shld', 2),
  // a: low word, b: high word, c: constant count
  shrd: row('shrd', 2),
  // Pairs; the lists are low, high, low, high; shifts: low, high, count
  add64: row('add64', 0, PURE, true),
  sub64: row('sub64', 0, PURE, true),
  mul64: row('mul64', 0, PURE, true),
  neg64: row('neg64', 0, PURE, true),
  shl64: row('shl64', 0, PURE, true),
  shr64: row('shr64', 0, PURE, true),
  sar64: row('sar64', 0, PURE, true),
  umul: row('umul', 0, PURE, true),
  smul: row('smul', 0, PURE, true),
  lo: row('lo', 1),
  hi: row('hi', 1),
  // a: condition
  cmp64: row('cmp64', 0, PURE, true),
  // c: access kind (see Access), bit 8: volatile
  load: row('load', 1, READS),
  store: row('store', 2, EFFECT, false, false),
  // c: size in bytes
  copy: row('copy', 2, EFFECT, false, false),
  zero: row('zero', 1, EFFECT, false, false),
  // c: 0 float, 1 double, 2 long double; bit 8: volatile
  fload: row('fload', 1, READS),
  fstore: row('fstore', 2, EFFECT, false, false),
  fadd: row('fadd', 2),
  fsub: row('fsub', 2),
  fmul: row('fmul', 2),
  fdiv: row('fdiv', 2),
  fneg: row('fneg', 1),
  fabs: row('fabs', 1),
  fsqrt: row('fsqrt', 1),
  // c: 0 to float, 1 to double
  fround: row('fround', 1),
  // c: condition
  fcmp: row('fcmp', 2),
  i2f: row('i2f', 1),
  // List: low, high
  l2f: row('l2f', 0, PURE, true),
  f2i: row('f2i', 1),
  // A pair.
  f2l: row('f2l', 1),
  // a: callee value or none, b: index of the call's description, list: arguments
  call: row('call', 0, EFFECT, true),
  // b: index of the asm's description, list: inputs and addresses
  asm: row('asm', 0, EFFECT, true),
  // Result `b` of asm `a`
  result: row('result', 1),
  alloca: row('alloca', 1, EFFECT),
  frameAddress: row('frame-address', 0, EFFECT),
  phi: row('phi', 0, PURE, true),
  // Terminators. a: block
  jump: row('jump', 0, TERMINATOR, false, false),
  // a: value; b: block if it is not zero, c: block if it is
  branch: row('branch', 1, TERMINATOR, false, false),
  // a: value, in range; b: index of the block table
  tableJump: row('table-jump', 1, TERMINATOR, false, false),
  // a: address; b: index of the block table
  indirect: row('indirect', 1, TERMINATOR, false, false),
  // An asm goto: b description, list as asm; blocks: table of the description, fallthrough first
  asmGoto: row('asm-goto', 0, TERMINATOR, true, false),
  // c: 0 nothing, 1 a, 2 a and b (low, high), 3 floating a
  return: row('return', 0, TERMINATOR, false, false),
  unreachable: row('unreachable', 0, TERMINATOR, false, false),
  trap: row('trap', 0, EFFECT, false, false),
} as const;

export const opName: readonly string[] = rows.map((r) => r.name);
export const opValues: Uint8Array = Uint8Array.from(rows, (r) => r.values);
export const opEffect: Uint8Array = Uint8Array.from(rows, (r) => r.effect);
export const opHasList: Uint8Array = Uint8Array.from(rows, (r) => (r.hasList ? 1 : 0));
export const opHasResult: Uint8Array = Uint8Array.from(rows, (r) => (r.hasResult ? 1 : 0));

/** Kinds of integer memory access: what a load extends from, what a store cuts to. */
export const Access = { s8: 0, u8: 1, s16: 2, u16: 3, i32: 4 } as const;
export const accessSize: readonly number[] = [1, 1, 2, 2, 4];
export const VOLATILE_ACCESS = 256;
/** Low bits of an access column: the kind. */
export const ACCESS_MASK = 15;

/** Conditions; `condition ^ 1` negates (for integers; for floating compares see select/float.ts). */
export const Condition = {
  eq: 0,
  ne: 1,
  lt: 2,
  ge: 3,
  gt: 4,
  le: 5,
  ult: 6,
  uge: 7,
  ugt: 8,
  ule: 9,
} as const;
export const conditionName: readonly string[] = [
  'eq',
  'ne',
  'lt',
  'ge',
  'gt',
  'le',
  'ult',
  'uge',
  'ugt',
  'ule',
];
/** The condition of `b ? a` where `condition` is that of `a ? b`. */
export const swapCondition: readonly number[] = [0, 1, 4, 5, 2, 3, 8, 9, 6, 7];

const isFloatTable = new Uint8Array(rows.length);
for (const op of [
  Op.fconst,
  Op.fload,
  Op.fadd,
  Op.fsub,
  Op.fmul,
  Op.fdiv,
  Op.fneg,
  Op.fabs,
  Op.fsqrt,
  Op.fround,
  Op.i2f,
  Op.l2f,
]) {
  isFloatTable[op] = 1;
}
/** Whether the operation's result is a floating value (calls: see the description). */
export const opIsFloat: Uint8Array = isFloatTable;

const isPairTable = new Uint8Array(rows.length);
for (const op of [
  Op.add64,
  Op.sub64,
  Op.mul64,
  Op.neg64,
  Op.shl64,
  Op.shr64,
  Op.sar64,
  Op.umul,
  Op.smul,
  Op.f2l,
]) {
  isPairTable[op] = 1;
}
/** Whether the operation has two results (calls: see the description). */
export const opIsPair: Uint8Array = isPairTable;
/** Whether the operation is placed in no block. */
export function isFloating(op: number): boolean {
  return op >= Op.const && op <= Op.fconst;
}
