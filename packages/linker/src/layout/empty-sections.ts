// Sections that GNU ld makes for every i386 output and that stay empty in most: tables of slots,
// stubs and dynamic relocations. They are not in the file, but the map shows them, and orphans
// find their places among them.

import { i386, sectionFlag, sectionType, symbolBinding, symbolType } from '@ring0/elf';
import { isDefinedHere, isPic } from '../input/binding.ts';
import type { Binding } from '../input/binding.ts';
import { pltShape } from '../dynamic/plt.ts';
import { mayNeedRelocation } from '../dynamic/needs.ts';
import type { Job } from '../job.ts';
import { makeSection } from '../model.ts';
import type { InputObject, InputSection, LinkSymbol } from '../model.ts';

/** Those that are there without anything in them, by the kind of output. */
function emptyNames({ kind, hasTables }: Binding, usesSecond: boolean): ReadonlySet<string> {
  const names = ['.got', '.got.plt', '.rel.got'];
  if (kind === 'executable') names.push('.igot.plt', '.iplt', '.rel.iplt');
  else names.push('.rel.ifunc');
  if (!hasTables) return new Set(names);
  names.push('.gnu.version', '.gnu.version_d', '.gnu.version_r', '.rel.plt', '.plt', '.plt.got');
  names.push('.data.rel.ro', '.dynbss');
  if (usesSecond) names.push('.plt.sec');
  if (kind !== 'shared') names.push('.rel.data.rel.ro', '.rel.bss');
  return new Set(names);
}

/** Those to which nothing gives an ELF type before they are written. */
export const untypedNames: ReadonlySet<string> = new Set(['.iplt', '.igot.plt', '.igot']);

/**
 * A table of dynamic relocations for each loaded section that refers to what no object defines for
 * good, as it might need some, and the ones that are always there; `objects` are those of the command
 * line.
 */
export function addEmptyTables(
  job: Job,
  objects: readonly InputObject[],
): ReadonlySet<InputSection> {
  const { settings } = job;
  const made = new Set<InputSection>();
  if (settings.outputFormat !== 'elf' || settings.outputKind === 'relocatable') return made;
  const { object, binding } = job.dynamic;
  /** Names of tables in the order in which inputs ask for them. */
  const order = new Set<string>();
  const known = new Map(object.sections.map((section) => [section.name, section]));
  const edges = job.ranges.filter(({ symbol }) => symbol.name.startsWith('__'));
  const ranges = new Set(edges.map(({ symbol }) => symbol));
  const isElsewhere = (symbol: LinkSymbol): boolean =>
    symbol.type === symbolType.gnuIfunc ||
    (symbol.binding !== symbolBinding.local &&
      (symbol.state !== 'defined' ||
        symbol.binding === symbolBinding.weak ||
        wasCommon(symbol) ||
        (symbol.isMade && !isFromObject(symbol))) &&
      !ranges.has(symbol));
  for (const { sections, symbols } of objects) {
    if (!isPic(binding) && !symbols.some((symbol) => symbol && isElsewhere(symbol))) continue;
    for (const section of sections) {
      if (section.relocations.length === 0) continue;
      const name = `.rel${section.name}`;
      const own = known.get(name);
      if (order.has(name) || !needsTable(section, binding, isElsewhere)) continue;
      order.add(name);
      if (own && own.size > 0) continue;
      if (own) {
        made.add(own);
        continue;
      }
      const flags = sectionFlag.alloc;
      const kind = { type: sectionType.rel, flags, alignment: 4, entrySize: 8 };
      const table = makeSection(object, name, kind);
      known.set(name, table);
      made.add(table);
    }
  }
  sortTables(object.sections, [...order]);
  const shape = pltShape(job.dynamic);
  const names = emptyNames(binding, shape.usesSecond);
  for (const section of object.sections) {
    if (section.size !== 0 || !names.has(section.name)) continue;
    if (section.name === '.iplt') Object.assign(section, { alignment: 1 });
    if (section.name === '.plt.got') Object.assign(section, { alignment: shape.slotEntrySize });
    made.add(section);
  }
  return made;
}

/** Tables that inputs asked for stand behind the others, in the order in which they did. */
function sortTables(sections: InputSection[], order: readonly string[]): void {
  const asked = new Map(order.map((name, at) => [name, at]));
  const rank = ({ name, type }: InputSection): number =>
    type === sectionType.rel ? (asked.get(name) ?? -1) : -1;
  sections.sort((a, b) => rank(a) - rank(b));
}

const wasCommon = ({ section }: LinkSymbol): boolean =>
  typeof section === 'object' &&
  section.kind === 'input' &&
  section.index === 0 &&
  section.name === 'COMMON';

/** The script gives it another value than its object. */
function isFromObject(symbol: LinkSymbol): boolean {
  const { file, symbols = [] } = symbol.object ?? {};
  return symbols.some((each, index) => each === symbol && file?.isPlaced(index));
}

function needsTable(
  section: InputSection,
  binding: Binding,
  isElsewhere: (symbol: LinkSymbol) => boolean,
): boolean {
  const { flags, isDiscarded, relocations } = section;
  if (isDiscarded || (flags & sectionFlag.alloc) === 0) return false;
  const isCode = (flags & sectionFlag.execute) !== 0;
  for (let i = 0; i < relocations.length; i++) {
    const type = relocations.type(i);
    if (type !== i386[32] && type !== i386.PC32) continue;
    const symbol = relocations.symbol(i);
    if (!symbol) continue;
    const isBound = type === i386.PC32 && isDefinedHere(symbol) && binding.bindsHere(symbol);
    if (isPic(binding) && !isBound && mayNeedRelocation(binding, section, type, symbol)) {
      return true;
    }
    if (isPic(binding) || (isCode && symbol.type === symbolType.gnuIfunc)) continue;
    if (isElsewhere(symbol)) return true;
  }
  return false;
}
