// ring0 readelf, nm, size, objcopy, strip, ar and ranlib against GNU's: the same text, the same files.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main as ar } from '../../apps/cli/src/ar.ts';
import type { Tool } from '../../apps/cli/src/host.ts';
import { main as nm } from '../../apps/cli/src/nm.ts';
import { main as objcopy } from '../../apps/cli/src/objcopy.ts';
import { main as ranlib } from '../../apps/cli/src/ranlib.ts';
import { main as readelf } from '../../apps/cli/src/readelf.ts';
import { main as size } from '../../apps/cli/src/size.ts';
import { main as strip } from '../../apps/cli/src/strip.ts';
import { Bench, missingTool } from './gnu-bench.ts';

const missing = missingTool();
if (missing) console.log(`binutils oracle skipped: ${missing}`);
const bench = new Bench();
afterAll(() => bench.remove());

const source = `
#include <stdio.h>
static int counter; int table[20] = {1}; const char text[] = "text"; int common;
extern int elsewhere __attribute__((weak)); __thread int own = 4;
__attribute__((weak)) int twice(int a) { return a * 2; }
int main(int argc, char **argv) {
  counter += argc; printf("%d %s\\n", twice(counter + own + common), text);
  return &elsewhere == 0;
}
`;

describe.skipIf(missing)('the object tools', { timeout: 120_000 }, () => {
  beforeAll(() => {
    bench.compile('a', source, ['-g', '-O1', '-fcommon']);
    bench.compile('a-long-name-for-a-member', 'int f(void) { return 1; }');
    bench.assemble(
      'group',
      ' .section .text.f,"axG",@progbits,f,comdat\n .weak f\nf: call g\n .text\n' +
        'l: call f\n .data\n .long l\n .comm z,4,4\n',
    );
    bench.run('gcc', ['-m32', '-static', 'a.o', '-o', 'program']);
    bench.write(
      'flat.ld',
      'SECTIONS { . = 0x80100000; .text : AT(0x100000) { *(.text) } .data : { *(.data*) }\n' +
        '.bss : { *(.bss) *(COMMON) } /DISCARD/ : { *(.eh_frame .note* .comment) } }\n',
    );
    bench.run('ld', [
      '-m',
      'elf_i386',
      '-T',
      'flat.ld',
      '-e',
      'f',
      'a-long-name-for-a-member.o',
      '-o',
      'flat',
    ]);
    bench.run('strip', ['flat', '-o', 'stripped']);
    bench.write('data.txt', 'some data\n');
    bench.run('ar', ['rcsD', 'lib.a', 'a.o', 'a-long-name-for-a-member.o', 'group.o']);
  });

  const views: readonly (readonly [string, Tool, readonly string[]])[] = [
    ['readelf', readelf, ['-aW', '-a', '-h', '-S', '-l', '-s', '-r', '-g', '-n', '-hS']],
    ['nm', nm, ['-a', '-n', '-g', '-u', '-S', '-r', '-A', '-p', '--defined-only']],
    ['size', size, ['-B', '-A']],
  ];
  const files = ['a.o', 'group.o', 'program', 'flat', 'stripped', 'lib.a'];
  const shown = views.flatMap(([name, tool, options]) =>
    options.flatMap((option) => files.map((file) => [name, option, file, tool] as const)),
  );
  test.each(shown)('%s %s %s', (name, option, file, tool) => {
    const theirs = bench.attempt(name, [option, file]);
    const ours = bench.ours(tool, [option, file]);
    expect(ours.stdout).toBe(theirs.stdout);
    expect(ours.status).toBe(theirs.status);
  });

  const copies: readonly (readonly string[])[] = [
    ['-O', 'binary', 'flat'],
    ['-O', 'binary', '-j', '.text', 'a.o'],
    ['-O', 'binary', 'program'],
    ['-S', 'program'],
    ['-S', 'a.o'],
    ['-g', 'a.o'],
    ['-g', 'flat'],
    ['-R', '.comment', 'a.o'],
    ['-R', '.comment', 'program'],
    ['--add-section', '.more=data.txt', 'flat'],
    ['-I', 'binary', '-O', 'elf32-i386', '-B', 'i386', 'data.txt'],
    ['a.o'],
  ];
  test.each(copies.map((args) => [args.join(' '), args] as const))('objcopy %s', (_, args) => {
    bench.run('objcopy', [...args, 'theirs']);
    expect(bench.ours(objcopy, [...args, 'ours'])).toMatchObject({ status: 0, stderr: '' });
    expect(Buffer.compare(bench.read('ours'), bench.read('theirs'))).toBe(0);
  });

  test.each(['a.o', 'program', 'flat'])('strip %s', (file) => {
    bench.run('strip', [file, '-o', 'theirs']);
    expect(bench.ours(strip, [file, '-o', 'ours'])).toMatchObject({ status: 0, stderr: '' });
    expect(Buffer.compare(bench.read('ours'), bench.read('theirs'))).toBe(0);
  });

  test('ar and ranlib: make, replace, delete, list, extract', () => {
    const members = ['a.o', 'a-long-name-for-a-member.o', 'group.o'];
    const same = (): void => {
      expect(Buffer.compare(bench.read('ours.a'), bench.read('theirs.a'))).toBe(0);
      expect(bench.ours(ar, ['t', 'ours.a']).stdout).toBe(bench.run('ar', ['t', 'theirs.a']));
    };
    for (const step of [
      ['rcsD', ...members],
      ['dD', 'a.o'],
      ['rD', 'group.o', 'a.o'],
    ]) {
      const [letters, ...names] = step;
      bench.run('ar', [letters, 'theirs.a', ...names]);
      expect(bench.ours(ar, [letters, 'ours.a', ...names]).status).toBe(0);
      same();
    }
    bench.run('ranlib', ['-D', 'theirs.a']);
    expect(bench.ours(ranlib, ['-D', 'ours.a']).status).toBe(0);
    same();
    expect(bench.ours(ar, ['p', 'ours.a', 'group.o']).stdout).toBe(
      Buffer.from(bench.read('group.o')).toString('latin1'),
    );
  });

  test('readelf: properties by name, functions that choose, flags and registers', () => {
    const note = (type: number, size: number): string =>
      `.long 4,1f-0f,5\n.asciz "GNU"\n0:.long ${type},${size}\n`;
    const types = [0xc0000000, 0xc0000001, 0xc0000002, 0xc0008000, 0xc0008002, 0xc0010000];
    types.push(0xc0010002, 0xc0018000, 0xb0000003, 0xb0008000, 0xb0008004, 0xb0010000);
    const notes = types.flatMap((type) =>
      [0, 1, 0xffffffff].map((value) => `${note(type, 4)}.long ${value}\n1:\n`),
    );
    const longs = types.map((type) => `${note(type, 8)}.long 1,2\n1:\n`);
    const names = ['f', 'chooser_of', 'chooser_of_one_of_many_names'];
    const functions = names.map(
      (name) => `.globl ${name}\n.type ${name},@gnu_indirect_function\n${name}: ret\n`,
    );
    const registers = Array.from({ length: 128 }, (_, i) => `.cfi_undefined ${i}\n`);
    bench.assemble(
      'meanings',
      `.section .note.gnu.property,"a",@note\n.p2align 2\n${notes.join('')}${longs.join('')}` +
        `.section odd,"0xfedff000MS",%progbits,32\n.long 1\n.text\n${functions.join('')}` +
        `.cfi_startproc\nnop\n${registers.join('')}.cfi_endproc\n` +
        `.data\n.long ${names.join(',')},f+4\n`,
    );
    for (const args of [['-n'], ['-nW'], ['-r'], ['-rW'], ['-t'], ['-wf']]) {
      const all = [...args, 'meanings.o'];
      expect(bench.ours(readelf, all).stdout).toBe(bench.attempt('readelf', all).stdout);
    }
  });

  test('readelf: properties that end too early, lengths that only a linker knows, links to follow', () => {
    const notes = [
      ...['4,16,5\n.asciz "GNU"\n.long 0xc0010002,4,0,0', '4,4,5\n.asciz "GNU"\n.long 3'],
      ...['4,12,5\n.asciz "GNU"\n.long 0xc0010002,40,0', '4,6,5\n.asciz "GNU"\n.long 1\n.short 2'],
    ];
    const heads = notes.map((text) => `.long ${text}\n.p2align 2\n`).join('');
    const lines =
      '.section .debug_line,"",@progbits\n.long end - . - 4\n.short 2\n.long 1f - 0f\n' +
      '0: .byte 1,1,0xfb,14,13,0,1,1,1,1,0,0,0,1,0,0,1,0\n.asciz "a.c"\n.byte 0,0,0,0\n' +
      '1: .byte 0,5,2\n.long code\n.byte 3,4,1,2,1,0,1,1\n.section .tail,"",@progbits\nend:\n';
    bench.assemble(
      'early',
      `.section .note.gnu.property,"a",@note\n.p2align 2\n${heads}.text\ncode: nop\n${lines}`,
    );
    for (const args of [['-n'], ['-nW'], ['-wl'], ['-wL'], ['-wK'], ['-wKl']]) {
      const all = [...args, 'early.o'];
      const { stdout, status } = bench.attempt('readelf', all);
      expect(bench.ours(readelf, all), args[0]).toMatchObject({ stdout, status });
    }
  });

  test('readelf: notes of how code was built', () => {
    const note = (owner: string, type: number, description: readonly string[]): string =>
      `.long 1f-0f,${description.length * 4},${type}\n0:.ascii "${owner}\\0"\n1:.p2align 2\n` +
      (description.length > 0 ? `.long ${description.join(',')}\n` : '');
    const owners = [...'$*'].flatMap((kind) =>
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 31].flatMap((number) =>
        ['', '\\001', '\\002', '\\020\\040', 'word'].map((value) => {
          const code = number.toString(8).padStart(3, '0');
          return `GA${kind}\\${code}${kind === '*' || value === 'word' ? value : ''}`;
        }),
      ),
    );
    owners.push('GA+\\002', 'GA!\\002', 'GA!\\010', 'GA+own', 'GA$own\\0value', 'GA!\\037');
    bench.assemble(
      'built',
      '.section .gnu.build.attributes,"0x100000",%note\n.p2align 2\n' +
        note('GA$\\0013p1', 0x100, ['start', 'stop']) +
        note('GA$\\0013p1', 0x101, ['one', 'stop']) +
        owners.map((owner, i) => note(owner, 0x100 + (i & 1), [])).join('') +
        note('GA$\\0013p1', 0x100, ['64']) +
        note('GA$\\0013p1', 0x100, ['stop', '0', 'stop + 4', '0']) +
        note('GA$\\0013p1', 0x100, ['stop', '1', '2']) +
        note('GA', 0x100, []) +
        '.text\n.org 64\nstart: nop\nlater: nop\n.globl wide\n.set wide,start\n' +
        '.type one,@function\none: nop\nstop: nop\n',
    );
    for (const args of [['-n'], ['-nW']]) {
      const all = [...args, 'built.o'];
      expect(bench.ours(readelf, all).stdout).toBe(bench.attempt('readelf', all).stdout);
    }
  });

  test.each([
    [['-W', 'only'], []],
    [['--weaken'], []],
    [['--elf-stt-common=yes'], []],
    [['--elf-stt-common=no'], ['--elf-stt-common=yes']],
  ])('objcopy %s of unique and common symbols', (options, made) => {
    bench.write('kinds.s', '.type only,@gnu_unique_object\n.data\nonly: .long 0\n.comm many,9,4\n');
    bench.run('as', ['--32', ...made, 'kinds.s', '-o', 'kinds.o']);
    bench.run('objcopy', [...options, 'kinds.o', 'theirs']);
    expect(bench.ours(objcopy, [...options, 'kinds.o', 'ours'])).toMatchObject({ status: 0 });
    expect(Buffer.compare(bench.read('ours'), bench.read('theirs'))).toBe(0);
  });
});
