import { expect, test } from 'vitest';
import { writeLines } from './index.ts';
import type { LineProgramRow } from './index.ts';

function row(address: number, line: number): LineProgramRow {
  return {
    address,
    line,
    file: 1,
    column: 0,
    isStatement: true,
    isBasicBlock: false,
    isPrologueEnd: false,
    isEpilogueBegin: false,
    discriminator: 0,
    isa: 0,
  };
}

function program(rows: LineProgramRow[], end: number): number[] {
  const { bytes } = writeLines({
    version: 3,
    directories: [],
    files: [{ directory: 0, name: 'a' }],
    sequences: [{ section: '.text', end, rows }],
  });
  const header = new DataView(bytes.buffer).getUint32(6, true) + 10;
  return [...bytes.subarray(header)];
}

const address = [0, 5, 2, 0, 0, 0, 0];

test('small steps take one special opcode, larger ones what they need', () => {
  // Line 1 at 0 is a copy; +1 line +1 byte is 0x21; +100 lines needs advance_line.
  expect(program([row(0, 1), row(1, 2), row(2, 102)], 3)).toEqual([
    ...[...address, 1, 0x21, 3, 0xe4, 0, 0x20],
    ...[2, 1, 0, 1, 1],
  ]);
});

test('a step of 17 to 33 bytes is const_add_pc and a special opcode', () => {
  expect(program([row(0, 1), row(20, 2)], 37)).toEqual([
    ...[...address, 1, 8, 0x13 + 14 * 3],
    ...[8, 0, 1, 1],
  ]);
});

test('version 5 puts names in .debug_line_str', () => {
  const { strings, stringFields, bytes } = writeLines({
    version: 5,
    directories: ['/d'],
    files: [{ directory: 0, name: 'a.c' }],
    sequences: [],
  });
  expect(String.fromCharCode(...strings)).toBe('/d\0a.c\0');
  const view = new DataView(bytes.buffer);
  expect(stringFields.map((offset) => view.getUint32(offset, true))).toEqual([0, 3]);
});
