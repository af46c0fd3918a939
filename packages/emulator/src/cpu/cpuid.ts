// What CPUID says: a family 6, model 5 processor (the first Pentium II Xeon) without the units that are not emulated.

const FAMILY_6_MODEL_5 = 0x653;
const FPU = 1 << 0;
const PSE = 1 << 3;
const TSC = 1 << 4;
const MSR = 1 << 5;
const CX8 = 1 << 8;
const APIC = 1 << 9;
const PGE = 1 << 13;
const CMOV = 1 << 15;

export const FEATURES: number = FPU | PSE | TSC | MSR | CX8 | PGE | CMOV;

function fourLetters(text: string): number {
  let word = 0;
  for (let i = 3; i >= 0; i--) word = (word << 8) | text.charCodeAt(i);
  return word;
}

/**
 * EAX, EBX, ECX and EDX for a leaf; leaves beyond the last answer as the last. `apicId` is what the processor's local APIC
 * woke up with; undefined: it is off, or there is none.
 */
export function cpuid(
  leaf: number,
  apicId: number | undefined,
): readonly [number, number, number, number] {
  if (leaf === 0) {
    return [2, fourLetters('Genu'), fourLetters('ntel'), fourLetters('ineI')];
  }
  if (leaf === 1) {
    const apic = apicId === undefined ? 0 : APIC;
    return [FAMILY_6_MODEL_5, (apicId ?? 0) << 24, 0, FEATURES | apic];
  }
  return [1, 0, 0, 0];
}
