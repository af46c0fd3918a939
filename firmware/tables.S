/* What operating systems read about processors and interrupt controllers: the ACPI tables (ACPI
 * specification 1.0b, chapter 5) and the MP configuration table (MultiProcessor specification
 * 1.4, chapter 4). They lie in the last TABLES_BYTES of RAM; the pointers that software searches
 * for lie in the extended BIOS data area. How many processors there are stands in the CMOS
 * memory. The first processor's local APIC is left in virtual wire mode: the interrupt
 * controllers' request goes through to the processor.
 *
 * FS is flat here: its limit stays 4 GiB after a visit to protected mode. EBP is the address of
 * the tables, BL the number of processors, EDI the address of the table that is being made. */

#define TABLE_RSDT 0x000
#define TABLE_FACS 0x040
#define TABLE_FADT 0x080
#define TABLE_DSDT 0x100
#define TABLE_MADT 0x200
#define TABLE_MP 0x400

#define LOCAL_APIC 0xfee00000
#define LOCAL_APIC_SPURIOUS (LOCAL_APIC + 0xf0)
#define LOCAL_APIC_LINT0 (LOCAL_APIC + 0x350)
#define LOCAL_APIC_LINT1 (LOCAL_APIC + 0x360)
#define IO_APIC 0xfec00000
#define CPUID_APIC 0x200

#define ACPI_LENGTH 4
#define ACPI_CHECKSUM 9
#define ACPI_HEADER 36
#define RSDP_BYTES 20
#define RSDP_CHECKSUM 8
#define RSDP_RSDT 16
#define MP_POINTER_BYTES 16
#define MP_LENGTH 4
#define MP_CHECKSUM 7
#define MP_COUNT 34

#define EBDA_PHYSICAL (EBDA_SEGMENT * 16)
#define RSDP_PHYSICAL (EBDA_PHYSICAL + EBDA_RSDP)
#define MP_POINTER_PHYSICAL (EBDA_PHYSICAL + EBDA_MP_POINTER)

set_up_tables:
  movl $1, %eax
  cpuid
  testl $CPUID_APIC, %edx
  jz 1f
  call flat_segment
  movl $LOCAL_APIC_SPURIOUS, %edi
  movl $0x1ff, %fs:(%edi)
  movl $LOCAL_APIC_LINT0, %edi
  movl $0x8700, %fs:(%edi)
  movl $LOCAL_APIC_LINT1, %edi
  movl $0x8400, %fs:(%edi)
  call memory_end
  cmpl $(2 * MIB), %eax
  jb 1f
  movl %eax, %ebp
  movb $CMOS_MORE_PROCESSORS, %al
  call read_cmos
  incb %al
  movb %al, %bl
  call make_acpi
  call make_mp
1: ret

/* FS: base 0, limit 4 GiB. */
flat_segment:
  pushfw
  cli
  lgdtl %cs:flat_pointer
  movl %cr0, %eax
  orb $1, %al
  movl %eax, %cr0
  movw $8, %cx
  movw %cx, %fs
  andb $0xfe, %al
  movl %eax, %cr0
  xorw %cx, %cx
  movw %cx, %fs
  popfw
  ret

  .p2align 2
flat_table:
  .quad 0
  .quad 0x008f92000000ffff
flat_pointer:
  .word . - flat_table - 1
  .long 0xf0000 + flat_table

/* CX bytes at CS:SI to EDI, which moves on. */
copy_template:
  movb %cs:(%si), %al
  incw %si
  call put_byte
  loop copy_template
  ret

put_byte:
  movb %al, %fs:(%edi)
  incl %edi
  ret

put_long:
  movl %eax, %fs:(%edi)
  addl $4, %edi
  ret

/* Makes the CX bytes at EDI sum to 0 by the one at offset EDX. */
set_checksum:
  pushl %edi
  xorb %al, %al
1: addb %fs:(%edi), %al
  incl %edi
  loop 1b
  popl %edi
  subb %al, %fs:(%edi, %edx)
  ret

/* EDI = table AX. */
at_table:
  movzwl %ax, %edi
  addl %ebp, %edi
  ret

/* The table AX ends at EDI: its length and checksum. */
end_acpi:
  movl %edi, %ecx
  call at_table
  subl %edi, %ecx
  movl %ecx, %fs:ACPI_LENGTH(%edi)
  movl $ACPI_CHECKSUM, %edx
  jmp set_checksum

