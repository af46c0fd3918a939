// .eh_frame: descriptions of functions that were dropped or are empty go too, equal common entries (CIE)
// are kept once, and the terminator stays only at the very end (LSB 5.0, 10.6; DWARF 5, 6.4.1).

import { ByteReader } from '@ring0/bytes';
import { sectionIndex } from '@ring0/elf';
import type { InputRelocation, InputSection, LinkSymbol } from '../model.ts';

interface Entry {
  readonly start: number;
  readonly size: number;
  readonly kind: 'cie' | 'fde' | 'end';
  /** Of an FDE. */
  readonly cie: Entry | undefined;
  readonly home: InputSection;
  isKept: boolean;
  /** The equal CIE that stands for this one. */
  same: Entry | undefined;
  offset: number;
}

/**
 * Edits the .eh_frame sections, which are in the order of linking; the number of functions. A
 * relocatable output keeps equal common entries.
 */
export function editFrames(sections: readonly InputSection[], merges = true): number {
  let count = 0;
  const cies = new Map<string, Entry>();
  const parsed: { section: InputSection; entries: Entry[] }[] = [];
  for (const section of sections) {
    if (section.isDiscarded || section.name !== '.eh_frame' || !section.output) continue;
    const entries = parse(section);
    if (entries) parsed.push({ section, entries });
  }
  parsed.forEach(({ section, entries }, index) => {
    const byOffset = new Map([...section.relocations].map((r) => [r.offset, r]));
    for (const entry of entries) {
      if (entry.kind === 'end') entry.isKept = index === parsed.length - 1;
      if (entry.kind !== 'fde') continue;
      entry.isKept =
        describesLiveCode(section, byOffset.get(entry.start + 8)) &&
        !describesNothing(entry, byOffset);
      if (entry.isKept) count++;
      if (!entry.isKept || !entry.cie) continue;
      if (merges) keepCie(entry.cie, byOffset, cies);
      else entry.cie.isKept = true;
    }
    apply(section, entries);
  });
  return count;
}

/** The entries of a section; undefined where it is malformed, and then it goes out as it is. */
function parse(section: InputSection): Entry[] | undefined {
  const reader = new ByteReader(section.data);
  const entries: Entry[] = [];
  const byStart = new Map<number, Entry>();
  while (!reader.isAtEnd) {
    const start = reader.at;
    const length = reader.u32();
    if (length === 0xffffffff || start + 4 + length > section.data.length) return undefined;
    const id = length === 0 ? 0 : reader.u32();
    const kind = length === 0 ? 'end' : id === 0 ? 'cie' : 'fde';
    const cie = kind === 'fde' ? byStart.get(start + 4 - id) : undefined;
    if (kind === 'fde' && cie?.kind !== 'cie') return undefined;
    const entry: Entry = {
      start,
      size: length + 4,
      kind,
      cie,
      home: section,
      isKept: false,
      same: undefined,
      offset: 0,
    };
    entries.push(entry);
    byStart.set(start, entry);
    reader.at = start + 4 + length;
  }
  return reader.isOverrun ? undefined : entries;
}

/**
 * What the descriptions of a section of code refer to besides that code: the personality routine
 * that their CIE names, the table of exceptions that they name themselves.
 */
export function unwindTargets(
  frames: Iterable<InputSection>,
): ReadonlyMap<InputSection, LinkSymbol[]> {
  const targets = new Map<InputSection, LinkSymbol[]>();
  for (const frame of frames) {
    const entries = parse(frame) ?? [];
    const symbols = new Map([...frame.relocations].map(({ offset, symbol }) => [offset, symbol]));
    const within = ({ start, size }: Entry, first: number): LinkSymbol[] =>
      Array.from({ length: size - first }, (_, i) => symbols.get(start + first + i) ?? []).flat();
    for (const entry of entries) {
      const code = symbols.get(entry.start + 8)?.section;
      if (!entry.cie || code === undefined || code === 'absolute' || code.kind === 'output')
        continue;
      const list = targets.get(code) ?? [];
      list.push(...within(entry, 12), ...within(entry.cie, 8));
      targets.set(code, list);
    }
  }
  return targets;
}

function describesLiveCode(
  section: InputSection,
  relocation: InputRelocation | undefined,
): boolean {
  const symbol = relocation?.symbol;
  if (!symbol) return relocation === undefined;
  const isOwn = section.object.file?.symbolSection(relocation.index) !== sectionIndex.undefined;
  return isLive(symbol, isOwn, section);
}

/** The number of bytes that it is about stands after their address. */
function describesNothing(
  { home, start, size }: Entry,
  relocations: Map<number, InputRelocation>,
): boolean {
  if (size < 16 || relocations.has(start + 12)) return false;
  return home.data.subarray(start + 12, start + 16).every((byte) => byte === 0);
}

/** A global whose own copy lost to another object's describes code that is not here. */
function isLive(symbol: LinkSymbol, isOwn: boolean, section: InputSection): boolean {
  const place = symbol.section;
  if (place === undefined || place === 'absolute' || place.kind === 'output')
    return !isOwn || place === 'absolute';
  if (isOwn && place.object !== section.object) return false;
  return !place.isDiscarded;
}

function keepCie(
  cie: Entry,
  relocations: Map<number, InputRelocation>,
  cies: Map<string, Entry>,
): void {
  if (cie.isKept || cie.same) return;
  const { home, start, size } = cie;
  let key = home.data.subarray(start, start + size).join(',');
  for (let at = start; at < start + size; at++) {
    const resolved = relocations.get(at)?.symbol;
    if (resolved)
      key += `;${at - start}:${resolved.binding === 0 ? home.object.name : ''}:${resolved.name}`;
  }
  const known = cies.get(key);
  if (known && known.home.output === home.output) cie.same = known;
  else {
    cie.isKept = true;
    cies.set(key, cie);
  }
}

function apply(section: InputSection, entries: readonly Entry[]): void {
  let size = 0;
  for (const entry of entries) {
    if (!entry.isKept) continue;
    entry.offset = size;
    size += entry.size;
  }
  section.size = size;
  section.edit = {
    locate: (offset) => locate(section, entries, offset),
    bytes: () => contents(section, entries),
  };
}

function locate(
  section: InputSection,
  entries: readonly Entry[],
  offset: number,
): { section: InputSection; offset: number } | undefined {
  if (offset >= section.data.length) return { section, offset: section.size };
  let low = 0;
  let high = entries.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (entries[middle].start <= offset) low = middle;
    else high = middle - 1;
  }
  let entry = entries[low];
  if (!entry) return { section, offset };
  const inside = offset - entry.start;
  if (entry.same) entry = entry.same;
  else if (!entry.isKept) {
    if (inside > 0) return undefined;
    const next = entries.find((e) => e.isKept && e.start >= offset);
    return { section, offset: next?.offset ?? section.size };
  }
  return { section: entry.home, offset: entry.offset + inside };
}

function contents(section: InputSection, entries: readonly Entry[]): Uint8Array {
  const out = new Uint8Array(section.size);
  const view = new DataView(out.buffer);
  for (const entry of entries) {
    if (!entry.isKept) continue;
    out.set(section.data.subarray(entry.start, entry.start + entry.size), entry.offset);
    if (!entry.cie) continue;
    const cie = entry.cie.same ?? entry.cie;
    const from = section.outputOffset + entry.offset + 4;
    view.setUint32(entry.offset + 4, from - (cie.home.outputOffset + cie.offset), true);
  }
  return out;
}
