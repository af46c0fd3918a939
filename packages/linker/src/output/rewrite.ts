// Rewrites instructions whose target turned out to be known at link time: GOT loads (i386 psABI
// 1.1, B.2) and the general thread-local access models, which in a static program all become
// local-exec ("ELF Handling For Thread-Local Storage", 5.3, 5.4 and 5.5). The instruction bytes
// below are those that the ABI prescribes.

import { i386 } from '@ring0/elf';
import type { Rewrite } from '../dynamic/got-rewrite.ts';

const noOperation = 0x90;

/** -z call-nop: the byte that a direct call leaves over, and where it goes. */
export interface CallFiller {
  readonly byte: number;
  readonly isBehind: boolean;
}

const addressPrefix: CallFiller = { byte: 0x67, isBehind: false };

/** What the words of -z say of it. */
export function callFiller(keywords: ReadonlySet<string>): CallFiller {
  const word = [...keywords].findLast((each) => each.startsWith('call-nop='));
  const parts = /=(prefix|suffix)-(.*)/.exec(word ?? '');
  if (!parts || parts[2] === 'addr') return addressPrefix;
  const byte = parts[2] === 'nop' ? noOperation : Number(parts[2].replace(/^0(?=[0-7])/, '0o'));
  return { byte: byte & 0xff, isBehind: parts[1] === 'suffix' };
}

/** The call of the function that finds thread-local storage has a form that code relies on. */
export const fillerOf = (name: string, filler: CallFiller): CallFiller =>
  name === '___tls_get_addr' ? addressPrefix : filler;

/** Replaces a GOT reference whose field is at `place` by a direct one to `target`. */
export function rewriteGotReference(
  view: DataView,
  place: number,
  rewrite: Rewrite,
  target: number,
  address: number,
  base: number,
  filler: CallFiller,
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
      if (!filler.isBehind) view.setUint8(place - 2, filler.byte);
      view.setUint8(filler.isBehind ? place - 2 : place - 1, 0xe8);
      if (filler.isBehind) view.setUint32(place - 1, target - address - 3, true);
      else view.setUint32(place, target - address - 4, true);
      if (filler.isBehind) view.setUint8(place + 3, filler.byte);
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

const indexedByEbx = 0x1d;
const ebx = 3;

/**
 * Where a general-dynamic sequence starts whose field is at `place`, if it is one that the ABI
 * allows, which are all 12 bytes long: `lea x@tlsgd(,%ebx,1), %eax; call ___tls_get_addr`, `lea
 * x@tlsgd(%ebx), %eax; call ___tls_get_addr; nop` or `lea x@tlsgd(%reg), %eax; call
 * *___tls_get_addr@GOT(%reg)`.
 */
export function generalStart(bytes: Uint8Array, place: number): number | undefined {
  const call = place + 4;
  if (call + 6 > bytes.length) return undefined;
  if (bytes[place - 2] === 0x04) {
    const isAllowed = bytes[place - 3] === 0x8d && bytes[place - 1] === indexedByEbx;
    return isAllowed && bytes[call] === 0xe8 ? place - 3 : undefined;
  }
  const length = callLength(bytes, place);
  const isAllowed = length === 6 || (length === 5 && bytes[call + 5] === noOperation);
  return isAllowed ? place - 2 : undefined;
}

/** The length of the call behind `lea field(%reg), %eax`; 0: it is none that goes with it. */
function callLength(bytes: Uint8Array, place: number): number {
  const base = bytes[place - 1] & 7;
  if (bytes[place - 2] !== 0x8d || (bytes[place - 1] & 0xf8) !== 0x80 || base === 4) return 0;
  const call = place + 4;
  if (bytes[call] === 0xe8) return base === ebx ? 5 : 0;
  if (bytes[call] === 0x67) return bytes[call + 1] === 0xe8 ? 6 : 0;
  return base !== 0 && bytes[call] === 0xff && bytes[call + 1] === (0x90 | base) ? 6 : 0;
}

/** A general-dynamic sequence becomes `mov %gs:0, %eax; sub $x@tpoff, %eax`. */
function general(bytes: Uint8Array, view: DataView, place: number, offset: number): boolean {
  const start = generalStart(bytes, place);
  if (start === undefined) return false;
  bytes.set([0x65, 0xa1, 0, 0, 0, 0, 0x81, 0xe8], start);
  view.setUint32(start + 8, -offset, true);
  return true;
}

/** `lea x@tlsldm(%ebx), %eax; call ___tls_get_addr@PLT` becomes `mov %gs:0, %eax` and a filler. */
function localDynamic(bytes: Uint8Array, place: number): boolean {
  const length = callLength(bytes, place);
  if (length === 0 || place + 4 + length > bytes.length) return false;
  bytes.set([0x65, 0xa1, 0, 0, 0, 0], place - 2);
  // lea 0(%esi), %esi in five or six bytes
  bytes.set(length === 6 ? [0x8d, 0xb6, 0, 0, 0, 0] : [0x90, 0x8d, 0x74, 0x26, 0], place + 4);
  return true;
}
