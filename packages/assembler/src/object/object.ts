// The finished sections as an ELF model: which symbols the table gets, in which order, and the
// section groups. The rules are GNU as's; they were found by comparing objects.

import { latin1Bytes, utf8Text } from '@ring0/bytes';
import { objectFile } from '@ring0/elf';
import type { ElfFile, ElfRelocation, ElfSection, ElfSymbol } from '@ring0/elf';
import type { Assembly } from './assembly.ts';
import { constantOf } from '../values/expression.ts';
import type { Expression, Folding } from '../values/expression.ts';
import { itemKind } from './items.ts';
import type { OtherReferent } from './references.ts';
import { isExternal } from './relocate.ts';
import type { FinishedSection } from './relocate.ts';
import { Section, labelAddress } from './sections.ts';
import { finalFolding, settle } from '../values/settle.ts';
import { AsmSymbol, anonymousName } from './symbols.ts';
import { versionedSymbols } from './versions.ts';

const binding = { local: 0, global: 1, weak: 2, unique: 10 } as const;
const type = { notype: 0, object: 1, section: 3, file: 4, common: 5, tls: 6 } as const;
const groupType = 17;
const tlsFlag = 0x400;

/** What a symbol comes to: a number, a place, or nothing of this file. */
type Home =
  | { readonly kind: 'absolute'; readonly value: bigint }
  | { readonly kind: 'place'; readonly section: Section; readonly value: bigint }
  | { readonly kind: 'common' | 'undefined' }
  | { readonly kind: 'elsewhere' };

export function buildObject(assembly: Assembly, finished: readonly FinishedSection[]): ElfFile {
  return new ObjectBuilder(assembly, finished).build();
}

/** STT_COMMON is for common storage, and then only by --elf-stt-common. */
const plainType = (symbolType: number): number =>
  symbolType === type.common ? type.object : symbolType;

class ObjectBuilder {
  private readonly assembly: Assembly;
  private readonly finished: readonly FinishedSection[];
  private readonly folding: Folding;
  private readonly sections = new Map<Section, ElfSection>();
  private readonly sectionSymbols = new Map<Section, ElfSymbol>();
  private readonly symbols = new Map<AsmSymbol, ElfSymbol>();
  private readonly locals: ElfSymbol[] = [];
  private readonly globals: ElfSymbol[] = [];
  /** Further names of symbols, which stand behind all others. */
  private readonly aliases: ElfSymbol[] = [];
  /** Sections whose symbols come with their first use: the assembler's own, later ones of a name. */
  private readonly late: ReadonlySet<Section>;

  constructor(assembly: Assembly, finished: readonly FinishedSection[]) {
    this.assembly = assembly;
    const names = new Set<string>();
    const later = assembly.sections.filter(({ name }) => names.size === names.add(name).size);
    this.late = new Set([...assembly.lateSections, ...later]);
    this.finished = finished;
    this.folding = finalFolding(assembly);
  }

  build(): ElfFile {
    for (const done of this.finished) this.section(done);
    const [file] = this.assembly.sourceFiles;
    if (file) this.locals.push(blankSymbol(this.asText(file.name), type.file, 'absolute'));
    this.symbolTable();
    for (const alias of this.aliases) {
      (alias.binding === binding.local ? this.locals : this.globals).push(alias);
    }
    const groups = this.groups();
    this.links();
    for (const done of this.finished) {
      const section = this.sections.get(done.section);
      if (section) section.relocations = done.relocations.map((entry) => this.relocation(entry));
    }
    const { isLong } = this.assembly;
    const sections = [...groups, ...this.finished.map(({ section }) => this.elfSection(section))];
    const symbols = [...this.locals, ...this.globals];
    const osabi = this.isGnu() ? 3 : 0;
    return { ...objectFile(isLong ? 64 : 32, sections, symbols), osabi };
  }

  /** What only GNU's systems know needs their mark in the header. */
  private isGnu(): boolean {
    return (
      this.finished.some(({ section }) => (section.flags & 0x1200000) !== 0) ||
      this.globals.some((symbol) => symbol.binding === binding.unique || symbol.type === 10) ||
      this.locals.some((symbol) => symbol.type === 10)
    );
  }

  private elfSection(section: Section): ElfSection {
    const found = this.sections.get(section);
    if (!found) throw new Error(`section '${section.name}' was not written`);
    return found;
  }

