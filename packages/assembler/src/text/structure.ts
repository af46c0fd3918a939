// The directives that steer the text itself: macros, conditionals, inclusions.

import type { Expansion } from '@ring0/diagnostics';
import type { Assembly } from '../object/assembly.ts';
import { absoluteText, conditionTests } from './condition-tests.ts';
import { isDirective } from '../directives/directives.ts';
import { unquote } from '../values/evaluate.ts';
import { findFile, searched } from './files.ts';
import { chooseSyntax } from '../directives/directives-machine.ts';
import { lastPlace, lineAtEnd } from './input.ts';
import type { Frame, Input } from './input.ts';
import { readLineMarkers } from './line-markers.ts';
import { bindArguments } from './macro-arguments.ts';
import { parseDefinition, parseParameters, substitute } from './macros.ts';
import type { Macro, Substitution } from './macros.ts';
import { repeat, takeBody } from './repeat.ts';
import { scrub } from './scrub.ts';
import { Text, Use, spanOf, within } from './text.ts';
import type { Place } from './text.ts';

/** True where the version that is to be equalled is older. */
function isBefore(compat: string | undefined, version: number): boolean {
  return Number(compat ?? '2.40') < version;
}

const macroDepthMax = 100;
const includeDepthMax = 100;
/** What including a file again counts for, besides its text. */
const inclusionBytes = 1024;

/** Words that this file answers for. */
export const structural: ReadonlySet<string> = new Set([
  '.macro',
  '.endm',
  '.purgem',
  '.mri',
  '.exitm',
  '.mexit',
  '.rept',
  '.rep',
  '.irp',
  '.irep',
  '.irpc',
  '.irepc',
  '.endr',
  '.include',
  '.end',
  '.else',
  '.elseif',
  '.elsec',
  '.endif',
  '.endc',
  '.att_syntax',
  '.intel_syntax',
  '.altmacro',
  '.noaltmacro',
  '.abort',
  '.linefile',
  ...conditionTests.keys(),
]);

export class Structure {
  readonly macros = new Map<string, Macro>();
  /** Macros whose definition was refused. */
  readonly broken = new Set<string>();
  private readonly input: Input;
  private readonly assembly: Assembly;
  private readonly included = new Set<string>();

  constructor(input: Input) {
    this.input = input;
    this.assembly = input.assembly;
  }

  execute(frame: Frame, word: string, place: Place, wordEnd: number, label: string): void {
    const { assembly } = this;
    const { conditions } = this.input;
    const rest = () => frame.text.slice(wordEnd, place.end);
    const test = conditionTests.get(word);
    const outer = assembly.where;
    assembly.where = place;
    if (test) {
      conditions.open(place, () => test(assembly, rest(), frame.text, wordEnd));
    } else if (word === '.else') {
      if (!conditions.otherwise(place)) this.misplaced(word);
      this.noMore(place, rest());
    } else if (word === '.elseif') {
      const ask = conditionTests.get('.if');
      const isFine = conditions.otherwiseIf(
        () => ask !== undefined && ask(assembly, rest(), frame.text, wordEnd),
      );
      if (!isFine) this.misplaced(word);
    } else if (word === '.endif' || word === '.endc') {
      if (conditions.close()) this.noMore(place, rest());
      else this.misplaced(word);
    } else if (!conditions.isSkipping) {
      this.expand(frame, word, place, rest(), label);
    }
    assembly.where = outer;
  }

  /** `.else`, `.elseif` or `.endif` where none can be. */
  private misplaced(word: string): void {
    const { assembly } = this;
    const { opened, otherwise } = this.input.conditions.places ?? {};
    if (!otherwise) return assembly.error('A0402', `'${word}' without '.if'`);
    assembly.error('A0402', `'${word}' behind '.else'`, assembly.where, [
      { message: "here is the '.else'", span: spanOf(otherwise) },
      { message: "here is the '.if'", span: spanOf(opened) },
    ]);
  }

