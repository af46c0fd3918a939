// Where code comes from: for an address the source line (from the line tables of DWARF 2 to 5) and
// the functions it is in, inlined ones innermost (from the entries). Units are read when an address
// asks for them. In an object, where addresses are relocations, an address belongs to a section,
// named by its number; in a linked file sections do not matter.

import { DwarfCursor } from './read-cursor.ts';
import { readAbbrevs, readForm, readUnitHeader, stringIn } from './read-info.ts';
import type { AbbrevTable, DwarfSections, FormValue, Unit } from './read-info.ts';
import { LineMachine, readLineHeader } from './read-line-program.ts';
import type { LineHeader } from './read-line-program.ts';
import { FileNames } from './read-place-files.ts';

/** A file with debugging sections. */
export interface DebugFile extends DwarfSections {
  readonly bits: 32 | 64;
  /** The number of the section that a relocation at `offset` of section `name` points into. */
  sectionAt(name: string, offset: number): number | undefined;
}

export interface CodePlace {
  /** The path with its directory; empty where it is not known. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly discriminator: number;
}

/** A function that holds an address. */
export interface CodeFunction {
  readonly name: string;
  /** It was inlined here into the function that follows in the list. */
  readonly isInlined: boolean;
  readonly callFile: string;
  readonly callLine: number;
  readonly callDiscriminator: number;
}

interface Sequence {
  readonly section: number;
  readonly low: number;
  high: number;
  readonly addresses: number[];
  readonly files: number[];
  readonly lines: number[];
  readonly columns: number[];
  readonly discriminators: number[];
  readonly table: FileNames;
}

interface FunctionNode {
  readonly name: string;
  readonly isInlined: boolean;
  readonly ranges: readonly Range[];
  readonly callFile: string;
  readonly callLine: number;
  readonly callDiscriminator: number;
  readonly parent: FunctionNode | undefined;
  readonly depth: number;
}

interface Range {
  readonly section: number;
  readonly low: number;
  readonly high: number;
}

const anySection = -1;
const rowsMax = 8_000_000;

interface UnitInfo {
  readonly unit: Unit;
  readonly abbrevs: AbbrevTable;
  readonly lineOffset: number | undefined;
  readonly folder: string;
  readonly stringsBase: number;
  readonly addressBase: number;
  readonly rangesBase: number;
  readonly lowPc: number;
  /** The section of the unit's own address. */
  readonly section: number;
  functions: FunctionNode[] | undefined;
}

interface Values {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly at: ReadonlyMap<number, { readonly value: FormValue; readonly offset: number }>;
}

const attribute = {
  name: 0x03,
  stmtList: 0x10,
  lowPc: 0x11,
  highPc: 0x12,
  compDir: 0x1b,
  abstractOrigin: 0x31,
  specification: 0x47,
  ranges: 0x55,
  callFile: 0x58,
  callLine: 0x59,
  linkageName: 0x6e,
  stringsBase: 0x72,
  addressBase: 0x73,
  rangesBase: 0x74,
  mipsLinkageName: 0x2007,
  gnuRangesBase: 0x2132,
  gnuAddressBase: 0x2133,
  gnuDiscriminator: 0x2136,
} as const;

const subprogram = 0x2e;
const inlinedSubroutine = 0x1d;
const entryPoint = 0x03;

export class CodePlaces {
  private readonly file: DebugFile;
  private units: UnitInfo[] | undefined;
  private sequences: Map<number, Sequence[]> | undefined;
  private nodes: Map<number, { ranges: Range[]; nodes: FunctionNode[] }> | undefined;
  private readonly fileNames = new Map<number, FileNames | undefined>();

  constructor(file: DebugFile) {
    this.file = file;
  }

