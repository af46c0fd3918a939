// Orphans: sections that no pattern of the script takes. GNU ld gives each a place beside output
// sections of its kind (GNU ld manual, "Orphan Sections"), and the next one of the kind goes
// behind it. Two orders matter: that of the statements, which decides addresses, and that of the
// section headers.

import { sectionFlag, sectionType } from '@ring0/elf';
import type { InputSection, LayoutItem, OutputSection } from '../model.ts';
import { untypedNames } from './empty-sections.ts';
import {
  bareStatement,
  inputTraits,
  makeOutput,
  outputTraits,
  takeFlags,
  trait,
} from './output-flags.ts';
import type { Expression } from '../script/script-syntax.ts';

const { alloc, load, readonly, code, contents, tls, debugging } = trait;

type Kind = 'text' | 'rodata' | 'tdata' | 'data' | 'bss' | 'rel' | 'interp' | 'nonalloc';

const homes: Readonly<Record<Kind, string>> = {
  text: '.text',
  rodata: '.rodata',
  tdata: '.tdata',
  data: '.data',
  bss: '.bss',
  rel: '',
  interp: '.interp',
  nonalloc: '.comment',
};

const loaded = alloc | load | contents;

/** What the first section of such a name is taken for while nothing has made it. */
const usualTraits: Readonly<Record<string, number>> = {
  '.text': loaded | readonly | code,
  '.rodata': loaded | readonly,
  '.tdata': loaded | tls,
  '.data': loaded,
  '.bss': alloc,
  '.interp': loaded | readonly,
  '.comment': contents,
};

/** Where the next orphan of a kind goes. */
interface Spot {
  home: OutputSection | undefined;
  /** The orphan placed last, in either order. */
  last: OutputSection | undefined;
}

function classify(traits: number, { type, name }: InputSection): Kind | undefined {
  if ((traits & (alloc | debugging)) === 0) return 'nonalloc';
  if ((traits & alloc) === 0) return undefined;
  const isLoaded = (traits & load) !== 0;
  if (isLoaded && (type === sectionType.note || name.startsWith('.note'))) return 'interp';
  if ((traits & (load | contents | tls)) === 0) return 'bss';
  if ((traits & tls) !== 0) return 'tdata';
  if ((traits & readonly) === 0) return 'data';
  if ((type === sectionType.rel || type === sectionType.rela) && isLoaded) return 'rel';
  return (traits & code) === 0 ? 'rodata' : 'text';
}

/** The ELF type that GNU ld sees while it places orphans. */
const typeOf = ({ name, type, object }: InputSection): number =>
  object.file === undefined && untypedNames.has(name) ? 0 : type;

/** Tables of dynamic relocations become one where they are combined. */
function outputName({ name, type, flags }: InputSection, isCombined: boolean): string {
  const isTable = type === sectionType.rel && (flags & sectionFlag.alloc) !== 0;
  return isTable && isCombined ? '.rel.dyn' : name;
}

const isOfGroup = (section: InputSection | undefined): boolean =>
  section !== undefined && (section.flags & sectionFlag.group) !== 0;

const zero: Expression = { kind: 'number', value: 0n };

/** Finds places for sections that no pattern took; changes both lists. */
export class OrphanPlacer {
  private readonly items: LayoutItem[];
  /** Output sections in the order of their headers. */
  private readonly order: OutputSection[];
  private readonly isRelocatable: boolean;
  /** Dynamic relocations go into one table. */
  private readonly isCombined: boolean;
  /** -r: what is in a group stays apart. */
  keepsGroups = false;
  private readonly spots = new Map<Kind, Spot>();
  private readonly byName = new Map<string, OutputSection[]>();

  constructor(
    items: LayoutItem[],
    order: OutputSection[],
    isRelocatable: boolean,
    isCombined: boolean,
  ) {
    this.items = items;
    this.order = order;
    this.isRelocatable = isRelocatable;
    this.isCombined = isCombined;
    for (const item of items) {
      if (item.kind === 'output' && !item.isDropped) this.remember(item);
    }
  }

  private remember(output: OutputSection): void {
    const same = this.byName.get(output.name);
    if (same) same.push(output);
    else this.byName.set(output.name, [output]);
  }

