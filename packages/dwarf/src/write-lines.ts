// The line number program (DWARF 5, 6.2; versions 2 to 5), with the opcode choices of GNU as, so
// that equal rows give equal bytes. Addresses are final; the only relocations are one address per
// sequence and, in version 5, the offsets into .debug_line_str.

import { ByteWriter } from '@ring0/bytes';

export interface LineProgramRow {
  /** Bytes from the start of the sequence's section. */
  readonly address: number;
  readonly file: number;
  readonly line: number;
  readonly column: number;
  readonly isStatement: boolean;
  readonly isBasicBlock: boolean;
  readonly isPrologueEnd: boolean;
  readonly isEpilogueBegin: boolean;
  readonly discriminator: number;
  readonly isa: number;
  /** The address is written in full, which starts view numbers anew. */
  readonly isAddressWritten?: boolean | undefined;
}

export interface LineSequence<Target> {
  readonly section: Target;
  readonly end: number;
  /** Each is read before the next is asked for, so that one object may stand for all. */
  readonly rows: Iterable<LineProgramRow>;
}

export interface LineFile {
  readonly directory: number;
  readonly name: string;
  readonly md5?: Uint8Array | undefined;
}

export interface LineProgram<Target> {
  readonly version: number;
  /** Default 4. */
  readonly addressSize?: 4 | 8 | undefined;
  /** Version 5: entry 0 is the compilation's directory. Before: entries count from 1. */
  readonly directories: readonly string[];
  readonly files: readonly LineFile[];
  readonly sequences: readonly LineSequence<Target>[];
}

export interface LineSection<Target> {
  readonly bytes: Uint8Array;
  readonly addresses: readonly { readonly offset: number; readonly section: Target }[];
  /** Version 5: fields that hold offsets into the strings. */
  readonly stringFields: readonly number[];
  /** .debug_line_str */
  readonly strings: Uint8Array;
}

const lineBase = -5;
const lineRange = 14;
const opcodeBase = 13;
const addressSpecialMax = Math.floor((255 - opcodeBase) / lineRange);
const operandCounts = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1];

const op = {
  copy: 1,
  advancePc: 2,
  advanceLine: 3,
  setFile: 4,
  setColumn: 5,
  negateStatement: 6,
  setBasicBlock: 7,
  constAddPc: 8,
  setPrologueEnd: 10,
  setEpilogueBegin: 11,
  setIsa: 12,
} as const;

const extended = { endSequence: 1, setAddress: 2, setDiscriminator: 4 } as const;
const form = { udata: 0x0f, lineStrp: 0x1f, data16: 0x1e } as const;
const content = { path: 1, directory: 2, md5: 5 } as const;

/** One row further: by a special opcode where the steps fit one. */
function writeStep(writer: ByteWriter, lineDelta: number, addressDelta: number): void {
  let line = lineDelta;
  let needsCopy = false;
  if (line < lineBase || line >= lineBase + lineRange) {
    writer.u8(op.advanceLine);
    writer.sleb128(line);
    line = 0;
    needsCopy = true;
  }
  if (line === 0 && addressDelta === 0) {
    writer.u8(op.copy);
    return;
  }
  const base = line - lineBase + opcodeBase;
  if (addressDelta < 256 + addressSpecialMax) {
    const single = base + addressDelta * lineRange;
    if (single <= 255) return writer.u8(single);
    const second = base + (addressDelta - addressSpecialMax) * lineRange;
    if (second <= 255) {
      writer.u8(op.constAddPc);
      return writer.u8(second);
    }
  }
  writer.u8(op.advancePc);
  writer.uleb128(addressDelta);
  writer.u8(needsCopy ? op.copy : base);
}

class LineWriter<Target> {
  private readonly writer = new ByteWriter(1024);
  private readonly addresses: { offset: number; section: Target }[] = [];
  private readonly stringFields: number[] = [];
  private addressSize = 4;
  private readonly strings = new ByteWriter(256);

  write(program: LineProgram<Target>): LineSection<Target> {
    const { writer } = this;
    this.addressSize = program.addressSize ?? 4;
    writer.u32(0);
    writer.u16(program.version);
    if (program.version >= 5) {
      writer.u8(this.addressSize);
      writer.u8(0);
    }
    const headerLength = writer.length;
    writer.u32(0);
    writer.u8(1);
    if (program.version >= 4) writer.u8(1);
    writer.u8(1);
    writer.u8(lineBase & 0xff);
    writer.u8(lineRange);
    writer.u8(opcodeBase);
    for (const count of operandCounts) writer.u8(count);
    if (program.version >= 5) this.tables5(program);
    else this.tables(program);
    writer.patchU32(headerLength, writer.length - headerLength - 4);
    for (const sequence of program.sequences) this.sequence(sequence);
    writer.patchU32(0, writer.length - 4);
    return {
      bytes: writer.take(),
      addresses: this.addresses,
      stringFields: this.stringFields,
      strings: this.strings.take(),
    };
  }

