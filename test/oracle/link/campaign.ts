// A range of random programs through both linkers.

import type { Bench } from '../gnu-bench.ts';
import { linkAndRun } from './native.ts';
import { randomProgram } from './random-programs.ts';

export interface LinkCampaign {
  /** How many ran, were refused by both, or differed. */
  readonly counts: Readonly<Record<string, number>>;
  readonly differences: readonly string[];
}

/** Links and runs the programs of a range; what differs is told with its index. */
export function randomLinks(
  bench: Bench,
  range: { readonly seed: number; readonly first: number; readonly count: number },
): LinkCampaign {
  const counts = { ran: 0, refused: 0, differed: 0 };
  const differences: string[] = [];
  for (let index = range.first; index < range.first + range.count; index++) {
    const program = randomProgram(range.seed, index);
    for (const { name, source } of program.files) bench.assemble(name, source);
    for (const { name, members } of program.archives) {
      bench.run('rm', ['-f', name]);
      bench.run('ar', ['rcsD', name, ...members.map((member) => `${member}.o`)]);
    }
    const { gnu, ours } = linkAndRun(bench, program.order);
    const [want, got] = [JSON.stringify(gnu.ending), JSON.stringify(ours.ending)];
    if (want === got) counts[want === undefined ? 'refused' : 'ran']++;
    else {
      counts.differed++;
      const messages = `${gnu.messages}${ours.messages}`.slice(0, 500);
      differences.push(`program ${range.seed}/${index}: GNU ${want}, ours ${got}\n${messages}`);
    }
  }
  return { counts, differences };
}
