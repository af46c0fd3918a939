// A channel, the bus master and configuration space together, as the 82371SB data sheet (2.4, 5.2)
// and ATA/ATAPI-6 (9.7, 9.8) say: how a command ends for each shape of descriptor table.

import { expect, test } from 'vitest';
import type { Disk, DiskError } from '../device.ts';
import { AtaChannel } from './ata.ts';
import { BusMaster } from './bus-master.ts';
import { FakeBus } from './fake-bus.ts';
import { Pci } from './pci.ts';

const PORT = 0x1f0;
const CONTROL = 0x3f6;
const BASE = 0xc000;
const TABLE = 0x1000;
const IDLE = 0x50;
const WAITING = 0x58;
const END = 0x80000000;
const START = 1;
const TO_MEMORY = 8;
const ACTIVE = 1;
const ERROR = 2;
const INTERRUPT = 4;
const MEMORY_BYTES = 0x40000;
/** More than any command here takes. */
const LONG = 10_000_000;

/** Byte i of sector n is n + i, and what is written stays. */
class PatternDisk implements Disk {
  readonly sectors: number;
  readonly bytes: Uint8Array;
  isReady = true;
  bad: DiskError | undefined;

  constructor(sectors: number) {
    this.sectors = sectors;
    this.bytes = new Uint8Array(sectors * 512).map((_, i) => (i >> 9) + i);
  }

  read(sector: number, count: number): Uint8Array | DiskError | undefined {
    if (!this.isReady) return undefined;
    return this.errorOf(sector, count) ?? this.part(sector, count);
  }

  write(sector: number, bytes: Uint8Array): boolean | DiskError {
    const error = this.errorOf(sector, bytes.length / 512);
    const good = error === undefined ? bytes.length : (error.sector - sector) * 512;
    this.bytes.set(bytes.subarray(0, good), sector * 512);
    return error ?? true;
  }

  flush(): DiskError | undefined {
    return this.bad;
  }

  part(sector: number, count: number): Uint8Array {
    return this.bytes.slice(sector * 512, (sector + count) * 512);
  }

  private errorOf(sector: number, count: number): DiskError | undefined {
    const { bad } = this;
    const isHit = bad !== undefined && bad.sector >= sector && bad.sector < sector + count;
    return isHit ? bad : undefined;
  }
}

class Board {
  readonly bus: FakeBus = new FakeBus();
  readonly memory: Uint8Array;
  readonly disk: PatternDisk;
  readonly pci: Pci;
  readonly ide: BusMaster;
  readonly ata: AtaChannel;

  constructor(sectors = 1000) {
    const wires = new FakeBus();
    this.memory = wires.memory;
    this.disk = new PatternDisk(sectors);
    this.pci = new Pci(wires);
    this.ide = new BusMaster(wires, this.pci, MEMORY_BYTES);
    this.ata = new AtaChannel(this.bus, {
      name: 'ata0',
      firstPort: PORT,
      controlPort: CONTROL,
      irq: 14,
      channel: 0,
      drives: [{ disk: this.disk }, undefined],
      dma: this.ide.channels[0],
    });
    this.pci.reset();
    this.ide.reset();
    this.bus.attach(this.ata);
    this.configure(0x20, 4, BASE);
    this.configure(0x04, 2, 5);
  }

  configure(at: number, width: number, value: number): void {
    this.select(at);
    this.pci.portWrite(0xcfc + (at & 3), width, value);
  }

  configuration(at: number): number {
    this.select(at);
    return this.pci.portRead(0xcfc, 4);
  }

  private select(at: number): void {
    this.pci.portWrite(0xcf8, 4, 0x80000900 + (at & 0xfc));
  }

  /** Pairs of address and size word. */
  table(...regions: readonly (readonly [number, number])[]): void {
    const view = new DataView(this.memory.buffer);
    for (const [i, [address, size]] of regions.entries()) {
      view.setUint32(TABLE + i * 8, address, true);
      view.setUint32(TABLE + i * 8 + 4, size, true);
    }
    this.ide.portWrite(BASE + 4, 4, TABLE);
  }

