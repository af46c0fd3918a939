// How many million guest instructions a second the interpreter runs, in CPU time of the whole process: gcc -O2 code with
// paging on and timer interrupts arriving. The first group is the measure; its geometric mean is taken over each kernel's
// best run of three, and over its first, which pays for V8's compiling. The second group shows that other kinds of code
// are not slow beyond reason. Run: node -C source test/bench/mips.ts [KERNEL ..]

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Machine } from '@ring0/emulator';

const LOAD_ADDRESS = 0x100000;
const REAL_ADDRESS = 0x7c00;
const CHECKSUM = 0x9f000;
const GDT = 0x7f800;
const RUNS = 3;

interface Kernel {
  readonly name: string;
  readonly rounds: number;
}

/** Kernels by number, as `run_kernel` of the source knows them. */
interface Group {
  readonly source: string;
  readonly kernels: readonly Kernel[];
}

const MEASURE: Group = {
  source: 'mips-kernels.c',
  kernels: [
    { name: 'crc32', rounds: 6000 },
    { name: 'sieve', rounds: 150 },
    { name: 'quicksort', rounds: 60 },
    { name: 'sha256', rounds: 30000 },
    { name: 'bytecode', rounds: 2000 },
  ],
};

const OTHERS: Group = {
  source: 'mips-others.c',
  kernels: [
    { name: 'recursion', rounds: 600 },
    { name: 'wide', rounds: 2000000 },
    { name: 'list', rounds: 10000000 },
    { name: 'strings', rounds: 4000 },
    { name: 'indirect', rounds: 6000000 },
  ],
};
const REAL_ROUNDS = 40000;

const HERE = import.meta.dirname;

function link(directory: string, address: number, sources: readonly string[]): Uint8Array {
  const image = path.join(directory, 'mips.bin');
  const flags = ['-m32', '-O2', '-ffreestanding', '-fno-pie', '-no-pie', '-fno-stack-protector'];
  execFileSync('gcc', [
    ...flags,
    '-nostdlib',
    '-static',
    `-Wl,-Ttext=0x${address.toString(16)},-estart,--oformat=binary,--build-id=none`,
    '-o',
    image,
    ...sources.map((source) => path.join(HERE, source)),
  ]);
  return new Uint8Array(fs.readFileSync(image));
}

/** The same kernels as a program of the host: the checksums to expect. */
function nativeChecksums(directory: string, { source, kernels }: Group): number[] {
  const main = path.join(directory, 'main.c');
  const calls = kernels.map(({ rounds }, i) => `printf("%u\\n", run_kernel(${i}, ${rounds}));`);
  fs.writeFileSync(
    main,
    `#include <stdio.h>\nunsigned run_kernel(unsigned, unsigned);\nint main(void){${calls.join('')}}\n`,
  );
  const program = path.join(directory, 'native');
  execFileSync('gcc', ['-m32', '-O2', '-o', program, main, path.join(HERE, source)]);
  return execFileSync(program, { encoding: 'utf8' }).trim().split('\n').map(Number);
}

function flatMachine(image: Uint8Array): Machine {
  const machine = new Machine({ memoryMiB: 8 });
  machine.writePhysical(LOAD_ADDRESS, image);
  const flat = [0xffff, 0xcf9b00, 0xffff, 0xcf9300];
  machine.writePhysical(GDT, new Uint8Array(new Uint32Array([0, 0, ...flat]).buffer));
  const set = (name: string, value: number): void => machine.setRegister(name, value);
  set('gdtr.base', GDT);
  set('gdtr.limit', 23);
  set('cr0', 0x11);
  for (const name of ['es', 'ss', 'ds', 'fs', 'gs', 'cs']) {
    set(name, name === 'cs' ? 8 : 16);
    set(`${name}.base`, 0);
    set(`${name}.limit`, 0xffffffff);
    set(`${name}.attributes`, name === 'cs' ? 0xc09b : 0xc093);
  }
  set('eip', LOAD_ADDRESS);
  return machine;
}

function realMachine(image: Uint8Array): Machine {
  const machine = new Machine({ memoryMiB: 2 });
  machine.writePhysical(REAL_ADDRESS, image);
  machine.setRegister('cs', 0);
  machine.setRegister('cs.base', 0);
  machine.setRegister('eip', REAL_ADDRESS);
  machine.setRegister('ecx', REAL_ROUNDS);
  return machine;
}

/** Runs the machine to its end; million instructions a second. */
function speed(machine: Machine): number {
  const before = process.cpuUsage();
  const result = machine.run();
  const used = process.cpuUsage(before);
  if (result.reason !== 'guest-exit') throw new Error(JSON.stringify(result));
  return machine.clock / (used.user + used.system);
}

function print(name: string, speeds: readonly number[], verdict: string): void {
  const column = (mips: number): string => mips.toFixed(0).padStart(5);
  console.log(
    `${name.padEnd(10)}${column(Math.max(...speeds))} MIPS ${column(speeds[0])} ${verdict}`,
  );
}

function measureKernel(
  image: Uint8Array,
  kernel: number,
  { name, rounds }: Kernel,
  expected: number,
) {
  const speeds: number[] = [];
  let verdict = 'ok';
  for (let run = 0; run < RUNS; run++) {
    const machine = flatMachine(image);
    machine.setRegister('ebx', kernel);
    machine.setRegister('ecx', rounds);
    speeds.push(speed(machine));
    const [checksum] = new Uint32Array(machine.readPhysical(CHECKSUM, 4).buffer);
    if (checksum !== expected) verdict = `WRONG ${checksum}, expected ${expected}`;
  }
  print(name, speeds, verdict);
  return speeds;
}

function measureGroup(directory: string, group: Group, chosen: readonly string[]): void {
  const image = link(directory, LOAD_ADDRESS, ['mips-start.S', group.source]);
  const expected = nativeChecksums(directory, group);
  const all: number[][] = [];
  group.kernels.forEach((kernel, i) => {
    if (chosen.length > 0 && !chosen.includes(kernel.name)) return;
    all.push(measureKernel(image, i, kernel, expected[i]));
  });
  const mean = (values: readonly number[]): number =>
    values.reduce((product, value) => product * value, 1) ** (1 / values.length);
  if (all.length === 0) return;
  const firsts = mean(all.map((speeds) => speeds[0]));
  print('geomean', [firsts, mean(all.map((speeds) => Math.max(...speeds)))], 'of the five');
}

const chosen = process.argv.slice(2);
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-mips-'));
console.log('           best       first');
measureGroup(directory, MEASURE, chosen);
measureGroup(directory, OTHERS, chosen);
if (chosen.length === 0 || chosen.includes('real')) {
  const image = link(directory, REAL_ADDRESS, ['mips-real.S']);
  const speeds = Array.from({ length: RUNS }, () => speed(realMachine(image)));
  print('real', speeds, '16-bit code');
}
fs.rmSync(directory, { recursive: true });
