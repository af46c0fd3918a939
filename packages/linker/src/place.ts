// Assigns every input section to an output section by the script's patterns, in the order of the
// script; what no pattern takes is left to orphans.ts.

import { sectionFlag } from '@ring0/elf';
import type { BodyItem, InputObject, InputSection, LayoutItem, OutputSection } from './model.ts';
import { makeOutput, takeData, takeFlags } from './output-flags.ts';
import { exclusionMatcher, fileMatcher, matcher } from './patterns.ts';
import { namesAddressed } from './script-symbols.ts';
import { flagsMatcher, insertSorted, shownSort, sortKey } from './section-order.ts';
import type { SectionOrder } from './section-order.ts';
import type { BodyStatement, InputPattern, SectionsStatement } from './script-syntax.ts';
import type { LinkSettings } from './settings.ts';

const { write } = sectionFlag;

/** A section pattern of the script with its place, ready to match. */
interface Candidate {
  readonly output: OutputSection;
  readonly item: Extract<BodyItem, { kind: 'inputs' }>;
  readonly pattern: InputPattern;
  readonly sort: SectionOrder | undefined;
  readonly matchesName: (name: string) => boolean;
  readonly matchesFile: (file: InputObject) => boolean;
  readonly excludes: readonly ((file: InputObject) => boolean)[];
  readonly matchesFlags: (section: InputSection) => boolean;
}

export interface Placement {
  readonly items: LayoutItem[];
  /** Output sections in the order of their headers. */
  readonly order: OutputSection[];
  readonly discarded: InputSection[];
  readonly orphans: InputSection[];
}

/** KEEP patterns as a predicate, which collection asks before placement. */
export function keepPredicate(
  statements: readonly SectionsStatement[],
): (s: InputSection) => boolean {
  const patterns = statements.flatMap((statement) =>
    statement.kind === 'output' && statement.name !== '/DISCARD/'
      ? statement.body.flatMap((item) => (item.kind === 'input' && item.isKept ? [item] : []))
      : [],
  );
  const rows = patterns.map((pattern) => ({
    matchesFile: fileMatcher(pattern.file),
    matchesFlags: flagsMatcher(pattern.flags),
    excluded: pattern.excludedFiles.map(exclusionMatcher),
    sections: sectionsOf(pattern).map(({ pattern: text, excludedFiles }) => ({
      matchesName: matcher(text),
      excluded: excludedFiles.map(exclusionMatcher),
    })),
  }));
  return (section) =>
    rows.some(
      (row) =>
        row.matchesFile(section.object) &&
        row.matchesFlags(section) &&
        !row.excluded.some((isExcluded) => isExcluded(section.object)) &&
        row.sections.some(
          (s) =>
            s.matchesName(section.name) &&
            !s.excluded.some((isExcluded) => isExcluded(section.object)),
        ),
    );
}

const everything = [{ pattern: '*', excludedFiles: [], sort: [] }] as const;

/** A file without a list of sections stands for all of them. */
const sectionsOf = ({ sections }: InputPattern): InputPattern['sections'] =>
  sections.length === 0 ? everything : sections;

/** Places the sections of `objects`. */
export function place(
  statements: readonly SectionsStatement[],
  objects: readonly InputObject[],
  settings: LinkSettings,
): Placement {
  const items: LayoutItem[] = [];
  let candidates: Candidate[] = [];
  for (const statement of statements) {
    if (statement.kind !== 'output') {
      items.push(statement);
      continue;
    }
    const output = makeOutput(statement, false);
    items.push(output);
    for (const part of statement.body) {
      if (part.kind === 'input') addCandidates(part, output, candidates, settings);
      else output.body.push(part);
    }
  }
  const sections = objects.flatMap((object) => object.sections).filter((s) => !s.isDiscarded);
  const dropped = new Set<OutputSection>();
  candidates = dropConstrained(items, candidates, sections, dropped);
  const { discarded, orphans } = distribute(sections, candidates, settings);
  const order = bringIntoBeing(items, dropped, settings);
  return {
    items,
    order,
    discarded,
    orphans,
  };
}

function distribute(
  sections: readonly InputSection[],
  candidates: readonly Candidate[],
  settings: LinkSettings,
): { discarded: InputSection[]; orphans: InputSection[] } {
  const discarded: InputSection[] = [];
  const orphans: InputSection[] = [];
  const byName = new Map<string, Candidate[]>();
  const unique = settings.uniqueSections.map(matcher);
  const isApart = (section: InputSection, output: OutputSection): boolean =>
    unique.some((matches) => matches(section.name)) ||
    (settings.outputKind === 'relocatable' &&
      (section.flags & sectionFlag.group) !== 0 &&
      output.name !== '/DISCARD/' &&
      !settings.forcesGroups);
  for (const section of sections) {
    let matching = byName.get(section.name);
    if (!matching) {
      matching = candidates.filter((candidate) => candidate.matchesName(section.name));
      byName.set(section.name, matching);
    }
    const found = matching.find((candidate) => accepts(candidate, section));
    if (!found || isApart(section, found.output)) {
      orphans.push(section);
    } else if (found.output.name === '/DISCARD/') {
      section.isDiscarded = true;
      discarded.push(section);
    } else {
      section.output = found.output;
      insertSorted(found.item.sections, section, found.pattern.isSortedByFile, found.sort);
    }
  }
  return { discarded, orphans };
}

