// --gc-sections: keeps what can be reached from the roots (the entry, -u, KEEP, what start code
// runs by section type) and drops the rest (GNU ld manual, "--gc-sections").

import { sectionFlag, sectionType } from '@ring0/elf';
import { linkedSections, linkedTo } from './link-order.ts';
import { unwindTargets } from './eh-frame.ts';
import type { InputObject, InputSection, LinkSymbol } from '../model.ts';
import type { KeepReasons } from '../report/why.ts';
import { sweep } from './sweep.ts';

const rootTypes: ReadonlySet<number> = new Set([
  sectionType.initArray,
  sectionType.finiArray,
  sectionType.preinitArray,
]);

interface CollectOptions {
  readonly keepsFrames: boolean;
  /** References to `__start_NAME` and `__stop_NAME` keep sections of that name. */
  readonly followsRanges: boolean;
  /** What symbols of the script are made from. */
  readonly origins: ReadonlyMap<LinkSymbol, LinkSymbol>;
}

/** Marks unreachable sections as discarded; lists them in order, and the common symbols in use. */
export function collect(
  objects: readonly InputObject[],
  roots: Iterable<LinkSymbol>,
  isKept: (section: InputSection) => boolean,
  { keepsFrames, followsRanges, origins }: CollectOptions,
): {
  dropped: InputSection[];
  commons: Set<LinkSymbol>;
  /** Symbols that what is kept refers to. */
  marked: Set<LinkSymbol>;
  /** Those among them that relocations name, not options. */
  named: Set<LinkSymbol>;
  reasons: KeepReasons;
} {
  const marked = new Set<LinkSymbol>();
  const named = new Set<LinkSymbol>();
  const reasons = new Map<InputSection, { by: InputSection | undefined; what: string }>();
  let from: InputSection | undefined;
  const commons = new Set<LinkSymbol>();
  const live = new Set<InputSection>();
  /** Those that KEEP names stay, with the entries of what stays. */
  const frames = new Set<InputSection>();
  const pending: InputSection[] = [];
  const mark = (section: InputSection | undefined, what: string): void => {
    if (!section || section.isDiscarded || live.has(section)) return;
    live.add(section);
    reasons.set(section, { by: from, what });
    pending.push(section);
  };
  const byIdentifier = new Map<string, InputSection[]>();
  for (const object of objects) {
    for (const section of object.sections) {
      if (section.isDiscarded) continue;
      if (section.name === '.eh_frame') {
        if (keepsFrames || isKept(section)) frames.add(section);
      } else if (section.isKept || isLooseNote(section) || rootTypes.has(section.type)) {
        mark(section, 'its type or flags say so');
      } else if (isKept(section)) mark(section, 'KEEP in the script');
      if (/^[A-Za-z_]\w*$/.test(section.name)) byName(byIdentifier, section.name).push(section);
    }
  }
  const markSymbol = (symbol: LinkSymbol | undefined): void => {
    if (!symbol) return;
    marked.add(symbol);
    if (from) named.add(symbol);
    if (symbol.state === 'common') commons.add(symbol);
    const { section } = symbol;
    if (section !== undefined && section !== 'absolute' && section.kind !== 'output') {
      mark(section, from ? symbol.name : `'${symbol.name}' is a root: the entry, or by -u`);
    }
    const range = followsRanges && /^__(?:start|stop)_(.+)$/.exec(symbol.name);
    if (range) for (const member of byIdentifier.get(range[1]) ?? []) mark(member, symbol.name);
    const origin = origins.get(symbol);
    if (origin && !marked.has(origin)) markSymbol(origin);
  };
  const linked = linkedSections(objects);
  const unwinding = unwindTargets(frames);
  for (const root of roots) markSymbol(root);
  const follow = (): void => {
    for (let section = pending.pop(); section; section = pending.pop()) {
      from = section;
      const list = section.relocations;
      for (let i = 0; i < list.length; i++) markSymbol(list.symbol(i));
      for (const target of unwinding.get(section) ?? []) markSymbol(target);
      for (const other of groupMembers(section)) mark(other, 'its group stays');
      for (const other of linked.get(section) ?? []) mark(other, 'what it is linked to stays');
    }
  };
  follow();
  return { dropped: sweep(objects, live, frames), commons, marked, named, reasons };
}

/** All sections of the group that a section is in: they stay or go together. */
function groupMembers({ object, index, flags }: InputSection): InputSection[] {
  if ((flags & sectionFlag.group) === 0) return [];
  const group = object.file?.groups.find(({ members }) => members.includes(index));
  return group ? object.sections.filter((s) => group.members.includes(s.index)) : [];
}

function byName(lists: Map<string, InputSection[]>, name: string): InputSection[] {
  const list = lists.get(name) ?? [];
  lists.set(name, list);
  return list;
}

const isLooseNote = (section: InputSection): boolean =>
  section.type === sectionType.note &&
  (section.flags & sectionFlag.group) === 0 &&
  !linkedTo(section);
