// .debug_info as -wi shows it: units, entries, attributes with what their values mean. The same
// walk finds the location and range lists that the other dumps begin from.

import {
  DwarfCursor,
  accessibilityNames,
  conventionNames,
  defaultedNames,
  encodingNames,
  identifierCaseNames,
  inlineNames,
  languageNames,
  orderingNames,
  readAbbrevs,
  readForm,
  readUnitHeader,
  stringIn,
  virtualityNames,
  visibilityNames,
} from '@ring0/dwarf';
import type { Abbrev, AbbrevTable, FormValue, Unit } from '@ring0/dwarf';
import { attributeName, shortFormName, tagName } from './dwarf-abbrev-dump.ts';
import { expressionText, sharp } from './dwarf-expression.ts';
import type { ExpressionContext } from './dwarf-expression.ts';
import type { DebugSections } from './dwarf-sections.ts';
import { hex } from '../text-sink.ts';
import type { TextSink } from '../text-sink.ts';

const unitTypes: Readonly<Record<number, string>> = {
  1: 'DW_UT_compile',
  2: 'DW_UT_type',
  3: 'DW_UT_partial',
  4: 'DW_UT_skeleton',
  5: 'DW_UT_split_compile',
  6: 'DW_UT_split_type',
};

/** What the rest of the dumps needs of a unit. */
export interface UnitFacts {
  readonly unit: Unit;
  /** Where the unit's part of each table begins. */
  stringOffsetsBase: number;
  addressBase: number | undefined;
  locationsBase: number | undefined;
  rangesBase: number | undefined;
  lowPc: number | bigint;
  /** The last subprogram has a frame base; one within another counts, as for GNU's readelf. */
  hasFrameBase: boolean;
  /** Location lists with the views that belong to them, in the order of the entries. */
  readonly locations: { offset: number; views: number | undefined; hasFrameBase: boolean }[];
  readonly ranges: number[];
}

export interface InfoLimits {
  readonly depth: number | undefined;
  readonly start: number | undefined;
}

const typeAttribute = 0x49;
const nameAttribute = 0x03;
const linkageNameAttribute = 0x6e;
const implicitConst = 0x21;
const typeDepthMax = 20;

const subprogramTag = 0x2e;

const locationAttributes: ReadonlySet<number> = new Set([
  0x02, 0x19, 0x2a, 0x38, 0x40, 0x46, 0x48, 0x4a, 0x4d, 0x50, 0x7e, 0x7f, 0x83, 0x84, 0x85, 0x86,
  0x2111, 0x2112, 0x2113, 0x2114, 0x52,
]);
/** Their blocks are expressions though they are no locations. */
const expressionAttributes: ReadonlySet<number> = new Set([
  0x49, 0x4b, 0x4e, 0x4f, 0x22, 0x2f, 0x37, 0x0b, 0x51, 0x71, 0x2e,
]);

const enumerated: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  0x20: inlineNames,
  0x13: languageNames,
  0x3e: encodingNames,
  0x32: accessibilityNames,
  0x17: visibilityNames,
  0x4c: virtualityNames,
  0x42: identifierCaseNames,
  0x36: conventionNames,
  0x09: orderingNames,
  0x8b: defaultedNames,
};

/** What a sink writes in place, as a number of any base. */
function isSmall(value: number | bigint): value is number {
  return typeof value === 'number' && value >= 0 && value <= 0x7fffffff;
}

/** `sharp` in place. */
function writeSharp(out: TextSink, value: number): void {
  if (value !== 0) out.text('0x');
  out.hex(value);
}

/** Walks units; `out` undefined: only the facts are wanted. */
export class InfoWalk {
  readonly facts: UnitFacts[] = [];
  private readonly sections: DebugSections;
  private readonly data: Uint8Array;
  private readonly suffix: string;
  private readonly isTypes: boolean;
  private readonly limits: InfoLimits;
  private readonly tables = new Map<number, AbbrevTable>();

  constructor(
    sections: DebugSections,
    data: Uint8Array,
    kind: { readonly isTypes: boolean; readonly isDwo: boolean },
    limits: InfoLimits = { depth: undefined, start: undefined },
  ) {
    this.sections = sections;
    this.data = data;
    this.isTypes = kind.isTypes;
    this.suffix = kind.isDwo ? '.dwo' : '';
    this.limits = limits;
  }

