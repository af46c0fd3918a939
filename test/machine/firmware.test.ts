// Our BIOS in our machine: what it does from the first instruction on, and what its services
// answer.

import { KEY_INPUT, keysOfText, textScreen } from '@ring0/emulator';
import type { DiskSlot, MachineOptions } from '@ring0/emulator';
import { describe, expect, test } from 'vitest';
import { Guests, MemoryDisk, floppy, hardDisk, recorded } from './guests.ts';

const guests = new Guests();
const rom = await guests.rom();
const BUDGET = 2e9;

/** Boots a sector from the first hard disk and answers what it printed. */
async function answer(
  name: string,
  options: Partial<MachineOptions> = {},
  slot: (bytes: Uint8Array) => DiskSlot = hardDisk,
): Promise<string> {
  const disks = [slot(await guests.sector(name))];
  const { machine, text } = recorded(rom, { disks, ...options });
  expect(machine.run({ budget: BUDGET })).toEqual({ reason: 'guest-exit', status: 0 });
  return text();
}

describe('from reset to the boot sector', () => {
  test('the first instruction is fetched at F000:FFF0 of our ROM', async () => {
    const { machine } = recorded(rom, {});
    expect([machine.register('cs'), machine.register('eip')]).toEqual([0xf000, 0xfff0]);
    expect(machine.register('cs.base')).toBe(0xffff0000);
    expect(machine.readVirtual(0xfffffff0, 5)).toEqual(rom.subarray(0xfff0, 0xfff5));
    expect(machine.readPhysical(0xffff0, 5)).toEqual(rom.subarray(0xfff0, 0xfff5));
    expect(rom.length).toBe(0x10000);
  });

  test('POST codes in order, then the sector at 0000:7C00 with the drive in DL', async () => {
    const sector = await guests.sector('hello');
    const { machine, post } = recorded(rom, { disks: [hardDisk(sector)] });
    const ended = machine.run({ until: { address: 0x7c00 }, budget: BUDGET });
    expect(ended).toEqual({ reason: 'breakpoint', cpu: 0, address: 0x7c00 });
    expect([machine.register('cs'), machine.register('eip')]).toEqual([0, 0x7c00]);
    expect(machine.register('edx') & 0xff).toBe(0x80);
    expect(machine.register('eflags') & 0x200).toBe(0x200);
    expect(machine.readPhysical(0x7c00, 512)).toEqual(sector.subarray(0, 512));
    expect(post).toEqual([0x01, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0x80, 0x90, 0xa0]);
  });

  test('teletype output reaches the screen and COM1', async () => {
    const disks = [hardDisk(await guests.sector('hello'))];
    const { machine, text } = recorded(rom, { disks });
    machine.run({ budget: BUDGET });
    expect(text()).toBe('[hello from drive 80]\n');
    expect(textScreen(machine)[0]).toBe('[hello from drive 80]');
  });

  test('a disk of one sector boots', async () => {
    const disk = new MemoryDisk((await guests.sector('hello')).subarray(0, 512));
    const { machine, text } = recorded(rom, { disks: [{ disk }] });
    expect(machine.run({ budget: BUDGET }).reason).toBe('guest-exit');
    expect(text()).toBe('[hello from drive 80]\n');
  });

  test('two disks, only the second bootable: it boots from the second', async () => {
    const bootable = await guests.sector('hello');
    const blank = new MemoryDisk(bootable.with(510, 0), 20_160);
    const { machine, text } = recorded(rom, { disks: [{ disk: blank }, hardDisk(bootable)] });
    expect(machine.run({ budget: BUDGET }).reason).toBe('guest-exit');
    expect(text()).toBe('[hello from drive 81]\n');
  });

  test('the secondary channel boots too', async () => {
    const disks = [undefined, undefined, undefined, hardDisk(await guests.sector('hello'))];
    const { machine, text } = recorded(rom, { disks });
    machine.run({ budget: BUDGET });
    expect(text()).toBe('[hello from drive 80]\n');
  });

  test('a floppy image is drive 00 and comes before hard disks', async () => {
    const sector = await guests.sector('hello');
    const { machine, text } = recorded(rom, { disks: [hardDisk(sector), floppy(sector)] });
    machine.run({ budget: BUDGET });
    expect(text()).toBe('[hello from drive 00]\n');
  });

  test.for([
    ['no disk', []],
    ['a blank disk', [{ disk: new MemoryDisk(new Uint8Array(512), 2000) }]],
  ] as const)('%s: a message, no hang, and a key starts again', ([, disks]) => {
    const { machine, text, post, events } = recorded(rom, { disks });
    const message = 'No bootable device. Press a key to start again.';
    expect(machine.run({ until: { serial: message }, budget: BUDGET }).reason).toBe('serial');
    // It sleeps: no tick wakes it any more, but a key does.
    expect(machine.run({ budget: BUDGET })).toEqual({ reason: 'halted', interruptsEnabled: true });
    expect(post.at(-1)).toBe(0xaf);
    for (const key of keysOfText(' ')) machine.input('keyboard', KEY_INPUT, key);
    expect(machine.run({ until: { event: 'reset' }, budget: BUDGET }).reason).toBe('event');
    expect(machine.run({ until: { serial: message }, budget: BUDGET }).reason).toBe('serial');
    expect(events.filter((event) => event.kind === 'reset').length).toBeGreaterThan(0);
    expect(text().split(message).length).toBe(3);
  });

  test.for([
    ['rtc', 0xe4, 'CMOS memory or clock'],
    ['pic', 0xe5, 'interrupt controller'],
    ['pit', 0xe6, 'timer'],
    ['keyboard', 0xe7, 'keyboard controller'],
  ] as const)('a broken %s fails POST by name', async ([device, code, name]) => {
    const disks = [hardDisk(await guests.sector('hello'))];
    const { machine, text, post } = recorded(rom, { disks, broken: [device] });
    expect(machine.run({ budget: BUDGET })).toEqual({ reason: 'halted', interruptsEnabled: false });
    expect(text()).toBe(`POST failure: ${name}\n`);
    expect(textScreen(machine)[0]).toBe(`POST failure: ${name}`);
    expect(post.at(-1)).toBe(code);
  });

  test('memory that does not hold its pattern fails POST before there is a stack', () => {
    const { machine, post } = recorded(rom, {});
    const word = 0x507f0;
    machine.addWatchpoint({ address: word, length: 2, onRead: false, onWrite: true });
    expect(machine.run({ budget: BUDGET }).reason).toBe('watchpoint');
    machine.removeWatchpoint(word);
    machine.writePhysical(word, Uint8Array.of(0x12, 0x34));
    expect(machine.run({ budget: BUDGET })).toEqual({ reason: 'halted', interruptsEnabled: false });
    expect(textScreen(machine)[0]).toBe('POST failure: memory');
    expect(post).toEqual([0x01, 0x10, 0xe1]);
  });

  test('a disk without an answer yet stops the run, and time with it', async () => {
    const sector = await guests.sector('hello');
    const ready = recorded(rom, { disks: [hardDisk(sector)] });
    ready.machine.run({ budget: BUDGET });
    const disk = new MemoryDisk(sector, 20_160);
    disk.delays = 3;
    const slow = recorded(rom, { disks: [{ disk }] });
    for (let i = 0; i < 3; i++) {
      expect(slow.machine.run({ budget: BUDGET })).toEqual({ reason: 'host', device: 'ata0' });
    }
    expect(slow.machine.run({ budget: BUDGET }).reason).toBe('guest-exit');
    expect(slow.machine.clock).toBe(ready.machine.clock);
    expect(slow.text()).toBe(ready.text());
  });
});

