// Every JavaScript example of a README is run as it is written, and must print the text that follows it.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readExamples, root } from './readme-examples.ts';
import { system } from './system.ts';

const readme = fs.readFileSync(path.join(root, 'README.md'), 'utf8');
const packages = fs
  .readdirSync(path.join(root, 'packages'))
  .map((name) => `packages/${name}/README.md`)
  .filter((file) => fs.existsSync(path.join(root, file)));

beforeAll(async () => {
  // In the tree @ring0/firmware exports how the BIOS is built; its package exports the bytes.
  const { rom } = await system();
  fs.mkdirSync(path.join(root, '.cache'), { recursive: true });
  fs.writeFileSync(path.join(root, '.cache/bios.bin'), rom);
});

/** The examples' import of the BIOS, as it can be had in the tree. */
function inTree(code: string): string {
  const bytes = `new Uint8Array((await import('node:fs')).readFileSync('.cache/bios.bin'))`;
  return code.replace(`import { bios } from '@ring0/firmware';`, `const bios = ${bytes};`);
}

test('the first page has an example of the assembler, the linker and the emulator, of at most 15 lines', () => {
  const titles = [...readme.matchAll(/^## (.*)\n\n```js/gm)].map((match) => match[1]);
  expect(titles).toEqual(['The assembler alone', 'The linker alone', 'The emulator alone']);
  for (const { code } of readExamples('README.md')) {
    if (code.startsWith('import')) expect(code.split('\n').length - 1).toBeLessThanOrEqual(15);
  }
});

describe.each(['README.md', 'firmware/README.md', ...packages])('%s', (file) => {
  const examples = readExamples(file).filter((example) => example.language === 'js');
  test.each(examples.map((example, at) => ({ ...example, at })))(
    'example $at prints what it says',
    ({ code, output }) => {
      const args = ['-C', 'source', '--input-type=module', '-e', inTree(code)];
      expect(execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' })).toBe(output);
    },
  );
});

test('the commands it names exist', () => {
  const { scripts } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  for (const [, name = ''] of readme.matchAll(/pnpm(?:@12)? ([a-z0-9]+)/g))
    expect(scripts).toHaveProperty(name);
  for (const [, file = ''] of readme.matchAll(/\]\(([\w./-]+)\)|`(docs\/[\w./-]+)`/g)) {
    if (file !== '') expect(fs.existsSync(path.join(root, file))).toBe(true);
  }
});
