// Location lists (.debug_loc, .debug_loclists) as -wo shows them and range lists (.debug_ranges,
// .debug_rnglists) as -wR does. Where a list begins is known from the entries that refer to it.

import { DwarfCursor, unitLength } from '@ring0/dwarf';
import { expressionText } from './dwarf-expression.ts';
import type { ExpressionContext } from './dwarf-expression.ts';
import type { InfoWalk, UnitFacts } from './dwarf-info-dump.ts';
import type { DebugSections } from './dwarf-sections.ts';
import { hex, hexAddress } from '../text-sink.ts';
import type { TextSink } from '../text-sink.ts';

interface ListRequest {
  readonly offset: number;
  readonly views: number | undefined;
  readonly facts: UnitFacts;
}

/** What an entry of a list of DWARF 5 says. */
type Meaning =
  | 'end'
  | 'baseIndex'
  | 'startEndIndex'
  | 'startLengthIndex'
  | 'offsets'
  | 'default'
  | 'base'
  | 'startEnd'
  | 'startLength'
  | 'views';

/** By the number that begins an entry (DWARF 5, 7.7.3); the last is GNU's. */
const locationKinds: readonly (Meaning | undefined)[] = [
  ...(['end', 'baseIndex', 'startEndIndex', 'startLengthIndex', 'offsets'] as const),
  ...(['default', 'base', 'startEnd', 'startLength', 'views'] as const),
];
/** Ranges have the same but for a default and for views (7.25). */
const rangeKinds = locationKinds.filter((kind) => kind !== 'default' && kind !== 'views');

const isBase = (meaning: Meaning): boolean => meaning === 'base' || meaning === 'baseIndex';

/** Reads an entry's addresses: where it begins and ends, or the base that it sets. */
function bounds(
  meaning: Meaning,
  cursor: DwarfCursor,
  {
    base,
    addressSize,
    indexed,
  }: { readonly base: number; readonly addressSize: number; readonly indexed: () => number },
): { readonly begin: number; readonly end: number } {
  switch (meaning) {
    case 'baseIndex':
      return { begin: indexed(), end: 0 };
    case 'base':
      return { begin: cursor.unsigned(addressSize), end: 0 };
    case 'startEndIndex': {
      const begin = indexed();
      return { begin, end: indexed() };
    }
    case 'startLengthIndex': {
      const begin = indexed();
      return { begin, end: begin + cursor.uleb() };
    }
    case 'offsets': {
      const begin = base + cursor.uleb();
      return { begin, end: base + cursor.uleb() };
    }
    case 'startEnd': {
      const begin = cursor.unsigned(addressSize);
      return { begin, end: cursor.unsigned(addressSize) };
    }
    case 'startLength': {
      const begin = cursor.unsigned(addressSize);
      return { begin, end: begin + cursor.uleb() };
    }
    default:
      return { begin: 0, end: 0 };
  }
}

function contextOf(facts: UnitFacts, bits: 32 | 64): ExpressionContext {
  const { addressSize, is64, version, offset } = facts.unit;
  return { addressSize, is64, version, unitOffset: offset, bits };
}

class LocationLists {
  private readonly sections: DebugSections;
  private readonly data: Uint8Array;
  private readonly walk: InfoWalk;
  private readonly out: TextSink;
  private readonly is5: boolean;
  private readonly expressions = new Map<number, string>();
  /** Expressions stand without brackets. */
  private readonly isPlain: boolean;

  constructor(
    sections: DebugSections,
    data: Uint8Array,
    walk: InfoWalk,
    out: TextSink,
    is5: boolean,
    isPlain = false,
  ) {
    this.isPlain = isPlain;
    this.sections = sections;
    this.data = data;
    this.walk = walk;
    this.out = out;
    this.is5 = is5;
  }

  private get indent(): string {
    return `    `;
  }

  private address(value: number | bigint): string {
    return hexAddress(value, this.sections.bits);
  }

