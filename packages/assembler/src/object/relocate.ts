// From laid-out sections to bytes: items are written, fields get their values, and what only the
// linker can know becomes a relocation (i386 psABI, table 4.9).

import type { Assembly } from './assembly.ts';
import { constantOf } from '../values/expression.ts';
import type { Expression, Folding, Linear } from '../values/expression.ts';
import { fillByNumber, fillNops, longNops } from '../layout/padding.ts';
import {
  dataBit,
  instructionShift,
  rexBit,
  relativeBit,
  displacementBit,
  relaxableGotBit,
  signedBit,
  sizeMask,
  tailShift,
} from './fixups.ts';
import type { FieldFixup } from './fixups.ts';
import { itemKind } from './items.ts';
import { isReducible64, isThreadLocal64, longRelocation } from './long-relocations.ts';
import { writeLeb, writeSmallLeb } from '../layout/leb.ts';
import { Section, labelAddress } from './sections.ts';
import type { Subsection, Where } from './sections.ts';
import {
  finalFolding,
  isGotOfNumber,
  settle,
  settleReference,
  sizeValue,
} from '../values/settle.ts';
import { AsmSymbol, anonymousName, isReplaceable } from './symbols.ts';

/** Against a section's own symbol, a named one, or none (an absolute address). */
export interface PendingRelocation {
  readonly offset: number;
  readonly type: number;
  readonly target: Section | AsmSymbol | undefined;
  /** A number of `Assembly.places`. */
  readonly place: number;
  /** ELF64: what is added; the field is zero. */
  readonly addend?: bigint;
}

/** What is known of a field but its value. */
type PendingField = Omit<FieldFixup, 'item' | 'offset' | 'value' | 'where'> & {
  readonly place: number;
};

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
  PLT: relocation.plt32,
  TLSGD: 18,
  TLSLDM: 19,
  DTPOFF: 32,
  NTPOFF: 17,
  TPOFF: 34,
  INDNTPOFF: 15,
  GOTNTPOFF: 16,
  GOTTPOFF: 33,
  SIZE: 38,
  TLSDESC: 39,
};

const threadLocal = new Set([15, 16, 17, 18, 19, 32, 33, 34, 39]);
const mergeFlag = 0x10;
const tlsFlag = 0x400;
const globalOffsetTable = '_GLOBAL_OFFSET_TABLE_';

/** Of what is linked once another file's copy may be taken, where only the name is the same. */
const isNameKept = (symbol: AsmSymbol | undefined, { isComdat, name }: Section): boolean =>
  symbol?.isAssemblerLocal === false && (isComdat || name.startsWith('.gnu.linkonce'));

export function writeSections(assembly: Assembly): FinishedSection[] {
  const folding = finalFolding(assembly);
  return assembly.sections.map((section) => new SectionWriter(assembly, section, folding).write());
}

/** True for symbols that the linker may bind elsewhere, so that they keep their relocation. */
export const isExternal = (symbol: AsmSymbol): boolean => symbol.isGlobal || symbol.isWeak;

export class SectionWriter {
  private readonly assembly: Assembly;
  readonly section: Section;
  private readonly folding: Folding;
  readonly data: Uint8Array;
  readonly relocations: PendingRelocation[] = [];
  private readonly offsetTable: AsmSymbol | undefined;

  /** `data`: what was written before. */
  constructor(assembly: Assembly, section: Section, folding: Folding, data?: Uint8Array) {
    this.assembly = assembly;
    this.section = section;
    this.folding = folding;
    this.offsetTable = assembly.symbols.find(globalOffsetTable);
    this.data = data ?? new Uint8Array(section.hasContents ? section.size : 0);
  }

  write(): FinishedSection {
    const { section, data, relocations } = this;
    if (section.hasContents) {
      for (const sub of section.subsections) {
        this.copyBytes(sub);
        this.fields(sub);
      }
      // GNU as writes the relocations of jumps behind all others.
      this.jumps();
    }
    return { section, data, relocations };
  }

