// Sections that claim the same memory: when they are loaded, or when they run (GNU ld manual,
// "--check-sections").

import { sectionFlag, sectionType } from '@ring0/elf';
import type { DiagnosticList } from '@ring0/diagnostics';
import type { LayoutItem, OutputSection } from '../model.ts';

const { alloc, tls } = sectionFlag;

/** Reports sections whose load addresses overlap, or else whose run addresses do. */
export function checkOverlaps(items: readonly LayoutItem[], diagnostics: DiagnosticList): void {
  const present = items.filter(
    (o): o is OutputSection =>
      o.kind === 'output' && o.exists && !o.isIgnored && o.size > 0 && (o.flags & alloc) !== 0,
  );
  const isLoaded = (o: OutputSection): boolean => o.type !== sectionType.nobits;
  const loaded = present.filter(isLoaded);
  const isBad = check('load', loaded, (o) => o.loadAddress, diagnostics);
  const running = present.filter((o) => isLoaded(o) || (o.flags & tls) === 0);
  // Overlays share an address on purpose.
  const starts = new Set(running.map((o) => o.address));
  if (!isBad && starts.size === running.length) {
    check('run', running, (o) => o.address, diagnostics);
  }
}

function check(
  kind: 'load' | 'run',
  sections: readonly OutputSection[],
  start: (o: OutputSection) => number,
  diagnostics: DiagnosticList,
): boolean {
  const sorted = sections.toSorted((a, b) => start(a) - start(b));
  const hex = (value: number): string => `0x${value.toString(16)}`;
  const range = (o: OutputSection): string =>
    `'${o.name}' at ${hex(start(o))}..${hex(start(o) + o.size - 1)}`;
  let isBad = false;
  for (let i = 1; i < sorted.length; i++) {
    const [before, after] = [sorted[i - 1], sorted[i]];
    if (start(before) + before.size <= start(after)) continue;
    isBad = true;
    const message = `${kind} addresses overlap: section ${range(after)} and ${range(before)}`;
    diagnostics.error('L0123', message, after.statement.span);
  }
  return isBad;
}
