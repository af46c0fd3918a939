// What the kernel's sources promise about themselves (KERNEL.md 6.1): little assembly, all inline assembly in one
// folder, one caller of the switch primitive, no header of userland or host.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const kernel = path.resolve(import.meta.dirname, '../../kernel');
const files = fs
  .readdirSync(kernel, { recursive: true, encoding: 'utf8' })
  .map((name) => name.split(path.sep).join('/'))
  .filter((name) => /\.(c|h|S|tbl)$/.test(name) && !name.includes('node_modules'));
const sources = new Map(
  files.map((name) => [name, fs.readFileSync(path.join(kernel, name), 'utf8')]),
);

function filesWith(pattern: RegExp): string[] {
  return [...sources].filter(([, text]) => pattern.test(text)).map(([name]) => name);
}

test('at most 900 lines of assembly', () => {
  const assembly = [...sources].filter(([name]) => name.endsWith('.S'));
  const lines = assembly.map(([, text]) => text.split('\n').length);
  expect(lines.length).toBeGreaterThan(4);
  expect(lines.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(900);
});

test('inline assembly only in arch/x86/include/asm', () => {
  const users = filesWith(/\b(__asm__|asm)\s*(volatile\s*)?\(/);
  expect(users.length).toBeGreaterThan(0);
  expect(users.filter((name) => !name.startsWith('arch/x86/include/asm/'))).toEqual([]);
});

test('swtch has one caller', () => {
  const calls = [...sources].flatMap(([name, text]) =>
    name.endsWith('.c') ? [...text.matchAll(/\bswtch\(/g)].map(() => name) : [],
  );
  expect(calls).toEqual(['core/sched.c']);
});

test('only <kernel/..>, <asm/..> and <uapi/..> are included', () => {
  const included = [...sources.values()].flatMap((text) =>
    [...text.matchAll(/^\s*#\s*include\s*([<"][^>"]*[>"])/gm)].map(([, name]) => name ?? ''),
  );
  expect(included.length).toBeGreaterThan(100);
  expect(included.filter((name) => !/^<(kernel|asm|uapi)\//.test(name))).toEqual([]);
});

test('every system call of the table is defined once', () => {
  const table = sources.get('include/uapi/syscall.tbl') ?? '';
  const names = [...table.matchAll(/^SYSCALL\(\d+, (\w+),/gm)].map(([, name]) => name ?? '');
  const code = [...sources].filter(([name]) => name.endsWith('.c')).map(([, text]) => text);
  const defined = code.flatMap((text) =>
    [...text.matchAll(/^long sys_(\w+)\(/gm)].map(([, name]) => name ?? ''),
  );
  expect(defined.toSorted()).toEqual(names.toSorted());
});
