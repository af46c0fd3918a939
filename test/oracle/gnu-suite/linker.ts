// The links of GNU ld's own test suite by GNU ld and by ours: GNU as makes the objects, both linkers are called with the
// options of the test, and status and output are compared.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { main as ld } from '../../../apps/cli/src/ld.ts';
import { FolderHost } from '../../folder-host.ts';
import { dumpTests } from './dump-tests.ts';
import type { DumpTest } from './dump-tests.ts';
import type { SuiteResult } from './assembler.ts';

/** The folders of ld/testsuite that have to do with ELF on i386. */
export const linkerFolders = [
  'ld-checks',
  'ld-discard',
  'ld-dynamic',
  'ld-elf',
  'ld-elfcomm',
  'ld-elfweak',
  'ld-gc',
  'ld-i386',
  'ld-ifunc',
  'ld-libs',
  'ld-linkonce',
  'ld-misc',
  'ld-pie',
  'ld-scripts',
  'ld-selective',
  'ld-size',
  'ld-undefined',
  'ld-unique',
  'ld-vsb',
];

const isOther = (word: string): boolean =>
  /^(--64|--x32|elf_x86_64|elf32_x86_64|-melf_x86_64)$/.test(word);

/** The objects of a test, in order; undefined where GNU as does not make them for i386. */
function assembled(folder: string, { name, sources, words }: DumpTest): string[] | undefined {
  const objects: string[] = [];
  for (const [at, { file, options }] of sources.entries()) {
    const object = `${name}.${at}.o`;
    const all = [...(words.get('as') ?? []), ...options];
    if (all.some(isOther)) return undefined;
    const run = spawnSync('as', ['--32', ...all, file, '-o', object], { cwd: folder });
    if (run.status !== 0) return undefined;
    objects.push(object);
  }
  return objects;
}

function compare(folder: string, name: string, argv: readonly string[]): SuiteResult {
  const output = path.join(folder, 'gnu.out');
  fs.rmSync(output, { force: true });
  const run = spawnSync('ld', [...argv, '-o', 'gnu.out'], { cwd: folder, timeout: 60_000 });
  const want = fs.existsSync(output) ? fs.readFileSync(output) : undefined;
  const host = new FolderHost(folder);
  const status = ld([...argv, '-o', 'gnu.out'], host);
  const got = host.written.get('gnu.out');
  const said = { want: String(run.stderr), got: host.messages };
  if ((run.status === 0) !== (status === 0)) return { name, kind: 'verdict', ...said };
  if (run.status === 0 && !(want && got && want.equals(got)))
    return { name, kind: 'bytes', ...said };
  const warns = (text: string): boolean => /warning: /.test(text);
  if (run.status === 0 && warns(said.want) !== warns(said.got))
    return { name, kind: 'warning', ...said };
  return { name, kind: undefined, want: '', got: '' };
}

/** Compares the links of one folder of the suite at `root`; `scratch` is for objects and outputs. */
export function compareLinks(root: string, name: string, scratch: string): SuiteResult[] {
  const folder = path.join(scratch, name);
  if (!fs.existsSync(folder)) fs.cpSync(path.join(root, name), folder, { recursive: true });
  const results: SuiteResult[] = [];
  for (const test of dumpTests(folder)) {
    const options = test.words.get('ld');
    if (!options || options.some(isOther)) continue;
    const objects = assembled(folder, test);
    if (!objects) continue;
    const words = options.map((word) => word.replaceAll('tmpdir', '.'));
    const behind = test.words.get('ld_after_inputfiles') ?? [];
    const argv = ['-m', 'elf_i386', ...words, ...objects, ...behind];
    results.push(compare(folder, `${name}/${test.name}`, argv));
  }
  return results;
}
