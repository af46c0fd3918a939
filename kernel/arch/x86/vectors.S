/*
 * 256 stubs of 16 bytes, one a vector: push an error code where the CPU pushed none, push the
 * vector, and go on in alltraps. Stub n lies at `vectors` + 16 n.
 */
.text
.globl vectors
.p2align 4
vectors:
.set number, 0
.rept 256
  .p2align 4
  .if (number != 8) && (number != 17) && ((number < 10) || (number > 14))
  pushl $0                      # SDM vol. 3, table 6-1: only 8, 10..14 and 17 bring a code
  .endif
  pushl $number
  jmp alltraps
  .set number, number + 1
.endr
