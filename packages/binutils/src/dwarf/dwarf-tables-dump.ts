// The smaller debugging sections as readelf -w shows them: aranges, pubnames, strings, string
// offsets, addresses, macros and links to files elsewhere.

import { DwarfCursor, readLineHeader, stringIn, unitLength } from '@ring0/dwarf';
import { sharp } from './dwarf-expression.ts';
import type { InfoWalk } from './dwarf-info-dump.ts';
import { lineName } from './dwarf-line-dump.ts';
import type { DebugSections } from './dwarf-sections.ts';
import { hex, hexAddress } from '../text-sink.ts';
import type { TextSink } from '../text-sink.ts';

function title(name: string, out: TextSink): void {
  out.add(`Contents of the ${name} section:\n\n`);
}

/** The units of a table, each of which begins with its length; `read` is told where one ends. */
function eachUnit(
  data: Uint8Array,
  read: (cursor: DwarfCursor, unit: TableUnit) => boolean,
): boolean {
  const cursor = new DwarfCursor(data);
  while (!cursor.isAtEnd && !cursor.isOverrun) {
    const { at } = cursor;
    const { length, is64 } = unitLength(cursor);
    const end = Math.min(cursor.at + length, data.length);
    if (!read(cursor, { at, length, is64, end })) return false;
    cursor.at = end;
  }
  return true;
}

interface TableUnit {
  readonly at: number;
  readonly length: number;
  readonly is64: boolean;
  readonly end: number;
}

/** -wr */
export function arangesDump(
  sections: DebugSections,
  name: string,
  data: Uint8Array,
  out: TextSink,
): void {
  title(name, out);
  const isWhole = eachUnit(data, (cursor, { at, length, is64, end }) => {
    const version = cursor.u16();
    const info = cursor.offset(is64);
    const size = cursor.u8();
    const segment = cursor.u8();
    if (cursor.isOverrun || (size !== 4 && size !== 8)) {
      sections.warn(`Invalid address size in ${name} section!`);
      return false;
    }
    out.add(
      `  Length:                   ${length}\n  Version:                  ${version}\n` +
        `  Offset into .debug_info:  ${sharp(info)}\n  Pointer Size:             ${size}\n` +
        `  Segment Size:             ${segment}\n\n`,
    );
    out.add(size === 8 ? '    Address            Length\n' : '    Address    Length\n');
    const pair = size * 2;
    cursor.at += (pair - ((cursor.at - at) % pair)) % pair;
    while (cursor.at + pair <= end) {
      const address = size === 8 ? cursor.u64() : cursor.u32();
      const range = size === 8 ? cursor.u64() : cursor.u32();
      const bits = size === 8 ? 64 : 32;
      out.add(`    ${hexAddress(address, bits)} ${hexAddress(range, bits)}\n`);
    }
    return true;
  });
  if (isWhole) out.add('\n');
}

/** -wp and -wt, of the GNU form too. */
export function pubnamesDump(
  sections: DebugSections,
  name: string,
  data: Uint8Array,
  out: TextSink,
): void {
  title(name, out);
  const isGnu = name.includes('_gnu_');
  const kinds = [
    'no info',
    'type',
    'variable',
    'function',
    'other',
    'unused5',
    'unused6',
    'unused7',
  ];
  const isWhole = eachUnit(data, (cursor, { length, is64, end }) => {
    const version = cursor.u16();
    if (version !== 2 && version !== 3) {
      sections.warn('Only DWARF 2 and 3 pubnames are currently supported');
      return false;
    }
    out.add(
      `  Length:                              ${length}\n` +
        `  Version:                             ${version}\n` +
        `  Offset into .debug_info section:     ${sharp(cursor.offset(is64))}\n` +
        `  Size of area in .debug_info section: ${cursor.offset(is64)}\n`,
    );
    out.add(isGnu ? '\n    Offset  Kind          Name\n' : '\n    Offset\tName\n');
    while (cursor.at < end) {
      const offset = cursor.offset(is64);
      if (offset === 0) break;
      if (isGnu) {
        const byte = cursor.u8();
        const kind = `${byte & 0x80 ? 's' : 'g'},${kinds[(byte >> 4) & 7]}`;
        out.add(`    ${hex(offset).padEnd(6)}  ${kind.padEnd(10)}  ${cursor.text()}\n`);
      } else out.add(`    ${hex(offset).padEnd(6)}\t${cursor.text()}\n`);
    }
    return true;
  });
  if (isWhole) out.add('\n');
}

