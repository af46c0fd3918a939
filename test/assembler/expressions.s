# Precedence, bases, comparisons (-1 for true), 64-bit arithmetic.
.data
.long 1 == 0 + 1, 2+3|4, 2+3*4, 1||0+5, 8>>1+1, 1|2==3, 1&&0||1, 3!1, 2 - 1 - 1, -1 > 0
.long 1<<4-1, ~0&15, !0, !5, 7%4*2, 1 == 1 == 1, 1||0&&0, 0x10-'a, 5<>3, -5/2, -5%3
.quad 1<<40, 0x7fffffffffffffff + 1, -1 >> 60, 0xffffffffffffffff
a: .long 0
b: .long b-a, (b-a)*3, (c-a)/4, a-., c-b == 4
c: .long later * 2, .-a
later = 21
