// Listings (`as -a..`) as GNU as prints them, letter for letter: columns, continuation lines, pages, symbols, macros, lines
// of the high-level source.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { main } from '../../apps/cli/src/as.ts';

const hasAs = spawnSync('as', ['--version']).status === 0;
const hasGcc = spawnSync('gcc', ['--version']).status === 0;
if (!hasAs) process.stderr.write('skipped: as is not installed\n');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-as-listing-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

function readFile(name: string): Uint8Array | undefined {
  const full = path.resolve(folder, name);
  return fs.existsSync(full) && fs.statSync(full).isFile()
    ? new Uint8Array(fs.readFileSync(full))
    : undefined;
}

/** What our command writes to standard output. */
function listingOf(argv: readonly string[], input = ''): string {
  let got = '';
  main(argv, {
    readFile,
    writeFile: () => true,
    stdin: () => new TextEncoder().encode(input),
    stdout: (data) => (got += typeof data === 'string' ? data : new TextDecoder().decode(data)),
    stderr: () => undefined,
    isColoured: false,
    cwd: folder,
  });
  return got;
}

/** Both listings of a file of the folder. */
function listings(name: string, options: readonly string[]): { want: string; got: string } {
  const argv = ['--32', ...options, name, '-o', 'out.o'];
  const run = spawnSync('as', argv, { cwd: folder, encoding: 'utf8' });
  return { want: run.stdout, got: listingOf(argv) };
}

const everything = String.raw`# a comment
	.text
	.globl main
main:
	pushl %ebp
	movl $0x12345678, 0x11223344(%eax)	# comment
	jmp 1f
	.ascii "a long string that spans many lines of the listing, really many lines"
	.macro foo a
	.byte \a
	nop
	.endm
	foo 1
	.if 0
	nop
	.else
	ret
	.endif
	.rept 2
	nop
	.endr
	.data
	.long main, ext, 5
	.p2align 4
	.byte 1; .byte 2
	.include "l.inc"
1:	.bss
	.skip 10
	.comm c,4
	.text
1:	nop
x = 5
	.set y, x+1
	.equ z, main
`;

const options = [
  '-aln',
  '-al',
  '-a',
  '-alm',
  '-alcn',
  '-as',
  '-alnm',
  '-ahln',
  '-adln',
  '-acdhlmns',
  '-aln --listing-lhs-width=2 --listing-lhs-width2=3 --listing-rhs-width=20 --listing-cont-lines=2',
  '-aln --listing-cont-lines=0',
  '-an',
  '-ac',
  '-alhs',
  '-ah',
  '-am',
];

