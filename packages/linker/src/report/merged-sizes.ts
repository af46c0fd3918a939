// The sizes that GNU ld's map gives for sections whose strings were merged. Of one that has no string
// left it keeps the size; one whose strings are all tails of others shows the size of the one before.

import { sectionFlag } from '@ring0/elf';
import type { InputObject, InputSection } from '../model.ts';

/** The shown sizes of those that are empty now, by section. */
export function mergedSizes(objects: readonly InputObject[]): Map<InputSection, number> {
  const shown = new Map<InputSection, number>();
  const last = new Map<string, number>();
  const outputs = new Map<unknown, number>();
  for (const section of objects.flatMap(({ sections }) => sections)) {
    const { edit, flags, entrySize, alignment, output, size, data } = section;
    if (!edit || !output || (flags & sectionFlag.merge) === 0) continue;
    const number = outputs.get(output) ?? outputs.size;
    outputs.set(output, number);
    const key = `${number}/${flags & sectionFlag.strings}/${entrySize}/${alignment}`;
    if (edit.isAllElsewhere) shown.set(section, data.length);
    else if (size > 0) last.set(key, size);
    else shown.set(section, last.get(key) ?? 0);
  }
  return shown;
}
