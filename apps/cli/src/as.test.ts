import { utf8Bytes, utf8Text } from '@ring0/bytes';
import { expect, test } from 'vitest';
import { main } from './as.ts';
import type { Host } from './host.ts';

function run(argv: readonly string[], files: Record<string, string>) {
  const written = new Map<string, Uint8Array>();
  let stdout = '';
  let stderr = '';
  const host: Host = {
    readFile: (path) => (files[path] === undefined ? undefined : utf8Bytes(files[path])),
    writeFile: (path, bytes) => {
      written.set(path, bytes);
      return true;
    },
    stdin: () => utf8Bytes(files['-'] ?? ''),
    stdout: (data) => (stdout += typeof data === 'string' ? data : utf8Text(data)),
    stderr: (text) => (stderr += text),
    isColoured: false,
    cwd: '/',
  };
  return { status: main(argv, host), written, stdout, stderr };
}

test('an object from several files and a response file', () => {
  const { status, written } = run(['@args'], {
    args: '-o "out.o" a.s\n--defsym N=0x10 b.s',
    'a.s': 'jmp b\n',
    'b.s': 'b: .byte N\n',
  });
  expect(status).toBe(0);
  expect([...(written.get('out.o') ?? [])].slice(0, 4)).toEqual([0x7f, 0x45, 0x4c, 0x46]);
});

test('flat code for an address', () => {
  const argv = ['--oformat', 'binary', '-Ttext', '7c00', '-o', 'x'];
  const { written } = run(argv, { '-': '.code16\nmovw $m, %si\nm:\n' });
  expect([...(written.get('x') ?? [])]).toEqual([0xbe, 0x03, 0x7c]);
});

test('a mistake is shown in its line, and nothing is written', () => {
  const { status, stderr, written } = run(['a.s'], { 'a.s': '\tmovl $1\n' });
  expect(status).toBe(1);
  expect(stderr).toContain('a.s:1:2: error: ');
  expect(stderr).toContain('| \t^~~~');
  expect(written.size).toBe(0);
});

test('warnings: shown, hidden, fatal, strict', () => {
  const files = { 'a.s': '.byte 300\n' };
  const shown = run(['a.s'], files);
  expect(shown.status).toBe(0);
  expect(shown.stderr).toContain('a.s:1:1: warning: 300 does not fit in 8 bits');
  expect(run(['-W', 'a.s'], files)).toMatchObject({ status: 0, stderr: '' });
  expect(run(['--fatal-warnings', 'a.s'], files).status).toBe(1);
  expect(run(['--strict', 'a.s'], files).status).toBe(1);
});

test('wrong usage is told from wrong input', () => {
  expect(run(['--bogus'], {}).status).toBe(2);
  expect(run(['-o'], {}).status).toBe(2);
  expect(run(['missing.s'], {}).status).toBe(1);
});

test('the version begins as build scripts expect', () => {
  expect(run(['--version'], {}).stdout).toMatch(/^GNU assembler \(ring0 [\d.]+\) 2\.40\n$/);
});

test('a rule for make, a listing in a file, an object on standard output', () => {
  const files = { 'a b.s': '.include "x.inc"\n', 'x.inc': ' nop\n' };
  const { written, stdout } = run(['--MD', 'd', '-aln=l', '-o', '-', 'a b.s'], files);
  expect(utf8Text(written.get('d') ?? new Uint8Array(0))).toBe(String.raw`-: x.inc a\ b.s` + '\n');
  expect(utf8Text(written.get('l') ?? new Uint8Array(0))).toBe(
    '   1              \t.include "x.inc"\n   1 0000 90       \t nop\n',
  );
  expect(stdout.slice(1, 4)).toBe('ELF');
});

test('long options may be shortened and have one dash; an ambiguous one is refused', () => {
  const files = { 'a.s': '.long N\n' };
  expect(run(['--defs', 'N=1', 'a.s'], files).status).toBe(0);
  expect(run(['-defsym=N=1', 'a.s'], files).status).toBe(0);
  expect(run(['--listing', '1', 'a.s'], files)).toMatchObject({ status: 2 });
  expect(run(['--listing', '1', 'a.s'], files).stderr).toContain('--listing-rhs-width');
});

test('diagnostics in four forms', () => {
  const files = { 'a.s': '\tbogus\n' };
  const shown = (form: string) => run([`-fdiagnostics-format=${form}`, 'a.s'], files).stderr;
  expect(shown('text')).toContain('| \t^~~~~');
  expect(shown('gcc')).toBe("a.s:1:2: error: no such instruction: 'bogus'\n");
  expect(JSON.parse(shown('json'))[0].location).toMatchObject({ file: 'a.s', line: 1, column: 2 });
  const [{ tool, results }] = JSON.parse(shown('sarif')).runs;
  expect(tool.driver.rules[results[0].ruleIndex].id).toBe(results[0].ruleId);
});
