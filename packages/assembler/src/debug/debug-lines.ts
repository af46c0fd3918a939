// .debug_line from the rows of `.loc` and of -g.

import { writeLines } from '@ring0/dwarf';
import type { LineFile, LineProgramRow, LineSequence } from '@ring0/dwarf';
import type { Assembly } from '../object/assembly.ts';
import {
  addressField,
  debugSection,
  filled,
  mappedPath,
  sectionValue,
  stringSection,
} from './debug-parts.ts';
import { addUnit, workDirectory } from './debug-unit.ts';
import { itemKind } from '../object/items.ts';
import { blankRow } from './line-rows.ts';
import type { LineRows } from './line-rows.ts';
import type { Section, Spot } from '../object/sections.ts';

/** Directories and files as the table numbers them. */
function fileTable(assembly: Assembly, version: number) {
  const { files } = assembly.lines;
  const output = assembly.options.output ?? {};
  const directories: string[] = [];
  if (version >= 5) directories.push(files[0]?.directory ?? workDirectory(assembly));
  const table: LineFile[] = [];
  const first = version >= 5 ? 0 : 1;
  const directoryNumber = (directory: string | undefined): number => {
    if (directory === undefined) return 0;
    const known = directories.indexOf(directory);
    if (known >= 0) return version >= 5 ? known : known + 1;
    directories.push(directory);
    return version >= 5 ? directories.length - 1 : directories.length;
  };
  for (let number = first; number < Math.max(files.length, 1); number++) {
    const file = files[number] ?? (number === 0 ? files[1] : undefined);
    if (!file) {
      if (number > 0) assembly.error('A0502', `file number ${number} has no '.file' directive`);
      table.push({ directory: 0, name: '' });
      continue;
    }
    if (number === 1 && version >= 5 && !files[0]) {
      table.push(table[0]);
      continue;
    }
    const isMain = number === 0 && files[0] !== undefined;
    const isSplit = file.directory === undefined || isMain;
    const path = mappedPath(file.name, output);
    const slash = isSplit ? path.lastIndexOf('/') : -1;
    const own =
      isMain || file.directory === undefined ? undefined : mappedPath(file.directory, output);
    const directory = slash > 0 ? path.slice(0, slash) : own;
    const name = slash > 0 ? path.slice(slash + 1) : path;
    table.push({ directory: directoryNumber(directory), name, md5: file.md5 });
  }
  return { directories, table };
}

/** The rows one after the other, in one object that is filled anew for each. */
function* programRows(rows: LineRows, order?: readonly number[]): Generator<LineProgramRow> {
  const row = { ...blankRow(), address: 0, isAddressWritten: false };
  for (let i = 0; i < rows.length; i++) {
    const at = order?.[i] ?? i;
    rows.read(at, row);
    row.address = rows.address(at);
    row.isAddressWritten =
      row.view === 'reset' &&
      i > 0 &&
      mayBeSamePlace(rows.spot(at), rows.spot(order?.[i - 1] ?? i - 1));
    yield row;
  }
}

function sequence(section: Section, rows: LineRows): LineSequence<Section> {
  const order = section.subsections.length > 1 ? bySubsection(rows) : undefined;
  return { section, end: section.size, rows: programRows(rows, order) };
}

/** The rows' numbers in the order of the subsections that they lie in. */
function bySubsection(rows: LineRows): number[] {
  const number = (row: number) => rows.spot(row).subsection?.number ?? 0;
  return Array.from({ length: rows.length }, (_, i) => i).toSorted((a, b) => number(a) - number(b));
}

/**
 * Whether a row that resets the view needs its address written: where nothing is known to lie
 * between it and the row before. That is GNU as's notion of fragments: the same place of one, or
 * the end of one and the start of another.
 */
function mayBeSamePlace(row: Spot, before: Spot): boolean {
  if (row.subsection === before.subsection && row.item === before.item) {
    return row.offset === before.offset;
  }
  const next = before.subsection && before.item < before.subsection.items.length;
  // The opcode of a jump belongs to the fragment before it.
  const isAtEnd =
    next === true &&
    before.subsection?.items.kinds[before.item] !== itemKind.jump &&
    ownOffset(before, before.item) === 0;
  const isAtStart = row.item === 0 ? row.offset === 0 : ownOffset(row, row.item - 1) === 0;
  return isAtEnd && isAtStart;
}

/** Bytes from an item to a place, both in one subsection. */
function ownOffset(place: Spot, item: number): number {
  return place.offset - (place.subsection?.items.positions[item] ?? 0);
}

/** The source brings a table of its own: rows of -g are left out, those of `.loc` are too much. */
function besideOwn(assembly: Assembly, section: Section): void {
  const { isUsed, generated } = assembly.lines;
  if (!isUsed) return;
  if (generated.size > 0) {
    addUnit(assembly, section);
    assembly.symbolOrder = assembly.symbolOrder.filter((each) => each !== section);
    return;
  }
  const message = "'.debug_line' has contents, so '.loc' cannot fill it";
  assembly.error('A0517', message, undefined, ['one of the two describes the lines']);
}

/** Adds .debug_line where there are rows or files, and what belongs to it. */
export function addLines(assembly: Assembly): void {
  const { lines } = assembly;
  // Files without rows matter only to a unit that the source brings.
  const unit = assembly.sectionTable.find('.debug_info');
  const hasUnit = unit !== undefined && unit.subsections[0].length > 0;
  if (!lines.isUsed && (lines.files.length === 0 || !hasUnit)) return;
  const own = assembly.sectionTable.find('.debug_line');
  if (own && own.subsections[0].length > 0) return besideOwn(assembly, own);
  const { version } = lines;
  const { directories, table } = fileTable(assembly, version);
  const addressSize = assembly.isLong ? 8 : 4;
  const used = [...lines.rows].filter(([, rows]) => rows.length > 0);
  const sequences = used.map(([section, rows]) => sequence(section, rows));
  const written = writeLines({ version, addressSize, directories, files: table, sequences });
  const section = debugSection(assembly, '.debug_line');
  const base = section.subsections[0].length;
  filled(section, written.bytes);
  const fields = [
    ...written.addresses.map(({ offset, section: target }) => ({ offset, target })),
    ...written.stringFields.map((offset) => ({ offset, target: undefined })),
  ].sort((a, b) => a.offset - b.offset);
  const strings = version >= 5 ? stringSection(assembly, '.debug_line_str') : undefined;
  const stringsBase = strings ? strings.subsections[0].length : 0;
  if (strings) filled(strings, written.strings);
  const view = new DataView(written.bytes.buffer, written.bytes.byteOffset);
  for (const { offset, target } of fields) {
    const home = target ?? strings;
    if (!home) continue;
    const addend = view.getUint32(offset, true) + (target ? 0 : stringsBase);
    const size = target ? addressSize : 4;
    addressField(section, base + offset, sectionValue(home, addend), false, size);
  }
  addUnit(assembly, section);
}
