// The line number programs as -wl shows them, instruction by instruction, and as -wL shows them,
// row by row.

import { LineMachine, readLineHeader, stringIn } from '@ring0/dwarf';
import type { FormValue, LineEntry, LineHeader, LineOperation, LineTableShape } from '@ring0/dwarf';
import { shortFormName } from './dwarf-abbrev-dump.ts';
import { sharp } from './dwarf-expression.ts';
import type { DebugSections } from './dwarf-sections.ts';
import { hex } from '../text-sink.ts';
import type { TextSink } from '../text-sink.ts';

const contentTitles: Readonly<Record<number, string>> = {
  1: 'Name',
  2: 'Dir',
  3: 'Time',
  4: 'Size',
  5: 'MD5\t\t\t',
};

/** A value as the tables of DWARF 5 show it. */
function entryValue(sections: DebugSections, value: FormValue | undefined): string {
  if (!value) return '';
  switch (value.kind) {
    case 'string':
      return value.text;
    case 'indirect': {
      const isLine = value.section === '.debug_line_str';
      const text = stringIn(sections.section(value.section), value.value) ?? '<no .debug_str>';
      const kind = isLine ? 'indirect line string' : 'indirect string';
      return `(${kind}, offset: ${sharp(value.value)}): ${text}`;
    }
    case 'wide':
      if (value.high === 0n && value.low === 0n) return '0';
      return `0x${hex(value.high)}${hex(value.low, 16)}`;
    case 'constant':
    case 'flag':
      return `${value.value}`;
    case 'index':
      return `(indexed string: ${sharp(value.value)}): `;
    default:
      return '';
  }
}

