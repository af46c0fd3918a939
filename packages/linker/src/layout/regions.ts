// Memory regions (GNU ld manual, "MEMORY Command"): where each one's next section goes, and
// whether it still fits.

import { alignUp, latin1Text } from '@ring0/bytes';
import { sectionFlag, sectionType } from '@ring0/elf';
import type { DiagnosticList } from '@ring0/diagnostics';
import { absolute, evaluate } from '../script/evaluate.ts';
import type { Context } from '../script/evaluate.ts';
import type { LayoutItem, OutputSection } from '../model.ts';
import type { MemoryRegion, Script } from '../script/script-syntax.ts';

export interface Region {
  readonly name: string;
  readonly attributes: string;
  origin: bigint;
  length: bigint;
  current: bigint;
  /** The section whose load address the next one follows. */
  last: OutputSection | undefined;
}

const unbounded = 1n << 64n;
/** The region of what has none. */
const defaultName = '*default*';

export class Regions {
  readonly list: Region[];
  private readonly aliases = new Map<string, string>();
  private readonly byDefault: Region;
  private readonly sources: readonly MemoryRegion[];
  private readonly diagnostics: DiagnosticList;

  private readonly loads = new Map<OutputSection, Region>();

  constructor(
    { regions: sources, commands }: Script,
    diagnostics: DiagnosticList,
    items: readonly LayoutItem[],
  ) {
    this.sources = sources;
    for (const { name, arguments: words, span } of commands) {
      if (name !== 'REGION_ALIAS' || words[0] === undefined || words[1] === undefined) continue;
      const [alias] = words;
      const isTaken = this.aliases.has(alias) || sources.some((each) => each.name === alias);
      if (isTaken || alias === defaultName) {
        const message = `memory region '${alias}' is there already`;
        diagnostics.error('L0128', message, span);
      }
      this.aliases.set(alias, words[1]);
      if (sources.some((each) => each.name === words[1])) continue;
      const message = `memory region '${words[1]}' for alias '${words[0]}' does not exist`;
      diagnostics.error('L0128', message, span);
    }
    this.diagnostics = diagnostics;
    const make = (name: string, attributes: string): Region => ({
      name,
      attributes,
      origin: 0n,
      length: unbounded,
      current: 0n,
      last: undefined,
    });
    this.list = sources.map(({ name, attributes }) => make(name, attributes));
    this.byDefault = make(defaultName, '');
    this.settleLoads(items);
  }

  /** Computes origins and lengths. */
  evaluate(context: Context): void {
    this.sources.forEach(({ origin, length }, index) => {
      this.list[index].origin = absolute(evaluate(origin, context));
      this.list[index].length = absolute(evaluate(length, context));
    });
  }

  reset(): void {
    for (const region of [...this.list, this.byDefault]) {
      region.current = region.origin;
      region.last = undefined;
    }
  }

  /** The region of a section's load addresses, where it has one. */
  loadRegionOf(section: OutputSection): Region | undefined {
    return this.loads.get(section);
  }

  /** A section without an address goes on where the one before it in its region is loaded. */
  private settleLoads(items: readonly LayoutItem[]): void {
    let before: OutputSection | undefined;
    for (const item of items) {
      if (item.kind !== 'output' || item.isDropped) continue;
      const { region, loadRegion, at, address } = item.statement;
      const isNext = before !== undefined && region === before.statement.region;
      const own = loadRegion === undefined ? undefined : this.named(loadRegion);
      const isOpen = loadRegion === undefined && !at && !address && region !== undefined;
      const load = isOpen && isNext && before ? this.loads.get(before) : own;
      if (load) this.loads.set(item, load);
      before = item;
    }
  }

  named(name: string): Region | undefined {
    const own = this.aliases.get(name) ?? name;
    return this.list.find((region) => region.name === own);
  }

  setDefault(dot: bigint): void {
    this.byDefault.current = dot;
  }

  /**
   * The region of a section: the one it names, the first whose attributes suit it, or the
   * default.
   */
  of(section: OutputSection, isFinal: boolean): Region {
    const { region } = section.statement;
    const named = region === undefined ? undefined : this.named(region);
    if (named) return named;
    if ((section.flags & sectionFlag.alloc) === 0) return this.byDefault;
    const suitable = this.list.find(({ attributes }) => suits(attributes, section));
    if (!suitable && this.list.length > 0 && isFinal) this.homeless(section);
    return suitable ?? this.byDefault;
  }

