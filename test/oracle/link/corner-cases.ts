// Inputs and command lines of the linker's corners; the answers are GNU ld's.

import type { Bench } from '../gnu-bench.ts';

const longNames = Array.from({ length: 60 }, (_, i) => {
  const name = `_Z${i}${'NSt7__cxx1112regex_traitsIcEE'.repeat(3 + (i % 7))}z`;
  return `.globl ${name}\n${name}: .long ${i}\n`;
}).join('');

const assembly: Readonly<Record<string, string>> = {
  main: '.globl _start\n_start: call shared\n',
  // The signature is no symbol of its own but the name of the group.
  group: `.section .text.shared,"axG",@progbits,a_signature,comdat
.globl shared, alias
shared: alias: ret
.section .data.shared,"awG",@progbits,a_signature,comdat
.globl beside
beside: .long 1
`,
  debugGroup: '.section .debug_macro,"G",@progbits,macros,comdat\n.long 7\n',
  commons: `.comm plain, 30, 4
.type told, @common
.comm told, 12, 8
.type thread, STT_TLS
.comm thread, 8, 4
`,
  kept: `.globl _start
.text
_start: ret
.section .data,"awR"
.long 1
.section keepers,"aR"
.long 2
.section .data.lost,"aw"
.long 3
`,
  note: `.globl _start
_start: ret
.data
.long 1
.section .loose,"",@note
.byte 9
`,
  left: `.globl _start, once
.text
_start: once: ret
.section .twice,"ax"
.byte 1
.section .twins,"a"
.byte 3
`,
  leave: `.section .twins,"ae"
.globl away
away: .byte 2
`,
  again: `.section .elsewhere,"axe"
.globl once
once: ret
`,
  packed: `.globl _start
_start: ret
.section .debug_str,"MS",@progbits,1
.asciz "one of the words"
.asciz "one of the words that is much longer, so that it pays to compress them all"
.section .debug_line,"",@progbits
.fill 200, 1, 3
.long _start
`,
  begin: '.globl _start\n_start: movl $__executable_start, %eax\n',
  unique: `.globl _start
_start: ret
.data
.globl one
.type one, @gnu_unique_object
one: .long 1
`,
  hiding: `.globl _start, both, data
.hidden both, data
_start: call both
both: ret
.data
data: .long 1
`,
  defines:
    '.globl both, data\nboth: ret\n.size both, 1\n.data\n.type data, @object\ndata: .long 2\n',
  names:
    '.globl strong\n.weak alias\n.data\n.type strong, @object\n.type alias, @object\nstrong: alias: .long 4\n.size strong, 4\n.size alias, 4\n',
  strongly: '.globl _start\n_start: movl strong@GOT(%ebx), %eax\n',
  copied: '.globl _start\n_start: movl strong, %eax\n',
  aliased: '.globl _start\n_start: movl alias@GOT(%ebx), %eax\n',
  warned: '.globl bad\nbad: ret\n.section .gnu.warning.bad\n.asciz "bad is not good"\n',
  warnedToo: '.section .gnu.warning.bad\n.asciz "bad is no better"\n',
  uses: '.globl _start\n_start: nop\n call bad\n call bad\n',
  usesWeakly: '.weak bad\n call bad\n',
  refers: '.globl other\nother: call both@PLT\n',
  // Names whose numbers in GNU ld's table take more than 32 bits.
  long: `.globl _start\n_start: ret\n${longNames}`,
  weakCall: '.globl _start\n_start: call f@PLT\n.weak f\n',
  weakSlot: '.weak f\nmovl f@GOT(%ebx), %eax\n',
  weakTest: '.weak f\ncmpl $0, f@GOT(%ebx)\n',
  edges: `.globl _start
.text
_start: .long __start_list, __stop_list
.section list,"aw"
.long 1, 2
`,
};

const scripts: Readonly<Record<string, string>> = {
  'headers.ld': `PHDRS { table PT_PHDR PHDRS; all PT_LOAD PHDRS; }
SECTIONS { . = 0x2000; .text : { *(.text .text.*) *(.data .data.*) } :all :table /DISCARD/ : { *(*) } }
`,
  'loose.ld': `PHDRS { all PT_LOAD; words PT_NOTE; }
SECTIONS { . = 0x1000000; .text : { *(.text) *(.data) } :all . = 0x3000000; .loose : { *(.loose) } :words
/DISCARD/ : { *(*) } }
`,
  'region.ld': `PROVIDE(low = 0x4000);
MEMORY { all : ORIGIN = low, LENGTH = 0x1000 }
SECTIONS { .text : { *(.text .text.*) *(.data .data.*) } > all /DISCARD/ : { *(*) } }
`,
  // No room for the headers is asked for.
  'bare.ld':
    'SECTIONS { . = 0x100000; .text : { *(.text) } .data : { *(.data) } .bss : { *(.bss) } }\n',
  'low.ld': 'SECTIONS { .text 0x1000 : { *(.text) } .data : { *(.data) } }\n',
  'folder/inputs': 'INPUT(beside.o AS_NEEDED(libplain.so))\n',
  'folder/outer': 'INCLUDE inputs\n',
  'edges.ld': `SECTIONS { .text : { *(.text) }
.gathered : { PROVIDE(__start_list = .); *(list) PROVIDE(__stop_list = .); } }
`,
};

