// What objcopy and strip can be asked to do, by the options' names.

export type ObjcopyFormat = 'elf' | 'binary' | 'ihex' | 'srec' | 'symbolsrec' | 'verilog';

/** A number that replaces, or is added to, an address. */
export interface AddressChange {
  readonly isRelative: boolean;
  readonly value: number;
}

export interface SectionAddressChange extends AddressChange {
  readonly pattern: string;
  readonly vma: boolean;
  readonly lma: boolean;
}

export interface AddedSymbol {
  readonly name: string;
  readonly section: string | undefined;
  readonly value: number;
  readonly flags: readonly string[];
  readonly before: string | undefined;
}

/** Names of symbols; with `-w` they are patterns. */
export type SymbolNames = readonly string[];

export interface ObjcopyOptions {
  /** -I binary: the input is plain bytes. What it looks like where absent. */
  readonly inputFormat?: ObjcopyFormat | undefined;
  /** -O */
  readonly outputFormat?: ObjcopyFormat | undefined;
  /** The class of the ELF file that -O names; absent: the input's. */
  readonly outputBits?: 32 | 64 | undefined;
  /** -S: no symbols, relocations' symbols excepted. -g: no debugging information. */
  readonly strip?: 'none' | 'debug' | 'unneeded' | 'all' | 'nondebug' | 'dwo' | 'nondwo';
  /** -x, -X */
  readonly discard?: 'none' | 'labels' | 'all';
  /** -j: only these sections; patterns with `*`, `?`, `[..]` and a leading `!` are allowed. */
  readonly only?: readonly string[];
  /** -R */
  readonly remove?: readonly string[];
  /** --keep-section: sections that stay though others like them go. */
  readonly keepSections?: readonly string[];
  /** --remove-relocations */
  readonly removeRelocations?: readonly string[];
  readonly add?: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly update?: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly rename?: readonly {
    readonly from: string;
    readonly to: string;
    readonly flags: readonly string[] | undefined;
  }[];
  readonly setFlags?: readonly { readonly pattern: string; readonly flags: readonly string[] }[];
  readonly setAlignment?: readonly { readonly pattern: string; readonly alignment: number }[];
  readonly changeSections?: readonly SectionAddressChange[];
  /** --change-addresses: sections and start. */
  readonly changeAddresses?: number;
  readonly setStart?: number | undefined;
  readonly changeStart?: number;
  /** Filler between sections. */
  readonly gapFill?: number | undefined;
  readonly padTo?: number | undefined;
  /** --reverse-bytes */
  readonly reverseBytes?: number;
  /** -b and -i: one byte of each so many, and how many in a row. */
  readonly interleave?:
    | { readonly byte: number; readonly of: number; readonly width: number }
    | undefined;
  readonly hasWildcards?: boolean;
  /** -K */
  readonly keep?: SymbolNames;
  /** -N */
  readonly stripNames?: SymbolNames;
  /** --strip-unneeded-symbol, by which GNU objcopy 2.40 drops nothing. */
  readonly stripUnneededNames?: SymbolNames;
  /** -L */
  readonly localize?: SymbolNames;
  /** --globalize-symbol */
  readonly globalize?: SymbolNames;
  /** -G: all others become local. */
  readonly keepGlobal?: SymbolNames;
  /** -W */
  readonly weaken?: SymbolNames;
  readonly weakenAll?: boolean;
  /** --elf-stt-common: the type of common symbols, where it is not to stay. */
  readonly commonType?: 'common' | 'object' | undefined;
  readonly localizeHidden?: boolean;
  readonly keepFileSymbols?: boolean;
  readonly keepSectionSymbols?: boolean;
  readonly redefine?: ReadonlyMap<string, string>;
  readonly prefixSymbols?: string;
  readonly prefixSections?: string;
  readonly prefixAllocSections?: string;
  readonly addSymbols?: readonly AddedSymbol[];
  readonly onlyKeepDebug?: boolean;
  /** --extract-symbol: sections without contents, and what the symbols say of them. */
  readonly extractsSymbols?: boolean;
  /** --add-gnu-debuglink: the name without folders, and the file's contents. */
  readonly debuglink?: { readonly name: string; readonly bytes: Uint8Array } | undefined;
  readonly compress?: 'none' | 'zlib' | 'zlib-gnu' | 'decompress' | undefined;
  /** Makes a zlib stream; the host's. */
  readonly deflate?: ((bytes: Uint8Array) => Uint8Array) | undefined;
  readonly dwo?: 'none' | 'strip' | 'extract';
  readonly srecLength?: number | undefined;
  readonly srecForceS3?: boolean;
  readonly verilogWidth?: number;
  /** Where the text formats name the output. */
  readonly outputName?: string;
}

export interface ObjcopyResult {
  readonly bytes: Uint8Array | undefined;
  readonly problems: readonly string[];
  /** What is said though the copy is good. */
  readonly notes: readonly string[];
  /** The changes of addresses that some section was named by. */
  readonly usedChanges: ReadonlySet<SectionAddressChange>;
  /** Contents that --dump-section asks for, by name. */
  readonly dumps?: ReadonlyMap<string, Uint8Array>;
}

/** A pattern of the shell as a regular expression: `*`, `?`, `[..]`. */
function patternExpression(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const sets = source.replace(/\[!/g, '[^');
  try {
    return new RegExp(`^${sets}$`, 's');
  } catch {
    return /^$/;
  }
}

const expressions = new Map<string, RegExp>();

function expression(pattern: string): RegExp {
  let found = expressions.get(pattern);
  if (!found) expressions.set(pattern, (found = patternExpression(pattern)));
  return found;
}

/** Whether a name matches one of the patterns and none of those that begin with `!`. */
export function matchesSection(name: string, patterns: readonly string[]): boolean {
  let isIn = false;
  for (const pattern of patterns) {
    if (pattern.startsWith('!')) {
      if (expression(pattern.slice(1)).test(name)) return false;
    } else isIn ||= expression(pattern).test(name);
  }
  return isIn;
}

/** Whether a symbol is among the names. */
export function matchesSymbol(
  name: string,
  names: SymbolNames | undefined,
  hasWildcards: boolean | undefined,
): boolean {
  if (!names || names.length === 0) return false;
  return hasWildcards ? matchesSection(name, names) : names.includes(name);
}
