// nm: the symbols of an object with the letter of their class, as GNU nm prints them in its four
// formats.

import { CodePlaces } from '@ring0/dwarf';
import {
  RelocationView,
  readElf,
  readElfTables,
  sectionFlag,
  sectionType,
  symbolBinding,
  symbolType,
} from '@ring0/elf';
import type { ElfFile, ElfSection, ElfSymbol } from '@ring0/elf';
import { demangleSymbol } from './demangle/demangle.ts';
import { ImageSections } from './dwarf/dwarf-sections.ts';
import { pltSymbols, versionedName } from './objdump/objdump-dynamic.ts';
import { elfView } from './objdump/objdump-view.ts';
import { Versions } from './readelf/readelf-dynamic.ts';
import { ElfImage } from './readelf/readelf-image.ts';
import type { TextResult } from './readelf/readelf.ts';
import { TextSink, gatherText, hex8 } from './text-sink.ts';
import type { TakeText } from './text-sink.ts';

export type NmFormat = 'bsd' | 'sysv' | 'posix' | 'just-symbols';

export interface NmOptions {
  /** -n: by address. */
  readonly isNumeric?: boolean;
  /** -p: in the table's order. */
  readonly isUnsorted?: boolean;
  readonly isReversed?: boolean;
  /** --size-sort */
  readonly isBySize?: boolean;
  /** -g */
  readonly externalOnly?: boolean;
  /** -u */
  readonly undefinedOnly?: boolean;
  readonly definedOnly?: boolean;
  /** -W */
  readonly hidesWeak?: boolean;
  /** -S */
  readonly showsSizes?: boolean;
  /** -a: sections and file names too. */
  readonly showsDebugging?: boolean;
  /** -D: the dynamic symbols. */
  readonly isDynamic?: boolean;
  /** --synthetic */
  readonly hasSynthetic?: boolean;
  /** -l */
  readonly hasLines?: boolean;
  /** --without-symbol-versions */
  readonly hidesVersions?: boolean;
  /** -C */
  readonly isDemangled?: boolean;
  readonly format?: NmFormat;
  readonly radix?: 8 | 10 | 16;
  /** Before each line (-A). */
  readonly prefix?: string;
}

/** Sections that are known by name, whatever their flags: those of PE images. */
const byName: readonly (readonly [string, string])[] = [
  ['.drectve', 'i'],
  ['.edata', 'e'],
  ['.idata', 'i'],
  ['.pdata', 'p'],
];

const letters = new WeakMap<ElfSection, string>();

function sectionLetter(section: ElfSection): string {
  let letter = letters.get(section);
  if (letter === undefined) {
    letter = letterOf(section);
    letters.set(section, letter);
  }
  return letter;
}