/** -ws */
export function stringsDump(name: string, data: Uint8Array, out: TextSink): void {
  title(name, out);
  for (let at = 0; at < data.length; at += 16) {
    out.beginLine();
    out.text('  0x');
    out.hex8(at);
    out.byte(0x20);
    out.words(data, at, Math.min(at + 16, data.length), 36);
  }
  out.add('\n');
}

/** -wO */
export function stringOffsetsDump(
  sections: DebugSections,
  name: string,
  data: Uint8Array,
  out: TextSink,
): void {
  title(name, out);
  const isDwo = name.endsWith('.dwo');
  const strings = sections.section(isDwo ? '.debug_str.dwo' : '.debug_str');
  eachUnit(data, (cursor, { length, is64, end }) => {
    out.add(`    Length: 0x${hex(length)}\n    Version: 0x${hex(cursor.u16())}\n`);
    cursor.u16();
    const width = is64 ? 16 : 8;
    out.add(`       Index   ${is64 ? 'Offset          ' : 'Offset'} [String]\n`);
    for (let index = 0; cursor.at < end; index++) {
      const offset = cursor.offset(is64);
      const text = stringIn(strings, offset) ?? '<no .debug_str section>';
      out.add(`    ${`${index}`.padStart(8)} ${hex(offset, width)}  ${text}\n`);
    }
    return true;
  });
}

/** -wA */
export function addressesDump(
  sections: DebugSections,
  name: string,
  data: Uint8Array,
  walk: InfoWalk,
  out: TextSink,
): void {
  const units = walk.facts.filter(({ addressBase }) => addressBase !== undefined);
  title(name, out);
  if (units.length === 0) return;
  units.sort((a, b) => (a.addressBase ?? 0) - (b.addressBase ?? 0));
  units.forEach(({ unit, addressBase = 0 }, index) => {
    out.add(`  For compilation unit at offset ${sharp(unit.offset)}:\n`);
    const { addressSize } = unit;
    let end = units[index + 1]?.addressBase ?? data.length;
    // The next unit's part begins with its header.
    if (end < data.length && unit.version >= 5) end -= 8;
    out.add('\tIndex\tAddress\n');
    const cursor = new DwarfCursor(data, addressBase, end);
    for (let i = 0; cursor.at + addressSize <= end; i++) {
      const address = addressSize === 8 ? cursor.u64() : cursor.u32();
      out.add(`\t${i}:\t${hexAddress(address, sections.bits)}\n`);
    }
  });
  out.add('\n');
}

const macroNames: Readonly<Record<number, string>> = {
  1: 'DW_MACRO_define',
  2: 'DW_MACRO_undef',
  3: 'DW_MACRO_start_file',
  4: 'DW_MACRO_end_file',
  5: 'DW_MACRO_define_strp',
  6: 'DW_MACRO_undef_strp',
  7: 'DW_MACRO_import',
  8: 'DW_MACRO_define_sup',
  9: 'DW_MACRO_undef_sup',
  10: 'DW_MACRO_import_sup',
  11: 'DW_MACRO_define_strx',
  12: 'DW_MACRO_undef_strx',
};

/** The file of a line table, as the macros name it. */
function macroFile(sections: DebugSections, lineOffset: number, index: number): string {
  const lines = sections.section('.debug_line');
  const header = lines && readLineHeader(lines, lineOffset, sections.bits / 8);
  // GNU's readelf does not look into the tables of DWARF 5 here.
  if (!header || header.version >= 5) return '';
  const entry = header.files.entries[index - 1];
  if (!entry) return '';
  const { entries } = header.directories;
  const directory = entry.directory > 0 ? entries[entry.directory - 1] : undefined;
  const folder = directory ? `${lineName(sections, directory.name)}/` : '';
  return ` filename: ${folder}${lineName(sections, entry.name)}`;
}

