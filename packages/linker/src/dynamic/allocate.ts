// Gives symbols their places in the tables that the linker makes, in GNU ld's order, so that the
// tables come out alike: copies of variables first, then slots of local symbols object by object,
// then, symbol by symbol, entries of .plt, slots and dynamic relocations.

import { elfSizes, sectionFlag, symbolBinding, symbolType } from '@ring0/elf';
import { alignUp } from '@ring0/bytes';
import {
  callsLocally,
  isDefinedHere,
  isDynamic,
  isIndirect,
  isPic,
  isWeakUndefined,
} from '../input/binding.ts';
import type { Dynamic } from './dynamic.ts';
import { resize } from '../layout/linker-sections.ts';
import { makeSection } from '../model.ts';
import type { InputObject, InputSection, LinkSymbol } from '../model.ts';
import { needsOf, slotKind } from './needs.ts';
import type { Needs } from './needs.ts';
import { pltShape } from './plt.ts';
import { isNowhere, isOwnStub, isZero, slotFilling, threadIndex } from './run-time.ts';
import type { SharedLibrary, SharedSymbol } from '../input/shared-object.ts';
import { aliases, isHidden } from '../input/shared-symbols.ts';

const { rel: relSize } = elfSizes(32);
const slotSize = 4;
/** The dynamic section's address, and two words for the dynamic linker. */
const reservedSize = 3 * slotSize;
const { ie: anyIe, ieBoth } = slotKind;

/** Sizes of all tables; `globals` are in the order of GNU ld's table. */
export function allocate(
  dynamic: Dynamic,
  objects: readonly InputObject[],
  globals: readonly LinkSymbol[],
): void {
  const { sections, binding } = dynamic;
  sections.gotPlt.size = reservedSize;
  for (const symbol of globals) hideCalled(dynamic, symbol);
  const names = aliasNames(globals);
  for (const symbol of globals) adjust(dynamic, symbol, names);
  const local = localUsers(dynamic);
  for (const object of objects) if (local.all.has(object)) allocateLocals(dynamic, object);
  if (dynamic.usesModuleSlot && binding.kind === 'shared') {
    dynamic.moduleSlot = grow(sections.got, 2 * slotSize);
    grow(sections.relGot, relSize);
  }
  for (const symbol of globals) allocateSymbol(dynamic, symbol);
  for (const object of objects) {
    for (const symbol of local.indirect.has(object) ? object.symbols : []) {
      if (symbol?.binding === 0 && isIndirect(symbol)) allocateSymbol(dynamic, symbol);
    }
  }
  numberEntries(dynamic);
  placeDescriptors(dynamic);
  const isUsed =
    dynamic.usesGot ||
    sections.gotPlt.size > reservedSize ||
    sections.got.size > 0 ||
    sections.iplt.size > 0 ||
    sections.plt.size > 0;
  if (!isUsed) sections.gotPlt.size = 0;
}

/** Objects of whose local symbols some need anything, and some indirect ones do: few. */
function localUsers({ needs }: Dynamic): {
  readonly all: ReadonlySet<InputObject | undefined>;
  readonly indirect: ReadonlySet<InputObject | undefined>;
} {
  const all = new Set<InputObject | undefined>();
  const indirect = new Set<InputObject | undefined>();
  for (const [symbol] of needs) {
    if (symbol.binding !== symbolBinding.local) continue;
    all.add(symbol.object);
    if (isIndirect(symbol)) indirect.add(symbol.object);
  }
  return { all, indirect };
}

/** Adds room; the result is where it begins. */
function grow(section: InputSection, size: number): number {
  const at = section.size;
  section.size += size;
  return at;
}

/** A hidden function that is called by way of a table needs none, and becomes local. */
function hideCalled({ binding, needs }: Dynamic, symbol: LinkSymbol): void {
  const isCalled = isPic(binding) && needs.get(symbol)?.isCalled === true;
  if (isCalled && isHidden(symbol) && isDefinedHere(symbol)) symbol.isForcedLocal = true;
}

