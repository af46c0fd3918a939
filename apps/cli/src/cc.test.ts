// The cc tool on a file system in memory: stages, outputs, dependency files, exit status.

import { expect, test } from 'vitest';
import { main } from './cc.ts';
import type { Host } from './host.ts';

function memory(files: Record<string, string>) {
  const written = new Map<string, Uint8Array>();
  let out = '';
  let err = '';
  const host: Host = {
    readFile: (path) =>
      written.get(path) ?? (path in files ? new TextEncoder().encode(files[path]) : undefined),
    writeFile: (path, bytes) => {
      written.set(path, bytes);
      return true;
    },
    stdin: () => new TextEncoder().encode(files['-'] ?? ''),
    stdout: (data) => {
      out += typeof data === 'string' ? data : new TextDecoder().decode(data);
    },
    stderr: (text) => {
      err += text;
    },
    isColoured: false,
    cwd: '/',
  };
  const run = (line: string) => {
    out = '';
    err = '';
    const status = main(line.split(' '), host);
    return { status, out, err, files: [...written.keys()] };
  };
  return { run, written };
}

const sources = {
  'a.c': '#include "a.h"\nint f(int x) { return x + N; }\n',
  'a.h': '#define N 3\n',
  'b.S': '#define M 4\n.globl g\ng: movl $M, %eax\nret\n',
  'main.c': 'int f(int); int g(void); int _start(void) { return f(1) + g(); }\n',
  'bad.c': 'int x = y;\n',
  '-': 'int from_stdin;\n',
};

test('-c writes an ELF object and, with -MD, its dependencies', () => {
  const { run, written } = memory(sources);
  expect(run('-c -O1 -MD a.c -o out/a.o')).toMatchObject({ status: 0, err: '' });
  expect(written.get('out/a.o')?.subarray(0, 4)).toEqual(new Uint8Array([0x7f, 0x45, 0x4c, 0x46]));
  expect(new TextDecoder().decode(written.get('out/a.d'))).toBe('out/a.o: a.c a.h\n');
});

test('-E, -S, -M and -dM go to standard output or -o', () => {
  const { run, written } = memory(sources);
  expect(run('-E -P a.c').out).toBe('int f(int x) { return x + 3; }\n');
  expect(run('-S -O1 a.c -o -').out).toContain('f:\n');
  expect(run('-MM a.c').out).toBe('a.o: a.c a.h\n');
  expect(run('-E -dM a.c').out).toContain('#define N 3\n');
  expect(run('-E -P -x c -').out).toBe('int from_stdin;\n');
  expect(run('-S a.c').files).toEqual(['a.s']);
  expect(written.size).toBe(1);
});

test('compiles, assembles and links in one go', () => {
  const { run, written } = memory(sources);
  const done = run('-nostdlib -O1 main.c a.c b.S -o prog');
  expect(done).toMatchObject({ status: 0, err: '', files: ['prog'] });
  expect(written.get('prog')?.[16]).toBe(2);
});

test('wrong input is 1, wrong usage 2', () => {
  const { run } = memory(sources);
  const bad = run('-c bad.c');
  expect(bad).toMatchObject({ status: 1, files: [] });
  expect(bad.err).toContain("bad.c:1:9: error: 'y' is not declared");
  expect(run('-c nowhere.c').status).toBe(1);
  expect(run('-c -fbogus a.c').status).toBe(2);
  expect(run('-c').err).toContain('no input files');
  expect(run('-c a.c main.c -o x.o').status).toBe(2);
  expect(JSON.parse(run('-c -fdiagnostics-format=json bad.c').err)[0].code).toBe('C0262');
});

test('says what it is', () => {
  const { run } = memory({});
  expect(run('--version').out).toMatch(/^gcc \(ring0 /);
  expect(run('-dumpmachine').out).toMatch(/^i686-/);
});
