// The ATA commands a drive knows (ATA/ATAPI-6, clause 8): one row each. Whatever is not here ends
// as aborted.

export type AtaAction =
  | 'read'
  | 'write'
  | 'verify'
  | 'identify'
  | 'diagnose'
  | 'set-multiple'
  | 'set-geometry'
  | 'set-features'
  | 'flush'
  | 'power-mode'
  | 'nothing';

export interface AtaCommand {
  readonly name: string;
  readonly action: AtaAction;
  readonly movesSectors: boolean;
  readonly is48Bit: boolean;
  /** Moves blocks of the SET MULTIPLE count, and is aborted before it. */
  readonly needsMultiple: boolean;
  /** Its data goes by the channel's bus master. */
  readonly isDma: boolean;
}

const row = (
  code: number,
  name: string,
  action: AtaAction,
  marks = '',
): readonly [number, AtaCommand] => [
  code,
  {
    name,
    action,
    movesSectors: action === 'read' || action === 'write' || action === 'verify',
    is48Bit: marks.includes('48'),
    needsMultiple: marks.includes('multiple'),
    isDma: marks.includes('dma'),
  },
];

/** RECALIBRATE has sixteen codes. */
const recalibrate = Array.from({ length: 16 }, (_, i) => row(0x10 + i, 'RECALIBRATE', 'nothing'));

export const ATA_COMMANDS: ReadonlyMap<number, AtaCommand> = new Map([
  ...recalibrate,
  row(0x20, 'READ SECTORS', 'read'),
  row(0x21, 'READ SECTORS', 'read'),
  row(0x24, 'READ SECTORS EXT', 'read', '48'),
  row(0x25, 'READ DMA EXT', 'read', '48 dma'),
  row(0x29, 'READ MULTIPLE EXT', 'read', '48 multiple'),
  row(0x30, 'WRITE SECTORS', 'write'),
  row(0x31, 'WRITE SECTORS', 'write'),
  row(0x34, 'WRITE SECTORS EXT', 'write', '48'),
  row(0x35, 'WRITE DMA EXT', 'write', '48 dma'),
  row(0x39, 'WRITE MULTIPLE EXT', 'write', '48 multiple'),
  row(0x40, 'READ VERIFY SECTORS', 'verify'),
  row(0x41, 'READ VERIFY SECTORS', 'verify'),
  row(0x42, 'READ VERIFY SECTORS EXT', 'verify', '48'),
  row(0x70, 'SEEK', 'nothing'),
  row(0x90, 'EXECUTE DEVICE DIAGNOSTIC', 'diagnose'),
  row(0x91, 'INITIALIZE DEVICE PARAMETERS', 'set-geometry'),
  row(0xc4, 'READ MULTIPLE', 'read', 'multiple'),
  row(0xc5, 'WRITE MULTIPLE', 'write', 'multiple'),
  row(0xc6, 'SET MULTIPLE MODE', 'set-multiple'),
  row(0xc8, 'READ DMA', 'read', 'dma'),
  row(0xc9, 'READ DMA', 'read', 'dma'),
  row(0xca, 'WRITE DMA', 'write', 'dma'),
  row(0xcb, 'WRITE DMA', 'write', 'dma'),
  row(0xe0, 'STANDBY IMMEDIATE', 'nothing'),
  row(0xe1, 'IDLE IMMEDIATE', 'nothing'),
  row(0xe2, 'STANDBY', 'nothing'),
  row(0xe3, 'IDLE', 'nothing'),
  row(0xe5, 'CHECK POWER MODE', 'power-mode'),
  row(0xe7, 'FLUSH CACHE', 'flush'),
  row(0xea, 'FLUSH CACHE EXT', 'flush'),
  row(0xec, 'IDENTIFY DEVICE', 'identify'),
  row(0xef, 'SET FEATURES', 'set-features'),
]);

/** SET FEATURES 03, "set transfer mode" (8.46.3): the codes of each kind of mode. */
export const TRANSFER_MODE = {
  pio: [0x00, 0x01, 0x08, 0x09, 0x0a, 0x0b, 0x0c],
  multiwordDma: [0x20, 0x21, 0x22],
  ultraDma: [0x40, 0x41, 0x42, 0x43, 0x44, 0x45],
} as const;

/** What a drive is set to when it is turned on. */
export const DEFAULT_DMA_MODE = 0x45;
