// Reads source text: statements in chunks go to the parser; macros, repetitions, conditionals and
// inclusions, whose bodies are text, are handled here on the bytes. Input is a stack of frames, so
// that nothing recurses with the depth of macros.

import type { Expansion, Span } from '@ring0/diagnostics';
import type { Assembly } from './assembly.ts';
import { Conditions } from './conditions.ts';
import { absoluteText, conditionTests } from './condition-tests.ts';
import { runDirective } from './directives.ts';
import { evaluate, unquote } from './evaluate.ts';
import { parseStatements } from './grammar.ts';
import type { Node, Operand, Sink } from './grammar.ts';
import { emitInstruction } from './instructions.ts';
import { plainOperands } from './operands.ts';
import { bindArguments, parseDefinition, splitValues, substitute } from './macros.ts';
import type { Body, Macro } from './macros.ts';
import { findFile, searched } from './files.ts';
import { Scan } from './scan.ts';
import { MarkedFiles, Text, spanOf, within } from './text.ts';
import type { Place } from './text.ts';

const chunkBytes = 16 * 1024;
const framesMax = 200;
const macroDepthMax = 100;
const includeDepthMax = 100;
const expandedBytesMax = 32 * 1024 * 1024;
/** A second's work for few letters: one `.rept` can ask for any number. */
const expandedStatementsMax = 1_500_000;
/** What a round of a repetition counts for, besides its text. */
const roundBytes = 8;
/** What including a file again counts for, besides its text. */
const inclusionBytes = 1024;

interface Frame {
  text: Text;
  at: number;
  end: number;
  readonly kind: 'file' | 'macro' | 'repeat' | 'inline';
  readonly conditionDepth: number;
  /** A file's text counts as expanded when it is included again. */
  readonly isAgain?: boolean;
  /** The text of the next round of a repetition. */
  readonly next?: () => Body | undefined;
}

const structural: ReadonlySet<string> = new Set([
  '.macro',
  '.endm',
  '.purgem',
  '.exitm',
  '.rept',
  '.rep',
  '.irp',
  '.irpc',
  '.endr',
  '.include',
  '.end',
  '.else',
  '.elseif',
  '.elsec',
  '.endif',
  '.altmacro',
  '.noaltmacro',
  ...conditionTests.keys(),
]);

const repetitions: ReadonlySet<string> = new Set(['.rept', '.rep', '.irp', '.irpc']);

function isExpanded(frame: Frame): boolean {
  return frame.kind !== 'file' || frame.isAgain === true;
}

/** The last letter of a text: where what is missing was waited for. */
function placeAtEnd(text: Text, end: number): Span {
  return text.span(Math.max(0, end - 1), end);
}

export class Reader implements Sink {
  readonly assembly: Assembly;
  readonly marked: MarkedFiles;
  private readonly frames: Frame[] = [];
  private readonly macros = new Map<string, Macro>();
  private readonly conditions = new Conditions();
  private readonly scan = new Scan();
  private readonly included = new Set<string>();
  private macroCount = 0;
  private expandedBytes = 0;
  private expandedStatements = 0;
  private hasEnded = false;
  private text: Text;
  private prefixes: string[] = [];
  /** Called before each statement, for the listing. */
  onStatement: ((place: Place) => void) | undefined;

  constructor(assembly: Assembly) {
    this.assembly = assembly;
    this.marked = new MarkedFiles(assembly.options.readFile);
    this.text = Text.ofFile('', new Uint8Array(0));
  }

  /** Reads one text to its end. */
  read(text: Text, kind: 'file' | 'inline'): void {
    if (this.hasEnded) return;
    const base = this.frames.length;
    const depth = this.conditions.depth;
    this.push({ text, at: 0, end: text.bytes.length, kind, conditionDepth: depth });
    while (this.frames.length > base) {
      const frame = this.frames[this.frames.length - 1];
      this.text = frame.text;
      if (this.assembly.isFull) return this.end();
      if (frame.at < frame.end) this.step(frame);
      else this.finishFrame(frame);
    }
  }

  private push(frame: Frame): void {
    if (this.frames.length >= framesMax) {
      this.assembly.error('A0411', `more than ${framesMax} macros or files inside each other`);
      return this.end();
    }
    this.expandedBytes += frame.end - frame.at;
    if (isExpanded(frame) && this.expandedBytes > expandedBytesMax) return this.stopExpanding();
    this.frames.push(frame);
  }

  private stopExpanding(limit = `${expandedBytesMax >> 20} MiB`): void {
    const message = `macros, repetitions and inclusions have expanded to more than ${limit}`;
    if (!this.hasEnded) this.assembly.error('A0412', message);
    this.end();
  }

  private end(): void {
    this.frames.length = 0;
    this.conditions.cut(0);
    this.hasEnded = true;
  }

