// What the machine's tests run: our BIOS and the boot sectors of this folder, built by our tools,
// and a machine that records what the guest does.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Machine, floppyGeometry } from '@ring0/emulator';
import type { Disk, DiskSlot, MachineOptions, TraceEvent } from '@ring0/emulator';
import { Build, readArtifact, ring0Toolchain } from '@ring0/kbuild';
import type { Toolchain } from '@ring0/kbuild';
import { buildFirmware } from '../../firmware/build.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** The ROM and boot sectors, each built once. */
export class Guests {
  private readonly build: Build;

  constructor(toolchain: Toolchain = ring0Toolchain()) {
    const cacheDirectory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-guests-'));
    const complain = (text: string): void => console.error(text);
    this.build = new Build({ root, cacheDirectory, toolchain, complain });
  }

  async rom(): Promise<Uint8Array> {
    return readArtifact(await buildFirmware(this.build));
  }

  /** The bytes of `sectors/NAME.S`, linked at 7C00h. */
  async sector(name: string): Promise<Uint8Array> {
    const source = `test/machine/sectors/${name}.S`;
    const object = await this.build.object(source, ['-m32', '-nostdinc'], 'sectors');
    const options = '-m elf_i386 -N -e _start -Ttext 0x7c00 --oformat binary'.split(' ');
    return readArtifact(await this.build.link(`sectors/${name}.bin`, [...options, object]));
  }
}

/** A disk in memory. */
export class MemoryDisk implements Disk {
  readonly sectors: number;
  readonly bytes: Uint8Array;
  /** How often `read` answers undefined before it has an answer. */
  delays = 0;

  constructor(bytes: Uint8Array, sectors: number = Math.ceil(bytes.length / 512)) {
    this.sectors = sectors;
    this.bytes = new Uint8Array(sectors * 512);
    this.bytes.set(bytes);
  }

  read(sector: number, count: number): Uint8Array | undefined {
    if (this.delays > 0) {
      this.delays--;
      return undefined;
    }
    return this.bytes.slice(sector * 512, (sector + count) * 512);
  }

  write(sector: number, bytes: Uint8Array): boolean {
    this.bytes.set(bytes, sector * 512);
    return true;
  }

  flush(): void {}
}

/** A hard disk of 10 MB that begins with `bytes`. */
export function hardDisk(bytes: Uint8Array): DiskSlot {
  return { disk: new MemoryDisk(bytes, 20_160) };
}

/** A floppy of 1.44 MB that begins with `bytes`. */
export function floppy(bytes: Uint8Array): DiskSlot {
  return { disk: new MemoryDisk(bytes, 2880), geometry: floppyGeometry(2880) };
}

export interface Recorded {
  readonly machine: Machine;
  /** What COM1 put out, without carriage returns. */
  text(): string;
  /** The debug log, likewise. */
  debug(): string;
  /** POST codes in order. */
  readonly post: number[];
  readonly events: TraceEvent[];
}

/** A machine with 64 MiB, recorded from its first instruction on. */
export function recorded(rom: Uint8Array, options: Partial<MachineOptions>): Recorded {
  const post: number[] = [];
  const events: TraceEvent[] = [];
  const outputs = { com1: '', debug: '' };
  const machine = new Machine({
    memoryMiB: 64,
    rom,
    ...options,
    output: (channel, byte) => {
      outputs[channel] += String.fromCharCode(byte);
    },
    trace: (event) => {
      if (event.kind === 'post') post.push(event.a);
      if (event.kind === 'post' || event.kind === 'disk' || event.kind === 'reset') {
        events.push(event);
      }
    },
  });
  return {
    machine,
    text: () => outputs.com1.replaceAll('\r', ''),
    debug: () => outputs.debug.replaceAll('\r', ''),
    post,
    events,
  };
}
