// The map file, letter for letter as GNU ld prints it: why archive members came in, commons, what
// was discarded, memory, and then the script's statements with what each became.

import type { TableNames } from './cross-table.ts';
import { expressionText } from './map-expression.ts';
import { crossTable } from './cross-table.ts';
import { mergedSizes } from './merged-sizes.ts';
import { patternText } from './map-patterns.ts';
import type {
  BodyItem,
  InputObject,
  InputSection,
  LayoutItem,
  LinkSymbol,
  OutputSection,
  Piece,
} from '../model.ts';
import { sectionType } from '@ring0/elf';
import { sectionAddress, symbolAddress } from '../model.ts';
import type { Region } from '../layout/regions.ts';
import type { Assertion, Assignment } from '../script/script-syntax.ts';
import { namesUsed } from '../script/script-symbols.ts';

/** What came in, because that object refers to that symbol. */
export interface Pulled {
  readonly name: string;
  readonly symbol: string;
  readonly by: string;
}

export interface MapInput {
  readonly items: readonly LayoutItem[];
  readonly pulled: readonly Pulled[];
  readonly usedLibraries: readonly Pulled[];
  readonly globals: ReadonlyMap<string, LinkSymbol>;
  /** Names that objects define and the script redefines. */
  readonly redefined: ReadonlyMap<string, unknown>;
  /** Names of the global symbols in the order of GNU ld's table. */
  readonly order: readonly string[];
  readonly objects: readonly InputObject[];
  /** The one of the linker's own sections. */
  readonly stubs: InputObject;
  readonly regions: readonly Region[];
  readonly output: string;
  /** Its BFD name. */
  readonly format: string;
  /** What an assignment to the location counter gives there. */
  readonly valueAt: (a: Assignment, dot: bigint, section: OutputSection | undefined) => bigint;
  readonly showsDiscarded: boolean;
  /** Debugging information that -S and -s leave out. */
  readonly isLeftOut: (section: InputSection) => boolean;
  /** Common symbols in the order in which they got room. */
  readonly commons: readonly LinkSymbol[];
  /** What is said of a read-only section that needs dynamic relocations. */
  readonly textRelocation: string | undefined;
  /** Indirect functions that have a stub here. */
  readonly ownStubs: readonly LinkSymbol[];
  /** What was done to merge program properties; undefined: no input has any. */
  readonly properties: readonly string[] | undefined;
  /** -r: groups are in the output. */
  readonly keepsGroups: boolean;
  /** Objects that have or had common symbols. */
  readonly commonOwners: Iterable<InputObject>;
  readonly hasCrossTable: boolean;
  /** Names that the linker defines for its tables, in the cross reference table. */
  readonly tableNames: TableNames;
}

const nameWidth = 16;
const hex = (value: bigint | number): string => value.toString(16);
const address = (value: number | bigint): string =>
  `0x${BigInt.asUintN(32, BigInt(value)).toString(16).padStart(8, '0')}`;
const size = (value: number | bigint): string => `0x${hex(value)}`.padStart(10);
const indent = ' '.repeat(nameWidth);

/** Name in its column, or on a line of its own where it is too long. */
function column(name: string): string {
  return name.length < nameWidth - 1 ? name.padEnd(nameWidth) : `${name}\n${indent}`;
}

/** The map as text. */
export function mapText(input: MapInput): string {
  const { items, globals, objects, order } = input;
  const sizes = shownSizes(input);
  let text = pulledText('Archive member', input.pulled);
  const libraries = pulledText('As-needed library', input.usedLibraries);
  if (libraries !== '') text += `\n${libraries}`;
  if (input.properties) {
    const lines = input.properties.map((line) => `${line}\n`).join('');
    text += `\nMerging program properties\n\n${lines}`;
  }
  text += commonsText(input.commons);
  const own = input.ownStubs.map(
    ({ name, object }) => `Local IFUNC function \`${name}' in ${object?.name ?? ''}\n`,
  );
  if (input.textRelocation !== undefined) text += `${input.textRelocation}\n`;
  text += own.join('');
  if (input.showsDiscarded) text += discardedText(input, sizes);
  text += memoryText(input.regions);
  text += '\nLinker script and memory map\n\n';
  const writer = new Writer(input, symbolsBySection(order, globals, input.stubs), sizes);
  for (const item of items) text += writer.item(item);
  if (input.hasCrossTable) text += crossTable(objects, input.tableNames);
  return text;
}

