// The output's symbol table: each object's locals behind its file name, then symbols that linking
// made local, then globals, in GNU ld's order.

import { sectionFlag, sectionType, symbolBinding, symbolType } from '@ring0/elf';
import type { ElfSection, ElfSymbol } from '@ring0/elf';
import { isDynamic } from '../input/binding.ts';
import { outputBinding, outputType } from '../dynamic/dynamic-symbols.ts';
import { neighbour } from '../layout/neighbour.ts';
import type { InputObject, InputSection, LinkSymbol, OutputSection } from '../model.ts';
import type { LinkSettings } from '../options.ts';

export interface SymbolTableInput {
  /** Globals in the order to write them. */
  readonly globals: readonly LinkSymbol[];
  readonly settings: LinkSettings;
  /** Of a finished program: the first object, to which the linker's own sections count. */
  readonly first?: InputObject | undefined;
  /** The ELF section of each output section that is in the file. */
  readonly sections: ReadonlyMap<OutputSection, ElfSection>;
  /** The value of a symbol that is defined, or stands for a stub. */
  readonly addressOf: (symbol: LinkSymbol) => number;
  /** All output sections in order, those left out included. */
  readonly order: readonly OutputSection[];
  /** The written symbols by what they stand for, for relocations that are kept. */
  readonly written?: SymbolMap;
  /** No names but these are written, and those that kept relocations need. */
  readonly retained?: ReadonlySet<string> | undefined;
  /** Told of locals that are written only for relocations that are kept. */
  readonly tellNeeded?: (symbol: LinkSymbol) => void;
  /** An undefined symbol that is shown in a finished file. */
  readonly isWanted?: (symbol: LinkSymbol) => boolean;
  /** Of a relocatable output: names that only collected sections mentioned become local. */
  readonly swept?: ReadonlySet<LinkSymbol>;
}

/** Which symbol of the output stands for a symbol, and for an output section. */
export interface SymbolMap {
  readonly bySymbol: Map<LinkSymbol, ElfSymbol>;
  readonly bySection: Map<OutputSection, ElfSymbol>;
}

/** The symbols to write, locals first. */
export function symbolTable(input: SymbolTableInput): ElfSymbol[] {
  if (input.settings.strip === 'all') return [];
  const locals: ElfSymbol[] = input.written ? sectionSymbols(input, input.written) : [];
  let hasFiles = false;
  for (const object of objectOrder(input)) {
    const own = objectLocals(input, object);
    if (own.some((symbol) => symbol.type === symbolType.file)) hasFiles = true;
    locals.push(...own);
    if (input.written) locals.push(...neededLocals(input, input.written, object));
  }
  if (input.settings.keywords.has('unique-symbol')) numberLocals(locals);
  const isRelocatable = input.settings.outputKind === 'relocatable';
  const { retained } = input;
  const isLost = ({ state, isReferenced }: LinkSymbol): boolean =>
    state === 'undefined' && !isReferenced;
  const isAsked = input.written && (!isRelocatable || retained || input.globals.some(isLost));
  const needed = isAsked ? usedSymbols(input) : new Set<LinkSymbol>();
  const settlesWeak = input.settings.keywords.has('nodynamic-undefined-weak');
  const { outputKind } = input.settings;
  const isHiddenAway = outputKind === 'shared' || outputKind === 'pie';
  const made: ElfSymbol[] = [];
  const globals: ElfSymbol[] = [];
  for (const symbol of input.globals) {
    // References to nothing leave no trace in a finished file.
    const isWeak = symbol.binding === symbolBinding.weak && !isRelocatable;
    const isUnwanted = !isRelocatable && (isWeak || input.isWanted?.(symbol) === false);
    const isNothing = (isUnwanted || !symbol.isReferenced) && !needed.has(symbol);
    if (symbol.state === 'undefined' && isNothing && !isDynamic(symbol)) continue;
    if (symbol.state === 'shared' && (!isDynamic(symbol) || isOnlyAlias(symbol))) continue;
    if (retained && !retained.has(symbol.name) && !needed.has(symbol)) continue;
    const isSwept = input.swept?.has(symbol) === true;
    const isUnseen = isHiddenAway && (symbol.visibility === 1 || symbol.visibility === 2);
    const isSettled = (symbol.isForcedLocal && settlesWeak) || isUnseen;
    const isZero =
      isSettled && symbol.state === 'undefined' && symbol.binding === symbolBinding.weak;
    const isLocal = isSwept || ((isMadeLocal(symbol) || isZero) && !isRelocatable);
    const out = outputSymbol(input, symbol, isLocal);
    if (out) (isLocal ? made : globals).push(out);
  }
  if (made.length > 0 && hasFiles) locals.push(fileSymbol(''));
  return [...locals, ...made, ...globals];
}

