// Each option of ld against GNU ld: same status, same bytes, same standard output, and something on standard error where GNU ld
// says something.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bench, missingTool } from './gnu-bench.ts';
import { compareLinks } from './link/compare.ts';
import { makeOptionInputs, optionLines } from './link/option-cases.ts';

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
});
