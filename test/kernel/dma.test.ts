// The disk driver from outside: its bus master registers, its table of regions, what runs meanwhile, and what it makes
// of requests that wait, of bad sectors, of drives that do not answer and of interrupts that are lost.

import { memoryDisk } from '@ring0/emulator';
import type { Device, MachineOptions, TraceEvent } from '@ring0/emulator';
import { expect, test } from 'vitest';
import { Guest } from './guest.ts';
import type { Session } from './guest.ts';

const guest = await Guest.build();

const MASTER = 0xc000;
const MASTER_STATUS = MASTER + 2;
const MASTER_TABLE = MASTER + 4;
const START = 0x01;
const STATUS = 0x1f7;
const CONTROL = 0x3f6;
const DISK_VECTOR = 46;
const READ_DMA = 0xc8;
const WRITE_DMA = 0xca;
const READ_SECTORS = 0x20;
const SECTOR = 512;
const TIMER_NS = 10_000_000;

/** Each sector tells which one it is of which file. */
function pattern(name: number, sectors: number): Uint8Array {
  const bytes = new Uint8Array(sectors * SECTOR);
  for (let i = 0; i < sectors; i++) bytes.fill(name + i, i * SECTOR, (i + 1) * SECTOR);
  return bytes.map((byte, i) => (i % SECTOR < 2 ? (i % SECTOR === 0 ? 0xd5 : name) : byte));
}

const big = pattern(0x40, 512);

/** Where on the disk a file's first sector is. */
function sectorOf(image: Uint8Array, bytes: Uint8Array): number {
  const wanted = bytes.subarray(0, SECTOR);
  for (let sector = 0; sector < image.length / SECTOR; sector++) {
    const at = sector * SECTOR;
    if (wanted.every((byte, i) => image[at + i] === byte)) return sector;
  }
  throw new Error('the file is not on the disk');
}

const slow = { commandNs: 2_000_000, sectorNs: 1_000 };

function isOut(event: TraceEvent, port: number): boolean {
  return event.kind === 'out' && event.a === port;
}

function isStart(event: TraceEvent): boolean {
  return isOut(event, MASTER) && (event.c & START) !== 0;
}

function device(session: Session, name: string): Device {
  const found = session.machine.devices.find((each) => each.name === name);
  if (found === undefined) throw new Error(name);
  return found;
}

/** A machine at its prompt, with other options from there on than it booted with: a slow disk, say. */
function boot(image: Uint8Array, machine: Partial<MachineOptions>): Session {
  const booted = guest.boot({ disks: [image] });
  booted.command('cat /etc/motd');
  const session = guest.start({
    disks: [image],
    machine,
    keep: ['in', 'out', 'interrupt', 'disk'],
  });
  expect(session.machine.restore(booted.machine.snapshot())).toBeUndefined();
  return session;
}

const bigImage = guest.image({ additions: [{ guest: '/big', bytes: big }] });

/** Columns of a device's line in /proc/diskstats, without number and name. */
function counters(session: Session, name: string): number[] {
  const line = session.command(`grep "${name} " /proc/diskstats`).trim().split(/ +/);
  expect(line[2]).toBe(name);
  return line.slice(3).map(Number);
}

