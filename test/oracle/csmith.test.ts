// A sample of the csmith campaign: random programs do the same through gcc and through our compiler, assembler and linker.
// Some programs of each kind; test/long/csmith.test.ts does hundreds.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { latin1Bytes } from '@ring0/bytes';
import { compileIr } from '@ring0/compiler';
import { CSMITH_HEADERS, generate, line, missingCsmith, programs } from './csmith/campaign.ts';
import { shapes } from './csmith/shapes.ts';
import { compileByUs } from './csmith/toolchains.ts';

const missing = missingCsmith();
if (missing) console.log(`csmith sample skipped: ${missing}`);

const FIRST_SEED = 1;

describe.skipIf(missing)('csmith', () => {
  let directory = '';
  beforeAll(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-csmith-'));
  });
  afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

  shapes.forEach(({ name, options }, i) => {
    const count = options.length === 0 ? 6 : 1;
    test(`${name}: ${count} of its programs at every level`, () => {
      const first = FIRST_SEED + i * 100;
      const campaign = { directory, shape: options, verify: true };
      for (const result of programs(first, count, campaign)) {
        console.log(`${name}: ${line(result)}`);
        for (const { level, divergence } of result.levels) {
          expect(divergence, `seed ${result.seed} -O${level}`).toBeUndefined();
        }
      }
    });
  });

  test('what a program is after each pass reads back to the same code', () => {
    const file = path.join(directory, 'program.c');
    for (let seed = FIRST_SEED; seed < FIRST_SEED + 4; seed++) {
      generate(seed, file);
      const source = new Uint8Array(fs.readFileSync(file));
      for (const optimize of [0, 1, 's'] as const) {
        const texts = new Map<string, string>();
        const dump = (pass: string, text: string): void => {
          if (pass.startsWith('ir')) texts.set(pass, (texts.get(pass) ?? '') + text);
        };
        const options = { path: 'program.c', optimize, includePaths: [CSMITH_HEADERS] };
        const { object } = compileByUs(source, { ...options, dump });
        for (const [pass, text] of texts) {
          const { output } = compileIr(latin1Bytes(text), {
            path: 'program.ir',
            readFile: () => undefined,
            optimize,
          });
          const isSame = Buffer.from(output ?? []).equals(object);
          expect(isSame, `seed ${seed} -O${optimize} ${pass}`).toBe(true);
        }
      }
    }
  });
});
