// Sections that depend on others, against GNU ld: linked by SHF_LINK_ORDER, in groups, in use by what is collected. Objects of a few
// lines of assembly, scripts, and command lines.

import type { Bench } from '../gnu-bench.ts';

const assembly: Readonly<Record<string, string>> = {
  linked: `.section .one,"ax"
.globl _start
_start: nop
.section .two,"ax"
two: nop
.section .table,"ao",@progbits,.two
.byte 2
.section .table,"ao",@progbits,.one
.byte 1
.section .plain,"a"
.byte 9
.section .sizes,"o",@progbits,.two
.byte 5
.section .sizes,"o",@progbits,.one
.byte 4
`,
  linkedMore: `.section .one,"ax"
nop
nop
.section .table,"ao",@progbits,.one
.byte 3
.section .none,"ax"
.section .table,"ao",@progbits,.none
.byte 8
`,
  linkedMixed: `.section .one,"ax"
.globl _start
_start: nop
.section .two,"ax"
nop
.section .table,"ao",@progbits,.two
.byte 2
.section .table,"a"
.byte 7
.section .table,"ao",@progbits,0,unique,3
.byte 6
.section .table,"ao",@progbits,.one
.byte 1
`,
  unlinkedFirst: `.section .one,"ax"
.globl _start
_start: nop
.section .table,"a"
.byte 7
.section .table,"ao",@progbits,.one
.byte 1
`,
  linkChain: `.globl _start
.text
_start: nop
.section .first,"ao",@progbits,.second
.byte 1
.section .second,"ao",@progbits,.gone
.byte 2
.section .gone,"a"
.byte 3
`,
  collected: `.section .one,"ax"
.globl _start
_start: nop
.section .two,"ax"
two: nop
.section .table,"ao",@progbits,.one
.long datum
.section .table,"ao",@progbits,.two
.long other
.section .datum,"aw"
datum: .byte 1
.section .other,"aw"
other: .byte 1
.section .chain,"ao",@progbits,.table
.byte 3
.section .alone
.byte 2
.section .alonger,"o",@progbits,.alone
.byte 2
.section .referring
.long two
.section .note.two,"o",@note,.two
.long 1
.section .debug_aranges
.long two
`,
  onceOld: `.globl _start
_start: call thunk
.section .gnu.linkonce.t.thunk,"ax"
.globl thunk
thunk: nop
.section .gnu.linkonce.r.thunk,"a"
.long 1
`,
  onceOther: `.section .gnu.linkonce.t.thunk,"ax"
.globl thunk
thunk: nop
ret
.section .gnu.linkonce.r.thunk,"a"
.long 2
.section .debug_info
.long thunk
`,
  onceGroup: `.section .text.thunk,"axG",@progbits,thunk,comdat
.globl thunk
thunk: ret
nop
inside: nop
.section .debug_info
.long inside, .debug_info
`,
  onceAlike: `.section .any,"axG",@progbits,thunk,comdat
.globl thunk
thunk: ret
`,
  onceFunction: `.section .text.thunk,"axG",@progbits,thunk,comdat
.globl thunk
.type thunk, @function
thunk: ret
`,
  refersAway: `.section .text.thunk,"axG",@progbits,thunk,comdat
.globl thunk
thunk: ret
away: nop
.data
.long away
`,
  informsAway: `.section .text.thunk,"axG",@progbits,thunk,comdat
.globl thunk
thunk: ret
away: nop
.section .information
.long away
`,
  describesAway: `.section .text.thunk,"axG",@progbits,thunk,comdat
.globl thunk
thunk: ret
away: nop
nop
nop
.section .debug_info
.long away, 1, away
.section .debug_aranges
.long away
.section .gcc_except_table,"a"
.long away, 5
`,
  sizes: `.globl _start
_start: nop
.section named,"aw"
.long 1, 2
.data
.long .startof.(named), .sizeof.(named), .startof.(.text), .sizeof.(.data)
`,
  noSizes: '.data\n.long .sizeof.(absent)\n',
  edges: `.globl _start
_start: .long __start_named, 0
.weak __stop_other
.long __stop_other
.section named,"aw"
.long 1
.section other,"aw"
.long 2
`,
  weakEdges: `.globl _start
_start: nop
.weak __start_named
.long __start_named
.section named,"aw"
.long 1
`,
  commons: `.globl _start
_start: nop
.comm end, 4, 4
.comm etext, 8, 8
`,
  excluded: `.section .text.away,"axe"
.globl _start
_start: ret
nop
`,
  plain: '.globl _start\n_start: nop\n',
  unused: `.globl _start
_start: nop
.section .dead,"aw"
.long absent, weakling, other
.weak weakling
.section .live,"awR"
.long function
.weak liveWeakling
.long liveWeakling
`,
  library: '.globl function, other\n.type function, @function\n.data\nfunction: other: .long 1\n',
  rooms: `.globl _start
_start: mov filled, %eax
mov empty, %eax
mov weakling, %eax
mov called, %eax
mov later, %eax
.comm filled, 4, 4
.comm empty, 8, 4
.comm weakling, 4, 4
.comm called, 4, 4
.comm later, 8, 64
`,
  filling: `.globl filled, empty, later, called
.data
.type filled, @object
.size filled, 8
filled: .long 1, 2
.bss
.balign 32
.type empty, @object
.size empty, 40
empty: .skip 40
.type later, @object
.size later, 4
later: .skip 4
.weak weakling
.type weakling, @object
.size weakling, 16
weakling: .skip 16
.text
.type called, @function
called: ret
`,
  numbers: `.globl _start, veiled, open
_start: nop
.data
.long fromVeiled, alsoVeiled, fromOpen, hidden, plain, place, referred, inside
.hidden referred
.bss
.hidden veiled
.balign 16
veiled: .skip 16
open: .skip 4
`,
  named: `.globl _start
_start: .long alias
.section .text.a,"ax"
.globl far
.long 9
far: .long 1
.section .text.b,"ax"
.globl near
near: .long 2
`,
  measured: `.data
.long filled@SIZE, mine@SIZE, called@SIZE, veiled@SIZE, maybe@SIZE, own@SIZE+4
.weak maybe
.globl mine, veiled
.hidden veiled
.size mine, 12
mine: .long 0
.size veiled, 16
veiled: .long 0
own: .long 1
.size own, 8
`,
  versions: `.symver old, old@V1
.symver new, new@@V1
.symver alone, alone@@V1, remove
.data
.globl old, new, alone
old: .byte 1
new: .byte 2
alone: .byte 3
`,
  unversioned: '.data\n.long old, new, alone\n',
  pieces: `.section .text.gone,"ax"
gone: .long 1
.section .text.here,"ax"
.globl _start
_start: .long 2
.section .debug_info.text.here
.long 3
.section .debug_info.text.gone
.long 4
.section .debug_infotext.gone
.long 5
.section .debug_line.text.here
.long 6
.section .notes.text.gone
.long 7
.section .debug_abbrev
.long elsewhere
`,
  wholes: `.section .text.gone,"ax"
.long 1
.section .text.here,"axR"
.long 2
.section .debug_info.text.gone
.long 4
`,
  unloaded: `.section .debug_info
.globl elsewhere
elsewhere: .long inside
.section .debug_str
inside: .long 2
.section .debug_types
.long 3
`,
  noted: '.section .note.x,"a",@note\n.long 1\n.section .debug_info\n.long 2\n.ident "x"\n',
  grouped: `.section .data.it,"awG",@progbits,one,comdat
.byte 1
.section .data.it,"aw"
.byte 2
.section .data.it,"awG",@progbits,two,comdat
.byte 3
`,
  patchable: `.globl _start
_start: nop
.section __patchable_function_entries,"aw"
.long _start
`,
};

