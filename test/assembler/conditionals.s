.ifdef nothing
bogus bogus
.elseif 0
more bogus
.else
.byte 1
.endif
one = 1
.if one == 1 && (2 > 1)
.byte 2
.if 0
.byte 3
.else
.byte 4
.endif
.endif
.ifndef one
.byte 5
.elseif one
.byte 6
.elseif 1
.byte 7
.endif
.ifeq 0
.byte 8
.endif
.ifne 0
.byte 9
.endif
.iflt -1
.byte 10
.endif
.ifge 0
.byte 11
.endif
.ifc  a  b ,a b
.byte 12
.endif
.ifnc x,y
.byte 13
.endif
.ifeqs "a;b", "a;b"
.byte 14
.endif
.ifb
.byte 15
.endif
x: .if . - x == 0
.byte 16
.endif
.rept 3 ; .byte 17 ; .endr ; .byte 18
.rept 0
bogus
.endr
.end
bogus
