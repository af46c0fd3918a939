// The task file of an ATA channel: the registers that both drives share, and the sector that they
// name (ATA/ATAPI-6, clause 7 and 6.2). A sector is a cylinder, head and sector number in the
// drive's present geometry, 28 bits, or 48 bits through registers two bytes deep.

import type { StateOf } from '../device.ts';
import { MULTIPLE_MAX, SECTOR_BYTES } from './ata-drive.ts';

/**
 * Index of the two-byte registers: 0 the last value written, 1 the one before it (48-bit commands,
 * 6.20).
 */
export const ATA_FIELDS = {
  error: 'u8',
  features: { bytes: 2 },
  count: { bytes: 2 },
  low: { bytes: 2 },
  middle: { bytes: 2 },
  high: { bytes: 2 },
  device: 'u8',
  status: 'u8',
  control: 'u8',
  isInterrupting: 'u8',
  /** The interrupt line, which the control register can cut off. */
  line: 'u8',
  command: 'u8',
  buffer: { bytes: MULTIPLE_MAX * SECTOR_BYTES },
  position: 'u16',
  /** Bytes of the data block under way. */
  length: 'u16',
  /** The next sector to move, and how many are left. */
  sector: 'u64',
  left: 'u32',
  /** Per drive: INITIALIZE DEVICE PARAMETERS, SET MULTIPLE, SET FEATURES (write cache, mode). */
  heads: { bytes: 2 },
  sectors: { bytes: 2 },
  multiple: { bytes: 2 },
  writeCache: { bytes: 2 },
  dmaMode: { bytes: 2 },
  /** A DMA block waits for the bus master. */
  isWaiting: 'u8',
} as const;

export type AtaState = StateOf<typeof ATA_FIELDS>;

export const REGISTER = {
  data: 0,
  error: 1,
  count: 2,
  low: 3,
  middle: 4,
  high: 5,
  device: 6,
  status: 7,
} as const;
export const DEVICE = { second: 0x10, lba: 0x40, head: 0x0f, obsolete: 0xa0 } as const;
export const CONTROL = { noInterrupt: 0x02, reset: 0x04, previous: 0x80 } as const;
const DIAGNOSTIC_PASSED = 0x01;

/** Heads and sectors per track that cylinder addresses are counted in. */
export interface Tracks {
  readonly heads: number;
  readonly sectors: number;
}

/** A register's byte; with the control register's HOB bit on, the one written before the last. */
export function readRegister(state: AtaState, register: number): number {
  const previous = (state.control & CONTROL.previous) !== 0 ? 1 : 0;
  switch (register) {
    case REGISTER.error:
      return state.error;
    case REGISTER.count:
      return state.count[previous];
    case REGISTER.low:
      return state.low[previous];
    case REGISTER.middle:
      return state.middle[previous];
    case REGISTER.high:
      return state.high[previous];
    default:
      return state.device | DEVICE.obsolete;
  }
}

/** Writes a register other than data, status and control. */
export function writeRegister(state: AtaState, register: number, value: number): void {
  switch (register) {
    case REGISTER.error:
      return push(state.features, value);
    case REGISTER.count:
      return push(state.count, value);
    case REGISTER.low:
      return push(state.low, value);
    case REGISTER.middle:
      return push(state.middle, value);
    case REGISTER.high:
      return push(state.high, value);
    default:
      state.device = value;
  }
}

/** "Signature and persistence" (9.12): what resets and diagnostics leave, but for the status. */
export function writeSignature(state: AtaState): void {
  state.error = DIAGNOSTIC_PASSED;
  state.count.set([1, 0]);
  state.low.set([1, 0]);
  state.middle.fill(0);
  state.high.fill(0);
  state.features.fill(0);
  state.device = 0;
}

/** The sector that the registers name, -1 where their cylinder, head and sector name none. */
export function namedSector(state: AtaState, is48Bit: boolean, tracks: Tracks): number {
  const cylinder = (state.high[0] << 8) | state.middle[0];
  const low24 = (cylinder << 8) | state.low[0];
  const head = state.device & DEVICE.head;
  if (is48Bit) {
    const high24 = (state.high[1] << 16) | (state.middle[1] << 8) | state.low[1];
    return high24 * 2 ** 24 + low24;
  }
  if ((state.device & DEVICE.lba) !== 0) return head * 2 ** 24 + low24;
  const { heads, sectors } = tracks;
  const sector = state.low[0];
  if (sector === 0 || sector > sectors || head >= heads) return -1;
  return (cylinder * heads + head) * sectors + sector - 1;
}

/**
 * The registers name `sector`, where an error is or the last one moved, and the count is what is
 * left.
 */
export function nameSector(
  state: AtaState,
  sector: number,
  is48Bit: boolean,
  tracks: Tracks,
): void {
  if (is48Bit) {
    const high = Math.floor(sector / 2 ** 24);
    const low = sector % 2 ** 24;
    state.low.set([low & 0xff, high & 0xff]);
    state.middle.set([(low >> 8) & 0xff, (high >> 8) & 0xff]);
    state.high.set([low >> 16, high >> 16]);
    state.count.set([state.left & 0xff, (state.left >> 8) & 0xff]);
    return;
  }
  state.count[0] = state.left & 0xff;
  if ((state.device & DEVICE.lba) !== 0) {
    state.low[0] = sector & 0xff;
    state.middle[0] = (sector >> 8) & 0xff;
    state.high[0] = (sector >> 16) & 0xff;
    state.device = (state.device & ~DEVICE.head) | ((sector >> 24) & DEVICE.head);
    return;
  }
  const track = Math.floor(sector / tracks.sectors);
  const cylinder = Math.floor(track / tracks.heads);
  state.low[0] = (sector % tracks.sectors) + 1;
  state.middle[0] = cylinder & 0xff;
  state.high[0] = (cylinder >> 8) & 0xff;
  state.device = (state.device & ~DEVICE.head) | (track % tracks.heads);
}

function push(register: Uint8Array, value: number): void {
  register[1] = register[0];
  register[0] = value;
}
