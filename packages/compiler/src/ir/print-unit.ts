// A unit of the intermediate representation as text: its functions with what the linker and the inliner want to know of
// them, its data, its symbols. parse.ts reads it back.

import { latin1Text } from '@ring0/bytes';
import type { Value } from '@ring0/assembler';
import { LOWERED } from './stage.ts';
import { functionLines, placeText, quoted, symbolText, type TextOptions } from './print.ts';
import type { DataObject, Image, IRUnit, Routine, RoutineTraits, SymbolNote } from './unit.ts';

export interface UnitTextOptions extends TextOptions {
  readonly sourceName?: string | undefined;
}

/** Words for traits that are true or false, in both directions. */
export const traitWords: readonly (readonly [word: string, trait: BooleanTrait])[] = [
  ['weak', 'isWeak'],
  ['used', 'isUsed'],
  ['noinline', 'isNoInline'],
  ['always-inline', 'isAlwaysInline'],
  ['inline-only', 'isInlineOnly'],
  ['naked', 'isNaked'],
  ['constructor', 'isConstructor'],
  ['destructor', 'isDestructor'],
  ['variadic', 'isVariadic'],
];
export type BooleanTrait = {
  [Key in keyof RoutineTraits]-?: RoutineTraits[Key] extends boolean | undefined ? Key : never;
}[keyof RoutineTraits];

/** A function, with its heading. */
export function routineText(routine: Routine, options: TextOptions = {}): string {
  const { f, traits } = routine;
  const words = [`function ${symbolText(f.name)}`, traits.isExternal ? 'external' : 'internal'];
  words.push(`after ${routine.stage}`, `blocks ${f.blocks.length}`);
  if (routine.name !== f.name) words.push(`name ${quoted(routine.name)}`);
  for (const [word, trait] of traitWords) if (traits[trait]) words.push(word);
  if (traits.section !== undefined) words.push(`section ${quoted(traits.section)}`);
  if (traits.aligned !== undefined) words.push(`align ${traits.aligned}`);
  if (traits.visibility !== undefined) words.push(`visibility ${traits.visibility}`);
  if (f.usesAlloca) words.push('alloca');
  if (f.usesFrameAddress) words.push('frame-address');
  if (f.keepsMemory) words.push('keeps-memory');
  if (f.pops > 0) words.push(`pops ${f.pops}`);
  if (routine.labels.length > 0)
    words.push(`labels ${routine.labels.map((b) => `b${b}`).join(' ')}`);
  if (options.hasPlaces) words.push(placeText(routine.span));
  const hasPredecessors = routine.stage !== LOWERED;
  const lines = functionLines(f, { ...options, hasPredecessors });
  return `${[words.join(' '), ...lines].join('\n')}\n`;
}

function addressText({ plus, minus, addend }: Value): string {
  const left = plus === undefined ? '0' : symbolText(plus);
  const right = minus === undefined ? '' : ` - ${symbolText(minus)}`;
  const rest = addend === 0n ? '' : addend < 0n ? ` - ${-addend}` : ` + ${addend}`;
  return left + right + rest;
}

const ZERO_RUN = 16;
const LINE_BYTES = 64;
function byteLines(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  let start = 0;
  const flush = (end: number): void => {
    for (; start < end; start += LINE_BYTES) {
      lines.push(`  bytes ${quoted(latin1Text(bytes, start, Math.min(end, start + LINE_BYTES)))}`);
    }
    start = end;
  };
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== 0) continue;
    let end = i;
    while (end < bytes.length && bytes[end] === 0) end++;
    if (end - i >= ZERO_RUN) {
      flush(i);
      lines.push(`  zero ${end - i}`);
      start = end;
    }
    i = end;
  }
  flush(bytes.length);
  return lines;
}
function imageLines({ bytes, values }: Image): string[] {
  const lines: string[] = [];
  let at = 0;
  for (const place of [...values.keys()].toSorted((a, b) => a - b)) {
    lines.push(...byteLines(bytes.subarray(at, place)));
    lines.push(`  word ${addressText(values.get(place) ?? { addend: 0n })}`);
    at = place + 4;
  }
  lines.push(...byteLines(bytes.subarray(at)));
  return lines;
}

function objectText(object: DataObject, keyword: 'object' | 'literal'): string {
  const words = [`${keyword} ${symbolText(object.symbol)}`];
  words.push(object.isExternal ? 'external' : 'internal');
  if (object.isWeak) words.push('weak');
  if (object.isUsed) words.push('used');
  if (object.isThreadLocal) words.push('thread-local');
  if (object.visibility !== undefined) words.push(`visibility ${object.visibility}`);
  words.push(`size ${object.size}`, `align ${object.alignment}`);
  words.push(`section ${quoted(object.section)}`);
  const { flags, type, entrySize } = object.options ?? {};
  if (flags !== undefined) words.push(`flags ${quoted(flags)}`);
  if (type !== undefined) words.push(`type ${type}`);
  if (entrySize !== undefined) words.push(`entry ${entrySize}`);
  const lines = object.image ? imageLines(object.image) : [];
  return `${[words.join(' '), ...lines].join('\n')}\n`;
}

function noteText(note: SymbolNote): string {
  const alias = note.alias === undefined ? '' : ` = ${symbolText(note.alias)}`;
  const words = [`symbol ${symbolText(note.symbol)}${alias}`];
  words.push(note.isFunction ? 'function' : 'object', note.isExternal ? 'external' : 'internal');
  if (note.isWeak) words.push('weak');
  if (note.visibility !== undefined) words.push(`visibility ${note.visibility}`);
  return `${words.join(' ')}\n`;
}

/** All of a unit but its functions. */
export function dataText(unit: IRUnit, options: UnitTextOptions = {}): string {
  const { sourceName } = options;
  return [
    sourceName === undefined ? '' : `source ${quoted(sourceName)}\n`,
    ...unit.assembly.map(({ text }) => `asm ${quoted(text)}\n`),
    ...unit.literals.map((literal) => objectText(literal, 'literal')),
    ...unit.objects.map((object) => objectText(object, 'object')),
    ...unit.notes.map(noteText),
  ].join('');
}

/** A whole unit. */
export function unitText(unit: IRUnit, options: UnitTextOptions = {}): string {
  const functions = unit.routines.map((routine) => routineText(routine, options));
  return functions.join('') + dataText(unit, options);
}
