// Intel hexadecimal and Motorola S-record files: memory as lines of text, each with its address and
// a sum. Read into pieces of memory, as objdump and objcopy look at them, and written as GNU objcopy
// writes them.

import { latin1Bytes, latin1Text } from '@ring0/bytes';

/** Memory that a file fills: contents from an address on. */
export interface MemoryPiece {
  readonly address: number;
  readonly bytes: Uint8Array;
  /** Where its first line stands in the file. */
  readonly offset: number;
}

export interface MemoryImage {
  readonly format: 'ihex' | 'srec' | 'symbolsrec';
  readonly pieces: readonly MemoryPiece[];
  readonly start: number;
  readonly problem: string | undefined;
}

/** Whether the bytes begin as an Intel hexadecimal file does. */
export function looksLikeIhex(bytes: Uint8Array): boolean {
  return /^:[0-9A-Fa-f]{10}/.test(latin1Text(bytes, 0, Math.min(11, bytes.length)));
}

/** Whether the bytes begin as an S-record file does. */
export function looksLikeSrec(bytes: Uint8Array): boolean {
  return /^S[0-9][0-9A-Fa-f]{4}/.test(latin1Text(bytes, 0, Math.min(6, bytes.length)));
}

class Pieces {
  readonly list: { address: number; parts: Uint8Array[]; size: number; offset: number }[] = [];

  add(address: number, bytes: Uint8Array, offset: number): void {
    const last = this.list.at(-1);
    if (last && last.address + last.size === address) {
      last.parts.push(bytes);
      last.size += bytes.length;
    } else this.list.push({ address, parts: [bytes], size: bytes.length, offset });
  }

  take(): MemoryPiece[] {
    return this.list.map(({ address, parts, size, offset }) => {
      const bytes = new Uint8Array(size);
      let at = 0;
      for (const part of parts) {
        bytes.set(part, at);
        at += part.length;
      }
      return { address, bytes, offset };
    });
  }
}

function digits(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || /[^0-9A-Fa-f]/.test(text)) return undefined;
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = Number.parseInt(text.slice(i * 2, i * 2 + 2), 16);
  }
  return bytes;
}

/** Lines with their offsets, line ends of any kind left out. */
function* lines(text: string): Generator<{ line: string; offset: number; number: number }> {
  let number = 0;
  for (let at = 0; at < text.length;) {
    let end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    number++;
    yield { line: text.slice(at, end).replace(/\r$/, ''), offset: at, number };
    at = end + 1;
  }
}

/** Reads an Intel hexadecimal file. Never throws. */
export function readIhex(bytes: Uint8Array, path: string): MemoryImage {
  const pieces = new Pieces();
  let base = 0;
  let segment = 0;
  let start = 0;
  let problem: string | undefined;
  for (const { line, offset, number } of lines(latin1Text(bytes))) {
    if (line.trim() === '') continue;
    const record = line.startsWith(':') ? digits(line.slice(1)) : undefined;
    if (!record || record.length < 5 || record.length < record[0] + 5) {
      problem = `${path}:${number}: bad record in Intel Hex file`;
      break;
    }
    const [count, high, low, type] = record;
    const data = record.subarray(4, 4 + count);
    const sum = record.subarray(0, 5 + count).reduce((total, byte) => total + byte, 0);
    if ((sum & 0xff) !== 0) {
      problem = `${path}:${number}: bad checksum in Intel Hex file`;
      break;
    }
    const word = (data[0] ?? 0) * 256 + (data[1] ?? 0);
    if (type === 0) {
      // The line's place follows its mark: that is where its section begins for GNU's tools.
      pieces.add(base + segment + high * 256 + low, data, offset);
    } else if (type === 1) {
      if (start === 0) start = high * 256 + low;
      break;
    } else if (type === 2) segment = word * 16;
    else if (type === 3) start = word * 16 + ((data[2] ?? 0) * 256 + (data[3] ?? 0));
    else if (type === 4) {
      base = word * 65536;
      segment = 0;
    } else if (type === 5) start = word * 65536 + ((data[2] ?? 0) * 256 + (data[3] ?? 0));
  }
  return { format: 'ihex', pieces: pieces.take(), start, problem };
}

/** Reads an S-record file. Never throws. */
export function readSrec(bytes: Uint8Array, path: string): MemoryImage {
  const pieces = new Pieces();
  let start = 0;
  let problem: string | undefined;
  for (const { line, offset, number } of lines(latin1Text(bytes))) {
    const type = line.charCodeAt(1) - 48;
    if (!line.startsWith('S') || type < 0 || type > 9) continue;
    const record = digits(line.slice(2).trim());
    if (!record || record.length < 1 || record.length < record[0] + 1) {
      problem = `${path}:${number}: Bad checksum in S-record file`;
      break;
    }
    const width = { 1: 2, 2: 3, 3: 4, 7: 4, 8: 3, 9: 2 }[type];
    if (width === undefined) continue;
    let address = 0;
    for (let i = 0; i < width; i++) address = address * 256 + record[1 + i];
    if (type >= 7) start = address;
    else pieces.add(address, record.slice(1 + width, record[0]), offset);
  }
  return { format: 'srec', pieces: pieces.take(), start, problem };
}

