// Rewrites instructions whose target turned out to be known at link time: GOT loads (i386 psABI
// 1.1, B.2) and the general thread-local access models, which in a static program all become
// local-exec ("ELF Handling For Thread-Local Storage", 5.3, 5.4 and 5.5). The instruction bytes
// below are those that the ABI prescribes.

import { i386 } from '@ring0/elf';
import type { Rewrite } from '../dynamic/got-rewrite.ts';

/** Replaces a GOT reference whose field is at `place` by a direct one to `target`. */
export function rewriteGotReference(
  view: DataView,
  place: number,
  rewrite: Rewrite,
  target: number,
  address: number,
  base: number,
): void {
  const code = view.getUint8(place - 2);
  const register = (view.getUint8(place - 1) & 0x38) >> 3;
  const immediate = (byte: number, modrm: number): void => {
    view.setUint8(place - 2, byte);
    view.setUint8(place - 1, modrm);
    view.setUint32(place, target, true);
  };
  switch (rewrite) {
    case 'lea':
      view.setUint8(place - 2, 0x8d);
      view.setUint32(place, target - base, true);
      return;
    case 'mov':
      return immediate(0xc7, 0xc0 | register);
    case 'test':
      return immediate(0xf7, 0xc0 | register);
    case 'binary':
      return immediate(0x81, 0xc0 | register | (code & 0x3c));
    case 'call':
      view.setUint8(place - 2, 0x67);
      view.setUint8(place - 1, 0xe8);
      view.setUint32(place, target - address - 4, true);
      return;
    case 'jump':
      view.setUint8(place - 2, 0xe9);
      view.setUint32(place - 1, target - address - 3, true);
      view.setUint8(place + 3, 0x90);
  }
}

/**
 * Applies a thread-local relocation; undefined where the instruction is none that the ABI allows.
 */
export function rewriteTls(
  bytes: Uint8Array,
  view: DataView,
  place: number,
  type: number,
  symbol: number,
  tls: { readonly start: number; readonly size: number },
  isDebug: boolean,
): { skipsNext: boolean } | undefined {
  const addend = view.getInt32(place, true);
  const offset = symbol - tls.start - tls.size;
  const done = { skipsNext: false };
  switch (type) {
    case i386.TLS_LE:
      view.setUint32(place, offset + addend, true);
      return done;
    case i386.TLS_LE_32:
      view.setUint32(place, addend - offset, true);
      return done;
    case i386.TLS_LDO_32:
      view.setUint32(place, addend + (isDebug ? symbol - tls.start : offset), true);
      return done;
    case i386.TLS_IE:
      return initialExec(bytes, view, place, offset) ? done : undefined;
    case i386.TLS_GOTIE:
    case i386.TLS_IE_32:
      return gotInitialExec(bytes, view, place, type, offset) ? done : undefined;
    case i386.TLS_GD:
      return general(bytes, view, place, offset) ? { skipsNext: true } : undefined;
    case i386.TLS_LDM:
      return localDynamic(bytes, place) ? { skipsNext: true } : undefined;
    default:
      return undefined;
  }
}

/** `mov x@indntpoff, %reg` and `add` become `mov $x@ntpoff, %reg`, `add $..`. */
function initialExec(bytes: Uint8Array, view: DataView, place: number, offset: number): boolean {
  if (bytes[place - 1] === 0xa1) {
    bytes[place - 1] = 0xb8;
  } else {
    const register = (bytes[place - 1] >> 3) & 7;
    if (bytes[place - 2] === 0x8b) bytes[place - 2] = 0xc7;
    else if (bytes[place - 2] === 0x03) bytes[place - 2] = 0x81;
    else return false;
    bytes[place - 1] = 0xc0 | register;
  }
  view.setUint32(place, offset, true);
  return true;
}

/** `mov x@gotntpoff(%base), %reg`, `add`, `sub` become forms with an immediate. */
function gotInitialExec(
  bytes: Uint8Array,
  view: DataView,
  place: number,
  type: number,
  offset: number,
): boolean {
  const register = (bytes[place - 1] >> 3) & 7;
  const code = bytes[place - 2];
  if (code === 0x8b) {
    bytes[place - 2] = 0xc7;
    bytes[place - 1] = 0xc0 | register;
  } else if (code === 0x2b) {
    bytes[place - 2] = 0x81;
    bytes[place - 1] = 0xe8 | register;
  } else if (code === 0x03) {
    // lea x(%reg), %reg leaves the flags alone, as the ABI's table has it; %esp needs a SIB byte
    // that has no room
    const usesLea = register !== 4;
    bytes[place - 2] = usesLea ? 0x8d : 0x81;
    bytes[place - 1] = usesLea ? 0x80 | register | (register << 3) : 0xc0 | register;
  } else return false;
  view.setUint32(place, type === i386.TLS_GOTIE ? offset : -offset, true);
  return true;
}

/**
 * `lea x@tlsgd(,%ebx,1), %eax; call ___tls_get_addr@PLT` becomes `mov %gs:0, %eax; sub $x@tpoff,
 * %eax`.
 */
function general(bytes: Uint8Array, view: DataView, place: number, offset: number): boolean {
  const isIndexed = bytes[place - 2] === 0x04;
  const call = place + 4;
  const isIndirect = bytes[call] === 0xff;
  if (bytes[place - (isIndexed ? 3 : 2)] !== 0x8d) return false;
  if (!isIndirect && bytes[call] !== 0xe8 && bytes[call] !== 0x67) return false;
  const start = isIndexed ? place - 3 : place - 2;
  const end = call + (isIndirect || bytes[call] === 0x67 ? 6 : 5);
  if (end > bytes.length) return false;
  const usesLong = end - start >= 12;
  bytes.set([0x65, 0xa1, 0, 0, 0, 0], start);
  const field = usesLong ? start + 8 : start + 7;
  bytes.set(usesLong ? [0x81, 0xe8] : [0x2d], start + 6);
  view.setUint32(field, -offset, true);
  for (let at = field + 4; at < end; at++) bytes[at] = 0x90;
  return true;
}

/** `lea x@tlsldm(%ebx), %eax; call ___tls_get_addr@PLT` becomes `mov %gs:0, %eax` and a filler. */
function localDynamic(bytes: Uint8Array, place: number): boolean {
  const call = place + 4;
  const isIndirect = bytes[call] === 0xff || bytes[call] === 0x67;
  if (bytes[place - 2] !== 0x8d || (!isIndirect && bytes[call] !== 0xe8)) return false;
  if (call + (isIndirect ? 6 : 5) > bytes.length) return false;
  bytes.set([0x65, 0xa1, 0, 0, 0, 0], place - 2);
  // lea 0(%esi), %esi in five or six bytes
  bytes.set(isIndirect ? [0x8d, 0xb6, 0, 0, 0, 0] : [0x90, 0x8d, 0x74, 0x26, 0], place + 4);
  return true;
}
