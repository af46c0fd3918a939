// The section patterns of a script by the names they take. A script has some hundred patterns and
// a program built with -ffunction-sections thousands of names, so a name is not tried against all
// of them: patterns without wildcards are found by name, those that begin with plain characters by
// the first two. Trying all took 25 ms of the 600 that linking busybox took.

import { sectionFlag } from '@ring0/elf';
import type { BodyItem, InputObject, InputSection, OutputSection } from '../model.ts';
import { exclusionMatcher, fileMatcher, matcher } from './patterns.ts';
import { flagsMatcher, sortKey } from '../layout/section-order.ts';
import type { SectionOrder } from '../layout/section-order.ts';
import type { InputPattern } from './script-syntax.ts';
import type { LinkSettings } from '../settings.ts';

export type InputsItem = Extract<BodyItem, { kind: 'inputs' }>;

/** A section pattern of the script with its place, ready to match. */
export interface Candidate {
  readonly output: OutputSection;
  readonly item: InputsItem;
  readonly pattern: InputPattern;
  readonly name: string;
  readonly sort: SectionOrder | undefined;
  readonly matchesName: (name: string) => boolean;
  readonly matchesFile: (file: InputObject) => boolean;
  readonly excludes: readonly ((file: InputObject) => boolean)[];
  readonly matchesFlags: (section: InputSection) => boolean;
  /** It takes sections of every file and with any flags. */
  readonly isForAll: boolean;
}

const everything = [{ pattern: '*', excludedFiles: [], sort: [] }] as const;

/** A file without a list of sections stands for all of them. */
export const sectionsOf = ({ sections }: InputPattern): InputPattern['sections'] =>
  sections.length === 0 ? everything : sections;

/** What a statement about inputs takes, pattern by pattern. */
export function candidatesOf(
  pattern: InputPattern,
  output: OutputSection,
  item: InputsItem,
  byOption: LinkSettings['sortSection'],
): Candidate[] {
  const matchesFile = fileMatcher(pattern.file);
  return sectionsOf(pattern).map(({ pattern: name, excludedFiles, sort }) => {
    const excludes = [...pattern.excludedFiles, ...excludedFiles].map(exclusionMatcher);
    return {
      output,
      item,
      pattern,
      name,
      sort: sortKey(sort, byOption),
      matchesName: matcher(name),
      matchesFile,
      excludes,
      matchesFlags: flagsMatcher(pattern.flags),
      isForAll: pattern.file === '*' && excludes.length === 0 && !pattern.flags,
    };
  });
}

/** The file, the exclusions and the flags allow the section; its name is another question. */
export function accepts(candidate: Candidate, section: InputSection): boolean {
  if (candidate.isForAll) return true;
  const { matchesFile, excludes, matchesFlags } = candidate;
  const { object } = section;
  return (
    matchesFile(object) &&
    matchesFlags(section) &&
    !excludes.some((isExcluded) => isExcluded(object))
  );
}

/** Plain characters that tell patterns apart; the dot that most names begin with is one. */
const startSize = 2;

export class CandidateIndex {
  private readonly candidates: readonly Candidate[];
  private readonly exact = new Map<string, number[]>();
  private readonly byStart = new Map<string, number[]>();
  private readonly others: number[] = [];
  private readonly known = new Map<string, readonly Candidate[]>();

  constructor(candidates: readonly Candidate[]) {
    this.candidates = candidates;
    candidates.forEach(({ name }, at) => {
      const plain = /^[^*?[\\]*/.exec(name)?.[0].length ?? 0;
      if (plain === name.length) enter(this.exact, name, at);
      else if (plain >= startSize) enter(this.byStart, name.slice(0, startSize), at);
      else this.others.push(at);
    });
  }

  /** Those that take sections of this name, in the order of the script. */
  matching(name: string): readonly Candidate[] {
    const before = this.known.get(name);
    if (before) return before;
    const found = [...(this.exact.get(name) ?? [])];
    for (const group of [this.byStart.get(name.slice(0, startSize)), this.others]) {
      for (const at of group ?? []) if (this.candidates[at].matchesName(name)) found.push(at);
    }
    const list = found.sort((a, b) => a - b).map((at) => this.candidates[at]);
    this.known.set(name, list);
    return list;
  }
}

function enter(map: Map<string, number[]>, key: string, at: number): void {
  const known = map.get(key);
  if (known) known.push(at);
  else map.set(key, [at]);
}

/**
 * Which output sections with ONLY_IF_RO or ONLY_IF_RW do not count: a statement counts only if all
 * its sections, but for those that earlier statements take, are so.
 */
export function constrained(
  outputs: readonly OutputSection[],
  index: CandidateIndex,
  sections: readonly InputSection[],
): Set<OutputSection> {
  const wanted = new Map(
    outputs.filter(({ statement }) => statement.onlyIf).map((o) => [o, [] as InputSection[]]),
  );
  for (const section of wanted.size > 0 ? sections : []) {
    if ((section.flags & sectionFlag.write) === 0) continue;
    let last: OutputSection | undefined;
    for (const { output } of index.matching(section.name)) {
      if (output !== last) wanted.get(output)?.push(section);
      last = output;
    }
  }
  const dropped = new Set<OutputSection>();
  for (const [output, writable] of wanted) {
    const isWritable = writable.some((section) => {
      const all = index.matching(section.name).filter((c) => !dropped.has(c.output));
      return all.find((candidate) => accepts(candidate, section))?.output === output;
    });
    if (isWritable === (output.statement.onlyIf === 'RW')) continue;
    output.isDropped = true;
    dropped.add(output);
  }
  return dropped;
}
