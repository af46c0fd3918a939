// Layout: how large each variable item is, and from that where everything lies. Sections take turns
// until none changes, since a LEB128 number or a space of one may be a distance in another.

import { alignUp } from '@ring0/bytes';
import type { Assembly } from '../object/assembly.ts';
import { hasViews, numberViews } from '../debug/lines.ts';
import { Relaxer } from './relax.ts';
import { finalFolding } from '../values/settle.ts';

const roundsMax = 20;

const mergeable = 0x10;

/** Each part of a section of entries ends with a whole one, as far as its size is a power of two. */
function padEntries({ sections }: Assembly): void {
  for (const { flags, entrySize, subsections } of sections) {
    const alignment = entrySize & -entrySize;
    if ((flags & mergeable) === 0 || alignment <= 1) continue;
    for (const { items, length } of subsections) {
      const fill = new Uint8Array(1);
      items.push({ kind: 'align', position: length, alignment, max: 0, fill, where: undefined });
    }
  }
}

/** Settles all sizes; `Section.sizesBefore` and `Section.size` hold the result. */
export function layOut(assembly: Assembly): void {
  padEntries(assembly);
  const folding = finalFolding(assembly);
  const relaxers = assembly.sections.map((section) => new Relaxer(assembly, section, folding));
  for (const relaxer of relaxers) relaxer.join();
  // From here on each label has an item and an offset in its section.
  for (const relaxer of relaxers) relaxer.estimate();
  // View numbers follow from the addresses of code, and LEB128 numbers of debug sections from them.
  if (hasViews(assembly)) {
    settleAll(relaxers.filter(({ isLoaded }) => isLoaded));
    numberViews(assembly);
    for (const relaxer of relaxers) relaxer.forget();
  }
  settleAll(relaxers);
  for (const relaxer of relaxers) relaxer.finish();
  checkSize(assembly);
}

function settleAll(relaxers: readonly Relaxer[]): void {
  for (let round = 0; round < roundsMax; round++) {
    let isChanged = false;
    for (const relaxer of relaxers) if (relaxer.relax()) isChanged = true;
    if (!isChanged) return;
  }
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