  /** The line that an address comes from; of rows at one address the last one counts. */
  place(section: number | undefined, address: number): CodePlace | undefined {
    this.sequences ??= this.readSequences();
    const list = this.sequences.get(section ?? anySection) ?? this.sequences.get(anySection);
    if (!list) return undefined;
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle].low <= address) low = middle + 1;
      else high = middle;
    }
    for (let i = low - 1; i >= 0 && i >= low - 8; i--) {
      const sequence = list[i];
      if (address < sequence.high) return rowAt(sequence, address);
    }
    return undefined;
  }

  /** The functions that hold an address, the innermost first. */
  functions(section: number | undefined, address: number): CodeFunction[] {
    this.nodes ??= this.readNodes();
    const own = this.nodes.get(section ?? anySection) ?? this.nodes.get(anySection);
    if (!own) return [];
    let best: FunctionNode | undefined;
    let bestSize = Number.POSITIVE_INFINITY;
    const { ranges, nodes } = own;
    let at = 0;
    let end = ranges.length;
    while (at < end) {
      const middle = (at + end) >> 1;
      if (ranges[middle].low <= address) at = middle + 1;
      else end = middle;
    }
    // Functions do not overlap but for those that are inlined: few stand before the one wanted.
    for (let i = at - 1; i >= 0; i--) {
      const range = ranges[i];
      const node = nodes[i];
      if (address < range.high) {
        const size = range.high - range.low;
        const isBetter = size < bestSize || (size === bestSize && node.depth > (best?.depth ?? -1));
        if (isBetter) [best, bestSize] = [node, size];
      }
      if (node.depth === 0 && (best || address >= range.high)) break;
    }
    const list: CodeFunction[] = [];
    for (let node = best; node; node = node.parent) {
      list.push(node);
      if (!node.isInlined) break;
    }
    return list;
  }

  private unitList(): UnitInfo[] {
    if (this.units) return this.units;
    const list: UnitInfo[] = [];
    const data = this.file.section('.debug_info');
    if (data) {
      const cursor = new DwarfCursor(data);
      const tables = new Map<number, AbbrevTable>();
      const abbrevs = this.file.section('.debug_abbrev') ?? new Uint8Array(0);
      while (!cursor.isAtEnd) {
        const unit = readUnitHeader(cursor, false, false);
        if (cursor.isOverrun || unit.end <= unit.offset) break;
        if (unit.version >= 2 && unit.version <= 5) {
          let table = tables.get(unit.abbrevOffset);
          if (!table)
            tables.set(unit.abbrevOffset, (table = readAbbrevs(abbrevs, unit.abbrevOffset)));
          list.push(this.unitInfo(unit, table, data));
        }
        cursor.at = unit.end;
      }
    }
    this.units = list;
    return list;
  }

  private unitInfo(unit: Unit, abbrevs: AbbrevTable, data: Uint8Array): UnitInfo {
    const cursor = new DwarfCursor(data, unit.start, unit.end);
    const values = readValues(cursor, abbrevs, unit);
    const number = (name: number): number | undefined => {
      const value = values?.at.get(name)?.value;
      return value && 'value' in value ? Number(value.value) : undefined;
    };
    const info: UnitInfo = {
      unit,
      abbrevs,
      lineOffset: number(attribute.stmtList),
      folder: '',
      stringsBase: number(attribute.stringsBase) ?? (unit.version >= 5 ? 8 : 0),
      addressBase: number(attribute.addressBase) ?? number(attribute.gnuAddressBase) ?? 0,
      rangesBase: number(attribute.rangesBase) ?? number(attribute.gnuRangesBase) ?? 0,
      lowPc: 0,
      section: anySection,
      functions: undefined,
    };
    const low = values && this.address(values, attribute.lowPc, info);
    return {
      ...info,
      folder: this.text(values?.at.get(attribute.compDir)?.value, info),
      lowPc: low?.address ?? 0,
      section: low?.section ?? anySection,
    };
  }

  private text(value: FormValue | undefined, info: UnitInfo): string {
    if (!value) return '';
    if (value.kind === 'string') return value.text;
    if (value.kind === 'indirect') {
      return stringIn(this.file.section(value.section), value.value) ?? '';
    }
    if (value.kind !== 'index') return '';
    const offsets = this.file.section('.debug_str_offsets');
    const at = info.stringsBase + value.value * (info.unit.is64 ? 8 : 4);
    if (!offsets || at + 4 > offsets.length) return '';
    const offset = new DwarfCursor(offsets, at).offset(info.unit.is64);
    return stringIn(this.file.section('.debug_str'), offset) ?? '';
  }

  private addressOf(
    value: FormValue,
    offset: number,
    info: UnitInfo,
  ): { address: number; section: number } | undefined {
    if (value.kind === 'address') {
      const section = this.file.sectionAt('.debug_info', offset) ?? anySection;
      return { address: Number(value.value), section };
    }
    return value.kind === 'index' ? this.indexed(value.value, info) : undefined;
  }

  private address(
    values: Values,
    name: number,
    info: UnitInfo,
  ): { address: number; section: number } | undefined {
    const found = values.at.get(name);
    return found && this.addressOf(found.value, found.offset, info);
  }

  private indexed(index: number, info: UnitInfo): { address: number; section: number } | undefined {
    const section = this.file.section('.debug_addr');
    const at = info.addressBase + index * info.unit.addressSize;
    if (!section || at + info.unit.addressSize > section.length) return undefined;
    const address = new DwarfCursor(section, at).unsigned(info.unit.addressSize);
    return { address, section: this.file.sectionAt('.debug_addr', at) ?? anySection };
  }

  private names(offset: number, folder: string, data: Uint8Array): FileNames | undefined {
    if (!this.fileNames.has(offset)) {
      const header = readLineHeader(data, offset, this.file.bits / 8);
      this.fileNames.set(offset, header && new FileNames(this.file, header, folder));
    }
    return this.fileNames.get(offset);
  }

  private readSequences(): Map<number, Sequence[]> {
    const bySection = new Map<number, Sequence[]>();
    const data = this.file.section('.debug_line');
    if (!data) return bySection;
    const folders = new Map<number, string>();
    for (const { lineOffset, folder } of this.unitList()) {
      if (lineOffset !== undefined) folders.set(lineOffset, folder);
    }
    let rows = 0;
    for (let offset = 0; offset < data.length;) {
      const header = readLineHeader(data, offset, this.file.bits / 8);
      if (!header) break;
      const names = this.names(offset, folders.get(offset) ?? '', data);
      if (names) rows += this.runLines(data, header, names, bySection);
      if (rows > rowsMax) break;
      offset = Math.max(header.end, offset + 4);
    }
    for (const list of bySection.values()) list.sort((a, b) => a.low - b.low);
    return bySection;
  }

  private runLines(
    data: Uint8Array,
    header: LineHeader,
    names: FileNames,
    bySection: Map<number, Sequence[]>,
  ): number {
    const machine = new LineMachine(data, header);
    let current: Sequence | undefined;
    let section = anySection;
    let discriminator = 0;
    let count = 0;
    for (let op = machine.next(); op && count < rowsMax; op = machine.next()) {
      switch (op.kind) {
        case 'set-address':
          section = this.file.sectionAt('.debug_line', machine.addressAt) ?? anySection;
          break;
        case 'discriminator':
          discriminator = op.discriminator;
          break;
        case 'special':
        case 'copy':
          current ??= emptySequence(section, machine.address, names);
          current.addresses.push(machine.address);
          current.files.push(machine.file);
          current.lines.push(machine.line);
          current.columns.push(machine.column);
          current.discriminators.push(discriminator);
          discriminator = 0;
          count++;
          break;
        case 'end-sequence':
          if (current) {
            current.high = machine.address;
            const list = bySection.get(current.section);
            if (list) list.push(current);
            else bySection.set(current.section, [current]);
          }
          current = undefined;
          section = anySection;
          discriminator = 0;
          machine.endSequence();
          break;
        default:
      }
    }
    return count;
  }

  private readNodes(): Map<number, { ranges: Range[]; nodes: FunctionNode[] }> {
    const bySection = new Map<number, { range: Range; node: FunctionNode }[]>();
    for (const info of this.unitList()) {
      for (const node of this.unitFunctions(info)) {
        for (const range of node.ranges) {
          const list = bySection.get(range.section);
          if (list) list.push({ range, node });
          else bySection.set(range.section, [{ range, node }]);
        }
      }
    }
    const sorted = new Map<number, { ranges: Range[]; nodes: FunctionNode[] }>();
    for (const [section, list] of bySection) {
      list.sort((a, b) => a.range.low - b.range.low || a.node.depth - b.node.depth);
      sorted.set(section, {
        ranges: list.map(({ range }) => range),
        nodes: list.map(({ node }) => node),
      });
    }
    return sorted;
  }

  private unitFunctions(info: UnitInfo): FunctionNode[] {
    const data = this.file.section('.debug_info') ?? new Uint8Array(0);
    const list: FunctionNode[] = [];
    const cursor = new DwarfCursor(data, info.unit.start, info.unit.end);
    const parents: (FunctionNode | undefined)[] = [];
    let parent: FunctionNode | undefined;
    while (!cursor.isAtEnd && !cursor.isOverrun) {
      const values = readValues(cursor, info.abbrevs, info.unit);
      if (values === undefined) break;
      if (values.tag === 0) {
        parent = parents.pop();
        continue;
      }
      let inner = parent;
      const isFunction = values.tag === subprogram || values.tag === entryPoint;
      if (isFunction || values.tag === inlinedSubroutine) {
        const node = this.node(values, info, parent);
        if (node.ranges.length > 0) list.push(node);
        inner = node;
      }
      if (values.hasChildren) {
        parents.push(parent);
        parent = inner;
      }
    }
    return list;
  }

  private node(values: Values, info: UnitInfo, parent: FunctionNode | undefined): FunctionNode {
    const number = (name: number): number => {
      const value = values.at.get(name)?.value;
      return value && 'value' in value ? Number(value.value) : 0;
    };
    const isInlined = values.tag === inlinedSubroutine;
    const lines = this.file.section('.debug_line');
    const names =
      isInlined && lines && info.lineOffset !== undefined
        ? this.names(info.lineOffset, info.folder, lines)
        : undefined;
    const file = number(attribute.callFile);
    return {
      name: this.functionName(values, info, 0),
      isInlined,
      ranges: this.ranges(values, info),
      callFile: file > 0 ? (names?.name(file) ?? '') : '',
      callLine: number(attribute.callLine),
      callDiscriminator: number(attribute.gnuDiscriminator),
      parent,
      depth: parent && isInlined ? parent.depth + 1 : 0,
    };
  }

  private functionName(values: Values, info: UnitInfo, depth: number): string {
    for (const name of [attribute.linkageName, attribute.mipsLinkageName, attribute.name]) {
      const value = values.at.get(name)?.value;
      if (value) return this.text(value, info);
    }
    const link =
      values.at.get(attribute.abstractOrigin)?.value ??
      values.at.get(attribute.specification)?.value;
    if (!link || depth > 16 || (link.kind !== 'reference' && link.kind !== 'absolute')) return '';
    const at = link.kind === 'reference' ? link.value + info.unit.offset : link.value;
    const owner =
      link.kind === 'reference'
        ? info
        : this.unitList().find(({ unit }) => at >= unit.start && at < unit.end);
    const data = this.file.section('.debug_info');
    if (!owner || !data || at < owner.unit.start || at >= owner.unit.end) return '';
    const cursor = new DwarfCursor(data, at, owner.unit.end);
    const target = readValues(cursor, owner.abbrevs, owner.unit);
    return target && target.tag !== 0 ? this.functionName(target, owner, depth + 1) : '';
  }

  private ranges(values: Values, info: UnitInfo): Range[] {
    const low = this.address(values, attribute.lowPc, info);
    const high = values.at.get(attribute.highPc);
    if (low && high) {
      const end =
        high.value.kind === 'constant'
          ? low.address + Number(high.value.value)
          : (this.addressOf(high.value, high.offset, info)?.address ?? low.address);
      return [{ section: low.section, low: low.address, high: end }];
    }
    const ranges = values.at.get(attribute.ranges)?.value;
    if (!ranges) return [];
    return info.unit.version >= 5 ? this.ranges5(ranges, info) : this.ranges4(ranges, info);
  }

  private ranges4(value: FormValue, info: UnitInfo): Range[] {
    const data = this.file.section('.debug_ranges');
    if (!data || !('value' in value)) return [];
    const { addressSize } = info.unit;
    const cursor = new DwarfCursor(data, Number(value.value) + info.rangesBase);
    const mask = addressSize === 8 ? 2 ** 64 : 0xffffffff;
    const list: Range[] = [];
    let base = info.lowPc;
    while (!cursor.isAtEnd) {
      const section = this.file.sectionAt('.debug_ranges', cursor.at) ?? info.section;
      const low = cursor.unsigned(addressSize);
      const high = cursor.unsigned(addressSize);
      if (low === 0 && high === 0) break;
      if (low === mask) base = high;
      else list.push({ section, low: low + base, high: high + base });
    }
    return list;
  }

  private ranges5(value: FormValue, info: UnitInfo): Range[] {
    const data = this.file.section('.debug_rnglists');
    if (!data || !('value' in value)) return [];
    const { addressSize, is64 } = info.unit;
    let offset = Number(value.value);
    if (value.kind === 'index') {
      const at = info.rangesBase + offset * (is64 ? 8 : 4);
      offset = info.rangesBase + new DwarfCursor(data, at).offset(is64);
    }
    const cursor = new DwarfCursor(data, offset);
    const list: Range[] = [];
    let base = { address: info.lowPc, section: info.section };
    const here = { address: 0, section: anySection };
    const plain = () => {
      const section = this.file.sectionAt('.debug_rnglists', cursor.at) ?? anySection;
      return { address: cursor.unsigned(addressSize), section };
    };
    const indexed = () => this.indexed(cursor.uleb(), info) ?? here;
    const add = (low: { address: number; section: number }, high: number) =>
      list.push({ section: low.section, low: low.address, high });
    while (!cursor.isAtEnd && !cursor.isOverrun) {
      const kind = cursor.u8();
      if (kind === 0 || kind > 7) break;
      if (kind === 1) base = indexed();
      else if (kind === 5) base = plain();
      else if (kind === 2) add(indexed(), indexed().address);
      else if (kind === 6) add(plain(), plain().address);
      else if (kind === 4) {
        const low = base.address + cursor.uleb();
        add({ address: low, section: base.section }, base.address + cursor.uleb());
      } else {
        const low = kind === 3 ? indexed() : plain();
        add(low, low.address + cursor.uleb());
      }
    }
    return list;
  }
}