/** -z unique-symbol: local names get a number, so that none is there twice. */
function numberLocals(symbols: readonly ElfSymbol[]): void {
  const counts = new Map<string, number>();
  const isPlain = ({ type, binding }: ElfSymbol): boolean =>
    binding === symbolBinding.local && type !== symbolType.section && type !== symbolType.file;
  for (const symbol of symbols) {
    if (!isPlain(symbol)) continue;
    const { name } = symbol;
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    Object.assign(symbol, { name: `${name}.${count.toString(16)}` });
  }
}

/** Those that relocations of placed sections refer to. */
export function usedSymbols({
  order,
  sections: inFile,
}: Pick<SymbolTableInput, 'order' | 'sections'>): Set<LinkSymbol> {
  const used = new Set<LinkSymbol>();
  for (const { body } of order.filter((output) => inFile.has(output))) {
    const sections = body.flatMap((item) => (item.kind === 'inputs' ? item.sections : []));
    for (const section of sections) {
      for (const { symbol } of section.isDiscarded ? [] : section.relocations) {
        if (symbol) used.add(symbol);
      }
    }
  }
  return used;
}

const isMadeLocal = (symbol: LinkSymbol): boolean =>
  symbol.state !== 'undefined' && symbol.isForcedLocal;

/** All that the section held is in others now. */
const isMergedAway = ({ edit, size, flags }: InputSection): boolean =>
  edit !== undefined && size === 0 && (flags & sectionFlag.merge) !== 0;

/** Frames of nothing: GNU ld takes out those behind which no frame comes. */
function emptyFrames(output: OutputSection): ReadonlySet<InputSection> {
  const found = new Set<InputSection>();
  const all = output.body.flatMap((item) => (item.kind === 'inputs' ? item.sections : []));
  for (const section of all.toReversed()) {
    if (section.name !== '.eh_frame' || section.size > terminatorSize) break;
    if (section.edit !== undefined && section.size === 0) found.add(section);
  }
  return found;
}

const terminatorSize = 4;

/** It is written apart from what else its object has. */
const isPackageNote = ({ name, index }: InputSection): boolean =>
  index === 0 && name === '.note.package';

/** The first object with frames, to which GNU ld gives the table of all. */
function firstFramed(order: SymbolTableInput['order']): InputObject | undefined {
  for (const { body } of order) {
    for (const item of body) {
      const sections = item.kind === 'inputs' ? item.sections : [];
      const found = sections.find(
        ({ name, data, object }) => name === '.eh_frame' && data.length > 8 && object.file,
      );
      if (found) return found.object;
    }
  }
  return undefined;
}

/** Objects in the order in which their sections come in the output. */
export function objectOrder({
  order,
  sections,
  first,
}: Pick<SymbolTableInput, 'order' | 'sections' | 'first'>): Set<InputObject> {
  const objects = new Set<InputObject>();
  let last: InputObject | undefined;
  for (const output of order) {
    // GNU ld passes over objects of which only zeros are left.
    if (!sections.has(output) || (first && output.type === sectionType.nobits)) continue;
    const empty = emptyFrames(output);
    for (const item of output.body) {
      if (item.kind !== 'inputs') continue;
      for (const section of item.sections) {
        const { object } = section;
        if (object === last || isMergedAway(section) || isPackageNote(section)) continue;
        if (empty.has(section)) continue;
        last = object;
        const owner = section.name === '.eh_frame_hdr' ? firstFramed(order) : undefined;
        objects.add(object.file ? object : (owner ?? first ?? object));
      }
    }
  }
  return objects;
}