/** The same with the form's name, as wide output has it. */
function wideColumn(sections: DebugSections, value: FormValue | undefined, form: number): string {
  const plain = entryValue(sections, value).replace(/^\(indirect (line )?string, /, '(');
  return `\t(${shortFormName(form)})${value?.kind === 'wide' ? ' ' : '\t'}${plain}`;
}

/** The plain text of a name. */
export function lineName(sections: DebugSections, value: FormValue | undefined): string {
  if (!value) return '';
  if (value.kind === 'string') return value.text;
  if (value.kind === 'indirect') {
    return stringIn(sections.section(value.section), value.value) ?? '';
  }
  return '';
}

function describedTable(sections: DebugSections, table: LineTableShape, title: string): string {
  const { contents, entries, offset } = table;
  if (entries.length === 0) return `\n The ${title} is empty.\n`;
  let text = `\n The ${title} (offset 0x${hex(offset)}, lines ${entries.length}, columns ${contents.length}):\n`;
  const order = [
    ...contents.filter((code) => code !== 1),
    ...contents.filter((code) => code === 1),
  ];
  text += '  Entry';
  for (const code of order)
    text += `\t${contentTitles[code] ?? `(Unknown format content type ${code})`}`;
  text += '\n';
  entries.forEach((entry, index) => {
    text += `  ${index}`;
    for (const code of order) {
      const value = entry.fields.get(code);
      if (sections.isWide) text += wideColumn(sections, value, table.forms?.get(code) ?? 0);
      // A sum of 16 bytes follows a space, as everything of that form does.
      else text += `${value?.kind === 'wide' ? ' ' : '\t'}${entryValue(sections, value)}`;
    }
    text += '\n';
  });
  return text;
}

function oldTables(sections: DebugSections, { directories, files }: LineHeader): string {
  let text = '';
  if (directories.entries.length === 0) text += '\n The Directory Table is empty.\n';
  else {
    text += `\n The Directory Table (offset 0x${hex(directories.offset)}):\n`;
    directories.entries.forEach((entry, index) => {
      text += `  ${index + 1}\t${lineName(sections, entry.name)}\n`;
    });
  }
  if (files.entries.length === 0) return `${text}\n The File Name Table is empty.\n`;
  text += `\n The File Name Table (offset 0x${hex(files.offset)}):\n  Entry\tDir\tTime\tSize\tName\n`;
  files.entries.forEach((entry, index) => {
    text += `  ${index + 1}\t${fileColumns(sections, entry)}\n`;
  });
  return text;
}

function fileColumns(sections: DebugSections, entry: LineEntry): string {
  return `${entry.directory}\t${entry.time}\t${entry.size}\t${lineName(sections, entry.name)}`;
}

function headerText(sections: DebugSections, header: LineHeader): string {
  const { version } = header;
  const rows: (readonly [string, string | number])[] = [
    ['Offset', sharp(header.offset)],
    ['Length', header.length],
    ['DWARF Version', version],
  ];
  if (version >= 5) {
    rows.push(['Address size (bytes)', header.addressSize]);
    rows.push(['Segment selector (bytes)', header.segmentSize]);
  }
  rows.push(['Prologue Length', header.prologueLength]);
  rows.push(['Minimum Instruction Length', header.minimumLength]);
  if (version >= 4) rows.push(['Maximum Ops per Instruction', header.maximumOperations]);
  rows.push(["Initial value of 'is_stmt'", Number(header.isStatement)]);
  rows.push(['Line Base', header.lineBase]);
  rows.push(['Line Range', header.lineRange]);
  rows.push(['Opcode Base', header.opcodeBase]);
  let text = rows.map(([name, value]) => `  ${`${name}:`.padEnd(28)} ${value}\n`).join('');
  text += '\n Opcodes:\n';
  header.operandCounts.forEach((count, index) => {
    text += `  Opcode ${index + 1} has ${count} arg${count === 1 ? '' : 's'}\n`;
  });
  if (version < 5) return text + oldTables(sections, header);
  return (
    text +
    describedTable(sections, header.directories, 'Directory Table') +
    describedTable(sections, header.files, 'File Name Table')
  );
}

function operationText(
  sections: DebugSections,
  machine: LineMachine,
  operation: LineOperation,
): string {
  const { address, line, view } = machine;
  const shownView = view > 0 ? ` (view ${view})` : '';
  switch (operation.kind) {
    case 'special':
      return (
        `Special opcode ${operation.opcode}: advance Address by ${operation.address} ` +
        `to ${sharp(address)} and Line by ${operation.line} to ${line}${shownView}`
      );
    case 'copy':
      return `Copy${shownView}`;
    case 'advance-pc':
      return `Advance PC by ${operation.by} to ${sharp(address)}`;
    case 'advance-line':
      return `Advance Line by ${operation.by} to ${line}`;
    case 'set-file':
      return `Set File Name to entry ${operation.file} in the File Name Table`;
    case 'set-column':
      return `Set column to ${operation.column}`;
    case 'negate':
      return `Set is_stmt to ${Number(machine.isStatement)}`;
    case 'basic-block':
      return 'Set basic block';
    case 'const-add-pc':
      return `Advance PC by constant ${operation.by} to ${sharp(address)}`;
    case 'fixed-advance-pc':
      return `Advance PC by fixed size amount ${operation.by} to ${sharp(address)}`;
    case 'prologue-end':
      return 'Set prologue_end to true';
    case 'epilogue-begin':
      return 'Set epilogue_begin to true';
    case 'set-isa':
      return `Set ISA to ${operation.isa}`;
    case 'unknown': {
      const operands = operation.operands.map((value) => sharp(value)).join(', ');
      return `Unknown opcode ${operation.opcode} with operands: ${operands}`;
    }
    case 'end-sequence':
      return 'Extended opcode 1: End of Sequence\n\n';
    case 'set-address':
      return `Extended opcode 2: set Address to ${sharp(operation.address)}`;
    case 'define-file': {
      const index = machine.header.files.entries.length + machine.defined.length;
      return (
        'Extended opcode 3: define new File Table entry\n  Entry\tDir\tTime\tSize\tName\n' +
        `   ${index}\t${fileColumns(sections, operation.entry)}\n`
      );
    }
    case 'discriminator':
      return `Extended opcode 4: set Discriminator to ${operation.discriminator}`;
    case 'unknown-extended': {
      const shown = Array.from(operation.bytes, (byte) => hex(byte, 2)).join(' ');
      return `Extended opcode ${operation.code}: UNKNOWN: length ${operation.bytes.length} [${shown}]`;
    }
    case 'bad-extended':
      return 'badly formed extended line op!';
  }
}

/** -wl */
export function rawLines(
  sections: DebugSections,
  name: string,
  data: Uint8Array,
  out: TextSink,
): void {
  out.add(`Raw dump of debug contents of section ${name}:\n\n`);
  for (let offset = 0; offset < data.length;) {
    const header = readLineHeader(data, offset, sections.bits / 8);
    if (!header) {
      sections.warn('Only DWARF version 2, 3, 4 and 5 line info is currently supported.');
      return;
    }
    // A length that only the linker knows is that of all that is there.
    const isOpen = header.length > data.length && sections.sectionAt?.(name, offset) !== undefined;
    const length = isOpen ? data.length - offset - 4 : header.length;
    out.add(headerText(sections, { ...header, length }));
    if (header.start >= header.end) out.add('\n No Line Number Statements.');
    else {
      out.add('\n Line Number Statements:\n');
      const machine = new LineMachine(data, header);
      for (let op = machine.next(); op; op = machine.next()) {
        const shown = operationText(sections, machine, op);
        out.beginLine();
        out.text('  [0x');
        out.hex8(machine.at);
        out.text(']  ');
        out.text(shown);
        // What ends a sequence, or defines a file, brings its ends of lines along.
        if (!shown.endsWith('\n\n')) out.byte(0x0a);
        if (op.kind === 'special' || op.kind === 'copy') machine.shown();
        if (op.kind === 'end-sequence') machine.endSequence();
      }
    }
    out.add('\n');
    offset = Math.max(header.end, offset + 4);
  }
}

class DecodedLines {
  private readonly sections: DebugSections;
  private readonly out: TextSink;
  private readonly header: LineHeader;
  private readonly columns = new Map<number, string>();

  constructor(sections: DebugSections, header: LineHeader, out: TextSink) {
    this.sections = sections;
    this.header = header;
    this.out = out;
  }

  private entry(index: number): LineEntry | undefined {
    const { version, files } = this.header;
    return files.entries[version >= 5 ? index : index - 1];
  }

  private fileName(index: number): string {
    return lineName(this.sections, this.entry(index)?.name);
  }

  /** The title of the rows of a file. */
  private fileTitle(index: number): string {
    const { header, sections } = this;
    const entry = this.entry(index);
    if (!entry) return '<unknown>';
    const name = lineName(sections, entry.name);
    const { entries } = header.directories;
    const directory = header.version >= 5 ? entries[entry.directory] : entries[entry.directory - 1];
    const isOwn = (entry.directory === 0 && header.version < 5) || !directory;
    return isOwn ? `./${name}:[++]` : `${lineName(sections, directory.name)}/${name}:`;
  }

  title(): string {
    const { header, sections } = this;
    const first = header.files.entries[0];
    if (!first) return '';
    const name = lineName(sections, first.name);
    const { entries } = header.directories;
    if (entries.length === 0) return `CU: ${name}:\n`;
    if (!sections.isWide) return `${name}:\n`;
    const directory = entries[header.version >= 5 ? first.directory : first.directory - 1];
    return `CU: ${directory ? lineName(sections, directory.name) : '.'}/${name}:\n`;
  }

  /** A file's column, which many rows have. */
  private fileColumn(index: number): string {
    let column = this.columns.get(index);
    if (column === undefined) {
      const name = this.fileName(index);
      // Of a long name its end.
      column = `${(this.sections.isWide ? name : name.slice(-35)).padEnd(35)}  `;
      this.columns.set(index, column);
    }
    return column;
  }

  private row(machine: LineMachine, isEnd: boolean): void {
    const { out } = this;
    const { line, address, view } = machine;
    out.beginLine();
    out.text(this.fileColumn(machine.file));
    if (isEnd) out.text('          -');
    else if (line >= 0 && line < 0x8000_0000) out.decimal(line, 11);
    else out.text(`${line}`.padStart(11));
    out.spaces(2);
    if (address > 0 && address < 0x1_0000_0000) {
      const digits = Math.max(1, Math.ceil((32 - Math.clz32(address)) / 4));
      out.spaces(16 - digits);
      out.text('0x');
      out.hex(address);
    } else out.text(sharp(address).padStart(18));
    if (!isEnd) {
      if (view > 0) out.decimal(view, 8);
      else out.spaces(8);
      if (machine.isStatement) out.text('       x');
    }
    out.byte(0x0a);
  }

  run(data: Uint8Array): void {
    const { header, out } = this;
    out.add(this.title());
    out.add(
      'File name                            Line number    Starting address    View    Stmt\n',
    );
    const machine = new LineMachine(data, header);
    for (let op = machine.next(); op; op = machine.next()) {
      if (op.kind === 'set-file') out.add(`\n${this.fileTitle(op.file)}\n`);
      if (op.kind === 'special' || op.kind === 'copy') {
        this.row(machine, false);
        machine.shown();
      } else if (op.kind === 'end-sequence') {
        this.row(machine, true);
        out.add('\n');
        machine.endSequence();
      }
    }
    out.add('\n');
  }
}

/** -wL */
export function decodedLines(
  sections: DebugSections,
  name: string,
  data: Uint8Array,
  out: TextSink,
): void {
  out.add(`Contents of the ${name} section:\n\n`);
  for (let offset = 0; offset < data.length;) {
    const header = readLineHeader(data, offset, sections.bits / 8);
    if (!header) return;
    if (header.version >= 5 && header.start >= header.end) sections.warn('Corrupt file name list');
    new DecodedLines(sections, header, out).run(data);
    offset = Math.max(header.end, offset + 4);
  }
}
