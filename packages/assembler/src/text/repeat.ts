// Repetitions: `.rept`, `.irp`, `.irpc`, and the taking of a body up to its end.

import type { Expansion } from '@ring0/diagnostics';
import { absoluteText } from './condition-tests.ts';
import { expandedBytesMax, lastPlace, lineAtEnd, placeAtEnd, roundBytes } from './input.ts';
import type { Frame, Input } from './input.ts';
import { splitLetters, splitValues } from './macro-arguments.ts';
import { substitute } from './macros.ts';
import type { Body } from './macros.ts';
import { Scan } from './scan.ts';
import { scrub } from './scrub.ts';
import { Text, Use, spanOf } from './text.ts';
import type { Place } from './text.ts';

const repetitions: ReadonlySet<string> = new Set([
  '.rept',
  '.rep',
  '.irp',
  '.irep',
  '.irpc',
  '.irepc',
]);

/** The text up to the matching end; moves the frame behind it. */
export function takeBody(
  frame: Frame,
  opens: (word: string) => boolean,
  end: string,
): Body | undefined {
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

interface Repetition {
  readonly frame: Frame;
  readonly word: string;
  readonly place: Place;
  /** What follows the word. */
  readonly rest: string;
}

/** `.rept`, `.irp`, `.irpc`: reads the body again and again. */
export function repeat(input: Input, repetition: Repetition): void {
  const { assembly } = input;
  const { frame, word, place } = repetition;
  const body = takeBody(frame, (inner) => repetitions.has(inner), '.endr');
  if (!body) {
    const end = placeAtEnd(frame.text, frame.end);
    const edit = lineAtEnd(frame, '.endr');
    if (word.startsWith('.ir')) {
      const notes = [
        { message: "expected '.endr' before this end", span: lastPlace(frame.text, frame.end) },
      ];
      return assembly.error('A0407', `'${word}' has no '.endr'`, place, notes, edit);
    }
    // GNU as finds this mistake where the text ends.
    const notes = [{ message: `here is the '${word}'`, span: spanOf(place) }];
    const message = `'${word}' has no '.endr' before this end`;
    return assembly.error('A0407', message, end, notes, edit);
  }
  const expansion = new Use('repeat', word, place);
  if (word.startsWith('.ir')) iterate(input, repetition, body, expansion);
  else repeatCount(input, repetition, body, expansion);
}

function iterate(
  input: Input,
  { word, place, rest }: Repetition,
  body: Body,
  expansion: Expansion,
): void {
  const match = /^([A-Za-z_.$\x80-\xff][\w.$\x80-\xff]*)[ ,]?([^]*)$/.exec(scrub(rest));
  if (!match) return input.assembly.error('A0406', `'${word}' needs a name and values`);
  const [, name, list] = match;
  const isByLetter = word === '.irpc' || word === '.irepc';
  const values = isByLetter ? splitLetters(list) : splitValues(list, input.argumentMode(place));
  const { isAlternate } = input;
  pushRounds(input, values.length, (round) => {
    const how = { values: new Map([[name, values[round]]]), count: input.macroCount, isAlternate };
    return substitute(body, how, expansion);
  });
}

function repeatCount(
  input: Input,
  { frame, place, rest }: Repetition,
  body: Body,
  expansion: Expansion,
): void {
  const { assembly } = input;
  const origin = place.end - rest.length;
  const isEmpty = scrub(rest) === '';
  const count = isEmpty ? 0 : Number(absoluteText(assembly, rest, frame.text, origin) ?? 0n);
  if (count < 0) {
    return assembly.error('A0413', `a count of ${count} is negative`);
  }
  if (count * (roundBytes + body.end - body.start) > expandedBytesMax) {
    return input.stopExpanding();
  }
  const bytes = body.text.bytes.subarray(body.start, body.end);
  const text = Text.expanded(body.text, bytes, [0, body.start], expansion);
  pushRounds(input, count, () => text);
}

function pushRounds(input: Input, count: number, make: (round: number) => Text): void {
  let round = 0;
  const next = (): Body | undefined => {
    if (round >= count) return undefined;
    const text = make(round++);
    return { text, start: 0, end: text.bytes.length };
  };
  const first = next();
  if (!first) return;
  const conditionDepth = input.conditions.depth;
  input.push({ text: first.text, at: 0, end: first.end, kind: 'repeat', conditionDepth, next });
}
