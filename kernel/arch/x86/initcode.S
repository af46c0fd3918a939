/*
 * The first user program, one page at address 0 of the first process: exec("/init", argv, no
 * environment). Linked alone at 0 and embedded in the kernel as _binary_initcode_start.
 */
#include <uapi/syscall.h>

.globl start
start:
  pushl $argv
  pushl $init
  pushl $0
  movl $SYS_execve, %eax
  popl %edx                     # the arguments travel in registers: envp,
  popl %ebx                     # path,
  popl %ecx                     # argv
  int $T_SYSCALL

exit:                           # for (;;) exit(1);
  movl $SYS_exit, %eax
  movl $1, %ebx
  int $T_SYSCALL
  jmp exit

init:
  .asciz "/init"
  .p2align 2
argv:
  .long init
  .long 0
