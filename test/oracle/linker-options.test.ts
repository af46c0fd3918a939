// Each option of ld against GNU ld: same status, same bytes, same standard output, and something on standard error where GNU ld
// says something.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bench, missingTool } from './gnu-bench.ts';
import { compareLinks } from './link/compare.ts';
import { driverLine } from './link/native.ts';
import { makeOptionInputs, mapLines, optionLines } from './link/option-cases.ts';

const missing = missingTool();
if (missing) console.log(`linker options oracle skipped: ${missing}`);
const bench = new Bench();
afterAll(() => bench.remove());

describe.skipIf(missing)('options do what GNU ld does', { timeout: 60_000 }, () => {
  beforeAll(() => makeOptionInputs(bench));

  test.each(optionLines)('%s', (line) => {
    const { gnu, ours, ...both } = compareLinks(bench, line.split(' '));
    expect(ours.isAccepted, `${gnu.text}\n${ours.text}`).toBe(gnu.isAccepted);
    expect(ours.text !== '', `${gnu.text}\n${ours.text}`).toBe(gnu.text !== '');
    expect(both.ourShown).toBe(both.gnuShown);
    expect(both.isSame).toBe(gnu.isAccepted);
  });

  test.each(mapLines)('%s, and the map', (line) => {
    const { gnu, ours, ...both } = compareLinks(bench, line.split(' '), true);
    expect(ours.isAccepted, `${gnu.text}\n${ours.text}`).toBe(gnu.isAccepted);
    expect(both.ourMap).toBe(both.gnuMap);
    expect(both.ourShown).toBe(both.gnuShown);
    expect(both.isSame).toBe(gnu.isAccepted);
  });

  test('a static program of glibc, and its map', () => {
    bench.compile(
      'hello',
      '#include <stdio.h>\nint main(void) { return printf("%d\\n", 3) < 0; }\n',
    );
    const line = driverLine(bench, ['-static', 'hello.o']);
    const words = line.filter((word, at) => word !== '-m' && line[at - 1] !== '-m');
    const both = compareLinks(bench, words, true);
    expect(both.ourMap).toBe(both.gnuMap);
    expect(both.isSame).toBe(true);
  });
});
