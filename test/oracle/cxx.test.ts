// A C++ program of two files, through g++ in several ways: the objects of our assembler and the programs of our linker are GNU's byte
// for byte, and what is linked runs. C++ brings what C does not: hundreds of groups, names of hundreds of letters, unique symbols,
// tables of exceptions, sections that share a name.

import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { main as as } from '../../apps/cli/src/as.ts';
import { main as ld } from '../../apps/cli/src/ld.ts';
import { Bench, missingTool } from './gnu-bench.ts';
import { driverLine, runProgram } from './link/native.ts';

function missingCompiler(): string | undefined {
  const missing = missingTool();
  if (missing) return missing;
  const probe = spawnSync('g++', ['-m32', '-E', '-x', 'c++', '-'], { input: '#include <map>\n' });
  return probe.status === 0 ? undefined : 'g++ cannot compile for i386 here';
}

const missing = missingCompiler();
if (missing) console.log(`C++ skipped: ${missing}`);

const sources = ['main', 'shapes'];
const libraries = ['-lstdc++', '-lm', '-lgcc_s'];

/** How it is compiled, and what links are made of the objects. */
const ways: readonly { readonly flags: string; readonly links: readonly string[] }[] = [
  { flags: '-O0', links: ['-pie', '-no-pie', '-rdynamic'] },
  { flags: '-O2 -g', links: ['-pie', '-static', '-static-libstdc++ -static-libgcc'] },
  { flags: '-Os -ffunction-sections -fdata-sections', links: ['-pie -Wl,--gc-sections'] },
  { flags: '-O1 -g3 -gdwarf-4', links: ['-pie -Wl,--hash-style=both,-z,now'] },
  { flags: '-O2 -fPIE -masm=intel', links: ['-static-pie', '-pie -Wl,--as-needed,-O1'] },
  { flags: '-O3 -fPIC', links: ['-shared', '-shared -Wl,-Bsymbolic', '-r -nostdlib'] },
];

describe.skipIf(missing)('C++', { timeout: 300_000 }, () => {
  const bench = new Bench();
  afterAll(() => bench.remove());
  for (const name of ['main.cc', 'shapes.cc', 'shapes.h']) {
    bench.write(name, readFileSync(path.join(import.meta.dirname, 'cxx', name), 'utf8'));
  }

  describe.each(ways)('$flags', ({ flags, links }) => {
    test('objects', () => {
      for (const name of sources) {
        const words = ['-m32', '-std=c++17', ...flags.split(' '), '-S', `${name}.cc`];
        bench.run('g++', [...words, '-o', `${name}.s`]);
        bench.run('as', ['--32', `${name}.s`, '-o', `${name}.o`]);
        const ours = bench.ours(as, ['--32', `${name}.s`, '-o', `${name}.our.o`]);
        expect(ours.stderr).toBe('');
        expect(Buffer.compare(bench.read(`${name}.our.o`), bench.read(`${name}.o`))).toBe(0);
      }
    });

    test.each(links)('linked by %s', (link) => {
      const inputs = sources.map((name) => `${name}.o`);
      const isShared = /-shared|-r /.test(link);
      const words = [...inputs, ...link.split(' '), ...(isShared ? [] : libraries), '-pthread'];
      const line = driverLine(bench, link.includes('static') ? words.filter(keepsStatic) : words);
      bench.run('ld', [...line, '-o', 'gnu.out']);
      const ours = bench.ours(ld, [...line, '-o', 'our.out']);
      expect(ours.stderr).toBe('');
      expect(Buffer.compare(bench.read('our.out'), bench.read('gnu.out'))).toBe(0);
      if (isShared) return;
      chmodSync(bench.file('our.out'), 0o755);
      const { stdout, status } = runProgram(bench, 'our.out');
      expect(status).toBe(0);
      expect(stdout).toContain('caught too deep: 13');
      expect(stdout).toContain('there 6\nhere 5 41 9\nsomewhere\n13\n');
    });
  });
});

const keepsStatic = (word: string): boolean => word !== '-lgcc_s';
