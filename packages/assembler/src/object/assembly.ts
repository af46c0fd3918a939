// The object being assembled: sections, symbols, the current place, and what is collected for the
// end (frame information, line rows). The parser's directives and the compiler's emitter calls both
// end here.

import { alignUp } from '@ring0/bytes';
import { DiagnosticList } from '@ring0/diagnostics';
import type { Note } from '@ring0/diagnostics';
import type { Mode } from '@ring0/isa';
import { fixOf } from '../text/edits.ts';
import type { Edit } from '../text/edits.ts';
import type { AskedRelocation } from './asked-relocations.ts';
import { CfiState } from '../debug/cfi.ts';
import { constantOf, fold } from '../values/expression.ts';
import type { Expression, Folding } from '../values/expression.ts';
import type { GnuAttribute } from '../directives/gnu-attributes.ts';
import type { LineState } from '../debug/lines.ts';
import { markLabel, newLineState } from '../debug/lines.ts';
import type { Item } from './items.ts';
import { Places, nowhere } from './places.ts';
import { Machine } from '../instructions/machine.ts';
import type { MachineOptions } from '../instructions/machine.ts';
import { forgetRegister } from './register-names.ts';
import type { OutputOptions } from './output-options.ts';
import { longNops } from '../layout/padding.ts';
import { Section } from './sections.ts';
import { SectionTable } from './section-table.ts';
import type { Probe } from '../shapes/shape-probe.ts';
import type { SectionAttributes, Spot, Subsection, Where } from './sections.ts';
import { newStabState } from '../directives/stabs.ts';
import type { StabState } from '../directives/stabs.ts';
import { AsmSymbol, SymbolTable } from './symbols.ts';
import { spanOf } from '../text/text.ts';
import type { Text } from '../text/text.ts';
import { Watchers } from '../watchers/watcher.ts';
import type { WatcherMaker } from '../watchers/watcher.ts';

const outputBytesMaxDefault = 512 * 1024 * 1024;

export interface AssemblyOptions {
  /** What the code begins with; 64: the object is an ELF64 file. */
  readonly bits: Mode;
  readonly readFile?: ((path: string) => Uint8Array | undefined) | undefined;
  readonly includePaths?: readonly string[] | undefined;
  readonly keepsLocals?: boolean | undefined;
  /** The version of GNU as to be equalled; default 2.40. */
  readonly compat?: string | undefined;
  /** Warnings that GNU as gives become errors. */
  readonly isStrict?: boolean | undefined;
  /** False: every statement is parsed, though one of its shape was before; the result is the same. */
  readonly shapeCache?: boolean | undefined;
  /** Syntax, processor and choices of the encoder. */
  readonly machine?: MachineOptions | undefined;
  /** Choices about what the object holds. */
  readonly output?: OutputOptions | undefined;
  /** `.altmacro` is in force from the start. */
  readonly isAlternate?: boolean | undefined;
  /** Those who look at each instruction; with them no statement is repeated by its shape. */
  readonly watchers?: readonly WatcherMaker[] | undefined;
  /** More output than this is taken for a mistake; default 512 MiB. */
  readonly outputBytesMax?: number | undefined;
}

/** What stands below a message: words, or words and their place. */
export type Remarks = readonly (string | Note)[];

function moreOf(notes: Remarks | undefined, edit: Edit | undefined) {
  const fix = edit && fixOf(edit);
  return {
    ...(notes && {
      notes: notes.map((note) => (typeof note === 'string' ? { message: note } : note)),
    }),
    ...(fix && { fix }),
  };
}

/** The code in force: `.code16`, `.code16gcc`, `.code32`, `.code64`. */
export type CodeMode = 'code16' | 'code16gcc' | 'code32' | 'code64';

