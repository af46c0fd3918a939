// readelf: the structure of ELF files as text, in GNU readelf 2.40's words.

import {
  readElfTables,
  readRelocations,
  readSymbols,
  relocationTable,
  sectionFlag,
  sectionType,
} from '@ring0/elf';
import { elfType, groupFlag, segmentType, symbolType } from '@ring0/elf';
import type { ElfSegment, ElfTables, RawSection, RawSymbol } from '@ring0/elf';
import { notesText } from './readelf-notes.ts';
import {
  bindingNames,
  flagText,
  machineNames,
  osabiNames,
  sectionTypeNames,
  segmentTypeNames,
  symbolTypeNames,
  typeNames,
  visibilityNames,
} from './readelf-names.ts';

/** What to show; the letters are readelf's. */
export interface ReadelfOptions {
  readonly header?: boolean;
  readonly sections?: boolean;
  readonly segments?: boolean;
  readonly symbols?: boolean;
  readonly relocations?: boolean;
  readonly groups?: boolean;
  readonly notes?: boolean;
  /** -a: everything, and what is absent is said. */
  readonly all?: boolean;
  /** -W: long names are not cut. */
  readonly isWide?: boolean;
}

export interface TextResult {
  readonly text: string;
  readonly problems: readonly string[];
}

const hex = (value: number | bigint, width = 0): string => value.toString(16).padStart(width, '0');

/** Cuts a name to `width` characters as readelf does, the cut shown; wide output keeps it. */
function cut(name: string, width: number, isWide: boolean): string {
  return isWide || name.length <= width ? name : `${name.slice(0, width - 5)}[...]`;
}

/** The chosen views of one file. */
export function readelf(bytes: Uint8Array, path: string, options: ReadelfOptions): TextResult {
  const { tables, problems } = readElfTables(bytes, path);
  if (!tables) return { text: '', problems };
  const isAll = options.all === true;
  const isWide = options.isWide === true;
  let text = '';
  if (options.header || isAll) text += headerText(tables);
  if (options.sections || isAll) {
    text += sectionsText(tables, isWide, options.header === true || isAll);
  }
  if (options.groups || isAll) text += groupsText(tables);
  if (options.segments || isAll) text += segmentsText(tables, options.header === true || isAll);
  if (isAll && !tables.sections.some((s) => s.type === sectionType.dynamic)) {
    text += '\nThere is no dynamic section in this file.\n';
  }
  if (options.relocations || isAll) text += relocationsText(tables, isWide);
  if (isAll) text += 'No processor specific unwind information to decode\n';
  if (options.symbols || isAll) text += symbolsText(tables, isWide);
  if (isAll) text += '\nNo version information found in this file.\n';
  if (options.notes || isAll) text += notesText(tables, isWide);
  return { text, problems };
}

function headerText(tables: ElfTables): string {
  const { bits, osabi, abiVersion } = tables;
  const magic = [0x7f, 0x45, 0x4c, 0x46, bits / 32, 1, 1, osabi, abiVersion, 0, 0, 0, 0, 0, 0, 0];
  const rows: readonly (readonly [string, string])[] = [
    ['Class', `ELF${bits}`],
    ['Data', "2's complement, little endian"],
    ['Version', '1 (current)'],
    ['OS/ABI', osabiNames[osabi] ?? `<unknown: ${hex(osabi)}>`],
    ['ABI Version', `${abiVersion}`],
    ['Type', typeNames[tables.type] ?? `<unknown>: ${hex(tables.type)}`],
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
    ['Number of section headers', `${tables.sectionHeaderCount}`],
    ['Section header string table index', `${tables.sectionNameIndex}`],
  ];
  const shown = magic.map((byte) => hex(byte, 2)).join(' ');
  const lines = rows.map(([name, value]) => `  ${`${name}:`.padEnd(34)} ${value}\n`);
  return `ELF Header:\n  Magic:   ${shown} \n${lines.join('')}`;
}

function sectionsText(tables: ElfTables, isWide: boolean, hasHeader: boolean): string {
  const { sections, bits } = tables;
  if (sections.length === 0) return '\nThere are no sections in this file.\n';
  const width = bits / 4;
  const count = sections.length;
  let text = '';
  if (!hasHeader) {
    const offset = hex(tables.sectionHeaderOffset);
    text +=
      count > 1
        ? `There are ${count} section headers, starting at offset 0x${offset}:\n`
        : `There is 1 section header, starting at offset 0x${offset}:\n`;
  }
  const title = bits === 32 ? 'Addr    ' : 'Address         ';
  text += `\nSection Headers:\n  [Nr] Name              Type            ${title} Off    Size   ES Flg Lk Inf Al\n`;
  for (const s of sections) {
    const name = cut(s.name, 17, isWide).padEnd(17);
    const type = (sectionTypeNames[s.type] ?? `${hex(s.type, 8)}: <unknown>`)
      .slice(0, 15)
      .padEnd(15);
    const flags = flagText(s.flags).padStart(3);
    text += `  [${`${s.index}`.padStart(2)}] ${name} ${type} ${hex(s.address, width)} ${hex(s.offset, 6)} `;
    text += `${hex(s.size, 6)} ${hex(s.entrySize, 2)} ${flags} ${`${s.link}`.padStart(2)} `;
    text += `${`${s.info}`.padStart(3)} ${`${s.alignment}`.padStart(2)}\n`;
  }
  const isGnu = tables.osabi === 3;
  return `${text}Key to Flags:
  W (write), A (alloc), X (execute), M (merge), S (strings), I (info),
  L (link order), O (extra OS processing required), G (group), T (TLS),
  C (compressed), x (unknown), o (OS specific), E (exclude),
  ${isGnu ? 'R (retain), ' : ''}D (mbind), ${bits === 64 ? 'l (large), ' : ''}p (processor specific)
`;
}

