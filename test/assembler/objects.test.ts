// Every case of objects/*.txt gives the object that GNU as gives, byte for byte: the sums of GNU
// as's objects are recorded beside them. `UPDATE=1 vitest run test/assembler` records them anew with
// the installed `as`; test/oracle/assembler-directives.test.ts shows what differs.

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { gnuAssemble, gnuCases, home, ownAssemble } from './gnu-cases.ts';
import type { GnuCase, GnuResult } from './gnu-cases.ts';

/** Where both are told that they were started. */
const directory = '/ring0';

function summary({ object, errors, warnings }: GnuResult): string {
  const sum = object && createHash('sha256').update(object).digest('hex').slice(0, 32);
  const lines = (name: string, list: readonly number[]) =>
    list.length === 0 ? '' : `, ${name} ${list.join(' ')}`;
  return (sum ?? 'refused') + lines('errors', errors) + lines('warnings', warnings);
}

function recorded(group: string, cases: readonly GnuCase[]): string[] {
  const file = path.join(home, `${group}.want`);
  if (process.env['UPDATE'] === '1') {
    const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-record-')));
    const map = `--debug-prefix-map=${folder}=${directory}`;
    const sums = cases.map(({ source, options }) =>
      summary(gnuAssemble(folder, source, [...options, map])),
    );
    fs.rmSync(folder, { recursive: true });
    fs.writeFileSync(file, `${sums.join('\n')}\n`);
  }
  return fs.readFileSync(file, 'utf8').trimEnd().split('\n');
}

describe.each(['data', 'symbols', 'sections', 'expressions', 'frames', 'lines'])('%s', (group) => {
  const cases = gnuCases(group);
  const wanted = recorded(group, cases);
  test('all are recorded', () => expect(wanted.length).toBe(cases.length));
  test.each(cases.map((each, i) => ({ ...each, want: wanted[i] })))('$title', (each) => {
    const got = summary(ownAssemble(each, directory));
    // Some errors of GNU as have no line.
    if (each.want === 'refused') expect(got).toMatch(/^refused/);
    else expect(got).toBe(each.want);
  });
});
