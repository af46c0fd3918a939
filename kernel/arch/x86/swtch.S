/*
 * void swtch(struct context **save, struct context *load): leaves the registers that a callee keeps
 * on the old stack, takes them from the new one, and returns to where that one called swtch.
 */
.text
.globl swtch
swtch:
  movl 4(%esp), %eax            # save
  movl 8(%esp), %edx            # load

  pushl %ebp
  pushl %ebx
  pushl %esi
  pushl %edi

  movl %esp, (%eax)
  movl %edx, %esp

  popl %edi
  popl %esi
  popl %ebx
  popl %ebp
  ret
