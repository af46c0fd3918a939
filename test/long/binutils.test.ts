// Random command lines of the object tools over what this machine has: glibc's and gcc's files for i386, objects of the
// recorded corpus, programs and libraries of x86-64. It prints the counts and what differs, and fails where more differs
// than what docs/status.md explains. `RING0_BINUTILS_SEED` chooses other command lines.

import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomCalls } from '../oracle/binutils/campaign.ts';
import { corpusObjects } from '../oracle/binutils/corpus.ts';
import { makeSamples } from '../oracle/binutils/samples.ts';
import { Bench, missingTool } from '../oracle/gnu-bench.ts';

const missing = missingTool();
if (missing) console.log(`campaign of the object tools skipped: ${missing}`);
const bench = new Bench();
afterAll(() => bench.remove());

const sizeMax = 400_000;

/** Some of the ELF files of a folder that are not too big to be dumped many times. */
function elfFiles(folder: string, every: number): string[] {
  if (!fs.existsSync(folder)) return [];
  const all = fs
    .readdirSync(folder)
    .map((name) => path.join(folder, name))
    .filter((file) => {
      const stat = fs.statSync(file, { throwIfNoEntry: false });
      return stat?.isFile() === true && stat.size < sizeMax;
    });
  const isElf = (file: string) => fs.readFileSync(file).subarray(0, 4).equals(elfMagic);
  return all.filter((file, index) => index % every === 0 && isElf(file));
}

const elfMagic = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);
const seed = Number(process.env['RING0_BINUTILS_SEED'] ?? 1);
/** Of a hundred calls so many may differ, by what is still open. */
const openMax: Readonly<Record<string, number>> = { objcopy: 2, objdump: 3, nm: 2 };

describe.skipIf(missing)('random command lines', { timeout: 3_600_000 }, () => {
  beforeAll(() => makeSamples(bench));
  test.each(['readelf', 'objdump', 'nm', 'size', 'strings', 'addr2line', 'strip', 'objcopy'])(
    '%s',
    (tool) => {
      const gcc = path.dirname(bench.run('gcc', ['-m32', '-print-libgcc-file-name']).trim());
      const objects = corpusObjects().filter((_, index) => index % 97 === 0);
      const wide = ['readelf', 'nm', 'size', 'strings'].includes(tool)
        ? [...elfFiles('/usr/bin', 23), ...elfFiles('/usr/lib/x86_64-linux-gnu', 47)]
        : [];
      const files = [...elfFiles('/usr/lib32', 1), ...elfFiles(gcc, 1), ...objects, ...wide];
      const range = { seed, first: 0, count: 600, tools: [tool] };
      const { counts, differences } = randomCalls(bench.folder, files, range);
      process.stdout.write(`${tool}: seed ${seed}, ${JSON.stringify(counts)}\n`);
      for (const difference of differences) process.stdout.write(`  ${difference}\n`);
      expect(differences.length).toBeLessThanOrEqual(6 * (openMax[tool] ?? 1));
    },
  );
});