test('D06 the bus master moves the sectors while another process runs', () => {
  const session = boot(bigImage, { diskTiming: slow });
  session.command('(while :; do x=1; done) &');
  session.type('cat /big > /dev/null\n');
  const middle = sectorOf(bigImage, big) + 24;
  const isInBig = (event: TraceEvent): boolean => event.kind === 'disk' && event.b >= middle;
  session.until({ event: isInBig });
  expect(session.events.at(-1)).toMatchObject({ a: READ_DMA, c: 8 });
  const sector = session.events.at(-1)?.b ?? 0;
  session.until({ event: isStart });
  const setUp = session.events.filter(
    ({ kind, a }) => kind === 'out' && a >= MASTER && a <= MASTER + 7,
  );
  const table = setUp.findLast((event) => event.a === MASTER_TABLE)?.c ?? 0;
  const text = setUp.map(({ a, c }) => `${(a - MASTER).toString(16)}=${c.toString(16)}`);
  expect(text.slice(-4)).toEqual([`4=${table.toString(16)}`, '0=8', '2=26', '0=9']);
  const region = session.machine.readPhysical(table, 8);
  const view = new DataView(region.buffer, region.byteOffset, 8);
  expect(view.getUint32(4, true)).toBe(0x80000000 + 8 * SECTOR);
  const place = view.getUint32(0, true);
  const before = session.machine.readPhysical(place, 8 * SECTOR);

  const from = session.machine.clock;
  const isEnd = (event: TraceEvent): boolean =>
    event.kind === 'interrupt' && event.a === DISK_VECTOR;
  let inUser = 0;
  session.events.length = 0;
  while (!session.events.some(isEnd)) {
    session.machine.run({ budget: 10_000 });
    if ((session.register('cs') & 3) === 3) inUser++;
  }
  session.machine.run({ budget: 100_000 });
  expect(session.machine.clock - from).toBeGreaterThan(slow.commandNs);
  expect(inUser).toBeGreaterThan(50);

  const isOfDisk = ({ kind, a }: TraceEvent): boolean =>
    (kind === 'in' || kind === 'out') && [STATUS, MASTER, MASTER_STATUS].includes(a);
  const end = session.events.findIndex(isEnd);
  expect(session.events.slice(0, end).filter(isOfDisk)).toEqual([]);
  const handler = session.events.slice(end).filter(isOfDisk).slice(0, 4);
  expect(handler.map(({ kind, a, c }) => [kind, a, c])).toEqual([
    ['in', MASTER_STATUS, 0x24],
    ['out', MASTER, 0],
    ['out', MASTER_STATUS, 0x24],
    ['in', STATUS, 0x50],
  ]);
  const after = session.machine.readPhysical(place, 8 * SECTOR);
  expect(after).not.toEqual(before);
  expect(after).toEqual(bigImage.slice(sector * SECTOR, (sector + 8) * SECTOR));
});

test('D06 without anything to run the processor halts until the disk interrupts', () => {
  const session = boot(bigImage, { diskTiming: slow });
  const executed = session.machine.instructions;
  const from = session.machine.clock;
  session.command('cat /big > /dev/null');
  const ticks = session.machine.clock - from;
  expect(ticks).toBeGreaterThan((big.length / 65536) * slow.commandNs); // 64 KiB are read ahead
  expect((session.machine.instructions - executed) / ticks).toBeLessThan(0.05);
});

test('the regions of a command hold its sectors, and none crosses 64 KiB', () => {
  const session = boot(bigImage, {});
  session.type('cat /big > /dev/null\n');
  let regionsSeen = 0;
  for (let i = 0; i < 6; i++) {
    session.events.length = 0;
    session.until({ event: isStart });
    const table = session.events.find((event) => isOut(event, MASTER_TABLE))?.c ?? 0;
    const sectors = session.events.find((event) => event.kind === 'disk')?.c ?? 0;
    expect(table % 0x1000).toBe(0);
    let bytes = 0;
    for (let at = table, isLast = false; !isLast; at += 8) {
      const region = session.machine.readPhysical(at, 8);
      const view = new DataView(region.buffer, region.byteOffset, 8);
      const size = view.getUint16(4, true) || 0x10000;
      expect((view.getUint32(0, true) % 0x10000) + size).toBeLessThanOrEqual(0x10000);
      bytes += size;
      regionsSeen++;
      isLast = view.getUint32(4, true) >= 0x80000000;
      expect(at).toBeLessThan(table + 0x1000);
    }
    expect(bytes).toBe(sectors * SECTOR);
  }
  expect(regionsSeen).toBeGreaterThan(6);
});

test('ata=pio reads the same bytes by the data port', () => {
  const additions = [{ guest: '/big', bytes: big }];
  const session = guest.boot({ additions, append: 'ata=pio', keep: ['disk', 'out'] });
  session.events.length = 0;
  session.command('cat /big > /tmp/copy');
  expect(session.command('wc -c < /tmp/copy').trim()).toBe(String(big.length));
  const codes = new Set(session.events.filter(({ kind }) => kind === 'disk').map(({ a }) => a));
  expect(codes.has(READ_SECTORS)).toBe(true);
  expect(codes.has(READ_DMA)).toBe(false);
  expect(session.events.some(isStart)).toBe(false);
});

