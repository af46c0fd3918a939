// The assembler and the linker in a browser: one bundle, made by Vite's bundler as tools/page-bundle.ts has
// it and small enough to be loaded with a page, gives in headless Chromium the bytes it gives here.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { assemble, writeElf } from '@ring0/assembler';
import { link } from '@ring0/linker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleForPage } from '../../tools/page-bundle.ts';

const chromium = ['chromium', 'chromium-browser'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
);
if (chromium === undefined) console.log('skipped: Chromium is not installed');

/** The aim is 250 KiB; what GNU's own suites asked for took it above (docs/status.md). */
const bundleBytesMax = 256 * 1024;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-browser-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const sources = {
  assembler: `import { assemble, writeElf } from '@ring0/assembler'; export { assemble, writeElf };`,
  linker: `import { link } from '@ring0/linker'; export { link };`,
};

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
  const page = path.join(folder, 'page.html');
  fs.writeFileSync(
    page,
    `<!doctype html><title>waiting</title><pre id="out"></pre><script type="module">${script}</script>`,
  );
  const flags = [
    '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking',
    '--disable-component-update --disable-sync --allow-file-access-from-files --virtual-time-budget=20000',
  ].flatMap((line) => line.split(' '));
  const home = `--user-data-dir=${path.join(folder, 'profile')}`;
  const done = spawnSync(chromium ?? '', [...flags, home, '--dump-dom', `file://${page}`], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  return /<pre id="out">([^]*?)<\/pre>/.exec(done.stdout)?.[1] ?? done.stderr.slice(-2000);
}

test('assembler and linker together are at most 256 KiB, compressed', async () => {
  const both = await bundleForPage(sources.assembler + sources.linker);
  const size = gzipSync(both, { level: 9 }).length;
  console.log(`the bundle of assembler and linker: ${both.length} letters, ${size} compressed`);
  expect(size).toBeLessThanOrEqual(bundleBytesMax);
});

describe.skipIf(chromium === undefined)('in headless Chromium', () => {
  let answer = '';
  const texts = [program, library, mistake];
  beforeAll(async () => {
    const file = path.join(folder, 'ring0.mjs');
    fs.writeFileSync(file, await bundleForPage(sources.assembler + sources.linker));
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
