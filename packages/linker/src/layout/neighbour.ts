// Which section stands for one that was left out of the output, where a symbol is in that.

import { sectionFlag, sectionType } from '@ring0/elf';
import type { OutputSection } from '../model.ts';

/** Of those on either side in `order` that are places, the one that is most like `output`. */
export function neighbour(
  output: OutputSection,
  order: readonly OutputSection[],
  isPlace: (output: OutputSection) => boolean,
): OutputSection | undefined {
  const index = order.indexOf(output);
  const before = order.slice(0, index).findLast(isPlace);
  const after = order.slice(index + 1).find(isPlace);
  return before && after ? better(before, after, output) : (before ?? after);
}

function better(before: OutputSection, after: OutputSection, lost: OutputSection): OutputSection {
  const { alloc, write, execute, tls } = sectionFlag;
  const isLoaded = (o: OutputSection): boolean =>
    (o.flags & alloc) !== 0 && o.type !== sectionType.nobits;
  const differ = (a: OutputSection, b: OutputSection, bits: number): boolean =>
    ((a.flags ^ b.flags) & bits) !== 0;
  if (differ(before, after, alloc | tls) || isLoaded(before) !== isLoaded(after)) {
    const isLessLoaded = isLoaded(before) && !isLoaded(after);
    return differ(after, lost, alloc | tls) || isLessLoaded ? before : after;
  }
  // What nothing says to be read-only is not.
  const flags = lost.hasInput ? lost.flags : lost.flags | write;
  for (const bit of [write, execute]) {
    if (differ(before, after, bit)) return ((after.flags ^ flags) & bit) !== 0 ? before : after;
  }
  return lost.address < after.address ? before : after;
}
