// How arguments in gcc's spelling are read.

import { expect, test } from 'vitest';
import { dependencyRule, readCommandLine } from './index.ts';

test('inputs and linker arguments keep their order; options reach the calls', () => {
  const line = readCommandLine(
    '-O2 -Iinc -I inc2 -DA=1 -D B -UA -isystem sys a.c -lm -x assembler b.c -x none -Wl,-T,k.ld -T x.ld -g -std=c11 -Wall -o out'.split(
      ' ',
    ),
  );
  expect(line.errors).toEqual([]);
  expect(line.items).toEqual([
    { kind: 'input', path: 'a.c', language: undefined },
    { kind: 'link', text: '-lm' },
    { kind: 'input', path: 'b.c', language: 'assembler' },
    { kind: 'link', text: '-T' },
    { kind: 'link', text: 'k.ld' },
    { kind: 'link', text: '-Tx.ld' },
  ]);
  expect(line).toMatchObject({ stage: 'link', output: 'out' });
  expect(line.options).toMatchObject({
    optimize: 2,
    debug: true,
    isOptimized: true,
    isGnu: false,
    standard: 201112,
    includePaths: ['inc', 'inc2'],
    systemIncludePaths: ['sys'],
    warnings: ['-Wall'],
    macros: [
      { kind: 'define', text: 'A=1' },
      { kind: 'define', text: 'B' },
      { kind: 'undefine', text: 'A' },
    ],
  });
});

test.each([
  [
    '-fno-strict-aliasing -fno-stack-protector -march=i686 -mno-sse -pipe -Wno-bogus -fno-pic -mtune=generic',
    [],
  ],
  ['-fbogus', ["unknown option '-fbogus'"]],
  ['-Wbogus', ["unknown option '-Wbogus'"]],
  ['-mbogus', ["unknown option '-mbogus'"]],
  ['-bogus', ["unknown option '-bogus'"]],
  ['-m64', ["'-m64' is not supported: this compiler makes 32-bit code"]],
  ['-fPIC', ["'-fPIC' is not supported: code is not position-independent"]],
  ['-x cobol', ["unknown language 'cobol'"]],
  ['-o', ["'-o' needs a value"]],
] as const)('%s', (words, errors) => {
  expect(readCommandLine(words.split(' ')).errors).toEqual(errors);
});

test('the last -O wins; -ffreestanding and -fno-builtin', () => {
  expect(readCommandLine(['-O2', '-O0']).options.optimize).toBe(0);
  expect(readCommandLine(['-O']).options.optimize).toBe(1);
  expect(readCommandLine(['-Os']).options).toMatchObject({ optimize: 's', isSizeOptimized: true });
  expect(readCommandLine(['-ffreestanding']).options.isFreestanding).toBe(true);
  expect(readCommandLine(['-fno-builtin']).options.hasBuiltins).toBe(false);
});

test('dependency rules', () => {
  const line = readCommandLine(['-MMD', '-MP', '-MF', 'x.d', '-MT', 'x.o']);
  const files = [
    { path: 'a b.c', isSystem: false },
    { path: 'inc/x.h', isSystem: false },
    { path: '/usr/include/stdio.h', isSystem: true },
  ];
  if (!line.dependencies) throw new Error('no dependencies are asked for');
  expect(line.dependencies).toMatchObject({ isOnly: false, file: 'x.d', targets: ['x.o'] });
  expect(dependencyRule(['x.o'], files, line.dependencies)).toBe(
    'x.o: a\\ b.c inc/x.h\ninc/x.h:\n',
  );
});
