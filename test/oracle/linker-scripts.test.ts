// Linker scripts against GNU ld: what it accepts and rejects, the file's bytes, and the map.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bench, missingTool } from './gnu-bench.ts';
import { compareLinks } from './link/compare.ts';
import { makeInputs, scriptCases } from './link/script-cases.ts';

const missing = missingTool();
if (missing) console.log(`linker script oracle skipped: ${missing}`);
const bench = new Bench();
afterAll(() => bench.remove());

describe.skipIf(missing)('a script does what GNU ld does', { timeout: 60_000 }, () => {
  beforeAll(() => makeInputs(bench));

  test.each(Object.entries(scriptCases))('%s', (_, entry) => {
    const [script, ...options] = typeof entry === 'string' ? [entry] : entry;
    bench.write('case.ld', script);
    const args = ['-T', 'case.ld', ...options, 'a.o', 'b.o', 'lib.a'];
    const { gnu, ours, ...both } = compareLinks(bench, args, true);
    expect(ours.isAccepted, `${gnu.text}\n${ours.text}`).toBe(gnu.isAccepted);
    if (!gnu.isAccepted) return;
    expect(both.ourShown).toBe(both.gnuShown);
    expect(both.isSame).toBe(true);
    expect(both.ourMap).toBe(both.gnuMap);
  });
});
