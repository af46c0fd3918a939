// Lines of the cases, mixed and damaged: whatever the source, the assembler answers with an object
// or with errors, within bounds. The seed is fixed; the longer runs are in test/long.

import { assemble } from '@ring0/assembler';
import { writeElf } from '@ring0/elf';
import { expect, test } from 'vitest';
import { gnuCases } from './gnu-cases.ts';

const lines = ['data', 'symbols', 'sections', 'expressions', 'frames', 'lines'].flatMap((group) =>
  gnuCases(group).flatMap(({ source }) => source.split('\n').filter((line) => line !== '')),
);
const pieces = (
  '0 -1 1 4 foo a . 0xffffffff 99999999999999999999999 ( ) , "x" @progbits - ~ * / % $ 1f 1b 31 ' +
  "1000000 .L1 x-y 'a << 255 .text"
).split(' ');

/** A linear congruential generator: the same numbers in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
}

function damaged(line: string, random: (below: number) => number): string {
  const words = line.split(/(\s+|,)/);
  const at = random(words.length);
  const piece = pieces[random(pieces.length)];
  const other = lines[random(lines.length)].split(/(\s+|,)/)[random(3)] ?? '';
  switch (random(4)) {
    case 0:
      return words.with(at, piece).join('');
    case 1:
      return words.toSpliced(at, 1).join('');
    case 2:
      return words.toSpliced(at, 0, piece).join('');
    default:
      return words.with(at, other).join('');
  }
}

test('4000 damaged sources', () => {
  const random = numbers(20);
  let objects = 0;
  for (let i = 0; i < 4000; i++) {
    let source = '';
    for (let count = 1 + random(12); count > 0; count--) {
      let line = lines[random(lines.length)];
      for (let times = random(3); times > 0; times--) line = damaged(line, random);
      source += `${line}\n`;
    }
    const bytes = new Uint8Array(Buffer.from(source, 'latin1'));
    const output = random(3) === 0 ? ({ debugVersion: 5, addsBuildNotes: true } as const) : {};
    const { object, diagnostics } = assemble(bytes, { path: 'x.s', output });
    const hasErrors = diagnostics.some(({ severity }) => severity === 'error');
    expect(object === undefined, source).toBe(hasErrors);
    if (object) expect(writeElf(object).length).toBeGreaterThan(0);
    if (object) objects++;
  }
  expect(objects).toBeGreaterThan(50);
});