  /** Complains about text behind a directive that takes none. */
  private noMore(place: Place, rest: string): void {
    const found = scrub(rest);
    if (found === '') return;
    const start = place.end - rest.trimStart().length;
    const message = `found '${found}', expected the end of the statement`;
    this.assembly.error('A0505', message, within(place, start, start + found.length));
  }

  private expand(frame: Frame, word: string, place: Place, rest: string, label: string): void {
    const { assembly } = this;
    const macro = this.macros.get(word);
    if (macro && !structural.has(word)) return this.useMacro(macro, place, rest);
    switch (word) {
      case '.macro':
        return this.defineMacro(frame, place, rest, label);
      case '.rept':
      case '.rep':
      case '.irp':
      case '.irep':
      case '.irpc':
      case '.irepc':
        return repeat(this.input, { frame, word, place, rest });
      case '.include':
        return this.include(rest, place);
      case '.purgem':
        return this.purge(rest);
      case '.exitm':
      case '.mexit':
        return this.exitMacro();
      case '.end':
        return this.input.end();
      case '.endm':
      case '.endr':
        assembly.warning('A0404', `'${word}' without its beginning`);
        return this.noMore(place, rest);
      case '.abort':
        assembly.error('A0901', "'.abort' was reached");
        return this.input.stop();
      case '.linefile':
        return this.lineFile(frame, rest);
      case '.att_syntax':
      case '.intel_syntax':
        return chooseSyntax(assembly, word, rest, place);
      case '.altmacro':
      case '.noaltmacro':
        this.input.isAlternate = word === '.altmacro';
        return this.noMore(place, rest);
      case '.mri':
        return this.mri(frame, place, rest);
      default:
        assembly.error('A0405', `'${word}' is not supported`);
    }
  }

  private mri(frame: Frame, place: Place, rest: string): void {
    const { assembly } = this;
    const value = absoluteText(assembly, rest, frame.text, place.end - rest.length);
    if (value) assembly.error('A0405', "the MRI syntax that '.mri 1' asks for is not supported");
  }