/** -wm for .debug_macro. */
export function macroDump(
  sections: DebugSections,
  name: string,
  data: Uint8Array,
  out: TextSink,
): void {
  title(name, out);
  const cursor = new DwarfCursor(data);
  while (!cursor.isAtEnd && !cursor.isOverrun) {
    const at = cursor.at;
    const version = cursor.u16();
    if (version !== 4 && version !== 5) {
      sections.warn('Only GNU extension to DWARF 4 or 5 of .debug_macro is currently supported.');
      return;
    }
    const flags = cursor.u8();
    const is64 = (flags & 1) !== 0;
    let text = `  Offset:                      ${sharp(at)}\n`;
    text += `  Version:                     ${version}\n`;
    text += `  Offset size:                 ${is64 ? 8 : 4}\n`;
    let lineOffset = 0;
    if (flags & 2) {
      lineOffset = cursor.offset(is64);
      text += `  Offset into .debug_line:     ${sharp(lineOffset)}\n`;
    }
    out.add(`${text}\n`);
    macroUnit(sections, cursor, is64, (flags & 2) !== 0 ? lineOffset : -1, out);
    out.add('\n');
  }
}

function macroUnit(
  sections: DebugSections,
  cursor: DwarfCursor,
  is64: boolean,
  lineOffset: number,
  out: TextSink,
): void {
  const strings = sections.section('.debug_str');
  while (!cursor.isAtEnd && !cursor.isOverrun) {
    const op = cursor.u8();
    if (op === 0) return;
    const name = macroNames[op];
    switch (op) {
      case 1:
      case 2:
        out.add(` ${name} - lineno : ${cursor.uleb()} macro : ${cursor.text()}\n`);
        break;
      case 3: {
        const line = cursor.uleb();
        const file = cursor.uleb();
        const shown = lineOffset >= 0 ? macroFile(sections, lineOffset, file) : '';
        out.add(` ${name} - lineno: ${line} filenum: ${file}${shown}\n`);
        break;
      }
      case 4:
        out.add(` ${name}\n`);
        break;
      case 5:
      case 6: {
        const line = cursor.uleb();
        const text = stringIn(strings, cursor.offset(is64)) ?? '';
        out.add(` ${name} - lineno : ${line} macro : ${text}\n`);
        break;
      }
      case 7:
        out.add(` ${name} - offset : ${sharp(cursor.offset(is64))}\n`);
        break;
      default:
        sections.warn(`Unknown macro opcode ${hex(op)} seen`);
        cursor.at = cursor.end;
    }
  }
}

/** -wm for .debug_macinfo. */
export function macinfoDump(name: string, data: Uint8Array, out: TextSink): void {
  title(name, out);
  const cursor = new DwarfCursor(data);
  while (!cursor.isAtEnd && !cursor.isOverrun) {
    const op = cursor.u8();
    if (op === 1 || op === 2) {
      const title = op === 1 ? 'DW_MACINFO_define' : 'DW_MACINFO_undef';
      out.add(` ${title} - lineno : ${cursor.uleb()} macro : ${cursor.text()}\n`);
    } else if (op === 3) {
      out.add(` DW_MACINFO_start_file - lineno: ${cursor.uleb()} filenum: ${cursor.uleb()}\n`);
    } else if (op === 4) out.add(' DW_MACINFO_end_file\n');
    else if (op === 255) {
      out.add(` DW_MACINFO_vendor_ext - constant : ${cursor.uleb()} string : ${cursor.text()}\n`);
    }
  }
}

/** -wk: a section that names a file elsewhere. */
export function linkDump(name: string, data: Uint8Array, out: TextSink): void {
  const cursor = new DwarfCursor(data);
  const isAlternate = name === '.gnu_debugaltlink';
  title(name, out);
  const file = cursor.text();
  out.add(`  Separate debug info file: ${file}\n`);
  if (isAlternate) {
    const id = cursor.slice(data.length - cursor.at);
    const shown = Array.from(id, (byte) => ` ${hex(byte, 2)}`).join('');
    out.add(`  Build-ID (0x${hex(id.length)} bytes):\n${shown}\n\n`);
    return;
  }
  cursor.at = (cursor.at + 3) & ~3;
  out.add(`  CRC value: ${sharp(cursor.u32())}\n\n`);
}
