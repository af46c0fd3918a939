### names without a backslash
.altmacro
.macro m a, b
 .byte a, \b, b+a
 .ascii "a"
.endm
 m 1, 2
### local
.altmacro
.macro m
 LOCAL x, y
x: jmp y
y: .byte 1
.endm
 m
 m
### local without a name and in lower case
.altmacro
.macro m
 local x
x: .byte 1
.endm
 m
### LOCAL not first
.altmacro
.macro m
 nop
 LOCAL x
x: .byte 1
.endm
 m
### expressions
.altmacro
.macro m a, b
 .ascii "\a"
 .byte b
.endm
 m %1+2, %(3*4)
x = 5
 m %x, %x+1
 m %-x, %0x10
### expressions that are not known
.altmacro
.macro m a
 .long \a
.endm
 m %und
### strings in angle brackets
.altmacro
.macro m a, b
 .ascii "[\a][\b]"
.endm
 m <a b>, c
 m <a, b>, <c>
 m <a <b> c>, d
 m <a!>b>, <c!!>
 m <>, x
### exclamation outside of brackets
.altmacro
.macro m a
 .ascii "\a"
.endm
 m a!b
 m !<
 m "a!b"
### quotes
.altmacro
.macro m a, b
 .ascii "\a"
.endm
 m 'a b', c
 m "a b", c
 m "a""b", c
 m 'a''b', c
### ampersand
.altmacro
.macro m a
x&a: .byte 1
x&a&y: .byte 2
&a: .byte 3
.endm
 m q
### in strings
.altmacro
.macro m a
 .ascii "a &a &a& x&a"
.endm
 m q
### off again
.altmacro
.noaltmacro
.macro m a
 .ascii "a \a <"
.endm
 m <q>
### irp
.altmacro
.irp x,1,2
 .byte x
.endr
.irp x,<a,b>,c
 .ascii "\x"
.endr
.irp x,%1+1,%2+2
 .byte \x
.endr
.irpc x,123
 .byte x
.endr
### recursion with counters
.altmacro
.macro count n
 .byte n
 .if n
 count %n-1
 .endif
.endm
 count 3
### defined before and used in the mode
.macro m a
 .ascii "a\a"
.endm
.altmacro
 m <x y>
### defined in the mode and used after
.altmacro
.macro m a
 .ascii "a\a"
 .byte a
.endm
.noaltmacro
 m 1
### case of parameters
.altmacro
.macro m Foo
 .byte Foo, foo
.endm
 m 1
### substitution next to dots
.altmacro
.macro m a
 .long a.b, .a, a$
.endm
 m x
### nested macro with locals
.altmacro
.macro outer
 LOCAL x
 .macro inner
 LOCAL y
y: .byte 1
 .endm
x: .byte 2
 inner
.endm
 outer
### many locals
.altmacro
.macro m
 LOCAL a
a: .long a
.endm
.rept 12
 m
.endr
### macro parameter called like an instruction
.altmacro
.macro m nop
 .byte nop
.endm
 m 1
### percent register
.altmacro
.macro m a
 movl \a, %eax
.endm
 m %ebx
### percent in nested quotes
.altmacro
.macro m a
 .ascii "\a"
.endm
 m %2*3+1
 m <%2*3>
### default values
.altmacro
.macro m a=<x y>, b=%1+1
 .ascii "\a\b"
.endm
 m
