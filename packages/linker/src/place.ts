// Assigns every input section to an output section: first by the script's patterns in order,
// then, for sections that no pattern takes (orphans), beside output sections of their kind, as
// GNU ld does.

import { sectionFlag, sectionType } from '@ring0/elf';
import type { InputObject, InputSection, LayoutItem, OutputSection } from './model.ts';
import { fileMatcher, matcher } from './patterns.ts';
import type {
  Expression,
  InputPattern,
  OutputSectionStatement,
  SectionsStatement,
  SortKey,
} from './script-syntax.ts';

const { alloc, write, execute, merge, strings, tls } = sectionFlag;

/** A section pattern of the script with its place, ready to match. */
interface Candidate {
  readonly order: number;
  readonly output: OutputSection;
  readonly item: { readonly kind: 'inputs'; readonly sections: InputSection[] };
  readonly pattern: InputPattern;
  readonly sort: readonly SortKey[];
  readonly matchesName: (name: string) => boolean;
  readonly matchesFile: (file: InputObject) => boolean;
  readonly excludes: readonly ((file: InputObject) => boolean)[];
}

export interface Placement {
  readonly items: LayoutItem[];
  readonly discarded: InputSection[];
  readonly orphans: InputSection[];
}

/** A new, empty output section for a statement of the script or an orphan. */
export function makeOutput(statement: OutputSectionStatement, isOrphan: boolean): OutputSection {
  return {
    kind: 'output',
    name: statement.name,
    statement,
    body: [],
    exists: false,
    isIgnored: false,
    hasInput: false,
    type: 0,
    flags: 0,
    entrySize: 0,
    alignment: 1,
    alignmentMin: 1,
    address: 0,
    loadAddress: 0,
    size: 0,
    offset: 0,
    pieces: [],
    isOrphan,
  };
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
    excluded: pattern.excludedFiles.map(fileMatcher),
    sections: pattern.sections.map(({ pattern: text, excludedFiles }) => ({
      matchesName: matcher(text),
      excluded: excludedFiles.map(fileMatcher),
    })),
  }));
  return ({ name, object }) =>
    rows.some(
      (row) =>
        row.matchesFile(object) &&
        !row.excluded.some((isExcluded) => isExcluded(object)) &&
        row.sections.some(
          (s) => s.matchesName(name) && !s.excluded.some((isExcluded) => isExcluded(object)),
        ),
    );
}

/** Places the sections of `objects`. */
export function place(
  statements: readonly SectionsStatement[],
  objects: readonly InputObject[],
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
      if (part.kind === 'input') addCandidates(part, output, candidates);
      else if (part.kind !== 'object-symbols' && part.kind !== 'constructors')
        output.body.push(part);
    }
    if (statement.body.some((part) => makesSection.has(part.kind))) output.exists = true;
  }
  const sections = objects.flatMap((object) => object.sections).filter((s) => !s.isDiscarded);
  candidates = dropConstrained(candidates, sections);
  const discarded: InputSection[] = [];
  const orphans: InputSection[] = [];
  const sorted = new Map<
    Candidate['item'],
    { section: InputSection; sort: readonly SortKey[] }[]
  >();
  const byName = new Map<string, Candidate[]>();
  for (const section of sections) {
    let matching = byName.get(section.name);
    if (!matching) {
      matching = candidates.filter((candidate) => candidate.matchesName(section.name));
      byName.set(section.name, matching);
    }
    const found = matching.find((candidate) => accepts(candidate, section));
    if (!found) {
      orphans.push(section);
      continue;
    }
    if (found.output.name === '/DISCARD/') {
      section.isDiscarded = true;
      discarded.push(section);
      continue;
    }
    if (found.sort.length > 0 || found.pattern.isSortedByFile)
      sorted.set(found.item, sorted.get(found.item) ?? []);
    section.output = found.output;
    sortOf.set(section, found.sort);
    found.item.sections.push(section);
  }
  for (const item of sorted.keys())
    sortItem(item.sections, candidates.find((c) => c.item === item)?.pattern);
  for (const item of items) {
    if (item.kind !== 'output') continue;
    for (const part of item.body) {
      if (part.kind === 'inputs') for (const section of part.sections) takeFlags(item, section);
    }
  }
  return {
    items: items.filter((i) => i.kind !== 'output' || i.name !== '/DISCARD/'),
    discarded,
    orphans,
  };
}

