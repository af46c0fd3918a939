	.text
a:	jmp b
	.skip 0x20000
b:	jne a
	.byte b-a > 5
	.if (4 == 4) ; .byte 1; .endif
	.long .Lend-.Lstart
.Lstart: .fill (b2-b1), 1, 0x90
b1: nop; nop
b2:
.Lend:
	.org a+0x20100
	.skip 4*(b2-b1)
	.byte 'a, 'b', '\\, '\'', ' , '#, ';
	.ascii "semi;colon # hash /* no */"
	/* block
	   comment */ nop /* x */ ; nop # tail
	movl $'A', %eax
	movb $-1, %al
	movl $-1, %eax
	addl $0xffffffff, %eax
	addw $0xffff, %ax
	addl $128, %eax
	addl $-128, %eax
	movl $sym-4, %eax
	movl %eax, sym+4(,%ebx,8)
	movl 4+sym, %eax
	movl -4(%ebp), %eax
	movl (2+2)*4(%ebp), %eax
	leal a-b(%eax), %eax
	cmpl $b-a, %eax
	pushl $b1-a
	movl %ds:(%eax), %eax
	lea 0(%esi), %esi
	xchg %ax,%ax
	testb $1, 5(%eax)
	shrl %eax
	imull $5, %eax
	imull $500, %eax, %ecx
	btl $5, %eax
	int3
	int $3
	enter $8, $0
	ret $4
	fildll (%eax)
	fistpll (%eax)
	fnstcw -2(%ebp)
	fnstsw %ax
	fucompp
	fucomip %st(1), %st
	faddp
	fdivrp %st, %st(1)
	cmpxchg %ecx, (%edx)
	xaddl %eax, (%ebx)
	cpuid; rdtsc; wbinvd; invlpg (%eax)
	rep stosl
	repz cmpsb
	bswap %eax
	cmovl %eax, %ebx
	sete %al
	nopw 0x0(%eax,%eax,1)
	nopl (%eax)
	endbr32
	ud2
	lcall *4(%eax)
	ljmp *%cs:4(%eax)
	jmp *%gs:16
	call *sym
	call *sym@GOT(%ebx)
	jmp *sym@GOT(%ebx)
	addl sym@GOT(%ebx), %eax
	cmpl sym@GOT, %eax
	cmpl $0, sym@GOT(%ebx)
	movl sym@GOT(%ebx,%eax,1), %eax
	movw sym@GOT(%ebx), %ax
	leal sym@GOTOFF(%ebx), %eax
	movl $_GLOBAL_OFFSET_TABLE_-., %eax
