// General registers as numbers: the order is that of the encoding, so that number & 3 of a byte register is its owner.

export const EAX = 0;
export const ECX = 1;
export const EDX = 2;
export const EBX = 3;
export const ESP = 4;
export const EBP = 5;
export const ESI = 6;
export const EDI = 7;

export const names32: readonly string[] = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'];
export const names16: readonly string[] = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'];
export const names8: readonly string[] = ['al', 'cl', 'dl', 'bl'];
export const names8High: readonly string[] = ['ah', 'ch', 'dh', 'bh'];

const numbers = new Map<string, number>();
for (const names of [names32, names16, names8, names8High]) {
  names.forEach((name, number) => numbers.set(name, number));
}
/** The number of a general register by any of its names, with or without %; -1 for another register. */
export function registerNumber(name: string): number {
  return numbers.get(name.startsWith('%') ? name.slice(1) : name) ?? -1;
}
/** The registers that regparm arguments take, in order. */
export const regparmOrder: readonly number[] = [EAX, EDX, ECX];
/** The same for fastcall. */
export const fastcallOrder: readonly number[] = [ECX, EDX];
/** Mask of the registers that a call may change. */
export const CALL_CLOBBERS = (1 << EAX) | (1 << ECX) | (1 << EDX);
