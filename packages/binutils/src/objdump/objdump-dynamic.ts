// What objdump shows of files for the dynamic linker: their symbols with versions (-T), their
// relocations (-R), their private headers (-p), and the names it makes up for PLT entries.

import {
  RelocationView,
  machine,
  relocationName,
  sectionFlag,
  sectionType,
  segmentType,
} from '@ring0/elf';
import type { RawSection } from '@ring0/elf';
import { ByteReader } from '@ring0/bytes';
import { shownName } from './objdump-view.ts';
import type { ObjectView, ViewSection, ViewSymbol } from './objdump-view.ts';
import { Versions } from '../readelf/readelf-dynamic.ts';
import type { ElfImage } from '../readelf/readelf-image.ts';
import { dynamicTags } from '../readelf/readelf-tables.ts';
import { hex, hexAddress } from '../text-sink.ts';

/** The same for a listing, each with a label that has its version. */
function dynamicLabels(view: ObjectView): ViewSymbol[] {
  const { image } = view;
  const table = image?.sectionOfType(sectionType.dynsym);
  if (!image || !table) return [];
  const versions = new Versions(image);
  return dynamicSymbols(view).map((symbol, index) => {
    const label = versionedName(versions, image, table, index + 1);
    return { ...symbol, label };
  });
}

/** What a listing names addresses by besides a file's own symbols. */
export interface MadeUp {
  /** PLT entries, and the dynamic symbols where no others are there. */
  readonly symbols: readonly ViewSymbol[];
  /** The symbols of dynamic relocations, by the places that they change. */
  readonly relocated: ReadonlyMap<number, ViewSymbol>;
}

/** The names for a listing that a file's dynamic sections give. */
export function madeUpNames(view: ObjectView): MadeUp {
  const labels = dynamicLabels(view);
  const hasOwn = view.symbols.length > 0;
  const relocated = new Map<number, ViewSymbol>();
  const table = view.image?.sectionOfType(sectionType.dynsym);
  for (const section of (table && view.image?.tables.sections) ?? []) {
    const isExplicit = section.type === sectionType.rela;
    if (!isExplicit && section.type !== sectionType.rel) continue;
    if (section.link !== table?.index) continue;
    const relocations = new RelocationView(view.bits, section.data, isExplicit);
    for (let i = 0; i < relocations.count; i++) {
      const symbol = labels[relocations.symbol(i) - 1];
      if (symbol) relocated.set(relocations.offset(i), symbol);
    }
  }
  return { symbols: [...(hasOwn ? [] : labels), ...pltSymbols(view)], relocated };
}

/** The symbols of .dynsym, the null symbol left out. */
export function dynamicSymbols(view: ObjectView): ViewSymbol[] {
  const { image } = view;
  const table = image?.sectionOfType(sectionType.dynsym);
  if (!image || !table) return [];
  const symbols = image.symbols(table);
  const versions = new Versions(image);
  const byIndex = new Map<number, ViewSection>();
  for (const section of view.sections) {
    if (section.index !== undefined) byIndex.set(section.index, section);
  }
  const list: ViewSymbol[] = [];
  for (let i = 1; i < symbols.count; i++) {
    const index = symbols.section(i);
    const section = byIndex.get(index);
    const binding = symbols.binding(i);
    const type = symbols.type(i);
    const isUndefined = index === 0;
    const isCommon = index === 0xfff2;
    list.push({
      name: symbols.name(i),
      value: Number(symbols.valueBig(i)),
      size: symbols.size(i),
      section,
      place: section?.name ?? (isUndefined ? '*UND*' : isCommon ? '*COM*' : '*ABS*'),
      visibility: symbols.other(i) & 3,
      isLocal: binding === 0,
      isGlobal: binding === 1 && !isUndefined && !isCommon,
      isWeak: binding === 2,
      isUnique: binding === 10,
      isIndirect: type === 10,
      isFile: type === 4,
      isSection: type === 3,
      isFunction: type === 2,
      isObject: type === 1 || type === 5,
      version: versionColumn(versions, i, isUndefined),
    });
  }
  return list;
}

