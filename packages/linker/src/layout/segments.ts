// Program headers and file offsets. Which sections share a segment, and where contents stand in
// the file, follows BFD's rules (elf.c), as boot loaders and tools rely on the results.

import { alignUp } from '@ring0/bytes';
import {
  elfSizes,
  sectionFlag,
  sectionKind,
  sectionType,
  segmentFlag,
  segmentType,
} from '@ring0/elf';
import type { ElfSegment } from '@ring0/elf';
import type { OutputSection } from '../model.ts';
import type { LinkSettings } from '../options.ts';

const { alloc, write, execute, tls } = sectionFlag;

/** A program header before it has its numbers. */
export interface SegmentPlan {
  readonly type: number;
  flags: number | undefined;
  readonly sections: OutputSection[];
  hasFileHeader: boolean;
  hasProgramHeaders: boolean;
  alignment: number | undefined;
  readonly physicalAddress: number | undefined;
  /** Of a segment that holds the headers only. */
  readonly address: number | undefined;
  readonly relro: { start: number; end: number } | undefined;
  /** Of a segment without sections. */
  readonly memorySize: number | undefined;
}

/** A header of the script's PHDRS command, evaluated. */
export interface NamedHeader {
  readonly name: string;
  readonly type: number;
  readonly flags: number | undefined;
  readonly at: number | undefined;
  readonly hasFileHeader: boolean;
  readonly hasProgramHeaders: boolean;
}

export interface SegmentInput {
  /** Those that go into the file, in order. */
  readonly sections: readonly OutputSection[];
  readonly settings: LinkSettings;
  readonly named: readonly NamedHeader[];
  /** PF_ bits of the stack; undefined: no PT_GNU_STACK. */
  readonly stackFlags: number | undefined;
  readonly relro: { start: number; end: number } | undefined;
  /** What tells memory regions apart: a segment has sections of one only. */
  readonly regionOf: (section: OutputSection) => unknown;
  /** For each output section the names of its program headers, where PHDRS names some. */
  readonly headers: ReadonlyMap<OutputSection, readonly string[]>;
  /** The script asked for SIZEOF_HEADERS, so the headers are to be loaded. */
  readonly wantsHeaders: boolean;
}

const isLoaded = (s: OutputSection): boolean => s.type !== sectionType.nobits;
const isTbss = (s: OutputSection): boolean => (s.flags & tls) !== 0 && !isLoaded(s);
const sizes = elfSizes(32);

/** Program headers that sections of these names have beside their PT_LOAD. */
const ownSegments: Readonly<Record<string, number>> = {
  '.interp': 2,
  '.dynamic': 1,
  '.eh_frame_hdr': 1,
  '.note.gnu.property': 1,
};

/**
 * Bytes of ELF header and program headers before any layout is known: a guess that later passes
 * correct.
 */
export function guessHeaderSize(input: SegmentInput): number {
  let count = 2;
  if (input.relro) count++;
  if (input.stackFlags !== undefined) count++;
  if (input.sections.some((s) => s.type === sectionType.note)) count++;
  if (input.sections.some((s) => (s.flags & tls) !== 0)) count++;
  for (const { name } of input.sections) count += ownSegments[name] ?? 0;
  return headerSize(input.named.length > 0 ? input.named.length : count);
}

/** Bytes of the ELF header with `count` program headers. */
export function headerSize(count: number): number {
  return sizes.header + count * sizes.programHeader;
}

const plan = (
  type: number,
  sections: OutputSection[],
  more: Partial<SegmentPlan> = {},
): SegmentPlan => ({
  type,
  flags: undefined,
  sections,
  hasFileHeader: false,
  hasProgramHeaders: false,
  alignment: undefined,
  physicalAddress: undefined,
  address: undefined,
  relro: undefined,
  memorySize: undefined,
  ...more,
});

/** -z stack-size=BYTES. */
export function stackSizeOf({ keywords }: LinkSettings): number | undefined {
  const word = [...keywords].findLast((each) => each.startsWith('stack-size='));
  return word === undefined ? undefined : Number(word.slice(word.indexOf('=') + 1)) || undefined;
}