  run(): void {
    const { out, walk, data } = this;
    const requests: ListRequest[] = [];
    for (const facts of walk.facts) {
      if (facts.unit.version >= 5 !== this.is5) continue;
      const own = facts.locations
        .map(({ offset, views }) => ({ offset, views, facts }))
        .sort((a, b) => a.offset - b.offset);
      requests.push(...own);
    }
    const isFirst = new Set<number>();
    for (const request of requests) {
      if (isFirst.has(request.offset) || request.offset >= data.length) continue;
      isFirst.add(request.offset);
      const pairs = this.views(request);
      if (this.is5) this.list5(request, pairs);
      else this.list(request, pairs);
    }
    out.add('\n');
  }

  /** A pair of view numbers: `v0000001 v0000000`. */
  private pair(first: number, second: number): void {
    this.viewNumber(first);
    this.out.byte(0x20);
    this.viewNumber(second);
  }

  private viewNumber(value: number): void {
    const { out } = this;
    const width = this.sections.bits / 4 - 1;
    out.byte(0x76);
    if (value > 0xffffffff) out.text(hex(value, width));
    else out.hex(value, width);
  }

  /** A line of its own for the pair at `at`. */
  private pairLine(at: number, first: number, second: number): void {
    const { out } = this;
    this.place(at);
    this.pair(first, second);
    out.text(' location view pair\n');
  }

  /** The start of a line: where it stands in the section. */
  private place(at: number): void {
    const { out } = this;
    out.beginLine();
    out.spaces(4);
    out.hex8(at);
    out.byte(0x20);
  }

  private endOfList(at: number): void {
    this.place(at);
    this.out.text('<End of list>\n');
  }

  /** The view numbers that stand before a list: the place of each pair, then its numbers. */
  private views({ views, offset }: ListRequest): readonly number[] {
    const { out, data } = this;
    const list: number[] = [];
    if (views === undefined || views >= offset) return list;
    out.add('\n');
    const cursor = new DwarfCursor(data, views, offset);
    while (!cursor.isAtEnd) {
      const { at } = cursor;
      const first = cursor.uleb();
      const second = cursor.uleb();
      list.push(at, first, second);
      this.pairLine(at, first, second);
    }
    out.add('\n');
    return list;
  }

  private row(
    at: number,
    begin: number,
    end: number,
    pairs: readonly number[],
    view: number,
    expression: Uint8Array,
    facts: UnitFacts,
  ): void {
    const { out } = this;
    this.place(at);
    const hasViews = view < pairs.length;
    const [first, second] = hasViews ? [pairs[view + 1], pairs[view + 2]] : [0, 0];
    if (hasViews) {
      this.pair(first, second);
      out.text(' views at ');
      out.hex8(pairs[view]);
      out.text(' for:\n             ');
    }
    this.bound(begin);
    this.bound(end);
    const shown = this.expression(expression, facts);
    if (!this.isPlain) out.byte(0x28);
    out.text(shown);
    if (!this.isPlain) out.byte(0x29);
    // Of one address the views decide which of them comes first.
    if (begin > end || (begin === end && first > second)) out.text(' (start > end)');
    else if (begin === end && first === second) out.text(' (start == end)');
    out.byte(0x0a);
  }

  private bound(address: number): void {
    const { out, sections } = this;
    if (sections.bits === 32) out.hex8(address);
    else out.text(this.address(address));
    out.byte(0x20);
  }

  /** The text of an expression; short ones, of registers and the frame, come again and again. */
  private expression(bytes: Uint8Array, facts: UnitFacts): string {
    const { length } = bytes;
    const operation = length > 0 ? bytes[0] : 0;
    const isShort = length <= 2 || (length === 3 && operation >= 0x70);
    if (!isShort || operation < 0x30 || operation > 0x91) {
      return expressionText(bytes, contextOf(facts, this.sections.bits));
    }
    let key = length;
    for (let i = 0; i < length; i++) key = key * 256 + bytes[i];
    let text = this.expressions.get(key);
    if (text === undefined) {
      text = expressionText(bytes, contextOf(facts, this.sections.bits));
      this.expressions.set(key, text);
    }
    return text;
  }