/** The version as -T shows it, brackets for one that is needed or hidden. */
function versionColumn(versions: Versions, symbol: number, isUndefined: boolean): string {
  const word = versions.word(symbol);
  if (word === undefined || versions.byIndex.size === 0) return '';
  const index = word & 0x7fff;
  if (index === 0) return ` ${' '.repeat(13)}`;
  const version = versions.byIndex.get(index);
  if (index === 1) return '  Base       ';
  const name = version?.name ?? '<corrupt>';
  const isHidden = (word & 0x8000) !== 0 || version?.isNeeded === true || isUndefined;
  return isHidden
    ? ` (${name})${' '.repeat(Math.max(0, 10 - name.length))}`
    : `  ${name.padEnd(11)}`;
}

/** Names of dynamic symbols with their versions, by index. */
export function versionedName(
  versions: Versions,
  image: ElfImage,
  table: RawSection,
  symbol: number,
): string {
  const symbols = image.symbols(table);
  const name = image.symbolName(symbols, symbol);
  const word = versions.word(symbol);
  if (word === undefined || versions.byIndex.size === 0 || (word & 0x7fff) === 0) return name;
  const index = word & 0x7fff;
  const version = versions.byIndex.get(index);
  const isDefault =
    symbols.section(symbol) !== 0 && (word & 0x8000) === 0 && version?.isNeeded !== true;
  const shown = index === 1 ? 'Base' : (version?.name ?? '<corrupt>');
  return `${name}${isDefault ? '@@' : '@'}${shown}`;
}

interface DynamicRelocation {
  readonly offset: number;
  readonly type: number;
  readonly name: string;
  readonly addend: number;
}

function dynamicRelocations(image: ElfImage): DynamicRelocation[] {
  const list: DynamicRelocation[] = [];
  const table = image.sectionOfType(sectionType.dynsym);
  const versions = new Versions(image);
  for (const section of image.tables.sections) {
    const isExplicit = section.type === sectionType.rela;
    if (!isExplicit && section.type !== sectionType.rel) continue;
    if (!table || section.link !== table.index || (section.flags & sectionFlag.alloc) === 0)
      continue;
    const view = new RelocationView(image.bits, section.data, isExplicit);
    for (let i = 0; i < view.count; i++) {
      const symbol = view.symbol(i);
      const name = symbol === 0 ? '*ABS*' : versionedName(versions, image, table, symbol);
      list.push({ offset: view.offset(i), type: view.type(i), name, addend: view.addend(i) });
    }
  }
  return list;
}

/** -R */
export function dynamicRelocationsText(view: ObjectView): string | undefined {
  const { image, bits } = view;
  if (!image || !image.sectionOfType(sectionType.dynsym)) return undefined;
  const width =
    bits === 64 ? 'OFFSET           TYPE              VALUE' : 'OFFSET   TYPE              VALUE';
  let text = '';
  for (const { offset, type, name, addend } of dynamicRelocations(image)) {
    const kind = relocationName(view.machine, type) ?? '*unknown*';
    const sign = addend < 0 ? '-0x' : '+0x';
    const shown = addend === 0 ? '' : `${sign}${hexAddress(Math.abs(addend), bits)}`;
    text += `${hexAddress(offset, bits)} ${kind.padEnd(16)}  ${shownName(name, view)}${shown}\n`;
  }
  const head = 'DYNAMIC RELOCATION RECORDS';
  return text === '' ? `${head} (none)\n\n` : `${head}\n${width}\n${text}\n\n`;
}

const segmentNames: Readonly<Record<number, string>> = {
  [segmentType.null]: 'NULL',
  [segmentType.load]: 'LOAD',
  [segmentType.dynamic]: 'DYNAMIC',
  [segmentType.interp]: 'INTERP',
  [segmentType.note]: 'NOTE',
  [segmentType.shlib]: 'SHLIB',
  [segmentType.phdr]: 'PHDR',
  [segmentType.tls]: 'TLS',
  [segmentType.gnuEhFrame]: 'EH_FRAME',
  [segmentType.gnuStack]: 'STACK',
  [segmentType.gnuRelro]: 'RELRO',
};