/** Decides which segments there are and what each holds. */
export function planSegments(input: SegmentInput): SegmentPlan[] {
  if (input.named.length > 0) return planNamed(input);
  const plans = planLoads(input);
  const { sections } = input;
  const named = (name: string): OutputSection | undefined =>
    sections.find((s) => s.name === name && (s.flags & alloc) !== 0 && s.size > 0);
  const dynamic = named('.dynamic');
  if (dynamic) plans.push(plan(segmentType.dynamic, [dynamic]));
  for (let i = 0; i < sections.length; i++) {
    if (!isNote(sections[i])) continue;
    const run = [sections[i]];
    while (followsNote(sections[i], sections[i + 1])) run.push(sections[++i]);
    plans.push(plan(segmentType.note, run));
  }
  const thread = sections.filter((s) => (s.flags & tls) !== 0);
  if (thread.length > 0) plans.push(plan(segmentType.tls, thread, { flags: segmentFlag.read }));
  const properties = named('.note.gnu.property');
  if (properties) plans.push(plan(segmentType.gnuProperty, [properties], { flags: 4 }));
  const frames = named('.eh_frame_hdr');
  if (frames) plans.push(plan(segmentType.gnuEhFrame, [frames]));
  if (input.stackFlags !== undefined) {
    const stackSize = stackSizeOf(input.settings);
    const stack = { flags: input.stackFlags, alignment: 16, memorySize: stackSize };
    plans.push(plan(segmentType.gnuStack, [], stack));
  }
  const { relro } = input;
  if (relro && plans.some((p) => holdsRelro(p, relro))) {
    plans.push(plan(segmentType.gnuRelro, [], { flags: segmentFlag.read, alignment: 1, relro }));
  }
  const interpreter = named('.interp');
  if (interpreter && isLoaded(interpreter)) {
    const headers = plan(segmentType.phdr, [], { flags: segmentFlag.read, alignment: 4 });
    plans.unshift(
      Object.assign(headers, { hasProgramHeaders: true }),
      plan(segmentType.interp, [interpreter], { alignment: 1 }),
    );
  }
  addHeaders(input, plans);
  return plans;
}

/**
 * The headers become part of the first segment where its page has room before its first section, or where the
 * script made room for them; code is not to share a segment with them.
 */
function addHeaders({ settings, wantsHeaders }: SegmentInput, plans: SegmentPlan[]): void {
  const first = plans.find((p) => p.type === segmentType.load);
  const section = first?.sections.at(0);
  if (!first || !section || first.type !== segmentType.load || settings.magic !== 'paged') return;
  const bytes = headerSize(plans.length);
  const page = Math.max(settings.maxPageSize, settings.commonPageSize);
  if (section.loadAddress < bytes) return;
  const isApart = settings.isSeparateCode && (section.flags & execute) !== 0;
  const isBehindPage = isApart && section.loadAddress >= page;
  const needed = isBehindPage ? headerSize(plans.length + 1) : bytes;
  const sharesPage = section.loadAddress % page >= needed % page;
  // Who asks for a dynamic linker must show it the headers.
  const isShown = plans[0].type === segmentType.phdr;
  if (!sharesPage && !wantsHeaders && !isShown) return;
  if (isBehindPage && sharesPage) {
    // GNU ld gives them the page before the code by load address, in memory that where they end below it.
    const end = section.address - needed;
    const address = end - (((end % page) + page) % page);
    const physicalAddress = section.loadAddress - (section.loadAddress % page) - page;
    const headers = { hasFileHeader: true, hasProgramHeaders: true, address, physicalAddress };
    plans.unshift(plan(segmentType.load, [], headers));
    return;
  }
  if (sharesPage || !isApart) {
    first.hasFileHeader = true;
    first.hasProgramHeaders = true;
    return;
  }
  const below = alignUp(headerSize(plans.length + 1), page) + (section.loadAddress % page);
  const address = section.address - below;
  const physicalAddress = section.loadAddress - below;
  const headers = { hasFileHeader: true, hasProgramHeaders: true, address, physicalAddress };
  plans.splice(plans.indexOf(first), 0, plan(segmentType.load, [], headers));
}

/** The segment begins in the range, and has contents. */
function holdsRelro(
  { type, sections }: SegmentPlan,
  relro: { start: number; end: number },
): boolean {
  const first = sections.at(0);
  if (type !== segmentType.load || !first) return false;
  const isInside = first.address >= relro.start && first.address < relro.end;
  return isInside && sections.some((s) => s.size > 0 && isLoaded(s));
}

