/*
 * The kernel's first instructions: the boot block jumps here with paging off, at the physical
 * address of `entry`. Turns paging on with the two 4 MiB entries of entrypgdir, then jumps high.
 */
#include <asm/layout.h>
#include <asm/register.h>

.text
.globl entry
entry:
  movl %cr4, %eax               # 4 MiB pages
  orl $CR4_PSE, %eax
  movl %eax, %cr4
  movl $(V2P_WO(entrypgdir)), %eax
  movl %eax, %cr3
  movl %cr0, %eax               # paging, and read-only pages hold for the kernel too
  orl $(CR0_PG | CR0_WP), %eax
  movl %eax, %cr0
  movl $(stack + KSTACKSIZE), %esp
  mov $main, %eax               # indirect: a direct jump is relative and would stay low
  jmp *%eax

.comm stack, KSTACKSIZE, 4096
