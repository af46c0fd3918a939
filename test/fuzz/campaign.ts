// Runs a range of a campaign's inputs in this process and counts: accepted, refused, failed. A failure is a throw, a broken
// property, an input that takes more CPU time or memory than its bound. Run as a program (by child.ts's parent) it prints
// a line before each input, so that a hang has a number, and a summary at the end:
//   node -C source test/fuzz/campaign.ts TARGET SEED FIRST COUNT [keep FOLDER]

import fs from 'node:fs';
import path from 'node:path';
import { Random } from './random.ts';
import { targets } from './targets.ts';

/** CPU time of one input in milliseconds: everything that is done with it. */
export const inputMsMax = 5000;
/** What the process may grow by while it handles one input, in MiB. */
export const inputMiBMax = 640;

export interface Failure {
  readonly index: number;
  readonly how: string;
  readonly problem: string;
}

export interface Summary {
  readonly target: string;
  readonly seed: number;
  readonly count: number;
  readonly accepted: number;
  readonly failures: readonly Failure[];
  readonly slowestMs: number;
  readonly slowestIndex: number;
  readonly peakMiB: number;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Resident memory at its highest so far, in MiB. */
const peakMiB = (): number => process.resourceUsage().maxRSS / 1024;

/** Inputs `first` to `first + count - 1` of the campaign that `seed` stands for. */
export function runCampaign(
  name: string,
  seed: number,
  first: number,
  count: number,
  onInput: (index: number) => void = () => undefined,
  keep?: string,
): Summary {
  const target = targets.find((each) => each.name === name);
  if (!target) throw new Error(`there is no target '${name}'`);
  const make = target.prepare();
  const failures: Failure[] = [];
  let accepted = 0;
  let slowestMs = 0;
  let slowestIndex = first;
  for (let index = first; index < first + count; index++) {
    onInput(index);
    const each = make(new Random(seed, index), index);
    const [startMs, startMiB] = [cpuMs(), peakMiB()];
    let problem: string | undefined;
    try {
      const outcome = each.run();
      problem = outcome.problem;
      if (outcome.isAccepted) accepted++;
    } catch (thrown) {
      problem = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    }
    const [ms, grown] = [cpuMs() - startMs, peakMiB() - startMiB];
    if (ms > slowestMs) [slowestMs, slowestIndex] = [ms, index];
    if (ms > inputMsMax) problem ??= `${Math.round(ms)} ms of CPU time`;
    if (grown > inputMiBMax) problem ??= `${Math.round(grown)} MiB of memory`;
    if (problem === undefined) continue;
    failures.push({ index, how: each.how, problem });
    if (keep !== undefined)
      fs.writeFileSync(path.join(keep, `${name}-${seed}-${index}`), each.input);
  }
  return {
    target: name,
    seed,
    count,
    accepted,
    failures,
    slowestMs,
    slowestIndex,
    peakMiB: peakMiB(),
  };
}

if (process.argv[1] === import.meta.filename) {
  const [name, seed, first, count, keep] = process.argv.slice(2);
  const announce = (index: number): void => void fs.writeSync(3, `${index}\n`);
  const isChild = process.env['RING0_FUZZ_CHILD'] === '1';
  const summary = runCampaign(
    name,
    Number(seed),
    Number(first),
    Number(count),
    isChild ? announce : undefined,
    keep,
  );
  process.stdout.write(`${JSON.stringify(summary, undefined, isChild ? 0 : 2)}\n`);
}
