// The assembler and the linker in a browser: the library of both that npm's package `ring0` has, bundled by Vite's bundler and by
// esbuild as they do it unasked, is small enough to be loaded with a page, and gives in headless Chromium the bytes it
// gives here.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { assemble, writeElf } from '@ring0/assembler';
import { link } from '@ring0/linker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeDeclarations } from '../../tools/publish/declarations.ts';
import { together, writeLibrary } from '../../tools/publish/libraries.ts';
import { bundlers } from '../bundlers.ts';

const chromium = ['chromium', 'chromium-browser'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
);
if (chromium === undefined) console.log('skipped: Chromium is not installed');

const bundleBytesMax = 250 * 1024;
const root = path.resolve(import.meta.dirname, '../..');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-browser-'));
const page = path.join(folder, 'page.js');
afterAll(() => fs.rmSync(folder, { recursive: true }));

beforeAll(async () => {
  const declarations = writeDeclarations(root, path.join(folder, 'declarations'));
  const library = path.join(folder, 'node_modules/ring0');
  fs.mkdirSync(library, { recursive: true });
  await writeLibrary(root, declarations, together.entry, library);
  const manifest = { name: 'ring0', type: 'module', sideEffects: false, exports: './index.js' };
  fs.writeFileSync(path.join(library, 'package.json'), JSON.stringify(manifest));
  fs.writeFileSync(page, `export { assemble, writeElf, link } from 'ring0';`);
});

const program = String.raw`
.macro say letter
  movb $\letter, %al
  call put
.endm
.globl _start
_start:
  .irpc c, "HELLO"
  say '\c
  .endr
  hlt
.section .rodata.str1.1, "aMS", @progbits, 1
.string "merged"
`;
const library = '.globl put\nput: outb %al, $0xe9\n ret\n.data\n.long put - .\n';
const mistake = 'start: movl %eaz, 1\n .long 1 +\n';

/** What the page does, and what this process does with the same words: text in, text out. */
const work = `(assemble, writeElf, link, [program, library, mistake], sha) => {
  const bytes = (text) => new TextEncoder().encode(text);
  const object = (path, text) => ({ path, bytes: writeElf(assemble(bytes(text), { path }).object) });
  const inputs = [object('a.o', program), object('b.o', library)];
  const { image } = link(['-Ttext', '0x1000', ...inputs], { readFile: () => undefined });
  const { diagnostics } = assemble(bytes(mistake), { path: 'bad.s' });
  return [
    ...[...inputs.map((input) => input.bytes), image].map((each) => each.length + ':' + sha(each)),
    ...diagnostics.map(({ code, message }) => code + ' ' + message),
  ].join('|');
}`;

/** Adler-32: enough to tell two files apart, and short to write down twice. */
const sum = `(bytes) => {
  let a = 1, b = 0;
  for (const byte of bytes) { a = (a + byte) % 65521; b = (b + a) % 65521; }
  return b * 65536 + a;
}`;

function inPage(script: string): string {
  const html = path.join(folder, 'page.html');
  fs.writeFileSync(
    html,
    `<!doctype html><title>waiting</title><pre id="out"></pre><script type="module">${script}</script>`,
  );
  const flags = [
    '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking',
    '--disable-component-update --disable-sync --allow-file-access-from-files --virtual-time-budget=20000',
  ].flatMap((line) => line.split(' '));
  const home = `--user-data-dir=${path.join(folder, 'profile')}`;
  const done = spawnSync(chromium ?? '', [...flags, home, '--dump-dom', `file://${html}`], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  return /<pre id="out">([^]*?)<\/pre>/.exec(done.stdout)?.[1] ?? done.stderr.slice(-2000);
}

test.each(Object.entries(bundlers))(
  'bundled by %s, assembler and linker together are at most 250 KiB, compressed',
  async (name, bundle) => {
    const both = await bundle(page);
    const size = gzipSync(both, { level: 9 }).length;
    console.log(`assembler and linker by ${name}: ${both.length} letters, ${size} compressed`);
    expect(size).toBeLessThanOrEqual(bundleBytesMax);
  },
);

describe.skipIf(chromium === undefined)('in headless Chromium', () => {
  let answer = '';
  const texts = [program, library, mistake];
  beforeAll(async () => {
    fs.writeFileSync(path.join(folder, 'ring0.mjs'), await bundlers.rolldown(page));
    answer = inPage(`
      import { assemble, writeElf, link } from './ring0.mjs';
      const out = document.getElementById('out');
      try {
        out.textContent = (${work})(assemble, writeElf, link, ${JSON.stringify(texts)}, ${sum});
      } catch (error) {
        out.textContent = String(error);
      }`);
  });

  test('objects, an image and messages are the same as here', () => {
    const run = new Function(`return ${work}`)() as (...args: unknown[]) => string;
    const adler = new Function(`return ${sum}`)() as (bytes: Uint8Array) => number;
    const here = run(assemble, writeElf, link, texts, adler);
    expect(here.split('|').length).toBeGreaterThan(4);
    expect(answer.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')).toBe(
      here,
    );
  });
});
