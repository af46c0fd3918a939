// --cref: which file defines and uses each global symbol, as GNU ld prints it.

import { sectionIndex, symbolBinding } from '@ring0/elf';
import type { InputObject, LinkSymbol } from './model.ts';

const nameWidth = 50;

type Role = 'defines' | 'common' | 'uses';

function roleOf(section: number | undefined): Role {
  if (section === sectionIndex.undefined) return 'uses';
  return section === sectionIndex.common ? 'common' : 'defines';
}

/**
 * The table: names in order; files that define them first, later files before earlier ones. `hasTable`: the
 * linker makes a global offset table, which counts as the first object's.
 */
export function crossTable(
  objects: readonly InputObject[],
  globals: ReadonlyMap<string, LinkSymbol>,
  hasTable = true,
): string {
  const rows = new Map<string, Map<InputObject, Role>>();
  const [first] = objects;
  if (first && hasTable) rows.set('_GLOBAL_OFFSET_TABLE_', new Map([[first, 'defines']]));
  for (const object of objects) {
    for (const [index, symbol] of object.symbols.entries()) {
      if (!symbol || object.file?.symbolBinding(index) === symbolBinding.local) continue;
      if (isDropped(globals.get(symbol.name))) continue;
      let row = rows.get(symbol.name);
      if (!row) rows.set(symbol.name, (row = new Map()));
      const role = roleOf(object.file?.symbolSection(index));
      if (!row.has(object) || role !== 'uses') row.set(object, role);
    }
  }
  let text = '\nCross Reference Table\n\n';
  text += `${'Symbol'.padEnd(nameWidth)}File\n`;
  for (const [name, row] of [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    let column =
      name.length < nameWidth ? name.padEnd(nameWidth) : `${name}\n${' '.repeat(nameWidth)}`;
    for (const role of ['defines', 'common', 'uses'] as const) {
      for (const [object, own] of [...row].toReversed()) {
        if (own !== role) continue;
        text += `${column}${object.name}\n`;
        column = ' '.repeat(nameWidth);
      }
    }
  }
  return text;
}

/** Defined in a section that is not in the output. */
function isDropped(symbol: LinkSymbol | undefined): boolean {
  const section = symbol?.section;
  if (section === undefined || section === 'absolute' || 'kind' in section) return false;
  return section.isDiscarded;
}