/** The entry at the cursor; its tag is 0 at the end of a list, undefined: it cannot be read. */
function readValues(cursor: DwarfCursor, table: AbbrevTable, unit: Unit): Values | undefined {
  const code = cursor.uleb();
  const at = new Map<number, { value: FormValue; offset: number }>();
  if (code === 0) return { tag: 0, hasChildren: false, at };
  const abbrev = table.byCode.get(code);
  if (!abbrev) return undefined;
  for (const { name, form, implicit } of abbrev.attributes) {
    const offset = cursor.at;
    const value = readForm(cursor, form, unit, implicit);
    if (value.kind === 'unknown') return undefined;
    at.set(name, { value, offset });
  }
  return { tag: abbrev.tag, hasChildren: abbrev.hasChildren, at };
}

function emptySequence(section: number, low: number, table: FileNames): Sequence {
  return {
    section,
    low,
    high: low,
    addresses: [],
    files: [],
    lines: [],
    columns: [],
    discriminators: [],
    table,
  };
}

function rowAt(sequence: Sequence, address: number): CodePlace | undefined {
  const { addresses } = sequence;
  let low = 0;
  let high = addresses.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (addresses[middle] <= address) low = middle + 1;
    else high = middle;
  }
  const at = low - 1;
  if (at < 0) return undefined;
  return {
    file: sequence.table.name(sequence.files[at]),
    line: sequence.lines[at],
    column: sequence.columns[at],
    discriminator: sequence.discriminators[at],
  };
}