  /**
   * A name from source text has a letter for each byte, one from a compiler is text already; what is
   * UTF-8 byte by byte becomes the text that it stands for.
   */
  private asText(name: string): string {
    if (!/[\x80-\xff]/.test(name)) return name;
    const text = utf8Text(latin1Bytes(name));
    return this.assembly.hasByteNames || !/\p{Cs}/u.test(text) ? text : name;
  }

  private section({ section, data }: FinishedSection): void {
    const { name, flags, alignment, entrySize, size } = section;
    this.sections.set(section, {
      name: this.asText(name),
      type: section.type,
      flags: section.group === undefined ? flags : flags | 0x200,
      address: 0n,
      size,
      alignment,
      entrySize,
      info: section.info,
      data,
      relocations: [],
    });
  }

  /** `.section name,"o",@type,symbol`: the section goes with the one that holds the symbol. */
  private links(): void {
    const { assembly } = this;
    for (const { section } of this.finished) {
      if (section.linkName === undefined || section.linkName === '0') continue;
      const symbol = assembly.symbols.find(section.linkName);
      const home = symbol?.subsection?.section ?? assembly.sectionTable.named(section.linkName);
      if (home && this.sections.has(home)) this.elfSection(section).link = this.elfSection(home);
      else {
        const message = `'${section.linkName}', which section '${section.name}' goes with, is not here`;
        assembly.error('A0323', message);
      }
    }
  }

  /** Named symbols and section symbols in order of creation; locals come before globals. */
  private symbolTable(): void {
    const used = new Set<Section>();
    const unnamed = new Set<AsmSymbol>();
    for (const { relocations } of this.finished) {
      for (const { target } of relocations) {
        if (target instanceof Section) used.add(target);
        else if (target?.name === anonymousName) unnamed.add(target);
      }
    }
    // A plain offset in '.reloc' counts from the section's own symbol.
    for (const { at, section } of this.assembly.relocations) {
      if (constantOf(at) !== undefined) used.add(section);
    }
    const waiting = [...unnamed].toSorted((a, b) => a.unnamedBefore - b.unnamedBefore);
    let next = 0;
    const { all } = this.assembly.symbols;
    const { symbolOrder } = this.assembly;
    const pending = this.assembly.sections.filter((section) => !this.isOwn(section));
    // The first file stands at the front, the others where they were named.
    const files = this.assembly.sourceFiles.slice(1);
    for (let i = 0; i <= all.length; i++) {
      while (pending.length > 0 && (pending[0].symbolsBefore <= i || i === all.length)) {
        const section = pending.shift();
        if (section && used.has(section)) this.sectionSymbol(section);
      }
      while (files.length > 0 && files[0].symbolsBefore <= i) {
        const file = files.shift();
        if (file) this.locals.push(blankSymbol(this.asText(file.name), type.file, 'absolute'));
      }
      for (; next < waiting.length && waiting[next].symbolsBefore <= i; next++) {
        this.symbol(waiting[next]);
      }
      if (i < all.length) this.symbol(all[i]);
    }
    for (const section of symbolOrder) {
      if (this.isOwn(section) && used.has(section)) this.sectionSymbol(section);
    }
    this.lateSymbols();
  }

  /**
   * A section that the assembler made at the end, or one with the name of another: its symbol comes
   * with its first use.
   */
  private isOwn(section: Section): boolean {
    const { symbolOrder, symbols } = this.assembly;
    if (this.late.has(section)) return true;
    return symbolOrder.includes(section) && section.symbolsBefore === symbols.all.length;
  }

  /**
   * What a relocation alone asks for stands behind all others: first those that jumps of their
   * section go to, in the order of the jumps, then those of the assembler's late sections, then the
   * others, both in the order of the relocations.
   */
  private lateSymbols(): void {
    for (const { section } of this.finished) {
      const { kinds, references, length } = section.items;
      for (let i = 0; i < length; i++) {
        if (kinds[i] !== itemKind.jump) continue;
        const target = references.symbol(i) ?? plusOf(references.other(i));
        if (target?.subsection?.section === section) this.lateSymbol(target);
      }
    }
    const late = new Set(this.late);
    for (const { relocations } of late.size > 0 ? this.finished : []) {
      for (const { target } of relocations) {
        if (target instanceof Section && late.delete(target)) this.sectionSymbol(target);
      }
    }
    for (const { relocations } of this.finished) {
      for (const { target } of relocations) {
        if (target && !(target instanceof Section)) this.lateSymbol(target);
      }
    }
    // Of half a million labels of a compiler few are left that matter.
    const { symbols } = this.assembly.places.referents;
    for (const symbol of symbols.filter(matters)) this.lateSymbol(symbol);
  }