  command(code: number, sector: number, count: number): void {
    const lba = [sector & 0xff, (sector >> 8) & 0xff, (sector >> 16) & 0xff];
    const registers = [count & 0xff, ...lba, 0xe0 | (sector >> 24), code];
    for (const [i, value] of registers.entries()) this.ata.portWrite(PORT + 2 + i, 1, value);
  }

  go(direction: number): void {
    this.ide.portWrite(BASE, 1, direction);
    this.ide.portWrite(BASE, 1, direction | START);
  }

  /** A whole command; the bus master's status after it. */
  transfer(code: number, sector: number, count: number): number {
    this.ide.portWrite(BASE + 2, 1, ERROR | INTERRUPT);
    this.command(code, sector, count);
    this.go(code === 0xc8 ? TO_MEMORY : 0);
    this.bus.run(LONG);
    return this.master;
  }

  get master(): number {
    return this.ide.portRead(BASE + 2, 1);
  }

  /** Status, without ending the interrupt. */
  get status(): number {
    return this.ata.portRead(CONTROL, 1);
  }

  register(index: number): number {
    return this.ata.portRead(PORT + index, 1);
  }

  get lba(): number {
    return this.register(3) | (this.register(4) << 8) | (this.register(5) << 16);
  }

  at(address: number, length: number): Uint8Array {
    return this.memory.slice(address, address + length);
  }
}

test('the registers: what can be written, what a 1 clears, any width', () => {
  const { ide } = new Board();
  const ports = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => BASE + 8 + i);
  for (const port of ports) ide.portWrite(port, 1, 0xf6);
  expect(ports.map((port) => ide.portRead(port, 1))).toEqual([
    0, 0, 0x60, 0, 0xf4, 0xf6, 0xf6, 0xf6,
  ]);
  ide.portWrite(BASE + 4, 2, 0x1237);
  ide.portWrite(BASE + 6, 2, 0x0004);
  expect(ide.portRead(BASE + 4, 4)).toBe(0x41234);
  ide.portWrite(BASE, 1, TO_MEMORY | START);
  expect(ide.portRead(BASE, 4)).toBe(0x00010009);
  ide.portWrite(BASE, 1, TO_MEMORY);
  expect(ide.portRead(BASE, 4)).toBe(0x00000008);
});

test('the function: class, base register, decoded only when it is enabled', () => {
  const board = new Board();
  expect(board.configuration(0)).toBe(0x70108086);
  expect(board.configuration(8) >>> 8).toBe(0x010180);
  board.configure(0x20, 4, 0xffffffff);
  expect(board.configuration(0x20)).toBe(0xfff1);
  expect(board.ide.ports).toEqual([{ first: 0xfff0, count: 16 }]);
  board.configure(0x04, 2, 4);
  expect(board.ide.ports).toEqual([]);
  board.configure(0x04, 2, 1);
  board.configure(0x20, 4, 0);
  expect(board.ide.ports).toEqual([]);
});

test('READ DMA into one region of the same size: interrupt, not active', () => {
  const board = new Board();
  board.table([0x8000, END | 1024]);
  expect(board.transfer(0xc8, 7, 2)).toBe(INTERRUPT);
  expect(board.at(0x8000, 1024)).toEqual(board.disk.part(7, 2));
  expect(board.at(0x8400, 4)).toEqual(new Uint8Array(4));
  expect([board.bus.irqs[14], board.register(7), board.bus.irqs[14]]).toEqual([1, IDLE, 0]);
  expect([board.register(2), board.lba]).toEqual([0, 8]);
  expect(board.master).toBe(INTERRUPT);
  board.ide.portWrite(BASE + 2, 1, INTERRUPT);
  expect(board.master).toBe(0);
});

test('WRITE DMA gathers regions that no sector keeps to', () => {
  const board = new Board();
  for (let i = 0; i < 0x4000; i++) board.memory[0x8000 + i] = (i * 7) >> 3;
  board.table([0x8002, 510], [0x9000, 2], [0xa000, END | 1024]);
  expect(board.transfer(0xca, 30, 3)).toBe(INTERRUPT);
  const wanted = [...board.at(0x8002, 510), ...board.at(0x9000, 2), ...board.at(0xa000, 1024)];
  expect([...board.disk.part(30, 3)]).toEqual(wanted);
  expect(board.status).toBe(IDLE);
  expect(board.disk.part(33, 1)).toEqual(new PatternDisk(34).part(33, 1));
});

