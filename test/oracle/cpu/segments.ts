// The segments that cases run with, the same in the host's process and in our machine: Linux's flat ones, and a local
// table with bases, limits, 16-bit code and stacks, and descriptors that fault.

export interface SegmentSpec {
  readonly base: number;
  /** As the descriptor has it. */
  readonly limit: number;
  readonly isGranular: boolean;
  readonly is32: boolean;
  readonly isCode: boolean;
  /** Data that cannot be written; code that cannot be read. */
  readonly isProtected?: boolean;
  readonly isDown?: boolean;
  readonly isAbsent?: boolean;
}

const CODE = 0x60000000;
const DATA = 0x40000000;
const FLAT = { base: 0, limit: 0xfffff, isGranular: true, is32: true };
const BYTES = { isGranular: false, is32: true, isCode: false };

/** The local descriptor table. */
export const LOCAL_SEGMENTS: readonly SegmentSpec[] = [
  { ...BYTES, base: DATA, limit: 0x1fff },
  { ...FLAT, isCode: false },
  { ...FLAT, isCode: true },
  { ...BYTES, base: CODE, limit: 0x1fff, isCode: true },
  { ...BYTES, base: DATA, limit: 0xffff, isProtected: true },
  { ...BYTES, base: DATA - 0x1000, limit: 0x0fff, is32: false, isDown: true },
  { ...BYTES, base: DATA, limit: 0xffff, is32: false },
  { ...BYTES, base: CODE, limit: 0xffff, is32: false, isCode: true },
  { ...FLAT, isCode: true, isProtected: true },
  { ...FLAT, isCode: false, isAbsent: true },
  { ...FLAT, base: DATA - 0x1234, isCode: false },
  { ...FLAT, base: DATA - 0x7000, limit: 8, isCode: false },
];

function local(entry: number): number {
  return (entry << 3) | 7;
}

/** Linux's flat code and data. */
export const USER_CODE = 0x23;
export const USER_DATA = 0x2b;
export const SMALL_DATA: number = local(0);
export const FLAT_LOCAL_DATA: number = local(1);
export const FLAT_LOCAL_CODE: number = local(2);
export const SMALL_CODE: number = local(3);
export const READ_ONLY: number = local(4);
export const EXPAND_DOWN: number = local(5);
export const DATA_16: number = local(6);
export const CODE_16: number = local(7);
export const EXECUTE_ONLY: number = local(8);
export const ABSENT: number = local(9);
export const FS_DATA: number = local(10);
export const GS_DATA: number = local(11);

/** Selectors to load: good ones, and such as fault in each way. 0x33 and 0x63 up are the host kernel's own matter. */
export const ANY_SELECTORS: readonly number[] = [
  USER_DATA,
  USER_DATA,
  SMALL_DATA,
  FLAT_LOCAL_DATA,
  READ_ONLY,
  EXPAND_DOWN,
  DATA_16,
  FS_DATA,
  GS_DATA,
  FLAT_LOCAL_CODE,
  EXECUTE_ONLY,
  ABSENT,
  USER_CODE,
  0,
  3,
  0x28,
  0x2a,
  0x08,
  0x10,
  0x1b,
  local(5) & ~1,
  local(12),
  0xfffc,
  0xfff8,
];

/** The linear address where a segment begins. */
export function baseOf(selector: number): number {
  return (selector & 4) === 0 ? 0 : (LOCAL_SEGMENTS[selector >>> 3]?.base ?? 0);
}

/** A segment descriptor of ring 3, present and accessed, as two words. */
export function descriptorWords(spec: SegmentSpec): [number, number] {
  let type = spec.isCode ? 0xfb : 0xf3;
  if (spec.isProtected === true) type &= ~2;
  if (spec.isDown === true) type |= 4;
  if (spec.isAbsent === true) type &= ~0x80;
  const size = (spec.isGranular ? 0x800000 : 0) | (spec.is32 ? 0x400000 : 0) | 0x100000;
  const low = (spec.limit & 0xffff) | ((spec.base & 0xffff) << 16);
  const high =
    (spec.base & 0xff000000) |
    size |
    (spec.limit & 0xf0000) |
    (type << 8) |
    ((spec.base >>> 16) & 0xff);
  return [low >>> 0, high >>> 0];
}