test('requests that wait for the disk are sorted, and go together where they continue each other', () => {
  const names = [1, 2, 3, 4, 5, 6];
  const files = names.map((name) => ({ guest: `/f${name}`, bytes: pattern(name * 16, 8) }));
  const image = guest.image({ additions: files });
  const places = files.map(({ bytes }) => sectorOf(image, bytes));
  const session = boot(image, { diskTiming: { commandNs: 60_000_000, sectorNs: 1_000 } });
  session.command('ls -l /f1 /f2 /f3 /f4 /f5 /f6');
  const [, merged] = counters(session, 'hda');
  session.events.length = 0;
  session.command('for i in 3 6 2 5 1 4; do cat /f$i > /dev/null & done; wait');
  const [low, high] = [Math.min(...places), Math.max(...places) + 8];
  const isOurs = (event: TraceEvent): boolean =>
    event.kind === 'disk' && event.a === READ_DMA && event.b >= low && event.b < high;
  const commands = session.events.filter(isOurs);
  const sizes = commands.map(({ c }) => c);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(48);
  expect(commands.length).toBeLessThan(6);
  expect(Math.max(...sizes)).toBeGreaterThan(8);
  const falls = commands.filter(({ b }, i) => i > 0 && b < commands[i - 1].b);
  expect(falls.length).toBeLessThan(2);
  expect(counters(session, 'hda')[1]).toBe(merged + 6 - commands.length);
});

test('a bad sector is an error of read, each request tried twice, and nothing else is harmed', () => {
  const unreadable = new Set<number>();
  const files = [
    { guest: '/bad', bytes: pattern(0x10, 16) },
    { guest: '/good', bytes: pattern(0x80, 16) },
  ];
  const image = guest.image({ additions: files });
  const bad = sectorOf(image, files[0].bytes) + 3;
  const session = boot(image, { disks: [{ disk: memoryDisk(image, { unreadable }) }] });
  unreadable.add(bad);
  session.events.length = 0;
  const answer = session.command('cat /bad > /tmp/bad; echo $?');
  expect(answer).toMatch(/hda: cannot read sector \d+: status 51, error 40/);
  expect(answer).toMatch(/cat: .*error[^]*1\n$/i);
  const tries = session.events.filter((e) => e.kind === 'disk' && e.b <= bad && e.b + e.c > bad);
  expect(tries.length).toBe(4); // with the page before it, read ahead, and then alone
  expect(session.events.filter((event) => isOut(event, CONTROL) && event.c === 6).length).toBe(4);
  expect(session.command('wc -c < /tmp/bad').trim()).toBe('0');
  expect(session.command('cat /good | wc -c').trim()).toBe('8192');
  unreadable.clear();
  expect(session.command('cat /bad | wc -c').trim()).toBe('8192');
});

test('an interrupt that is lost is noticed and made up for', () => {
  const session = boot(bigImage, { diskTiming: slow });
  const pic = device(session, 'pic');
  session.type('cat /big | wc -c\n');
  session.until({ event: isStart });
  const mask = pic.portRead(0xa1, 1);
  pic.portWrite(0xa1, 1, mask | 0x40);
  session.until({ serial: 'ata0: an interrupt was lost' });
  pic.portWrite(0xa1, 1, mask);
  session.until({ serial: `${big.length}\r\n` });
  session.settle();
  expect(session.text).not.toContain('cannot read');
});

test('a drive that does not answer is reset and asked again', () => {
  const session = boot(bigImage, { diskTiming: slow });
  session.type('cat /big | wc -c\n');
  session.until({ event: isStart });
  device(session, 'ata0').portWrite(CONTROL, 1, 2); // the drive may not interrupt
  const from = session.machine.clock;
  session.until({ serial: 'ata0: no answer for 5 s' });
  expect(session.machine.clock - from).toBeGreaterThan(5e9 - 2 * TIMER_NS);
  session.until({ serial: `${big.length}\r\n` });
  session.settle();
  expect(session.text).toMatch(/hda: cannot read sector/);
  expect(session.text).not.toContain('no DMA');
});

test('after two time-outs in a row the drive goes on by PIO', () => {
  const session = boot(bigImage, { diskTiming: slow });
  const ide = device(session, 'ide');
  session.type('cat /big | wc -c\n');
  for (let i = 0; i < 2; i++) {
    session.until({ event: isStart });
    ide.portWrite(MASTER, 1, 0); // as if the bus master had stopped by itself
    session.until({ serial: 'no answer for 5 s' });
  }
  session.until({ serial: 'hda: no DMA from now on' });
  session.events.length = 0;
  session.until({ serial: `${big.length}\r\n` });
  session.settle();
  const codes = session.events.filter(({ kind }) => kind === 'disk').map(({ a }) => a);
  expect(codes.length).toBeGreaterThan(0);
  expect(codes.every((code) => code === READ_SECTORS)).toBe(true);
});

