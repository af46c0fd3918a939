// Symbols as the assembler knows them, in the order in which they were first mentioned, which is
// the order of the object's symbol table.

import type { Expression } from '../values/expression.ts';
import { NameIndex, nameBytes } from './name-index.ts';
import type { Node } from '../syntax/syntax-tree.ts';
import type { Places } from './places.ts';
import { fact, factsOf } from './references.ts';
import type { Subsection, Where } from './sections.ts';

export type SymbolState = 'undefined' | 'label' | 'absolute' | 'equated' | 'common';

/** `base@version`, `base@@version` or `base@@@version`. */
export interface VersionedName {
  readonly base: string;
  readonly sign: string;
  readonly version: string;
}

const none: readonly VersionedName[] = [];

/** What few symbols have. */
interface Rare {
  commonSize: number;
  commonAlignment: number;
  symbolsBefore: number;
  unnamedBefore: number;
  weakTarget: AsmSymbol | undefined;
  versions: readonly VersionedName[];
  versionWish: 'local' | 'hidden' | 'remove' | undefined;
  formula: Node | undefined;
  expression: Expression | undefined;
  size: Expression | undefined;
}

const usual: Readonly<Rare> = {
  commonSize: 0,
  commonAlignment: 0,
  symbolsBefore: 0,
  unnamedBefore: 0,
  weakTarget: undefined,
  versions: none,
  versionWish: undefined,
  formula: undefined,
  expression: undefined,
  size: undefined,
};

const visibilityShift = 11;
const typeShift = 13;
const typeMask = 0xff;
const hiddenBit = 1 << 21;

/**
 * A symbol. A compiler's output with debugging information has half a million, so that what is true
 * or false is a bit, places are numbers, and what few have lies in a record of its own.
 */
export class AsmSymbol {
  /** What records refer to it by. */
  readonly number: number;
  /** The string; undefined until somebody asks for it where its bytes lie in the pool. */
  private written: string | undefined;
  private readonly log: Places;
  state: SymbolState = 'undefined';
  /** A label: where; `item` counts the variable items before it, `offset` the bytes between. */
  subsection: Subsection | undefined;
  item = 0;
  offset = 0;
  /** `absolute`: its value. */
  value = 0n;
  /** What is true or false of it. */
  bits = 0;
  private rare: Rare | undefined;

  /** Without a string the name is that part of the assembly's names. */
  constructor(name: string | undefined, log: Places, start = 0, end = 0) {
    this.log = log;
    this.number = log.referents.enter(this, start, end);
    this.written = name;
  }

  get name(): string {
    const { names } = this.log.referents;
    return (this.written ??= names.text(this.fact(fact.nameStart), this.fact(fact.nameEnd)));
  }

  private fact(which: number): number {
    return this.log.referents.facts[factsOf(this.number) + which];
  }

  /** The number of the place of its definition. */
  get definedPlace(): number {
    return this.fact(fact.defined);
  }

  set definedPlace(place: number) {
    this.log.referents.facts[factsOf(this.number) + fact.defined] = place;
  }

  /** That of its first use. */
  get usedPlace(): number {
    return this.fact(fact.used);
  }

  set usedPlace(place: number) {
    this.log.referents.facts[factsOf(this.number) + fact.used] = place;
  }

  get isDefined(): boolean {
    return this.state !== 'undefined';
  }

  /** Another symbol of that name, of which nothing else is known. */
  namesake(): AsmSymbol {
    return new AsmSymbol(this.name, this.log);
  }

  /** A name that never leaves the assembler unless a relocation needs it. */
  get isAssemblerLocal(): boolean {
    const { written } = this;
    if (written !== undefined) return written.startsWith('.L') || isNumbered(written);
    const { bytes } = this.log.referents.names;
    const start = this.fact(fact.nameStart);
    const end = this.fact(fact.nameEnd);
    if (bytes[start] === 46 && bytes[start + 1] === 76) return true;
    for (let i = start; i < end; i++) if (bytes[i] <= 2) return true;
    return false;
  }

  /** A place that the source gives no name. */
  get isAnonymous(): boolean {
    return this.written === anonymousName;
  }

  get definedAt(): Where {
    return this.log.where(this.definedPlace);
  }

  set definedAt(where: Where) {
    this.definedPlace = this.log.of(where);
  }

  get firstUse(): Where {
    return this.log.where(this.usedPlace);
  }

  set firstUse(where: Where) {
    this.usedPlace = this.log.of(where);
  }

  get isGlobal(): boolean {
    return (this.bits & 1) !== 0;
  }

  set isGlobal(is: boolean) {
    this.set(1, is);
  }

  get isWeak(): boolean {
    return (this.bits & 2) !== 0;
  }

  set isWeak(is: boolean) {
    this.set(2, is);
  }

  get isLocal(): boolean {
    return (this.bits & 4) !== 0;
  }

  set isLocal(is: boolean) {
    this.set(4, is);
  }

  /** `.set`: may be given another value. */
  get isRedefinable(): boolean {
    return (this.bits & 8) !== 0;
  }

