// Gives every output section its address and every script symbol its value, walking the script
// from top to bottom with the location counter (GNU ld manual, "Location Counter"). As
// expressions may look ahead (SIZEOF of a later section, the number of program headers), the walk
// is repeated until nothing moves.

import { alignUp } from '@ring0/bytes';
import { sectionFlag, sectionType, symbolVisibility } from '@ring0/elf';
import type { DiagnosticList, Span } from '@ring0/diagnostics';
import { absolute, alignBig, evaluate, multipleFrom, spanOf } from '../script/evaluate.ts';
import type { Context, Value } from '../script/evaluate.ts';
import {
  beginsWithData,
  definedValue,
  fillPattern,
  giveType,
  hasObjectInput,
  isHeld,
  isTrivialMove,
  movesDot,
  namesIn,
  powerOfTwo,
  sectionNear,
} from './layout-values.ts';
import { checkOverlaps } from './overlaps.ts';
import { isUnloaded } from './output-flags.ts';
import { isScriptSymbolWanted } from '../script/script-symbols.ts';
import type { Redefined } from '../job.ts';
import type { BodyItem, InputSection, LayoutItem, LinkSymbol, OutputSection } from '../model.ts';
import type { LinkSettings } from '../options.ts';
import { InputRuns, alignmentOf } from './input-runs.ts';
import { DataSegment } from './data-segment.ts';
import { Regions } from './regions.ts';
import type { Region } from './regions.ts';
import type {
  Assertion,
  Assignment,
  DataStatement,
  Expression,
  FillStatement,
  Script,
} from '../script/script-syntax.ts';

const { alloc, write, tls } = sectionFlag;
const passMax = 20;
const addressEnd = 2 ** 32;
const alignmentMax = 2 ** 31;

/**
 * An address of 64 bits as a number: scripts write those of the upper half as negative numbers
 * (`. = -0x80000000`), and so they keep all their bits.
 */
const signed = (address: bigint): number => Number(BigInt.asIntN(64, address));

const emptyFill: FillStatement = { kind: 'fill', value: { kind: 'number', value: 0n } };

/** What layout is told. */
export interface LayoutInput {
  readonly items: readonly LayoutItem[];
  readonly globals: ReadonlyMap<string, LinkSymbol>;
  readonly redefined: ReadonlyMap<string, Redefined>;
  readonly script: Script;
  readonly settings: LinkSettings;
  readonly diagnostics: DiagnosticList;
  /** The program headers that the sections need now. */
  readonly headerSize: () => number;
}

/** Alignments of an output section, in bytes. */
interface Alignment {
  /** By ALIGN. */
  readonly requested: number;
  /** By SUBALIGN, instead of the inputs' own. */
  readonly override: number | undefined;
  readonly all: number;
}

/** What the load address follows: the alignment asked for, and by how much it moved the section. */
interface LoadAlignment extends Alignment {
  readonly natural: number;
  readonly alignedBy: number;
}

const isExact = (value: number): boolean => Math.abs(value) <= Number.MAX_SAFE_INTEGER;

export class Layout implements Context {
  private readonly input: LayoutInput;
  private readonly byName = new Map<string, OutputSection>();
  private readonly values = new Map<string, Value>();
  private readonly symbolsSet = new Set<string>();
  private isFinal = false;
  private readonly runs = new InputRuns();
  private lastSection: OutputSection | undefined;
  /** Where the section in progress begins. */
  private start = 0n;
  private prefersNext = false;
  private itemIndex = 0;
  readonly regions: Regions;
  readonly dataSegment: DataSegment;
  /** SIZEOF_HEADERS was asked for. */
  usesHeaderSize = false;
  /** What SIZEOF_HEADERS is during a pass. */
  private headers: number | undefined;
  dot = 0n;
  /** Where sections go on: behind empty ones too, of which the counter knows nothing. */
  private placeDot = 0n;
  private pendingPlace: bigint | undefined;
  section: OutputSection | undefined;

  constructor(input: LayoutInput) {
    this.input = input;
    for (const item of input.items) {
      if (item.kind !== 'output' || item.isDropped || this.byName.has(item.name)) continue;
      this.byName.set(item.name, item);
    }
    this.dataSegment = new DataSegment(input.items, input.settings);
    this.regions = new Regions(input.script, input.diagnostics, input.items);
  }

  /** A first walk, after which it is known which output sections are empty. */
  walkOnce(): void {
    this.regions.evaluate(this);
    this.walk();
    this.regions.evaluate(this); // MEMORY may name what the script defines.
    this.dropEmpty();
  }

