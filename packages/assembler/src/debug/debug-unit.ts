// A source that brings line rows but no .debug_info gets one unit, so that debuggers see the rows;
// with -g its functions too.

import { writeUnit } from '@ring0/dwarf';
import type { UnitFunction, UnitPart, UnitSection } from '@ring0/dwarf';
import type { Assembly } from '../object/assembly.ts';
import {
  addressField,
  debugSection,
  filled,
  lateSection,
  mappedPath,
  sectionValue,
  stringSection,
} from './debug-parts.ts';
import { constantOf, symbolValue } from '../values/expression.ts';
import type { Expression } from '../values/expression.ts';
import { Section } from '../object/sections.ts';
import { finalFolding, settle } from '../values/settle.ts';
import type { AsmSymbol } from '../object/symbols.ts';

/** What GNU as 2.40 says of itself, which a build that compares files expects. */
const producer = 'GNU AS 2.40';

/** Where the assembler was started. */
export function workDirectory({ options }: Assembly): string {
  const output = options.output ?? {};
  return mappedPath(output.directory ?? '.', output);
}

function unitName(assembly: Assembly): string {
  const { files } = assembly.lines;
  const main = files[0] ?? files.find((file) => file !== undefined);
  if (!main) return '';
  const { directory, name } = main;
  const isFirst = main === files[0];
  return directory === undefined || isFirst || name.startsWith('/') ? name : `${directory}/${name}`;
}

/** A place in the code: the start of a section, or a symbol. */
type Place = Section | AsmSymbol;

function functions(assembly: Assembly): UnitFunction<Place>[] {
  const folding = finalFolding(assembly);
  const list: UnitFunction<Place>[] = [];
  for (const symbol of assembly.symbols.all) {
    if (symbol.state !== 'label' || symbol.type !== 2 || !symbol.size) continue;
    const size = Number(constantOf(settle(symbol.size, folding)) ?? 0n);
    if (size === 0) continue;
    const isExternal = symbol.isGlobal && !symbol.isWeak;
    list.push({ name: symbol.name, isExternal, start: symbol, size });
  }
  return list;
}

const isPart = (target: Place | UnitPart): target is UnitPart => typeof target === 'string';

/** Adds the unit where rows need one; `line` is the line table. */
export function addUnit(assembly: Assembly, line: Section): void {
  const { lines, options } = assembly;
  const known = assembly.sectionTable.find('.debug_info');
  if (lines.rows.size === 0 || (known && known.subsections[0].length > 0)) return;
  const version = lines.unitVersion;
  const written = writeUnit<Place>({
    version,
    addressSize: assembly.isLong ? 8 : 4,
    name: mappedPath(unitName(assembly), options.output ?? {}),
    directory: workDirectory(assembly),
    producer,
    ranges: [...lines.rows.keys()].map((section) => ({ section, size: section.size })),
    functions: functions(assembly),
  });
  const info = debugSection(assembly, '.debug_info');
  const abbreviations = debugSection(assembly, '.debug_abbrev');
  const addresses = debugSection(assembly, '.debug_aranges');
  addresses.alignment = assembly.isLong ? 16 : 8;
  const strings = stringSection(assembly, '.debug_str');
  const rangesName = version >= 5 ? '.debug_rnglists' : '.debug_ranges';
  const ranges = written.ranges && lateSection(assembly, rangesName);
  if (ranges && version < 5) ranges.alignment = assembly.isLong ? 16 : 8;
  const parts = { line, abbreviations, info, ranges, strings };
  // The order of their symbols is not that of the sections.
  assembly.symbolOrder = [info, abbreviations, line];
  const stringsBase = strings.subsections[0].length;
  const value = (target: Place | UnitPart, addend: number): Expression => {
    if (isPart(target)) {
      const home = parts[target];
      if (!home) throw new Error(`the unit has no section of ${target}`);
      return sectionValue(home, addend + (home === strings ? stringsBase : 0));
    }
    return target instanceof Section
      ? sectionValue(target, addend)
      : symbolValue(target, BigInt(addend));
  };
  const fill = (section: Section, { bytes, fields }: UnitSection<Place>) => {
    const base = section.subsections[0].length;
    filled(section, bytes);
    for (const { offset, target, addend, size } of fields) {
      addressField(section, base + offset, value(target, addend), false, size);
    }
  };
  fill(info, written.info);
  fill(abbreviations, written.abbreviations);
  fill(addresses, written.addresses);
  filled(strings, written.strings);
  if (ranges && written.ranges) fill(ranges, written.ranges);
}
