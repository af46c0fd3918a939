### rept
.rept 3
 .byte 1
.endr
.rept 0
 .byte 2
.endr
.rep 2
 .byte 3
.endr
### rept of a negative count
.rept -1
 .byte 1
.endr
 .byte 2
### rept of an unknown count
.rept x
 .byte 1
.endr
### rept of nothing
.rept
 .byte 1
.endr
### rept without end
 nop
.rept 3
 nop
### irp
.irp x,1,2,3
 .byte \x
.endr
.irp x 1 2 3
 .byte \x
.endr
.irp x
 .byte 7\x
.endr
.irp x,
 .byte 8\x
.endr
.irp x,1,,2
 .byte 9\x
.endr
### irp of strings
.irp x,"a b",c,"d,e"
 .ascii "\x"
.endr
### irp without a name
.irp
 nop
.endr
### irp with a number for a name
.irp 1,2
 nop
.endr
### irpc
.irpc x,123
 .byte \x
.endr
.irpc x,a b
 .ascii "<\x>"
.endr
.irpc x,"a b"
 .ascii "<\x>"
.endr
.irpc x
 .ascii "<\x>"
.endr
.irpc x,a,b
 .ascii "<\x>"
.endr
.irpc x a,b
 .ascii "<\x>"
.endr
### nested
.irp x,1,2
 .irp y,3,4
  .byte \x, \y
 .endr
.endr
.rept 2
 .irpc c,56
  .byte \c
 .endr
.endr
### irp in a macro with its arguments
.macro m a:vararg
 .irp x,\a
  .byte \x
 .endr
.endm
 m 1,2,3
 m
### macros in repetitions
.irp x,1,2
 .macro m\x a
  .byte \x, \a
 .endm
.endr
 m1 3
 m2 4
### errors inside
.rept 2
 nop
 bogus
.endr
### errors in irp
 nop
.irp x,1,300
 .byte \x
.endr
### conditionals inside
.irp x,1,2,3
 .if \x == 2
 .byte 9
 .else
 .byte \x
 .endif
.endr
### exit
.rept 3
 .byte 1
 .exitm
.endr
.irp x,1,2,3
 .if \x == 2
 .exitm
 .endif
 .byte \x
.endr
 .byte 4
### label in rept
.rept 2
1: .byte 1
 jmp 1b
.endr
### ends
.rept 2
 nop
.endr foo
 nop
### an unfinished if in a repetition
.rept 2
 .if 1
 .byte 1
.endr
 .endif
 .endif
### label before .rept
x: .rept 2
 .byte 1
.endr
 .long x
### label before .endr
.rept 2
 .byte 1
x\@: .endr
### counter
.altmacro
.set i,0
.rept 4
 .byte i
 .set i,i+1
.endr
### rept in capitals
.REPT 2
 .byte 1
.ENDR
.Irp x,1,2
 .byte \x
.endR
### empty body
.rept 5
.endr
.irp x,1
.endr
### body on one line
.rept 2; .byte 1; .endr
.irp x,1,2; .byte \x; .endr; .byte 3
### irep and irepc
.irep x,1,2
 .byte \x
.endr
.irepc x,12
 .byte \x
.endr
.rept 1
.irep y,1
.byte \y
.endr
.endr