make_acpi:
  movw $TABLE_FACS, %ax
  call at_table
  movw $facs, %si
  movw $(facs_end - facs), %cx
  call copy_template

  movw $TABLE_DSDT, %ax
  call at_table
  movw $dsdt, %si
  movw $(dsdt_end - dsdt), %cx
  call copy_template
  movw $TABLE_DSDT, %ax
  call end_acpi

  movw $TABLE_FADT, %ax
  call at_table
  movw $fadt, %si
  movw $(fadt_end - fadt), %cx
  call copy_template
  leal TABLE_FACS(%ebp), %eax
  movl %eax, %fs:TABLE_FADT + ACPI_HEADER(%ebp)
  leal TABLE_DSDT(%ebp), %eax
  movl %eax, %fs:TABLE_FADT + ACPI_HEADER + 4(%ebp)
  movw $TABLE_FADT, %ax
  call end_acpi

  call make_madt

  movw $TABLE_RSDT, %ax
  call at_table
  movw $rsdt, %si
  movw $(rsdt_end - rsdt), %cx
  call copy_template
  leal TABLE_FADT(%ebp), %eax
  call put_long
  leal TABLE_MADT(%ebp), %eax
  call put_long
  movw $TABLE_RSDT, %ax
  call end_acpi

  movl $RSDP_PHYSICAL, %edi
  movw $rsdp, %si
  movw $RSDP_BYTES, %cx
  call copy_template
  movl $RSDP_PHYSICAL, %edi
  leal TABLE_RSDT(%ebp), %eax
  movl %eax, %fs:RSDP_RSDT(%edi)
  movw $RSDP_BYTES, %cx
  movl $RSDP_CHECKSUM, %edx
  jmp set_checksum

/* Processors 0.., the I/O APIC, whose ID is the next, and how the lines are wired. */
make_madt:
  movw $TABLE_MADT, %ax
  call at_table
  movw $madt, %si
  movw $(madt_end - madt), %cx
  call copy_template
  xorb %bh, %bh
1: movw $0x0800, %ax /* type 0, 8 bytes */
  call put_word
  movb %bh, %al
  movb %bh, %ah
  call put_word
  movl $1, %eax /* enabled */
  call put_long
  incb %bh
  cmpb %bl, %bh
  jb 1b
  movw $0x0c01, %ax /* type 1, 12 bytes */
  call put_word
  movzbw %bl, %ax
  call put_word
  movw $madt_rest, %si
  movw $(madt_rest_end - madt_rest), %cx
  call copy_template
  movw $TABLE_MADT, %ax
  jmp end_acpi

put_word:
  movw %ax, %fs:(%edi)
  addl $2, %edi
  ret

make_mp:
  movw $TABLE_MP, %ax
  call at_table
  movw $mp_header, %si
  movw $(mp_header_end - mp_header), %cx
  call copy_template
  xorb %bh, %bh
1: xorb %al, %al /* a processor, 20 bytes */
  call put_byte
  movb %bh, %al
  call put_byte
  movw $0x0111, %ax /* local APIC version; enabled */
  testb %bh, %bh
  jnz 2f
  movw $0x0311, %ax /* the one that boots */
2: call put_word
  pushw %bx
  movl $1, %eax
  cpuid
  popw %bx
  call put_long
  movl %edx, %eax
  call put_long
  xorl %eax, %eax
  call put_long
  call put_long
  incb %bh
  cmpb %bl, %bh
  jb 1b
  movw $mp_buses, %si
  movw $(mp_buses_end - mp_buses), %cx
  call copy_template
  movb $2, %al /* an I/O APIC, 8 bytes */
  call put_byte
  movb %bl, %al
  call put_byte
  movw $0x0111, %ax
  call put_word
  movl $IO_APIC, %eax
  call put_long
  call put_isa_lines
  movw $mp_local, %si
  movw $(mp_local_end - mp_local), %cx
  call copy_template