function pulledText(what: string, pulled: readonly Pulled[]): string {
  if (pulled.length === 0) return '';
  let text = `${what} included to satisfy reference by file (symbol)\n\n`;
  const width = 30;
  for (const { name, symbol, by } of pulled) {
    text += name.length < width - 1 ? name.padEnd(width) : `${name}\n${' '.repeat(width)}`;
    text += by === '' ? `(${symbol})\n` : `${by} (${symbol})\n`;
  }
  return text;
}

function commonsText(commons: readonly LinkSymbol[]): string {
  let text = '';
  for (const { name, size: bytes, object } of commons) {
    const title = name.length < 19 ? name.padEnd(20) : `${name}\n${' '.repeat(20)}`;
    text += `${title}${`0x${hex(bytes)}`.padEnd(18)}${object?.name ?? ''}\n`;
  }
  if (text === '') return '';
  const head = 'Common symbol       size              file';
  return `\nAllocating common symbols\n${head}\n\n${text}`;
}

function inputOf({ section }: LinkSymbol): InputSection | undefined {
  const isInput = section !== undefined && section !== 'absolute' && section.kind !== 'output';
  return isInput ? section : undefined;
}

function shownSizes({ objects, isLeftOut }: MapInput): ShownSizes {
  const sizes = mergedSizes(objects);
  for (const { sections, file } of objects) {
    for (const section of sections) {
      const { name, type, index } = section;
      if (name.startsWith('.gnu.warning.')) sizes.set(section, 0);
      if (isLeftOut(section)) sizes.set(section, section.data.length);
      if (type !== sectionType.group) continue;
      const members = file?.groups.find((group) => group.index === index)?.members ?? [];
      sizes.set(section, 4 + 4 * members.length);
    }
  }
  return sizes;
}

function discardedText(input: MapInput, sizes: ShownSizes): string {
  const { objects, keepsGroups } = input;
  let text = '';
  const commons = new Set<unknown>(keepsGroups ? input.commonOwners : []);
  for (const object of objects) {
    const { sections, file, name } = object;
    const discarded = sections.filter((section) => section.isDiscarded || input.isLeftOut(section));
    const byIndex = new Map(discarded.map((section) => [section.index, section]));
    const groups = new Set(file?.groups.map(({ index }) => index));
    for (let i = 1; i < (file?.sectionCount ?? 0); i++) {
      const section = byIndex.get(i);
      if (section) text += inputLine(section, 0, sizes);
      else if (groups.has(i) && !(keepsGroups && sections.some(({ index }) => index === i))) {
        const bytes = size(file?.sectionSize(i) ?? 0);
        text += ` ${'.group'.padEnd(nameWidth - 1)}${address(0)} ${bytes} ${name}\n`;
      }
    }
    for (const section of discarded) {
      if (section.index === 0 && isToldLast.has(section.name)) text += inputLine(section, 0, sizes);
    }
    const hasCommons = sections.some((section) => section.index === 0 && section.name === 'COMMON');
    if (commons.has(object) && !hasCommons) {
      text += ` ${'COMMON'.padEnd(nameWidth - 1)}${address(0)} ${size(0)} ${name}\n`;
    }
  }
  return text === '' ? '' : `\nDiscarded input sections\n\n${text}`;
}

/** What the linker adds to an object. */
const isToldLast: ReadonlySet<string> = new Set(['COMMON', '.note.gnu.property']);

function memoryText(regions: readonly Region[]): string {
  let text =
    '\nMemory Configuration\n\nName             Origin             Length             Attributes\n';
  const row = (name: string, origin: bigint, length: bigint, attributes: string): string => {
    const title = `${name.padEnd(16)} `;
    return `${title}${address(origin).padEnd(19)}${`${address(length)}${attributes}`.trimEnd()}\n`;
  };
  for (const { name, origin, length, attributes } of regions) {
    const letters = attributesText(attributes);
    text += row(name, origin, length, letters === '' ? '' : `         ${letters}`);
  }
  return text + row('*default*', 0n, 0xffffffffn, '');
}

/** `(rx)` in GNU ld's order of letters. */
function attributesText(attributes: string): string {
  const [wanted = '', unwanted = ''] = attributes.toLowerCase().split('!');
  const letters = (text: string): string => {
    const each = text.replace('i', 'l');
    return [...'axrwl'].filter((letter) => each.includes(letter)).join('');
  };
  return letters(wanted) + (unwanted === '' ? '' : `!${letters(unwanted)}`);
}

