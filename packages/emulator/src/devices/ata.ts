// One ATA channel with up to two drives (ATA/ATAPI-6, T13/1410D; section numbers are its). The task
// file is shared by both drives; a command goes to the selected one. A command makes the channel busy
// and completes at a virtual time, whatever the host took: the event reads or writes the backend, and
// where a backend has no answer yet the machine asks again at the same tick. Data moves in blocks of
// one sector, or of the SET MULTIPLE count; by DMA in blocks of as much as the buffer holds, each
// when the bus master lets it. What a backend cannot do is told in the error register, with the first
// bad sector in the address registers. A selected drive that is absent reads as status 00 beside a
// present one; an empty channel floats, with its data line 7 pulled down.

import { createState } from '../device.ts';
import type { Bus, Device, DiskError, EventAnswer, PortRange } from '../device.ts';
import { ATA_COMMANDS } from './ata-commands.ts';
import type { AtaCommand } from './ata-commands.ts';
import { MULTIPLE_MAX, SECTOR_BYTES, identifyData } from './ata-drive.ts';
import type { DiskSlot } from './ata-drive.ts';
import { driveSettings, resetSettings, setFeature } from './ata-settings.ts';
import {
  ATA_FIELDS,
  CONTROL,
  DEVICE,
  REGISTER,
  nameSector,
  namedSector,
  readRegister,
  writeRegister,
  writeSignature,
} from './ata-task-file.ts';
import type { AtaState } from './ata-task-file.ts';
import type { DmaPort } from './bus-master.ts';
import { ticksOfNs } from './cycles.ts';

const STATUS = {
  busy: 0x80,
  ready: 0x40,
  fault: 0x20,
  seekDone: 0x10,
  request: 0x08,
  error: 0x01,
} as const;
const IDLE = STATUS.ready | STATUS.seekDone;
const ERROR = { aborted: 0x04, notFound: 0x10, uncorrectable: 0x40, protected: 0x40 } as const;
/** What the error register and the status say of a backend's failure (8.27.6, 8.67.6). */
const FAILURE = {
  unreadable: [ERROR.uncorrectable, 0],
  'not-found': [ERROR.notFound, 0],
  'write-protected': [ERROR.aborted | ERROR.protected, 0],
  fault: [ERROR.aborted, STATUS.fault],
} as const;
const FLOATING = 0x7f;
const EVENT = { complete: 0, resetDone: 1 } as const;

/** How long things take, in ns of virtual time. */
export interface DiskTiming {
  readonly commandNs: number;
  readonly sectorNs: number;
}

/** A disk with everything in its cache: polling loops of guests cost host time. */
const FAST: DiskTiming = { commandNs: 5_000, sectorNs: 1_000 };
const RESET_NS = 50_000;

export interface AtaOptions {
  readonly name: string;
  readonly firstPort: number;
  readonly controlPort: number;
  readonly irq: number;
  /** 0 for the primary channel, 1 for the secondary: names drives. */
  readonly channel: number;
  readonly drives: readonly [DiskSlot | undefined, DiskSlot | undefined];
  readonly timing?: DiskTiming | undefined;
  /** Without one, DMA commands are aborted. */
  readonly dma?: DmaPort | undefined;
}

export class AtaChannel implements Device {
  readonly name: string;
  readonly fields = ATA_FIELDS;
  readonly state: AtaState = createState(ATA_FIELDS);
  readonly ports: readonly PortRange[];
  private readonly bus: Bus;
  private readonly options: AtaOptions;
  private readonly timing: DiskTiming;

  constructor(bus: Bus, options: AtaOptions) {
    this.bus = bus;
    this.options = options;
    this.timing = options.timing ?? FAST;
    this.name = options.name;
    this.ports = [
      { first: options.firstPort, count: 8 },
      { first: options.controlPort, count: 1 },
    ];
    if (options.dma !== undefined) options.dma.onReady = () => this.resumeDma();
  }

