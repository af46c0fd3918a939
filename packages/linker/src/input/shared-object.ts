// Reads a shared object as a linker needs it: its name, what it needs itself, and its dynamic
// symbols with their versions (gABI chapter 5, "Dynamic Section"; LSB 5.0, 10.7 "Symbol
// Versioning").

import { ByteReader } from '@ring0/bytes';
import {
  dynamicTag,
  machine,
  readElfTables,
  readSymbols,
  sectionFlag,
  sectionIndex,
  sectionType,
  segmentType,
  stringAt,
  symbolBinding,
} from '@ring0/elf';
import type { ElfTables, RawSection } from '@ring0/elf';
import { symbolWarning } from './warned-symbols.ts';
import type { SymbolWarning } from './warned-symbols.ts';

/** A dynamic symbol of a shared object. */
export interface SharedSymbol {
  readonly library: SharedLibrary;
  readonly name: string;
  readonly value: number;
  readonly size: number;
  readonly type: number;
  readonly binding: number;
  readonly visibility: number;
  readonly isDefined: boolean;
  /** A plain number, in no section. */
  readonly isAbsolute: boolean;
  /** Undefined: without a version, or of the base version. */
  readonly version: string | undefined;
  /** Found only by its name with the version (`foo@VERSION`). */
  readonly isHidden: boolean;
  /** In bytes, of the section that holds it. */
  readonly alignment: number;
  readonly isReadOnly: boolean;
  /** In memory, but not in the file. */
  readonly isUnfilled: boolean;
}

export interface SharedLibrary {
  /** As messages name it. */
  readonly path: string;
  /** What DT_NEEDED will say. */
  readonly soname: string;
  readonly needed: readonly string[];
  /** DT_RPATH and DT_RUNPATH, split. */
  readonly runPaths: readonly string[];
  readonly symbols: readonly SharedSymbol[];
  /** Of symbols whose use is to be warned of. */
  readonly warnings: readonly SymbolWarning[];
  /** How many objects were loaded before it. */
  position: number;
  /** Only wanted if something uses it. */
  isAsNeeded: boolean;
  /** What it needs may be used as if it had been named (--copy-dt-needed-entries). */
  copiesNeeded: boolean;
  /** Loaded because another shared object needs it. */
  isIndirect: boolean;
  /** The output needs it at run time. */
  isNeeded: boolean;
}

const versionIndexMask = 0x7fff;
const versionHidden = 0x8000;
const versionGlobal = 1;

/** The shared object in `bytes`; a file that cannot be one gives sentences. */
export function readSharedObject(
  bytes: Uint8Array,
  path: string,
  name: string,
): { library: SharedLibrary | undefined; problems: string[] } {
  const { tables, problems } = readElfTables(bytes, path);
  if (!tables || problems.length > 0) return { library: undefined, problems };
  if (tables.bits !== 32 || tables.machine !== machine.i386) {
    const found = `ELF${tables.bits} for machine ${tables.machine}`;
    problems.push(`${path}: ${found} does not go into an elf32-i386 output`);
    return { library: undefined, problems };
  }
  const words = dynamicWords(tables);
  const all = (tag: number): string[] => words.filter((w) => w.tag === tag).map((w) => w.text);
  const library: SharedLibrary & { symbols: readonly SharedSymbol[] } = {
    path,
    soname: all(dynamicTag.soname)[0] ?? name,
    needed: all(dynamicTag.needed),
    runPaths: [...all(dynamicTag.runpath), ...all(dynamicTag.rpath)].flatMap((p) => p.split(':')),
    symbols: [],
    warnings: tables.sections.flatMap(({ name, data }) => symbolWarning(name, data) ?? []),
    position: 0,
    isAsNeeded: false,
    copiesNeeded: false,
    isIndirect: false,
    isNeeded: false,
  };
  library.symbols = symbolsOf(tables, library);
  return { library, problems };
}

const textTags: ReadonlySet<number> = new Set([
  dynamicTag.needed,
  dynamicTag.soname,
  dynamicTag.rpath,
  dynamicTag.runpath,
]);

