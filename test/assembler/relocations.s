.globl unused_glob
.weak unused_weak
.type typed,@function
.hidden hid
 jmp 0x1234
 call 0x1234
 jmp und
 jmp glob
glob: .globl glob
 jmp *glob
 call loc
loc: nop
 mov $mrg, %eax
 mov $mrg+1, %eax
 mov mrg@GOTOFF(%ebx), %eax
 mov mrg2@GOTOFF(%ebx), %eax
 mov loc@GOTOFF(%ebx), %eax
 mov loc@GOT(%ebx), %eax
 .long und2-. , d1-d2, loc-.
 .section .rodata.str1.1,"aMS",@progbits,1
mrg: .string "abc"
.Lm: .string "xx"
mrg2: .string "u"
 .data
d1: .long .Lm, .Lm+1
d2: .long 1f
1: .long 1b-d1
