// Mutated assembly through GNU as and through ours: what one accepts the other must, with the same sections.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { assemble } from '@ring0/assembler';
import { latin1Bytes } from '@ring0/bytes';
import { writeElf } from '@ring0/elf';
import { describeObject } from '../../assembler/describe.ts';
import { assemblySources, readFile, root } from '../../fuzz/corpus.ts';
import { mutateText } from '../../fuzz/mutate-text.ts';
import { Random } from '../../fuzz/random.ts';

export type Verdict =
  | 'same'
  | 'both refuse'
  | 'we refuse'
  | 'we accept'
  | 'other bytes'
  | 'GNU warns, we refuse'
  | 'known difference';

export interface Comparison {
  readonly verdict: Verdict;
  readonly index: number;
  readonly how: string;
  /** The first message of the one who refuses, or the first line that differs. */
  readonly detail: string;
}

/** What is knowingly not supported, or refused on purpose, by our own message. */
const known: readonly RegExp[] = [
  /is no directive that is known/,
  /is not supported/,
  /no instruction that is known/,
  /is no processor that is known/,
];

const outputBytesMax = 64 * 1024 * 1024;

function firstDifference(want: string, got: string): string {
  const [left, right] = [want.split('\n'), got.split('\n')];
  const at = left.findIndex((line, i) => line !== right[i]);
  return `${left[at]} | ${right[at]}`;
}

/** Without debugging sections: GNU as writes its working directory there. */
function described(bytes: Uint8Array): string {
  try {
    const isDebugging = (part: string): boolean => part.startsWith('section .debug_');
    const parts = describeObject(bytes).split(/\n(?=section |symbol |group )/);
    return parts.filter((part) => !isDebugging(part)).join('\n');
  } catch (thrown) {
    return String(thrown);
  }
}

/** Compares the mutations of a range; `folder` is for scratch files. */
export function compareAssembly(
  folder: string,
  range: { readonly seed: number; readonly first: number; readonly count: number },
): Comparison[] {
  // `.file 0` without a directory makes GNU as write its working directory; ours writes none.
  const sources = assemblySources().filter((text) => !text.includes('.file 0 '));
  const results: Comparison[] = [];
  for (let index = range.first; index < range.first + range.count; index++) {
    const random = new Random(range.seed, index);
    const { text, how } = mutateText(random.pick(sources), random.pick(sources), random, []);
    results.push({ index, how, ...compareOne(folder, text) });
  }
  return results;
}

function compareOne(folder: string, text: string): { verdict: Verdict; detail: string } {
  const source = path.join(folder, 'input.s');
  const output = path.join(folder, 'input.o');
  fs.writeFileSync(source, latin1Bytes(text));
  fs.rmSync(output, { force: true });
  const options = { encoding: 'latin1', cwd: root, timeout: 60_000 } as const;
  // A mutated `.fill` may ask for gigabytes, which GNU as writes; neither shall here.
  const command = `ulimit -f ${outputBytesMax / 1024}; exec as --32 "$0" -o "$1"`;
  const run = spawnSync('sh', ['-c', command, source, output], options);
  const want = run.status === 0 ? new Uint8Array(fs.readFileSync(output)) : undefined;
  const { object, diagnostics } = assemble(latin1Bytes(text), {
    path: source,
    readFile,
    outputBytesMax,
  });
  const error = diagnostics.find(({ severity }) => severity === 'error');
  const ours = error ? `${error.code} ${error.message}` : '';
  const theirs = run.stderr.split('\n').find((line) => /Error|Fatal/.test(line)) ?? run.stderr;
  if (!want && !object) return { verdict: 'both refuse', detail: '' };
  if (!want) return { verdict: 'we accept', detail: theirs.replace(/^.*?input\.s:?/, '') };
  if (!object) {
    if (known.some((pattern) => pattern.test(ours)))
      return { verdict: 'known difference', detail: ours };
    const hasWarning = /Warning/.test(run.stderr);
    return { verdict: hasWarning ? 'GNU warns, we refuse' : 'we refuse', detail: ours };
  }
  const [left, right] = [described(want), described(writeElf(object))];
  if (left === right) return { verdict: 'same', detail: '' };
  // Names that are no UTF-8 are written as UTF-8 all the same.
  const isText = !/[\x80-\xff]/.test(text);
  if (!isText) return { verdict: 'known difference', detail: 'a name that is no UTF-8' };
  return { verdict: 'other bytes', detail: firstDifference(left, right) };
}

/** How many there are of each verdict. */
export function verdictCounts(results: readonly Comparison[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { verdict } of results) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return counts;
}
