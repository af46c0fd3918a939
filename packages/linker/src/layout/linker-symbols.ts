// Symbols that the linker itself defines: those of the script, edges of sections, the ELF header, room for commons, the GOT.

import { alignUp } from '@ring0/bytes';
import {
  sectionFlag,
  sectionType,
  segmentType,
  symbolBinding,
  symbolType,
  symbolVisibility,
} from '@ring0/elf';
import type { ElfSegment } from '@ring0/elf';

import type { Job } from '../job.ts';
import { makeSection, makeSymbol } from '../model.ts';
import type { InputObject, InputSection, LinkSymbol, OutputSection } from '../model.ts';
import { isScriptSymbolWanted, namesUsed } from '../script/script-symbols.ts';
import type { Assignment, Script } from '../script/script-syntax.ts';
import { namesIn } from './layout-values.ts';
import type { SegmentInput } from './segments.ts';

const assignments = ({ statements }: Script): Assignment[] =>
  statements.flatMap((s): Assignment[] => {
    if (s.kind === 'assign') return [s];
    return s.kind === 'output' ? s.body.filter((b): b is Assignment => b.kind === 'assign') : [];
  });

/** Names that the script defines count as defined from here on, so that nobody misses them. */
export function claimScriptSymbols(job: Job, script: Script): void {
  job.dynamic.inputCount = job.resolver.shared.dynamic.length;
  const items = assignments(script);
  const used = namesWanted(job, script, items);
  for (const assignment of items) {
    if (assignment.isProvided && used.has(assignment.name)) job.resolver.global(assignment.name);
    if (assignment.isHidden) hideRange(job, assignment.name);
    if (assignment.name === '.' || !isScriptSymbolWanted(assignment, job.resolver.globals))
      continue;
    const symbol = job.resolver.global(assignment.name);
    const isRedefined = symbol.state !== 'undefined' && symbol.state !== 'shared' && !symbol.isMade;
    if (isRedefined) {
      const isOfItself =
        assignment.operator !== '=' || namesUsed(assignment.value).has(assignment.name);
      job.redefined.set(assignment.name, { symbol: { ...symbol }, isOfItself });
    }
    symbol.isProvided = assignment.isProvided;
    symbol.state = 'defined';
    symbol.isMade = true;
    symbol.section = 'absolute';
    // What an object says of its type and size stays true.
    if (!isRedefined) Object.assign(symbol, { type: symbolType.notype, size: 0 });
    symbol.binding = symbolBinding.global;
    takeVisibility(job, symbol, assignment);
    if (assignment.isHidden) {
      Object.assign(symbol, { isForcedLocal: true, visibility: symbolVisibility.hidden });
    }
    const { shared } = job.resolver;
    const isSeen = shared.exportsAll || symbol.isReferencedByShared;
    if (isSeen && !assignment.isHidden && symbol.visibility === 0) shared.record(symbol);
  }
}

/** Names in expressions of the script, but for those in a PROVIDE of what nobody asks for. */
function namesWanted(
  { resolver }: Job,
  { statements, regions }: Script,
  items: readonly Assignment[],
): ReadonlySet<string> {
  const provided = new Set<unknown>(items.filter(({ isProvided }) => isProvided));
  const others = statements.map((each) =>
    each.kind === 'output' ? { ...each, body: each.body.filter((b) => !provided.has(b)) } : each,
  );
  const used = namesUsed([others.filter((each) => !provided.has(each)), regions]);
  for (let count = -1; count < used.size;) {
    count = used.size;
    for (const { name, isProvided, value } of items) {
      const isWanted = used.has(name) || resolver.globals.get(name)?.state === 'undefined';
      if (isProvided && isWanted) namesUsed(value, used);
    }
  }
  return used;
}

/** The only symbol that an expression mentions. */
function originOf({ resolver }: Job, { value }: Assignment): LinkSymbol | undefined {
  const [name, ...others] = namesIn(value);
  return name === undefined || others.length > 0 ? undefined : resolver.globals.get(name);
}

/** A symbol that is made from a single other one is seen where that one is. */
function takeVisibility(job: Job, symbol: LinkSymbol, assignment: Assignment): void {
  const origin = originOf(job, assignment);
  if (origin && origin.visibility !== 0) symbol.visibility = origin.visibility;
}

/** Who refers to a symbol that is another one by the script refers to that one. */
export function originsOf(job: Job, script: Script): ReadonlyMap<LinkSymbol, LinkSymbol> {
  const origins = new Map<LinkSymbol, LinkSymbol>();
  for (const assignment of assignments(script)) {
    const symbol = job.resolver.globals.get(assignment.name);
    const isName = assignment.value.kind === 'name';
    const origin = symbol?.isMade === true && isName ? originOf(job, assignment) : undefined;
    if (symbol && origin) origins.set(symbol, origin);
  }
  return origins;
}