test('a size of 0 is 64 KiB; 256 sectors are a count of 0', () => {
  const board = new Board();
  board.table([0x10000, 0], [0x20000, END]);
  expect(board.transfer(0xc8, 100, 0)).toBe(INTERRUPT);
  expect(board.at(0x10000, 0x20000)).toEqual(board.disk.part(100, 256));
});

test('a table longer than the transfer: interrupt and still active, until it is stopped', () => {
  const board = new Board();
  board.table([0x8000, 2048], [0x9000, END | 512]);
  expect(board.transfer(0xc8, 3, 1)).toBe(INTERRUPT | ACTIVE);
  expect(board.at(0x8000, 512)).toEqual(board.disk.part(3, 1));
  board.ide.portWrite(BASE, 1, 0);
  expect(board.master).toBe(INTERRUPT);
});

test('a table shorter than the transfer: no interrupt, not active, and the drive waits', () => {
  const board = new Board();
  board.table([0x8000, END | 600]);
  expect(board.transfer(0xc8, 3, 2)).toBe(0);
  expect([board.status, board.bus.irqs[14]]).toEqual([WAITING, 0]);
  expect(board.at(0x8000, 600)).toEqual(board.disk.part(3, 2).slice(0, 600));
  expect(board.at(0x8258, 8)).toEqual(new Uint8Array(8));
  board.table([0xa000, END | 424]);
  board.go(0);
  board.go(TO_MEMORY);
  board.bus.run(LONG);
  expect([board.master, board.status]).toEqual([INTERRUPT, IDLE]);
  expect(board.at(0xa000, 424)).toEqual(board.disk.part(3, 2).slice(600));
});

test('a command that comes before its start bit waits for it', () => {
  const board = new Board();
  board.table([0x8000, END | 512]);
  board.command(0xc8, 9, 1);
  expect(board.status).toBe(0x80);
  board.bus.run(LONG);
  expect([board.status, board.bus.irqs[14], board.master]).toEqual([WAITING, 0, 0]);
  expect(board.ata.portRead(PORT, 2)).toBe(0xffffffff);
  board.go(TO_MEMORY);
  expect(board.master).toBe(ACTIVE);
  board.bus.run(LONG);
  expect([board.status, board.bus.irqs[14], board.master]).toEqual([IDLE, 1, INTERRUPT]);
  expect(board.at(0x8000, 512)).toEqual(board.disk.part(9, 1));
});

test('the wrong direction moves nothing', () => {
  const board = new Board();
  board.table([0x8000, END | 512]);
  board.command(0xc8, 9, 1);
  board.go(0);
  board.bus.run(LONG);
  expect([board.status, board.master]).toEqual([WAITING, ACTIVE]);
  expect(board.at(0x8000, 512)).toEqual(new Uint8Array(512));
});

test('stopped in the middle, the transfer rests; a software reset ends it', () => {
  const board = new Board();
  board.table([0x8000, END | 0x4000]);
  board.command(0xc8, 0, 32);
  board.go(TO_MEMORY);
  board.bus.run(5_000 + 16_000);
  board.ide.portWrite(BASE, 1, TO_MEMORY);
  board.bus.run(LONG);
  expect([board.status, board.master, board.bus.irqs[14]]).toEqual([WAITING, 0, 0]);
  expect(board.at(0x8000, 0x2000)).toEqual(board.disk.part(0, 16));
  expect(board.at(0xa000, 0x2000)).toEqual(new Uint8Array(0x2000));
  board.ata.portWrite(CONTROL, 1, 4);
  board.ata.portWrite(CONTROL, 1, 0);
  board.bus.run(LONG);
  expect(board.status).toBe(IDLE);
  board.table([0x8000, END | 512]);
  expect(board.transfer(0xc8, 1, 1)).toBe(INTERRUPT);
});

