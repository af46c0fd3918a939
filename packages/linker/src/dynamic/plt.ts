// The procedure linkage table of i386 (psABI 1.1, 5.2.4; the form with endbr32: "Intel CET in
// Linux", 4): entries as templates with the places of their fields. A fixed program jumps through
// the address of a slot, code that may be anywhere through the offset from %ebx.

import { isPic } from '../input/binding.ts';
import type { Dynamic } from './dynamic.ts';
import { feature } from '../output/properties.ts';

/** Code with fields: offsets in bytes, -1 where there is no such field. */
interface Template {
  readonly code: readonly number[];
  /** The slot: its address, or its offset from %ebx. */
  readonly slot: number;
  /** The offset of the entry's relocation in .rel.plt. */
  readonly relocation: number;
  /** The distance to the head. */
  readonly head: number;
  /** Where a slot points before it is resolved. */
  readonly lazy: number;
}

const template = (code: string, slot: number, relocation = -1, head = -1, lazy = -1): Template => ({
  code: (code.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)),
  slot,
  relocation,
  head,
  lazy,
});

export interface PltShape {
  readonly headSize: number;
  readonly entrySize: number;
  readonly slotEntrySize: number;
  readonly secondSize: number;
  readonly usesSecond: boolean;
  /** `push` and `jmp` through the two words behind the dynamic section's address. */
  readonly head: Template;
  readonly entry: Template;
  /** Of .plt.got and .iplt: only the jump. */
  readonly slotEntry: Template;
  /** Of .plt.sec, behind entries that only push and jump to the head. */
  readonly second: Template;
}

const sizes = { headSize: 16, entrySize: 16 };

/** By whether code is fixed; each has its form for indirect branch tracking. */
const shapes: Readonly<Record<'fixed' | 'pic' | 'fixedIbt' | 'picIbt', PltShape>> = {
  fixed: {
    ...sizes,
    slotEntrySize: 8,
    secondSize: 0,
    usesSecond: false,
    head: template('ff3500000000ff250000000000000000', 2),
    entry: template('ff25000000006800000000e900000000', 2, 7, 12, 6),
    slotEntry: template('ff25000000006690', 2),
    second: template('', -1),
  },
  pic: {
    ...sizes,
    slotEntrySize: 8,
    secondSize: 0,
    usesSecond: false,
    head: template('ffb304000000ffa30800000000000000', -1),
    entry: template('ffa3000000006800000000e900000000', 2, 7, 12, 6),
    slotEntry: template('ffa3000000006690', 2),
    second: template('', -1),
  },
  fixedIbt: {
    ...sizes,
    slotEntrySize: 16,
    secondSize: 16,
    usesSecond: true,
    head: template('ff3500000000ff25000000000f1f4000', 2),
    entry: template('f30f1efb6800000000e9000000006690', -1, 5, 10, 0),
    slotEntry: template('f30f1efbff2500000000660f1f440000', 6),
    second: template('f30f1efbff2500000000660f1f440000', 6),
  },
  picIbt: {
    ...sizes,
    slotEntrySize: 16,
    secondSize: 16,
    usesSecond: true,
    head: template('ffb304000000ffa3080000000f1f4000', -1),
    entry: template('f30f1efb6800000000e9000000006690', -1, 5, 10, 0),
    slotEntry: template('f30f1efbffa300000000660f1f440000', 6),
    second: template('f30f1efbffa300000000660f1f440000', 6),
  },
};

/** The form of the table that the output has. */
export function pltShape({ binding, settings, features }: Dynamic): PltShape {
  const usesIbt = settings.keywords.has('ibtplt') || (features & feature.ibt) !== 0;
  if (isPic(binding)) return usesIbt ? shapes.picIbt : shapes.pic;
  return usesIbt ? shapes.fixedIbt : shapes.fixed;
}

/** Writes an entry; what a template has no field for is not used. */
export function writeEntry(
  view: DataView,
  at: number,
  { code, slot, relocation, head }: Template,
  values: {
    readonly slot: number;
    readonly relocation?: number | undefined;
    readonly fromHead?: number | undefined;
  },
): void {
  code.forEach((byte, index) => view.setUint8(at + index, byte));
  if (slot >= 0) view.setUint32(at + slot, values.slot, true);
  if (relocation >= 0) view.setUint32(at + relocation, values.relocation ?? 0, true);
  const { fromHead } = values;
  if (head >= 0 && fromHead !== undefined) view.setUint32(at + head, -(fromHead + head + 4), true);
}

/** Call frame information of the tables: the instructions of an FDE (DWARF 5, 6.4.2). */
export const unwindCode = {
  // After the first push the frame is 4 larger; in an entry it is so from its third part on, which
  // the expression finds from the address: esp + 4 + ((eip & 15) >= 11) * 4.
  lazy: [
    0x0e, 8, 0x46, 0x0e, 12, 0x4a, 0x0f, 11, 0x74, 4, 0x78, 0, 0x3f, 0x1a, 0x3b, 0x2a, 0x32, 0x24,
    0x22,
  ],
  // endbr32 comes first, so the push ends later: (eip & 15) >= 9.
  lazyIbt: [
    0x0e, 8, 0x46, 0x0e, 12, 0x4a, 0x0f, 11, 0x74, 4, 0x78, 0, 0x3f, 0x1a, 0x39, 0x2a, 0x32, 0x24,
    0x22,
  ],
  plain: [0, 0, 0],
} as const;