  private abbrevs(offset: number): AbbrevTable {
    let table = this.tables.get(offset);
    if (!table) {
      const section = this.sections.section(`.debug_abbrev${this.suffix}`) ?? new Uint8Array(0);
      table = readAbbrevs(section, offset);
      this.tables.set(offset, table);
    }
    return table;
  }

  /** The offset that showing starts at is that of an entry. */
  startsAtEntry = false;

  /** All units from the start of the section. */
  run(out: TextSink | undefined): void {
    const { data } = this;
    const cursor = new DwarfCursor(data);
    while (!cursor.isAtEnd) {
      const unit = readUnitHeader(cursor, this.isTypes, this.suffix !== '');
      if (cursor.isOverrun || unit.version < 2 || unit.version > 5) {
        if (out && !cursor.isOverrun) {
          this.sections.warn(
            `CU at offset ${hex(unit.offset)} contains corrupt or unsupported version number: ${unit.version}.`,
          );
        }
        if (unit.end <= unit.offset || cursor.isOverrun) return;
        cursor.at = unit.end;
        continue;
      }
      const isShown =
        out !== undefined && (this.limits.start === undefined || unit.end > this.limits.start);
      if (isShown && this.limits.start === undefined) out.add(this.unitText(unit));
      this.entries(unit, isShown ? out : undefined);
      cursor.at = Math.max(unit.end, unit.offset + 4);
    }
  }

  private unitText(unit: Unit): string {
    const { version, type } = unit;
    let text = `  Compilation Unit @ offset ${sharp(unit.offset)}:\n`;
    text += `   Length:        0x${hex(unit.length)} (${unit.is64 ? '64' : '32'}-bit)\n`;
    text += `   Version:       ${version}\n`;
    if (version >= 5) text += `   Unit Type:     ${unitTypes[type] ?? 'unknown'} (${hex(type)})\n`;
    text += `   Abbrev Offset: ${sharp(unit.abbrevOffset)}\n`;
    text += `   Pointer Size:  ${unit.addressSize}\n`;
    if (unit.signature !== undefined) {
      text += `   Signature:     0x${hex(unit.signature)}\n`;
      text += `   Type Offset:   0x${hex(unit.typeOffset ?? 0)}\n`;
    }
    if (unit.dwoId !== undefined) text += `   DWO ID:        0x${hex(unit.dwoId)}\n`;
    return text;
  }

  private entries(unit: Unit, out: TextSink | undefined): void {
    const { limits } = this;
    const table = this.abbrevs(unit.abbrevOffset);
    const cursor = new DwarfCursor(this.data, unit.start, unit.end);
    const isDwo = this.suffix !== '';
    const facts: UnitFacts = {
      unit,
      stringOffsetsBase: unit.version >= 5 ? (unit.is64 ? 16 : 8) : 0,
      addressBase: undefined,
      locationsBase: isDwo && unit.version >= 5 ? (unit.is64 ? 20 : 12) : undefined,
      rangesBase: isDwo && unit.version >= 5 ? (unit.is64 ? 20 : 12) : undefined,
      lowPc: 0,
      hasFrameBase: false,
      locations: [],
      ranges: [],
    };
    this.facts.push(facts);
    let level = 0;
    let lastLevel = -1;
    let isStarted = limits.start === undefined;
    while (!cursor.isAtEnd && !cursor.isOverrun) {
      const at = cursor.at;
      const code = cursor.uleb();
      if (!isStarted && limits.start !== undefined && at >= limits.start) isStarted = true;
      if (at === limits.start && code !== 0) this.startsAtEntry = true;
      const isWanted = out !== undefined && isStarted;
      const isShown = isWanted && (limits.depth === undefined || level < limits.depth);
      if (isWanted && level === limits.depth && lastLevel < level)
        out.add(` <${level}><${hex(at)}>: ...\n`);
      lastLevel = level;
      if (code === 0) {
        if (isShown) entryLine(out, level, at, code, '');
        if (level > 0) level--;
        if (limits.start !== undefined && isStarted && level === 0 && out && at > limits.start)
          return;
        continue;
      }
      const abbrev = table.byCode.get(code);
      if (!abbrev) {
        if (out) {
          this.sections.warn(
            `DIE at offset 0x${hex(at)} refers to abbreviation number ${code} which does not exist`,
          );
        }
        return;
      }
      const name = tagName(abbrev.tag);
      if (isShown) entryLine(out, level, at, code, ` (${name})`);
      const hasFrameBase = abbrev.attributes.some((attribute) => attribute.name === 0x40);
      if (hasFrameBase || abbrev.tag === subprogramTag) facts.hasFrameBase = hasFrameBase;
      if (!this.attributes(cursor, abbrev, facts, isShown ? out : undefined)) return;
      if (abbrev.hasChildren) level++;
    }
  }

