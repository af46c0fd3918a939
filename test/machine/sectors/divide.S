/* Divides by zero, which no handler of its own catches. */
  .include "begin.inc"
  xorw %cx, %cx
  divw %cx
  jmp finish
  .include "print.inc"
