// GNU as's own test sources through GNU as and through ours, both as commands: the verdict, the lines of the messages, the
// bytes, and what is printed.

import fs from 'node:fs';
import path from 'node:path';
import { main as as } from '../../../apps/cli/src/as.ts';
import { FolderHost } from '../../folder-host.ts';
import { difference, gnuAnswer } from '../assembler-text/compare.ts';
import type { Answer } from '../assembler-text/compare.ts';
import { assemblerCases } from './dump-tests.ts';
import type { SuiteSource } from './dump-tests.ts';

/** The folders of gas/testsuite/gas that have to do with ELF on x86. */
export const folders = ['all', 'cfi', 'elf', 'i386', 'lns', 'macros', 'symver'];

export interface SuiteResult {
  /** `folder/file.s options`. */
  readonly name: string;
  /** What differs, or undefined. */
  readonly kind: string | undefined;
  readonly want: string;
  readonly got: string;
}

/** What ours answers to a command line; `source` is a file of `folder`. */
export function ourAnswer(folder: string, source: string, options: readonly string[]): Answer {
  const host = new FolderHost(folder);
  as(['--32', ...options, '-fdiagnostics-format=gcc', '-o', 'object', source], host);
  const lines = host.messages.split('\n').filter((line) => /: (error|warning): /.test(line));
  const places = (kind: RegExp): string[] => {
    const chosen = lines.filter((line) => kind.test(line));
    const found = chosen.map((line) => /^(.*?:\d+):\d+: /.exec(line)?.[1] ?? '');
    return [...new Set(found.filter((place) => place !== ''))];
  };
  const object = host.written.get('object');
  const warns = lines.some((line) => line.includes(': warning: '));
  return {
    verdict: !object ? 'refuses' : warns ? 'warns' : 'accepts',
    errors: places(/: error: /),
    // Where the text ends too early, GNU as's line is that of something read before.
    warnings: places(/: warning: (?!.*\[A011[013]\]$)/),
    messages: lines.length > 0 ? lines : host.messages.split('\n'),
    object,
    stdout: host.output,
  };
}

/** 32-bit code in ELF32 objects is what is compared here. */
function isOurs({ file, options }: SuiteSource): boolean {
  const isOther = options.some((word) => /^(--64|--x32|-march=[lk]1om)$/.test(word));
  return !isOther && !/^x86[-_]64/.test(file);
}

/** Compares all cases of one folder of the suite at `root`; `scratch` is for GNU's objects. */
export function compareFolder(root: string, name: string, scratch: string): SuiteResult[] {
  const folder = path.join(scratch, name);
  if (!fs.existsSync(folder)) fs.cpSync(path.join(root, name), folder, { recursive: true });
  return assemblerCases(folder)
    .filter(isOurs)
    .map(({ file, options }) => {
      const want = gnuAnswer(folder, file, options);
      const found = difference(want, ourAnswer(folder, file, options));
      const words = options.map((word) => word.replace(`${scratch}/`, ''));
      return {
        name: [`${name}/${file}`, ...words].join(' '),
        kind: found?.kind,
        want: found?.want ?? '',
        got: found?.got ?? '',
      };
    });
}
