### the family
.if 1
 .byte 1
.endif
.ifne 0
 .byte 2
.endif
.ifeq 0
 .byte 3
.endif
.ifgt -1
 .byte 4
.endif
.ifge 0
 .byte 5
.endif
.iflt -1
 .byte 6
.endif
.ifle 0
 .byte 7
.endif
.ifdef x
 .byte 8
.endif
.ifndef x
 .byte 9
.endif
.ifnotdef x
 .byte 10
.endif
.ifb
 .byte 11
.endif
.ifb x
 .byte 12
.endif
.ifnb x
 .byte 13
.endif
.ifc a,a
 .byte 14
.endif
.ifnc a,b
 .byte 15
.endif
.ifeqs "a","a"
 .byte 16
.endif
.ifnes "a","b"
 .byte 17
.endif
### else and elseif
.macro m a
.if \a == 1
 .byte 1
.elseif \a == 2
 .byte 2
.elseif \a == 3
 .byte 3
.else
 .byte 4
.endif
.endm
 m 1
 m 2
 m 3
 m 4
### nested and skipped
.if 0
 .if 1
 bogus
 .else
 bogus
 .endif
 bogus
.else
 .if 0
 .elseif 1
 .byte 1
 .endif
.endif
### skipped text is not read
.if 0
 bogus "unclosed
 '''
 .macro
 %%%
.endif
 nop
### skipped string that is not closed
.if 0
 .ascii "abc
.endif
 nop
### else twice
.if 1
.else
.else
.endif
### elseif after else
.if 1
.else
.elseif 1
.endif
### no end
.if 1
 nop
### no end, and else
.if 1
 nop
.else
 nop
### no beginning
.endif
### no beginning of else
.else
### no beginning of elseif
.elseif 1
### an undefined symbol
.if x
 nop
.endif
### a label's address
x:
.if x
 nop
.endif
### a distance
x: nop
y:
.if y - x == 1
 .byte 1
.endif
### a distance over a jump
x: jmp x
y:
.if y - x == 2
 .byte 1
.endif
### a distance over a far jump
x: jmp z
y:
.if y - x == 2
 .byte 1
.endif
z:
### no expression
.if
 nop
.endif
### text behind the expression
.if 1 2
 nop
.endif
### a comma behind the expression
.if 1, 2
 nop
.endif
### a register
.if %eax
 nop
.endif
### text behind else and endif
.if 1
 nop
.else foo
.endif bar
 nop
### ifdef of states
x = 1
y:
.comm z, 4
.globl w
 .long v
.ifdef x
 .byte 1
.endif
.ifdef y
 .byte 2
.endif
.ifdef z
 .byte 3
.endif
.ifdef w
 .byte 4
.endif
.ifdef v
 .byte 5
.endif
.ifdef .text
 .byte 6
.endif
.ifdef eax
 .byte 7
.endif
.ifdef %eax
 .byte 8
.endif
### ifdef without a name
.ifdef
 nop
.endif
### ifdef with more
.ifdef x y
 nop
.endif
 nop
### ifdef of a number
.ifdef 1
 nop
.endif
### ifdef of quoted names
 .set "a b", 1
.ifdef "a b"
 .byte 1
.endif
.ifndef "a"
 .byte 2
.endif
### ifdef of a forward symbol that is set later
.ifdef later
 .byte 1
.else
 .byte 2
.endif
later = 1
.ifdef later
 .byte 3
.endif
### ifc details
.ifc a b, a b
 .byte 1
.endif
.ifc a  b, a b
 .byte 2
.endif
.ifc  a , a
 .byte 3
.endif
.ifc 'a', a
 .byte 4
.endif
.ifc 'a,b', 'a,b'
 .byte 5
.endif
.ifc "a", a
 .byte 6
.endif
.ifc "a,b", "a,b"
 .byte 7
.endif
.ifc ,
 .byte 8
.endif
.ifc %eax, %eax
 .byte 9
.endif
.ifc %eax,%EAX
 .byte 10
.endif
.ifnc a,a
 .byte 11
.endif
.ifc a, a # comment
 .byte 12
.endif
.ifc (a), (a)
 .byte 13
.endif
.ifc a,a,b
 .byte 14
.endif
### ifc without a comma
.ifc a
 nop
.endif
### ifc of nothing
.ifc
 nop
.endif
### ifeqs details
.ifeqs "a b","a  b"
 .byte 1
.endif
.ifeqs "a\n","a\n"
 .byte 2
.endif
.ifnes "a","A"
 .byte 3
.endif
.ifeqs "" , ""
 .byte 4
.endif
### ifeqs without quotes
.ifeqs a,a
 nop
.endif
### ifeqs without comma
.ifeqs "a" "a"
 nop
.endif
### ifeqs with more
.ifeqs "a","a" b
 nop
.endif
### ifb with a comment
.ifb # comment
 .byte 1
.endif
.ifb /* comment */
 .byte 2
.endif
.ifnb x # comment
 .byte 3
.endif
.ifb ""
 .byte 4
.endif
### in a macro, arguments
.macro m a
.ifb \a
 .byte 1
.else
 .byte 2
.endif
.ifc \a,x
 .byte 3
.endif
.endm
 m
 m x
 m y
 m ""
### a macro that leaves one open
.macro m
.if 1
.endm
 m
 nop
### a macro that closes one
.macro m
.endif
.endm
.if 1
 m
### a macro's else
.macro m
.else
.endm
.if 1
 m
.endif
### upper case
.IF 1
 .byte 1
.ELSE
 .byte 2
.ENDIF
.IFDEF x
.ENDIF
.IfNdef x
 .byte 3
.EndIf
### labels before
x: .if 1
 .byte 1
y: .else
 .byte 2
z: .endif
 .long x
### labels in a skipped part
.if 0
x: .endif
 .byte 1
### statements on one line
.if 1; .byte 1; .else; .byte 2; .endif; .byte 3
.if 0; .byte 1; .else; .byte 2; .endif; .byte 3
### comparison operators
.if 1 < 2
 .byte 1
.endif
.if 2 <> 1
 .byte 2
.endif
.if 1 && 1
 .byte 3
.endif
.if 0 || 1
 .byte 4
.endif
.if !0
 .byte 5
.endif
.if (1 == 1) == -1
 .byte 6
.endif
.if 'a' == 97
 .byte 7
.endif
.if 0x10 == 16 && 010 == 8
 .byte 8
.endif
.if 0x7fffffffffffffff > 0
 .byte 9
.endif
.if 0xffffffff < 0
 .byte 10
.endif
### elseif with undefined that does not count
.if 1
 .byte 1
.elseif undefinedthing
 .byte 2
.endif
### else if in two words
.if 0
.else .if 1
 .byte 1
.endif
.endif
### numbers that are errors
.if 08
 nop
.endif
### division by zero
.if 1/0
 nop
.endif
