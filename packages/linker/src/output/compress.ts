// --compress-debug-sections: debugging information as a zlib stream behind a header of the gABI (4.1, "Compression
// Header"), or of GNU's own older kind, where that makes it smaller. The stream comes from the host, as zlib is none
// of the linker's business.

import { ByteWriter, latin1Bytes } from '@ring0/bytes';
import { sectionFlag } from '@ring0/elf';
import type { ElfSection } from '@ring0/elf';
import type { Job } from '../job.ts';

const typeZlib = 1;
const headerAlignment = 4;

/** Compresses what is debugging information by its name; it then stands behind the symbols in the file. */
export function compressDebug(
  { settings, options, diagnostics }: Job,
  sections: Iterable<ElfSection>,
): void {
  const { compression } = settings;
  if (compression === 'none') return;
  const { deflate } = options;
  if (!deflate || compression === 'zstd') {
    const what = compression === 'zstd' ? 'zstd' : 'zlib';
    diagnostics.warning('L0238', `debugging sections stay as they are: no ${what} is at hand here`);
    return;
  }
  for (const section of sections) {
    const isDebug = section.name.startsWith('.debug_') && (section.flags & sectionFlag.alloc) === 0;
    if (!isDebug || section.data.length === 0) continue;
    section.isLate = true;
    pack(section, deflate(section.data), compression === 'zlib-gnu');
  }
}

function pack(section: ElfSection, stream: Uint8Array, isOld: boolean): void {
  const { data, alignment, name } = section;
  const out = new ByteWriter(stream.length + 12);
  if (isOld) {
    out.bytes(latin1Bytes('ZLIB'));
    for (const shift of [0, 0, 0, 0, 24, 16, 8, 0]) {
      out.u8(out.length < 8 ? 0 : data.length >>> shift);
    }
  } else for (const word of [typeZlib, data.length, alignment]) out.u32(word);
  out.bytes(stream);
  if (out.length >= data.length) return;
  section.data = out.take();
  section.size = section.data.length;
  if (isOld) section.name = name.replace('.d', '.zd');
  else {
    section.flags |= sectionFlag.compressed;
    section.alignment = headerAlignment;
  }
}
