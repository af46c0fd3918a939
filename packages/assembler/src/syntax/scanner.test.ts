// The scanner makes of a text what Chevrotain's lexer makes of it with the same vocabulary.

import { Lexer, createToken } from 'chevrotain';
import { expect, test } from 'vitest';
import { scan } from './scanner.ts';
import * as T from './tokens.ts';

const skipped = [T.Blank, T.LineComment, T.BlockComment];

/** A string, without the pattern that it does not have. */
function quoted(text: string, start: number): [string] | null {
  const found = /^"(?:[^"\\]|\\[^])*"/.exec(text.slice(start));
  return found && [found[0]];
}

const lexer = new Lexer(
  T.scannedTypes.map((type) =>
    createToken({
      name: type.name,
      pattern: type.PATTERN ?? { exec: quoted },
      line_breaks: true,
      group: skipped.includes(type) ? Lexer.SKIPPED : undefined,
    }),
  ),
  { positionTracking: 'onlyOffset', skipValidations: true },
);

type Result = ReturnType<typeof scan>;

const shown = ({ tokens, errors }: Result) => ({
  tokens: tokens.map((each) => `${each.startOffset} ${each.tokenType.name} ${each.image}`),
  errors: errors.map(({ offset, length }) => `${offset} ${length}`),
});

const pieces = [
  ...'%()[]{}$@,;:+-*/\\#!~^&|<>=\'"`?_.aZ09 \t\n\r\f\v\0\x7f\x80\xff\u0100\u20ac',
  ...['st', '%eax', '/*', '*/', '0x1f', '0f:', '12', '<<', '<>', '&&', '||', '==', '!='],
  ...['{vex3}', "'a'", '"a b"', '% st ( 1 )', 'movl', '.long', 'foo@GOT', '\u{1f600}'],
];

test('texts of any letters give the tokens of the lexer', () => {
  let state = 1;
  const below = (count: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % count;
  };
  let strange = 0;
  for (let round = 0; round < 5000; round++) {
    const text = Array.from({ length: 1 + below(14) }, () => pieces[below(pieces.length)]).join('');
    const found = scan(text);
    strange += found.errors.length;
    expect(shown(found), JSON.stringify(text)).toEqual(shown(lexer.tokenize(text)));
  }
  expect(strange).toBeGreaterThan(1000);
});

test('a string of megabytes is one token, and none if it is not closed', () => {
  const inner = 'a\\"'.repeat(1_000_000);
  expect(scan(`"${inner}"`).tokens.length).toBe(1);
  expect(scan(`"\\\\\\"`)).toMatchObject({ errors: [{ offset: 0 }] });
});