/** PROVIDE of an edge whose section goes into one of another name: the script says where it is. */
export function giveRanges(job: Job, script: Script, outputs: readonly OutputSection[]): void {
  const placed = new Set(outputs.flatMap(({ name, hasInput }) => (hasInput ? [name] : [])));
  const provided = new Set(assignments(script).flatMap((a) => (a.isProvided ? [a.name] : [])));
  const isGiven = ({ symbol, name }: Job['ranges'][number]): boolean =>
    provided.has(symbol.name) && !placed.has(name);
  for (const range of job.ranges.filter(isGiven)) {
    range.symbol.isProvided = true;
    job.ranges.splice(job.ranges.indexOf(range), 1);
  }
}

/** PROVIDE_HIDDEN of an edge changes who sees it, not its value. */
function hideRange(job: Job, name: string): void {
  const range = job.ranges.find(({ symbol }) => symbol.name === name);
  if (range) range.symbol.isForcedLocal = true;
}

/**
 * `__start_NAME` and `__stop_NAME` of sections whose names are C identifiers, but for those that the
 * script defines.
 */
export function defineRanges(job: Job, script: Script, objects: readonly InputObject[]): void {
  const visibility = rangeVisibility(job);
  const own = new Set(assignments(script).flatMap((a) => (a.isProvided ? [] : [a.name])));
  const names = new Set<string>();
  for (const object of objects) {
    for (const { name, isDiscarded, flags } of object.sections) {
      if (!isDiscarded && flags & sectionFlag.alloc && /^[A-Za-z_]\w*$/.test(name)) names.add(name);
    }
  }
  for (const name of names) {
    for (const edge of [`__start_${name}`, `__stop_${name}`]) {
      const symbol = job.resolver.globals.get(edge);
      if (!symbol || symbol.state !== 'undefined' || own.has(edge)) continue;
      const what = edge.startsWith('__start_') ? 'start' : 'stop';
      job.ranges.push({ symbol, name, what, isWeak: symbol.binding === symbolBinding.weak });
      symbol.state = 'defined';
      symbol.isMade = true;
      symbol.section = 'absolute';
      symbol.binding = symbolBinding.global;
      symbol.visibility = symbol.visibility || visibility;
    }
  }
  if (job.settings.outputKind !== 'relocatable') defineSizes(job);
}

/** `.startof.NAME` and `.sizeof.NAME` of any output section, as `.startof.(NAME)` in a source has them. */
function defineSizes(job: Job): void {
  for (const symbol of job.resolver.globals.values()) {
    if (!symbol.name.startsWith('.s') || symbol.state !== 'undefined') continue;
    const [, word, name] = /^\.(startof|sizeof)\.(.+)/s.exec(symbol.name) ?? [];
    if (name === undefined) continue;
    Object.assign(symbol, {
      state: 'defined',
      isMade: true,
      isForcedLocal: true,
      section: 'absolute',
      binding: symbolBinding.global,
    });
    job.ranges.push({ symbol, name, what: word === 'startof' ? 'start' : 'size' });
  }
}

/** -z start-stop-visibility, of which the last counts. */
function rangeVisibility({ settings }: Job): number {
  const prefix = 'start-stop-visibility=';
  const word = [...settings.keywords].findLast((each) => each.startsWith(prefix));
  const name = word?.slice(prefix.length).toLowerCase() ?? 'protected';
  return name === 'default' ? 0 : name in symbolVisibility ? visibilities[name] : 0;
}

const visibilities: Readonly<Record<string, number>> = symbolVisibility;

/** The edges get their values, when sizes are known. */
export function setRanges(job: Job, outputs: readonly OutputSection[]): void {
  for (const { symbol, name, what, isWeak } of job.ranges) {
    const output = outputs.find((o) => o.name === name && o.exists);
    if (!output) {
      symbol.state = 'undefined';
      if (isWeak) symbol.binding = symbolBinding.weak;
      // Edges of what is not there are nothing, unless it was left out for nobody's asking.
      const { settings, marked } = job;
      const isLost = symbol.name.startsWith('.s') || settings.keywords.has('start-stop-gc');
      const isUnused = settings.collects && !marked.has(symbol);
      if (isUnused && symbol.isForcedLocal) symbol.dynamicOrder = -1;
      if (isUnused || !isLost) symbol.isReferenced = false;
      symbol.isMade = false;
      continue;
    }
    symbol.section = what === 'size' ? 'absolute' : output;
    symbol.value = what === 'start' ? 0 : output.size;
  }
}

