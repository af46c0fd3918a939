// The directives that steer the text itself: macros, conditionals, inclusions.

import type { Expansion } from '@ring0/diagnostics';
import type { Assembly } from './assembly.ts';
import { conditionTests } from './condition-tests.ts';
import { unquote } from './evaluate.ts';
import { findFile, searched } from './files.ts';
import { chooseSyntax } from './directives-machine.ts';
import { placeAtEnd } from './input.ts';
import type { Frame, Input } from './input.ts';
import { bindArguments, parseDefinition, substitute } from './macros.ts';
import type { Macro } from './macros.ts';
import { repeat, takeBody } from './repeat.ts';
import { Text, spanOf, within } from './text.ts';
import type { Place } from './text.ts';

const macroDepthMax = 100;
const includeDepthMax = 100;
/** What including a file again counts for, besides its text. */
const inclusionBytes = 1024;

/** Words that this file answers for. */
export const structural: ReadonlySet<string> = new Set([
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
  '.att_syntax',
  '.intel_syntax',
  '.altmacro',
  '.noaltmacro',
  ...conditionTests.keys(),
]);

export class Structure {
  readonly macros = new Map<string, Macro>();
  private readonly input: Input;
  private readonly assembly: Assembly;
  private readonly included = new Set<string>();

  constructor(input: Input) {
    this.input = input;
    this.assembly = input.assembly;
  }

  execute(frame: Frame, word: string, place: Place, wordEnd: number): void {
    const { assembly } = this;
    const { conditions } = this.input;
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
      this.input.onStatement?.(place);
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
        return repeat(this.input, { frame, word, place, rest });
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
        return this.input.end();
      case '.endm':
      case '.endr':
        return assembly.warning('A0404', `'${word}' without its beginning`);
      case '.att_syntax':
      case '.intel_syntax':
        return chooseSyntax(assembly, word, rest, place);
      case '.noaltmacro':
        return;
      default:
        assembly.error('A0405', `'${word}' is not supported`);
    }
  }

  private defineMacro(frame: Frame, place: Place, rest: string): void {
    const { assembly } = this;
    const body = takeBody(frame, (word) => word === '.macro', '.endm');
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
    const depth = this.input.frames.filter((frame) => frame.kind === 'macro').length;
    if (depth >= macroDepthMax) {
      assembly.error('A0409', `macros are nested more than ${macroDepthMax} deep`);
      this.input.end();
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
    const text = substitute(macro.body, values, this.input.macroCount++, expansion);
    const conditionDepth = this.input.conditions.depth;
    this.input.push({ text, at: 0, end: text.bytes.length, kind: 'macro', conditionDepth });
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
      return this.input.end();
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
    const text = Text.ofFile(found.path, found.bytes, this.input.marked, inclusion);
    const isAgain = this.included.has(found.path);
    if (isAgain) this.input.countBytes(inclusionBytes);
    this.included.add(found.path);
    const conditionDepth = this.input.conditions.depth;
    const end = text.bytes.length;
    this.input.push({ text, at: 0, end, kind: 'file', conditionDepth, isAgain });
  }
}
