// Questions about output sections as a whole, asked between placement and layout.

import { sectionFlag } from '@ring0/elf';
import type { InputSection, LayoutItem, OutputSection } from '../model.ts';
import { matcher } from '../script/patterns.ts';
import type { LinkSettings } from '../options.ts';
import type { SectionsStatement } from '../script/script-syntax.ts';

/** Debugging information that -s or -S leaves out; what is in memory is none. */
export function isStripped(
  { name, flags }: { readonly name: string; readonly flags: number },
  settings: LinkSettings,
): boolean {
  if (settings.strip === 'none' || (flags & sectionFlag.alloc) !== 0) return false;
  return /^\.(debug_|stab|line$|gnu\.debug)/.test(name);
}

/** The section goes into the output, or would if it were not empty. */
export function isPresent(section: InputSection): boolean {
  return section.object.file !== undefined
    ? !section.isDiscarded || isFrame(section)
    : section.size > 0;
}

const isFrame = (section: InputSection): boolean => section.name === '.eh_frame';

/**
 * Some pattern between DATA_SEGMENT_ALIGN and DATA_SEGMENT_RELRO_END matches a section, be it of a statement that
 * ONLY_IF_RO or ONLY_IF_RW then leaves out.
 */
export function hasRelroSections(
  items: readonly SectionsStatement[],
  names: ReadonlySet<string>,
): boolean {
  const isCall = (item: SectionsStatement, name: string): boolean =>
    item.kind === 'assign' && item.value.kind === 'call' && item.value.name === name;
  const start = items.findIndex((item) => isCall(item, 'DATA_SEGMENT_ALIGN'));
  const end = items.findIndex((item) => isCall(item, 'DATA_SEGMENT_RELRO_END'));
  if (start < 0 || end < 0) return false;
  const patterns = items
    .slice(start, end)
    .flatMap((item) => (item.kind === 'output' ? item.body : []))
    .flatMap((part) => (part.kind === 'input' ? part.sections : []));
  return patterns.some(({ pattern }) => {
    const matches = matcher(pattern);
    return [...names].some((name) => matches(name));
  });
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

/** Output sections in the order of their headers; those that do not exist come last. */
export function fileOrder({
  items,
  order,
}: {
  readonly items: readonly LayoutItem[];
  readonly order: readonly OutputSection[];
}): OutputSection[] {
  const outputs = items.filter((item): item is OutputSection => item.kind === 'output');
  const known = new Set(order);
  return [...order, ...outputs.filter((output) => !known.has(output))];
}
