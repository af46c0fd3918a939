// Reads source text: statements of a known shape are executed by shape-reader.ts, the others go to
// the parser; what steers the text itself (macros,
// repetitions, conditionals, inclusions: structure.ts) is found on the bytes. input.ts has the stack
// of texts being read.

import type { Span } from '@ring0/diagnostics';
import type { Assembly } from '../object/assembly.ts';
import { runDirective } from '../directives/directives.ts';
import { moveTo } from '../directives/directives-layout.ts';
import type { Edit } from './edits.ts';
import { assignFormula, evaluate, refusesWide } from '../values/evaluate.ts';
import { parseStatements } from '../syntax/grammar.ts';
import { equateRegister, registerNamed } from '../object/register-names.ts';
import { plainRegisterName } from '../syntax/intel-tokens.ts';
import type { Node, Operand, Sink } from '../syntax/grammar.ts';
import { Input, isExpanded, placeAtEnd } from './input.ts';
import type { Frame } from './input.ts';
import { emitInstruction } from '../instructions/instructions.ts';
import { plainOperands } from '../instructions/operands.ts';
import { readLineMarker } from './line-markers.ts';
import { Scan } from './scan.ts';
import { ShapeReader } from '../shapes/shape-reader.ts';
import type { AsmSymbol } from '../object/symbols.ts';
import { Structure, structural } from './structure.ts';
import { Text } from './text.ts';

const chunkBytes = 16 * 1024;

/** The name before the last colon. */
function lastLabel(text: string): string {
  return /([^\s:]+)\s*:\s*$/.exec(text)?.[1] ?? '';
}

/** A quote at the end of the line in which a string begins. */
function closingQuote(text: Text, start: number): Edit | undefined {
  const lineEnd = text.bytes.indexOf(10, start);
  const line = text.slice(start, lineEnd < 0 ? text.bytes.length : lineEnd);
  const end = start + line.trimEnd().length;
  return { where: { text, start: end - 1, end }, text: '"', side: 'behind' };
}

export class Reader implements Sink {
  readonly assembly: Assembly;
  readonly input: Input;
  private readonly structure: Structure;
  private readonly scan = new Scan();
  private text: Text;
  private prefixes: string[] = [];
  /** Texts that end inside of a string that does not count. */
  private readonly openStrings = new Set<Text>();
  private readonly shapes: ShapeReader | undefined;

  constructor(assembly: Assembly) {
    this.assembly = assembly;
    this.input = new Input(assembly);
    this.structure = new Structure(this.input);
    this.text = Text.ofFile('', new Uint8Array(0));
    const { shapeCache, watchers } = assembly.options;
    if (shapeCache !== false && !watchers) this.shapes = new ShapeReader(this);
  }

  get macros(): ReadonlyMap<string, unknown> {
    return this.structure.macros;
  }

  /** Reads one text, or a part of it. */
  read(text: Text, kind: 'file' | 'inline', at = 0, end = text.bytes.length): void {
    const { input } = this;
    if (input.hasEnded) return;
    const { frames } = input;
    const base = frames.length;
    if (kind === 'file') input.checkEnds(text);
    const conditionDepth = input.conditions.depth;
    input.push({ text, at, end, kind, conditionDepth });
    while (frames.length > base) {
      const frame = frames[frames.length - 1];
      this.text = frame.text;
      if (this.assembly.isFull) return input.stop();
      if (frame.at < frame.end) this.step(frame);
      else input.finishFrame(frame);
    }
  }

  /** Reads statements of known shape and the one behind them; or text that does not count. */
  private step(frame: Frame): void {
    const { bytes } = frame.text;
    const { isSkipping } = this.input.conditions;
    if (this.shapes && !isSkipping) {
      this.shapes.run(frame);
      if (frame.at >= frame.end || this.input.hasEnded || this.assembly.isFull) return;
    }
    const from = frame.at;
    let at = from;
    const { input, scan } = this;
    const isCounted = isExpanded(frame);
    while (at < frame.end) {
      if (isCounted && !input.countStatement()) return;
      scan.read(bytes, at, frame.end);
      input.onRead?.(frame, at, scan.next, input.conditions.isSkipping);
      if (scan.longString >= 0) this.longString(frame, scan, at);
      const first = bytes[scan.start];
      if (scan.start < frame.end && (first === 35 || first === 47)) {
        this.comment(frame, from, at);
        return;
      }
      // In text that does not count, only what begins a statement is looked at.
      const isHidden = this.input.conditions.isSkipping && scan.start !== scan.wordStart;
      const word = isHidden ? undefined : this.structuralWord(bytes, scan);
      if (word !== undefined) {
        if (!this.input.conditions.isSkipping) this.parse(frame, from, scan.wordStart);
        const { start, wordStart, wordEnd, end, next } = scan;
        frame.at = next;
        const place = { text: frame.text, start: wordStart, end };
        const label = start === wordStart ? '' : lastLabel(frame.text.slice(start, wordStart));
        this.structure.execute(frame, word, place, wordEnd, label);
        return;
      }
      at = scan.next;
      if (!isSkipping || at - from >= chunkBytes) break;
    }
    frame.at = at;
    if (this.input.conditions.isSkipping) return;
    this.parse(frame, from, at, scan.isStringOpen ? '"' : '');
  }

