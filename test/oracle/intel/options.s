testl $7,%eax
testl $7,%ebx
testl $127,%ebx
testl $128,%ebx
testl $7,%esi
testw $7,%bx
testb $7,%bl
testl $7,(%eax)
andl $7,%eax
orl %eax,%eax
andl %ebx,%ebx
orw %ax,%ax
orb %al,%al
andb %cl,%cl
orl %eax,%ebx
xorl %eax,%eax
movl $0,%eax
vandnps %ymm1,%ymm1,%ymm2
vandnpd %ymm1,%ymm1,%ymm2
vxorps %ymm1,%ymm1,%ymm2
vpxor %ymm1,%ymm1,%ymm2
vpsubq %ymm1,%ymm1,%ymm2
vpsubb %ymm1,%ymm1,%ymm2
vpandn %ymm3,%ymm3,%ymm3
vxorps %ymm1,%ymm3,%ymm2
vxorps (%eax),%ymm3,%ymm2
vpcmpeqd %ymm1,%ymm1,%ymm2
vsubps %ymm1,%ymm1,%ymm2
vxorpd %ymm0,%ymm0,%ymm0
{nooptimize} vxorpd %ymm0,%ymm0,%ymm0
{nooptimize} testl $7,%eax
lea (%eax),%ebx
lea 4(%eax),%eax
data16 testl $7,%ebx
vpsubd %ymm1,%ymm1,%ymm2
vpsubw %ymm1,%ymm1,%ymm2
vmovdqa %ymm1,%ymm2
lea foo,%eax
lea 4,%eax
lea foo+4,%ax
leaw (%eax),%bx
lea (%bx),%ebx
lea (%bx),%bx
lea (,%eax,1),%ebx
lea (%eax),%eax
lea (%esp),%eax
lea 0(%eax),%ebx
leal (%eax),%ebx
lea %ds:(%eax),%ebx
lea (,%eax,2),%ebx
lea foo(%eax),%ebx
.code16
lea (%eax),%ebx
lea (%bx),%ax
lea foo,%ax
lea 4,%eax
.code32
addps %xmm1,%xmm2
addss (%eax),%xmm2
movaps %xmm1,%xmm2
movss (%eax),%xmm2
movss %xmm1,%xmm2
movlps (%eax),%xmm2
movlps %xmm2,(%eax)
movhlps %xmm1,%xmm2
cvtsi2sd %eax,%xmm1
cvtsi2sdl (%eax),%xmm1
sqrtps %xmm1,%xmm2
sqrtss %xmm1,%xmm2
blendvps %xmm0,%xmm1,%xmm2
blendvps %xmm1,%xmm2
pblendvb %xmm1,%xmm2
pshufb %xmm1,%xmm2
pshufd $1,%xmm1,%xmm2
shufps $1,%xmm1,%xmm2
pinsrw $1,%eax,%xmm1
pextrw $1,%xmm1,%eax
pslld $1,%xmm1
pslld %xmm2,%xmm1
movd %eax,%xmm1
movq %xmm1,%xmm2
movd %mm1,%eax
paddd %mm1,%mm2
paddd %xmm1,%xmm2
ldmxcsr (%eax)
stmxcsr (%eax)
cmpeqps %xmm1,%xmm2
cmpps $1,%xmm1,%xmm2
aesenc %xmm1,%xmm2
aesimc %xmm1,%xmm2
pclmulqdq $1,%xmm1,%xmm2
pclmullqlqdq %xmm1,%xmm2
roundsd $1,%xmm1,%xmm2
dpps $1,%xmm1,%xmm2
ptest %xmm1,%xmm2
movntdqa (%eax),%xmm1
maskmovdqu %xmm1,%xmm2
pcmpistri $1,%xmm1,%xmm2
lddqu (%eax),%xmm1
cvtss2sd %xmm1,%xmm2
cvtdq2pd %xmm1,%xmm2
comiss %xmm1,%xmm2
insertps $1,%xmm1,%xmm2
extractps $1,%xmm1,%eax
unpcklps %xmm1,%xmm2
andnps %xmm1,%xmm2
movmskps %xmm1,%eax
pmovmskb %xmm1,%eax
mfence
prefetcht0 (%eax)
cvtpi2ps %mm1,%xmm1
movq2dq %mm0,%xmm1
crc32b %al,%ecx
popcnt %eax,%ecx
sha1msg1 %xmm1,%xmm2
gf2p8mulb %xmm1,%xmm2
lock addl $1,(%ebx)
lfence
mfence
sfence
call foo
ret
jmp *%eax
jne foo
jmp foo
movl foo@GOT(%ebx),%eax
addps %xmm0,%xmm1
vaddss %xmm0,%xmm1,%xmm2
vandnps %ymm1,%ymm1,%ymm2
andl $15,%eax
testl $7,%eax
testw $7,%bx
xorl %eax,%eax
movl (%eax),%ebx
fsub %st,%st(1)
vpxor %ymm1,%ymm1,%ymm2
movl $0,%eax
orl %eax,%eax
lock
lock; incl (%ebx)
.code32
ret $4
rep ret
retw
notrack jmp *%eax
call *%ebx