function addCandidates(
  pattern: InputPattern,
  output: OutputSection,
  candidates: Candidate[],
  settings: LinkSettings,
): void {
  const byOption = /^\.(init|fini)$/.test(output.name) ? undefined : settings.sortSection;
  const sorted = pattern.sections.map((each) => ({
    ...each,
    sort: shownSort(each.sort, byOption),
  }));
  const item = { kind: 'inputs' as const, pattern: { ...pattern, sections: sorted }, sections: [] };
  output.body.push(item);
  const matchesFile = fileMatcher(pattern.file);
  for (const { pattern: name, excludedFiles, sort } of sectionsOf(pattern)) {
    candidates.push({
      output,
      item,
      pattern,
      sort: sortKey(sort, byOption),
      matchesName: matcher(name),
      matchesFile,
      excludes: [...pattern.excludedFiles, ...excludedFiles].map(exclusionMatcher),
      matchesFlags: flagsMatcher(pattern.flags),
    });
  }
}

function accepts(candidate: Candidate, section: InputSection): boolean {
  const { matchesFile, excludes, matchesFlags } = candidate;
  const { object } = section;
  return (
    matchesFile(object) &&
    matchesFlags(section) &&
    !excludes.some((isExcluded) => isExcluded(object))
  );
}

/**
 * ONLY_IF_RO and ONLY_IF_RW: a statement counts only if all its sections, but for those that
 * earlier statements take, are so.
 */
function dropConstrained(
  items: readonly LayoutItem[],
  candidates: readonly Candidate[],
  sections: readonly InputSection[],
  dropped: Set<OutputSection>,
): Candidate[] {
  const takes = (candidate: Candidate, section: InputSection): boolean =>
    candidate.matchesName(section.name) && accepts(candidate, section);
  const writable = sections.filter((section) => (section.flags & write) !== 0);
  const names = [...new Set(writable.map(({ name }) => name))];
  for (const item of items) {
    if (item.kind !== 'output' || item.statement.onlyIf === undefined) continue;
    const first = candidates.findIndex(({ output }) => output === item);
    const own = candidates.filter(({ output }) => output === item);
    const before = candidates.slice(0, Math.max(first, 0)).filter((c) => !dropped.has(c.output));
    const wanted = new Set(names.filter((name) => own.some((each) => each.matchesName(name))));
    const isWritable = writable.some(
      (section) =>
        wanted.has(section.name) &&
        own.some((candidate) => takes(candidate, section)) &&
        !before.some((candidate) => takes(candidate, section)),
    );
    if (isWritable === (item.statement.onlyIf === 'RW')) continue;
    item.isDropped = true;
    dropped.add(item);
  }
  return candidates.filter(({ output }) => !dropped.has(output));
}

/**
 * Output sections come into being in the order of the script, or where something mentions them
 * first: -Ttext and the like, an address, an assignment. That is the order of their headers.
 */
function bringIntoBeing(
  items: readonly LayoutItem[],
  dropped: ReadonlySet<OutputSection>,
  settings: LinkSettings,
): OutputSection[] {
  const order: OutputSection[] = [];
  const byName = new Map<string, OutputSection>();
  for (const item of items) {
    if (item.kind === 'output' && !dropped.has(item) && !byName.has(item.name)) {
      byName.set(item.name, item);
    }
  }
  const make = (output: OutputSection | undefined): void => {
    if (!output || order.includes(output) || output.name === '/DISCARD/') return;
    output.exists = true;
    order.push(output);
  };
  const mention = (part: unknown): void => {
    for (const name of namesAddressed(part)) make(byName.get(name));
  };
  for (const name of settings.sectionStarts.keys()) make(byName.get(name));
  for (const item of items) {
    if (item.kind === 'assign') mention(item.value);
    if (item.kind !== 'output' || dropped.has(item) || item.name === '/DISCARD/') continue;
    const { address, at } = item.statement;
    if (address) mention(address);
    if (at) mention(at);
    for (const part of item.body) {
      if (part.kind === 'inputs') {
        if (part.sections.length > 0) make(item);
        for (const section of part.sections) takeFlags(item, section);
      } else if (part.kind === 'data') {
        mention(part.value);
        takeData(item);
        make(item);
      } else if (isMaker(part)) {
        make(item);
        if (part.kind === 'assign') mention(part.value);
      }
    }
  }
  return order;
}

const isMaker = ({ kind }: BodyItem | BodyStatement): boolean =>
  kind === 'assign' || kind === 'fill' || kind === 'object-symbols';