  private attributes(
    cursor: DwarfCursor,
    abbrev: Abbrev,
    facts: UnitFacts,
    out: TextSink | undefined,
  ): boolean {
    const { unit } = facts;
    if (abbrev.tag === 0x11 || abbrev.tag === 0x4a) this.bases(cursor, abbrev, facts);
    let pending: UnitFacts['locations'][number] | undefined;
    for (const { name, form, implicit } of abbrev.attributes) {
      const at = cursor.at;
      const value = readForm(cursor, form, unit, implicit);
      if (value.kind === 'unknown') {
        this.sections.warn(`Unrecognized form: 0x${hex(form)}`);
        if (out) out.add(`    <${hex(at)}>   ${attributeName(name).padEnd(18)}:\n`);
        return false;
      }
      const isList = this.isLocationList(name, form, value, unit);
      if (isList && name !== 0x8c) {
        const offset = value.kind === 'index' ? this.listOffset(value, facts) : numberOf(value);
        pending = { offset, views: undefined, hasFrameBase: true };
        facts.locations.push(pending);
      } else if (name === 0x2137 && pending) pending.views = numberOf(value);
      if (name === 0x55) {
        facts.ranges.push(value.kind === 'index' ? this.listOffset(value, facts) : numberOf(value));
      }
      if (!out) continue;
      out.beginLine();
      out.text('    <');
      out.hex(at);
      out.text(attributeTitle(name));
      if (this.sections.isWide) out.text(this.wideText(name, form, value, facts, isList));
      else if (!this.plainValue(name, form, value, unit, out)) {
        out.text(this.valueText(name, form, value, facts, isList));
      }
      out.byte(0x0a);
    }
    return true;
  }

  /**
   * Writes in place what nearly all attributes are, references, offsets of strings and small
   * numbers, as `valueText` has it; false: it is something else.
   */
  private plainValue(
    name: number,
    form: number,
    value: FormValue,
    { offset }: Unit,
    out: TextSink,
  ): boolean {
    if (value.kind === 'reference') {
      if (name === 0x18 || !isSmall(value.value + offset)) return false;
      out.text(' <');
      writeSharp(out, value.value + offset);
      out.byte(0x3e);
      return true;
    }
    if (value.kind === 'constant') {
      const number = value.value;
      const isSized = form === 0x06 || form === 0x07;
      if (isSized || enumerated[name] || !isSmall(number)) return false;
      out.byte(0x20);
      out.decimal(number);
      return true;
    }
    if (value.kind !== 'indirect' || value.section !== '.debug_str') return false;
    const text = stringIn(this.sections.section('.debug_str'), value.value);
    if (text === undefined || name === 0x18 || !isSmall(value.value)) return false;
    out.text(' (indirect string, offset: ');
    writeSharp(out, value.value);
    out.text('): ');
    out.text(text);
    return true;
  }

  /** The bases stand in the unit's entry, maybe behind values that need them. */
  private bases(cursor: DwarfCursor, abbrev: Abbrev, facts: UnitFacts): void {
    const ahead = new DwarfCursor(cursor.bytes, cursor.at, cursor.end);
    let lowPc: FormValue | undefined;
    for (const { name, form, implicit } of abbrev.attributes) {
      const value = readForm(ahead, form, facts.unit, implicit);
      if (value.kind === 'unknown') break;
      if (name === 0x72) facts.stringOffsetsBase = numberOf(value);
      else if (name === 0x73 || name === 0x2133) facts.addressBase = numberOf(value);
      else if (name === 0x74 || name === 0x2132) facts.rangesBase = numberOf(value);
      else if (name === 0x8c) facts.locationsBase = numberOf(value);
      else if (name === 0x11) lowPc = value;
    }
    if (lowPc?.kind === 'address') facts.lowPc = lowPc.value;
    else if (lowPc?.kind === 'index') facts.lowPc = this.address(lowPc.value, facts) ?? 0;
  }

