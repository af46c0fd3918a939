// Every JavaScript example of the README is run as it is written, and must print the text that follows it.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const readme = fs.readFileSync(path.join(root, 'README.md'), 'utf8');
const examples = [...readme.matchAll(/## ([^\n]+)\n\n```js\n([^]*?)```\n\n```text\n([^]*?)```/g)];

test('there are three examples, of at most 15 lines', () => {
  expect(examples.map((example) => example[1])).toEqual([
    'The assembler alone',
    'The linker alone',
    'The emulator alone',
  ]);
  for (const [, , code = ''] of examples)
    expect(code.split('\n').length - 1).toBeLessThanOrEqual(15);
});

for (const [, title, code = '', wanted] of examples) {
  test(`${title} prints what the README says`, () => {
    const args = ['-C', 'source', '--input-type=module', '-e', code];
    expect(execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' })).toBe(wanted);
  });
}

test('the commands it names exist', () => {
  const { scripts } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  for (const [, name = ''] of readme.matchAll(/pnpm(?:@12)? ([a-z0-9]+)/g))
    expect(scripts).toHaveProperty(name);
  for (const [, file = ''] of readme.matchAll(/\]\(([\w./-]+)\)|`(docs\/[\w./-]+)`/g)) {
    if (file !== '') expect(fs.existsSync(path.join(root, file))).toBe(true);
  }
});