/** Statements that bring an output section into being, if no input does. */
const makesSection: ReadonlySet<string> = new Set(['assign', 'assert', 'data']);

const sortOf = new WeakMap<InputSection, readonly SortKey[]>();

function addCandidates(
  pattern: InputPattern,
  output: OutputSection,
  candidates: Candidate[],
): void {
  const item = { kind: 'inputs' as const, sections: [] };
  output.body.push(item);
  const matchesFile = fileMatcher(pattern.file);
  for (const { pattern: name, excludedFiles, sort } of pattern.sections) {
    candidates.push({
      order: candidates.length,
      output,
      item,
      pattern,
      sort: sort.filter((key) => key !== 'none'),
      matchesName: matcher(name),
      matchesFile,
      excludes: [...pattern.excludedFiles, ...excludedFiles].map(fileMatcher),
    });
  }
}

function accepts({ matchesFile, excludes }: Candidate, { object }: InputSection): boolean {
  return matchesFile(object) && !excludes.some((isExcluded) => isExcluded(object));
}

/** ONLY_IF_RO and ONLY_IF_RW: a statement counts only if all its sections are so. */
function dropConstrained(candidates: Candidate[], sections: readonly InputSection[]): Candidate[] {
  const constrained = candidates.filter((c) => c.output.statement.onlyIf !== undefined);
  if (constrained.length === 0) return candidates;
  const writable = new Set<OutputSection>();
  for (const section of sections) {
    if ((section.flags & write) === 0) continue;
    for (const candidate of constrained) {
      if (candidate.matchesName(section.name) && accepts(candidate, section))
        writable.add(candidate.output);
    }
  }
  return candidates.filter(({ output }) => {
    const { onlyIf } = output.statement;
    return onlyIf === undefined || writable.has(output) === (onlyIf === 'RW');
  });
}

/** The priority that a name ends in; constructors count down (GCC manual, init_priority). */
function initPriority(name: string): number {
  const match = /\.(\d+)$/.exec(name);
  if (!match) return 0x10000;
  const value = Number(match[1]);
  return /^\.[cd]tors\./.test(name) ? 65535 - value : value;
}

const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function compare(a: InputSection, b: InputSection, sort: readonly SortKey[]): number {
  for (const key of sort) {
    let order = 0;
    if (key === 'name') order = text(a.name, b.name);
    else if (key === 'alignment') order = b.alignment - a.alignment;
    else if (key === 'priority') {
      order = initPriority(a.name) - initPriority(b.name) || text(a.name, b.name);
    }
    if (order !== 0) return order;
  }
  return 0;
}

/**
 * Sections of sorted patterns in their order; those of unsorted patterns in the same statement
 * stay behind.
 */
function sortItem(sections: InputSection[], pattern: InputPattern | undefined): void {
  const keys = (section: InputSection): readonly SortKey[] => sortOf.get(section) ?? [];
  const isByFile = pattern?.isSortedByFile === true;
  const order = new Map(sections.map((section, index) => [section, index]));
  sections.sort((a, b) => {
    if (isByFile) {
      const files =
        text(a.object.archive ?? '', b.object.archive ?? '') ||
        text(a.object.fileName, b.object.fileName);
      if (files !== 0) return files;
    }
    const [left, right] = [keys(a), keys(b)];
    if (left.length > 0 && right.length > 0) {
      const difference = compare(a, b, left);
      if (difference !== 0) return difference;
    } else if (left.length !== right.length) return right.length - left.length;
    return (order.get(a) ?? 0) - (order.get(b) ?? 0);
  });
}

