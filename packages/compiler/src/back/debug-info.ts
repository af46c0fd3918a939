// DWARF 5 for -g beside the line table: a compilation unit with one entry for each function, its name, place and extent.
// Variables and types are not described. Encodings are those of the DWARF 5 standard, chapter 7.

import type { Emitter, Value } from '@ring0/assembler';
import { utf8Bytes } from '@ring0/bytes';

export interface DebugFunction {
  readonly name: string;
  readonly symbol: string;
  readonly end: string;
  readonly isExternal: boolean;
  readonly file: number;
  readonly line: number;
}

/** Tags, attributes and forms by their names in the standard. */
const Tag = { compileUnit: 0x11, subprogram: 0x2e } as const;
const At = {
  name: 0x03,
  statementList: 0x10,
  lowPc: 0x11,
  highPc: 0x12,
  language: 0x13,
  producer: 0x25,
  declFile: 0x3a,
  declLine: 0x3b,
  external: 0x3f,
  frameBase: 0x40,
  ranges: 0x55,
} as const;
const Form = {
  address: 0x01,
  data4: 0x06,
  string: 0x08,
  data1: 0x0b,
  flag: 0x0c,
  udata: 0x0f,
  sectionOffset: 0x17,
  expression: 0x18,
} as const;
const LANGUAGE_C11 = 0x1d;
const OP_CALL_FRAME_CFA = 0x9c;
const RANGE_END = 0;
const RANGE_START_END = 6;
const UNIT_COMPILE = 1;

interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: readonly (readonly [attribute: number, form: number])[];
}
const abbreviations: readonly Abbreviation[] = [
  {
    tag: Tag.compileUnit,
    hasChildren: true,
    attributes: [
      [At.producer, Form.string],
      [At.language, Form.data1],
      [At.name, Form.string],
      [At.lowPc, Form.address],
      [At.ranges, Form.sectionOffset],
      [At.statementList, Form.sectionOffset],
    ],
  },
  {
    tag: Tag.subprogram,
    hasChildren: false,
    attributes: [
      [At.name, Form.string],
      [At.external, Form.flag],
      [At.declFile, Form.udata],
      [At.declLine, Form.udata],
      [At.lowPc, Form.address],
      [At.highPc, Form.data4],
      [At.frameBase, Form.expression],
    ],
  },
];

const number = (x: number): Value => ({ addend: BigInt(x) });
const symbol = (name: string): Value => ({ plus: name, addend: 0n });
const distance = (from: string, to: string): Value => ({ plus: to, minus: from, addend: 0n });

class DebugWriter {
  private readonly out: Emitter;
  constructor(out: Emitter) {
    this.out = out;
  }
  private byte(...values: number[]): void {
    this.out.data(1, values.map(number));
  }
  private text(text: string): void {
    this.out.ascii(utf8Bytes(`${text}\0`));
  }
  private section(name: string, label: string): void {
    this.out.section(name, { flags: '', type: 'progbits' });
    this.out.label(label);
  }
  /** A unit's length field, which does not count itself. */
  private header(name: string, version: number): void {
    this.out.data(4, [distance(`.L${name}_begin`, `.L${name}_end`)]);
    this.out.label(`.L${name}_begin`);
    this.out.data(2, [number(version)]);
  }

  abbreviations(): void {
    this.section('.debug_abbrev', '.Ldebug_abbrev0');
    abbreviations.forEach((abbreviation, i) => {
      this.out.uleb128(number(i + 1));
      this.out.uleb128(number(abbreviation.tag));
      this.byte(abbreviation.hasChildren ? 1 : 0);
      for (const [attribute, form] of abbreviation.attributes) {
        this.out.uleb128(number(attribute));
        this.out.uleb128(number(form));
      }
      this.byte(0, 0);
    });
    this.byte(0);
  }

  unit(producer: string, name: string, functions: readonly DebugFunction[]): void {
    this.section('.debug_info', '.Ldebug_info0');
    this.header('debug_info', 5);
    this.byte(UNIT_COMPILE, 4);
    this.out.data(4, [symbol('.Ldebug_abbrev0')]);
    this.out.uleb128(number(1));
    this.text(producer);
    this.byte(LANGUAGE_C11);
    this.text(name);
    this.out.data(4, [number(0)]);
    this.out.data(4, [symbol('.Ldebug_ranges0')]);
    this.out.data(4, [symbol('.Ldebug_line0')]);
    for (const each of functions) this.subprogram(each);
    this.byte(0);
    this.out.label('.Ldebug_info_end');
  }
  private subprogram(each: DebugFunction): void {
    this.out.uleb128(number(2));
    this.text(each.name);
    this.byte(each.isExternal ? 1 : 0);
    this.out.uleb128(number(each.file));
    this.out.uleb128(number(each.line));
    this.out.data(4, [symbol(each.symbol)]);
    this.out.data(4, [distance(each.symbol, each.end)]);
    this.byte(1, OP_CALL_FRAME_CFA);
  }

  ranges(functions: readonly DebugFunction[]): void {
    this.out.section('.debug_rnglists', { flags: '', type: 'progbits' });
    this.header('debug_rnglists', 5);
    this.byte(4, 0);
    this.out.data(4, [number(0)]);
    this.out.label('.Ldebug_ranges0');
    for (const each of functions) {
      this.byte(RANGE_START_END);
      this.out.data(4, [symbol(each.symbol), symbol(each.end)]);
    }
    this.byte(RANGE_END);
    this.out.label('.Ldebug_rnglists_end');
  }
}

/** Writes the debugging sections of a unit; the line table itself is the assembler's. */
export function writeDebugInfo(
  emitter: Emitter,
  producer: string,
  name: string,
  functions: readonly DebugFunction[],
): void {
  if (functions.length === 0) return;
  const writer = new DebugWriter(emitter);
  writer.abbreviations();
  writer.unit(producer, name, functions);
  writer.ranges(functions);
  emitter.section('.debug_line', { flags: '', type: 'progbits' });
  emitter.label('.Ldebug_line0');
}