function groupsText(tables: ElfTables): string {
  const groups = tables.sections.filter((s) => s.type === sectionType.group);
  if (groups.length === 0) return '\nThere are no section groups in this file.\n';
  let text = '';
  for (const group of groups) {
    const view = new DataView(group.data.buffer, group.data.byteOffset, group.data.byteLength);
    const symtab = tables.sections[group.link];
    const signature = symtab ? readSymbols(tables, symtab)[group.info] : undefined;
    const name = signature ? symbolName(tables, signature) : '<no-name>';
    const words = Math.floor(group.data.length / 4);
    const kind = words > 0 && (view.getUint32(0, true) & groupFlag.comdat) !== 0 ? 'COMDAT ' : '';
    const index = `${group.index}`.padStart(5);
    text += `\n${kind}group section [${index}] \`${group.name}' [${name}] `;
    text += `contains ${Math.max(0, words - 1)} sections:\n`;
    text += '   [Index]    Name\n';
    for (let i = 1; i < words; i++) {
      const member = view.getUint32(i * 4, true);
      text += `   [${`${member}`.padStart(5)}]   ${tables.sections[member]?.name ?? '<corrupt>'}\n`;
    }
  }
  return text;
}

/** A section symbol goes by its section's name. */
function symbolName(tables: ElfTables, symbol: RawSymbol): string {
  if ((symbol.info & 15) === symbolType.section && symbol.name === '') {
    return tables.sections[symbol.section]?.name ?? '';
  }
  return symbol.name;
}

function segmentsText(tables: ElfTables, hasHeader: boolean): string {
  const { segments, bits } = tables;
  if (segments.length === 0) return '\nThere are no program headers in this file.\n';
  const width = bits / 4;
  let text = '';
  if (!hasHeader) {
    const type = typeNames[tables.type] ?? `<unknown>: ${hex(tables.type)}`;
    const count = segments.length;
    const many = count === 1 ? 'is 1 program header' : `are ${count} program headers`;
    text += `\nElf file type is ${type}\nEntry point 0x${hex(tables.entry)}\n`;
    text += `There ${many}, starting at offset ${tables.programHeaderOffset}\n`;
  }
  const columns =
    bits === 32
      ? 'VirtAddr   PhysAddr   FileSiz MemSiz '
      : 'VirtAddr           PhysAddr           FileSiz  MemSiz  ';
  text += `\nProgram Headers:\n  Type           Offset   ${columns} Flg Align\n`;
  const size = bits === 32 ? 5 : 6;
  for (const s of segments) {
    const type = (segmentTypeNames[s.type] ?? `<unknown>: ${hex(s.type)}`).slice(0, 14).padEnd(14);
    const flags = `${s.flags & 4 ? 'R' : ' '}${s.flags & 2 ? 'W' : ' '}${s.flags & 1 ? 'E' : ' '}`;
    text += `  ${type} 0x${hex(s.offset, 6)} 0x${hex(s.virtualAddress, width)} 0x${hex(s.physicalAddress, width)} `;
    text += `0x${hex(s.fileSize, size)} 0x${hex(s.memorySize, size)} ${flags} `;
    text += s.alignment === 0 ? '0\n' : `0x${hex(s.alignment)}\n`;
  }
  if (tables.sections.length === 0) return text;
  text += '\n Section to Segment mapping:\n  Segment Sections...\n';
  segments.forEach((segment, index) => {
    const inside = tables.sections.slice(1).filter((s) => isInSegment(s, segment));
    text += `   ${`${index}`.padStart(2, '0')}     ${inside.map((s) => `${s.name} `).join('')}\n`;
  });
  return text;
}

const allocatedOnly: ReadonlySet<number> = new Set([
  segmentType.load,
  segmentType.dynamic,
  segmentType.gnuEhFrame,
  segmentType.gnuStack,
  segmentType.gnuRelro,
]);

