// A unit in its text form, as `--dump=ir` and its kin write it. The grammar, a line at a time; `;` begins a comment:
//
//   source "a.c"                                the name for the object's file symbol
//   asm ".globl x\n"                            assembly outside functions
//   function @f external after promote blocks 4 [traits ..]
//     slot &x.0: 4 align 4 [incoming 8] [promoted]
//   b0:
//     %5 = load.i32 &x.0
//     branch %5, b1, b2
//   b3: [taken] [from b1 b2]
//     %9 = phi b1: %5, b2: 7
//     %10 = call.word @g(%9, f64 %8, record.12 &s.1, eax 4) [pops 4] [noreturn]
//     return.word %10                           [!"a.c":3:5 on any instruction]
//   object @x external size 4 align 4 section ".data" [flags "aw"] [type progbits] [entry 1]
//     bytes "\x01\x00"
//     zero 12
//     word @y - @z + 4
//   literal @.LCI0 ..                           as an object; emitted even if nothing names it
//   symbol @g = @f function external            an alias; without `=` an undefined symbol
//
// Of several functions, objects or symbols with one name the last counts, so that the output of one pass after the other
// can be read; lines that begin with `---` (what cc puts between passes) are left out.

import { latin1Text } from '@ring0/bytes';
import type { Diagnostic, SourceFile, Span } from '@ring0/diagnostics';
import { LOWERED } from '../stage.ts';
import { stages } from '../../passes/pipeline.ts';
import type { DataObject, IRUnit, Routine, SymbolNote } from '../unit.ts';
import { type Budget, readFunction } from './function.ts';
import { Heading, headingTraits } from './heading.ts';
import { Line, LineError } from './line.ts';
import { readImage } from './image.ts';
import { Places } from './places.ts';

const VALUE_BUDGET = 1 << 22;
const BLOCK_BUDGET = 1 << 20;
/** Bytes of all images. */
const IMAGE_BUDGET = 1 << 28;
const ERROR_LIMIT = 50;

export interface ReadUnit {
  readonly unit: IRUnit;
  readonly sourceName: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

const headings = new Set(['source', 'asm', 'function', 'object', 'literal', 'symbol']);

class UnitReader {
  private readonly file: SourceFile;
  private readonly lines: Line[];
  private readonly places = new Places();
  private readonly budget: Budget = { values: VALUE_BUDGET, blocks: BLOCK_BUDGET };
  private imageBudget = IMAGE_BUDGET;
  private readonly diagnostics: Diagnostic[] = [];
  private readonly routines = new Map<string, Routine>();
  private readonly literals = new Map<string, DataObject>();
  private readonly objects = new Map<string, DataObject>();
  private readonly notes = new Map<string, SymbolNote>();
  private readonly assembly = new Map<string, { text: string; span: Span }>();
  private sourceName: string | undefined;

  constructor(file: SourceFile) {
    this.file = file;
    // One character for each byte, so that columns are offsets.
    let start = 0;
    this.lines = latin1Text(file.bytes)
      .split('\n')
      .map((text) => {
        const line = new Line(text, start);
        start += text.length + 1;
        return line;
      });
  }

  private readonly spanOf = (line: Line, start = line.text.search(/\S|$/), end?: number): Span => ({
    file: this.file,
    start: line.start + start,
    end: line.start + (end ?? line.text.length),
  });
  private readonly report = (message: string, span: Span): void => {
    if (this.diagnostics.length >= ERROR_LIMIT) return;
    this.diagnostics.push({ severity: 'error', code: 'C9100', message, span });
  };

  private isHeading(line: Line): boolean {
    return headings.has(/^[a-z]+/.exec(line.text)?.[0] ?? '');
  }

  read(): ReadUnit {
    const { lines } = this;
    for (let at = 0; at < lines.length;) {
      const line = lines[at++];
      if (line.isEnd || line.text.startsWith('---')) continue;
      const body: Line[] = [];
      while (at < lines.length && !this.isHeading(lines[at])) {
        const next = lines[at++];
        if (!next.text.startsWith('---')) body.push(next);
      }
      try {
        this.item(line, body);
      } catch (error) {
        if (!(error instanceof LineError)) throw error;
        this.report(error.message, this.spanOf(line, error.start, error.end));
      }
    }
    const { diagnostics, sourceName } = this;
    const unit: IRUnit = {
      assembly: [...this.assembly.values()],
      routines: [...this.routines.values()],
      literals: [...this.literals.values()],
      objects: [...this.objects.values()],
      notes: [...this.notes.values()],
    };
    return { unit, sourceName, diagnostics };
  }

