	.file "frames.s"
	.file 1 "frames.c"
	.text
	.globl f
	.type f, @function
f:
	.cfi_startproc
	.cfi_personality 0x9b, DW.ref.personality
	.cfi_lsda 0x1b, .LLSDA0
	pushq %rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	movq %rsp, %rbp
	.cfi_def_cfa_register 6
	.cfi_offset r12, -24
	.cfi_offset %xmm8, -48
	.loc 1 5 3
	nop
	.cfi_remember_state
	leave
	.cfi_def_cfa rsp, 8
	ret
	.cfi_restore_state
	.cfi_escape 0x0f, 3, 0x77, 8, 6
	ret
	.cfi_endproc
	.size f, .-f
g:
	.cfi_startproc simple
	.cfi_signal_frame
	.cfi_def_cfa rsp, 16
	.cfi_return_column 16
	nop
	.cfi_endproc
	.section .text.other,"ax",@progbits
h:
	.cfi_startproc
	.loc 1 9 1
	ret
	.cfi_endproc
	.section .gcc_except_table,"a",@progbits
.LLSDA0:
	.byte 0xff
	.cfi_sections .eh_frame, .debug_frame
	.text
i:
	.cfi_startproc
	sub $8, %rsp
	.cfi_adjust_cfa_offset 8
	ret
	.cfi_endproc
