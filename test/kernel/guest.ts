// The kernel in our machine, for tests: the system built by our tools, disks made from it, and a session that types
// commands, looks at memory by the kernel's symbols and stops where a test wants to look.

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { buildSystem } from '@ring0/boot';
import type { DiskOptions, System } from '@ring0/boot';
import { readElf } from '@ring0/elf';
import type { ElfFile } from '@ring0/elf';
import { Machine, SERIAL_INPUT, memoryDisk } from '@ring0/emulator';
import type { MachineOptions, RunResult, TraceEvent, Until } from '@ring0/emulator';
import { Build, readArtifact, ring0Toolchain } from '@ring0/kbuild';
import { gccToolchain } from '../gcc-toolchain.ts';

/** Where the guest's sources are: a changed copy of them, when it is tested that tests fail. */
const root = process.env['RING0_GUEST_ROOT'] ?? path.resolve(import.meta.dirname, '../..');
const prompt = '$ ';
/** Ticks, that is nanoseconds of guest time: far more than any step needs. */
const budget = 20e9;

export const KERNBASE = 0x80000000;

/** The built system, its kernel's symbols, and the test program `traps`. */
export class Guest {
  readonly system: System;
  readonly elf: ElfFile;
  readonly traps: Uint8Array;
  readonly trapsElf: ElfFile;

  private constructor(system: System, traps: Uint8Array) {
    this.system = system;
    this.traps = traps;
    this.elf = parse(system.kernel);
    this.trapsElf = parse(traps);
  }

  /** Built by our tools; with RING0_TOOLCHAIN=gcc by gcc's, to tell a compiler's fault from the kernel's. */
  static async build(): Promise<Guest> {
    const isGcc = process.env['RING0_TOOLCHAIN'] === 'gcc';
    const toolchain = isGcc ? gccToolchain(root) : ring0Toolchain();
    const variant = isGcc ? 'gcc' : 'ring0';
    const complain = (text: string): void => console.error(text);
    const system = await buildSystem({ root, toolchain, variant, complain });
    const cacheDirectory = path.join(root, '.cache', `${variant}-kernel-tests`);
    mkdirSync(cacheDirectory, { recursive: true });
    const build = new Build({ root, cacheDirectory, toolchain, complain });
    const flags =
      '-m32 -std=gnu11 -O1 -ffreestanding -nostdinc -fno-pic -fno-stack-protector -Ikernel/include';
    const source = (name: string) =>
      build.object(`test/kernel/programs/${name}`, flags.split(' '), 'programs');
    const objects = [await source('start.S'), await source('traps.c')];
    const traps = await build.link('programs/traps', ['-m', 'elf_i386', '-static', ...objects]);
    build.save();
    return new Guest(system, readArtifact(traps));
  }

  /** A disk with /bin/traps. */
  image(options: DiskOptions = {}): Uint8Array {
    const additions = [{ guest: '/bin/traps', bytes: this.traps }];
    return this.system.disk({ additions, ...options });
  }

  /** A machine that is about to execute its first instruction. */
  start(options: StartOptions = {}): Session {
    return new Session(this, options);
  }

  /** A machine whose shell waits for a command. */
  boot(options: StartOptions = {}): Session {
    const session = this.start(options);
    session.settle();
    return session;
  }

  /** The linked address of a kernel symbol. */
  symbol(name: string): number {
    return symbolIn(this.elf, name);
  }
}

function parse(bytes: Uint8Array): ElfFile {
  const { file } = readElf(bytes, 'guest');
  if (!file) throw new Error('not an ELF file');
  return file;
}

export function symbolIn(elf: ElfFile, name: string): number {
  const symbol = elf.symbols.find((candidate) => candidate.name === name);
  if (!symbol) throw new Error(`no symbol is called ${name}`);
  return Number(symbol.value);
}

