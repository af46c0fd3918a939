import { expect, test } from 'vitest';
import {
  StringTable,
  groupFlag,
  i386,
  machine,
  objectFile,
  readArchive,
  readElf,
  relocationTable,
  sectionFlag,
  sectionType,
  symbolBinding,
  symbolType,
  writeArchive,
  writeElf,
} from './index.ts';
import type { ElfFile, ElfSection, ElfSymbol } from './index.ts';

function section(name: string, type: number, flags: number, data: number[]): ElfSection {
  const bytes = new Uint8Array(data);
  return {
    name,
    type,
    flags,
    address: 0n,
    size: bytes.length,
    alignment: 1,
    entrySize: 0,
    data: bytes,
    relocations: [],
  };
}

function symbol(name: string, binding: number, where: ElfSymbol['section']): ElfSymbol {
  return {
    name,
    value: 0n,
    size: 0n,
    binding,
    type: symbolType.notype,
    visibility: 0,
    section: where,
  };
}

function sample(bits: 32 | 64): ElfFile {
  const { alloc, execute, write, group } = sectionFlag;
  const text = section('.text', sectionType.progbits, alloc | execute, [0xe8, 0xfc, 255, 255, 255]);
  const inline = section('.text.f', sectionType.progbits, alloc | execute | group, [0xc3]);
  const bss = {
    ...section('.bss', sectionType.nobits, alloc | write, []),
    size: 64,
    alignment: 32,
  };
  const comdat = section('.group', sectionType.group, 0, []);
  comdat.alignment = 4;
  const local = symbol('local', symbolBinding.local, bss);
  const f = symbol('f', symbolBinding.weak, inline);
  comdat.group = { flags: groupFlag.comdat, signature: f, members: [inline] };
  const kind = i386.PC32;
  const addend = bits === 64 ? { addend: -4n } : {};
  text.relocations.push({ offset: 1, type: kind, symbol: f, ...addend });
  inline.relocations.push({ offset: 0, type: kind, symbol: local, ...addend });
  return objectFile(bits, [text, inline, bss, comdat], [local, f]);
}

test.for([32, 64] as const)(
  'ELF%i: what is written reads back, and writes the same bytes again',
  (bits) => {
    const bytes = writeElf(sample(bits));
    const { file, problems } = readElf(bytes, 'a.o');
    expect(problems).toEqual([]);
    expect(file?.sections.map((s) => s.name)).toEqual(['.group', '.text', '.text.f', '.bss']);
    expect(file?.sections[0].group?.members[0].name).toBe('.text.f');
    expect(file?.sections[1].relocations[0].symbol?.name).toBe('f');
    expect(file?.sections[3].size).toBe(64);
    if (file) expect(writeElf(file)).toEqual(bytes);
  },
);

test('strings share tails and keep the order of their first use', () => {
  const strings = new StringTable();
  for (const text of ['.symtab', '.text', '.rel.text', 'text', '']) strings.add(text);
  const bytes = strings.finish();
  expect(new TextDecoder().decode(bytes)).toBe('\0.symtab\0.rel.text\0');
  expect(['.text', '.rel.text', 'text', ''].map((text) => strings.offset(text))).toEqual([
    13, 9, 14, 0,
  ]);
});

test('a local symbol after a global one is a broken invariant', () => {
  const file = sample(32);
  file.symbols.reverse();
  expect(() => writeElf(file)).toThrow('local symbol local follows a global');
});

test('a truncated or damaged file gives problems, never an exception', () => {
  const bytes = writeElf(sample(32));
  for (let length = 0; length < bytes.length; length++) {
    const { problems } = readElf(bytes.subarray(0, length), 'cut.o');
    expect(problems.length, `cut at ${length}`).toBeGreaterThan(0);
  }
  let found = 0;
  for (let at = 0; at < bytes.length; at++) {
    for (const value of [0, 0x7f, 0xff]) {
      const damaged = bytes.slice();
      damaged[at] = value;
      found += readElf(damaged, 'damaged.o').problems.length;
    }
  }
  expect(found).toBeGreaterThan(100);
});

test('archives keep long names and index what their members define', () => {
  const object = writeElf(sample(32));
  const members = [
    { name: 'a.o', bytes: object },
    { name: 'a-name-that-is-too-long-for-the-header.o', bytes: new Uint8Array([1, 2, 3]) },
  ];
  const bytes = writeArchive(members);
  const { archive, problems } = readArchive(bytes, 'a.a');
  expect(problems).toEqual([]);
  expect(archive?.members.map((m) => [m.name, m.bytes.length])).toEqual([
    ['a.o', object.length],
    ['a-name-that-is-too-long-for-the-header.o', 3],
  ]);
  expect(archive?.index).toEqual([{ name: 'f', offset: archive?.members[0].offset }]);
  for (let length = 0; length < bytes.length; length++)
    readArchive(bytes.subarray(0, length), 'cut.a');
});

test('pc-relative kinds are those whose formula subtracts the place', () => {
  const table = relocationTable(machine.i386);
  const relative = [...(table?.byType.values() ?? [])].filter((kind) => kind.isPcRelative);
  expect(relative.map((kind) => kind.name)).toEqual([
    'R_386_PC32',
    'R_386_PLT32',
    'R_386_GOTPC',
    'R_386_PC16',
    'R_386_PC8',
  ]);
});

test('archives keep names that look like the index, that are empty or not of ASCII', () => {
  const names = [
    '/',
    '//',
    '',
    '/5',
    '\u00e9t\u00e9.o',
    '\u20ac'.repeat(5),
    'a b.o',
    'x'.repeat(16),
  ];
  const members = names.map((name, i) => ({ name, bytes: new Uint8Array(i).fill(i) }));
  const { archive, problems } = readArchive(writeArchive(members), 'a.a');
  expect(problems).toEqual([]);
  expect(archive?.members.map(({ name, bytes }) => [name, bytes.length])).toEqual(
    names.map((name, i) => [name, i]),
  );
});

test('a second symbol table is a problem', () => {
  const bytes = writeElf(sample(32));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = view.getUint32(32, true) + 40;
  view.setUint32(first + 4, sectionType.symtab, true);
  expect(readElf(bytes, 'two.o').problems.join()).toContain('second symbol table');
});
