// AT&T statements at the edges of what GNU as takes, and a reader for the plain operands they are
// written with. (The assembler has the grammar; here only the encoder is asked.)

import { isBranchMnemonic, isPrefixName, registerByName } from '@ring0/isa';
import type { Instruction, Operand, Register } from '@ring0/isa';

/** Numbers as written; a name stands for a value that is not known. */
function valueOf(text: string): bigint | undefined {
  if (!/^-?(0x[0-9a-f]+|\d+)$/.test(text)) return undefined;
  return text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text);
}

function register(text: string): Register | undefined {
  if (text === '') return undefined;
  const found = registerByName(text.replace('%', ''));
  if (!found) throw new Error(`no register ${text}`);
  return found;
}

function operand(text: string, isBranch: boolean): Operand {
  if (text.startsWith('$')) return { kind: 'immediate', value: valueOf(text.slice(1)) };
  const name = registerByName(text.slice(1));
  if (text.startsWith('%') && name) return { kind: 'register', register: name };
  const parts = /^(?:(%\w+):)?([^(]*)(?:\(([^)]*)\))?$/.exec(text);
  if (!parts) throw new Error(`unreadable ${text}`);
  const [, segment, displacement, inside] = parts;
  if (isBranch && inside === undefined && !segment) return { kind: 'target' };
  const [base = '', index = '', scale = '1'] = (inside ?? '').split(',');
  return {
    kind: 'memory',
    segment: segment ? register(segment) : undefined,
    base: register(base),
    index: register(index),
    scale: Number(scale),
    displacement: valueOf(displacement),
    isDisplacementPresent: displacement !== '',
  };
}

/** Reads `prefixes mnemonic operands`. */
export function parseStatement(text: string): Instruction {
  const words = text.split(' ');
  const prefixes: string[] = [];
  while (words.length > 1 && isPrefixName(words[0])) prefixes.push(words.shift() ?? '');
  const mnemonic = words.shift() ?? '';
  const rest = words.join('');
  const isIndirect = rest.startsWith('*');
  const list = rest === '' ? [] : rest.replace('*', '').split(/,(?![^(]*\))/);
  const isBranch = isBranchMnemonic(mnemonic) && !isIndirect;
  return { mnemonic, prefixes, isIndirect, operands: list.map((item) => operand(item, isBranch)) };
}

/** No branches with a direct target: their distance is the assembler's. */
export const edgeStatements: readonly string[] = `
movb $300,%al; movw $70000,%ax; movl $0x1ffffffff,%eax; int $300; int $-1; shl $300,%eax
shl $-1,%eax; ret $-1; enter $-1,$-1; push $0xffffffff; pushw $0xffff; add $0xffff,%ax
add $0xff,%al; add $-129,%al; addb $256,(%eax); add $1,(%eax); movzx (%eax),%eax
movsx (%eax),%eax; stos; movs; lldt %eax; ltr %eax; data16 addw %ax,%bx; data16 addl %eax,%ebx
data16 push $1; data16 ret; data32 push $1000; data32 ret; rep ret; lock addl $1,(%eax)
lock mov %eax,%ebx; lock add %eax,%ebx; rep addl $1,(%eax); rep movsl; repne scasb; repe cmpsw
sldtw (%eax); sldtl (%eax); smswl %eax; movw %ax,%ds; movl %eax,%ds; movw (%eax),%ds
movl (%eax),%ds; movw %ds,(%eax); movl %ds,(%eax); call %eax; jmp (%eax); ljmp (%eax); ljmp *%eax
nop (%eax); mov %ds:0x10,%eax; mov %ds:(%eax),%eax; mov %ss:(%ebp),%eax; lea %ds:(%eax),%eax
lea %fs:(%eax),%eax; mov $foo,%al; mov foo,%al; add $foo,%eax; mov foo(%ebp),%eax
mov 0xfffffffc(%eax),%eax; mov foo(%bx),%ax; mov (%eax,%esp),%eax; mov (%esp,%eax),%eax
mov (%esp,%ebp),%eax; mov (,%eax),%eax; mov (,%eax,1),%ebx; mov (%ax),%ax; mov (%bx,%si,2),%ax
mov (%bp),%ax; mov (%si,%bx),%ax; mov (%bp,%esi),%eax; mov 0xfff0(%bp),%ax; lsl %ax,%eax
lar %eax,%ax; lar %ax,%ax; larw (%eax),%ax; test $1,%al; test (%ecx),%eax; xchg %eax,%eax
xchg %eax,%ecx; xchg %ecx,%eax; xchgl %ecx,(%eax); xchg (%eax),%cl; fstenvs (%eax); fstenvl (%eax)
movsb; movs %ds:(%esi),%es:(%edi); movsb %fs:(%esi),%es:(%edi); movsb (%si),(%di); addr16 movsb
addr32 movsb; addr16 mov (%eax),%eax; lods (%esi); lods (%esi),%al; lodsb (%esi); scas (%edi),%al
cs movl (%eax),%eax; ds movl %fs:(%eax),%eax; imul $3,%ax; imul $0xffff,%ax,%bx; imul $foo,%eax
push %ax; pushw %ds; pushl %ds; push %al; popl (%eax); pushw $foo; push $foo; jmpl *%eax; jmp *%ax
callw *%ax; call *%ax; fadd; faddp; fsubp; fsubrp; fdivp; fadds (%eax); fadd (%eax); fild (%eax)
fcom %st(1),%st; fmul %st(1); fxch; fucomi; fcomip %st(3),%st; outb $4; outb %al,%dx; outb (%dx)
inw %dx; in %dx,%al; ins (%dx),%es:(%edi); outsb; rep; lock; shl $1,%eax; shl %eax; shl %cl,%eax
shl $0,%eax; rcl $foo,%eax; movl $foo,(%ebx); bound %ax,(%eax); mov $-1,%ax; mov $0xffffffff,%ax
cmp $0xffffff80,%eax; cmpw $0xff80,(%eax); foobar; movq %eax,%ebx; mov %eax,%bx; mov %al,%eax
movl %ax,%bx; movb %eax,(%ebx); add %eax; add (%eax),(%ebx); add %eax,$1; inc 5; jne *%eax
incl %eax; incw %ax; incb %al; repne repne scasb; movabs $1,%eax; pushq $1; swapgs
movsbl %al,%eax; movzwl (%eax),%eax; movsw (%eax),%eax; movzb %al,%ax; cbtw; cwtl; cltd; cwtd
cwde; cdq; cbw; cwd; xlat; xlatb; lretl; lretw $4; iretw; iretl; pushfl; pushfw; popfw; pushal
pushaw; enterw $1,$2; leavel; leavew; lgdtl (%eax); lgdtw (%eax); lgdt foo; sidt (%bx)
lcall $8,$0x1000; ljmpw $8,$0x10; ljmpl $8,$foo; lcallw *(%bx); ljmpl *(%eax); int $3; int3; icebp
aam; aad $8; bswap %eax; bswap %ax; cmpxchg8b (%eax); cmpxchg %cl,(%eax); xadd %ecx,(%eax)
lock xaddl %ecx,(%eax); btl $3,foo; bt $-1,%eax; shld %eax,%ebx; shrdw $3,%ax,(%eax); setne %al
setneb (%eax); cmovne (%eax),%ax; cmovnel %eax,%ebx; mov %cr0,%eax; mov %eax,%cr3; movl %eax,%dr7
mov %tr6,%eax; mov %ax,%cr0; lmsw %eax; str (%eax); verr %ax; hlt; invlpg (%eax); fstsw; fstsw %ax
fnstsw (%eax); fstcw (%eax); fldcww (%eax); wait; fsave (%eax); fnsave (%eax)
`
  .split(/;|\n/)
  .map((line) => line.trim())
  .filter((line) => line !== '');

