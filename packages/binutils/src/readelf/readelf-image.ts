// What readelf's views share: the tables of one file, its sections' contents as they stand,
// decompressed or relocated, its dynamic section, and the warnings found on the way.

import { demangle } from '../demangle/demangle.ts';
import { ByteReader } from '@ring0/bytes';
import {
  RelocationView,
  StringView,
  SymbolView,
  inflateSection,
  relocationTable,
  sectionFlag,
  sectionType,
  segmentType,
  symbolType,
} from '@ring0/elf';
import type { ElfTables, RawSection } from '@ring0/elf';

/** What readelf says beside its output: an error sets the exit status, a warning does not. */
export interface Complaint {
  readonly kind: 'Error' | 'Warning';
  readonly text: string;
}

const machineX86_64 = 62;
const commonSection = 0xfff2;

/** The relocations that are applied to debugging sections; GNU readelf knows no others. */
function appliedTypes(machine: number): readonly string[] {
  return machine === machineX86_64
    ? ['R_X86_64_64', 'R_X86_64_32', 'R_X86_64_PC32', 'R_X86_64_PC64']
    : ['R_386_32', 'R_386_PC32'];
}

export interface DynamicEntry {
  readonly tag: number;
  readonly value: number;
}

const complaintsMax = 200;

export class ElfImage {
  readonly bytes: Uint8Array;
  readonly path: string;
  readonly tables: ElfTables;
  readonly bits: 32 | 64;
  readonly isWide: boolean;
  readonly complaints: Complaint[] = [];
  /** Relocations that GNU readelf does not know are left out, with a warning. */
  isStrict = false;
  /** The file ends before its section headers. */
  lacksSections = false;
  /** Names that are cut do not show the cut. */
  isSilent = false;
  /** Symbols are shown as C++ has them. */
  isDemangled = false;
  private readonly symbolViews = new Map<RawSection, SymbolView>();
  private entries: readonly DynamicEntry[] | undefined;
  private loaded = new Map<RawSection, Uint8Array>();

  constructor(bytes: Uint8Array, path: string, tables: ElfTables, isWide: boolean) {
    this.bytes = bytes;
    this.path = path;
    this.tables = tables;
    this.bits = tables.bits;
    this.isWide = isWide;
  }

  warn(text: string): void {
    if (this.complaints.length < complaintsMax) this.complaints.push({ kind: 'Warning', text });
  }

  error(text: string): void {
    if (this.complaints.length < complaintsMax) this.complaints.push({ kind: 'Error', text });
  }

  symbols(table: RawSection): SymbolView {
    let view = this.symbolViews.get(table);
    if (!view) {
      view = new SymbolView(this.tables, table);
      this.symbolViews.set(table, view);
    }
    return view;
  }

  section(name: string): RawSection | undefined {
    return this.tables.sections.find((section) => section.name === name);
  }

  sectionOfType(type: number): RawSection | undefined {
    return this.tables.sections.find((section) => section.type === type);
  }

  /** A section symbol goes by its section's name. */
  symbolName(symbols: SymbolView, index: number): string {
    const name = symbols.name(index);
    if (name !== '' || symbols.type(index) !== 3) return name;
    return this.tables.sections[symbols.section(index)]?.name ?? '';
  }

  /** The name as tables of symbols and relocations show it. */
  shownName(symbols: SymbolView, index: number): string {
    const name = this.symbolName(symbols, index);
    return this.isDemangled ? (demangle(name) ?? name) : name;
  }

  /** That in so many columns; the cut shows where the object's own name is too long for them. */
  cutSymbolName(symbols: SymbolView, index: number, width: number): string {
    const own = this.symbolName(symbols, index);
    if (this.isWide || own.length <= width || this.isSilent) {
      return cutName(this.shownName(symbols, index), width, this.isWide, true);
    }
    const shown = this.shownName(symbols, index);
    const isCut = width < 5 || shown.length > width - 5;
    return isCut ? cutName(shown.padEnd(width + 1), width, false) : shown;
  }

  /** The entries of the dynamic section, up to and with DT_NULL. */
  dynamic(): readonly DynamicEntry[] {
    this.entries ??= this.readDynamic();
    return this.entries;
  }

  /** Where the dynamic section stands: by its section, else by its segment. */
  dynamicPlace(): { readonly offset: number; readonly size: number } | undefined {
    const section = this.sectionOfType(sectionType.dynamic);
    const segment = this.tables.segments.find(({ type }) => type === segmentType.dynamic);
    if (section && section.data.length > 0 && segment) {
      return { offset: section.offset, size: section.data.length };
    }
    return segment && { offset: segment.offset, size: segment.fileSize };
  }

  private readDynamic(): DynamicEntry[] {
    const place = this.dynamicPlace();
    if (!place) return [];
    const reader = new ByteReader(this.bytes, place.offset, place.offset + place.size);
    const word = this.bits === 32 ? () => reader.u32() : () => Number(reader.u64());
    const list: DynamicEntry[] = [];
    while (!reader.isAtEnd) {
      const tag = word();
      const value = word();
      if (reader.isOverrun) break;
      list.push({ tag, value });
      if (tag === 0) break;
    }
    return list;
  }