/** Whether a section lies in a segment (binutils, include/elf/internal.h, the strict form). */
function isInSegment(section: RawSection, segment: ElfSegment): boolean {
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
    start >= from && start - from <= length - 1 && start - from + section.size <= length;
  if (!isNobits && !within(section.offset, segment.offset, segment.fileSize)) return false;
  const start = Number(segment.virtualAddress);
  if (isAllocated && !within(Number(section.address), start, segment.memorySize)) return false;
  const needsSize = type === segmentType.dynamic || type === segmentType.note;
  return !needsSize || section.size !== 0 || segment.memorySize === 0;
}

function relocationsText(tables: ElfTables, isWide: boolean): string {
  const { bits } = tables;
  const kinds = relocationTable(tables.machine)?.byType;
  const width = bits / 4;
  let text = '';
  for (const section of tables.sections) {
    const isExplicit = section.type === sectionType.rela;
    if ((!isExplicit && section.type !== sectionType.rel) || section.size === 0) continue;
    const entries = readRelocations(tables, section);
    const symtab = tables.sections[section.link];
    const hasSymbols = symtab?.type === sectionType.symtab || symtab?.type === sectionType.dynsym;
    const symbols = hasSymbols ? readSymbols(tables, symtab) : [];
    const many = entries.length === 1 ? '1 entry' : `${entries.length} entries`;
    text += `\nRelocation section '${section.name}' at offset 0x${hex(section.offset)} contains ${many}:\n`;
    text += columnTitles(bits, isWide, isExplicit);
    for (const { offset, type, symbol, addend } of entries) {
      const info =
        bits === 32 ? BigInt(symbol) * 256n + BigInt(type) : (BigInt(symbol) << 32n) | BigInt(type);
      const name = kinds?.get(type)?.name ?? `unrecognized: ${hex(type)}`;
      const nameWidth = isWide ? 22 : 17;
      text += `${hex(offset, width)}  ${hex(info, isWide || bits === 32 ? width : 12)} `;
      text += name.slice(0, nameWidth).padEnd(nameWidth);
      const target = symbol === 0 ? undefined : symbols[symbol];
      if (target) {
        text += ` ${hex(target.value, width)}   ${cut(symbolName(tables, target), 22, isWide)}`;
        if (addend !== undefined) text += addend < 0n ? ` - ${hex(-addend)}` : ` + ${hex(addend)}`;
      } else if (addend !== undefined) text += `${' '.repeat(width + 4)}${hex(addend)}`;
      text += '\n';
    }
  }
  return text === '' ? '\nThere are no relocations in this file.\n' : text;
}

function columnTitles(bits: 32 | 64, isWide: boolean, isExplicit: boolean): string {
  const plus = isExplicit ? ' + Addend' : '';
  if (bits === 32) {
    return isWide
      ? ` Offset     Info    Type                Sym. Value  Symbol's Name${plus}\n`
      : ` Offset     Info    Type            Sym.Value  Sym. Name${plus}\n`;
  }
  return isWide
    ? `    Offset             Info             Type               Symbol's Value  Symbol's Name${plus}\n`
    : `  Offset          Info           Type           Sym. Value    Sym. Name${plus}\n`;
}

function symbolsText(tables: ElfTables, isWide: boolean): string {
  const width = tables.bits / 4;
  let text = '';
  for (const section of tables.sections) {
    if (section.type !== sectionType.symtab && section.type !== sectionType.dynsym) continue;
    const symbols = readSymbols(tables, section);
    const many = symbols.length === 1 ? '1 entry' : `${symbols.length} entries`;
    text += `\nSymbol table '${section.name}' contains ${many}:\n`;
    const title = tables.bits === 32 ? 'Value ' : 'Value         ';
    text += `   Num:    ${title} Size Type    Bind   Vis      Ndx Name\n`;
    symbols.forEach((symbol, index) => {
      const type = symbolTypeNames[symbol.info & 15] ?? `<unknown>: ${symbol.info & 15}`;
      const binding = bindingNames[symbol.info >> 4] ?? `<unknown>: ${symbol.info >> 4}`;
      const size = symbol.size <= 99999n ? `${symbol.size}`.padStart(5) : `0x${hex(symbol.size)}`;
      const visibility = visibilityNames[symbol.other & 3];
      text += `${`${index}`.padStart(6)}: ${hex(symbol.value, width)} ${size} ${type.padEnd(7)} ${binding.padEnd(6)} `;
      text += `${visibility.padEnd(7)} ${sectionColumn(tables, symbol.section)} `;
      text += `${cut(symbolName(tables, symbol), 21, isWide)}\n`;
    });
  }
  return text;
}

function sectionColumn(tables: ElfTables, index: number): string {
  if (index === 0) return ' UND';
  if (index === 0xfff1) return ' ABS';
  if (index === 0xfff2) return ' COM';
  if (tables.type !== elfType.core && index >= tables.sectionHeaderCount) {
    return `bad section index[${`${index}`.padStart(3)}]`;
  }
  return `${index}`.padStart(4);
}
