// Notes (gABI 4.1, chapter 5, "Note Section"): owner, type and, for those of GNU, their meaning.

import { ByteReader, alignUp, latin1Text } from '@ring0/bytes';
import { sectionType } from '@ring0/elf';
import type { ElfTables } from '@ring0/elf';

const gnu = { abiTag: 1, buildId: 3 } as const;
const systems = ['Linux', 'Hurd', 'Solaris', 'FreeBSD', 'NetBSD', 'Syllable', 'NaCl'];

function describe(owner: string, type: number, data: Uint8Array): [string, string] {
  if (owner === 'GNU' && type === gnu.abiTag && data.length >= 16) {
    const reader = new ByteReader(data);
    const system = systems[reader.u32()] ?? 'Unknown';
    const version = `${reader.u32()}.${reader.u32()}.${reader.u32()}`;
    return ['NT_GNU_ABI_TAG (ABI version tag)', `    OS: ${system}, ABI: ${version}\n`];
  }
  const shown = Array.from(data, (byte) => byte.toString(16).padStart(2, '0'));
  if (owner === 'GNU' && type === gnu.buildId) {
    return ['NT_GNU_BUILD_ID (unique build ID bitstring)', `    Build ID: ${shown.join('')}\n`];
  }
  const name = `Unknown note type: (0x${type.toString(16).padStart(8, '0')})`;
  return [
    name,
    data.length > 0 ? `   description data: ${shown.map((byte) => `${byte} `).join('')}\n` : '',
  ];
}

/** All note sections. */
export function notesText(tables: ElfTables, isWide: boolean): string {
  let text = '';
  for (const section of tables.sections) {
    if (section.type !== sectionType.note || section.size === 0) continue;
    text += `\nDisplaying notes found in: ${section.name}\n  Owner                Data size \tDescription\n`;
    const reader = new ByteReader(section.data);
    while (reader.at + 12 <= reader.end) {
      const nameSize = reader.u32();
      const size = reader.u32();
      const type = reader.u32();
      const name = reader.slice(nameSize);
      reader.at = alignUp(reader.at, 4);
      const data = reader.slice(size);
      reader.at = alignUp(reader.at, 4);
      if (reader.isOverrun) break;
      const owner = latin1Text(name).replace(/\0.*$/s, '');
      const [meaning, details] = describe(owner, type, data);
      const length = size.toString(16).padStart(8, '0');
      text += `  ${owner.padEnd(20)} 0x${length}\t${meaning}${isWide ? '\t' : '\n'}${details}`;
      if (isWide && details === '') text += '\n';
    }
  }
  return text;
}
