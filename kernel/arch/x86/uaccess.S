/*
 * Copies between kernel and user memory. Each instruction that may fault on a bad user address has
 * a row (instruction, fixup) in .ex_table: the fault handler continues at the fixup.
 */
.macro may_fault instruction, fixup
  .pushsection .ex_table, "a"
  .long \instruction, \fixup
  .popsection
.endm

.text
# u32 copy_raw(to, from, count): bytes not copied.
.globl copy_raw
copy_raw:
  pushl %esi
  pushl %edi
  movl 12(%esp), %edi
  movl 16(%esp), %esi
  movl 20(%esp), %edx
  movl %edx, %ecx
  shrl $2, %ecx
copy_words:
  rep movsl
  movl %edx, %ecx
  andl $3, %ecx
copy_bytes:
  rep movsb
  movl %ecx, %eax
  popl %edi
  popl %esi
  ret
copy_words_fixup:               # ecx words and the odd bytes are left
  andl $3, %edx
  leal (%edx,%ecx,4), %ecx
copy_bytes_fixup:
  movl %ecx, %eax
  popl %edi
  popl %esi
  ret
  may_fault copy_words, copy_words_fixup
  may_fault copy_bytes, copy_bytes_fixup

# u32 clear_raw(to, count): bytes not cleared.
.globl clear_raw
clear_raw:
  pushl %edi
  movl 8(%esp), %edi
  movl 12(%esp), %ecx
  xorl %eax, %eax
clear_bytes:
  rep stosb
clear_bytes_fixup:
  movl %ecx, %eax
  popl %edi
  ret
  may_fault clear_bytes, clear_bytes_fixup

# s32 strncpy_raw(to, from, count): length, count if no zero was met, -1 on a fault.
.globl strncpy_raw
strncpy_raw:
  pushl %esi
  pushl %edi
  movl 12(%esp), %edi
  movl 16(%esp), %esi
  movl 20(%esp), %ecx
  jecxz strncpy_full
strncpy_next:
  lodsb
  stosb
  testb %al, %al
  jz strncpy_ended
  decl %ecx
  jnz strncpy_next
strncpy_full:
  movl 20(%esp), %eax
  popl %edi
  popl %esi
  ret
strncpy_ended:
  movl 20(%esp), %eax
  subl %ecx, %eax
  popl %edi
  popl %esi
  ret
strncpy_fixup:
  movl $-1, %eax
  popl %edi
  popl %esi
  ret
  may_fault strncpy_next, strncpy_fixup
