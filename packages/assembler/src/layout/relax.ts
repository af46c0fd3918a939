// Relaxation of one section: jumps start short and only grow; an alignment starts a new region, and
// a forward target in another region is not assumed to move with the jump. This is GNU as's rule,
// which decides the result where sizes depend on each other.
//
// A pass goes over the items in order and carries how far what follows has moved (`stretch`). It
// need not look at most of them. Items are taken in blocks; a block is clean when nothing in it
// changed last time. Inside a clean block distances stay as they are if all of it moves by a
// multiple of its alignments, so only short jumps that leave the block are looked at. What a
// clean block moves by is added up and written to its items when they are needed next. (SQLite
// by gcc -O2: 3.3 times fewer visits.) Sections with items whose size is an expression are always
// gone over in full.

import type { Assembly } from '../object/assembly.ts';
import { constantOf } from '../values/expression.ts';
import type { Expression, Folding } from '../values/expression.ts';
import { itemKind } from '../object/items.ts';
import type { Items } from '../object/items.ts';
import { lebSize, smallLebSize } from './leb.ts';
import { writtenAt } from '../debug/lines.ts';
import type { Section } from '../object/sections.ts';
import { isReplaceable } from '../object/symbols.ts';
import { settle } from '../values/settle.ts';
import { smallLebValue } from '../values/small-values.ts';

const passesMax = 2000;
/** After this many passes nothing that depends on a number's size shrinks. */
const swingsMax = 20;
const allocFlag = 2;
const blockBits = 5;
const blockItems = 1 << blockBits;

export class Relaxer {
  private readonly assembly: Assembly;
  private readonly section: Section;
  private readonly folding: Folding;
  private items: Items;
  private byteCount = 0;
  private hasExpressions = false;
  /** Or alignments: sizes that depend on this section's own layout. */
  private hasJumps = false;
  /** The sections whose layout the expressions depend on; undefined: it may be any. */
  private sources: Set<Section> | undefined = new Set();
  /** The layouts of `sources` that the present sizes are for, added up. */
  private settledFor = -1;
  /** The sum of sizes before each item, but for what `shifts` still holds. */
  private cumulated = new Float64Array(1);
  private regions = new Int32Array(1);
  /**
   * Of a jump that may be short: the target's item, and how many fixed bytes the target lies behind
   * the end of the opcode.
   */
  private targetItems = new Int32Array(1);
  private distances = new Float64Array(1);
  /** By block: 1 where an item changed in the last pass, or waits for the next. */
  private dirty = new Uint8Array(1);
  private shifts = new Float64Array(1);
  /** By block: its largest alignment less 1. */
  private masks = new Float64Array(1);
  /** Short jumps that leave their block, by block. */
  private leaving = new Int32Array(1);
  private leavingStarts = new Int32Array(1);

  constructor(assembly: Assembly, section: Section, folding: Folding) {
    this.assembly = assembly;
    this.section = section;
    this.folding = folding;
    this.items = section.items;
  }

  /** Joins the subsections. */
  join(): void {
    const { section } = this;
    const isSingle = section.subsections.length === 1;
    const joined = isSingle ? section.subsections[0].items : section.newItems();
    for (const sub of section.subsections) {
      sub.startOffset = this.byteCount;
      sub.startItem = isSingle ? 0 : joined.length;
      if (!isSingle) joined.append(sub.items, sub.startOffset);
      this.byteCount += sub.length;
    }
    this.items = joined;
    this.cumulated = new Float64Array(joined.length + 1);
    section.items = joined;
    section.sizesBefore = this.cumulated;
  }