export interface StartOptions extends DiskOptions {
  readonly memoryMiB?: number | undefined;
  readonly cpus?: number | undefined;
  /** What the timers of the local APICs count. */
  readonly busHz?: number | undefined;
  /** Instead of one disk made by `image`. */
  readonly disks?: readonly Uint8Array[] | undefined;
  /** Instead of what the other options give. */
  readonly machine?: Partial<MachineOptions> | undefined;
  /** Kinds of trace events to keep. */
  readonly keep?: readonly TraceEvent['kind'][] | undefined;
}

/** One running machine. */
export class Session {
  readonly machine: Machine;
  readonly guest: Guest;
  readonly events: TraceEvent[] = [];
  text = '';

  constructor(guest: Guest, options: StartOptions) {
    this.guest = guest;
    const keep = options.keep;
    const trace = (event: TraceEvent): void => {
      if (keep?.includes(event.kind)) this.events.push(event);
    };
    const images = options.disks ?? [guest.image(options)];
    const machineOptions: MachineOptions = {
      memoryMiB: options.memoryMiB ?? 64,
      cpus: options.cpus,
      busHz: options.busHz,
      rom: guest.system.rom,
      disks: images.map((bytes) => ({ disk: memoryDisk(bytes) })),
      symbols: { addressOf: (name) => guest.symbol(name) },
      output: (channel, byte) => {
        if (channel === 'com1' && byte !== 13) this.text += String.fromCharCode(byte);
      },
      ...options.machine,
    };
    this.machine = new Machine(keep ? { ...machineOptions, trace } : machineOptions);
  }

  /** Runs until the condition; anything else that ends the run is an error that tells what the guest said. */
  until(until: Until): RunResult {
    const result = this.machine.run({ until, budget });
    const wanted = ['breakpoint', 'serial', 'event', 'tick', 'watchpoint'];
    if (!wanted.includes(result.reason)) {
      throw new Error(`the run ended with ${JSON.stringify(result)} after:\n${this.text}`);
    }
    return result;
  }

  /** Runs until the guest ends the run itself. */
  untilEnd(): RunResult {
    return this.machine.run({ budget });
  }

  untilText(wanted: string): void {
    this.until({ serial: wanted });
  }

  step(count = 1): void {
    for (let i = 0; i < count; i++) this.machine.run({ budget: 1 });
  }

  type(text: string): void {
    for (const byte of new TextEncoder().encode(text)) {
      this.machine.input('com1', SERIAL_INPUT, byte);
    }
  }

  /** Types a command line and waits for the next prompt; answers what came between. The shell must be waiting. */
  command(line: string): string {
    const from = this.text.length;
    this.type(`${line}\n`);
    this.runWhile(() => !this.text.includes('\n', from) || !this.text.endsWith(prompt));
    const answer = this.text.slice(from);
    return answer.slice(answer.indexOf('\n') + 1, -prompt.length);
  }

  /** Waits until the last thing written is a prompt and the machine has nothing to do. */
  settle(): void {
    this.runWhile(() => !this.text.endsWith(prompt) || this.machine.idleUntil === undefined);
  }

  private runWhile(isWaiting: () => boolean): void {
    const end = this.machine.clock + budget;
    while (isWaiting()) {
      const result = this.machine.run({ budget: 1e6 });
      if (result.reason !== 'budget' || this.machine.clock > end) {
        throw new Error(`the run ended with ${JSON.stringify(result)} after:\n${this.text}`);
      }
    }
  }

  register(name: string): number {
    return this.machine.register(name);
  }

  /** 32-bit words at a linear address. */
  words(address: number, count: number): number[] {
    const bytes = this.machine.readVirtual(address, count * 4);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Array.from({ length: count }, (_, index) => view.getUint32(index * 4, true));
  }

  word(address: number): number {
    return this.words(address, 1)[0] ?? 0;
  }

  /** The stack top that the CPU takes for entries from user mode. */
  stackTop(): number {
    return this.word(this.register('tr.base') + 4);
  }
}
