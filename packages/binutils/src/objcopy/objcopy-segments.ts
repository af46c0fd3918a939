// The program headers of a copied executable whose sections were removed, moved or changed in size:
// which sections a segment keeps, where its contents stand in the file then. A segment whose
// sections are all in their places stays one; others are split where a section does not follow the
// one before it. Read objcopy-layout.ts first, for copies that leave the headers as they are.

import { alignLike, alignUp } from '@ring0/bytes';
import { elfSizes, sectionFlag, sectionType, segmentType } from '@ring0/elf';
import type { ElfFile, ElfSection, ElfSegment } from '@ring0/elf';
import { isInSegmentBytes } from './objcopy-layout.ts';
import type { LoadAddresses } from './objcopy-sections.ts';
import { loadAddress } from '../objdump/objdump-view.ts';

interface Place {
  readonly address: number;
  readonly load: number;
  readonly size: number;
  readonly flags: number;
  readonly alignment: number;
  readonly isNobits: boolean;
}

/** A segment and the sections in it, in the order of their addresses. */
interface Members {
  readonly segment: ElfSegment;
  readonly sections: readonly ElfSection[];
  readonly hasHeaders: boolean;
}

/** What the segments hold before anything is changed. */
export interface SegmentPlan {
  readonly members: readonly Members[];
  readonly places: ReadonlyMap<ElfSection, Place>;
}

const isNobits = ({ type }: ElfSection): boolean => type === sectionType.nobits;
const isTlsZeros = (section: ElfSection): boolean =>
  isNobits(section) && (section.flags & sectionFlag.tls) !== 0;

/** Reads which sections each segment holds. */
export function planSegments(file: ElfFile): SegmentPlan {
  const places = new Map<ElfSection, Place>();
  for (const section of file.sections) {
    const { size, flags, alignment } = section;
    const load = loadAddress(file, section);
    const address = Number(section.address);
    places.set(section, { address, load, size, flags, alignment, isNobits: isNobits(section) });
  }
  const sizes = elfSizes(file.bits);
  const headersEnd = sizes.header + sizes.programHeader * file.segments.length;
  const members = file.segments.map((segment): Members => {
    const isLoad = segment.type === segmentType.load;
    const hasHeaders = isLoad && segment.offset === 0 && segment.fileSize >= headersEnd;
    const sections = file.sections.filter((section) => isInSegmentBytes(section, segment));
    return { segment: { ...segment }, sections, hasHeaders };
  });
  return { members, places };
}

/** Whether a section of a segment is gone, or lies or is other than it was. */
function isRebuilt(file: ElfFile, plan: SegmentPlan, loads: LoadAddresses): boolean {
  const kept = new Set(file.sections);
  return plan.members.some(({ sections }) =>
    sections.some((section) => {
      const was = plan.places.get(section);
      if (!kept.has(section) || !was) return true;
      return (
        was.address !== Number(section.address) ||
        was.load !== (loads.get(section) ?? was.load) ||
        (was.flags | sectionFlag.infoLink) !== (section.flags | sectionFlag.infoLink) ||
        was.alignment !== section.alignment ||
        was.isNobits !== isNobits(section)
      );
    }),
  );
}

function isResized(file: ElfFile, { places, members }: SegmentPlan): boolean {
  const inside = new Set(members.flatMap(({ sections }) => sections));
  return file.sections.some((section) => {
    const isLoaded = (section.flags & sectionFlag.alloc) !== 0;
    if (!inside.has(section)) {
      const wasLoaded = ((places.get(section)?.flags ?? 0) & sectionFlag.alloc) !== 0;
      return isLoaded && (section.offset === undefined || !wasLoaded);
    }
    return places.get(section)?.size !== section.size;
  });
}

/** A segment of the copy while its place is being found. */
interface Draft {
  readonly from: ElfSegment;
  readonly sections: ElfSection[];
  readonly hasHeaders: boolean;
  readonly order: number;
  readonly isSplit: boolean;
}

const pageSize = 0x1000;

/** As C's `%#x` shows it. */
function shownAddress(address: number): string {
  return address === 0 ? '0' : `0x${address.toString(16)}`;
}