/** What only the script calls a note has no segment. */
const isNote = ({ type, flags, hasInput, statement }: OutputSection): boolean =>
  type === sectionType.note && (flags & alloc) !== 0 && (hasInput || !statement.elfType);

function followsNote(note: OutputSection, next: OutputSection | undefined): boolean {
  if (!next || !isNote(next) || next.alignment !== note.alignment) return false;
  return alignUp(note.loadAddress + note.size, note.alignment) === next.loadAddress;
}

/** Load order: by load address, then run address; what has no contents behind what has. */
function byLoadAddress(sections: readonly OutputSection[]): OutputSection[] {
  const isBehind = (s: OutputSection): number =>
    !isLoaded(s) && (s.flags & tls) === 0 && s.size !== 0 ? 1 : 0;
  const size = (s: OutputSection): number => (isLoaded(s) ? s.size : 0);
  return sections
    .filter((s) => (s.flags & alloc) !== 0)
    .map((section, index) => ({ section, index }))
    .sort(
      (a, b) =>
        a.section.loadAddress - b.section.loadAddress ||
        a.section.address - b.section.address ||
        isBehind(a.section) - isBehind(b.section) ||
        size(a.section) - size(b.section) ||
        a.index - b.index,
    )
    .map(({ section }) => section);
}

function planLoads(input: SegmentInput): SegmentPlan[] {
  const { settings } = input;
  const sections = byLoadAddress(input.sections);
  const isPaged = settings.magic === 'paged';
  const page = Math.max(settings.maxPageSize, settings.commonPageSize);
  const plans: SegmentPlan[] = [];
  let current: OutputSection[] = [];
  let isWritable = false;
  let isExecutable = false;
  for (const section of sections) {
    const last = current.at(-1);
    if (
      last &&
      (needsNewSegment(last, section, { isPaged, page, isWritable, isExecutable, settings }) ||
        input.regionOf(last) !== input.regionOf(section))
    ) {
      plans.push(plan(segmentType.load, current));
      current = [];
      isWritable = false;
      isExecutable = false;
    }
    if ((section.flags & write) !== 0) isWritable = true;
    if ((section.flags & execute) !== 0) isExecutable = true;
    current.push(section);
  }
  const last = current.at(-1);
  if (last && !(current.length === 1 && isTbss(last))) plans.push(plan(segmentType.load, current));
  return plans;
}

interface SegmentState {
  readonly isPaged: boolean;
  readonly page: number;
  readonly isWritable: boolean;
  readonly isExecutable: boolean;
  readonly settings: LinkSettings;
}

function needsNewSegment(last: OutputSection, next: OutputSection, state: SegmentState): boolean {
  const { isPaged, page } = state;
  const end = last.loadAddress + (isTbss(last) ? 0 : last.size);
  const distance = (s: OutputSection): number => s.loadAddress - s.address;
  const isZeroed = (s: OutputSection): boolean => !isLoaded(s) && (s.flags & tls) === 0;
  if (distance(last) !== distance(next)) return true;
  if (next.loadAddress < end) return true;
  const pageOf = (address: number): number => Math.floor(address / page);
  if (isPaged && pageOf(end - 1) === pageOf(next.loadAddress)) return false;
  if (alignUp(end, page) + page <= next.loadAddress) return true;
  if (isZeroed(last) && !isZeroed(next)) return true;
  if (!isPaged) return false;
  const isCode = (next.flags & execute) !== 0;
  if (state.settings.isSeparateCode && state.isExecutable !== isCode) return true;
  return !state.isWritable && (next.flags & write) !== 0;
}

/** Segments as the script's PHDRS command names them. */
function planNamed(input: SegmentInput): SegmentPlan[] {
  const plans = new Map<string, SegmentPlan>();
  for (const { name, type, flags, at, hasFileHeader, hasProgramHeaders } of input.named) {
    plans.set(
      name,
      plan(type, [], { flags, physicalAddress: at, hasFileHeader, hasProgramHeaders }),
    );
  }
  for (const section of input.sections) {
    const isInMemory = (section.flags & alloc) !== 0;
    const { programHeaders } = section.statement;
    const names = isInMemory ? (input.headers.get(section) ?? []) : programHeaders;
    for (const name of names) plans.get(name)?.sections.push(section);
  }
  return [...plans.values()];
}

