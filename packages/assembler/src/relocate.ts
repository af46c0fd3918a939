// From laid-out sections to bytes: items are written, fields get their values, and what only the
// linker can know becomes a relocation (i386 psABI, table 4.9).

import type { Assembly } from './assembly.ts';
import { constantOf } from './expression.ts';
import type { Expression, Folding, Linear } from './expression.ts';
import { fillNops } from './padding.ts';
import { labelAddress } from './sections.ts';
import type { FieldFixup, Item, JumpItem, Section, Where } from './sections.ts';
import { finalFolding, settle } from './settle.ts';
import { anonymousName } from './symbols.ts';
import type { AsmSymbol } from './symbols.ts';

/** Against a section's own symbol, a named one, or none (an absolute address). */
export interface PendingRelocation {
  readonly offset: number;
  readonly type: number;
  readonly target: Section | AsmSymbol | undefined;
  readonly where: Where;
}

export interface FinishedSection {
  readonly section: Section;
  readonly data: Uint8Array;
  readonly relocations: PendingRelocation[];
}

const relocation = {
  abs32: 1,
  pc32: 2,
  got32: 3,
  plt32: 4,
  gotoff: 9,
  gotpc: 10,
  abs16: 20,
  pc16: 21,
  abs8: 22,
  pc8: 23,
  got32x: 43,
} as const;

/** What an @ operator asks for in a 32-bit field. */
const referenceTypes: Readonly<Record<string, number>> = {
  GOT: relocation.got32,
  GOTOFF: relocation.gotoff,
  GOTPC: relocation.gotpc,
  PLT: relocation.plt32,
  TLSGD: 18,
  TLSLDM: 19,
  DTPOFF: 32,
  NTPOFF: 17,
  TPOFF: 34,
  INDNTPOFF: 15,
  GOTNTPOFF: 16,
  SIZE: 38,
};

const threadLocal = new Set([15, 16, 17, 18, 32, 34]);
const mergeFlag = 0x10;
const tlsFlag = 0x400;

export function writeSections(assembly: Assembly): FinishedSection[] {
  const folding = finalFolding(assembly);
  return assembly.sections.map((section) => new SectionWriter(assembly, section, folding).write());
}

/** True for symbols that the linker may bind elsewhere, so that they keep their relocation. */
export const isExternal = (symbol: AsmSymbol): boolean => symbol.isGlobal || symbol.isWeak;

class SectionWriter {
  private readonly assembly: Assembly;
  private readonly section: Section;
  private readonly folding: Folding;
  private readonly data: Uint8Array;
  private readonly relocations: PendingRelocation[] = [];

  constructor(assembly: Assembly, section: Section, folding: Folding) {
    this.assembly = assembly;
    this.section = section;
    this.folding = folding;
    this.data = new Uint8Array(section.hasContents ? section.size : 0);
  }

  write(): FinishedSection {
    const { section, data, relocations } = this;
    if (section.hasContents) {
      this.copyBytes();
      for (const sub of section.subsections) {
        for (const fixup of sub.fixups) {
          const sizes = section.sizesBefore[sub.startItem + fixup.item];
          this.field(fixup, sub.startOffset + fixup.offset + sizes);
        }
      }
      // GNU as writes the relocations of jumps behind all others.
      section.items.forEach((item, i) => {
        if (item.kind === 'jump') this.jump(item, item.position + section.sizesBefore[i]);
      });
    }
    return { section, data, relocations };
  }

  private copyBytes(): void {
    const { section, data } = this;
    let target = 0;
    for (const sub of section.subsections) {
      let source = 0;
      for (const item of sub.items) {
        const end = item.position - sub.startOffset;
        data.set(sub.bytes.subarray(source, end), target);
        target += end - source;
        source = end;
        this.writeItem(item, target);
        target += item.size;
      }
      data.set(sub.bytes.subarray(source, sub.length), target);
      target += sub.length - source;
    }
  }

  private writeItem(item: Item, at: number): void {
    const { data } = this;
    if (item.kind === 'align') {
      if (!item.fill) fillNops(data, at, item.size, this.assembly.mode);
      else fillPattern(data, at, item.size, item.fill);
    } else if (item.kind === 'jump') {
      data.set(item.size === item.short.length ? item.short : item.long, at);
    } else if (item.kind === 'leb') {
      const value = constantOf(settle(item.value, this.folding)) ?? 0n;
      writeLeb(data, at, item.size, item.isSigned ? value : BigInt.asUintN(64, value));
    } else data.fill(item.fill, at, at + item.size);
  }