  private tables(program: LineProgram<Target>): void {
    for (const directory of program.directories) this.writer.cstring(directory);
    this.writer.u8(0);
    for (const file of program.files) {
      this.writer.cstring(file.name);
      this.writer.uleb128(file.directory);
      this.writer.uleb128(0);
      this.writer.uleb128(0);
    }
    this.writer.u8(0);
  }

  private tables5(program: LineProgram<Target>): void {
    const { writer } = this;
    writer.u8(1);
    writer.uleb128(content.path);
    writer.uleb128(form.lineStrp);
    writer.uleb128(program.directories.length);
    for (const directory of program.directories) this.string(directory);
    const hasMd5 = program.files.some((file) => file.md5);
    writer.u8(hasMd5 ? 3 : 2);
    writer.uleb128(content.path);
    writer.uleb128(form.lineStrp);
    writer.uleb128(content.directory);
    writer.uleb128(form.udata);
    if (hasMd5) {
      writer.uleb128(content.md5);
      writer.uleb128(form.data16);
    }
    writer.uleb128(program.files.length);
    let nameOffset = 0;
    program.files.forEach((file, i) => {
      // File 1 in the place of a file 0 that nobody gave shares its name.
      if (i === 0 || file !== program.files[i - 1]) nameOffset = this.strings.length;
      this.string(file.name, nameOffset);
      writer.uleb128(file.directory);
      if (hasMd5) writer.bytes(file.md5 ?? new Uint8Array(16));
    });
  }

  private string(text: string, offset: number = this.strings.length): void {
    this.stringFields.push(this.writer.length);
    this.writer.u32(offset);
    if (offset === this.strings.length) this.strings.cstring(text);
  }

  private sequence(sequence: LineSequence<Target>): void {
    const { writer } = this;
    let [file, line, column, isa, isStatement] = [1, 1, 0, 0, true];
    let address: number | undefined;
    for (const row of sequence.rows) {
      if (row.file !== file) {
        writer.u8(op.setFile);
        writer.uleb128((file = row.file));
      }
      if (row.column !== column) {
        writer.u8(op.setColumn);
        writer.uleb128((column = row.column));
      }
      if (row.discriminator !== 0) this.extended(extended.setDiscriminator, row.discriminator);
      if (row.isa !== isa) {
        writer.u8(op.setIsa);
        writer.uleb128((isa = row.isa));
      }
      if (row.isStatement ? !isStatement : isStatement) {
        writer.u8(op.negateStatement);
        isStatement = row.isStatement;
      }
      if (row.isBasicBlock) writer.u8(op.setBasicBlock);
      if (row.isPrologueEnd) writer.u8(op.setPrologueEnd);
      if (row.isEpilogueBegin) writer.u8(op.setEpilogueBegin);
      if (address === undefined || row.isAddressWritten) {
        this.setAddress(sequence.section, row.address);
        address = row.address;
      }
      // Lines are 32-bit numbers, and so is what lies between two.
      writeStep(writer, (row.line - line) | 0, row.address - address);
      line = row.line;
      address = row.address;
    }
    this.endSequence(sequence.end - (address ?? sequence.end));
  }

  private extended(code: number, value: number): void {
    let size = 1;
    for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
    this.writer.u8(0);
    this.writer.uleb128(size + 1);
    this.writer.u8(code);
    this.writer.uleb128(value);
  }

  private setAddress(section: Target, address: number): void {
    this.writer.u8(0);
    this.writer.uleb128(1 + this.addressSize);
    this.writer.u8(extended.setAddress);
    this.addresses.push({ offset: this.writer.length, section });
    this.writer.u32(address);
    if (this.addressSize === 8) this.writer.u32(0);
  }

  private endSequence(delta: number): void {
    if (delta === addressSpecialMax) this.writer.u8(op.constAddPc);
    else if (delta !== 0) {
      this.writer.u8(op.advancePc);
      this.writer.uleb128(delta);
    }
    this.writer.u8(0);
    this.writer.uleb128(1);
    this.writer.u8(extended.endSequence);
  }
}

/** Writes .debug_line and, for version 5, .debug_line_str. */
export function writeLines<Target>(program: LineProgram<Target>): LineSection<Target> {
  return new LineWriter<Target>().write(program);
}
