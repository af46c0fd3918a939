// readelf's views of the headers: the file's, the sections' (-S, -t), the groups (-g) and the
// segments with the sections in them (-l).

import { ByteReader, latin1Text } from '@ring0/bytes';
import { elfType, groupFlag, sectionFlag, sectionType, segmentType } from '@ring0/elf';
import type { ElfSegment, RawSection } from '@ring0/elf';
import { cutName, namedInText } from './readelf-image.ts';
import type { ElfImage } from './readelf-image.ts';
import {
  flagNames,
  flagText,
  machineNames,
  osabiNames,
  sectionTypeNames,
  segmentTypeNames,
  typeNames,
} from './readelf-tables.ts';
import { hex, hexAddress } from '../text-sink.ts';

/** The type of the file in words; a position-independent executable is told by DF_1_PIE. */
function fileType(image: ElfImage): string {
  const { type } = image.tables;
  const flags1 = image.dynamicValue(0x6ffffffb) ?? 0;
  if (type === elfType.shared && flags1 & 0x08000000) {
    return 'DYN (Position-Independent Executable file)';
  }
  if (typeNames[type]) return typeNames[type];
  if (type >= 0xff00) return `Processor Specific: (${hex(type)})`;
  return type >= 0xfe00 ? `OS Specific: (${hex(type)})` : `<unknown>: ${hex(type)}`;
}

/** -h */
export function headerText(image: ElfImage): string {
  const { tables, bytes } = image;
  const { bits, osabi, abiVersion } = tables;
  const view = new ByteReader(bytes, bits === 32 ? 48 : 60);
  const sectionCount = view.u16();
  const nameIndex = view.u16();
  const isIndirect = sectionCount === 0 && tables.sectionHeaderCount > 0;
  const isNameIndirect = nameIndex === 0xffff;
  const rows: readonly (readonly [string, string])[] = [
    ['Class', `ELF${bits}`],
    ['Data', "2's complement, little endian"],
    ['Version', bytes[6] === 1 ? '1 (current)' : `${bytes[6]} <unknown>`],
    ['OS/ABI', osabiNames[osabi] ?? `<unknown: ${hex(osabi)}>`],
    ['ABI Version', `${abiVersion}`],
    ['Type', fileType(image)],
    ['Machine', machineNames[tables.machine] ?? `<unknown>: 0x${hex(tables.machine)}`],
    ['Version', `0x${hex(tables.version)}`],
    ['Entry point address', `0x${hex(tables.entry)}`],
    ['Start of program headers', `${tables.programHeaderOffset} (bytes into file)`],
    ['Start of section headers', `${tables.sectionHeaderOffset} (bytes into file)`],
    ['Flags', `0x${hex(tables.flags)}`],
    ['Size of this header', `${tables.headerSize} (bytes)`],
    ['Size of program headers', `${tables.programHeaderSize} (bytes)`],
    ['Number of program headers', `${tables.programHeaderCount}`],
    ['Size of section headers', `${tables.sectionHeaderSize} (bytes)`],
    [
      'Number of section headers',
      isIndirect ? `0 (${tables.sectionHeaderCount})` : `${sectionCount}`,
    ],
    [
      'Section header string table index',
      isNameIndirect ? `65535 (${tables.sectionNameIndex})` : `${nameIndex}`,
    ],
  ];
  const shown = Array.from(bytes.subarray(0, 16), (byte) => hex(byte, 2)).join(' ');
  const lines = rows.map(([name, value]) => `  ${`${name}:`.padEnd(34)} ${value}\n`);
  return `ELF Header:\n  Magic:   ${shown} \n${lines.join('')}`;
}

function sectionType15(type: number): string {
  if (sectionTypeNames[type]) return sectionTypeNames[type];
  if (type >= 0x70000000 && type <= 0x7fffffff) return `LOPROC+${`0x${hex(type - 0x70000000)}`}`;
  if (type >= 0x60000000 && type <= 0x6fffffff) return `LOOS+${`0x${hex(type - 0x60000000)}`}`;
  if (type >= 0x80000000) return `LOUSER+${`0x${hex(type - 0x80000000)}`}`;
  return `${hex(type, 8)}: <unknown>`;
}

