// The order of input sections in one statement of the script: SORT_BY_NAME and its kin, nested,
// and --sort-section (GNU ld manual, "Input Section Wildcards"); and INPUT_SECTION_FLAGS.

import { sectionFlag } from '@ring0/elf';
import type { InputSection } from '../model.ts';
import type { InputPattern, SortKey } from '../script/script-syntax.ts';

/** What sections are compared by, in turn. */
export type SectionOrder = readonly ('name' | 'alignment' | 'priority')[];

/** The order that a pattern asks for; --sort-section adds to it, but not to SORT_NONE. */
export function sortKey(
  keys: readonly SortKey[],
  byOption: 'name' | 'alignment' | undefined,
): SectionOrder | undefined {
  if (keys.includes('none')) return undefined;
  const own = keys.filter((key) => key !== 'none');
  if (own.includes('priority')) return ['priority', 'name'];
  const first = own[0];
  const second = own.find((key) => key !== first);
  if (first === undefined) return byOption === undefined ? undefined : [byOption];
  if (second !== undefined) return [first, second];
  return byOption === undefined || byOption === first ? [first] : [first, byOption];
}

/** The same as the map shows it. */
export function shownSort(
  keys: readonly SortKey[],
  byOption: 'name' | 'alignment' | undefined,
): readonly SortKey[] {
  if (keys.includes('none')) return ['none'];
  if (keys.includes('priority')) return ['priority'];
  return sortKey(keys, byOption) ?? [];
}

const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The priority that a name ends in; constructors count down (GCC manual, init_priority). */
function initPriority(name: string): number {
  const match = /\.(\d+)$/.exec(name);
  if (!match) return 0x10000;
  const value = Number(match[1]);
  return /^\.[cd]tors\./.test(name) ? 65535 - value : value;
}

function compare(a: InputSection, b: InputSection, order: SectionOrder): number {
  for (const key of order) {
    let difference = 0;
    if (key === 'name') difference = text(a.name, b.name);
    else if (key === 'alignment') difference = b.alignment - a.alignment;
    else difference = initPriority(a.name) - initPriority(b.name);
    if (difference !== 0) return difference;
  }
  return 0;
}

function compareFiles({ object: a }: InputSection, { object: b }: InputSection): number {
  const outer = text(a.archive ?? a.fileName, b.archive ?? b.fileName);
  if (outer !== 0 || (a.archive === undefined && b.archive === undefined)) return outer;
  return text(a.archive === undefined ? '' : a.fileName, b.archive === undefined ? '' : b.fileName);
}

interface SortedList {
  readonly order: SectionOrder | undefined;
  readonly isByFile: boolean;
  readonly waiting: InputSection[];
}

/**
 * Puts sections into the lists of statements: each before the first one that comes behind it in
 * the order, at the end where the pattern asks for none. A list that one order makes is sorted at
 * the end, all at once; where the patterns of a statement differ, each section finds its place.
 */
export class SectionSorter {
  private readonly lists = new Map<InputSection[], SortedList>();

  add(
    list: InputSection[],
    section: InputSection,
    isByFile: boolean,
    order: SectionOrder | undefined,
  ): void {
    let known = this.lists.get(list);
    if (!known) {
      if (list.length === 0) {
        known = { order, isByFile, waiting: [] };
        this.lists.set(list, known);
      }
    } else if (known.isByFile !== isByFile || String(known.order) !== String(order)) {
      this.finishOne(list, known);
      this.lists.delete(list);
      known = undefined;
    }
    if (known) known.waiting.push(section);
    else insertSorted(list, section, isByFile, order);
  }

  /** From here on the lists are complete. */
  finish(): void {
    for (const [list, known] of this.lists) this.finishOne(list, known);
    this.lists.clear();
  }

  private finishOne(list: InputSection[], { order, isByFile, waiting }: SortedList): void {
    if (!isByFile && order === undefined) {
      for (const section of waiting) list.push(section);
      return;
    }
    // Those that are alike stay in their order; there are few kinds of them where the order is
    // that of alignments.
    const alike = new Map<string, InputSection[]>();
    for (const section of waiting) {
      const { object } = section;
      const file = isByFile ? `${object.archive ?? ''}\0${object.fileName}\0` : '';
      const key = file + (order?.map((name) => sortValue(section, name)).join('\0') ?? '');
      const group = alike.get(key);
      if (group) group.push(section);
      else alike.set(key, [section]);
    }
    const groups = [...alike.values()].sort(([a], [b]) => {
      const byFile = isByFile ? compareFiles(a, b) : 0;
      return byFile !== 0 || order === undefined ? byFile : compare(a, b, order);
    });
    for (const group of groups) for (const section of group) list.push(section);
  }
}

const sortValue = ({ name, alignment }: InputSection, by: SectionOrder[number]): string | number =>
  by === 'alignment' ? alignment : by === 'name' ? name : initPriority(name);

function insertSorted(
  sections: InputSection[],
  section: InputSection,
  isByFile: boolean,
  order: SectionOrder | undefined,
): void {
  if (!isByFile && order === undefined) {
    sections.push(section);
    return;
  }
  const at = sections.findIndex((other) => {
    const byFile = isByFile ? compareFiles(section, other) : 0;
    if (byFile !== 0) return byFile < 0;
    return order !== undefined && compare(section, other, order) < 0;
  });
  if (at < 0) sections.push(section);
  else sections.splice(at, 0, section);
}

const shfNames: Readonly<Record<string, number>> = {
  SHF_WRITE: sectionFlag.write,
  SHF_ALLOC: sectionFlag.alloc,
  SHF_EXECINSTR: sectionFlag.execute,
  SHF_MERGE: sectionFlag.merge,
  SHF_STRINGS: sectionFlag.strings,
  SHF_INFO_LINK: sectionFlag.infoLink,
  SHF_LINK_ORDER: sectionFlag.linkOrder,
  SHF_GROUP: sectionFlag.group,
  SHF_TLS: sectionFlag.tls,
  SHF_EXCLUDE: sectionFlag.exclude,
};

/** INPUT_SECTION_FLAGS as a predicate. */
export function flagsMatcher(flags: InputPattern['flags']): (section: InputSection) => boolean {
  if (!flags) return () => true;
  const bits = (names: readonly string[]): number =>
    names.reduce((sum, name) => sum | (shfNames[name] ?? 0), 0);
  const [wanted, unwanted] = [bits(flags.with), bits(flags.without)];
  return (section) => (section.flags & wanted) === wanted && (section.flags & unwanted) === 0;
}
