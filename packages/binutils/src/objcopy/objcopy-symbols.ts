// objcopy's and strip's changes to symbols: which stay, their names and bindings, and those that
// are added.

import { elfType, sectionFlag, sectionType, symbolBinding, symbolType } from '@ring0/elf';
import type { ElfFile, ElfSymbol } from '@ring0/elf';
import { matchesSymbol } from './objcopy-options.ts';
import type { AddedSymbol, ObjcopyOptions, SymbolNames } from './objcopy-options.ts';

const isGlobalBinding = ({ binding }: ElfSymbol) => binding !== symbolBinding.local;
const isDebugging = ({ type }: ElfSymbol) =>
  type === symbolType.file || type === symbolType.section;

/** A label that assemblers make: `.L..`, `..`, `_.L_..`. */
export function isLocalLabel(name: string): boolean {
  return /^(\.L|\.\.|_\.L_)/.test(name);
}

/** Whether the options name symbols or strip at all: else every symbol stays as it is. */
export function changesSymbols(options: ObjcopyOptions): boolean {
  const { strip = 'none', discard = 'none' } = options;
  const lists = [
    options.keep,
    options.stripNames,
    options.stripUnneededNames,
    options.localize,
    options.globalize,
    options.keepGlobal,
    options.weaken,
  ];
  return (
    strip !== 'none' ||
    discard !== 'none' ||
    lists.some((list) => list !== undefined && list.length > 0) ||
    (options.redefine?.size ?? 0) > 0 ||
    hasOnly(options) ||
    options.prefixSymbols !== undefined ||
    options.weakenAll === true ||
    options.commonType !== undefined ||
    options.localizeHidden === true ||
    (options.addSymbols?.length ?? 0) > 0
  );
}

const hasOnly = ({ only }: ObjcopyOptions): boolean => only !== undefined && only.length > 0;

/** A section's symbol goes by the section's name. */
export function bfdName({ section, type, name }: ElfSymbol): string {
  return type === symbolType.section && typeof section === 'object' ? section.name : name;
}

class Filter {
  private readonly file: ElfFile;
  private readonly options: ObjcopyOptions;
  private readonly used: ReadonlySet<ElfSymbol>;
  readonly problems: string[] = [];

  constructor(file: ElfFile, options: ObjcopyOptions) {
    this.file = file;
    this.options = options;
    const used = new Set<ElfSymbol>();
    for (const { relocations, group } of file.sections) {
      for (const { symbol } of relocations) if (symbol) used.add(symbol);
      if (group && options.strip !== 'all') used.add(group.signature);
    }
    this.used = used;
  }

  private named(name: string, names: SymbolNames | undefined): boolean {
    return matchesSymbol(name, names, this.options.hasWildcards);
  }

  private staysByStrip(symbol: ElfSymbol): boolean {
    const { strip = 'none', discard = 'none' } = this.options;
    const isRelocatable = this.file.type === elfType.relocatable;
    if (strip === 'all') return false;
    if (this.used.has(symbol)) return true;
    // Without the sections that -j leaves out, nobody knows who needs what.
    if (hasOnly(this.options) && typeof symbol.section !== 'object') return false;
    const isUndefined = symbol.section === 'undefined';
    if (isGlobalBinding(symbol) || isUndefined || symbol.section === 'common') {
      // What is undefined and asked for by no relocation is not needed, but for weak symbols.
      const isNeeded = !isUndefined || symbol.binding === symbolBinding.weak;
      return strip !== 'unneeded' || (isRelocatable && isNeeded);
    }
    // To GNU's tools names of files and sections are debugging symbols.
    if (isDebugging(symbol)) return strip !== 'debug' && strip !== 'unneeded';
    if (strip === 'unneeded' || discard === 'all') return false;
    return discard !== 'labels' || !isLocalLabel(symbol.name);
  }

  stays(symbol: ElfSymbol): boolean {
    const { options } = this;
    const name = bfdName(symbol);
    let isKept = this.staysByStrip(symbol);
    if (isKept && this.named(name, options.stripNames)) {
      if (this.used.has(symbol)) {
        const shown = name === symbol.name ? name : `${options.prefixSymbols ?? ''}${name}`;
        this.problems.push(`not stripping symbol \`${shown}' because it is named in a relocation`);
      } else isKept = false;
    }
    if (!isKept && this.named(name, options.keep)) isKept = true;
    if (!isKept && options.keepFileSymbols && symbol.type === symbolType.file) isKept = true;
    if (isKept || options.strip === 'all') return isKept;
    return options.keepSectionSymbols === true && symbol.type === symbolType.section;
  }

