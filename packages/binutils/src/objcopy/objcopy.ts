// objcopy and strip: a copy of an object with some of its sections and symbols, changed as the
// options say, or its memory in one of the formats that hold nothing else.

import { alignUp, latin1Bytes, utf8Bytes } from '@ring0/bytes';
import {
  elfSizes,
  elfType,
  isElf,
  isWholeElf,
  readElf,
  objectFile,
  sectionFlag,
  sectionType,
  symbolType,
  writeElf,
} from '@ring0/elf';
import type { ElfFile, ElfSection, ElfSymbol } from '@ring0/elf';
import { keepDebugOnly, placeDebugOnly, placeSections } from './objcopy-layout.ts';
import type {
  ObjcopyFormat,
  ObjcopyOptions,
  ObjcopyResult,
  SectionAddressChange,
} from './objcopy-options.ts';
import {
  binarySymbols,
  changeCompression,
  addContents,
  updateContents,
  changeSections,
  cutLinks,
  dropSections,
  plainSection,
} from './objcopy-sections.ts';
import type { LoadAddresses } from './objcopy-sections.ts';
import { placeSegments, planSegments } from './objcopy-segments.ts';
import type { SegmentPlan, SegmentResult } from './objcopy-segments.ts';
import { bfdName, filterSymbols, isLocalLabel } from './objcopy-symbols.ts';
import {
  looksLikeIhex,
  looksLikeSrec,
  readIhex,
  readSrec,
  writeIhex,
  writeSrec,
} from './text-formats.ts';
import type { MemoryImage } from './text-formats.ts';

const flatSizeMax = 0x10000000;
const fileSizeMax = 0x20000000;
const addressMax = 0x100000000;

/** What BFD's messages about sections end with. */
const wrong = ': file in wrong format';

/** What cannot be done, and what is said though the copy is good. */
interface Said {
  readonly problems: string[];
  readonly notes: string[];
}

interface Input {
  readonly file: ElfFile | undefined;
  readonly problems: readonly string[];
}

function fromBinary(bytes: Uint8Array, path: string, bits: 32 | 64): ElfFile {
  const data = plainSection('.data', bytes);
  data.flags = sectionFlag.alloc | sectionFlag.write;
  const file = objectFile(bits, [data], []);
  file.symbols = binarySymbols(data, path);
  return file;
}

function fromMemory({ pieces, start, problem }: MemoryImage, bits: 32 | 64): Input {
  if (problem !== undefined) return { file: undefined, problems: [problem] };
  const sections = pieces.map(({ address, bytes }, index) => ({
    ...plainSection(`.sec${index + 1}`, bytes),
    address: BigInt(address),
    flags: sectionFlag.alloc | sectionFlag.write,
  }));
  const file = objectFile(bits, sections, []);
  file.entry = BigInt(start);
  return { file, problems: [] };
}

function read(
  bytes: Uint8Array,
  path: string,
  { inputFormat: format, outputBits = 32 }: ObjcopyOptions,
): Input {
  if (format === 'binary') return { file: fromBinary(bytes, path, outputBits), problems: [] };
  if (format === 'ihex' || (format === undefined && looksLikeIhex(bytes))) {
    return fromMemory(readIhex(bytes, path), outputBits);
  }
  if (format === 'srec' || (format === undefined && looksLikeSrec(bytes))) {
    return fromMemory(readSrec(bytes, path), outputBits);
  }
  if (!isWholeElf(bytes)) {
    return { file: undefined, problems: [`${path}: file format not recognized`] };
  }
  return readElf(bytes, path);
}

/** The format that the output has where none is named: the input's. */
function formatOf(bytes: Uint8Array, options: ObjcopyOptions): ObjcopyFormat {
  if (options.outputFormat) return options.outputFormat;
  if (options.inputFormat) return options.inputFormat;
  if (isElf(bytes)) return 'elf';
  return looksLikeIhex(bytes) ? 'ihex' : looksLikeSrec(bytes) ? 'srec' : 'elf';
}

/**
 * Copies `bytes` as the options say; never throws for bad input. `dumps` names sections whose
 * contents are wanted besides.
 */