/** Decides what a symbol that a shared object defines turns into: a stub, a copy, or neither. */
function adjust(dynamic: Dynamic, symbol: LinkSymbol, names: Aliases): void {
  const { binding } = dynamic;
  const own = names.get(symbol);
  const needs = own ? jointNeeds(dynamic, symbol, own) : dynamic.needs.get(symbol);
  if (isUntold(symbol) && needs?.isCalled !== true) {
    const what = `neither type nor size of '${symbol.name}' in a shared object is known`;
    dynamic.remarks.push(what);
  }
  if (!needs) return;
  if (symbol.type === symbolType.gnuIfunc && isDefinedHere(symbol)) {
    adjustIndirect(dynamic, symbol, needs);
    return;
  }
  const isFunction = symbol.type === symbolType.func || symbol.type === symbolType.gnuIfunc;
  if (isFunction || needs.isCalled) {
    const isHiddenWeak = isWeakUndefined(symbol) && symbol.visibility !== 0;
    if (callsLocally(binding, symbol) || isHiddenWeak) needs.plt = false;
    return;
  }
  needs.plt = false;
  const { shared } = symbol;
  if (symbol.state !== 'shared' || !shared || binding.kind === 'shared') return;
  if (!needs.isDirect && !needs.isGotRelative) return;
  const users = (own ?? [symbol]).flatMap((name) => dynamic.needs.get(name) ?? []);
  const isReadOnly = users.some(({ direct }) =>
    [...direct.keys()].some((s) => (s.flags & sectionFlag.write) === 0),
  );
  const mayCopy = !dynamic.settings.keywords.has('nocopyreloc');
  if (!mayCopy || (!isReadOnly && !needs.isGotRelative)) {
    for (const each of users) each.isDirect = false;
    return;
  }
  if (shared.visibility === 3) {
    const what = `copy relocation against non-copyable protected symbol '${symbol.name}'`;
    dynamic.refused.push(`${what} in ${shared.library.path}`);
  }
  copy(dynamic, own ?? [symbol], shared);
}

/** Whoever wrote its definition did not say what it is: it may be copied, and be of no size then. */
const isUntold = ({ state, type, size, isReferenced }: LinkSymbol): boolean =>
  state === 'shared' && isReferenced && type === symbolType.notype && size === 0;

/** Names of one variable in a shared object, that of its strong definition first. */
type Aliases = ReadonlyMap<LinkSymbol, readonly LinkSymbol[]>;

function aliasNames(globals: readonly LinkSymbol[]): Aliases {
  const symbols = new Map<SharedSymbol, LinkSymbol>();
  const libraries = new Set<SharedLibrary>();
  for (const symbol of globals) {
    if (symbol.state !== 'shared' || !symbol.shared) continue;
    symbols.set(symbol.shared, symbol);
    libraries.add(symbol.shared.library);
  }
  const groups = new Map<LinkSymbol, LinkSymbol[]>();
  for (const library of libraries) {
    for (const [weak, strong] of aliases(library)) {
      const one = symbols.get(weak);
      const other = symbols.get(strong);
      if (!one || !other) continue;
      const group = groups.get(other) ?? [other];
      group.push(one);
      groups.set(other, group);
      groups.set(one, group);
    }
  }
  return groups;
}

/** What any of the names needs, all of them do. */
function jointNeeds(
  dynamic: Dynamic,
  symbol: LinkSymbol,
  names: readonly LinkSymbol[],
): Needs | undefined {
  const all = names.flatMap((name) => dynamic.needs.get(name) ?? []);
  for (const needs of all) needs.plt = false;
  if (all.length === 0 || names[0] !== symbol) return undefined;
  const joint = needsOf(dynamic, symbol);
  for (const needs of all) {
    joint.isDirect ||= needs.isDirect;
    joint.isGotRelative ||= needs.isGotRelative;
  }
  return joint;
}

/** A variable of a shared object gets its home here; its other names come with it. */
function copy(dynamic: Dynamic, names: readonly LinkSymbol[], definition: SharedSymbol): void {
  const { sections } = dynamic;
  const home = definition.isReadOnly ? sections.dataRelRo : sections.dynbss;
  const table = definition.isReadOnly ? sections.relDataRelRo : sections.relBss;
  let alignment = definition.alignment;
  while (definition.value % alignment !== 0) alignment /= 2;
  Object.assign(home, { alignment: Math.max(home.alignment, alignment) });
  const at = alignUp(home.size, alignment);
  home.size = at + definition.size;
  names.forEach((name, index) => {
    Object.assign(name, { section: home, value: at });
    const needs = needsOf(dynamic, name);
    needs.isDirect = true;
    needs.isCopied = index === 0 && definition.size > 0;
    if (needs.isCopied) grow(table, relSize);
  });
}

