// What objdump looks at: an ELF file, a plain binary or a file of hexadecimal text as sections and
// symbols, with the flags that BFD gives them. Addresses are numbers: exact below 2**53.

import { demangleSymbol } from '../demangle/demangle.ts';
import {
  RelocationView,
  compressionHeader,
  elfType,
  i386,
  machine,
  sectionFlag,
  sectionType,
  segmentType,
  symbolBinding,
  symbolType,
} from '@ring0/elf';
import type { ElfFile, ElfRelocation, ElfSection, ElfSymbol, ElfTables } from '@ring0/elf';
import type { ElfImage } from '../readelf/readelf-image.ts';
import type { MemoryImage } from '../objcopy/text-formats.ts';

export interface ViewSection {
  readonly name: string;
  readonly address: number;
  readonly loadAddress: number;
  readonly offset: number;
  readonly size: number;
  readonly alignment: number;
  /** Of compressed contents: what they are without that. */
  readonly plain?: { readonly size: number; readonly alignment: number } | undefined;
  readonly data: Uint8Array;
  /** In the order in which `-h` lists them: CONTENTS, ALLOC, .. */
  readonly flags: readonly string[];
  readonly relocations: readonly ElfRelocation[];
  /** Its header's number in an ELF file. */
  readonly index: number | undefined;
}

export interface ViewSymbol {
  readonly name: string;
  /** The address; for a common symbol its size. */
  readonly value: number;
  /** The size; for a common symbol its alignment. */
  readonly size: number;
  /** Undefined where it has none: see `place`. */
  readonly section: ViewSection | undefined;
  /** The section's name, *UND*, *ABS* or *COM*. */
  readonly place: string;
  readonly visibility: number;
  readonly isLocal: boolean;
  readonly isGlobal: boolean;
  readonly isWeak: boolean;
  readonly isUnique: boolean;
  readonly isIndirect: boolean;
  readonly isFile: boolean;
  readonly isSection: boolean;
  readonly isFunction: boolean;
  readonly isObject: boolean;
  /** The name with its version, where a listing shows it. */
  readonly label?: string | undefined;
  /** Made up by the tool, as `puts@plt` is. */
  readonly isSynthetic?: boolean | undefined;
  /** Of a dynamic symbol: ` Base`, `(GLIBC_2.0)`, .. */
  readonly version?: string | undefined;
}

export interface ObjectView {
  readonly format: string;
  readonly sections: readonly ViewSection[];
  /** In the order of the file. */
  readonly symbols: readonly ViewSymbol[];
  readonly hasRelocations: boolean;
  /** e_machine; 0 for a plain binary. */
  readonly machine: number;
  readonly bits: 32 | 64;
  readonly start: number;
  /** BFD's names for what the file has. */
  readonly flags: readonly string[];
  readonly architecture: string;
  readonly image: ElfImage | undefined;
  /** -C: names are shown as C++ has them. */
  readonly isDemangled?: boolean | undefined;
}

/** A symbol's name as listings show it. */
export function shownName(name: string, { isDemangled }: Pick<ObjectView, 'isDemangled'>): string {
  return isDemangled ? demangleSymbol(name) : name;
}

const debugPrefixes = ['.debug', '.zdebug', '.gnu.debuglto_', '.gnu.linkonce.wi.'];

/** BFD's flags of a section, in the order in which objdump lists them. */
function sectionFlags(section: ElfSection, isRelocated: boolean): string[] {
  const { name, type, flags } = section;
  const isAllocated = (flags & sectionFlag.alloc) !== 0;
  const hasContents = type !== sectionType.nobits;
  const isLoaded = isAllocated && hasContents;
  const isCode = (flags & sectionFlag.execute) !== 0;
  const isDebugging =
    !isAllocated &&
    (debugPrefixes.some((prefix) => name.startsWith(prefix)) ||
      /^\.(line|stab|gdb_index)/.test(name));
  const hasOctets = debugPrefixes.slice(0, 3).some((prefix) => name.startsWith(prefix));
  const list: (string | false)[] = [
    hasContents && 'CONTENTS',
    isAllocated && 'ALLOC',
    isLoaded && 'LOAD',
    isRelocated && 'RELOC',
    (flags & sectionFlag.write) === 0 && 'READONLY',
    isCode && 'CODE',
    isLoaded && !isCode && 'DATA',
    isDebugging && 'DEBUGGING',
    flags >= sectionFlag.exclude && 'EXCLUDE',
    (flags & sectionFlag.tls) !== 0 && 'THREAD_LOCAL',
    type === sectionType.group && 'GROUP',
    (type === sectionType.group || name.startsWith('.gnu.linkonce.')) && 'LINK_ONCE_DISCARD',
    isDebugging && hasOctets && 'OCTETS',
  ];
  return list.filter((flag) => flag !== false);
}

