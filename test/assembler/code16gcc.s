.code16gcc
	.globl main
main:
	pushl %ebp
	movl %esp, %ebp
	subl $8, %esp
	call foo
	movl $.LC0, %eax
	movb (%eax), %al
	movl 8(%ebp), %eax
	leal (%eax,%eax,2), %eax
	jmp *%eax
	jmp main
	jne ext
	pushw $1
	push $1
	push %ds
	pop %es
	pushf
	popf
	pusha
	popa
	enter $4,$0
	leave
	ret
	retw
	lret
	lcall $1,$2
	iret
	int $0x15
	calll *%eax
	call *foo
	movw $5, %ax
	inb $0x60
	cli
	.section .rodata
.LC0: .byte 1