  reset(): void {
    const { state } = this;
    state.control = 0;
    state.command = 0;
    state.buffer.fill(0);
    for (const [i, slot] of this.options.drives.entries()) resetSettings(state, i, slot);
    this.bus.cancel(EVENT.resetDone);
    this.stopTransfer();
    this.showSignature();
    this.setInterrupt(0);
  }

  portRead(port: number, width: number): number {
    if (port === this.options.controlPort) return this.readStatus();
    const register = port - this.options.firstPort;
    if (register === REGISTER.data) return this.readData(width);
    if (width !== 1) return 0xffffffff;
    if (register === REGISTER.status) {
      const status = this.readStatus();
      if (this.hasDrives) this.setInterrupt(0);
      return status;
    }
    if (!this.hasDrives) return FLOATING;
    return this.isBusy ? this.state.status : readRegister(this.state, register);
  }

  portWrite(port: number, width: number, value: number): void {
    const byte = value & 0xff;
    if (port === this.options.controlPort) this.writeControl(byte);
    else {
      const register = port - this.options.firstPort;
      if (register === REGISTER.data) this.writeData(width, value);
      else if (register === REGISTER.status) this.writeCommand(byte);
      else {
        this.state.control &= ~CONTROL.previous;
        if (!this.isBusy) writeRegister(this.state, register, byte);
      }
    }
  }

  event(id: number): EventAnswer {
    if (id === EVENT.resetDone) {
      this.showSignature();
      return undefined;
    }
    return this.complete();
  }

  private get hasDrives(): boolean {
    return this.options.drives[0] !== undefined || this.options.drives[1] !== undefined;
  }

  private get selected(): 0 | 1 {
    return (this.state.device & DEVICE.second) !== 0 ? 1 : 0;
  }

  private get slot(): DiskSlot | undefined {
    return this.options.drives[this.selected];
  }

  private get isBusy(): boolean {
    return (this.state.status & STATUS.busy) !== 0;
  }

  private get entry(): AtaCommand | undefined {
    return ATA_COMMANDS.get(this.state.command);
  }

  private setInterrupt(level: number): void {
    this.state.isInterrupting = level;
    const isConnected = (this.state.control & CONTROL.noInterrupt) === 0;
    const line = level !== 0 && isConnected ? 1 : 0;
    if (line !== 0 && this.state.line === 0) this.options.dma?.interrupted();
    this.state.line = line;
    this.bus.setIrq(this.options.irq, line);
  }

  private readStatus(): number {
    if (!this.hasDrives) return FLOATING;
    return this.slot === undefined && !this.isBusy ? 0 : this.state.status;
  }

  /** "Device control register" (7.4) and the software reset protocol (9.2). */
  private writeControl(value: number): void {
    const { state } = this;
    const wasReset = (state.control & CONTROL.reset) !== 0;
    const isReset = (value & CONTROL.reset) !== 0;
    state.control = value & (CONTROL.noInterrupt | CONTROL.reset | CONTROL.previous);
    this.setInterrupt(state.isInterrupting);
    if (isReset && !wasReset) {
      this.stopTransfer();
      this.setInterrupt(0);
      state.status = STATUS.busy;
      this.bus.cancel(EVENT.resetDone);
    } else if (wasReset && !isReset) {
      this.bus.schedule(EVENT.resetDone, this.after(RESET_NS));
    }
  }

  private after(ns: number): number {
    return this.bus.now() + ticksOfNs(ns, this.bus.ticksPerSecond);
  }

  private stopTransfer(): void {
    this.bus.cancel(EVENT.complete);
    this.state.position = 0;
    this.state.length = 0;
    this.state.left = 0;
    this.state.isWaiting = 0;
  }

  private showSignature(): void {
    writeSignature(this.state);
    this.state.status = IDLE;
  }

