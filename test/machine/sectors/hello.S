/* The least a boot sector can do: says hello and which drive it came from. */
#include "begin.h"
  movw $hello, %si
  call print
  movb %dl, %al
  call print_byte
  jmp finish
hello: .asciz "hello from drive "
#include "print.h"
