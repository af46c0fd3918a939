.macro outer n
.irp r, eax, ebx
.if \n
movl $\n, %\r
.else
nop
.endif
.endr
.endm
outer 0
outer 5
.macro push2 a, b=%ebx
pushl \a
pushl \b
.endm
push2 %eax
push2 %eax, %ecx
push2 b=$5, a=4(%esp)
.macro def name, val
.globl \name
.type \name, @object
\name: .long \val
.size \name, . - \name
.endm
def foo, 1
def "bar", "2+3"
.macro vec n
0: pushl $0; pushl $\n; jmp alltraps
.endm
i = 0
.rept 20
vec 1
i = i + 1
.endr
alltraps: ret
.macro cnt
.byte \@
.endm
cnt; cnt
.irpc d, 0123
.byte \d
.endr
.macro strs a:vararg
.asciz \a
.endm
strs "a,b", "c d"
.macro nested
.macro inner x
.byte \x
.endm
.endm
nested
inner 3
