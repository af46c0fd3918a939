// Small sources in one file, each given to GNU as and to ours: both accept or both refuse, errors
// and warnings stand at the same lines, and the objects are the same bytes.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { assemble } from '@ring0/assembler';
import type { AssembleOptions, Diagnostic, OutputOptions } from '@ring0/assembler';
import { writeElf } from '@ring0/elf';
import { expect } from 'vitest';
import { describeObject } from './describe.ts';

export interface GnuCase {
  /** Options of the command line, then a name. */
  readonly title: string;
  readonly options: readonly string[];
  readonly source: string;
}

/** Where the cases lie, and what is recorded of GNU as's answers. */
export const home: string = path.join(import.meta.dirname, 'objects');

/** The cases of `NAME.txt`: each begins with a line of three hyphens and its title. */
export function gnuCases(name: string): GnuCase[] {
  const text = fs.readFileSync(path.join(home, `${name}.txt`), 'latin1');
  return text
    .split(/^--- ?/m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      const title = part.slice(0, end);
      const options = title.split(' ').filter((word) => word.startsWith('-'));
      return { title, options, source: part.slice(end + 1) };
    });
}

export const hasGnuAs: boolean = spawnSync('as', ['--version']).status === 0;
if (!hasGnuAs) process.stderr.write('skipped: GNU as is not installed\n');

const changes: Readonly<Record<string, OutputOptions>> = {
  '-g': { debugVersion: 2 },
  '--gdwarf-2': { debugVersion: 2 },
  '--gdwarf-3': { debugVersion: 3 },
  '--gdwarf-4': { debugVersion: 4 },
  '--gdwarf-5': { debugVersion: 5 },
  '--gdwarf-cie-version=3': { cieVersion: 3 },
  '--gdwarf-cie-version=4': { cieVersion: 4 },
  '--noexecstack': { hasExecutableStack: false },
  '--execstack': { hasExecutableStack: true },
  '-R': { foldsData: true },
  '--strip-local-absolute': { stripsAbsolutes: true },
  '--elf-stt-common=yes': { hasCommonType: true },
  '--generate-missing-build-notes=yes': { addsBuildNotes: true },
};

function assembleOptions(words: readonly string[], directory: string): AssembleOptions {
  let output: OutputOptions = { directory };
  for (const word of words) {
    if (word !== '-L' && !changes[word]) throw new Error(`no such option in tests: ${word}`);
    output = { ...output, ...changes[word] };
  }
  return { path: 'case.s', output, keepsLocals: words.includes('-L') };
}

/** The line of the file that a person would look at: of the outermost use of a macro. */
function lineOf({ span }: Diagnostic): number {
  let at = span;
  while (at?.expansion && at.expansion.kind !== 'include') at = at.expansion.at;
  return at ? at.file.position(at.start).line : 0;
}

const ordered = (lines: Iterable<number>) => [...new Set(lines)].toSorted((a, b) => a - b);

function gnuLines(stderr: string, kind: string): number[] {
  const pattern = new RegExp(`^case.s:(\\d+): ${kind}: `, 'gm');
  return ordered([...stderr.matchAll(pattern)].map(([, line]) => Number(line)));
}

export interface GnuResult {
  readonly object: Buffer | undefined;
  readonly errors: readonly number[];
  readonly warnings: readonly number[];
}

/** What GNU as makes of a source that it finds as `case.s` in `folder`. */
export function gnuAssemble(
  folder: string,
  source: string,
  options: readonly string[] = [],
): GnuResult {
  fs.writeFileSync(path.join(folder, 'case.s'), source, 'latin1');
  const output = path.join(folder, 'case.o');
  const argv = ['--32', ...options, 'case.s', '-o', output];
  const { status, stderr } = spawnSync('as', argv, { cwd: folder, encoding: 'utf8' });
  return {
    object: status === 0 ? fs.readFileSync(output) : undefined,
    errors: gnuLines(stderr, 'Error'),
    warnings: gnuLines(stderr, 'Warning'),
  };
}

/** What ours makes of a case, as if started in `directory`. */
export function ownAssemble({ source, options }: GnuCase, directory: string): GnuResult {
  const bytes = new Uint8Array(Buffer.from(source, 'latin1'));
  const { object, diagnostics } = assemble(bytes, assembleOptions(options, directory));
  const lines = (severity: string) =>
    ordered(diagnostics.filter((each) => each.severity === severity).map(lineOf));
  return {
    object: object && Buffer.from(writeElf(object)),
    errors: lines('error'),
    warnings: lines('warning'),
  };
}

/** Fails where the two differ, with the objects as text. */
export function expectSame({ source, options }: GnuCase): void {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-case-')));
  try {
    const want = gnuAssemble(folder, source, options);
    const got = ownAssemble({ title: '', source, options }, folder);
    expect(got.object !== undefined, `accepted; errors at ${got.errors.join(' ')}`).toBe(
      want.object !== undefined,
    );
    // Some errors of GNU as have no line.
    if (want.object || want.errors.length > 0) expect(got.errors).toEqual(want.errors);
    expect(got.warnings).toEqual(want.warnings);
    if (!want.object || !got.object || want.object.equals(got.object)) return;
    expect(describeObject(new Uint8Array(got.object))).toBe(
      describeObject(new Uint8Array(want.object)),
    );
    expect.fail('the objects hold the same, but in another order');
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
