// The order of input sections in one statement of the script: SORT_BY_NAME and its kin, nested,
// and --sort-section (GNU ld manual, "Input Section Wildcards"); and INPUT_SECTION_FLAGS.

import { sectionFlag } from '@ring0/elf';
import type { InputSection } from './model.ts';
import type { InputPattern, SortKey } from './script-syntax.ts';

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

/**
 * Adds a section to a statement's: before the first one that comes behind it in the order; at the
 * end where the pattern asks for none.
 */
export function insertSorted(
  sections: InputSection[],
  section: InputSection,
  isByFile: boolean,
  order: SectionOrder | undefined,
): void {
  if (!isByFile && order === undefined) {
    sections.push(section);
    return;
  }
  const comesBefore = (other: InputSection): boolean => {
    const byFile = isByFile ? compareFiles(section, other) : 0;
    if (byFile !== 0) return byFile < 0;
    return order !== undefined && compare(section, other, order) < 0;
  };
  const last = sections.at(-1);
  const at =
    last && !comesBefore(last) && isUniform(sections, isByFile)
      ? -1
      : sections.findIndex(comesBefore);
  if (at < 0) sections.push(section);
  else sections.splice(at, 0, section);
}

/** A short list is searched from its start, as it need not be in order. */
const isUniform = (sections: readonly InputSection[], isByFile: boolean): boolean =>
  sections.length > 4096 && !isByFile;

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
