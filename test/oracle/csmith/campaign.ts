// Random programs of csmith, compiled by gcc and by us at several levels: each must print the same checksum and end the
// same way. A seed whose program does not end in gcc's build is passed over and counted; the campaign takes the next one.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import {
  codeSize,
  compileByUs,
  gcc,
  type Level,
  linkByUs,
  type Outcome,
  run,
  writeProgram,
} from './toolchains.ts';

/** Seconds for gcc's build; ours may take some times as long. */
const GCC_LIMIT = 5;
const OUR_LIMIT = 60;

export interface CampaignOptions {
  /** A scratch directory. */
  readonly directory: string;
  /** csmith's options beside the seed. */
  readonly shape?: readonly string[];
  readonly levels?: readonly Level[];
  /** Also measures the code against gcc -Os. */
  readonly measuresSize?: boolean;
  /** Checks the compiler's invariants between passes. */
  readonly verify?: boolean;
}

export interface LevelResult {
  readonly level: Level;
  /** CPU time. */
  readonly compileMs: number;
  readonly codeBytes: number;
  /** What went wrong; undefined: the program did the same. */
  readonly divergence: string | undefined;
}
export interface ProgramResult {
  readonly seed: number;
  readonly lines: number;
  /** Bytes of code by gcc -Os, where measured. */
  readonly gccBytes: number | undefined;
  readonly levels: readonly LevelResult[];
}

/** Why csmith cannot be tried here; undefined: it can. */
export function missingCsmith(): string | undefined {
  const probe = spawnSync('csmith', ['--version'], { cwd: '/tmp' });
  if (probe.status !== 0) return 'csmith is not installed';
  if (!fs.existsSync('/usr/include/csmith/csmith.h')) return "csmith's headers are not installed";
  const source = 'int main(void) { return 0; }';
  const args = ['-m32', '-x', 'c', '-', '-o', '/dev/null'];
  const linked = spawnSync('gcc', args, { input: source }).status === 0;
  return linked ? undefined : 'gcc -m32 with a 32-bit library is missing';
}

/** Writes the program of a seed; its number of lines, or 0 where it asks for more than an i386. */
export function generate(seed: number, file: string, shape: readonly string[] = []): number {
  const args = ['--seed', `${seed}`, ...shape, '--output', file];
  // csmith writes platform.info where it runs.
  const { status } = spawnSync('csmith', args, { cwd: path.dirname(file), timeout: 60_000 });
  if (status !== 0) return 0;
  const text = fs.readFileSync(file, 'latin1');
  return text.includes('__builtin_ia32_') ? 0 : text.split('\n').length - 1;
}

export const CSMITH_HEADERS = '/usr/include/csmith';

function tryLevel(
  source: Uint8Array,
  level: Level,
  want: Outcome,
  options: CampaignOptions,
): LevelResult {
  let compileMs = 0;
  let codeBytes = 0;
  try {
    const compiled = compileByUs(source, {
      path: 'program.c',
      optimize: level,
      includePaths: [CSMITH_HEADERS],
      verify: options.verify,
    });
    compileMs = compiled.compileMs;
    codeBytes = codeSize(compiled.object);
    const program = path.join(options.directory, 'ours');
    writeProgram(program, linkByUs([{ path: 'program.o', bytes: compiled.object }]));
    const got = run(program, OUR_LIMIT);
    const isSame = got.text === want.text;
    const divergence = isSame ? undefined : `want ${want.text.trim()}, got ${got.text.trim()}`;
    return { level, compileMs, codeBytes, divergence };
  } catch (error) {
    return { level, compileMs, codeBytes, divergence: String(error) };
  }
}

/** One seed; undefined where it makes no program that ends. */
export function tryProgram(seed: number, options: CampaignOptions): ProgramResult | undefined {
  const { directory, shape = [], levels = [0, 1, 's'] } = options;
  const file = path.join(directory, 'program.c');
  const lines = generate(seed, file, shape);
  if (lines === 0) return undefined;
  const byGcc = path.join(directory, 'gcc');
  if (!gcc('-O1', `-I${CSMITH_HEADERS}`, file, '-o', byGcc)) return undefined;
  const want = run(byGcc, GCC_LIMIT);
  if (want.isTimeout) return undefined;
  const source = new Uint8Array(fs.readFileSync(file));
  let gccBytes: number | undefined;
  if (options.measuresSize) {
    const object = path.join(directory, 'gcc.o');
    gcc('-Os', '-c', `-I${CSMITH_HEADERS}`, file, '-o', object);
    gccBytes = codeSize(new Uint8Array(fs.readFileSync(object)));
  }
  const results = levels.map((level) => tryLevel(source, level, want, options));
  return { seed, lines, gccBytes, levels: results };
}

/** Programs from `first` on until `count` have been tried; `note` hears of each. */
export function* programs(
  first: number,
  count: number,
  options: CampaignOptions,
): Generator<ProgramResult & { readonly passedOver: number }> {
  let passedOver = 0;
  for (let seed = first, done = 0; done < count; seed++) {
    const result = tryProgram(seed, options);
    if (!result) {
      passedOver++;
      continue;
    }
    done++;
    yield { ...result, passedOver };
  }
}

/** Totals of a campaign. */
export class Tally {
  programs = 0;
  passedOver = 0;
  longPrograms = 0;
  slowestMs = 0;
  slowestSeed = 0;
  gccBytes = 0;
  readonly divergences: string[] = [];
  private readonly totals = new Map<Level, { ms: number; bytes: number }>();

  add(result: ProgramResult & { readonly passedOver: number }): void {
    this.programs++;
    this.passedOver = result.passedOver;
    if (result.lines > 300) this.longPrograms++;
    this.gccBytes += result.gccBytes ?? 0;
    for (const { level, compileMs, codeBytes, divergence } of result.levels) {
      const total = this.totals.get(level) ?? { ms: 0, bytes: 0 };
      total.ms += compileMs;
      total.bytes += codeBytes;
      this.totals.set(level, total);
      if (compileMs > this.slowestMs) {
        this.slowestMs = compileMs;
        this.slowestSeed = result.seed;
      }
      if (divergence !== undefined) {
        this.divergences.push(`seed ${result.seed} -O${level}: ${divergence}`);
      }
    }
  }

  summary(): string {
    const share = ((100 * this.longPrograms) / this.programs).toFixed(1);
    const lines = [
      `${this.programs} programs (${this.passedOver} seeds passed over), ${share} % over 300 lines`,
      `slowest to compile: seed ${this.slowestSeed}, ${(this.slowestMs / 1000).toFixed(2)} s`,
    ];
    for (const [level, { ms, bytes }] of this.totals) {
      const ratio = this.gccBytes ? `, ${(bytes / this.gccBytes).toFixed(3)} of gcc -Os` : '';
      lines.push(`-O${level}: ${(ms / 1000).toFixed(1)} s of CPU, ${bytes} bytes of code${ratio}`);
    }
    lines.push(`${this.divergences.length} divergences`, ...this.divergences);
    return lines.join('\n');
  }
}

/** One line about a program. */
export function line({ seed, lines, gccBytes, levels }: ProgramResult): string {
  const each = levels.map(({ level, compileMs, codeBytes, divergence }) => {
    const verdict = divergence === undefined ? '' : ` DIFFERS (${divergence})`;
    return `-O${level} ${codeBytes} B ${compileMs.toFixed(0)} ms${verdict}`;
  });
  const size = gccBytes === undefined ? '' : `, gcc -Os ${gccBytes} B`;
  return `seed ${seed}, ${lines} lines${size}: ${each.join('; ')}`;
}