  private copyBytes(sub: Subsection): void {
    const { section, data } = this;
    const { items, sizesBefore } = section;
    const { bytes } = sub;
    const end = sub.startItem + sub.items.length;
    let source = 0;
    let target = sub.startOffset + sizesBefore[sub.startItem];
    for (let i = sub.startItem; i < end; i++) {
      const to = items.positions[i] - sub.startOffset;
      if (to - source > 64) {
        data.set(bytes.subarray(source, to), target);
        target += to - source;
        source = to;
      } else while (source < to) data[target++] = bytes[source++];
      this.writeItem(i, target);
      target += items.sizes[i];
    }
    data.set(bytes.subarray(source, sub.length), target);
  }

  writeItem(index: number, at: number): void {
    const { data } = this;
    const { items } = this.section;
    const size = items.sizes[index];
    switch (items.kinds[index]) {
      case itemKind.align: {
        const fill = items.references.other(index);
        const mode = this.assembly.nopMode;
        if (fill === longNops) fillNops(data, at, size, mode === 32 ? 64 : mode);
        else if (fill instanceof Uint8Array) {
          if (size % fill.length !== 0) this.refusePadding(index, size, fill.length);
          fillPattern(data, at, size, fill);
        } else fillNops(data, at, size, mode);
        return;
      }
      case itemKind.jump: {
        const form = items.form(index);
        const bytes = size === form.short.length ? form.short : form.long;
        for (let i = 0; i < size; i++) data[at + i] = bytes[i];
        return;
      }
      case itemKind.leb:
        return this.writeLebItem(index, at, size);
      default: {
        const fill = items.numbers[index];
        if (fill < 0) fillByNumber(data, at, size, this.assembly.nopMode, fill);
        else fillPattern(data, at, size, lowBytes(fill, Math.max(1, items.details[index])));
      }
    }
  }

  private refusePadding(index: number, size: number, width: number): void {
    const message = `a padding of ${size} bytes does not hold whole patterns of ${width}`;
    this.assembly.error('A0714', message, this.section.items.where(index));
  }

  private writeLebItem(index: number, at: number, size: number): void {
    const { items } = this.section;
    const isSigned = items.numbers[index] !== 0;
    const small = items.values[index];
    if (!Number.isNaN(small)) return writeSmallLeb(this.data, at, size, small);
    const value = constantOf(settle(items.expression(index), this.folding)) ?? 0n;
    writeLeb(this.data, at, size, value, isSigned);
  }

  private jumps(): void {
    const { section } = this;
    const { items, sizesBefore } = section;
    for (let i = 0; i < items.length; i++) {
      if (items.kinds[i] === itemKind.jump) this.jump(i, items.positions[i] + sizesBefore[i]);
    }
  }

  private isHere(symbol: AsmSymbol | undefined, isShared: boolean | undefined): boolean {
    return (
      symbol?.state === 'label' &&
      symbol.subsection?.section === this.section &&
      !isReplaceable(symbol, isShared) &&
      symbol.type !== 10
    );
  }

  jump(index: number, at: number): void {
    const { items } = this.section;
    const form = items.form(index);
    const size = items.sizes[index] === form.short.length ? 1 : form.longSize;
    const end = at + items.sizes[index];
    const aim = items.references.symbol(index);
    const isShared = aim && !aim.isAnonymous && this.assembly.machine.options.isShared;
    if (aim && this.isHere(aim, isShared)) {
      this.putNumber(end - size, size, labelAddress(aim) - end + items.numbers[index]);
      return;
    }
    const target = settle(items.expression(index), this.folding);
    const symbol = target.kind === 'linear' && !target.minus ? target.plus : undefined;
    if (
      symbol &&
      this.isHere(symbol, isShared) &&
      target.kind === 'linear' &&
      !(target.reference !== undefined && symbol.isGlobal)
    ) {
      this.put(end - size, size, BigInt(labelAddress(symbol) - end) + target.addend);
      return;
    }
    const fixup: PendingField = {
      size,
      isRelative: true,
      isSigned: true,
      tail: size,
      instructionOffset: 0,
      isRelaxableGot: false,
      isDisplacement: false,
      isData: false,
      place: items.places[index],
    };
    this.field(target, fixup, end - size);
  }

