// Assigns every input section to an output section by the script's patterns, in the order of the
// script; what no pattern takes is left to orphans.ts.

import { sectionFlag } from '@ring0/elf';
import {
  CandidateIndex,
  accepts,
  candidatesOf,
  constrained,
  sectionsOf,
} from '../script/candidates.ts';
import type { Candidate, InputsItem } from '../script/candidates.ts';
import { isLive, sectionsWhere } from '../model.ts';
import type { BodyItem, InputObject, InputSection, LayoutItem, OutputSection } from '../model.ts';
import { bareStatement, makeOutput, takeData, takeFlags } from './output-flags.ts';
import { exclusionMatcher, fileMatcher, matcher } from '../script/patterns.ts';
import { namesAddressed } from '../script/script-symbols.ts';
import { SectionSorter, flagsMatcher, shownSort } from './section-order.ts';
import type { BodyStatement, InputPattern, SectionsStatement } from '../script/script-syntax.ts';
import type { LinkSettings } from '../settings.ts';

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

/** Places the sections of `objects`. */
export function place(
  statements: readonly SectionsStatement[],
  objects: readonly InputObject[],
  settings: LinkSettings,
): Placement {
  const items: LayoutItem[] = [];
  const candidates: Candidate[] = [];
  for (const statement of statements) {
    if (statement.kind !== 'output') {
      items.push(statement);
      continue;
    }
    const output = makeOutput(statement, false);
    items.push(output);
    for (const part of statement.body) {
      if (part.kind !== 'input') {
        output.body.push(part);
        continue;
      }
      const byOption = /^\.(init|fini)$/.test(output.name) ? undefined : settings.sortSection;
      const item = inputsItem(part, byOption);
      output.body.push(item);
      candidates.push(...candidatesOf(part, output, item, byOption));
    }
  }
  items.push(...startedOnly(items, settings));
  const sections = sectionsWhere(objects, isLive);
  const index = new CandidateIndex(candidates);
  const outputs = items.filter((item): item is OutputSection => item.kind === 'output');
  const dropped = constrained(outputs, index, sections);
  const { discarded, orphans } = distribute(sections, index, settings);
  const order = bringIntoBeing(items, dropped);
  return {
    items,
    order,
    discarded,
    orphans,
  };
}

/** Sections that only --section-start names come behind the script's. */
function startedOnly(items: readonly LayoutItem[], settings: LinkSettings): OutputSection[] {
  const isKnown = (name: string): boolean =>
    items.some((item) => item.kind === 'output' && item.name === name);
  const names = [...settings.sectionStarts.keys()].filter((name) => !isKnown(name));
  return names.map((name) =>
    makeOutput({ ...bareStatement, name, address: undefined, span: undefined }, false),
  );
}

/** The item of an output section's body for a statement, with the order that the map shows. */
function inputsItem(pattern: InputPattern, byOption: LinkSettings['sortSection']): InputsItem {
  const sections = pattern.sections.map((each) => ({
    ...each,
    sort: shownSort(each.sort, byOption),
  }));
  return { kind: 'inputs', pattern: { ...pattern, sections }, sections: [] };
}

function distribute(
  sections: readonly InputSection[],
  index: CandidateIndex,
  settings: LinkSettings,
): { discarded: InputSection[]; orphans: InputSection[] } {
  const discarded: InputSection[] = [];
  const orphans: InputSection[] = [];
  const sorter = new SectionSorter();
  const unique = settings.uniqueSections.map(matcher);
  const mayBeApart = unique.length > 0 || settings.outputKind === 'relocatable';
  const isApart = (section: InputSection, output: OutputSection): boolean =>
    unique.some((matches) => matches(section.name)) ||
    (settings.outputKind === 'relocatable' &&
      (section.flags & sectionFlag.group) !== 0 &&
      output.name !== '/DISCARD/' &&
      !settings.forcesGroups);
  for (const section of sections) {
    const found = firstTaker(index.matching(section.name), section);
    if (!found || (mayBeApart && isApart(section, found.output))) {
      orphans.push(section);
    } else if (found.output.name === '/DISCARD/') {
      section.isDiscarded = true;
      discarded.push(section);
    } else {
      section.output = found.output;
      const { item, pattern, sort } = found;
      sorter.add(item.sections, section, pattern.isSortedByFile, sort);
    }
  }
  sorter.finish();
  return { discarded, orphans };
}

/** The first of the candidates that takes the section. */
function firstTaker(
  candidates: readonly Candidate[],
  section: InputSection,
): Candidate | undefined {
  for (let i = 0; i < candidates.length; i++) {
    const candidate = candidates[i];
    if (!candidate.output.isDropped && accepts(candidate, section)) return candidate;
  }
  return undefined;
}

/** What the sections make of their output; nothing more where one is like the one before. */
function takeAll(output: OutputSection, sections: readonly InputSection[]): void {
  let last: InputSection | undefined;
  for (let i = 0; i < sections.length; i++) {
    const section = sections[i];
    const isLike =
      last?.flags === section.flags &&
      last.type === section.type &&
      last.entrySize === section.entrySize;
    if (!isLike) takeFlags(output, section);
    last = section;
  }
}

/**
 * Output sections come into being in the order of the script, or where something mentions them
 * first: -Ttext and the like, an address, an assignment. That is the order of their headers.
 */
function bringIntoBeing(
  items: readonly LayoutItem[],
  dropped: ReadonlySet<OutputSection>,
): OutputSection[] {
  const order: OutputSection[] = [];
  const byName = new Map<string, OutputSection>();
  for (const item of items) {
    if (item.kind === 'output' && !dropped.has(item) && !byName.has(item.name)) {
      byName.set(item.name, item);
    }
  }
  const mention = (part: unknown): void => {
    for (const name of namesAddressed(part)) make(byName.get(name));
  };
  const make = (output: OutputSection | undefined): void => {
    if (!output || order.includes(output) || output.name === '/DISCARD/') return;
    output.exists = true;
    order.push(output);
    mention(output.statement.address);
    mention(output.statement.at);
  };
  for (const item of items) {
    if (item.kind === 'remark' && item.section !== undefined) make(byName.get(item.section));
    if (item.kind === 'assign') mention(item.value);
    if (item.kind !== 'output' || dropped.has(item) || item.name === '/DISCARD/') continue;
    for (const part of item.body) {
      if (part.kind === 'inputs') {
        if (part.sections.length > 0) make(item);
        takeAll(item, part.sections);
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
