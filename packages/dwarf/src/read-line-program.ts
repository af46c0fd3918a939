// Line number programs (DWARF 5, 6.2) as they stand in .debug_line: headers of versions 2 to 5 and
// the machine that runs them one instruction at a time, which dumps show and lookups collect.

import { DwarfCursor, unitLength } from './read-cursor.ts';
import { readForm } from './read-info.ts';
import type { FormValue } from './read-info.ts';

/** An entry of the directory or the file table: what is known of it, by DW_LNCT_ code. */
export interface LineEntry {
  /** Where it stands in the section. */
  readonly at: number;
  readonly name: FormValue | undefined;
  readonly directory: number;
  readonly time: number;
  readonly size: number;
  readonly fields: ReadonlyMap<number, FormValue>;
}

export interface LineTableShape {
  /** Where the entries begin. */
  readonly offset: number;
  /** Content codes in the order of the file. */
  readonly contents: readonly number[];
  /** The form of each, from DWARF 5 on. */
  readonly forms?: ReadonlyMap<number, number>;
  readonly entries: readonly LineEntry[];
}

export interface LineHeader {
  readonly offset: number;
  readonly length: number;
  readonly is64: boolean;
  readonly version: number;
  readonly addressSize: number;
  readonly segmentSize: number;
  readonly prologueLength: number;
  readonly minimumLength: number;
  readonly maximumOperations: number;
  readonly isStatement: boolean;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  /** Operand counts by opcode, from 1. */
  readonly operandCounts: readonly number[];
  readonly directories: LineTableShape;
  readonly files: LineTableShape;
  /** The first instruction. */
  readonly start: number;
  readonly end: number;
}

const tableMax = 100_000;

function plainEntry(at: number, text: string, rest: Partial<LineEntry> = {}): LineEntry {
  const name: FormValue = { kind: 'string', text };
  return { at, name, directory: 0, time: 0, size: 0, fields: new Map(), ...rest };
}

function oldTables(cursor: DwarfCursor): { directories: LineTableShape; files: LineTableShape } {
  const directoriesAt = cursor.at;
  const directories: LineEntry[] = [];
  while (!cursor.isAtEnd && cursor.bytes[cursor.at] !== 0 && directories.length < tableMax) {
    directories.push(plainEntry(cursor.at, cursor.text()));
  }
  cursor.u8();
  const filesAt = cursor.at;
  const files: LineEntry[] = [];
  while (!cursor.isAtEnd && cursor.bytes[cursor.at] !== 0 && files.length < tableMax) {
    const at = cursor.at;
    const text = cursor.text();
    const directory = cursor.uleb();
    const time = cursor.uleb();
    files.push(plainEntry(at, text, { directory, time, size: cursor.uleb() }));
  }
  cursor.u8();
  return {
    directories: { offset: directoriesAt, contents: [1], entries: directories },
    files: { offset: filesAt, contents: [1, 2, 3, 4], entries: files },
  };
}

function describedTable(
  cursor: DwarfCursor,
  context: { is64: boolean; version: number; addressSize: number },
): LineTableShape {
  const formats: { content: number; form: number }[] = [];
  for (let count = cursor.u8(); count > 0; count--) {
    formats.push({ content: cursor.uleb(), form: cursor.uleb() });
  }
  const count = cursor.uleb();
  const offset = cursor.at;
  const entries: LineEntry[] = [];
  while (entries.length < Math.min(count, tableMax) && !cursor.isOverrun && formats.length > 0) {
    const at = cursor.at;
    const fields = new Map<number, FormValue>();
    for (const { content, form } of formats) {
      fields.set(content, readForm(cursor, form, context));
    }
    const number = (code: number) => {
      const value = fields.get(code);
      return value?.kind === 'constant' ? Number(value.value) : 0;
    };
    const name = fields.get(1);
    entries.push({ at, name, directory: number(2), time: number(3), size: number(4), fields });
  }
  const forms = new Map(formats.map(({ content, form }) => [content, form]));
  return { offset, contents: formats.map(({ content }) => content), forms, entries };
}