describe('services', () => {
  test('INT 13h on a hard disk', async () => {
    expect(await answer('disk')).toBe(
      `[80
0000 133F 0F01
0 0001 sector one
AA55
0 0055 sector one
1 0100 
1 0100 
1 0100 
]
`,
    );
  });

  test('INT 13h on a floppy', async () => {
    expect(await answer('disk', {}, floppy)).toBe(
      `[00
0000 4F12 0101
0 0001 sector one
0000
1 0100 
1 0100 
1 0100 
]
`,
    );
  });

  test.for([2, 16, 64, 256])('INT 12h and 15h: memory of %i MiB', async (memoryMiB) => {
    const tables = 0x10000;
    const end = memoryMiB * 2 ** 20 - tables;
    const hex = (value: number, digits: number): string =>
      value.toString(16).toUpperCase().padStart(digits, '0');
    const entry = (first: number, length: number, type: number): string =>
      `${hex(first, 16)} ${hex(length, 16)} 0${type}\n`;
    const below16 = Math.min(15 * 1024, end / 1024 - 1024);
    const above16 = Math.max(0, (end - 2 ** 24) / 0x10000);
    const capped = Math.min(63 * 1024, end / 1024 - 1024);
    expect(await answer('memory-map', { memoryMiB })).toBe(
      '[027F\n' +
        entry(0, 0x9fc00, 1) +
        entry(0x9fc00, 0x400, 2) +
        entry(0xf0000, 0x10000, 2) +
        entry(0x100000, end - 0x100000, 1) +
        entry(end, tables, 3) +
        entry(0xffff0000, 0x10000, 2) +
        `${hex(below16, 4)} ${hex(above16, 4)} ${hex(capped, 4)}]\n`,
    );
  });

  test('INT 16h: keys as words, shift, control, cursor keys', async () => {
    const disks = [hardDisk(await guests.sector('keys'))];
    const { machine, text } = recorded(rom, { disks });
    machine.run({ until: { serial: '[' }, budget: BUDGET });
    for (const key of [...keysOfText('aZ1!\x03'), 0x148, 0x1c8, ...keysOfText('\n')]) {
      machine.input('keyboard', KEY_INPUT, key);
    }
    expect(machine.run({ budget: BUDGET }).reason).toBe('guest-exit');
    expect(text()).toBe('[1 1E61 2C5A 0231 0221 2E03 4800 1C0D 00]\n');
  });

  test('INT 10h: the answers of an IBM BIOS', async () => {
    expect(await answer('screen')).toMatch(
      /\[hiX1E41 0C28 4F20 0742 2F20 0742 0507 3469 1800 3469 5003 \]/,
    );
  });

  test('INT 1Ah and waiting: ticks, date, time', async () => {
    const startMs = Date.UTC(2026, 2, 4, 5, 6, 7);
    expect(await answer('clock', { clock: { startMs } })).toBe('[1 20260304 05]\n');
  });

  test('the timer as its data sheet has it, and a polled interrupt', async () => {
    // Status: null count and output high; loaded; mode 0 waiting; the count held by the gate; port
    // 61h before and after the count's end. Then mask, IRR, poll, ISR, ISR after EOI.
    expect(await answer('timer')).toBe('[F4B47056780021FE01800100]\n');
  });

  test('A20 is off at boot; INT 15h and the keyboard controller switch it', async () => {
    expect(await answer('a20')).toBe('[0110013]\n');
  });

  test('a fault that the program does not handle is named, and the machine stops', async () => {
    const disks = [hardDisk(await guests.sector('divide'))];
    const { machine, text } = recorded(rom, { disks });
    expect(machine.run({ budget: BUDGET })).toEqual({ reason: 'halted', interruptsEnabled: false });
    expect(text()).toMatch(/^\[\nException 00 at 0000:7C[0-9A-F]{2}, system halted\n$/);
  });
});
