// Where the parts of a copied executable stand in the file: what is loaded stays where its segment
// wants it, the rest follows; with --only-keep-debug what is loaded keeps no bytes.

import { alignLike, alignUp } from '@ring0/bytes';
import { elfSizes, sectionFlag, sectionType, segmentType } from '@ring0/elf';
import type { ElfFile, ElfSection, ElfSegment } from '@ring0/elf';

const isLoaded = ({ flags }: ElfSection): boolean => (flags & sectionFlag.alloc) !== 0;

function headersEnd(file: ElfFile): number {
  const sizes = elfSizes(file.bits);
  return sizes.header + sizes.programHeader * file.segments.length;
}

function placeRest(file: ElfFile, from: number): number {
  let at = from;
  for (const section of file.sections) {
    if (isLoaded(section)) continue;
    at = alignUp(at, section.alignment);
    section.offset = at;
    if (section.type !== sectionType.nobits) at += section.size;
  }
  return at;
}

/**
 * Puts what is not loaded behind what is; loaded contents stay where the segments want them. The
 * result is where the contents end.
 */
export function placeSections(file: ElfFile): number {
  let at = headersEnd(file);
  for (const section of file.sections) {
    if (!isLoaded(section)) continue;
    if (section.offset === undefined) {
      section.offset = alignUp(at, section.alignment);
      section.offset += (Number(section.address) - section.offset) & 0xfff;
    }
    const bytes = section.type === sectionType.nobits ? 0 : section.size;
    at = Math.max(at, section.offset + bytes);
  }
  for (const { offset, fileSize, type } of file.segments) {
    if (type === segmentType.load) at = Math.max(at, offset + fileSize);
  }
  return placeRest(file, at);
}

function isInside(section: ElfSection, segment: ElfSegment): boolean {
  const start = Number(segment.virtualAddress);
  const address = Number(section.address);
  const isTls = (section.flags & sectionFlag.tls) !== 0;
  const isTlsZeros = isTls && section.type === sectionType.nobits;
  if (segment.type === segmentType.tls ? !isTls : isTlsZeros && segment.type !== segmentType.load) {
    return false;
  }
  const end = start + segment.memorySize;
  return address >= start && address + section.size <= end && (address < end || section.size === 0);
}

/** Whether a segment holds a section, by its addresses and, where it has bytes, by its bytes. */
export function isInSegmentBytes(section: ElfSection, segment: ElfSegment): boolean {
  if (!isLoaded(section) || segment.memorySize === 0) return false;
  if (segment.type === segmentType.phdr || !isInside(section, segment)) return false;
  if (section.type === sectionType.nobits) return true;
  const { offset = 0, size } = section;
  return offset >= segment.offset && offset + size <= segment.offset + segment.fileSize;
}

/** --only-keep-debug: loaded sections lose their bytes, notes excepted. */
export function keepDebugOnly(file: ElfFile): void {
  for (const section of file.sections) {
    const hasBytes = section.type !== sectionType.nobits && section.type !== sectionType.note;
    if (!isLoaded(section) || !hasBytes) continue;
    section.type = sectionType.nobits;
    section.flags &= ~sectionFlag.infoLink;
    section.data = new Uint8Array(0);
  }
}

/** The layout of such a file; the result is where the contents end. */
export function placeDebugOnly(file: ElfFile): number {
  let at = headersEnd(file);
  const placed = new Set<ElfSection>();
  for (const segment of file.segments) {
    if (segment.type !== segmentType.load) continue;
    const inside = file.sections.filter(
      (section) => isLoaded(section) && !placed.has(section) && isInside(section, segment),
    );
    const start = Number(segment.virtualAddress);
    const hasHeaders = segment.offset === 0 && segment.fileSize > 0;
    const page = Math.max(1, segment.alignment);
    const hasBytes = inside.some(({ type }) => type !== sectionType.nobits);
    let here = hasHeaders ? at : alignLike(at, start, page);
    const first = hasHeaders ? 0 : here;
    for (const section of inside) {
      placed.add(section);
      if (section.type !== sectionType.nobits) here = first + Number(section.address) - start;
      section.offset = here;
      if (section.type !== sectionType.nobits) here += section.size;
    }
    segment.offset = hasHeaders || hasBytes ? first : first % page;
    segment.fileSize = hasHeaders || hasBytes ? here - first : 0;
    if (hasHeaders || hasBytes) at = here;
  }
  for (const segment of file.segments) {
    if (segment.type === segmentType.load || segment.type === segmentType.phdr) continue;
    const inside = file.sections.filter((s) => isLoaded(s) && isInside(s, segment));
    const [first] = inside;
    if (!first || segment.memorySize === 0) continue;
    segment.offset = first.offset ?? 0;
    let end = segment.offset;
    for (const { type, offset = 0, size } of inside) {
      if (type !== sectionType.nobits) end = Math.max(end, offset + size);
    }
    segment.fileSize = end - segment.offset;
  }
  // Loaded sections outside of all segments stay where they were.
  let last = at;
  for (const section of file.sections) {
    const { type, offset = 0, size } = section;
    if (isLoaded(section) && type !== sectionType.nobits) last = Math.max(last, offset + size);
  }
  return Math.max(last, placeRest(file, at));
}
