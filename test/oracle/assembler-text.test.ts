// The text level against GNU as: macros, conditionals, repetitions, comments, names, messages. Each case of assembler-text/*.s
// (they begin with a line `### title`) must get the same verdict, errors and warnings at the same lines, and the same bytes.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { latin1Bytes, latin1Text } from '@ring0/bytes';
import { afterAll, describe, expect, test } from 'vitest';
import { compareText } from './assembler-text/compare.ts';

const hasAs = spawnSync('as', ['--version']).status === 0;
if (!hasAs) process.stderr.write('skipped: as is not installed\n');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-as-text-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

fs.writeFileSync(path.join(folder, 'one.inc'), '\t.byte 1\n\t.byte \\\n\t2\n');
fs.writeFileSync(path.join(folder, 'wrong.inc'), '\tnop\n\tbogus\n');
fs.writeFileSync(path.join(folder, 'open.inc'), '\t.if 1\n\tnop\n');
fs.writeFileSync(path.join(folder, 'close.inc'), '\t.endif\n');
fs.writeFileSync(path.join(folder, 'end.inc'), '\t.byte 5\n\t.end\n\t.byte 6\n');
fs.writeFileSync(path.join(folder, 'macro.inc'), '\t.macro inner a\n\t.byte \\a\n\t.endm\n');
fs.writeFileSync(path.join(folder, 'ten.bin'), latin1Bytes('0123456789'));

const home = path.join(import.meta.dirname, 'assembler-text');
const files = fs.readdirSync(home).filter((name) => name.endsWith('.s'));

for (const file of files.toSorted()) {
  const text = latin1Text(new Uint8Array(fs.readFileSync(path.join(home, file))));
  const cases = text.split(/^### (.*)\n/m).slice(1);
  describe.skipIf(!hasAs)(file, () => {
    for (let at = 0; at < cases.length; at += 2) {
      // What a text editor cannot hold is written as <XX>.
      const source = cases[at + 1].replace(/<([0-9A-F]{2})>/g, (_all, digits: string) =>
        String.fromCharCode(parseInt(digits, 16)),
      );
      test(cases[at], () => expect(compareText(folder, source)).toBeUndefined());
    }
  });
}

const lines = fs.readFileSync(path.join(home, 'lines.txt'), 'latin1').trimEnd().split('\n');

/** Short texts, one in each line: operators and arguments that are absent or odd. */
test.skipIf(!hasAs).each(lines)('%s', (line) => {
  expect(compareText(folder, `${line.replaceAll('\\n', '\n')}\n`)).toBeUndefined();
});

const long = fs.readFileSync(path.join(home, 'lines-64.txt'), 'latin1').trimEnd().split('\n');

/** The same for code of 64 bits. */
test.skipIf(!hasAs).each(long)('--64: %s', (line) => {
  const how = { gnu: ['--64'], ours: { bits: 64 } } as const;
  expect(compareText(folder, `${line.replaceAll('\\n', '\n')}\n`, how)).toBeUndefined();
});