  private jump(item: JumpItem, at: number): void {
    const isShort = item.size === item.short.length;
    const size = isShort ? 1 : item.longSize;
    const end = at + item.size;
    const target = settle(item.target, this.folding);
    const symbol = target.kind === 'linear' && !target.minus ? target.plus : undefined;
    const isHere =
      symbol?.state === 'label' &&
      symbol.subsection?.section === this.section &&
      !symbol.isWeak &&
      symbol.type !== 10 &&
      !(target.kind === 'linear' && target.reference !== undefined && symbol.isGlobal);
    if (isHere && symbol && target.kind === 'linear') {
      this.put(end - size, size, BigInt(labelAddress(symbol) - end) + target.addend);
      return;
    }
    const fixup: FieldFixup = {
      item: 0,
      offset: 0,
      size,
      value: target,
      isRelative: true,
      isSigned: true,
      tail: size,
      instructionOffset: 0,
      isRelaxableGot: false,
      isData: false,
      where: item.where,
    };
    this.field(fixup, end - size);
  }

  private field(fixup: FieldFixup, at: number): void {
    const settled = settle(fixup.value, this.folding);
    const value = this.relativeToHere(settled, fixup, at);
    if (!value) return;
    const { symbol, isRelative } = value;
    const addend =
      isRelative && fixup.isRelative ? value.addend - BigInt(fixup.tail) : value.addend;
    if (!symbol) {
      if (isRelative) {
        this.relocate(at, fixup, value.reference, undefined, addend, true);
      } else this.store(fixup, at, addend);
      return;
    }
    const isHere = symbol.state === 'label' && symbol.subsection?.section === this.section;
    const isBound = isHere && !isExternal(symbol) && symbol.type !== 10;
    if (isRelative && isBound && value.reference === undefined) {
      this.store(fixup, at, BigInt(labelAddress(symbol) - at) + addend);
      return;
    }
    this.relocate(at, fixup, value.reference, symbol, addend, isRelative);
  }

  /** `a - b` with b in this section is relative to the field; anything else with two is refused. */
  private relativeToHere(
    settled: Expression,
    fixup: FieldFixup,
    at: number,
  ):
    | { symbol: AsmSymbol | undefined; addend: bigint; reference?: string; isRelative: boolean }
    | undefined {
    if (settled.kind === 'deferred') {
      this.assembly.error(
        'A0701',
        `the operator '${settled.operator}' needs numbers, but a symbol's address is not known yet`,
        fixup.where,
      );
      return undefined;
    }
    const { plus, minus, addend, reference } = settled;
    if (!minus) return { symbol: plus, addend, reference, isRelative: fixup.isRelative };
    const isHere = minus.state === 'label' && minus.subsection?.section === this.section;
    if (!isHere || !plus || fixup.isRelative) {
      this.refuseDifference(settled, fixup.where);
      return undefined;
    }
    const distance = BigInt(at - labelAddress(minus));
    return { symbol: plus, addend: addend + distance, reference, isRelative: true };
  }

  private refuseDifference(value: Linear, where: Where): void {
    const name = (symbol: AsmSymbol | undefined) =>
      symbol ? `'${symbol.name === anonymousName ? '.' : symbol.name}'` : '0';
    const message = `the difference ${name(value.plus)} - ${name(value.minus)} is not known here`;
    const missing = [value.plus, value.minus].filter((symbol) => symbol?.state === 'undefined');
    const notes = missing.map((symbol) => `${name(symbol)} is not defined in this file`);
    if (notes.length === 0) notes.push('the two lie in different sections');
    this.assembly.error('A0701', message, where, notes);
  }

