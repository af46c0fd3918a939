/*
 * long __syscall(long number, long a, long b, long c, long d, long e, long f): the one gate to the
 * kernel. The result is the kernel's: a value, or -errno. C callers pass the arguments they have;
 * the rest is read from whatever lies above them on the stack, and ignored.
 */
        .globl __syscall
        .type __syscall, @function
__syscall:
        pushl %ebp
        pushl %ebx
        pushl %esi
        pushl %edi
        movl 20(%esp), %eax
        movl 24(%esp), %ebx
        movl 28(%esp), %ecx
        movl 32(%esp), %edx
        movl 36(%esp), %esi
        movl 40(%esp), %edi
        movl 44(%esp), %ebp
        int $0x80
        popl %edi
        popl %esi
        popl %ebx
        popl %ebp
        ret
        .size __syscall, . - __syscall

/* Where a signal handler returns to: sigreturn finds the saved registers above the signal number. */
        .globl __signal_return
        .type __signal_return, @function
__signal_return:
        popl %eax
        movl $119, %eax                 /* sigreturn */
        int $0x80
        .size __signal_return, . - __signal_return

        .section .note.GNU-stack, "", @progbits
