// The questions of GNU's own test suites (Debian's source package binutils), put to GNU's tools and to ours. What is answered
// otherwise is listed by name in gnu-suite/left.txt: nothing may come to it, and what is mended goes from it
// (`UPDATE=1` writes it anew). The counts are printed.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { debianSource } from '../debian-source.ts';
import { compareFolder, folders } from './gnu-suite/assembler.ts';
import type { SuiteResult } from './gnu-suite/assembler.ts';
import { compareLinks, linkerFolders } from './gnu-suite/linker.ts';
import { compareTools, toolFolders } from './gnu-suite/object-tools.ts';

const hasTools = ['as', 'ld', 'objdump'].every(
  (tool) => spawnSync(tool, ['--version']).status === 0,
);
const root = hasTools ? debianSource('binutils') : undefined;
if (root === undefined)
  process.stderr.write('skipped: as, ld or the source of binutils is not there\n');

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-suite-'));
const listFile = path.join(import.meta.dirname, 'gnu-suite/left.txt');
const listed = new Set(fs.readFileSync(listFile, 'utf8').trimEnd().split('\n'));
const found: string[] = [];
const counts: string[] = [];

afterAll(() => {
  fs.rmSync(scratch, { recursive: true });
  if (root === undefined) return;
  if (process.env['UPDATE'] === '1') fs.writeFileSync(listFile, `${found.toSorted().join('\n')}\n`);
  process.stdout.write(`GNU's own suites:\n${counts.join('\n')}\n`);
});

/** What differs must be what is listed. */
function check(suite: string, folder: string, results: readonly SuiteResult[]): void {
  const left = results.filter(({ kind }) => kind !== undefined);
  counts.push(
    `  ${suite} ${folder}: ${results.length - left.length} of ${results.length} the same`,
  );
  const names = left.map(({ name }) => `${suite}: ${name}`);
  found.push(...names);
  if (process.env['UPDATE'] === '1') return;
  const known = results.map(({ name }) => `${suite}: ${name}`).filter((name) => listed.has(name));
  const what = left.map(({ name, kind, want, got }) => `${name} ${kind}\n  ${want}\n  ${got}`);
  expect(names, what.filter((_, i) => !listed.has(names[i] ?? '')).join('\n')).toEqual(known);
}

describe.skipIf(root === undefined)('the assembler', () => {
  test.each(folders)('%s', (name) =>
    check(
      'as',
      name,
      compareFolder(path.join(root ?? '', 'gas/testsuite/gas'), name, path.join(scratch, 'as')),
    ),
  );
});

describe.skipIf(root === undefined)('the linker', () => {
  const suite = path.join(root ?? '', 'ld/testsuite');
  test.each(linkerFolders)('%s', (name) =>
    check('ld', name, compareLinks(suite, name, path.join(scratch, 'ld'))),
  );
});

describe.skipIf(root === undefined)('the object tools', () => {
  test.each(toolFolders)('%s', (name) =>
    check('tools', name, compareTools(root ?? '', name, path.join(scratch, 'tools'))),
  );
});
