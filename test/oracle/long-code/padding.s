.code64
.irp n,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
.balign 16
.skip 16-\n,0xcc
.balign 16
.endr
.balign 64
.byte 0xcc
.balign 64
.skip 20,0xcc
.balign 64
.byte 0xcc
.balign 256
.byte 0xcc
.balign 512
.byte 0xcc
.nops 30
.nops 100
.nops 200
