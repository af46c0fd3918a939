// How libraries are made compact for publishing: what may change in a program, and what may not.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { withNumbers, withoutDeadMethods, withoutEmptyFields } from '../tools/publish/compact.ts';
import { keepReachedTypes } from '../tools/publish/reached-types.ts';
import { shortableNames } from '../tools/publish/short-names.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-publish-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  return file;
}

const table = 'const flag = { a: 1, b: -2, c: 0x10 };\n';

test.each([
  ['f(flag.a | flag.c, flag.b);', 'f(1 | 0x10, (-2));'],
  ['f({ flag: flag.a }, x.flag.a);', 'f({ flag: 1 }, x.flag.a);'],
  // Another of that name.
  ['function g(flag) { return flag.a; }', undefined],
  ['{ const flag = h(); f(flag.a); }', undefined],
  ['for (const { flag } of list) f(flag.a);', undefined],
  ['try { f(); } catch (flag) { f(flag.a); }', undefined],
  ['switch (x) { case 1: const flag = x; case 2: f(flag.a); }', undefined],
  // No table of constants.
  ['flag.a = 2; f(flag.a);', undefined],
  ['flag.b++; f(flag.b);', undefined],
  ['delete flag.a; f(flag.a);', undefined],
  ['f(flag.toString(), flag.a);', undefined],
  ['f(Object.keys(flag), flag[x]);', undefined],
])('the members of a table in %s', (code, wanted) => {
  expect(withNumbers(table + code)).toBe(table + (wanted ?? code));
});

test('fields that the constructor fills are not declared, others are', () => {
  const code = (fields: string) =>
    `class A { ${fields}constructor(a) { this.a = a; if (a) this.b = a; this.d += 1; } }`;
  expect(withoutEmptyFields(code('a; b; c; d; static a; '))).toBe(code(' b; c; d; static a; '));
  expect(withoutEmptyFields(code('a = 1; '))).toBe(code('a = 1; '));
  expect(withoutEmptyFields('class A { a; }')).toBe('class A { a; }');
});

test('methods that nothing names go, and then those that only these named', () => {
  const code = `class A { f() { this.g(); } g() {} h() {} text() { return 'h'; } kept() {} }`;
  const isInternal = (name: string) => name !== 'kept' && name !== 'text';
  expect(withoutDeadMethods(code, isInternal).replaceAll(/ +/g, ' ')).toBe(
    `class A { h() {} text() { return 'h'; } kept() {} }`,
  );
});

test('names are short where nothing but the code itself can tell', () => {
  const source = write(
    'names.ts',
    `
    interface Job { readonly inner: number; readonly shown: number; readonly texted: number }
    export class Work {
      private own = 1;
      length = 2;
      open = 3; listed = 4; split = 5; read = 6; put1 = 7; json = 8; nested = 9;
    }
    type Part = Job['inner'] | Pick<Job, 'inner'>;
    const records: Readonly<Record<string, unknown>> = { open: { nested: 1 } };
    const list = { listed: 1 };
    export const f = (job: Job, x: string) => [list[x], job.inner, 'texted', 'own of this'];
    export const words = 'some split words'.split(' ');
    export const keys = Object.keys({ read: 1 });
    export const put = (to: Record<string, number>, i: number) => void (to[\`put\${i}\`] = i);
    `,
  );
  const json = write('json.ts', `export const g = (json: number) => JSON.stringify({ json });`);
  const types = write('names.d.ts', `export interface Job { readonly shown: number }`);
  expect(shortableNames([source, json], [types])).toEqual(['inner', 'own']);
});

test('of the types those stay that the index reaches', () => {
  write('types/index.d.ts', `export { f } from './f.js';\nexport * from './all.js';\n`);
  write(
    'types/f.d.ts',
    `import type { A, B } from './types.js';\n/** Does. */\nexport declare function f(a: A): void;\n` +
      `export declare function g(b: B): void;\n`,
  );
  write(
    'types/types.d.ts',
    `import { Other } from 'elsewhere';\nexport interface A { next?: C }\ninterface C { x: 1 }\n` +
      `export type B = Other;\nexport {};\n`,
  );
  write('types/all.d.ts', `export declare const all: import("./deep/d.js").D;\n`);
  write('types/deep/d.d.ts', `export type D = 1;\nexport type E = 2;\n`);
  write('types/unused/u.d.ts', `export type U = 1;\n`);
  const types = path.join(folder, 'types');
  keepReachedTypes(types);
  const left = fs.globSync('**/*', { cwd: types, withFileTypes: true }).map(({ name }) => name);
  const names = ['all.d.ts', 'd.d.ts', 'deep', 'f.d.ts', 'index.d.ts', 'types.d.ts'];
  expect(left.toSorted()).toEqual(names);
  const text = (name: string) => fs.readFileSync(path.join(types, name), 'utf8');
  expect(text('f.d.ts')).toBe(
    `import type { A } from './types.js';\n/** Does. */\nexport declare function f(a: A): void;\n`,
  );
  expect(text('types.d.ts')).toBe(`export interface A { next?: C }\ninterface C { x: 1 }\n`);
  expect(text('deep/d.d.ts')).toBe(`export type D = 1;\n`);
});
