	.text
	.file 1 "a/b.c"
	.file 2 "/usr/include/x.h"
f:	.loc 1 10 0
	nop
	.loc 2 300 5 basic_block
 nop
	.skip 3000, 0x90
	.loc 2 5 9 discriminator 3
	nop
	.section .text.u,"ax"
	.loc 1 9
	ret
	.text
	.loc 1 11 0 prologue_end epilogue_begin isa 1
	ret
	.section .debug_info,""
	.long 1
