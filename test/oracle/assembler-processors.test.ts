// What processors, their registers and the options about them make of statements, against GNU as: verdicts, the lines of the
// messages, and the objects.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { difference, gnuAnswer } from './assembler-text/compare.ts';
import { ourAnswer } from './gnu-suite/assembler.ts';

const hasAs = spawnSync('as', ['--version']).status === 0;
if (!hasAs) process.stderr.write('skipped: as is not installed\n');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-processors-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

interface Case {
  readonly about: string;
  readonly text: string;
  /** Each list of options gives a comparison; without any there is one with none. */
  readonly options?: readonly string[];
}

const gap = '.byte 1\n.p2align 4\n.byte 2\n.balign 32\nret\n.nops 9\n.nops 20,3\n';

const cases: readonly Case[] = [
  {
    about: 'coprocessors, each with its own control instructions',
    text:
      '.arch generic32\n.arch .8087\nfneni\nfdisi\nfnsetpm\nfcos\n.arch .no8087\nfninit\n' +
      '.arch .287\nfsetpm\nfrstpm\nfeni\nfnstsw %ax\n.arch .387\nfcos\n.arch .no287\nfnsetpm\nfcos\n' +
      '.arch .687\nfcmovb %st(2),%st\n.arch .no387\nfcmovb %st(2),%st\n.arch i686\nfldz\n' +
      '.arch .no87\nfldz\nfucomi %st(1)\n',
  },
  {
    about: 'suffixes of the source behind movsx and movzx',
    text: ['s', 'z']
      .flatMap((kind) => ['', 'b', 'w', 'l'].map((suffix) => `mov${kind}x${suffix}`))
      .flatMap((name) => ['%dl', '%dx', '4(%esi)'].map((source) => `${name} ${source}`))
      .flatMap((start) => ['%bl', '%bx', '%ebx'].map((to) => `${start}, ${to}\n`))
      .join(''),
  },
  {
    about: '%cr8 to %cr15 by the lock prefix',
    text: 'movl %cr12, %esi\nmov %ebx, %cr9\ndata16 mov %cr8, %edx\nlock mov %cr8, %edx\n',
  },
  {
    about: 'names of no index, where they are allowed',
    text:
      'mov 5(,%eiz,2), %edx\n.allow_index_reg\nmov 5(,%eiz,2), %edx\nmov (%ebp,%eiz,8), %edx\n' +
      'mov (%eiz), %edx\nmov %eiz, %edx\n.intel_syntax noprefix\nmov esi, [eiz*4+7]\n' +
      'mov esi, [eiz+edi]\n.disallow_index_reg\nmov esi, [edi+eiz]\n',
    options: ['', '-mindex-reg'],
  },
  {
    about: 'directions and displacements as endings of mnemonics',
    text:
      'sub.s %esi, %edi\nmovups.s %xmm3, %xmm4\nxchg.s %eax, %esi\npush.s %esi\nlea.d8 (%esi), %edi\n' +
      'or.d32 (%esi), %edi\n1: jmp.d32 1b\njne.d32 1b\njmp.d8 1b\nsub.t %esi, %edi\n',
  },
  {
    about: 'parentheses without a register are memory',
    text: 'jmp t(,1)\ncall (,1)\nmov t(,1), %eax\nmov %eax, t(,1)\njmp *t(,1)\nincl t(,2)\nt:\n',
  },
  {
    about: 'movsd and cmpsd without operands',
    text: 'rep movsd\nrepe cmpsd\n.code16\nmovsd\n',
    options: ['', '-q'],
  },
  {
    about: 'an elided store has a ModRM byte',
    text: 'xrelease movl %eax, 0x4000\nxrelease movb %al, t\nxrelease movl t, %eax\nt:\n',
  },
  {
    about: 'operands that say what is used anyway',
    text:
      'umwait %esi, %edx, %eax\ntpause %esi, %eax, %edx\npvalidate %eax, %ecx, %edx\n' +
      'pvalidate %ax, %ecx, %edx\ninvlpgb %eax, %ecx, %edx\ninvlpgb %eax\nrdfsbase %esi\n' +
      'wrgsbase %ax\n.code16\nrdgsbase %edi\n.intel_syntax noprefix\nsysretd\n',
  },
  {
    about: 'VEX where the EVEX form is not enabled',
    text:
      '.arch .noavx512_vnni\nvpdpwssd %xmm5,%xmm6,%xmm7\n.arch .noavx512vl\nvpmadd52luq %ymm5,%ymm6,%ymm7\n' +
      'vcvtneps2bf16 %xmm5,%xmm6\nvcvtneps2bf16y (%esi),%xmm6\n.arch generic32\n.arch .avx_vnni\n' +
      'vpdpbusds (%esi),%ymm6,%ymm7\nvpmadd52luq %ymm5,%ymm6,%ymm7\n',
  },
  {
    about: 'names are registers where the processor has them',
    text:
      '.att_syntax noprefix\n.arch i286\n.code16\nmov edi, bx\nmov gs, bx\nmov cr0, bx\n.arch i386\n' +
      '.code32\nmov st, edi\nmov mm1, edi\nmov xmm1, edi\n.arch .mmx\npor mm1, mm2\n' +
      '.intel_syntax noprefix\nmov esi, ymm4\n.arch .no87\nmov esi, st\n',
  },
  {
    about: 'symbols that stand for registers',
    text:
      '.equ a, b\n.equ b, c\n.set c, %edi\nmov $7, a\nincl 4(b,c,2)\nd = %gs\nmov d:(c), a\n' +
      '.equ c, 9\nmov $c, %eax\nmov b, %eax\n.globl f\n.equ f, %eax\n.equ e, %esi\n.globl e\n' +
      'mov e, %edx\nmov t, %edx\n.intel_syntax noprefix\n.equ g, ebp\nmov g, [g+g*4]\nlodsb [e]\nt:\n',
  },
  {
    about: 'gaps in code by the processor',
    text: gap,
    options: [
      ...['', '-mtune=core2', '-mtune=i586', '-mtune=generic64', '-march=k8', '-march=i686'],
      ...[
        '-march=i686+nop',
        '-march=+nop',
        '-march=i686 -mtune=core2',
        '-march=i686 -mtune=generic64',
      ],
    ],
  },
  {
    about: 'gaps by the processor at that place',
    text: `.arch i386\n${gap}.arch pentium4\n${gap}.arch .nonop\n${gap}.arch .nop\n${gap}.nops 11\n`,
    options: ['', '-mtune=i386', '-mtune=athlon'],
  },
  {
    about: 'gaps whose length follows later',
    text: 'a: ret\n.nops 2*(c-b)\n.nops c-b,5\n.nops c-b,7\nb: movl $1,%eax\nmovl $2,%ebx\njmp a\nc:\n',
    options: ['', '-mtune=core2', '-march=i686+nop'],
  },
  {
    about: 'gaps that are not optimized',
    text: 'ret\n.balign 16,0x90\nret\n.balign 8\nret\n.p2align 4,0x90\n',
    options: ['-n'],
  },
  {
    about: 'what -O makes of lea',
    text:
      'lea %es:(%esi,%edi), %eax\nlea 9, %bx\nlea -3, %ebx\naddr16 lea -3, %ebx\naddr16 lea 9, %bx\n' +
      'lea t, %bx\nlea t, %ebx\nlea (,1), %bx\naddr16 lea t, %ebx\nlea (%di), %ebx\nt:\n.code16\n' +
      'lea -3, %ebx\nlea (%di), %ebx\nlea 9, %bx\naddr16 lea 9, %bx\n',
    options: ['-O -q', '-O2 -q', '-Os', ''],
  },
  {
    about: 'masks of zeros',
    text: 'kxord %k3,%k3,%k4\nkandnq %k3,%k3,%k4\nkxorb %k3,%k3,%k4\nkandnd %k3,%k4,%k4\n',
    options: ['-O', '-O2'],
  },
  {
    about: 'mask registers by their features',
    text:
      '.arch generic32\n.arch .avx512f\nkmovw (%esi),%k3\nkaddw %k3,%k4,%k5\nkortestb %k3,%k4\n' +
      'kshiftrw $3,%k4,%k5\n.arch .avx512dq\nkaddw %k3,%k4,%k5\nkmovb %esi,%k3\nkmovd %esi,%k3\n' +
      '.arch .avx512bw\nkmovd %k3,%esi\nkunpckdq %k3,%k4,%k5\nkmovq %k3,(%esi)\n',
  },
  {
    about: 'calls through the table, and globals that another file may replace',
    text:
      '.globl g,h\n.hidden h\nl: call l@PLT\ncall o@PLT\njmp o@PLT\njne l@PLT\njmp g\njmp h\njmp g@PLT\n' +
      'call g\ng: nop\nh: nop\nmov n@GOT(%ebx),%eax\nn = 0x1234\n.section .other,"ax"\no: ret\n',
    options: ['', '-mshared'],
  },
  {
    about: 'the table of 64-bit code in a 32-bit object',
    text: '.code64\nmovq t@GOT(%rsi), %rdi\nmovl t@GOT(%rsi), %edi\ncall t@PLT\n',
  },
  {
    about: 'bits of fractions as they are written',
    text:
      '.single 0x:40490fdb, 0f:c0\n.double 0x:4009\n.tfloat 0x:4000c9\n.hfloat 0x:42_48\n' +
      '.dcb.s 2, 0x:3f\n.bfloat16 0x:4049, 2\n',
  },
  {
    about: 'instructions that are too long',
    text: '.code16\nlwpval $0x12345678, %gs:(,%esi,8), %edi\n.code32\nlwpval $1, %gs:4(%esi), %edi\n',
  },
  {
    about: 'the size that a prefix says',
    text: 'data16 addl $5, (%esi)\ndata16 sub $5, (%esi)\n.code16\ndata32 xor $0x12345, (%si)\n',
  },
  {
    about: 'SSE of AMD has no AVX, and is not looked for',
    text: 'movntss %xmm1,(%esi)\nextrq %xmm2,%xmm3\ncvttpd2dq (%esi),%xmm1\ncvtpd2ps (%esi),%xmm1\n',
    options: ['-msse2avx', '-msse-check=warning'],
  },
  {
    about: 'lengths of instructions',
    text: '.struct 4\na: incl t\nb: call t\nc:\n.text\n.long b-a, c-a, c\nt: .struct 0\njmp t\n',
  },
  {
    about: 'segments limits of a register of 16 bits or of the same size',
    text: '.code64\nlar %ebx,%r9\nlar %bx,%r9\nlsl %rbx,%r9\nlsl %ebx,%r9d\nlsl %rbx,%r9d\n',
    options: ['--64'],
  },
  {
    about: 'distances of 16 bits',
    text: 'data16 xbegin t\n.skip 0x8000\nt: data16 call u\n.skip 0x8000\nu:\n',
  },
  {
    about: 'operators that nothing follows in Intel syntax',
    text: '.intel_syntax noprefix\npush 2 -\nmov esi, 3 *\nadd esi, [ebp*]\nor esi, 5 xor\n',
  },
  {
    about: 'sizes of symbols and sections as numbers',
    text:
      'f: mov $f@SIZE-1, %eax\nmov $9-f@SIZE, %eax\nlea -f@SIZE, %eax\nmov $.data@SIZE, %eax\n' +
      '.size f, .-f\n.data\n.long -f@SIZE, 3-f@SIZE, .text@SIZE+1, u@SIZE\n',
  },
  {
    about: 'a W that says nothing',
    text:
      'bzhi %esi,%edi,%eax\nblsr (%esi),%eax\nslwpcb %esi\nkmovd %k3,%esi\nkmovd %k3,%k4\nkmovb %esi,%k3\n' +
      'vpextrd $1,%xmm3,%esi\nvpinsrw $1,(%esi),%xmm3,%xmm4\nvpextrb $1,%xmm3,%esi\nvmovd %esi,%xmm3\n',
    options: ['', '-mvexwig=1', '-mvexwig=0'],
  },
  {
    about: 'loads of bounds need no fence',
    text: 'bndmk (%esi),%bnd2\nbndcl (%esi),%bnd2\nbndldx (%esi),%bnd2\nbndmov (%esi),%bnd2\n',
    options: ['-mlfence-after-load=yes'],
  },
];

test.skipIf(!hasAs).each(cases)('$about', ({ text, options = [''] }) => {
  fs.writeFileSync(path.join(folder, 'a.s'), text);
  for (const list of options) {
    const words = list.split(' ').filter((word) => word !== '');
    const found = difference(gnuAnswer(folder, 'a.s', words), ourAnswer(folder, 'a.s', words));
    expect(found, list).toBeUndefined();
  }
});

test.skipIf(!hasAs)('included files are named by the place where they were found', () => {
  fs.mkdirSync(path.join(folder, 'inner'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'here.inc'), 'bogus\n');
  fs.writeFileSync(path.join(folder, 'inner/there.inc'), 'bogus\n.include "here.inc"\n');
  fs.writeFileSync(path.join(folder, 'a.s'), '.include "there.inc"\n.include "inner/there.inc"\n');
  for (const words of [[], ['-Iinner'], ['-I', 'inner', '-I.']]) {
    const found = difference(gnuAnswer(folder, 'a.s', words), ourAnswer(folder, 'a.s', words));
    expect(found, words.join(' ')).toBeUndefined();
  }
});