/** What an input section makes of its output section's type and flags. */
export function takeFlags(output: OutputSection, section: InputSection): void {
  const isFirst = !output.hasInput;
  let { flags } = section;
  const kept = merge | strings;
  if (isFirst) {
    output.type = section.type;
    output.flags = flags | (output.exists ? output.flags : 0);
    output.entrySize = (flags & merge) !== 0 || isTable(section.type) ? section.entrySize : 0;
  } else {
    const isSame =
      (output.flags & kept) === (flags & kept) &&
      (!(flags & merge) || output.entrySize === section.entrySize);
    if (!isSame) {
      output.flags &= ~kept;
      flags &= ~kept;
      if (!isTable(output.type)) output.entrySize = 0;
    }
    output.flags |= flags & (alloc | write | execute | tls | kept);
    if (output.type === sectionType.nobits && section.type !== sectionType.nobits)
      output.type = section.type;
  }
  output.flags &= ~(sectionFlag.group | sectionFlag.linkOrder | sectionFlag.infoLink);
  output.hasInput = true;
  output.exists = true;
}

const isTable = (type: number): boolean =>
  type === sectionType.initArray ||
  type === sectionType.finiArray ||
  type === sectionType.preinitArray;

const absent: Omit<OutputSectionStatement, 'name' | 'span' | 'address'> = {
  kind: 'output',
  type: '',
  at: undefined,
  align: undefined,
  subalign: undefined,
  isAlignedWithInput: false,
  onlyIf: undefined,
  body: [],
  region: undefined,
  loadRegion: undefined,
  regionSpans: [],
  programHeaders: [],
  fill: undefined,
};

type Class = 'text' | 'rodata' | 'tdata' | 'data' | 'bss' | 'rel' | 'interp' | 'nonalloc';

const homes: Readonly<Record<Class, string>> = {
  text: '.text',
  rodata: '.rodata',
  tdata: '.tdata',
  data: '.data',
  bss: '.bss',
  rel: '',
  interp: '.interp',
  nonalloc: '.comment',
};

function classify(flags: number, type: number, name: string): Class | undefined {
  if ((flags & alloc) === 0) return isDebugging(name) ? undefined : 'nonalloc';
  const isLoaded = type !== sectionType.nobits;
  if (isLoaded && (type === sectionType.note || name.startsWith('.note'))) return 'interp';
  if ((flags & tls) !== 0) return 'tdata';
  if (!isLoaded) return 'bss';
  if ((flags & write) !== 0) return 'data';
  if (type === sectionType.rel || type === sectionType.rela) return 'rel';
  return (flags & execute) !== 0 ? 'text' : 'rodata';
}

/** Sections that BFD marks as debugging information by their names. */
function isDebugging(name: string): boolean {
  return /^\.(debug|gnu\.debuglto_\.debug_|gnu\.linkonce\.wi\.|line|stab|zdebug)/.test(name);
}

/** Finds places for sections that no pattern took; changes `items`. */
export class OrphanPlacer {
  private readonly items: LayoutItem[];
  private readonly last = new Map<Class, OutputSection>();
  private readonly byName = new Map<string, OutputSection>();

  constructor(items: LayoutItem[]) {
    this.items = items;
    for (const item of items) {
      if (item.kind === 'output' && !this.byName.has(item.name)) this.byName.set(item.name, item);
    }
  }