  set isRedefinable(is: boolean) {
    this.set(8, is);
  }

  /** It has its place in the object's table, should it be needed there. */
  get isNamed(): boolean {
    return (this.bits & 16) !== 0;
  }

  set isNamed(is: boolean) {
    this.set(16, is);
  }

  /** STB_GNU_UNIQUE: one in the whole process. */
  get isUnique(): boolean {
    return (this.bits & 32) !== 0;
  }

  set isUnique(is: boolean) {
    this.set(32, is);
  }

  get isUsedInRelocation(): boolean {
    return (this.bits & 64) !== 0;
  }

  set isUsedInRelocation(is: boolean) {
    this.set(64, is);
  }

  /** Another symbol has taken over its name. */
  get isSuperseded(): boolean {
    return (this.bits & 128) !== 0;
  }

  set isSuperseded(is: boolean) {
    this.set(128, is);
  }

  /** Stands for the start of a section: relocations name the section. */
  get isSectionStart(): boolean {
    return (this.bits & 256) !== 0;
  }

  set isSectionStart(is: boolean) {
    this.set(256, is);
  }

  /** What a `.weakref` means: weak unless it is referred to by its own name too. */
  get isWeakTarget(): boolean {
    return (this.bits & 512) !== 0;
  }

  set isWeakTarget(is: boolean) {
    this.set(512, is);
  }

  /** Guards against `a = b; b = a`. */
  get isBeingResolved(): boolean {
    return (this.bits & 1024) !== 0;
  }

  set isBeingResolved(is: boolean) {
    this.set(1024, is);
  }

  /** The assembler keeps the name to itself until something asks for a symbol. */
  get isHidden(): boolean {
    return (this.bits & hiddenBit) !== 0;
  }

  set isHidden(is: boolean) {
    this.set(hiddenBit, is);
  }

  /** STV_. */
  get visibility(): number {
    return (this.bits >> visibilityShift) & 3;
  }

  set visibility(value: number) {
    this.bits = (this.bits & ~(3 << visibilityShift)) | ((value & 3) << visibilityShift);
  }

  /** STT_; undefined where no `.type` was seen. */
  get type(): number | undefined {
    const value = (this.bits >> typeShift) & typeMask;
    return value === 0 ? undefined : value - 1;
  }

  set type(value: number | undefined) {
    const bits = value === undefined ? 0 : (value + 1) & typeMask;
    this.bits = (this.bits & ~(typeMask << typeShift)) | (bits << typeShift);
  }

  /** `equated`: what it stands for. */
  get expression(): Expression | undefined {
    return (this.rare ?? usual).expression;
  }

  set expression(value: Expression | undefined) {
    if (value || this.rare) this.own().expression = value;
  }

  get size(): Expression | undefined {
    return (this.rare ?? usual).size;
  }

  set size(value: Expression | undefined) {
    if (value || this.rare) this.own().size = value;
  }

  /** `common`: size and alignment in bytes. */
  get commonSize(): number {
    return (this.rare ?? usual).commonSize;
  }

  set commonSize(value: number) {
    this.own().commonSize = value;
  }

  get commonAlignment(): number {
    return (this.rare ?? usual).commonAlignment;
  }

  set commonAlignment(value: number) {
    this.own().commonAlignment = value;
  }

  /** Without a name: how many named ones were made before it, and how many unnamed ones. */
  get symbolsBefore(): number {
    return (this.rare ?? usual).symbolsBefore;
  }

  set symbolsBefore(value: number) {
    this.own().symbolsBefore = value;
  }

  get unnamedBefore(): number {
    return (this.rare ?? usual).unnamedBefore;
  }

  set unnamedBefore(value: number) {
    this.own().unnamedBefore = value;
  }

  /** `.weakref`: what this name stands for; the name itself never leaves the assembler. */
  get weakTarget(): AsmSymbol | undefined {
    return (this.rare ?? usual).weakTarget;
  }

  set weakTarget(value: AsmSymbol | undefined) {
    this.own().weakTarget = value;
  }

  /** `.symver`: further names in the object's table, and what becomes of this one. */
  get versions(): readonly VersionedName[] {
    return (this.rare ?? usual).versions;
  }

  set versions(value: readonly VersionedName[]) {
    this.own().versions = value;
  }

  get versionWish(): Rare['versionWish'] {
    return (this.rare ?? usual).versionWish;
  }

  set versionWish(value: Rare['versionWish']) {
    this.own().versionWish = value;
  }

  /** `.eqv`: what the name stands for, evaluated anew at each use. */
  get formula(): Node | undefined {
    return (this.rare ?? usual).formula;
  }

  set formula(value: Node | undefined) {
    this.own().formula = value;
  }

  private set(bit: number, is: boolean): void {
    this.bits = is ? this.bits | bit : this.bits & ~bit;
  }

  private own(): Rare {
    return (this.rare ??= { ...usual });
  }
}

/** What a symbol without a name is called in an object, as by GNU as. */
export const anonymousName = 'L0\u0001';

