// Mutated assembly through GNU as and through ours: the same verdict (accepted, with warnings, refused), errors and warnings
// at the same lines, and the same sections.

import fs from 'node:fs';
import path from 'node:path';
import { latin1Bytes } from '@ring0/bytes';
import { assemblySources, readFile } from '../../fuzz/corpus.ts';
import { mutateText } from '../../fuzz/mutate-text.ts';
import { Random } from '../../fuzz/random.ts';
import { difference, gnuAnswer, ourAnswer } from '../assembler-text/compare.ts';

export interface Comparison {
  /** `same`, `refuses -> accepts` and the like (GNU's, then ours), or what else differs. */
  readonly verdict: string;
  readonly index: number;
  readonly how: string;
  readonly want: string;
  readonly got: string;
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
    fs.writeFileSync(path.join(folder, 'input.s'), latin1Bytes(text));
    const want = gnuAnswer(folder, 'input.s');
    const got = ourAnswer(folder, 'input.s', { readFile });
    const found = difference(want, got);
    const isVerdict = found?.kind === 'verdict';
    const verdict = isVerdict ? `${want.verdict} -> ${got.verdict}` : (found?.kind ?? 'same');
    results.push({ index, how, verdict, want: found?.want ?? '', got: found?.got ?? '' });
  }
  return results;
}

/** How many there are of each verdict. */
export function verdictCounts(results: readonly Comparison[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { verdict } of results) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return counts;
}
