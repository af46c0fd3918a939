// Many random edits of many sources: after each, what `LiveAssembly` has is what a whole assembly
// gives. Prints how many edits were taken by assembling a part.

import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { liveCampaign } from '../oracle/live/campaign.ts';
import { liveSources } from '../oracle/live/sources.ts';

const hasTools = spawnSync('gcc', ['--version']).status === 0;
const levels = ['-O0', '-O1', '-O2 -march=i686', '-O3 -mavx2', '-Os', '-O2 -fPIC', '-O2 -g'];
const words = levels.flatMap((level) => [`${level} -masm=att`, `${level} -masm=intel`]);

test.skipIf(!hasTools).each(words)('edits of sources by gcc %s', (options) => {
  const sources = liveSources(options, ['lvm', 'lstring', 'lmathlib', 'lgc', 'lstrlib']);
  sources.forEach((source, i) => {
    const result = liveCampaign(source, { seed: 100 + i, edits: 200 });
    const { edits, mistaken, parts, moves, divergences } = result;
    console.log(
      `${options}: ${edits} edits, ${mistaken} with mistakes, ${parts} by lines, ${moves} moved`,
    );
    expect(divergences).toEqual([]);
  });
});