export class Assembly {
  readonly options: AssemblyOptions;
  readonly diagnostics = new DiagnosticList();
  readonly symbols: SymbolTable;
  /** Where fields and items were written. */
  readonly places = new Places();
  readonly sectionTable: SectionTable;
  readonly text: Section;
  readonly data: Section;
  readonly bss: Section;
  /** `.struct`: labels in it are numbers, and nothing of it is written. */
  readonly absolute: Section;
  current: Subsection;
  /** Undefined until the section changes. */
  previous: Subsection | undefined;
  readonly sectionStack: { current: Subsection; previous: Subsection | undefined }[] = [];
  private codeMode: CodeMode = 'code32';
  readonly machine: Machine;
  /** The registers that symbols were equated with. */
  readonly registerSymbols = new Map<AsmSymbol, string>();
  readonly watchers: Watchers;
  /** Watches the statement being executed, so that the next of its shape may repeat it. */
  probe: Probe | undefined;
  /** The statement being executed; its `Place` is made only when somebody asks. */
  private placeText: Text | undefined;
  private placeStart = 0;
  private placeEnd = 0;
  private placeMade: Where;
  /** `.file` without a number, and how many symbols stood before it. */
  readonly sourceFiles: {
    readonly name: string;
    readonly symbolsBefore: number;
    /** Where that was said. */
    readonly at: Where;
  }[] = [];
  /** Symbols of `.eqv` whose values move with the current place. */
  readonly moving: AsmSymbol[] = [];
  /** What `.reloc` and its kin ask for. */
  readonly relocations: AskedRelocation[] = [];
  readonly stabs: StabState = newStabState();
  /** `.gnu_attribute`: values by tag. */
  readonly attributes: Map<number, GnuAttribute> = new Map();
  /** Some symbol is or was `equated`. */
  hasEquated = false;
  /** Letters of names are bytes of a source. */
  hasByteNames = false;
  /** Between `.func` and `.endfunc`. */
  isInFunction = false;
  /** What `.include` and `.incbin` found. */
  readonly filesRead = new Set<string>();
  /** What `.print` wrote. */
  readonly printed: string[] = [];
  readonly cfi: CfiState = new CfiState(this);
  readonly lines: LineState;
  /** Sections of the assembler's own, in the order of their symbols. */
  symbolOrder: readonly Section[] = [];
  /** The same, of those whose symbols stand behind the labels that jumps go to, as they are used. */
  readonly lateSections = new Set<Section>();
  readonly folding: Folding;
  readonly outputBytesMax: number;
  private outputBytes = 0;

  constructor(options: AssemblyOptions) {
    this.options = options;
    this.lines = newLineState(options.output?.debugVersion);
    this.symbols = new SymbolTable(this.places, options.keepsLocals);
    this.outputBytesMax = options.outputBytesMax ?? outputBytesMaxDefault;
    this.sectionTable = new SectionTable(this.symbols, this.places, (message) =>
      this.error('A0322', message),
    );
    this.text = this.section('.text', { type: 1, flags: 6, entrySize: 0 });
    this.data = this.section('.data', { type: 1, flags: 3, entrySize: 0 });
    this.bss = this.section('.bss', { type: 8, flags: 3, entrySize: 0 });
    this.absolute = new Section('*ABS*', { type: 8, flags: 0, entrySize: 0 }, 0, this.places);
    this.current = this.text.subsections[0];
    this.machine = new Machine(options.machine);
    this.watchers = new Watchers(this);
    this.code = options.bits === 16 ? 'code16' : options.bits === 64 ? 'code64' : 'code32';
    this.folding = {
      distance: (left, right) => fixedDistance(left, right),
      divisionByZero: () => this.warning('A0104', 'division by zero; 1 is used as the divisor'),
      farShift: (count) =>
        this.warning('A0104', `a shift by ${count} bits, which is none of 0 to 63, gives zero`),
      loop: (symbol) => this.reportLoop(symbol),
      tooComplex: () => this.reportComplexity(),
    };
  }

  /** `edit` is what would mend it. */
  error(
    code: string,
    message: string,
    where: Where = this.where,
    notes?: Remarks,
    edit?: Edit,
  ): void {
    if (this.isFull) return this.diagnostics.error(code, message);
    this.diagnostics.error(code, message, spanOf(where), moreOf(notes, edit));
  }

  /** More errors are not shown, so that nobody needs to know where they are. */
  get isFull(): boolean {
    return this.diagnostics.errorCount > this.diagnostics.errorMax;
  }