  /** Lays out until nothing changes; then once more, reporting what cannot be known. */
  run(): void {
    let previous = '';
    for (let pass = 0; pass < passMax; pass++) {
      this.countHeaders();
      this.dataSegment.begin();
      this.walk();
      for (let again = 0; again < 2 && this.dataSegment.adjust(); again++) this.walk();
      const state = this.fingerprint();
      if (state === previous) break;
      previous = state;
    }
    this.countHeaders();
    this.isFinal = true;
    this.walk();
    for (const item of this.input.items) if (item.kind === 'output') this.finishSection(item);
    if (
      this.input.settings.checksSections &&
      !this.input.settings.keywords.has('no-check-sections')
    ) {
      checkOverlaps(this.input.items, this.input.diagnostics);
    }
  }

  /** In the midst of a pass the addresses of sections and of the data segment do not agree. */
  private countHeaders(): void {
    if (this.usesHeaderSize) this.headers = this.input.headerSize();
  }

  /** Addresses of 64 bits become those of i386; what does not fit there is an error. */
  private finishSection(section: OutputSection): void {
    section.address = this.narrow(section.address);
    section.loadAddress = this.narrow(section.loadAddress);
    if (section.exists && !section.isIgnored) giveType(section, this);
    const { address, size, name, statement } = section;
    if (statement.align && statement.isAlignedWithInput) {
      const message = `section '${name}' has both ALIGN and ALIGN_WITH_INPUT`;
      this.problem('L0127', message, statement.span);
    }
    if (!section.exists || (section.flags & alloc) === 0) return;
    if (size >= 0 && address + size <= addressEnd) return;
    const place = `section '${name}' at 0x${address.toString(16)} of ${size} bytes`;
    const message = `${place} wraps around the 4 GiB of i386`;
    this.problem('L0125', message, statement.span);
  }

  private narrow(address: number): number {
    return Number(BigInt.asUintN(32, BigInt(address)));
  }

  private fingerprint(): string {
    const parts: string[] = [];
    for (const item of this.input.items) {
      if (item.kind === 'output') parts.push(`${item.address},${item.loadAddress},${item.size}`);
    }
    for (const [name, { value }] of this.values) parts.push(`${name}=${value}`);
    return parts.join(';');
  }

  /** Empty output sections leave the file; a `. =` inside keeps its effect on what follows. */
  private dropEmpty(): void {
    const keepsAll = this.input.settings.emitsRelocations;
    for (const item of this.input.items) {
      if (item.kind !== 'output') continue;
      const isKept = this.kept.has(item) || (keepsAll && hasObjectInput(item)) || isHeld(item);
      item.isIgnored = item.size === 0 && !isKept;
    }
  }

  private walk(): void {
    this.regions.reset();
    this.dot = 0n;
    this.placeDot = 0n;
    this.lastSection = undefined;
    this.symbolsSet.clear();
    this.itemIndex = 0;
    this.prefersNext = false;
    for (const item of this.input.items) {
      this.itemIndex++;
      this.section = undefined;
      if (item.kind === 'output') this.placeSection(item);
      else if (item.kind === 'assert') this.assertion(item);
      else if (item.kind === 'assign') this.assignment(item);
    }
    this.section = undefined;
  }

  private assertion({ condition, message, span }: Assertion): void {
    const { value } = evaluate(condition, this);
    if (this.isFinal && value === 0n) this.problem('L0120', message, span);
  }

  private assigned({ name, operator, value, span }: Assignment): Value {
    if (operator === '=') return evaluate(value, this);
    const left: Expression = { kind: 'name', name, span };
    return evaluate({ kind: 'binary', operator: operator.slice(0, -1), left, right: value }, this);
  }

  private assignment(assignment: Assignment): void {
    const { name, span } = assignment;
    if (!this.section && this.placeDot !== this.dot) this.followPlaces(assignment);
    if (!isScriptSymbolWanted(assignment, this.input.globals)) return;
    const value = this.assigned(assignment);
    if (name === '.') this.moveDot(value, assignment.value, span);
    else this.setSymbol(assignment, value);
  }

  /** Assignments between sections begin where the places are, which empty sections moved without the counter. */
  private followPlaces(assignment: Assignment): void {
    if (assignment.name === '.') {
      this.pendingPlace = this.valueAt(assignment, this.placeDot, undefined);
      this.placeDot = this.pendingPlace;
    }
    this.regions.setDefault(this.placeDot);
  }

  /** What an assignment to the location counter gives, were the counter at `dot` in `section`. */
  valueAt(assignment: Assignment, dot: bigint, section: OutputSection | undefined): bigint {
    const saved = { dot: this.dot, section: this.section };
    Object.assign(this, { dot, section });
    const value = this.assigned(assignment);
    Object.assign(this, saved);
    return absolute(value);
  }

