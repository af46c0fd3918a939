// DMA under way when the machine is stopped: a snapshot goes on as the machine itself would have, and a backend that is
// late changes nothing.

import { Machine } from '@ring0/emulator';
import { expect, test } from 'vitest';
import { READ_DMA, Script, WRITE_DMA, diskImage } from '../oracle/ata/script.ts';
import { Guests, MemoryDisk, hardDisk, recorded } from './guests.ts';

const guests = new Guests();
const rom = await guests.rom();
const BUDGET = 2e9;
const BUFFER = 0x20000;

/** Reads 128 KiB to two regions, writes 24 KiB of it elsewhere. */
async function transfers(): Promise<Uint8Array> {
  const script = new Script();
  script.setUp();
  script.transfer('read', READ_DMA, 300, 256, [
    [BUFFER, 0x10000],
    [BUFFER + 0x10000, 0x10000],
  ]);
  script.transfer('write', WRITE_DMA, 2000, 48, [
    [BUFFER + 2, 1022],
    [BUFFER + 0x4000, 0x5c02],
  ]);
  return diskImage(await guests.sector('ata-script'), script);
}

const image = await transfers();

test('a snapshot in the middle of a DMA transfer goes on to the same state', () => {
  const whole = recorded(rom, { memoryMiB: 2, disks: [hardDisk(image)] });
  expect(whole.machine.run({ budget: BUDGET })).toEqual({ reason: 'guest-exit', status: 0 });
  for (const code of [READ_DMA, WRITE_DMA]) {
    for (const delay of [6_000, 30_777, 49_001]) {
      const disks = [hardDisk(image)];
      const first = recorded(rom, { memoryMiB: 2, disks }).machine;
      first.run({ until: { event: (event) => event.kind === 'disk' && event.a === code } });
      first.run({ budget: delay });
      const state = first.devices.find((device) => device.name === 'ata0')?.state ?? {};
      expect(state['left']).toBeGreaterThan(0);
      const second = new Machine({ memoryMiB: 2, rom, disks });
      expect(second.restore(first.snapshot())).toBeUndefined();
      expect(second.stateHash()).toBe(first.stateHash());
      expect(second.run({ budget: BUDGET })).toEqual({ reason: 'guest-exit', status: 0 });
      expect([second.clock, second.stateHash()]).toEqual([
        whole.machine.clock,
        whole.machine.stateHash(),
      ]);
    }
  }
});

test('a disk without an answer ends the run with reason host, and virtual time stands still', () => {
  const disk = new MemoryDisk(image);
  const { machine, debug } = recorded(rom, { memoryMiB: 2, disks: [{ disk }] });
  machine.run({ until: { event: (event) => event.kind === 'disk' && event.a === READ_DMA } });
  disk.delays = 3;
  const clocks: number[] = [];
  for (let i = 0; i < 3; i++) {
    expect(machine.run({ budget: BUDGET })).toEqual({ reason: 'host', device: 'ata0' });
    clocks.push(machine.clock);
  }
  expect(new Set(clocks).size).toBe(1);
  expect(machine.run({ budget: BUDGET })).toEqual({ reason: 'guest-exit', status: 0 });
  const whole = recorded(rom, { memoryMiB: 2, disks: [hardDisk(image)] });
  whole.machine.run({ budget: BUDGET });
  expect([debug(), machine.stateHash()]).toEqual([whole.debug(), whole.machine.stateHash()]);
});