  /** `.linefile 10 "foo.c"`: a line marker as GNU as writes it for itself. */
  private lineFile(frame: Frame, rest: string): void {
    const marker = /^\s*(\d+)\s+("(?:[^"\\]|\\.)*")/.exec(rest);
    if (marker && frame.kind === 'file') {
      frame.text.mark(frame.at, unquote(marker[2]), Number(marker[1]));
    }
  }

  private purge(rest: string): void {
    for (const name of scrub(rest).split(/[ ,]/)) {
      if (name === '' || this.macros.delete(name.toLowerCase())) continue;
      this.assembly.warning('A0403', `there is no macro '${name}'`);
    }
  }

  /** `label` is the one on the line: then it is the name, and what follows are parameters. */
  private defineMacro(frame: Frame, place: Place, rest: string, label: string): void {
    const { assembly, input } = this;
    const body = takeBody(frame, (word) => word === '.macro', '.endm');
    const mode = input.argumentMode(place);
    const definition =
      label === ''
        ? parseDefinition(scrub(rest), mode)
        : { name: label, ...parseParameters(label, scrub(rest), mode) };
    const { name, parameters, problem, warnings } = definition;
    if (!body) {
      const notes = [
        { message: "expected '.endm' before this end", span: lastPlace(frame.text, frame.end) },
      ];
      const edit = lineAtEnd(frame, '.endm');
      return assembly.error('A0407', `macro '${name}' has no '.endm'`, place, notes, edit);
    }
    if (frame.kind === 'file') readLineMarkers(assembly, body);
    if (problem) {
      // Its uses are no further mistakes.
      if (name !== '') this.broken.add(name.toLowerCase());
      return assembly.error('A0406', problem);
    }
    for (const warning of warnings) assembly.warning('A0406', warning);
    const key = name.toLowerCase();
    if (structural.has(key) || isDirective(key)) {
      return assembly.warning('A0417', `'${name}' is a directive; the macro is left out`);
    }
    const old = this.macros.get(key);
    if (old) {
      const span = old.body.text.span(old.body.start, old.body.start + 1);
      return assembly.error('A0408', `macro '${name}' is already defined`, place, [
        { message: 'its body is here', span },
        `'.purgem ${name}' forgets it`,
      ]);
    }
    this.macros.set(key, { name, parameters, body, uses: 0 });
  }

  private useMacro(macro: Macro, place: Place, rest: string): void {
    const { assembly, input } = this;
    const depth = input.frames.filter((frame) => frame.kind === 'macro').length;
    if (depth >= macroDepthMax) {
      assembly.error('A0409', `macros are nested more than ${macroDepthMax} deep`);
      return input.stop();
    }
    const names = macro.parameters.map(({ name }) => name).join(', ');
    const notes = [names === '' ? 'it has no parameters' : `its parameters are: ${names}`];
    const errorsBefore = assembly.diagnostics.errorCount;
    const mode = input.argumentMode(place);
    const values = bindArguments(macro, scrub(rest), mode, (severity, message, extra) => {
      // The rest is scrubbed; what does not stand in it as it is has no place of its own.
      const from = extra === '' ? -1 : rest.lastIndexOf(extra);
      const start = place.end - rest.length + from;
      const where = from < 0 ? place : within(place, start, start + extra.length);
      if (severity === 'error') assembly.error('A0410', message, where, notes);
      else assembly.warning('A0410', message, where, notes);
    });
    if (!values || assembly.diagnostics.errorCount > errorsBefore) return;
    const { isAlternate } = input;
    const how: Substitution = {
      values,
      count: input.macroCount++,
      uses: isBefore(assembly.options.compat, 2.42) ? undefined : macro.uses++,
      isAlternate,
      freshName: isAlternate ? input.freshName : undefined,
      report: (message, start) =>
        assembly.error('A0406', message, { text: macro.body.text, start, end: start + 2 }),
    };
    const text = substitute(macro.body, how, new Use('macro', macro.name, place));
    const conditionDepth = input.conditions.depth;
    input.push({ text, at: 0, end: text.bytes.length, kind: 'macro', conditionDepth });
  }

  private exitMacro(): void {
    const index = this.input.frames.findLastIndex((frame) => frame.kind === 'macro');
    const isRepeat = this.input.frames.at(-1)?.kind === 'repeat';
    if (index < 0 && !isRepeat) {
      return this.assembly.warning('A0404', "'.exitm' outside of a macro");
    }
    const target = index < 0 || isRepeat ? this.input.frames.length - 1 : index;
    this.input.conditions.cut(this.input.frames[target].conditionDepth);
    this.input.frames.length = target;
  }

  private include(rest: string, place: Place): void {
    const { assembly } = this;
    if (this.input.frames.filter(({ kind }) => kind === 'file').length > includeDepthMax) {
      assembly.error('A0411', `files are included more than ${includeDepthMax} deep`, place);
      return this.input.stop();
    }
    const name = /"((?:[^"\\]|\\.)*)"/.exec(rest)?.[0];
    if (!name) return assembly.error('A0414', "'.include' needs a file name in quotes");
    const path = unquote(name);
    this.noMore(place, rest.slice(rest.indexOf(name) + name.length));
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
    const text = Text.ofFile(found.path, found.bytes, this.input.marked, inclusion);
    this.input.checkEnds(text);
    const isAgain = this.included.has(found.path);
    if (isAgain) this.input.countBytes(inclusionBytes);
    this.included.add(found.path);
    const conditionDepth = this.input.conditions.depth;
    const end = text.bytes.length;
    this.input.push({ text, at: 0, end, kind: 'file', conditionDepth, isAgain });
  }
}
