// The file beside a stripped one that holds its debugging information: .gnu_debuglink names it and
// gives its checksum (GDB's manual, "Separate Debug Files").

import { ByteReader, utf8Text } from '@ring0/bytes';
import { readElfTables } from '@ring0/elf';
import { ElfImage } from '../readelf/readelf-image.ts';

/** The section that names the file. */
export const debuglinkName = '.gnu_debuglink';

let crcTable: Uint32Array | undefined;

/** The CRC-32 of zlib, by which the file is known. */
export function crc32(bytes: Uint8Array): number {
  crcTable ??= Uint32Array.from({ length: 256 }, (_, value) => {
    let crc = value;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    return crc;
  });
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ crcTable[(crc ^ bytes[i]) & 0xff];
  return (crc ^ 0xffffffff) >>> 0;
}

/**
 * The image that has the debugging information of `image`: itself where it has some, or where no file
 * of the named one's contents is found beside it, in .debug there or below /usr/lib/debug.
 */
export function debugImage(
  image: ElfImage,
  readFile: ((path: string) => Uint8Array | undefined) | undefined,
): ElfImage {
  const link = image.section(debuglinkName)?.data;
  const isComplete = image.section('.debug_info') ?? image.section('.zdebug_info');
  if (!link || !readFile || isComplete) return image;
  const end = link.indexOf(0);
  const name = utf8Text(link, 0, Math.max(0, end));
  const checksumAt = (end + 4) & ~3;
  if (name === '' || name.includes('/') || checksumAt + 4 > link.length) return image;
  const checksum = new ByteReader(link, checksumAt).u32();
  const { path } = image;
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const folders = [folder, `${folder}.debug/`];
  if (folder.startsWith('/')) folders.push(`/usr/lib/debug${folder}`);
  for (const place of folders) {
    const file = place + name;
    const bytes = file === path ? undefined : readFile(file);
    if (!bytes || crc32(bytes) !== checksum) continue;
    const { tables } = readElfTables(bytes, file);
    if (tables && tables.bits === image.bits) return new ElfImage(bytes, file, tables, false);
  }
  return image;
}
