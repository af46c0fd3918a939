.macro show a, b=5, rest:vararg
.long \a, \b
.ascii "\rest"
.endm
show 1
show 1 2
show 1, 2, x, y z
show b=7, a=3
show (1+2), 4 , hello
show 1 + 2, 4
.macro rec n
.if \n
.byte \n
rec "(\n-1)"
.endif
.endm
rec 3
.macro lbl
l\@: .long l\@
.endm
lbl
lbl
.irp r,eax,ebx,"ecx"
push %\r
.endr
.irpc c,abc
.ascii "\c"
.endr
.rept 3
.byte 1
.rept 2; .byte 2; .endr
.endr
.macro op m, x:req, y
\m\()l \x, \y
.endm
op mov $1, %eax
.ifc a b,a b
.byte 0x11
.endif
.ifc abc , abc
.byte 0x12
.endif
.ifnc "a","a"
.byte 0x13
.else
.byte 0x14
.endif
.ifdef undef1
.byte 1
.elseif 5 > 3
.byte 2
.else
.byte 3
.endif
.ifb
.byte 9
.endif
.ifnb x
.byte 10
.endif
.ifeqs "abc","abc"
.byte 11
.endif
.macro ex n
.byte 1
.if \n
.exitm
.endif
.byte 2
.endm
ex 0
ex 1
.purgem ex
.macro ex
.byte 77
.endm
ex
