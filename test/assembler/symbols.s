.long x
.set x,1
.long x
.set x,2
.long x
.long y
y = .
.long y
y = .
.long y
.long -16>>2, fw-1
fw = 5
.set z, ext+4
.long z
.set al, lab
lab: .long lab
.type lab,@object
.size lab,4
.set al2, lab
.set al3, lab+2
.set un, neverused
.globl al3
.text
l0: nop
jmp l1
jne l1+2
l1: jmp .+5
jmp *%eax
call l0
call 1f
1:
pushl $l0-l1
movl $l1-l0, %eax
movl l1-l0(%eax), %eax
addl $_GLOBAL_OFFSET_TABLE_+[.-1b], %ebx
addl $_GLOBAL_OFFSET_TABLE_, %ebx
leal _GLOBAL_OFFSET_TABLE_(%ebx), %ebx
.long _GLOBAL_OFFSET_TABLE_
.long _GLOBAL_OFFSET_TABLE_+[.-1b]
.long l0@GOT, l0@GOTOFF
.value l0, l0-.
.byte ext2, ext2-.
jecxz ext
loop ext
jmp w1
w1: .weak w1
jmp f@PLT
f: .globl f
jmp f@PLT
call f@PLT
movl t@NTPOFF(%eax), %eax
movl %gs:t2@NTPOFF, %eax
.section .tbss,"awT",@nobits
t: .zero 4
.local t2
t2: .zero 4
.comm cc,4,4
.local lc
.comm lc,8,8
.lcomm lc2,5
