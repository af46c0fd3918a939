/*
 * setjmp and longjmp. The state holds ebx, esi, edi, ebp, the stack pointer as the caller has it
 * after the call, and the return address. Signal masks are left alone.
 */
        .globl _setjmp
        .type _setjmp, @function
_setjmp:
        .globl __sigsetjmp
        .type __sigsetjmp, @function
__sigsetjmp:
        movl 4(%esp), %eax
        movl %ebx, 0(%eax)
        movl %esi, 4(%eax)
        movl %edi, 8(%eax)
        movl %ebp, 12(%eax)
        leal 4(%esp), %ecx
        movl %ecx, 16(%eax)
        movl 0(%esp), %ecx
        movl %ecx, 20(%eax)
        xorl %eax, %eax
        ret
        .size _setjmp, . - _setjmp

        .globl longjmp
        .type longjmp, @function
longjmp:
        .globl siglongjmp
        .type siglongjmp, @function
siglongjmp:
        movl 4(%esp), %edx
        movl 8(%esp), %eax
        testl %eax, %eax
        jnz 1f
        incl %eax                       /* setjmp never seems to return 0 a second time */
1:      movl 0(%edx), %ebx
        movl 4(%edx), %esi
        movl 8(%edx), %edi
        movl 12(%edx), %ebp
        movl 16(%edx), %esp
        jmp *20(%edx)
        .size longjmp, . - longjmp

        .section .note.GNU-stack, "", @progbits