/** The header at `offset`; undefined where there is none that can be read. */
export function readLineHeader(
  section: Uint8Array,
  offset: number,
  addressSizeBefore5: number,
): LineHeader | undefined {
  const cursor = new DwarfCursor(section, offset);
  const { length, is64 } = unitLength(cursor);
  const end = Math.min(cursor.at + length, section.length);
  const version = cursor.u16();
  if (version < 2 || version > 5 || cursor.isOverrun) return undefined;
  const addressSize = version >= 5 ? cursor.u8() : addressSizeBefore5;
  const segmentSize = version >= 5 ? cursor.u8() : 0;
  const prologueLength = cursor.offset(is64);
  const start = Math.min(cursor.at + prologueLength, end);
  const minimumLength = cursor.u8();
  const maximumOperations = version >= 4 ? cursor.u8() : 1;
  const isStatement = cursor.u8() !== 0;
  const lineBase = cursor.s8();
  const lineRange = cursor.u8();
  const opcodeBase = cursor.u8();
  const operandCounts: number[] = [];
  for (let i = 1; i < opcodeBase; i++) operandCounts.push(cursor.u8());
  const limited = new DwarfCursor(section, cursor.at, end);
  const context = { is64, version, addressSize };
  const tables =
    version >= 5
      ? { directories: describedTable(limited, context), files: describedTable(limited, context) }
      : oldTables(limited);
  return {
    offset,
    length,
    is64,
    version,
    addressSize,
    segmentSize,
    prologueLength,
    minimumLength,
    maximumOperations,
    isStatement,
    lineBase,
    lineRange,
    opcodeBase,
    operandCounts,
    ...tables,
    start,
    end,
  };
}

/** One instruction of a line number program, as it was run. */
export type LineOperation =
  | {
      readonly kind: 'special';
      readonly opcode: number;
      readonly address: number;
      readonly line: number;
    }
  | { readonly kind: 'copy' }
  | { readonly kind: 'advance-pc'; readonly by: number }
  | { readonly kind: 'advance-line'; readonly by: number }
  | { readonly kind: 'set-file'; readonly file: number }
  | { readonly kind: 'set-column'; readonly column: number }
  | { readonly kind: 'negate' }
  | { readonly kind: 'basic-block' }
  | { readonly kind: 'const-add-pc'; readonly by: number }
  | { readonly kind: 'fixed-advance-pc'; readonly by: number }
  | { readonly kind: 'prologue-end' }
  | { readonly kind: 'epilogue-begin' }
  | { readonly kind: 'set-isa'; readonly isa: number }
  | { readonly kind: 'unknown'; readonly opcode: number; readonly operands: readonly number[] }
  | { readonly kind: 'end-sequence' }
  | { readonly kind: 'set-address'; readonly address: number }
  | { readonly kind: 'define-file'; readonly entry: LineEntry }
  | { readonly kind: 'discriminator'; readonly discriminator: number }
  | { readonly kind: 'unknown-extended'; readonly code: number; readonly bytes: Uint8Array }
  | { readonly kind: 'bad-extended' };

/** Runs a program; its fields are the machine's registers after each `next`. */
export class LineMachine {
  readonly header: LineHeader;
  readonly cursor: DwarfCursor;
  address = 0;
  operation = 0;
  file = 1;
  line = 1;
  column = 0;
  view = 0;
  isStatement: boolean;
  /** Files that the program itself defines. */
  readonly defined: LineEntry[] = [];
  /** Where the last instruction stood. */
  at = 0;
  /** Where the operand of the last set-address stands: its relocation is there. */
  addressAt = 0;

  constructor(section: Uint8Array, header: LineHeader) {
    this.header = header;
    this.cursor = new DwarfCursor(section, header.start, header.end);
    this.isStatement = header.isStatement;
  }

  private reset(): void {
    this.address = 0;
    this.operation = 0;
    this.file = 1;
    this.line = 1;
    this.column = 0;
    this.view = 0;
    this.isStatement = this.header.isStatement;
  }

