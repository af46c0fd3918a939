// One source through GNU as and through ours: the verdicts (accepted, accepted with warnings, refused), the lines of the
// messages, and the objects.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { assembleAll, writeElf } from '@ring0/assembler';
import type { AssembleOptions, Diagnostic } from '@ring0/assembler';
import { latin1Bytes } from '@ring0/bytes';
import { describeObject } from '../../assembler/describe.ts';

/** What one assembler made of a source. */
export interface Answer {
  readonly verdict: 'accepts' | 'warns' | 'refuses';
  /** `file:line` of each error, without repetition, in order. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  /** The first messages, for people. */
  readonly messages: readonly string[];
  readonly object: Uint8Array | undefined;
  readonly stdout: string;
}

const outputBytesMax = 64 * 1024 * 1024;

function unique(list: readonly string[]): string[] {
  return [...new Set(list)];
}

/** GNU as's answer; `source` is a file of `folder`. */
export function gnuAnswer(
  folder: string,
  source: string,
  options: readonly string[] = [],
  input?: string,
): Answer {
  const output = path.join(folder, 'gnu.o');
  fs.rmSync(output, { force: true });
  // A mutated `.fill` may ask for gigabytes, which GNU as writes; neither shall here.
  const command = `ulimit -f ${outputBytesMax / 1024}; exec as "$@"`;
  const words = ['--32', ...options, source, '-o', output];
  const run = spawnSync('sh', ['-c', command, 'as', ...words], {
    encoding: 'latin1',
    cwd: folder,
    timeout: 60_000,
    input,
  });
  const all = run.stderr.split('\n').filter((line) => /(Error|Warning|Fatal error): /.test(line));
  // Of a string over many lines GNU as complains in each.
  const isOpen = (line: string | undefined): boolean => /unterminated string/.test(line ?? '');
  const lines = all.filter((line, i) => !isOpen(line) || !isOpen(all[i - 1]));
  // A repetition without an end: GNU as tells of the last line, ours of the first.
  const isLate = (line: string): boolean =>
    /REPT without ENDR|unexpected end of file in irp/.test(line);
  const places = (kind: RegExp) =>
    unique(
      lines
        .filter((line) => kind.test(line) && !isLate(line))
        .map((line) => /^(.*?:\d+)?: (Error|Warning|Fatal)/.exec(line)?.[1] ?? '')
        .filter((place) => place !== ''),
    );
  const isDone = run.status === 0 && fs.existsSync(output);
  const hasWarnings = lines.some((line) => line.includes(': Warning: '));
  // Where the text ends too early, the line is that of something read before.
  const warnings = places(/: Warning: (?!end of file)/);
  return {
    verdict: !isDone ? 'refuses' : hasWarnings ? 'warns' : 'accepts',
    errors: places(/: (Fatal error|Error): /),
    warnings,
    messages: lines,
    object: isDone ? new Uint8Array(fs.readFileSync(output)) : undefined,
    stdout: run.stdout,
  };
}

function placeOf({ span }: Diagnostic): string {
  return span ? `${span.file.path}:${span.file.position(span.start).line}` : '';
}

/** Our answer to the same. */
export function ourAnswer(folder: string, source: string, options: AssembleOptions = {}): Answer {
  const readFile = (name: string): Uint8Array | undefined => {
    const full = path.resolve(folder, name);
    return fs.existsSync(full) && fs.statSync(full).isFile()
      ? new Uint8Array(fs.readFileSync(full))
      : undefined;
  };
  const bytes = readFile(source) ?? new Uint8Array(0);
  const result = assembleAll([{ path: source, bytes }], { readFile, outputBytesMax, ...options });
  const of = (severity: string) => result.diagnostics.filter((each) => each.severity === severity);
  const isEnd = ({ code }: Diagnostic): boolean => /^A011[013]$/.test(code);
  const all = of('warning');
  const warnings = unique(all.filter((each) => !isEnd(each)).map(placeOf));
  const object = result.object && writeElf(result.object);
  return {
    verdict: !object ? 'refuses' : all.length > 0 ? 'warns' : 'accepts',
    errors: unique(
      of('error')
        .filter(({ message }) => !message.includes("has no '.endr'"))
        .map(placeOf),
    ),
    warnings,
    messages: result.diagnostics.map(
      (each) => `${placeOf(each)}: ${each.severity}: ${each.message}`,
    ),
    object,
    stdout: result.printed.map((line) => `${line}\n`).join(''),
  };
}

