// strings: runs of printable characters in any bytes, of one, two or four bytes each.

import { readElf, sectionFlag, sectionType } from '@ring0/elf';

export type StringEncoding = 's' | 'S' | 'b' | 'l' | 'B' | 'L';

export interface StringsOptions {
  /** The shortest run that is shown. */
  readonly minimum: number;
  readonly encoding: StringEncoding;
  /** -w: white space of all kinds is part of a string. */
  readonly hasWhiteSpace: boolean;
  /** -d: only sections that are loaded with contents. */
  readonly dataOnly: boolean;
}

/** Takes a string and where it begins in the file; the bytes may be a view of the file. */
export type TakeString = (offset: number, bytes: Uint8Array) => void;

const widths = { s: 1, S: 1, b: 2, l: 2, B: 4, L: 4 } as const;

function characterAt(bytes: Uint8Array, at: number, encoding: StringEncoding): number {
  switch (encoding) {
    case 's':
    case 'S':
      return bytes[at];
    case 'b':
      return bytes[at] * 256 + bytes[at + 1];
    case 'l':
      return bytes[at + 1] * 256 + bytes[at];
    case 'B':
      return ((bytes[at] * 256 + bytes[at + 1]) * 256 + bytes[at + 2]) * 256 + bytes[at + 3];
    case 'L':
      return ((bytes[at + 3] * 256 + bytes[at + 2]) * 256 + bytes[at + 1]) * 256 + bytes[at];
  }
}

/** Which characters a string is made of; of wide ones only those below 256 are. */
function partTable({ encoding, hasWhiteSpace }: StringsOptions): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => {
    const isPlain = (code >= 0x20 && code < 0x7f) || code === 9;
    const isSpace = hasWhiteSpace && code >= 9 && code <= 13;
    return Number(isPlain || isSpace || (encoding === 'S' && code >= 0x80));
  });
}

/** The strings of a piece of a file that begins at `base`. */
function stringsIn(
  bytes: Uint8Array,
  base: number,
  options: StringsOptions,
  take: TakeString,
): void {
  const { encoding, minimum } = options;
  if (widths[encoding] > 1) return wideStringsIn(bytes, base, options, take);
  const isPart = partTable(options);
  const { length } = bytes;
  for (let at = 0; at < length;) {
    if (isPart[bytes[at]] === 0) {
      at++;
      continue;
    }
    let end = at + 1;
    while (end < length && isPart[bytes[end]] === 1) end++;
    if (end - at >= minimum) take(base + at, bytes.subarray(at, end));
    at = end;
  }
}

function wideStringsIn(
  bytes: Uint8Array,
  base: number,
  options: StringsOptions,
  take: TakeString,
): void {
  const { encoding, minimum } = options;
  const width = widths[encoding];
  const part = partTable(options);
  const isPart = (code: number) => code < 256 && part[code] === 1;
  for (let at = 0; at + width <= bytes.length;) {
    let end = at;
    while (end + width <= bytes.length && isPart(characterAt(bytes, end, encoding))) end += width;
    const count = (end - at) / width;
    if (count >= minimum) {
      const text = new Uint8Array(count);
      for (let i = 0; i < count; i++) text[i] = characterAt(bytes, at + i * width, encoding) & 0xff;
      take(base + at, text);
      at = end;
    } else at = count === 0 ? at + 1 : end - width + 1;
  }
}

/** Gives `take` the strings of a file in their order. Never throws. */
export function findStrings(
  bytes: Uint8Array,
  path: string,
  options: StringsOptions,
  take: TakeString,
): void {
  const sections = options.dataOnly
    ? (readElf(bytes, path, { skipsSymbols: true }).file?.sections ?? [])
    : [];
  const loaded = sections.filter(
    ({ flags, type, size }) =>
      (flags & sectionFlag.alloc) !== 0 && type !== sectionType.nobits && size > 0,
  );
  if (loaded.length === 0) stringsIn(bytes, 0, options, take);
  for (const { data, offset = 0 } of loaded) stringsIn(data, offset, options, take);
}
