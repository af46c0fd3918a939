// Line rows: `.file number`, `.loc`, and the row that the next instruction gets. The table itself
// is written after relaxation, by line-table.ts.

import type { Span } from '@ring0/diagnostics';
import type { Assembly } from '../object/assembly.ts';
import { LineRows, blankRow } from './line-rows.ts';
import type { RowValues } from './line-rows.ts';
import type { Section, Where } from '../object/sections.ts';
import type { AsmSymbol } from '../object/symbols.ts';
import { spanOf } from '../text/text.ts';

/** What `.loc` may say besides file, line and column. */
export type LocFlags = Omit<RowValues, 'file' | 'line' | 'column'>;

export interface DebugFile {
  readonly directory: string | undefined;
  readonly name: string;
  readonly md5: Uint8Array | undefined;
}

export interface LineState {
  readonly files: (DebugFile | undefined)[];
  /** Of the table: 5 where `.file 0` was seen. */
  version: number;
  /** Of the unit that the assembler makes where the source has none. */
  unitVersion: number;
  /** -g: instructions get rows of their own, until the source brings some. */
  isGenerating: boolean;
  readonly generated: Map<string, number>;
  lastSection: Section | undefined;
  /** `.loc_mark_labels`: labels get rows too. */
  marksLabels: boolean;
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

/** `debugVersion` is that of -g; undefined without it. */
export function newLineState(debugVersion?: number): LineState {
  return {
    files: [],
    version: Math.max(3, debugVersion ?? 3),
    unitVersion: debugVersion ?? 3,
    isGenerating: debugVersion !== undefined,
    generated: new Map(),
    lastSection: undefined,
    marksLabels: false,
    pending: blankRow(),
    isPending: debugVersion !== undefined,
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
  if (number === 0) lines.version = lines.unitVersion = 5;
  stopGenerating(assembly);
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
  stopGenerating(assembly);
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

/** The source says itself where its lines come from; what was made until here is given up. */
function stopGenerating({ lines, places }: Assembly): void {
  if (!lines.isGenerating) return;
  if (lines.generated.size > 0) {
    lines.files.length = 0;
    for (const section of lines.rows.keys()) lines.rows.set(section, new LineRows(places));
  }
  lines.isGenerating = false;
  lines.isPending = false;
}

/** Where a person wrote it: in a macro's use, in a repetition's body. */
export function writtenAt(where: Where): Span | undefined {
  const span = spanOf(where);
  let outermost = span;
  for (let at = span; at?.expansion && at.expansion.kind !== 'include'; at = at.expansion.at) {
    if (at.expansion.kind === 'macro') outermost = at.expansion.at;
  }
  return outermost;
}

/** SHF_ALLOC and SHF_EXECINSTR: -g describes instructions there only. */
const loadedCode = 6;

/** -g: the row says where the instruction stands; false where the one before says it already. */
function generate(assembly: Assembly): boolean {
  const { lines, current } = assembly;
  const isLoadedCode = (current.section.flags & loadedCode) === loadedCode;
  const span = isLoadedCode ? writtenAt(assembly.where) : undefined;
  if (!span) return false;
  const { path } = span.file;
  let number = lines.generated.get(path);
  if (number === undefined) {
    number = lines.generated.size + 1;
    lines.generated.set(path, number);
    lines.files[number] = { directory: undefined, name: path, md5: undefined };
  }
  lines.isUsed = true;
  const { line } = span.file.position(span.start);
  const { pending } = lines;
  if (lines.lastSection === current.section && pending.file === number && pending.line === line) {
    return false;
  }
  lines.lastSection = current.section;
  pending.file = number;
  pending.line = line;
  return true;
}

function addRow(assembly: Assembly): void {
  const { lines, current } = assembly;
  if (!lines.isGenerating) lines.isPending = false;
  else if (!generate(assembly)) return;
  // Compilers give line 0 to what stands for no line; GNU as writes no row for it.
  if (lines.pending.line === 0) return;
  let rows = lines.rows.get(current.section);
  if (!rows) lines.rows.set(current.section, (rows = new LineRows(assembly.places)));
  const { view } = lines.pending;
  const isZero = typeof view === 'string' && view === 'zero';
  if (isZero) rows.zeroPlaces.set(rows.length, assembly.placeNumber());
  rows.add(lines.pending, current);
}

/** `.loc_mark_labels`: a label in code begins a basic block, on the line of the latest `.loc`. */
export function markLabel(assembly: Assembly): void {
  const { lines, current } = assembly;
  if (!lines.isUsed || lines.isGenerating || !current.section.isCode) return;
  lines.pending.isBasicBlock = true;
  addRow(assembly);
  lines.pending.isBasicBlock = false;
  lines.pending.discriminator = 0;
}

/** Whether a `.loc` names a label for its view number. */
export function hasViews({ lines }: Assembly): boolean {
  for (const { views, length, zeroPlaces } of lines.rows.values()) {
    if (zeroPlaces.size > 0) return true;
    for (let i = 0; i < length; i++) if (views.symbol(i)) return true;
  }
  return false;
}

/** View numbers are small; their values are made once. */
const smallNumbers = Array.from({ length: 64 }, (_, i) => BigInt(i));

/**
 * View numbers: how many rows before this one have its address. Called once code is laid out; the
 * labels that `.loc` named get their values.
 */
export function numberViews(assembly: Assembly): void {
  for (const rows of assembly.lines.rows.values()) {
    let address = -1;
    let number = 0;
    for (let i = 0; i < rows.length; i++) {
      const here = rows.address(i);
      number = here === address && !rows.isReset(i) ? number + 1 : 0;
      address = here;
      const view = rows.views.symbol(i);
      if (view) setView(view, number);
      const place = number === 0 ? undefined : rows.zeroPlaces.get(i);
      if (place !== undefined) {
        const message = `this row has view number ${number}, not 0: one at its address precedes it`;
        assembly.error('A0507', message, assembly.places.where(place));
      }
    }
  }
}

function setView(view: AsmSymbol, number: number): void {
  view.state = 'absolute';
  view.value = smallNumbers[number] ?? BigInt(number);
}
