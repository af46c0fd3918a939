// The registers by their AT&T names, with the numbers that encodings use (SDM vol. 2, 3.1.1.1).
// `%eip`, `%eiz` and `%riz` are names that disassemblies show where an encoding has an index or
// base that is none of the others.

import type { Register, RegisterClass } from './model.ts';

function family(names: string, kind: RegisterClass, bits: number, first = 0): Register[] {
  return names
    .split(' ')
    .map((name, index) => ({ name, class: kind, number: first + index, bits }));
}

function numbered(prefix: string, count: number, suffix = ''): string {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}${suffix}`).join(' ');
}

export const generalByte: readonly Register[] = family('al cl dl bl ah ch dh bh', 'general', 8);
export const generalWord: readonly Register[] = family('ax cx dx bx sp bp si di', 'general', 16);
export const generalLong: readonly Register[] = family(
  'eax ecx edx ebx esp ebp esi edi',
  'general',
  32,
);
export const segmentRegisters: readonly Register[] = family('es cs ss ds fs gs', 'segment', 16);
export const controlRegisters: readonly Register[] = family(numbered('cr', 8), 'control', 32);
export const debugRegisters: readonly Register[] = family(numbered('db', 8), 'debug', 32);
export const testRegisters: readonly Register[] = family(numbered('tr', 8), 'test', 32);
export const stackRegisters: readonly Register[] = family(numbered('st(', 8, ')'), 'x87', 80);
export const mmxRegisters: readonly Register[] = family(numbered('mm', 8), 'mmx', 64);
export const xmmRegisters: readonly Register[] = family(numbered('xmm', 8), 'xmm', 128);
export const ymmRegisters: readonly Register[] = family(numbered('ymm', 8), 'ymm', 256);
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

/** All registers of 16- and 32-bit code. */
export const registers: readonly Register[] = [
  ...generalByte,
  ...generalWord,
  ...generalLong,
  ...segmentRegisters,
  ...controlRegisters,
  ...debugRegisters,
  ...testRegisters,
  ...stackRegisters,
  stackTop,
  ...mmxRegisters,
  ...xmmRegisters,
  ...ymmRegisters,
  ...zmmRegisters,
  ...maskRegisters,
  ...boundRegisters,
  noIndex,
  { name: 'eip', class: 'flat', number: 5, bits: 32 },
];

const byName = new Map<string, Register>();
for (const register of registers) byName.set(register.name, register);
for (const register of debugRegisters) byName.set(`dr${register.number}`, register);

/** The register of that AT&T name (without %, in lower case); `dr0` and `db0` are one register. */
export function registerByName(name: string): Register | undefined {
  return byName.get(name);
}

/** The general register of that number and width in bits (8, 16, 32). */
export function generalRegister(number: number, bits: number): Register {
  const list = bits === 8 ? generalByte : bits === 16 ? generalWord : generalLong;
  return list[number & 7];
}