  warning(
    code: string,
    message: string,
    where: Where = this.where,
    notes?: Remarks,
    edit?: Edit,
  ): void {
    if (this.options.isStrict) return this.error(code, message, where, notes, edit);
    this.diagnostics.warning(code, message, spanOf(where), moreOf(notes, edit));
  }

  private readonly complaints: (() => void)[] = [];

  /** Complains once all is read, and only where that was without errors: of what GNU as can do. */
  atEnd(complain: () => void): void {
    this.complaints.push(complain);
  }

  complainAtEnd(): void {
    for (const complain of this.complaints) if (!this.diagnostics.hasErrors) complain();
  }

  /** `a = b` with `b = a`. */
  reportLoop(symbol: AsmSymbol): void {
    this.error('A0305', `the value of '${symbol.name}' depends on itself`, symbol.definedAt);
  }

  private hasReportedComplexity = false;

  /** Said once: such values are looked at in every pass of the layout. */
  reportComplexity(): void {
    if (this.hasReportedComplexity) return;
    this.hasReportedComplexity = true;
    this.error('A0319', 'an expression is too complex: symbols stand for symbols without end');
  }

  get code(): CodeMode {
    return this.codeMode;
  }

  set code(code: CodeMode) {
    this.codeMode = code;
    this.machine.isLong = code === 'code64';
  }

  get mode(): Mode {
    return this.code === 'code32' ? 32 : this.code === 'code64' ? 64 : 16;
  }

  /** The object is an ELF64 file. */
  get isLong(): boolean {
    return this.options.bits === 64;
  }

  /** Which no-operations fill gaps in code. */
  get nopMode(): Mode {
    return this.mode === 16 ? 16 : this.isLong ? 64 : 32;
  }

  // Sections

  section(name: string, attributes: SectionAttributes): Section {
    return this.sectionTable.get(name, attributes);
  }

  get sections(): readonly Section[] {
    return this.sectionTable.all;
  }

  switchTo(subsection: Subsection): void {
    this.previous = this.current;
    this.current = subsection;
  }

  /** `.previous` */
  switchBack(): void {
    if (this.previous) this.switchTo(this.previous);
    else this.warning('A0306', "'.previous' without another section before it");
  }

  pushSection(): void {
    this.sectionStack.push({ current: this.current, previous: this.previous });
  }

  popSection(): void {
    const top = this.sectionStack.pop();
    if (!top) return this.warning('A0306', "'.popsection' without a '.pushsection' before it");
    this.current = top.current;
    this.previous = top.previous;
  }

  sourceFile(name: string): void {
    this.sourceFiles.push({ name, symbolsBefore: this.symbols.all.length, at: this.where });
  }

  // Places and symbols

  /** Where what is emitted now was written. */
  get where(): Where {
    if (this.placeText && !this.placeMade) {
      this.placeMade = { text: this.placeText, start: this.placeStart, end: this.placeEnd };
    }
    return this.placeMade;
  }

  set where(where: Where) {
    this.placeText = undefined;
    this.placeMade = where;
  }

  /** What is emitted from here on was written in this part of a text. */
  atText(text: Text, start: number, end: number): void {
    this.placeText = text;
    this.placeStart = start;
    this.placeEnd = end;
    this.placeMade = undefined;
  }

  /** The number of the present place in `places`. */
  placeNumber(): number {
    const { placeText } = this;
    if (placeText) return this.places.ofText(placeText, this.placeStart, this.placeEnd);
    return this.places.of(this.placeMade);
  }

  /** The end of what the current subsection holds. */
  spot(): Spot {
    const { current } = this;
    return { subsection: current, item: current.items.length, offset: current.length };
  }

  /** A label without a name at the current place. */
  here(): AsmSymbol {
    const symbol = this.symbols.anonymous();
    this.place(symbol);
    return symbol;
  }

  private place(symbol: AsmSymbol): void {
    if (this.current.section === this.absolute) {
      symbol.state = 'absolute';
      symbol.value = BigInt(this.current.length);
      return;
    }
    symbol.state = 'label';
    symbol.subsection = this.current;
    symbol.item = this.current.items.length;
    symbol.offset = this.current.length;
  }