function adjustIndirect(dynamic: Dynamic, symbol: LinkSymbol, needs: Needs): void {
  if (!callsLocally(dynamic.binding, symbol)) return;
  let relative = 0;
  for (const [section, counts] of needs.direct) {
    relative += counts.relative;
    counts.count -= counts.relative;
    counts.relative = 0;
    if (counts.count === 0) needs.direct.delete(section);
  }
  if (relative > 0) needs.plt = true;
  if (relative > 0 || needs.direct.size > 0) needs.isDirect = true;
}

/** Slots of an object's local symbols, in the order of its symbol table. */
function allocateLocals(dynamic: Dynamic, object: InputObject): void {
  const { binding, sections } = dynamic;
  for (const symbol of object.locals) {
    if (symbol.binding !== 0 || isIndirect(symbol)) continue;
    const needs = dynamic.needs.get(symbol);
    if (!needs) continue;
    for (const [section, { count }] of needs.direct) reserve(dynamic, symbol, section, count);
    if (!needs.got) continue;
    const { slots } = needs;
    if (slots & slotKind.desc) descriptor(dynamic, needs);
    const isThread = slots !== slotKind.normal;
    if ((slots & slotKind.desc) === 0 || slots & slotKind.gd) {
      const isPair = (slots & slotKind.gd) !== 0 || (slots & ieBoth) === ieBoth;
      needs.gotAt = grow(sections.got, isPair ? 2 * slotSize : slotSize);
      const isMoved = isPic(binding) && symbol.section !== 'absolute';
      if (isMoved || isThread) {
        grow(sections.relGot, (slots & ieBoth) === ieBoth ? 2 * relSize : relSize);
      }
    }
  }
}

/** A descriptor: two words in .got.plt behind the slots of .plt, one relocation in .rel.plt. */
function descriptor(dynamic: Dynamic, needs: Needs): void {
  needs.descriptorAt = dynamic.descriptors.length;
  dynamic.descriptors.push(needs);
}

/** Relocations of .plt: looked-up functions from the front, own indirect ones from the back. */
function numberEntries(dynamic: Dynamic): void {
  const inOrder = [...dynamic.needs].filter(([, { pltAt }]) => pltAt >= 0);
  inOrder.sort(([, a], [, b]) => a.pltIndex - b.pltIndex);
  const { relPlt, relIplt } = dynamic.sections;
  const table = dynamic.binding.hasTables ? relPlt : relIplt;
  let next = 0;
  let last = table.size / relSize - 1;
  // GNU ld finishes local symbols first.
  const isLocal = (symbol: LinkSymbol): boolean => symbol.binding === symbolBinding.local;
  const locals = inOrder.filter(([symbol]) => isLocal(symbol));
  for (const [symbol, needs] of [...locals, ...inOrder.filter(([s]) => !isLocal(s))]) {
    if (isZero(dynamic, symbol) || isNowhere(symbol)) continue;
    needs.relocationIndex = isOwnStub(dynamic, symbol) ? last-- : next++;
  }
}

/** Descriptors have their places once all slots of .plt are counted. */
function placeDescriptors({ sections, descriptors }: Dynamic): void {
  for (const needs of descriptors) {
    needs.descriptorAt = grow(sections.gotPlt, 2 * slotSize);
    grow(sections.relPlt, relSize);
  }
}