  fields(sub: Subsection, from = 0, to = sub.fixups.length): void {
    const { fixups } = sub;
    const { isLong } = this.assembly;
    const { sizesBefore } = this.section;
    for (let i = from; i < to; i++) {
      const at = sub.startOffset + fixups.offsets[i] + sizesBefore[sub.startItem + fixups.items[i]];
      const shape = fixups.shapes[i];
      const value = fixups.values.symbol(i);
      if (
        value &&
        (shape & (sizeMask | signedBit)) === 4 &&
        !isLong &&
        this.plainField(value, fixups.addends[i], shape, at, fixups.places[i])
      ) {
        continue;
      }
      const fixup: PendingField = {
        size: (shape & sizeMask) as PendingField['size'],
        isRelative: (shape & relativeBit) !== 0,
        isSigned: (shape & signedBit) !== 0,
        isRelaxableGot: (shape & relaxableGotBit) !== 0,
        hasRex: (shape & rexBit) !== 0,
        isDisplacement: (shape & displacementBit) !== 0,
        isData: (shape & dataBit) !== 0,
        tail: (shape >> tailShift) & 0xff,
        instructionOffset: (shape >> instructionShift) & 0xff,
        place: fixups.places[i],
      };
      this.field(fixups.value(i), fixup, at);
    }
  }

  /**
   * Four bytes of a symbol and a number, by plain arithmetic: what `field` does in the general case.
   * False where it is none of these.
   */
  private plainField(
    symbol: AsmSymbol,
    addend: number,
    shape: number,
    at: number,
    place: number,
  ): boolean {
    const { state } = symbol;
    if (state !== 'label' && state !== 'undefined') return false;
    if (symbol === this.offsetTable) return false;
    const isRelative = (shape & relativeBit) !== 0;
    const rest = isRelative ? addend - ((shape >> tailShift) & 0xff) : addend;
    if (state === 'undefined') {
      symbol.isUsedInRelocation = true;
      this.putNumber(at, 4, rest);
      this.push(at, isRelative ? relocation.pc32 : relocation.abs32, symbol, place);
      return true;
    }
    const section = symbol.subsection?.section;
    if (!section) return false;
    const isFree = !isExternal(symbol) && symbol.type !== 10;
    const isOnce = isNameKept(symbol, section);
    if (isRelative && isFree && section === this.section) {
      this.putNumber(at, 4, labelAddress(symbol) - at + rest);
      return true;
    }
    const type = isRelative ? relocation.pc32 : relocation.abs32;
    const isMerged = (section.flags & mergeFlag) !== 0 && addend !== 0;
    const isReduced =
      isFree &&
      (symbol.isSectionStart || ((section.flags & tlsFlag) === 0 && !isMerged && !isOnce));
    if (isReduced) {
      this.putNumber(at, 4, rest + labelAddress(symbol));
      this.push(at, type, section, place);
    } else {
      symbol.isUsedInRelocation = true;
      this.putNumber(at, 4, rest);
      this.push(at, type, symbol, place);
    }
    return true;
  }

  private push(
    offset: number,
    type: number,
    target: PendingRelocation['target'],
    place: number,
  ): void {
    this.relocations.push({ offset, type, target, place });
  }

  private field(unsettled: Expression, fixup: PendingField, at: number): void {
    // The table may have an entry for a number, which the linker finds by its symbol.
    const isEntryOfNumber = unsettled.kind === 'linear' && isGotOfNumber(unsettled);
    const settled = isEntryOfNumber ? unsettled : settleReference(unsettled, this.folding);
    const bytes = sizeValue(settled, this.folding);
    if (bytes !== undefined) return this.store(fixup, at, bytes);
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
    const isPlt = value.reference === 'PLT';
    if (isRelative && isBound && (value.reference === undefined || isPlt)) {
      this.store(fixup, at, BigInt(labelAddress(symbol) - at) + addend);
      return;
    }
    // In a section that the linker merges the section's symbol stands for whole entries only.
    const isEntry = value.addend === 0n && isRelative === fixup.isRelative;
    this.relocate(at, fixup, value.reference, symbol, addend, isRelative, isEntry);
  }

