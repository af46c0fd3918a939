// objcopy and strip: an object with some of its sections and symbols, or its memory as flat bytes.

import { alignUp } from '@ring0/bytes';
import {
  elfType,
  machine,
  readElf,
  sectionFlag,
  sectionType,
  segmentType,
  symbolBinding,
  symbolType,
  writeElf,
} from '@ring0/elf';
import type { ElfFile, ElfSection, ElfSymbol } from '@ring0/elf';

export interface ObjcopyOptions {
  /** -I binary: the input is plain bytes. */
  readonly inputFormat?: 'elf' | 'binary';
  /** -O binary: the output is memory from the lowest load address on. */
  readonly outputFormat?: 'elf' | 'binary';
  /** -S: no symbols, relocations' symbols excepted. -g: no debugging information. */
  readonly strip?: 'none' | 'debug' | 'all';
  /** -j: only these sections; patterns with a final `*` are allowed. */
  readonly only?: readonly string[];
  /** -R */
  readonly remove?: readonly string[];
  readonly add?: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** Filler between sections of a flat image. */
  readonly gapFill?: number;
}

export interface ObjcopyResult {
  readonly bytes: Uint8Array | undefined;
  readonly problems: readonly string[];
}

const flatSizeMax = 0x10000000;
const fileSizeMax = 0x20000000;

/** Copies `bytes` as the options say; never throws for bad input. */
export function objcopy(bytes: Uint8Array, path: string, options: ObjcopyOptions): ObjcopyResult {
  const read =
    options.inputFormat === 'binary'
      ? { file: fromBinary(bytes, path), problems: [] }
      : readElf(bytes, path);
  const { file } = read;
  const problems = [...read.problems];
  if (!file || problems.length > 0) return { bytes: undefined, problems };
  dropSections(file, options);
  for (const { name, bytes: data } of options.add ?? [])
    file.sections.push(plainSection(name, data));
  if (options.outputFormat === 'binary') {
    const flat = flatten(file, options.gapFill ?? 0);
    if (!flat) problems.push(`${path}: a flat image of more than 256 MiB is not written`);
    return { bytes: flat, problems };
  }
  for (const symbol of file.symbols) {
    const { section, type } = symbol;
    const isThreadLocal = typeof section === 'object' && (section.flags & sectionFlag.tls) !== 0;
    // As BFD does, whatever the input calls them.
    if (isThreadLocal && type !== symbolType.section) symbol.type = symbolType.tls;
  }
  dropSymbols(file, options);
  cutLinks(file);
  const isLocal = ({ binding }: ElfSymbol): boolean => binding === symbolBinding.local;
  file.symbols = [...file.symbols.filter(isLocal), ...file.symbols.filter((s) => !isLocal(s))];
  if (file.type !== elfType.relocatable && replace(file) > fileSizeMax) {
    problems.push(`${path}: a file of more than 512 MiB is not written`);
    return { bytes: undefined, problems };
  }
  return { bytes: writeElf(file, { areGroupsNamedFirst: true }), problems };
}

function plainSection(name: string, data: Uint8Array): ElfSection {
  return {
    name,
    type: sectionType.progbits,
    flags: 0,
    address: 0n,
    size: data.length,
    alignment: 1,
    entrySize: 0,
    data,
    relocations: [],
  };
}

/** An object whose .data is the bytes, with the three symbols that objcopy -I binary makes. */
function fromBinary(bytes: Uint8Array, path: string): ElfFile {
  const data = plainSection('.data', bytes);
  data.flags = sectionFlag.alloc | sectionFlag.write;
  const stem = `_binary_${path.replace(/[^A-Za-z0-9]/g, '_')}_`;
  const symbol = (name: string, value: number, section: ElfSymbol['section']): ElfSymbol => ({
    name: stem + name,
    value: BigInt(value),
    size: 0n,
    binding: symbolBinding.global,
    type: symbolType.notype,
    visibility: 0,
    section,
  });
  return {
    bits: 32,
    type: elfType.relocatable,
    machine: machine.i386,
    entry: 0n,
    flags: 0,
    osabi: 0,
    sections: [data],
    symbols: [
      symbol('start', 0, data),
      symbol('end', bytes.length, data),
      symbol('size', bytes.length, 'absolute'),
    ],
    segments: [],
  };
}

/** Sections that hold debugging information, by name. */
export function isDebugSection(name: string): boolean {
  return /^\.(debug|zdebug|line|stab|gnu\.linkonce\.wi\.|gnu\.debuglto_|gdb_index)/.test(name);
}

