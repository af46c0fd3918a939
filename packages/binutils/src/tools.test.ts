import { elfType, machine, readElf, sectionFlag, sectionType, writeElf } from '@ring0/elf';
import type { ElfFile, ElfSection, ElfSymbol } from '@ring0/elf';
import { expect, test } from 'vitest';
import { nm, objcopy, readelf, sizeBerkeley, sizeSystemV } from './index.ts';

function sample(): Uint8Array {
  const { alloc, write, execute } = sectionFlag;
  const make = (name: string, flags: number, size: number): ElfSection => ({
    name,
    type: name === '.bss' ? sectionType.nobits : sectionType.progbits,
    flags,
    address: 0n,
    size,
    alignment: 4,
    entrySize: 0,
    data: new Uint8Array(name === '.bss' ? 0 : size).fill(name.length),
    relocations: [],
  });
  const text = make('.text', alloc | execute, 10);
  const data = make('.data', alloc | write, 6);
  const bss = make('.bss', alloc | write, 100);
  const debug = make('.debug_info', 0, 3);
  const symbol = (
    name: string,
    section: ElfSymbol['section'],
    binding: number,
    value: number,
  ): ElfSymbol => ({
    name,
    value: BigInt(value),
    size: 2n,
    binding,
    type: 0,
    visibility: 0,
    section,
  });
  const file: ElfFile = {
    bits: 32,
    type: elfType.relocatable,
    machine: machine.i386,
    entry: 0n,
    flags: 0,
    osabi: 0,
    sections: [text, data, bss, debug],
    symbols: [
      symbol('local', bss, 0, 4),
      symbol('main', text, 1, 2),
      symbol('puts', 'undefined', 1, 0),
    ],
    segments: [],
  };
  return writeElf(file);
}

test('nm: letters, order, sizes', () => {
  expect(nm(sample(), 'a.o', {}).text).toBe('00000004 b local\n00000002 T main\n         U puts\n');
  expect(nm(sample(), 'a.o', { externalOnly: true, showsSizes: true, isNumeric: true }).text).toBe(
    '         U puts\n00000002 00000002 T main\n',
  );
});

test('size: both tables', () => {
  const line = '     10\t      6\t    100\t    116\t     74\ta.o\n';
  expect(sizeBerkeley(sample(), 'a.o').text).toBe(line);
  expect(sizeSystemV(sample(), 'a.o').text).toContain('.bss           100      0\n');
});

test('readelf: a section, a symbol, and what is not there', () => {
  const { text } = readelf(sample(), 'a.o', { all: true });
  expect(text).toContain(
    '  [ 3] .bss              NOBITS          00000000 000048 000064 00  WA  0   0  4\n',
  );
  expect(text).toContain('     2: 00000002     2 NOTYPE  GLOBAL DEFAULT    1 main\n');
  expect(text).toContain('\nThere are no relocations in this file.\n');
});

test('objcopy: sections by name, symbols, flat bytes', () => {
  const bytesOf = (options: Parameters<typeof objcopy>[2]): Uint8Array =>
    objcopy(sample(), 'a.o', options).bytes ?? new Uint8Array(0);
  const names = (options: Parameters<typeof objcopy>[2]): string[] | undefined =>
    readElf(bytesOf(options), 'b.o').file?.sections.map((s) => s.name);
  expect(names({ strip: 'debug' })).toEqual(['.text', '.data', '.bss']);
  expect(names({ remove: ['.d*'] })).toEqual(['.text', '.bss']);
  expect(names({ only: ['.data'] })).toEqual(['.data']);
  expect(readElf(bytesOf({ strip: 'all' }), 'b.o').file?.symbols).toEqual([]);
  expect([...bytesOf({ outputFormat: 'binary', only: ['.data'] })]).toEqual([5, 5, 5, 5, 5, 5]);
});

test('damaged files give problems, never exceptions', () => {
  const whole = sample();
  for (let at = 0; at < whole.length; at++) {
    const damaged = whole.slice();
    damaged[at] ^= 0xff;
    readelf(damaged, 'x', { all: true });
    nm(damaged, 'x', {});
    sizeSystemV(damaged, 'x');
    const cut = whole.subarray(0, at);
    expect(readelf(cut, 'x', { all: true }).problems.length).toBeGreaterThan(0);
    expect(objcopy(cut, 'x', { strip: 'all' }).bytes).toBeUndefined();
  }
});
