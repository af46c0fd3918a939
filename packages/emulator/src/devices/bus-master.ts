// The bus master of the PIIX3's IDE function (82371SB data sheet, 2.4 and 5.2): three registers for
// each of two channels. A channel's drive offers or asks for bytes; while the start bit is on, the
// table of region descriptors in memory says where they go or come from. A descriptor is an address
// and a count of bytes (0: 64 KiB), both even; its last bit ends the table, and with the table's last
// byte the active bit falls. The interrupt bit is the rise of the drive's line, so the two say how a
// command ended: 1 interrupt, 0 active: well; 1, 1: the table is longer than the transfer; 0, 0: it
// is shorter, and the drive waits. An address that nothing on the bus claims ends the transfer with
// the error bit.

import { createState } from '../device.ts';
import type { Bus, Device, PortRange, StateOf } from '../device.ts';
import type { Pci } from './pci.ts';

const FIELDS = {
  command: { bytes: 2 },
  status: { bytes: 2 },
  /** The table's address, as written. */
  table: { u32s: 2 },
  /** The next descriptor; the rest of the region under way. */
  next: { u32s: 2 },
  address: { u32s: 2 },
  left: { u32s: 2 },
  isLast: { bytes: 2 },
} as const;

const LENGTH = 16;
const CHANNEL_BYTES = 8;
const OFFSET = { command: 0, status: 2, table: 4 } as const;
const COMMAND = { start: 0x01, toMemory: 0x08 } as const;
const COMMAND_WRITABLE = COMMAND.start | COMMAND.toMemory;
const STATUS = { active: 0x01, error: 0x02, interrupt: 0x04 } as const;
const STATUS_WRITABLE = 0x60;
const DESCRIPTOR_BYTES = 8;
const REGION_MAX = 0x10000;
const END_OF_TABLE = 0x80000000;
/** Flash ROM: read-only, but there. */
const ROM_START = 0xfffc0000;

/** What a channel's drive may ask of its bus master. */
export interface DmaPort {
  /** Moves bytes to memory; how many of them the descriptors had room for. */
  toMemory(bytes: Uint8Array): number;
  /** Up to `count` bytes of memory, fewer where the descriptors end. */
  fromMemory(count: number): Uint8Array;
  /** The drive's interrupt line has risen. */
  interrupted(): void;
  /** To be called when bytes may move again. */
  onReady: () => void;
}

export class BusMaster implements Device {
  readonly name = 'ide';
  readonly fields = FIELDS;
  readonly state: StateOf<typeof FIELDS> = createState(FIELDS);
  readonly channels: readonly [DmaPort, DmaPort];
  private readonly bus: Bus;
  private readonly pci: Pci;
  private readonly memoryBytes: number;

  constructor(bus: Bus, pci: Pci, memoryBytes: number) {
    this.bus = bus;
    this.pci = pci;
    this.memoryBytes = memoryBytes;
    this.channels = [this.makePort(0), this.makePort(1)];
    pci.watch('IDE', () => {
      bus.portsChanged?.();
      for (const channel of this.channels) channel.onReady();
    });
  }

  private makePort(channel: 0 | 1): DmaPort {
    return {
      toMemory: (bytes) => this.toMemory(channel, bytes),
      fromMemory: (count) => this.fromMemory(channel, count),
      interrupted: () => void (this.state.status[channel] |= STATUS.interrupt),
      onReady: () => {},
    };
  }

  get ports(): readonly PortRange[] {
    const base = this.pci.busMasterBase();
    return base === undefined ? [] : [{ first: base, count: LENGTH }];
  }

  reset(): void {
    const { state } = this;
    for (const register of [state.command, state.status, state.table]) register.fill(0);
    for (const register of [state.next, state.address, state.left, state.isLast]) register.fill(0);
  }

  portRead(port: number, width: number): number {
    const offset = port - (this.pci.busMasterBase() ?? 0);
    let value = 0;
    for (let i = 0; i < width; i++) value |= this.readByte((offset + i) % LENGTH) << (8 * i);
    return value >>> 0;
  }

  private readByte(offset: number): number {
    const { state } = this;
    const channel = offset < CHANNEL_BYTES ? 0 : 1;
    const register = offset % CHANNEL_BYTES;
    if (register === OFFSET.command) return state.command[channel];
    if (register === OFFSET.status) return state.status[channel];
    if (register < OFFSET.table) return 0;
    return (state.table[channel] >>> (8 * (register - OFFSET.table))) & 0xff;
  }

