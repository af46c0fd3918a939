// Call frame instructions and encoded pointers as they stand in .eh_frame and .debug_frame (DWARF 5,
// 7.24; LSB, "Exception Frames").

import { DwarfCursor } from '@ring0/dwarf';

/** An instruction: opcode and operands. */
export interface Operands {
  readonly op: number;
  readonly a: number;
  readonly b: number;
  readonly block: Uint8Array | undefined;
}

/**
 * The operands of an instruction; DW_CFA_advance_loc, offset and restore have one in the opcode.
 * Addresses are in the encoding that FDEs use.
 */
export function operands(cursor: DwarfCursor, pointerSize: number, encoding: number): Operands {
  const byte = cursor.u8();
  const op = byte >= 0x40 ? byte & 0xc0 : byte;
  const low = byte & 0x3f;
  const make = (a = 0, b = 0, block?: Uint8Array): Operands => ({ op, a, b, block });
  switch (op) {
    case 0x40:
    case 0xc0:
      return make(low);
    case 0x80:
      return make(low, cursor.uleb());
    case 0x01:
      return make(readEncoded(cursor, encoding, encodedSize(encoding, pointerSize)));
    case 0x02:
      return make(cursor.u8());
    case 0x03:
      return make(cursor.u16());
    case 0x04:
      return make(cursor.u32());
    case 0x05:
    case 0x09:
    case 0x0c:
    case 0x14:
    case 0x2f:
      return make(cursor.uleb(), cursor.uleb());
    case 0x06:
    case 0x07:
    case 0x08:
    case 0x0d:
    case 0x0e:
    case 0x2e:
      return make(cursor.uleb());
    case 0x0f:
      return make(0, 0, cursor.slice(cursor.uleb()));
    case 0x10:
    case 0x16: {
      const register = cursor.uleb();
      return make(register, 0, cursor.slice(cursor.uleb()));
    }
    case 0x11:
    case 0x12:
    case 0x15:
      return make(cursor.uleb(), cursor.sleb());
    case 0x13:
      return make(cursor.sleb());
    default:
      return make();
  }
}

/** How FDEs write addresses, from a CIE's augmentation. */
export function pointerEncoding(
  augmentation: string,
  data: Uint8Array,
  pointerSize: number,
): number {
  const cursor = new DwarfCursor(data);
  for (const letter of augmentation.slice(1)) {
    if (letter === 'L') cursor.u8();
    else if (letter === 'P') {
      const encoding = cursor.u8();
      cursor.skip(encodedSize(encoding, pointerSize));
    } else if (letter === 'R') return cursor.u8();
    else if (letter !== 'S' && letter !== 'B') break;
  }
  return 0;
}

/** Bytes of a pointer in an encoding. */
export function encodedSize(encoding: number, pointerSize: number): number {
  const sizes: Readonly<Record<number, number>> = { 2: 2, 3: 4, 4: 8 };
  return sizes[encoding & 7] ?? pointerSize;
}

/** A pointer in an encoding, before what it is relative to is added. */
export function readEncoded(cursor: DwarfCursor, encoding: number, size: number): number {
  const value = cursor.unsigned(size);
  if ((encoding & 8) === 0) return value;
  if (size === 2) return (value << 16) >> 16;
  return size === 4 ? value | 0 : Number(BigInt.asIntN(64, BigInt(value)));
}