  private list({ offset, facts }: ListRequest, pairs: readonly number[]): void {
    const { out, data } = this;
    const { addressSize } = facts.unit;
    const cursor = new DwarfCursor(data, offset);
    const mask = addressSize === 8 ? 0xffffffffffffffffn : 0xffffffffn;
    let base = Number(facts.lowPc);
    let view = 0;
    for (;;) {
      const at = cursor.at;
      const begin = addressSize === 8 ? cursor.u64() : BigInt(cursor.u32());
      const end = addressSize === 8 ? cursor.u64() : BigInt(cursor.u32());
      if (cursor.isOverrun) {
        this.sections.warn(`Location list starting at offset 0x${hex(offset)} is not terminated.`);
        return;
      }
      if (begin === 0n && end === 0n && view >= pairs.length) {
        this.endOfList(at);
        return;
      }
      if (begin === mask && end !== mask) {
        base = Number(end);
        out.add(
          `${this.indent}${hex(at, 8)} ${this.address(begin)} ${this.address(end)} (base address)\n`,
        );
        continue;
      }
      const expression = cursor.slice(cursor.u16());
      const wrap = (value: bigint) => Number(BigInt.asUintN(addressSize * 8, value + BigInt(base)));
      this.row(at, wrap(begin), wrap(end), pairs, view, expression, facts);
      view += 3;
    }
  }

  /** A list of DWARF 5. */
  list5({ offset, facts }: ListRequest, pairs: readonly number[]): void {
    const { out, data, walk } = this;
    const { addressSize } = facts.unit;
    const cursor = new DwarfCursor(data, offset);
    const indexed = () => walk.address(cursor.uleb(), facts) ?? 0;
    let base = Number(facts.lowPc);
    let view = 0;
    for (;;) {
      const at = cursor.at;
      const kind = cursor.u8();
      if (cursor.isOverrun) {
        this.sections.warn(`Location list starting at offset 0x${hex(offset)} is not terminated.`);
        return;
      }
      const meaning = locationKinds[kind];
      if (meaning === 'end') {
        this.endOfList(at);
        return;
      }
      if (meaning === 'views') {
        const first = cursor.uleb();
        this.pairLine(at, first, cursor.uleb());
        continue;
      }
      if (meaning === undefined) {
        this.sections.warn(`Invalid location list entry type ${kind}`);
        return;
      }
      const { begin, end } = bounds(meaning, cursor, { base, addressSize, indexed });
      if (isBase(meaning)) {
        base = begin;
        out.add(`${this.indent}${hex(at, 8)} ${this.address(base)} (base address)\n`);
        continue;
      }
      const expression = cursor.slice(cursor.uleb());
      this.row(at, begin, end, pairs, view, expression, facts);
      view += 3;
    }
  }
}

/** The header of a table of DWARF 5. */
interface ListsHeader {
  readonly offset: number;
  readonly length: number;
  readonly is64: boolean;
  readonly version: number;
  readonly addressSize: number;
  readonly segmentSize: number;
  readonly offsetCount: number;
  readonly offsetsAt: number;
  readonly end: number;
}

function listsHeader(cursor: DwarfCursor): ListsHeader {
  const offset = cursor.at;
  const { length, is64 } = unitLength(cursor);
  const end = Math.min(cursor.at + length, cursor.end);
  const version = cursor.u16();
  const addressSize = cursor.u8();
  const segmentSize = cursor.u8();
  const offsetCount = cursor.u32();
  return {
    offset,
    length,
    is64,
    version,
    addressSize,
    segmentSize,
    offsetCount,
    offsetsAt: cursor.at,
    end,
  };
}