test('four drives on two channels', () => {
  const extra = [0x11, 0x22, 0x33].map((name) => memoryDisk(pattern(name, 64)));
  const disks = [memoryDisk(guest.image()), ...extra].map((disk) => ({ disk }));
  const session = guest.boot({ machine: { disks } });
  expect(session.text).toMatch(
    /hda: \d+ sectors, DMA\nhdb: 64 [^]*hdc: 64 [^]*hdd: 64 sectors, DMA\n/,
  );
  for (const [i, name] of ['hdb', 'hdc', 'hdd'].entries()) {
    const dump = session.command(`head -c 4 /dev/${name} | hexdump`);
    expect(dump).toContain(['11', '22', '33'][i]);
  }
  session.command(
    'cat /dev/hdb > /dev/null & cat /dev/hdc > /dev/null & cat /dev/hdd | wc -c; wait',
  );
  expect(['hdb', 'hdc', 'hdd'].map((name) => counters(session, name)[2])).toEqual([64, 64, 64]);
  expect(session.command('grep ata1 /proc/interrupts')).toMatch(/ 15: +[1-9]/);
});

test('D01 one byte written to a block device costs a block read and a block written', () => {
  const bytes = pattern(0x61, 64);
  const disk = memoryDisk(bytes);
  const disks = [{ disk: memoryDisk(guest.image()) }, { disk }];
  const session = guest.boot({ machine: { disks }, keep: ['disk'] });
  session.command('sync');
  const before = counters(session, 'hdb');
  session.events.length = 0;
  session.command('printf z > /dev/hdb; sync');
  const after = counters(session, 'hdb');
  expect(after[0] - before[0]).toBe(1);
  expect([after[4] - before[4], after[6] - before[6]]).toEqual([1, 1]);
  const onDisk = session.events.filter(({ b, c }) => b === 0 && c > 0).map(({ a }) => a);
  expect(onDisk).toEqual([READ_DMA, WRITE_DMA]);
  const wanted = bytes.slice();
  wanted[0] = 0x7a;
  expect(disk.read(0, 64)).toEqual(wanted);
});

test('a write that the disk refuses is tried twice and told; nothing else is harmed', () => {
  const bytes = pattern(0x61, 64);
  for (const options of [{ isReadOnly: true }, { unwritable: new Set([0]) }]) {
    const disk = memoryDisk(bytes, options);
    const disks = [{ disk: memoryDisk(guest.image()) }, { disk }];
    const session = guest.boot({ machine: { disks }, keep: ['disk'] });
    session.command('sync');
    session.events.length = 0;
    const answer = session.command('printf z > /dev/hdb; sync; echo went on');
    const error = 'isReadOnly' in options ? 'status 51, error 44' : 'status 71, error 04';
    expect(answer).toContain(`hdb: cannot write sector 0: ${error}`);
    expect(answer).toContain('went on');
    const tries = session.events.filter(({ a, b, c }) => a === WRITE_DMA && b === 0 && c === 1);
    expect([tries.length > 0, tries.length % 2]).toEqual([true, 0]);
    expect(disk.read(0, 64)).toEqual(bytes);
    expect(session.command('cat /etc/motd')).toContain('ring0');
  }
});

test('D07 the drivers: functions on the PCI bus, devices with their interrupts, nodes in /dev', () => {
  const session = guest.boot();
  const pci = device(session, 'pci');
  const functions: string[] = [];
  for (let place = 0; place < 256; place++) {
    const read = (at: number): number => {
      pci.portWrite(0xcf8, 4, 0x80000000 + place * 0x100 + at);
      return pci.portRead(0xcfc, 4);
    };
    const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
    const identity = read(0);
    if (identity === 0xffffffff) continue;
    const name = `00:${hex(place >> 3, 2)}.${place & 7}`;
    const numbers = `${hex(identity & 0xffff, 4)}:${hex(identity >>> 16, 4)}`;
    functions.push(`${name} ${hex(read(8) >>> 16, 4)}: ${numbers}`);
  }
  expect(session.command('cat /proc/pci').trim().split('\n')).toEqual(functions);
  expect(functions).toContain('00:01.1 0101: 8086:7010');
  for (const name of ['keyboard', 'serial', 'ata0', 'ata1']) {
    expect(session.command('cat /proc/interrupts')).toContain(name);
  }
  const nodes = session.command('ls -l /dev');
  for (const [name, kind] of [
    ['console', 'c'],
    ['hda', 'b'],
    ['hda1', 'b'],
    ['null', 'c'],
  ]) {
    expect(nodes).toMatch(new RegExp(`^${kind}.* ${name}$`, 'm'));
  }
});