/** Gives segments and sections their file offsets. */
export function placeInFile(input: SegmentInput, plans: readonly SegmentPlan[]): ElfSegment[] {
  const isPaged = input.settings.magic === 'paged';
  const { maxPageSize, commonPageSize } = input.settings;
  const page = isPaged ? Math.max(maxPageSize, commonPageSize) : 1;
  const placed = new Set<OutputSection>();
  let at = headerSize(plans.length);
  const segments = new Map<SegmentPlan, ElfSegment>();
  for (const load of inFileOrder(plans, input.named.length > 0)) {
    const result = placeLoad(load, at, page, isPaged, headerSize(plans.length));
    const { segment } = result;
    // What the processor's pages need is enough for the segment's own alignment.
    segments.set(load, isPaged ? { ...segment, alignment: maxPageSize } : segment);
    at = result.end;
    for (const section of load.sections) placed.add(section);
  }
  for (const section of input.sections) {
    if (placed.has(section)) continue;
    if ((section.flags & alloc) !== 0 && !isLoaded(section) && input.named.length > 0) continue;
    at = alignUp(at, section.alignment);
    section.offset = at;
    if (isLoaded(section)) at += section.size;
  }
  const loads = plans.flatMap((each) => segments.get(each) ?? []);
  for (const other of plans) {
    if (other.type !== segmentType.load) segments.set(other, finishOther(other, loads, plans));
  }
  return plans.flatMap((p) => segments.get(p) ?? []);
}

/** Loads as they follow one another in the file: the script may name them in any order. */
function inFileOrder(plans: readonly SegmentPlan[], isNamed: boolean): readonly SegmentPlan[] {
  const loads = plans.filter(({ type }) => type === segmentType.load);
  if (!isNamed) return loads;
  const start = ({ physicalAddress, sections }: SegmentPlan): number =>
    physicalAddress ?? sections.at(0)?.loadAddress ?? 0;
  const rank = ({ hasFileHeader }: SegmentPlan): number => (hasFileHeader ? 0 : 1);
  return loads.sort((a, b) => rank(a) - rank(b) || start(a) - start(b));
}

function placeLoad(
  load: SegmentPlan,
  from: number,
  page: number,
  isPaged: boolean,
  headers: number,
): { segment: ElfSegment; end: number } {
  const { sections } = load;
  const largest = Math.max(1, ...sections.map((s) => s.alignment));
  const alignment = Math.max(largest, page);
  let address = load.address ?? sections[0]?.address ?? 0;
  let loadAddress = load.physicalAddress ?? sections[0]?.loadAddress ?? 0;
  const bias = sections.length === 0 ? 0 : (((address - from) % alignment) + alignment) % alignment;
  const isEmpty = !sections.some(isLoaded);
  let at = from + bias;
  let offset = at;
  let fileSize = 0;
  let memorySize = 0;
  let flags = 0;
  if (load.hasFileHeader || load.hasProgramHeaders) {
    flags |= segmentFlag.read;
    offset = load.hasFileHeader ? 0 : sizes.header;
    fileSize = sections.length > 0 ? at - offset : headers - offset;
    memorySize = fileSize;
    address -= sections.length > 0 ? fileSize : 0;
    if (load.physicalAddress === undefined) loadAddress -= sections.length > 0 ? fileSize : 0;
  }
  for (const section of sections) {
    const kind = section.hasInput ? undefined : sectionKind(section.name);
    const own = section.flags | (kind?.flags ?? 0);
    flags |= segmentFlag.read;
    if (own & write) flags |= segmentFlag.write;
    if (own & execute) flags |= segmentFlag.execute;
    if (isTbss(section)) {
      section.offset = at;
      continue;
    }
    const gap = section.loadAddress - (loadAddress + memorySize);
    // AT of a program header moves the sections behind one another.
    if (gap < 0 && load.physicalAddress !== undefined) section.loadAddress -= gap;
    memorySize += Math.max(0, gap);
    if (isLoaded(section)) {
      at += memorySize - fileSize;
      fileSize = memorySize + section.size;
    }
    section.offset = at;
    if (isLoaded(section)) at += section.size;
    memorySize += section.size;
  }
  const segment: ElfSegment = {
    type: load.type,
    flags: load.flags ?? flags,
    // Without contents any place in the file will do that is congruent to the address.
    offset: fileSize === 0 && isEmpty && sections.length > 0 ? address % alignment : offset,
    virtualAddress: BigInt(address >>> 0),
    physicalAddress: BigInt(loadAddress >>> 0),
    fileSize,
    memorySize,
    alignment: isPaged ? page : largest,
  };
  return { segment, end: isEmpty && !load.hasFileHeader ? from : at };
}

