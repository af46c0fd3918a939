.cfi_sections .debug_frame, .eh_frame
f: .cfi_startproc
nop
.cfi_def_cfa_offset 8
.cfi_offset ebp, -8
nop
.cfi_endproc
.section .text.x,"ax"
g: .cfi_startproc simple
.cfi_def_cfa esp, 8
.cfi_offset %eip, -4
nop
.cfi_def_cfa_register %ebp
.cfi_val_offset esp, 0
.cfi_endproc
h: .cfi_startproc
.cfi_def_cfa esp, 8
nop
.cfi_endproc
i: .cfi_startproc
.cfi_def_cfa esp, 8
nop
.cfi_endproc
