// The shape cache between the text and the parser: statements of a known shape are executed here,
// all others go to the parser, whose result becomes the shape's template. What it does is the same
// as without it; `shapeCache: false` turns it off.

import type { Assembly } from '../object/assembly.ts';
import { isExpanded } from '../text/input.ts';
import type { Frame, Input } from '../text/input.ts';
import { planAction } from './shape-plans.ts';
import { Probe } from './shape-probe.ts';
import { ReplayAction, operandsMax } from './shape-actions.ts';
import type { ShapeContext } from './shape-actions.ts';
import { InstructionAction } from './shape-instructions.ts';
import { Patterns } from './shape-patterns.ts';
import { ShapeScan, isBlank, scanned } from './shape-scan.ts';
import { ShapeTable } from './shape-table.ts';
import { Recorder, Template, learn } from './shape-template.ts';
import { FoundValue, ValueMachine } from './shape-values.ts';
import type { Sink, Syntax } from '../syntax/syntax-tree.ts';
import type { AsmSymbol } from '../object/symbols.ts';
import type { Text } from '../text/text.ts';

/** Kept between assemblies: a template depends on nothing but its shape and state. */
const table = new ShapeTable();
const patterns = new Patterns();

/** What a reader has to do for its shapes. */
export interface ShapeHost extends Sink {
  readonly assembly: Assembly;
  readonly input: Input;
  readonly macros: ReadonlyMap<string, unknown>;
  /** From here on, what is done was written there. */
  at(start: number, end: number): void;
  defineLabel(symbol: AsmSymbol): void;
}

interface Seen {
  readonly code: string;
  readonly key: string;
  readonly syntax: Syntax | undefined;
}

const newline = 10;
const semicolon = 59;

export class ShapeReader implements ShapeContext {
  readonly assembly: Assembly;
  readonly scan = new ShapeScan();
  readonly value: ValueMachine;
  readonly found: readonly FoundValue[] = Array.from(
    { length: operandsMax },
    () => new FoundValue(),
  );
  private readonly host: ShapeHost;
  private readonly probe = new Probe();
  private state = -1;
  private isNaked = false;
  /** What `state` and `isNaked` stand for. */
  private seen: Seen = { code: '', key: '', syntax: undefined };
  /** The statement that the parser is to see, and whether its shape was scanned. */
  private missed = -1;

  constructor(host: ShapeHost) {
    this.host = host;
    this.assembly = host.assembly;
    this.value = new ValueMachine(this.assembly, this.scan);
  }

  /** Executes statements from `frame.at` on, up to one that the reader has to look at itself. */
  run(frame: Frame): void {
    const { bytes } = frame.text;
    const { end } = frame;
    const { scan, host } = this;
    const isCounted = isExpanded(frame);
    this.missed = -1;
    this.update();
    for (let at = frame.at; ;) {
      while (at < end && isBlank(bytes[at])) at++;
      frame.at = at;
      if (at >= end) return;
      const first = bytes[at];
      if (first === newline || first === semicolon) {
        at++;
      } else {
        const found = scan.scan(bytes, at, end, this.state, this.isNaked);
        if (found === scanned.none || !this.execute(frame, at, found)) return;
        at = scan.next;
      }
      frame.at = at;
      if (isCounted && !host.input.countStatement()) return;
      if (host.input.hasEnded || this.assembly.isFull) return;
    }
  }

  /** A statement, a label, or both; `scan.next` is behind them. False where it has to be parsed. */
  private execute(frame: Frame, at: number, found: number): boolean {
    const { scan } = this;
    const { text, end } = frame;
    if (found === scanned.statement) {
      const template = this.find(at);
      if (!template) return this.anew(text.bytes, at);
      this.statement(template, text, at);
      return true;
    }
    const { bytes } = text;
    const { wordEnd, wordHash } = scan;
    let next = scan.next;
    while (next < end && isBlank(bytes[next])) next++;
    let template: Template | undefined;
    if (next >= end || bytes[next] === newline || bytes[next] === semicolon) {
      scan.next = Math.min(next + 1, end);
    } else {
      const more = scan.scan(bytes, next, end, this.state, this.isNaked);
      template = more === scanned.statement ? this.find(next) : undefined;
      if (!template) return false;
    }
    this.label(text, at, found, wordEnd, wordHash);
    if (template) this.statement(template, text, next);
    return true;
  }

