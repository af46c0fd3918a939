// Dynamic linking against GNU ld: the same objects and command lines, as gcc passes them, give the same files; programs run
// with the dynamic linker, at once and lazily bound, and print what they should.

import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { main as ld } from '../../apps/cli/src/ld.ts';
import { Bench, missingTool } from './gnu-bench.ts';
import { dynamicCases } from './link/dynamic-cases.ts';
import type { DynamicCase } from './link/dynamic-cases.ts';
import { driverLine } from './link/native.ts';
import { randomFamilies } from './link/random-dynamic.ts';

const missing = missingTool();
if (missing) console.log(`dynamic linking skipped: ${missing}`);
const bench = new Bench();
afterAll(() => bench.remove());

function prepare({ objects, files }: DynamicCase): void {
  for (const [name, text] of Object.entries(files ?? {})) bench.write(name, text);
  for (const [name, { flags, source }] of Object.entries(objects)) {
    bench.compile(name, source, [...flags.split(' ').filter((f) => f !== ''), '-w']);
  }
}

/** Links by both; the names of the two files. */
function linkBoth(output: string, args: string): { gnu: string; ours: string } {
  const line = driverLine(bench, args.split(' '));
  const gnu = `${output}.gnu`;
  const ours = `${output}.ours`;
  const theirs = bench.attempt('ld', [...line, '-o', gnu]);
  expect(theirs.status, theirs.stderr).toBe(0);
  const result = bench.ours(ld, [...line, '-o', ours]);
  expect(result.stderr).toBe('');
  expect(result.status).toBe(0);
  return { gnu, ours };
}

/** Where the files differ, by what readelf shows; empty for equal bytes. */
function difference(gnu: string, ours: string): string {
  const [a, b] = [bench.read(gnu), bench.read(ours)];
  if (Buffer.compare(a, b) === 0) return '';
  const shown = (name: string): string[] =>
    bench.attempt('readelf', ['-aW', name]).stdout.split('\n');
  const [left, right] = [shown(gnu), shown(ours)];
  const at = left.findIndex((line, index) => line !== right[index]);
  if (at < 0) return `bytes differ, first at ${a.findIndex((byte, index) => byte !== b[index])}`;
  return `GNU ld: ${left.slice(at, at + 4).join('\n')}\nours: ${right.slice(at, at + 4).join('\n')}`;
}

function run(name: string, bindsNow: boolean): string {
  chmodSync(bench.file(name), 0o755);
  const env = { PATH: '/bin', ...(bindsNow ? { LD_BIND_NOW: '1' } : {}) };
  const options = { encoding: 'latin1', cwd: bench.folder, timeout: 20_000, env } as const;
  const { stdout, stderr, signal } = spawnSync(bench.file(name), [], options);
  return `${stdout}${stderr}${signal ?? ''}`;
}

describe.skipIf(missing)('the files of GNU ld, byte by byte', { timeout: 120_000 }, () => {
  test.each(dynamicCases)('%s', (_, each) => {
    prepare(each);
    for (const [output, args] of each.links) {
      const { gnu, ours } = linkBoth(output, args);
      expect(difference(gnu, ours), `${output}: ${args}`).toBe('');
      bench.write(output, bench.read(ours));
    }
    if (!each.run) return;
    const [program, expected] = each.run;
    expect(run(program, false)).toBe(expected);
    expect(run(program, true)).toBe(expected);
  });
});

test.skipIf(missing)(
  '25 random families of a program and its shared objects',
  { timeout: 600_000 },
  () => {
    const { counts, differences } = randomFamilies(bench, { seed: 1, first: 0, count: 25 });
    expect(differences).toEqual([]);
    expect(counts['same']).toBeGreaterThan(30);
  },
);