/** `L` number, control B, count: how `1:` is called inside, as in GNU as. */
function isNumbered(name: string): boolean {
  return name.includes('\u0002') || name.includes('\u0001');
}

/** In what compilers write there is a symbol for every 90 bytes with debugging information, else for 220. */
const bytesPerSymbol = 128;
const expectedMax = 1 << 19;

export class SymbolTable {
  private readonly index: NameIndex;
  /** Names with letters beyond a byte, which only a compiler gives. */
  private readonly wide = new Map<string, AsmSymbol>();
  /** In the order of the object's table. Section symbols are not among them. */
  readonly all: AsmSymbol[] = [];
  /** By number. */
  private readonly every: readonly AsmSymbol[];
  private readonly keepsLocals: boolean;
  private readonly log: Places;
  private unnamedCount = 0;
  private readonly numbered = new Map<string, number>();

  constructor(log: Places, keepsLocals = false) {
    this.log = log;
    this.keepsLocals = keepsLocals;
    this.every = log.referents.symbols;
    this.index = new NameIndex(log.referents.names);
  }

  /** Makes room for what a text of that many bytes may name. */
  expect(bytes: number): void {
    const count = Math.min(Math.floor(bytes / bytesPerSymbol), expectedMax);
    this.index.expect(count);
    this.log.referents.expect(count);
    this.log.expect(count * 4);
  }

  private enter(symbol: AsmSymbol): void {
    if (symbol.isAssemblerLocal && !this.keepsLocals) {
      symbol.isHidden = true;
      return;
    }
    symbol.isNamed = true;
    this.all.push(symbol);
  }

  /** From here on the symbol is one of the object, also where its name begins with `.L`. */
  name(symbol: AsmSymbol): void {
    if (symbol.isNamed) return;
    symbol.isNamed = true;
    if (!symbol.isAnonymous) this.all.push(symbol);
  }

  find(name: string): AsmSymbol | undefined {
    const known = nameBytes(name);
    if (!known) return this.wide.get(name);
    const number = this.index.find(known.bytes, 0, name.length, known.hash);
    return number < 0 ? undefined : this.every[number];
  }

  get(name: string): AsmSymbol {
    const known = nameBytes(name);
    if (known) return this.ofBytes(known.bytes, 0, name.length, known.hash);
    let symbol = this.wide.get(name);
    if (symbol === undefined) {
      symbol = new AsmSymbol(name, this.log);
      this.wide.set(name, symbol);
      this.enter(symbol);
    }
    return symbol;
  }

  /** The symbol named by `bytes[start..end)`, whose hash is that of `hashStep`. */
  ofBytes(bytes: Uint8Array, start: number, end: number, hash: number): AsmSymbol {
    const number = this.index.find(bytes, start, end, hash);
    if (number >= 0) return this.every[number];
    const { index, log } = this;
    const from = index.add(bytes, start, end, hash, this.every.length);
    const symbol = new AsmSymbol(undefined, log, from, from + end - start);
    this.enter(symbol);
    return symbol;
  }

  /** The same where it is known; none is made. */
  known(bytes: Uint8Array, start: number, end: number, hash: number): AsmSymbol | undefined {
    const number = this.index.find(bytes, start, end, hash);
    return number < 0 ? undefined : this.every[number];
  }

  /** A symbol without a name: `.` and the like. */
  anonymous(): AsmSymbol {
    const symbol = new AsmSymbol(anonymousName, this.log);
    symbol.symbolsBefore = this.all.length;
    symbol.unnamedBefore = this.unnamedCount++;
    return symbol;
  }

  /** From here on the name means `symbol`; earlier references keep theirs. */
  replace(name: string, symbol: AsmSymbol): void {
    const old = this.find(name);
    const at = old ? this.all.lastIndexOf(old) : -1;
    symbol.isNamed = true;
    if (at < 0) this.all.push(symbol);
    else this.all[at] = symbol;
    const known = nameBytes(name);
    if (!known) this.wide.set(name, symbol);
    else {
      const { bytes, hash } = known;
      if (!this.index.replace(bytes, 0, name.length, hash, symbol.number)) {
        this.index.add(bytes, 0, name.length, hash, symbol.number);
      }
    }
  }

  /** The symbol of the next `number:` label. */
  nextNumbered(number: string): AsmSymbol {
    const count = (this.numbered.get(number) ?? 0) + 1;
    this.numbered.set(number, count);
    return this.get(`L${number}\u0002${count}`);
  }

  /** What `number` followed by f or b refers to; undefined where nothing lies behind. */
  reference(number: string, direction: 'f' | 'b'): AsmSymbol | undefined {
    const count = this.numbered.get(number) ?? 0;
    if (direction === 'b') return count === 0 ? undefined : this.get(`L${number}\u0002${count}`);
    return this.get(`L${number}\u0002${count + 1}`);
  }
}

/** Whether a jump that reaches the symbol has to be left to the linker, `isShared` by -mshared. */
export function isReplaceable(symbol: AsmSymbol, isShared: boolean | undefined): boolean {
  return symbol.isWeak || (isShared === true && symbol.isGlobal && symbol.visibility === 0);
}