  /** The address of an index. */
  address(index: number, facts: UnitFacts): number | undefined {
    const section = this.sections.section('.debug_addr');
    const { addressSize } = facts.unit;
    const at = (facts.addressBase ?? 0) + index * addressSize;
    if (!section || at + addressSize > section.length) return undefined;
    return new DwarfCursor(section, at).unsigned(addressSize);
  }

  private listOffset(value: { of: string; value: number }, facts: UnitFacts): number {
    const isRanges = value.of === 'ranges';
    const name = isRanges ? '.debug_rnglists' : '.debug_loclists';
    const section = this.sections.section(name + this.suffix);
    const base = (isRanges ? facts.rangesBase : facts.locationsBase) ?? 0;
    const { is64 } = facts.unit;
    const at = base + value.value * (is64 ? 8 : 4);
    if (!section || at + 4 > section.length) return 0;
    return new DwarfCursor(section, at).offset(is64) + base;
  }

  private isLocationList(name: number, form: number, value: FormValue, unit: Unit): boolean {
    if (!locationAttributes.has(name) && name !== 0x8c) return false;
    if (value.kind === 'offset') return true;
    if (value.kind === 'index') return value.of === 'locations';
    // Before DWARF 4 data4 and data8 were offsets.
    return (form === 0x06 || form === 0x07) && unit.version < 4 && name !== 0x52;
  }

  private context(unit: Unit): ExpressionContext {
    const { bits } = this.sections;
    const { addressSize, is64, version, offset } = unit;
    return { addressSize, is64, version, unitOffset: offset, bits };
  }

  private string(index: number, facts: UnitFacts): string {
    const offsets = this.sections.section(`.debug_str_offsets${this.suffix}`);
    const { is64 } = facts.unit;
    const at = facts.stringOffsetsBase + index * (is64 ? 8 : 4);
    if (!offsets || at + 4 > offsets.length) return '<index offset is too big>';
    const offset = new DwarfCursor(offsets, at).offset(is64);
    return (
      stringIn(this.sections.section(`.debug_str${this.suffix}`), offset) ?? '<offset is too big>'
    );
  }

  private formText(form: number, value: FormValue, facts: UnitFacts): string {
    const { unit } = facts;
    switch (value.kind) {
      case 'address':
      case 'offset':
        return ` ${sharp(value.value)}`;
      case 'constant':
        return form === 0x06 || form === 0x07 ? ` ${sharp(value.value)}` : ` ${value.value}`;
      case 'flag':
        return ` ${value.value}`;
      case 'reference':
        return ` <${sharp(value.value + unit.offset)}>`;
      case 'absolute':
        return form === 0x1f20 ? ` <alt ${sharp(value.value)}>` : ` <${sharp(value.value)}>`;
      case 'signature':
        return ` signature: 0x${hex(value.value, 16)}`;
      case 'string':
        return ` ${value.text}`;
      case 'indirect': {
        const kind = {
          '.debug_str': 'indirect string',
          '.debug_line_str': 'indirect line string',
          alternate: 'alt indirect string',
        }[value.section];
        const section = value.section === 'alternate' ? undefined : value.section;
        const text = section && stringIn(this.sections.section(section), value.value);
        return ` (${kind}, offset: ${sharp(value.value)}): ${text ?? `<no ${value.section} section>`}`;
      }
      case 'index':
        return this.indexText(value, facts);
      case 'wide':
        return ` 0x${hex(value.high, 16)}${hex(value.low, 16)}`;
      case 'block':
        return this.blockText(value.bytes);
      case 'unknown':
        return '';
    }
  }

  private blockText(bytes: Uint8Array): string {
    if (bytes[0] === 0xa1) return '';
    let text = ` ${bytes.length} byte block: `;
    for (const byte of bytes) text += `${hex(byte)} `;
    return text;
  }

  private indexText(value: Extract<FormValue, { kind: 'index' }>, facts: UnitFacts): string {
    const index = sharp(value.value);
    switch (value.of) {
      case 'string':
        return ` (indexed string: ${index}): ${this.string(value.value, facts)}`;
      case 'address':
        return ` (index: ${index}): ${hexOrZero(this.address(value.value, facts) ?? 0)}`;
      case 'locations':
      case 'ranges':
        return ` (index: ${index}): ${sharp(this.listOffset(value, facts))}`;
    }
  }

