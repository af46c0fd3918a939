// Mutations of valid inputs, a sample: no crash, no hang, no flood of messages, no memory beyond the bound; what is accepted is
// the same twice and can be read again (the properties are in targets-text.ts, targets-binary.ts and checks.ts). The whole
// campaign is test/long/fuzz.test.ts.

import { describe, expect, test } from 'vitest';
import { runInChild } from './child.ts';
import { mutateBytes } from './mutate-bytes.ts';
import { Random } from './random.ts';
import { targets } from './targets.ts';

/** Behind the hostile fragments, which take long and come first. */
const sampleStart = 1000;

const sampleCounts: Readonly<Record<string, number>> = {
  assembly: 60,
  preprocessor: 20,
  c: 15,
  scripts: 100,
  objects: 100,
  archives: 100,
  executables: 80,
  lines: 300,
  dwarf: 200,
};

describe('a sample of each fuzzing campaign', { timeout: 600_000 }, () => {
  test.each(targets.map(({ name }) => name))('%s', (name) => {
    const { failures, accepted } = runInChild(name, 1, sampleCounts[name] ?? 50, sampleStart);
    expect(failures).toEqual([]);
    expect(accepted).toBeGreaterThan(0);
  });
});

test('an input is named by its seed and index alone', () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, i) => i);
  const make = (seed: number, index: number) =>
    mutateBytes(bytes, bytes, new Random(seed, index), [{ name: 'word', offset: 4, size: 4 }]);
  expect(make(7, 3)).toEqual(make(7, 3));
  const distinct = new Set(Array.from({ length: 100 }, (_, i) => make(7, i).bytes.join()));
  expect(distinct.size).toBeGreaterThan(80);
});
