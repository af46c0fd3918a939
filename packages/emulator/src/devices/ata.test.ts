import { expect, test } from 'vitest';
import type { Disk } from '../device.ts';
import { AtaChannel } from './ata.ts';
import { diskGeometry, floppyGeometry } from './ata-drive.ts';
import type { DiskSlot } from './ata-drive.ts';
import { FakeBus } from './fake-bus.ts';

const BASE = 0x1f0;
const ALTERNATE = 0x3f6;
const IDLE = 0x50;

/** Sector n is filled with the bytes of its number. */
class MemoryDisk implements Disk {
  readonly sectors: number;
  readonly written = new Map<number, Uint8Array>();
  isReady = true;
  isReadOnly = false;
  reads: string[] = [];
  flushes = 0;

  constructor(sectors: number) {
    this.sectors = sectors;
  }

  read(sector: number, count: number): Uint8Array | undefined {
    this.reads.push(`${sector}+${count}`);
    if (!this.isReady) return undefined;
    const bytes = new Uint8Array(count * 512);
    for (let i = 0; i < count; i++) {
      const written = this.written.get(sector + i);
      if (written !== undefined) bytes.set(written, i * 512);
      else new DataView(bytes.buffer).setFloat64(i * 512, sector + i, true);
    }
    return bytes;
  }

  write(sector: number, bytes: Uint8Array): boolean {
    if (this.isReadOnly) return false;
    for (let i = 0; i < bytes.length / 512; i++) {
      this.written.set(sector + i, bytes.slice(i * 512, (i + 1) * 512));
    }
    return true;
  }

  flush(): void {
    this.flushes++;
  }
}

interface Channel {
  bus: FakeBus;
  ata: AtaChannel;
  out: (register: number, value: number) => void;
  in_: (register: number) => number;
  status: () => number;
  run: () => void;
  block: (bytes?: number) => Uint8Array;
}

function channel(first?: DiskSlot, second?: DiskSlot): Channel {
  const bus = new FakeBus();
  const ata = bus.attach(
    new AtaChannel(bus, {
      name: 'ata0',
      firstPort: BASE,
      controlPort: ALTERNATE,
      irq: 14,
      channel: 0,
      drives: [first, second],
    }),
  );
  return {
    bus,
    ata,
    out: (register, value) => ata.portWrite(BASE + register, 1, value),
    in_: (register) => ata.portRead(BASE + register, 1),
    status: () => ata.portRead(ALTERNATE, 1),
    run: () => bus.run(10_000_000),
    block: (bytes = 512) => {
      const data = new Uint8Array(bytes);
      for (let i = 0; i < bytes; i += 2) {
        const word = ata.portRead(BASE, 2);
        data[i] = word & 0xff;
        data[i + 1] = word >> 8;
      }
      return data;
    },
  };
}

function command28(c: Channel, command: number, sector: number, count: number): void {
  c.out(6, 0xe0 | (sector >> 24));
  c.out(2, count & 0xff);
  c.out(3, sector & 0xff);
  c.out(4, (sector >> 8) & 0xff);
  c.out(5, (sector >> 16) & 0xff);
  c.out(7, command);
}

const numberIn = (bytes: Uint8Array): number => new DataView(bytes.buffer).getFloat64(0, true);
const word = (bytes: Uint8Array, index: number): number =>
  bytes[2 * index] | (bytes[2 * index + 1] << 8);

test('READ SECTORS: busy, then data with an interrupt for each sector', () => {
  const disk = new MemoryDisk(1000);
  const c = channel({ disk });
  command28(c, 0x20, 700, 2);
  expect(c.status()).toBe(0x80);
  expect(c.bus.irqs[14]).toBe(0);
  c.run();
  expect([c.status(), c.bus.irqs[14]]).toEqual([IDLE | 0x08, 1]);
  expect(c.in_(7)).toBe(IDLE | 0x08);
  expect(c.bus.irqs[14]).toBe(0);
  expect(numberIn(c.block())).toBe(700);
  expect(c.status()).toBe(0x80);
  c.run();
  expect(c.bus.irqs[14]).toBe(1);
  expect(numberIn(c.block())).toBe(701);
  expect(c.in_(7)).toBe(IDLE);
  c.run();
  expect(c.bus.irqs[14]).toBe(0);
  expect([c.in_(2), c.in_(3) | (c.in_(4) << 8)]).toEqual([0, 701]);
});

