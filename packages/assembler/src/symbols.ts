// Symbols as the assembler knows them, in the order in which they were first mentioned, which is
// the order of the object's symbol table.

import type { Expression } from './expression.ts';
import { NameIndex, nameBytes } from './name-index.ts';
import type { PooledName } from './name-index.ts';
import type { Node } from './syntax-tree.ts';
import type { Subsection } from './sections.ts';
import type { Place } from './text.ts';
import type { Span } from '@ring0/diagnostics';

export type SymbolState = 'undefined' | 'label' | 'absolute' | 'equated' | 'common';

/** `base@version`, `base@@version` or `base@@@version`. */
export interface VersionedName {
  readonly base: string;
  readonly sign: string;
  readonly version: string;
}

const none: readonly VersionedName[] = [];

export class AsmSymbol {
  /** The string, or where its bytes lie until somebody asks for it. */
  private written: string | PooledName;
  state: SymbolState = 'undefined';
  /** A label: where; `item` counts the variable items before it, `offset` the bytes between. */
  subsection: Subsection | undefined;
  item = 0;
  offset = 0;
  /** `absolute`: its value. */
  value = 0n;
  /** `equated`: what it stands for. */
  expression: Expression | undefined;
  /** `common`: size and alignment in bytes. */
  commonSize = 0;
  commonAlignment = 0;

  isGlobal = false;
  isWeak = false;
  isLocal = false;
  /** `.set`: may be given another value. */
  isRedefinable = false;
  /** STV_. */
  visibility = 0;
  /** STT_; undefined where no `.type` was seen. */
  type: number | undefined;
  size: Expression | undefined;
  /** It has its place in the object's table, should it be needed there. */
  isNamed = false;
  /** STB_GNU_UNIQUE: one in the whole process. */
  isUnique = false;
  isUsedInRelocation = false;
  /** Another symbol has taken over its name. */
  isSuperseded = false;
  /** Without a name: how many named ones were made before it, and how many unnamed ones. */
  symbolsBefore = 0;
  unnamedBefore = 0;
  /** Stands for the start of a section: relocations name the section. */
  isSectionStart = false;
  /** What a `.weakref` means: weak unless it is referred to by its own name too. */
  isWeakTarget = false;
  /** `.weakref`: what this name stands for; the name itself never leaves the assembler. */
  weakTarget: AsmSymbol | undefined;
  /** `.symver`: further names in the object's table, and what becomes of this one. */
  versions: readonly VersionedName[] = none;
  versionWish: 'local' | 'hidden' | 'remove' | undefined;
  /** `.eqv`: what the name stands for, evaluated anew at each use. */
  formula: Node | undefined;
  definedAt: Place | Span | undefined;
  firstUse: Place | Span | undefined;
  /** Guards against `a = b; b = a`. */
  isBeingResolved = false;

  constructor(name: string | PooledName) {
    this.written = name;
  }

  get name(): string {
    const { written } = this;
    if (typeof written === 'string') return written;
    return (this.written = written.pool.text(written.start, written.end));
  }

  get isDefined(): boolean {
    return this.state !== 'undefined';
  }

  /** A name that never leaves the assembler unless a relocation needs it. */
  get isAssemblerLocal(): boolean {
    const { written } = this;
    if (typeof written === 'string') return written.startsWith('.L') || isNumbered(written);
    const { bytes } = written.pool;
    if (bytes[written.start] === 46 && bytes[written.start + 1] === 76) return true;
    for (let i = written.start; i < written.end; i++) if (bytes[i] <= 2) return true;
    return false;
  }
}

/** What a symbol without a name is called in an object, as by GNU as. */
export const anonymousName = 'L0\u0001';

/** `L` number, control B, count: how `1:` is called inside, as in GNU as. */
function isNumbered(name: string): boolean {
  return name.includes('\u0002') || name.includes('\u0001');
}

const newSymbol = (name: PooledName) => new AsmSymbol(name);

export class SymbolTable {
  private readonly index = new NameIndex<AsmSymbol>();
  /** Names with letters beyond a byte, which only a compiler gives. */
  private readonly wide = new Map<string, AsmSymbol>();
  /** In the order of the object's table. Section symbols are not among them. */
  readonly all: AsmSymbol[] = [];
  /** Names that the assembler keeps to itself until something asks for a symbol. */
  readonly hidden: AsmSymbol[] = [];
  private readonly keepsLocals: boolean;
  private unnamedCount = 0;
  private readonly numbered = new Map<string, number>();

  constructor(keepsLocals = false) {
    this.keepsLocals = keepsLocals;
  }

  private enter(symbol: AsmSymbol): void {
    if (symbol.isAssemblerLocal && !this.keepsLocals) {
      this.hidden.push(symbol);
      return;
    }
    symbol.isNamed = true;
    this.all.push(symbol);
  }

  /** From here on the symbol is one of the object, also where its name begins with `.L`. */
  name(symbol: AsmSymbol): void {
    if (symbol.isNamed) return;
    symbol.isNamed = true;
    if (symbol.name !== anonymousName) this.all.push(symbol);
  }

  find(name: string): AsmSymbol | undefined {
    const known = nameBytes(name);
    if (!known) return this.wide.get(name);
    const number = this.index.find(known.bytes, 0, name.length, known.hash);
    return number < 0 ? undefined : this.index.entry(number);
  }

  get(name: string): AsmSymbol {
    const known = nameBytes(name);
    if (known) return this.ofBytes(known.bytes, 0, name.length, known.hash);
    let symbol = this.wide.get(name);
    if (symbol === undefined) {
      symbol = new AsmSymbol(name);
      this.wide.set(name, symbol);
      this.enter(symbol);
    }
    return symbol;
  }

  /** The symbol named by `bytes[start..end)`, whose hash is that of `hashStep`. */
  ofBytes(bytes: Uint8Array, start: number, end: number, hash: number): AsmSymbol {
    const number = this.index.find(bytes, start, end, hash);
    if (number >= 0) return this.index.entry(number);
    const symbol = this.index.add(bytes, start, end, hash, newSymbol);
    this.enter(symbol);
    return symbol;
  }

  /** A symbol without a name: `.` and the like. */
  anonymous(): AsmSymbol {
    const symbol = new AsmSymbol(anonymousName);
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
      const number = this.index.find(known.bytes, 0, name.length, known.hash);
      if (number >= 0) this.index.replace(number, symbol);
      else this.index.add(known.bytes, 0, name.length, known.hash, () => symbol);
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