/* The header's count of entries: processors, two buses, I/O APIC, 15 lines, two local. */
  movl %edi, %ecx
  movw $TABLE_MP, %ax
  call at_table
  subl %edi, %ecx
  movw %cx, %fs:MP_LENGTH(%edi)
  movzbw %bl, %ax
  addw $20, %ax
  movw %ax, %fs:MP_COUNT(%edi)
  movl $MP_CHECKSUM, %edx
  call set_checksum

  movl $MP_POINTER_PHYSICAL, %edi
  movw $mp_pointer, %si
  movw $MP_POINTER_BYTES, %cx
  call copy_template
  movl $MP_POINTER_PHYSICAL, %edi
  leal TABLE_MP(%ebp), %eax
  movl %eax, %fs:4(%edi)
  movw $MP_POINTER_BYTES, %cx
  movl $10, %edx
  jmp set_checksum

/* ISA lines at the pins of their numbers, but line 0 at pin 2; line 2 is the cascade. */
put_isa_lines:
  xorb %bh, %bh
1: cmpb $2, %bh
  je 3f
  movl $3, %eax /* an interrupt of a bus, type INT, as the bus does it */
  call put_long
  movb $1, %al /* ISA */
  call put_byte
  movb %bh, %al
  call put_byte
  movb %bl, %al
  call put_byte
  movb %bh, %al
  testb %al, %al
  jnz 2f
  movb $2, %al
2: call put_byte
3: incb %bh
  cmpb $16, %bh
  jb 1b
  ret

/* The header that ACPI tables share; length and checksum come later. */
  .macro acpi_header signature, revision
  .ascii "\signature"
  .long 0
  .byte \revision
  .byte 0
  .ascii "RING0 RING0 PC"
  .long 1
  .ascii "RNG0"
  .long 1
  .endm

rsdp:
  .ascii "RSD PTR "
  .byte 0
  .ascii "RING0 "
  .byte 0
  .long 0

rsdt:
  acpi_header RSDT, 1
rsdt_end:

facs:
  .ascii "FACS"
  .long 64
  .fill 56, 1, 0
facs_end:

/* Registers of the PIIX4's power management; always in ACPI mode, so that there is no SMI port. */
fadt:
  acpi_header FACP, 1
  .long 0, 0
  .byte 0, 0
  .word 9
  .long 0
  .byte 0, 0, 0, 0
  .long POWER_BASE, 0, POWER_BASE + 4, 0, 0, POWER_BASE + 8, 0, 0
  .byte 4, 2, 0, 4, 0, 0, 0, 0
  .word 0xfff, 0xfff, 0, 0
  .byte 0, 0, 0, 0, CMOS_CENTURY, 0, 0, 0
  .long 0x35 /* WBINVD works, C1, no fixed buttons */
fadt_end:

/* Name (\_S5, Package () {0, 0, 0, 0}): sleep type 0 turns the machine off. */
dsdt:
  acpi_header DSDT, 1
  .byte 0x08
  .ascii "_S5_"
  .byte 0x12, 0x06, 0x04, 0x00, 0x00, 0x00, 0x00
dsdt_end:

madt:
  acpi_header APIC, 1
  .long LOCAL_APIC
  .long 1 /* there are 8259s too */
madt_end:

/* The I/O APIC's address and first interrupt; line 0 at pin 2; lines of PCI are level-triggered;
 * NMI at every LINT1. */
madt_rest:
  .long IO_APIC, 0
  .byte 2, 10, 0, 0
  .long 2
  .word 0
  .irp line, 5, 9, 10, 11
  .byte 2, 10, 0, \line
  .long \line
  .word 0x0d
  .endr
  .byte 4, 6, 0xff, 0, 0, 1
madt_rest_end:

mp_pointer:
  .ascii "_MP_"
  .long 0
  .byte 1, 4, 0, 0, 0, 0, 0, 0

mp_header:
  .ascii "PCMP"
  .word 0
  .byte 4, 0
  .ascii "RING0   RING0 PC    "
  .long 0
  .word 0, 0
  .long LOCAL_APIC
  .long 0
mp_header_end:

mp_buses:
  .byte 1, 0
  .ascii "PCI   "
  .byte 1, 1
  .ascii "ISA   "
mp_buses_end:

/* ExtINT at the first processor's LINT0, NMI at every LINT1. */
mp_local:
  .byte 4, 3, 0, 0, 1, 0, 0, 0
  .byte 4, 1, 0, 0, 1, 0, 0xff, 1
mp_local_end:
