// Layout: how large each variable item is. Jumps start short and only grow; an alignment starts a
// new region, and a forward target in another region is not assumed to move with the jump. This is
// GNU as's rule, which decides the result where sizes depend on each other.

import { alignUp } from '@ring0/bytes';
import type { Assembly } from './assembly.ts';
import { constantOf } from './expression.ts';
import type { Expression, Folding } from './expression.ts';
import { numberViews } from './lines.ts';
import type { AlignItem, Item, JumpItem, Section } from './sections.ts';
import { finalFolding, settle } from './settle.ts';
import type { AsmSymbol } from './symbols.ts';

const passesMax = 2000;

interface JumpPlan {
  /** Undefined: no target in this section, so the jump is long. */
  readonly target: AsmSymbol | undefined;
  readonly addend: number;
}

/** Settles all sizes; `Section.sizesBefore` and `Section.size` hold the result. */
export function layOut(assembly: Assembly): void {
  const folding = finalFolding(assembly);
  const relaxers = assembly.sections.map((section) => new Relaxer(assembly, section, folding));
  for (const relaxer of relaxers) relaxer.prepare();
  for (const relaxer of relaxers) relaxer.planJumps();
  const settleAll = () => {
    for (let round = 0; round < 20; round++) {
      let isChanged = false;
      for (const relaxer of relaxers) if (relaxer.relax()) isChanged = true;
      if (!isChanged) break;
    }
  };
  settleAll();
  // View numbers follow from the addresses of code, and LEB128 numbers of debug sections from them.
  if (numberViews(assembly)) settleAll();
  for (const relaxer of relaxers) relaxer.finish();
  checkSize(assembly);
}

/** Each section may be small enough, and all of them, aligned in the file, too large. */
function checkSize(assembly: Assembly): void {
  const { outputBytesMax, sections } = assembly;
  let size = 0;
  for (const section of sections) {
    size = alignUp(size, section.alignment) + (section.hasContents ? section.size : 0);
  }
  if (size <= outputBytesMax || assembly.diagnostics.hasErrors) return;
  assembly.error('A0107', `the output would have ${size} bytes, more than ${outputBytesMax}`);
}

class Relaxer {
  private readonly assembly: Assembly;
  private readonly section: Section;
  private readonly folding: Folding;
  private items: Item[] = [];
  private cumulated = new Float64Array(1);
  private regions = new Int32Array(1);
  private jumps: (JumpPlan | undefined)[] = [];
  private byteCount = 0;

  constructor(assembly: Assembly, section: Section, folding: Folding) {
    this.assembly = assembly;
    this.section = section;
    this.folding = folding;
  }

  /** Joins the subsections and takes the first estimate. */
  prepare(): void {
    const { section } = this;
    for (const sub of section.subsections) {
      sub.startOffset = this.byteCount;
      sub.startItem = this.items.length;
      for (const item of sub.items) {
        item.position += sub.startOffset;
        this.items.push(item);
      }
      this.byteCount += sub.length;
    }
    const count = this.items.length;
    this.cumulated = new Float64Array(count + 1);
    this.regions = new Int32Array(count + 1);
    section.items = this.items;
    section.sizesBefore = this.cumulated;
  }

  /** Chooses each jump's first size. Symbols of all sections have their places by now. */
  planJumps(): void {
    let region = 0;
    let sum = 0;
    this.items.forEach((item, i) => {
      this.cumulated[i] = sum;
      this.regions[i] = region;
      if (item.kind === 'align') {
        item.size = padding(item, item.position + sum);
        region++;
      } else if (item.kind === 'jump') {
        const plan = this.planJump(item);
        this.jumps[i] = plan;
        item.size = plan.target ? item.short.length : item.long.length;
      } else if (item.kind === 'org') {
        item.size = 0;
        region++;
      } else item.size = item.kind === 'leb' ? 1 : 0;
      sum += item.size;
    });
    this.cumulated[this.items.length] = sum;
    this.regions[this.items.length] = region;
  }

  private planJump(item: JumpItem): JumpPlan {
    const target = settle(item.target, this.folding);
    const nowhere = { target: undefined, addend: 0 };
    if (target.kind !== 'linear' || !target.plus || target.minus) return nowhere;
    const symbol = target.plus;
    if (symbol.state !== 'label' || symbol.subsection?.section !== this.section) return nowhere;
    if (symbol.isWeak || symbol.type === 10) return nowhere;
    if (target.reference !== undefined && symbol.isGlobal) return nowhere;
    return { target: symbol, addend: Number(target.addend) };
  }

