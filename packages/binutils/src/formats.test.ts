import { latin1Bytes, latin1Text } from '@ring0/bytes';
import { expect, test } from 'vitest';
import { findStrings, objcopy, objdump } from './index.ts';
import { matchesSection } from './objcopy/objcopy-options.ts';
import { readIhex, readSrec, writeIhex, writeSrec } from './objcopy/text-formats.ts';

const pieces = [
  { address: 0x7c00, bytes: Uint8Array.from({ length: 20 }, (_, i) => i) },
  { address: 0x2fff8, bytes: Uint8Array.from({ length: 16 }, (_, i) => 255 - i) },
];

test('hexadecimal text reads back as it was written, over boundaries of 64 KiB', () => {
  const shown = (list: readonly { address: number; bytes: Uint8Array }[]) =>
    list.map(({ address, bytes }) => [address, [...bytes]]);
  const ihex = writeIhex(pieces, 0x12345678);
  expect(latin1Text(ihex)).toContain(':0400000512345678E3\r\n');
  expect(shown(readIhex(ihex, 'x').pieces)).toEqual(shown(pieces));
  expect(readIhex(ihex, 'x').start).toBe(0x12345678);
  const srec = writeSrec(pieces, 0, { name: 'x' });
  expect(latin1Text(srec)).toMatch(/^S00400007883\r\nS214007C00/);
  expect(shown(readSrec(srec, 'x').pieces)).toEqual(shown(pieces));
});

test('a wrong sum is a problem', () => {
  expect(readIhex(latin1Bytes(':0100000000FE\r\n'), 'a').problem).toBe(
    'a:1: bad checksum in Intel Hex file',
  );
});

test('objdump and objcopy take hexadecimal text', () => {
  const ihex = writeIhex(pieces, 0);
  const flat = objcopy(ihex, 'a.hex', { outputFormat: 'binary', only: ['.sec1'] });
  expect(flat.bytes).toEqual(pieces[0].bytes);
  const options = {
    hasHeaders: true,
    hasSymbols: false,
    hasRelocations: false,
    disassembly: 'none',
    isBinary: false,
    hasMachine: false,
    mode: 32,
    syntax: 'att',
    sections: [],
    showsZeros: false,
    showsBytes: true,
  } as const;
  expect(objdump(ihex, 'a.hex', options).text).toContain(
    '  0 .sec1         00000014  00007c00  00007c00  ',
  );
});

test('names of sections: patterns, and what they leave out', () => {
  expect(matchesSection('.text.f', ['.text*'])).toBe(true);
  expect(matchesSection('.text.f', ['.text*', '!.text.?'])).toBe(false);
  expect(matchesSection('.data1', ['.data[0-9]'])).toBe(true);
  expect(matchesSection('.text', ['.texty', 'text'])).toBe(false);
});

test('strings of one and of two bytes a character', () => {
  const found = (bytes: Uint8Array, encoding: 's' | 'l') => {
    const list: [number, string][] = [];
    const options = { minimum: 4, encoding, hasWhiteSpace: false, dataOnly: false } as const;
    findStrings(bytes, 'x', options, (offset, text) => list.push([offset, latin1Text(text)]));
    return list;
  };
  expect(found(latin1Bytes('\0abc\0abcd\u0001wxyz'), 's')).toEqual([
    [5, 'abcd'],
    [10, 'wxyz'],
  ]);
  expect(found(latin1Bytes('\0a\0b\0c\0d\0\0'), 'l')).toEqual([[1, 'abcd']]);
});
