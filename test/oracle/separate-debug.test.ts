// Debugging information in a file of its own, which .gnu_debuglink names: addr2line and objdump find places, functions
// and source lines as GNU's do, beside the file and in .debug; what is not the named file is left alone.

import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main as addr2line } from '../../apps/cli/src/addr2line.ts';
import type { Tool } from '../../apps/cli/src/host.ts';
import { main as objdump } from '../../apps/cli/src/objdump.ts';
import { Bench, missingTool } from './gnu-bench.ts';

const missing = missingTool();
if (missing) console.log(`separate debug files skipped: ${missing}`);
const bench = new Bench();
afterAll(() => bench.remove());

const source = `int seven(int a) { return a * 7; }
int next(int a) {
  return seven(a) + 1;
}
int main(void) { return next(2); }
`;

describe.skipIf(missing)('separate debug files', () => {
  beforeAll(() => {
    bench.write('p.c', source);
    bench.run('gcc', ['-m32', '-g', '-O1', 'p.c', '-o', 'p']);
    bench.run('objcopy', ['--only-keep-debug', 'p', 'p.debug']);
    bench.run('strip', ['p', '-o', 'stripped']);
    bench.run('objcopy', ['--add-gnu-debuglink=p.debug', 'stripped']);
    for (const folder of ['near/.debug', 'wrong']) {
      mkdirSync(bench.file(folder), { recursive: true });
    }
    bench.run('cp', ['stripped', 'near/p']);
    bench.run('cp', ['p.debug', 'near/.debug/p.debug']);
    bench.run('cp', ['stripped', 'wrong/p']);
    bench.run('cp', ['p', 'wrong/p.debug']);
  });

  const tools: Readonly<Record<string, Tool>> = { addr2line, objdump };
  function expectSame(name: string, args: readonly string[]): string {
    const theirs = bench.attempt(name, args).stdout;
    expect(bench.ours(tools[name], args).stdout, args.join(' ')).toBe(theirs);
    return theirs;
  }

  test.each(['p', 'stripped', 'near/p', 'wrong/p'])('%s', (file) => {
    const symbols = bench.run('nm', ['p']).split('\n');
    const start = symbols.find((line) => line.endsWith(' next'))?.split(' ')[0] ?? '';
    const addresses = [0, 1, 4, 8, 12, 16, 20].map((by) => {
      return (Number.parseInt(start, 16) + by).toString(16);
    });
    const shown = expectSame('addr2line', ['-fi', '-e', file, ...addresses, '1000', '9000']);
    expect(shown.includes('p.c:3')).toBe(file !== 'wrong/p');
    const views = [['-l'], ['-S'], ['-lS'], ['-l', '--inlines']];
    // For the names of -S GNU objdump takes another file too.
    for (const options of file === 'wrong/p' ? [['-l']] : views) {
      expectSame('objdump', ['-d', ...options, file]);
    }
  });
});
