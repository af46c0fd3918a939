// What commands set of a drive and what it is set to when turned on: geometry, block size of the
// multiple commands, write cache, transfer mode (ATA/ATAPI-6, 8.16, 8.46, 8.48).

import { DEFAULT_DMA_MODE, TRANSFER_MODE } from './ata-commands.ts';
import { diskGeometry } from './ata-drive.ts';
import type { DiskSlot, DriveSettings } from './ata-drive.ts';
import type { AtaState } from './ata-task-file.ts';

const FEATURE = {
  writeCacheOn: 0x02,
  transferMode: 0x03,
  lookAheadOff: 0x55,
  defaultsOff: 0x66,
  writeCacheOff: 0x82,
  lookAheadOn: 0xaa,
  defaultsOn: 0xcc,
} as const;

/** Drive `index` of the channel as it is after power-on. */
export function resetSettings(state: AtaState, index: number, slot: DiskSlot | undefined): void {
  const geometry = slot && (slot.geometry ?? diskGeometry(slot.disk.sectors));
  state.heads[index] = geometry?.heads ?? 0;
  state.sectors[index] = geometry?.sectors ?? 0;
  state.multiple[index] = 0;
  state.writeCache[index] = 1;
  state.dmaMode[index] = DEFAULT_DMA_MODE;
}

/** The settings of drive `index`, as IDENTIFY DEVICE tells them. */
export function driveSettings(state: AtaState, index: number): DriveSettings {
  return {
    heads: state.heads[index],
    sectors: state.sectors[index],
    multiple: state.multiple[index],
    hasWriteCache: state.writeCache[index] !== 0,
    dmaMode: state.dmaMode[index],
  };
}

/** SET FEATURES of drive `index` as the registers say; false for what the drive does not know. */
export function setFeature(state: AtaState, index: number): boolean {
  switch (state.features[0]) {
    case FEATURE.writeCacheOn:
      state.writeCache[index] = 1;
      return true;
    case FEATURE.writeCacheOff:
      state.writeCache[index] = 0;
      return true;
    case FEATURE.transferMode:
      return setTransferMode(state, index, state.count[0]);
    case FEATURE.lookAheadOn:
    case FEATURE.lookAheadOff:
    case FEATURE.defaultsOn:
    case FEATURE.defaultsOff:
      return true;
    default:
      return false;
  }
}

/** At most one DMA mode is selected; PIO modes leave it. */
function setTransferMode(state: AtaState, index: number, mode: number): boolean {
  const { pio, multiwordDma, ultraDma } = TRANSFER_MODE;
  const isIn = (modes: readonly number[]): boolean => modes.includes(mode);
  if (isIn(multiwordDma) || isIn(ultraDma)) state.dmaMode[index] = mode;
  else if (!isIn(pio)) return false;
  return true;
}
