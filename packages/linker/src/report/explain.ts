// What went wrong, said with the place in the source: which object, section and line refers to a
// name that nobody defines, or defines one twice, and which similar names there are.

import type { DiagnosticList, Note } from '@ring0/diagnostics';
import { sourceLines } from '@ring0/dwarf';
import type { SourceLines } from '@ring0/dwarf';
import { symbolBinding, symbolType } from '@ring0/elf';
import type { InputObject, InputSection, LinkSymbol } from '../model.ts';
import { fieldRange, relocationName } from '../output/relocate.ts';
import type { RelocationProblem } from '../output/relocate.ts';
import type { DuplicateDefinition } from '../input/resolve.ts';

const notesMax = 5;

export class Explainer {
  private readonly diagnostics: DiagnosticList;
  private readonly lines = new Map<InputObject, SourceLines>();

  /** The inputs, as they are loaded. */
  private readonly objects: readonly InputObject[];

  constructor(diagnostics: DiagnosticList, objects: readonly InputObject[]) {
    this.diagnostics = diagnostics;
    this.objects = objects;
  }

  /** `main.o: main.c:12: in function 'main' (.text+0x1f)` */
  place(section: InputSection, offset: number): string {
    const { object } = section;
    const line = this.lineOf(section, offset);
    const source = line ? ` ${line}:` : '';
    const owner = enclosingFunction(section, offset);
    const inside = owner ? ` in function '${owner}'` : '';
    return `${object.name}:${source}${inside} (${section.name}+0x${offset.toString(16)})`;
  }

  private lineOf(section: InputSection, offset: number): string | undefined {
    const { object } = section;
    const file = object.file?.elf();
    const elf = object.file?.elfSection(section.index);
    if (!file || !elf) return undefined;
    let lines = this.lines.get(object);
    if (!lines) {
      lines = sourceLines(file);
      this.lines.set(object, lines);
    }
    const found = lines.find(elf, offset);
    return found && `${found.file}:${found.line}`;
  }

  /** Asks where else a name is defined; set once the inputs are loaded. */
  elsewhere: (name: string) => string | undefined = () => undefined;

  /** One diagnostic per undefined name, with the places that refer to it. */
  undefinedSymbols(
    references: ReadonlyMap<LinkSymbol, { section: InputSection; offset: number }[]>,
    globals: ReadonlyMap<string, LinkSymbol>,
    isWarning = false,
  ): void {
    for (const [symbol, places] of references) {
      const notes: Note[] = places.slice(1, notesMax).map(({ section, offset }) => ({
        message: `also in ${this.place(section, offset)}`,
      }));
      if (places.length > notesMax) notes.push({ message: `and ${places.length - notesMax} more` });
      const hint = this.elsewhere(symbol.name) ?? this.otherName(symbol.name, globals);
      if (hint) notes.push({ message: hint });
      const [{ section, offset }] = places;
      const message = `${this.place(section, offset)}: undefined reference to '${symbol.name}'`;
      if (isWarning) this.diagnostics.warning('L0301', message, undefined, { notes });
      else this.diagnostics.error('L0301', message, undefined, { notes });
    }
  }

  /** What else `name` may be: a local symbol, a register without %, a name spelled alike. */
  otherName(name: string, globals: ReadonlyMap<string, LinkSymbol>): string | undefined {
    const local = this.localDefinition(name);
    if (local) return `'${name}' is defined in ${local}, but not global: .globl ${name}`;
    if (/^(e?[abcd]x|[abcd][lh]|e?[sd]i|e?[sb]p)$/.test(name)) {
      return `a register is written with its percent sign: %${name}`;
    }
    const near = nearName(name, globals);
    return near === undefined ? undefined : `did you mean '${near}'?`;
  }

  /** The object that keeps `name` to itself. */
  localDefinition(name: string): string | undefined {
    const holder = this.objects.find(({ symbols, file }) =>
      symbols.some(
        (each, index) =>
          each?.name === name && each.binding === symbolBinding.local && file?.isPlaced(index),
      ),
    );
    return holder?.name;
  }

