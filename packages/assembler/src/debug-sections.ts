// The sections that the assembler writes itself once addresses are known: .debug_line from `.loc`
// rows, .eh_frame and .debug_frame from `.cfi_*`.

import { writeFrames, writeLines, writeUnit } from '@ring0/dwarf';
import type {
  FrameDescription,
  FramePointer,
  LineFile,
  LineProgramRow,
  LineSequence,
  UnitSection,
} from '@ring0/dwarf';
import type { Assembly } from './assembly.ts';
import type { FrameEntry, PointerReference } from './cfi.ts';
import { symbolValue } from './expression.ts';
import { attributeBytes } from './gnu-attributes.ts';
import type { Expression } from './expression.ts';
import { blankRow } from './line-rows.ts';
import type { LineRows } from './line-rows.ts';
import { itemKind } from './items.ts';
import { finishStabs } from './stabs.ts';
import { Section, labelAddress } from './sections.ts';
import type { Spot } from './sections.ts';
import { AsmSymbol, anonymousName } from './symbols.ts';

/** Adds the sections; the ordinary ones are laid out already. */
export function addDebugSections(assembly: Assembly): void {
  finishStabs(assembly);
  addLines(assembly);
  if (assembly.cfi.entry) {
    assembly.error('A0604', "'.cfi_endproc' is missing", assembly.cfi.entry.start.definedAt);
  }
  if (assembly.cfi.hasEhFrame) addFrames(assembly, true);
  if (assembly.cfi.hasDebugFrame) addFrames(assembly, false);
  addAttributes(assembly);
}

function addAttributes(assembly: Assembly): void {
  const bytes = attributeBytes(assembly);
  if (!bytes) return;
  const type = 0x6ffffff5;
  filled(assembly.section('.gnu.attributes', { type, flags: 0, entrySize: 0 }), bytes);
}

/** A finished section: one subsection, no items. */
function filled(section: Section, bytes: Uint8Array): void {
  const sub = section.subsections[0];
  sub.startOffset = 0;
  sub.append(bytes);
  section.size = sub.length;
  section.sizesBefore = new Float64Array(sub.items.length + 1);
}

function addressField(section: Section, offset: number, value: Expression, isRelative: boolean) {
  section.subsections[0].fixups.push({
    item: 0,
    offset,
    size: 4,
    value,
    isRelative,
    isSigned: false,
    tail: 0,
    instructionOffset: 0,
    isRelaxableGot: false,
    isData: true,
    where: undefined,
  });
}

function sectionStart(section: Section): AsmSymbol {
  const symbol = new AsmSymbol(anonymousName);
  symbol.state = 'label';
  symbol.isSectionStart = true;
  symbol.subsection = section.subsections[0];
  symbol.offset = -section.subsections[0].startOffset;
  return symbol;
}

function frameDescription(entry: FrameEntry): FrameDescription<Expression> {
  const start = labelAddress(entry.start);
  const pointer = (reference: PointerReference | undefined) =>
    reference && { encoding: reference.encoding, target: reference.value };
  return {
    start: symbolValue(entry.start),
    length: labelAddress(entry.end ?? entry.start) - start,
    isSimple: entry.isSimple,
    isSignalFrame: entry.isSignalFrame,
    returnColumn: entry.returnColumn,
    personality: pointer(entry.personality),
    languageData: pointer(entry.languageData) as FramePointer<Expression> | undefined,
    instructions: entry.instructions.map(({ place, instruction }) => ({
      at: labelAddress(place) - start,
      instruction,
    })),
  };
}

const isSameValue = (a: Expression, b: Expression) =>
  a.kind === 'linear' && b.kind === 'linear' && a.plus === b.plus && a.addend === b.addend;

function addFrames(assembly: Assembly, isEh: boolean): void {
  const { entries } = assembly.cfi;
  if (entries.length === 0) return;
  const descriptions = entries.map((entry) => frameDescription(entry));
  const written = writeFrames(descriptions, { isEh, isSameTarget: isSameValue });
  const section = assembly.section(isEh ? '.eh_frame' : '.debug_frame', {
    type: 1,
    flags: isEh ? 2 : 0,
    entrySize: 0,
  });
  section.alignment = Math.max(section.alignment, 4);
  const base = section.subsections[0].length;
  filled(section, written.bytes);
  for (const { offset, target, addend, isRelative } of written.relocations) {
    const value = target ?? symbolValue(sectionStart(section), BigInt(base + addend));
    addressField(section, base + offset, value, isRelative);
  }
}