function programHeaders(image: ElfImage): string {
  const { bits } = image;
  const { segments } = image.tables;
  if (segments.length === 0) return '';
  let text = '\nProgram Header:\n';
  const address = (value: number | bigint) => `0x${hexAddress(value, bits)}`;
  for (const s of segments) {
    const name = segmentNames[s.type] ?? `0x${hex(s.type)}`;
    const power = s.alignment > 1 ? Math.ceil(Math.log2(s.alignment)) : 0;
    const flags = `${s.flags & 4 ? 'r' : '-'}${s.flags & 2 ? 'w' : '-'}${s.flags & 1 ? 'x' : '-'}`;
    const rest = (s.flags & ~7) >>> 0;
    text += `${name.padStart(8)} off    ${address(s.offset)} vaddr ${address(s.virtualAddress)} `;
    text += `paddr ${address(s.physicalAddress)} align 2**${power}\n`;
    text += `         filesz ${address(s.fileSize)} memsz ${address(s.memorySize)} flags ${flags}`;
    text += rest === 0 ? '\n' : ` ${hex(rest)}\n`;
  }
  return text;
}

function dynamicSection(image: ElfImage): string {
  const entries = image.dynamic();
  if (entries.length === 0 || !image.sectionOfType(sectionType.dynamic)) return '';
  const strings = image.dynamicStrings();
  let text = '\nDynamic Section:\n';
  for (const { tag, value } of entries) {
    if (tag === 0) break;
    const known = dynamicTags[tag];
    const name = known?.[0] ?? `0x${hex(tag)}`;
    const isText = known && ['needed', 'soname', 'rpath', 'runpath', 'string'].includes(known[1]);
    const shown = isText ? strings.at(value) : `0x${hexAddress(value, image.bits)}`;
    text += `  ${name.padEnd(20)} ${shown}\n`;
  }
  return text;
}

function versionSections(image: ElfImage): string {
  let text = '';
  const definitions = image.sectionOfType(sectionType.gnuVerdef);
  const strings = image.dynamicStrings();
  if (definitions) {
    text += '\nVersion definitions:\n';
    let at = 0;
    for (let left = definitions.info; left > 0 && at + 20 <= definitions.data.length; left--) {
      const reader = new ByteReader(definitions.data, at);
      reader.u16();
      const flags = reader.u16();
      const index = reader.u16();
      const count = reader.u16();
      const hash = reader.u32();
      let aux = at + reader.u32();
      const next = reader.u32();
      const names: string[] = [];
      for (let i = 0; i < count && aux + 8 <= definitions.data.length; i++) {
        const entry = new ByteReader(definitions.data, aux);
        names.push(strings.at(entry.u32()));
        const step = entry.u32();
        if (step === 0) break;
        aux += step;
      }
      text += `${index} 0x${hex(flags, 2)} 0x${hex(hash, 8)} ${names[0] ?? ''}\n`;
      if (names.length > 1)
        text += `\t${names
          .slice(1)
          .map((name) => `${name} `)
          .join('')}\n`;
      if (next === 0) break;
      at += next;
    }
  }
  const needs = image.sectionOfType(sectionType.gnuVerneed);
  if (!needs) return text;
  text += '\nVersion References:\n';
  let at = 0;
  for (let left = needs.info; left > 0 && at + 16 <= needs.data.length; left--) {
    const reader = new ByteReader(needs.data, at);
    reader.u16();
    const count = reader.u16();
    text += `  required from ${strings.at(reader.u32())}:\n`;
    let aux = at + reader.u32();
    const next = reader.u32();
    for (let i = 0; i < count && aux + 16 <= needs.data.length; i++) {
      const entry = new ByteReader(needs.data, aux);
      const hash = entry.u32();
      const flags = entry.u16();
      const index = entry.u16();
      const name = strings.at(entry.u32());
      const step = entry.u32();
      text += `    0x${hex(hash, 8)} 0x${hex(flags, 2)} ${`${index}`.padStart(2, '0')} ${name}\n`;
      if (step === 0) break;
      aux += step;
    }
    if (next === 0) break;
    at += next;
  }
  return text;
}