  portWrite(port: number, width: number, value: number): void {
    const offset = port - (this.pci.busMasterBase() ?? 0);
    for (let i = 0; i < width && offset + i < LENGTH; i++) {
      this.writeByte(offset + i, (value >>> (8 * i)) & 0xff);
    }
  }

  private writeByte(offset: number, value: number): void {
    const { state } = this;
    const channel = offset < CHANNEL_BYTES ? 0 : 1;
    const register = offset % CHANNEL_BYTES;
    if (register === OFFSET.command) this.writeCommand(channel, value);
    else if (register === OFFSET.status) {
      const kept = state.status[channel] & ~value & (STATUS.error | STATUS.interrupt);
      const active = state.status[channel] & STATUS.active;
      state.status[channel] = (value & STATUS_WRITABLE) | active | kept;
    } else if (register >= OFFSET.table) {
      const shift = 8 * (register - OFFSET.table);
      const rest = state.table[channel] & ~(0xff << shift);
      state.table[channel] = (rest | (value << shift)) & ~3;
    }
  }

  /** The start bit's rise begins at the table's first descriptor; its fall forgets the place. */
  private writeCommand(channel: 0 | 1, value: number): void {
    const { state } = this;
    const changed = state.command[channel] ^ value;
    state.command[channel] = value & COMMAND_WRITABLE;
    if ((changed & COMMAND.start) === 0) return;
    state.left[channel] = 0;
    state.isLast[channel] = 0;
    if ((value & COMMAND.start) === 0) {
      state.status[channel] &= ~STATUS.active;
      return;
    }
    state.next[channel] = state.table[channel];
    state.status[channel] |= STATUS.active;
    this.channels[channel].onReady();
  }

  private toMemory(channel: 0 | 1, bytes: Uint8Array): number {
    let done = 0;
    while (done < bytes.length && this.hasRegion(channel, true)) {
      const count = this.claimed(channel, bytes.length - done);
      if (count === 0) break;
      this.bus.writeMemory(this.state.address[channel], bytes.subarray(done, done + count));
      this.advance(channel, count);
      done += count;
    }
    return done;
  }

  private fromMemory(channel: 0 | 1, wanted: number): Uint8Array {
    const bytes = new Uint8Array(wanted);
    let done = 0;
    while (done < wanted && this.hasRegion(channel, false)) {
      const count = this.claimed(channel, wanted - done);
      if (count === 0) break;
      bytes.set(this.bus.readMemory(this.state.address[channel], count), done);
      this.advance(channel, count);
      done += count;
    }
    return bytes.subarray(0, done);
  }

  /** The bus master runs in this direction and has bytes left; the next descriptor is read for that. */
  private hasRegion(channel: 0 | 1, isToMemory: boolean): boolean {
    const { state } = this;
    if ((state.status[channel] & STATUS.active) === 0 || !this.pci.isBusMaster()) return false;
    if (((state.command[channel] & COMMAND.toMemory) !== 0) !== isToMemory) return false;
    if (state.left[channel] !== 0) return true;
    const at = state.next[channel];
    if (!this.isClaimed(at)) {
      this.abort(channel);
      return false;
    }
    const descriptor = this.bus.readMemory(at, DESCRIPTOR_BYTES);
    const view = new DataView(descriptor.buffer, descriptor.byteOffset, DESCRIPTOR_BYTES);
    const size = view.getUint32(4, true);
    state.address[channel] = view.getUint32(0, true) & ~1;
    state.left[channel] = size & 0xfffe || REGION_MAX;
    state.isLast[channel] = (size & END_OF_TABLE) !== 0 ? 1 : 0;
    state.next[channel] = at + DESCRIPTOR_BYTES;
    return true;
  }

  private advance(channel: 0 | 1, count: number): void {
    const { state } = this;
    state.address[channel] += count;
    state.left[channel] -= count;
    if (state.left[channel] === 0 && state.isLast[channel] !== 0) {
      state.status[channel] &= ~STATUS.active;
    }
  }

  /** How many of the next bytes of the region something claims; 0 after an abort. */
  private claimed(channel: 0 | 1, most: number): number {
    const { state, memoryBytes } = this;
    const address = state.address[channel];
    const count = Math.min(most, state.left[channel]);
    if (!this.isClaimed(address)) {
      this.abort(channel);
      return 0;
    }
    return address < memoryBytes ? Math.min(count, memoryBytes - address) : count;
  }

  private isClaimed(address: number): boolean {
    return address < this.memoryBytes || address >= ROM_START;
  }

  private abort(channel: 0 | 1): void {
    this.state.status[channel] &= ~STATUS.active;
    this.state.status[channel] |= STATUS.error;
    this.pci.noteMasterAbort();
  }
}
