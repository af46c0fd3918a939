.text
f: .globl f
 .cfi_startproc
 nop
 .cfi_def_cfa_offset 8
 .cfi_offset 5, -8
 nop
 .cfi_endproc
g:
 .cfi_startproc
 .cfi_personality 0x9b,DW.ref.__gxx_personality_v0
 .cfi_lsda 0x1b,.LLSDA0
 nop
 .cfi_escape 0xf,0x3,0x75,0x70,0x6
 .cfi_restore 5
 .cfi_remember_state
 .skip 300
 .cfi_restore_state
 .cfi_rel_offset ebx, 4
 .cfi_adjust_cfa_offset 4
 .cfi_undefined eip
 .cfi_same_value esi
 .cfi_register eax, ecx
 .cfi_signal_frame
 .cfi_return_column 8
 .cfi_endproc
.section .gcc_except_table,"a",@progbits
.LLSDA0: .byte 1