/** Directories and files as the table numbers them. */
function fileTable(assembly: Assembly, version: number) {
  const { files } = assembly.lines;
  const directories: string[] = [];
  if (version >= 5) directories.push(files[0]?.directory ?? '.');
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
      table.push({ directory: 0, name: '' });
      continue;
    }
    const isSplit = file.directory === undefined || number === 0;
    const slash = isSplit ? file.name.lastIndexOf('/') : -1;
    const own = number === 0 ? undefined : file.directory;
    const directory = slash > 0 ? file.name.slice(0, slash) : own;
    const name = slash > 0 ? file.name.slice(slash + 1) : file.name;
    table.push({ directory: directoryNumber(directory), name, md5: file.md5 });
  }
  return { directories, table };
}

/** The rows one after the other, in one object that is filled anew for each. */
function* programRows(rows: LineRows): Generator<LineProgramRow> {
  const row = { ...blankRow(), address: 0, isAddressWritten: false };
  for (let i = 0; i < rows.length; i++) {
    rows.read(i, row);
    row.address = rows.address(i);
    row.isAddressWritten =
      row.view === 'reset' && i > 0 && mayBeSamePlace(rows.spot(i), rows.spot(i - 1));
    yield row;
  }
}

function sequence(section: Section, rows: LineRows): LineSequence<Section> {
  return { section, end: section.size, rows: programRows(rows) };
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

function addLines(assembly: Assembly): void {
  const { lines } = assembly;
  if (!lines.isUsed && lines.files.length === 0) return;
  const { version } = lines;
  const { directories, table } = fileTable(assembly, version);
  const sequences = [...lines.rows].map(([section, rows]) => sequence(section, rows));
  const written = writeLines({ version, directories, files: table, sequences });
  const section = assembly.section('.debug_line', { type: 1, flags: 0, entrySize: 0 });
  const base = section.subsections[0].length;
  filled(section, written.bytes);
  const fields = [
    ...written.addresses.map(({ offset, section: target }) => ({ offset, target })),
    ...written.stringFields.map((offset) => ({ offset, target: undefined })),
  ].sort((a, b) => a.offset - b.offset);
  const strings =
    version >= 5
      ? assembly.section('.debug_line_str', { type: 1, flags: 0x30, entrySize: 1 })
      : undefined;
  const stringsBase = strings ? strings.subsections[0].length : 0;
  if (strings) filled(strings, written.strings);
  const view = new DataView(written.bytes.buffer, written.bytes.byteOffset);
  for (const { offset, target } of fields) {
    const home = target ?? strings;
    if (!home) continue;
    const addend = BigInt(view.getUint32(offset, true) + (target ? 0 : stringsBase));
    addressField(section, base + offset, symbolValue(sectionStart(home), addend), false);
  }
  addUnit(assembly, section);
}

/** A source that brings rows but no .debug_info gets one unit, so that debuggers see the rows. */
function addUnit(assembly: Assembly, line: Section): void {
  const { lines } = assembly;
  const known = assembly.findSection('.debug_info');
  if (lines.rows.size === 0 || (known && known.subsections[0].length > 0)) return;
  const main = lines.files[0] ?? lines.files[1];
  const written = writeUnit<Section>({
    version: lines.version,
    name: main?.name ?? '',
    directory: lines.files[0]?.directory ?? '.',
    producer: 'ring0 as',
    ranges: [...lines.rows.keys()].map((section) => ({ section, size: section.size })),
  });
  const make = (name: string) => assembly.section(name, { type: 1, flags: 0, entrySize: 0 });
  const info = make('.debug_info');
  const abbreviations = make('.debug_abbrev');
  const addresses = make('.debug_aranges');
  addresses.alignment = 8;
  const rangesName = lines.version >= 5 ? '.debug_rnglists' : '.debug_ranges';
  const ranges = written.ranges && make(rangesName);
  const bases = new Map<string, Section | undefined>([
    ['line', line],
    ['abbreviations', abbreviations],
    ['info', info],
    ['ranges', ranges],
  ]);
  const fill = (section: Section, { bytes, fields }: UnitSection<Section>) => {
    const base = section.subsections[0].length;
    filled(section, bytes);
    for (const { offset, target, addend } of fields) {
      const home = typeof target === 'string' ? bases.get(target) : target;
      if (!home) throw new Error(`no section for the field at ${offset}`);
      const value = symbolValue(sectionStart(home), BigInt(addend));
      addressField(section, base + offset, value, false);
    }
  };
  fill(info, written.info);
  fill(abbreviations, written.abbreviations);
  fill(addresses, written.addresses);
  if (ranges && written.ranges) fill(ranges, written.ranges);
}
