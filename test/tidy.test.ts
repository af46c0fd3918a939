// The rules of the house that a program can check: who may import whom, what a core package may touch, sizes, banned
// words, what git may track, and that documents name things that exist.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');

/** A package imports packages of lower layers only. */
const layers: Readonly<Record<string, number>> = {
  diagnostics: 1,
  bytes: 0,
  isa: 1,
  elf: 1,
  dwarf: 2,
  preprocessor: 2,
  image: 2,
  assembler: 3,
  linker: 3,
  emulator: 3,
  binutils: 3,
  compiler: 4,
  kbuild: 5,
  firmware: 6,
  kernel: 6,
  userland: 6,
  testing: 7,
  console: 7,
  cli: 8,
  boot: 8,
};

const platformFree = [
  'diagnostics',
  'bytes',
  'isa',
  'elf',
  'dwarf',
  'preprocessor',
  'assembler',
  'compiler',
  'linker',
  'binutils',
  'image',
  'emulator',
];

const tracked = execFileSync(
  'git',
  ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
  {
    cwd: root,
    encoding: 'utf8',
  },
)
  .split('\0')
  .filter((file) => file !== '' && fs.existsSync(path.join(root, file)));

function read(file: string): string {
  return fs.readFileSync(path.join(root, file), 'utf8');
}

/** The room a source belongs to: a package's or an app's name, or undefined for tests and tools. */
function room(file: string): string | undefined {
  const match = /^(?:packages|apps)\/([^/]+)\/|^(firmware|kernel|userland)\//.exec(file);
  return match?.[1] ?? match?.[2];
}

const typescript = tracked.filter((file) => file.endsWith('.ts'));
const guest = tracked.filter((file) => /\.(c|h|S)$/.test(file));
const isTest = (file: string) => file.endsWith('.test.ts') || file.startsWith('test/');
/** One function that must stay whole to be fast; its opening paragraph says why. */
const hotSwitch = 'packages/emulator/src/cpu/interpreter.ts';
const isTable = (file: string) => /(^|[/-])(tables?|constants|registers)[^/]*\.ts$/.test(file);

/** Every offence as `file: what`, so that one run shows them all. */
function offences(files: readonly string[], find: (file: string) => string[]): string[] {
  return files.flatMap((file) => find(file).map((what) => `${file}: ${what}`));
}

