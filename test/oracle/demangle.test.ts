// The demangler against c++filt: all C++ names of libstdc++.a.

import { spawnSync } from 'node:child_process';
import { demangle } from '@ring0/binutils';
import { afterAll, expect, test } from 'vitest';
import type { Tool } from '../../apps/cli/src/host.ts';
import { main as nm } from '../../apps/cli/src/nm.ts';
import { main as objdump } from '../../apps/cli/src/objdump.ts';
import { main as readelf } from '../../apps/cli/src/readelf.ts';
import { Bench, missingTool } from './gnu-bench.ts';

const bench = new Bench();
afterAll(() => bench.remove());

function run(command: string, argv: readonly string[], input = ''): string {
  const { stdout, status } = spawnSync(command, argv, {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return status === 0 ? stdout : '';
}

const library = run('gcc', ['-m32', '-print-file-name=libstdc++.a']).trim();
const words = library.includes('/') ? run('nm', ['-j', library]).split('\n') : [];
const names = [...new Set(words.filter((name) => /^_Z\w+$/.test(name)))];
const isThere = names.length > 0 && run('c++filt', ['_Z1fv']) !== '';
if (!isThere) console.warn('demangle: skipped, there is no c++filt or no 32-bit libstdc++.a');

test.skipIf(!isThere)('names of libstdc++ are printed as by c++filt', () => {
  const wanted = run('c++filt', [], `${names.join('\n')}\n`).split('\n');
  const wrong = names.filter(
    (name, i) => (demangle(name, { isVerbose: true }) ?? name) !== wanted[i],
  );
  expect(names.length).toBeGreaterThan(5000);
  // c++filt takes one substitution for another in a constructor with a template parameter.
  expect(wrong.filter((name) => !name.includes('_Prepare_executionC4I'))).toEqual([]);
});

const assembly = `.globl _Z1fSs, _ZNSt6thread6_StateD2Ev, _ZN1a1gIiEEvT_, _ZNSt12placeholders2_8E
_Z1fSs: call _ZN1a1gIiEEvT_
.local _ZStlsRSoSs
_ZNSt6thread6_StateD2Ev: call _ZNSsC1EPKcRKSaIcE
_ZStlsRSoSs: call main@plt
_ZNSt12placeholders2_8E: .long _ZdlPvj, _ZTVSt9exception
`;
const tools: readonly (readonly [string, Tool, string])[] = [
  ['nm', nm, '-C'],
  ['nm', nm, '-C -f sysv'],
  ['nm', nm, '-C --no-demangle'],
  ['objdump', objdump, '-Cdr'],
  ['objdump', objdump, '-Ctr'],
  ['readelf', readelf, '-sCr'],
  ['readelf', readelf, '-sCrW'],
];

test.skipIf(missingTool())('-C of the tools', () => {
  bench.write('names.s', assembly);
  bench.run('as', ['--32', '-o', 'names.o', 'names.s']);
  for (const [name, tool, options] of tools) {
    const argv = [...options.split(' '), 'names.o'];
    const theirs = bench.attempt(name, argv).stdout;
    expect(bench.ours(tool, argv).stdout, `${name} ${options}`).toBe(theirs);
  }
});