const small: readonly (readonly [text: string, options: string])[] = [
  ['nop\n'.repeat(1001) + '.long 1,2,3\n', '-aln'],
  ['.macro m\n# 7 "x"\n nop\n\n# c\n\n.endm\n m\n', '-alnm'],
  ['.macro m a\n .ascii "\\a"\n.endm\n m "' + 'x'.repeat(150) + '"\n', '-alnm'],
  ['.pushsection .foo; .long 1\nx:.balign 4; .popsection\n', '-aln'],
  ['.file 1 "nothere.c"\n.loc 1 5\nnop\n.loc 1 7\nnop\n', '-ahln'],
  ['.data; .byte 1; .text; nop\n.byte 2; .data; .byte 3\n.byte 5\n.text\n nop; .data\n', '-aln'],
  [
    '.rept 2\n.byte 1,2\nnop\n.endr\nret\n.irp x,1,2\n.byte \\x\n.endr\nret\n.rept 1\nret\n.endr\n',
    '-alnm',
  ],
  [
    '.rept 2\n.byte 1,2\nnop\n.endr\nret\n.irp x,1,2\n.byte \\x\n.endr\nret\n.rept 1\nret\n.endr\n',
    '-aln',
  ],
  [
    '.macro n\nnop\n.endm\n.macro m\nn\nret\n.rept 2\n.byte 7\n.endr\n.endm\nm\n.include "l.inc"\n',
    '-alnm',
  ],
  [
    '.if 0\n.if 1\nnop\n.endif\nnop\n.else\nnop\n.endif\nnop\n.if 1\nnop\n.else\nret\n.endif\n',
    '-alnc',
  ],
  [
    'nop\n.p2align 4\nnop\n.balign 8\n.align 64\n.org 200\n.skip 5\n.fill 3,2,7\n.uleb128 a-b\na: nop\nb: jmp a\nx: jmp ext\n.long x,.\n',
    '-aln',
  ],
  ['.nolist\nnop\n.list\nret\n.nolist\n.nolist\ncli\n.list\nsti\n.list\nhlt\n', '-aln'],
  [
    '.title "My title"\n.sbttl "sub"\nnop\n.eject\nret\n.psize 10,40\nnop # a long line which is longer than forty columns\n',
    '-al',
  ],
  ['nop\n.title "My title"\n.sbttl "sub"\nnop\n.eject\nret\n.title "other"\n nop\n', '-a'],
  [
    'a:.long a;.comm c,5\n.globl g\ng=a+3\n.local l\n.comm l,4\n.Lx: nop\n1: jmp 1b\nw=ext\n.weak wk\n.data\nd: .long d,.Ly,wk\n.Ly:\n.set s,5\n.section foo\nf: .weakref wr,wt\n call wr\n"q q": nop\n.lcomm lc,4\n.hidden hh\n.globl unused\n',
    '-asn',
  ],
  ['nop\n'.repeat(150), '-al'],
  ['.psize 20\n' + 'nop\n'.repeat(150), '-al'],
  ['.psize 0\n' + 'nop\n'.repeat(150), '-al'],
  [Array.from({ length: 100 }, (_, i) => `a${i}: .long 1,2,3`).join('\n') + '\n', '-a'],
  ['x=-1\ny=0x123456789\n', '-asn'],
  ['nop\n', '-asn'],
  ['', '-a'],
  ['call ext\n', '-asn'],
  ['.macro m\n nop\n.rept 2\n.byte 1\n.endr\n.endm\n m\nret\n', '-alnm'],
  ['\tmovl\t%eax ,  %ebx  # c\nab :  \t nop\n', '-aln'],
  [
    '.macro m\n\tmovl\t%eax ,  %ebx  # c\nab :  \t nop\n /* c */ nop\n# c\n .ascii "a  b" , "c"\n .byte \x27a , \x27b\x27\n\t.globl\tfoo,  bar\nx  =  5\n rep  movsb\n foo: bar: .long  1 + 2\n jmp *%eax\n.endm\nm\n',
    '-alnm',
  ],
  ['nop\nnop\n.include "l.inc"\nnop', '-al'],
  ['\tnop\r\n\tret\r\n', '-aln'],
  ['nop /* a\n b\n c */\nret\n', '-aln'],
  ['.if 0\nnop\n.endif\n nop\n.end\nfoo\nbar', '-alnc'],
  [
    '\t.file "h.c"\n\t.text\nf:\n.file 1 "h.c"\n.loc 1 3\nnop\n.loc 1 1\nnop\n.loc 1 4\nnop\n.loc 1 99\nnop\n',
    '-ahln',
  ],
  ['.struct 4\na: .space 4\nb:\n.text\n.long b\n', '-aln'],
  ['.macro m x\n.ifc \\x,a\n.byte 1\n.else\n.byte 2\n.endif\n.endm\n m a\n m b\n', '-alncm'],
  ['.altmacro\n.macro m x\nLOCAL y\ny: .byte x\n.endm\n m 1\n m 2\n', '-alnm'],
  ['.irpc x,123\n.byte \\x\n.endr\n nop\n', '-alnm'],
  ['.bss\n.skip 100\n.data\n.skip 100\n.byte 1\n', '-aln'],
  ['a: b: c: nop\n/* x\n y */\n\n\n\n# z\n nop\n', '-aln'],
  ['.fill 100\n', '-aln --listing-cont-lines=50'],
  ['.fill 100\n', '-aln --listing-lhs-width=3'],
  ['.fill 100\n', '-aln --listing-lhs-width2=3'],
  ['.string "' + 'x'.repeat(200) + '"\n', '-aln'],
  ['.incbin "l.inc"\n', '-aln'],
  ['.subsection 1\n.byte 1\n.subsection 0\n.byte 2\n.subsection 1\n.byte 3\n', '-aln'],
  ['.pushsection .data\n.byte 1\n.popsection\nnop\n', '-aln'],
  ['.macro m\n.byte 1;.byte 2\n.endm\nm;nop;m\n', '-alnm'],
];

fs.writeFileSync(path.join(folder, 'l.inc'), '\tnop\n\tcall far\n');
fs.writeFileSync(path.join(folder, 'h.c'), 'int f(int x){\n return x+1;\n}\nint g;\n');
fs.writeFileSync(path.join(folder, 'l.s'), everything);

