// SHF_MERGE: equal constants and equal strings of like sections are kept once, strings also as
// tails of others. Each kept element stays in the section that had it first, so the order of
// sections in memory does not change.

import { alignUp, latin1Text } from '@ring0/bytes';
import { sectionFlag, tailHolders } from '@ring0/elf';
import type { InputSection } from '../model.ts';

interface Element {
  readonly text: string;
  /** Where it stands in its home as it was. */
  readonly start: number;
  /** In bytes, terminator included. */
  readonly length: number;
  alignment: number;
  readonly home: InputSection;
  offset: number;
  /** The longer string whose tail this one is. */
  holder: Element | undefined;
  /** The equal one of a larger alignment that came later and counts instead. */
  successor: Element | undefined;
}

interface Mapping {
  readonly starts: number[];
  readonly elements: Element[];
}

/**
 * Merges what can be merged among `sections`, which are in the order of linking and know their
 * output.
 */
export function mergeSections(sections: readonly InputSection[]): void {
  const groups = new Map<string, InputSection[]>();
  const outputs = new Map<unknown, number>();
  for (const section of sections) {
    if (!isMergeable(section)) continue;
    const number = outputs.get(section.output) ?? outputs.size;
    outputs.set(section.output, number);
    const kind = section.flags & (sectionFlag.merge | sectionFlag.strings);
    const key = `${number}/${kind}/${section.entrySize}/${section.alignment}`;
    const group = groups.get(key);
    if (group) group.push(section);
    else groups.set(key, [section]);
  }
  for (const group of groups.values()) mergeGroup(group);
}

function isMergeable(section: InputSection): boolean {
  const { flags, entrySize, alignment, size } = section;
  if ((flags & sectionFlag.merge) === 0 || section.isDiscarded || !section.output) return false;
  if (section.relocations.length > 0 || entrySize === 0 || size === 0 || size % entrySize !== 0)
    return false;
  const isString = (flags & sectionFlag.strings) !== 0;
  if (isString) {
    const tail = section.data.subarray(size - entrySize, size);
    if (tail.some((byte) => byte !== 0)) return false;
  }
  if (entrySize < alignment) return isString && (entrySize & (entrySize - 1)) === 0;
  return entrySize === alignment || (entrySize & (alignment - 1)) === 0;
}

function mergeGroup(group: readonly InputSection[]): void {
  const isString = (group[0].flags & sectionFlag.strings) !== 0;
  const elements = new Map<string, Element>();
  const order: Element[] = [];
  const byHome = new Map<InputSection, Element[]>();
  const mappings = new Map<InputSection, Mapping>();
  const add: Add = (text, start, length, alignment, home) => {
    const known = elements.get(text);
    if (known && known.alignment >= alignment) return known;
    const element: Element = {
      text,
      start,
      length,
      alignment,
      home,
      offset: 0,
      holder: undefined,
      successor: undefined,
    };
    if (known) known.successor = element;
    elements.set(text, element);
    order.push(element);
    return element;
  };
  for (const section of group) {
    mappings.set(section, isString ? splitStrings(section, add) : splitConstants(section, add));
  }
  if (isString) shareTails([...elements.values()], group[0].entrySize);
  assignOffsets(group, order);
  for (const element of order) {
    const own = byHome.get(element.home);
    if (own) own.push(element);
    else byHome.set(element.home, [element]);
  }
  for (const [section, mapping] of mappings) {
    section.edit = {
      locate: (offset) => locate(mapping, offset),
      bytes: () => contents(section, byHome.get(section) ?? []),
      isAllElsewhere: !byHome.has(section),
    };
  }
}

type Add = (
  text: string,
  start: number,
  length: number,
  alignment: number,
  home: InputSection,
) => Element;

function splitConstants(section: InputSection, add: Add): Mapping {
  const starts: number[] = [];
  const elements: Element[] = [];
  const { data, entrySize, size } = section;
  const text = latin1Text(data, 0, size);
  for (let at = 0; at < size; at += entrySize) {
    starts.push(at);
    elements.push(add(text.slice(at, at + entrySize), at, entrySize, 1, section));
  }
  return { starts, elements };
}

