// The reducer to the end: csmith programs that a planted wrong pass breaks become a few lines, as C and as the text of the
// intermediate representation.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reduceC, reduceIr } from '../../tools/reduce/reduce.ts';
import { generate, missingCsmith } from '../oracle/csmith/campaign.ts';
import { isBroken, textOf } from '../oracle/csmith/planted.ts';

const missing = missingCsmith();
if (missing) console.log(`reducer on csmith skipped: ${missing}`);

/** Seeds are looked at from here on. */
const starts = [1, 1001];

describe.skipIf(missing)('the reducer', () => {
  let directory = '';
  beforeAll(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-reduce-'));
  });
  afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

  const isBrokenC = (source: string): boolean => {
    const text = textOf(source);
    return text !== undefined && isBroken(text, directory);
  };
  /** The first program from a seed on that the wrong pass breaks. */
  function brokenFrom(start: number): string {
    const file = path.join(directory, 'program.c');
    for (let seed = start; ; seed++) {
      generate(seed, file, ['--max-funcs', '5', '--max-block-depth', '3']);
      const source = fs.readFileSync(file, 'latin1');
      if (!isBrokenC(source)) continue;
      console.log(`seed ${seed}, ${source.split('\n').length} lines`);
      return source;
    }
  }

  test.each(starts)('C: a program from seed %i on', (start) => {
    const { text, tried } = reduceC(brokenFrom(start), isBrokenC);
    console.log(`${tried} tried:\n${text}`);
    expect(text.split('\n').length).toBeLessThan(20);
  });

  test.each(starts)('text form: a program from seed %i on', (start) => {
    const source = textOf(brokenFrom(start)) ?? '';
    const { text, tried } = reduceIr(source, (each) => isBroken(each, directory));
    console.log(`${source.split('\n').length} lines, ${tried} tried:\n${text}`);
    expect(text.split('\n').length).toBeLessThan(60);
  });
});