  duplicates(list: readonly DuplicateDefinition[]): void {
    for (const { symbol, first, object, section, value } of list) {
      if (isInput(section) && section.isDiscarded) continue;
      if (isInput(first.section) && first.section.isDiscarded) continue;
      const where = isInput(section) ? this.place(section, value) : `${object.name}:`;
      const other = isInput(first.section)
        ? this.place(first.section, first.value)
        : `${first.object?.name ?? 'the script'} (absolute)`;
      const message = `${where}: multiple definition of '${symbol.name}'`;
      this.diagnostics.error('L0302', message, undefined, {
        notes: [
          { message: `first defined in ${other}` },
          { message: 'keep one; the others may be local (no .globl; in C static) or renamed' },
        ],
      });
    }
  }

  /** A reference that NOCROSSREFS forbids. */
  prohibited(
    section: InputSection,
    offset: number,
    { symbol, from, target }: { symbol: LinkSymbol; from: string; target: string },
  ): void {
    const what = `prohibited cross reference from ${from} to ${describe(symbol)} in ${target}`;
    this.diagnostics.error('L0307', `${this.place(section, offset)}: ${what}`);
  }

  relocation(problem: RelocationProblem): void {
    const { kind, section, offset, symbol, type, value } = problem;
    const name = relocationName(type);
    const target = symbol ? describe(symbol) : 'no symbol';
    const where = this.place(section, offset);
    if (kind === 'overflow') {
      const shown = value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
      const range = fieldRange(type);
      const message = `${where}: ${name} against ${target} does not fit: ${shown} is not in ${range}`;
      this.diagnostics.error('L0303', message, undefined, { notes: [reach(type, value)] });
    } else if (kind === 'discarded') {
      const message = `${where}: ${target} is defined in a section that was discarded`;
      this.diagnostics.error('L0304', message);
    } else if (kind === 'outside') {
      this.diagnostics.error('L0305', `${where}: ${name} lies outside of its section`);
    } else {
      const message = `${where}: ${name} against ${target} cannot be applied to this instruction`;
      this.diagnostics.error('L0306', message);
    }
  }
}

const isInput = (section: LinkSymbol['section']): section is InputSection =>
  section !== undefined && section !== 'absolute' && section.kind !== 'output';

function describe(symbol: LinkSymbol): string {
  if (symbol.name !== '') return `'${symbol.name}'`;
  return isInput(symbol.section) ? `section '${symbol.section.name}'` : 'a symbol without a name';
}

/** What to try where an address is too far away for its field. */
function reach(type: number, value: number): Note {
  const is16 = /_(PC)?16$/.test(relocationName(type));
  if (is16 && value > 0xffff) {
    const message = '16-bit code reaches 64 KiB; link it below 0x10000, as by -Ttext 0x7c00';
    return { message };
  }
  return { message: 'use a wider field (.long, movl, a near jump), or move the two closer' };
}

/** The function of the section whose range holds the offset, or the last label before it. */
function enclosingFunction(section: InputSection, offset: number): string | undefined {
  const { file } = section.object;
  let best = 0;
  let bestValue = -1;
  for (let i = 1; file && i < file.symbolCount; i++) {
    const value = file.symbolValue(i);
    const size = file.symbolSize(i);
    if (file.symbolType(i) !== symbolType.func || file.symbolSection(i) !== section.index) continue;
    if (value > offset || (size > 0 && offset >= value + size) || value <= bestValue) continue;
    best = i;
    bestValue = value;
  }
  return best === 0 ? undefined : file?.symbolName(best);
}

/** A defined name at most a third of the letters away. */
export function nearName(
  name: string,
  globals: ReadonlyMap<string, LinkSymbol>,
): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.min(3, Math.floor(name.length / 3)) + 1;
  for (const [candidate, symbol] of globals) {
    if (symbol.state === 'undefined' || candidate === name) continue;
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(name, candidate, bestDistance);
    if (distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}

/** Letters to change, insert or drop; gives up at `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(change, previous[j] + 1, row[j - 1] + 1));
    }
    if (Math.min(...row) >= limit) return limit;
    previous = row;
  }
  return previous[b.length];
}