/** Without debugging sections: GNU as writes its working directory there. */
function described(bytes: Uint8Array | undefined): string {
  if (!bytes) return '';
  try {
    const parts = describeObject(bytes).split(/\n(?=section |symbol |group )/);
    return parts
      .filter((part) => !part.startsWith('section .debug_'))
      .join('\n')
      .trimEnd();
  } catch (thrown) {
    return String(thrown);
  }
}

export type Difference =
  | 'verdict'
  | 'first error'
  | 'error lines'
  | 'warning lines'
  | 'bytes'
  | 'output';

/** What differs, with both sides in words; undefined where nothing does. */
export function difference(
  want: Answer,
  got: Answer,
): { readonly kind: Difference; readonly want: string; readonly got: string } | undefined {
  const told = (answer: Answer, list: readonly string[]): string =>
    `${answer.verdict} [${list.join(' ')}] ${answer.messages.slice(0, 3).join(' / ')}`;
  if (want.verdict !== got.verdict) {
    return { kind: 'verdict', want: told(want, want.errors), got: told(got, got.errors) };
  }
  if (want.verdict === 'refuses') {
    const sides = { want: told(want, want.errors), got: told(got, got.errors) };
    if (want.errors.length === 0) return undefined;
    // What GNU as finds in its last pass comes behind later lines.
    const [first = '', ours = ''] = [want.errors[0], got.errors[0]];
    const isExchanged = got.errors.includes(first) && want.errors.includes(ours);
    if (first !== ours && !isExchanged) return { kind: 'first error', ...sides };
    // GNU as may go on to complain about what follows from the first; ours need not. Behind a fatal
    // error it is silent.
    const isEnded = want.messages.some((line) => line.includes(': Fatal error: '));
    // Of a size that it cannot find it names no line.
    const vague = want.messages.filter((line) => line.includes('.size expression for ')).length;
    const own = got.errors.filter((place) => !want.errors.includes(place)).length;
    if (own > 0 && own <= vague) return undefined;
    const known = isEnded ? got.errors.slice(0, want.errors.length) : got.errors;
    const isSubset = known.every((place) => place === '' || want.errors.includes(place));
    return isSubset ? undefined : { kind: 'error lines', ...sides };
  }
  const sorted = (list: readonly string[]): string => list.toSorted().join(' ');
  // Some warnings of GNU as name no line.
  const isVague = want.messages.some((line) => /^[^:]*: Warning: /.test(line));
  if (!isVague && sorted(want.warnings) !== sorted(got.warnings)) {
    const sides = { want: told(want, want.warnings), got: told(got, got.warnings) };
    return { kind: 'warning lines', ...sides };
  }
  if (want.stdout !== got.stdout) return { kind: 'output', want: want.stdout, got: got.stdout };
  const [left, right] = [described(want.object), described(got.object)];
  if (left === right) return undefined;
  const [lines, others] = [left.split('\n'), right.split('\n')];
  const at = lines.findIndex((line, i) => line !== others[i]);
  return { kind: 'bytes', want: `${lines[at]}`, got: `${others[at]}` };
}

/** Writes `text` (Latin-1) to a file of `folder` and compares. */
export function compareText(
  folder: string,
  text: string,
  options: { readonly gnu?: readonly string[]; readonly ours?: AssembleOptions } = {},
): ReturnType<typeof difference> {
  const name = 'input.s';
  fs.writeFileSync(path.join(folder, name), latin1Bytes(text));
  return difference(
    gnuAnswer(folder, name, options.gnu ?? []),
    ourAnswer(folder, name, options.ours ?? {}),
  );
}
