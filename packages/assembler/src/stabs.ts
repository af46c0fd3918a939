// `.stabs`, `.stabn`, `.stabd`: the debugging records of old, twelve bytes each in .stab, with their
// strings in .stabstr (the stabs format; GNU as manual, `.stabd`). The first record counts the
// others and names the source.

import { ByteWriter, latin1Bytes } from '@ring0/bytes';
import type { Assembly } from './assembly.ts';
import { argumentPlace, expressionArgument, numberArgument, stringArgument } from './directive.ts';
import type { Directive, DirectiveHandler } from './directive.ts';
import { constant, symbolValue } from './expression.ts';
import type { Expression } from './expression.ts';
import type { Section } from './sections.ts';
import type { StabLines } from './stab-lines.ts';
import { spanOf } from './text.ts';

const recordBytes = 12;

export interface StabState {
  section: Section | undefined;
  strings: Section | undefined;
  /** --gstabs: instructions get records of their lines. */
  lines: StabLines | undefined;
}

export function newStabState(): StabState {
  return { section: undefined, strings: undefined, lines: undefined };
}

/** Runs `emit` with `section` as the current one. */
function inside(assembly: Assembly, section: Section, emit: () => void): void {
  const { current, previous } = assembly;
  assembly.current = section.subsection(0);
  emit();
  assembly.current = current;
  assembly.previous = previous;
}

function stringOffset(assembly: Assembly, text: string): number {
  const { stabs } = assembly;
  if (text === '') return 0;
  const strings = assembly.section('.stabstr', { type: 3, flags: 0, entrySize: 0 });
  let offset = 0;
  inside(assembly, strings, () => {
    if (assembly.current.length === 0) assembly.bytes(new Uint8Array(1));
    offset = assembly.current.length;
    assembly.bytes(latin1Bytes(`${text}\0`));
  });
  stabs.strings = strings;
  return offset;
}

export interface Stab {
  readonly text: string | undefined;
  readonly type: number;
  readonly other: number;
  readonly description: number;
  readonly value: Expression;
}

/** Adds a record; the first of all gets the head before it. */
export function emitStab(assembly: Assembly, stab: Stab, file = mainFile(assembly)): void {
  const { stabs } = assembly;
  if (!stabs.section) {
    stabs.section = assembly.section('.stab', {
      type: 1,
      flags: 0,
      entrySize: recordBytes,
      link: '.stabstr',
    });
    stabs.section.alignment = 4;
    const { section } = stabs;
    const source = stringOffset(assembly, file);
    inside(assembly, section, () => {
      const head = new ByteWriter(recordBytes);
      head.u32(source);
      head.fill(8);
      assembly.bytes(head.take());
    });
  }
  const name = stab.text === undefined ? 0 : stringOffset(assembly, stab.text);
  inside(assembly, stabs.section, () => {
    assembly.field(4, constant(BigInt(name)));
    assembly.field(1, constant(BigInt(stab.type)));
    assembly.field(1, constant(BigInt(stab.other)));
    assembly.field(2, constant(BigInt(stab.description)));
    assembly.field(4, stab.value);
  });
}

function mainFile(assembly: Assembly): string {
  return spanOf(assembly.where)?.file.path ?? '';
}

/** Once everything is read: the first record gets its counts. */
export function finishStabs(assembly: Assembly): void {
  const { section, strings } = assembly.stabs;
  if (!section) return;
  const { bytes, length } = section.subsections[0];
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint16(6, length / recordBytes - 1, true);
  view.setUint32(8, strings?.subsections[0].length ?? 0, true);
}

function numbers(directive: Directive, first: number): [number, number, number] | undefined {
  const found = [0, 1, 2].map((i) => numberArgument(directive, first + i));
  const [type, other, description] = found;
  if (type === undefined || other === undefined || description === undefined) return undefined;
  return [type, other, description];
}

function stabs(directive: Directive): void {
  const { assembly, operands } = directive;
  if (operands.length !== 5) return missing(directive, 5);
  const text = stringArgument(directive, 0);
  const given = numbers(directive, 1);
  const value = expressionArgument(directive, 4);
  if (text === undefined || !given || !value) return;
  emitStab(assembly, { text, type: given[0], other: given[1], description: given[2], value });
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
  '.stabs': stabs,
  '.stabn': stabn,
  '.stabd': stabd,
};