test('nothing moves while the function is no bus master', () => {
  const board = new Board();
  board.configure(0x04, 2, 1);
  board.table([0x8000, END | 512]);
  expect(board.transfer(0xc8, 1, 1)).toBe(ACTIVE);
  expect(board.status).toBe(WAITING);
  board.configure(0x04, 2, 5);
  board.bus.run(LONG);
  expect([board.status, board.master]).toEqual([IDLE, INTERRUPT]);
});

test('a region that nothing claims ends in the error bit and a master abort', () => {
  const board = new Board();
  board.table([MEMORY_BYTES - 512, END | 1024]);
  expect(board.transfer(0xc8, 5, 2)).toBe(ERROR);
  expect(board.at(MEMORY_BYTES - 512, 512)).toEqual(board.disk.part(5, 1));
  expect(board.configuration(4) >>> 16).toBe(0x2280);
  board.configure(6, 2, 0x2000);
  expect(board.configuration(4) >>> 16).toBe(0x0280);
  expect([board.status, board.bus.irqs[14]]).toEqual([WAITING, 0]);
});

test('a table that nothing claims, likewise', () => {
  const board = new Board();
  board.ide.portWrite(BASE + 4, 4, 0x70000000);
  expect(board.transfer(0xca, 5, 1)).toBe(ERROR);
  expect(board.disk.part(5, 1)).toEqual(new PatternDisk(6).part(5, 1));
});

test('a backend without an answer leaves the block where it is', () => {
  const board = new Board();
  board.disk.isReady = false;
  board.table([0x8000, END | 512]);
  board.command(0xc8, 9, 1);
  board.go(TO_MEMORY);
  board.bus.run(LONG);
  expect([board.bus.tick, board.status, board.master]).toEqual([6_000, 0x80, ACTIVE]);
  board.disk.isReady = true;
  board.bus.runTo(6_000);
  expect([board.status, board.master]).toEqual([IDLE, INTERRUPT]);
});

test('a bad sector: what is before it has come, the registers name it', () => {
  const board = new Board();
  board.disk.bad = { error: 'unreadable', sector: 21 };
  board.table([0x8000, END | 0x6000]);
  expect(board.transfer(0xc8, 2, 48)).toBe(INTERRUPT | ACTIVE);
  expect([board.status, board.register(1)]).toEqual([IDLE | 1, 0x40]);
  expect([board.lba, board.register(2)]).toEqual([21, 29]);
  expect(board.at(0x8000, 19 * 512)).toEqual(board.disk.part(2, 19));
  expect(board.at(0x8000 + 19 * 512, 512)).toEqual(new Uint8Array(512));
});

const ENDINGS = [
  ['unreadable', IDLE | 1, 0x40],
  ['not-found', IDLE | 1, 0x10],
  ['write-protected', IDLE | 1, 0x44],
  ['fault', IDLE | 0x21, 0x04],
] as const;

test.for(ENDINGS)('a backend says %s: status and error of PIO and DMA', ([error, status, code]) => {
  for (const dma of [true, false]) {
    const board = new Board();
    board.disk.bad = { error, sector: 12 };
    board.table([0x8000, END | 0x800]);
    if (dma) board.transfer(0xca, 10, 4);
    else {
      board.command(0x30, 10, 4);
      for (let i = 0; i < 4; i++) {
        for (let word = 0; word < 256; word++) board.ata.portWrite(PORT, 2, 0);
        board.bus.run(LONG);
      }
    }
    expect([board.status, board.register(1), board.lba, board.register(2)]).toEqual([
      status,
      code,
      12,
      2,
    ]);
    expect(board.bus.irqs[14]).toBe(1);
    expect(board.disk.part(10, 2)).toEqual(new Uint8Array(1024));
    expect(board.disk.part(12, 1)).toEqual(new PatternDisk(13).part(12, 1));
  }
});