  private writeCommand(command: number): void {
    const { state } = this;
    state.control &= ~CONTROL.previous;
    if (this.isBusy || !this.hasDrives) return;
    const entry = ATA_COMMANDS.get(command);
    if (this.slot === undefined && entry?.action !== 'diagnose') return;
    this.setInterrupt(0);
    this.stopTransfer();
    state.command = command;
    state.error = 0;
    if (entry === undefined || !this.isPossible(entry)) {
      this.bus.trace('disk', command, 0, 0);
      this.start(0);
      return;
    }
    if (entry.movesSectors) this.beginSectors(entry);
    else {
      this.bus.trace('disk', command, 0, 0);
      this.start(0);
    }
  }

  /** Multiple commands need SET MULTIPLE before them, DMA commands a bus master. */
  private isPossible(entry: AtaCommand): boolean {
    if (entry.needsMultiple) return this.state.multiple[this.selected] !== 0;
    return !entry.isDma || this.options.dma !== undefined;
  }

  /** Busy until the block's event. */
  private start(sectors: number): void {
    this.state.status = STATUS.busy;
    const { commandNs, sectorNs } = this.timing;
    this.bus.schedule(EVENT.complete, this.after(commandNs + sectors * sectorNs));
  }

  private beginSectors(entry: AtaCommand): void {
    const { state } = this;
    const count = entry.is48Bit ? (state.count[1] << 8) | state.count[0] : state.count[0];
    state.left = count !== 0 ? count : entry.is48Bit ? 0x10000 : 0x100;
    const sector = namedSector(state, entry.is48Bit, driveSettings(this.state, this.selected));
    this.bus.trace('disk', state.command, sector, state.left);
    const end = this.slot?.disk.sectors ?? 0;
    state.sector = sector < 0 ? end : sector;
    if (state.sector >= end) this.start(0);
    else if (entry.isDma) this.start(entry.action === 'read' ? this.blockSectors(entry) : 0);
    else if (entry.action === 'write') this.requestBlock(entry);
    else this.start(this.blockSectors(entry));
  }

  private showSector(sector: number): void {
    nameSector(
      this.state,
      sector,
      this.entry?.is48Bit === true,
      driveSettings(this.state, this.selected),
    );
  }

  /** Sectors in the next data block, no further than the end of the disk. */
  private blockSectors(entry: AtaCommand): number {
    const { state } = this;
    const most = entry.isDma
      ? MULTIPLE_MAX
      : entry.needsMultiple
        ? state.multiple[this.selected]
        : 1;
    const toEnd = Math.max(1, (this.slot?.disk.sectors ?? 0) - state.sector);
    return Math.min(most, state.left, toEnd);
  }

  /** A write's data block is wanted; the first one comes without an interrupt. */
  private requestBlock(entry: AtaCommand): void {
    this.openBlock(this.blockSectors(entry) * SECTOR_BYTES);
  }

  private openBlock(length: number): void {
    this.state.position = 0;
    this.state.length = length;
    this.state.status = IDLE | STATUS.request;
  }

  private succeed(): void {
    this.state.status = IDLE;
    this.setInterrupt(1);
  }

  private fail(error: number, extraStatus: number): void {
    const { state } = this;
    this.bus.cancel(EVENT.complete);
    if (this.entry?.movesSectors === true && error !== ERROR.aborted) {
      this.showSector(state.sector);
    }
    state.length = 0;
    state.position = 0;
    state.error = error;
    state.status = IDLE | STATUS.error | extraStatus;
    this.setInterrupt(1);
  }

  /** The backend could not: the registers name the first bad sector, the count what is left. */
  private failAt(sector: number, error: DiskError): void {
    const { state } = this;
    const moved = Math.min(Math.max(0, sector - state.sector), Math.max(0, state.left - 1));
    state.sector += moved;
    state.left -= moved;
    this.showSector(state.sector);
    const [code, extraStatus] = FAILURE[error.error];
    this.fail(code, extraStatus);
  }

  private complete(): EventAnswer {
    const { slot, entry } = this;
    if (entry?.action === 'diagnose') {
      this.showSignature();
      this.setInterrupt(1);
      return undefined;
    }
    if (entry === undefined || slot === undefined || !this.isPossible(entry)) {
      this.fail(ERROR.aborted, 0);
      return undefined;
    }
    if (entry.isDma) return this.completeDma(entry, slot);
    if (entry.movesSectors) return this.completeSectors(entry, slot);
    this.completeOther(entry, slot);
    return undefined;
  }