  private relocate(
    at: number,
    fixup: FieldFixup,
    reference: string | undefined,
    symbol: AsmSymbol | undefined,
    addend: bigint,
    isRelative: boolean,
  ): void {
    const type = this.relocationType(fixup, reference, symbol, isRelative);
    if (type === undefined) {
      const name = symbol ? `'${symbol.name}'` : 'an absolute address';
      const isOdd = reference !== undefined && isRelative;
      const how = isOdd ? `a relative field with @${reference}` : `${fixup.size} bytes`;
      this.assembly.error('A0708', `no relocation puts ${name} in ${how}`, fixup.where);
      return;
    }
    let value = addend;
    if (type === relocation.gotpc && !isRelative) value += BigInt(fixup.instructionOffset);
    let target: PendingRelocation['target'] = symbol;
    if (symbol && threadLocal.has(type)) symbol.type = 6;
    if (symbol && this.isReduced(symbol, type, addend, fixup.isData)) {
      target = symbol.subsection?.section;
      value += BigInt(labelAddress(symbol));
    } else if (symbol) symbol.isUsedInRelocation = true;
    this.put(at, fixup.size, value);
    this.relocations.push({ offset: at, type, target, where: fixup.where });
  }

  private relocationType(
    fixup: FieldFixup,
    reference: string | undefined,
    symbol: AsmSymbol | undefined,
    isRelative: boolean,
  ): number | undefined {
    switch (fixup.size) {
      case 8:
        return undefined;
      case 2:
        return isRelative ? relocation.pc16 : relocation.abs16;
      case 1:
        return isRelative ? relocation.pc8 : relocation.abs8;
      default:
    }
    if (isRelative && reference === 'PLT') return relocation.plt32;
    const isGot = symbol?.name === '_GLOBAL_OFFSET_TABLE_';
    if (isRelative && reference !== undefined) return undefined;
    if (isRelative) return isGot && !fixup.isRelative ? relocation.gotpc : relocation.pc32;
    if (reference === 'GOT' && fixup.isRelaxableGot) return relocation.got32x;
    if (reference === 'PLT' && fixup.isData) return relocation.abs32;
    if (reference !== undefined) return referenceTypes[reference];
    return isGot ? relocation.gotpc : relocation.abs32;
  }

  /** A local symbol's relocation is made against its section, with few exceptions. */
  private isReduced(symbol: AsmSymbol, type: number, addend: bigint, isData: boolean): boolean {
    if (symbol.state !== 'label' || isExternal(symbol) || symbol.type === 10) return false;
    if (symbol.isSectionStart) return true;
    const home = symbol.subsection?.section;
    if (!home || (home.flags & tlsFlag) !== 0) return false;
    if (type === relocation.gotoff) return !isData && (home.flags & mergeFlag) === 0;
    const isPlain =
      type === relocation.abs32 ||
      type === relocation.pc32 ||
      (type >= relocation.abs16 && type <= relocation.pc8);
    return isPlain && !((home.flags & mergeFlag) !== 0 && addend !== 0n);
  }

  /** A value that is known: it has to fit. */
  private store(fixup: FieldFixup, at: number, value: bigint): void {
    if (fixup.size < 8) {
      const bits = BigInt(fixup.size * 8);
      if (fixup.isData && !fixup.isRelative) {
        this.assembly.warnTruncated(fixup.size, value, fixup.where);
      } else {
        const isSigned = fixup.isSigned || (fixup.isRelative && fixup.size === 1);
        const most = isSigned ? 1n << (bits - 1n) : 1n << bits;
        if (fixup.size < 4 && (value < -(1n << (bits - 1n)) || value >= most)) {
          const what = fixup.isRelative ? `the target is ${value} bytes away` : `${value}`;
          this.assembly.error('A0709', `${what}, which does not fit in ${bits} bits`, fixup.where);
        }
      }
    }
    this.put(at, fixup.size, value);
  }

  private put(at: number, size: number, value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    for (let i = 0; i < size; i++, rest >>= 8n) this.data[at + i] = Number(rest & 0xffn);
  }
}

/** Whole patterns at the end; what is left over before them is zero. */
function fillPattern(data: Uint8Array, at: number, count: number, pattern: Uint8Array): void {
  if (pattern.length === 1) {
    data.fill(pattern[0], at, at + count);
    return;
  }
  const rest = count % pattern.length;
  for (let i = rest; i < count; i++) data[at + i] = pattern[(i - rest) % pattern.length];
}

function writeLeb(data: Uint8Array, at: number, size: number, value: bigint): void {
  let rest = value;
  for (let i = 0; i < size; i++) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    data[at + i] = i + 1 < size ? low | 0x80 : low;
  }
}
