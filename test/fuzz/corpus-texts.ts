// Texts of the corpus that exist for fuzzing only: small, and dense in constructs.

/** Objects' sources: sections of each kind, groups, commons, weak and local names, each relocation that is linked. */
export const sectionGame: readonly string[] = [
  ` .globl _start, shared, helper
_start: mov $shared, %eax
 call helper
 jmp *table(,%eax,4)
 ret
helper: ret
 .section .rodata
table: .long _start, helper, __start_mine, __stop_mine
 .section mine,"aw"
 .long 1, 2
 .data
shared: .long shared + 4, _start - .
 .bss
 .zero 64
 .comm pool, 32, 16
 .weak missing
 .data
 .long missing
`,
  ` .section .text.one,"axG",@progbits,one,comdat
 .weak one
one: call one
 call shared@PLT
 .section .text.two,"ax"
 .globl two
two: mov one@GOT(%ebx), %eax
 lea _GLOBAL_OFFSET_TABLE_+(.-two)(%ebx), %ebx
 lea here@GOTOFF(%ebx), %ecx
 .data
here: .long one, two
 .byte 1
 .section .strings,"aMS",@progbits,1
.LC0: .string "hello"
.LC1: .string "lo"
 .section .constants,"aM",@progbits,4
.LC2: .long 5, 6, 5
 .data
 .long .LC0, .LC1, .LC2
 .section .init_array.00100,"aw",@init_array
 .long two
 .section .note.GNU-stack,"",@progbits
`,
  ` .section .tbss,"awT",@nobits
 .type quiet, @object
quiet: .zero 8
 .section .tdata,"awT",@progbits
 .globl loud
loud: .long 3
 .text
 mov %gs:loud@NTPOFF, %eax
 mov loud@INDNTPOFF, %ecx
 leal loud@TLSGD(,%ebx,1), %eax
 call ___tls_get_addr@PLT
 .globl ___tls_get_addr
___tls_get_addr: ret
 .type chosen, @gnu_indirect_function
 .globl chosen
chosen: lea 5, %eax
 ret
 call chosen
 .code16
 jmp far16
far16: .byte far8 - .
 .set far8, far16
 .comm pool, 64, 4
`,
  ` .text
 .globl framed
 .type framed, @function
framed: .cfi_startproc
 push %ebp
 .cfi_def_cfa_offset 8
 .cfi_offset 5, -8
 mov %esp, %ebp
 .cfi_def_cfa_register 5
 leave
 .cfi_restore 5
 .cfi_def_cfa 4, 4
 ret
 .cfi_endproc
 .size framed, .-framed
 .hidden secret
secret: .long framed - secret
 .section .a,"ao",@progbits,.text
 .long 1
 .section .discard,"e"
 .long 2
 .ident "ring0"
`,
];

/** Assembly dense in directives. */
export const caseSources: readonly string[] = [
  `.macro each name:req, count=3, rest:vararg
 .rept \\count
 .long \\name, \\@ ; .byte \\rest
 .endr
.endm
each first, 2, 1, 2, 3
first:
 .irp r, eax, ebx, ecx
 push %\\r
 .endr
 .irpc c, abc
 .ascii "\\c"
 .endr
 .if . - first > 4
 .space 16, 0x90
 .elseif 1
 .skip 4
 .else
 .error "no"
 .endif
 .ifdef first
 .ifc a,b
 .endif
 .endif
 .set x, 5
 y = x * 3 + (1 << 4) - ~x % 7
 .long y, x - y, first - .
1: jmp 1f
 jne 1b
 .fill 3, 4, 0x12345678
 .org 0x100, 0xcc
1: .p2align 4,,7
 .balign 8, 0x5a
 .uleb128 300, 1b - first
 .sleb128 -200
 .string "a\\tb\\n\\101\\x41", "c"
 .float 1.5, -2e10
 .double 3.25
 .octa 0x123456789abcdef0123456789abcdef
 .struct 8
field: .struct field + 4
 .text
`,
  ` .file "a.c"
 .file 1 "dir/a.c"
 .section .init,"ax",@progbits
 .text
 .globl main
 .type main, @function
main:
 .loc 1 3 5 prologue_end
 .cfi_startproc
 lock addl $1, counter
 rep movsb
 movl $counter+4, %eax
 movw %ax, (%ebx,%ecx,4)
 movzbl 3(%esp), %edx
 cmpxchg8b (%esi)
 fldl 8(%ebp)
 fstp %st(3)
 .loc 1 4 is_stmt 0
 jmp .L2
 .subsection 1
.L2: ret
 .previous
 .cfi_endproc
 .size main, .-main
 .pushsection .data
counter: .quad 5, . - counter
 .popsection
 .comm buffer,100,32
 .lcomm local,10
 .weak w
 .code16
 mov $0x7c00, %sp
 ljmp $0x8, $main
 .code16gcc
 push %eax
 .code32
 int $0x80
`,
];