  /** Passes until nothing changes; true if anything did. */
  relax(): boolean {
    let isChanged = false;
    for (let pass = 0; pass < passesMax; pass++) {
      if (!this.pass(pass)) return isChanged;
      isChanged = true;
    }
    this.assembly.error('A0702', `section '${this.section.name}' does not settle`, undefined);
    return false;
  }

  private pass(pass: number): boolean {
    const { items, cumulated } = this;
    let stretch = 0;
    let isChanged = false;
    for (let i = 0; i < items.length; i++) {
      const item = items[i];
      const now = cumulated[i] + stretch;
      cumulated[i] = now;
      const size =
        item.kind === 'jump'
          ? this.jumpSize(item, i, now, stretch)
          : item.kind === 'align'
            ? padding(item, item.position + now)
            : this.expressionSize(item, now, pass);
      if (size === item.size) continue;
      stretch += size - item.size;
      item.size = size;
      isChanged = true;
    }
    cumulated[items.length] += stretch;
    return isChanged;
  }

  private jumpSize(item: JumpItem, index: number, now: number, stretch: number): number {
    const plan = this.jumps[index];
    if (item.size !== item.short.length || !plan?.target) return item.size;
    const symbol = plan.target;
    const home = symbol.subsection;
    if (!home) return item.size;
    const at = home.startItem + symbol.item;
    let target = home.startOffset + symbol.offset + plan.addend + this.cumulated[at];
    const opcodeEnd = item.position + now + item.short.length - 1;
    if (stretch !== 0 && at > index) {
      if (stretch < 0 || this.regions[at] === this.regions[index]) target += stretch;
      else if (target < opcodeEnd) return item.size;
    }
    const aim = target - opcodeEnd;
    return aim > 128 || aim < -127 ? item.long.length : item.size;
  }

  private expressionSize(
    item: Exclude<Item, JumpItem | AlignItem>,
    now: number,
    pass: number,
  ): number {
    const here = item.position + now;
    if (item.kind === 'org') {
      const target = this.placeOf(item.target);
      if (target === undefined) return 0;
      return this.limited(Math.max(0, target - here));
    }
    if (item.kind === 'space') {
      const count = constantOf(settle(item.count, this.folding));
      if (count === undefined) return 0;
      return this.limited(Math.max(0, Number(count)));
    }
    const value = constantOf(settle(item.value, this.folding)) ?? 0n;
    const size = lebSize(value, item.isSigned);
    // A number that depends on its own size may swing; after a while it only grows.
    return pass > 20 ? Math.max(size, item.size) : size;
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
    const { section, items, cumulated, assembly } = this;
    section.size = this.byteCount + cumulated[items.length];
    let largest = 0;
    items.forEach((item, i) => {
      largest = Math.max(largest, item.size);
      if (item.kind === 'org') {
        const target = this.placeOf(item.target);
        const here = item.position + cumulated[i];
        if (target === undefined) {
          assembly.error('A0703', "'.org' needs a place in this section", item.where);
        } else if (target < here) {
          const count = `${here - target} more than fit before '.org ${target}'`;
          assembly.error('A0704', `found ${here} bytes, ${count}`, item.where, [
            target === 510
              ? 'a boot sector has 510 bytes before its signature; load more from the next sectors'
              : "'.org' never moves backwards; move it up, or shorten what stands before it",
          ]);
        }
      } else if (item.kind === 'space') {
        const count = constantOf(settle(item.count, this.folding));
        if (count === undefined) {
          assembly.error('A0705', 'the size of this space is no number', item.where);
        } else if (count < 0n) {
          assembly.warning('A0706', `a space of ${count} bytes is left out`, item.where);
        }
      } else if (item.kind === 'leb') {
        if (constantOf(settle(item.value, this.folding)) === undefined) {
          assembly.error('A0707', 'a LEB128 number cannot wait for the linker', item.where);
        }
      }
    });
    const { outputBytesMax } = assembly;
    if (section.hasContents && section.size > outputBytesMax) {
      assembly.error('A0107', `section '${section.name}' would exceed ${outputBytesMax} bytes`);
      section.size = 0;
    }
  }
}

function padding(item: AlignItem, address: number): number {
  const rest = address % item.alignment;
  const size = rest === 0 ? 0 : item.alignment - rest;
  return item.max !== 0 && size > item.max ? 0 : size;
}

export function lebSize(value: bigint, isSigned: boolean): number {
  let rest = isSigned ? value : BigInt.asUintN(64, value);
  for (let size = 1; ; size++) {
    const low = rest & 0x7fn;
    rest >>= 7n;
    if (!isSigned && rest === 0n) return size;
    if (isSigned && ((rest === 0n && low < 64n) || (rest === -1n && low >= 64n))) return size;
  }
}