/** The load address: from the segment that holds the section, where any segment has one. */
export function loadAddress(file: ElfFile, section: ElfSection): number {
  const address = Number(section.address);
  if ((section.flags & sectionFlag.alloc) === 0) return address;
  if (!file.segments.some((segment) => segment.physicalAddress !== 0n)) return address;
  const hasContents = section.type !== sectionType.nobits;
  for (const segment of file.segments) {
    if (segment.type !== segmentType.load) continue;
    const start = Number(segment.virtualAddress);
    const end = start + segment.memorySize;
    if (address < start || address + section.size > end) continue;
    if (section.size === 0 && address === end && segment.memorySize > 0) continue;
    const offset = section.offset ?? 0;
    if (hasContents && (offset < segment.offset || offset > segment.offset + segment.fileSize)) {
      continue;
    }
    const distance = hasContents ? offset - segment.offset : address - start;
    return Number(segment.physicalAddress) + distance;
  }
  return address;
}

function viewSymbol(symbol: ElfSymbol, sections: ReadonlyMap<ElfSection, ViewSection>): ViewSymbol {
  const { type, binding } = symbol;
  const special = { undefined: '*UND*', absolute: '*ABS*', common: '*COM*' };
  const owner = typeof symbol.section === 'string' ? undefined : sections.get(symbol.section);
  const place =
    typeof symbol.section === 'string' ? special[symbol.section] : (owner?.name ?? '*ABS*');
  const isSection = type === symbolType.section;
  const isCommon = symbol.section === 'common';
  const isDefined = symbol.section !== 'undefined' && !isCommon;
  return {
    name: symbol.name === '' && isSection ? place : symbol.name,
    value: Number(isCommon ? symbol.size : symbol.value),
    size: Number(isCommon ? symbol.value : symbol.size),
    section: owner,
    place,
    visibility: symbol.visibility,
    isLocal: binding === symbolBinding.local,
    isGlobal: binding === symbolBinding.global && isDefined,
    isWeak: binding === symbolBinding.weak,
    isUnique: binding === symbolBinding.gnuUnique,
    isIndirect: type === symbolType.gnuIfunc,
    isFile: type === symbolType.file,
    isSection,
    isFunction: type === symbolType.func,
    isObject: type === symbolType.object || type === symbolType.common,
  };
}

function fileFlags(file: ElfFile, hasRelocations: boolean): string[] {
  const isLinked = file.segments.length > 0;
  const isShared = file.type === elfType.shared;
  const hasTable = file.sections.some(({ type }) => type === sectionType.dynsym);
  return [
    hasRelocations ? 'HAS_RELOC' : '',
    file.type === elfType.executable ? 'EXEC_P' : '',
    file.symbols.length > 0 || hasTable ? 'HAS_SYMS' : '',
    isShared ? 'DYNAMIC' : '',
    isLinked && file.type !== elfType.relocatable ? 'D_PAGED' : '',
  ].filter((flag) => flag !== '');
}

/** Format and architecture of the machines whose code is shown. */
const targets: Readonly<Record<number, readonly [string, string]>> = {
  [machine.i386]: ['elf32-i386', 'i386'],
  [machine.iamcu]: ['elf32-iamcu', 'iamcu'],
  [machine.x86_64]: ['elf64-x86-64', 'i386:x86-64'],
};