/** Assembles the inputs and writes the scripts. */
export function makeCornerInputs(bench: Bench): void {
  for (const [name, source] of Object.entries(assembly)) bench.assemble(name, source);
  bench.assemble('group2', assembly['group'] ?? '');
  for (const how of ['zlib', 'zlib-gnu']) {
    const option = `--compress-debug-sections=${how}`;
    bench.run('as', ['--32', option, 'packed.s', '-o', `${how}.o`]);
  }
  for (const name of ['defines', 'refers', 'names', 'warned']) {
    bench.run('ld', ['-m', 'elf_i386', '-shared', `${name}.o`, '-o', `lib${name}.so`]);
  }
  bench.run('mkdir', ['folder']);
  bench.run('cp', ['main.o', 'folder/beside.o']);
  bench.run('ld', ['-m', 'elf_i386', '-shared', 'group.o', '-o', 'folder/libplain.so']);
  for (const [name, text] of Object.entries(scripts)) bench.write(name, text);
}

export const cornerLines = `
main.o group.o group2.o
main.o group.o group2.o --gc-sections
-r main.o group.o group2.o
-r main.o group.o group2.o --force-group-allocation
-r group.o group2.o --gc-sections -e shared
-r -S debugGroup.o group.o
-r -s debugGroup.o group.o
-r commons.o
-r commons.o -z common
-r commons.o -z nocommon
kept.o
kept.o --gc-sections
-r kept.o
-r kept.o --gc-sections -e _start
-shared kept.o
left.o leave.o
left.o again.o
-r left.o leave.o
-r leave.o left.o
zlib.o
zlib-gnu.o
zlib.o zlib-gnu.o --gc-sections -z muldefs
-r zlib.o
-T headers.ld --no-warn-rwx-segments main.o group.o
-T loose.ld --no-warn-rwx-segments note.o
-T region.ld --no-warn-rwx-segments main.o group.o
-T region.ld --no-warn-rwx-segments main.o group.o --defsym=low=0x8000
-T edges.ld --no-warn-rwx-segments edges.o
-T edges.ld edges.o -shared -z defs --gc-sections -z notext --no-warn-rwx-segments
-shared main.o group.o -z now --disable-new-dtags
kept.o group.o --gc-sections --require-defined=beside
-pie begin.o -z notext
-pie -static --no-dynamic-linker begin.o -z notext
unique.o libdefines.so
-E unique.o libdefines.so
-shared -Bsymbolic unique.o
long.o
-r long.o
hiding.o libdefines.so
-pie libdefines.so hiding.o
hiding.o librefers.so libdefines.so
hiding.o libdefines.so librefers.so
-shared librefers.so libdefines.so hiding.o
-pie -T bare.ld begin.o -z notext --no-warn-rwx-segments
-pie -T bare.ld begin.o -z notext -z noseparate-code --no-warn-rwx-segments
-pie -T low.ld begin.o -z notext --no-warn-rwx-segments
-pie -n -T low.ld begin.o -z notext --no-warn-rwx-segments
main.o folder/libplain.so
main.o ./folder/../folder/libplain.so
main.o -Lfolder -lplain
main.o -Lfolder -l:libplain.so
folder/inputs
-Lfolder folder/outer
-Lfolder beside.o group.o
uses.o warned.o
warned.o uses.o
uses.o libwarned.so
-r uses.o warned.o
-shared usesWeakly.o warned.o
-shared warned.o uses.o -Bsymbolic
uses.o warned.o warnedToo.o
uses.o warned.o -w
uses.o warned.o --fatal-warnings
weakCall.o libdefines.so
strongly.o libnames.so
-pie copied.o libnames.so -z notext
aliased.o libnames.so
-shared aliased.o libnames.so
-pie weakCall.o weakTest.o weakSlot.o
-pie -static --no-dynamic-linker weakCall.o weakTest.o weakSlot.o
-pie -static --no-dynamic-linker weakCall.o weakSlot.o -z nodynamic-undefined-weak
`
  .split('\n')
  .filter((line) => line !== '');