  dynamicValue(tag: number): number | undefined {
    return this.dynamic().find((entry) => entry.tag === tag)?.value;
  }

  /** The file offset that a loaded address comes from. */
  offsetOf(address: number): number {
    for (const { type, virtualAddress, fileSize, offset } of this.tables.segments) {
      const start = Number(virtualAddress);
      if (type === segmentType.load && address >= start && address < start + fileSize) {
        return address - start + offset;
      }
    }
    return address;
  }

  /** The strings that the dynamic section points to. */
  dynamicStrings(): StringView {
    const section = this.sectionOfType(sectionType.dynamic);
    const linked = section && this.tables.sections[section.link];
    if (linked?.type === sectionType.strtab) return new StringView(linked.data);
    const start = this.offsetOf(this.dynamicValue(5) ?? 0);
    const size = this.dynamicValue(10) ?? 0;
    return new StringView(this.bytes.subarray(start, start + size));
  }

  /** The contents, decompressed where the section is compressed and can be. */
  contents(section: RawSection): Uint8Array {
    if ((section.flags & sectionFlag.compressed) === 0 && !section.name.startsWith('.zdebug')) {
      return section.data;
    }
    const { bytes, problem } = inflateSection(section, this.bits);
    if (problem !== undefined) this.warn(problem);
    return bytes;
  }

  /** Whether relocations of the file change the section. */
  relocationsOf(section: RawSection): RawSection[] {
    return this.tables.sections.filter(
      ({ type, info, flags }) =>
        (type === sectionType.rel || type === sectionType.rela) &&
        info === section.index &&
        (flags & sectionFlag.alloc) === 0,
    );
  }

  /** The contents with the file's relocations applied, as debuggers read an object. */
  relocated(section: RawSection): Uint8Array {
    const known = this.loaded.get(section);
    if (known) return known;
    let data = this.contents(section);
    const lists = this.tables.type === 1 ? this.relocationsOf(section) : [];
    if (lists.length > 0) {
      data = new Uint8Array(data);
      for (const list of lists) this.apply(list, data);
    }
    this.loaded.set(section, data);
    return data;
  }

  private apply(list: RawSection, data: Uint8Array): void {
    const relocations = new RelocationView(this.bits, list.data, list.type === sectionType.rela);
    const table = this.tables.sections[list.link];
    if (!table) return;
    const symbols = this.symbols(table);
    const target = this.tables.sections[list.info]?.name ?? '';
    const isApplied = appliedTypes(this.tables.machine);
    const kinds = relocationTable(this.tables.machine)?.byType;
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    let refused = -1;
    for (let i = 0; i < relocations.count; i++) {
      const type = relocations.type(i);
      if (type === 0) continue;
      const kind = kinds?.get(type);
      if (this.isStrict && !isApplied.includes(kind?.name ?? '')) {
        if (type !== refused) {
          this.warn(`unable to apply unsupported reloc type ${type} to section ${target}`);
        }
        refused = type;
        continue;
      }
      if (!kind || kind.size === 0) continue;
      const offset = relocations.offset(i);
      if (offset + kind.size > data.length) {
        this.warn(`skipping invalid relocation offset 0x${offset.toString(16)}`);
        continue;
      }
      const isPlain = kind.formula === 'S+A' || kind.formula === 'S+A-P' || kind.formula === 'tls';
      if (!isPlain) continue;
      if (this.isStrict && symbols.type(relocations.symbol(i)) === symbolType.tls) {
        this.warn(`skipping unexpected symbol type TLS in section ${list.name} relocation ${i}`);
        continue;
      }
      if (kind.size === 4) {
        const addend = relocations.isExplicit
          ? relocations.addend(i)
          : view.getUint32(offset, true);
        const from = kind.isPcRelative ? offset : 0;
        const symbol = relocations.symbol(i);
        // What BFD makes of a common symbol has no value yet, in the file it is an alignment.
        const isCommon = !this.isStrict && symbols.section(symbol) === commonSection;
        const value = isCommon ? 0 : symbols.value(symbol);
        view.setUint32(offset, addend + value - from, true);
        continue;
      }
      let value = relocations.isExplicit ? BigInt(relocations.addend(i)) : BigInt(data[offset]);
      value += symbols.valueBig(relocations.symbol(i));
      if (kind.isPcRelative) value -= BigInt(offset);
      if (kind.size === 8) view.setBigUint64(offset, BigInt.asUintN(64, value), true);
      else if (kind.size === 2) view.setUint16(offset, Number(BigInt.asUintN(16, value)), true);
      else data[offset] = Number(BigInt.asUintN(8, value));
    }
  }
}

/** Cuts a name to `width` characters as readelf does, the cut shown; wide output keeps it. */
export function cutName(name: string, width: number, isWide: boolean, isSilent = false): string {
  if (isWide || name.length <= width) return name;
  if (isSilent) return name.slice(0, width);
  return width < 5 ? '[...]' : `${name.slice(0, width - 5)}[...]`;
}

/** The name of a section in a sentence: GNU readelf has room for so much of it. */
export const namedInText = ({ name }: { readonly name: string }): string => name.slice(0, 256);

/** `1 entry`, `2 entries`. */
export function entriesText(count: number): string {
  return count === 1 ? '1 entry' : `${count} entries`;
}
