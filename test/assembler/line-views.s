.file 0 "/d" "x.c"
.text
f:
.loc 0 1 5 view .LVU1
.loc 0 1 6 view .LVU2
 nop
.loc 0 2 1 is_stmt 0 view .LVU3
.loc 0 2 2 view .LVU4
.loc 0 2 3 view -0
.loc 0 2 3 view .LVU5
 nop
 .p2align 4
.loc 0 2 4 view .LVU6
1: 
.loc 0 2 4 view .LVU7
 jmp f
.loc 0 2 4 view .LVU8
 ret
.section .foo,"ax"
.loc 0 2 4 view .LVU9
 ret
.data
.long .LVU1, .LVU2, .LVU3, .LVU4, .LVU5, .LVU6, .LVU7, .LVU8, .LVU9
.byte .LVU4
.uleb128 .LVU4
.section .debug_info
.byte 0
