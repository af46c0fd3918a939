// `--dump=layout`: where sections and segments went, as a table.

import type { ElfSegment } from '@ring0/elf';
import type { LayoutItem } from '../model.ts';

/** The text of `--dump=PASS`; for a pass that does not exist the list of those that do. */
export function dumpText(
  dump: string | undefined,
  items: readonly LayoutItem[],
  segments: readonly ElfSegment[],
): string {
  if (dump === undefined) return '';
  if (dump !== 'layout') {
    return 'layout   output sections and segments with their addresses\n';
  }
  const hex = (value: number | bigint, width = 8): string =>
    value.toString(16).padStart(width, '0');
  let text = 'section              address  load     offset   size     alignment\n';
  for (const item of items) {
    if (item.kind !== 'output' || !item.exists || item.isIgnored) continue;
    const { name, address, loadAddress, offset, size, alignment } = item;
    text += `${name.padEnd(20)} ${hex(address)} ${hex(loadAddress)} ${hex(offset)} ${hex(size)} ${alignment}\n`;
  }
  text += 'segment  offset   address  load     file     memory   flags\n';
  for (const s of segments) {
    const flags = `${s.flags & 4 ? 'r' : '-'}${s.flags & 2 ? 'w' : '-'}${s.flags & 1 ? 'x' : '-'}`;
    const numbers = [
      s.type,
      s.offset,
      s.virtualAddress,
      s.physicalAddress,
      s.fileSize,
      s.memorySize,
    ];
    text += `${numbers.map((value) => hex(value)).join(' ')} ${flags}\n`;
  }
  return text;
}