function letterOf(section: ElfSection): string {
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

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Of a common symbol its size, as nothing else is known yet. */
function shownValue(symbol: ElfSymbol): bigint {
  return symbol.section === 'common' ? symbol.size : symbol.value;
}

function nameOf(symbol: ElfSymbol): string {
  return symbol.type === symbolType.section && typeof symbol.section === 'object'
    ? symbol.section.name
    : symbol.name;
}

/** The dynamic symbols, their names with versions. */
function dynamicSymbols(
  file: ElfFile,
  image: ElfImage,
  versionOf: Map<ElfSymbol, string>,
): ElfSymbol[] {
  const table = image.sectionOfType(sectionType.dynsym);
  if (!table) return [];
  const symbols = image.symbols(table);
  const versions = new Versions(image);
  const byIndex = new Map(file.sections.map((section) => [section.index, section]));
  const list: ElfSymbol[] = [];
  for (let i = 1; i < symbols.count; i++) {
    const index = symbols.section(i);
    const name = symbols.name(i);
    const named = versionedName(versions, image, table, i);
    const special = index === 0 ? 'undefined' : index === 0xfff2 ? 'common' : 'absolute';
    const symbol: ElfSymbol = {
      name,
      value: symbols.valueBig(i),
      size: BigInt(symbols.size(i)),
      binding: symbols.binding(i),
      type: symbols.type(i),
      visibility: symbols.other(i) & 3,
      section: byIndex.get(index) ?? special,
    };
    versionOf.set(symbol, plainVersion(named, name).slice(name.length));
    list.push(symbol);
  }
  return list;
}

/** The symbol of a version itself goes without it, as do those of the base. */
function plainVersion(named: string, name: string): string {
  return /@@?Base$/.test(named) || named === `${name}@@${name}` ? name : named;
}

function synthetic(file: ElfFile, image: ElfImage): ElfSymbol[] {
  const byIndex = new Map(file.sections.map((section) => [section.index, section]));
  return pltSymbols(elfView(file, image)).map((symbol) => ({
    name: symbol.name,
    value: BigInt(symbol.value),
    size: 0n,
    binding: symbol.isWeak ? symbolBinding.weak : symbolBinding.global,
    type: symbolType.func,
    visibility: 0,
    section: byIndex.get(symbol.section?.index) ?? 'absolute',
  }));
}

class Nm {
  private readonly file: ElfFile;
  private readonly image: ElfImage | undefined;
  private readonly options: NmOptions;
  private readonly places: CodePlaces | undefined;
  /** What is shown behind a dynamic symbol's name. */
  private readonly versionOf = new Map<ElfSymbol, string>();

  constructor(file: ElfFile, image: ElfImage | undefined, options: NmOptions) {
    this.file = file;
    this.image = image;
    this.options = options;
    if (options.hasLines && image) this.places = new CodePlaces(new ImageSections(image));
  }

  all(): ElfSymbol[] {
    const { file, image, options } = this;
    if (options.isDynamic) {
      if (!image) return [];
      const list = dynamicSymbols(file, image, this.versionOf);
      return options.hasSynthetic ? [...list, ...synthetic(file, image)] : list;
    }
    return options.hasSynthetic && image && file.symbols.length > 0
      ? [...file.symbols, ...synthetic(file, image)]
      : file.symbols;
  }

  chosen(all: readonly ElfSymbol[]): ElfSymbol[] {
    const { options } = this;
    const isDebugging = (s: ElfSymbol): boolean =>
      s.type === symbolType.section || s.type === symbolType.file;
    const symbols = all.filter((symbol) => {
      if (isDebugging(symbol) && !options.showsDebugging) return false;
      if (options.externalOnly && symbol.binding === symbolBinding.local) return false;
      if (options.undefinedOnly && symbol.section !== 'undefined') return false;
      if (options.hidesWeak && symbol.binding === symbolBinding.weak) return false;
      if (options.isBySize && (symbol.section === 'undefined' || this.size(symbol) === 0n))
        return false;
      return !(options.definedOnly && symbol.section === 'undefined');
    });
    return this.sorted(symbols);
  }

  private size(symbol: ElfSymbol): bigint {
    return symbol.size;
  }

  private sorted(symbols: ElfSymbol[]): ElfSymbol[] {
    const { options } = this;
    if (options.isUnsorted && !options.isBySize) return symbols;
    const rank = (s: ElfSymbol): number => (s.section === 'undefined' ? 0 : 1);
    const compare = (a: ElfSymbol, b: ElfSymbol): number => {
      if (options.isBySize) {
        const order = Number(this.size(a) - this.size(b));
        if (order !== 0) return order;
      } else if (options.isNumeric) {
        const order = rank(a) - rank(b) || (rank(a) && Number(shownValue(a) - shownValue(b)));
        if (order !== 0) return order;
      }
      const order = compareText(nameOf(a), nameOf(b));
      return order === 0 && options.isBySize ? Number(a.value - b.value) : order;
    };
    const direction = options.isReversed ? -1 : 1;
    return symbols.toSorted((a, b) => direction * compare(a, b));
  }

  private number(value: bigint, width: number): string {
    if (width === 8 && (this.options.radix ?? 16) === 16) return hex8(Number(value));
    return value.toString(this.options.radix ?? 16).padStart(width, '0');
  }

  /** The name with its version. */
  private shownName(symbol: ElfSymbol): string {
    const version = this.options.hidesVersions ? '' : (this.versionOf.get(symbol) ?? '');
    const name = nameOf(symbol);
    return (this.options.isDemangled ? demangleSymbol(name) : name) + version;
  }

  line(symbol: ElfSymbol): string {
    const { format = 'bsd', prefix = '' } = this.options;
    switch (format) {
      case 'bsd':
        return `${prefix}${this.bsd(symbol)}${this.place(symbol)}\n`;
      case 'posix':
        return `${prefix === '' ? '' : `${prefix} `}${this.posix(symbol)}${this.place(symbol)}\n`;
      case 'sysv':
        return `${prefix}${this.sysv(symbol)}${this.place(symbol)}\n`;
      case 'just-symbols':
        return `${prefix}${this.shownName(symbol)}${this.place(symbol)}\n`;
    }
  }

  private bsd(symbol: ElfSymbol): string {
    const { options, file } = this;
    const width = file.bits / 4;
    const isUndefined = symbol.section === 'undefined';
    let text = isUndefined ? ' '.repeat(width) : this.number(shownValue(symbol), width);
    if (options.isBySize && !options.showsSizes && !isUndefined) {
      text = this.number(this.size(symbol), width);
    } else if (options.showsSizes && !isUndefined && symbol.size > 0n) {
      text += ` ${this.number(symbol.size, width)}`;
    }
    return `${text} ${symbolLetter(symbol)} ${this.shownName(symbol)}`;
  }

  private posix(symbol: ElfSymbol): string {
    const head = `${this.shownName(symbol)} ${symbolLetter(symbol)} `;
    if (symbol.section === 'undefined') return head + ' '.repeat(8);
    const size = symbol.size > 0n ? this.number(symbol.size, 0) : '';
    return `${head}${this.number(shownValue(symbol), 0)} ${size}`;
  }

  private sysv(symbol: ElfSymbol): string {
    const width = this.file.bits / 4;
    const isUndefined = symbol.section === 'undefined';
    const value = isUndefined ? ' '.repeat(width) : this.number(shownValue(symbol), width);
    const types = ['NOTYPE', 'OBJECT', 'FUNC', 'SECTION', 'FILE', 'COMMON', 'TLS'];
    const type =
      symbol.type >= 10
        ? `<OS specific>: ${symbol.type}`
        : (types[symbol.type] ?? `${symbol.type}`);
    const shownType = type === 'COMMON' ? 'OBJECT' : type;
    const size = symbol.size > 0n ? this.number(symbol.size, width) : ' '.repeat(width);
    const section =
      typeof symbol.section === 'object'
        ? symbol.section.name
        : { undefined: '*UND*', absolute: '*ABS*', common: '*COM*' }[symbol.section];
    return (
      `${this.shownName(symbol).padEnd(20)}|${value}|   ${symbolLetter(symbol)}  |` +
      `${shownType.padStart(18)}|${size}|     |${section}`
    );
  }

  /** -l: where a symbol is defined, of an undefined one where it is first asked for. */
  private place(symbol: ElfSymbol): string {
    const { places, image } = this;
    if (!places || !image) return '';
    if (symbol.section === 'undefined') return this.reference(symbol, places, image);
    if (typeof symbol.section !== 'object') return '';
    const found = places.place(symbol.section.index, Number(symbol.value));
    return found && found.line > 0 ? `\t${found.file}:${found.line}` : '';
  }

  private reference(symbol: ElfSymbol, places: CodePlaces, image: ElfImage): string {
    for (const list of image.tables.sections) {
      const isExplicit = list.type === sectionType.rela;
      if (!isExplicit && list.type !== sectionType.rel) continue;
      const table = image.tables.sections[list.link];
      if (!table) continue;
      const symbols = image.symbols(table);
      const relocations = new RelocationView(image.bits, list.data, isExplicit);
      for (let i = 0; i < relocations.count; i++) {
        if (symbols.name(relocations.symbol(i)) !== symbol.name) continue;
        const found = places.place(list.info, relocations.offset(i));
        if (found && found.line > 0) return `\t${found.file}:${found.line}`;
      }
    }
    return '';
  }
}

/** Writes the symbols of one object, a line each, in pieces to `take`; the result is the problems. */
export function nmTo(
  bytes: Uint8Array,
  path: string,
  options: NmOptions,
  take: TakeText,
): readonly string[] {
  const { file, problems } = readElf(bytes, path, { skipsRelocations: true });
  if (!file) return problems;
  const { tables } = readElfTables(bytes, path);
  const image = tables && new ElfImage(bytes, path, tables, false);
  const tool = new Nm(file, image, options);
  const all = tool.all();
  if (all.length === 0) return [...problems, `${path}: no symbols`];
  const out = new TextSink(take);
  for (const symbol of tool.chosen(all)) out.add(tool.line(symbol));
  out.flush();
  return problems;
}

/** The symbols of one object, a line each. */
export function nm(bytes: Uint8Array, path: string, options: NmOptions): TextResult {
  const { take, text } = gatherText();
  const problems = nmTo(bytes, path, options, take);
  return { text: text(), problems };
}