export function objcopy(
  bytes: Uint8Array,
  path: string,
  options: ObjcopyOptions,
  dumps: readonly string[] = [],
): ObjcopyResult {
  const input = read(bytes, path, options);
  const { file } = input;
  const problems = [...input.problems];
  const notes: string[] = [];
  const usedChanges = new Set<SectionAddressChange>();
  const failed = { bytes: undefined, problems, notes, usedChanges };
  if (!file || problems.length > 0) return failed;
  if (options.outputBits !== undefined && options.outputBits !== file.bits) {
    problems.push(`${path}: a file of ${file.bits} bits is not made one of ${options.outputBits}`);
    return failed;
  }
  const found = new Map<string, Uint8Array>();
  for (const name of dumps) {
    const section = file.sections.find((candidate) => candidate.name === name);
    if (section && section.type !== sectionType.nobits) found.set(name, section.data);
    else if (section)
      notes.push(`${path}[${name}]: can't dump section - it has no contents${wrong}`);
    else notes.push(`${path}: can't dump section '${name}' - it does not exist${wrong}`);
  }
  const isKeeping = options.onlyKeepDebug === true;
  const used: ObjcopyOptions = isKeeping ? { ...options, strip: 'none' } : options;
  const plan = planSegments(file);
  if (isKeeping) keepDebugOnly(file);
  dropSections(file, used);
  updateContents(file, used, problems);
  const loads: LoadAddresses = new Map(
    file.sections.map((section) => [
      section,
      plan.places.get(section)?.load ?? Number(section.address),
    ]),
  );
  const names = new Map(file.sections.map((section) => [section, section.name]));
  changeSections(file, used, loads, usedChanges);
  if (problems.length > 0) return failed;
  // GNU objcopy ends without a word about the rest.
  const atOnce = { ...failed, usedChanges: new Set(options.changeSections) };
  const lost = lostSymbol(file);
  const all = [...file.symbols];
  filterSymbols(file, used, problems);
  if (problems.some((problem) => problem.startsWith('Section '))) return atOnce;
  if (problems.length > 0) return failed;
  if (!reverseSections(file, used, problems, names)) return atOnce;
  changeCompression(file, used, problems);
  if (options.extractsSymbols) emptySections(file);
  addContents(file, used, (text) => notes.push(`${path}: ${text}`));
  const filled = fillGaps(file, options, loads, problems);
  changeStart(file, options);
  const format = formatOf(bytes, options);
  const copy =
    format === 'elf'
      ? elfBytes(file, path, used, { problems, notes }, { plan, loads, lost })
      : flatBytes(file, path, format, used, { loads, filled, all }, problems);
  const isGood = problems.length === 0;
  return { bytes: isGood ? copy : undefined, problems, notes, usedChanges, dumps: found };
}

function changeStart(file: ElfFile, options: ObjcopyOptions): void {
  const { setStart, changeStart: by = 0 } = options;
  const start = setStart ?? Number(file.entry);
  file.entry = BigInt.asUintN(file.bits, BigInt(start + by));
}

/** What is known of the file before its symbols go. */
interface Plans {
  readonly plan: SegmentPlan;
  readonly loads: LoadAddresses;
  readonly lost: string | undefined;
}

function elfBytes(
  file: ElfFile,
  path: string,
  options: ObjcopyOptions,
  { problems, notes }: Said,
  { plan, loads, lost }: Plans,
): Uint8Array | undefined {
  if (lost !== undefined && options.strip !== 'all') {
    problems.push(`${options.outputName ?? path}: symbol \`${lost}' required but not present`);
    problems.push(`${options.outputName ?? path}: no symbols`);
    return undefined;
  }
  cutLinks(file);
  const isLinked = file.type !== elfType.relocatable;
  const placed: SegmentResult =
    isLinked && !options.onlyKeepDebug ? placeSegments(file, plan, loads) : { kind: 'kept' };
  if (placed.kind === 'failed') {
    problems.push(`${path}: ${placed.problem}`);
    return undefined;
  }
  if (placed.kind === 'placed') {
    const { input, output } = placed.warnings;
    notes.push(...input.map((text) => `${path}: warning: ${text}`));
    notes.push(...output.map((text) => `${options.outputName ?? path}: ${text}`));
  }
  const end =
    placed.kind === 'placed'
      ? placed.end
      : !isLinked
        ? objectEnd(file)
        : options.onlyKeepDebug
          ? placeDebugOnly(file)
          : placeSections(file);
  const reach = isLinked ? contentsEnd(file) : 0;
  if (Math.max(end, reach) > fileSizeMax) {
    problems.push(`${path}: a file of more than 512 MiB is not written`);
    return undefined;
  }
  return writeElf(file, { areGroupsNamedFirst: true });
}

/** A symbol that relocations need though its section is gone. */
function lostSymbol(file: ElfFile): string | undefined {
  const symbols = new Set(file.symbols);
  for (const { relocations } of file.sections) {
    const lost = relocations.find(({ symbol }) => symbol && !symbols.has(symbol));
    if (lost?.symbol) return bfdName(lost.symbol);
  }
  return undefined;
}