function sectionCountLine(image: ElfImage): string {
  const { sectionHeaderCount: count, sectionHeaderOffset } = image.tables;
  const offset = hex(sectionHeaderOffset);
  return count > 1
    ? `There are ${count} section headers, starting at offset 0x${offset}:\n`
    : `There is 1 section header, starting at offset 0x${offset}:\n`;
}

/** -S, or -t with each flag by its name. */
export function sectionsText(image: ElfImage, hasHeader: boolean, hasDetails: boolean): string {
  const { tables, bits, isWide } = image;
  const { sections } = tables;
  if (image.lacksSections) return hasHeader ? '' : sectionCountLine(image);
  if (sections.length === 0) return '\nThere are no sections in this file.\n';
  let text = hasHeader ? '' : sectionCountLine(image);
  text += '\nSection Headers:\n';
  text += sectionTitles(bits, isWide, hasDetails);
  const isNarrow64 = bits === 64 && !isWide;
  for (const s of sections) {
    if (hasDetails) text += detailedRow(image, s, isNarrow64);
    else if (isNarrow64) text += narrowRow64(s, image);
    else text += sectionRow(s, image);
  }
  if (hasDetails) return text;
  const isGnu = tables.osabi === 3;
  const isGnuOrFree = isGnu || tables.osabi === 9;
  return `${text}Key to Flags:
  W (write), A (alloc), X (execute), M (merge), S (strings), I (info),
  L (link order), O (extra OS processing required), G (group), T (TLS),
  C (compressed), x (unknown), o (OS specific), E (exclude),
  ${isGnuOrFree ? 'R (retain), ' : ''}D (mbind), ${tables.machine === 62 ? 'l (large), ' : ''}p (processor specific)
`;
}

function sectionTitles(bits: 32 | 64, isWide: boolean, hasDetails: boolean): string {
  if (bits === 64 && !isWide) {
    return hasDetails
      ? '  [Nr] Name\n       Type              Address          Offset            Link\n' +
          '       Size              EntSize          Info              Align\n       Flags\n'
      : '  [Nr] Name              Type             Address           Offset\n' +
          '       Size              EntSize          Flags  Link  Info  Align\n';
  }
  const address = bits === 32 ? 'Addr    ' : 'Address         ';
  return hasDetails
    ? `  [Nr] Name\n       Type            ${address} Off    Size   ES   Lk Inf Al\n       Flags\n`
    : `  [Nr] Name              Type            ${address} Off    Size   ES Flg Lk Inf Al\n`;
}

function sectionRow(s: RawSection, { bits, isWide, isSilent }: ElfImage): string {
  const name = cutName(s.name, 17, isWide, isSilent).padEnd(17);
  const type = sectionType15(s.type).slice(0, 15).padEnd(15);
  let text = `  [${`${s.index}`.padStart(2)}] ${name} ${type} ${hexAddress(s.address, bits)} `;
  text += `${hex(s.offset, 6)} ${hex(s.size, 6)} ${hex(s.entrySize, 2)} `;
  text += `${flagText(s.flags).padStart(3)} ${`${s.link}`.padStart(2)} `;
  return `${text}${`${s.info}`.padStart(3)} ${`${s.alignment}`.padStart(2)}\n`;
}

function narrowRow64(s: RawSection, { isSilent }: ElfImage): string {
  const name = cutName(s.name, 17, false, isSilent).padEnd(17);
  const type = sectionType15(s.type).slice(0, 15).padEnd(15);
  let text = `  [${`${s.index}`.padStart(2)}] ${name} ${type}  ${hexAddress(s.address, 64)}  `;
  text += `${hex(s.offset, 8)}\n       ${hex(s.size, 16)}  ${hex(s.entrySize, 16)} `;
  text += `${flagText(s.flags).padStart(3)} `;
  return `${text}     ${`${s.link}`.padStart(2)}   ${`${s.info}`.padStart(3)}     ${s.alignment}\n`;
}