function matches(name: string, patterns: readonly string[]): boolean {
  return patterns.some((p) => (p.endsWith('*') ? name.startsWith(p.slice(0, -1)) : name === p));
}

function dropSections(file: ElfFile, options: ObjcopyOptions): void {
  const { only, remove, strip } = options;
  const isDropped = ({ name, type }: ElfSection): boolean => {
    if (remove && matches(name, remove)) return true;
    if (strip && strip !== 'none' && isDebugSection(name)) return true;
    return (
      only !== undefined && only.length > 0 && type !== sectionType.group && !matches(name, only)
    );
  };
  const dropped = new Set(file.sections.filter(isDropped));
  for (const section of file.sections) {
    if (!section.group) continue;
    const members = section.group.members.filter((member) => !dropped.has(member));
    section.group = { ...section.group, members };
    if (members.length === 0) dropped.add(section);
  }
  file.sections = file.sections.filter((section) => !dropped.has(section));
  const isGone = ({ section }: ElfSymbol): boolean =>
    typeof section === 'object' && dropped.has(section);
  const gone = new Set(file.symbols.filter(isGone));
  file.symbols = file.symbols.filter((symbol) => !gone.has(symbol));
  for (const section of file.sections) {
    section.relocations = section.relocations.filter((r) => !r.symbol || !gone.has(r.symbol));
  }
}

/** References to sections that are gone. */
function cutLinks(file: ElfFile): void {
  const kept = new Set(file.sections);
  for (const section of file.sections) {
    if (section.link && !kept.has(section.link)) section.link = undefined;
    if (section.target && !kept.has(section.target)) section.target = undefined;
  }
}

function dropSymbols(file: ElfFile, { strip }: ObjcopyOptions): void {
  if (!strip || strip === 'none') return;
  if (strip === 'all') {
    // Nothing can be linked without symbols, so relocations and groups go with them.
    file.sections = file.sections.filter((section) => section.type !== sectionType.group);
    for (const section of file.sections) {
      section.relocations = [];
      section.flags &= ~sectionFlag.group;
    }
    file.symbols = [];
    return;
  }
  const used = new Set<ElfSymbol>();
  for (const section of file.sections) {
    for (const { symbol } of section.relocations) if (symbol) used.add(symbol);
  }
  file.symbols = file.symbols.filter((s) => used.has(s) || s.type !== symbolType.file);
}

/**
 * Puts what is not loaded behind what is; loaded contents stay where the segments want them. The
 * result is where the contents end.
 */
function replace(file: ElfFile): number {
  const isLoaded = ({ flags }: ElfSection): boolean => (flags & sectionFlag.alloc) !== 0;
  let at = 52 + 32 * file.segments.length;
  for (const section of file.sections) {
    if (!isLoaded(section) || section.offset === undefined) continue;
    const bytes = section.type === sectionType.nobits ? 0 : section.size;
    at = Math.max(at, section.offset + bytes);
  }
  for (const { offset, fileSize, type } of file.segments) {
    if (type === segmentType.load) at = Math.max(at, offset + fileSize);
  }
  for (const section of file.sections) {
    if (isLoaded(section)) continue;
    at = alignUp(at, section.alignment);
    section.offset = at;
    if (section.type !== sectionType.nobits) at += section.size;
  }
  return at;
}

/** Where a section is loaded: by its segment, else where it runs. */
function loadAddress(file: ElfFile, section: ElfSection): number {
  const offset = section.offset ?? 0;
  for (const segment of file.segments) {
    if (segment.type !== segmentType.load || segment.fileSize === 0) continue;
    const inside = offset - segment.offset;
    if (inside < 0 || inside + section.size > segment.fileSize) continue;
    return Number(segment.physicalAddress) + inside;
  }
  return Number(section.address);
}

function flatten(file: ElfFile, gapFill: number): Uint8Array | undefined {
  const placed = file.sections
    .filter(
      (s) => (s.flags & sectionFlag.alloc) !== 0 && s.type !== sectionType.nobits && s.size > 0,
    )
    .map((section) => ({ section, at: loadAddress(file, section) }));
  if (placed.length === 0) return new Uint8Array(0);
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  for (const { section, at } of placed) {
    low = Math.min(low, at);
    high = Math.max(high, at + section.size);
  }
  if (high - low > flatSizeMax) return undefined;
  const image = new Uint8Array(high - low).fill(gapFill);
  for (const { section, at } of placed) image.set(section.data, at - low);
  return image;
}