  private completeSectors(entry: AtaCommand, slot: DiskSlot): EventAnswer {
    const { state } = this;
    const sectors = this.blockSectors(entry);
    if (state.sector + sectors > slot.disk.sectors) {
      this.fail(ERROR.notFound, 0);
      return undefined;
    }
    if (entry.action === 'write') {
      if (!this.writeBlock(slot, sectors)) return undefined;
      this.advance(sectors);
      if (state.left === 0) this.succeed();
      else {
        this.requestBlock(entry);
        this.setInterrupt(1);
      }
      return undefined;
    }
    const bytes = slot.disk.read(state.sector, sectors);
    if (bytes === undefined) return 'host';
    if (!(bytes instanceof Uint8Array)) {
      this.failAt(bytes.sector, bytes);
      return undefined;
    }
    this.advance(sectors);
    if (entry.action === 'read') {
      state.buffer.set(bytes.subarray(0, sectors * SECTOR_BYTES));
      this.openBlock(sectors * SECTOR_BYTES);
      this.setInterrupt(1);
    } else if (state.left === 0) this.succeed();
    else this.start(this.blockSectors(entry));
    return undefined;
  }

  /** The buffer to the backend; false when the command has failed. */
  private writeBlock(slot: DiskSlot, sectors: number): boolean {
    const { sector, buffer } = this.state;
    const answer = slot.disk.write(sector, buffer.slice(0, sectors * SECTOR_BYTES));
    if (answer === true) return true;
    const error: DiskError = answer === false ? { error: 'fault', sector } : answer;
    this.failAt(error.sector, error);
    return false;
  }

  private advance(sectors: number): void {
    const { state } = this;
    state.sector += sectors;
    state.left -= sectors;
    this.showSector(state.sector - 1);
  }

  /** READ and WRITE DMA (9.7, 9.8): the next step of the block under way, or of a new one. */
  private completeDma(entry: AtaCommand, slot: DiskSlot): EventAnswer {
    const { state } = this;
    const isRead = entry.action === 'read';
    if (state.sector >= slot.disk.sectors) {
      this.fail(ERROR.notFound, 0);
      return undefined;
    }
    if (state.length === 0) {
      const sectors = isRead ? this.readDmaBlock(slot, this.blockSectors(entry)) : -1;
      if (sectors === undefined) return 'host';
      if (sectors === 0) return undefined;
      this.openBlock((isRead ? sectors : this.blockSectors(entry)) * SECTOR_BYTES);
    } else if (!isRead && state.position === state.length) {
      const sectors = state.length / SECTOR_BYTES;
      if (!this.writeBlock(slot, sectors) || this.closeDmaBlock(sectors)) return undefined;
      if (state.sector < slot.disk.sectors) {
        this.openBlock(this.blockSectors(entry) * SECTOR_BYTES);
      } else {
        this.fail(ERROR.notFound, 0);
        return undefined;
      }
    }
    this.moveDma(entry, isRead);
    return undefined;
  }

  /** Good sectors up to the first bad one; undefined: no answer yet; 0: the command has failed. */
  private readDmaBlock(slot: DiskSlot, most: number): number | undefined {
    const { state } = this;
    for (let sectors = most; ;) {
      const bytes = slot.disk.read(state.sector, sectors);
      if (bytes === undefined) return undefined;
      if (bytes instanceof Uint8Array) {
        state.buffer.set(bytes.subarray(0, sectors * SECTOR_BYTES));
        return sectors;
      }
      const good = Math.min(bytes.sector - state.sector, sectors - 1);
      if (!(good > 0)) {
        this.failAt(state.sector, bytes);
        return 0;
      }
      sectors = good;
    }
  }

