// The corpus as tests: a test for each group, which assembles all of its recorded calls again and compares; the table at
// the end. And a test for each whole build.

import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareCorpus, corpusObjects, isUnexplained } from '../binutils/corpus.ts';
import { missingTool } from '../gnu-bench.ts';
import { buildCommandBundle } from './bundle.ts';
import { builds, differences, make, ourTools } from './builds.ts';
import { cache } from './cache.ts';
import { compareRecorded, recordedCalls } from './compare.ts';
import { groups } from './groups.ts';
import { homeOf, record } from './record.ts';
import { Table } from './table.ts';

const missing = missingTool();

export function corpusTests(part: 'sample' | 'whole'): void {
  const table = new Table();
  afterAll(
    () =>
      void process.stdout.write(
        `\nfiles assembled by ours, beside GNU as 2.40's objects\n${table.print()}`,
      ),
  );
  const chosen = groups.filter((group) => part === 'whole' || group.part === part);
  if (missing !== undefined) console.log(`the corpus of real sources skipped: ${missing}`);

  describe.skipIf(missing !== undefined)('real sources, assembled as GNU as does', () => {
    test.each(chosen)('$name', (group) => {
      const folder = record(group);
      if (folder === undefined) {
        table.skip(group.project, `the source of ${group.source} cannot be fetched`);
        return;
      }
      const calls = recordedCalls(folder);
      expect(calls.length).toBeGreaterThan(0);
      const compared = calls.map(compareRecorded);
      table.add(group.project, compared);
      const bad = compared.filter(({ outcome }) => outcome === 'different' || outcome === 'failed');
      expect(bad.map(({ base, reason }) => `${path.basename(base)}: ${reason}`)).toEqual([]);
    });

    // Behind the others, which record them where nothing is kept yet.
    test('the object tools say of its objects what GNU’s say', () => {
      const homes = new Set(chosen.map(homeOf));
      const all = corpusObjects().filter((file) => homes.has(path.dirname(path.dirname(file))));
      const objects = part === 'whole' ? all : all.filter((_, index) => index % 60 === 7);
      expect(objects.length).toBeGreaterThan(0);
      const { differences } = compareCorpus(objects);
      process.stdout.write(`${objects.length} objects, ${differences.length} differences\n`);
      for (const difference of differences) process.stdout.write(`${difference}\n`);
      expect(differences.filter(isUnexplained)).toEqual([]);
      expect(differences.length).toBeLessThanOrEqual(Math.ceil(objects.length / 100));
    });
  });
}

export function buildTests(part: 'sample' | 'whole'): void {
  const chosen = builds.filter((build) => part === 'whole' || build.part === part);
  let tools = '';
  beforeAll(() => {
    if (missing === undefined) tools = ourTools(path.join(cache, 'tools'), buildCommandBundle());
  });

  describe.skipIf(missing !== undefined)(
    'whole builds with our tools in the place of GNU’s',
    () => {
      test.each(chosen)('$name', (build) => {
        const gnu = make(build, 'gnu');
        if (!gnu) {
          const needed = ['its source', ...(build.programs ?? [])].join(', ');
          console.log(`skipped ${build.name}, which needs ${needed}`);
          return;
        }
        const ours = make(build, 'ours', tools);
        expect(ours?.output).toBe(gnu.output);
        expect(ours && differences(build, gnu, ours)).toEqual([]);
      });
    },
  );
}
