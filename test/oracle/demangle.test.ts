// The demangler against c++filt: all C++ names of libstdc++.a.

import { spawnSync } from 'node:child_process';
import { demangle } from '@ring0/binutils';
import { expect, test } from 'vitest';

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
