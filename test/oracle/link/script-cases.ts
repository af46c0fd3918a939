// Linker scripts, one construct each, over a small set of inputs that has something for each.

import type { Bench } from '../gnu-bench.ts';

/** Objects a.o, b.o, and lib.a of c.o and d.o. */
export function makeInputs(bench: Bench): void {
  bench.assemble('a', a);
  bench.assemble('b', b);
  bench.assemble(
    'c',
    ' .globl c_func\nc_func: .long 0xc\n .data\n .long 0xc1\n .section .ov1,"aw"\n .long 12\n',
  );
  bench.assemble('d', ' .globl d_func\nd_func: .long 0xd\n .section .ov2,"aw"\n .long 13,14\n');
  bench.run('ar', ['rcsD', 'lib.a', 'c.o', 'd.o']);
  bench.write('inc.ld', '.inc : { *(.ov1) }\n');
  bench.write('body.ld', '*(.ov2) LONG(7)\n');
  bench.write('mem.ld', 'ram : ORIGIN = 0x4000, LENGTH = 0x1000\n');
}

const a = ` .globl early
early = _start - 0x10000000
 .globl _start
_start: call b_func
 call c_func
 call d_func
 mov $x, %eax
 .globl x, common
 .data
x: .long _start, y
 .section .rodata
 .long 0x11223344
 .section .ov1,"aw"
 .long 1,2
 .section .ov2,"aw"
 .long 3
 .section .str,"aMS",@progbits,1
 .asciz "hello"
 .bss
 .skip 12
 .comm common,8,4
 .section .text.z,"ax"
 .long 0xa
 .section .text.b,"ax"
 .balign 16
 .long 0xb
 .section .init.00100,"ax"
 .byte 100
 .section .init.5,"ax"
 .byte 5
 .section .note.x,"a",@note
 .long 4,0,1
 .ascii "abc\\0"
 .section .mine,"aw"
 .long __start_mine_c
 .section mine_c,"aw"
 .long 1
 .section .noalloc
 .long 9
`;

const b = ` .globl b_func, y
b_func: ret
 .data
y: .byte 1,2,3
 .section .rodata
 .byte 0x55
 .section .ov2,"aw"
 .byte 5
 .section .str,"aMS",@progbits,1
 .asciz "lo"
 .asciz "other"
 .section .text.a,"ax"
 .balign 8
 .long 0xc
 .section .init.00020,"ax"
 .byte 20
 .section .init.3,"ax"
 .byte 3
 .bss
 .balign 32
 .skip 5
`;

const text = '.text : { *(.text .text.*) }';
const rest = `${text} .data : { *(.data) } .bss : { *(.bss) *(COMMON) }`;

