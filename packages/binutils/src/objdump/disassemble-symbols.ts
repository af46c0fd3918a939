// Which symbol names an address in a disassembly: the order in which equal addresses are judged,
// and the search, as GNU objdump does both.

import type { MadeUp } from './objdump-dynamic.ts';
import { shownName } from './objdump-view.ts';
import type { ObjectView, ViewSection, ViewSymbol } from './objdump-view.ts';
import { pieceOf } from '../text-sink.ts';
import type { Piece, TextSink } from '../text-sink.ts';

/** Names that look like files, or say which compiler it was, come after those that say more. */
function isDull(symbol: ViewSymbol): number {
  return symbol.isFile || /.\.[oa]$/.test(symbol.name) ? 1 : 0;
}

function first(left: boolean, right: boolean): number {
  return left === right ? 0 : left ? -1 : 1;
}

function compare(left: ViewSymbol, right: ViewSymbol): number {
  return (
    left.value - right.value ||
    isDull(left) - isDull(right) ||
    first(left.isFunction, right.isFunction) ||
    first(left.isObject, right.isObject) ||
    first(left.isGlobal, right.isGlobal) ||
    first(!left.isLocal, !right.isLocal) ||
    right.size - left.size ||
    (left.name < right.name ? -1 : left.name > right.name ? 1 : 0)
  );
}

/** With -C a label that says it in C++. */
function labelled(symbol: ViewSymbol, view: ObjectView): ViewSymbol {
  if (!view.isDemangled) return symbol;
  return { ...symbol, label: shownName(symbol.label ?? symbol.name, view) };
}

const noneMadeUp: MadeUp = { symbols: [], relocated: new Map() };

export class SymbolTable {
  readonly sorted: readonly ViewSymbol[];
  private readonly hasRelocations: boolean;
  private readonly values: Float64Array;
  private readonly relocated: MadeUp['relocated'];
  /** What `find` gives for targets in a section, by the nearest symbol's index; -2: not known. */
  private targets = new Int32Array(0);
  private targetsOf: ViewSection | undefined;
  private readonly names: (Piece | undefined)[] = [];

  constructor(view: ObjectView, madeUp: MadeUp = noneMadeUp) {
    this.sorted = [...view.symbols, ...madeUp.symbols]
      .filter((symbol) => symbol.name !== '' && !symbol.isSection && !symbol.isFile)
      .filter((symbol) => symbol.place !== '*UND*' && symbol.place !== '*COM*')
      .toSorted(compare)
      .map((symbol) => labelled(symbol, view));
    this.hasRelocations = view.hasRelocations;
    this.relocated = view.isDemangled
      ? new Map([...madeUp.relocated].map(([at, symbol]) => [at, labelled(symbol, view)]))
      : madeUp.relocated;
    this.values = Float64Array.from(this.sorted, ({ value }) => value);
  }

  /** The index of the last symbol at or below `address`, the first of its equals. */
  private nearest(address: number): number {
    const { values } = this;
    let low = 0;
    let high = values.length;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if (values[middle] > address) high = middle;
      else low = middle;
    }
    while (low > 0 && values[low - 1] === values[low]) low--;
    return low;
  }

  /**
   * The index of the symbol to name `address` by, in code of `section`; -1: there is none. In a relocatable file, and
   * where a block of the section is headed (`isHeading`), only symbols of the section will do.
   */
  find(address: number, section: ViewSection, isHeading: boolean): number {
    const { sorted } = this;
    if (sorted.length === 0) return -1;
    const isInside = address >= section.address && address < section.address + section.size;
    const isWanted = isHeading || (this.hasRelocations && isInside);
    const isGood = (index: number) => !isWanted || sorted[index].section === section;
    const start = this.nearest(address);
    // Of those with one address, the section's own.
    for (let i = start; i < sorted.length && sorted[i].value === sorted[start].value; i++) {
      if (sorted[i].section === section) return i;
    }
    if (isGood(start)) return start;
    let found = -1;
    let last = start;
    while (last + 1 < sorted.length && sorted[last + 1].value <= address) last++;
    for (let i = last; i >= 0; i--) {
      if (!isGood(i)) continue;
      if (found >= 0 && sorted[i].value !== sorted[found].value) break;
      found = i;
    }
    if (found >= 0) return found;
    for (let i = start + 1; i < sorted.length; i++) if (isGood(i)) return i;
    return -1;
  }

  /** What `find` gives for an address that is no heading's. */
  findTarget(address: number, section: ViewSection): number {
    const isInside = address >= section.address && address < section.address + section.size;
    if (!isInside || this.values.length === 0) return this.find(address, section, false);
    if (this.targetsOf !== section) {
      this.targetsOf = section;
      this.targets = new Int32Array(this.values.length).fill(-2);
    }
    const nearest = this.nearest(address);
    let found = this.targets[nearest];
    if (found === -2) {
      found = this.find(address, section, false);
      this.targets[nearest] = found;
    }
    return found;
  }

  isRelocated(address: number): boolean {
    return this.relocated.has(address);
  }

  /** The name of a place that a dynamic relocation fills, by that relocation's symbol. */
  relocatedName(address: number, section: ViewSection, index: number): string | undefined {
    const symbol = this.relocated.get(address);
    const nearest = this.sorted[index];
    if (!symbol || nearest?.value === address) return undefined;
    // One of the same section, or of the PLT, is good enough for GNU objdump.
    if (nearest?.section === section || nearest?.isSynthetic) return undefined;
    const name = symbol.label ?? symbol.name;
    if (symbol.place === '*UND*' || symbol.value === address) return `<${name}>`;
    const distance = address - symbol.value;
    return `<${name}${distance < 0 ? '-' : '+'}0x${Math.abs(distance).toString(16)}>`;
  }

  /** Writes what `name` gives. */
  writeName(address: number, section: ViewSection, index: number, out: TextSink): void {
    const symbol = this.sorted[index];
    const distance = address - (symbol ? this.values[index] : section.address);
    out.byte(0x3c);
    if (symbol) out.piece((this.names[index] ??= pieceOf(symbol.label ?? symbol.name)));
    else out.text(section.name);
    if (distance !== 0) {
      out.byte(distance < 0 ? 0x2d : 0x2b);
      out.byte(0x30);
      out.byte(0x78);
      out.hex(Math.abs(distance));
    }
    out.byte(0x3e);
  }

  /** The names of all symbols of the section at an address, else what `name` gives. */
  namesAt(address: number, section: ViewSection, index: number): string[] {
    const names: string[] = [];
    for (let i = this.nearest(address); this.sorted[i]?.value === address; i++) {
      const symbol = this.sorted[i];
      if (symbol.section === section) names.push(`<${symbol.label ?? symbol.name}>`);
    }
    return names.length > 0 ? names : [this.name(address, section, index)];
  }

  /** `<main+0x5>`: the address by its symbol, or by the start of the section. */
  name(address: number, section: ViewSection, index: number): string {
    const symbol = this.sorted[index];
    const base = symbol ? symbol.value : section.address;
    const distance = address - base;
    const sign = distance < 0 ? '-' : '+';
    const offset = distance === 0 ? '' : `${sign}0x${Math.abs(distance).toString(16)}`;
    return `<${symbol ? (symbol.label ?? symbol.name) : section.name}${offset}>`;
  }
}
