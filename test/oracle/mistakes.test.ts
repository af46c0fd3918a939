// What GNU as 2.40 says to each golden mistake in assembly, beside our words for the record, is
// still what it says. `-u` writes it anew.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const mistakes = path.resolve(import.meta.dirname, '../diagnostics/mistakes');
const names = fs.readdirSync(mistakes).filter((name) => /^as-.*\.txt$/.test(name));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-mistakes-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const version = spawnSync('as', ['--version'], { encoding: 'utf8' }).stdout ?? '';
const hasAs = version.includes('2.40');
if (!hasAs) process.stderr.write('skipped: GNU as 2.40 is not installed\n');

const heading = '--- GNU as 2.40\n';
const ours = '--- says\n';

/** The files of a golden text, written to the scratch folder; `$ ring0 as ..` without its start. */
function prepare(text: string): string[] {
  for (const part of text.split(/^--- /m).slice(1)) {
    const end = part.indexOf('\n');
    const name = part.slice(0, end);
    if (/^[\w.]+$/.test(name) && name !== 'says') {
      fs.writeFileSync(path.join(folder, name), part.slice(end + 1));
    }
  }
  return (/^\$ ring0 as (.*)$/m.exec(text)?.[1] ?? '').split(' ');
}

test('there are the mistakes of beginners in both syntaxes', () => {
  expect(names.length).toBeGreaterThanOrEqual(50);
});

describe.skipIf(!hasAs)('GNU as says of', () => {
  test.each(names)('%s', async (name) => {
    const file = path.join(mistakes, name);
    const text = fs.readFileSync(file, 'utf8');
    const before = text.slice(0, text.indexOf(text.includes(heading) ? heading : ours));
    const after = text.slice(text.indexOf(ours));
    const { stderr } = spawnSync('as', ['--32', ...prepare(before)], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    });
    const said = stderr.replace(/^\S+: Assembler messages:\n/gm, '');
    const block = said === '' ? '(nothing)\n' : said;
    await expect(`${before}${heading}${block}${after}`).toMatchFileSnapshot(file);
  });
});