function detailedRow(image: ElfImage, s: RawSection, isNarrow64: boolean): string {
  const { bits } = image;
  let text = `  [${`${s.index}`.padStart(2)}] ${s.name}\n`;
  const type = sectionType15(s.type).slice(0, 15).padEnd(15);
  const numbers = `${s.link}`.padEnd(16);
  if (isNarrow64) {
    text += `       ${type}  ${hexAddress(s.address, 64)}  ${hex(s.offset, 16)}  ${s.link}\n`;
    text += `       ${hex(s.size, 16)} ${hex(s.entrySize, 16)}  `;
    text += `${`${s.info}`.padEnd(numbers.length)}  ${s.alignment}\n`;
  } else {
    text += `       ${type} ${hexAddress(s.address, bits)} ${hex(s.offset, 6)} ${hex(s.size, 6)} `;
    text += `${hex(s.entrySize, 2)}  ${`${s.link}`.padStart(2)} `;
    text += `${`${s.info}`.padStart(3)} ${`${s.alignment}`.padStart(2)}\n`;
  }
  text += `       [${hex(s.flags >>> 0, bits / 4)}]: ${flagNames(s.flags)}\n`;
  if (s.flags & sectionFlag.compressed) text += compressionRow(s, bits);
  return text;
}

function compressionRow(s: RawSection, bits: 32 | 64): string {
  const reader = new ByteReader(s.data);
  const type = reader.u32();
  if (bits === 64) reader.u32();
  const size = bits === 32 ? reader.u32() : Number(reader.u64());
  const alignment = bits === 32 ? reader.u32() : Number(reader.u64());
  const kind = type === 1 ? 'ZLIB' : type === 2 ? 'ZSTD' : `[<unknown>: 0x${hex(type)}]`;
  return `       ${kind}, ${hex(size, bits / 4)}, ${alignment}\n`;
}

/** -g */
export function groupsText(image: ElfImage): string {
  const { tables } = image;
  const groups = tables.sections.filter((s) => s.type === sectionType.group);
  if (tables.sections.length === 0) return '\nThere are no sections to group in this file.\n';
  if (groups.length === 0) return '\nThere are no section groups in this file.\n';
  let text = '';
  for (const group of groups) {
    const reader = new ByteReader(group.data);
    const symtab = tables.sections[group.link];
    const name = symtab ? image.symbolName(image.symbols(symtab), group.info) : '<no-name>';
    const words = Math.floor(group.data.length / 4);
    const kind = (reader.u32() & groupFlag.comdat) !== 0 ? 'COMDAT ' : '';
    const index = `${group.index}`.padStart(5);
    text += `\n${kind}group section [${index}] \`${namedInText(group)}' [${name}] `;
    text += `contains ${Math.max(0, words - 1)} sections:\n   [Index]    Name\n`;
    for (let i = 1; i < words; i++) {
      const member = reader.u32();
      const shown = tables.sections[member];
      if (!shown) {
        image.error(
          `section [${`${member}`.padStart(5)}] in group section [${index}] > maximum section [${`${tables.sections.length - 1}`.padStart(5)}]`,
        );
        continue;
      }
      text += `   [${`${member}`.padStart(5)}]   ${namedInText(shown)}\n`;
    }
  }
  return text;
}

function segmentTypeName(type: number): string {
  if (segmentTypeNames[type]) return segmentTypeNames[type];
  if (type >= 0x70000000 && type <= 0x7fffffff) return `LOPROC+0x${hex(type - 0x70000000)}`;
  if (type >= 0x60000000 && type <= 0x6fffffff) return `LOOS+0x${hex(type - 0x60000000)}`;
  return `<unknown>: ${hex(type)}`;
}

