// Questions about output sections as a whole, asked between placement and layout.

import { sectionFlag } from '@ring0/elf';
import type { InputSection, LayoutItem, OutputSection } from './model.ts';
import type { LinkSettings } from './options.ts';

/** Debugging information that -s or -S leaves out. */
export function isStripped({ name }: { readonly name: string }, settings: LinkSettings): boolean {
  return settings.strip !== 'none' && /^\.(debug_|stab|line$|gnu\.debug)/.test(name);
}

/** There is something between DATA_SEGMENT_ALIGN and DATA_SEGMENT_RELRO_END. */
export function hasRelroSections(items: readonly LayoutItem[]): boolean {
  const isCall = (item: LayoutItem, name: string): boolean =>
    item.kind === 'assign' && item.value.kind === 'call' && item.value.name === name;
  const start = items.findIndex((item) => isCall(item, 'DATA_SEGMENT_ALIGN'));
  const end = items.findIndex((item) => isCall(item, 'DATA_SEGMENT_RELRO_END'));
  if (start < 0) return false;
  const isFilled = (s: InputSection): boolean => !s.isDiscarded && s.size > 0;
  return items
    .slice(start, end < 0 ? 0 : end)
    .some(
      (item) =>
        item.kind === 'output' &&
        item.body.some((part) => part.kind === 'inputs' && part.sections.some(isFilled)),
    );
}

/** A COMMON section that no pattern takes goes into .bss. */
export function asBss(section: InputSection): InputSection {
  return Object.assign(section, { name: '.bss' });
}

/** The first thread-local section is aligned for all of them, as offsets are counted from it. */
export function alignThreadLocal(outputs: readonly OutputSection[]): void {
  const thread = outputs.filter((o) => o.exists && (o.flags & sectionFlag.tls) !== 0);
  const inputs = thread.flatMap((o) =>
    o.body.flatMap((item) => (item.kind === 'inputs' ? item.sections : [])),
  );
  const first = thread.find((o) =>
    o.body.some((item) => item.kind === 'inputs' && item.sections.length > 0),
  );
  if (first) first.alignmentMin = Math.max(1, ...inputs.map((s) => s.alignment));
}
