// Reads line tables (.debug_line of DWARF 2 to 5; DWARF 5, 6.2) of objects and executables: which
// source line an address comes from. In an object the addresses are relocations, so rows belong
// to a section.

import { ByteReader, latin1Text } from '@ring0/bytes';
import { stringAt } from '@ring0/elf';
import type { ElfFile, ElfSection } from '@ring0/elf';

/** A row of the line table. */
export interface LineRow {
  /** The section that `address` is relative to; undefined in executables. */
  readonly section: ElfSection | undefined;
  readonly address: number;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly isStatement: boolean;
  /** The address is the first behind a run of code. */
  readonly isEnd: boolean;
}

/** A place in source text. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface SourceLines {
  /** Rows in the order of the table. */
  readonly rows: readonly LineRow[];
  /** The place that an address comes from; in objects an offset in a section. */
  find(section: ElfSection | undefined, address: number): SourcePlace | undefined;
}

const contentType = { path: 1, directory: 2 } as const;
const form = {
  block2: 3,
  block4: 4,
  data2: 5,
  data4: 6,
  data8: 7,
  string: 8,
  block: 9,
  block1: 10,
  data1: 11,
  strp: 14,
  udata: 15,
  data16: 30,
  lineStrp: 31,
} as const;

const standard = {
  copy: 1,
  advancePc: 2,
  advanceLine: 3,
  setFile: 4,
  setColumn: 5,
  negateStatement: 6,
  setBasicBlock: 7,
  constAddPc: 8,
  fixedAdvancePc: 9,
  setPrologueEnd: 10,
  setEpilogueBegin: 11,
  setIsa: 12,
} as const;

const extended = { endSequence: 1, setAddress: 2, defineFile: 3 } as const;

const rowsMax = 4_000_000;

/**
 * The source lines of a file; empty where it has no line table, as far as readable where it is
 * damaged.
 */
export function sourceLines(file: ElfFile): SourceLines {
  const rows: LineRow[] = [];
  for (const section of file.sections) {
    if (section.name === '.debug_line') readTable(file, section, rows);
  }
  let index: Map<ElfSection | undefined, LineRow[]> | undefined;
  return {
    rows,
    find: (section, address) => {
      index ??= indexRows(rows);
      return findPlace(index.get(section) ?? [], address);
    },
  };
}

function indexRows(rows: readonly LineRow[]): Map<ElfSection | undefined, LineRow[]> {
  const index = new Map<ElfSection | undefined, LineRow[]>();
  for (const row of rows) {
    const list = index.get(row.section);
    if (list) list.push(row);
    else index.set(row.section, [row]);
  }
  for (const list of index.values()) {
    list.sort((a, b) => a.address - b.address || Number(b.isEnd) - Number(a.isEnd));
  }
  return index;
}

function findPlace(rows: readonly LineRow[], address: number): SourcePlace | undefined {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle].address <= address) low = middle + 1;
    else high = middle;
  }
  const row = rows[low - 1];
  if (!row || row.isEnd) return undefined;
  return { file: row.file, line: row.line, column: row.column };
}

/**
 * The section's bytes with references to debug sections resolved, and the code section each
 * address is in.
 */
function applyRelocations(section: ElfSection): {
  data: Uint8Array;
  sections: Map<number, ElfSection>;
} {
  const sections = new Map<number, ElfSection>();
  if (section.relocations.length === 0) return { data: section.data, sections };
  const data = section.data.slice();
  const view = new DataView(data.buffer);
  for (const { offset, symbol, addend } of section.relocations) {
    if (!symbol || offset + 4 > data.length) continue;
    const base = addend === undefined ? view.getUint32(offset, true) : Number(addend);
    view.setUint32(offset, base + Number(BigInt.asUintN(32, symbol.value)), true);
    if (typeof symbol.section === 'object') sections.set(offset, symbol.section);
  }
  return { data, sections };
}

