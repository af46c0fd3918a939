// Line rows: `.file number`, `.loc`, and the row that the next instruction gets. The table itself
// is written after relaxation, by line-table.ts.

import type { Assembly } from './assembly.ts';
import { LineRows, blankRow } from './line-rows.ts';
import type { RowValues, RowView } from './line-rows.ts';
import type { Section } from './sections.ts';

/** What `.loc` may say besides file, line and column. */
export type LocFlags = Omit<RowValues, 'file' | 'line' | 'column'>;

export interface DebugFile {
  readonly directory: string | undefined;
  readonly name: string;
  readonly md5: Uint8Array | undefined;
}

export interface LineState {
  readonly files: (DebugFile | undefined)[];
  /** `.file 0` was seen: a DWARF 5 table. */
  version: number;
  /** What the next instruction's row holds, where there is one to come. */
  readonly pending: RowValues;
  isPending: boolean;
  isStatement: boolean;
  isa: number;
  /** A `.loc` without a column keeps that of the one before. */
  column: number;
  readonly rows: Map<Section, LineRows>;
  isUsed: boolean;
}

export function newLineState(): LineState {
  return {
    files: [],
    version: 3,
    pending: blankRow(),
    isPending: false,
    isStatement: true,
    isa: 0,
    column: 0,
    rows: new Map(),
    isUsed: false,
  };
}

/** `.file number ["directory"] "name"`. */
export function debugFile(
  assembly: Assembly,
  number: number,
  directory: string | undefined,
  name: string,
  md5?: Uint8Array,
): void {
  const { lines } = assembly;
  if (number > 100_000) return assembly.error('A0502', `file number ${number} is out of range`);
  if (number === 0) lines.version = 5;
  const old = lines.files[number];
  if (old && (old.name !== name || old.directory !== directory)) {
    return assembly.error('A0503', `file number ${number} is already '${old.name}'`);
  }
  lines.files[number] = { directory, name, md5 };
}

/** `.loc`: the next instruction starts this row. */
export function setLocation(
  assembly: Assembly,
  file: number,
  line: number,
  column: number | undefined,
  flags: Partial<LocFlags>,
): void {
  const { lines } = assembly;
  if (lines.isPending) markLine(assembly);
  if (!lines.files[file] && !(file === 1 && lines.files[0])) {
    return assembly.error('A0502', `file number ${file} has no '.file' directive before it`);
  }
  lines.isUsed = true;
  lines.isStatement = flags.isStatement ?? lines.isStatement;
  lines.isa = flags.isa ?? lines.isa;
  lines.column = column ?? lines.column;
  const { pending } = lines;
  pending.file = file;
  pending.line = line;
  pending.column = lines.column;
  pending.isStatement = lines.isStatement;
  pending.isBasicBlock = flags.isBasicBlock ?? false;
  pending.isPrologueEnd = flags.isPrologueEnd ?? false;
  pending.isEpilogueBegin = flags.isEpilogueBegin ?? false;
  pending.discriminator = flags.discriminator ?? 0;
  pending.isa = lines.isa;
  pending.view = flags.view;
  lines.isPending = true;
  // A row that a view number names starts here and not at the next instruction.
  if (flags.view !== undefined) markLine(assembly);
}

/** Called before each instruction: a pending `.loc` becomes a row. */
export function markLine(assembly: Assembly): void {
  if (assembly.lines.isPending) addRow(assembly);
}

function addRow(assembly: Assembly): void {
  const { lines, current } = assembly;
  lines.isPending = false;
  let rows = lines.rows.get(current.section);
  if (!rows) lines.rows.set(current.section, (rows = new LineRows()));
  rows.add(lines.pending, current);
}

/** View numbers are small; their values are made once. */
const smallNumbers = Array.from({ length: 64 }, (_, i) => BigInt(i));

/**
 * View numbers: how many rows before this one have its address. Called once code is laid out; the
 * labels that `.loc` named get their values. True where there are any.
 */
export function numberViews(assembly: Assembly): boolean {
  let hasViews = false;
  for (const rows of assembly.lines.rows.values()) {
    let address = -1;
    let number = 0;
    for (let i = 0; i < rows.length; i++) {
      const here = rows.address(i);
      const view = rows.views[i];
      number = here === address && view !== 'reset' ? number + 1 : 0;
      address = here;
      if (view === undefined || typeof view === 'string') continue;
      setView(view, number);
      hasViews = true;
    }
  }
  return hasViews;
}

function setView(view: Exclude<RowView, string | undefined>, number: number): void {
  view.state = 'absolute';
  view.value = smallNumbers[number] ?? BigInt(number);
}
