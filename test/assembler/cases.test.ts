// Every NAME.s beside this file assembles to what NAME.want says. The expectations are GNU as's
// objects: `UPDATE=1 vitest run test/assembler` records them anew with the installed `as`.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { assemble } from '@ring0/assembler';
import { formatText } from '@ring0/diagnostics';
import { writeElf } from '@ring0/elf';
import { expect, test } from 'vitest';
import { describeObject } from './describe.ts';

const folder = import.meta.dirname;
const names = fs
  .readdirSync(folder)
  .filter((name) => name.endsWith('.s'))
  .map((name) => name.slice(0, -2));

function record(name: string): void {
  const output = path.join(os.tmpdir(), `ring0-assembler-${process.pid}.o`);
  const run = spawnSync('as', ['--32', path.join(folder, `${name}.s`), '-o', output]);
  if (run.status !== 0) throw new Error(run.stderr.toString());
  const want = describeObject(new Uint8Array(fs.readFileSync(output)));
  fs.rmSync(output);
  fs.writeFileSync(path.join(folder, `${name}.want`), want);
}

test.each(names)('%s assembles as GNU as assembles it', (name) => {
  if (process.env['UPDATE'] === '1') record(name);
  const source = new Uint8Array(fs.readFileSync(path.join(folder, `${name}.s`)));
  const { object, diagnostics } = assemble(source, { path: `${name}.s` });
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  expect(errors.map((diagnostic) => formatText(diagnostic))).toEqual([]);
  expect(object).toBeDefined();
  if (!object) return;
  const want = fs.readFileSync(path.join(folder, `${name}.want`), 'utf8');
  expect(describeObject(writeElf(object))).toBe(want);
});
