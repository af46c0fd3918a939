// objcopy's changes to sections: which stay, their names, flags, addresses and contents.

import { alignUp, ByteWriter, latin1Bytes } from '@ring0/bytes';
import {
  compressionHeader,
  elfType,
  inflateSection,
  sectionFlag,
  sectionType,
  symbolBinding,
} from '@ring0/elf';
import type { ElfFile, ElfSection, ElfSymbol, RawSection } from '@ring0/elf';
import { crc32, debuglinkName } from '../dwarf/separate-debug.ts';
import { matchesSection } from './objcopy-options.ts';
import type { ObjcopyOptions, SectionAddressChange } from './objcopy-options.ts';

/** Sections that hold debugging information, by name. */
export function isDebugSection(name: string): boolean {
  return /^\.(debug|zdebug|line|stab|gnu\.linkonce\.wi\.|gnu\.debuglto_|gdb_index)/.test(name);
}

const isDwoSection = (name: string) => name.endsWith('.dwo');

/** A section with contents that is not loaded. */
export function plainSection(name: string, data: Uint8Array): ElfSection {
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

function isDropped(section: ElfSection, options: ObjcopyOptions): boolean {
  const { name, type, flags } = section;
  const { only, remove, strip, dwo, discard } = options;
  const isAllocated = (flags & sectionFlag.alloc) !== 0;
  if (options.keepSections && matchesSection(name, options.keepSections)) return false;
  if (remove && matchesSection(name, remove)) return true;
  const isDebug = !isAllocated && isDebugSection(name);
  if (
    isDebug &&
    (strip === 'debug' || strip === 'unneeded' || strip === 'all' || discard === 'all')
  ) {
    return options.onlyKeepDebug !== true || discard === 'all';
  }
  if (dwo === 'strip' && isDwoSection(name)) return true;
  if (dwo === 'extract' && !isDwoSection(name)) return true;
  if (!only || only.length === 0 || type === sectionType.group) return false;
  return !matchesSection(name, only);
}

/** Takes out what the options remove, with its symbols. */
export function dropSections(file: ElfFile, options: ObjcopyOptions): void {
  const dropped = new Set(file.sections.filter((section) => isDropped(section, options)));
  for (const section of file.sections) {
    if (!section.group) continue;
    const members = section.group.members.filter((member) => !dropped.has(member));
    section.group = { ...section.group, members };
    if (members.length === 0) dropped.add(section);
  }
  file.sections = file.sections.filter((section) => !dropped.has(section));
  const isGone = ({ section }: ElfSymbol): boolean =>
    typeof section === 'object' && dropped.has(section);
  file.symbols = file.symbols.filter((symbol) => !isGone(symbol));
  const isExplicit = file.bits === 64;
  for (const section of file.sections) {
    const { removeRelocations = [], remove = [] } = options;
    // A relocation section goes by its name too.
    const isRemoved =
      matchesSection(section.name, removeRelocations) ||
      matchesSection(`${isExplicit ? '.rela' : '.rel'}${section.name}`, remove);
    if (isRemoved) section.relocations = [];
  }
}

/** Sections of these types find the ones they belong to by name. */
const linkNames: Readonly<Record<number, string | undefined>> = {
  [sectionType.dynsym]: '.dynstr',
  [sectionType.dynamic]: '.dynstr',
  [sectionType.gnuVerneed]: '.dynstr',
  [sectionType.gnuVerdef]: '.dynstr',
  [sectionType.hash]: '.dynsym',
  [sectionType.gnuHash]: '.dynsym',
  [sectionType.gnuVersym]: '.dynsym',
  [sectionType.rel]: '.dynsym',
  [sectionType.rela]: '.dynsym',
};

/** References to sections that are gone, or go by another name. */
export function cutLinks(file: ElfFile): void {
  const kept = new Set(file.sections);
  for (const section of file.sections) {
    const wanted = linkNames[section.type];
    if (section.link && wanted !== undefined && section.link.name !== wanted) {
      section.link = undefined;
    }
    if (section.link && !kept.has(section.link)) section.link = undefined;
    const isNamed = wanted === undefined || section.name.startsWith('.rel');
    if (section.target && !(kept.has(section.target) && isNamed)) {
      section.target = undefined;
      section.info = 0;
      section.flags &= ~sectionFlag.infoLink;
    }
  }
}

/** The flags of a section as BFD's words say them; what the words do not touch stays. */
function applyFlags(section: ElfSection, words: readonly string[]): void {
  const has = (word: string) => words.includes(word);
  const keptMask = sectionFlag.group | sectionFlag.infoLink | sectionFlag.linkOrder;
  let flags = section.flags & keptMask;
  if (has('alloc')) flags |= sectionFlag.alloc;
  if (!has('readonly') && !has('rom')) flags |= sectionFlag.write;
  if (has('code')) flags |= sectionFlag.execute;
  if (has('merge')) flags |= sectionFlag.merge;
  if (has('strings')) flags |= sectionFlag.strings;
  if (has('exclude')) flags |= sectionFlag.exclude;
  if ((flags & ~section.flags & sectionFlag.merge) !== 0) section.entrySize = 0;
  section.flags = flags;
  const hasBytes = section.type !== sectionType.nobits;
  if (!hasBytes && (has('contents') || has('load') || !has('alloc'))) {
    section.type = sectionType.progbits;
    section.data = new Uint8Array(Math.min(section.size, 1 << 28));
  }
  if (section.type === sectionType.group) {
    section.type = sectionType.progbits;
    section.group = undefined;
    section.info = 0;
    section.flags |= sectionFlag.group;
  }
  const loses = has('alloc') && !has('load') && !has('contents') && !hasBytes;
  if (loses) section.type = sectionType.nobits;
}

/** Moves a section; the symbols in it move along in linked files. */
function moveSection(file: ElfFile, section: ElfSection, to: bigint): void {
  const by = to - section.address;
  section.address = to;
  if (by === 0n || file.type === elfType.relocatable) return;
  for (const symbol of file.symbols) if (symbol.section === section) symbol.value += by;
}

/** Where sections are loaded, as far as it is not what the segments say. */
export type LoadAddresses = Map<ElfSection, number>;

/** Renames, flags, alignments and addresses. */
export function changeSections(
  file: ElfFile,
  options: ObjcopyOptions,
  loads: LoadAddresses,
  used: Set<SectionAddressChange>,
): void {
  for (const section of file.sections) {
    const { name } = section;
    const flags = options.setFlags?.findLast(({ pattern }) => matchesSection(name, [pattern]));
    if (flags) applyFlags(section, flags.flags);
    const alignment = options.setAlignment?.findLast(({ pattern }) =>
      matchesSection(name, [pattern]),
    );
    if (alignment) section.alignment = alignment.alignment;
    changeAddress(file, section, options, loads, used);
    if (file.type === elfType.relocatable) {
      section.alignment = alignmentAt(section.alignment, section.address);
    }
    const renamed = options.rename?.find(({ from }) => from === name);
    if (renamed) {
      section.name = renamed.to;
      if (renamed.flags) {
        applyFlags(section, renamed.flags);
        const has = (word: string) => renamed.flags?.includes(word) === true;
        if (!has('contents')) section.data = new Uint8Array(section.data.length);
        const isEmpty = has('alloc') && !has('load') && !has('contents');
        if (isEmpty && section.type === sectionType.progbits) section.type = sectionType.nobits;
      }
    }
    const isAllocated = (section.flags & sectionFlag.alloc) !== 0;
    if (isAllocated && options.prefixAllocSections !== undefined) {
      section.name = options.prefixAllocSections + section.name;
    } else if (options.prefixSections !== undefined) {
      section.name = options.prefixSections + section.name;
    }
  }
}

/** An address that is not aligned as a section wants says how much it is. */
function alignmentAt(alignment: number, address: bigint): number {
  const bits = address | BigInt(alignment);
  return alignment > 1 ? Number(bits & -bits) : alignment;
}

function changeAddress(
  file: ElfFile,
  section: ElfSection,
  options: ObjcopyOptions,
  loads: LoadAddresses,
  used: Set<SectionAddressChange>,
): void {
  const old = Number(section.address);
  const load = loads.get(section) ?? old;
  const { changeAddresses = 0, changeSections = [] } = options;
  let vma = old;
  let lma = load;
  let isVma = false;
  let isLma = false;
  for (const change of changeSections) {
    if (!matchesSection(section.name, [change.pattern])) continue;
    used.add(change);
    if (change.vma) {
      vma = change.isRelative ? old + change.value : change.value;
      isVma = true;
    }
    if (change.lma) {
      lma = change.isRelative ? load + change.value : change.value;
      isLma = true;
    }
  }
  if (!isVma) vma += changeAddresses;
  if (!isLma) lma += changeAddresses;
  if (vma !== old) moveSection(file, section, BigInt.asUintN(file.bits, BigInt(vma)));
  loads.set(section, file.bits === 32 ? lma >>> 0 : lma);
}

/** --update-section */
export function updateContents(file: ElfFile, options: ObjcopyOptions, problems: string[]): void {
  for (const { name, bytes } of options.update ?? []) {
    const section = file.sections.find((candidate) => candidate.name === name);
    if (!section) problems.push(`error: ${name} not found, can't be updated`);
    else if (section.type === sectionType.nobits) {
      problems.push(`${options.outputName}[${name}]: section has no contents`);
    } else {
      section.data = bytes;
      section.size = bytes.length;
      // They were for what was there.
      section.isRelocated = section.relocations.length > 0;
      section.relocations = [];
    }
  }
}

/** Sections that are added, which no other option changes but the one that sets flags. */
export function addContents(
  file: ElfFile,
  options: ObjcopyOptions,
  note: (text: string) => void,
): void {
  // GNU objcopy puts the last one first.
  for (const { name, bytes } of options.add?.toReversed() ?? []) {
    const section = plainSection(name, bytes);
    const flags = options.setFlags?.findLast(({ pattern }) => matchesSection(name, [pattern]));
    if (flags) applyFlags(section, flags.flags);
    file.sections.push(section);
  }
  const { debuglink } = options;
  if (!debuglink) return;
  if (file.sections.some(({ name }) => name === debuglinkName)) {
    note('debuglink section already exists');
    return;
  }
  const out = new ByteWriter();
  out.bytes(latin1Bytes(debuglink.name));
  out.u8(0);
  out.fill(alignUp(out.length, 4) - out.length);
  out.u32(crc32(debuglink.bytes));
  const section = plainSection(debuglinkName, out.take());
  section.alignment = 4;
  file.sections.push(section);
}

/** --compress-debug-sections and its opposite. */
export function changeCompression(
  file: ElfFile,
  options: ObjcopyOptions,
  problems: string[],
): void {
  const { compress, deflate } = options;
  if (compress === undefined || compress === 'none') return;
  for (const section of file.sections) {
    if (!isDebugSection(section.name) || section.type === sectionType.nobits) continue;
    if (compress === 'decompress') {
      decompressSection(section, file.bits, problems);
      continue;
    }
    if (compressionHeader(section, file.bits)) continue;
    if (!deflate) {
      problems.push('no zlib is at hand here: debugging sections are not compressed');
      return;
    }
    compressSection(section, file.bits, compress, deflate);
  }
}

function decompressSection(section: ElfSection, bits: 32 | 64, problems: string[]): void {
  const header = compressionHeader(section, bits);
  if (!header) return;
  const raw: RawSection = {
    ...section,
    index: 0,
    nameOffset: 0,
    offset: 0,
    link: 0,
    info: 0,
  };
  const { bytes, problem } = inflateSection(raw, bits);
  if (problem !== undefined) {
    problems.push(problem);
    return;
  }
  section.data = bytes;
  section.size = bytes.length;
  section.flags &= ~sectionFlag.compressed;
  section.alignment = header.alignment;
  section.name = section.name.replace(/^\.zdebug/, '.debug');
}

function compressSection(
  section: ElfSection,
  bits: 32 | 64,
  kind: 'zlib' | 'zlib-gnu',
  deflate: (bytes: Uint8Array) => Uint8Array,
): void {
  const { data } = section;
  const stream = deflate(data);
  const out = new ByteWriter(stream.length + 24);
  if (kind === 'zlib-gnu') {
    out.bytes(latin1Bytes('ZLIB'));
    for (let byte = 7; byte >= 0; byte--) out.u8(Math.floor(data.length / 256 ** byte) % 256);
  } else {
    out.u32(1);
    if (bits === 64) out.u32(0);
    const word = (value: number) => (bits === 32 ? out.u32(value) : out.u64(BigInt(value)));
    word(data.length);
    word(section.alignment);
  }
  out.bytes(stream);
  // What would not become smaller stays.
  if (out.length >= data.length) return;
  section.data = out.take();
  section.size = section.data.length;
  if (kind === 'zlib-gnu') {
    section.name = section.name.replace(/^\.debug/, '.zdebug');
    section.alignment = 1;
    return;
  }
  section.flags |= sectionFlag.compressed;
  section.alignment = bits / 8;
}

/** The symbols that stand for a plain file's contents. */
export function binarySymbols(section: ElfSection, path: string): ElfSymbol[] {
  const stem = `_binary_${path.replace(/[^A-Za-z0-9]/g, '_')}_`;
  const symbol = (name: string, value: number, owner: ElfSymbol['section']): ElfSymbol => ({
    name: stem + name,
    value: BigInt(value),
    size: 0n,
    binding: symbolBinding.global,
    type: 0,
    visibility: 0,
    section: owner,
  });
  return [
    symbol('start', 0, section),
    symbol('end', section.size, section),
    symbol('size', section.size, 'absolute'),
  ];
}