function allocateSymbol(dynamic: Dynamic, symbol: LinkSymbol): void {
  const { binding } = dynamic;
  const needs = dynamic.needs.get(symbol);
  if (!needs) return;
  if (isIndirect(symbol)) {
    allocateIndirect(dynamic, symbol, needs);
    return;
  }
  const isNothing = isZero(dynamic, symbol);
  const beDynamic = (): void => {
    if (isWeakUndefined(symbol) && !isNothing && !symbol.isForcedLocal && binding.hasTables) {
      dynamic.shared.record(symbol);
    }
  };
  const usesSlot = needs.plt && needs.got && !needs.isAddressTaken;
  if (binding.hasTables && needs.plt) {
    beDynamic();
    if (isPic(binding) || isDynamic(symbol)) allocatePlt(dynamic, symbol, needs, usesSlot);
  }
  const becomesLocal = binding.kind !== 'shared' && !isDynamic(symbol) && needs.slots & anyIe;
  if (needs.got && !becomesLocal) {
    beDynamic();
    allocateSlot(dynamic, symbol, needs);
  }
  if (needs.direct.size === 0) return;
  keepDirect(dynamic, symbol, needs, isNothing, beDynamic);
  for (const [section, { count }] of needs.direct) reserve(dynamic, symbol, section, count);
}

function allocatePlt(dynamic: Dynamic, symbol: LinkSymbol, needs: Needs, usesSlot: boolean): void {
  const { sections } = dynamic;
  const shape = pltShape(dynamic);
  if (sections.plt.size === 0) sections.plt.size = shape.headSize;
  if (usesSlot) {
    const { slotEntrySize } = shape;
    Object.assign(sections.pltGot, { alignment: slotEntrySize, entrySize: slotEntrySize });
    needs.pltGotAt = grow(sections.pltGot, shape.slotEntrySize);
    return;
  }
  needs.pltAt = grow(sections.plt, shape.entrySize);
  needs.pltIndex = dynamic.pltCount++;
  if (shape.usesSecond) needs.pltSecAt = grow(sections.pltSec, shape.secondSize);
  grow(sections.gotPlt, slotSize);
  if (!isZero(dynamic, symbol)) grow(sections.relPlt, relSize);
}

function allocateSlot(dynamic: Dynamic, symbol: LinkSymbol, needs: Needs): void {
  const { sections } = dynamic;
  const { slots } = needs;
  if (slots & slotKind.desc) descriptor(dynamic, needs);
  const isBoth = (slots & ieBoth) === ieBoth;
  if ((slots & slotKind.desc) === 0 || slots & slotKind.gd) {
    const isPair = (slots & slotKind.gd) !== 0 || isBoth;
    needs.gotAt = grow(sections.got, isPair ? 2 * slotSize : slotSize);
  }
  let count = 0;
  if (isBoth) count = 2;
  else if (slots & anyIe) count = 1;
  else if (slots & slotKind.gd) count = threadIndex(symbol) !== 0 ? 2 : 1;
  else if ((slots & slotKind.desc) === 0) {
    const isLeft = isPic(dynamic.binding) && isNowhere(symbol);
    count = isLeft || slotFilling(dynamic, symbol) !== 'none' ? 1 : 0;
  }
  grow(sections.relGot, count * relSize);
}

/** Which of the possible dynamic relocations against the symbol stay. */
function keepDirect(
  dynamic: Dynamic,
  symbol: LinkSymbol,
  needs: Needs,
  isNothing: boolean,
  beDynamic: () => void,
): void {
  const { binding } = dynamic;
  if (isPic(binding)) {
    if (callsLocally(binding, symbol)) dropRelative(needs);
    if (!isWeakUndefined(symbol)) {
      const hasHome = symbol.state === 'shared' && symbol.section !== undefined;
      if (binding.kind === 'pie' && hasHome) dropRelative(needs);
      return;
    }
    if (symbol.visibility !== 0) needs.direct.clear();
    else if (isNothing) keepDistances(dynamic, symbol, needs);
    else beDynamic();
    return;
  }
  const isOpen = symbol.state === 'shared' || (binding.hasTables && symbol.state === 'undefined');
  if (isOpen && (!needs.isDirect || (isWeakUndefined(symbol) && !isNothing))) {
    beDynamic();
    if (isDynamic(symbol)) return;
  }
  needs.direct.clear();
}

/** Code that may move reaches zero only by a distance that is settled at run time. */
function keepDistances({ shared, binding }: Dynamic, symbol: LinkSymbol, needs: Needs): void {
  for (const [section, counts] of needs.direct) {
    counts.count = counts.relative;
    if (counts.count === 0) needs.direct.delete(section);
  }
  const isOpen = binding.hasTables && !binding.settlesWeak && !symbol.isForcedLocal;
  if (!needs.isDirect || !isOpen) needs.direct.clear();
  else if (needs.direct.size > 0 && symbol.dynamicOrder < -1) {
    symbol.dynamicOrder = -2 - symbol.dynamicOrder;
  } else if (needs.direct.size > 0) shared.record(symbol);
}