function finishOther(
  other: SegmentPlan,
  loads: readonly ElfSegment[],
  plans: readonly SegmentPlan[],
): ElfSegment {
  if (other.relro) return finishRelro(other.relro, loads, plans);
  const { sections } = other;
  const first = sections.at(0);
  const withBytes = sections.filter(isLoaded);
  const offset = first?.offset ?? 0;
  const lastBytes = withBytes.at(-1);
  const last = sections.at(-1);
  const contents = (s: OutputSection): number =>
    (s.flags & write ? segmentFlag.write : 0) | (s.flags & execute ? segmentFlag.execute : 0);
  let flags = segmentFlag.read as number;
  for (const section of sections) flags |= contents(section);
  const isHeaders = other.type === segmentType.phdr;
  const headerBytes = plans.length * sizes.programHeader;
  const fileSize = lastBytes ? lastBytes.offset + lastBytes.size - offset : 0;
  const ownBytes = withBytes.reduce((sum, { size }) => sum + size, 0);
  const loadPlans = plans.filter((p) => p.type === segmentType.load);
  const holder = loadPlans.findIndex((p) => p.hasProgramHeaders);
  const load = loads[Math.max(0, holder)];
  // Where a segment loads the program headers alone, it begins with them.
  const isAlone = holder >= 0 && !loadPlans[holder].hasFileHeader;
  const before = BigInt(isAlone ? 0 : sizes.header);
  const start = isHeaders ? (load?.virtualAddress ?? 0n) + before : BigInt(first?.address ?? 0);
  const loadStart = isHeaders
    ? (load?.physicalAddress ?? 0n) + before
    : BigInt(first?.loadAddress ?? 0);
  return {
    type: other.type,
    flags: other.flags ?? (isHeaders || sections.length > 0 ? flags : 0),
    offset: isHeaders ? sizes.header : offset,
    virtualAddress: start,
    physicalAddress:
      other.physicalAddress === undefined ? loadStart : BigInt(other.physicalAddress),
    fileSize: isHeaders ? headerBytes + ownBytes : fileSize,
    memorySize: isHeaders
      ? headerBytes + ownBytes
      : first && last && (last.flags & alloc) !== 0
        ? last.address + last.size - first.address
        : (other.memorySize ?? 0),
    alignment:
      other.alignment ??
      Math.max(sections.length === 0 ? 4 : 1, ...sections.map((s) => s.alignment)),
  };
}

/**
 * The part of the data segment that is read-only once relocated, cut where its file contents end.
 */
function finishRelro(
  relro: { start: number; end: number },
  loads: readonly ElfSegment[],
  plans: readonly SegmentPlan[],
): ElfSegment {
  const isInside = (s: OutputSection): boolean =>
    s.address >= relro.start && s.address < relro.end && s.size > 0;
  const loadPlans = plans.filter((p) => p.type === segmentType.load);
  const index = loadPlans.findIndex((p) => p.sections.some(isInside));
  const first = loadPlans[index]?.sections.find(isInside);
  const load = loads[index];
  const start = first?.address ?? relro.start;
  const size = relro.end - start;
  const bytesLeft = load ? Number(load.virtualAddress) + load.fileSize - start : size;
  return {
    type: segmentType.gnuRelro,
    flags: segmentFlag.read,
    offset: first?.offset ?? 0,
    virtualAddress: BigInt(start),
    physicalAddress: BigInt(first?.loadAddress ?? start),
    fileSize: Math.min(size, bytesLeft),
    memorySize: size,
    alignment: 1,
  };
}