/** -p */
export function privateText(view: ObjectView): string {
  const { image } = view;
  if (!image) return '';
  return programHeaders(image) + dynamicSection(image) + versionSections(image);
}

interface GotName {
  readonly name: string;
  readonly isWeak: boolean;
}

const bndPrefix = 0xf2;
const pltNames = new Set(['.plt', '.plt.sec', '.plt.got', '.plt.bnd']);
const jumpSlot = 7;
const globDat = 6;
const indirectTypes: Readonly<Record<number, number | undefined>> = {
  [machine.i386]: 42,
  [machine.x86_64]: 37,
};

/**
 * `puts@plt` and the like: PLT entries by the symbols of the GOT entries that they jump through
 * (i386 psABI and x86-64 psABI, "Procedure Linkage Table").
 */
export function pltSymbols(view: ObjectView): ViewSymbol[] {
  const { image } = view;
  const table = image?.sectionOfType(sectionType.dynsym);
  if (!image || indirectTypes[view.machine] === undefined) return [];
  const byGot = new Map<number, GotName>();
  const symbols = table && image.symbols(table);
  if (table && symbols && symbols.count > 1) {
    for (const section of image.tables.sections) {
      const isExplicit = section.type === sectionType.rela;
      if (!isExplicit && section.type !== sectionType.rel) continue;
      if (section.link !== table.index) continue;
      const relocations = new RelocationView(image.bits, section.data, isExplicit);
      for (let i = 0; i < relocations.count; i++) {
        const type = relocations.type(i);
        const symbol = relocations.symbol(i);
        if (type === indirectTypes[view.machine] && symbol === 0) {
          const addend = relocations.addend(i);
          const name = `*ABS*${addend === 0 ? '' : `+0x${hex(addend)}`}`;
          byGot.set(relocations.offset(i), { name, isWeak: false });
        }
        if ((type !== jumpSlot && type !== globDat) || symbol === 0) continue;
        const isWeak = symbols.binding(symbol) === 2;
        byGot.set(relocations.offset(i), { name: symbols.name(symbol), isWeak });
      }
    }
  }
  if (byGot.size === 0) return [];
  const got = image.section('.got.plt') ?? image.section('.got');
  const gotAddress = got ? Number(got.address) : 0;
  const list: ViewSymbol[] = [];
  for (const section of view.sections) {
    if (!pltNames.has(section.name)) continue;
    pltEntries(section, view.bits === 64 ? undefined : gotAddress, byGot, list);
  }
  return list;
}

/** `got`: what register entries are relative to; undefined: code of 64 bits, relative to itself. */
function pltEntries(
  section: ViewSection,
  got: number | undefined,
  byGot: ReadonlyMap<number, GotName>,
  list: ViewSymbol[],
): void {
  const { data } = section;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  // endbr32, endbr64 and bnd may stand before the jump.
  const isMarked = (at: number) =>
    at + 12 <= data.length && (view.getUint32(at, true) & 0xfeffffff) >>> 0 === 0xfa1e0ff3;
  const size = section.name === '.plt.got' && !isMarked(0) ? 8 : 16;
  for (let at = 0; at + 6 <= data.length; at += size) {
    let jump = isMarked(at) ? at + 4 : at;
    if (data[jump] === bndPrefix && jump + 7 <= data.length) jump++;
    const isDirect = data[jump] === 0xff && data[jump + 1] === 0x25;
    const isByRegister = data[jump] === 0xff && data[jump + 1] === 0xa3 && got !== undefined;
    if (!isDirect && !isByRegister) continue;
    const field = view.getInt32(jump + 2, true);
    const base = got === undefined ? section.address + jump + 6 : isDirect ? 0 : got;
    const target = base + field;
    const entry = byGot.get(got === undefined ? target : target >>> 0);
    if (entry === undefined) continue;
    list.push({
      name: `${entry.name}@plt`,
      value: section.address + at,
      size: 0,
      section,
      place: section.name,
      visibility: 0,
      isLocal: false,
      isGlobal: true,
      isWeak: entry.isWeak,
      isUnique: false,
      isIndirect: false,
      isFile: false,
      isSection: false,
      isFunction: true,
      isObject: false,
      isSynthetic: true,
    });
  }
}
