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

/** A run and where it begins in the file. */
export interface FoundString {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

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

/** The strings of a piece of a file that begins at `base`. */
function* stringsIn(
  bytes: Uint8Array,
  base: number,
  options: StringsOptions,
): Generator<FoundString> {
  const { encoding, minimum, hasWhiteSpace } = options;
  const width = widths[encoding];
  const isPart = (code: number) =>
    (code >= 0x20 && code < 0x7f) ||
    code === 9 ||
    (hasWhiteSpace && code >= 9 && code <= 13) ||
    (encoding === 'S' && code >= 0x80 && code <= 0xff);
  for (let at = 0; at + width <= bytes.length;) {
    let end = at;
    while (end + width <= bytes.length && isPart(characterAt(bytes, end, encoding))) end += width;
    const count = (end - at) / width;
    if (count >= minimum) {
      const text = new Uint8Array(count);
      for (let i = 0; i < count; i++) text[i] = characterAt(bytes, at + i * width, encoding) & 0xff;
      yield { offset: base + at, bytes: text };
      at = end;
    } else at = count === 0 ? at + 1 : end - width + 1;
  }
}

/** The strings of a file in their order. Never throws. */
export function* findStrings(
  bytes: Uint8Array,
  path: string,
  options: StringsOptions,
): Generator<FoundString> {
  const sections = options.dataOnly ? (readElf(bytes, path).file?.sections ?? []) : [];
  const loaded = sections.filter(
    ({ flags, type, size }) =>
      (flags & sectionFlag.alloc) !== 0 && type !== sectionType.nobits && size > 0,
  );
  if (loaded.length === 0) yield* stringsIn(bytes, 0, options);
  for (const { data, offset = 0 } of loaded) yield* stringsIn(data, offset, options);
}