  /** Moves what the bus master lets move of the block. */
  private moveDma(entry: AtaCommand, isRead: boolean): void {
    const { state, options } = this;
    if (isRead) {
      const rest = state.buffer.subarray(state.position, state.length);
      state.position += options.dma?.toMemory(rest) ?? 0;
    } else {
      const bytes = options.dma?.fromMemory(state.length - state.position);
      if (bytes !== undefined) {
        state.buffer.set(bytes, state.position);
        state.position += bytes.length;
      }
    }
    const sectors = state.length / SECTOR_BYTES;
    if (state.position < state.length) state.isWaiting = 1;
    else if (!isRead) this.scheduleDma(sectors);
    else if (!this.closeDmaBlock(sectors)) this.scheduleDma(this.blockSectors(entry));
  }

  private scheduleDma(sectors: number): void {
    this.state.isWaiting = 0;
    this.bus.schedule(EVENT.complete, this.after(sectors * this.timing.sectorNs));
  }

  /** A block is done; true when it was the last one. */
  private closeDmaBlock(sectors: number): boolean {
    this.advance(sectors);
    this.state.position = 0;
    this.state.length = 0;
    if (this.state.left > 0) return false;
    this.succeed();
    return true;
  }

  /** The bus master runs again. */
  private resumeDma(): void {
    if (this.state.isWaiting !== 0) this.scheduleDma(this.state.length / SECTOR_BYTES);
  }

  private completeOther(entry: AtaCommand, slot: DiskSlot): void {
    const { state, selected } = this;
    switch (entry.action) {
      case 'identify': {
        const index = this.options.channel * 2 + selected;
        state.buffer.set(identifyData(slot, index, driveSettings(this.state, this.selected)));
        this.openBlock(SECTOR_BYTES);
        this.setInterrupt(1);
        return;
      }
      case 'set-multiple': {
        const multiple = state.count[0];
        const isPower = (multiple & (multiple - 1)) === 0;
        if (multiple > MULTIPLE_MAX || !isPower) return this.fail(ERROR.aborted, 0);
        state.multiple[selected] = multiple;
        break;
      }
      case 'set-geometry':
        if (state.count[0] === 0) return this.fail(ERROR.aborted, 0);
        state.heads[selected] = (state.device & DEVICE.head) + 1;
        state.sectors[selected] = state.count[0];
        break;
      case 'set-features':
        if (!setFeature(state, selected)) return this.fail(ERROR.aborted, 0);
        break;
      case 'flush': {
        const error = slot.disk.flush();
        if (error) return this.failFlush(error);
        break;
      }
      case 'power-mode':
        state.count[0] = 0xff;
        break;
      default:
    }
    this.succeed();
  }

  /** FLUSH CACHE names the first sector that is not on the medium (8.12.6). */
  private failFlush(error: DiskError): void {
    this.showSector(error.sector);
    this.fail(ERROR.aborted, error.error === 'fault' ? STATUS.fault : 0);
  }

  /** A data block moves by the data port. */
  private get isPio(): boolean {
    return (this.state.status & STATUS.request) !== 0 && this.entry?.isDma !== true;
  }

  private readData(width: number): number {
    const { state } = this;
    if (!this.isPio || this.entry?.action === 'write') {
      return this.hasDrives ? 0xffffffff : FLOATING | 0xff00;
    }
    let value = 0;
    for (let i = 0; i < width; i++) value |= state.buffer[state.position + i] << (8 * i);
    this.moveOn(width);
    return value >>> 0;
  }

  private writeData(width: number, value: number): void {
    const { state } = this;
    if (!this.isPio || this.entry?.action !== 'write') return;
    for (let i = 0; i < width; i++) state.buffer[state.position + i] = (value >>> (8 * i)) & 0xff;
    this.moveOn(width);
  }

  /** The block has moved by `width` bytes; its last one starts what follows. */
  private moveOn(width: number): void {
    const { state, entry } = this;
    state.position += width;
    if (state.position < state.length) return;
    const sectors = Math.floor(state.length / SECTOR_BYTES);
    if (entry?.action === 'write') this.start(sectors);
    else if (entry?.action === 'read' && state.left !== 0) this.start(this.blockSectors(entry));
    else state.status = IDLE;
  }
}
