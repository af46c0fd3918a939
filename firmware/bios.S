/* The BIOS of a ring0 machine: 64 KiB of ROM at F0000h and again below 4 GiB. The processor
 * starts at F000:FFF0 (the end of this file), post.S checks and sets up the board, boot.S loads
 * a boot sector, and the other files are the services that it may call. Everything runs in real
 * mode with CS = F000h and is written for a 386. Code and tables lie in ROM; data lies where PC
 * software expects it (layout.h). */

#include "layout.h"

  .code16
  .text
  .globl _start
_start:

/* Opens a service: saves the caller's registers where FRAME_* find them, and makes the BIOS data
 * area current. Services run with interrupts off but where they wait: a caller may be
 * changing vectors or interrupt controllers and still print. */
  .macro enter_service
  cld
  pushw %ds
  pushw %es
  pushal
  movw %sp, %bp
  pushw $BDA_SEGMENT
  popw %ds
  .endm

/* Calls the handler that the table at CS:SI names for AH. A handler finds the caller's registers
 * but SI, BP and DS. A row is a function number and an address; FFh ends the table and names
 * what answers all others. */
  .macro row function, handler
  .byte \function
  .word \handler
  .endm

dispatch:
1: cmpb $0xff, %cs:(%si)
  je 2f
  cmpb %ah, %cs:(%si)
  je 2f
  addw $3, %si
  jmp 1b
2: call *%cs:1(%si)
leave_service:
  popal
  popw %es
  popw %ds
ignore_interrupt:
  iretw

set_carry:
  orb $FLAG_CARRY, FRAME_FLAGS
  ret

clear_carry:
  andb $~FLAG_CARRY, FRAME_FLAGS
  ret

#include "post.S"
#include "interrupts.S"
#include "video.S"
#include "keyboard.S"
#include "keys.S"
#include "ata.S"
#include "disk.S"
#include "system.S"
#include "clock.S"
#include "tables.S"
#include "boot.S"

/* The first instruction that the processor fetches, and what software looks for behind it. */
  .org 0xfff0
reset_vector:
  ljmp $ROM_SEGMENT, $post
  .ascii "11/21/26"
  .byte 0
  .byte 0xfc
  .byte 0