interface Header {
  readonly version: number;
  readonly is64: boolean;
  readonly end: number;
  readonly program: number;
  readonly minimumLength: number;
  readonly isStatement: boolean;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  readonly lengths: readonly number[];
  readonly files: readonly string[];
}

function readTable(file: ElfFile, section: ElfSection, rows: LineRow[]): void {
  const { data, sections } = applyRelocations(section);
  const reader = new ByteReader(data);
  while (!reader.isAtEnd && !reader.isOverrun) {
    const header = readHeader(file, reader);
    if (!header) return;
    runProgram(header, new ByteReader(data, header.program, header.end), sections, rows);
    reader.at = header.end;
  }
}

function readHeader(file: ElfFile, reader: ByteReader): Header | undefined {
  let length = reader.u32();
  const is64 = length === 0xffffffff;
  if (is64) length = Number(reader.u64());
  const end = reader.at + length;
  const version = reader.u16();
  if (end > reader.end || version < 2 || version > 5) return undefined;
  if (version >= 5) reader.u16();
  const headerLength = is64 ? Number(reader.u64()) : reader.u32();
  const program = reader.at + headerLength;
  const minimumLength = reader.u8();
  if (version >= 4) reader.u8();
  const isStatement = reader.u8() !== 0;
  const lineBase = (reader.u8() << 24) >> 24;
  const lineRange = reader.u8();
  const opcodeBase = reader.u8();
  const lengths: number[] = [0];
  for (let i = 1; i < opcodeBase; i++) lengths.push(reader.u8());
  const files = version >= 5 ? filesOf5(file, reader, is64) : filesOf2(reader);
  if (reader.isOverrun || lineRange === 0 || program > end) return undefined;
  return {
    version,
    is64,
    end,
    program,
    minimumLength,
    isStatement,
    lineBase,
    lineRange,
    opcodeBase,
    lengths,
    files,
  };
}

function join(directory: string | undefined, name: string): string {
  return directory === undefined || directory === '' || name.startsWith('/')
    ? name
    : `${directory}/${name}`;
}

/** DWARF 2 to 4: directories and files as strings; file 0 does not exist. */
function filesOf2(reader: ByteReader): string[] {
  const directories: string[] = [''];
  for (let name = reader.cstring(); name !== '' && !reader.isOverrun; name = reader.cstring()) {
    directories.push(name);
  }
  const files: string[] = [''];
  for (let name = reader.cstring(); name !== '' && !reader.isOverrun; name = reader.cstring()) {
    files.push(join(directories[reader.uleb128()], name));
    reader.uleb128();
    reader.uleb128();
  }
  return files;
}

/** DWARF 5: entries in a described format; directory 0 is where the compiler ran. */
function filesOf5(file: ElfFile, reader: ByteReader, is64: boolean): string[] {
  const directories = readEntries(file, reader, is64).map((entry) => entry.path);
  const files = readEntries(file, reader, is64);
  return files.map(({ path, directory }) =>
    join(directory === 0 ? '' : directories[directory], path),
  );
}

function readEntries(
  file: ElfFile,
  reader: ByteReader,
  is64: boolean,
): { path: string; directory: number }[] {
  const format: { content: number; form: number }[] = [];
  for (let count = reader.u8(); count > 0; count--) {
    format.push({ content: reader.uleb128(), form: reader.uleb128() });
  }
  const entries: { path: string; directory: number }[] = [];
  for (let count = reader.uleb128(); count > 0 && !reader.isOverrun && format.length > 0; count--) {
    const entry = { path: '', directory: 0 };
    for (const { content, form: kind } of format) {
      const value = readForm(file, reader, kind, is64);
      if (value === undefined) return entries;
      if (content === contentType.path && typeof value === 'string') entry.path = value;
      if (content === contentType.directory && typeof value === 'number') entry.directory = value;
    }
    entries.push(entry);
  }
  return entries;
}

