// Corners of the linker against GNU ld: groups and their signatures, common symbols that stay common, kept sections, program
// headers of odd scripts. Each case is a few lines of assembly, a script where it needs one, and a command line.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bench, missingTool } from './gnu-bench.ts';
import { compareLinks } from './link/compare.ts';
import { cornerLines, makeCornerInputs } from './link/corner-cases.ts';

const missing = missingTool();
if (missing) console.log(`linker corners oracle skipped: ${missing}`);
const bench = new Bench();
afterAll(() => bench.remove());

describe.skipIf(missing)('corners are as GNU ld has them', { timeout: 60_000 }, () => {
  beforeAll(() => makeCornerInputs(bench));

  test.each(cornerLines)('%s', (line) => {
    const { gnu, ours, ...both } = compareLinks(bench, line.split(' '));
    expect(ours.isAccepted, `${gnu.text}\n${ours.text}`).toBe(gnu.isAccepted);
    expect(ours.text !== '', `${gnu.text}\n${ours.text}`).toBe(gnu.text !== '');
    expect(both.ourShown).toBe(both.gnuShown);
    expect(both.isSame).toBe(gnu.isAccepted);
  });
});
