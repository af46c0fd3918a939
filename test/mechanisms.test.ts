// The page of mechanisms is what the tests say, and the rows of the boot chain and the first processes are all there.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { mechanismsPage } from '../tools/mechanisms.ts';

const root = path.resolve(import.meta.dirname, '..');

function range(letter: string, first: number, last: number): string[] {
  return Array.from(
    { length: last - first + 1 },
    (_, i) => letter + String(first + i).padStart(2, '0'),
  );
}

test('docs/mechanisms.md is as it would be generated', () => {
  const page = fs.readFileSync(path.join(root, 'docs/mechanisms.md'), 'utf8');
  expect(page).toBe(mechanismsPage());
});

test('every mechanism of boot, entry, traps, first processes, processors and the disk has its test', () => {
  const shown = [...mechanismsPage().matchAll(/^\| ([A-Z]\d\d) \|/gm)].map((match) => match[1]);
  const wanted = [
    'B01',
    ...range('B', 3, 17),
    ...range('E', 1, 7),
    ...range('I', 1, 8),
    ...['I10', 'I13', 'I17', 'I18', 'I19', 'I22'],
    ...range('P', 12, 19),
    ...['X05', 'X08', 'X09', 'Y01', 'Y03', 'Y05'],
    ...['I21', 'M01', 'M02', 'M03', 'M04', 'M05', 'M08', 'D01', 'D06'],
  ];
  expect(wanted.filter((id) => !shown.includes(id))).toEqual([]);
  expect(new Set(shown).size).toBe(shown.length);
});