test('READ SECTORS, READ MULTIPLE and READ VERIFY stop at a bad sector', () => {
  for (const [code, reads] of [
    [0x20, 2],
    [0xc4, 0],
    [0x40, 0],
  ]) {
    const board = new Board();
    board.disk.bad = { error: 'unreadable', sector: 12 };
    board.ata.portWrite(PORT + 2, 1, 8);
    board.ata.portWrite(PORT + 7, 1, 0xc6);
    board.bus.run(LONG);
    board.command(code, 10, 8);
    board.bus.run(LONG);
    for (let i = 0; i < reads; i++) {
      for (let word = 0; word < 256; word++) board.ata.portRead(PORT, 2);
      board.bus.run(LONG);
    }
    expect([board.status, board.register(1), board.lba, board.register(2)]).toEqual([
      IDLE | 1,
      0x40,
      12,
      6,
    ]);
  }
});

test('FLUSH CACHE fails where the backend does', () => {
  const board = new Board();
  board.disk.bad = { error: 'fault', sector: 77 };
  board.ata.portWrite(PORT + 6, 1, 0xe0);
  board.ata.portWrite(PORT + 7, 1, 0xe7);
  board.bus.run(LONG);
  expect([board.status, board.register(1), board.lba]).toEqual([IDLE | 0x21, 0x04, 77]);
});

test('past the end of the disk: what exists is moved, then the address is not found', () => {
  for (const code of [0xc8, 0xca]) {
    const board = new Board(20);
    board.table([0x8000, END | 0x4000]);
    expect(board.transfer(code, 18, 4)).toBe(INTERRUPT | ACTIVE);
    expect([board.status, board.register(1), board.lba]).toEqual([IDLE | 1, 0x10, 20]);
  }
});

test('READ and WRITE DMA EXT take 48-bit addresses and counts', () => {
  const board = new Board();
  board.table([0x8000, 0], [0x18000, 0], [0x28000, END | 1024]);
  for (const [register, high, low] of [
    [2, 0x01, 0x02],
    [3, 0x00, 0x05],
    [4, 0x00, 0x00],
    [5, 0x00, 0x00],
  ]) {
    board.ata.portWrite(PORT + register, 1, high);
    board.ata.portWrite(PORT + register, 1, low);
  }
  board.ata.portWrite(PORT + 6, 1, 0x40);
  board.ata.portWrite(PORT + 7, 1, 0x25);
  board.go(TO_MEMORY);
  board.bus.run(LONG);
  expect([board.master, board.status]).toEqual([INTERRUPT, IDLE]);
  expect(board.at(0x8000, 258 * 512)).toEqual(board.disk.part(5, 258));
});

test('IDENTIFY DEVICE: DMA words, and the mode that SET FEATURES selects', () => {
  const board = new Board();
  const word = (index: number): number => {
    board.ata.portWrite(PORT + 7, 1, 0xec);
    board.bus.run(LONG);
    const words = Array.from({ length: 256 }, () => board.ata.portRead(PORT, 2));
    return words[index];
  };
  const select = (mode: number): void => {
    board.ata.portWrite(PORT + 1, 1, 3);
    board.ata.portWrite(PORT + 2, 1, mode);
    board.ata.portWrite(PORT + 7, 1, 0xef);
    board.bus.run(LONG);
  };
  expect([word(49) & 0x300, word(53) & 4]).toEqual([0x300, 4]);
  expect([word(63), word(88)]).toEqual([0x0007, 0x203f]);
  select(0x21);
  expect([word(63), word(88)]).toEqual([0x0207, 0x003f]);
  select(0x0b);
  expect([word(63), word(88)]).toEqual([0x0207, 0x003f]);
  select(0x42);
  expect([word(63), word(88)]).toEqual([0x0007, 0x043f]);
  select(0x46);
  expect([board.status, word(88)]).toEqual([IDLE | 1, 0x043f]);
});

test('PIO sets the interrupt bit too, unless the drive may not interrupt', () => {
  const board = new Board();
  board.command(0x20, 0, 1);
  board.bus.run(LONG);
  expect(board.master).toBe(INTERRUPT);
  board.ide.portWrite(BASE + 2, 1, INTERRUPT);
  board.ata.portWrite(CONTROL, 1, 2);
  board.command(0x20, 0, 1);
  board.bus.run(LONG);
  expect(board.master).toBe(0);
});
