// Random code with aligned branches or bundles, through GNU as and through ours: the same objects or
// errors at the same lines.

import fs from 'node:fs';
import path from 'node:path';
import { alignedBranches, branchKinds } from '@ring0/assembler';
import type { AssembleOptions } from '@ring0/assembler';
import { latin1Bytes } from '@ring0/bytes';
import { Random } from '../../fuzz/random.ts';
import { difference, gnuAnswer, ourAnswer } from '../assembler-text/compare.ts';

export interface PaddingCase {
  readonly text: string;
  readonly gnu: readonly string[];
  readonly ours: AssembleOptions;
}

const plain = (
  'nop|movl %eax,%ebx|movl 4(%ebp),%eax|movl 8(%esp),%ecx|movl %fs:4(%eax),%edx|pushl %ebp|' +
  'addl $1000000,4(%eax,%ebx,2)|movb $1,%al|leal 400(,%eax,4),%ecx|rep movsb|movsl|cltd|int $3|' +
  'lock incl (%eax)|movaps %xmm0,%xmm1|pshufb %xmm1,%xmm2|vaddps %ymm0,%ymm1,%ymm2|lret|' +
  'vpermq $1,%ymm0,%ymm1|addw $300,%cx|imull $3,%eax,%eax|movl $foo,%eax|movl bar,%ecx|' +
  'push %fs|fldl 4(%ebp)|fadd %st(1),%st|setne %al|cmovne %eax,%ebx|xchgl %eax,%ebx|bswap %eax|' +
  'movl foo@GOT(%ebx),%eax|movl foo@GOTOFF(%ebx),%eax|leal foo@TLSGD(,%ebx,1),%eax|' +
  'addl $_GLOBAL_OFFSET_TABLE_,%ebx|movl foo@INDNTPOFF,%eax|movl foo@GOTNTPOFF(%ebx),%eax|' +
  'movl %gs:foo@NTPOFF,%eax|ljmp *(%eax)|ljmp $1,$2|movw %ax,(%bx,%si)|cpuid|shll %eax'
).split('|');

const fusing = (
  'cmpl %eax,%ebx|cmpl $1000,%eax|cmpl $1,(%eax)|cmpl %eax,(%ebx)|testl %eax,%eax|testb $1,%al|' +
  'testl $1,4(%eax)|andl $7,%ecx|addl %eax,%ebx|subl $1,%eax|subl 4(%ebp),%eax|incl %eax|' +
  'decl (%eax)|decl %ecx|incb %al|cmpw $300,%cx|cmpb %fs:(%eax),%bl|andb $1,(%eax)|orl %eax,%eax|' +
  'negl %eax|notl %ecx|xorl %eax,%eax|sbbl %eax,%eax|testw $300,%ax'
).split('|');

const branches = (
  'jmp N|je N|jne N|jg N|jb N|ja N|js N|jp N|jo N|jle N|call foo|jmp foo|je foo|call *%eax|' +
  'jmp *4(%eax)|jmp *%eax|ret|ret $4|call ___tls_get_addr@PLT|jecxz 1b|bnd jmp N|loop 1b|' +
  'jne,pt N|notrack jmp *%eax|call N|call *foo@GOT(%ebx)|rep ret'
).split('|');

const data = (
  '.byte 1|.p2align 4|.p2align 3,,3|.skip 3|.fill 7,1,0x90|.long foo|.zero 20|.nops 9|.data;nop;.text|' +
  '1:|1:|1:|.set a,3|rep|.uleb128 4|.asciz "abc"|lock|.data;.byte 3;.text|.section .t,"ax"|.text|' +
  '.fill 90,1,0x90|wait|.subsection 1|.subsection 0|.code16;nop;.code32|.org .+5'
).split('|');

const target = (random: Random): string => random.pick(['1b', '1f', '1b', '2f', 'here']);

function statement(random: Random): string {
  const kind = random.below(20);
  if (kind < 8) return random.pick(plain);
  if (kind < 12) return random.pick(fusing);
  if (kind < 18) return random.pick(branches).replace('N', target(random));
  return random.pick(data);
}

function sourceOf(random: Random, count: number): string {
  const lines = ['1:', 'nop'];
  for (let i = 0; i < count; i++) lines.push(statement(random));
  lines.splice(random.below(lines.length), 0, 'here: nop');
  lines.push('.text', '.subsection 0', '1:', 'nop', '2:', 'nop');
  return lines.map((line) => `${line}\n`).join('');
}

/** Code with -malign-branch-boundary and its kin. */
export function branchCase(random: Random): PaddingCase {
  const boundary = random.pick([16, 32, 32, 32, 64]);
  const words = ['jcc', 'fused', 'jmp', 'call', 'ret', 'indirect'].filter(
    () => random.below(3) > 0,
  );
  const names = words.length === 0 ? 'jcc+fused+jmp' : words.join('+');
  const prefixes = random.below(6);
  const kinds = branchKinds(names);
  if (!kinds) throw new Error(`no kinds in ${names}`);
  return {
    text: sourceOf(random, 4 + random.below(60)),
    gnu: [
      `-malign-branch-boundary=${boundary}`,
      `-malign-branch=${names}`,
      `-malign-branch-prefix-size=${prefixes}`,
    ],
    ours: { watchers: [alignedBranches({ boundary, kinds, prefixes })] },
  };
}

/** Code in bundles, some of it locked. */
export function bundleCase(random: Random): PaddingCase {
  const lines = [`.bundle_align_mode ${random.pick([4, 4, 5, 5, 6, 3])}`];
  let isLocked = false;
  for (let count = 4 + random.below(50); count > 0; count--) {
    if (random.below(6) === 0) {
      lines.push(isLocked ? '.bundle_unlock' : '.bundle_lock');
      isLocked = !isLocked;
    }
    // What GNU as does not count: spaces and numbers of a later size.
    let line = statement(random);
    const isOdd = /skip|fill|zero|nops|leb|align|org|section|data|code16|^(rep|lock|wait)$/;
    while (isLocked && isOdd.test(line)) line = statement(random);
    if (/^(rep|lock)$/.test(line)) line = 'nop';
    lines.push(line);
    if (random.below(40) === 0) lines.push(`.bundle_align_mode ${random.below(7)}`);
  }
  if (isLocked && random.below(10) > 0) lines.push('.bundle_unlock');
  lines.splice(1 + random.below(lines.length - 1), 0, '1:', 'here:');
  lines.push('.text', '.subsection 0', '1:', 'nop', '2:', 'nop');
  return { text: lines.map((line) => `${line}\n`).join(''), gnu: [], ours: {} };
}

/** What differs; undefined where nothing does. */
export function comparePadding(
  folder: string,
  { text, gnu, ours }: PaddingCase,
): { readonly kind: string; readonly want: string; readonly got: string } | undefined {
  fs.writeFileSync(path.join(folder, 'input.s'), latin1Bytes(text));
  const want = gnuAnswer(folder, 'input.s', gnu);
  return difference(want, ourAnswer(folder, 'input.s', ours));
}
