.code16
start:
 cli
 xorw %ax, %ax
 movw %ax, %ds
 movl $start, %eax
 jmp 1f
 .skip 200
1: jne start
 call start
 calll start
 lgdt gdtdesc
 lgdtl gdtdesc
 movl %cr0, %eax
 orl $1, %eax
 movl %eax, %cr0
 ljmp $8, $prot
 ljmpl $8, $prot
 ljmp *4(%bx)
 movb (%si), %al
 movw %ax, 2(%bx,%di)
 movl (%esi), %eax
 movw $0x1234, foo
 int $0x10
 loop start2
start2: jcxz start2
 jecxz start2
 push $5
 pushl $5
 pushw %ds
 pushal
 popal
 iret
 iretl
 ret
 retl
 lret
 rep movsb
 rep; movsl
 repne scasb
 movw %es:(%di), %ax
 outb %al, $0x80
 inb $0x60, %al
 outw %ax, %dx
 lidt (idt)
 data32 ljmp $8, $prot
 addr32 movl (%eax), %ebx
 .p2align 4
.code32
prot: movw $16, %ax
 movw %ax, %ds
 movl $0x7c00, %esp
 call ext
 lcall $8, $ext
 ljmp *(%eax)
 inw %dx, %ax
 lock incl (%eax)
 lock; decl (%ebx)
 movl %gs:0, %eax
 movl $foo+4, bar(,%eax,4)
 pushl foo
 fld %st(1)
 fldl 8(%esp)
 fsubp %st, %st(1)
 fsubrp %st, %st(1)
 fxch
 hlt
.code16gcc
 push %eax
 call ext
 pushl $foo
 ret
 movl foo, %eax
 leal 4(%esp), %eax
 jmp prot
gdtdesc: .word 23
 .long start
foo: .word 0
idt: .word 0
