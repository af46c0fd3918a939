// --treemap: what takes the room: sections, in them objects, in them symbols. treemap-page.ts makes
// a page of it.

import { sectionFlag } from '@ring0/elf';
import type { InputObject, LayoutItem, LinkSymbol } from '../model.ts';

/** A rectangle: its name, its bytes, what is in it. */
export interface TreemapNode {
  readonly name: string;
  readonly size: number;
  readonly children: readonly TreemapNode[];
}

/** The output as a rectangle of sections. */
export function treemapOf(
  output: string,
  items: readonly LayoutItem[],
  globals: Iterable<LinkSymbol>,
): TreemapNode {
  const symbols = symbolSizes(items, globals);
  const sections = items.flatMap((item): TreemapNode[] => {
    if (item.kind !== 'output' || !item.exists || item.isIgnored || item.size === 0) return [];
    if ((item.flags & sectionFlag.alloc) === 0) return [];
    const byObject = new Map<InputObject, TreemapNode[]>();
    for (const piece of item.pieces) {
      if (piece.kind !== 'input' || piece.section.size === 0) continue;
      const { section } = piece;
      const own = symbols.get(section) ?? [];
      const named = own.reduce((sum, { size }) => sum + size, 0);
      const rest = section.size - named;
      const parts = rest > 0 ? [...own, { name: section.name, size: rest, children: [] }] : own;
      byObject.set(section.object, [...(byObject.get(section.object) ?? []), ...parts]);
    }
    const children = [...byObject].map(([{ name }, parts]) => node(baseName(name), parts));
    return [{ ...node(item.name, children), size: item.size }];
  });
  return node(output, sections);
}

/** `libc.a(printf.o)` of a path. */
const baseName = (path: string): string => path.replace(/^.*\//, '');

const node = (name: string, children: readonly TreemapNode[]): TreemapNode => ({
  name,
  size: children.reduce((sum, { size }) => sum + size, 0),
  children: children.toSorted((a, b) => b.size - a.size),
});

/** The sized symbols of each input section; of overlapping ones the first. */
function symbolSizes(
  items: readonly LayoutItem[],
  globals: Iterable<LinkSymbol>,
): Map<unknown, TreemapNode[]> {
  const objects = new Set<InputObject>();
  for (const item of items) {
    if (item.kind !== 'output') continue;
    for (const piece of item.pieces) if (piece.kind === 'input') objects.add(piece.section.object);
  }
  const locals = [...objects].flatMap((object) => object.locals);
  const bySection = new Map<unknown, LinkSymbol[]>();
  for (const symbol of [...globals, ...locals]) {
    const { section, size } = symbol;
    if (size <= 0 || section === undefined || section === 'absolute') continue;
    bySection.set(section, [...(bySection.get(section) ?? []), symbol]);
  }
  const result = new Map<unknown, TreemapNode[]>();
  for (const [section, list] of bySection) {
    let end = 0;
    const nodes: TreemapNode[] = [];
    for (const { name, value, size } of list.toSorted((a, b) => a.value - b.value)) {
      if (value < end) continue;
      end = value + size;
      nodes.push({ name, size, children: [] });
    }
    result.set(section, nodes);
  }
  return result;
}