function dropRelative(needs: Needs): void {
  for (const [section, counts] of needs.direct) {
    counts.count -= counts.relative;
    counts.relative = 0;
    if (counts.count === 0) needs.direct.delete(section);
  }
}

/** Room for dynamic relocations of a section; those of read-only ones are noted. */
function reserve(
  dynamic: Dynamic,
  symbol: LinkSymbol,
  section: InputSection,
  count: number,
  table?: InputSection,
): void {
  if (count === 0 || section.isDiscarded) return;
  grow(table ?? relocationsOf(dynamic, section), count * relSize);
  const { textRelocations } = dynamic;
  const isOpen = dynamic.settings.magic === 'omagic' && section.name.startsWith('.text');
  const isReadOnly = (section.flags & sectionFlag.write) === 0 && !isOpen;
  if (isReadOnly && !textRelocations.has(section)) textRelocations.set(section, symbol);
}

/** The table of dynamic relocations that goes with an input section, by its name. */
export function relocationsOf(dynamic: Dynamic, section: InputSection): InputSection {
  return tableOf(dynamic, `.rel${section.name}`);
}

function tableOf(dynamic: Dynamic, name: string): InputSection {
  let table = dynamic.tables.get(name);
  if (!table) {
    const { relGot, relBss, relDataRelRo } = dynamic.sections;
    table = [relGot, relBss, relDataRelRo].find((s) => s.name === name);
    table ??= makeSection(dynamic.object, name, {
      type: 9,
      flags: sectionFlag.alloc,
      alignment: 4,
      entrySize: relSize,
    });
    dynamic.tables.set(name, table);
  }
  return table;
}

/** An indirect function is reached by a stub whose slot an IRELATIVE relocation fills. */
function allocateIndirect(dynamic: Dynamic, symbol: LinkSymbol, needs: Needs): void {
  const { binding, sections } = dynamic;
  const isOwn = binding.kind === 'shared' ? !isDynamic(symbol) : isOwnStub(dynamic, symbol);
  // Pointers and slots alone are filled at run time, without a stub.
  if (needs.plt) {
    const isStatic = !binding.hasTables;
    const shape = pltShape(dynamic);
    if (isStatic) {
      needs.pltAt = grow(sections.iplt, shape.slotEntrySize);
      needs.pltIndex = dynamic.ipltCount++;
      grow(sections.igotPlt, slotSize);
      grow(sections.relIplt, relSize);
    } else {
      if (sections.plt.size === 0) sections.plt.size = shape.headSize;
      needs.pltAt = grow(sections.plt, shape.entrySize);
      needs.pltIndex = dynamic.pltCount++;
      if (shape.usesSecond) needs.pltSecAt = grow(sections.pltSec, shape.secondSize);
      grow(sections.gotPlt, slotSize);
      grow(sections.relPlt, relSize);
    }
  }
  if (needs.plt && !isPic(binding)) needs.direct.clear();
  const table = indirectTable(dynamic);
  for (const [section, { count }] of needs.direct) {
    reserve(dynamic, symbol, section, count, table);
  }
  const usesStubSlot = needs.plt && (isPic(binding) ? isOwn : !needs.isAddressTaken);
  if (!needs.got || usesStubSlot) return;
  needs.gotAt = grow(sections.got, slotSize);
  if (isPic(binding) || (!needs.plt && binding.hasTables)) grow(sections.relGot, relSize);
  else if (!needs.plt) grow(sections.relIplt, relSize);
}

/** The table of what fills pointers to indirect functions. */
export function indirectTable(dynamic: Dynamic): InputSection {
  const { binding, sections } = dynamic;
  if (!binding.hasTables) return sections.relIplt;
  return isPic(binding) ? tableOf(dynamic, '.rel.ifunc') : sections.relGot;
}

/** The contents of the tables that grew, zero. */
export function finishSizes({ object }: Dynamic): void {
  for (const section of object.sections) {
    if (section.data.length === 0) resize(section, section.size);
  }
}
