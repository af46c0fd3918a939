// Files that GNU as, ld and ar write come out of our reader and writer unchanged, byte for byte.

import { readFileSync } from 'node:fs';
import { readArchive, readElf, writeArchive, writeElf } from '@ring0/elf';
import { afterAll, describe, expect, test } from 'vitest';
import { Bench, missingTool } from './gnu-bench.ts';

const missing = missingTool();
if (missing) console.log(`elf oracle skipped: ${missing}`);
const bench = new Bench();
afterAll(() => bench.remove());

/** Distributions copy their libraries with objcopy, which names groups first. */
function expectSame(name: string, bytes: Uint8Array, areGroupsNamedFirst = false): void {
  const { file, problems } = readElf(bytes, name);
  expect(problems).toEqual([]);
  expect(file && Buffer.compare(writeElf(file, { areGroupsNamedFirst }), bytes), name).toBe(0);
}

describe.skipIf(missing)('read and written again', { timeout: 120_000 }, () => {
  const source =
    'inline static int g(int a) { return a; } int x = 3, y; const char *s = "text";\n' +
    'int f(void) { return g(x) + y + s[1]; }\n';
  test.each(['-m32', '-m64'])('objects of gcc %s', (bits) => {
    for (const flags of [
      ['-O0'],
      ['-O2', '-g'],
      ['-Os', '-ffunction-sections'],
      ['-fPIC', '-fcommon'],
    ]) {
      bench.write('f.c', source);
      bench.run('gcc', [bits, ...flags, '-c', 'f.c', '-o', 'f.o']);
      expectSame('f.o', bench.read('f.o'));
    }
  });

  test('an empty object and one with groups', () => {
    bench.assemble('empty', '');
    bench.assemble(
      'group',
      ' .section .t,"axG",@progbits,f,comdat\n .weak f\nf: call g\n .comm z,4,4\n',
    );
    for (const name of ['empty.o', 'group.o']) expectSame(name, bench.read(name));
  });

  test('the C library as an archive and in its members', () => {
    const path = bench.run('gcc', ['-m32', '-print-file-name=libc.a']).trim();
    const bytes = new Uint8Array(readFileSync(path));
    const { archive, problems } = readArchive(bytes, path);
    expect(problems).toEqual([]);
    const members = archive?.members ?? [];
    expect(members.length).toBeGreaterThan(1000);
    expect(Buffer.compare(writeArchive(members), bytes)).toBe(0);
    for (const { name, bytes: member } of members)
      if (member[0] === 0x7f) expectSame(name, member, true);
  });
});
