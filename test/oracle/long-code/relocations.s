 .globl glob
 call later
 jmp later
 jne und
 jmp und
 call und
 call und+4
 call glob
 jmp glob
 call und@PLT
 call later@PLT
 jmp .Lcold
 jmp weak1
 .weak weak1
later: ret
glob: ret
weak1: ret
 call later
 call glob
 call 0x1234
 jmp 0x1234
 mov und, %eax
 mov und(%rip), %eax
 movl $5, und(%rip)
 mov later, %eax
 mov later(%rip), %eax
 mov .Ls(%rip), %eax
 lea .Ls+1(%rip), %rax
 mov $.Ls, %edi
 mov $.Ls+1, %edi
 mov $.Lro, %rdi
 mov .Lro(%rip), %rdi
 mov und(,%rax,8), %rbx
 mov und(,%eax,8), %rbx
 movabs $und, %rax
 movabs und, %rax
 pushq $und
 mov und@GOTPCREL(%rip), %rax
 mov und@GOTPCREL(%rip), %eax
 mov und@GOTPCREL(%rip), %r8
 addq und@GOTPCREL(%rip), %rax
 cmpl und@GOTPCREL(%rip), %eax
 test %rax, und@GOTPCREL(%rip)
 call *und@GOTPCREL(%rip)
 jmp *und@GOTPCREL(%rip)
 pushq und@GOTPCREL(%rip)
 movzbl und@GOTPCREL(%rip), %eax
 movw und@GOTPCREL(%rip), %ax
 imul und@GOTPCREL(%rip), %rax
 cmpq $5, und@GOTPCREL(%rip)
 mov later@GOTPCREL(%rip), %rax
 lea tls1@TLSGD(%rip), %rdi
 lea tls1@TLSLD(%rip), %rdi
 mov tls1@GOTTPOFF(%rip), %rax
 addq tls1@GOTTPOFF(%rip), %rax
 mov %fs:tls1@TPOFF, %eax
 lea tls1@DTPOFF(%rax), %rax
 leaq tls1@TLSDESC(%rip), %rax
 call *tls1@TLSCALL(%rax)
 movabs $und@GOT, %rax
 movabs $und@GOTOFF, %rax
 movabs $und@PLTOFF, %rax
 lea _GLOBAL_OFFSET_TABLE_(%rip), %rbx
 movabs $_GLOBAL_OFFSET_TABLE_-., %rax
 mov $und@SIZE, %eax
 movabs $und@SIZE, %rax
 movabs $tls1@TPOFF, %rax
 mov und-4(%rip), %ax
 mov $0x1234, %rax
 addl $-4, und+8(%rip)
 cmpw $0x1234, und(%rip)
 mov und@GOT(%rax), %rbx
 xbegin und
 loop later2
later2:
 .data
 .quad und, und+8, later, later+4, .Lro, .Ls+1, glob
 .quad und-.
 .long und, und-., later-., .Lro-., und@GOTPCREL, und@PLT, und@GOT
 .quad und@GOT, und@GOTOFF, tls1@TPOFF, tls1@DTPOFF, und@SIZE, und@GOTPCREL
 .long tls1@DTPOFF, tls1@TPOFF, und@SIZE
 .quad 0x123456789abcdef0, -1, later-later2
 .short und, und-.
 .byte und, und-.
 .long -1, 0xffffffff, 0x80000000
 .section .text.cold,"ax"
.Lcold: ret
 call later
 jmp glob
 .section .rodata
 .byte 1
.Lro: .long 5
 .section .rodata.str1.1,"aMS",@progbits,1
 .byte 0
.Ls: .string "hello"
 .section .tdata,"awT"
 .globl tls1
tls1: .long 5
