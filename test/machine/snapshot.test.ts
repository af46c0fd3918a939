// Snapshots taken while devices are busy: a machine that takes one up goes on exactly as the first
// one did, whatever was under way: POST, a disk command, keys on their way, a wait for the clock.

import { KEY_INPUT, Machine, keysOfText } from '@ring0/emulator';
import { expect, test } from 'vitest';
import { Guests, hardDisk, recorded } from './guests.ts';

const guests = new Guests();
const rom = await guests.rom();
const BUDGET = 2e9;

test.for(['disk', 'clock', 'timer', 'chips'])('%s, stopped at every seventh', async (name) => {
  const sector = await guests.sector(name);
  const whole = recorded(rom, { memoryMiB: 2, disks: [hardDisk(sector)] }).machine;
  expect(whole.run({ budget: BUDGET }).reason).toBe('guest-exit');
  for (let part = 1; part < 7; part++) {
    const disks = [hardDisk(sector)];
    const first = recorded(rom, { memoryMiB: 2, disks }).machine;
    first.run({ until: { tick: Math.floor((whole.clock * part) / 7) }, budget: BUDGET });
    const second = new Machine({ memoryMiB: 2, rom, disks });
    expect(second.restore(first.snapshot())).toBeUndefined();
    expect(second.stateHash()).toBe(first.stateHash());
    expect(second.run({ budget: BUDGET })).toEqual({ reason: 'guest-exit', status: 0 });
    expect([second.clock, second.stateHash()]).toEqual([whole.clock, whole.stateHash()]);
  }
});

test('keys that wait for room are part of the state', async () => {
  const disks = [hardDisk(await guests.sector('keys'))];
  const { machine } = recorded(rom, { memoryMiB: 2, disks });
  machine.run({ until: { serial: '[' }, budget: BUDGET });
  for (const key of keysOfText('Supercalifragilistic\n')) machine.input('keyboard', KEY_INPUT, key);
  machine.run({ budget: 1_000_000 });
  const second = new Machine({ memoryMiB: 2, rom, disks });
  expect(second.restore(machine.snapshot())).toBeUndefined();
  expect(machine.run({ budget: BUDGET }).reason).toBe('guest-exit');
  expect(second.run({ budget: BUDGET }).reason).toBe('guest-exit');
  expect(second.stateHash()).toBe(machine.stateHash());
});
