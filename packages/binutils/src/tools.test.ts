import { readElf, sectionFlag, sectionType, writeElf } from '@ring0/elf';
import type { ElfFile, ElfSection, ElfSymbol } from '@ring0/elf';
import { expect, test } from 'vitest';
import { nm, objcopy, objdump, readelf, sizeBerkeley, sizeSystemV } from './index.ts';
import { sampleObject, sampleSection } from './sample-object.ts';

function sample(): Uint8Array {
  const { alloc, write, execute } = sectionFlag;
  const make = (name: string, flags: number, size: number) =>
    sampleSection(name, flags, new Uint8Array(size).fill(name.length));
  const text = make('.text', alloc | execute, 10);
  const data = make('.data', alloc | write, 6);
  const bss: ElfSection = {
    ...make('.bss', alloc | write, 0),
    type: sectionType.nobits,
    size: 100,
  };
  const debug = make('.debug_info', 0, 3);
  const symbol = (name: string, section: ElfSymbol['section'], binding: number, value: number) => ({
    name,
    value: BigInt(value),
    size: 2n,
    binding,
    type: 0,
    section,
  });
  return sampleObject(
    [text, data, bss, debug],
    [symbol('local', bss, 0, 4), symbol('main', text, 1, 2), symbol('puts', 'undefined', 1, 0)],
  );
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

/** The sample with its fields changed, as a file of its own. */
function changed(change: (file: ElfFile) => void): Uint8Array {
  const { file } = readElf(sample(), 'a.o');
  if (!file) throw new Error('the sample is not read');
  change(file);
  return writeElf(file);
}

test('objcopy: no reference to a section that is gone', () => {
  const input = changed((file) => {
    const [text, data] = file.sections;
    data.link = text;
    data.flags |= sectionFlag.linkOrder;
  });
  const { bytes, problems } = objcopy(input, 'a.o', { remove: ['.text'] });
  expect(problems).toEqual([]);
  const copy = readElf(bytes ?? new Uint8Array(0), 'b.o');
  expect(copy.problems).toEqual([]);
  expect(copy.file?.sections.find(({ name }) => name === '.data')?.link).toBeUndefined();
});

test('objcopy: local symbols come before others whatever the order was', () => {
  const whole = sample();
  const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength);
  const headers = view.getUint32(32, true);
  const table = Array.from({ length: view.getUint16(48, true) }, (_, i) => headers + 40 * i).find(
    (at) => view.getUint32(at + 4, true) === sectionType.symtab,
  );
  if (table === undefined) throw new Error('no symbol table');
  // The local symbol becomes global, the global one local.
  const symbols = view.getUint32(table + 16, true);
  whole[symbols + 16 + 12] = 0x10;
  whole[symbols + 32 + 12] = 0x00;
  const { bytes } = objcopy(whole, 'a.o', {});
  const { file, problems } = readElf(bytes ?? new Uint8Array(0), 'b.o');
  expect(problems).toEqual([]);
  expect(file?.symbols.map(({ binding }) => binding)).toEqual([0, 1, 1]);
});

test('objcopy: addresses far from each other make no image', () => {
  const input = changed((file) => {
    file.sections[1].address = 0x7000_0000n;
  });
  const { bytes, problems } = objcopy(input, 'a.o', { outputFormat: 'binary' });
  expect(bytes).toBeUndefined();
  expect(problems.length).toBe(1);
});

test('objdump -Dz: a section of zeros is bounded', () => {
  const input = changed((file) => {
    const bss = file.sections.find(({ name }) => name === '.bss');
    if (bss) bss.size = 0x7fff_ffff;
  });
  const { text } = objdump(input, 'a.o', {
    hasHeaders: false,
    hasSymbols: false,
    hasRelocations: false,
    isBinary: false,
    hasMachine: true,
    disassembly: 'all',
    mode: 32,
    syntax: 'att',
    sections: [],
    showsZeros: true,
    showsBytes: true,
  });
  expect(text).toContain('Disassembly of section .bss');
  expect(text.length).toBeLessThan(16 << 20);
});
