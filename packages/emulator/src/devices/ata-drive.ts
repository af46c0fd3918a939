// What an ATA drive says about itself: geometry, address arithmetic and the 256 words of IDENTIFY
// DEVICE (ATA/ATAPI-6, 8.15). A drive is a backend of sectors and a default geometry; what commands
// change of it is the channel's state.

import type { Disk } from '../device.ts';
import { TRANSFER_MODE } from './ata-commands.ts';

export interface Geometry {
  readonly cylinders: number;
  readonly heads: number;
  /** Sectors per track; numbered from 1. */
  readonly sectors: number;
}

export interface DiskSlot {
  readonly disk: Disk;
  /** Default: 16 heads of 63 sectors. A floppy image takes the geometry of its medium. */
  readonly geometry?: Geometry | undefined;
}

/** Sectors that READ and WRITE MULTIPLE move per interrupt at most. */
export const MULTIPLE_MAX = 16;
export const SECTOR_BYTES = 512;
const CYLINDERS_MAX = 16_383;
const HEADS = 16;
const TRACK = 63;
const LBA28_MAX = 0x0fff_ffff;

/** Media of PC floppy drives by their number of sectors. */
const FLOPPIES: readonly Geometry[] = [
  { cylinders: 40, heads: 1, sectors: 8 },
  { cylinders: 40, heads: 1, sectors: 9 },
  { cylinders: 40, heads: 2, sectors: 8 },
  { cylinders: 40, heads: 2, sectors: 9 },
  { cylinders: 80, heads: 2, sectors: 9 },
  { cylinders: 80, heads: 2, sectors: 15 },
  { cylinders: 80, heads: 2, sectors: 18 },
  { cylinders: 80, heads: 2, sectors: 36 },
];

/** The floppy geometry of an image of just this many sectors, if there is one. */
export function floppyGeometry(sectors: number): Geometry | undefined {
  return FLOPPIES.find((medium) => sectorsOf(medium) === sectors);
}

/** The geometry a drive of this many sectors reports by default (ATA/ATAPI-6, 6.2). */
export function diskGeometry(sectors: number): Geometry {
  const cylinders = Math.floor(sectors / (HEADS * TRACK));
  return {
    cylinders: Math.min(CYLINDERS_MAX, Math.max(1, cylinders)),
    heads: HEADS,
    sectors: TRACK,
  };
}

export function sectorsOf(geometry: Geometry): number {
  return geometry.cylinders * geometry.heads * geometry.sectors;
}

/** What commands may have changed of a drive. */
export interface DriveSettings {
  readonly heads: number;
  readonly sectors: number;
  readonly multiple: number;
  readonly hasWriteCache: boolean;
  /** As SET FEATURES says it. */
  readonly dmaMode: number;
}

/** The answer to IDENTIFY DEVICE of drive `index` (0..3), 512 bytes. */
export function identifyData(slot: DiskSlot, index: number, settings: DriveSettings): Uint8Array {
  const words = new Uint16Array(256);
  const total = slot.disk.sectors;
  const geometry = slot.geometry ?? diskGeometry(total);
  const track = settings.heads * settings.sectors;
  const cylinders = Math.min(0xffff, Math.max(1, Math.floor(total / track)));
  const current = Math.min(total, cylinders * track);
  const lba28 = Math.min(total, LBA28_MAX);
  words.set([0x0040, geometry.cylinders, 0, geometry.heads, 0, 0, geometry.sectors]);
  putText(words, 10, 10, `R0-${index}`);
  putText(words, 23, 4, '1.0');
  putText(words, 27, 20, 'RING0 DISK');
  words[47] = 0x8000 | MULTIPLE_MAX;
  words[48] = 1; // 32-bit data port
  words[49] = 0x0b00; // IORDY, LBA, DMA
  words[50] = 0x4000;
  words[51] = 0x0200;
  words[53] = 0x0007; // words 54..58, 64..70 and 88 are valid
  words.set([cylinders, settings.heads, settings.sectors], 54);
  put32(words, 57, current);
  words[59] = settings.multiple === 0 ? 0 : 0x0100 | settings.multiple;
  put32(words, 60, lba28);
  words[63] = modeWord(TRANSFER_MODE.multiwordDma, settings.dmaMode);
  words[64] = 0x0003; // PIO modes 3 and 4
  words[65] = 120; // ns of a multiword DMA cycle
  words[66] = 120;
  words[67] = 120;
  words[68] = 120;
  words[80] = 0x007e; // up to ATA/ATAPI-6
  words[82] = 0x0020; // write cache
  words[83] = 0x7400; // FLUSH CACHE (EXT), 48-bit addresses
  words[84] = 0x4000;
  words[85] = settings.hasWriteCache ? 0x0020 : 0;
  words[86] = 0x3400;
  words[87] = 0x4000;
  words[88] = modeWord(TRANSFER_MODE.ultraDma, settings.dmaMode);
  words[93] = 0x6001 | ((index & 1) << 9);
  put32(words, 100, total % 2 ** 32);
  put32(words, 102, Math.floor(total / 2 ** 32));
  const bytes = new Uint8Array(SECTOR_BYTES);
  for (let i = 0; i < 256; i++) {
    bytes[2 * i] = words[i] & 0xff;
    bytes[2 * i + 1] = words[i] >> 8;
  }
  return bytes;
}

/** The modes that there are in the low byte, the one selected in the high byte. */
function modeWord(modes: readonly number[], selected: number): number {
  const index = modes.indexOf(selected);
  return (2 ** modes.length - 1) | (index < 0 ? 0 : 0x100 << index);
}

function put32(words: Uint16Array, at: number, value: number): void {
  words[at] = value % 0x10000;
  words[at + 1] = Math.floor(value / 0x10000);
}

/** Text fields hold the first character in the high byte, padded with spaces. */
function putText(words: Uint16Array, at: number, length: number, text: string): void {
  const padded = text.padEnd(2 * length, ' ');
  for (let i = 0; i < length; i++) {
    words[at + i] = (padded.charCodeAt(2 * i) << 8) | padded.charCodeAt(2 * i + 1);
  }
}