function imports(file: string): string[] {
  const pattern =
    /^(?:import|export)\b[^'"`;]*from '([^']+)'|\bimport\('([^']+)'\)|^import '([^']+)'/gm;
  return [...read(file).matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

describe('imports', () => {
  test('packages import lower layers only, by name', () => {
    const sources = typescript.filter((file) => room(file) !== undefined && !isTest(file));
    const found = offences(sources, (file) => {
      const own = room(file) ?? '';
      return imports(file).flatMap((target) => {
        const name = /^@ring0\/([^/]+)(\/.*)?$/.exec(target);
        if (!name) return target.startsWith('../../..') ? [`leaves its package: ${target}`] : [];
        if (name[2] !== undefined) return [`imports inside a package: ${target}`];
        const theirs = layers[name[1] ?? ''] ?? 99;
        return theirs < (layers[own] ?? -1) ? [] : [`imports ${target}, which is not below ${own}`];
      });
    });
    expect(found).toEqual([]);
  });

  test('declared dependencies are those that are imported', () => {
    const manifests = tracked.filter((file) =>
      /^(packages|apps)\/[^/]+\/package\.json$/.test(file),
    );
    const found = offences(manifests, (manifest) => {
      const folder = path.posix.dirname(manifest);
      const declared = Object.keys(JSON.parse(read(manifest)).dependencies ?? {});
      const used = new Set(
        typescript
          .filter((file) => file.startsWith(`${folder}/`) && !file.endsWith('.test.ts'))
          .flatMap(imports)
          .filter((target) => !target.startsWith('.') && !target.startsWith('node:')),
      );
      const missing = [...used].filter((name) => !declared.includes(name));
      return missing.map((name) => `imports ${name}, which it does not declare`);
    });
    expect(found).toEqual([]);
  });

  test('core packages reach nothing of the host', () => {
    const ambient =
      /\b(Date\.now|new Date|Math\.random|performance\.|process\.|globalThis|setTimeout|console\.)/;
    // The one place that asks the host for WebAssembly, whose types are no part of ECMAScript.
    const door = 'packages/emulator/src/webassembly.ts';
    const sources = typescript.filter(
      (file) =>
        platformFree.includes(room(file) ?? '') &&
        file.startsWith('packages/') &&
        !isTest(file) &&
        file !== door,
    );
    const found = offences(sources, (file) => [
      ...imports(file).filter((target) => target.startsWith('node:')),
      ...read(file)
        .split('\n')
        .filter((line) => !/^\s*(\/\/|\*|\/\*)/.test(line) && ambient.test(line)),
    ]);
    expect(found).toEqual([]);
  });

  test('processes are started by tests, tools and the build driver only', () => {
    const sources = typescript.filter((file) => !/^(test|tools)\//.test(file));
    const allowed = (file: string) => file.startsWith('packages/kbuild/') || isTest(file);
    const found = offences(sources, (file) =>
      imports(file).filter((target) => target === 'node:child_process' && !allowed(file)),
    );
    expect(found).toEqual([]);
  });

  test('the instruction table is the only place with the names of its rows', () => {
    const found = typescript.filter(
      (file) =>
        !file.startsWith('packages/isa/') && /from '@ring0\/isa\/(src|dist)/.test(read(file)),
    );
    expect(found).toEqual([]);
  });
});

describe('shape', () => {
  test('files have at most 600 lines, tables excepted', () => {
    const sources = [...typescript, ...guest].filter(
      (file) => !isTable(file) && file !== hotSwitch,
    );
    const found = offences(sources, (file) => {
      const count = read(file).split('\n').length - 1;
      return count > 600 ? [`${count} lines`] : [];
    });
    expect(found).toEqual([]);
  });

  test('guest sources have lines of at most 120 characters and no tabs', () => {
    const found = offences(guest, (file) =>
      read(file)
        .split('\n')
        .flatMap((line, index) =>
          line.length > 120 || line.includes('\t') ? [`line ${index + 1}`] : [],
        ),
    );
    expect(found).toEqual([]);
  });

  test('every source opens by saying what it is', () => {
    const sources = [...typescript, ...guest].filter(
      (file) => !/(index|\.test|\.config|main)\.ts$/.test(file),
    );
    const found = sources.filter((file) => !/^(#![^\n]*\n)?\s*(\/\/|\/\*)/.test(read(file)));
    expect(found).toEqual([]);
  });

  test('no word that promises to finish later, no type given up', () => {
    const words = /\b(TODO|FIXME|XXX|HACK)\b|@ts-(ignore|nocheck|expect-error)|\bas any\b|: any\b/;
    const found = offences(
      [...typescript, ...guest].filter((file) => file !== 'test/tidy.test.ts'),
      (file) =>
        read(file)
          .split('\n')
          .filter((line) => words.test(line) && !/^\s*(\/\/|\*|\/\*).*: any\b/.test(line)),
    );
    expect(found).toEqual([]);
  });

  test('no file is named for nothing in particular', () => {
    const found = tracked.filter((file) => /(^|\/)(utils?|helpers?|common|misc)[./]/.test(file));
    expect(found).toEqual([]);
  });
});

describe('what git tracks', () => {
  test('no object, ELF, ROM or image', () => {
    const found = tracked.filter((file) => {
      const bytes = fs.readFileSync(path.join(root, file)).subarray(0, 512);
      const isElf = bytes.length > 4 && bytes.readUInt32BE(0) === 0x7f454c46;
      const isBoot = bytes.length === 512 && bytes[510] === 0x55 && bytes[511] === 0xaa;
      return isElf || isBoot || bytes.includes(0);
    });
    expect(found).toEqual([]);
  });

  test('no path of one machine', () => {
    const found = tracked.filter(
      (file) => file !== 'test/tidy.test.ts' && /\/work\/|\/root\//.test(read(file)),
    );
    expect(found).toEqual([]);
  });
});

describe('documents', () => {
  test('README and ARCHITECTURE stand alone', () => {
    for (const file of ['README.md', 'ARCHITECTURE.md']) expect(read(file)).not.toMatch(/shared\//);
  });

  test('ARCHITECTURE names tests that exist', () => {
    const named = [...read('ARCHITECTURE.md').matchAll(/`([\w./-]+\.test\.ts)`/g)].map(
      (match) => match[1] ?? '',
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((file) => !fs.existsSync(path.join(root, file)))).toEqual([]);
  });
});