test('the command takes virtual time, not host time', () => {
  const c = channel({ disk: new MemoryDisk(10) });
  command28(c, 0x20, 0, 1);
  c.bus.run(5_999);
  expect(c.status()).toBe(0x80);
  c.bus.run(1);
  expect(c.status()).toBe(IDLE | 0x08);
});

test('a backend without an answer leaves the command where it is', () => {
  const disk = new MemoryDisk(10);
  disk.isReady = false;
  const c = channel({ disk });
  command28(c, 0x20, 3, 1);
  c.bus.runTo(1e6);
  expect(c.bus.tick).toBe(6_000);
  expect(c.status()).toBe(0x80);
  disk.isReady = true;
  c.bus.runTo(6_000);
  expect(c.status()).toBe(IDLE | 0x08);
  expect(numberIn(c.block())).toBe(3);
});

test('WRITE SECTORS: data wanted at once, interrupt when written', () => {
  const disk = new MemoryDisk(100);
  const c = channel({ disk });
  command28(c, 0x30, 5, 2);
  for (const value of [0x1111, 0x2222]) {
    expect(c.status() & 0x88).toBe(0x08);
    for (let i = 0; i < 128; i++) c.ata.portWrite(BASE, 4, value * 0x10001);
    expect([c.status(), c.bus.irqs[14]]).toEqual([0x80, 0]);
    c.run();
    expect(c.bus.irqs[14]).toBe(1);
    c.in_(7);
  }
  expect(c.status()).toBe(IDLE);
  expect(disk.written.get(5)?.every((byte) => byte === 0x11)).toBe(true);
  expect(disk.written.get(6)?.every((byte) => byte === 0x22)).toBe(true);
  expect(disk.written.size).toBe(2);
});

test('a write the backend refuses is a device fault', () => {
  const disk = new MemoryDisk(100);
  disk.isReadOnly = true;
  const c = channel({ disk });
  command28(c, 0x30, 5, 1);
  for (let i = 0; i < 256; i++) c.ata.portWrite(BASE, 2, 0);
  c.run();
  expect([c.status(), c.in_(1)]).toEqual([IDLE | 0x21, 0x04]);
});

test('READ and WRITE MULTIPLE move blocks; they are aborted before SET MULTIPLE', () => {
  const disk = new MemoryDisk(1000);
  const c = channel({ disk });
  command28(c, 0xc4, 0, 4);
  c.run();
  expect([c.status(), c.in_(1)]).toEqual([IDLE | 1, 0x04]);
  c.out(2, 8);
  c.out(7, 0xc6);
  c.run();
  command28(c, 0xc4, 100, 11);
  c.run();
  expect(numberIn(c.block(8 * 512))).toBe(100);
  c.run();
  expect(numberIn(c.block(3 * 512))).toBe(108);
  expect(c.status()).toBe(IDLE);
  expect(disk.reads).toEqual(['100+8', '108+3']);
  c.out(2, 3);
  c.out(7, 0xc6);
  c.run();
  expect([c.status(), c.in_(1)]).toEqual([IDLE | 1, 0x04]);
});

test('READ MULTIPLE across the end of the disk moves what is there', () => {
  const c = channel({ disk: new MemoryDisk(100) });
  c.out(2, 8);
  c.out(7, 0xc6);
  c.run();
  command28(c, 0xc4, 97, 8);
  c.run();
  expect(numberIn(c.block(3 * 512))).toBe(97);
  c.run();
  expect([c.status(), c.in_(1), c.in_(3)]).toEqual([IDLE | 1, 0x10, 100]);
});

