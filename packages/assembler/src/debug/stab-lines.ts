// --gstabs: records of the files, functions and lines that instructions come from. A line inside of
// `.func` is told by its distance from the function's start, as GNU as has it.

import type { Assembly } from '../object/assembly.ts';
import { symbolValue, zero } from '../values/expression.ts';
import type { Expression } from '../values/expression.ts';
import { writtenAt } from './lines.ts';
import { emitStab } from '../directives/stabs.ts';
import type { AsmSymbol } from '../object/symbols.ts';
import { spanOf } from '../text/text.ts';

/** The kinds of records (stab.def of the format). */
const kind = { function: 0x24, line: 0x44, source: 0x64, symbol: 0x80, included: 0x84 };

export interface StabLines {
  /** --gstabs+: the directory has a record of its own before each input. */
  readonly directory: string | undefined;
  file: string;
  line: number;
  function: AsmSymbol | undefined;
  hasVoid: boolean;
}

function record(
  assembly: Assembly,
  type: number,
  more: { text?: string; line?: number; value: Expression },
) {
  const { text, line = 0, value } = more;
  emitStab(assembly, { text, type, other: 0, description: line & 0xffff, value });
}

/** One of the inputs begins. */
export function beginStabSource(assembly: Assembly, path: string): void {
  const { stabs, options } = assembly;
  const { directory = '.', stabStyle } = options.output ?? {};
  if (stabStyle === undefined) return;
  stabs.lines ??= {
    directory: stabStyle === 'gnu' ? `${directory.replace(/\/$/, '')}/` : undefined,
    file: '',
    line: 0,
    function: undefined,
    hasVoid: false,
  };
  const { lines } = stabs;
  const texts = lines.directory === undefined ? [path] : [lines.directory, path];
  for (const text of texts) {
    const value = symbolValue(assembly.here());
    emitStab(assembly, { text, type: kind.source, other: 0, description: 0, value }, path);
  }
  lines.file = path;
  lines.line = 0;
}

/** An instruction begins here; the record of its line, unless the one before says it already. */
export function stabLine(assembly: Assembly, lines: StabLines): void {
  const span = writtenAt(assembly.where);
  if (!span) return;
  const { path } = span.file;
  const { line } = span.file.position(span.start);
  if (path === lines.file && line === lines.line) return;
  if (path !== lines.file) {
    record(assembly, kind.included, { text: path, value: symbolValue(assembly.here()) });
  }
  lines.file = path;
  lines.line = line;
  record(assembly, kind.line, { line, value: sinceFunction(assembly, lines) });
}

function sinceFunction(assembly: Assembly, lines: StabLines): Expression {
  const here = symbolValue(assembly.here());
  return lines.function ? assembly.fold('-', here, symbolValue(lines.function)) : here;
}

/** `.func name, label` and `.endfunc`. */
export function stabFunction(assembly: Assembly, name: string, label: string): void {
  const { lines } = assembly.stabs;
  const span = spanOf(assembly.where);
  if (!lines || !span) return;
  if (!lines.hasVoid) {
    lines.hasVoid = true;
    record(assembly, kind.symbol, { text: 'void:t1=1', value: zero });
  }
  const symbol = assembly.symbols.get(label);
  const line = span.file.position(span.start).line + 1;
  record(assembly, kind.function, { text: `${name}:F1`, line, value: symbolValue(symbol) });
  lines.function = symbol;
}

/** The function ends: a record with its size. */
export function stabFunctionEnd(assembly: Assembly): void {
  const { lines } = assembly.stabs;
  if (!lines?.function) return;
  record(assembly, kind.function, { text: '', value: sinceFunction(assembly, lines) });
  lines.function = undefined;
}
