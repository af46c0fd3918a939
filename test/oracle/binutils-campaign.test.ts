// Random command lines of the object tools over the samples: texts, messages, exit statuses and files as GNU's tools give
// them. The whole, over more files, is in test/long.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomCalls } from './binutils/campaign.ts';
import { debugObjects, makeSamples } from './binutils/samples.ts';
import { Bench, missingTool } from './gnu-bench.ts';

const missing = missingTool();
if (missing) console.log(`campaign of the object tools skipped: ${missing}`);
const bench = new Bench();
afterAll(() => bench.remove());

describe.skipIf(missing)('random command lines', { timeout: 120_000 }, () => {
  beforeAll(() => makeSamples(bench));
  const files = [
    ...debugObjects.filter((name) => name !== 'packed.o'),
    ...['plain.o', 'group.o', 'crt1.o', 'crtbegin.o', 'dyn', 'nopie', 'lib.so', 'stripped'],
  ];
  test.each(['readelf', 'objdump', 'nm', 'size', 'strings', 'addr2line', 'strip'])('%s', (tool) => {
    const range = { seed: 1, first: 0, count: 100, tools: [tool] };
    expect(randomCalls(bench.folder, files, range).differences).toEqual([]);
  });

  test('objcopy, of which one in a hundred may differ where segments are split', () => {
    const range = { seed: 1, first: 0, count: 100, tools: ['objcopy'] };
    const { differences } = randomCalls(bench.folder, files, range);
    expect(differences.length, differences.join('\n')).toBeLessThanOrEqual(1);
  });
});
