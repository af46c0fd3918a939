// The search of an archive's index by hashes.

import { latin1Bytes } from '@ring0/bytes';
import { ArchiveView } from '@ring0/elf';
import { expect, test } from 'vitest';
import { makeSymbol } from '../model.ts';
import { ArchiveSearch, NameHashes } from './archive-search.ts';

/** An archive of nothing but an index, in which name `i` is at offset `i`. */
function indexOf(names: readonly string[]): ArchiveSearch {
  const big = (value: number): string => `\0\0\0${String.fromCharCode(value)}`;
  const offsets = names.map((_, i) => big(i)).join('');
  const data = big(names.length) + offsets + names.map((name) => `${name}\0`).join('');
  const header = `${'/'.padEnd(48)}${String(data.length).padEnd(10)}\`\n`;
  const bytes = latin1Bytes(`!<arch>\n${header}${data}`);
  return new ArchiveSearch('lib.a', new ArchiveView(bytes, 'lib.a', undefined));
}

test('entries are found in the order of the index, by names that came up since as well', () => {
  const search = indexOf(['first', 'second', 'third']);
  const names = new NameHashes();
  names.add(makeSymbol('third'));
  expect(search.find(names, 0)).toBe(2);
  names.add(makeSymbol('second'));
  expect(search.find(names, 0)).toBe(1);
  expect(search.find(names, 2)).toBe(2);
  search.forget(1);
  expect(search.find(names, 0)).toBe(2);
});

test('what is defined is not looked for', () => {
  const names = new NameHashes();
  names.add({ ...makeSymbol('first'), state: 'defined' });
  expect(indexOf(['first']).find(names, 0)).toBe(-1);
});

test('names of one hash are told apart by who asks', () => {
  // 31 * 'A' + 'a' is 31 * 'B' + 'B'.
  const search = indexOf(['BB', 'Aa']);
  const names = new NameHashes();
  names.add(makeSymbol('Aa'));
  expect(search.name(search.find(names, 0))).toBe('BB');
  expect(search.name(search.find(names, 1))).toBe('Aa');
  expect(search.offset(1)).toBe(1);
  expect([search.has('Aa'), search.has('BB'), search.has('Ab')]).toEqual([true, true, false]);
});

test('more names than there is room for at first', () => {
  const names = new NameHashes();
  for (let i = 0; i < 3000; i++) names.add(makeSymbol(`name${i}`));
  expect(indexOf(['name2999']).find(names, 0)).toBe(0);
});
