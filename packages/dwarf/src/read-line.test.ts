import { ByteWriter } from '@ring0/bytes';
import { elfType, machine, sectionType } from '@ring0/elf';
import type { ElfFile, ElfSection } from '@ring0/elf';
import { expect, test } from 'vitest';
import { sourceLines } from './index.ts';

/** A DWARF 2 line table by hand: 0x100..0x10a of a.c, lines 5, 7 and, in sub/b.h, 3. */
function table(): Uint8Array {
  const header = new ByteWriter();
  header.bytes(new Uint8Array([1, 1, 0xfb, 14, 13]));
  header.bytes(new Uint8Array([0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1]));
  header.cstring('sub');
  header.u8(0);
  for (const [name, directory] of [
    ['a.c', 0],
    ['b.h', 1],
  ] as const) {
    header.cstring(name);
    header.bytes(new Uint8Array([directory, 0, 0]));
  }
  header.u8(0);
  const program = new ByteWriter();
  program.bytes(new Uint8Array([0, 5, 2, 0x00, 0x01, 0, 0]));
  program.bytes(new Uint8Array([3, 4, 1]));
  // Special opcode: 3 bytes on, 2 lines on.
  program.u8(13 + 3 * 14 + 2 + 5);
  program.bytes(new Uint8Array([4, 2, 3, 0x7c, 2, 3, 1]));
  program.bytes(new Uint8Array([2, 4, 0, 1, 1]));
  const out = new ByteWriter();
  out.u32(6 + header.length + program.length);
  out.u16(2);
  out.u32(header.length);
  out.bytes(header.peek());
  out.bytes(program.peek());
  return out.take();
}

function file(data: Uint8Array): ElfFile {
  const section: ElfSection = {
    name: '.debug_line',
    type: sectionType.progbits,
    flags: 0,
    address: 0n,
    size: data.length,
    alignment: 1,
    entrySize: 0,
    data,
    relocations: [],
  };
  return {
    bits: 32,
    type: elfType.executable,
    machine: machine.i386,
    entry: 0n,
    flags: 0,
    osabi: 0,
    sections: [section],
    symbols: [],
    segments: [],
  };
}

test('addresses are found in their rows, and not outside of them', () => {
  const lines = sourceLines(file(table()));
  const at = (address: number): string | undefined => {
    const place = lines.find(undefined, address);
    return place && `${place.file}:${place.line}`;
  };
  expect([0xff, 0x100, 0x102, 0x103, 0x105, 0x106, 0x109, 0x10a].map(at)).toEqual([
    undefined,
    'a.c:5',
    'a.c:5',
    'a.c:7',
    'a.c:7',
    'sub/b.h:3',
    'sub/b.h:3',
    undefined,
  ]);
});

test('a cut or damaged table ends early, without an exception', () => {
  const whole = table();
  for (let length = 0; length < whole.length; length++) {
    expect(sourceLines(file(whole.subarray(0, length))).rows).toEqual([]);
  }
  for (let at = 0; at < whole.length; at++) {
    const damaged = whole.slice();
    damaged[at] ^= 0xff;
    expect(sourceLines(file(damaged)).rows.length).toBeLessThan(1000);
  }
});
