// Shared objects made and used without any other tool: what one exports, the other finds.

import {
  elfType,
  i386,
  readElfTables,
  objectFile,
  sectionFlag,
  segmentType,
  symbolType,
} from '@ring0/elf';
import { readSymbols, sectionType, writeElf } from '@ring0/elf';
import type { ElfRelocation, ElfSection, ElfSymbol } from '@ring0/elf';
import { expect, test } from 'vitest';
import { link } from '../index.ts';
import type { LinkItem, LinkResult } from '../index.ts';

const { alloc, write, execute } = sectionFlag;

function section(name: string, flags: number, bytes: readonly number[]): ElfSection {
  return {
    name,
    type: sectionType.progbits,
    flags,
    address: 0n,
    size: bytes.length,
    alignment: 4,
    entrySize: 0,
    data: Uint8Array.from(bytes),
    relocations: [],
  };
}

const symbol = (name: string, home: ElfSymbol['section'], type: number, size = 0): ElfSymbol => ({
  name,
  value: 0n,
  size: BigInt(size),
  binding: 1,
  type,
  visibility: 0,
  section: home,
});

function object(path: string, sections: ElfSection[], symbols: ElfSymbol[]): LinkItem & object {
  return { path, bytes: writeElf(objectFile(32, sections, symbols)) };
}

const run = (items: LinkItem[]): LinkResult => link(items, { readFile: () => undefined });
const messages = ({ diagnostics }: LinkResult): string[] => diagnostics.map((d) => d.message);

/** A function `f` and a variable `v`. */
function library(...options: string[]): LinkResult {
  const text = section('.text', alloc | execute, [0xc3]);
  const data = section('.data', alloc | write, [1, 2, 3, 4]);
  const symbols = [symbol('f', text, symbolType.func, 1), symbol('v', data, symbolType.object, 4)];
  return run(['-shared', '-soname', 'libf.so', object('f.o', [text, data], symbols), ...options]);
}

/** Calls `f` and loads from `v`. */
function user(): LinkItem & object {
  const code = [0xe8, 0xfc, 0xff, 0xff, 0xff, 0xa1, 0, 0, 0, 0, 0xc3, 0];
  const text = section('.text', alloc | execute, code);
  const f = symbol('f', 'undefined', 0);
  const v = symbol('v', 'undefined', 0);
  const relocations: ElfRelocation[] = [
    { offset: 1, type: i386.PLT32, symbol: f },
    { offset: 6, type: i386[32], symbol: v },
  ];
  text.relocations.push(...relocations);
  return object('user.o', [text], [symbol('_start', text, symbolType.func), f, v]);
}

function tablesOf(result: LinkResult): NonNullable<ReturnType<typeof readElfTables>['tables']> {
  expect(messages(result)).toEqual([]);
  const { tables } = readElfTables(result.image ?? new Uint8Array(0), 'out');
  if (!tables) throw new Error('the output is no ELF file');
  return tables;
}

function dynamicNames(result: LinkResult): string[] {
  const tables = tablesOf(result);
  const table = tables.sections.find((s) => s.type === sectionType.dynsym);
  return table ? readSymbols(tables, table).map(({ name }) => name) : [];
}

test('a shared object exports its globals', () => {
  const made = library();
  expect(tablesOf(made).type).toBe(elfType.shared);
  expect(dynamicNames(made).toSorted()).toEqual(['', 'f', 'v']);
});

test('a program calls by a stub, copies what it reads, and needs the library', () => {
  const lib = library().image ?? new Uint8Array(0);
  const program = run([user(), { path: 'libf.so', bytes: lib }, '-dynamic-linker', '/ld.so']);
  const tables = tablesOf(program);
  const names = tables.sections.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining(['.interp', '.plt', '.rel.plt', '.rel.dyn', '.bss']),
  );
  const types = tables.segments.map(({ type }) => type);
  expect(types.slice(0, 2)).toEqual([segmentType.phdr, segmentType.interp]);
  expect(types).toContain(segmentType.dynamic);
  const bytes = (name: string): Uint8Array =>
    tables.sections.find((s) => s.name === name)?.data ?? new Uint8Array(0);
  const types32 = (name: string): number[] =>
    [...bytes(name)].filter((_, index) => index % 8 === 4);
  expect(types32('.rel.plt')).toEqual([i386.JUMP_SLOT]);
  expect(types32('.rel.dyn')).toEqual([i386.COPY]);
});

test('a library that nothing uses is not needed under --as-needed', () => {
  const lib = { path: 'libf.so', bytes: library().image ?? new Uint8Array(0) };
  const text = section('.text', alloc | execute, [0xc3]);
  const alone = object('alone.o', [text], [symbol('_start', text, symbolType.func)]);
  const isDynamic = (items: LinkItem[]): boolean =>
    tablesOf(run(items)).sections.some(({ name }) => name === '.dynamic');
  expect(isDynamic(['--as-needed', alone, lib])).toBe(false);
  expect(isDynamic(['--no-as-needed', alone, lib])).toBe(true);
});

test('-Bstatic takes no shared object', () => {
  const lib = { path: 'libf.so', bytes: library().image ?? new Uint8Array(0) };
  expect(messages(run(['-Bstatic', user(), lib]))[0]).toMatch(/static link of dynamic object/);
});

test('a program must find everything, a shared object only under -z defs', () => {
  expect(messages(run([user()])).join('\n')).toMatch(/undefined reference to 'f'/);
  expect(messages(run(['-shared', '-z', 'notext', user()]))).toEqual([]);
  const strict = run(['-shared', '-z', 'defs', '-z', 'notext', user()]);
  expect(messages(strict).join('\n')).toMatch(/undefined reference to 'v'/);
});

test('-z text refuses code that has to be changed when it is loaded', () => {
  const refused = messages(run(['-shared', '-z', 'text', user()]));
  expect(refused.join('\n')).toMatch(/read-only segment has dynamic relocations/);
});

test('--build-id is the same for the same inputs and another for others', () => {
  const id = (result: LinkResult): string => {
    const note = tablesOf(result).sections.find((s) => s.name === '.note.gnu.build-id');
    return [...(note?.data.subarray(16) ?? [])].join(' ');
  };
  expect(id(library('--build-id'))).toBe(id(library('--build-id')));
  expect(id(library('--build-id'))).not.toBe(id(library('--build-id', '-z', 'now')));
  expect(id(library('--build-id=0x0102')).split(' ')).toEqual(['1', '2']);
});

test('damaged shared objects give sentences, never exceptions', () => {
  const good = library().image ?? new Uint8Array(0);
  for (let at = 0; at < good.length; at += 7) {
    const bytes = good.slice();
    bytes[at] ^= 0x81;
    expect(() =>
      run([user(), { path: 'libf.so', bytes }, '-dynamic-linker', '/ld.so']),
    ).not.toThrow();
  }
  for (let size = 0; size < good.length; size += 97) {
    const bytes = good.slice(0, size);
    expect(() => run([user(), { path: 'libf.so', bytes }])).not.toThrow();
  }
});