  private moveDot(value: Value, tree: Expression, span: Span): void {
    const { section } = this;
    const base = value.base === undefined && section ? BigInt(section.address) : 0n;
    const next = value.base === undefined ? value.value + base : absolute(value);
    if (section && (next !== this.start || !isTrivialMove(tree))) this.kept.add(section);
    if (!section) {
      this.prefersNext = true;
      this.dot = next;
      this.placeDot = this.pendingPlace ?? next;
      this.pendingPlace = undefined;
      this.regions.setDefault(this.placeDot);
      return;
    }
    if (next < this.dot) {
      if (this.isFinal) {
        const distance = this.dot - next;
        this.problem(
          'L0121',
          `cannot move the location counter back by ${distance} bytes in '${section.name}'`,
          span,
        );
      }
      return;
    }
    if (next - this.dot > 0xffffffffn) {
      if (this.isFinal)
        this.problem('L0122', `the location counter moves past the 4 GiB of i386`, span);
      return;
    }
    this.pad(section, Number(next - this.dot));
    this.dot = next;
  }

  private pad(section: OutputSection, size: number): void {
    if (size === 0) return;
    if (section.type === 0) section.type = sectionType.nobits;
    if (section.hasInput && !isUnloaded(section)) section.flags |= alloc;
    else if (!section.hasInput && section.statement.type === '') {
      section.flags |= alloc | (beginsWithData(section) ? 0 : write);
    }
    const offset = Number(this.dot - this.start);
    section.pieces.push({ kind: 'pad', offset, size, fill: this.fill, source: this.source });
  }

  /** Empty sections in which something moves the location counter: they stay. */
  private readonly kept = new Set<OutputSection>();

  private fill: Uint8Array = new Uint8Array(0);
  /** The statement of the body that is being laid out. */
  private source: BodyItem | OutputSection = emptyFill;

  private setSymbol(assignment: Assignment, result: Value): void {
    const { name } = assignment;
    let value = result;
    if (value.base === undefined) value = { value: value.value, base: this.section ?? 'absolute' };
    const isFromDot = value.base === 'absolute' && value.isFromDot && !this.section;
    // Only the symbol belongs to the section nearby; to other expressions it is an address.
    this.values.set(name, isFromDot ? { value: value.value, base: 'absolute' } : value);
    const near = isFromDot
      ? sectionNear(this.input, this.itemIndex, this.lastSection, this.prefersNext)
      : undefined;
    if (near) value = { value: value.value - BigInt(near.address), base: near };
    this.symbolsSet.add(name);
    const symbol = this.input.globals.get(name);
    if (!symbol) return;
    symbol.state = 'defined';
    symbol.isMade = true;
    symbol.section = typeof value.base === 'object' ? value.base : 'absolute';
    // Signed: were one value beyond 31 bits, V8 would convert all symbols of the link, each when it
    // is next looked at (30 of the 540 ms of linking busybox).
    symbol.value = Number(BigInt.asIntN(32, value.value));
    if (symbol.binding !== 0) symbol.binding = 1;
    if (assignment.isHidden) {
      symbol.isForcedLocal = true;
      symbol.visibility = symbolVisibility.hidden;
    }
    const [source, ...others] = namesIn(assignment.value);
    const origin = source === undefined ? undefined : this.input.globals.get(source);
    if (origin && others.length === 0 && origin !== symbol) {
      symbol.type = origin.type;
      if (origin.visibility !== 0) symbol.visibility = origin.visibility;
    }
    if (this.section) {
      const offset = Number(this.dot - this.start);
      const shown = absolute(value);
      this.section.pieces.push({ kind: 'symbol', offset, name, value: shown, source: this.source });
    }
  }