  private finishFrame(frame: Frame): void {
    const body = frame.next?.();
    if (body) {
      this.expandedBytes += roundBytes + body.end - body.start;
      if (this.expandedBytes > expandedBytesMax) return this.stopExpanding();
      frame.text = body.text;
      frame.at = body.start;
      frame.end = body.end;
      return;
    }
    if (frame.kind === 'file' || frame.kind === 'macro') {
      const where = this.conditions.where;
      if (this.conditions.cut(frame.conditionDepth)) {
        const end = placeAtEnd(frame.text, frame.end);
        this.assembly.error('A0401', "this '.if' has no '.endif'", where, [
          { message: "expected '.endif' before this end", span: end },
        ]);
      }
    }
    this.frames.pop();
  }

  /** Reads statements up to the next structural one, or one chunk. */
  private step(frame: Frame): void {
    const { bytes } = frame.text;
    const from = frame.at;
    let at = from;
    const { scan } = this;
    const isCounted = isExpanded(frame);
    while (at < frame.end) {
      if (isCounted && ++this.expandedStatements > expandedStatementsMax) {
        return this.stopExpanding(`${expandedStatementsMax} statements`);
      }
      scan.read(bytes, at, frame.end);
      const first = bytes[scan.start];
      if (scan.start < frame.end && (first === 35 || first === 47)) {
        this.comment(frame, from, at);
        return;
      }
      const word = this.structuralWord(bytes, scan);
      if (word !== undefined) {
        if (!this.conditions.isSkipping) this.parse(frame, from, scan.wordStart);
        const { wordStart, wordEnd, end, next } = scan;
        frame.at = next;
        this.structure(frame, word, { text: frame.text, start: wordStart, end }, wordEnd);
        return;
      }
      at = scan.next;
      if (at - from >= chunkBytes) break;
    }
    frame.at = at;
    if (!this.conditions.isSkipping) this.parse(frame, from, at);
  }

  /** The statement's first word in lower case, where this file has to deal with it. */
  private structuralWord(bytes: Uint8Array, scan: Scan): string | undefined {
    const { wordStart, wordEnd } = scan;
    if (wordStart === wordEnd) return undefined;
    if (bytes[wordStart] !== 46) {
      if (this.macros.size === 0) return undefined;
    } else if (this.macros.size === 0) {
      const second = bytes[wordStart + 1] | 32;
      // a e i m n p r: the letters that structural directives begin with.
      const isPossible =
        second === 97 ||
        second === 101 ||
        second === 105 ||
        (second >= 109 && second <= 114 && second !== 111 && second !== 113);
      if (!isPossible) return undefined;
    }
    let word = '';
    for (let i = wordStart; i < wordEnd; i++) word += String.fromCharCode(bytes[i]);
    word = word.toLowerCase();
    if (structural.has(word)) return word;
    if (!this.macros.has(word)) return undefined;
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
    if (!this.conditions.isSkipping) this.parse(frame, from, at);
    const { bytes } = frame.text;
    const lineEnd = bytes.indexOf(10, start);
    frame.at = lineEnd < 0 || lineEnd >= frame.end ? frame.end : lineEnd + 1;
    if (frame.kind !== 'file' || bytes[start] !== 35) return;
    const line = frame.text.slice(start, Math.min(frame.at, start + 4096));
    const marker = /^#\s*(?:line\s+)?(\d+)\s+("(?:[^"\\]|\\.)*")/.exec(line);
    if (marker) frame.text.mark(frame.at, unquote(marker[2]), Number(marker[1]));
  }

  private parse(frame: Frame, start: number, end: number): void {
    if (end <= start) return;
    const { text } = frame;
    this.text = text;
    parseStatements(text.slice(start, end), start, this, (error) => {
      const place = { text, start: error.start, end: error.end };
      this.assembly.error('A0001', error.message, place, error.notes);
    });
    this.prefixes = [];
  }

  // What the parser finds

  private at(start: number, end: number): void {
    const place = { text: this.text, start, end };
    this.assembly.where = place;
    this.onStatement?.(place);
  }

  label(name: string, start: number): void {
    const { assembly } = this;
    this.at(start, start + name.length);
    const isNumber = /^\d+$/.test(name);
    if (!isNumber && /^\d/.test(name)) {
      return assembly.error('A0302', `'${name}' cannot be a label`);
    }
    const number = isNumber ? String(BigInt(name)) : name;
    assembly.defineLabel(
      isNumber ? assembly.symbols.nextNumbered(number) : assembly.symbols.get(name),
    );
  }

  assign(name: string, start: number, isFirstOnly: boolean, value: Node, end: number): void {
    const { assembly } = this;
    this.at(start, end);
    const evaluated = evaluate(assembly, value);
    if (name === '.') {
      assembly.item({
        kind: 'org',
        position: assembly.current.length,
        size: 0,
        target: evaluated,
        fill: 0,
        where: assembly.where,
      });
      return;
    }
    assembly.assign(assembly.symbols.get(name), evaluated, isFirstOnly);
  }

