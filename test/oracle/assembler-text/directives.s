### include
 .include "one.inc"
 .byte 3
### include with an error
 .include "wrong.inc"
 bogus
### include of nothing
 .include "nothere"
### include without quotes
 .include one.inc
### include without a name
 .include
### include that leaves an if open
 .include "open.inc"
 .endif
### include that closes one
 .if 1
 .include "close.inc"
 nop
### include with an end
 .include "end.inc"
 .byte 7
### include of a macro
 .include "macro.inc"
 inner 5
### include in a macro
.macro m
 .include "one.inc"
.endm
 m
 m
### include with text behind
 .include "one.inc" foo
### include on one line
 .include "one.inc"; .byte 9
### incbin
 .incbin "ten.bin"
 .incbin "ten.bin",5
 .incbin "ten.bin",5,2
 .incbin "ten.bin",,3
 .incbin "ten.bin" , 2 , 3
### incbin of nothing
 .incbin "nothere"
### incbin too far
 .incbin "ten.bin",11
### incbin too much
 .incbin "ten.bin",5,6
### incbin exact
 .incbin "ten.bin",10
 .incbin "ten.bin",5,5
 .incbin "ten.bin",5,0
### incbin negative
 .incbin "ten.bin",-1
### incbin without a name
 .incbin
### incbin with more
 .incbin "ten.bin",1,2,3
### incbin with an unknown count
 .incbin "ten.bin",x
### end
 .byte 1
 .end
 bogus
### end in a macro
.macro m
 .byte 1
 .end
 .byte 2
.endm
 m
 .byte 3
### end with text
 .end foo
### end in a skipped part
 .if 0
 .end
 .endif
 .byte 1
### end in an if
 .if 1
 .end
### abort
 nop
 .abort
 bogus
### ABORT
 .ABORT
### err
 .err
 nop
 .err
### error
 .error "a message"
 .error
 .error nothing
### warning
 .warning "a message"
 .warning
 nop
### warning without quotes
 .warning nothing
### print
 .print "a message"
 .print "another\n"
### print without quotes
 .print foo
### print of nothing
 .print
### fail
 .fail 500
 nop
### fail below
 .fail 499
### fail of nothing
 .fail
### fail of text
 .fail x
### title and so on
 .title "abc"
 .sbttl "def"
 .psize 50, 80
 .eject
 .list
 .nolist
 .lflags
### title without quotes
 .title abc
### psize of nothing
 .psize
### psize wrong
 .psize 50, x
### mri
 .mri 0
 .byte 1
### extern
 .extern foo
 .extern foo, bar
 .extern
### ident
 .ident "foo"
 .ident "bar"
### ident without quotes
 .ident foo
### version
 .version "01.01"
### stabs of a file that says its name
 .file "said.c"
 .stabs "folder/",100,0,0,x
x: nop
### stabs behind a name and a line of another
 .file "said.c"
# 5 "lined.c"
 .stabs "folder/",100,0,0,x
x: nop
### stabs behind a line and a name
# 5 "lined.c"
 .file "said.c"
 .stabs "folder/",100,0,0,x
x: nop
### sections of one name that relocations need late
 .text
y: jmp .Lafter
 call .Lelsewhere
.Lafter: nop
 .section .twice,"G",@progbits,g1,comdat
 .long .Lat
.Lin: .long 1
 .section .twice,"G",@progbits,g2,comdat
.Lat: .long .Lin
 .section .other,"ax"
.Lelsewhere: .long .Lat, .Lin, .Lin@GOTOFF
z: .long .Lelsewhere
### stabs
 .stabs "foo",100,0,0,x
x: .stabn 68,0,1,x
 .stabd 68,0,1
### desc
 .desc foo, 1
### lsym
 .lsym foo, 1
 .long foo
### nops
 .nops 5
 .nops 20, 4
### nop directive
 .nop
 .nop 3
### unknown directive
 .foo
### unknown directive with arguments
 .foo 1, "abc", %eax
### gnu_attribute
 .gnu_attribute 4, 1
### purgem nothing
 .purgem
### exitm elsewhere
 .exitm
### altmacro
 .altmacro
 .noaltmacro
