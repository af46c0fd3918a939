// Recorded calls of GNU as, done again by our assembler in this process, and what the two objects have in common.

import fs from 'node:fs';
import path from 'node:path';
import { main as as } from '../../../apps/cli/src/as.ts';
import { FolderHost } from '../../folder-host.ts';
import { describeObject } from '../../assembler/describe.ts';
import { hasMoreAddresses } from './line-rows.ts';

/** The same bytes; another way to say the same; something else; no object or a wrong verdict. */
export type Outcome = 'same' | 'equivalent' | 'different' | 'failed';

/** One call that the recorder kept: `base.args`, `base.s` and, where GNU as made an object, `base.o`. */
interface Recorded {
  readonly base: string;
  readonly cwd: string;
  readonly args: readonly string[];
}

export interface Compared {
  readonly base: string;
  readonly outcome: Outcome;
  /** Why it is equivalent, the first lines that differ, or the first messages. */
  readonly reason: string;
}

export const otherOrder = 'the same sections, relocations and symbols, not in one order';
export const sameRows =
  'line tables with the same rows: GNU as wrote an address where its memory for code was full';

const valued = new Set(['-o', '-I', '--defsym', '--MD', '--debug-prefix-map']);

/** What the scripts of a build compile to learn about the compiler. */
const trial = /^\s*\.file\s+"(?:conf[-\w]*|null|dummy|bb_libtest|tmp\.\w+)(?:\.c)?"/m;

function isTrial(file: string): boolean {
  const start = Buffer.alloc(300);
  const descriptor = fs.openSync(file, 'r');
  const length = fs.readSync(descriptor, start);
  fs.closeSync(descriptor);
  return trial.test(start.toString('latin1', 0, length));
}

/** The calls in a folder that made objects of the project's own files, in the order of their names. */
export function recordedCalls(folder: string): Recorded[] {
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.args'))
    .map((name) => {
      const [cwd, ...args] = fs.readFileSync(path.join(folder, name), 'utf8').trimEnd().split('\n');
      return { base: path.join(folder, name.slice(0, -'.args'.length)), cwd, args };
    })
    .filter(({ base }) => fs.existsSync(`${base}.o`) && !isTrial(`${base}.s`))
    .toSorted((a, b) => (a.base < b.base ? -1 : 1));
}

/** The arguments with the kept text in the place of the input, and the object nowhere. */
function rewritten({ args, base }: Recorded): string[] {
  const words: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i];
    if (word === '-o') i++;
    else if (valued.has(word)) words.push(word, args[++i]);
    else if (word.startsWith('-') && word !== '-') words.push(word);
  }
  return [...words, '-o', 'object', `${base}.s`];
}

function firstDifference(got: string, want: string): string {
  const left = got.split('\n');
  const right = want.split('\n');
  const at = left.findIndex((line, index) => line !== right[index]);
  return `ours ${left[at]?.trim()} | GNU ${right[at]?.trim()}`;
}

export function compareRecorded(recorded: Recorded): Compared {
  const { base, cwd } = recorded;
  const host = new FolderHost(cwd);
  try {
    as(rewritten(recorded), host);
  } catch (error) {
    return { base, outcome: 'failed', reason: `it breaks: ${String(error)}` };
  }
  const object = host.written.get('object');
  if (!object) {
    return { base, outcome: 'failed', reason: host.messages.split('\n').slice(0, 3).join(' ') };
  }
  const want = new Uint8Array(fs.readFileSync(`${base}.o`));
  if (Buffer.from(want).equals(object)) return { base, outcome: 'same', reason: '' };
  const got = describeObject(object);
  const wanted = describeObject(want);
  if (got === wanted) return { base, outcome: 'equivalent', reason: otherOrder };
  if (hasMoreAddresses(object, want)) {
    return { base, outcome: 'equivalent', reason: sameRows };
  }
  return { base, outcome: 'different', reason: firstDifference(got, wanted) };
}
