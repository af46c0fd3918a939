// The cache of statement shapes changes nothing: objects, diagnostics and symbols are the same with it, with it once more (when every shape is known), and without it. Texts: the cases of
// this folder, the project's own assembly, what our compiler writes, and statements of all of these
// mixed and damaged by a seeded generator.

import fs from 'node:fs';
import path from 'node:path';
import { assemble } from '@ring0/assembler';
import type { AssembleOptions } from '@ring0/assembler';
import { compile, readCommandLine } from '@ring0/compiler';
import { formatText } from '@ring0/diagnostics';
import { writeElf } from '@ring0/elf';
import { listSources } from '@ring0/kbuild';
import { preprocess } from '@ring0/preprocessor';
import { expect, test } from 'vitest';

const folder = import.meta.dirname;
const root = path.resolve(folder, '../..');

function readFile(file: string): Uint8Array | undefined {
  try {
    return new Uint8Array(fs.readFileSync(path.resolve(root, file)));
  } catch {
    return undefined;
  }
}

/** All that a caller of the assembler sees. */
function outcome(source: Uint8Array, options: AssembleOptions) {
  const result = assemble(source, { path: 'shapes.s', readFile, ...options });
  return {
    object: result.object && Buffer.from(writeElf(result.object)).toString('latin1'),
    diagnostics: result.diagnostics.map((diagnostic) => formatText(diagnostic)),
    symbols: result.symbols,
    printed: result.printed,
  };
}

function compare(source: Uint8Array, options: AssembleOptions = {}): void {
  const plain = outcome(source, { ...options, shapeCache: false });
  for (let round = 0; round < 2; round++) {
    const cached = outcome(source, options);
    expect(cached.diagnostics).toEqual(plain.diagnostics);
    expect(cached.symbols).toEqual(plain.symbols);
    expect(cached.printed).toEqual(plain.printed);
    // A difference of objects is not printed: they are long.
    expect(cached.object === plain.object).toBe(true);
  }
}

const texts = new Map<string, Uint8Array>();
for (const name of fs.readdirSync(folder).filter((each) => each.endsWith('.s'))) {
  texts.set(name, new Uint8Array(fs.readFileSync(path.join(folder, name))));
}
const includePaths = ['kernel/include', 'kernel/arch/x86/include', 'firmware'];
for (const source of ['firmware', 'kernel'].flatMap((name) => listSources(root, name, ['.S']))) {
  const bytes = readFile(source) ?? new Uint8Array(0);
  const plain = { path: source, readFile, includePaths, isAssembly: true };
  texts.set(source, preprocess(bytes, plain).text());
}
const flags = ['-nostdinc', '-ffreestanding', '-std=gnu11', '-Ikernel/include'];
const compiled = 'userland/sh/parse.c';
for (const [source, ...more] of [
  ['userland/sh/expand.c', '-isystem', 'userland/libc/include', '-Os'],
  [compiled, '-isystem', 'userland/libc/include', '-O1', '-g'],
]) {
  const { options } = readCommandLine(['-S', source, ...flags, ...more]);
  const bytes = readFile(source) ?? new Uint8Array(0);
  const { output } = compile(bytes, { ...options, path: source, readFile, output: 'assembly' });
  if (!output) throw new Error(`${source} was not compiled`);
  texts.set(source, output);
}

test.each([...texts.keys()])('%s', (name) => {
  compare(texts.get(name) ?? new Uint8Array(0));
});

test('code of 16 bits, Intel syntax and naked registers have shapes of their own', () => {
  const lines = 'movl $4, %eax\nmovw 8(%ebx), %cx\npush %eax\ncall f\njmp f\nf: ret\n';
  const intel = 'mov eax, 4\nmov cx, [ebx+8]\npush eax\ncall f\nmov ax, word ptr .L1\n.L1:\n';
  const text =
    `${lines}.code16\n1: ${lines.replaceAll('f', 'g')}.code16gcc\n${lines.replaceAll('f', 'h')}` +
    `.code32\n.intel_syntax noprefix\n${intel.replaceAll('f', 'i')}.att_syntax\n` +
    `${lines.replaceAll('f', 'j')}.arch i386\ncmove %eax, %ebx\n`;
  compare(new TextEncoder().encode(text));
  compare(new TextEncoder().encode(text), { isStrict: true, bits: 16 });
});