function symbolsBySection(
  order: readonly string[],
  globals: ReadonlyMap<string, LinkSymbol>,
  stubs: InputObject,
): Map<unknown, LinkSymbol[]> {
  const result = new Map<unknown, LinkSymbol[]>();
  for (const name of order) {
    const symbol = globals.get(name);
    const own = symbol && inputOf(symbol);
    if (!symbol || !own || (symbol.isMade && own.object !== stubs)) continue;
    const section = own.edit?.locate(symbol.value)?.section ?? own;
    // GNU ld has given it to another section.
    if (section.output?.isIgnored) continue;
    const list = result.get(section);
    if (list) list.push(symbol);
    else result.set(section, [symbol]);
  }
  // By the offset in the section, of which one below its start is large.
  const place = (symbol: LinkSymbol): number =>
    inputOf(symbol)?.edit ? symbolAddress(symbol) : symbol.value >>> 0;
  for (const list of result.values()) list.sort((a, b) => place(a) - place(b));
  return result;
}

/** Sizes that differ from those in the output. */
type ShownSizes = ReadonlyMap<InputSection, number>;

function inputLine(
  section: InputSection,
  at: number,
  sizes: ShownSizes,
  file = section.object.name,
): string {
  const { name } = section;
  const title = name.length < nameWidth - 2 ? name.padEnd(nameWidth - 1) : `${name}\n${indent}`;
  return ` ${title}${address(at)} ${size(sizes.get(section) ?? section.size)} ${file}\n`;
}

/** The frames of .plt, which GNU ld makes with a terminator. */
const lazyFrameSize = 0x3c;

/** The size that a section had before strings were merged and frames dropped. */
function relaxedText(section: InputSection, sizes: ShownSizes): string {
  const { edit, data, size: now, object } = section;
  const isLazy = object.file === undefined && data.length === lazyFrameSize;
  const before = data.length + (isLazy ? 4 : 0);
  if (!edit || before === (sizes.get(section) ?? now) || before === 0) return '';
  return `${indent}${' '.repeat(11)}${size(before)} (size before relaxing)\n`;
}

const hasFrames = ({ file, sections }: InputObject): boolean =>
  file !== undefined && sections.some((s) => s.name === '.eh_frame' && s.data.length > 8);

/** Prints statements one after another; pieces of a section are told between its patterns. */
class Writer {
  private readonly input: MapInput;
  private readonly symbols: ReadonlyMap<unknown, LinkSymbol[]>;
  private readonly sizes: ShownSizes;
  private dot = 0n;
  private section: OutputSection | undefined;

  constructor(input: MapInput, symbols: ReadonlyMap<unknown, LinkSymbol[]>, sizes: ShownSizes) {
    this.input = input;
    this.symbols = symbols;
    this.sizes = sizes;
  }

  item(item: LayoutItem): string {
    if (item.kind === 'output') return this.outputText(item);
    if (item.kind === 'assign') return this.assignmentText(item);
    if (item.kind === 'assert') return this.assertionText(item);
    return `${item.text === '' ? `OUTPUT(${this.input.output} ${this.input.format})` : item.text}\n`;
  }

  /** The linker's own sections count as those of the object before them. */
  private nameOf({ object, name }: InputSection): string {
    const { objects, stubs } = this.input;
    if (object === stubs && name === '.note.gnu.build-id') return objects[0]?.name ?? '';
    if (object === stubs && name === '.eh_frame_hdr') {
      return (objects.find(hasFrames) ?? objects[0])?.name ?? '';
    }
    return object === stubs ? (objects[objects.indexOf(stubs) - 1]?.name ?? '') : object.name;
  }

  /** GNU ld evaluates again as it prints, with the end of what it has printed for `.`. */
  private dotAfter(assignment: Assignment): bigint {
    this.dot = this.input.valueAt(assignment, this.dot, this.section);
    return this.dot;
  }

  private row(value: string, text: string): string {
    return `${indent}${value.padEnd(34)}${text}\n`;
  }