const scripts: Readonly<Record<string, string>> = {
  'apart.ld': 'SECTIONS { .one 0x5000 : { *(.one) } .two 0x3000 : AT(0x9000) { *(.two) } }',
  'inside.ld':
    'SECTIONS { .table : { *(.plain .table) BYTE(1) } .t : { *(.two) *(.one) *(.none) } }',
  'each.ld':
    'SECTIONS { .t : { *(.two) *(.one) } .all : { *(.plain) linked.o(.table) *(.table) } }',
  'away.ld': 'SECTIONS { .text : { *(.text) } /DISCARD/ : { *(.gone) } }',
  'numbers.ld': `SECTIONS {
  . = SIZEOF_HEADERS; .text : { *(.text) } .dynamic : { *(.dynamic) } .data : { *(.data) } .bss : { *(.bss) }
  fromVeiled = veiled >> 4; alsoVeiled = ABSOLUTE(veiled); fromOpen = open >> 4; HIDDEN(hidden = 5);
  plain = 6; place = ABSOLUTE(_start); referred = 7; HIDDEN(inside = _start); }`,
  'alias.ld': 'SECTIONS { .text : { *(.text .text.*) } alias = far + 4; }',
  'lost.ld':
    'SECTIONS { .text : { *(.text) } alias = far + 4; other = near; /DISCARD/ : { *(.text.*) } }',
  'provide.ld':
    'SECTIONS { .text : { *(.text) } PROVIDE(etext = 3); .bss : { *(.bss) *(COMMON) } }',
  'point.ld': 'SECTIONS { .text : { *(.one) } /DISCARD/ : { *(.two) } .table : { *(.table) } }',
};