  directive(name: string, start: number, operands: Operand[], end: number): void {
    this.at(start, end);
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
    const isIndirect = operands.length > 0 && operands[operands.length - 1].isIndirect;
    const plain = plainOperands(assembly, name, operands);
    if (plain) emitInstruction(assembly, name.toLowerCase(), plain, { prefixes, isIndirect });
  }

  // Text-level directives

  private structure(frame: Frame, word: string, place: Place, wordEnd: number): void {
    const { assembly, conditions } = this;
    const rest = () => frame.text.slice(wordEnd, place.end);
    const test = conditionTests.get(word);
    const outer = assembly.where;
    assembly.where = place;
    if (test) {
      conditions.open(place, () => test(assembly, rest(), frame.text, wordEnd));
    } else if (word === '.else') {
      if (!conditions.otherwise()) assembly.error('A0402', "'.else' without '.if'");
    } else if (word === '.elseif') {
      const ask = conditionTests.get('.if');
      const isFine = conditions.otherwiseIf(
        () => ask !== undefined && ask(assembly, rest(), frame.text, wordEnd),
      );
      if (!isFine) assembly.error('A0402', "'.elseif' without '.if'");
    } else if (word === '.endif') {
      if (!conditions.close()) assembly.error('A0402', "'.endif' without '.if'");
    } else if (!conditions.isSkipping) {
      this.onStatement?.(place);
      this.expand(frame, word, place, rest());
    }
    assembly.where = outer;
  }

  private expand(frame: Frame, word: string, place: Place, rest: string): void {
    const { assembly } = this;
    const macro = this.macros.get(word);
    if (macro && !structural.has(word)) return this.useMacro(macro, place, rest);
    switch (word) {
      case '.macro':
        return this.defineMacro(frame, place, rest);
      case '.rept':
      case '.rep':
      case '.irp':
      case '.irpc':
        return this.repeat(frame, word, place, rest);
      case '.include':
        return this.include(rest, place);
      case '.purgem': {
        const name = rest.trim().toLowerCase();
        if (!this.macros.delete(name)) assembly.warning('A0403', `there is no macro '${name}'`);
        return;
      }
      case '.exitm':
        return this.exitMacro();
      case '.end':
        return this.end();
      case '.endm':
      case '.endr':
        return assembly.warning('A0404', `'${word}' without its beginning`);
      case '.noaltmacro':
        return;
      default:
        assembly.error('A0405', `'${word}' is not supported`);
    }
  }

  /** The text up to the matching end; moves the frame behind it. */
  private body(frame: Frame, opens: (word: string) => boolean, end: string): Body | undefined {
    const { bytes } = frame.text;
    const start = frame.at;
    let depth = 1;
    const scan = new Scan();
    for (let at = start; at < frame.end; at = scan.next) {
      scan.read(bytes, at, frame.end);
      if (bytes[scan.wordStart] !== 46) continue;
      const word = frame.text.slice(scan.wordStart, scan.wordEnd).toLowerCase();
      if (opens(word)) depth++;
      else if (word === end && --depth === 0) {
        frame.at = scan.next;
        return { text: frame.text, start, end: scan.wordStart };
      }
    }
    frame.at = frame.end;
    return undefined;
  }

  private defineMacro(frame: Frame, place: Place, rest: string): void {
    const { assembly } = this;
    const body = this.body(frame, (word) => word === '.macro', '.endm');
    const { name, parameters, problem } = parseDefinition(rest);
    if (problem) assembly.error('A0406', problem);
    if (!body) {
      return assembly.error('A0407', `macro '${name}' has no '.endm'`, place, [
        { message: "expected '.endm' before this end", span: placeAtEnd(frame.text, frame.end) },
      ]);
    }
    if (problem) return;
    const key = name.toLowerCase();
    if (this.macros.has(key)) {
      return assembly.error('A0408', `macro '${name}' is already defined`);
    }
    this.macros.set(key, { name, parameters, body });
  }

  private useMacro(macro: Macro, place: Place, rest: string): void {
    const { assembly } = this;
    const depth = this.frames.filter((frame) => frame.kind === 'macro').length;
    if (depth >= macroDepthMax) {
      assembly.error('A0409', `macros are nested more than ${macroDepthMax} deep`);
      this.end();
      return;
    }
    const values = bindArguments(macro, rest, (message, extra) => {
      // The rest is tidied; what does not stand in it as it is has no place of its own.
      const from = extra === '' ? -1 : rest.lastIndexOf(extra);
      const start = place.end - rest.length + from;
      const where = from < 0 ? place : within(place, start, start + extra.length);
      const names = macro.parameters.map(({ name }) => name).join(', ');
      assembly.error('A0410', message, where, [
        names === '' ? 'it has no parameters' : `its parameters are: ${names}`,
      ]);
    });
    const at = spanOf(place);
    if (!at) return;
    const expansion: Expansion = { kind: 'macro', name: macro.name, at };
    const text = substitute(macro.body, values, this.macroCount++, expansion);
    const conditionDepth = this.conditions.depth;
    this.push({ text, at: 0, end: text.bytes.length, kind: 'macro', conditionDepth });
  }

