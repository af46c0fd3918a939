.irp n,1,2,3,4,5,6,7,8,9,10,14,15,19,20,21,22,23,28,29,30
.p2align 6
.skip 64-\n, 0xcc
.endr
.p2align 6
nop
.p2align 9
nop
