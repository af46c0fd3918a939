// The reducer on a csmith program that a planted wrong pass breaks: the program, run natively, must stay broken while it is
// made smaller. A sample with few tries; test/long/reduce.test.ts goes to the end.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reduceC } from '../../tools/reduce/reduce.ts';
import { generate, missingCsmith } from './csmith/campaign.ts';
import { isBroken, textOf } from './csmith/planted.ts';

const missing = missingCsmith();
if (missing) console.log(`reducer on csmith skipped: ${missing}`);

describe.skipIf(missing)('the reducer', () => {
  let directory = '';
  beforeAll(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-reduce-'));
  });
  afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

  test('a program that a wrong pass breaks becomes half of itself in 150 tries', () => {
    const file = path.join(directory, 'program.c');
    const isInteresting = (source: string): boolean => {
      const text = textOf(source);
      return text !== undefined && isBroken(text, directory);
    };
    let seed = 0;
    let source = '';
    do {
      seed++;
      generate(seed, file, ['--max-funcs', '5', '--max-block-depth', '3']);
      source = fs.readFileSync(file, 'latin1');
    } while (!isInteresting(source));
    const { text } = reduceC(source, isInteresting, { limit: 150 });
    console.log(`seed ${seed}: ${source.length} bytes became ${text.length}:\n${text}`);
    expect(isInteresting(text)).toBe(true);
    expect(text.length * 2).toBeLessThan(source.length);
  });
});