  defineLabel(symbol: AsmSymbol): void {
    if (symbol.isDefined && symbol.isRedefinable) {
      const next = this.successor(symbol);
      this.place(next);
      next.isRedefinable = false;
      next.definedPlace = this.placeNumber();
      return;
    }
    if (!symbol.isDefined) this.sectionTable.bind(symbol);
    if (symbol.isDefined) {
      // A label may be repeated where it stands.
      const isHere = symbol.state === 'label' && !symbol.isSectionStart;
      if (isHere && fixedDistance(symbol, this.here()) === 0n) return;
      this.diagnostics.error(
        'A0301',
        `symbol '${symbol.name}' is already defined`,
        spanOf(this.where),
        moreOf(
          [
            ...(symbol.definedAt
              ? [{ message: 'the first definition', span: spanOf(symbol.definedAt) }]
              : []),
            'rename one, or number them: 1: may be there twice, and is reached as 1b or 1f',
          ],
          undefined,
        ),
      );
      return;
    }
    this.place(symbol);
    symbol.definedPlace = this.placeNumber();
    if (this.lines.marksLabels) markLabel(this);
  }

  /** An expression names the symbol. */
  use(symbol: AsmSymbol): void {
    if (symbol.usedPlace !== nowhere) return;
    if (symbol.state === 'undefined') this.sectionTable.bind(symbol);
    symbol.usedPlace = this.placeNumber();
  }

  // Contents

  /** False where the output would grow beyond reason; a diagnostic says so once. */
  allow(count: number): boolean {
    if (this.outputBytes + count > this.outputBytesMax) {
      if (this.outputBytes !== Infinity) {
        const { where } = this;
        const message = `the output would exceed ${this.outputBytesMax} bytes`;
        this.atEnd(() => this.error('A0107', message, where));
      }
      this.outputBytes = Infinity;
      return false;
    }
    this.outputBytes += count;
    return true;
  }

  bytes(bytes: Uint8Array): void {
    const sub = this.current;
    if (!sub.section.hasContents) {
      if (bytes.some((byte) => byte !== 0)) this.refuseContents();
      sub.length += bytes.length;
      return;
    }
    sub.append(bytes);
  }

  private refuseContents(): void {
    const name = this.current.section.name;
    this.error('A0307', `section '${name}' has no contents, so only zeros can stand in it`);
  }

  /** `count` bytes of `value`. */
  fill(count: number, value: number): void {
    const sub = this.current;
    if (!sub.section.hasContents) {
      if (value !== 0 && count > 0) this.refuseContents();
      sub.length += count;
      return;
    }
    if (!this.allow(count)) return;
    const at = sub.reserve(count);
    sub.bytes.fill(value, at, at + count);
  }

  /** A field of `size` bytes, now if the value is known. */
  field(size: 1 | 2 | 4 | 8, value: Expression): void {
    const sub = this.current;
    const known = constantOf(value);
    if (known !== undefined) {
      this.constantField(size, known);
      return;
    }
    if (!sub.section.hasContents) return this.refuseContents();
    sub.fixups.addData(sub.items.length, sub.reserve(size), size, value, this.where);
    sub.bytes.fill(0, sub.length - size, sub.length);
  }

  private constantField(size: 1 | 2 | 4 | 8, value: bigint): void {
    const sub = this.current;
    if (size < 8) this.warnTruncated(size, value);
    if (!sub.section.hasContents) {
      if (value !== 0n) this.refuseContents();
      sub.length += size;
      return;
    }
    const at = sub.reserve(size);
    let low = Number(BigInt.asUintN(32, value));
    for (let i = 0; i < size; i++) {
      if (i === 4) low = Number(BigInt.asUintN(32, value >> 32n));
      sub.bytes[at + i] = low & 0xff;
      low >>>= 8;
    }
  }