  /** A string over lines: GNU as takes it with warnings, and closes it at the end of the text. */
  private longString({ text, end }: Frame, scan: Scan, at: number): void {
    const { assembly } = this;
    const { longString, isStringOpen } = scan;
    if (this.input.conditions.isSkipping) {
      // In text that does not count a line is a line.
      const lineEnd = text.bytes.indexOf(10, at);
      scan.read(text.bytes, at, lineEnd < 0 ? end : lineEnd + 1);
      if (isStringOpen && !this.openStrings.has(text)) {
        const message = `the text ends inside of a string: a '"' is missing`;
        assembly.error('A0113', message, placeAtEnd(text, end));
      }
      this.openStrings.add(text);
      return;
    }
    const place = { text, start: longString, end: longString + 1 };
    const notes = [`write '"' where the string ends`];
    const edit = closingQuote(text, longString);
    if (isStringOpen) {
      const message = 'the string has no end; all to the end of the text is part of it';
      return assembly.warning('A0113', message, place, notes, edit);
    }
    const message = 'the string has no end in this line; the newline is part of it';
    assembly.warning('A0112', message, place, notes, edit);
  }

  /** The statement's first word in lower case, where this file has to deal with it. */
  private structuralWord(bytes: Uint8Array, scan: Scan): string | undefined {
    const { wordStart, wordEnd } = scan;
    if (wordStart === wordEnd) return undefined;
    if (bytes[wordStart] !== 46) {
      if (this.structure.macros.size === 0) return undefined;
    } else if (this.structure.macros.size === 0) {
      const second = bytes[wordStart + 1] | 32;
      // a e i l m n p r: the letters that structural directives begin with.
      const isPossible =
        second === 97 ||
        second === 101 ||
        second === 105 ||
        (second >= 108 && second <= 114 && second !== 111 && second !== 113);
      if (!isPossible) return undefined;
    }
    let word = '';
    for (let i = wordStart; i < wordEnd; i++) word += String.fromCharCode(bytes[i]);
    word = word.toLowerCase();
    if (structural.has(word)) return word;
    if (!this.structure.macros.has(word)) return undefined;
    return this.isAssignment(bytes, scan) ? undefined : word;
  }

  private isAssignment(bytes: Uint8Array, scan: Scan): boolean {
    let at = scan.wordEnd;
    while (bytes[at] === 32 || bytes[at] === 9) at++;
    return bytes[at] === 61;
  }

  /** A line that begins with # or /: a comment, or a line marker of the preprocessor. */
  private comment(frame: Frame, from: number, at: number): void {
    const { scan } = this;
    const { start } = scan;
    if (!this.input.conditions.isSkipping) this.parse(frame, from, at);
    const { bytes } = frame.text;
    const lineEnd = bytes.indexOf(10, start);
    frame.at = lineEnd < 0 || lineEnd >= frame.end ? frame.end : lineEnd + 1;
    const isLineStart = start === 0 || bytes[start - 1] === 10;
    if (frame.kind !== 'file' || bytes[start] !== 35 || !isLineStart) return;
    const line = frame.text.slice(start, Math.min(frame.at, start + 4096));
    readLineMarker(this.assembly, frame.text, line, frame.at);
  }

  /** `closing` is what the text lacks at its end. */
  private parse(frame: Frame, start: number, end: number, closing = ''): void {
    if (end <= start) return;
    const { text } = frame;
    this.text = text;
    const parse = (sink: Sink) =>
      parseStatements(
        text.slice(start, end) + closing,
        start,
        sink,
        (error) => {
          const place = { text, start: error.start, end: error.end };
          const { notes, edit } = error;
          const where = edit && { text, start: edit.start, end: edit.end };
          this.assembly.error('A0001', error.message, place, notes, edit && { ...edit, where });
        },
        this.assembly.machine.syntax,
      );
    if (this.shapes) this.shapes.parse(text.bytes, start, parse);
    else parse(this);
    this.prefixes = [];
  }

  // What the parser finds

