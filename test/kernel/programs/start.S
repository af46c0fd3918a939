/* Where a test program begins: exit(program(stack)), and system calls from C. No libc. */
#include <uapi/syscall.h>

.globl _start
_start:
  movl %esp, %eax
  andl $-16, %esp
  subl $12, %esp
  pushl %eax
  call program
  movl %eax, %ebx
  movl $SYS_exit, %eax
  int $T_SYSCALL

# long system_call(number, a, b, c, d, e, f)
.globl system_call
system_call:
  pushl %ebx
  pushl %esi
  pushl %edi
  pushl %ebp
  movl 20(%esp), %eax
  movl 24(%esp), %ebx
  movl 28(%esp), %ecx
  movl 32(%esp), %edx
  movl 36(%esp), %esi
  movl 40(%esp), %edi
  movl 44(%esp), %ebp
  int $T_SYSCALL
  popl %ebp
  popl %edi
  popl %esi
  popl %ebx
  ret

.globl int_33, int_64, load_idt, write_cr3, bad_number, divide, breakpoint, undefined
int_33:
  int $33
  ret
int_64:
  int $64
  ret
load_idt:
  lidt 0
  ret
write_cr3:
  xorl %eax, %eax
  movl %eax, %cr3
  ret
undefined:
  ud2
breakpoint:
  int3
  ret

# Divides with known registers, so that a trap frame can be compared with them.
.globl divide_here
divide:
  movl $0x11111111, %ebx
  movl $0x33333333, %esi
  movl $0x44444444, %edi
  movl $0x55555555, %ebp
  movl $0x22222222, %eax
  xorl %edx, %edx
  xorl %ecx, %ecx
divide_here:
  divl %ecx
  ret

# A call that does not exist, every register known: 0 if it says ENOSYS and keeps the rest.
bad_number:
  pushl %ebx
  pushl %esi
  pushl %edi
  pushl %ebp
  movl $511, %eax
  movl $1, %ebx
  movl $2, %ecx
  movl $3, %edx
  movl $4, %esi
  movl $5, %edi
  movl $6, %ebp
  stc
  int $T_SYSCALL
  jnc bad
  cmpl $-38, %eax
  jne bad
  cmpl $1, %ebx
  jne bad
  cmpl $2, %ecx
  jne bad
  cmpl $3, %edx
  jne bad
  cmpl $4, %esi
  jne bad
  cmpl $5, %edi
  jne bad
  cmpl $6, %ebp
  jne bad
  xorl %eax, %eax
  jmp done
bad:
  movl $1, %eax
done:
  popl %ebp
  popl %edi
  popl %esi
  popl %ebx
  ret
