// Every directive that GNU as knows is known here: the names are those that its own program holds, each of which it is asked for.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { assemble } from '@ring0/assembler';
import { latin1Bytes, latin1Text } from '@ring0/bytes';
import { afterAll, expect, test } from 'vitest';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-as-names-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const program = spawnSync('which', ['as'], { encoding: 'utf8' }).stdout?.trim() ?? '';
if (program === '') process.stderr.write('skipped: as is not installed\n');

/** The words in the program; linkers keep one string for `8byte` and `byte`, so their ends too. */
function words(): string[] {
  const bytes = new Uint8Array(fs.readFileSync(fs.realpathSync(program)));
  const found = new Set<string>();
  for (const [whole] of latin1Text(bytes).matchAll(/[a-z_0-9.]{2,30}(?=\0)/g)) {
    for (let at = 0; at < whole.length - 1; at++) found.add(whole.slice(at));
  }
  return [...found].filter((name) => !name.startsWith('.')).toSorted();
}

/** Of these names those that GNU as does not know; one that steers the text may hide others. */
function unknownToGnu(names: readonly string[]): ReadonlySet<string> {
  const file = path.join(folder, 'names.s');
  fs.writeFileSync(file, names.map((name) => `.${name}\n`).join(''));
  const { stderr } = spawnSync('as', ['--32', '-o', path.join(folder, 'names.o'), file], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  return new Set(
    Array.from(stderr.matchAll(/unknown pseudo-op: `\.([^']*)'/g), ([, name]) => name),
  );
}

function gnuDirectives(): string[] {
  const known: string[] = [];
  for (let rest = words(); rest.length > 0;) {
    const batch = rest.slice(0, 300);
    const unknown = unknownToGnu(batch);
    let at = 0;
    while (at < batch.length && unknown.has(batch[at])) at++;
    if (at < batch.length && unknownToGnu([batch[at]]).size === 0) known.push(batch[at]);
    rest = rest.slice(at + 1);
  }
  return known;
}

const isUnknown = (name: string): boolean =>
  assemble(latin1Bytes(`.${name}\n`)).diagnostics.some(({ code }) => code === 'A0002');

test.skipIf(program === '')('every directive of GNU as is one here', () => {
  const names = gnuDirectives();
  expect(names.length).toBeGreaterThan(200);
  expect(names.filter(isUnknown)).toEqual([]);
});

test('a name that nobody knows is none', () => {
  expect(isUnknown('nobody_knows_this')).toBe(true);
});