  /** What is done from here on was written there. */
  at(start: number, end: number): void {
    this.assembly.atText(this.text, start, end);
  }

  defineLabel(symbol: AsmSymbol): void {
    this.assembly.defineLabel(symbol);
  }

  label(name: string, start: number): void {
    const { assembly } = this;
    this.at(start, start + name.length);
    const isNumber = /^\d+$/.test(name);
    if (!isNumber && /^\d/.test(name)) {
      return assembly.error('A0302', `'${name}' cannot be a label`);
    }
    if (name.includes('@')) {
      const notes = ['versions of a symbol are given by .symver'];
      return assembly.error('A0302', `'${name}' cannot be a label`, assembly.where, notes);
    }
    const number = isNumber ? String(BigInt(name)) : name;
    if (isNumber && Number(number) > 0x7fffffff) {
      return assembly.error('A0302', `'${name}' is too large for the number of a label`);
    }
    const { symbols } = assembly;
    this.defineLabel(isNumber ? symbols.nextNumbered(number) : symbols.get(name));
  }

  assign(name: string, start: number, isFirstOnly: boolean, value: Node, end: number): void {
    const { assembly } = this;
    this.at(start, end);
    // The symbol comes before those of its value in the object.
    const symbol = name === '.' ? undefined : assembly.symbols.get(name);
    if (refusesWide(assembly, value)) return;
    const register =
      value.kind === 'register'
        ? plainRegisterName(value.text)
        : value.kind === 'name' && assembly.registerSymbols.size > 0
          ? registerNamed(assembly, value.text)
          : undefined;
    if (symbol && register !== undefined) return equateRegister(assembly, symbol, register);
    if (symbol && isFirstOnly) return assignFormula(assembly, symbol, value);
    const evaluated = evaluate(assembly, value);
    if (!symbol) {
      moveTo(assembly, evaluated, 0, assembly.where);
      return;
    }
    assembly.assign(symbol, evaluated);
  }

  directive(name: string, start: number, operands: Operand[], end: number): void {
    this.at(start, end);
    if (operands[0]?.kind === 'string' && this.isJoined(name, start, operands[0])) return;
    runDirective({ assembly: this.assembly, text: this.text, name, operands, start, end });
  }

  prefix(name: string): void {
    this.prefixes.push(name.toLowerCase());
  }

  instruction(name: string, start: number, operands: Operand[], end: number): void {
    const { assembly } = this;
    this.at(start, end);
    const { prefixes } = this;
    if (prefixes.length > 0) this.prefixes = [];
    const { broken } = this.structure;
    if (broken.size > 0 && broken.has(name.toLowerCase())) return;
    if (operands.length > 0 && this.isJoined(name, start, operands[0])) return;
    const alone = operands.find(({ node }) => node?.kind === 'unary' && isEmpty(node.operand));
    if (alone) {
      const where = { text: this.text, start: alone.start, end: alone.end };
      return assembly.error('A0101', 'a sign needs a number or a name behind it', where);
    }
    const empty = operands.find(({ node }) => node?.kind === 'number' && /^0x$/i.test(node.text));
    if (empty) {
      const where = { text: this.text, start: empty.start, end: empty.end };
      return assembly.error('A0101', "'0x' is not a number: its digits are missing", where);
    }
    if (operands.some(({ node }) => node && refusesWide(assembly, node))) return;
    const isIndirect = operands.length > 0 && operands[operands.length - 1].isIndirect;
    const plain = plainOperands(assembly, name, operands);
    if (plain) emitInstruction(assembly, name.toLowerCase(), plain, { prefixes, isIndirect });
  }

  /** A word with its operand right behind it, such as `jmp*%eax`: GNU as wants a blank. */
  private isJoined(name: string, start: number, first: Operand): boolean {
    const end = start + name.length;
    if (first.start !== end) return false;
    const letter = this.text.slice(end, end + 1);
    const where = { text: this.text, start: end, end: end + 1 };
    const operand = this.text.slice(end, Math.min(first.end, end + 40));
    const notes = [`write a blank between them: ${name} ${operand}`];
    const edit: Edit = { where, text: ' ', side: 'before' };
    this.assembly.error('A0116', `found '${letter}' right behind '${name}'`, where, notes, edit);
    return true;
  }

  /** `asm` text of a compiler: stands for `span` as a whole. */
  inline(text: string, span: Span | undefined): void {
    const outer = this.text;
    this.read(Text.ofSpan(text, span), 'inline');
    this.text = outer;
  }
}

/** What the grammar puts where an operator has nothing behind it. */
function isEmpty(node: Node): boolean {
  return node.kind === 'number' && node.text === '';
}