class Layout {
  private readonly file: ElfFile;
  private readonly plan: SegmentPlan;
  private readonly loads: LoadAddresses;
  private readonly isRebuilt: boolean;
  private readonly results = new Map<Draft, ElfSegment>();
  /** What is said of sections: of the input's, then of the output's. */
  readonly warnings = { input: [] as string[], output: [] as string[] };
  private at = 0;

  constructor(file: ElfFile, plan: SegmentPlan, loads: LoadAddresses, rebuilds: boolean) {
    this.file = file;
    this.plan = plan;
    this.loads = loads;
    this.isRebuilt = rebuilds;
  }

  private load(section: ElfSection): number {
    return this.loads.get(section) ?? Number(section.address);
  }

  /** Whether a section still lies within its segment's memory. */
  private isInPlace(section: ElfSection, segment: ElfSegment): boolean {
    const base = Number(segment.physicalAddress) || Number(segment.virtualAddress);
    const load = this.load(section);
    return load >= base && load + this.size(section) <= base + segment.memorySize;
  }

  /** Without what fills the gap behind it, which comes later. */
  private size(section: ElfSection): number {
    return (this.plan.places.get(section) ?? section).size;
  }

  private drafts(): Draft[] {
    const kept = new Set(this.file.sections);
    const drafts: Draft[] = [];
    for (const { segment, sections, hasHeaders } of this.plan.members) {
      const { type } = segment;
      if (this.isRebuilt && (type === segmentType.gnuRelro || type === segmentType.null)) continue;
      const rest = sections.filter((section) => {
        return kept.has(section) && (section.flags & sectionFlag.alloc) !== 0;
      });
      const base = { from: segment, hasHeaders, order: drafts.length, isSplit: false };
      const isWhole =
        !this.isRebuilt ||
        type !== segmentType.load ||
        rest.every((section) => this.isInPlace(section, segment));
      if (this.isRebuilt) rest.sort((left, right) => this.load(left) - this.load(right));
      if (isWhole) drafts.push({ ...base, sections: rest });
      else {
        this.split(rest, segment).forEach((list, index) => {
          drafts.push({
            from: segment,
            sections: list,
            hasHeaders: hasHeaders && index === 0,
            order: drafts.length,
            isSplit: index > 0,
          });
        });
      }
    }
    return drafts;
  }

  /**
   * Runs of sections: of the first those that are where the segment is loaded, of each other those
   * that lie as near to the first that was left. None overlaps the one before, or is pages away.
   */
  private split(sections: readonly ElfSection[], segment: ElfSegment): ElfSection[][] {
    const runs: ElfSection[][] = [];
    const stays = sections.some(
      (section) => this.plan.places.get(section)?.load === this.load(section),
    );
    const lowest = Math.min(...sections.map((section) => this.load(section)));
    let base = stays ? Number(segment.physicalAddress) : lowest;
    let rest = sections;
    while (rest.length > 0) {
      const run: ElfSection[] = [];
      const later: ElfSection[] = [];
      for (const section of rest) {
        const last = run.at(-1);
        const end = last ? this.load(last) + this.size(last) : 0;
        const start = this.load(section);
        const isNear = start >= base && start + this.size(section) <= base + segment.memorySize;
        const follows =
          !last || (end <= start && alignUp(end, pageSize) >= alignUp(start, pageSize));
        (isNear && follows ? run : later).push(section);
      }
      const [next] = later;
      if (run.length === 0 && next) run.push(...later.splice(0, 1));
      runs.push(run);
      const [following] = later;
      if (following) base = this.load(following);
      rest = later;
    }
    return runs;
  }

