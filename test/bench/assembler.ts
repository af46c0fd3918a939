// `ring0 as` against GNU as on SQLite as gcc -m32 -march=i686 writes it: CPU time (user and system of
// the whole process, best of five), taken in turns so that both see the same load of the machine;
// the peak of memory; and the assembler warm in one process, as a build driver or an editor has it.
// The sources lie in ~/.cache/ring0-corpus/sqlite (O0.s, O2.s, O2g.s) or in RING0_CORPUS; the bundle
// is that of `pnpm build`, or RING0_BUNDLE. Run: node -C source test/bench/assembler.ts [O0 O2 O2g edit]

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LiveAssembly, assemble } from '@ring0/assembler';
import { writeElf } from '@ring0/elf';

const RUNS = 5;
const WARM_RUNS = 12;
const root = path.resolve(import.meta.dirname, '../..');
const corpus = process.env['RING0_CORPUS'] ?? path.join(os.homedir(), '.cache/ring0-corpus');
const bundle = process.env['RING0_BUNDLE'] ?? path.join(root, 'apps/cli/dist/ring0.mjs');

interface Cost {
  readonly seconds: number;
  readonly mebibytes: number;
}

/** CPU time and peak memory of a command, by GNU time. */
function cost(command: readonly string[]): Cost {
  const { stderr, status } = spawnSync('/usr/bin/time', ['-f', '%U %S %M', ...command], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr}`);
  const [user, system, kibibytes] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { seconds: user + system, mebibytes: kibibytes / 1024 };
}

function least(costs: readonly Cost[]): Cost {
  return {
    seconds: Math.min(...costs.map(({ seconds }) => seconds)),
    mebibytes: Math.min(...costs.map(({ mebibytes }) => mebibytes)),
  };
}

/** CPU seconds of `work`, which is done often enough that V8 has compiled it. */
function warm(work: () => void, runs: number): number {
  let best = Infinity;
  for (let run = 0; run < runs; run++) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1e6);
  }
  return best;
}

function assembleAll(source: Uint8Array): void {
  const { object } = assemble(source);
  if (!object) throw new Error('the source has mistakes');
  writeElf(object);
}

function row(name: string, gnu: Cost, own: Cost, warmSeconds: number): void {
  const ratio = (value: number): string => `${(value / gnu.seconds).toFixed(2)}x`.padStart(7);
  const seconds = (value: number): string => value.toFixed(2).padStart(6);
  console.log(
    `${name.padEnd(6)}${seconds(gnu.seconds)}${seconds(own.seconds)}${ratio(own.seconds)}` +
      `${seconds(warmSeconds)}${ratio(warmSeconds)}` +
      `${gnu.mebibytes.toFixed(0).padStart(7)}${own.mebibytes.toFixed(0).padStart(6)} MiB`,
  );
}

function measure(name: string, file: string, folder: string): void {
  const output = path.join(folder, 'out.o');
  const gnu: Cost[] = [];
  const own: Cost[] = [];
  for (let run = 0; run < RUNS; run++) {
    gnu.push(cost(['as', '--32', file, '-o', output]));
    own.push(cost([process.execPath, bundle, 'as', file, '-o', output]));
  }
  const source = new Uint8Array(fs.readFileSync(file));
  const runs = source.length > 1 << 25 ? 3 : WARM_RUNS;
  const warmSeconds = source.length === 1 ? 0 : warm(() => assembleAll(source), runs);
  row(name, least(gnu), least(own), warmSeconds);
}

/** What takes turns in a line in the middle of the source. */
const edits: Readonly<Record<string, readonly string[]>> = {
  'same length': ['\tmovl\t$1000, %eax\n', '\tmovl\t$2000, %ecx\n'],
  'a mistake': ['\tmovl\t$1000, %eax\n', '\tmovl\t$1000, %eaw\n'],
  'other length': ['\tmovl\t$1000, %eax\n', '\tincl\t%eax\n'],
  'a new label': ['\tmovl\t$1000, %eax\n', '.Lnew:\tmovl\t$1000, %eax\n'],
};

/** Edits of an editor's file: what they cost, and how many took which part of the work. */
function measureEdits(file: string, count: number): void {
  const lines = fs.readFileSync(file, 'latin1').split('\n').slice(0, count);
  let at = lines.length >> 1;
  while (!lines[at].startsWith('\tmov')) at++;
  lines[at] = edits['same length'][0].trimEnd();
  const source = Buffer.from(`${lines.join('\n')}\n`, 'latin1');
  const start = lines.slice(0, at).join('\n').length + 1;
  const isLong = lines.length > 10_000;
  const whole = warm(() => assembleAll(source), isLong ? WARM_RUNS : 200);
  console.log(`\n${lines.length} lines; as a whole ${(whole * 1000).toFixed(1)} ms`);
  for (const [name, texts] of Object.entries(edits)) {
    const live = new LiveAssembly(source);
    let end = start + lines[at].length + 1;
    let turn = 0;
    const edit = (): void => {
      const text = Buffer.from(texts[++turn % 2], 'latin1');
      live.edit({ start, end, text });
      end = start + text.length;
    };
    const seconds = warm(edit, isLong ? WARM_RUNS : 200);
    const { parts, moves, wholes } = live.counts;
    const shares = `${parts} by the lines, ${moves} with layout, ${wholes - 1} as a whole`;
    console.log(`${name.padEnd(14)}${(seconds * 1000).toFixed(3).padStart(9)} ms; ${shares}`);
  }
}

const chosen = process.argv.slice(2);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-as-bench-'));
console.log(`load ${os.loadavg()[0].toFixed(1)} on ${os.cpus().length} processors`);
console.log('         GNU  ring0          warm           memory GNU, ring0');
for (const name of ['O0', 'O2', 'O2g']) {
  const file = path.join(corpus, 'sqlite', `${name}.s`);
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  if (fs.existsSync(file)) measure(name, file, folder);
  else console.log(`${name}: there is no ${file}`);
}
if (chosen.length === 0 || chosen.includes('empty')) {
  const file = path.join(folder, 'empty.s');
  fs.writeFileSync(file, '\n');
  measure('empty', file, folder);
}
const edited = path.join(corpus, 'sqlite', 'O2.s');
if ((chosen.length === 0 || chosen.includes('edit')) && fs.existsSync(edited)) {
  measureEdits(edited, 5000);
  measureEdits(edited, Infinity);
}
fs.rmSync(folder, { recursive: true });