/** One for each section that is written. */
function sectionSymbols(
  { sections, order, settings }: SymbolTableInput,
  map: SymbolMap,
): ElfSymbol[] {
  const isGroup = ({ type }: OutputSection): boolean => type === sectionType.group;
  const byHeader = [...order.filter(isGroup), ...order.filter((output) => !isGroup(output))];
  return byHeader.flatMap((output) => {
    const section = sections.get(output);
    if (!section) return [];
    const symbol: ElfSymbol = {
      ...fileSymbol(''),
      type: symbolType.section,
      value: settings.outputKind === 'relocatable' ? 0n : section.address,
      section,
    };
    map.bySection.set(output, symbol);
    return [symbol];
  });
}

function fileSymbol(name: string): ElfSymbol {
  return {
    name,
    value: 0n,
    size: 0n,
    binding: symbolBinding.local,
    type: symbolType.file,
    visibility: 0,
    section: 'absolute',
  };
}

function objectLocals(input: SymbolTableInput, object: InputObject): ElfSymbol[] {
  const { settings, retained } = input;
  const out: ElfSymbol[] = [];
  let hasFile = false;
  for (const symbol of object.locals) {
    if (symbol.type === symbolType.section) continue;
    if (retained && !retained.has(symbol.name)) continue;
    if (symbol.type === symbolType.file) {
      hasFile = true;
      if (settings.discardLocals !== 'all') out.push(fileSymbol(symbol.name));
      continue;
    }
    if (isDropped(symbol, settings)) continue;
    if (isHomeless(input, symbol)) continue;
    const written = outputSymbol(input, symbol, true);
    if (!written) continue;
    if (!hasFile && settings.discardLocals !== 'all') {
      hasFile = true;
      out.push(fileSymbol(object.fileName.replace(/^.*\//, '')));
    }
    out.push(written);
  }
  return out;
}

/** Locals that are left out by option, yet a kept relocation refers to them. */
function neededLocals(
  input: SymbolTableInput,
  { bySymbol }: SymbolMap,
  object: InputObject,
): ElfSymbol[] {
  const out: ElfSymbol[] = [];
  for (const section of object.sections) {
    if (section.isDiscarded || !section.output) continue;
    for (const symbol of symbolsFor(section)) {
      if (!symbol || symbol.binding !== symbolBinding.local || bySymbol.has(symbol)) continue;
      if (symbol.type === symbolType.section || isHomeless(input, symbol)) continue;
      const found = outputSymbol(input, symbol, true);
      if (!found) continue;
      input.tellNeeded?.(symbol);
      out.push(found);
    }
  }
  return out;
}

/** What a section that stays names: by its relocations, and a group by its signature. */
function symbolsFor({
  type,
  index,
  object,
  relocations,
}: InputSection): (LinkSymbol | undefined)[] {
  const group = type === sectionType.group && object.file?.groups.find((g) => g.index === index);
  if (group) return [object.symbols[group.signature]];
  return [...relocations].map(({ symbol }) => symbol);
}

/** A local symbol of a section that is not in the file. */
function isHomeless(input: SymbolTableInput, { section, state }: LinkSymbol): boolean {
  // It was in a section that does not go out, such as that of a group.
  if (section === undefined) return state === 'defined';
  if (section === 'absolute' || section.kind === 'output') return false;
  return section.output === undefined || !input.sections.has(section.output);
}

function isDropped(symbol: LinkSymbol, settings: LinkSettings): boolean {
  if (settings.discardLocals === 'all') return true;
  const isTemporary = symbol.name.startsWith('.L') || symbol.name === '';
  if (!isTemporary) return false;
  if (settings.discardLocals === 'temporary') return true;
  const { section } = symbol;
  if (section === undefined || section === 'absolute' || section.kind === 'output') return false;
  return (section.flags & sectionFlag.merge) !== 0 && settings.outputKind !== 'relocatable';
}

function outputSymbol(
  input: SymbolTableInput,
  symbol: LinkSymbol,
  isLocal: boolean,
): ElfSymbol | undefined {
  const place = placeOf(input, symbol);
  if (place === undefined) return undefined;
  const isThreadLocal = symbol.type === symbolType.tls;
  const address = symbol.state === 'undefined' ? 0 : input.addressOf(symbol);
  const first = isThreadLocal
    ? input.order.find((o) => o.exists && (o.flags & sectionFlag.tls) !== 0 && !o.isIgnored)
    : undefined;
  if (place === 'common') return written(input, symbol, commonSymbol(symbol, input.settings));
  return written(input, symbol, {
    name: versionedName(symbol),
    value: BigInt((place === 'undefined' ? address : address - (first?.address ?? 0)) >>> 0),
    size: BigInt(place === 'undefined' ? 0 : symbol.size >>> 0),
    binding: isLocal ? symbolBinding.local : outputBinding(symbol, place !== 'undefined'),
    type: outputType(symbol),
    visibility: isLocal && symbol.binding !== symbolBinding.local ? 0 : symbol.visibility,
    section: place,
  });
}

/** A common symbol of a relocatable output: its value is its alignment. */
const commonSymbol = (symbol: LinkSymbol, { keywords }: LinkSettings): ElfSymbol => ({
  name: symbol.name,
  value: BigInt(symbol.value),
  size: BigInt(symbol.size),
  binding: symbol.binding,
  type: commonType(symbol.type, keywords),
  visibility: symbol.visibility,
  section: 'common',
});

/** What is thread-local stays so; -z common and -z nocommon change the others. */
function commonType(type: number, keywords: ReadonlySet<string>): number {
  if (type === symbolType.tls) return type;
  if (keywords.has('common')) return symbolType.common;
  return keywords.has('nocommon') ? symbolType.object : type;
}

function written(input: SymbolTableInput, symbol: LinkSymbol, out: ElfSymbol): ElfSymbol {
  input.written?.bySymbol.set(symbol, out);
  return out;
}

/** What a shared object defines is shown with its version. */
function versionedName({ name, state, shared, rankName }: LinkSymbol): string {
  if (state === 'defined' && rankName.includes('@@')) return rankName;
  if (state !== 'shared' || shared?.version === undefined || name.includes('@')) return name;
  return `${name}@${shared.version}`;
}

/** Undefined: the symbol's section was dropped, so it is not written. */
function placeOf(input: SymbolTableInput, symbol: LinkSymbol): ElfSymbol['section'] | undefined {
  const { section } = symbol;
  if (symbol.state === 'undefined' || (symbol.state === 'shared' && !section)) return 'undefined';
  if (symbol.state === 'common') return 'common';
  if (section === 'absolute' || section === undefined) return 'absolute';
  let output: OutputSection | undefined;
  if (section.kind === 'output') output = section;
  else {
    if (section.isDiscarded) return undefined;
    if (section.edit && !section.edit.locate(symbol.value)) return undefined;
    output = movedTo(section, symbol);
  }
  if (!output) return undefined;
  const strip = input.settings.strip === 'debug' && isDebugging(output.name);
  if (strip) return undefined;
  const isPlace = (o: OutputSection): boolean => input.sections.has(o);
  const home = isPlace(output) ? output : neighbour(output, input.order, isPlace);
  return (home && input.sections.get(home)) ?? 'absolute';
}

function movedTo(section: InputSection, symbol: LinkSymbol): OutputSection | undefined {
  if (!section.edit) return section.output;
  return section.edit.locate(symbol.value)?.section.output;
}

/** Sections that hold debugging information, by name. */
export function isDebugging(name: string): boolean {
  return /^\.(debug_|debug$|line$|stab|gnu\.debug|zdebug)/.test(name);
}

/** It is dynamic only since another name of the same place is used. */
const isOnlyAlias = ({ isReferenced, shared }: LinkSymbol): boolean =>
  !isReferenced && shared?.binding === symbolBinding.weak;
