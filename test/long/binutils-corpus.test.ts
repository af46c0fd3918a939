// What the object tools say of all objects that the corpus has recorded, against GNU's text.

import { expect, test } from 'vitest';
import { compareCorpus, corpusObjects, isUnexplained } from '../oracle/binutils/corpus.ts';
import { missingTool } from '../oracle/gnu-bench.ts';

const objects = missingTool() === undefined ? corpusObjects() : [];
if (objects.length === 0) console.log('objects of the corpus skipped: none is recorded here');

test.skipIf(objects.length === 0)('all objects of the corpus', { timeout: 7_200_000 }, () => {
  const { differences } = compareCorpus(objects);
  process.stdout.write(`${objects.length} objects, ${differences.length} differences\n`);
  for (const difference of differences) process.stdout.write(`${difference}\n`);
  expect(differences.filter(isUnexplained)).toEqual([]);
  expect(differences.length).toBeLessThanOrEqual(objects.length / 100);
});
