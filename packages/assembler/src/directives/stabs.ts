// `.stabs`, `.stabn`, `.stabd`: the debugging records of old, twelve bytes each in .stab, with their
// strings in .stabstr (the stabs format; GNU as manual, `.stabd`). The first record counts the
// others and names the source.

import { ByteWriter, latin1Bytes } from '@ring0/bytes';
import type { Assembly } from '../object/assembly.ts';
import { argumentPlace, expressionArgument, numberArgument, stringArgument } from './directive.ts';
import type { Directive, DirectiveHandler } from './directive.ts';
import { constant, symbolValue } from '../values/expression.ts';
import type { Expression } from '../values/expression.ts';
import type { Section } from '../object/sections.ts';
import type { StabLines } from '../debug/stab-lines.ts';
import { spanOf } from '../text/text.ts';

const recordBytes = 12;

/** Records and their strings. */
interface StabSections {
  readonly records: Section;
  readonly strings: Section;
}

export interface StabState {
  /** By the name of the records' section, which is `.stab` but for `.xstabs`. */
  readonly tables: Map<string, StabSections>;
  /** --gstabs: instructions get records of their lines. */
  lines: StabLines | undefined;
}

export function newStabState(): StabState {
  return { tables: new Map(), lines: undefined };
}

/** Runs `emit` with `section` as the current one. */
function inside(assembly: Assembly, section: Section, emit: () => void): void {
  const { current, previous } = assembly;
  assembly.current = section.subsection(0);
  emit();
  assembly.current = current;
  assembly.previous = previous;
}

function stringOffset(assembly: Assembly, { strings }: StabSections, text: string): number {
  if (text === '') return 0;
  let offset = 0;
  inside(assembly, strings, () => {
    if (assembly.current.length === 0) assembly.bytes(new Uint8Array(1));
    offset = assembly.current.length;
    assembly.bytes(latin1Bytes(`${text}\0`));
  });
  return offset;
}

export interface Stab {
  readonly text: string | undefined;
  readonly type: number;
  readonly other: number;
  readonly description: number;
  readonly value: Expression;
}

/** The table of that name; a head stands before its first record. */
function tableNamed(assembly: Assembly, name: string, file: string): StabSections {
  const { tables } = assembly.stabs;
  const known = tables.get(name);
  if (known) return known;
  const isUsual = name.startsWith('.stab');
  const type = isUsual ? 3 : 1;
  const link = isUsual ? `${name}str` : undefined;
  const entrySize = isUsual ? recordBytes : 0;
  const records = assembly.section(name, { type: 1, flags: 0, entrySize, link });
  records.alignment = 4;
  const strings = assembly.section(`${name}str`, { type, flags: 0, entrySize: 0 });
  const table = { records, strings };
  tables.set(name, table);
  const source = stringOffset(assembly, table, file);
  inside(assembly, records, () => {
    const head = new ByteWriter(recordBytes);
    head.u32(source);
    head.fill(8);
    assembly.bytes(head.take());
  });
  return table;
}

/** Adds a record to a table. */
export function emitStab(
  assembly: Assembly,
  stab: Stab,
  file: string = mainFile(assembly),
  name = '.stab',
): void {
  const table = tableNamed(assembly, name, file);
  const text = stab.text === undefined ? 0 : stringOffset(assembly, table, stab.text);
  inside(assembly, table.records, () => {
    assembly.field(4, constant(BigInt(text)));
    assembly.field(1, constant(BigInt(stab.type)));
    assembly.field(1, constant(BigInt(stab.other)));
    assembly.field(2, constant(BigInt(stab.description)));
    assembly.field(4, stab.value);
  });
}

/** The file that these lines are of: what `.file` or a line `# 1 "name"` said last. */
function mainFile(assembly: Assembly): string {
  const path = spanOf(assembly.where)?.file.path ?? '';
  const said = assembly.sourceFiles.at(-1);
  return said && (spanOf(said.at)?.file.path ?? '') === path ? said.name : path;
}

/** Once everything is read: the first record of each table of stabs gets its counts. */
export function finishStabs(assembly: Assembly): void {
  for (const [name, { records, strings }] of assembly.stabs.tables) {
    if (!name.startsWith('.stab')) continue;
    const { bytes, length } = records.subsections[0];
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    view.setUint16(6, length / recordBytes - 1, true);
    view.setUint32(8, strings.subsections[0].length, true);
  }
}

function numbers(directive: Directive, first: number): [number, number, number] | undefined {
  const found = [0, 1, 2].map((i) => numberArgument(directive, first + i));
  const [type, other, description] = found;
  if (type === undefined || other === undefined || description === undefined) return undefined;
  return [type, other, description];
}

/** The five arguments from `first` on. */
function stabsFrom(directive: Directive, first: number, table?: string): void {
  const { assembly, operands } = directive;
  if (operands.length !== first + 5) return missing(directive, first + 5);
  const text = stringArgument(directive, first);
  const given = numbers(directive, first + 1);
  const value = expressionArgument(directive, first + 4);
  if (text === undefined || !given || !value) return;
  const [type, other, description] = given;
  emitStab(assembly, { text, type, other, description, value }, undefined, table);
}

/** `.xstabs "section", ..`: in a table of its own. */
function stabsElsewhere(directive: Directive): void {
  const name = stringArgument(directive, 0);
  if (name !== undefined) stabsFrom(directive, 1, name);
}

function stabn(directive: Directive): void {
  if (directive.operands.length !== 4) return missing(directive, 4);
  const given = numbers(directive, 0);
  const value = expressionArgument(directive, 3);
  if (!given || !value) return;
  const [type, other, description] = given;
  emitStab(directive.assembly, { text: undefined, type, other, description, value });
}

/** The value is the place where the directive stands. */
function stabd(directive: Directive): void {
  const { assembly, operands } = directive;
  if (operands.length !== 3) return missing(directive, 3);
  const given = numbers(directive, 0);
  if (!given) return;
  const [type, other, description] = given;
  const value = symbolValue(assembly.here());
  emitStab(assembly, { text: undefined, type, other, description, value });
}

function missing(directive: Directive, count: number): void {
  const { assembly, operands, name } = directive;
  const message = `'${name}' takes ${count} arguments, found ${operands.length}; it is left out`;
  assembly.warning('A0515', message, argumentPlace(directive, 0));
}

export const stabDirectives: Readonly<Record<string, DirectiveHandler>> = {
  '.stabs': (directive) => stabsFrom(directive, 0),
  '.xstabs': stabsElsewhere,
  '.stabn': stabn,
  '.stabd': stabd,
};