const upper = (value: number, width: number) =>
  (value >>> 0).toString(16).toUpperCase().padStart(width, '0');

function ihexRecord(address: number, type: number, data: ArrayLike<number>): string {
  let text = upper(data.length, 2) + upper(address & 0xffff, 4) + upper(type, 2);
  let sum = data.length + (address >> 8) + (address & 0xff) + type;
  for (let i = 0; i < data.length; i++) {
    text += upper(data[i], 2);
    sum += data[i];
  }
  return `:${text}${upper(-sum & 0xff, 2)}\r\n`;
}

const recordSize = 16;

/** An Intel hexadecimal file of the pieces, which stand in the order of their addresses. */
export function writeIhex(
  pieces: readonly { readonly address: number; readonly bytes: Uint8Array }[],
  start: number,
): Uint8Array {
  const parts: string[] = [];
  let segment = 0;
  let base = 0;
  for (const { address, bytes } of pieces) {
    let where = address;
    for (let at = 0; at < bytes.length;) {
      let size = Math.min(recordSize, bytes.length - at);
      if (where > segment + base + 0xffff) {
        if (where <= 0xfffff) {
          segment = where & 0xf0000;
          parts.push(ihexRecord(0, 2, [(segment >> 12) & 0xff, (segment >> 4) & 0xff]));
        } else {
          if (segment !== 0) {
            parts.push(ihexRecord(0, 2, [0, 0]));
            segment = 0;
          }
          base = (where & 0xffff0000) >>> 0;
          parts.push(ihexRecord(0, 4, [base >>> 24, (base >>> 16) & 0xff]));
        }
      }
      const low = where - (base + segment);
      // A record does not cross a boundary of 64 KiB.
      if (low + size > 0xffff) size = Math.min(size, 0x10000 - low);
      parts.push(ihexRecord(low, 0, bytes.subarray(at, at + size)));
      at += size;
      where += size;
    }
  }
  if (start !== 0) {
    const isSegmented = start <= 0xfffff;
    const data = isSegmented
      ? [((start & 0xf0000) >> 12) & 0xff, 0, (start >> 8) & 0xff, start & 0xff]
      : [start >>> 24, (start >>> 16) & 0xff, (start >>> 8) & 0xff, start & 0xff];
    parts.push(ihexRecord(0, isSegmented ? 3 : 5, data));
  }
  parts.push(ihexRecord(0, 1, []));
  return latin1Bytes(parts.join(''));
}

function srecRecord(type: number, width: number, address: number, data: ArrayLike<number>): string {
  const count = width + data.length + 1;
  let text = upper(count, 2) + upper(address % 0x1_0000_0000, width * 2);
  let sum = count;
  for (let i = 0; i < width; i++) sum += Math.floor(address / 256 ** i) & 0xff;
  for (let i = 0; i < data.length; i++) {
    text += upper(data[i], 2);
    sum += data[i];
  }
  return `S${type}${text}${upper(~sum & 0xff, 2)}\r\n`;
}

export interface SrecOptions {
  /** The name in the first record. */
  readonly name: string;
  /** Bytes of a record; 16 where absent. */
  readonly length?: number | undefined;
  /** S3 and S7 records whatever the addresses are. */
  readonly isForced?: boolean | undefined;
}

/** An S-record file of the pieces, which stand in the order of their addresses. */
export function writeSrec(
  pieces: readonly { readonly address: number; readonly bytes: Uint8Array }[],
  start: number,
  { name, length: wanted = recordSize, isForced = false }: SrecOptions,
): Uint8Array {
  let last = 0;
  for (const { address, bytes } of pieces) last = Math.max(last, address + bytes.length - 1);
  const type = (isForced && pieces.length > 0) || last > 0xffffff ? 3 : last > 0xffff ? 2 : 1;
  const width = type + 1;
  // The length of a record, address and checksum included, fits in a byte.
  const length = wanted < 1 ? 1 : Math.min(wanted, 0xff - width - 1);
  const parts = [srecRecord(0, 2, 0, latin1Bytes(name.slice(0, 40)))];
  for (const { address, bytes } of pieces) {
    for (let at = 0; at < bytes.length; at += length) {
      parts.push(srecRecord(type, width, address + at, bytes.subarray(at, at + length)));
    }
  }
  parts.push(srecRecord(10 - type, width, start % 256 ** width, []));
  return latin1Bytes(parts.join(''));
}