  private lateSymbol(symbol: AsmSymbol): void {
    if (symbol.isNamed || symbol.isAnonymous) return;
    symbol.isNamed = true;
    this.symbol(symbol);
  }

  private sectionSymbol(section: Section): void {
    const symbol = blankSymbol('', type.section, this.elfSection(section));
    this.sectionSymbols.set(section, symbol);
    this.locals.push(symbol);
  }

  private home(symbol: AsmSymbol): Home {
    switch (symbol.state) {
      case 'undefined':
        return { kind: 'undefined' };
      case 'common':
        return { kind: 'common' };
      case 'absolute':
        return { kind: 'absolute', value: symbol.value };
      case 'label': {
        const section = symbol.subsection?.section;
        if (!section) throw new Error(`label '${symbol.name}' lies nowhere`);
        return { kind: 'place', section, value: BigInt(labelAddress(symbol)) };
      }
      case 'equated':
        return this.equatedHome(symbol);
    }
  }

  private equatedHome(symbol: AsmSymbol): Home {
    const value = symbol.expression && settle(symbol.expression, this.folding);
    const known = value && constantOf(value);
    if (known !== undefined) return { kind: 'absolute', value: known };
    if (value?.kind !== 'linear' || value.minus || !value.plus) {
      const message = `the value of '${symbol.name}' is neither a number nor a place`;
      this.assembly.error('A0710', message, symbol.definedAt);
      return { kind: 'elsewhere' };
    }
    const inner = this.home(value.plus);
    if (inner.kind !== 'place') return { kind: 'elsewhere' };
    symbol.type ??= value.plus.type;
    symbol.size ??= value.plus.size;
    return { ...inner, value: inner.value + value.addend };
  }

  private symbol(symbol: AsmSymbol): void {
    const isUsed = symbol.isUsedInRelocation;
    if ((symbol.isSuperseded && !isUsed) || symbol.weakTarget || symbol.isSectionStart) return;
    const isKept = this.assembly.options.keepsLocals === true && !symbol.name.includes('\u0002');
    const isHidden = symbol.isAssemblerLocal && !isKept;
    if (isHidden && symbol.isDefined && !isUsed && !isExternal(symbol)) return;
    const home = this.home(symbol);
    if (home.kind === 'elsewhere') return;
    const isStripped = this.assembly.options.output?.stripsAbsolutes === true;
    if (isStripped && home.kind === 'absolute' && !isExternal(symbol) && !isUsed) return;
    if (home.kind === 'undefined') {
      const isOptional = symbol.isWeak || symbol.isWeakTarget || symbol.isAssemblerLocal;
      if (isOptional && !isUsed) return;
      if (symbol.name.includes('\u0002')) return this.missingNumbered(symbol);
    }
    this.add(symbol, home);
  }

  private missingNumbered(symbol: AsmSymbol): void {
    const number = symbol.name.slice(1, symbol.name.indexOf('\u0002'));
    this.assembly.error(
      'A0102',
      `no label '${number}:' follows this '${number}f'`,
      symbol.firstUse,
    );
  }

  private add(symbol: AsmSymbol, home: Exclude<Home, { kind: 'elsewhere' }>): void {
    const isGlobal =
      symbol.isGlobal || home.kind === 'undefined' || (home.kind === 'common' && !symbol.isLocal);
    if (symbol.isWeak && home.kind === 'common') {
      const message = `'${symbol.name}' is both weak and common`;
      this.assembly.error('A0316', message, symbol.definedAt);
    }
    const isWeak =
      symbol.isWeak || (symbol.isWeakTarget && home.kind === 'undefined' && !symbol.firstUse);
    const bind = symbol.isUnique
      ? binding.unique
      : isWeak
        ? binding.weak
        : isGlobal
          ? binding.global
          : binding.local;
    const made = blankSymbol(
      this.asText(symbol.name),
      this.symbolType(symbol, home),
      home.kind === 'place' ? this.elfSection(home.section) : home.kind,
    );
    made.binding = bind;
    made.visibility = symbol.visibility;
    if (home.kind === 'common') {
      made.value = BigInt(symbol.commonAlignment);
      made.size = BigInt(symbol.commonSize);
    } else {
      if ('value' in home) made.value = BigInt.asUintN(this.assembly.isLong ? 64 : 32, home.value);
      if (symbol.size) made.size = this.symbolSize(symbol, symbol.size);
    }
    this.symbols.set(symbol, made);
    const isKept = symbol.versions.length === 0 || this.versions(symbol, made, home.kind);
    if (isKept) (made.binding === binding.local ? this.locals : this.globals).push(made);
  }

