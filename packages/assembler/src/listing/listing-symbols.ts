// The tables of symbols at the end of a listing: those that are defined, with their place, then the others by name.

import type { ElfFile, ElfSymbol } from '@ring0/elf';
import type { Assembly } from '../object/assembly.ts';
import type { Listing } from './listing.ts';
import { outermost } from './listing-text.ts';
import type { AsmSymbol } from '../object/symbols.ts';
import { spanOf } from '../text/text.ts';

/** The table's lines. */
export function listedSymbols(
  assembly: Assembly,
  listing: Listing,
  object: ElfFile | undefined,
): string[] {
  const written = new Map((object?.symbols ?? []).map((symbol) => [symbol.name, symbol]));
  const known = assembly.symbols.all.filter(
    (symbol) => !symbol.isAssemblerLocal && !symbol.isSuperseded && !symbol.isSectionStart,
  );
  const files = (object?.symbols ?? [])
    .filter(({ type, name }) => type === 4 && name !== '')
    .map(({ name }) => `${'*ABS*'.padStart(33)}:00000000 ${name}`);
  const own = known.flatMap((symbol) => {
    const line = definedLine(assembly, listing, symbol, written.get(symbol.name));
    return line === undefined ? [] : [line];
  });
  const defined = [...files, ...own];
  const missing = known.filter(({ state }) => state === 'undefined').map(({ name }) => name);
  return [
    ...(defined.length > 0 ? ['DEFINED SYMBOLS', ...defined] : ['NO DEFINED SYMBOLS']),
    '',
    ...(missing.length > 0 ? ['UNDEFINED SYMBOLS', ...missing] : ['NO UNDEFINED SYMBOLS']),
  ];
}

function definedLine(
  assembly: Assembly,
  listing: Listing,
  symbol: AsmSymbol,
  written: ElfSymbol | undefined,
): string | undefined {
  if (symbol.state === 'undefined' || !written || written.section === 'undefined') return undefined;
  const { section } = written;
  const home =
    section === 'absolute'
      ? '*ABS*'
      : section === 'common'
        ? '*COM*'
        : typeof section === 'string'
          ? section
          : section.name;
  const number = section === 'common' ? symbol.commonSize : written.value;
  const bits = assembly.isLong ? 64 : 32;
  const value = BigInt.asUintN(bits, BigInt(number))
    .toString(16)
    .padStart(bits / 4, '0');
  const place = section === 'common' ? undefined : placeOf(assembly, listing, symbol);
  const left = place
    ? `${place.path.padStart(20)}:${String(place.line).padEnd(5)}  ${home}`
    : home.padStart(33);
  return `${left}:${value} ${symbol.name}`;
}

/** The line that a symbol's place belongs to: of an alias that of what it stands for. */
function placeOf(
  assembly: Assembly,
  listing: Listing,
  symbol: AsmSymbol,
): { readonly path: string; readonly line: number } | undefined {
  const { subsection } = symbol;
  if (symbol.state === 'label' && symbol.isRedefinable) {
    const line = listing.lines.findLast(
      ({ from, to }) =>
        from.subsection === subsection &&
        (from.item < symbol.item || (from.item === symbol.item && from.offset <= symbol.offset)) &&
        (to.item > symbol.item || (to.item === symbol.item && to.offset > symbol.offset)),
    );
    const base = assembly.symbols.all.find(
      (other) =>
        other !== symbol &&
        !other.isRedefinable &&
        other.subsection === subsection &&
        other.item === symbol.item &&
        other.offset === symbol.offset,
    );
    if (!base && line) return { path: line.text.file.path, line: line.number };
    if (base) return placeOf(assembly, listing, base);
  }
  const span = spanOf(symbol.definedAt);
  if (!span) return undefined;
  const { file, start, end } = outermost(span);
  const statement = String.fromCharCode(...file.bytes.subarray(start, Math.min(end, start + 6)));
  if (/^\.comm\s/.test(statement)) return undefined;
  return { path: file.path, line: file.position(start).line };
}