/** -wo for one section. */
export function locationsDump(
  sections: DebugSections,
  name: string,
  data: Uint8Array,
  walk: InfoWalk,
  out: TextSink,
  { hasRelocation }: { readonly hasRelocation: boolean },
): void {
  out.add(`Contents of the ${name} section:\n\n`);
  const is5 = name.includes('loclists');
  if (walk.facts.every((facts) => facts.locations.length === 0)) {
    return;
  }
  if (is5) {
    const header = listsHeader(new DwarfCursor(data));
    if (header.version === 5 && header.offsetCount > 0) {
      locationTables(sections, data, walk, out);
      return;
    }
  }
  if (hasRelocation && !is5) {
    out.add(
      ' Warning: This section has relocations - addresses seen here may not be accurate.\n\n',
    );
  }
  out.add('    Offset   Begin            End              Expression\n');
  new LocationLists(sections, data, walk, out, is5).run();
}

/** Tables of location lists that begin with offsets: each list under its number. */
function locationTables(
  sections: DebugSections,
  data: Uint8Array,
  walk: InfoWalk,
  out: TextSink,
): void {
  for (let at = 0; at < data.length;) {
    const header = listsHeader(new DwarfCursor(data, at));
    if (header.version !== 5) return;
    out.add(
      `Table at Offset ${at === 0 ? '0' : `0x${hex(at)}`}\n  Length:          0x${hex(header.length)}\n` +
        `  DWARF version:   ${header.version}\n  Address size:    ${header.addressSize}\n` +
        `  Segment size:    ${header.segmentSize}\n  Offset entries:  ${header.offsetCount}\n`,
    );
    const facts = walk.facts.find(({ locationsBase }) => locationsBase === header.offsetsAt);
    const cursor = new DwarfCursor(data, header.offsetsAt, header.end);
    const offsets: number[] = [];
    for (let i = 0; i < header.offsetCount && !cursor.isAtEnd; i++) {
      offsets.push(cursor.offset(header.is64));
    }
    out.add(`\n   Offset Entries starting at 0x${hex(header.offsetsAt)}:\n`);
    offsets.forEach((offset, i) => out.add(`    [${`${i}`.padStart(6)}] 0x${hex(offset)}\n`));
    offsets.forEach((offset, i) => {
      out.add(`\n   Offset Entry ${i}\n`);
      if (facts) plainLocationList(sections, data, header.offsetsAt + offset, facts, walk, out);
    });
    at = Math.max(header.end, at + 4);
  }
  out.add('\n\n');
}

function plainLocationList(
  sections: DebugSections,
  data: Uint8Array,
  offset: number,
  facts: UnitFacts,
  walk: InfoWalk,
  out: TextSink,
): void {
  const lists = new LocationLists(sections, data, walk, out, true, true);
  lists.list5({ offset, views: undefined, facts }, []);
}

/** -wR for .debug_ranges. */
export function rangesDump(
  sections: DebugSections,
  name: string,
  data: Uint8Array,
  walk: InfoWalk,
  out: TextSink,
): void {
  out.add(`Contents of the ${name} section:\n\n\n    Offset   Begin    End\n`);
  const requests = walk.facts
    .filter(({ unit }) => unit.version < 5)
    .flatMap((facts) => facts.ranges.map((offset) => ({ offset, facts })))
    .sort((a, b) => a.offset - b.offset);
  const { bits } = sections;
  let last = -1;
  for (const { offset, facts } of requests) {
    if (offset >= data.length || offset === last) continue;
    last = offset;
    const size = facts.unit.addressSize;
    const cursor = new DwarfCursor(data, offset);
    const mask = size === 8 ? 0xffffffffffffffffn : 0xffffffffn;
    const word = () => (size === 8 ? cursor.u64() : BigInt(cursor.u32()));
    let base = BigInt(facts.lowPc);
    for (;;) {
      const begin = word();
      const end = word();
      if (cursor.isOverrun) break;
      if (begin === 0n && end === 0n) {
        out.add(`    ${hex(offset, 8)} <End of list>\n`);
        break;
      }
      let text = `    ${hex(offset, 8)} `;
      if (begin === mask && end !== mask) {
        base = end;
        text += `${hexAddress(begin, bits)} ${hexAddress(end, bits)} (base address)`;
      } else {
        text += `${hexAddress(begin + base, bits)} ${hexAddress(end + base, bits)}`;
        if (begin === end) text += ' (start == end)';
        else if (begin > end) text += ' (start > end)';
      }
      out.add(`${text}\n`);
    }
  }
  out.add('\n');
}

