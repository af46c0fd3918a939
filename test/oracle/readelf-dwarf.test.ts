// ring0 readelf against GNU readelf, whole output: tables, notes, versions, dumps, and debugging
// sections of DWARF 2 to 5 from gcc and clang.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main as readelf } from '../../apps/cli/src/readelf.ts';
import { archives, debugObjects, linked, makeSamples, objects } from './binutils/samples.ts';
import { Bench, missingTool } from './gnu-bench.ts';

const missing = missingTool();
if (missing) console.log(`readelf oracle skipped: ${missing}`);
const bench = new Bench();
afterAll(() => bench.remove());

describe.skipIf(missing)('readelf', { timeout: 120_000 }, () => {
  beforeAll(() => makeSamples(bench));

  function expectSame(options: string, file: string): void {
    const args = [...options.split(' '), file];
    const theirs = bench.attempt('readelf', args);
    const ours = bench.ours(readelf, args);
    expect(ours.stdout).toBe(theirs.stdout);
    expect(ours.status).toBe(theirs.status);
  }

  const tables = ['-a', '-aW', '-t', '-tW', '-D -r', '-D -s', '-V -I', '-d', '-s --sym-base=16'];
  const everything = [...debugObjects, ...linked, ...objects, ...archives];
  test.each(everything)('tables of %s', (file) => {
    for (const options of [...tables, '-e', '--dyn-syms -T', '-g -u -n']) expectSame(options, file);
  });

  test.each([...debugObjects, 'dyn', 'lib.so', 'static', 'lib.a'])('debugging of %s', (file) => {
    const kinds = [...'iralLfFmopstORA'].map((letter) => `-w${letter}`);
    const long = '--debug-dump=rawline,decodedline,info,abbrev,frames-interp,str,loc,Ranges';
    for (const options of [...kinds, '-w', '-wW', long, '-wi --dwarf-depth=2', '-W -w -wL']) {
      expectSame(options, file);
    }
  });

  test('dumps of sections, one entry onward, the index of an archive', () => {
    expectSame('-x .text -p .comment -R .data -x nosuch', 'g5.o');
    expectSame('-x 1 -p .shstrtab', 'dyn');
    expectSame('-z -x .debug_str', 'packed.o');
    expectSame('-R .eh_frame', 'plain.o');
    expectSame('-x .bss', 'plain.o');
    expectSame('-wi --dwarf-start=0x32', 'g5.o');
    for (const archive of archives) expectSame('-c', archive);
  });

  test('what is no ELF file, no file, a folder, or cut off', () => {
    bench.write('cut.o', bench.read('g5.o').subarray(0, 4000));
    bench.write('tiny.o', bench.read('g5.o').subarray(0, 30));
    const calls = ['t.c', 'nosuch', '.', 'tiny.o', 'cut.o'].map((file) => ['-h', file]);
    for (const option of ['-S', '-s', '-l', '-g', '-r', '-aW']) calls.push([option, 'cut.o']);
    for (const args of [...calls, ['-c', 'plain.o'], ['-L', '-S', 'crt1.o']]) {
      const { stdout, stderr, status } = bench.attempt('readelf', args);
      expect(bench.ours(readelf, args), args.join(' ')).toEqual({ stdout, stderr, status });
    }
  });

  test('strings end at newlines and zeros, and control characters are marked', () => {
    const lines = [
      '.section .a',
      '.ascii "abc\\ndef\\n\\0ghi\\n\\n\\nxyz\\n"',
      '.byte 1,2,3,10,0x41,0x1b',
    ];
    bench.assemble('text', [...lines, '.byte 0x42,0,65,10,0,66,10,1,67', ''].join('\n'));
    expectSame('-p .a', 'text.o');
  });
});
