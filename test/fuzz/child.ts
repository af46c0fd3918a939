// Runs a campaign in a process of its own with a small heap: an input that kills the process, or never ends, is named, and
// the campaign goes on behind it.

import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { Failure, Summary } from './campaign.ts';

const heapMiB = 512;
/** Inputs of one process. */
const batchCount = 500;
/** CPU time after which a process is ended, for the operating system's own clock does not mind a busy machine. */
const batchCpuSeconds = 400;
/** Host time for what sleeps. */
const batchMs = 3_600_000;

interface Batch {
  readonly summary: Summary | undefined;
  /** The input at work when the process ended without a summary, and how it ended. */
  readonly lost: Failure | undefined;
}

function runBatch(target: string, seed: number, first: number, count: number): Batch {
  const script = path.join(import.meta.dirname, 'campaign.ts');
  const options = [`--max-old-space-size=${heapMiB}`, '-C', 'source', script];
  const words = [process.execPath, ...options, target, `${seed}`, `${first}`, `${count}`];
  const limit = `ulimit -t ${batchCpuSeconds}; exec "$@"`;
  const run = spawnSync('sh', ['-c', limit, 'sh', ...words], {
    env: { ...process.env, RING0_FUZZ_CHILD: '1' },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: batchMs,
    killSignal: 'SIGKILL',
  });
  if (run.status === 0) {
    const summary: Summary = JSON.parse(run.stdout);
    return { summary, lost: undefined };
  }
  const last = (run.output[3] ?? '').trim().split('\n').at(-1) ?? '';
  if (last === '') throw new Error(`the campaign does not start: ${run.stderr.slice(-2000)}`);
  const reason = /FATAL ERROR: .*/.exec(run.stderr)?.[0] ?? run.stderr.slice(-500);
  const ending = run.signal ?? run.error?.message ?? run.status;
  const problem = `the process ended (${ending}): ${reason}`;
  return { summary: undefined, lost: { index: Number(last), how: 'see its index', problem } };
}

/** The whole of a campaign. What was counted before a lost input is lost with it; its failures are found again singly. */
export function runInChild(target: string, seed: number, count: number, start = 0): Summary {
  const failures: Failure[] = [];
  let [accepted, slowestMs, slowestIndex, peakMiB] = [0, 0, 0, 0];
  const take = (summary: Summary): void => {
    accepted += summary.accepted;
    failures.push(...summary.failures);
    peakMiB = Math.max(peakMiB, summary.peakMiB);
    if (summary.slowestMs > slowestMs) ({ slowestMs, slowestIndex } = summary);
  };
  const end = start + count;
  for (let first = start; first < end;) {
    const size = Math.min(batchCount, end - first);
    const { summary, lost } = runBatch(target, seed, first, size);
    if (summary) take(summary);
    if (!lost) {
      first += size;
      continue;
    }
    const before = lost.index - first;
    const rest = before > 0 ? runBatch(target, seed, first, before).summary : undefined;
    if (rest) take(rest);
    failures.push(lost);
    first = lost.index + 1;
  }
  return { target, seed, count, accepted, failures, slowestMs, slowestIndex, peakMiB };
}
