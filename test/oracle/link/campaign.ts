// The frame of a random campaign: the cases of a range one after another, each giving verdicts; how many there were of each
// kind, and what differed.

export interface CaseRange {
  readonly seed: number;
  readonly first: number;
  readonly count: number;
}

/** What became of a case or a part of it: counted under that name, or a difference in words. */
export type Verdict = 'same' | 'refused' | 'ran' | { readonly difference: string };

export interface Campaign {
  readonly counts: Readonly<Record<string, number>>;
  readonly differences: readonly string[];
}

/** Runs the cases of a range; `kinds` are counted from the start, as a report shows them. */
export function runCampaign(
  { seed, first, count }: CaseRange,
  kinds: readonly (Verdict & string)[],
  judge: (seed: number, index: number) => Iterable<Verdict>,
): Campaign {
  const counts: Record<string, number> = {};
  for (const kind of [...kinds, 'differed']) counts[kind] = 0;
  const differences: string[] = [];
  for (let index = first; index < first + count; index++) {
    for (const verdict of judge(seed, index)) {
      const kind = typeof verdict === 'string' ? verdict : 'differed';
      counts[kind] = (counts[kind] ?? 0) + 1;
      if (typeof verdict !== 'string') {
        differences.push(`${seed}/${index}: ${verdict.difference}`);
      }
    }
  }
  return { counts, differences };
}

/** The first lines that differ; `otherwise` where none does. */
export function firstDifference(gnu: string, ours: string, otherwise: string): string {
  const [left, right] = [gnu.split('\n'), ours.split('\n')];
  const at = left.findIndex((text, index) => text !== right[index]);
  if (at < 0) return otherwise;
  const show = (lines: readonly string[]): string => lines.slice(at, at + 4).join('\n');
  return `GNU: ${show(left)}\nours: ${show(right)}`;
}
