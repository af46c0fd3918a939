// What the object tools say of objects of real programs, against GNU's text: a sample. The whole is in
// test/long/binutils-corpus.test.ts. The objects are those that the corpus (corpus.test.ts) has recorded.

import { expect, test } from 'vitest';
import { compareCorpus, corpusObjects, isUnexplained } from './binutils/corpus.ts';
import { missingTool } from './gnu-bench.ts';

const objects = missingTool() === undefined ? corpusObjects() : [];
if (objects.length === 0) console.log('objects of the corpus skipped: none is recorded here');

/** One of so many. */
const step = 60;

test.skipIf(objects.length === 0)('objects of the corpus', { timeout: 600_000 }, () => {
  const chosen = objects.filter((_, index) => index % step === 7);
  const { differences } = compareCorpus(chosen);
  process.stdout.write(`${chosen.length} objects, ${differences.length} differences\n`);
  expect(differences.filter(isUnexplained)).toEqual([]);
  expect(differences.length).toBeLessThanOrEqual(Math.ceil(chosen.length / 100));
});