/** -l */
export function segmentsText(image: ElfImage, hasHeader: boolean): string {
  const { tables, bits, isWide } = image;
  const { segments } = tables;
  if (segments.length === 0) return '\nThere are no program headers in this file.\n';
  let text = '';
  if (!hasHeader) {
    const count = segments.length;
    const many = count === 1 ? 'is 1 program header' : `are ${count} program headers`;
    text += `\nElf file type is ${fileType(image)}\nEntry point 0x${hex(tables.entry)}\n`;
    text += `There ${many}, starting at offset ${tables.programHeaderOffset}\n`;
  }
  text += '\nProgram Headers:\n';
  if (bits === 32) {
    text += '  Type           Offset   VirtAddr   PhysAddr   FileSiz MemSiz  Flg Align\n';
  } else if (isWide) {
    text +=
      '  Type           Offset   VirtAddr           PhysAddr           FileSiz  MemSiz   Flg Align\n';
  } else {
    text += '  Type           Offset             VirtAddr           PhysAddr\n';
    text += '                 FileSiz            MemSiz              Flags  Align\n';
  }
  for (const s of segments) {
    text += segmentRow(s, bits, isWide);
    if (s.type === segmentType.interp) {
      const end = image.bytes.indexOf(0, s.offset);
      const name = latin1Text(image.bytes, s.offset, end < 0 ? image.bytes.length : end);
      text += `      [Requesting program interpreter: ${name}]\n`;
    }
  }
  if (tables.sections.length === 0) return text;
  text += '\n Section to Segment mapping:\n  Segment Sections...\n';
  segments.forEach((segment, index) => {
    const inside = tables.sections.slice(1).filter((s) => isInSegment(s, segment));
    text += `   ${`${index}`.padStart(2, '0')}     ${inside.map((s) => `${s.name} `).join('')}\n`;
  });
  return text;
}

function segmentRow(s: ElfSegment, bits: 32 | 64, isWide: boolean): string {
  const type = segmentTypeName(s.type).slice(0, 14).padEnd(14);
  const flags = `${s.flags & 4 ? 'R' : ' '}${s.flags & 2 ? 'W' : ' '}${s.flags & 1 ? 'E' : ' '}`;
  const virtual = hexAddress(s.virtualAddress, bits);
  const physical = hexAddress(s.physicalAddress, bits);
  if (bits === 64 && !isWide) {
    return (
      `  ${type} 0x${hex(s.offset, 16)} 0x${virtual} 0x${physical}\n` +
      `                 0x${hex(s.fileSize, 16)} 0x${hex(s.memorySize, 16)}  ${flags}    0x${hex(s.alignment)}\n`
    );
  }
  const size = bits === 32 ? 5 : 6;
  const align = s.alignment === 0 ? '0' : `0x${hex(s.alignment)}`;
  return (
    `  ${type} 0x${hex(s.offset, 6)} 0x${virtual} 0x${physical} ` +
    `0x${hex(s.fileSize, size)} 0x${hex(s.memorySize, size)} ${flags} ${align}\n`
  );
}

const allocatedOnly: ReadonlySet<number> = new Set([
  segmentType.load,
  segmentType.dynamic,
  segmentType.gnuEhFrame,
  segmentType.gnuStack,
  segmentType.gnuRelro,
]);

/** Whether a section lies in a segment, by the strict rules that readelf's manual implies. */
export function isInSegment(section: RawSection, segment: ElfSegment): boolean {
  const { type } = segment;
  const isTls = (section.flags & sectionFlag.tls) !== 0;
  const isNobits = section.type === sectionType.nobits;
  const isAllocated = (section.flags & sectionFlag.alloc) !== 0;
  if (isTls && isNobits && type !== segmentType.tls) return false;
  const takesTls =
    type === segmentType.tls || type === segmentType.gnuRelro || type === segmentType.load;
  if (isTls ? !takesTls : type === segmentType.tls || type === segmentType.phdr) return false;
  if (!isAllocated && allocatedOnly.has(type)) return false;
  const within = (start: number, from: number, length: number): boolean =>
    start >= from &&
    // Where nothing is, its end counts too.
    (length === 0 || start - from < length) &&
    start - from + section.size <= length;
  if (!isNobits && !within(section.offset, segment.offset, segment.fileSize)) return false;
  const start = Number(segment.virtualAddress);
  if (isAllocated && !within(Number(section.address), start, segment.memorySize)) return false;
  const needsSize = type === segmentType.dynamic || type === segmentType.note;
  return !needsSize || section.size !== 0 || segment.memorySize === 0;
}
