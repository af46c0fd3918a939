// Keys: the 8042's translation from scan code set 2 to set 1, and which keys of a US keyboard type
// a text. A key is named by its set 1 code; PC software sees no other. E0 marks the extended keys,
// RELEASE a key that goes up.

export const RELEASE = 0x80;
export const EXTENDED = 0x100;

/** Set 1 codes of keys that type nothing by themselves. */
export const KEY = {
  escape: 0x01,
  backspace: 0x0e,
  tab: 0x0f,
  enter: 0x1c,
  control: 0x1d,
  shift: 0x2a,
  alt: 0x38,
  space: 0x39,
  capsLock: 0x3a,
  f1: 0x3b,
  f11: 0x57,
  f12: 0x58,
  home: EXTENDED | 0x47,
  up: EXTENDED | 0x48,
  pageUp: EXTENDED | 0x49,
  left: EXTENDED | 0x4b,
  right: EXTENDED | 0x4d,
  end: EXTENDED | 0x4f,
  down: EXTENDED | 0x50,
  pageDown: EXTENDED | 0x51,
  insert: EXTENDED | 0x52,
  delete: EXTENDED | 0x53,
} as const;

/**
 * Set 2 codes 00..7F as set 1: the table in the 8042's own ROM (IBM Personal System/2 Technical
 * Reference).
 */
// prettier-ignore
const TRANSLATION = Uint8Array.of(
  0xff, 0x43, 0x41, 0x3f, 0x3d, 0x3b, 0x3c, 0x58, 0x64, 0x44, 0x42, 0x40, 0x3e, 0x0f, 0x29, 0x59,
  0x65, 0x38, 0x2a, 0x70, 0x1d, 0x10, 0x02, 0x5a, 0x66, 0x71, 0x2c, 0x1f, 0x1e, 0x11, 0x03, 0x5b,
  0x67, 0x2e, 0x2d, 0x20, 0x12, 0x05, 0x04, 0x5c, 0x68, 0x39, 0x2f, 0x21, 0x14, 0x13, 0x06, 0x5d,
  0x69, 0x31, 0x30, 0x23, 0x22, 0x15, 0x07, 0x5e, 0x6a, 0x72, 0x32, 0x24, 0x16, 0x08, 0x09, 0x5f,
  0x6b, 0x33, 0x25, 0x17, 0x18, 0x0b, 0x0a, 0x60, 0x6c, 0x34, 0x35, 0x26, 0x27, 0x19, 0x0c, 0x61,
  0x6d, 0x73, 0x28, 0x74, 0x1a, 0x0d, 0x62, 0x6e, 0x3a, 0x36, 0x1c, 0x1b, 0x75, 0x2b, 0x63, 0x76,
  0x55, 0x56, 0x77, 0x78, 0x79, 0x7a, 0x0e, 0x7b, 0x7c, 0x4f, 0x7d, 0x4b, 0x47, 0x7e, 0x7f, 0x6f,
  0x52, 0x53, 0x50, 0x4c, 0x4d, 0x48, 0x01, 0x45, 0x57, 0x4e, 0x51, 0x4a, 0x37, 0x49, 0x46, 0x54,
);

/** F7 and Alt-SysRq lie above the table. */
const TRANSLATION_HIGH: ReadonlyMap<number, number> = new Map([
  [0x83, 0x41],
  [0x84, 0x54],
]);

/** The set 1 code of a set 2 code; replies of the keyboard (80..FF) pass as they are. */
export function translateScancode(code: number): number {
  return code < 0x80 ? TRANSLATION[code] : (TRANSLATION_HIGH.get(code) ?? code);
}

const SET2 = new Uint8Array(0x80);
for (const [set2, set1] of TRANSLATION.entries()) if (set1 < 0x80) SET2[set1] = set2;
for (const [set2, set1] of TRANSLATION_HIGH) SET2[set1] = set2;

/** The bytes a keyboard sends in `set` (1 or 2) for a key going down or up. */
export function keyBytes(key: number, set: number): readonly number[] {
  const code = key & 0x7f;
  const prefix = (key & EXTENDED) !== 0 ? [0xe0] : [];
  if (set === 1) return [...prefix, code | (key & RELEASE)];
  return (key & RELEASE) !== 0 ? [...prefix, 0xf0, SET2[code]] : [...prefix, SET2[code]];
}

/** Rows of a US keyboard: the first key's set 1 code, what the keys type plain and shifted. */
const ROWS = [
  [0x02, '1234567890-=', '!@#$%^&*()_+'],
  [0x10, 'qwertyuiop[]', 'QWERTYUIOP{}'],
  [0x1e, "asdfghjkl;'`", 'ASDFGHJKL:"~'],
  [0x2b, '\\zxcvbnm,./', '|ZXCVBNM<>?'],
  [KEY.space, ' ', ''],
  [KEY.enter, '\n', ''],
  [KEY.enter, '\r', ''],
  [KEY.tab, '\t', ''],
  [KEY.backspace, '\b', ''],
  [KEY.backspace, '\x7f', ''],
  [KEY.escape, '\x1b', ''],
] as const;

const PLAIN: ReadonlyMap<string, number> = new Map(
  ROWS.flatMap(([first, plain]) => [...plain].map((text, i) => [text, first + i] as const)),
);
const SHIFTED: ReadonlyMap<string, number> = new Map(
  ROWS.flatMap(([first, , shifted]) => [...shifted].map((text, i) => [text, first + i] as const)),
);

/**
 * The keys, down and up, that type `text` on a US keyboard, as arguments of KEY_INPUT. Control
 * characters without a key of their own are typed with Ctrl; those no key types are left out.
 */
export function keysOfText(text: string): number[] {
  return [...text].flatMap((character) => {
    const plain = PLAIN.get(character);
    if (plain !== undefined) return pressed(plain);
    const shifted = SHIFTED.get(character);
    if (shifted !== undefined) return [KEY.shift, ...pressed(shifted), KEY.shift | RELEASE];
    const code = character.charCodeAt(0);
    const letter = code < 0x20 ? PLAIN.get(String.fromCharCode(code + 0x60)) : undefined;
    return letter === undefined ? [] : [KEY.control, ...pressed(letter), KEY.control | RELEASE];
  });
}

function pressed(key: number): number[] {
  return [key, key | RELEASE];
}