  /** Moves the address by operations of the machine; the result is the distance in bytes. */
  private advance(operations: number): number {
    const { minimumLength, maximumOperations } = this.header;
    let distance: number;
    if (maximumOperations <= 1) distance = operations * minimumLength;
    else {
      const total = this.operation + operations;
      distance = Math.floor(total / maximumOperations) * minimumLength;
      this.operation = total % maximumOperations;
    }
    this.address += distance;
    if (distance !== 0) this.view = 0;
    return distance;
  }

  /** The next instruction; undefined at the end of the program. */
  next(): LineOperation | undefined {
    const { cursor, header } = this;
    if (cursor.isAtEnd || cursor.isOverrun) return undefined;
    this.at = cursor.at;
    const opcode = cursor.u8();
    if (opcode >= header.opcodeBase) {
      const adjusted = opcode - header.opcodeBase;
      const range = header.lineRange || 1;
      const line = header.lineBase + (adjusted % range);
      const address = this.advance(Math.floor(adjusted / range));
      this.line += line;
      return { kind: 'special', opcode: adjusted, address, line };
    }
    return opcode === 0 ? this.extended() : this.standard(opcode);
  }

  /** After a row has been shown the next at the same address is another view of it. */
  shown(): void {
    this.view++;
  }

  private standard(opcode: number): LineOperation {
    const { cursor, header } = this;
    switch (opcode) {
      case 1:
        return { kind: 'copy' };
      case 2:
        return { kind: 'advance-pc', by: this.advance(cursor.uleb()) };
      case 3: {
        const by = cursor.sleb();
        this.line += by;
        return { kind: 'advance-line', by };
      }
      case 4:
        this.file = cursor.uleb();
        return { kind: 'set-file', file: this.file };
      case 5:
        this.column = cursor.uleb();
        return { kind: 'set-column', column: this.column };
      case 6:
        this.isStatement = !this.isStatement;
        return { kind: 'negate' };
      case 7:
        return { kind: 'basic-block' };
      case 8: {
        const operations = Math.floor((255 - header.opcodeBase) / (header.lineRange || 1));
        return { kind: 'const-add-pc', by: this.advance(operations) };
      }
      case 9: {
        const by = cursor.u16();
        this.address += by;
        this.operation = 0;
        // A fixed advance keeps counting views: it may be by nothing.
        return { kind: 'fixed-advance-pc', by };
      }
      case 10:
        return { kind: 'prologue-end' };
      case 11:
        return { kind: 'epilogue-begin' };
      case 12:
        return { kind: 'set-isa', isa: cursor.uleb() };
      default: {
        const count = header.operandCounts[opcode - 1] ?? 0;
        const operands = Array.from({ length: count }, () => cursor.uleb());
        return { kind: 'unknown', opcode, operands };
      }
    }
  }

  private extended(): LineOperation {
    const { cursor } = this;
    const length = cursor.uleb();
    if (length === 0 || cursor.at + length > cursor.end) {
      cursor.at = cursor.end;
      return { kind: 'bad-extended' };
    }
    const end = cursor.at + length;
    const code = cursor.u8();
    let operation: LineOperation;
    switch (code) {
      case 1:
        operation = { kind: 'end-sequence' };
        break;
      case 2:
        this.addressAt = cursor.at;
        this.address = cursor.unsigned(length - 1);
        this.operation = 0;
        this.view = 0;
        operation = { kind: 'set-address', address: this.address };
        break;
      case 3: {
        const at = cursor.at;
        const text = cursor.text();
        const directory = cursor.uleb();
        const time = cursor.uleb();
        const entry = plainEntry(at, text, { directory, time, size: cursor.uleb() });
        this.defined.push(entry);
        operation = { kind: 'define-file', entry };
        break;
      }
      case 4:
        operation = { kind: 'discriminator', discriminator: cursor.uleb() };
        break;
      default:
        operation = {
          kind: 'unknown-extended',
          code,
          bytes: cursor.bytes.subarray(cursor.at, end),
        };
    }
    cursor.at = Math.min(Math.max(end, 0), cursor.end);
    return operation;
  }

  /** Begins a sequence anew, after `end-sequence` has been dealt with. */
  endSequence(): void {
    this.reset();
  }
}
