.weakref a, b
call a
.weakref c, d
.long c+4
call d
.weak w
.long w
.protected p
p: nop
.globl p
.set alias, p
.globl alias
.size alias, 5
.set q, p+1
.long q, undef@GOTOFF+4
.hidden undef2
call undef2
.type ifn, @gnu_indirect_function
ifn: ret
call ifn
jmp ifn
.long ifn
.lcomm l1, 8
.lcomm l2, 8
.comm c1, 10
.comm c2, 3
.comm c3, 100
