// `--compress-debug-sections`: debugging sections behind a header of the gABI, or of GNU's own older
// kind, where that makes them smaller.

import { ByteWriter, latin1Bytes } from '@ring0/bytes';
import type { ElfFile, ElfSection } from '@ring0/elf';
import { deflate } from './deflate.ts';

const [alloc, compressed] = [2, 0x800];
const typeZlib = 1;
const headerAlignment = 4;

/** Elf32_Chdr: the kind, size and alignment of what is compressed. */
function header({ size, alignment }: ElfSection): Uint8Array {
  const bytes = new ByteWriter(12);
  for (const word of [typeZlib, size, alignment]) bytes.u32(word);
  return bytes.take();
}

/** Four letters and the size, highest byte first. */
function oldHeader({ size }: ElfSection): Uint8Array {
  const bytes = new ByteWriter(12);
  bytes.bytes(latin1Bytes('ZLIB'));
  bytes.u32(0);
  for (let shift = 24; shift >= 0; shift -= 8) bytes.u8((size >>> shift) & 0xff);
  return bytes.take();
}

function compress(section: ElfSection, isOld: boolean): void {
  const start = isOld ? oldHeader(section) : header(section);
  const packed = deflate(section.data);
  if (start.length + packed.length >= section.size) return;
  const data = new Uint8Array(start.length + packed.length);
  data.set(start);
  data.set(packed, start.length);
  section.data = data;
  section.size = data.length;
  if (isOld) section.name = section.name.replace('.debug_', '.zdebug_');
  else {
    section.flags |= compressed;
    section.alignment = headerAlignment;
  }
}

/** Compresses the debugging sections of a finished object. */
export function compressDebug(file: ElfFile, kind: 'zlib-gabi' | 'zlib-gnu'): void {
  for (const section of file.sections) {
    if (!section.name.startsWith('.debug_') || (section.flags & alloc) !== 0) continue;
    if (section.data.length > 0) compress(section, kind === 'zlib-gnu');
  }
}
