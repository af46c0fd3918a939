// .note.gnu.property: what all of a program's code keeps to (Linux extensions to gABI 0.13, 3; i386
// psABI 1.1, "Program Property"). The output has a feature only if every input has it.

import { ByteWriter } from '@ring0/bytes';
import { sectionType } from '@ring0/elf';
import type { InputObject } from './model.ts';
import type { LinkSettings } from './options.ts';
import { stackSizeOf } from './segments.ts';

const noteType = 5;
const owner = 0x00554e47;

/** pr_type: how values of inputs are combined. */
const feature1 = 0xc0000002;
const stackSizeType = 1;
const rules: Readonly<Record<number, 'and' | 'or' | 'or-if-all'>> = {
  0xc0000002: 'and',
  0xc0008001: 'or',
  0xc0008002: 'or',
  0xc0010001: 'or-if-all',
  0xc0010002: 'or-if-all',
};

/** Bits of GNU_PROPERTY_X86_FEATURE_1_AND. */
export const feature = { ibt: 1, shadowStack: 2 } as const;

/** The note's bytes, empty where nothing is left to say; and the features. */
export function mergeProperties(
  objects: readonly InputObject[],
  settings: LinkSettings,
): { bytes: Uint8Array; features: number } {
  const { keywords } = settings;
  const inputs = objects.filter(({ file }) => file !== undefined).map(propertiesOf);
  const merged = new Map<number, number>();
  for (const type of new Set(inputs.flatMap((each) => [...each.keys()]))) {
    const values = inputs.map((each) => each.get(type));
    const isAll = values.every((value) => value !== undefined);
    const present = values.filter((value) => value !== undefined);
    const rule = rules[type];
    if (rule === 'or' || (rule === 'or-if-all' && isAll)) {
      merged.set(type, present.reduce((a, b) => a | b, 0) >>> 0);
    } else if (rule === 'and' && isAll) {
      merged.set(type, present.reduce((a, b) => a & b, -1) >>> 0);
    }
  }
  let features = merged.get(feature1) ?? 0;
  if (keywords.has('ibt')) features |= feature.ibt;
  if (keywords.has('shstk')) features |= feature.shadowStack;
  merged.set(feature1, features);
  const stackSize = stackSizeOf(settings);
  if (stackSize !== undefined) merged.set(stackSizeType, stackSize);
  const kept = [...merged].filter(([, value]) => value !== 0).sort(([a], [b]) => a - b);
  return { bytes: noteBytes(kept), features };
}

function noteBytes(properties: readonly (readonly [number, number])[]): Uint8Array {
  const out = new ByteWriter();
  if (properties.length === 0) return out.take();
  out.u32(4);
  out.u32(properties.length * 12);
  out.u32(noteType);
  out.u32(owner);
  for (const [type, value] of properties) {
    out.u32(type);
    out.u32(4);
    out.u32(value);
  }
  return out.take();
}

/** The 4-byte properties of an object; what is malformed is as if it were not there. */
function propertiesOf({ file }: InputObject): Map<number, number> {
  const found = new Map<number, number>();
  for (let i = 1; file && i < file.sectionCount; i++) {
    const isNote = file.sectionType(i) === sectionType.note && file.isContents(i);
    if (!isNote || file.sectionName(i) !== '.note.gnu.property') continue;
    const data = file.sectionData(i);
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    for (let at = 0; at + 16 <= data.length;) {
      const length = view.getUint32(at + 4, true);
      const isOurs = view.getUint32(at, true) === 4 && view.getUint32(at + 12, true) === owner;
      const end = at + 16 + length;
      if (end > data.length) break;
      if (isOurs && view.getUint32(at + 8, true) === noteType) readArray(view, at + 16, end, found);
      at = (end + 3) & ~3;
    }
  }
  return found;
}

function readArray(view: DataView, start: number, end: number, found: Map<number, number>): void {
  for (let at = start; at + 8 <= end;) {
    const type = view.getUint32(at, true);
    const size = view.getUint32(at + 4, true);
    if (size === 4 && at + 12 <= end) found.set(type, view.getUint32(at + 8, true));
    at += 8 + ((size + 3) & ~3);
  }
}