test('a macro takes over the name of an instruction that has a template', () => {
  const text = 'nop\nnop\n.macro nop\n.byte 1\n.endm\nnop\nnop\n.purgem nop\nnop\n';
  compare(new TextEncoder().encode(text));
});

test('.eqv keeps its expression, whatever other statements of its shape say', () => {
  const text = '.eqv a, b+1\n.eqv c, d+2\n.set b, 10\n.set d, 20\n.long a, c\n.long c, a\n';
  compare(new TextEncoder().encode(text));
});

test('hints, prefixes and scales belong to the shape', () => {
  const text =
    'jne,pt f\njne,pn f\nrep movsb\nrep stosb\nlock incl (%eax)\nlock decl (%eax)\n' +
    'movl (%eax,%ebx,4), %ecx\nmovl (%eax,%ebx,8), %ecx\nfadd %st(1)\nfadd %st(2)\nf:\n';
  compare(new TextEncoder().encode(text));
});

/** A generator of numbers below 2^32 (xorshift). */
function generator(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const numbers = '0 1 -1 4 127 128 -128 -129 255 256 32767 65535 65536 0x7fffffff 0xffffffff 010 1f';
const values = [...numbers.split(' '), '-2147483649', '0x123456789', '99999999999999999999', "'a"];

function damaged(line: string, below: (count: number) => number): string {
  const value = values[below(values.length)];
  switch (below(8)) {
    case 0:
      return line.replace(/\d+/, value);
    case 1:
      return line.replace(/\d+(?=\D*$)/, value);
    case 2:
      return line.replace(/[A-Za-z_.]\w+(?=\W*$)/, () => ['foo', '.L1', 'a', '%eax'][below(4)]);
    case 3: {
      const at = below(line.length + 1);
      return line.slice(0, at) + line.slice(at + 1);
    }
    case 4: {
      const at = below(line.length + 1);
      return line.slice(0, at) + ':,()$%@"#;=/ \t.x9'[below(16)] + line.slice(at);
    }
    default:
      return line;
  }
}

const slow = /^\s*(\.(rept|irp|irpc|include|incbin|macro|endm|end|fill|skip|space|org|zero)\b|#)/;

test.each(Array.from({ length: 24 }, (_, i) => [i + 1]))('mixed statements, seed %i', (seed) => {
  const below = generator(seed * 7919);
  const lines = [...texts.values()]
    .flatMap((bytes) => Buffer.from(bytes).toString('latin1').split('\n'))
    .filter((line) => line.length < 120 && !slow.test(line));
  const picked = Array.from({ length: 150 }, () => lines[below(lines.length)]);
  // Shapes repeat: each line comes again, damaged otherwise.
  const all = [...picked, ...picked].map((line) => damaged(line, below));
  compare(new TextEncoder().encode(`${all.join('\n')}\n`));
});

test('a text that is edited line by line assembles as it does anew', () => {
  const below = generator(4711);
  const source = Buffer.from(texts.get(compiled) ?? []).toString('latin1');
  const lines = source.split('\n');
  expect(lines.length).toBeGreaterThan(500);
  for (let edit = 0; edit < 12; edit++) {
    const at = below(lines.length);
    if (below(3) === 0) lines.splice(at, 1);
    else if (below(2) === 0) lines.splice(at, 0, `\tmovl $${below(1 << 20)}, %eax`);
    else if (!slow.test(lines[at])) lines[at] = lines[at].replace(/\d+/, String(below(300)));
    compare(new TextEncoder().encode(lines.join('\n')));
  }
});