  private assignmentText(assignment: Assignment): string {
    const { name, operator, value, isProvided } = assignment;
    const symbol = this.input.globals.get(name);
    const right =
      operator === '='
        ? expressionText(value)
        : `(${name} ${operator.slice(0, -1)} ${expressionText(value)})`;
    const text = isProvided ? `PROVIDE (${name} = ${right})` : `${name} = ${right}`;
    if (assignment.isSilent) return '';
    if (name === '.') return this.row(address(this.dotAfter(assignment)), text);
    const isMine = symbol?.isMade === true && symbol.state === 'defined';
    if (isProvided && !(isMine && symbol.isProvided)) return this.row('[!provide]', text);
    if (!symbol) return this.row('[unresolved]', text);
    const shown = address(symbolAddress(symbol));
    // GNU ld does not evaluate again what a symbol of a section is by itself.
    const isOfItself = operator !== '=' || namesUsed(value).has(name);
    const isPlace = symbol.section !== 'absolute' || this.input.redefined.has(name);
    return this.row(isOfItself && isPlace ? `[${shown}]` : shown, text);
  }

  private assertionText({ condition, message }: Assertion): string {
    return this.row(address(1), `ASSERT (${expressionText(condition)}, ${message})`);
  }

  private sizeOf(output: OutputSection): number {
    if (output.type !== sectionType.group) return output.size;
    const inputs = output.body.flatMap((item) => (item.kind === 'inputs' ? item.sections : []));
    return inputs.reduce((sum, section) => sum + (this.sizes.get(section) ?? 0), 0);
  }

  private outputText(output: OutputSection): string {
    const { name, exists } = output;
    if (!exists) return `\n${name}\n${output.body.map((part) => this.bodyHead(part)).join('')}`;
    const isMoved = output.loadAddress !== output.address;
    const load = isMoved ? ` load address ${address(output.loadAddress)}` : '';
    let text = `\n${column(name)}${address(output.address)} ${size(this.sizeOf(output))}${load}\n`;
    this.dot = BigInt(output.address);
    this.section = output;
    const pieces = new Map<object, Piece[]>();
    for (const piece of output.pieces) {
      const list = pieces.get(piece.source);
      if (list) list.push(piece);
      else pieces.set(piece.source, [piece]);
    }
    for (const part of output.body) {
      text += this.bodyHead(part);
      for (const piece of pieces.get(part) ?? []) text += this.pieceText(output, piece);
    }
    this.section = undefined;
    return text;
  }

  /** What stands for a statement itself, without what it brought in. */
  private bodyHead(part: BodyItem): string {
    switch (part.kind) {
      case 'inputs':
        return part.pattern ? ` ${patternText(part.pattern)}\n` : '';
      case 'assign':
        return this.assignmentText(part);
      case 'assert':
        return this.assertionText(part);
      case 'fill':
        return ` FILL mask 0x${fillText(part.value)}\n`;
      case 'constructors':
        return '';
      case 'object-symbols':
        return ' CREATE_OBJECT_SYMBOLS\n';
      default:
        return '';
    }
  }

  private pieceText(output: OutputSection, piece: Piece): string {
    const begin = output.address + piece.offset;
    const bytes =
      piece.kind === 'input' ? piece.section.size : piece.kind === 'symbol' ? 0 : piece.size;
    this.dot = BigInt(begin + bytes);
    if (piece.kind === 'input') {
      const { section } = piece;
      this.dot = BigInt(sectionAddress(section) + (this.sizes.get(section) ?? section.size));
      const symbols = this.symbols.get(section) ?? [];
      const shown = symbols.map((s) => `${indent}${address(symbolAddress(s))}${indent}${s.name}\n`);
      const at = sectionAddress(section);
      const line = inputLine(section, at, this.sizes, this.nameOf(section));
      return line + relaxedText(section, this.sizes) + shown.join('');
    }
    if (piece.kind === 'pad') {
      const fill = [...piece.fill].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      return ` *fill*${' '.repeat(9)}${address(begin)} ${size(piece.size)} ${fill}\n`;
    }
    if (piece.kind === 'symbol') return '';
    const value = `0x${hex(BigInt.asUintN(64, piece.value))}`;
    const { source } = piece;
    const word = 'word' in source ? String(source.word) : 'LONG';
    const tree =
      'value' in source && typeof source.value === 'object' ? this.dataText(source.value) : '';
    return `${indent}${address(begin)} ${size(piece.size)} ${word} ${value}${tree}\n`;
  }

  private dataText(tree: unknown): string {
    const text = expressionText(tree as Parameters<typeof expressionText>[0]);
    return text.startsWith('0x') ? '' : ` ${text}`;
  }
}

function fillText(value: Parameters<typeof expressionText>[0]): string {
  if (value.kind === 'number' && value.digits) {
    return value.digits.length % 2 === 0 ? value.digits : `0${value.digits}`;
  }
  return expressionText(value).replace(/^0x/, '').padStart(8, '0');
}
