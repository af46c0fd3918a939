export { pcDevices } from './pc.ts';
export type { PcDevices, PcOptions } from './pc.ts';
export { floppyGeometry } from './ata-drive.ts';
export type { DiskSlot, Geometry } from './ata-drive.ts';
export type { DiskTiming } from './ata.ts';
export { KEY_INPUT } from './keyboard.ts';
export { KEY, keysOfText } from './scancodes.ts';
export { SERIAL_INPUT } from './serial.ts';
export { TEXT_MEMORY, Vga } from './vga.ts';