  bind(symbol: ElfSymbol): void {
    const { options } = this;
    const { name } = symbol;
    const isDefined = symbol.section !== 'undefined';
    const isWeakened = options.weakenAll === true || this.named(name, options.weaken);
    const isCommon = symbol.section === 'common';
    const { binding } = symbol;
    const isStrong = binding === symbolBinding.global || binding === symbolBinding.gnuUnique;
    if (isStrong && isWeakened && !isCommon) symbol.binding = symbolBinding.weak;
    if (isCommon && options.commonType !== undefined && symbol.type !== symbolType.tls) {
      symbol.type = options.commonType === 'common' ? symbolType.common : symbolType.object;
    }
    const { keepGlobal } = options;
    const isHidden = symbol.visibility === 1 || symbol.visibility === 2;
    const isLocalized =
      this.named(name, options.localize) ||
      (keepGlobal !== undefined && keepGlobal.length > 0 && !this.named(name, keepGlobal)) ||
      (options.localizeHidden === true && isHidden);
    if (isDefined && isGlobalBinding(symbol) && isLocalized) symbol.binding = symbolBinding.local;
    const isGlobalized = this.named(name, options.globalize);
    if (isDefined && isGlobalized && symbol.binding === symbolBinding.local) {
      symbol.binding = symbolBinding.global;
    }
  }
}

function rename(symbol: ElfSymbol, options: ObjcopyOptions): void {
  const renamed = options.redefine?.get(symbol.name);
  if (renamed !== undefined) symbol.name = renamed;
  if (options.prefixSymbols !== undefined && symbol.type !== symbolType.section) {
    symbol.name = options.prefixSymbols + symbol.name;
  }
}

function added({ name, section, value, flags }: AddedSymbol, file: ElfFile): ElfSymbol | undefined {
  const owner = section === undefined ? 'absolute' : file.sections.find((s) => s.name === section);
  if (!owner) return undefined;
  const has = (flag: string) => flags.includes(flag);
  const base = typeof owner === 'object' && file.type !== elfType.relocatable ? owner.address : 0n;
  return {
    name,
    value: BigInt(value) + base,
    size: 0n,
    binding: has('local')
      ? symbolBinding.local
      : has('weak')
        ? symbolBinding.weak
        : symbolBinding.global,
    type: has('function')
      ? symbolType.func
      : has('object')
        ? symbolType.object
        : has('file')
          ? symbolType.file
          : has('section')
            ? symbolType.section
            : has('indirect-function')
              ? symbolType.gnuIfunc
              : symbolType.notype,
    visibility: 0,
    section: owner,
  };
}

/** Applies the options to the symbols; what cannot be done becomes a problem. */
export function filterSymbols(file: ElfFile, options: ObjcopyOptions, problems: string[]): void {
  for (const symbol of file.symbols) {
    const { section, type } = symbol;
    const isThreadLocal = typeof section === 'object' && (section.flags & sectionFlag.tls) !== 0;
    // As BFD does, whatever the input calls them.
    if (isThreadLocal && type !== symbolType.section) symbol.type = symbolType.tls;
  }
  if (options.strip === 'all') dropReferences(file, options);
  if (changesSymbols(options)) {
    const filter = new Filter(file, options);
    for (const symbol of file.symbols) rename(symbol, options);
    file.symbols = file.symbols.filter((symbol) => filter.stays(symbol));
    for (const symbol of file.symbols) filter.bind(symbol);
    problems.push(...filter.problems);
  }
  for (const wanted of options.addSymbols ?? []) {
    const symbol = added(wanted, file);
    if (!symbol) problems.push(`Section ${wanted.section} not found`);
    else file.symbols.push(symbol);
  }
  const locals = file.symbols.filter((symbol) => !isGlobalBinding(symbol));
  file.symbols = [...locals, ...file.symbols.filter(isGlobalBinding)];
}

/** Nothing can be linked without symbols, so relocations and groups go with them. */
function dropReferences(file: ElfFile, options: ObjcopyOptions): void {
  const { keep, keepFileSymbols, hasWildcards } = options;
  const isKept = (symbol: ElfSymbol) => matchesSymbol(bfdName(symbol), keep, hasWildcards);
  file.sections = file.sections.filter(({ type, group }) => {
    return type !== sectionType.group || (group !== undefined && isKept(group.signature));
  });
  const grouped = new Set(file.sections.flatMap(({ group }) => group?.members ?? []));
  for (const section of file.sections) {
    // Those that need a symbol that is kept by its name stay.
    section.relocations = section.relocations.filter(({ symbol }) => symbol && isKept(symbol));
    if (!grouped.has(section)) section.flags &= ~sectionFlag.group;
  }
  if ((keep ?? []).length === 0 && !keepFileSymbols) file.symbols = [];
}