describe.skipIf(!hasAs)('a text that has much', () => {
  test.each(options)('%s', (list) => {
    const { want, got } = listings('l.s', list.split(' '));
    expect(got).toBe(want);
  });
});

describe.skipIf(!hasAs || !hasGcc)('what gcc -g writes', () => {
  const run = ['-m32', '-g', '-O1', '-S', 'h.c', '-o', 'h.s'];
  if (hasGcc) spawnSync('gcc', run, { cwd: folder });
  test.each(options)('%s', (list) => {
    const { want, got } = listings('h.s', list.split(' '));
    expect(got).toBe(want);
  });
});

describe.skipIf(!hasAs)('small texts', () => {
  small.forEach(([text, list], i) => {
    test(`${list}: ${JSON.stringify(text.slice(0, 60))}`, () => {
      const name = `small${i}.s`;
      fs.writeFileSync(path.join(folder, name), text);
      const { want, got } = listings(name, list.split(' '));
      expect(got).toBe(want);
    });
  });
});

test.skipIf(!hasAs)('several inputs, and standard input', () => {
  fs.writeFileSync(path.join(folder, 'm1.s'), 'nop\nx: .long y\n');
  fs.writeFileSync(path.join(folder, 'm2.s'), 'y: ret\n.end\nfoo\n');
  const input = '\tmovl  %eax , %ebx # x\n\nx : nop\n.macro m\n nop\n.endm\n m # q\n# foo\n';
  for (const argv of [['-a', 'm1.s', 'm2.s'], ['-alnm', 'm1.s', 'm2.s'], ['-a']]) {
    const words = ['--32', ...argv, '-o', 'out.o'];
    const run = spawnSync('as', words, { cwd: folder, encoding: 'utf8', input });
    expect(listingOf(words, input)).toBe(run.stdout);
  }
});

test.skipIf(!hasAs)('general facts: the same lines, but for version, target and time', () => {
  const { want, got } = listings('l.s', ['-ag']);
  const names = (text: string): string[] =>
    text.split('\n').map((line) => line.replace(/:.*/, '').replace(/ (GNU|\t using).*/, ''));
  const kept = (list: string[]): string[] =>
    list.filter(
      (line) => line !== '' && line !== '\t using BFD version (GNU Binutils for Debian) 2.40.',
    );
  expect(kept(names(got))).toEqual(kept(names(want)));
});

const mixed = String.raw`	.title "a title"
	.sbttl "sub"
	.macro say n:req, more=4
	.byte \n, \more
	.if \n > 2
	.byte 9
	.else
	.byte 8
	.endif
	.endm
	.text
f:	say 1
	say 2, 7
	.include "a.inc"
	.irp r, eax, ebx
	pushl %\r
	.endr
	.nolist
	nop
	.list
	.if 0
	nop
	.elseif 1
	ret
	.endif
	.macro rec n
	.if \n
	.byte \n
	rec \n-1
	.endif
	.endm
	rec 3
	.eject
	.psize 20, 60
	.string "a long string that takes more than one line of bytes in the listing for sure"
	jmp f
	.data
x:	.long f, x, ext
	.fill 20, 1, 7
	.altmacro
	.macro loc a
	LOCAL q
q:	.byte a
	.long q
	.endm
	loc <3>
	loc %4+5
	.noaltmacro
	.bss
	.skip 4
	.section .foo,"a"
1:	.byte 1; .byte 2
	.org 20
`;
const outer = String.raw`	.byte 1
	say 3
	.include "b.inc"
	.long 5
`;
const inner = String.raw`# deeper
	.ascii "deep"
	.rept 2
	nop
	.endr
`;

describe.skipIf(!hasAs)('macros, inclusions, conditions and pages of other sizes together', () => {
  fs.writeFileSync(path.join(folder, 'mixed.s'), mixed);
  fs.writeFileSync(path.join(folder, 'a.inc'), outer);
  fs.writeFileSync(path.join(folder, 'b.inc'), inner);
  const choices = [
    '-a',
    '-alm',
    '-alms',
    '-almc',
    '-ahl',
    '-al --listing-rhs-width=20',
    '-alm --listing-rhs-width=90',
    '-alms --listing-lhs-width=3 --listing-cont-lines=2',
  ];
  test.each(choices)('%s', (options) => {
    const { want, got } = listings('mixed.s', options.split(' '));
    expect(want).toContain('GAS LISTING');
    expect(got).toBe(want);
  });
});