/** Where the contents of a linked file end. */
function contentsEnd(file: ElfFile): number {
  let end = 0;
  for (const { type, offset = 0, data } of file.sections) {
    if (type !== sectionType.nobits) end = Math.max(end, offset + data.length);
  }
  return end;
}

/** Where the contents of an object end, each aligned as it wants. */
function objectEnd(file: ElfFile): number {
  let at = elfSizes(file.bits).header;
  for (const { alignment, type, data } of file.sections) {
    at = alignUp(at, alignment);
    if (type !== sectionType.nobits) at += data.length;
  }
  return at;
}

interface Piece {
  readonly address: number;
  bytes: Uint8Array;
}

/** How many bytes sections had of their own that gaps behind them were filled by. */
type Filled = ReadonlyMap<ElfSection, number>;
/** What fills a gap is a record's end of its own, and comes so many bytes at a time. */
const fillSize = 8192;

/** The loaded contents in the order of their load addresses. */
function memoryPieces(file: ElfFile, loads: LoadAddresses, filled: Filled): Piece[] {
  const pieces: Piece[] = file.sections
    .filter(({ flags, type, size }) => {
      return (flags & sectionFlag.alloc) !== 0 && type !== sectionType.nobits && size > 0;
    })
    .flatMap((section) => {
      const { data } = section;
      const address = loads.get(section) ?? Number(section.address);
      const own = filled.get(section) ?? data.length;
      const list: Piece[] = own > 0 ? [{ address, bytes: data.subarray(0, own) }] : [];
      for (let at = own; at < data.length; at += fillSize) {
        list.push({ address: address + at, bytes: data.subarray(at, at + fillSize) });
      }
      return list;
    })
    .sort((a, b) => a.address - b.address);
  return pieces;
}

/** --extract-symbol: what symbols say stays, in sections of no size that nothing loads. */
function emptySections(file: ElfFile): void {
  file.segments = [];
  for (const section of file.sections) {
    section.data = new Uint8Array(0);
    section.size = 0;
    section.relocations = [];
  }
  file.entry = 0n;
}

/** --gap-fill and --pad-to: sections grow, of those at one address the largest. */
function fillGaps(
  file: ElfFile,
  { gapFill, padTo }: ObjcopyOptions,
  loads: LoadAddresses,
  problems: string[],
): Filled {
  const filled = new Map<ElfSection, number>();
  if (gapFill === undefined && padTo === undefined) return filled;
  const load = (section: ElfSection) => loads.get(section) ?? Number(section.address);
  const loaded = file.sections
    .filter(({ flags, type }) => (flags & sectionFlag.alloc) !== 0 && type !== sectionType.nobits)
    .toSorted((left, right) => load(left) - load(right) || left.size - right.size);
  loaded.forEach((section, index) => {
    const next = loaded[index + 1];
    const limit = next ? load(next) : padTo;
    if (limit === undefined || (next && gapFill === undefined)) return;
    const size = limit - load(section);
    if (size <= section.data.length) return;
    if (size > flatSizeMax) {
      problems.push(`error: ${section.name} would grow beyond 256 MiB`);
      return;
    }
    const grown = new Uint8Array(size).fill(gapFill ?? 0, section.data.length);
    grown.set(section.data);
    filled.set(section, section.data.length);
    section.data = grown;
    section.size = size;
  });
  return filled;
}

/** --reverse-bytes; false: a section's length is no multiple of the groups'. */
function reverseSections(
  file: ElfFile,
  options: ObjcopyOptions,
  problems: string[],
  names: ReadonlyMap<ElfSection, string>,
): boolean {
  const { reverseBytes: group = 0 } = options;
  if (group < 2) return true;
  for (const section of file.sections) {
    if (section.type === sectionType.nobits || section.type === sectionType.group) continue;
    if (section.data.length % group !== 0) {
      const why = `must be evenly divisible by ${group}`;
      problems.push(`cannot reverse bytes: length of section ${names.get(section)} ${why}`);
      return false;
    }
    section.data = reversed(section.data, group);
  }
  return true;
}

function reversed(bytes: Uint8Array, group: number): Uint8Array {
  const out = new Uint8Array(bytes);
  for (let at = 0; at + group <= out.length; at += group) out.subarray(at, at + group).reverse();
  return out;
}

function interleaved(
  bytes: Uint8Array,
  { byte, of, width }: NonNullable<ObjcopyOptions['interleave']>,
): Uint8Array {
  const out: number[] = [];
  for (let at = byte; at < bytes.length; at += of) {
    for (let i = 0; i < width && at + i < bytes.length; i++) out.push(bytes[at + i]);
  }
  return Uint8Array.from(out);
}

