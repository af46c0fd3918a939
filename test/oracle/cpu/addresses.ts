// The ways an instruction can name memory: each form of ModRM and SIB with 16- and 32-bit addresses. `addressBytes` sets the
// registers of a form, or its displacement, so that it comes to a given offset.

import { type Random, littleEndian, pick, randomWord } from './random.ts';

export interface AddressForm {
  readonly name: string;
  readonly bits: 16 | 32;
  /** Bytes of displacement. */
  readonly displacement: 0 | 1 | 2 | 4;
  readonly base: 'none' | 'any' | 'ebp' | 'esp';
  readonly hasIndex: boolean;
}

function form(
  name: string,
  base: AddressForm['base'],
  displacement: AddressForm['displacement'],
  hasIndex = false,
  bits: 16 | 32 = 32,
): AddressForm {
  return { name, bits, displacement, base, hasIndex };
}

export const ADDRESS_FORMS: readonly AddressForm[] = [
  form('(r)', 'any', 0),
  form('d8(r)', 'any', 1),
  form('d32(r)', 'any', 4),
  form('d32', 'none', 4),
  form('d8(ebp)', 'ebp', 1),
  form('(esp)', 'esp', 0),
  form('d8(esp)', 'esp', 1),
  form('(b,i,s)', 'any', 0, true),
  form('d8(b,i,s)', 'any', 1, true),
  form('d32(b,i,s)', 'any', 4, true),
  form('d32(,i,s)', 'none', 4, true),
  form('a16 (r)', 'any', 0, false, 16),
  form('a16 d8(r)', 'any', 1, false, 16),
  form('a16 d16(r)', 'any', 2, false, 16),
  form('a16 d16', 'none', 2, false, 16),
];

const EBP = 5;
const ESP = 4;
const SS = 2;
const DS = 3;

/** A form with its registers chosen, before the offset is known. */
export interface Address {
  readonly form: AddressForm;
  /** mod and r/m. */
  readonly modrm: number;
  readonly sib: number;
  readonly base: number;
  readonly index: number;
  readonly scale: number;
  /** The segment without an override: SS or DS, as numbers. */
  readonly segment: number;
}

/** Base and index of 16-bit addresses by r/m; -1: none. */
const SHORT: readonly (readonly [number, number])[] = [
  [3, 6],
  [3, 7],
  [5, 6],
  [5, 7],
  [6, -1],
  [7, -1],
  [5, -1],
  [3, -1],
];

function shortAddress(random: Random, chosen: AddressForm): Address {
  const plain = { form: chosen, sib: -1, scale: 1 };
  if (chosen.base === 'none') return { ...plain, modrm: 6, base: -1, index: -1, segment: DS };
  const rm = chosen.displacement === 0 ? pick(random, [0, 1, 2, 3, 4, 5, 7]) : random(8);
  const [base, index] = SHORT[rm];
  const modrm = (chosen.displacement << 6) | rm;
  return { ...plain, modrm, base, index, segment: base === EBP ? SS : DS };
}

/** Chooses the registers of a form. */
export function chooseAddress(random: Random, chosen: AddressForm): Address {
  if (chosen.bits === 16) return shortAddress(random, chosen);
  const mod = { 0: 0, 1: 0x40, 2: 0x80, 4: 0x80 }[chosen.displacement];
  const scaleBits = chosen.hasIndex ? random(4) : 0;
  const index = chosen.hasIndex ? pick(random, [0, 1, 2, 3, 5, 6, 7]) : -1;
  const scale = 1 << scaleBits;
  let base = -1;
  if (chosen.base === 'ebp') base = EBP;
  else if (chosen.base === 'esp') base = ESP;
  else if (chosen.base === 'any') {
    const excluded = chosen.hasIndex ? -1 : ESP;
    do base = random(8);
    while (base === excluded || (base === EBP && chosen.displacement === 0));
  }
  const needsSib = chosen.hasIndex || base === ESP;
  const low = base < 0 ? EBP : base;
  const modrm = (base < 0 ? 0 : mod) | (needsSib ? 4 : low);
  const sib = needsSib ? (scaleBits << 6) | ((index < 0 ? ESP : index) << 3) | low : -1;
  const segment = base === ESP || base === EBP ? SS : DS;
  return { form: chosen, modrm, sib, base, index, scale, segment };
}

/** 1 / (1 + scale) modulo 2^32, for a register that is base and index at once; scale 1 has none. */
const INVERSE = new Map([
  [2, 0xaaaaaaab],
  [4, 0xcccccccd],
  [8, 0x38e38e39],
]);

function setBase(registers: number[], address: Address, wanted: number): boolean {
  const { base, index, scale } = address;
  if (base !== index) {
    const added = index < 0 ? 0 : Math.imul(registers[index], scale);
    registers[base] = (wanted - added) >>> 0;
    return true;
  }
  if (scale === 1) {
    registers[base] = wanted >>> 1;
    return (wanted & 1) === 0;
  }
  registers[base] = Math.imul(wanted, INVERSE.get(scale) ?? 1) >>> 0;
  return true;
}

function setLowWord(registers: number[], register: number, value: number): void {
  registers[register] = ((registers[register] & 0xffff0000) | (value & 0xffff)) >>> 0;
}

/**
 * The bytes from ModRM (its middle field 0) to the displacement for an address that comes to `offset`; changes `registers`
 * for it. Undefined: this form cannot come to it.
 */
export function addressBytes(
  random: Random,
  address: Address,
  offset: number,
  registers: number[],
): number[] | undefined {
  const { form: chosen, base, index, scale } = address;
  const head = address.sib < 0 ? [address.modrm] : [address.modrm, address.sib];
  const mask = chosen.bits === 16 ? 0xffff : -1;
  if (chosen.displacement === 4 || (chosen.displacement === 2 && base < 0)) {
    let rest = offset;
    if (base >= 0) rest -= registers[base];
    if (index >= 0) rest -= Math.imul(registers[index], scale);
    return [...head, ...littleEndian(rest | 0, chosen.displacement)];
  }
  const displacement = chosen.displacement === 0 ? 0 : randomWord(random);
  const width = chosen.displacement * 8;
  const signed = width === 0 ? 0 : (displacement << (32 - width)) >> (32 - width);
  const wanted = (offset - signed) & mask;
  if (chosen.bits === 16) {
    const added = index < 0 ? 0 : registers[index];
    setLowWord(registers, base, wanted - added);
  } else if (!setBase(registers, address, wanted)) return undefined;
  return [...head, ...littleEndian(signed, chosen.displacement)];
}