function readForm(
  file: ElfFile,
  reader: ByteReader,
  kind: number,
  is64: boolean,
): string | number | undefined {
  const text = (name: string): string => {
    const offset = is64 ? Number(reader.u64()) : reader.u32();
    const section = file.sections.find((candidate) => candidate.name === name);
    return section ? stringAt(section.data, offset) : '';
  };
  switch (kind) {
    case form.string:
      return reader.cstring();
    case form.lineStrp:
      return text('.debug_line_str');
    case form.strp:
      return text('.debug_str');
    case form.udata:
      return reader.uleb128();
    case form.data1:
      return reader.u8();
    case form.data2:
      return reader.u16();
    case form.data4:
      return reader.u32();
    case form.data8:
      return Number(reader.u64());
    case form.data16:
      return latin1Text(reader.slice(16));
    case form.block:
      return latin1Text(reader.slice(reader.uleb128()));
    case form.block1:
      return latin1Text(reader.slice(reader.u8()));
    case form.block2:
      return latin1Text(reader.slice(reader.u16()));
    case form.block4:
      return latin1Text(reader.slice(reader.u32()));
    default:
      return undefined;
  }
}

interface State {
  section: ElfSection | undefined;
  address: number;
  file: number;
  line: number;
  column: number;
  isStatement: boolean;
}

const initial = (header: Header): State => ({
  section: undefined,
  address: 0,
  file: 1,
  line: 1,
  column: 0,
  isStatement: header.isStatement,
});

function runProgram(
  header: Header,
  reader: ByteReader,
  sections: ReadonlyMap<number, ElfSection>,
  rows: LineRow[],
): void {
  let state = initial(header);
  const emit = (isEnd: boolean): void => {
    const { section, address, line, column, isStatement } = state;
    const name = header.files[state.file] ?? '';
    if (rows.length < rowsMax)
      rows.push({ section, address, file: name, line, column, isStatement, isEnd });
  };
  const { opcodeBase, lineRange, lineBase, minimumLength } = header;
  while (!reader.isAtEnd) {
    const opcode = reader.u8();
    if (opcode >= opcodeBase) {
      const adjusted = opcode - opcodeBase;
      state.address += Math.floor(adjusted / lineRange) * minimumLength;
      state.line += lineBase + (adjusted % lineRange);
      emit(false);
    } else if (opcode === 0) {
      const length = reader.uleb128();
      const end = reader.at + length;
      const kind = length > 0 ? reader.u8() : 0;
      if (kind === extended.setAddress) {
        state.section = sections.get(reader.at);
        state.address = length > 5 ? Number(reader.u64()) : reader.u32();
      } else if (kind === extended.endSequence) {
        emit(true);
        state = initial(header);
      }
      reader.at = Math.max(reader.at, Math.min(end, reader.end));
    } else step(header, reader, opcode, state, emit);
  }
}

function step(
  header: Header,
  reader: ByteReader,
  opcode: number,
  state: State,
  emit: (isEnd: boolean) => void,
): void {
  const { minimumLength, opcodeBase, lineRange, lengths } = header;
  switch (opcode) {
    case standard.copy:
      return emit(false);
    case standard.advancePc:
      state.address += reader.uleb128() * minimumLength;
      return;
    case standard.advanceLine:
      state.line += reader.sleb128();
      return;
    case standard.setFile:
      state.file = reader.uleb128();
      return;
    case standard.setColumn:
      state.column = reader.uleb128();
      return;
    case standard.negateStatement:
      state.isStatement = !state.isStatement;
      return;
    case standard.constAddPc:
      state.address += Math.floor((255 - opcodeBase) / lineRange) * minimumLength;
      return;
    case standard.fixedAdvancePc:
      state.address += reader.u16();
      return;
    default:
      for (let count = lengths[opcode] ?? 0; count > 0; count--) reader.uleb128();
  }
}
