// strings: runs of printable characters in any bytes, of one, two or four bytes each.

import { latin1Bytes } from '@ring0/bytes';
import { readElf, sectionFlag, sectionType } from '@ring0/elf';

export type StringEncoding = 's' | 'S' | 'b' | 'l' | 'B' | 'L';

/** Of a character beyond ASCII: its bytes as they are, in hexadecimal, or its code. */
export type UnicodeForm = 'locale' | 'hex' | 'escape';

export interface StringsOptions {
  /** The shortest run that is shown. */
  readonly minimum: number;
  readonly encoding: StringEncoding;
  /** -w: white space of all kinds is part of a string. */
  readonly hasWhiteSpace: boolean;
  /** -U: UTF-8 is part of strings of bytes, whatever the encoding, and how it is shown. */
  readonly unicode?: UnicodeForm | undefined;
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
  if (options.unicode) return unicodeStringsIn(bytes, base, options.unicode, options, take);
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

/** How many bytes the UTF-8 character at `at` has; 0: there is none, or it is of ASCII. */
function unicodeLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at];
  if (lead < 0xc0) return 0;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  for (let i = 1; i < length; i++) if ((bytes[at + i] & 0xc0) !== 0x80) return 0;
  return length;
}

/** The code of a character; of four bytes it is cut where GNU strings cuts it. */
function escaped(character: Uint8Array): string {
  const [first, second, third = 0, fourth = 0] = character;
  const hex = (value: number, width: number) => value.toString(16).padStart(width, '0');
  if (character.length === 2) return `\\u${hex(((first & 0x1f) << 6) | (second & 0x3f), 4)}`;
  if (character.length === 3) {
    return `\\u${hex(((first & 15) << 12) | ((second & 0x3f) << 6) | (third & 0x3f), 4)}`;
  }
  const high = ((first & 7) << 6) | ((second & 0x3f) >> 2);
  const middle = ((second & 3) << 6) | ((third & 0x3f) >> 2);
  return `\\u${hex(high, 2)}${hex(middle, 2)}${hex(((third & 3) << 6) | (fourth & 0x3f), 2)}`;
}

function shownCharacter(character: Uint8Array, form: UnicodeForm): string {
  if (form === 'escape') return escaped(character);
  // GNU strings writes but the first byte here.
  if (form === 'locale') return String.fromCharCode(character[0]);
  return `<0x${Array.from(character, (byte) => byte.toString(16).padStart(2, '0')).join('')}>`;
}

function unicodeStringsIn(
  bytes: Uint8Array,
  base: number,
  form: UnicodeForm,
  options: StringsOptions,
  take: TakeString,
): void {
  const isPart = partTable({ ...options, encoding: 's' });
  for (let at = 0; at < bytes.length;) {
    let end = at;
    let count = 0;
    let isPlain = true;
    for (; end < bytes.length; count++) {
      const length = isPart[bytes[end]] === 1 ? 1 : unicodeLength(bytes, end);
      if (length === 0) break;
      if (length > 1) isPlain = false;
      end += length;
    }
    const run = bytes.subarray(at, end);
    if (count >= options.minimum) take(base + at, isPlain ? run : shownRun(run, form));
    at = end + 1;
  }
}

function shownRun(run: Uint8Array, form: UnicodeForm): Uint8Array {
  let text = '';
  for (let at = 0; at < run.length;) {
    const length = Math.max(1, unicodeLength(run, at));
    const character = run.subarray(at, at + length);
    text += length === 1 ? String.fromCharCode(character[0]) : shownCharacter(character, form);
    at += length;
  }
  return latin1Bytes(text);
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
