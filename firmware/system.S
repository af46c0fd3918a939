/* INT 11h, 12h and 15h: what the machine has. The sizes of memory come from the CMOS memory, as
 * on every PC of the 440FX's time; nothing else tells a BIOS of them. */

#define SMAP 0x534d4150
#define MAP_RAM 1
#define MAP_RESERVED 2
#define MAP_ACPI 3
#define MIB 0x100000
#define STATUS_NO_FUNCTION 0x86

equipment_service:
  pushw %ds
  pushw $BDA_SEGMENT
  popw %ds
  movw BDA_EQUIPMENT, %ax
  popw %ds
  iretw

memory_service:
  pushw %ds
  pushw $BDA_SEGMENT
  popw %ds
  movw BDA_MEMORY, %ax
  popw %ds
  iretw

system_service:
  enter_service
  call clear_carry
  movw $system_functions, %si
  jmp dispatch

system_functions:
  row 0x24, a20_function
  row 0x86, wait_microseconds
  row 0x88, extended_memory
  row 0xc0, configuration
  row 0xe8, memory_function
  row 0xff, system_bad_function

system_bad_function:
  movb $STATUS_NO_FUNCTION, FRAME_AH
  jmp set_carry

/* EAX = the end of the RAM that is free, where the tables begin. */
memory_end:
  call ram_end
  cmpl $(2 * MIB), %eax
  jb 1f
  subl $TABLES_BYTES, %eax
1: ret

/* EAX = the end of all RAM. */
ram_end:
  movb $CMOS_ABOVE_16M, %al
  call read_cmos_word
  testl %eax, %eax
  jz 1f
  shll $16, %eax
  addl $(16 * MIB), %eax
  ret
1: movb $CMOS_EXTENDED, %al
  call read_cmos_word
  shll $10, %eax
  addl $MIB, %eax
  ret

/* EAX = the word in CMOS registers AL and AL + 1. */
read_cmos_word:
  pushw %bx
  movb %al, %bl
  call read_cmos
  movb %al, %bh
  movb %bl, %al
  incb %al
  call read_cmos
  movb %al, %ah
  movb %bh, %al
  movzwl %ax, %eax
  popw %bx
  ret

/* AX = KiB from 1 MiB on, 63 MiB at most: what fits in the sixteen bits of older software. */
extended_memory:
  call memory_end
  shrl $10, %eax
  subl $1024, %eax
  cmpl $(63 * 1024), %eax
  jbe 1f
  movl $(63 * 1024), %eax
1: movw %ax, FRAME_AX
  ret

memory_function:
  cmpb $0x01, %al
  je memory_sizes
  cmpb $0x20, %al
  je memory_map
  jmp system_bad_function

/* E801h: AX, CX = KiB between 1 and 16 MiB; BX, DX = units of 64 KiB above. */
memory_sizes:
  call memory_end
  movl %eax, %ecx
  xorl %ebx, %ebx
  cmpl $(16 * MIB), %ecx
  jbe 1f
  leal -(16 * MIB)(%ecx), %ebx
  shrl $16, %ebx
  movl $(16 * MIB), %ecx
1: shrl $10, %ecx
  subl $1024, %ecx
  movw %cx, FRAME_AX
  movw %cx, FRAME_CX
  movw %bx, FRAME_BX
  movw %bx, FRAME_DX
  ret

/* E820h: the map's entry EBX to ES:DI, 20 bytes; EBX = the next, 0 after the last. */
memory_map:
  cmpl $SMAP, FRAME_EDX
  jne system_bad_function
  cmpl $20, FRAME_ECX
  jb system_bad_function
  movl FRAME_EBX, %ebx
  cmpl $5, %ebx
  ja system_bad_function
  movw FRAME_ES, %es
  movw FRAME_DI, %di
  imulw $12, %bx, %si
  movl %cs:map_entries(%si), %eax
  movl %cs:map_entries + 4(%si), %ecx
  cmpb $4, %bl
  je 2f
  cmpb $3, %bl
  jne 1f
/* The length of the RAM from 1 MiB on. */
  pushl %eax
  call memory_end
  movl %eax, %ecx
  popl %eax
  subl %eax, %ecx
  jmp 1f
2: call memory_end
1: movl %eax, %es:(%di)
  movl $0, %es:4(%di)
  movl %ecx, %es:8(%di)
  movl $0, %es:12(%di)
  movl %cs:map_entries + 8(%si), %eax
  movl %eax, %es:16(%di)
  movl $SMAP, FRAME_EAX
  movl $20, FRAME_ECX
  incl %ebx
  cmpl $6, %ebx
  jb 3f
  xorl %ebx, %ebx
3: movl %ebx, FRAME_EBX
  ret

map_entries:
  .long 0, BASE_MEMORY_KIB * 1024, MAP_RAM
  .long BASE_MEMORY_KIB * 1024, (640 - BASE_MEMORY_KIB) * 1024, MAP_RESERVED
  .long 0xf0000, 0x10000, MAP_RESERVED
  .long MIB, 0, MAP_RAM
  .long 0, TABLES_BYTES, MAP_ACPI
  .long 0xffff0000, 0x10000, MAP_RESERVED

/* 2400h off, 2401h on, 2402h AL = state, 2403h BX = ways: the keyboard controller and port 92h. */
a20_function:
  movb $0, FRAME_AH
  cmpb $0x00, %al
  je a20_off
  cmpb $0x01, %al
  je a20_on
  cmpb $0x02, %al
  je 1f
  cmpb $0x03, %al
  jne system_bad_function
  movw $0x0003, FRAME_BX
  ret
1: call a20_state
  movb %al, FRAME_AL
  ret

a20_on:
  inb $PORT_SYSTEM, %al
  orb $SYSTEM_A20, %al
  andb $0xfe, %al
  outb %al, $PORT_SYSTEM
  ret

/* Both gates, since either opens it. */
a20_off:
  inb $PORT_SYSTEM, %al
  andb $(0xfe & ~SYSTEM_A20), %al
  outb %al, $PORT_SYSTEM
  movb $0xd1, %al
  call kbc_command
  movb $0xdd, %al
  call kbc_write
  jmp kbc_wait

/* AL = 1 when FFFF:0510 is not 0000:0500. */
a20_state:
  pushw %ds
  pushw %es
  xorw %ax, %ax
  movw %ax, %ds
  decw %ax
  movw %ax, %es
  movw 0x500, %bx
  movw %es:0x510, %cx
  movw %cx, %dx
  notw %dx
  movw %dx, 0x500
  xorb %al, %al
  cmpw %dx, %es:0x510
  je 1f
  incb %al
1: movw %bx, 0x500
  popw %es
  popw %ds
  ret

/* ES:BX = the system configuration table: model FC, and what of an AT there is. */
configuration:
  movb $0, FRAME_AH
  movw $ROM_SEGMENT, FRAME_ES
  movw $configuration_table, FRAME_BX
  ret

configuration_table:
  .word 8
  .byte 0xfc, 0x00, 0x00
  .byte 0x70 /* second interrupt controller, clock, no keyboard intercept */
  .byte 0, 0, 0, 0