export const linkScripts: readonly string[] = [
  `OUTPUT_FORMAT("elf32-i386") OUTPUT_ARCH(i386) ENTRY(_start)
KERNBASE = 0x80000000;
SECTIONS
{
  . = KERNBASE + 0x100000;
  .text : AT(0x100000) { *(.text .stub .text.* .gnu.linkonce.t.*) }
  PROVIDE(etext = .);
  .rodata : { *(.rodata .rodata.*) *(.strings .constants) }
  .table : { __s = .; KEEP(*(.tab)) __e = .; LONG(0x12345678) BYTE(1) . = ALIGN(16); }
  . = ALIGN(0x1000);
  .data : { *(.data .data.*) }
  .bss : { sbss = .; *(.bss) *(COMMON) . = ALIGN(4096); ebss = .; }
  PROVIDE_HIDDEN(end = .);
  physend = end - KERNBASE;
  /DISCARD/ : { *(.eh_frame .note.GNU-stack .comment) }
  ASSERT(. > KERNBASE, "the kernel is linked too low")
}
`,
  `ENTRY(_start)
MEMORY { rom (rx) : ORIGIN = 0xf0000, LENGTH = 64K
  ram (rw!x) : org = 0x1000, l = 32K }
PHDRS { text PT_LOAD FLAGS(5); data PT_LOAD; stack PT_GNU_STACK FLAGS(6); }
SECTIONS
{
  .text : { *(.text*) *(.rodata*) . = ALIGN(4); } > rom :text =0x90cc
  .data : ALIGN(64) { data_start = .; *(.data* mine) data_size = . - data_start; } > ram AT> rom :data
  .fill : { FILL(0xab) BYTE(1) . = . + 7; SHORT(0x1234) . = ALIGN(16); QUAD(data_start) } > ram
  .bss : { *(.bss*) *(COMMON) } > ram AT> rom
  load = LOADADDR(.data); length = SIZEOF(.data) + SIZEOF(.fill); top = ORIGIN(ram) + LENGTH(ram);
  biggest = MAX(SIZEOF(.text), SIZEOF(.data)); is_there = DEFINED(_start) ? 1 : 2;
}
`,
  `/* sorting */ SECTIONS
{
  . = 0x1000 + SIZEOF_HEADERS;
  .text : { KEEP(*(.text)) *(SORT(.text.*)) }
  .first : SUBALIGN(16) { *(EXCLUDE_FILE(*k2.o) .data) *(SORT_BY_INIT_PRIORITY(.init_array.*)) }
  .third ALIGN(256) (NOLOAD) : { in.o(.bss) . += 3; e = ABSOLUTE(.); }
  .got : ONLY_IF_RW { *(.got*) }
  .last ALIGN(16) : AT(ADDR(.text) + 0x10000) { *(*) } =0
}
SEARCH_DIR("=/lib") EXTERN(_start)
`,
];

export const plainC = `#include <stdint.h>
#define SQUARE(x) ((x) * (x))
#define JOIN(a, b) a##b
#define TEXT(...) #__VA_ARGS__
#if defined(SQUARE) && SQUARE(3) == 9
enum colour { RED, GREEN = 5, BLUE };
#elif 1
#error no
#endif
typedef struct node { struct node *next; int value : 7; unsigned rest : 25; char name[12]; } node;
static const char *const words[] = { "one", TEXT(a, b), "three" "four" };
static node nodes[3] = { { .value = 1, .name = "x" }, [2] = { 0, 2 } };
union both { float f; uint32_t u; long long wide; };
extern int external(int, ...);
int JOIN(go, _on)(node *list, unsigned n) {
  int sum = 0;
  for (node *at = list; at && n--; at = at->next) {
    switch (at->value) {
    case RED: sum += SQUARE(n); break;
    case GREEN ... BLUE: sum -= sizeof(node); continue;
    default: if (n > 3) goto out;
    }
    sum ^= external(sum, words[n % 3], (double)n / 3);
  }
  do { sum <<= 1; } while (sum > 0 && sum < 100);
out:
  return sum ? : -1;
}
double mix(float a, long double b, union both c) { c.f = a; return (double)(b + c.u) * 1.5e3; }
long long wide(long long a, unsigned long long b) { return a * 7 + (a >> 3) * (long long)b; }
int outb(int port) { int r; __asm__ volatile("outb %b1, %w2" : "=r"(r) : "a"(1), "Nd"(port) : "memory"); return r; }
int (*pick(int i))(node *, unsigned) { static int (*const t[])(node *, unsigned) = { go_on }; return t[i]; }
void local(int n) { int a[3]; a[n] = _Generic(n, int: 1, default: 2); }
_Static_assert(sizeof(int) == 4, "int");
int begin(void) { local(2); return go_on(nodes, 2) + (int)wide(1, 2) + ({ int q = 3; q; }); }
int external(int a, ...) { return a; }
`;
