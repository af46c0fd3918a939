// A source that is edited gives after each edit what a whole assembly of it gives. The sources are
// files of Lua as gcc writes them; test/long/live-assembly.test.ts takes more files and edits.

import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { liveCampaign } from './live/campaign.ts';
import { liveSources } from './live/sources.ts';

const hasTools = spawnSync('gcc', ['--version']).status === 0;
if (!hasTools) process.stderr.write('skipped: gcc is not installed\n');

const words = ['-O2 -march=i686', '-O0 -fPIC', '-Os -masm=intel', '-O1 -g'];

test.skipIf(!hasTools).each(words)('edits of a source by gcc %s', (options) => {
  const [source] = liveSources(options, ['lmathlib']);
  if (source === undefined) {
    process.stderr.write('skipped: the source of lua5.4 cannot be fetched\n');
    return;
  }
  const { divergences, parts, moves } = liveCampaign(source, { seed: 1, edits: 150 });
  expect(divergences).toEqual([]);
  expect(parts + moves).toBeGreaterThan(0);
});