  /** Four bytes of 32-bit objects drop what is above without a word, as GNU as does. */
  fitsField(size: number, value: bigint): boolean {
    if (size >= (this.isLong ? 8 : 4)) return true;
    const bits = BigInt(size * 8);
    return value > -(1n << bits) && value < 1n << bits;
  }

  warnTruncated(size: number, value: bigint, where: Where = this.where): void {
    if (this.fitsField(size, value)) return;
    const kept = BigInt.asUintN(size * 8, value);
    this.warning(
      'A0105',
      `${value} does not fit in ${size * 8} bits; 0x${kept.toString(16)} is used`,
      where,
    );
  }

  item(item: Item): void {
    if (this.current.section === this.absolute) {
      return this.error('A0318', "this cannot stand behind '.struct', where sizes are fixed");
    }
    this.current.items.push(item);
  }

  align(bytes: number, fill: Uint8Array | undefined, max: number): void {
    const sub = this.current;
    if (bytes > sub.section.alignment) sub.section.alignment = bytes;
    if (bytes <= 1) return;
    if (sub.section === this.absolute) {
      sub.length = alignUp(sub.length, bytes);
      return;
    }
    this.item({
      kind: 'align',
      position: sub.length,
      alignment: bytes,
      max,
      fill: fill ?? (this.machine.hasLongNops ? longNops : undefined),
      where: this.where,
    });
  }

  /** `name = value`, `.set`, `.equ`; `.equiv` refuses a second definition. */
  assign(symbol: AsmSymbol, value: Expression, isFirstOnly = false): void {
    this.sectionTable.bind(symbol);
    let target = symbol;
    if (symbol.isDefined) {
      if (isFirstOnly || !symbol.isRedefinable) {
        this.error('A0301', `symbol '${symbol.name}' is already defined`);
        return;
      }
      target = this.successor(symbol);
    }
    target.isRedefinable = !isFirstOnly;
    if (this.registerSymbols.size > 0) forgetRegister(this, target);
    this.symbols.name(target);
    if (value.kind === 'linear' && value.plus) {
      if (value.plus.state === 'label' || !value.minus) this.symbols.name(value.plus);
    }
    target.definedAt = this.where;
    this.setValue(target, value);
  }

  /** The symbol that takes over the name of `symbol`, whose earlier uses keep its value. */
  successor(symbol: AsmSymbol): AsmSymbol {
    if (symbol.state === 'absolute' && !symbol.firstUse) return symbol;
    const next = symbol.namesake();
    next.isGlobal = symbol.isGlobal;
    next.isWeak = symbol.isWeak;
    next.visibility = symbol.visibility;
    next.type = symbol.type;
    symbol.isSuperseded = true;
    this.symbols.replace(symbol.name, next);
    return next;
  }

  setValue(symbol: AsmSymbol, value: Expression): void {
    symbol.expression = undefined;
    const known = constantOf(value);
    if (known !== undefined) {
      symbol.state = 'absolute';
      symbol.value = known;
      return;
    }
    const base = value.kind === 'linear' && !value.minus ? value.plus : undefined;
    if (value.kind === 'linear' && base?.state === 'label' && value.reference === undefined) {
      symbol.state = 'label';
      symbol.subsection = base.subsection;
      symbol.item = base.item;
      symbol.offset = base.offset + Number(value.addend);
      copyAttributes(symbol, base);
      return;
    }
    symbol.state = 'equated';
    this.hasEquated = true;
    symbol.expression = value;
  }

  fold(operator: string, left: Expression | undefined, right: Expression): Expression {
    return fold(operator, left, right, this.folding);
  }
}

/** An alias takes type and size of what it stands for, as in GNU as. */
function copyAttributes(symbol: AsmSymbol, from: AsmSymbol): void {
  symbol.type ??= from.type;
  symbol.size ??= from.size;
}

/** Known as long as nothing of variable size lies between. */
function fixedDistance(left: AsmSymbol, right: AsmSymbol): bigint | undefined {
  if (left === right) return 0n;
  if (left.state !== 'label' || right.state !== 'label') return undefined;
  if (left.subsection !== right.subsection || left.item !== right.item) return undefined;
  return BigInt(left.offset - right.offset);
}
