// -d syscall: a system call as text, such as `open("/bin/sh", 0x0, 00)`. Names and kinds of arguments come from the guest
// kernel's own table, so nothing of the kernel is repeated here.

import { latin1Text } from '@ring0/bytes';

/** By number: the name, and a letter for each argument (kernel/include/uapi/syscall.tbl says which). */
export type SystemCalls = Readonly<
  Record<string, { readonly name: string; readonly arguments: string }>
>;

/** What the text needs of the machine. */
export interface GuestView {
  register(name: string, cpu: number): number;
  readVirtual(address: number, length: number, cpu: number): Uint8Array;
}

const argumentRegisters = ['ebx', 'ecx', 'edx', 'esi', 'edi', 'ebp'] as const;
const textMax = 64;

function quoted(guest: GuestView, address: number, cpu: number): string {
  const bytes = guest.readVirtual(address, textMax, cpu);
  const end = bytes.indexOf(0);
  const text = latin1Text(bytes, 0, end < 0 ? bytes.length : end);
  return bytes.length === 0 ? `0x${address.toString(16)}` : JSON.stringify(text);
}

function argument(letter: string, value: number, guest: GuestView, cpu: number): string {
  switch (letter) {
    case 'd':
      return String(value | 0);
    case 'u':
      return String(value);
    case 'o':
      return `0${value.toString(8)}`;
    case 's':
      return quoted(guest, value, cpu);
    default:
      return `0x${value.toString(16)}`;
  }
}

/** The system call that a CPU is about to make by `int $0x80`. */
export function systemCallText(
  guest: GuestView,
  cpu: number,
  calls: SystemCalls | undefined,
): string {
  const number = guest.register('eax', cpu);
  const call = calls?.[number];
  if (!call) return `system call ${number}`;
  const values = argumentRegisters.slice(0, call.arguments.length);
  const words = values.map((name, index) =>
    argument(call.arguments[index] ?? 'x', guest.register(name, cpu), guest, cpu),
  );
  return `${call.name}(${words.join(', ')})`;
}