/** What is known of the memory that a file without sections holds. */
interface Flat {
  readonly loads: LoadAddresses;
  readonly filled: Filled;
  /** The symbols before any went. */
  readonly all: readonly ElfSymbol[];
}

function flatBytes(
  file: ElfFile,
  path: string,
  format: ObjcopyFormat,
  options: ObjcopyOptions,
  { loads, filled, all }: Flat,
  problems: string[],
): Uint8Array | undefined {
  const pieces = memoryPieces(file, loads, filled);
  for (const piece of pieces) {
    if (options.interleave) piece.bytes = interleaved(piece.bytes, options.interleave);
  }
  const start = Number(file.entry);
  const name = options.outputName ?? path;
  const wide = pieces.find(({ address, bytes }) => address + bytes.length > addressMax);
  if (wide && format === 'ihex') {
    const address = Math.max(addressMax, wide.address).toString(16);
    problems.push(`${name}: address 0x${address} out of range for Intel Hex file`);
    problems.push(`${name}: bad value`);
    return undefined;
  }
  const srec = { name, length: options.srecLength, isForced: options.srecForceS3 };
  switch (format) {
    case 'ihex':
      return writeIhex(pieces, start);
    case 'srec':
      return writeSrec(pieces, start, srec);
    case 'symbolsrec': {
      // In the order of the file, with those that are new behind.
      const order = new Map(all.map((symbol, index) => [symbol, index]));
      const place = (symbol: ElfSymbol) => order.get(symbol) ?? all.length;
      file.symbols.sort((left, right) => place(left) - place(right));
      const symbols = symbolLines(file, options, name, loads);
      const records = writeSrec(pieces, start, srec);
      const out = new Uint8Array(symbols.length + records.length);
      out.set(symbols);
      out.set(records, symbols.length);
      return out;
    }
    case 'verilog':
      return verilog(pieces, options.verilogWidth ?? 1);
    default: {
      const flat = flatten(pieces);
      if (!flat) problems.push(`${path}: a flat image of more than 256 MiB is not written`);
      return flat;
    }
  }
}

/** The symbols at the addresses that they are loaded at, labels that assemblers make left out. */
function symbolLines(
  file: ElfFile,
  options: ObjcopyOptions,
  name: string,
  loads: LoadAddresses,
): Uint8Array {
  const shown = file.symbols.filter(
    (symbol) =>
      symbol.name !== '' &&
      symbol.type !== symbolType.section &&
      symbol.type !== symbolType.file &&
      !isLocalLabel(symbol.name),
  );
  if (file.symbols.length === 0 || options.strip === 'all') return new Uint8Array(0);
  const lines = shown.map(({ name: symbol, value, section }) => {
    const isPlaced = typeof section === 'object';
    const moved = isPlaced ? (loads.get(section) ?? 0) - Number(section.address) : 0;
    return `  ${symbol} $${(Number(value) + moved).toString(16)}\r\n`;
  });
  return utf8Bytes(`$$ ${name}\r\n${lines.join('')}$$ \r\n`);
}

/** Bytes in hexadecimal, sixteen a line, each piece after its address. */
function verilog(pieces: readonly Piece[], width: number): Uint8Array {
  const parts: string[] = [];
  const upper = (value: number, digits: number) =>
    value.toString(16).toUpperCase().padStart(digits, '0');
  for (const { address, bytes } of pieces) {
    parts.push(`@${upper(Math.floor(address / width), 8)}\r\n`);
    for (let at = 0; at < bytes.length; at += 16) {
      const line: string[] = [];
      for (let i = at; i < Math.min(at + 16, bytes.length); i += width) {
        const group = Array.from(bytes.subarray(i, i + width), (byte) => upper(byte, 2));
        // Words are little-endian, as the machine is.
        line.push(group.toReversed().join(''));
      }
      parts.push(`${line.join(' ')}\r\n`);
    }
  }
  return latin1Bytes(parts.join(''));
}

function flatten(pieces: readonly Piece[]): Uint8Array | undefined {
  const [first] = pieces;
  if (!first) return new Uint8Array(0);
  let high = 0;
  for (const { address, bytes } of pieces) high = Math.max(high, address + bytes.length);
  if (high - first.address > flatSizeMax) return undefined;
  const image = new Uint8Array(high - first.address);
  for (const { address, bytes } of pieces) image.set(bytes, address - first.address);
  return image;
}
