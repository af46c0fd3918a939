// --cref: which file defines and uses each global symbol, as GNU ld prints it.

import { sectionIndex, symbolBinding } from '@ring0/elf';
import type { InputObject } from '../model.ts';

const nameWidth = 50;

type Role = 'defines' | 'common' | 'uses';

function roleOf(section: number | undefined): Role {
  if (section === sectionIndex.undefined) return 'uses';
  return section === sectionIndex.common ? 'common' : 'defines';
}

/** What the linker defines for its tables, which count as one object's. */
export interface TableNames {
  readonly owner: InputObject | undefined;
  readonly names: readonly string[];
  /** The object of the linker's own sections, which is not shown. */
  readonly stubs: InputObject;
}

/**
 * The table: names in order; files that define them first, later files before earlier ones.
 */
export function crossTable(objects: readonly InputObject[], tables: TableNames): string {
  const rows = new Map<string, Map<InputObject, Role>>();
  const { owner, names } = tables;
  if (owner) for (const name of names) rows.set(name, new Map([[owner, 'defines']]));
  for (const object of objects) {
    if (object === tables.stubs) continue;
    for (const [index, symbol] of object.symbols.entries()) {
      if (!symbol || object.file?.symbolBinding(index) === symbolBinding.local) continue;
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