  private exitMacro(): void {
    const index = this.frames.findLastIndex((frame) => frame.kind === 'macro');
    const isRepeat = this.frames.at(-1)?.kind === 'repeat';
    if (index < 0 && !isRepeat) {
      return this.assembly.warning('A0404', "'.exitm' outside of a macro");
    }
    const target = index < 0 || isRepeat ? this.frames.length - 1 : index;
    this.conditions.cut(this.frames[target].conditionDepth);
    this.frames.length = target;
  }

  private repeat(frame: Frame, word: string, place: Place, rest: string): void {
    const { assembly } = this;
    const body = this.body(frame, (inner) => repetitions.has(inner), '.endr');
    if (!body) {
      return assembly.error('A0407', `'${word}' has no '.endr'`, place, [
        { message: "expected '.endr' before this end", span: placeAtEnd(frame.text, frame.end) },
      ]);
    }
    const at = spanOf(place);
    if (!at) return;
    const expansion: Expansion = { kind: 'repeat', name: word, at };
    if (word === '.irp' || word === '.irpc') this.iterate(word, body, rest, expansion);
    else this.repeatCount(frame, body, rest, expansion, place);
  }

  private iterate(word: string, body: Body, rest: string, expansion: Expansion): void {
    const match = /^\s*([\w.$]+)\s*,?\s*([^]*)$/.exec(rest);
    if (!match) return this.assembly.error('A0406', `'${word}' needs a name and values`);
    const [, name, list] = match;
    let values = splitValues(list);
    if (word === '.irpc') values = [...(values[0] ?? '')];
    if (values.length === 0) values = [''];
    this.pushRounds(values.length, (round) =>
      substitute(body, new Map([[name, values[round]]]), this.macroCount, expansion),
    );
  }

  private repeatCount(
    frame: Frame,
    body: Body,
    rest: string,
    expansion: Expansion,
    place: Place,
  ): void {
    const origin = place.end - rest.length;
    const count = Number(absoluteText(this.assembly, rest, frame.text, origin) ?? 0n);
    if (count < 0) return this.assembly.error('A0413', `a count of ${count} is negative`);
    if (count * (roundBytes + body.end - body.start) > expandedBytesMax) {
      return this.stopExpanding();
    }
    const text = substitute(body, new Map(), this.macroCount, expansion);
    this.pushRounds(count, () => text);
  }

  private pushRounds(count: number, make: (round: number) => Text): void {
    let round = 0;
    const next = (): Body | undefined => {
      if (round >= count) return undefined;
      const text = make(round++);
      return { text, start: 0, end: text.bytes.length };
    };
    const first = next();
    if (!first) return;
    const conditionDepth = this.conditions.depth;
    this.push({ text: first.text, at: 0, end: first.end, kind: 'repeat', conditionDepth, next });
  }

  private include(rest: string, place: Place): void {
    const { assembly } = this;
    if (this.frames.filter(({ kind }) => kind === 'file').length > includeDepthMax) {
      assembly.error('A0411', `files are included more than ${includeDepthMax} deep`, place);
      return this.end();
    }
    const name = /"((?:[^"\\]|\\.)*)"/.exec(rest)?.[0];
    if (!name) return assembly.error('A0414', "'.include' needs a file name in quotes");
    const path = unquote(name);
    const found = findFile(assembly, path);
    if (!found) {
      const start = place.end - rest.length + rest.indexOf(name);
      const where = within(place, start, start + name.length);
      return assembly.error('A0415', `there is no file '${path}' to include`, where, [
        searched(assembly, path),
      ]);
    }
    const at = spanOf(place);
    const inclusion: Expansion | undefined = at && { kind: 'include', name: path, at };
    const text = Text.ofFile(found.path, found.bytes, this.marked, inclusion);
    const isAgain = this.included.has(found.path);
    if (isAgain) this.expandedBytes += inclusionBytes;
    this.included.add(found.path);
    const conditionDepth = this.conditions.depth;
    const end = text.bytes.length;
    this.push({ text, at: 0, end, kind: 'file', conditionDepth, isAgain });
  }

  /** `asm` text of a compiler: stands for `span` as a whole. */
  inline(text: string, span: Span | undefined): void {
    const outer = this.text;
    this.read(Text.ofSpan(text, span), 'inline');
    this.text = outer;
  }
}
