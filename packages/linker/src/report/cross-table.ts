// --cref: which file defines and uses each global symbol, as GNU ld prints it. Strong names of a shared object that no object
// of the link mentions are left out.

import { sectionIndex, symbolBinding, symbolVisibility } from '@ring0/elf';
import type { SharedLibrary } from '../input/shared-object.ts';
import { namesOf } from '../input/shared-symbols.ts';
import type { InputObject, LinkSymbol } from '../model.ts';

const nameWidth = 50;

type Role = 'defines' | 'common' | 'uses';
/** What each file does with a name, in the order of loading. */
type Rows = Map<string, Map<InputObject | SharedLibrary, Role>>;

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
  readonly libraries: readonly SharedLibrary[];
  /** What -R names. */
  readonly bare: readonly { readonly object: InputObject; readonly position: number }[];
}

/**
 * The table: names in order; files that define them first, later files before earlier ones.
 */
export function crossTable(objects: readonly InputObject[], tables: TableNames): string {
  const rows: Rows = new Map();
  const { owner, names, libraries, bare } = tables;
  if (owner) for (const name of names) rows.set(name, new Map([[owner, 'defines']]));
  const own = objects.filter((object) => object !== tables.stubs);
  for (let position = 0; position <= own.length; position++) {
    for (const library of libraries) if (library.position === position) enter(rows, library);
    for (const each of bare) if (each.position === position) enterObject(rows, each.object);
    if (position < own.length) enterObject(rows, own[position]);
  }
  for (const library of libraries) drop(rows, library);
  let text = '\nCross Reference Table\n\n';
  text += `${'Symbol'.padEnd(nameWidth)}File\n`;
  for (const [name, row] of [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    let column =
      name.length < nameWidth ? name.padEnd(nameWidth) : `${name}\n${' '.repeat(nameWidth)}`;
    for (const role of ['defines', 'common', 'uses'] as const) {
      for (const [object, own] of [...row].toReversed()) {
        if (own !== role) continue;
        text += `${column}${'path' in object ? object.path : object.name}\n`;
        column = ' '.repeat(nameWidth);
      }
    }
  }
  return text;
}

function note(rows: Rows, name: string, file: InputObject | SharedLibrary, role: Role): void {
  let row = rows.get(name);
  if (!row) rows.set(name, (row = new Map()));
  if (!row.has(file) || role !== 'uses') row.set(file, role);
}

function enterObject(rows: Rows, object: InputObject): void {
  const { file } = object;
  // A copy of a group that another object has counts as a mention.
  const copies = new Set(object.sections.filter((s) => s.keptInstead).map(({ index }) => index));
  for (const [index, symbol] of object.symbols.entries()) {
    if (!symbol || file?.symbolBinding(index) === symbolBinding.local) continue;
    const section = file?.symbolSection(index);
    const isCopy = section !== undefined && copies.has(section);
    if (!isCopy && isSecond(symbol, object, index)) continue;
    note(rows, symbol.name, object, isCopy ? 'uses' : roleOf(section));
  }
}

/** A further strong definition of what has one. */
function isSecond(symbol: LinkSymbol, object: InputObject, index: number): boolean {
  const { file } = object;
  const isDefined = file !== undefined && roleOf(file.symbolSection(index)) === 'defines';
  if (!isDefined || symbol.state !== 'defined' || symbol.object === object) return false;
  const isStrong = file.symbolBinding(index) === symbolBinding.global;
  return isStrong && symbol.binding === symbolBinding.global && symbol.object?.file !== undefined;
}

function enter(rows: Rows, library: SharedLibrary): void {
  for (const symbol of library.symbols) {
    const { name, version, isDefined } = symbol;
    if (!isDefined)
      note(rows, version === undefined ? name : `${name}@${version}`, library, 'uses');
    else {
      for (const each of namesOf(symbol)) {
        const isTaken = [...(rows.get(each) ?? [])].some(
          ([f, role]) => role !== 'uses' && 'file' in f,
        );
        if (isTaken && symbol.visibility === symbolVisibility.protected) continue;
        note(rows, each, library, isTaken ? 'uses' : 'defines');
      }
    }
  }
}

/** Strong definitions that only shared objects mention. */
function drop(rows: Rows, library: SharedLibrary): void {
  for (const symbol of library.symbols) {
    if (!symbol.isDefined || symbol.binding === symbolBinding.weak) continue;
    const names = namesOf(symbol);
    const isUsed = names.some((name) =>
      [...(rows.get(name)?.keys() ?? [])].some((f) => 'file' in f),
    );
    if (!isUsed) for (const name of names) rows.delete(name);
  }
}
