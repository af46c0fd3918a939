// CPU time of readelf -a -W and objdump -d against GNU's, whole processes, on a big object:
// `node test/bench/binutils.ts OBJECT [TOOL.mjs]`. The tool is the built command, or the sources.

import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const rounds = 5;

/** Seconds of processor time of the fastest round. */
function seconds(program: string, args: readonly string[]): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const timed = ['-f', '%U %S', program, ...args];
    const { stderr, error } = spawnSync('/usr/bin/time', timed, {
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
    if (error) throw error;
    const [user, system] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
    best = Math.min(best, user + system);
  }
  return best;
}

const [object, tool] = process.argv.slice(2);
if (object === undefined) {
  console.error('usage: node test/bench/binutils.ts OBJECT [TOOL.mjs]');
  process.exit(2);
}
const ours = tool ? [tool] : ['-C', 'source', path.join(root, 'apps/cli/src/main.ts')];
for (const args of [
  ['readelf', '-a', '-W', object],
  ['objdump', '-d', object],
]) {
  const [name = '', ...rest] = args;
  const mine = seconds(process.execPath, [...ours, ...args]);
  const theirs = seconds(name, rest);
  const ratio = theirs > 0 ? (mine / theirs).toFixed(2) : '-';
  console.log(`${name.padEnd(8)} ${mine.toFixed(2)} s, GNU ${theirs.toFixed(2)} s: ${ratio} times`);
}