  /** `a - b` with b in this section is relative to the field; anything else with two is refused. */
  private relativeToHere(
    settled: Expression,
    fixup: PendingField,
    at: number,
  ):
    | { symbol: AsmSymbol | undefined; addend: bigint; reference?: string; isRelative: boolean }
    | undefined {
    if (settled.kind === 'deferred') {
      this.assembly.error(
        'A0701',
        `the operator '${settled.operator}' needs numbers, but a symbol's address is not known yet`,
        this.where(fixup),
      );
      return undefined;
    }
    const { plus, minus, addend, reference } = settled;
    if (!minus) return { symbol: plus, addend, reference, isRelative: fixup.isRelative };
    const isHere = minus.state === 'label' && minus.subsection?.section === this.section;
    if (!isHere || fixup.isRelative) {
      this.refuseDifference(settled, this.where(fixup));
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
    fixup: PendingField,
    reference: string | undefined,
    symbol: AsmSymbol | undefined,
    addend: bigint,
    isRelative: boolean,
    isEntry = false,
  ): void {
    const { isLong } = this.assembly;
    const isLocal = symbol?.state === 'label' && !isExternal(symbol) && symbol.type !== 10;
    // What no other file can replace needs no entry in the table.
    const isDirect = reference === 'PLT' && isRelative && isLocal;
    const type = isLong
      ? longRelocation(fixup, {
          reference,
          isRelative,
          symbol,
          isLocal,
          isPlain: isEntry,
          isOffsetTable: symbol !== undefined && symbol === this.offsetTable,
          keepsGot: this.assembly.machine.options.keepsGot === true,
        })
      : this.relocationType(fixup, isDirect ? undefined : reference, symbol, isRelative);
    if (type === undefined) {
      const name = symbol ? `'${symbol.name}'` : 'an absolute address';
      const isOdd = reference !== undefined;
      const kind = isRelative ? 'a relative field' : `${fixup.size} bytes`;
      const how = isOdd ? `${kind} with @${reference}` : kind;
      this.assembly.error('A0708', `no relocation puts ${name} in ${how}`, this.where(fixup));
      return;
    }
    if (isLong) return this.relocateLong(at, fixup, type, symbol, addend, isEntry);
    let value = addend;
    if (type === relocation.gotpc && !isRelative) value += BigInt(fixup.instructionOffset);
    let target: PendingRelocation['target'] = symbol;
    if (symbol && threadLocal.has(type)) symbol.type = 6;
    if (symbol && this.isReduced(symbol, type, isEntry, fixup.isDisplacement)) {
      target = symbol.subsection?.section;
      value += BigInt(labelAddress(symbol));
    } else if (symbol) symbol.isUsedInRelocation = true;
    this.put(at, fixup.size, value);
    this.push(at, type, target, fixup.place);
    const isCounted = isRelative && target instanceof Section;
    this.checkAddend(fixup, isCounted ? value + BigInt(at) : value, isCounted);
  }

  /** The addend stands in the relocation. */
  private relocateLong(
    at: number,
    { place, size }: PendingField,
    type: number,
    symbol: AsmSymbol | undefined,
    addend: bigint,
    isEntry: boolean,
  ): void {
    if (symbol && isThreadLocal64(type)) symbol.type = 6;
    this.put(at, size, 0n);
    const home = symbol?.state === 'label' ? symbol.subsection?.section : undefined;
    const isLocal = symbol && home && !isExternal(symbol) && symbol.type !== 10;
    const isMerged = home !== undefined && (home.flags & mergeFlag) !== 0;
    const isFree = home && (home.flags & tlsFlag) === 0 && !isNameKept(symbol, home);
    if (isLocal && (symbol.isSectionStart || (isFree && isReducible64(type, isMerged, isEntry)))) {
      const value = addend + BigInt(labelAddress(symbol));
      this.relocations.push({ offset: at, type, target: home, place, addend: value });
      return;
    }
    if (symbol) symbol.isUsedInRelocation = true;
    this.relocations.push({ offset: at, type, target: symbol, place, addend });
  }

  /**
   * What the relocation adds to has to fit its field of one or two bytes; GNU as counts a place of
   * another section from the start of this one.
   */
  private checkAddend(fixup: PendingField, value: bigint, isCounted: boolean): void {
    const limit = 1n << BigInt(8 * fixup.size - (isCounted && fixup.size === 1 ? 1 : 0));
    if (fixup.size >= 4 || (value > -limit && value < limit)) return;
    const bits = 8 * fixup.size;
    const message = `${value}, to which the linker adds, does not fit in ${bits} bits`;
    this.assembly.error('A0709', message, this.where(fixup));
  }

  private relocationType(
    fixup: PendingField,
    reference: string | undefined,
    symbol: AsmSymbol | undefined,
    isRelative: boolean,
  ): number | undefined {
    switch (fixup.size) {
      case 8:
        return undefined;
      case 2:
        if (reference !== undefined) return undefined;
        return isRelative ? relocation.pc16 : relocation.abs16;
      case 1:
        if (reference !== undefined) return undefined;
        return isRelative ? relocation.pc8 : relocation.abs8;
      default:
    }
    // What the processor sign-extends to 64 bits has no relocation in ELF32 files.
    if (fixup.isSigned && !isRelative && reference === undefined) return undefined;
    if (isRelative && reference === 'PLT') return fixup.isData ? undefined : relocation.plt32;
    const isGot = symbol !== undefined && symbol === this.offsetTable;
    if (isRelative && reference !== undefined) return undefined;
    if (isRelative) return isGot ? relocation.gotpc : relocation.pc32;
    const { keepsGot } = this.assembly.machine.options;
    if (reference === 'GOT' && fixup.isRelaxableGot && !keepsGot) return relocation.got32x;
    const isLocal = symbol?.state === 'label' && !isExternal(symbol);
    if (reference === 'PLT' && fixup.isData && isLocal) return relocation.abs32;
    if (reference !== undefined) return referenceTypes[reference];
    return isGot ? relocation.gotpc : relocation.abs32;
  }

  /** A local symbol's relocation is made against its section, with few exceptions. */
  private isReduced(
    symbol: AsmSymbol,
    type: number,
    isEntry: boolean,
    isDisplacement: boolean,
  ): boolean {
    if (symbol.state !== 'label' || isExternal(symbol) || symbol.type === 10) return false;
    if (symbol.isSectionStart) return true;
    const home = symbol.subsection?.section;
    if (!home || (home.flags & tlsFlag) !== 0) return false;
    if (isNameKept(symbol, home)) return false;
    if (type === relocation.gotoff) return isDisplacement && (home.flags & mergeFlag) === 0;
    const isPlain =
      type === relocation.abs32 ||
      type === relocation.pc32 ||
      (type >= relocation.abs16 && type <= relocation.pc8);
    return isPlain && ((home.flags & mergeFlag) === 0 || isEntry);
  }

  /** A value that is known: it has to fit. */
  private store(fixup: PendingField, at: number, value: bigint): void {
    if (fixup.size < 8) {
      const bits = BigInt(fixup.size * 8);
      if (fixup.isData && !fixup.isRelative) {
        this.refuseTruncated(fixup, value);
      } else {
        const isSigned = fixup.isSigned || (fixup.isRelative && fixup.size === 1);
        const most = isSigned ? 1n << (bits - 1n) : 1n << bits;
        if (fixup.size < 4 && (value < -(1n << (bits - 1n)) || value >= most)) {
          const what = fixup.isRelative ? `the target is ${value} bytes away` : `${value}`;
          this.assembly.error(
            'A0709',
            `${what}, which does not fit in ${bits} bits`,
            this.where(fixup),
          );
        }
      }
    }
    this.put(at, fixup.size, value);
  }

  /** Of what was not known when it was read GNU as takes no part, in contrast to numbers. */
  private refuseTruncated(fixup: PendingField, value: bigint): void {
    if (this.assembly.fitsField(fixup.size, value)) return;
    const message = `${value} does not fit in ${fixup.size * 8} bits`;
    this.assembly.error('A0709', message, this.where(fixup));
  }

  private where(field: PendingField): Where {
    return this.assembly.places.where(field.place);
  }

  private putNumber(at: number, size: number, value: number): void {
    const { data } = this;
    let rest = value | 0;
    for (let i = 0; i < size; i++, rest >>= 8) data[at + i] = rest;
  }

  private put(at: number, size: number, value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    for (let i = 0; i < size; i++, rest >>= 8n) this.data[at + i] = Number(rest & 0xffn);
  }
}

/** A number of four bytes in `count`, of which those above are zero. */
export function lowBytes(value: number, count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  for (let i = 0; i < Math.min(count, 4); i++) bytes[i] = value >>> (8 * i);
  return bytes;
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
