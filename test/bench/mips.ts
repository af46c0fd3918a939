// How many million guest instructions a second the interpreter runs: gcc -O2 code with paging on and timer interrupts
// arriving. Prints each kernel and the geometric mean. Run: node -C source test/bench/mips.ts

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Machine } from '@ring0/emulator';

const LOAD_ADDRESS = 0x100000;
const CHECKSUM = 0x9f000;
const GDT = 0x7f800;

interface Kernel {
  readonly name: string;
  readonly rounds: number;
}

const KERNELS: readonly Kernel[] = [
  { name: 'crc32', rounds: 6000 },
  { name: 'sieve', rounds: 150 },
  { name: 'quicksort', rounds: 60 },
  { name: 'sha256', rounds: 30000 },
  { name: 'bytecode', rounds: 2000 },
];

const HERE = import.meta.dirname;

function build(directory: string): Uint8Array {
  const image = path.join(directory, 'mips.bin');
  const flags = ['-m32', '-O2', '-ffreestanding', '-fno-pie', '-no-pie', '-fno-stack-protector'];
  execFileSync('gcc', [
    ...flags,
    '-nostdlib',
    '-static',
    `-Wl,-Ttext=0x${LOAD_ADDRESS.toString(16)},-estart,--oformat=binary,--build-id=none`,
    '-o',
    image,
    path.join(HERE, 'mips-start.S'),
    path.join(HERE, 'mips-kernels.c'),
  ]);
  return new Uint8Array(fs.readFileSync(image));
}

/** The same kernels as a program of the host: the checksums to expect. */
function nativeChecksums(directory: string): number[] {
  const main = path.join(directory, 'main.c');
  const calls = KERNELS.map(({ rounds }, i) => `printf("%u\\n", run_kernel(${i}, ${rounds}));`);
  fs.writeFileSync(
    main,
    `#include <stdio.h>\nunsigned run_kernel(unsigned, unsigned);\nint main(void){${calls.join('')}}\n`,
  );
  const program = path.join(directory, 'native');
  execFileSync('gcc', ['-m32', '-O2', '-o', program, main, path.join(HERE, 'mips-kernels.c')]);
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

interface Measured {
  readonly mips: number;
  readonly checksum: number;
  readonly interrupts: number;
}

function measure(image: Uint8Array, kernel: number, rounds: number): Measured {
  const machine = flatMachine(image);
  machine.setRegister('ebx', kernel);
  machine.setRegister('ecx', rounds);
  const before = process.cpuUsage();
  const result = machine.run();
  const used = process.cpuUsage(before);
  if (result.reason !== 'guest-exit') throw new Error(JSON.stringify(result));
  const words = new Uint32Array(machine.readPhysical(CHECKSUM, 8).buffer);
  const microseconds = used.user + used.system;
  return { mips: machine.clock / microseconds, checksum: words[0], interrupts: words[1] };
}

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-mips-'));
const image = build(directory);
const expected = nativeChecksums(directory);
fs.rmSync(directory, { recursive: true });
let product = 1;
KERNELS.forEach(({ name, rounds }, i) => {
  const { mips, checksum, interrupts } = measure(image, i, rounds);
  const verdict = checksum === expected[i] ? 'ok' : `WRONG ${checksum}, expected ${expected[i]}`;
  product *= mips;
  console.log(
    `${name.padEnd(10)} ${mips.toFixed(0).padStart(4)} MIPS  ${interrupts} ticks  ${verdict}`,
  );
});
console.log(`geomean    ${(product ** (1 / KERNELS.length)).toFixed(0).padStart(4)} MIPS`);
