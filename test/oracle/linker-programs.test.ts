// Linked by GNU ld and by ours from the same objects, programs print and end alike: programs that each need something of the
// linker, and random ones. `test/long/link.test.ts` runs more of the latter.

import { afterAll, describe, expect, test } from 'vitest';
import { Bench, missingTool } from './gnu-bench.ts';
import { randomLinks } from './link/random-programs.ts';
import { gccLinkLine, linkAndRun } from './link/native.ts';
import { programs } from './link/programs.ts';
import type { Program } from './link/programs.ts';

const missing = missingTool();
if (missing) console.log(`linker programs skipped: ${missing}`);
const bench = new Bench();
afterAll(() => bench.remove());

/** Writes and compiles the sources; the arguments for ld. */
function prepare(program: Program, level: string): string[] {
  for (const [name, source] of Object.entries(program.files)) {
    const stem = name.replace(/\.[cs]$/, '');
    if (name.endsWith('.c')) bench.compile(stem, source, [...(program.flags ?? []), '-w', level]);
    else if (name.endsWith('.s')) bench.assemble(stem, source);
    else bench.write(name, source);
  }
  for (const [name, members] of Object.entries(program.archives ?? {})) {
    bench.run('rm', ['-f', name]);
    bench.run('ar', ['rcsD', name, ...members.map((member) => `${member}.o`)]);
  }
  return program.kind === 'bare' ? [...program.args] : gccLinkLine(bench, program.args);
}

describe.skipIf(missing)('programs that need something of the linker', { timeout: 120_000 }, () => {
  for (const level of ['-O0', '-O2', '-Os']) {
    test.each(Object.entries(programs))(`${level}: %s`, (_, program) => {
      const { gnu, ours } = linkAndRun(bench, prepare(program, level));
      expect(gnu.messages).toBe('');
      expect(ours.messages).toBe('');
      expect(gnu.ending?.stdout).toContain(program.expected);
      expect(ours.ending).toEqual(gnu.ending);
    });
  }
});

test.skipIf(missing)('200 random programs', { timeout: 600_000 }, () => {
  const { counts, differences } = randomLinks(bench, { seed: 1, first: 0, count: 200 });
  expect(differences).toEqual([]);
  expect(counts['ran']).toBeGreaterThan(190);
});