/** What is linked, and whether the maps are the same too. */
export const sectionLines: readonly string[] = [
  'linked.o',
  'linked.o linkedMore.o',
  'linkedMore.o linked.o',
  '-T apart.ld linked.o linkedMore.o',
  '-T inside.ld linked.o linkedMore.o',
  '-T each.ld linked.o linkedMore.o',
  '-T away.ld linkChain.o',
  '-T point.ld linked.o',
  '-r linked.o linkedMore.o',
  '-r linkedMore.o linked.o',
  'linkedMixed.o',
  'unlinkedFirst.o',
  'unlinkedFirst.o linkedMixed.o -z muldefs',
  '-r linkedMixed.o',
  '--gc-sections linked.o linkedMore.o',
  '--gc-sections collected.o',
  '--gc-sections --print-gc-sections collected.o',
  '-r --gc-sections -e _start collected.o',
  'onceOld.o onceOther.o',
  'onceOld.o onceAlike.o',
  'onceAlike.o onceOld.o',
  'onceOld.o onceGroup.o',
  'onceGroup.o onceAlike.o onceOld.o -z muldefs',
  'onceOld.o onceFunction.o',
  'onceFunction.o onceOld.o onceAlike.o',
  '-r onceOld.o onceAlike.o',
  '-r onceAlike.o onceOld.o',
  'onceAlike.o refersAway.o',
  'onceAlike.o informsAway.o',
  'onceAlike.o describesAway.o',
  '-r onceAlike.o refersAway.o',
  '-r onceAlike.o informsAway.o',
  '-r onceAlike.o describesAway.o',
  'sizes.o',
  '-pie sizes.o',
  '-shared sizes.o',
  '-r sizes.o',
  '--gc-sections sizes.o',
  '-shared --gc-sections sizes.o',
  'sizes.o noSizes.o',
  '--gc-sections edges.o',
  '--gc-sections -z start-stop-gc edges.o',
  '--gc-sections -z start-stop-gc -z nostart-stop-gc edges.o',
  '--gc-sections -z start-stop-gc weakEdges.o',
  'commons.o',
  '--sort-common commons.o',
  '-T provide.ld commons.o',
  'excluded.o plain.o',
  'plain.o excluded.o',
  '-shared excluded.o plain.o',
  'rooms.o filling.so',
  '-pie rooms.o filling.so',
  '-shared rooms.o filling.so',
  '-shared -Bsymbolic rooms.o filling.so',
  '-T numbers.ld numbers.o --no-warn-rwx-segments',
  '-T numbers.ld numbers.o -pie --no-dynamic-linker --no-warn-rwx-segments',
  '-T numbers.ld numbers.o -pie -E -Bsymbolic --no-dynamic-linker --no-warn-rwx-segments',
  '--gc-sections --defsym alias=far named.o',
  '--gc-sections --defsym alias=far+4 named.o',
  '--gc-sections --defsym alias=near-far named.o',
  '--gc-sections --defsym other=far --defsym alias=other named.o',
  '--gc-sections --defsym other=far --defsym alias=3 named.o',
  '-T alias.ld --gc-sections -e _start named.o',
  '-T lost.ld named.o',
  '-shared measured.o filling.so',
  '-shared measured.o',
  '-r versions.o unversioned.o',
  '-r unversioned.o versions.o',
  '--gc-sections -shared unused.o',
  '--gc-sections -shared unused.o lib.so',
  '--gc-sections -pie unused.o lib.so',
  '--gc-sections -E unused.o lib.so',
  '--gc-sections --as-needed unused.o lib.so',
  '--gc-sections pieces.o wholes.o unloaded.o noted.o',
  '--gc-sections --print-gc-sections wholes.o pieces.o unloaded.o noted.o',
  '-r grouped.o',
  '-r grouped.o grouped.o',
  '-r --force-group-allocation grouped.o',
  '-z common-page-size=0x4000 -z max-page-size=0x1000 plain.o',
  '-z max-page-size=0x1000 -z common-page-size=0x4000 plain.o',
  '-z common-page-size=0x4000 plain.o',
  '-Ttext-segment=0x10000 -z max-page-size=0x20000 plain.o',
  '-Ttext-segment=0x10000 -z max-page-size=0x20000 -n plain.o',
  '-Ttext-segment=0x10000 -z max-page-size=0x20000 -r plain.o',
  'patchable.o',
  '--gc-sections patchable.o',
];

/** Writes the scripts and assembles the objects. */
export function makeSectionInputs(bench: Bench): void {
  for (const [name, text] of Object.entries(scripts)) bench.write(name, text);
  for (const [name, text] of Object.entries(assembly)) bench.assemble(name, text);
  bench.run('ld', ['-m', 'elf_i386', '-shared', 'library.o', '-o', 'lib.so']);
  bench.run('ld', ['-m', 'elf_i386', '-shared', 'filling.o', '-o', 'filling.so']);
}