  private placeSection(section: OutputSection): void {
    const { statement } = section;
    if (!this.isConstraintMet(section)) return;
    const outerDot = this.dot;
    this.dot = this.placeDot;
    const start = this.startAddress(section);
    if (!section.exists) {
      if (start.isGiven) this.placeDot = this.dot;
      this.dot = outerDot;
      return;
    }
    const alignment = this.alignment(section);
    const region = this.regions.of(section, this.isFinal);
    const address = start.isGiven ? start.address : region.current;
    const natural = start.isGiven ? alignment.requested : alignment.all;
    section.alignment = alignment.all;
    const begin = alignBig(address, BigInt(natural));
    const alignedBy = Number(begin - address);
    section.address = signed(begin);
    if (alignedBy !== 0) this.tellMoved(section, alignedBy, start.isGiven);
    this.start = begin;
    section.pieces = [];
    this.dot = begin;
    this.section = section;
    this.fill = fillPattern(statement.fill, this);
    this.body(section, alignment.override);
    this.section = undefined;
    section.size = Number(this.dot - begin);
    this.setLoadAddress(section, region, { ...alignment, natural, alignedBy });
    if (section.isIgnored && !movesDot(section, this.input.globals)) {
      if (start.isGiven) this.placeDot = this.dot;
      this.dot = outerDot;
      return;
    }
    this.dot =
      (section.flags & tls) !== 0 && section.type === sectionType.nobits ? begin : this.dot;
    this.placeDot = this.dot;
    if (!section.isIgnored && (section.flags & tls) === 0) {
      this.lastSection = section;
      this.prefersNext = false;
    }
    if ((section.flags & alloc) !== 0 || (isUnloaded(section) && section.hasInput))
      this.regions.advance(section, region, this.dot, this.isFinal);
  }

  private tellMoved(section: OutputSection, by: number, isGiven: boolean): void {
    const { settings, diagnostics } = this.input;
    const isAsked = isGiven || settings.warnsSectionAlign;
    if (!this.isFinal || !isAsked || section.isIgnored || (section.flags & alloc) === 0) return;
    const message = `start of section ${section.name} changed by ${by}`;
    diagnostics.warning('L0131', message, section.statement.span);
  }

  private isConstraintMet(section: OutputSection): boolean {
    return section.statement.onlyIf === undefined || section.hasInput;
  }

  /** The address that the statement or -Ttext gives. */
  private startAddress(section: OutputSection): { isGiven: boolean; address: bigint } {
    const option = this.input.settings.sectionStarts.get(section.name);
    if (option !== undefined) {
      this.dot = BigInt(option);
      return { isGiven: true, address: BigInt(option) };
    }
    const { address } = section.statement;
    if (!address) return { isGiven: false, address: this.dot };
    const value = absolute(evaluate(address, this));
    this.dot = value;
    return { isGiven: true, address: value };
  }

  /** In bytes: what ALIGN and SUBALIGN ask for, and `all` together with what the inputs want. */
  private alignment(section: OutputSection): Alignment {
    const { align, subalign } = section.statement;
    const requested = align ? this.requestedAlignment('ALIGN', align, section) : 1;
    const override = subalign && this.requestedAlignment('SUBALIGN', subalign, section);
    const own = this.runs.alignment(section, override ?? 1);
    return { requested, override, all: Math.max(requested, section.alignmentMin, own) };
  }

  /** Rounded up to a power of two, as GNU ld does; 1 where that does not fit in 32 bits. */
  private requestedAlignment(
    word: 'ALIGN' | 'SUBALIGN',
    expression: Expression,
    { name, statement }: OutputSection,
  ): number {
    const value = absolute(evaluate(expression, this));
    if (value <= BigInt(alignmentMax)) return powerOfTwo(Number(value));
    const found = `${word} of section '${name}' is 0x${value.toString(16)}`;
    const message = `${found}, expected an alignment of at most 0x${alignmentMax.toString(16)}`;
    this.problem('L0126', message, spanOf(expression) ?? statement.span);
    return 1;
  }

  private body(section: OutputSection, override: number | undefined): void {
    for (const item of section.body) {
      this.source = item;
      if (item.kind === 'inputs') this.inputs(section, item.sections, override);
      else if (item.kind === 'assign') this.assignment(item);
      else if (item.kind === 'assert') this.assertion(item);
      else if (item.kind === 'fill') this.fill = fillPattern(item.value, this);
      else if (item.kind === 'data') this.data(section, item);
    }
  }

