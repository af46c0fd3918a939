# Flags, types, groups, merging, subsections, stacks of sections.
.section .rodata.str1.1,"aMS",@progbits,1
.LC0: .string "abc"
.section .rodata.cst4,"aM",@progbits,4
.LC1: .long 7
.section .init_array,"aw"
.long f
.section .text.startup,"ax",@progbits
f: ret
.section .text.__x86.get_pc_thunk.ax,"axG",@progbits,__x86.get_pc_thunk.ax,comdat
.globl __x86.get_pc_thunk.ax
.hidden __x86.get_pc_thunk.ax
.type __x86.get_pc_thunk.ax, @function
__x86.get_pc_thunk.ax:
	movl (%esp), %eax
	ret
.section .data.g,"awG",@progbits,other,comdat
.long 1
.section .bss.x,"aw",@nobits
.zero 40
.section .note.foo,"",@note
.long 1
.section .note.GNU-stack,"",@progbits
.text
.long 1
.subsection 2
two: .long 2
.subsection 1
.long two-here
here:
.previous
.long 22
.text
.pushsection .data
.long .LC0, .LC0+1, .LC1
.popsection
.long f, .LC1@GOTOFF
.text 3
.long 3
.section .tdata,"awT",@progbits
.align 4
t1: .long 5
.section .tbss,"awT",@nobits
t2: .zero 4
.text
	call __x86.get_pc_thunk.ax
	movl %gs:t1@NTPOFF, %eax
	movl t2@INDNTPOFF, %ecx
	leal t1@TLSGD(,%ebx,1), %eax
	call ___tls_get_addr@PLT
	leal t2@TLSLDM(%ebx), %eax
	leal t2@DTPOFF(%eax), %edx
	movl x@GOTNTPOFF(%ebx), %eax
.comm common,4,4
.local mine
.comm mine,32,16
.lcomm mine2,3
.bss
.zero 5
