// The instruction table, system instructions: descriptor tables, control registers, ports,
// machine-specific registers, caches, and the state of the FPU. The notation is explained in
// row.ts. Sources: SDM vol. 2 and vol. 3, 2.8.

/** The system part of the table, one row a line. */
export const systemTable: string = `
mov | w r:d, r CRn | 0F 20 /r | u:oszapc | MR cpl0 suffix:l size:hidden native | 386
mov | w CRn, r r:d | 0F 22 /r | u:oszapc | cpl0 suffix:l size:hidden native | 386
mov | w r:d, r DRn | 0F 21 /r | u:oszapc | MR cpl0 suffix:l size:hidden native | 386
mov | w DRn, r r:d | 0F 23 /r | u:oszapc | cpl0 suffix:l size:hidden native | 386
mov | w r:d, r TRn | 0F 24 /r | u:oszapc | MR cpl0 suffix:l size:hidden no64 | 386
mov | w TRn, r r:d | 0F 26 /r | u:oszapc | cpl0 suffix:l size:hidden no64 | 386
lgdt | r m16&32 | 0F 01 /2 | - | cpl0 size:shown sized wide | 286
lidt | r m16&32 | 0F 01 /3 | - | cpl0 size:shown sized wide | 286
sgdt | w m16&32 | 0F 01 /0 | - | size:shown sized wide | 286
sidt | w m16&32 | 0F 01 /1 | - | size:shown sized wide | 286
lldt | r r/m:w | 0F 00 /2 | - | cpl0 suffix:w size:hidden | 286
ltr | r r/m:w | 0F 00 /3 | - | cpl0 suffix:w size:hidden | 286
sldt | w r:v/m16 | 0F 00 /0 | - | size:hidden rexless | 286
str | w r:v/m16 | 0F 00 /1 | - | size:hidden rexless | 286
verr | r r/m:w | 0F 00 /4 | w:z | suffix:w size:hidden | 286
verw | r r/m:w | 0F 00 /5 | w:z | suffix:w size:hidden | 286
lmsw | r r/m:w | 0F 01 /6 | - | cpl0 suffix:w size:hidden | 286
smsw | w r:v/m16 | 0F 01 /4 | - | size:hidden | 286
lar | rw r:v, r r:v/m16 | 0F 02 /r | w:z | size:hidden | 286
lsl | rw r:v, r r:v/m16 | 0F 03 /r | w:z | size:hidden | 286
arpl | rw r/m:w, r r:w | 63 /r | w:z | no64 suffix:w size:hidden | 286
clts | | 0F 06 | - | cpl0 | 286
invd | | 0F 08 | - | cpl0 | 486
wbinvd | | NP 0F 09 | - | cpl0 | 486
invlpg | - m:b | 0F 01 /7 | - | cpl0 size:none | 486
hlt | | F4 | - | cpl0 | 8086
in | w acc:b, r imm8 | E4 ib | - | iopl omit:acc | 8086
in | w acc:v, r imm8 | E5 ib | - | iopl omit:acc narrow | 8086
in | w acc:b, r DX | EC | - | iopl omit:acc | 8086
in | w acc:v, r DX | ED | - | iopl omit:acc narrow | 8086
out | r imm8, r acc:b | E6 ib | - | iopl omit:acc | 8086
out | r imm8, r acc:v | E7 ib | - | iopl omit:acc narrow | 8086
out | r DX, r acc:b | EE | - | iopl omit:acc | 8086
out | r DX, r acc:v | EF | - | iopl omit:acc narrow | 8086
rdmsr | | 0F 32 | - | cpl0 | 586
wrmsr | | 0F 30 | - | cpl0 | 586
rdtsc | | 0F 31 | - | | 586
rdtscp | | 0F 01 F9 | - | | rdtscp
rdpmc | | 0F 33 | - | | 686
cpuid | | 0F A2 | - | | 486
sysenter | | 0F 34 | 0:i | | 686
sysexit | | 0F 35 | - | cpl0 no64 | 686
swapgs | | 0F 01 F8 | - | cpl0 only64 | 8086
sysexitd | | 0F 35 | - | as:sysexit cpl0 only64 size:shown suffix:l default | 686
sysexitq | | REX.W 0F 35 | - | cpl0 only64 | 686
rsm | | 0F AA | w:oditszapc | | 386
monitor | r EAX, r ECX, r EDX | a32 0F 01 C8 | - | cpl0 order:same implied | sse3
monitor | r AX, r ECX, r EDX | a16 0F 01 C8 | - | cpl0 order:same implied | sse3
monitor | r RAX, r ECX, r EDX | 0F 01 C8 | - | cpl0 order:same implied only64 | sse3
monitor | r RAX, r RCX, r RDX | 0F 01 C8 | - | cpl0 order:same alias only64 | sse3
monitor | | 0F 01 C8 | - | cpl0 alias | sse3
mwait | r RAX, r RCX | 0F 01 C9 | - | cpl0 order:same alias only64 | sse3
mwait | r EAX, r ECX | 0F 01 C9 | - | cpl0 order:same implied omit:all | sse3
fxsave | w m512byte | 0F AE /0 | - | size:none | fxsr
fxrstor | r m512byte | 0F AE /1 | - | size:none | fxsr
fxsave64 | w m512byte | REX.W 0F AE /0 | - | as:fxsave64,fxsaveq size:none only64 | fxsr
fxrstor64 | r m512byte | REX.W 0F AE /1 | - | as:fxrstor64,fxrstorq size:none only64 | fxsr
`;