function dynamicWords(tables: ElfTables): { tag: number; text: string }[] {
  const section = tables.sections.find((s) => s.type === sectionType.dynamic);
  if (!section) return [];
  const strings = tables.sections[section.link]?.data ?? new Uint8Array(0);
  const reader = new ByteReader(section.data);
  const words: { tag: number; text: string }[] = [];
  for (let count = section.data.length >> 3; count > 0; count--) {
    const tag = reader.u32();
    const value = reader.u32();
    if (tag === 0) break;
    if (textTags.has(tag)) words.push({ tag, text: stringAt(strings, value) });
  }
  return words;
}

function symbolsOf(tables: ElfTables, library: SharedLibrary): SharedSymbol[] {
  const table = tables.sections.find((s) => s.type === sectionType.dynsym);
  if (!table) return [];
  const versions = versionNames(tables);
  const indices = tables.sections.find((s) => s.type === sectionType.gnuVersym)?.data;
  const symbols: SharedSymbol[] = [];
  readSymbols(tables, table).forEach((raw, index) => {
    const binding = raw.info >> 4;
    if (index === 0 || binding === symbolBinding.local) return;
    const at = index * 2;
    const word = indices && at + 1 < indices.length ? indices[at] | (indices[at + 1] << 8) : 1;
    const number = word & versionIndexMask;
    const isDefined = raw.section !== sectionIndex.undefined;
    // Index 0 is local to the library; a version's own symbol says nothing.
    if (isDefined && number === 0) return;
    const home = tables.sections[raw.section];
    const version = number > versionGlobal ? versions.get(number) : undefined;
    const isAbsolute = raw.section === sectionIndex.absolute;
    if (isAbsolute && isDefined && version === raw.name) return;
    symbols.push({
      library,
      name: raw.name,
      value: Number(raw.value),
      size: Number(raw.size),
      type: raw.info & 15,
      binding,
      visibility: raw.other & 3,
      isDefined,
      isAbsolute,
      version,
      isHidden: (word & versionHidden) !== 0,
      alignment: Math.max(1, home?.alignment ?? 1),
      isReadOnly: home !== undefined && isReadOnly(tables, home),
      isUnfilled: home?.type === sectionType.nobits,
    });
  });
  return symbols;
}

/** What is read-only once it is relocated counts as such. */
function isReadOnly({ segments }: ElfTables, { flags, address, size }: RawSection): boolean {
  if ((flags & sectionFlag.write) === 0) return true;
  return segments.some(
    ({ type, virtualAddress: start, memorySize }) =>
      type === segmentType.gnuRelro &&
      address >= start &&
      address + BigInt(size) <= start + BigInt(memorySize),
  );
}

/** Version names by index, of those defined and those needed. */
function versionNames(tables: ElfTables): Map<number, string> {
  const names = new Map<number, string>();
  for (const section of tables.sections) {
    if (section.type === sectionType.gnuVerdef) definedVersions(tables, section, names);
    if (section.type === sectionType.gnuVerneed) neededVersions(tables, section, names);
  }
  return names;
}

function definedVersions(
  tables: ElfTables,
  { data, link, info }: RawSection,
  names: Map<number, string>,
): void {
  const strings = tables.sections[link]?.data ?? new Uint8Array(0);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let at = 0;
  for (let count = info; count > 0 && at + 20 <= data.length; count--) {
    const index = view.getUint16(at + 4, true);
    const auxiliary = at + view.getUint32(at + 12, true);
    if (auxiliary + 8 > data.length) return;
    names.set(index, stringAt(strings, view.getUint32(auxiliary, true)));
    const next = view.getUint32(at + 16, true);
    if (next === 0) return;
    at += next;
  }
}

function neededVersions(
  tables: ElfTables,
  { data, link, info }: RawSection,
  names: Map<number, string>,
): void {
  const strings = tables.sections[link]?.data ?? new Uint8Array(0);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let at = 0;
  for (let count = info; count > 0 && at + 16 <= data.length; count--) {
    let auxiliary = at + view.getUint32(at + 8, true);
    for (let left = view.getUint16(at + 2, true); left > 0; left--) {
      if (auxiliary + 16 > data.length) return;
      const index = view.getUint16(auxiliary + 6, true) & versionIndexMask;
      names.set(index, stringAt(strings, view.getUint32(auxiliary + 8, true)));
      const next = view.getUint32(auxiliary + 12, true);
      if (next === 0) break;
      auxiliary += next;
    }
    const next = view.getUint32(at + 12, true);
    if (next === 0) return;
    at += next;
  }
}
