// Sections that GNU ld makes for every i386 output and that stay empty in most: tables of slots,
// stubs and dynamic relocations. They are not in the file, but the map shows them, and orphans
// find their places among them.

import { i386, sectionFlag, sectionType, symbolBinding } from '@ring0/elf';
import type { Job } from './job.ts';
import { makeSection } from './model.ts';
import type { InputObject, InputSection, LinkSymbol } from './model.ts';

/** Those that are there without anything in them. */
const emptyNames: ReadonlySet<string> = new Set([
  '.got',
  '.got.plt',
  '.igot.plt',
  '.iplt',
  '.rel.got',
  '.rel.iplt',
]);

/** Those to which nothing gives an ELF type before they are written. */
export const untypedNames: ReadonlySet<string> = new Set(['.iplt', '.igot.plt', '.igot']);

const direct: ReadonlySet<number> = new Set([i386[32], i386.PC32]);

/**
 * A table of dynamic relocations for each loaded section that refers to what no object defines,
 * as it might need some, and the ones that are always there; `objects` are those of the command
 * line.
 */
export function addEmptyTables(
  job: Job,
  objects: readonly InputObject[],
): ReadonlySet<InputSection> {
  const { settings } = job;
  const made = new Set<InputSection>();
  if (settings.outputFormat !== 'elf' || settings.outputKind === 'relocatable') return made;
  const { object } = job.dynamic;
  const known = new Set(object.sections.map(({ name }) => name));
  const ranges = new Set(job.ranges.map(({ symbol }) => symbol));
  const isElsewhere = (symbol: LinkSymbol): boolean =>
    symbol.binding !== symbolBinding.local &&
    (symbol.state !== 'defined' || (symbol.isMade && !isDefinedHere(symbol))) &&
    !ranges.has(symbol);
  for (const { sections, symbols } of objects) {
    if (!symbols.some((symbol) => symbol && isElsewhere(symbol))) continue;
    for (const section of sections) {
      const name = `.rel${section.name}`;
      if (known.has(name) || !needsTable(section, isElsewhere)) continue;
      known.add(name);
      const flags = sectionFlag.alloc;
      const table = { type: sectionType.rel, flags, alignment: 4, entrySize: 8 };
      made.add(makeSection(object, name, table));
    }
  }
  for (const section of object.sections) {
    if (section.size !== 0 || !emptyNames.has(section.name)) continue;
    if (section.name === '.iplt') Object.assign(section, { alignment: 1 });
    made.add(section);
  }
  return made;
}

/** The script gives it another value than its object. */
function isDefinedHere(symbol: LinkSymbol): boolean {
  const { file, symbols = [] } = symbol.object ?? {};
  return symbols.some((each, index) => each === symbol && file?.isPlaced(index));
}

function needsTable(
  { flags, isDiscarded, relocations }: InputSection,
  isElsewhere: (symbol: LinkSymbol) => boolean,
): boolean {
  if (isDiscarded || (flags & sectionFlag.alloc) === 0) return false;
  for (const { type, symbol } of relocations) {
    if (symbol && direct.has(type) && isElsewhere(symbol)) return true;
  }
  return false;
}
