// The registers by their AT&T names, with the numbers that encodings use (SDM vol. 2, 3.1.1.1).
// `%eip`, `%eiz` and `%riz` are names that disassemblies show where an encoding has an index or
// base that is none of the others. The lists hold the registers of 64-bit code behind the first
// eight, so that fields of three bits never reach them.

import type { Mode, Register, RegisterClass } from './model.ts';

function family(names: string, kind: RegisterClass, bits: number, first = 0): Register[] {
  return names
    .split(' ')
    .map((name, index) => ({ name, class: kind, number: first + index, bits }));
}

function numbered(prefix: string, count: number, suffix = '', first = 0): string {
  const names = Array.from({ length: count }, (_, index) => `${prefix}${first + index}${suffix}`);
  return names.join(' ');
}

/** r8 to r15 with the letter of a width. */
const later = (suffix: string) => numbered('r', 8, suffix, 8);

export const generalByte: readonly Register[] = family('al cl dl bl ah ch dh bh', 'general', 8);
/** What the numbers name behind a REX prefix. */
export const generalByteRex: readonly Register[] = [
  ...generalByte.slice(0, 4),
  ...family(`spl bpl sil dil ${later('b')}`, 'general', 8, 4),
];
export const generalWord: readonly Register[] = family(
  `ax cx dx bx sp bp si di ${later('w')}`,
  'general',
  16,
);
export const generalLong: readonly Register[] = family(
  `eax ecx edx ebx esp ebp esi edi ${later('d')}`,
  'general',
  32,
);
export const generalQuad: readonly Register[] = family(
  `rax rcx rdx rbx rsp rbp rsi rdi ${later('')}`,
  'general',
  64,
);
export const segmentRegisters: readonly Register[] = family('es cs ss ds fs gs', 'segment', 16);
export const controlRegisters: readonly Register[] = family(numbered('cr', 16), 'control', 32);
export const debugRegisters: readonly Register[] = family(numbered('db', 16), 'debug', 32);
export const testRegisters: readonly Register[] = family(numbered('tr', 8), 'test', 32);
export const stackRegisters: readonly Register[] = family(numbered('st(', 8, ')'), 'x87', 80);
export const mmxRegisters: readonly Register[] = family(numbered('mm', 8), 'mmx', 64);
export const xmmRegisters: readonly Register[] = family(numbered('xmm', 16), 'xmm', 128);
export const ymmRegisters: readonly Register[] = family(numbered('ymm', 16), 'ymm', 256);
export const zmmRegisters: readonly Register[] = family(numbered('zmm', 8), 'zmm', 512);
export const maskRegisters: readonly Register[] = family(numbered('k', 8), 'mask', 64);
export const boundRegisters: readonly Register[] = family(numbered('bnd', 4), 'bound', 128);
/** The top of the x87 stack, as objdump writes it. */
export const stackTop: Register = { name: 'st', class: 'x87', number: 0, bits: 80 };
/** The segment registers 6 and 7 of encodings, which do not exist. */
export const noSegment: Register = { name: '?', class: 'segment', number: 6, bits: 16 };
/** What listings show for a register that does not exist. */
export const noRegister: Register = { name: '(bad)', class: 'flat', number: -1, bits: 0 };
/** No index: the pseudo register of a SIB byte that has none. */
export const noIndex: Register = { name: 'eiz', class: 'flat', number: 4, bits: 32 };
export const noQuadIndex: Register = { name: 'riz', class: 'flat', number: 4, bits: 64 };
/** What an address counts from that is relative to the next instruction. */
export const instructionPointer: Register = { name: 'rip', class: 'flat', number: 5, bits: 64 };
export const shortPointer: Register = { name: 'eip', class: 'flat', number: 5, bits: 32 };

const first = (list: readonly Register[]) => list.slice(0, 8);

/** All registers of 16- and 32-bit code. */
export const registers: readonly Register[] = [
  ...generalByte,
  ...first(generalWord),
  ...first(generalLong),
  ...segmentRegisters,
  ...controlRegisters,
  ...first(debugRegisters),
  ...testRegisters,
  ...stackRegisters,
  stackTop,
  ...mmxRegisters,
  ...first(xmmRegisters),
  ...first(ymmRegisters),
  ...zmmRegisters,
  ...maskRegisters,
  ...boundRegisters,
  noIndex,
  shortPointer,
];

/** The registers that 64-bit code has besides. */
const longRegisters: readonly Register[] = [
  generalByteRex.slice(4),
  // %al and the like, with a REX prefix.
  family('axl cxl dxl bxl', 'general', 8),
  generalWord.slice(8),
  generalLong.slice(8),
  generalQuad,
  debugRegisters.slice(8),
  xmmRegisters.slice(8),
  ymmRegisters.slice(8),
  [noQuadIndex, instructionPointer],
].flat();

function named(list: readonly Register[]): Map<string, Register> {
  const map = new Map<string, Register>();
  for (const register of list) {
    map.set(register.name, register);
    if (register.class === 'debug') map.set(`dr${register.number}`, register);
  }
  return map;
}

const byName = named(registers);
const longByName = named(longRegisters);
const onlyLong: ReadonlySet<Register> = new Set(longRegisters);

/**
 * The register of that AT&T name (without %, in lower case) in code of that mode; `dr0` and `db0`
 * are one register.
 */
export function registerByName(name: string, mode: Mode = 32): Register | undefined {
  return byName.get(name) ?? (mode === 64 ? longByName.get(name) : undefined);
}

/**
 * Rows of registers that may take each other's place: where all of an instruction that are in one of
 * these have fields in its encoding (`Encoding.registers`), it is encoded alike with others of their
 * rows, but for these fields. Absent is what instructions treat in a way of its own: %eax has short
 * forms, %esp and %ebp are addressed by other bytes, %xmm0 is implied by some.
 */
export const alikeRegisters: readonly (readonly Register[])[] = [
  'ecx edx ebx esi edi',
  'cx dx bx si di',
  'cl dl bl',
  // These do not go together with a REX prefix.
  'ah ch dh bh',
  'rcx rdx rbx rsi rdi',
  'xmm1 xmm2 xmm3 xmm4 xmm5 xmm6 xmm7',
  'mm0 mm1 mm2 mm3 mm4 mm5 mm6 mm7',
].map((row) => row.split(' ').flatMap((name) => registerByName(name, 64) ?? []));

/** Whether only 64-bit code has the register. */
export function isOnlyLong(register: Register): boolean {
  return onlyLong.has(register);
}

/** The general register of that number and width in bits (8, 16, 32, 64); of bytes without REX. */
export function generalRegister(number: number, bits: number): Register {
  if (bits === 64) return generalQuad[number & 15];
  if (bits === 8) return number < 8 ? generalByte[number & 7] : generalByteRex[number & 15];
  return (bits === 16 ? generalWord : generalLong)[number & 15];
}