  /** Lays everything out; false: the headers have no room before the first section. */
  run(): boolean {
    const { file } = this;
    const drafts = this.drafts();
    const sizes = elfSizes(file.bits);
    this.at = sizes.header + sizes.programHeader * drafts.length;
    const first = (draft: Draft) => {
      const [section] = draft.sections;
      return section ? this.load(section) : 0;
    };
    const loads = drafts
      .filter(({ from }) => from.type === segmentType.load)
      .toSorted((a, b) => {
        return (
          Number(b.hasHeaders) - Number(a.hasHeaders) || first(a) - first(b) || a.order - b.order
        );
      });
    for (const draft of loads) if (!this.place(draft, drafts.indexOf(draft))) return false;
    for (const draft of drafts)
      if (draft.from.type !== segmentType.load) this.follow(draft, drafts);
    file.segments = drafts.flatMap((draft) => this.results.get(draft) ?? []);
    this.placeRest(new Set(drafts.flatMap(({ sections }) => sections)));
    return true;
  }

  private place(draft: Draft, number: number): boolean {
    const { from, sections, hasHeaders } = draft;
    const [first] = sections;
    const { input, output } = this.warnings;
    const page = Math.max(1, from.alignment);
    const headersEnd = this.at;
    if (!first) {
      const size = hasHeaders ? headersEnd : 0;
      if (this.isRebuilt && (from.fileSize > 0 || from.memorySize === 0)) {
        const place = shownAddress(Number(from.virtualAddress));
        input.push(`empty loadable segment detected at vaddr=${place}, is this intentional?`);
      }
      this.results.set(draft, {
        ...from,
        offset: hasHeaders ? 0 : this.at,
        physicalAddress: 0n,
        fileSize: size,
        memorySize: size,
      });
      return true;
    }
    const was = this.plan.places.get(first);
    const moved = Number(first.address) - (was?.address ?? 0);
    const start = hasHeaders ? Number(from.virtualAddress) + moved : Number(first.address);
    if (hasHeaders && Number(first.address) - start < headersEnd) return false;
    if (!hasHeaders) this.at = alignLike(this.at, start, page);
    const offset = hasHeaders ? 0 : this.at;
    let fileSize = hasHeaders ? headersEnd : 0;
    let memorySize = fileSize;
    const lead = hasHeaders ? Number(first.address) - start : 0;
    for (const section of sections) {
      const wanted = Number(section.address) - start;
      const isApart = wanted !== this.load(section) - this.load(first) + lead;
      if (isApart) {
        const names = sections.map(({ name }) => name).join(' ');
        const why = `can't be allocated in segment ${number}\nLOAD: ${names}`;
        output.push(`section \`${section.name}' ${why}`);
      } else if (wanted < memorySize && !isTlsZeros(section)) {
        const [load, to] = [wanted, memorySize].map((at) =>
          shownAddress(this.load(first) - lead + at),
        );
        output.push(`section ${section.name} lma ${load} adjusted to ${to}`);
      }
      // A section that has grown pushes those after it, though not their addresses.
      const distance = isApart
        ? alignUp(offset + memorySize, section.alignment) - offset
        : Math.max(wanted, memorySize);
      if (isTlsZeros(section)) {
        section.offset = offset + Math.max(fileSize, distance);
        continue;
      }
      if (isNobits(section)) section.offset = this.at;
      else {
        section.offset = offset + distance;
        fileSize = Math.max(fileSize, distance + section.size);
        this.at = offset + fileSize;
      }
      memorySize = Math.max(memorySize, distance + section.size);
    }
    this.results.set(draft, {
      ...from,
      offset,
      virtualAddress: BigInt(start),
      physicalAddress: BigInt(Math.max(0, this.load(first) - lead)),
      fileSize,
      memorySize,
    });
    return true;
  }