test('48-bit addresses and counts through the two-deep registers', () => {
  const sectors = 2 ** 33;
  const c = channel({ disk: new MemoryDisk(sectors) });
  const sector = 0x1_2345_6789;
  c.out(6, 0x40);
  for (const [register, high, low] of [
    [2, 0x01, 0x00],
    [3, 0x23, 0x89],
    [4, 0x01, 0x67],
    [5, 0x00, 0x45],
  ]) {
    c.out(register, high);
    c.out(register, low);
  }
  c.out(7, 0x24);
  c.run();
  expect(numberIn(c.block())).toBe(sector);
  expect(c.ata.state.left).toBe(255);
  c.ata.portWrite(ALTERNATE, 1, 0x80);
  c.run();
  expect(c.bus.traces[0]).toEqual(['disk', 0x24, sector, 256]);
});

test('cylinder, head and sector, in the geometry that INITIALIZE DEVICE PARAMETERS sets', () => {
  const c = channel({ disk: new MemoryDisk(100_000) });
  const place = (cylinder: number, head: number, sector: number): void => {
    c.out(6, 0xa0 | head);
    c.out(2, 1);
    c.out(3, sector);
    c.out(4, cylinder & 0xff);
    c.out(5, cylinder >> 8);
    c.out(7, 0x20);
    c.run();
  };
  place(3, 2, 5);
  expect(numberIn(c.block())).toBe((3 * 16 + 2) * 63 + 4);
  c.out(6, 0xa7);
  c.out(2, 17);
  c.out(7, 0x91);
  c.run();
  place(3, 2, 5);
  expect(numberIn(c.block())).toBe((3 * 8 + 2) * 17 + 4);
  place(0, 0, 0);
  expect([c.status(), c.in_(1)]).toEqual([IDLE | 1, 0x10]);
  place(0, 8, 1);
  expect([c.status(), c.in_(1)]).toEqual([IDLE | 1, 0x10]);
});

test('past the end of the disk: what exists is moved, then the address is not found', () => {
  const c = channel({ disk: new MemoryDisk(100) });
  command28(c, 0x20, 99, 2);
  c.run();
  expect(numberIn(c.block())).toBe(99);
  c.run();
  expect([c.status(), c.in_(1), c.in_(3)]).toEqual([IDLE | 1, 0x10, 100]);
  command28(c, 0x30, 100, 1);
  c.run();
  expect([c.status(), c.in_(1)]).toEqual([IDLE | 1, 0x10]);
});

test('IDENTIFY DEVICE says size, geometry and abilities', () => {
  const c = channel({ disk: new MemoryDisk(20_160) });
  c.out(6, 0xa0);
  c.out(7, 0xec);
  c.run();
  const data = c.block();
  expect([word(data, 1), word(data, 3), word(data, 6)]).toEqual([20, 16, 63]);
  expect(word(data, 60) | (word(data, 61) << 16)).toBe(20_160);
  expect(word(data, 100) | (word(data, 101) << 16)).toBe(20_160);
  expect(word(data, 83) & 0xc400).toBe(0x4400);
  expect(String.fromCharCode(data[55], data[54], data[57], data[56])).toBe('RING');
  expect(c.status()).toBe(IDLE);
});

test('a floppy image keeps its geometry', () => {
  expect(floppyGeometry(2880)).toEqual({ cylinders: 80, heads: 2, sectors: 18 });
  expect(floppyGeometry(2881)).toBeUndefined();
  expect(diskGeometry(2 ** 30)).toEqual({ cylinders: 16_383, heads: 16, sectors: 63 });
  const c = channel({ disk: new MemoryDisk(2880), geometry: floppyGeometry(2880) });
  c.out(7, 0xec);
  c.run();
  const data = c.block();
  expect([word(data, 1), word(data, 3), word(data, 6)]).toEqual([80, 2, 18]);
});

