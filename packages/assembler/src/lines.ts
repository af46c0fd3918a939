// Line rows: `.file number`, `.loc`, and the row that the next instruction gets. The table itself
// is written after relaxation, by line-table.ts.

import type { Assembly } from './assembly.ts';
import type { AsmSymbol } from './symbols.ts';
import { labelAddress } from './sections.ts';
import type { Section } from './sections.ts';

export interface LocFlags {
  isStatement: boolean;
  isBasicBlock: boolean;
  isPrologueEnd: boolean;
  isEpilogueBegin: boolean;
  discriminator: number;
  isa: number;
  /** A label that gets the row's view number; 0 asks for number zero, -0 forces it. */
  view: AsmSymbol | 'zero' | 'reset' | undefined;
}

export interface LineRow extends LocFlags {
  readonly place: AsmSymbol;
  readonly file: number;
  readonly line: number;
  readonly column: number;
}

export interface DebugFile {
  readonly directory: string | undefined;
  readonly name: string;
  readonly md5: Uint8Array | undefined;
}

export interface LineState {
  readonly files: (DebugFile | undefined)[];
  /** `.file 0` was seen: a DWARF 5 table. */
  version: number;
  pending: (LocFlags & { file: number; line: number; column: number }) | undefined;
  isStatement: boolean;
  isa: number;
  /** A `.loc` without a column keeps that of the one before. */
  column: number;
  readonly rows: Map<Section, LineRow[]>;
  isUsed: boolean;
}

export function newLineState(): LineState {
  return {
    files: [],
    version: 3,
    pending: undefined,
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
  if (lines.pending) markLine(assembly);
  if (!lines.files[file] && !(file === 1 && lines.files[0])) {
    return assembly.error('A0502', `file number ${file} has no '.file' directive before it`);
  }
  lines.isUsed = true;
  lines.isStatement = flags.isStatement ?? lines.isStatement;
  lines.isa = flags.isa ?? lines.isa;
  lines.column = column ?? lines.column;
  lines.pending = {
    file,
    line,
    column: lines.column,
    isStatement: lines.isStatement,
    isBasicBlock: flags.isBasicBlock ?? false,
    isPrologueEnd: flags.isPrologueEnd ?? false,
    isEpilogueBegin: flags.isEpilogueBegin ?? false,
    discriminator: flags.discriminator ?? 0,
    isa: lines.isa,
    view: flags.view,
  };
  // A row that a view number names starts here and not at the next instruction.
  if (flags.view !== undefined) markLine(assembly);
}

/** Called before each instruction: a pending `.loc` becomes a row. */
export function markLine(assembly: Assembly): void {
  const { lines } = assembly;
  const pending = lines.pending;
  if (!pending) return;
  lines.pending = undefined;
  const section = assembly.current.section;
  let rows = lines.rows.get(section);
  if (!rows) lines.rows.set(section, (rows = []));
  rows.push({ ...pending, place: assembly.here() });
}

/**
 * View numbers: how many rows before this one have its address. Called once code is laid out; the
 * labels that `.loc` named get their values. True where there are any.
 */
export function numberViews(assembly: Assembly): boolean {
  let hasViews = false;
  for (const rows of assembly.lines.rows.values()) {
    let address: number | undefined;
    let number = 0;
    for (const row of rows) {
      const here = labelAddress(row.place);
      number = here === address && row.view !== 'reset' ? number + 1 : 0;
      address = here;
      if (row.view === undefined || typeof row.view === 'string') continue;
      row.view.state = 'absolute';
      row.view.value = BigInt(number);
      hasViews = true;
    }
  }
  return hasViews;
}