/** `__ehdr_start`: where the ELF header is loaded. */
export function claimHeaderStart(job: Job): void {
  const symbol = job.resolver.globals.get('__ehdr_start');
  if (symbol?.state !== 'undefined') return;
  Object.assign(symbol, {
    state: 'defined',
    section: 'absolute',
    isMade: true,
    isForcedLocal: true,
  });
  symbol.binding = symbolBinding.global;
  job.headerStart = symbol;
}

/** `__ehdr_start` gets its value, when segments are known. */
export function setHeaderStart(
  job: Job,
  { sections }: SegmentInput,
  segments: readonly ElfSegment[],
): void {
  const symbol = job.headerStart;
  const holder = segments.find((s) => s.type === segmentType.load && s.offset === 0);
  const first = sections.find((s) => (s.flags & sectionFlag.alloc) !== 0);
  if (!symbol || !holder || !first) return;
  symbol.section = first;
  symbol.value = Number(holder.virtualAddress) - first.address;
}

/** The order in which commons get room: that of names, or by alignment (--sort-common). */
function inCommonOrder(
  symbols: readonly LinkSymbol[],
  direction: 'ascending' | 'descending' | undefined,
): readonly LinkSymbol[] {
  if (direction === undefined) return symbols;
  const powers = direction === 'ascending' ? [0, 1, 2, 3, 4, 31] : [4, 3, 2, 1, 0];
  const left = new Set(symbols);
  const result: LinkSymbol[] = [];
  for (const power of powers) {
    for (const symbol of left) {
      const own = Math.log2(Math.max(1, symbol.value));
      if (direction === 'ascending' ? own > power : own < power) continue;
      result.push(symbol);
      left.delete(symbol);
    }
  }
  return result;
}

const isCommons = ({ name, index }: InputSection): boolean => name === 'COMMON' && index === 0;

/** --no-define-common: whoever loads the shared object has them. */
function leaveCommons({ resolver }: Job): void {
  for (const symbol of resolver.globals.values()) {
    if (symbol.state === 'common')
      Object.assign(symbol, { state: 'undefined', isReferenced: true });
  }
}

/** Of what has room nobody needs to know any more that it was common. */
const allocatedType = ({ type }: LinkSymbol): number =>
  type === symbolType.tls ? type : symbolType.object;

/** Common symbols get room in a section COMMON of the object whose definition won. */
export function allocateCommons(job: Job, order: readonly string[]): void {
  if (job.settings.inhibitsCommons) leaveCommons(job);
  const sections = new Map<InputObject, InputSection>();
  /** Of what -R names the commons count from zero. */
  const bareSizes = new Map<InputObject, number>();
  const { alloc, write } = sectionFlag;
  const named = order.flatMap((name) => job.resolver.globals.get(name) ?? []);
  const commons = named.filter(({ state, object }) => state === 'common' && object);
  for (const symbol of inCommonOrder(commons, job.settings.sortCommon)) {
    const { object, size } = symbol;
    if (!object) continue;
    job.commons.push(symbol);
    symbol.type = allocatedType(symbol);
    if (object.isBare) {
      const alignment = Math.max(1, symbol.value);
      const value = alignUp(bareSizes.get(object) ?? 0, alignment);
      bareSizes.set(object, value + size);
      Object.assign(symbol, { state: 'defined', section: 'absolute', value });
      continue;
    }
    const alignment = Math.max(1, symbol.value);
    let section = sections.get(object);
    if (!section) {
      section = makeSection(object, 'COMMON', { type: sectionType.nobits, flags: alloc | write });
      sections.set(object, section);
    }
    const offset = alignUp(section.size, alignment);
    section.size = offset + size;
    Object.assign(section, { alignment: Math.max(section.alignment, alignment) });
    Object.assign(symbol, { state: 'defined', section, value: offset });
  }
  for (const object of job.settings.inhibitsCommons ? [] : job.resolver.commonOwners) {
    const isThere = object.isBare || object.sections.some(isCommons);
    if (!isThere) makeSection(object, 'COMMON', { type: sectionType.nobits, flags: alloc | write });
  }
}

/** `_GLOBAL_OFFSET_TABLE_`, where the table is needed. */
export function defineGot(job: Job): void {
  const symbol =
    job.resolver.globals.get('_GLOBAL_OFFSET_TABLE_') ?? makeSymbol('_GLOBAL_OFFSET_TABLE_');
  const { gotPlt } = job.dynamic.sections;
  if (symbol.state === 'defined') return;
  if (gotPlt.size === 0) {
    // A mention without a use leaves no trace.
    Object.assign(symbol, { isReferenced: false, dynamicOrder: -1 });
    return;
  }
  job.resolver.globals.set(symbol.name, symbol);
  Object.assign(symbol, {
    state: 'defined',
    section: gotPlt,
    value: 0,
    type: symbolType.object,
    binding: symbolBinding.global,
    isForcedLocal: true,
    isMade: true,
  });
}
