/*
 * Where a program starts. The kernel leaves argc at the top of the stack, then argv, then the
 * environment; __libc_start takes them from there and never returns.
 */
        .globl _start
        .type _start, @function
_start:
        xorl %ebp, %ebp                 /* the outermost frame ends the backtrace */
        movl %esp, %eax                 /* argc lies here */
        andl $-16, %esp
        subl $12, %esp
        pushl %eax
        call __libc_start
        hlt                             /* privileged: ends a program whose exit came back */
        .size _start, . - _start

        .section .note.GNU-stack, "", @progbits
