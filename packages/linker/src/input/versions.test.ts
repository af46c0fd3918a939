import { expect, test } from 'vitest';
import { DiagnosticList, SourceFile } from '@ring0/diagnostics';
import { utf8Bytes } from '@ring0/bytes';
import { gnuHash, gnuTable, sysvHash, sysvTable } from '../dynamic/hash-tables.ts';
import { parseVersionScript } from '../script/script-parser.ts';
import { versionMatcher } from './versions.ts';

test('an exact name counts before patterns, any pattern before *, global before local', () => {
  const text = 'V1 { global: f*; data; local: foo; *; }; V2 { global: fo?; } V1;';
  const diagnostics = new DiagnosticList();
  const nodes = parseVersionScript(new SourceFile('v.map', utf8Bytes(text)), diagnostics);
  expect(diagnostics.items).toEqual([]);
  const find = versionMatcher(nodes);
  const answer = (name: string): string => {
    const match = find(name);
    return match ? `${match.node.name} ${match.isLocal ? 'local' : 'global'}` : '';
  };
  expect(answer('foo')).toBe('V1 local');
  expect(answer('fob')).toBe('V2 global');
  expect(answer('f')).toBe('V1 global');
  expect(answer('data')).toBe('V1 global');
  expect(answer('other')).toBe('V1 local');
});

test('a name that no node mentions has no version', () => {
  const diagnostics = new DiagnosticList();
  const nodes = parseVersionScript(
    new SourceFile('v.map', utf8Bytes('V1 { global: f; };')),
    diagnostics,
  );
  expect(versionMatcher(nodes)('g')).toBeUndefined();
});

// The values are those of the gABI's and of glibc's documentation.
test('hashes of names', () => {
  expect(sysvHash('printf')).toBe(0x077905a6);
  expect(gnuHash('printf')).toBe(0x156b2bb8);
  expect(gnuHash('')).toBe(5381);
});

/** Looks a name up as the dynamic linker does; its index in .dynsym, or 0. */
function lookUpGnu(table: Uint8Array, names: readonly string[], name: string): number {
  const words = new Uint32Array(table.buffer.slice(0));
  const [buckets, first, filter, shift] = words;
  const hash = gnuHash(name);
  const word = words[4 + ((hash >>> 5) & (filter - 1))];
  const isPossible = (word >>> (hash & 31)) & (word >>> ((hash >>> shift) & 31)) & 1;
  if (isPossible === 0) return 0;
  let index = words[4 + filter + (hash % buckets)];
  if (index === 0) return 0;
  for (; ; index++) {
    const entry = words[4 + filter + buckets + index - first];
    if ((entry | 1) === (hash | 1) && names[index - first] === name) return index;
    if (entry & 1) return 0;
  }
}

test.each([1, 2, 5, 40, 700])('every one of %i names is found, others are not', (count) => {
  const names = Array.from({ length: count }, (_, i) => `name_${i * 7}`);
  for (const isOptimized of [false, true]) {
    const { bytes, order } = gnuTable(names, 3, isOptimized);
    const inOrder = order.map((index) => names[index]);
    expect([...order].sort((a, b) => a - b)).toEqual([...names.keys()]);
    for (const name of names) {
      expect(lookUpGnu(bytes, inOrder, name)).toBe(3 + inOrder.indexOf(name));
    }
    expect(lookUpGnu(bytes, inOrder, 'nobody')).toBe(0);
  }
});

test('.hash chains lead to every name', () => {
  const names = ['', ...Array.from({ length: 50 }, (_, i) => `n${i}`)];
  const table = sysvTable(names, [...names.keys()].slice(1), false);
  const words = new Uint32Array(table.buffer.slice(0));
  expect(words[1]).toBe(names.length);
  for (let wanted = 1; wanted < names.length; wanted++) {
    let index = words[2 + (sysvHash(names[wanted]) % words[0])];
    while (index !== 0 && names[index] !== names[wanted]) index = words[2 + words[0] + index];
    expect(index).toBe(wanted);
  }
});

test('patterns in extern "C++" are for names as C++ has them, where somebody knows those', () => {
  const pattern = { language: 'C++', isQuoted: false };
  const nodes = [
    {
      name: 'V1',
      globals: [
        { ...pattern, pattern: 'a::*' },
        { ...pattern, pattern: 'f(int)', isQuoted: true },
      ],
      locals: [{ ...pattern, language: 'C', pattern: '*' }],
      parents: [],
      span: undefined,
    },
  ];
  const known: Record<string, string | undefined> = { _ZN1a1gEv: 'a::g()', _Z1fi: 'f(int)' };
  const find = versionMatcher(nodes, (name) => known[name]);
  expect(find('_ZN1a1gEv')?.isLocal).toBe(false);
  expect(find('_Z1fi')?.isLocal).toBe(false);
  expect(find('_Z1fv')?.isLocal).toBe(true);
  expect(versionMatcher(nodes)('_Z1fi')?.isLocal).toBe(true);
});