  /** A statement whose operands are of a known pattern; false where it has to be parsed. */
  private anew(bytes: Uint8Array, start: number): boolean {
    if (this.isNaked) return false;
    const { host, assembly, scan } = this;
    const pattern = patterns.find(bytes, start, scan);
    if (!pattern) return false;
    const call = patterns.call(pattern, bytes, start);
    if (host.macros.size > 0 && host.macros.has(call.name.toLowerCase())) return false;
    this.missed = -1;
    const { state } = this;
    const before = assembly.diagnostics.items.length;
    this.watch();
    host.instruction(call.name, start, call.operands, call.end);
    assembly.probe = undefined;
    if (assembly.diagnostics.items.length === before && !assembly.isFull) {
      this.add(patterns.template(pattern, call, scan), state, bytes);
    }
    this.update();
    return true;
  }

  private add(template: Template, state: number, bytes: Uint8Array): void {
    table.add(this.scan, state, template);
    if (this.probe.count !== 1) return;
    const { action } = template;
    if (action instanceof InstructionAction && !action.prepare(this, bytes)) return;
    this.keep(template);
  }

  private label(text: Text, start: number, found: number, end: number, hash: number): void {
    const { host, assembly } = this;
    if (found === scanned.numberLabel) return host.label(text.slice(start, end), start);
    host.at(start, end);
    host.defineLabel(assembly.symbols.ofBytes(text.bytes, start, end, hash));
  }

  /** The template of the statement that was scanned, unless its first word is a macro by now. */
  private find(start: number): Template | undefined {
    const { macros } = this.host;
    const template = table.find(this.scan, this.state);
    if (template && (macros.size === 0 || !macros.has(template.word))) return template;
    this.missed = start;
    return undefined;
  }

  private statement(template: Template, text: Text, start: number): void {
    const { action } = template;
    const { host } = this;
    if (action) {
      host.at(template.startOf(start), template.endOf(start, this.scan));
      if (action.run(this, text.bytes)) return;
    }
    this.repeat(template, text, start);
  }

  /** Executes the statement by its template's calls, and sees what they come down to. */
  private repeat(template: Template, text: Text, start: number): void {
    const { host, assembly, probe } = this;
    const calls = template.source.calls(text.bytes, start, this.scan);
    const { action } = template;
    const isWatched = action instanceof InstructionAction || action instanceof ReplayAction;
    const before = assembly.diagnostics.items.length;
    if (isWatched) this.watch();
    for (const call of calls) {
      if (call.kind === 'prefix') host.prefix(call.name, call.start);
      else if (call.kind === 'directive') {
        host.directive(call.name, call.start, call.operands, call.end);
      } else host.instruction(call.name, call.start, call.operands, call.end);
    }
    assembly.probe = undefined;
    if (isWatched && probe.count === 1 && assembly.diagnostics.items.length === before) {
      this.keep(template);
    }
    if (!(action instanceof InstructionAction)) this.update();
  }

  private watch(): void {
    this.probe.reset();
    this.assembly.probe = this.probe;
  }

  private keep(template: Template): void {
    const { probe, scan } = this;
    const { action } = template;
    if (action instanceof InstructionAction) {
      if (probe.encoding) action.keep(probe.encoding, scan);
    } else if (action instanceof ReplayAction) {
      if (probe.frame) action.keepFrame(scan, probe.frame);
      if (probe.alignment) action.keepAlignment(scan, probe.alignment);
    }
  }

  /** The parser's work on one statement, from which a template is learned where there can be one. */
  parse(bytes: Uint8Array, start: number, run: (sink: Sink) => void): void {
    const { host, assembly } = this;
    if (this.missed < 0 || this.missed < start) return run(host);
    const statement = this.missed;
    const { state } = this;
    this.missed = -1;
    const recorder = new Recorder(host);
    const before = assembly.diagnostics.items.length;
    this.watch();
    run(recorder);
    assembly.probe = undefined;
    if (assembly.diagnostics.items.length !== before || assembly.isFull) return;
    const learned = learn(recorder, statement, this.scan, bytes);
    if (!learned) return;
    const { calls, source } = learned;
    if (!this.isNaked && calls.length === 1) patterns.learn(calls[0], bytes, statement, this.scan);
    const action = planAction(learned, this.scan, bytes);
    const template = new Template(calls, source, action, { scan: this.scan, start: statement });
    this.add(template, state, bytes);
  }

  /** Notes what statements depend on besides their text. */
  private update(): void {
    const { machine, code } = this.assembly;
    const { syntax, key } = machine;
    const { seen } = this;
    if (seen.code === code && seen.key === key && seen.syntax === syntax) return;
    this.seen = { code, key, syntax };
    this.isNaked = syntax.isIntel || syntax.isNaked || syntax.registerOf !== undefined;
    const keepsGot = machine.options.keepsGot === true;
    const { isIntel, isNaked } = syntax;
    this.state = table.stateNumber(`${code} ${key} ${isIntel} ${isNaked} ${keepsGot}`);
  }
}
