// The linker against GNU ld on one static program: CPU time of the whole process and in process,
// and peak memory. Run it as a program; the inputs are gcc's and the host's libc:
//   node -C source test/bench/linker.ts [OBJECT ..]

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { link } from '@ring0/linker';

const rounds = 5;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-bench-'));
const source = '#include <stdio.h>\nint main(void) { printf("%f\\n", 1.5); return 0; }\n';

/** The words that gcc gives its linker for a static program of `objects`. */
function linkerWords(objects: readonly string[]): string[] {
  const shown = spawnSync('gcc', ['-m32', '-static', '-###', ...objects, '-lm', '-o', 'x']).stderr;
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

function inProcess(words: readonly string[]): number {
  const readFile = (name: string): Uint8Array | undefined =>
    fs.existsSync(name) ? new Uint8Array(fs.readFileSync(name)) : undefined;
  const before = process.cpuUsage();
  link(words, { readFile });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function main(): void {
  let objects = process.argv.slice(2);
  if (objects.length === 0) {
    const file = path.join(folder, 'main.c');
    fs.writeFileSync(file, source);
    objects = [path.join(folder, 'main.o')];
    spawnSync('gcc', ['-m32', '-O1', '-c', file, '-o', objects[0] ?? '']);
  }
  const words = linkerWords(objects);
  const out = path.join(folder, 'out');
  const bundle = fileURLToPath(new URL('../../apps/cli/dist/ring0.mjs', import.meta.url));
  const times = { gnu: [] as number[], ours: [] as number[], warm: [] as number[] };
  const memory = { gnu: 0, ours: 0 };
  for (let round = 0; round < rounds; round++) {
    const gnu = measure('ld', [...words, '-o', out]);
    const ours = measure(process.execPath, [bundle, 'ld', ...words, '-o', out]);
    times.gnu.push(gnu.ms);
    times.ours.push(ours.ms);
    times.warm.push(inProcess(words));
    memory.gnu = Math.max(memory.gnu, gnu.mib);
    memory.ours = Math.max(memory.ours, ours.mib);
  }
  const [gnu, ours, warm] = [median(times.gnu), median(times.ours), median(times.warm)];
  console.log(`GNU ld       ${gnu.toFixed(0)} ms  ${memory.gnu.toFixed(0)} MiB`);
  console.log(
    `ring0 ld     ${ours.toFixed(0)} ms  ${memory.ours.toFixed(0)} MiB  ${(ours / gnu).toFixed(1)} x`,
  );
  console.log(`in process   ${warm.toFixed(0)} ms  ${(warm / gnu).toFixed(1)} x`);
  fs.rmSync(folder, { recursive: true });
}

main();
