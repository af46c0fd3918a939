 .code32
 movl $1, %eax
 ljmp $0x10, $1f
1: .code64
 movabsq $0x123456789abcdef0, %rax
 movq $-1, %r8
 mov $0xffffffff, %eax
 mov $0xffffffff, %rax
 lea bar(%rip), %rsi
 mov bar(%rip), %r9d
 cmpl $5, bar(%rip)
 mov 0x10(%rip), %rax
 mov %fs:0x28, %rax
 call foo
 call *foo(%rip)
 jmp *%rax
 push %r12
 pushq foo(%rip)
 rex.w add %eax, %ebx
 rex64 call foo
 rex64
 movslq %edi, %rdi
 movzbl %dil, %eax
 cltq
 cqto
 syscall
 swapgs
 iretq
 lretq
 rep movsq
 rep stosq
2: jrcxz 2b
 jecxz 2b
 loop 2b
 jne far
 .balign 16
 movl $foo, %eax
 movb $1, (%r13)
 movw $0x1234, 8(%r12,%r13,4)
 cmpxchg16b (%rdi)
 .intel_syntax noprefix
 mov rax, qword ptr [rip + bar]
 mov r8d, dword ptr [r9 + rcx*4 + 8]
 lea rdi, [rip+foo]
 movabs rax, 0x123456789abc
 mov rax, 0x123456789abc
 push qword ptr [rax]
 call foo
 jmp qword ptr [rax]
 mov al, r8b
 mov qword ptr [rsp+8], 5
 add rsp, 8
 movsxd rax, ecx
 cvtsi2sd xmm9, rax
 vaddpd ymm8, ymm9, [r10]
 movq xmm0, rax
 cdqe
 .att_syntax prefix
 .code16
 movl %eax, %ebx
 .code64
far: ret
 .skip 200
bar: .long 0, foo
