// Scripts for the boot sector ata-script.S: what to do with the first ATA channel and its bus master, and what to print of them.

const PORT = 0x1f0;
const ALTERNATE = 0x3f6;
/** Where the script puts the bus master's registers. */
const MASTER = 0xd000;
const TABLE = 0x8000;
const SECTOR = 512;
const END_OF_TABLE = 0x80000000;

const OP = {
  end: 0,
  outByte: 1,
  outLong: 2,
  inByte: 3,
  inLong: 4,
  wait: 5,
  say: 6,
  poke: 7,
  fill: 8,
  sum: 9,
  pioIn: 10,
  pioOut: 11,
} as const;

export const READ_DMA = 0xc8;
export const WRITE_DMA = 0xca;
const SCRIPT_BYTES = 48 * SECTOR;
/** Of the disk that scripts run on: 10 MB. */
export const SECTORS = 20_160;

/** Address and bytes; 64 KiB are written as 0. */
export type Region = readonly [address: number, bytes: number];

export class Script {
  private readonly bytes: number[] = [];

  /** The script with its end. */
  finish(): Uint8Array {
    const all = Uint8Array.from([...this.bytes, OP.end]);
    if (all.length > SCRIPT_BYTES) throw new Error(`a script of ${all.length} bytes`);
    return all;
  }

  private word(value: number): void {
    this.bytes.push(value & 0xff, (value >> 8) & 0xff);
  }

  private long(value: number): void {
    this.word(value);
    this.word(value >>> 16);
  }

  out(port: number, value: number): void {
    this.bytes.push(OP.outByte);
    this.word(port);
    this.bytes.push(value);
  }

  private outLong(port: number, value: number): void {
    this.bytes.push(OP.outLong);
    this.word(port);
    this.long(value);
  }

  say(text: string): void {
    this.bytes.push(OP.say, ...new TextEncoder().encode(text), 0);
  }

  show(port: number, mask = 0xff): void {
    this.say(' ');
    this.bytes.push(OP.inByte);
    this.word(port);
    this.bytes.push(mask);
  }

  wait(port: number, mask: number, value: number): void {
    this.bytes.push(OP.wait);
    this.word(port);
    this.bytes.push(mask, value);
  }

  fill(address: number, length: number, first: number): void {
    this.bytes.push(OP.fill);
    this.long(address);
    this.long(length);
    this.bytes.push(first);
  }

  sum(address: number, length: number): void {
    this.say(' ');
    this.bytes.push(OP.sum);
    this.long(address);
    this.long(length);
  }

  pioIn(address: number): void {
    this.bytes.push(OP.pioIn);
    this.long(address);
    this.long(SECTOR / 2);
  }

  pioOut(address: number): void {
    this.bytes.push(OP.pioOut);
    this.long(address);
    this.long(SECTOR / 2);
  }

  private poke(address: number, value: number): void {
    this.bytes.push(OP.poke);
    this.long(address);
    this.long(value);
  }

  private configure(at: number, value: number): void {
    this.outLong(0xcf8, 0x80000900 + at);
    this.outLong(0xcfc, value);
  }

  showConfiguration(at: number): void {
    this.outLong(0xcf8, 0x80000900 + at);
    this.say(' ');
    this.bytes.push(OP.inLong);
    this.word(0xcfc);
  }

  /** What the firmware printed before it is not compared. */
  begin(): void {
    this.say('begin\n');
    this.setUp();
  }

  /** Bus master registers at MASTER, the function enabled. */
  setUp(): void {
    this.configure(0x20, MASTER | 1);
    this.configure(0x04, 5);
  }

  master(register: number, value: number): void {
    this.out(MASTER + register, value);
  }

  masterTable(address: number): void {
    this.outLong(MASTER + 4, address);
  }

  showMaster(register = 2): void {
    this.show(MASTER + register, register === 2 ? 0x67 : 0xff);
  }

  table(regions: readonly Region[]): void {
    for (const [i, [address, bytes]] of regions.entries()) {
      const end = i === regions.length - 1 ? END_OF_TABLE : 0;
      this.poke(TABLE + i * 8, address);
      this.poke(TABLE + i * 8 + 4, (bytes & 0xffff) | end);
    }
    this.masterTable(TABLE);
  }

  command(code: number, sector: number, count: number): void {
    const registers = [count & 0xff, sector & 0xff, (sector >> 8) & 0xff, (sector >> 16) & 0xff];
    for (const [i, value] of registers.entries()) this.out(PORT + 2 + i, value);
    this.out(PORT + 6, 0xe0 | (sector >> 24));
    this.out(PORT + 7, code);
  }

  /** Starts the bus master; before it, both bits of its status are cleared. */
  start(code: number): void {
    const direction = code === READ_DMA ? 8 : 0;
    this.master(0, direction);
    this.master(2, 6);
    this.master(0, direction | 1);
  }

  waitInterrupt(): void {
    this.wait(MASTER + 2, 4, 4);
  }

  waitInactive(): void {
    this.wait(MASTER + 2, 1, 0);
  }

  waitDrive(mask: number, value: number): void {
    this.wait(ALTERNATE, mask, value);
  }

  /** Bus master's status, the drive's, the error register and the count; then all stops. */
  showEnd(): void {
    this.showMaster();
    this.show(ALTERNATE);
    this.show(PORT + 7);
    this.show(PORT + 1);
    this.show(PORT + 2);
    this.master(0, 0);
    this.showMaster();
    this.master(2, 6);
    this.showMaster();
  }

  reset(): void {
    this.master(0, 0);
    this.out(ALTERNATE, 6);
    this.out(ALTERNATE, 0);
    this.wait(ALTERNATE, 0x80, 0);
  }

  /** A whole DMA command whose table holds at least its sectors. */
  transfer(name: string, code: number, sector: number, count: number, regions: readonly Region[]) {
    this.say(`${name}:`);
    this.table(regions);
    this.command(code, sector, count);
    this.start(code);
    this.waitInterrupt();
    this.showEnd();
    for (const [address, bytes] of code === READ_DMA ? regions : []) this.sum(address, bytes);
    this.say('\n');
  }

  readByPio(sector: number, count: number, address: number): void {
    this.command(0x20, sector, count);
    for (let i = 0; i < count; i++) {
      this.waitDrive(0x88, 8);
      this.pioIn(address + i * SECTOR);
    }
    this.waitDrive(0x88, 0);
    this.show(PORT + 7);
    this.sum(address, count * SECTOR);
  }
}

/** A disk with the boot sector, the script behind it, and a pattern in the rest. */
export function diskImage(sector: Uint8Array, script: Script): Uint8Array {
  const image = new Uint8Array(SECTORS * SECTOR).map((_, i) => (i >> 9) * 5 + i);
  image.set(sector);
  image.fill(0, SECTOR, SECTOR + SCRIPT_BYTES);
  image.set(script.finish(), SECTOR);
  return image;
}