  /**
   * Puts one orphan where GNU ld would; `later` are the orphans after it, which count for its
   * flags.
   */
  place(section: InputSection, isWritableElsewhere: boolean): void {
    const same = this.byName.get(section.name);
    if (same && (!same.hasInput || isCompatible(same, section))) {
      append(same, section);
      return;
    }
    const flags = section.flags | (isWritableElsewhere ? write : 0);
    const kind = classify(flags, section.type, section.name);
    const isAllocated = (section.flags & alloc) !== 0;
    const address: Expression | undefined = isAllocated ? undefined : { kind: 'number', value: 0n };
    const output = makeOutput({ ...absent, name: section.name, address, span: undefined }, true);
    append(output, section);
    this.insert(output, kind, flags);
    this.byName.set(section.name, output);
  }

  private insert(output: OutputSection, kind: Class | undefined, flags: number): void {
    const { items } = this;
    const before = kind && this.last.get(kind);
    if (kind) this.last.set(kind, output);
    if (before) {
      items.splice(items.indexOf(before) + 1, 0, output);
      return;
    }
    if (!kind) {
      items.push(output);
      return;
    }
    const home = this.byName.get(homes[kind]) ?? this.similar(flags, output);
    items.splice(this.positionAfter(home), 0, output);
  }

  /**
   * The last output section that is most like `flags`: same kind, then the same segment, then any
   * before it.
   */
  private similar(flags: number, orphan: OutputSection): OutputSection | undefined {
    const outputs = this.items.filter((i): i is OutputSection => i.kind === 'output' && i.exists);
    const loads = (o: OutputSection): boolean => o.type !== sectionType.nobits;
    const last = (test: (o: OutputSection) => boolean): OutputSection | undefined =>
      outputs.findLast(test);
    const has = (o: OutputSection, bits: number): boolean => (o.flags & bits) === (flags & bits);
    if ((flags & alloc) === 0) return last((o) => (o.flags & alloc) === 0) ?? last(() => true);
    if ((flags & execute) !== 0) {
      const found = last((o) => has(o, alloc | write | execute) && loads(o));
      if (found) return found;
    }
    if ((flags & tls) !== 0) {
      return last((o) => (o.flags & tls) !== 0) ?? last((o) => has(o, alloc | write) && loads(o));
    }
    if ((flags & write) === 0) {
      return (
        last((o) => has(o, alloc | write | execute) && loads(o)) ??
        last((o) => has(o, alloc | write) && loads(o)) ??
        last((o) => (o.flags & alloc) !== 0)
      );
    }
    if (loads(orphan)) {
      const data = last((o) => has(o, alloc | write | tls) && loads(o));
      return (
        data ??
        last((o) => (o.flags & alloc) !== 0 && loads(o)) ??
        last((o) => (o.flags & alloc) !== 0)
      );
    }
    return last((o) => (o.flags & alloc) !== 0);
  }

  /**
   * After the section and the assignments that belong to it: the first `. =` begins what follows.
   */
  private positionAfter(home: OutputSection | undefined): number {
    const { items } = this;
    let at = home ? items.indexOf(home) + 1 : 0;
    let dotAt: number | undefined;
    let isFirst = home === undefined;
    for (; at < items.length; at++) {
      const item = items[at];
      if (item.kind === 'output') {
        const matters = !item.exists || item.hasInput || (item.flags & alloc) !== 0;
        if (dotAt !== undefined && matters) return dotAt;
        return at;
      }
      if (dotAt === undefined && item.kind === 'assign' && item.name === '.') {
        if (!isFirst) dotAt = at;
        isFirst = false;
      }
    }
    return at;
  }
}

function isCompatible(output: OutputSection, section: InputSection): boolean {
  const isLoaded = (type: number): boolean => type !== sectionType.nobits;
  return (
    (output.flags & alloc) === (section.flags & alloc) &&
    isLoaded(output.type) === isLoaded(section.type)
  );
}

function append(output: OutputSection, section: InputSection): void {
  const lastItem = output.body.at(-1);
  if (lastItem?.kind === 'inputs' && output.isOrphan) lastItem.sections.push(section);
  else output.body.push({ kind: 'inputs', sections: [section] });
  section.output = output;
  takeFlags(output, section);
}
