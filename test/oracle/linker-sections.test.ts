// Sections that depend on others, against GNU ld: links between sections, garbage collection with them. Each line gives the same
// verdict, the same bytes, and the same map where no script is given.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bench, missingTool } from './gnu-bench.ts';
import { compareLinks } from './link/compare.ts';
import { makeSectionInputs, sectionLines } from './link/section-cases.ts';

const missing = missingTool();
if (missing) console.log(`linker sections oracle skipped: ${missing}`);
const bench = new Bench();
afterAll(() => bench.remove());

describe.skipIf(missing)('sections that depend on others', { timeout: 60_000 }, () => {
  beforeAll(() => makeSectionInputs(bench));

  test.each(sectionLines)('%s', (line) => {
    const { gnu, ours, ...both } = compareLinks(bench, line.split(' '), !/-[rT] /.test(line));
    expect(ours.isAccepted, `${gnu.text}\n${ours.text}`).toBe(gnu.isAccepted);
    expect(ours.text !== '', `${gnu.text}\n${ours.text}`).toBe(gnu.text !== '');
    expect(both.ourShown).toBe(both.gnuShown);
    expect(both.isSame).toBe(gnu.isAccepted);
    expect(both.ourMap).toBe(both.gnuMap);
  });
});