  /** Takes the first sizes: every jump that may be short is. */
  estimate(): void {
    const { items, cumulated } = this;
    const count = items.length;
    const { kinds, positions, sizes } = items;
    // Debugging information has hundreds of thousands of items and no jumps.
    const hasTargets = kinds.subarray(0, count).includes(itemKind.jump);
    if (hasTargets) {
      this.regions = new Int32Array(count + 1);
      this.targetItems = new Int32Array(count).fill(-1);
      this.distances = new Float64Array(count);
    }
    let region = 0;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      cumulated[i] = sum;
      if (hasTargets) this.regions[i] = region;
      const kind = kinds[i];
      if (kind !== itemKind.leb) this.hasJumps = true;
      if (kind === itemKind.jump) {
        this.findTarget(i);
        const form = items.form(i);
        sizes[i] = this.targetItems[i] < 0 ? form.long.length : form.short.length;
        this.distances[i] -= positions[i] + sizes[i] - 1;
      } else if (kind === itemKind.align) {
        sizes[i] = padding(items.numbers[i], items.details[i], positions[i] + sum);
        region++;
      } else {
        this.hasExpressions = true;
        this.addSources(i);
        sizes[i] = kind === itemKind.leb ? 1 : 0;
        if (kind === itemKind.org) region++;
      }
      sum += sizes[i];
    }
    cumulated[count] = sum;
    if (hasTargets) this.regions[count] = region;
    if (this.hasExpressions) items.values = new Float64Array(count).fill(NaN);
    else this.makeBlocks();
  }

  /** Sections that carry code and data, in contrast to debugging information. */
  get isLoaded(): boolean {
    return (this.section.flags & allocFlag) !== 0;
  }

  /** Symbols have other values than before. */
  forget(): void {
    if (this.hasExpressions) this.settledFor = -1;
  }

  private addSources(index: number): void {
    const { items, sources } = this;
    if (!sources) return;
    if (items.kinds[index] === itemKind.leb) {
      const symbol = items.references.symbol(index);
      const other = items.references.other(index);
      let plus = symbol;
      let minus = items.minus(index);
      if (other && 'kind' in other && other.kind === 'linear') ({ plus, minus } = other);
      // One symbol alone is a constant or a mistake.
      if (symbol && !minus && symbol.state !== 'equated') return;
      const from = plus?.state === 'label' ? plus.subsection?.section : undefined;
      if (from && minus?.state === 'label' && minus.subsection?.section === from) {
        sources.add(from);
        return;
      }
    }
    this.sources = undefined;
  }

  /** Changes whenever the layout of a source does. */
  private sourceVersion(): number {
    let sum = 0;
    for (const { layoutVersion } of this.sources ?? []) sum += layoutVersion;
    return sum;
  }

  private findTarget(index: number): void {
    const { items } = this;
    let symbol = items.references.symbol(index);
    let addend = items.numbers[index];
    // A sum that is settled late is nobody else's symbol.
    const isOwn = !symbol || symbol.isAnonymous;
    if (symbol?.state !== 'label') {
      const target = settle(items.expression(index), this.folding);
      if (target.kind !== 'linear' || target.minus) return;
      symbol = target.plus;
      addend = Number(target.addend);
      if (target.reference !== undefined && symbol?.isGlobal) return;
    }
    const home = symbol?.subsection;
    if (symbol?.state !== 'label' || home?.section !== this.section) return;
    if (
      isReplaceable(symbol, !isOwn && this.assembly.machine.options.isShared) ||
      symbol.type === 10
    )
      return;
    this.targetItems[index] = home.startItem + symbol.item;
    this.distances[index] = home.startOffset + symbol.offset + addend;
  }

  private makeBlocks(): void {
    const { items } = this;
    const count = items.length;
    const blocks = (count >> blockBits) + 1;
    this.dirty = new Uint8Array(blocks).fill(1);
    this.shifts = new Float64Array(blocks);
    this.masks = new Float64Array(blocks);
    this.leavingStarts = new Int32Array(blocks + 1);
    const leaving: number[] = [];
    for (let i = 0; i < count; i++) {
      const block = i >> blockBits;
      if ((i & (blockItems - 1)) === 0) this.leavingStarts[block] = leaving.length;
      if (items.kinds[i] === itemKind.align) {
        this.masks[block] = Math.max(this.masks[block], items.numbers[i] - 1);
      } else if (this.targetItems[i] >= 0 && this.targetItems[i] >> blockBits !== block) {
        leaving.push(i);
      }
    }
    const last = count === 0 ? 0 : ((count - 1) >> blockBits) + 1;
    this.leavingStarts.fill(leaving.length, last);
    this.leaving = Int32Array.from(leaving);
  }

  /** Passes until nothing changes; true if anything did. */
  relax(): boolean {
    if (this.items.length === 0) return false;
    const { sources, section } = this;
    const version = this.sourceVersion();
    if (sources && version === this.settledFor) return false;
    const isChanged = this.passes();
    if (isChanged) section.layoutVersion++;
    this.settledFor = sources?.has(section) ? -1 : version;
    return isChanged;
  }

  private passes(): boolean {
    let isChanged = false;
    // What depends on other sections only is right after one pass.
    const isDirect =
      this.hasExpressions && this.sources !== undefined && !this.sources.has(this.section);
    for (let pass = 0; pass < passesMax; pass++) {
      const hasMoved = this.hasExpressions ? this.wholePass(pass) : this.blockPass();
      if (!hasMoved) {
        this.applyShifts();
        return isChanged;
      }
      isChanged = true;
      if (isDirect && !this.hasJumps) return true;
    }
    this.applyShifts();
    this.assembly.error('A0702', `section '${this.section.name}' does not settle`, undefined);
    return false;
  }

  private wholePass(pass: number): boolean {
    const { items, cumulated } = this;
    const { kinds, positions, sizes } = items;
    let stretch = 0;
    let isChanged = false;
    for (let i = 0; i < items.length; i++) {
      const now = cumulated[i] + stretch;
      cumulated[i] = now;
      const kind = kinds[i];
      let size = sizes[i];
      if (kind === itemKind.jump) {
        if (this.targetItems[i] < 0 || this.reaches(i, now, stretch) !== tooFar) continue;
        size = this.lengthen(i);
      } else if (kind === itemKind.align) {
        size = padding(items.numbers[i], items.details[i], positions[i] + now);
        // Beside a number that swings, padding does not shrink either.
        if (pass > swingsMax) while (size < sizes[i]) size += items.numbers[i];
      } else size = this.expressionSize(i, kind, now, pass);
      if (size === sizes[i]) continue;
      stretch += size - sizes[i];
      sizes[i] = size;
      isChanged = true;
    }
    cumulated[items.length] += stretch;
    return isChanged;
  }

  private blockPass(): boolean {
    const { dirty, shifts, masks } = this;
    const count = this.items.length;
    let stretch = 0;
    let isChanged = false;
    for (let block = 0, from = 0; from < count; block++, from += blockItems) {
      const to = Math.min(from + blockItems, count);
      if (dirty[block] === 0 && (stretch === 0 || stretch % (masks[block] + 1) === 0)) {
        if (!this.hasLongJump(block, stretch)) {
          shifts[block] += stretch;
          continue;
        }
      }
      const moved = this.visit(block, from, to, stretch);
      if (moved !== stretch || this.hasChanged) isChanged = true;
      stretch = moved;
    }
    this.cumulated[count] += stretch;
    return isChanged;
  }

  /** Set by `visit`: a size changed, though the sum may be the same. */
  private hasChanged = false;

  /** Whether a short jump that leaves a clean block has become too long. */
  private hasLongJump(block: number, stretch: number): boolean {
    const { leaving, leavingStarts } = this;
    const shift = this.shifts[block] + stretch;
    for (let at = leavingStarts[block]; at < leavingStarts[block + 1]; at++) {
      const index = leaving[at];
      if (this.targetItems[index] < 0) continue;
      if (this.reaches(index, this.cumulated[index] + shift, stretch) === tooFar) return true;
    }
    return false;
  }

  /** Goes over the items of a block; how far what follows moves. */
  private visit(block: number, from: number, to: number, before: number): number {
    const { items, cumulated } = this;
    const { kinds, positions, sizes } = items;
    const shift = this.shifts[block];
    this.shifts[block] = 0;
    if (shift !== 0) for (let i = from; i < to; i++) cumulated[i] += shift;
    let stretch = before;
    let waits = 0;
    let isChanged = false;
    for (let i = from; i < to; i++) {
      const now = cumulated[i] + stretch;
      cumulated[i] = now;
      let size = sizes[i];
      if (kinds[i] === itemKind.align) {
        size = padding(items.numbers[i], items.details[i], positions[i] + now);
      } else {
        if (this.targetItems[i] < 0) continue;
        const reach = this.reaches(i, now, stretch);
        if (reach === uncertain) waits = 1;
        if (reach === tooFar) size = this.lengthen(i);
      }
      if (size === sizes[i]) continue;
      stretch += size - sizes[i];
      sizes[i] = size;
      isChanged = true;
    }
    this.dirty[block] = isChanged ? 1 : waits;
    this.hasChanged = isChanged;
    return stretch;
  }

  private lengthen(index: number): number {
    this.targetItems[index] = -1;
    return this.items.form(index).long.length;
  }

  /** Whether a short jump whose item stands behind `now` bytes of items reaches its target. */
  private reaches(index: number, now: number, stretch: number): number {
    const at = this.targetItems[index];
    let aim = this.distances[index] + this.cumulated[at] + this.shiftOf(at) - now;
    let result = near;
    if (stretch !== 0 && at > index) {
      if (stretch < 0 || this.regions[at] === this.regions[index]) aim += stretch;
      else {
        if (aim + stretch > 128) result = uncertain;
        if (aim < 0) return result;
      }
    }
    return aim > 128 || aim < -127 ? tooFar : result;
  }

  private shiftOf(item: number): number {
    return this.hasExpressions || item === this.items.length ? 0 : this.shifts[item >> blockBits];
  }

  private applyShifts(): void {
    if (this.hasExpressions) return;
    const { cumulated, shifts } = this;
    const count = this.items.length;
    for (let block = 0, from = 0; from < count; block++, from += blockItems) {
      const shift = shifts[block];
      if (shift === 0) continue;
      shifts[block] = 0;
      const to = Math.min(from + blockItems, count);
      for (let i = from; i < to; i++) cumulated[i] += shift;
    }
  }

  private expressionSize(index: number, kind: number, now: number, pass: number): number {
    const { items } = this;
    const here = items.positions[index] + now;
    if (kind === itemKind.org) {
      const target = this.placeOf(items.expression(index));
      if (target === undefined) return 0;
      return this.limited(Math.max(0, target - here));
    }
    if (kind === itemKind.flexible) {
      const part = items.references.other(index);
      return part && 'flexibleSize' in part ? part.flexibleSize(items, index, here) : 0;
    }
    if (kind === itemKind.space) {
      const count = constantOf(settle(items.expression(index), this.folding));
      if (count === undefined) return 0;
      return this.limited(Math.max(0, Number(count) * items.details[index]));
    }
    const size = this.lebSize(index);
    // A number that depends on its own size may swing; after a while it only grows.
    return pass > swingsMax ? Math.max(size, items.sizes[index]) : size;
  }

  private lebSize(index: number): number {
    const { items } = this;
    const isSigned = items.numbers[index] !== 0;
    const small = smallLebValue(items, index, isSigned);
    items.values[index] = small ?? NaN;
    if (small !== undefined) return smallLebSize(small, isSigned);
    return lebSize(constantOf(settle(items.expression(index), this.folding)) ?? 0n, isSigned);
  }

  private limited(size: number): number {
    return this.section.hasContents ? Math.min(size, this.assembly.outputBytesMax + 1) : size;
  }

  /** The offset in this section that `.org` names: a label's, or a plain number. */
  private placeOf(target: Expression): number | undefined {
    const value = settle(target, this.folding);
    if (value.kind !== 'linear' || value.minus) return undefined;
    if (!value.plus) return Number(value.addend);
    const home = value.plus.subsection;
    if (value.plus.state !== 'label' || !home || home.section !== this.section) return undefined;
    const sizes = this.cumulated[home.startItem + value.plus.item];
    return home.startOffset + value.plus.offset + sizes + Number(value.addend);
  }

  /** From here on sizes are final; what could not be met is reported. */
  finish(): void {
    const { section, items, assembly } = this;
    section.size = this.byteCount + this.cumulated[items.length];
    if (this.hasExpressions) for (let i = 0; i < items.length; i++) this.check(i);
    const { outputBytesMax } = assembly;
    if (section.hasContents && section.size > outputBytesMax) {
      assembly.error('A0107', `section '${section.name}' would exceed ${outputBytesMax} bytes`);
      section.size = 0;
    }
  }

  private check(index: number): void {
    const { items, assembly } = this;
    const kind = items.kinds[index];
    if (kind === itemKind.org) this.checkOrigin(index);
    else if (kind === itemKind.space) {
      const count = constantOf(settle(items.expression(index), this.folding));
      if (count === undefined) {
        // GNU as says it of the macro's use.
        const where = writtenAt(items.where(index));
        assembly.error('A0705', 'the size of this space is no number', where);
      } else if (count < 0n) {
        assembly.warning('A0706', `a space of ${count} bytes is left out`, items.where(index));
      }
    } else if (kind === itemKind.leb) {
      if (!Number.isNaN(items.values[index])) return;
      if (constantOf(settle(items.expression(index), this.folding)) !== undefined) return;
      assembly.error('A0707', 'a LEB128 number cannot wait for the linker', items.where(index));
    }
  }

  private checkOrigin(index: number): void {
    const { items, assembly } = this;
    const where = items.where(index);
    const target = this.placeOf(items.expression(index));
    const here = items.positions[index] + this.cumulated[index];
    if (target === undefined) {
      assembly.error('A0703', "'.org' needs a place in this section", where);
    } else if (target < here) {
      const count = `${here - target} more than fit before '.org ${target}'`;
      assembly.error('A0704', `found ${here} bytes, ${count}`, where, [
        target === 510
          ? 'a boot sector has 510 bytes before its signature; load more from the next sectors'
          : "'.org' never moves backwards; move it up, or shorten what stands before it",
      ]);
    }
  }
}

const near = 0;
const tooFar = 1;
/** Near in this pass only because the target is not assumed to move. */
const uncertain = 2;

/** An alignment is a power of two. */
function padding(alignment: number, max: number, address: number): number {
  const size =
    address < 0x40000000 && alignment < 0x40000000
      ? -address & (alignment - 1)
      : (alignment - (address % alignment)) % alignment;
  return max !== 0 && size > max ? 0 : size;
}