/** Sorted by what they are about; a string is a script, a pair has further options. */
export const scriptCases: Readonly<Record<string, string | readonly [string, ...string[]]>> = {
  'ALIGN of addresses, offsets and numbers': `SECTIONS { . = 0x1003; p = ALIGN(., 16); q = ALIGN(ABSOLUTE(.), 16);
 n = ALIGN(0x1234, 64); .text : { *(.text) a = ALIGN(ABSOLUTE(.), 4096); b = ABSOLUTE(a / 512); c = ALIGN(., 4096);
 d = ALIGN(0x1234, 16); e = ALIGN(a, 64); f = ALIGN(c, 64); k = ALIGN(n, 8); l = ALIGN(q, 32); m = ALIGN(ADDR(.text), 8); } }`,
  plain: `SECTIONS { . = 0x1000; ${rest} }`,
  'no sections': 'ENTRY(b_func)',
  'empty sections': 'SECTIONS { }',
  'same section twice':
    'SECTIONS { . = 0x1000; .text : { *(.text) } .data : { *(.data) } .text : { *(.text.*) } }',
  overlay: `SECTIONS { . = 0x1000; ${text} OVERLAY 0x3000 : AT (0x5000) { .ov1 { *(.ov1) } .ov2 { *(.ov2) LONG(1) } } .data : { *(.data) } size = SIZEOF(.ov1); lstart = __load_start_ov1; lstop = __load_stop_ov2; }`,
  'overlay without address': `SECTIONS { . = 0x1000; ${text} OVERLAY : { .ov1 { *(.ov1) } =0x9090 .ov2 { *(.ov2) . = ALIGN(16); } } .data : { *(.data) } }`,
  'overlay in a region': `MEMORY { rom : ORIGIN = 0x1000, LENGTH = 0x1000 ram : ORIGIN = 0x8000, LENGTH = 0x1000 } SECTIONS { ${text} >rom OVERLAY : NOCROSSREFS { .ov1 { *(.ov1) } .ov2 { *(.ov2) } } >ram AT>rom .data : { *(.data) } >ram AT>rom .r : { *(*) } >rom }`,
  'insert after': 'SECTIONS { .ov1 : { *(.ov1) } x2 = .; } INSERT AFTER .data;',
  'insert before': 'SECTIONS { .ov1 : { *(.ov1) } .ov2 : { *(.ov2) } } INSERT BEFORE .rodata;',
  'insert twice':
    'SECTIONS { .ov1 : { *(.ov1) } } INSERT AFTER .text; SECTIONS { .ov2 : { *(.ov2) } } INSERT AFTER .ov1;',
  'insert nowhere': 'SECTIONS { .ov1 : { *(.ov1) } } INSERT AFTER .nosuch;',
  include: `SECTIONS { . = 0x1000; ${rest} INCLUDE inc.ld .body : { INCLUDE body.ld } }`,
  'include in memory': `MEMORY { INCLUDE mem.ld } SECTIONS { ${rest} }`,
  'include missing': `SECTIONS { INCLUDE nosuch.ld }`,
  'memory attributes': `MEMORY { rom (rx) : ORIGIN = 0x1000, LENGTH = 1K ram (w!x) : org = 0x8000, len = 0x100 } SECTIONS { ${rest} }`,
  'memory without a fit': `MEMORY { rom (x) : ORIGIN = 0x1000, LENGTH = 1K } SECTIONS { ${rest} }`,
  'memory full': `MEMORY { rom : ORIGIN = 0x1000, LENGTH = 4 } SECTIONS { ${rest} }`,
  'region alias': `MEMORY { rom : ORIGIN = 0x1000, LENGTH = 1K } REGION_ALIAS("CODE", rom) REGION_ALIAS("DATA", rom) SECTIONS { .text : { *(.text*) } >CODE .data : { *(.data) } >DATA .o = ORIGIN(CODE); .bss : { *(.bss) *(COMMON) } > rom }`,
  'region alias of nothing': `REGION_ALIAS("CODE", rom) SECTIONS { ${rest} }`,
  'origin and length': `MEMORY { rom : ORIGIN = 0x1000, LENGTH = 1K } SECTIONS { ${rest} top = ORIGIN(rom) + LENGTH(rom); }`,
  'load regions': `MEMORY { rom : ORIGIN = 0x1000, LENGTH = 1K ram : ORIGIN = 0x8000, LENGTH = 1K } SECTIONS { ${text} >rom .data : { *(.data) } >ram AT>rom .bss : { *(.bss) } >ram .r : { *(*) } >ram AT>rom =0x42 }`,
  'program headers': `PHDRS { text PT_LOAD FILEHDR PHDRS; data PT_LOAD FLAGS(6) AT(0x9000); none PT_NOTE; } SECTIONS { . = 0x1000 + SIZEOF_HEADERS; ${text} :text .data : { *(.data) } :data .n : { *(.note.x) } :data :none .bss : { *(.bss) } :data /DISCARD/ : { *(.ov*) } }`,
  'program header none': `PHDRS { text PT_LOAD; } SECTIONS { . = 0x1000; ${text} :text .data : { *(.data) } :NONE }`,
  'program header unknown': `PHDRS { text PT_LOAD; } SECTIONS { . = 0x1000; ${text} :foo }`,
  subalign: `SECTIONS { . = 0x1000; .text : SUBALIGN(32) { *(.text .text.*) } .data : SUBALIGN(2) { *(.data) } }`,
  'align with input': `MEMORY { rom : ORIGIN = 0x1001, LENGTH = 1K ram : ORIGIN = 0x8001, LENGTH = 1K } SECTIONS { .text : ALIGN_WITH_INPUT { *(.text .text.*) } >ram AT>rom .bss : ALIGN_WITH_INPUT { *(.bss) } > ram AT>rom .r : { *(*) } >rom }`,
  'align and align with input': 'SECTIONS { .text : ALIGN(4) ALIGN_WITH_INPUT { *(.text) } }',
  fill: 'SECTIONS { . = 0x1000; .text : { *(.text) . = ALIGN(8); FILL(0x12345678) . += 6; *(.text.*) } =0x90 .data : { *(.data) . = ALIGN(64); } =0x0102030405 .x : { BYTE(1) . = ALIGN(8); } =1+1 }',
  'data statements':
    'SECTIONS { . = 0x1000; .d : { BYTE(0x1ff) SHORT(-2) LONG(x) QUAD(x) SQUAD(-1) LONG(SIZEOF(.d)) } .text : { *(.text*) } .data : { *(.data) } }',
  nocrossrefs: `NOCROSSREFS(.text .data) SECTIONS { ${rest} }`,
  'nocrossrefs to': `NOCROSSREFS_TO(.data .text) SECTIONS { ${rest} }`,
  'nocrossrefs to, unused': `NOCROSSREFS_TO(.bss .text) SECTIONS { ${rest} }`,
  'assert outside': `SECTIONS { ${rest} } ASSERT(SIZEOF(.text) > 0x10000, "text is small")`,
  'assert holds': `SECTIONS { ${rest} } ASSERT(SIZEOF(.text) < 0x10000, "text is big")`,
  'assert inside': `SECTIONS { .text : { *(.text) ASSERT(. < 2, "too big") } }`,
  'assert as a value': `SECTIONS { . = 0x1000; ${rest} . = ASSERT(. > 0x100, "low"); q = ASSERT(5, "five"); }`,
  provide: `SECTIONS { . = 0x1000; ${rest} PROVIDE(y = 5); PROVIDE(never = 6); PROVIDE_HIDDEN(__start_mine_c = 7); HIDDEN(h = 8); g = 9; PROVIDE(x = 1); }`,
  'provide within': `SECTIONS { . = 0x1000; .text : { PROVIDE(__start_mine_c = .); HIDDEN(hid = .); *(.text*) } ${rest} use = hid; }`,
  extern: [`EXTERN(c_func zzz) SECTIONS { ${rest} }`],
  entry: `ENTRY(b_func) SECTIONS { ${rest} }`,
  'entry in sections': `SECTIONS { ${rest} ENTRY(b_func) }`,
  startup: `STARTUP(b.o) SECTIONS { . = 0x1000; ${rest} }`,
  output: `OUTPUT(nowhere.out) SECTIONS { ${rest} }`,
  target: `TARGET(elf32-i386) SECTIONS { ${rest} }`,
  'output format': `OUTPUT_FORMAT("elf32-i386", "elf32-i386", "elf32-i386") OUTPUT_ARCH(i386) SECTIONS { . = 0x1000; ${rest} }`,
  'output format binary': `OUTPUT_FORMAT(binary) SECTIONS { . = 0x1000; ${rest} /DISCARD/ : { *(*) } }`,
  'output format ihex': [
    `SECTIONS { . = 0x1000; ${rest} /DISCARD/ : { *(*) } }`,
    '--oformat',
    'ihex',
  ],
  'output format srec': [
    `SECTIONS { . = 0x1000; ${rest} /DISCARD/ : { *(*) } }`,
    '--oformat',
    'srec',
  ],
  'common allocation': `FORCE_COMMON_ALLOCATION SECTIONS { ${rest} }`,
  'search and input': `SEARCH_DIR(.) INPUT(c.o) GROUP(AS_NEEDED(lib.a)) SECTIONS { ${rest} }`,
  'sort by name': `SECTIONS { . = 0x1000; .text : { *(SORT_BY_NAME(.text*)) } }`,
  'sort by alignment': `SECTIONS { . = 0x1000; .text : { *(SORT_BY_ALIGNMENT(.text*)) } }`,
  'sort by priority': `SECTIONS { . = 0x1000; .text : { *(.text) *(SORT_BY_INIT_PRIORITY(.init.*)) } }`,
  'sort name then alignment': `SECTIONS { . = 0x1000; .text : { *(SORT_BY_NAME(SORT_BY_ALIGNMENT(.text*))) } }`,
  'sort alignment then name': `SECTIONS { . = 0x1000; .text : { *(SORT_BY_ALIGNMENT(SORT_BY_NAME(.text*))) } }`,
  'sort none': [`SECTIONS { . = 0x1000; .text : { *(SORT_NONE(.text*)) } }`, '--sort-section=name'],
  'sort option name': [`SECTIONS { . = 0x1000; .text : { *(.text*) } }`, '--sort-section=name'],
  'sort option alignment': [
    `SECTIONS { . = 0x1000; .text : { *(.text*) } }`,
    '--sort-section=alignment',
  ],
  'sort name and option': [
    `SECTIONS { . = 0x1000; .text : { *(SORT_BY_NAME(.text*)) } }`,
    '--sort-section=alignment',
  ],
  'two patterns in turn': `SECTIONS { . = 0x1000; .text : { *(.text.a .text.z .text) *(.text.*) } }`,
  'sorted beside unsorted': `SECTIONS { . = 0x1000; .text : { *(.text SORT(.text.*) .init.*) } }`,
  'exclude inside': `SECTIONS { . = 0x1000; .text : { *(EXCLUDE_FILE(*b.o) .text .text.*) } .r : { *(.text*) } }`,
  'exclude outside': `SECTIONS { . = 0x1000; .text : { EXCLUDE_FILE(*b.o *lib.a:c.o) *(.text .text.*) } .r : { *(.text*) } }`,
  'exclude archive': `SECTIONS { . = 0x1000; .text : { *(EXCLUDE_FILE(*lib.a) .text) } .r : { *(.text*) } }`,
  'archive member': `SECTIONS { . = 0x1000; .one : { *lib.a:c.o(.text) } .two : { *lib.a:(.text) } .three : { :*(.text) } }`,
  'archive any member': `SECTIONS { . = 0x1000; .two : { lib.a:*(.text) } .three : { *:a.o(.text) } }`,
  'member by file name': `SECTIONS { . = 0x1000; .one : { *d.o(.text) } .two : { *c.o(.text) } .t : { *(.text) } }`,
  'section flags': `SECTIONS { . = 0x1000; .m : { INPUT_SECTION_FLAGS(SHF_MERGE & SHF_STRINGS) *(*) } .w : { INPUT_SECTION_FLAGS(SHF_WRITE & !SHF_EXECINSTR) *(*) } .t : { *(*) } }`,
  keep: [
    `ENTRY(b_func) SECTIONS { . = 0x1000; ${rest} .k : { KEEP(*(.ov1)) *(.ov2) } }`,
    '--gc-sections',
  ],
  constructors: `SECTIONS { . = 0x1000; ${text} .data : { *(.data) CONSTRUCTORS SORT(CONSTRUCTORS) } }`,
  'object symbols': `SECTIONS { . = 0x1000; .text : { CREATE_OBJECT_SYMBOLS *(.text) } }`,
  functions: `SECTIONS { . = 0x1010; ${rest} a1 = ALIGN(0x100); a2 = ALIGN(0x1234, 0x100); a3 = BLOCK(64); a4 = NEXT(0x100); a5 = LOG2CEIL(33); a6 = MAX(3, 4); a7 = MIN(x, y); a8 = ALIGNOF(.text); a9 = LOADADDR(.data); b0 = SIZEOF(.data); b1 = ADDR(.bss); b2 = CONSTANT(MAXPAGESIZE); b3 = CONSTANT(COMMONPAGESIZE); b4 = DEFINED(x) ? 1 : 2; b5 = DEFINED(nope) ? 1 : 2; b6 = ABSOLUTE(.); b7 = SEGMENT_START("text-segment", 0x77); b8 = SIZEOF_HEADERS; }`,
  operators: `SECTIONS { . = 0x1010; ${rest} a1 = 7 / 2 * 3 % 4; a2 = 1 << 4 | 3 & 2; a3 = !5 + ~0; a4 = -3 / 2; a5 = 1 ? 2 : 3 ? 4 : 5; a6 = 3 > 2 == 1; a7 = 0x10K + 1M; a8 = 010 + 10h; a9 = 5 && 0 || 1; b1 = 1 << 31; b2 = 0xffffffff + 2; b3 = x == y; b4 = -1 >> 60; a1 += 5; a1 <<= 2; a1 -= 1; a1 *= 3; a1 /= 2; a1 |= 0x100; a1 &= 0xfff; a1 >>= 1; }`,
  'section relative': `SECTIONS { . = 0x1000; .text : { s0 = .; *(.text) s1 = . + 4; s2 = 4; s3 = s1 - s0; s4 = ABSOLUTE(s1); s5 = s1 + 1; s6 = ADDR(.text) + 2; s7 = SIZEOF(.text); } t0 = s0 + 4; t1 = s1 - s0; t2 = .; t3 = ADDR(.text); ${rest} }`,
  'dot moves': `SECTIONS { . = 0x1000; .text : { . = . + 4; *(.text) . = 0x40; . += 4; } . += 0x100; .data : { *(.data) } . = ALIGN(0x1000) + 5; .bss : { *(.bss) } }`,
  'dot backwards inside': `SECTIONS { . = 0x1000; .text : { *(.text) . = 0; } }`,
  'dot backwards outside': `SECTIONS { . = 0x1000; ${text} . = 0x100; .data : { *(.data) } .bss 0x5000 : { *(.bss) } }`,
  overlapping: `SECTIONS { .text 0x1000 : { *(.text) } .data 0x1004 : { *(.data) } }`,
  'overlapping, unchecked': [
    `SECTIONS { .text 0x1000 : { *(.text) } .data 0x1004 : { *(.data) } }`,
    '--no-check-sections',
  ],
  'overlapping loads': `SECTIONS { .text 0x1000 : { *(.text) } .data 0x2000 : AT(0x1002) { *(.data) } }`,
  noload: `SECTIONS { . = 0x1000; ${text} .data (NOLOAD) : { *(.data) } .rodata : { *(.rodata) } }`,
  'noload bss': `SECTIONS { . = 0x1000; ${text} .bss (NOLOAD) : { *(.bss) } .rodata : { *(.rodata) } }`,
  dsect: `SECTIONS { . = 0x1000; ${text} .data (DSECT) : { *(.data) } }`,
  copy: `SECTIONS { . = 0x1000; ${text} .data (COPY) : { *(.data) } }`,
  info: `SECTIONS { . = 0x1000; ${text} .data (INFO) : { *(.data) } }`,
  'overlay type': `SECTIONS { . = 0x1000; ${text} .data (OVERLAY) : { *(.data) } }`,
  readonly: `SECTIONS { . = 0x1000; ${text} .data (READONLY) : { *(.data) } }`,
  type: `SECTIONS { . = 0x1000; ${text} .data (TYPE = SHT_NOTE) : { *(.data) } .d2 (READONLY (TYPE = 0x70000001)) : { LONG(1) } .d3 (TYPE = SHT_INIT_ARRAY) : { LONG(2) } }`,
  'address and type': `SECTIONS { ${text} .data 0x3000 (NOLOAD) : { *(.data) } .bss ALIGN(0x100) (NOLOAD) : { *(.bss) } }`,
  'address block': `SECTIONS { . = 0x1000; .text BLOCK(0x100) : { *(.text) } .data ALIGN(0x200) : ALIGN(0x400) { *(.data) } }`,
  'quoted names': `SECTIONS { . = 0x1000; "a b" : { "a.o"(.text) *("ov 1" ".text") } "sym" = 1; ".data" : { *(".data") } }`,
  brackets: `SECTIONS { . = 0x1000; .text : { [a-b].o(.text) *[!a-b].o(.text) } .t : { *(.text.[b-z]) *(.tex?.a) } }`,
  'escaped brackets': `SECTIONS { . = 0x1000; .text : { *(.text.[!b]) } .t : { *(.text.\\b) } }`,
  discard: `SECTIONS { . = 0x1000; ${rest} /DISCARD/ : { *(.ov1) *(.note.x) } /DISCARD/ : { *(.ov2) } }`,
  'discard needed': `SECTIONS { . = 0x1000; ${text} /DISCARD/ : { *(.data) } }`,
  orphans: `SECTIONS { . = 0x1000; .text : { *(.text) } .rodata : { *(.rodata) } .data : { *(.data) } .bss : { *(.bss) } }`,
  'orphans without homes': 'SECTIONS { . = 0x1000; .foo : { *(.text) } }',
  'orphans between assignments': `SECTIONS { . = 0x1000; .text : { *(.text) } etext = .; . = ALIGN(0x1000); .data : { *(.data) } edata = .; end = .; }`,
  'orphans beside sections that nothing is in':
    'SECTIONS { .none : { *(.none) } .interp : { *(.interp) } .rodata : { *(.nothing) } .text 0x1000 : { *(.text) } .tdata : { *(.tdata) } .later : { *(.later) } .comment : { *(.comment) } }',
  'places behind an empty section with an address':
    'SECTIONS { .text 0x1000 : { *(.text) } .none 0x5000 : { *(.none) } b = .; . = . + 0x10; .later : { *(.later) } c = .; . = ALIGN(0x1000); .data : { *(.data) } d = .; }',
  'aligned in two ways, though it is empty':
    'SECTIONS { .none : ALIGN(4) ALIGN_WITH_INPUT { *(.none) } .text : { *(.text) } }',
  'orphans join data of their name':
    'SECTIONS { . = 0x1000 + SIZEOF_HEADERS; .text ALIGN(0x20) : { LONG(1) } .mine : { LONG(2) } .note.x : { LONG(3) } .rodata : { LONG(4) } .data : { LONG(5) } }',
  'data alone of every type':
    'SECTIONS { .text 0x1000 : { *(.text) } .n (NOLOAD) : { LONG(1) } .o (OVERLAY) : { LONG(2) } .p : { LONG(3) } .t (TYPE = SHT_NOTE) : { LONG(4) } .i (TYPE = 14) : { LONG(5) } .note.y : { LONG(6) } .init : { LONG(7) } /DISCARD/ : { *(*) } }',
  'symbols of objects before the script redefines them': `SECTIONS { . = 0x1000; ${rest} .late : { LONG(x) LONG(new) } } p1 = DEFINED(x); p2 = x; x = x + 4; p3 = x; p4 = DEFINED(new); new = 7; p5 = DEFINED(new); y = ABSOLUTE(y);`,
  'names that only a PROVIDE of nobody mentions':
    'SECTIONS { .text 0x1000 : { *(.text) PROVIDE(u1 = ALIGN(., 16)); PROVIDE(u2 = .); PROVIDE(u3 = .); } PROVIDE(nobody = u1); PROVIDE(u4 = u3); mine = u2 + u4; .data : { *(.data) } }',
  'program headers in another order than addresses':
    'PHDRS { b PT_LOAD; a PT_LOAD; c PT_LOAD; } SECTIONS { . = 0x1000 + SIZEOF_HEADERS; .text : { *(.text) } :a .data : { *(.data) } :b .late : { LONG(1) } :c }',
  'two segments with the headers':
    'PHDRS { b PT_LOAD FILEHDR PHDRS; a PT_LOAD FILEHDR PHDRS; } SECTIONS { . = 0x1000 + SIZEOF_HEADERS; .text : { *(.text) } :a .data : { *(.data) } :b }',
  'headers behind another segment':
    'PHDRS { a PT_LOAD; b PT_LOAD FILEHDR PHDRS; } SECTIONS { .text 0x1000 : { *(.text) } :a .data : { *(.data) } :b }',
  'headers below code that is loaded elsewhere':
    'MEMORY { ram : ORIGIN = 0x10000, LENGTH = 64K rom : ORIGIN = 0x20080, LENGTH = 64K } SECTIONS { .text : ALIGN_WITH_INPUT { *(.text) } > ram AT> rom .bss : ALIGN_WITH_INPUT { *(.bss COMMON) } > ram AT> rom .data : ALIGN_WITH_INPUT { *(.data) } > ram AT> rom .rest : { *(*) } > ram AT> rom }',
  'operators on two symbols of a section':
    'SECTIONS { .text 0x1000 : { . = . + 0x40; u = .; v = . + 0x10; *(.text) w = u; w = w + 1; } .data 0x3000 : { *(.data) d = .; } a1 = u + v; a2 = u - v; a3 = u * v; a4 = u & v; a5 = u | v; a6 = u << 1; a7 = u == v; a8 = u + d; a9 = d - u; b1 = v / 0x10; b2 = ~u; b3 = u + v - u; b4 = MAX(u, v) + u; b5 = 3; b5 = b5 + 1; u = u + 1; }',
  'orphans, only data': `SECTIONS { .data 0x2000 : { *(.data) } .text 0x1000 : { *(.text) } }`,
  'orphan warn': [`SECTIONS { . = 0x1000; ${rest} }`, '--orphan-handling=warn'],
  'orphan error': [`SECTIONS { . = 0x1000; ${rest} }`, '--orphan-handling=error'],
  unique: ['SECTIONS { . = 0x1000; .text : { *(.text) } .data : { *(.data) } }', '--unique'],
  'unique names': [`SECTIONS { . = 0x1000; ${text} .data : { *(.data) } }`, '--unique=.ov*'],
  'only if':
    'SECTIONS { . = 0x1000; .a : ONLY_IF_RO { *(.rodata) } .a : ONLY_IF_RW { *(.rodata) } .b : ONLY_IF_RO { *(.data) } .b : ONLY_IF_RW { *(.data) } }',
  'data segment':
    'SECTIONS { . = 0x1000; .text : { *(.text) } . = DATA_SEGMENT_ALIGN(0x1000, 0x1000); .data : { *(.data) } . = DATA_SEGMENT_RELRO_END(0, .); .bss : { *(.bss) } . = DATA_SEGMENT_END(.); e = .; }',
  'undefined in an expression': 'SECTIONS { . = 0x1000; .text : { *(.text) } q = nobody + 1; }',
  'division by zero': 'SECTIONS { . = 0x1000 / 0; .text : { *(.text) } }',
  'forward reference':
    'SECTIONS { .text 0x1000 : { *(.text) } q = later + 1; later = 5; r = SIZEOF(.data); .data : { *(.data) } }',
  'symbol from an object':
    'SECTIONS { . = 0x1000; .text : { *(.text) } q = x + 4; .data : { *(.data) } r = y - x; }',
  redefined: 'SECTIONS { . = 0x1000; .text : { *(.text) } x = 0x55; .data : { *(.data) } x2 = x; }',
  version: `VERSION { v1 { global: x; local: *; }; v2 { y; } v1; } SECTIONS { . = 0x1000; ${rest} }`,
  'syntax error': 'SECTIONS { .text { *(.text) } }',
  'missing brace': 'SECTIONS { .text : { *(.text) }',
  'empty output kept':
    'SECTIONS { . = 0x1000; .e1 : { } .e2 : { s = .; } .e3 : { . = .; } .e4 : { *(.nosuch) } .e5 : { KEEP(*(.nosuch)) PROVIDE(zz = .); } .e6 ALIGN(16) : { . = ALIGN(4); } .text : { *(.text) } .e7 : { BYTE(0) } }',
  'a segment for each memory region':
    'MEMORY { one : ORIGIN = 0x1000, LENGTH = 0x100 two (w) : ORIGIN = 0x1100, LENGTH = 0x1000 } SECTIONS { .text : { *(.text .text.* .init.*) } > one .data : { *(.data) } > two .bss : { *(.bss COMMON) } > two .ov1 : { *(.ov1) } > one .ov2 : { *(.ov2) } }',
  'load regions go on':
    'MEMORY { rom (rx) : ORIGIN = 0x1000, LENGTH = 4K ram (w) : ORIGIN = 0x8000, LENGTH = 4K } SECTIONS { .text : { *(.text) } > rom .data : { *(.data) } > ram AT> rom .bss : { *(.bss) *(COMMON) } > ram .ov1 : { *(.ov1) } > ram .ov2 0x8800 : { *(.ov2) } > ram .mine : { *(.mine) } > ram }',
  'program headers of an empty section':
    'PHDRS { t PT_LOAD; d PT_LOAD; } SECTIONS { . = 0x1000; .text : { *(.text) } :t .none : { *(.none) } :d .data : { *(.data) } .bss : { *(.bss) } }',
  'address of an empty section':
    'SECTIONS { .text 0x1000 : { *(.text) } .e 0x3000 : { *(.text.none) } q = .; .data : { *(.data) } r = .; }',
  'address of an empty section that names itself':
    'SECTIONS { .text 0x1000 : { *(.text) } .e : AT(ADDR(.e) - 0x10) { *(.text.none) } .data : { *(.data) } }',
  'empty sections that move the counter':
    'SECTIONS { .text 0x1001 : { *(.text) } .e 0x3001 : { *(.none) . = ALIGN(. != 0 ? 4 : 1); } q = .; .f 0x4001 : { *(.none) r = .; } s = .; .g 0x5001 : { *(.none) . = ALIGN(4); } t = .; .data : { *(.data) } }',
  'alignment of an empty section':
    'SECTIONS { .text 0x1000 : { *(.text) } .e ALIGN(0x1000) : { *(.text.none) } .data ALIGN(8) : { *(.data) } .f ALIGN(0x1000) : { *(.none) } .bss : { *(.bss) } }',
  'load address after an empty section':
    'SECTIONS { .text 0x1000 : { *(.text) } .e 0x8000 : AT(0x3000) { *(.init) } .data : { *(.data) } }',
  'stabs of data alone':
    'SECTIONS { .text 0x1000 : { *(.text) } .stab : { PROVIDE(b = .); *(.stab) BYTE(0) } .stabstr : { *(.stabstr) BYTE(0) } .data : { *(.data) } }',
  'stabs in memory, stripped': [
    'SECTIONS { .text 0x1000 : { *(.text) } .stab : { *(.stab) BYTE(0) } .data : { *(.data) } }',
    '-s',
  ],
  'data statements alone':
    'SECTIONS { .text 0x1000 : { *(.text) } .d : { *(.none) LONG(1) . = ALIGN(8); } .e : { x1 = .; *(.none) BYTE(1) } .data : { *(.data) } }',
  'constants of a region of its own':
    'SECTIONS { .text 0x1000 : { *(.text) } . = DATA_SEGMENT_ALIGN(0x1000, 0x1000); .data : { *(.data) } . = DATA_SEGMENT_RELRO_END(SIZEOF(.none), .); .none : { *(.none) } . = DATA_SEGMENT_END(.); }',
  'hash in a name':
    'SECTIONS { . = 0x1000; .text : { *(.text) } # a comment\n .data : { *(.data) } }',
  'kinds by name':
    'SECTIONS { . = 0x1000; .text : { *(.text) } . = ALIGN(4096); .data..percpu : { a1 = .; . = ALIGN(4096); } .init_array : { LONG(1) } .tdata : { . = . + 4; BYTE(2) } .note.n : { a2 = .; LONG(3) } .text.q : { . = . + 4; } .rodata.q : { LONG(5) } .hash : { LONG(6) } .data : { *(.data) *(.mine) } .bss : { *(.bss COMMON) } /DISCARD/ : { *(*) } }',
  'copies of symbols set from the location counter':
    'SECTIONS { s1 = . - 0x4000; s2 = s1; s3 = s1 + 4; . = 0x1000; .text : { *(.text) } s4 = . - 16; s5 = s4; s6 = s4 & 0xfff; .data : { s7 = .; s8 = s7; s9 = s1; *(.data) } t1 = s7; t2 = s5 - s4; }',
  'a move that allocates':
    'SECTIONS { . = 0x1000; .text : { *(.text) } .noalloc : { *(.noalloc) . = ALIGN(64); } .data : { *(.data) } .noalloc2 : { LONG(1) } }',
  'data in .text':
    'SECTIONS { . = 0x1000; .text : { *(.data) *(.text .mine) } .bss : { *(.bss COMMON) } /DISCARD/ : { *(*) } }',
  'edges of its own':
    'SECTIONS { . = 0x1000; .text : { *(.text) } mine_c : { __start_mine_c = .; *(mine_c) __stop_mine_c = .; } .data : { *(.data) } }',
  'symbols of sections left out':
    'SECTIONS { . = 0x1000; .rodata : { *(.rodata) *(.mine) } .none : { n1 = .; KEEP(*(.none)) n2 = .; } .str : { *(.str) } .begin : { n3 = .; } .text : { *(.text) } .end : { n4 = .; } .data : { *(.data) } .bss : { *(.bss COMMON) } /DISCARD/ : { *(*) } }',
};