/** -wR for .debug_rnglists. */
export function rangeListsDump(
  sections: DebugSections,
  name: string,
  data: Uint8Array,
  walk: InfoWalk,
  out: TextSink,
): void {
  out.add(`Contents of the ${name} section:\n\n`);
  const requests = walk.facts
    .filter(({ unit }) => unit.version >= 5)
    .flatMap((facts) => facts.ranges.map((offset) => ({ offset, facts })))
    .sort((a, b) => a.offset - b.offset);
  let tableEnd = 0;
  let index = 0;
  let hasOffsets = false;
  let last = -1;
  for (const { offset, facts } of requests) {
    if (offset >= data.length || offset === last) continue;
    last = offset;
    while (offset >= tableEnd) {
      const header = listsHeader(new DwarfCursor(data, tableEnd));
      if (header.version !== 5) return;
      out.add(`${tableEnd > 0 ? '\n' : ''}${tableText(header, data)}`);
      tableEnd = header.end;
      index = 0;
      hasOffsets = header.offsetCount > 0;
    }
    // Of a table without offsets GNU's readelf shows the first list only.
    if (!hasOffsets && index > 0) continue;
    out.add(`\n  Offset: 0x${hex(offset)}, Index: ${index}\n    Offset   Begin    End\n`);
    index++;
    rangeList(sections, data, offset, facts, walk, out);
  }
  out.add('\n');
}

function tableText(header: ListsHeader, data: Uint8Array): string {
  let text = ` Table at Offset: ${header.offset === 0 ? '0' : `0x${hex(header.offset)}`}:\n`;
  text += `  Length:          0x${hex(header.length)}\n  DWARF version:   ${header.version}\n`;
  text += `  Address size:    ${header.addressSize}\n  Segment size:    ${header.segmentSize}\n`;
  text += `  Offset entries:  ${header.offsetCount}\n`;
  if (header.offsetCount === 0) return text;
  text += `\n  Offsets starting at 0x${hex(header.offsetsAt)}:\n`;
  const cursor = new DwarfCursor(data, header.offsetsAt, header.end);
  for (let i = 0; i < header.offsetCount && !cursor.isAtEnd; i++) {
    text += `    [${`${i}`.padStart(6)}] 0x${hex(cursor.offset(header.is64))}\n`;
  }
  return text;
}

function rangeList(
  sections: DebugSections,
  data: Uint8Array,
  offset: number,
  facts: UnitFacts,
  walk: InfoWalk,
  out: TextSink,
): void {
  const { bits } = sections;
  const { addressSize } = facts.unit;
  const cursor = new DwarfCursor(data, offset);
  const indexed = () => walk.address(cursor.uleb(), facts) ?? 0;
  // GNU's readelf leaves the unit's own address out here.
  let base = 0;
  for (;;) {
    const at = cursor.at;
    const kind = cursor.u8();
    if (cursor.isOverrun) return;
    const head = `    ${hex(at, 8)} `;
    const meaning = rangeKinds[kind];
    if (meaning === 'end') {
      out.add(`${head}<End of list>\n`);
      return;
    }
    if (meaning === undefined) {
      sections.warn(`Invalid range list entry type ${kind}`);
      return;
    }
    const { begin, end } = bounds(meaning, cursor, { base, addressSize, indexed });
    if (isBase(meaning)) {
      base = begin;
      out.add(`${head}${hexAddress(base, bits)} (base address)\n`);
      continue;
    }
    let text = `${head}${hexAddress(begin, bits)} ${hexAddress(end, bits)} `;
    if (begin === end) text += ' (start == end)';
    else if (begin > end) text += ' (start > end)';
    out.add(`${text}\n`);
  }
}
