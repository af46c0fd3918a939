# Relaxation: chains that push each other over the limit, alignments between, all directions.
.text
start:
.rept 40
	jmp far
	jne near
.endr
near:
.irp n,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16
	je next\n
	.skip 118
	.p2align 3
	jmp back\n
next\n:
	.skip \n
back\n:
	jb next\n
	.p2align 4,,7
.endr
	loop 1f
	jecxz 1f
1:	call start
	jmp start
	jmp external
	jne external+8
	jmp weak
	.globl global
global:	jmp global
	.weak weak
weak:	jmp weak+2
far:	jmp start+5
	jmp .+2
	jmp .
	.skip 126
	jmp .-126
	jmp .-127
	jmp *table(,%eax,4)
	jmp 0x1000
	call 0x1000
	.section .text.cold,"ax"
cold:	jmp start
	je cold
	jmp 2f
	.p2align 5
2:	nop
table: .long cold, start, 2b-cold