/** The numbers of the sections that relocations change. */
function relocatedSections({ bits, sections }: ElfTables): Set<number> {
  const symtab = sections.find(({ type }) => type === sectionType.symtab)?.index;
  const numbers = new Set<number>();
  for (const { type, flags, link, info, data } of sections) {
    const isExplicit = type === sectionType.rela;
    const isLoaded = (flags & sectionFlag.alloc) !== 0;
    if ((type !== sectionType.rel && !isExplicit) || isLoaded || link !== symtab) continue;
    if (new RelocationView(bits, data, isExplicit).count > 0) numbers.add(info);
  }
  return numbers;
}

/** The view of an ELF file; its relocations need not have been read. */
export function elfView(file: ElfFile, image: ElfImage): ObjectView {
  const relocated = relocatedSections(image.tables);
  const isRelocated = ({ index }: ElfSection) => index !== undefined && relocated.has(index);
  const hasRelocations = file.sections.some(isRelocated);
  const sections = new Map<ElfSection, ViewSection>();
  for (const section of file.sections) {
    sections.set(section, {
      name: section.name,
      address: Number(section.address),
      loadAddress: loadAddress(file, section),
      offset: section.offset ?? 0,
      size: section.size,
      alignment: section.alignment,
      plain: compressionHeader(section, file.bits),
      data: section.data,
      flags: sectionFlags(section, isRelocated(section)),
      relocations: section.relocations.filter(({ type }) => type !== i386.NONE),
      index: section.index,
    });
  }
  const [format, architecture] = targets[file.machine] ?? ['elf32-little', 'UNKNOWN!'];
  return {
    format,
    sections: [...sections.values()],
    symbols: file.symbols.map((symbol) => viewSymbol(symbol, sections)),
    hasRelocations,
    machine: file.machine,
    bits: file.bits,
    start: Number(file.entry),
    flags: fileFlags(file, hasRelocations),
    architecture,
    image,
  };
}

const plainView = {
  symbols: [],
  hasRelocations: false,
  machine: 0,
  bits: 32,
  flags: [],
  architecture: 'UNKNOWN!',
  image: undefined,
} as const;

/** The view of a plain binary: one section .data, no symbols. */
export function binaryView(bytes: Uint8Array): ObjectView {
  const section: ViewSection = {
    name: '.data',
    address: 0,
    loadAddress: 0,
    offset: 0,
    size: bytes.length,
    alignment: 1,
    data: bytes,
    flags: ['CONTENTS', 'ALLOC', 'LOAD', 'DATA'],
    relocations: [],
    index: undefined,
  };
  return { ...plainView, format: 'binary', sections: [section], start: 0 };
}

/** The view of memory that a file of hexadecimal text holds: .sec1, .sec2, .. */
export function memoryView({ format, pieces, start }: MemoryImage): ObjectView {
  const sections = pieces.map(({ address, bytes, offset }, index): ViewSection => {
    return {
      name: `.sec${index + 1}`,
      address,
      loadAddress: address,
      offset,
      size: bytes.length,
      alignment: 1,
      data: bytes,
      flags: ['CONTENTS', 'ALLOC', 'LOAD'],
      relocations: [],
      index: undefined,
    };
  });
  return { ...plainView, format, sections, start };
}

/**
 * The view with the addresses of its sections moved (--adjust-vma), debugging sections excepted.
 * As for GNU objdump load addresses and symbols move in relocatable files only.
 */
export function movedView(view: ObjectView, by: number): ObjectView {
  const { hasRelocations } = view;
  const to = (address: number) => (view.bits === 32 ? (address + by) >>> 0 : address + by);
  const moved = new Map(
    view.sections.map((section) => {
      if (section.flags.includes('DEBUGGING')) return [section, section];
      const loadAddress = hasRelocations ? to(section.loadAddress) : section.loadAddress;
      return [section, { ...section, address: to(section.address), loadAddress }];
    }),
  );
  const movesSymbols = view.image?.tables.type === elfType.relocatable;
  return {
    ...view,
    sections: [...moved.values()],
    symbols: view.symbols.map((symbol) => {
      const section = symbol.section && moved.get(symbol.section);
      if (!section || !symbol.section) return symbol;
      const distance = movesSymbols ? section.address - symbol.section.address : 0;
      return { ...symbol, section, value: symbol.value + distance };
    }),
  };
}
