// The valid inputs that are mutated: the project's own sources, and what our own tools make of them. Nothing is
// recorded; a corpus is made anew for each campaign.

import fs from 'node:fs';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { assemble } from '@ring0/assembler';
import { objcopy } from '@ring0/binutils';
import { latin1Bytes, latin1Text } from '@ring0/bytes';
import { compile } from '@ring0/compiler';
import { writeArchive, writeElf } from '@ring0/elf';
import { link } from '@ring0/linker';
import { preprocess } from '@ring0/preprocessor';
import { caseSources, linkScripts, plainC, sectionGame } from './corpus-texts.ts';

export const root: string = path.resolve(import.meta.dirname, '../..');

/** A file of the repository; other files are not there, whatever a mutated name says. */
export function readFile(name: string): Uint8Array | undefined {
  const full = path.resolve(root, name);
  if (!full.startsWith(`${root}${path.sep}`)) return undefined;
  try {
    return new Uint8Array(fs.readFileSync(full));
  } catch {
    return undefined;
  }
}

function text(name: string): string {
  const bytes = readFile(name);
  if (!bytes) throw new Error(`the corpus lacks ${name}`);
  return latin1Text(bytes);
}

const includePaths = ['kernel/include', 'kernel/arch/x86/include', 'userland/libc/include'];

/** Kernel and userland C of some variety, and a few files that use much of the language. */
export function cSources(): string[] {
  const files = [
    'kernel/core/printk.c',
    'kernel/core/lock.c',
    'kernel/mm/slab.c',
    'kernel/fs/pipe.c',
    'userland/libc/src/environment.c',
    'userland/libc/src/stdlib.c',
    'userland/libc/src/string.c',
    'userland/sh/lex.c',
    'test/oracle/compiler/callee.c',
    'test/oracle/compiler/constructs.c',
    'test/oracle/compiler/statements.c',
  ];
  return [...files.map(text), plainC];
}

export const cOptions = {
  path: 'input.c',
  readFile,
  includePaths,
  isFreestanding: true,
  warnings: ['-Wall'],
} as const;

/** Assembly with preprocessor directives. */
export function preprocessedSources(): string[] {
  const list = [
    'kernel/arch/x86/boot/bootasm.S',
    'kernel/arch/x86/uaccess.S',
    'kernel/arch/x86/trapasm.S',
    'kernel/arch/x86/entry.S',
    'firmware/video.S',
    'firmware/keyboard.S',
    'userland/libc/src/setjmp.S',
  ];
  return list.map(text);
}

function compiled(source: string, debug: boolean, output: 'object' | 'assembly'): Uint8Array {
  const result = compile(latin1Bytes(source), {
    ...cOptions,
    output,
    debug,
    optimize: 1,
    functionSections: debug,
  });
  if (!result.output)
    throw new Error(`the corpus does not compile: ${result.diagnostics[0]?.message}`);
  return result.output;
}

/** Assembly text: the assembler's cases, preprocessed kernel and firmware sources, and what the compiler writes. */
export function assemblySources(): string[] {
  const folder = path.join(root, 'test/assembler');
  const cases = fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.s'))
    .toSorted();
  const plain = preprocessedSources().map((source) => latin1Text(expanded(source)));
  const made = [plainC, text('userland/libc/src/string.c')].flatMap((source) =>
    [false, true].map((debug) => latin1Text(compiled(source, debug, 'assembly'))),
  );
  return [
    ...caseSources,
    ...cases.map((name) => text(`test/assembler/${name}`)),
    ...plain,
    ...made,
  ];
}

/** What the preprocessor makes of assembly. */
export function expanded(source: string): Uint8Array {
  const options = { path: 'input.S', isAssembly: true, readFile, includePaths };
  return preprocess(latin1Bytes(source), options).text();
}

function assembled(source: string): Uint8Array {
  const { object, diagnostics } = assemble(latin1Bytes(source), { path: 'corpus.s' });
  if (!object) throw new Error(`the corpus does not assemble: ${diagnostics[0]?.message}`);
  return writeElf(object);
}

/** Objects: of each kind of section, symbol and relocation that our assembler and compiler make. */
export function objects(): Uint8Array[] {
  return [
    ...sectionGame.map(assembled),
    ...caseSources.map(assembled),
    compiled(plainC, false, 'object'),
    compiled(plainC, true, 'object'),
    compiled(text('test/oracle/compiler/statements.c'), true, 'object'),
  ];
}

/** Objects with line tables, from the compiler and from `.loc`. */
export function debugObjects(): Uint8Array[] {
  return [
    compiled(plainC, true, 'object'),
    compiled(text('userland/libc/src/string.c'), true, 'object'),
    assembled(text('test/assembler/line-rows.s')),
    assembled(text('test/assembler/line-views.s')),
  ];
}

/** Objects with all debugging sections, as they are and compressed. */
export function packedObjects(): Uint8Array[] {
  const plain = debugObjects();
  const packed = plain.map((bytes) => {
    const compress = {
      compress: 'zlib',
      deflate: (data: Uint8Array) => deflateSync(data),
    } as const;
    return objcopy(bytes, 'packed.o', compress).bytes ?? bytes;
  });
  return [...plain, ...packed];
}

/** What is linked with a mutated input: defines what the others need, and needs what they define. */
export function companion(): Uint8Array {
  return assembled(sectionGame[0]);
}

export function archives(): Uint8Array[] {
  const members = objects().map((bytes, i) => ({ name: `member${i}.o`, bytes }));
  const long = members.map(({ bytes }, i) => ({ name: `a-rather-long-member-name-${i}.o`, bytes }));
  return [
    writeArchive(members.slice(0, 3)),
    writeArchive(long.slice(1, 5)),
    writeArchive(members.slice(4, 6), { hasIndex: false }),
    writeArchive([{ name: 'odd', bytes: new Uint8Array(7) }, ...members.slice(0, 1)]),
  ];
}

/** Linked files: static programs, a flat-addressed kernel-like one, one with debugging information. */
export function executables(): Uint8Array[] {
  const inputs = [companion(), compiled(plainC, true, 'object')];
  const items = inputs.map((bytes, i) => ({ path: `in${i}.o`, bytes }));
  const lists = [['-e', '_start'], ['-N', '-Ttext', '0x7c00'], ['-s'], ['--gc-sections', '-n']];
  return lists.map((options) => {
    const { image, diagnostics } = link([...options, ...items], { readFile: () => undefined });
    if (!image) throw new Error(`the corpus does not link: ${diagnostics[0]?.message}`);
    return image;
  });
}

export function scripts(): string[] {
  return [
    `entry = _start;\n${text('kernel/kernel.ld').replace('_start =', 'start =')}`,
    ...linkScripts,
  ];
}
