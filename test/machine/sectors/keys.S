/* Echoes keys as the words of INT 16h until Enter; then the shift state. */
#include "begin.h"
  movb $1, %ah
  int $0x16
  setz %al
  call print_digit
1: xorb %ah, %ah
  int $0x16
  call space
  call print_word
  cmpb $13, %al
  jne 1b
  movb $2, %ah
  int $0x16
  call space
  call print_byte
  jmp finish
#include "print.h"