function isZero(data: Uint8Array, at: number, width: number): boolean {
  for (let i = 0; i < width; i++) if (data[at + i] !== 0) return false;
  return true;
}

function splitStrings(section: InputSection, add: Add): Mapping {
  const starts: number[] = [];
  const elements: Element[] = [];
  const { data, entrySize, size, alignment } = section;
  const text = latin1Text(data, 0, size);
  for (let at = 0; at < size;) {
    let end = entrySize === 1 ? text.indexOf('\0', at) : at;
    while (end < size && !isZero(data, end, entrySize)) end += entrySize;
    const length = Math.min(end + entrySize, size) - at;
    const natural = at === 0 ? alignment : Math.min(alignment, at & -at);
    starts.push(at);
    elements.push(add(text.slice(at, at + length), at, length, natural, section));
    at += length;
    // Zeros after a string are padding, or empty strings: each place among them stands for one.
    let empty: Element | undefined;
    while (at < size && isZero(data, at, entrySize)) {
      if ((at & (alignment - 1)) === 0) {
        empty ??= add('\0'.repeat(entrySize), at, entrySize, alignment, section);
      }
      if (empty) {
        starts.push(at);
        elements.push(empty);
      }
      at += entrySize;
    }
  }
  return { starts, elements };
}

/** Lets a string that ends another one live inside it, where its alignment allows. */
function shareTails(elements: readonly Element[], entrySize: number): void {
  if (entrySize === 1 && elements.every(({ alignment }) => alignment === 1)) {
    shareFreely(elements);
    return;
  }
  const reversed = elements.map((element) => {
    const { text } = element;
    let key = '';
    for (let i = text.length - 1; i >= 0; i--) key += text[i];
    return { element, key };
  });
  reversed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  let holder = reversed.at(-1);
  for (let i = reversed.length - 2; i >= 0 && holder; i--) {
    const candidate = reversed[i];
    const distance = holder.element.length - candidate.element.length;
    const isAligned = distance % candidate.element.alignment === 0;
    const isHeldEnough = holder.element.alignment >= candidate.element.alignment;
    if (isAligned && isHeldEnough && holder.key.startsWith(candidate.key)) {
      candidate.element.holder = holder.element;
    } else holder = candidate;
  }
}

/** Strings that may begin anywhere. */
function shareFreely(elements: readonly Element[]): void {
  const starts: number[] = [];
  const lengths: number[] = [];
  let size = 0;
  for (const { length } of elements) {
    starts.push(size);
    lengths.push(length);
    size += length;
  }
  const bytes = new Uint8Array(size);
  elements.forEach((element, i) => copy(element, bytes, starts[i]));
  const holders = tailHolders({ bytes, starts, lengths, count: elements.length });
  for (const [i, holder] of holders.entries()) {
    if (holder >= 0) elements[i].holder = elements[holder];
  }
}

function copy({ home, start, length }: Element, out: Uint8Array, at: number): void {
  const { data } = home;
  for (let i = 0; i < length; i++) out[at + i] = data[start + i];
}

function assignOffsets(group: readonly InputSection[], order: readonly Element[]): void {
  for (const section of group) section.size = 0;
  for (const element of order) {
    if (element.successor || element.holder) continue;
    element.offset = alignUp(element.home.size, element.alignment);
    element.home.size = element.offset + element.length;
  }
}

function locate(
  { starts, elements }: Mapping,
  offset: number,
): { section: InputSection; offset: number } | undefined {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle] <= offset) low = middle;
    else high = middle - 1;
  }
  const found = elements[low];
  if (!found) return undefined;
  let element = found;
  while (element.successor) element = element.successor;
  const inside = offset - starts[low];
  const { holder } = element;
  if (!holder) return { section: element.home, offset: element.offset + inside };
  return { section: holder.home, offset: holder.offset + holder.length - element.length + inside };
}

function contents(section: InputSection, own: readonly Element[]): Uint8Array {
  const out = new Uint8Array(section.size);
  for (const element of own) {
    if (!element.successor && !element.holder) copy(element, out, element.offset);
  }
  return out;
}