  /** Places inputs one after another, in plain numbers where these are exact. */
  private inputs(
    section: OutputSection,
    inputs: readonly InputSection[],
    override: number | undefined,
  ): void {
    const base = Number(this.start);
    const begin = Number(this.dot);
    const same = this.isFinal ? undefined : this.runs.end(inputs, base, begin, override);
    if (same !== undefined) {
      this.dot = BigInt(same);
      return;
    }
    let dot = begin;
    let most = 1;
    for (const input of inputs) {
      if (input.isDiscarded) continue;
      const alignment = alignmentOf(input, override);
      if (alignment > most) most = alignment;
      const past = dot % alignment;
      let aligned = past === 0 ? dot : dot - past + (past > 0 ? alignment : 0);
      if (!isExact(base) || !isExact(aligned + input.size)) {
        // Past 64 bits this does not wrap, so that what comes later lies behind what came before.
        if (isExact(dot)) this.dot = BigInt(dot);
        const exact = multipleFrom(this.dot, BigInt(alignment));
        this.padInput(section, Number(exact - this.dot));
        aligned = Number(exact);
        input.outputOffset = Number(exact - this.start);
        this.dot = exact + BigInt(input.size);
        dot = Number(this.dot);
      } else {
        if (aligned !== dot) {
          this.dot = BigInt(dot);
          this.padInput(section, aligned - dot);
        }
        input.outputOffset = aligned - base;
        dot = aligned + input.size;
      }
      if (!this.isFinal) continue;
      const offset = input.outputOffset;
      section.pieces.push({ kind: 'input', offset, section: input, source: this.source });
    }
    if (isExact(dot)) this.dot = BigInt(dot);
    if (!this.isFinal && isExact(begin)) {
      this.runs.set(inputs, { base, dot: begin, end: dot, override, alignment: most });
    }
  }

  private padInput(section: OutputSection, size: number): void {
    if (size === 0 || !this.isFinal) return;
    const offset = Number(this.dot - this.start);
    section.pieces.push({ kind: 'pad', offset, size, fill: this.fill, source: this.source });
  }

  private data(section: OutputSection, { size, value }: DataStatement): void {
    const offset = Number(this.dot - this.start);
    const number = absolute(evaluate(value, this));
    section.pieces.push({ kind: 'data', offset, size, value: number, source: this.source });
    const { nobits, progbits } = sectionType;
    const isEmpty = section.type === 0 || section.type === nobits;
    if (isEmpty && section.statement.type !== 'NOLOAD') section.type = progbits;
    if (!isUnloaded(section)) {
      section.flags |= alloc | (section.hasInput || beginsWithData(section) ? 0 : write);
    }
    this.dot += BigInt(size);
  }

  private setLoadAddress(
    section: OutputSection,
    region: Region,
    { natural, alignedBy, requested }: LoadAlignment,
  ): void {
    const { at, isAlignedWithInput } = section.statement;
    if (at) {
      section.loadAddress = signed(absolute(evaluate(at, this)));
      this.regions.track(section, region);
      return;
    }
    const load = this.regions.loadRegionOf(section);
    if (load) {
      const own = load === region ? natural : requested;
      const alignment = isAlignedWithInput ? 1 : own;
      const current = signed(load.current) + (isAlignedWithInput ? alignedBy : 0);
      section.loadAddress = alignUp(current, alignment);
      return;
    }
    section.loadAddress = this.regions.defaultLoadAddress(section, region, natural);
    this.regions.track(section, region);
  }

  // What expressions ask.

  symbol(name: string): Value | undefined {
    const former = this.symbolsSet.has(name) ? undefined : this.input.redefined.get(name);
    const value = former?.isOfItself === true ? undefined : this.values.get(name);
    if (value) return { value: value.value, base: value.base };
    const symbol = former?.symbol ?? this.input.globals.get(name);
    return symbol && definedValue(symbol);
  }

  isDefined(name: string): boolean {
    const symbol = this.input.globals.get(name);
    return (
      this.symbolsSet.has(name) ||
      this.input.redefined.has(name) ||
      (symbol !== undefined && !symbol.isMade && symbol.state !== 'undefined')
    );
  }

  outputSection(name: string): OutputSection | undefined {
    return this.byName.get(name);
  }

  headerSize(): number {
    this.usesHeaderSize = true;
    return this.headers ?? this.input.headerSize();
  }

  constant(name: string): number | undefined {
    const { maxPageSize, commonPageSize } = this.input.settings;
    if (name === 'MAXPAGESIZE') return Math.max(maxPageSize, commonPageSize);
    if (name === 'COMMONPAGESIZE') return commonPageSize;
    return undefined;
  }

  region(name: string): { origin: bigint; length: bigint } | undefined {
    return this.regions.named(name);
  }

  segmentStart(name: string): number | undefined {
    return this.input.settings.segmentStarts.get(name);
  }

  dataSegmentAlign(maximum: bigint, usual: bigint): bigint {
    return this.dataSegment.align(this.dot, maximum, usual);
  }

  dataSegmentRelroEnd(offset: bigint, end: bigint): bigint {
    return this.dataSegment.relroEnd(offset, end);
  }

  dataSegmentEnd(end: bigint): bigint {
    return this.dataSegment.end(end);
  }

  failed(message: string, span: Span | undefined): void {
    this.problem('L0120', message, span);
  }

  problem(code: string, message: string, span: Span | undefined): void {
    if (this.isFinal) this.input.diagnostics.error(code, message, span);
  }
}