  private item(line: Line, body: readonly Line[]): void {
    const keyword = line.word("'function', 'object', 'literal', 'symbol', 'asm' or 'source'");
    if (keyword === 'function') this.function(line, body);
    else if (keyword === 'object' || keyword === 'literal') this.object(line, body, keyword);
    else {
      if (keyword === 'source') this.sourceName = line.string();
      else if (keyword === 'asm') {
        const text = line.string();
        this.assembly.set(text, { text, span: this.spanOf(line) });
      } else if (keyword === 'symbol') this.note(line);
      else line.fail(`'${keyword}' begins nothing`, 0);
      line.end();
      const rest = body.find((each) => !each.isEnd);
      if (rest) this.report('a line that belongs to nothing', this.spanOf(rest));
    }
  }

  private function(line: Line, body: readonly Line[]): void {
    const symbol = line.symbol();
    line.take(/[ \t]*/y);
    const heading = new Heading(line);
    const own = this.spanOf(line);
    this.places.restart();
    const { traits, labels, ...rest } = headingTraits(heading, stages);
    const place = line.take(/!(?:none|"(?:[^"\\]|\\.)*":\d+:\d+)/y);
    if (place !== undefined) this.places.read(place);
    const span = this.places.current(own);
    line.end();
    const { spanOf, report, budget, places } = this;
    const text = {
      heading: { name: symbol, blocks: rest.blocks, span: own },
      budget,
      spanOf,
      report,
    };
    const read = (): Routine['f'] | undefined => {
      for (const each of body) each.restart();
      const f = readFunction({ ...text, lines: body }, places);
      if (!f) return undefined;
      f.usesAlloca = rest.usesAlloca;
      f.usesFrameAddress = rest.usesFrameAddress;
      f.keepsMemory = rest.keepsMemory;
      f.pops = rest.pops;
      return f;
    };
    const f = read();
    if (!f) return;
    if (labels.some((block) => block >= f.blocks.length)) line.fail('there is no such block', 0);
    const name = rest.name ?? symbol;
    const { stage } = rest;
    const again = (): Routine['f'] | undefined => (stage === LOWERED ? read() : undefined);
    // The last of one name counts, in its own place.
    this.routines.delete(symbol);
    this.routines.set(symbol, { f, name, traits, labels, span, stage, again });
  }

  private object(line: Line, body: readonly Line[], keyword: 'object' | 'literal'): void {
    const symbol = line.symbol();
    line.take(/[ \t]*/y);
    const heading = new Heading(line);
    const isExternal = heading.isExternal();
    const isWeak = line.acceptWord('weak');
    const isUsed = line.acceptWord('used');
    const isThreadLocal = line.acceptWord('thread-local');
    const visibility = heading.visibility();
    line.expect('size');
    const size = line.natural('a number of bytes', IMAGE_BUDGET);
    line.expect('align');
    const alignment = heading.power();
    line.expect('section');
    const section = line.string();
    const options = heading.sectionOptions();
    line.end();
    const image = readImage(body, this.imageBudget, (error, at) =>
      this.report(error.message, this.spanOf(at, error.start, error.end)),
    );
    this.imageBudget -= image?.bytes.length ?? 0;
    const flags = { isExternal, isWeak, isUsed, isThreadLocal, visibility };
    const place = { section, options, alignment, size, image, span: this.spanOf(line) };
    const map = keyword === 'object' ? this.objects : this.literals;
    map.set(symbol, { symbol, ...flags, ...place });
  }

  private note(line: Line): void {
    const symbol = line.symbol();
    line.take(/[ \t]*/y);
    let alias: string | undefined;
    if (line.accept('=')) {
      alias = line.symbol();
      line.take(/[ \t]*/y);
    }
    const isFunction = line.acceptWord('function');
    if (!isFunction) line.expect('object');
    const heading = new Heading(line);
    const isExternal = heading.isExternal();
    const isWeak = line.acceptWord('weak');
    const visibility = heading.visibility();
    this.notes.set(symbol, { symbol, alias, isFunction, isExternal, isWeak, visibility });
  }
}

/** Reads a unit; what is wrong with it is in `diagnostics`, and left out of the unit. */
export function readUnit(file: SourceFile): ReadUnit {
  return new UnitReader(file).read();
}