### dc, dcb, ds
 .dc.b 1
 .dc.w 1
 .dc.l 1
 .dc 1
 .dcb.b 3, 1
 .dcb.w 3, 1
 .dcb.l 3, 1
 .dcb 3, 1
 .ds.b 3
 .ds.w 3
 .ds.l 3
 .ds 3
### dc of floats
 .dc.s 1.5
 .dc.d 1.5
 .dc.x 1.5
 .dcb.s 2, 1.5
 .dcb.d 2, 1.5
 .dcb.x 2, 1.5
 .ds.s 1
 .ds.d 1
 .ds.x 1
 .ds.p 1
### xcom and friends
 .xcom foo, 4
### xdef and xref
 .xdef foo
 .xref bar
foo: .byte 1
### offset and struct
 .offset 5
a: .space 3
b:
 .text
 .long a, b
### reloc
 .reloc ., R_386_32, foo
 .long 0
### equ family
 .equ a, 1
 .equiv b, 2
 .eqv c, 3
 .set d, 4
 .long a,b,c,d
### equ without a value
 .equ a
### equ without a name
 .equ
### equ without a comma
 .equ a 1
### set in memory form
 .set a, 4(%eax)
### equiv twice
 .equiv a, 1
 .equiv a, 2
### eqv forward
 .eqv a, b+1
b = 1
 .long a
b = 2
 .long a
### linkonce
 .linkonce
### quad of symbols
 .quad x
x:
### empty statements
 .byte 1 ;
 ; ;
 :
### code modes
 .code16
 movl %eax, %ebx
 .code32
 movl %eax, %ebx
 .code16gcc
 call foo
### att and intel
 .att_syntax
 .att_syntax prefix
 .att_syntax noprefix
 movl eax, ebx
 .intel_syntax noprefix
 mov eax, ebx
 .att_syntax prefix
 movl %eax, %ebx
### att with junk
 .att_syntax foo
### intel mnemonic
 .intel_mnemonic
 .att_mnemonic
### allow_index_reg
 .allow_index_reg
 .disallow_index_reg
### sse_check
 .sse_check none
 .sse_check warning
 .operand_check none
### arch
 .arch i386
 .arch i686, nojumps
### arch unknown
 .arch foo
### line with nothing known
 .line
 .line x
### loc without file
 .loc 1 1
### value family
 .value 1
 .short 1
 .word 1
 .hword 1
 .2byte 1
 .4byte 1
 .8byte 1
 .int 1
 .slong 1
### single and double
 .single 1.5
 .float 1.5
 .double 1.5
 .tfloat 1.5
 .hfloat 1.5
 .bfloat16 1.5
### func
 .func foo
foo: nop
 .endfunc
### endfunc alone
 .endfunc
### .loc 1 1
 .file 1 "a.c"
 .loc 1 1
 nop
### .loc 1 -1
 .file 1 "a.c"
 .loc 1 -1
 nop
### .loc 1 1 -1
 .file 1 "a.c"
 .loc 1 1 -1
 nop
### .loc 1 0xffffffffffffffff
 .file 1 "a.c"
 .loc 1 0xffffffffffffffff
 nop
### .loc 1 2 4294967296
 .file 1 "a.c"
 .loc 1 2 4294967296
 nop
### .loc 1 1+1
 .file 1 "a.c"
 .loc 1 1+1
 nop
### .loc 1, 5, 6
 .file 1 "a.c"
 .loc 1, 5, 6
 nop
### .loc -1 5
 .file 1 "a.c"
 .loc -1 5
 nop
### .loc 1 2 3 discriminator
 .file 1 "a.c"
 .loc 1 2 3 discriminator
 nop
### .loc 1
 .file 1 "a.c"
 .loc 1
 nop
### .loc 1 x
 .file 1 "a.c"
 .loc 1 x
 nop
### .loc 1 2 3 4
 .file 1 "a.c"
 .loc 1 2 3 4
 nop
### .loc 0x1 010
 .file 1 "a.c"
 .loc 0x1 010
 nop
### .loc 1 2 3 isa
 .file 1 "a.c"
 .loc 1 2 3 isa
 nop
### .loc 1 2 999999999999999999999
 .file 1 "a.c"
 .loc 1 2 9999999999999999999999999999999999999999
 nop