  /**
   * Puts one orphan where GNU ld would and says where. `elsewhere` are traits of orphans of that
   * name to come; `isUnique` keeps it apart from others of its name.
   */
  place(section: InputSection, elsewhere: number, isUnique: boolean): OutputSection {
    const same = isUnique ? undefined : this.existing(section);
    if (same) {
      this.append(same, section);
      return same;
    }
    let traits = inputTraits(section);
    if ((elsewhere & readonly) === 0) traits &= ~readonly;
    const kind = classify(traits, section);
    const output = this.make(section, kind);
    if (kind === undefined) {
      this.items.push(output);
      this.append(output, section);
    } else this.insert(output, section, kind, traits);
    this.remember(output);
    return output;
  }

  /** COMMON that no pattern takes goes to .bss, which comes last where the script has none. */
  placeCommon(section: InputSection): OutputSection {
    let bss = this.byName.get('.bss')?.[0];
    if (!bss) {
      bss = makeOutput(
        { ...bareStatement, name: '.bss', address: undefined, span: undefined },
        false,
      );
      this.items.push(bss);
      this.remember(bss);
    }
    this.append(bss, section);
    return bss;
  }

  /** Orphans that are discarded have a statement of their own, where the script has none. */
  nameDiscarded(): void {
    const name = '/DISCARD/';
    if (this.items.some((item) => item.kind === 'output' && item.name === name)) return;
    this.items.push(
      makeOutput({ ...bareStatement, name, address: undefined, span: undefined }, false),
    );
  }

  /** An output section of the name that suits, or one that nothing is in yet. */
  private existing(section: InputSection): OutputSection | undefined {
    const same = this.byName.get(outputName(section, this.isCombined)) ?? [];
    const isLoaded = (type: number): boolean => type !== sectionType.nobits;
    const matching = same.find((output) => {
      if (this.keepsGroups && isOfGroup(output.firstInput) !== isOfGroup(section)) return false;
      if (output.exists && !output.hasInput && output.flags === 0) return true;
      if (!output.exists || output.takenType !== typeOf(section)) return false;
      const differs = (output.flags ^ section.flags) & (sectionFlag.alloc | sectionFlag.exclude);
      return (
        !output.hasInput || (differs === 0 && isLoaded(output.type) === isLoaded(section.type))
      );
    });
    return matching ?? same.findLast((output) => !output.exists);
  }

  private append(output: OutputSection, section: InputSection): void {
    if (!output.exists && !this.order.includes(output)) this.order.push(output);
    const lastItem = output.body.at(-1);
    if (lastItem?.kind === 'inputs' && lastItem.pattern === undefined) {
      lastItem.sections.push(section);
    } else output.body.push({ kind: 'inputs', sections: [section] });
    section.output = output;
    takeFlags(output, section);
  }

  private make(section: InputSection, kind: Kind | undefined): OutputSection {
    const isAllocated = (section.flags & sectionFlag.alloc) !== 0;
    const address = isAllocated && !this.isRelocatable ? undefined : zero;
    const home = isAllocated && kind !== undefined ? this.spot(kind, section).home : undefined;
    const inherited = home && {
      region: home.statement.region,
      loadRegion: home.statement.loadRegion,
      programHeaders: home.statement.programHeaders,
    };
    const name = outputName(section, this.isCombined);
    return makeOutput({ ...bareStatement, ...inherited, name, address, span: undefined }, true);
  }

  /** Beside which section of the script orphans of a kind go; notes stay with the build ID. */
  private home(kind: Kind): OutputSection | undefined {
    const note = kind === 'interp' ? this.byName.get('.note.gnu.build-id')?.[0] : undefined;
    if (kind === 'rel' && !this.isCombined) return this.lastTable();
    return note?.hasInput ? note : this.byName.get(homes[kind])?.[0];
  }

  /** The last table of relocations before that of .plt. */
  private lastTable(): OutputSection | undefined {
    let last: OutputSection | undefined;
    for (const item of this.items) {
      if (item.kind !== 'output') continue;
      if (item.name === '.rel.plt') break;
      if (item.exists && item.name.startsWith('.rel')) last = item;
    }
    return last;
  }

  private spot(kind: Kind, section: InputSection, traits = inputTraits(section)): Spot {
    let spot = this.spots.get(kind);
    if (!spot) {
      spot = { home: this.home(kind), last: undefined };
      this.spots.set(kind, spot);
    }
    if (spot.home) return spot;
    const found = this.similar(traits, section);
    const { isExact, output } = found;
    if (isExact) spot.home = output;
    return { home: output, last: spot.last };
  }

