// Files of hexadecimal records, as PROM programmers read them: Intel's (Intel Hexadecimal Object
// File Format Specification, 1988) and Motorola's S-records, arranged as GNU's tools write them.

/** Bytes and where they are loaded. */
export interface HexChunk {
  readonly address: number;
  readonly bytes: Uint8Array;
}

const recordBytes = 16;
const nameMax = 40;

const hex = (value: number, digits: number): string =>
  value.toString(16).toUpperCase().padStart(digits, '0');

const inOrder = (chunks: readonly HexChunk[]): HexChunk[] =>
  chunks.filter(({ bytes }) => bytes.length > 0).toSorted((a, b) => a.address - b.address);

function intelRecord(address: number, type: number, bytes: readonly number[]): string {
  const all = [bytes.length, (address >>> 8) & 255, address & 255, type, ...bytes];
  const sum = all.reduce((total, byte) => total + byte, 0);
  return `:${all.map((byte) => hex(byte, 2)).join('')}${hex(-sum & 255, 2)}\r\n`;
}

const word = (value: number): number[] => [(value >>> 8) & 255, value & 255];

/** Intel's format: segments up to 1 MiB, linear addresses beyond; the start unless it is 0. */
export function intelHex(chunks: readonly HexChunk[], start: number): string {
  let text = '';
  let base = 0;
  let isSegmented = false;
  for (const { address, bytes } of inOrder(chunks)) {
    for (let at = 0; at < bytes.length;) {
      const place = address + at;
      let count = Math.min(recordBytes, bytes.length - at);
      if (place > base + 0xffff || place < base) {
        if (place <= 0xfffff) {
          base = place & 0xf0000;
          isSegmented = true;
          text += intelRecord(0, 2, word(base >>> 4));
        } else {
          if (isSegmented) text += intelRecord(0, 2, [0, 0]);
          isSegmented = false;
          base = (place & 0xffff0000) >>> 0;
          text += intelRecord(0, 4, word(base >>> 16));
        }
      }
      count = Math.min(count, base + 0x10000 - place);
      text += intelRecord(place - base, 0, [...bytes.subarray(at, at + count)]);
      at += count;
    }
  }
  if (start > 0 && start <= 0xfffff) {
    text += intelRecord(0, 3, [...word((start & 0xf0000) >>> 4), ...word(start)]);
  } else if (start > 0) text += intelRecord(0, 5, [...word(start >>> 16), ...word(start)]);
  return text + intelRecord(0, 1, []);
}

function motorolaRecord(type: number, address: number, digits: number, bytes: Uint8Array): string {
  const count = digits / 2 + bytes.length + 1;
  let sum = count + bytes.reduce((total, byte) => total + byte, 0);
  for (let rest = address; rest > 0; rest = Math.floor(rest / 256)) sum += rest % 256;
  const body = [...bytes].map((byte) => hex(byte, 2)).join('');
  return `S${type}${hex(count, 2)}${hex(address, digits)}${body}${hex(~sum & 255, 2)}\r\n`;
}

/** Motorola's format with addresses as wide as the last one needs; `name` goes into the header. */
export function motorolaHex(chunks: readonly HexChunk[], start: number, name: string): string {
  const all = inOrder(chunks);
  const end = all.reduce((last, each) => Math.max(last, each.address + each.bytes.length), 0);
  const type = end <= 0xffff ? 1 : end <= 0xffffff ? 2 : 3;
  const digits = 2 * (type + 1);
  const title = Uint8Array.from(name.slice(0, nameMax), (letter) => letter.charCodeAt(0) & 255);
  let text = motorolaRecord(0, 0, 4, title);
  for (const { address, bytes } of all) {
    for (let at = 0; at < bytes.length; at += recordBytes) {
      const part = bytes.subarray(at, at + recordBytes);
      text += motorolaRecord(type, address + at, digits, part);
    }
  }
  return text + motorolaRecord(10 - type, start, digits, new Uint8Array(0));
}