  /** Where there are regions, a section needs one, or an address. */
  private homeless({ name, size, isIgnored, statement }: OutputSection): void {
    if (size === 0 || isIgnored || statement.address || statement.region !== undefined) return;
    const names = this.list.map((each) => each.name).join(', ');
    const message = `no memory region specified for loadable section '${name}'`;
    const notes = [{ message: `MEMORY has ${names}; a section goes to a region by '> name'` }];
    this.diagnostics.error('L0129', message, statement.span, { notes });
  }

  private readonly unknown = new Set<string>();

  /** GNU ld makes an empty region of a name that MEMORY does not declare, with a warning. */
  private checkNames({ statement }: OutputSection): void {
    const { region, loadRegion, regionSpans } = statement;
    for (const name of [region, loadRegion]) {
      if (name === undefined || this.named(name) || this.unknown.has(name)) continue;
      this.unknown.add(name);
      const span = regionSpans.find(
        ({ file, start, end }) => latin1Text(file.bytes.subarray(start, end)) === name,
      );
      const names = this.list.map((each) => each.name);
      const known = names.length === 0 ? 'there is no MEMORY' : `MEMORY has ${names.join(', ')}`;
      const message = `memory region '${name}' is not declared`;
      this.diagnostics.warning('L0125', message, span ?? statement.span, {
        notes: [{ message: `${known}; a section goes to a region by '> name'` }],
      });
    }
  }

  /** Moves the region past a section. */
  advance(section: OutputSection, region: Region, dot: bigint, isFinal: boolean): void {
    region.current = dot;
    const load = this.loadRegionOf(section);
    const { type, flags, size, statement } = section;
    const isEmpty = type === sectionType.nobits;
    if (load && load !== region && (!isEmpty || statement.isAlignedWithInput)) {
      const isTbss = isEmpty && (flags & sectionFlag.tls) !== 0;
      load.current = BigInt(section.loadAddress + (isTbss ? 0 : size));
    }
    if (!isFinal) return;
    this.checkNames(section);
    for (const checked of load && load !== region ? [region, load] : [region]) {
      const over = checked.current - (checked.origin + checked.length);
      if (over <= 0n || section.size === 0) continue;
      const message = `section '${section.name}' does not fit in region '${checked.name}': ${over} bytes too many`;
      const room = `the region has ${checked.length} bytes`;
      const notes = [{ message: `${room}; make it longer, or move something to another region` }];
      this.diagnostics.error('L0124', message, section.statement.span, { notes });
    }
  }

  /** A section without AT keeps the distance between load and run address of the one before it. */
  defaultLoadAddress(section: OutputSection, region: Region, alignment: number): number {
    const { last } = region;
    if (!last || (section.flags & sectionFlag.alloc) === 0) return section.address;
    const isBackward = section.address < last.address && section.size !== 0;
    if (isBackward && section.address + section.size <= last.address) return section.address;
    return alignUp(section.address + last.loadAddress - last.address, alignment);
  }

  /** Remembers the section for `defaultLoadAddress`. */
  track(section: OutputSection, region: Region): void {
    if ((section.flags & sectionFlag.alloc) === 0) return;
    const { last } = region;
    const counts =
      section.size !== 0 ||
      (!last && section.address !== section.loadAddress) ||
      (last !== undefined && section.address >= last.address);
    if (counts) region.last = section;
  }
}

/**
 * The attributes of a region admit a section: letters r w x a i l, and ! before what must not be.
 */
function suits(attributes: string, section: OutputSection): boolean {
  if (attributes === '') return false;
  const [wanted, unwanted = ''] = attributes.toLowerCase().split('!');
  const isSet = (letters: string): boolean =>
    (letters.includes('r') && (section.flags & sectionFlag.write) === 0) ||
    (letters.includes('w') && (section.flags & sectionFlag.write) !== 0) ||
    (letters.includes('x') && (section.flags & sectionFlag.execute) !== 0) ||
    (letters.includes('a') && (section.flags & sectionFlag.alloc) !== 0) ||
    (/[il]/.test(letters) && section.type !== sectionType.nobits);
  return isSet(wanted) && !isSet(unwanted);
}