  private insert(output: OutputSection, section: InputSection, kind: Kind, traits: number): void {
    const { home, last } = this.spot(kind, section, traits);
    const stored = this.spots.get(kind);
    const { items, order } = this;
    if (last) items.splice(items.indexOf(last) + 1, 0, output);
    else items.splice(this.positionAfter(home), 0, output);
    this.append(output, section);
    order.splice(order.indexOf(output), 1);
    order.splice(last ? order.indexOf(last) + 1 : this.headerAfter(home), 0, output);
    if (stored) stored.last = output;
  }

  /** The header's place: behind the home's, or behind that of the last section before it. */
  private headerAfter(home: OutputSection | undefined): number {
    const { items, order } = this;
    for (let at = home ? items.indexOf(home) : -1; at >= 0; at--) {
      const item = items[at];
      if (item.kind !== 'output') continue;
      const found = order.indexOf(item);
      if (found >= 0) return found + 1;
    }
    return 0;
  }

  /**
   * The last output section that is most like the orphan: the same kind, then one that goes
   * before its kind. First only sections of its type count, then all.
   */
  private similar(
    traits: number,
    section: InputSection,
  ): { output: OutputSection | undefined; isExact: boolean } {
    const outputs = this.items.filter((item): item is OutputSection => item.kind === 'output');
    const suits = (o: OutputSection): boolean => !o.exists || o.takenType === typeOf(section);
    // Tables of relocations go behind code or constants, whichever is last, that something has made.
    const isTable = section.type === sectionType.rel;
    const seen = (o: OutputSection): number => (isTable ? outputTraits(o) : this.traitsOf(o));
    const exactly = alloc | load | readonly | code | contents | tls;
    const last = (mask: number, list: readonly OutputSection[]): OutputSection | undefined =>
      list.findLast((o) => ((seen(o) ^ traits) & mask) === 0);
    for (const list of [outputs.filter(suits), outputs]) {
      const exact = isTable && list === outputs ? undefined : last(exactly, list);
      if (exact) return { output: exact, isExact: list !== outputs };
      const output = this.nearKind(traits, list, outputs, last);
      if (output) return { output, isExact: false };
    }
    return { output: undefined, isExact: false };
  }

  private traitsOf(output: OutputSection): number {
    const { name, exists } = output;
    if (exists || this.byName.get(name)?.[0] !== output) return outputTraits(output);
    return usualTraits[name] ?? 0;
  }

  private nearKind(
    traits: number,
    list: readonly OutputSection[],
    all: readonly OutputSection[],
    last: (mask: number, list: readonly OutputSection[]) => OutputSection | undefined,
  ): OutputSection | undefined {
    if ((traits & alloc) === 0) return last(debugging, all);
    if ((traits & code) !== 0) return last(loaded | code | tls, list);
    if ((traits & readonly) !== 0) return last(loaded | readonly | tls, list);
    if ((traits & tls) !== 0) return lastThreadLocal(traits, all, (o) => this.traitsOf(o));
    if ((traits & contents) !== 0) return last(loaded | tls, list);
    return last(alloc, list);
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
        const matters = !item.exists || (outputTraits(item) & (alloc | load)) !== 0;
        return dotAt !== undefined && matters ? dotAt : at;
      }
      if (dotAt === undefined && item.kind === 'assign' && item.name === '.') {
        if (!isFirst) dotAt = at;
        isFirst = false;
      }
    }
    return at;
  }
}

/** Of thread-local sections those with contents come before those without; all behind .data. */
function lastThreadLocal(
  traits: number,
  outputs: readonly OutputSection[],
  traitsOf: (output: OutputSection) => number,
): OutputSection | undefined {
  let found: OutputSection | undefined;
  let hasSeen = false;
  for (const output of outputs) {
    const own = traitsOf(output);
    if ((own & tls) !== 0 && (own & alloc) !== 0) {
      if ((own & load) === 0 && (traits & load) !== 0) break;
      found = output;
      hasSeen = true;
    } else if (hasSeen) break;
    else if (((own ^ (alloc | load | contents)) & (alloc | load | contents)) === 0) found = output;
  }
  return found;
}
