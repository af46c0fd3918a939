// The linker against GNU ld on static programs: CPU time of the whole process and in process, the
// first time and once V8 has optimised it, and peak memory. Run it as a program, after a fresh
// `pnpm build`; the inputs are gcc's and the host's libc, and busybox where
// `vitest run -c vitest.long.config.ts corpus` has built it:
//   node -C source test/bench/linker.ts [OBJECT ..]

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { link } from '@ring0/linker';

const rounds = 7;
/** Links in one process until it is warm. */
const warmRounds = 12;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-bench-'));
const source = '#include <stdio.h>\nint main(void) { printf("%f\\n", 1.5); return 0; }\n';

/** The words that gcc, called with `args`, gives its linker. */
function linkerWords(args: readonly string[], cwd = folder): string[] {
  const shown = spawnSync('gcc', ['-###', ...args, '-o', 'x'], { cwd }).stderr;
  const line = String(shown)
    .split('\n')
    .find((text) => text.includes('collect2'));
  const words = [...(line ?? '').matchAll(/"([^"]*)"|(\S+)/g)].map((m) => m[1] ?? m[2] ?? '');
  const kept: string[] = [];
  for (let i = 1; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '-plugin' || word === '-o') i++;
    else if (!word.startsWith('-plugin-opt')) kept.push(word);
  }
  return kept;
}

/** The last link of busybox's build, as the build's log has it. */
function busyboxWords(): string[] | undefined {
  const built = path.join(os.homedir(), '.cache/ring0-oracle/builds/busybox-with-glibc.gnu');
  const log = path.join(built, 'busybox_unstripped.out');
  if (!fs.existsSync(log)) return undefined;
  const command = fs.readFileSync(log, 'utf8').split('\n')[1] ?? '';
  const isTold = (word: string): boolean => /^-Wl,(--verbose|-Map|--warn-common)/.test(word);
  const words = command
    .split(' ')
    .slice(1)
    .filter((word) => !isTold(word));
  return linkerWords(words, built).map((word) => {
    const file = path.join(built, word);
    return /\.[oa]$/.test(word) && fs.existsSync(file) ? file : word;
  });
}

/** User and system seconds, and resident memory at its peak in MiB, of one run. */
function measure(program: string, args: readonly string[]): { ms: number; mib: number } {
  const format = ['-f', '%U %S %M', program, ...args];
  const { stderr } = spawnSync('/usr/bin/time', format, { encoding: 'utf8', maxBuffer: 1 << 26 });
  const [user = 0, system = 0, kib = 0] = (stderr.trim().split('\n').at(-1) ?? '')
    .split(' ')
    .map(Number);
  return { ms: (user + system) * 1000, mib: kib / 1024 };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** CPU time of links in this process. */
function inProcess(words: readonly string[]): number[] {
  const readFile = (name: string): Uint8Array | undefined =>
    fs.existsSync(name) ? new Uint8Array(fs.readFileSync(name)) : undefined;
  return Array.from({ length: warmRounds }, () => {
    const before = process.cpuUsage();
    link(words, { readFile });
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
}

function compare(title: string, words: readonly string[]): void {
  const out = path.join(folder, 'out');
  const bundle = fileURLToPath(new URL('../../apps/cli/dist/ring0.mjs', import.meta.url));
  const times = { gnu: [] as number[], ours: [] as number[], start: [] as number[] };
  const memory = { gnu: 0, ours: 0 };
  for (let round = 0; round < rounds; round++) {
    const gnu = measure('ld', [...words, '-o', out]);
    const expected = fs.readFileSync(out);
    const ours = measure(process.execPath, [bundle, 'ld', ...words, '-o', out]);
    if (!expected.equals(fs.readFileSync(out)))
      throw new Error(`${title}: other bytes than GNU ld's`);
    times.gnu.push(gnu.ms);
    times.ours.push(ours.ms);
    times.start.push(measure(process.execPath, ['-e', '0']).ms);
    memory.gnu = Math.max(memory.gnu, gnu.mib);
    memory.ours = Math.max(memory.ours, ours.mib);
  }
  const [gnu, ours, start] = [median(times.gnu), median(times.ours), median(times.start)];
  const all = inProcess(words);
  const row = (name: string, ms: number, mib?: number): void => {
    const space = mib === undefined ? '' : `${mib.toFixed(0)} MiB`;
    console.log(
      `${name.padEnd(20)}${`${ms.toFixed(0)} ms`.padEnd(10)}${`${(ms / gnu).toFixed(2)} x`.padEnd(10)}${space}`,
    );
  };
  console.log(title);
  row('  GNU ld', gnu, memory.gnu);
  row('  ring0 ld', ours, memory.ours);
  row('  node -e 0', start);
  row('  in process, first', all[0] ?? 0);
  row('  in process, warm', Math.min(...all));
}

function main(): void {
  const objects = process.argv.slice(2);
  const libraries = ['-m32', '-static', '-lm'];
  if (objects.length > 0) compare(objects.join(' '), linkerWords([...objects, ...libraries]));
  else {
    const file = path.join(folder, 'main.c');
    fs.writeFileSync(file, source);
    const object = path.join(folder, 'main.o');
    spawnSync('gcc', ['-m32', '-O1', '-c', file, '-o', object]);
    compare('a static program that prints a number', linkerWords([object, ...libraries]));
    const busybox = busyboxWords();
    if (busybox) compare('busybox, static', busybox);
    else console.log('busybox has not been built');
  }
  fs.rmSync(folder, { recursive: true });
}

main();
