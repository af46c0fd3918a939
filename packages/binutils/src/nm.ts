// nm: the symbols of an object with the letter of their class, as GNU nm prints them.

import { readElf, sectionFlag, sectionType, symbolBinding, symbolType } from '@ring0/elf';
import type { ElfSection, ElfSymbol } from '@ring0/elf';
import type { TextResult } from './readelf.ts';

export interface NmOptions {
  /** -n: by address. */
  readonly isNumeric?: boolean;
  /** -p: in the table's order. */
  readonly isUnsorted?: boolean;
  readonly isReversed?: boolean;
  /** -g */
  readonly externalOnly?: boolean;
  /** -u */
  readonly undefinedOnly?: boolean;
  readonly definedOnly?: boolean;
  /** -S */
  readonly showsSizes?: boolean;
  /** -a: sections and file names too. */
  readonly showsDebugging?: boolean;
  /** Before each line (-A). */
  readonly prefix?: string;
}

/**
 * Sections that are known by name, whatever their flags (BFD's table for COFF, which nm uses for
 * all).
 */
const byName: readonly (readonly [string, string])[] = [
  ['.bss', 'b'],
  ['.code', 't'],
  ['.data', 'd'],
  ['*DEBUG*', 'N'],
  ['.debug', 'N'],
  ['.drectve', 'i'],
  ['.edata', 'e'],
  ['.fini', 't'],
  ['.idata', 'i'],
  ['.init', 't'],
  ['.pdata', 'p'],
  ['.rdata', 'r'],
  ['.rodata', 'r'],
  ['.sbss', 's'],
  ['.scommon', 'c'],
  ['.sdata', 'g'],
  ['.text', 't'],
  ['vars', 'd'],
  ['zerovars', 'b'],
];

function sectionLetter(section: ElfSection): string {
  for (const [prefix, letter] of byName) {
    if (!section.name.startsWith(prefix)) continue;
    const next = section.name[prefix.length];
    if (next === undefined || '.$0123456789'.includes(next)) return letter;
  }
  const { flags, type } = section;
  const isAllocated = (flags & sectionFlag.alloc) !== 0;
  const isWritable = (flags & sectionFlag.write) !== 0;
  if (flags & sectionFlag.execute) return 't';
  if (isAllocated && type !== sectionType.nobits) return isWritable ? 'd' : 'r';
  if (type === sectionType.nobits) return 'b';
  if (/^\.(debug|gnu\.linkonce\.wi|line|stab|zdebug)/.test(section.name)) return 'N';
  return isWritable ? '?' : 'n';
}

/** The class letter of a symbol (GNU binutils manual, "nm"). */
export function symbolLetter(symbol: ElfSymbol): string {
  const { section, binding, type } = symbol;
  const isWeak = binding === symbolBinding.weak;
  if (section === 'common') return 'C';
  if (section === 'undefined') {
    if (!isWeak) return 'U';
    return type === symbolType.object ? 'v' : 'w';
  }
  if (type === symbolType.gnuIfunc) return 'i';
  if (isWeak) return type === symbolType.object ? 'V' : 'W';
  if (binding === symbolBinding.gnuUnique) return 'u';
  const letter = section === 'absolute' ? 'a' : sectionLetter(section);
  return binding === symbolBinding.local ? letter : letter.toUpperCase();
}

const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The symbols of one object, a line each. */
export function nm(bytes: Uint8Array, path: string, options: NmOptions): TextResult {
  const { file, problems } = readElf(bytes, path);
  if (!file) return { text: '', problems };
  const width = file.bits / 4;
  const isDebugging = (s: ElfSymbol): boolean =>
    s.type === symbolType.section || s.type === symbolType.file;
  const symbols = file.symbols.filter((symbol) => {
    if (isDebugging(symbol) && !options.showsDebugging) return false;
    if (options.externalOnly && symbol.binding === symbolBinding.local) return false;
    if (options.undefinedOnly && symbol.section !== 'undefined') return false;
    return !(options.definedOnly && symbol.section === 'undefined');
  });
  const nameOf = (symbol: ElfSymbol): string =>
    symbol.type === symbolType.section && typeof symbol.section === 'object'
      ? symbol.section.name
      : symbol.name;
  const rank = (s: ElfSymbol): number => (s.section === 'undefined' ? 0 : 1);
  const compare = (a: ElfSymbol, b: ElfSymbol): number => {
    if (options.isNumeric) {
      const order = rank(a) - rank(b) || (rank(a) && Number(shownValue(a) - shownValue(b)));
      if (order !== 0) return order;
    }
    return text(nameOf(a), nameOf(b));
  };
  const direction = options.isReversed ? -1 : 1;
  if (!options.isUnsorted) symbols.sort((a, b) => direction * compare(a, b));
  else if (options.isReversed) symbols.reverse();
  let out = '';
  for (const symbol of symbols) {
    const isUndefined = symbol.section === 'undefined';
    const value = isUndefined
      ? ' '.repeat(width)
      : shownValue(symbol).toString(16).padStart(width, '0');
    const hasSize = options.showsSizes && !isUndefined && symbol.size > 0n;
    const size = hasSize ? ` ${symbol.size.toString(16).padStart(width, '0')}` : '';
    out += `${options.prefix ?? ''}${value}${size} ${symbolLetter(symbol)} ${nameOf(symbol)}\n`;
  }
  if (file.symbols.length === 0)
    return { text: '', problems: [...problems, `${path}: no symbols`] };
  return { text: out, problems };
}

/** Of a common symbol its size, as nothing else is known yet. */
function shownValue(symbol: ElfSymbol): bigint {
  return symbol.section === 'common' ? symbol.size : symbol.value;
}
