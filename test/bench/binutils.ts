// CPU time of the object tools against GNU's, whole processes, on big files:
// `node test/bench/binutils.ts FILE.. [--tool=RING0.mjs]`. The tool is the built command, or the sources; build it first,
// since a tool from its sources pays for taking the types out.

import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const rounds = 5;

/** What is measured on each file, with what GNU's time may be exceeded by where that is a goal. */
const calls: readonly (readonly [string, number | undefined])[] = [
  ['readelf -aW', 1.5],
  ['objdump -d', 1.5],
  ['readelf -w', undefined],
  ['objdump -s', undefined],
  ['nm', undefined],
  ['strings', undefined],
  ['size', undefined],
];

interface Cost {
  readonly seconds: number;
  readonly megabytes: number;
}

/** Processor time of the fastest round, and the memory of the last. */
function cost(program: string, args: readonly string[]): Cost {
  let best = Number.POSITIVE_INFINITY;
  let megabytes = 0;
  for (let round = 0; round < rounds; round++) {
    const timed = ['-f', '%U %S %M', program, ...args];
    const { stderr, error } = spawnSync('/usr/bin/time', timed, {
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    if (error) throw error;
    const words = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
    const [user, system, kilobytes] = words;
    best = Math.min(best, user + system);
    megabytes = kilobytes / 1024;
  }
  return { seconds: best, megabytes };
}

const words = process.argv.slice(2);
const files = words.filter((word) => !word.startsWith('--'));
const tool = words.find((word) => word.startsWith('--tool='))?.slice('--tool='.length);
if (files.length === 0) {
  console.error('usage: node test/bench/binutils.ts FILE.. [--tool=RING0.mjs]');
  process.exit(2);
}
const ours = tool ? [tool] : ['-C', 'source', path.join(root, 'apps/cli/src/main.ts')];
for (const file of files) {
  console.log(`${file}:`);
  for (const [call, goal] of calls) {
    const [name = '', ...options] = call.split(' ');
    const mine = cost(process.execPath, [...ours, name, ...options, file]);
    const theirs = cost(name, [...options, file]);
    const ratio = theirs.seconds > 0 ? (mine.seconds / theirs.seconds).toFixed(2) : '-';
    const wanted = goal === undefined ? '' : ` (goal ${goal})`;
    console.log(
      `  ${call.padEnd(12)} ${mine.seconds.toFixed(2)} s ${mine.megabytes.toFixed(0)} MB, ` +
        `GNU ${theirs.seconds.toFixed(2)} s ${theirs.megabytes.toFixed(0)} MB: ${ratio} times${wanted}`,
    );
  }
}