  /** A segment whose contents are part of others. */
  private follow(draft: Draft, drafts: readonly Draft[]): void {
    const { from, sections } = draft;
    const sizes = elfSizes(this.file.bits);
    if (from.type === segmentType.phdr) {
      const holder = drafts.find(({ hasHeaders }) => hasHeaders);
      const loaded = holder && this.results.get(holder);
      const size = sizes.programHeader * drafts.length;
      const at = BigInt(sizes.header);
      this.results.set(draft, {
        ...from,
        offset: sizes.header,
        virtualAddress: (loaded?.virtualAddress ?? 0n) + at,
        physicalAddress:
          from.physicalAddress + BigInt(this.moved(holder?.from, holder?.sections[0])),
        fileSize: size,
        memorySize: size,
      });
      return;
    }
    const [first] = sections;
    if (!first) {
      const alignment = this.isRebuilt ? sizes.address : from.alignment;
      const none = { offset: 0, fileSize: 0, memorySize: 0, physicalAddress: 0n, alignment };
      this.results.set(draft, { ...from, ...none });
      return;
    }
    const offset = first.offset ?? 0;
    const start = Number(first.address);
    let fileSize = 0;
    let memorySize = 0;
    let alignment = 1;
    for (const section of sections) {
      const end = Number(section.address) - start + section.size;
      if (!isNobits(section)) fileSize = Math.max(fileSize, end);
      memorySize = Math.max(memorySize, end);
      alignment = Math.max(alignment, section.alignment);
    }
    if (from.type === segmentType.gnuRelro) {
      ({ fileSize, memorySize } = from);
    }
    const isNote = from.type === segmentType.note;
    const load = BigInt(this.load(first));
    const physicalAddress = isNote ? from.physicalAddress : load;
    const virtualAddress = BigInt(start) - (load - physicalAddress);
    const kept = { virtualAddress, physicalAddress, fileSize, memorySize };
    this.results.set(draft, {
      ...from,
      offset,
      ...kept,
      alignment: this.isRebuilt ? alignment : from.alignment,
    });
  }

  /** How far the first section of a segment has moved from where its first one was loaded. */
  private moved(segment: ElfSegment | undefined, first: ElfSection | undefined): number {
    const members = this.plan.members.find((each) => each.segment === segment);
    const was = members?.sections[0] && this.plan.places.get(members.sections[0]);
    const isOther = members?.sections[0] !== first;
    if (segment?.physicalAddress === 0n && isOther) return 0;
    return first && was ? this.load(first) - was.load : 0;
  }

  private placeRest(placed: ReadonlySet<ElfSection>): void {
    for (const section of this.file.sections) {
      if (placed.has(section)) continue;
      const isLoaded = (section.flags & sectionFlag.alloc) !== 0;
      // What is loaded by no segment may still be mapped by who knows of it.
      if (isLoaded) this.at = alignLike(this.at, Number(section.address), pageSize);
      else this.at = alignUp(this.at, section.alignment);
      section.offset = this.at;
      if (!isNobits(section)) this.at += section.size;
    }
  }

  get end(): number {
    return this.at;
  }
}

/** How the program headers follow the changes. */
export type SegmentResult =
  | { readonly kind: 'kept' }
  | { readonly kind: 'placed'; readonly end: number; readonly warnings: Layout['warnings'] }
  | { readonly kind: 'failed'; readonly problem: string };

/** Rebuilds the program headers and places all contents where the changes ask for it. */
export function placeSegments(
  file: ElfFile,
  plan: SegmentPlan,
  loads: LoadAddresses,
): SegmentResult {
  const rebuilds = isRebuilt(file, plan, loads);
  if (plan.members.length === 0 || (!rebuilds && !isResized(file, plan))) return { kind: 'kept' };
  const page = plan.members.find(({ segment }) => segment.type === segmentType.load);
  const alignment = page?.segment.alignment ?? 1;
  const holder = plan.members.find(({ hasHeaders }) => hasHeaders);
  const first = holder?.sections.find((section) => file.sections.includes(section));
  const was = first && plan.places.get(first);
  const distance = first && was ? Number(first.address) - was.address : 0;
  const isOff = distance % Math.max(1, alignment) !== 0;
  if (rebuilds && first && isOff && (loads.get(first) ?? 0) !== was?.load) {
    const problem = 'error in private header data: sorry, cannot handle this file';
    return { kind: 'failed', problem };
  }
  const layout = new Layout(file, plan, loads, rebuilds);
  if (!layout.run()) {
    return { kind: 'failed', problem: 'not enough room for program headers, try linking with -N' };
  }
  for (const section of file.sections) {
    // An alignment does not go beyond what the address has.
    const address = Number(section.address);
    const natural = (address & -address) >>> 0;
    if (natural !== 0) section.alignment = Math.min(section.alignment, natural);
  }
  return { kind: 'placed', end: layout.end, warnings: layout.warnings };
}