test('unknown commands and packet identification are aborted', () => {
  const c = channel({ disk: new MemoryDisk(10) });
  for (const command of [0xa1, 0xc8, 0xff]) {
    c.out(7, command);
    c.run();
    expect([c.status(), c.in_(1), c.bus.irqs[14]]).toEqual([IDLE | 1, 0x04, 1]);
  }
});

test('an absent second drive reads 00, an empty channel floats', () => {
  const c = channel({ disk: new MemoryDisk(10) });
  c.out(6, 0xb0);
  expect(c.status()).toBe(0);
  c.out(7, 0xec);
  c.run();
  expect([c.status(), c.bus.irqs[14]]).toEqual([0, 0]);
  c.out(6, 0xa0);
  expect(c.status()).toBe(IDLE);
  expect(channel().status()).toBe(0x7f);
  const alone = channel(undefined, { disk: new MemoryDisk(10) });
  expect(alone.status()).toBe(0);
  alone.out(6, 0xb0);
  expect(alone.status()).toBe(IDLE);
});

test('the second drive has its own sectors and settings', () => {
  const first = new MemoryDisk(10);
  const second = new MemoryDisk(100);
  const c = channel({ disk: first }, { disk: second });
  command28(c, 0x20, 50, 1);
  c.run();
  expect(c.status()).toBe(IDLE | 1);
  c.out(6, 0xf0);
  c.out(2, 1);
  c.out(3, 50);
  c.out(4, 0);
  c.out(5, 0);
  c.out(7, 0x20);
  c.run();
  expect(numberIn(c.block())).toBe(50);
  expect(first.reads).toEqual([]);
});

test('nIEN keeps the interrupt off the bus; it appears when enabled', () => {
  const c = channel({ disk: new MemoryDisk(10) });
  c.ata.portWrite(ALTERNATE, 1, 0x02);
  command28(c, 0x20, 0, 1);
  c.run();
  expect([c.status(), c.bus.irqs[14]]).toEqual([IDLE | 8, 0]);
  c.ata.portWrite(ALTERNATE, 1, 0x00);
  expect(c.bus.irqs[14]).toBe(1);
});

test('software reset and diagnostics leave the signature', () => {
  const c = channel({ disk: new MemoryDisk(10) });
  const signature = (): number[] => [1, 2, 3, 4, 5].map((register) => c.in_(register));
  c.out(3, 0x77);
  c.ata.portWrite(ALTERNATE, 1, 0x04);
  expect(c.status()).toBe(0x80);
  c.run();
  expect(c.status()).toBe(0x80);
  c.ata.portWrite(ALTERNATE, 1, 0x00);
  c.run();
  expect([c.status(), ...signature()]).toEqual([IDLE, 1, 1, 1, 0, 0]);
  expect(c.bus.irqs[14]).toBe(0);
  c.out(4, 0x55);
  c.out(7, 0x90);
  c.run();
  expect([c.status(), ...signature()]).toEqual([IDLE, 1, 1, 1, 0, 0]);
  expect(c.bus.irqs[14]).toBe(1);
});

test('features, flush, power mode', () => {
  const disk = new MemoryDisk(10);
  const c = channel({ disk });
  const features = (feature: number, count: number): number => {
    c.out(1, feature);
    c.out(2, count);
    c.out(7, 0xef);
    c.run();
    return c.status();
  };
  expect(features(0x03, 0x0c)).toBe(IDLE);
  expect(features(0x03, 0x23)).toBe(IDLE | 1); // no such multiword DMA mode
  expect(features(0x03, 0x22)).toBe(IDLE);
  expect(c.ata.state.dmaMode[0]).toBe(0x22);
  expect(features(0x82, 0)).toBe(IDLE);
  expect(c.ata.state.writeCache[0]).toBe(0);
  c.out(7, 0xe7);
  c.run();
  expect(disk.flushes).toBe(1);
  c.out(7, 0xe5);
  c.run();
  expect(c.in_(2)).toBe(0xff);
});
