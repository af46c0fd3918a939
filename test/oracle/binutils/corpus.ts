// The object tools over objects of real programs: what GNU as, gcc and clang made when the corpus was recorded. Both sides
// get a batch of files in one call; where a batch differs each of its files is compared alone.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Host, Tool } from '../../../apps/cli/src/host.ts';
import { main as nm } from '../../../apps/cli/src/nm.ts';
import { main as objdump } from '../../../apps/cli/src/objdump.ts';
import { main as readelf } from '../../../apps/cli/src/readelf.ts';
import { main as size } from '../../../apps/cli/src/size.ts';
import { cache } from '../corpus/cache.ts';

const tools: Readonly<Record<string, Tool>> = { nm, objdump, readelf, size };

/** The calls that are compared. */
export const calls: readonly string[] = [
  'readelf -aW',
  'readelf -wW',
  'readelf -wi',
  'objdump -dr',
  'objdump -t',
  'objdump -h',
  'objdump -s',
  'nm',
  'size',
];

const batchSize = 16;

/** An ELF file of 32 bits: some builds make tools for the host too. */
function is32(file: string): boolean {
  const head = new Uint8Array(8);
  const fd = fs.openSync(file, 'r');
  fs.readSync(fd, head);
  fs.closeSync(fd);
  return head[0] === 0x7f && head[4] === 1;
}

/** The objects of the recorded corpus in the order of their names. */
export function corpusObjects(): string[] {
  const folder = path.join(cache, 'corpus');
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\/calls\/[^/]*\.o$/.test(name))
    .map((name) => path.join(folder, name))
    .filter(is32)
    .toSorted();
}

/** What a tool of ours prints, both streams. */
function ours(tool: Tool, args: readonly string[]): Buffer {
  const pieces: Buffer[] = [];
  const host: Host = {
    readFile: (name) => {
      try {
        return new Uint8Array(fs.readFileSync(name));
      } catch {
        return undefined;
      }
    },
    writeFile: () => false,
    stdin: () => new Uint8Array(0),
    stdout: (data) => void pieces.push(Buffer.from(data)),
    stderr: () => undefined,
    isColoured: false,
    cwd: '/',
  };
  tool(args, host);
  return Buffer.concat(pieces);
}

const digest = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

/** What GNU's tools said of objects before, by digests: they are asked again where ours says something else. */
class KnownAnswers {
  private readonly home = path.join(cache, 'answers.txt');
  private readonly version = spawnSync('objdump', ['--version'], { encoding: 'utf8' }).stdout;
  private readonly known = new Map<string, string>();

  constructor() {
    if (!fs.existsSync(this.home)) return;
    for (const line of fs.readFileSync(this.home, 'latin1').split('\n')) {
      const [key, answer = ''] = line.split(' ');
      this.known.set(key, answer);
    }
  }

  private keyOf(args: readonly string[], files: readonly string[]): string {
    const states = files.map((file) => {
      const { mtimeMs, size } = fs.statSync(file);
      return `${mtimeMs} ${size}`;
    });
    return digest([this.version, ...args, ...states].join('\n'));
  }

  has(args: readonly string[], files: readonly string[], answer: Buffer): boolean {
    return this.known.get(this.keyOf(args, files)) === digest(answer);
  }

  add(args: readonly string[], files: readonly string[], answer: Buffer): void {
    fs.appendFileSync(this.home, `${this.keyOf(args, files)} ${digest(answer)}\n`);
  }
}

/** The first line that differs, as both have it; undefined: none does. */
function difference(
  call: string,
  files: readonly string[],
  known: KnownAnswers,
): string | undefined {
  const [name, ...options] = call.split(' ');
  const args = [...options, ...files];
  const mine = ours(tools[name], args);
  if (known.has([name, ...args], files, mine)) return undefined;
  const env = { ...process.env, LC_ALL: 'C' };
  const { stdout: theirs } = spawnSync(name, args, { maxBuffer: 1 << 30, env });
  if (mine.equals(theirs)) {
    known.add([name, ...args], files, theirs);
    return undefined;
  }
  const [left, right] = [mine, theirs].map((text) => text.toString('latin1').split('\n'));
  const at = left.findIndex((line, index) => line !== right[index]);
  return `line ${at + 1}: ours ${left[at]} GNU ${right[at] ?? 'nothing'}`;
}

export interface CorpusResult {
  readonly objects: number;
  /** Calls whose text differs, with the file and the line. */
  readonly differences: readonly string[];
}

/**
 * Data among code is disassembled as it comes, and where bytes have no meaning, or AVX-512's, how
 * many of them go by differs: no other difference is expected.
 */
export function isUnexplained(difference: string): boolean {
  return !(difference.startsWith('objdump -dr') && difference.includes('(bad)'));
}

/** Compares every call over the files. */
export function compareCorpus(files: readonly string[], which = calls): CorpusResult {
  const differences: string[] = [];
  const known = new KnownAnswers();
  for (const call of which) {
    for (let at = 0; at < files.length; at += batchSize) {
      const batch = files.slice(at, at + batchSize);
      if (difference(call, batch, known) === undefined) continue;
      for (const file of batch) {
        const found = difference(call, [file], known);
        if (found !== undefined) differences.push(`${call} ${file}: ${found}`);
      }
    }
  }
  return { objects: files.length, differences };
}
