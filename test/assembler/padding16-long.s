.code16
nop
.p2align 9
nop
.p2align 7
nop
.balign 1024
nop