  /** The names that `.symver` gives; true where the symbol's own entry stays. */
  private versions(symbol: AsmSymbol, made: ElfSymbol, home: Home['kind']): boolean {
    const { aliases, isKept } = versionedSymbols(this.assembly, symbol, made, home !== 'undefined');
    this.aliases.push(...aliases);
    return isKept;
  }

  private symbolType(symbol: AsmSymbol, home: Home): number {
    if (home.kind === 'common') {
      const isCommon = this.assembly.options.output?.hasCommonType === true;
      return symbol.type === type.tls
        ? type.tls
        : isCommon
          ? type.common
          : plainType(symbol.type ?? type.object);
    }
    if (home.kind === 'place' && (home.section.flags & tlsFlag) !== 0) return type.tls;
    return plainType(symbol.type ?? type.notype);
  }

  private symbolSize(symbol: AsmSymbol, size: Expression): bigint {
    const value = constantOf(settle(size, this.folding));
    if (value === undefined) {
      const message = `the size of '${symbol.name}' is not a number`;
      if (this.assembly.options.output?.checksSizesMildly) {
        this.assembly.warning('A0711', message, symbol.definedAt);
      } else this.assembly.error('A0711', message, symbol.definedAt);
    }
    return BigInt.asUintN(this.assembly.isLong ? 64 : 32, value ?? 0n);
  }

  private relocation(entry: FinishedSection['relocations'][number]): ElfRelocation {
    const { offset, target } = entry;
    let symbol: ElfSymbol | undefined;
    if (target instanceof Section) symbol = this.sectionSymbols.get(target);
    else if (target) {
      symbol = this.symbols.get(target);
      if (target.isSuperseded) {
        const message = `'${target.name}' gets another value later, so the linker cannot know it`;
        this.assembly.error('A0712', message, this.assembly.places.where(entry.place));
      } else if (!symbol && !this.assembly.diagnostics.hasErrors) {
        throw new Error(`no table entry for '${target.name}'`);
      }
    }
    if (entry.addend === undefined) return { offset, type: entry.type, symbol };
    return { offset, type: entry.type, symbol, addend: entry.addend };
  }

  /** One group section per signature, its members in order. */
  private groups(): ElfSection[] {
    const bySignature = new Map<string, { members: ElfSection[]; isComdat: boolean }>();
    for (const { section } of this.finished) {
      if (section.group === undefined) continue;
      let group = bySignature.get(section.group);
      if (!group) {
        group = { members: [], isComdat: section.isComdat };
        bySignature.set(section.group, group);
      }
      group.members.push(this.elfSection(section));
    }
    return [...bySignature].map(([name, { members, isComdat }]) => {
      const made: ElfSection = {
        name: '.group',
        type: groupType,
        flags: 0,
        address: 0n,
        size: 4 + 4 * members.length,
        alignment: 4,
        entrySize: 4,
        data: new Uint8Array(0),
        relocations: [],
      };
      const known = this.assembly.symbols.find(name);
      let signature = known && this.symbols.get(known);
      if (!signature) {
        signature = blankSymbol(this.asText(name), type.notype, made);
        this.locals.push(signature);
      }
      made.group = { flags: isComdat ? 1 : 0, signature, members };
      return made;
    });
  }
}

/** A symbol that the object may need, though nothing has asked for it. Apart, so that V8 compiles no more than this for all. */
function matters(symbol: AsmSymbol): boolean {
  if (!symbol.isHidden || symbol.isNamed) return false;
  return !symbol.isDefined || symbol.isUsedInRelocation || isExternal(symbol);
}

function plusOf(reference: OtherReferent | undefined): AsmSymbol | undefined {
  return reference && 'kind' in reference && reference.kind === 'linear'
    ? reference.plus
    : undefined;
}

function blankSymbol(name: string, kind: number, section: ElfSymbol['section']): ElfSymbol {
  return {
    name,
    value: 0n,
    size: 0n,
    binding: binding.local,
    type: kind,
    visibility: 0,
    section,
  };
}