/** Pseudo prefixes where they mean something, and where not. */
export const pseudoStatements: readonly string[] = `
{rex} mov %eax,%ebx; {vex3} vaddps %xmm0,%xmm1,%xmm2; {vex2} vaddps %xmm0,%xmm1,%xmm2
{vex2} vpshufb %xmm0,%xmm1,%xmm2; {vex} vaddps %xmm0,%xmm1,%xmm2; {vex} addps %xmm0,%xmm1
{vex3} addps %xmm0,%xmm1; {evex} addps %xmm0,%xmm1; {evex} vpcomltb %xmm0,%xmm1,%xmm2
{evex} mov %eax,%ebx; {vex} mov %eax,%ebx; {vex} andn %eax,%ebx,%ecx; {load} mov %eax,%ebx
{store} mov %eax,%ebx; {load} movaps %xmm0,%xmm1; {store} movaps %xmm0,%xmm1
{store} movq %xmm0,%xmm1; {load} movq %mm0,%mm1; {store} vmovss %xmm0,%xmm1,%xmm2
{store} movss %xmm0,%xmm1; {load} add %al,%bl; {store} add %al,%bl; {load} cmp %eax,(%ebx)
{store} xchg %eax,%ebx; {load} xchg %ecx,%ebx; {load} test %ecx,%ebx; {load} movd %xmm0,%eax
{store} movd %eax,%xmm0; {disp8} mov (%eax),%ebx; {disp8} mov 1(%eax),%ebx
{disp32} mov 1(%eax),%ebx; {disp32} mov (%eax),%ebx; {disp32} mov (%ebp),%ebx
{disp16} mov 1(%eax),%ebx; {disp16} mov 1(%bx),%ebx; {disp32} mov 1(%bx),%ebx
{disp8} mov 1(%bx),%ebx; {disp8} mov 0x1000(%eax),%ebx; {disp8} mov foo(%eax),%ebx
{nooptimize} mov %eax,%ebx; {disp32} mov foo,%eax; {disp8} mov foo,%eax; {disp32} mov foo,%ebx
{load} mov foo,%eax; {store} mov %eax,foo; {load} {vex3} vmovaps %xmm0,%xmm1
{vex2} {vex3} vmovaps %xmm0,%xmm1; {vex} {disp32} vmovaps (%eax),%xmm1
{load} pextrw $1,%xmm0,%eax; {store} pextrw $1,%xmm0,%eax; {store} vpextrw $1,%xmm0,%eax
{store} adc %eax,%ebx; {load} movhlps %xmm0,%xmm1; {load} mov %cr0,%eax; {load} mov %ds,%eax
{load} movbe (%eax),%ecx; {store} vmovd %xmm0,%eax; {store} bndmov %bnd0,%bnd1
{store} {disp8} mov %eax,%ebx; {vex} crc32 %eax,%eax
`
  .split(/;|\n/)
  .map((line) => line.trim())
  .filter((line) => line !== '');