  private valueText(
    name: number,
    form: number,
    value: FormValue,
    facts: UnitFacts,
    isList: boolean,
  ): string {
    const text = this.formText(form, value, facts);
    if (isList) return `${text} (location list)`;
    if (value.kind === 'block') {
      const isExpression = locationAttributes.has(name) || expressionAttributes.has(name);
      if (!isExpression) return text;
      const shown = `${text}\t(${expressionText(value.bytes, this.context(facts.unit))})`;
      const needsBase = !facts.hasFrameBase && shown.includes('DW_OP_fbreg');
      return needsBase ? `${shown} [without DW_AT_frame_base]` : shown;
    }
    const names = enumerated[name];
    if (names && value.kind === 'constant') {
      return `${text}\t(${names[Number(value.value)] ?? unknownName(name, Number(value.value))})`;
    }
    return name === 0x18 ? text + this.importText(value, facts) : text;
  }

  /** Wide output names the forms, and the types that references lead to. */
  private wideText(
    name: number,
    form: number,
    value: FormValue,
    facts: UnitFacts,
    isList: boolean,
  ): string {
    const plain = this.valueText(name, form, value, facts, isList)
      .replace(/^ \((?:alt )?indirect (?:line )?string, offset: /, ' (offset: ')
      .replace(/^ \(indexed string: /, ' (offset: ');
    const type = name === typeAttribute ? this.typeNames(value, facts.unit, 0) : '';
    return ` (${shortFormName(form)})${plain}${type}`;
  }

  /** The names on the way from a type to what it is made of, as far as GNU readelf follows it. */
  private typeNames(value: FormValue, unit: Unit, depth: number): string {
    if (value.kind !== 'reference' && value.kind !== 'absolute') return '';
    const at = value.kind === 'reference' ? value.value + unit.offset : value.value;
    if (depth > typeDepthMax || at <= 0 || at >= this.data.length) return '';
    const cursor = new DwarfCursor(this.data, at, unit.end);
    const abbrev = this.abbrevs(unit.abbrevOffset).byCode.get(cursor.uleb());
    let text = '';
    for (const { name, form, implicit } of abbrev?.attributes ?? []) {
      if (form === implicitConst) break;
      const found = readForm(cursor, form, unit, implicit);
      if (found.kind === 'unknown') break;
      if (name === typeAttribute) text += this.typeNames(found, unit, depth + 1);
      if (name !== nameAttribute && name !== linkageNameAttribute) continue;
      if (found.kind === 'string') text += `, ${found.text}`;
      if (found.kind === 'indirect' && found.section === '.debug_str') {
        text += `, ${stringIn(this.sections.section('.debug_str'), found.value) ?? ''}`;
      }
    }
    return text;
  }

  private importText(value: FormValue, { unit }: UnitFacts): string {
    if (value.kind !== 'reference' && value.kind !== 'absolute') return '';
    const at = value.kind === 'reference' ? value.value + unit.offset : value.value;
    if (at <= 0 || at >= this.data.length) return '';
    const code = new DwarfCursor(this.data, at).uleb();
    const abbrev = this.abbrevs(unit.abbrevOffset).byCode.get(code);
    return `\t[Abbrev Number: ${code}${abbrev ? ` (${tagName(abbrev.tag)})` : ''}]`;
  }
}

function entryLine(out: TextSink, level: number, at: number, code: number, name: string): void {
  out.beginLine();
  out.text(' <');
  out.decimal(level);
  out.text('><');
  out.hex(at);
  out.text('>: Abbrev Number: ');
  out.text(`${code}`);
  out.text(name);
  out.byte(0x0a);
}

const titles = new Map<number, string>();

/** What stands between an attribute's place and its value. */
function attributeTitle(name: number): string {
  let title = titles.get(name);
  if (title === undefined) {
    title = `>   ${attributeName(name).padEnd(18)}:`;
    if (titles.size < 1000) titles.set(name, title);
  }
  return title;
}

function hexOrZero(value: number): string {
  return value === 0 ? '0' : `0x${hex(value)}`;
}

function unknownName(name: number, value: number): string {
  if (name === 0x13)
    return `${value >= 0x8000 ? 'implementation defined' : 'unknown'}: 0x${hex(value)}`;
  if (name === 0x3e) return value >= 0x80 ? 'user defined type' : 'unknown type';
  return `Unknown: ${value}`;
}

function numberOf(value: FormValue): number {
  switch (value.kind) {
    case 'constant':
    case 'offset':
    case 'address':
    case 'reference':
    case 'absolute':
      return Number(value.value);
    default:
      return 0;
  }
}
