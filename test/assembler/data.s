.byte 300, -129, 255, -128
.word 70000
.long 0x1ffffffff
.quad 0x123456789abcdef0, -1
.octa 0x123456789abcdef0123456789abcdef0, -1
.hword 1
.2byte 2
.4byte 3
.8byte 4
.ascii "a\tb\n\101\x41\\\"", "c" "d"
.asciz "x", "y"
.string "a" "b"
.string16 "ab"
.float 1.5, -2.25e10, 3.4e38, 1e-45, 0, 0f1.5
.double 3.14159265358979, 1e-320, -0.0, 1e308, 2.2250738585072014e-308, inf, nan
.tfloat 1.1, 1e4000, 1e-4940
.single 0.1
.uleb128 127, 128, 0xffffffff, 300, -1
.sleb128 -64, -65, 63, 64, -1000000
.align 8
.balign 4, 0xff
.p2align 3, 0x12, 2
.p2alignw 3, 0x1234
.balignl 16, 0x12345678
.skip 3
.skip 2, 5
.space 4, 'a
.zero 2
.fill 3
.fill 2, 2, 0x1234
.fill 2, 8, 0x12345678
.fill 2, 3, -1
.org 0x200
.org .+4, 0xcc
x = . - 10
y == 5
.equ z, x+y
.equiv zz, 77
.long z, zz, 'A', 'B, '\n
.long 017, 0b101, 0x1F, 1+2*3, (1+2)*3, -5/2, -5%3, 1<<31, 0xffffffff+1
.if 1
.byte 1
.else
.byte 2
.endif
.struct 0
a1: .struct 4
a2:
.text
.long a1, a2
.byte 1,,2
.org 0x300
