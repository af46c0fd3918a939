// The instruction table, extensions of the general and system instructions after the Pentium Pro:
// bit manipulation, random numbers, state saving, cache control, virtual machines, enclaves,
// transactions, shadow stacks. The notation is explained in row.ts. Sources: SDM vol. 2 and 3, APM
// vol. 3; for PadLock its programming guide.

import { family } from './families.ts';

const bits = (): string =>
  [
    `
andn | w r:y, r r:y, r r/m:y | VEX.LZ.0F38.W0 F2 /r | w:sz u:ap 0:oc | suffix:l size:hidden | bmi
bextr | w r:y, r r/m:y, r r:y | VEX.LZ.0F38.W0 F7 /r | w:z u:sap 0:oc | suffix:l size:hidden | bmi
blsi | w r:y, r r/m:y | VEX.LZ.0F38.W0 F3 /3 | w:szc u:ap 0:o | suffix:l size:hidden | bmi
blsmsk | w r:y, r r/m:y | VEX.LZ.0F38.W0 F3 /2 | w:sc u:ap 0:zo | suffix:l size:hidden | bmi
blsr | w r:y, r r/m:y | VEX.LZ.0F38.W0 F3 /1 | w:szc u:ap 0:o | suffix:l size:hidden | bmi
bzhi | w r:y, r r/m:y, r r:y | VEX.LZ.0F38.W0 F5 /r | w:szc u:ap 0:o | suffix:l size:hidden | bmi2
mulx | w r:y, w r:y, r r/m:y | VEX.LZ.F2.0F38.W0 F6 /r | - | suffix:l size:hidden | bmi2
pdep | w r:y, r r:y, r r/m:y | VEX.LZ.F2.0F38.W0 F5 /r | - | suffix:l size:hidden | bmi2
pext | w r:y, r r:y, r r/m:y | VEX.LZ.F3.0F38.W0 F5 /r | - | suffix:l size:hidden | bmi2
rorx | w r:y, r r/m:y, r imm8 | VEX.LZ.F2.0F3A.W0 F0 /r ib | - | suffix:l size:hidden | bmi2
sarx | w r:y, r r/m:y, r r:y | VEX.LZ.F3.0F38.W0 F7 /r | - | suffix:l size:hidden | bmi2
shlx | w r:y, r r/m:y, r r:y | VEX.LZ.66.0F38.W0 F7 /r | - | suffix:l size:hidden | bmi2
shrx | w r:y, r r/m:y, r r:y | VEX.LZ.F2.0F38.W0 F7 /r | - | suffix:l size:hidden | bmi2
bextr | w r:y, r r/m:y, r imm32 | XOP.LZ.0A.W0 10 /r id | w:z u:sap 0:oc | suffix:l size:hidden | tbm`,
    family(
      `blcfill 01 1, blsfill 01 2, blcs 01 3, tzmsk 01 4, blcic 01 5, blsic 01 6, t1mskc 01 7, blcmsk 02 1,
blci 02 6`,
      `
$n | w r:y, r r/m:y | XOP.LZ.09.W0 $o /$1 | w:szc u:ap 0:o | suffix:l size:hidden | tbm`,
    ),
    `
llwpcb | r r:y | XOP.LZ.09.W0 12 /0 | - | plainly | lwp
slwpcb | w r:y | XOP.LZ.09.W0 12 /1 | - | plainly | lwp
lwpins | r r:y, r r/m:d, r imm32 | XOP.LZ.0A.W0 12 /0 id | w:c | plainly | lwp
lwpval | r r:y, r r/m:d, r imm32 | XOP.LZ.0A.W0 12 /1 id | - | plainly | lwp
popcnt | w r:v, r r/m:v | F3 0F B8 /r | w:z 0:osapc | | popcnt
adcx | rw r:y, r r/m:y | 66 0F 38 F6 /r | r:c w:c | suffix:l size:hidden | adx
adox | rw r:y, r r/m:y | F3 0F 38 F6 /r | r:o w:o | suffix:l size:hidden | adx
movbe | w r:v, r m:v | 0F 38 F0 /r | - | | movbe
movbe | w m:v, r r:v | 0F 38 F1 /r | - | | movbe
crc32 | rw r:d, r r/m:b | F2 0F 38 F0 /r | - | source | sse4.2
crc32 | rw r:d, r r/m:v | F2 0F 38 F1 /r | - | source narrow | sse4.2
crc32 | rw r:q, r r/m:b | REX.W F2 0F 38 F0 /r | - | source only64 | sse4.2
crc32 | rw r:q, r r/m:q | REX.W F2 0F 38 F1 /r | - | source only64 suffix:q default | sse4.2
rdrand | w r:v | NFx 0F C7 /6 | w:c 0:oszap | size:none | rdrnd
rdseed | w r:v | NFx 0F C7 /7 | w:c 0:oszap | size:none | rdseed
rdpid | w r32 | F3 0F C7 /7 | - | native | rdpid
aadd | rw m:y, r r:y | NP 0F 38 FC /r | - | plainly | rao_int
aand | rw m:y, r r:y | 66 0F 38 FC /r | - | plainly | rao_int
aor | rw m:y, r r:y | F2 0F 38 FC /r | - | plainly | rao_int
axor | rw m:y, r r:y | F3 0F 38 FC /r | - | plainly | rao_int
movdiri | w m:y, r r:y | NP 0F 38 F9 /r | - | suffix:l size:hidden | movdiri
movdir64b | r [r], r m512 | 66 0F 38 F8 /r | - | address sizeless | movdir64b
enqcmd | r [r], r m512 | F2 0F 38 F8 /r | w:z 0:osapc | address sizeless | enqcmd
enqcmds | r [r], r m512 | F3 0F 38 F8 /r | w:z 0:osapc | cpl0 address sizeless | enqcmd
ud1 | - r:v, - r/m:v | 0F B9 /r | - | size:hidden as:ud1,ud2b | 186
ud0 | - r:v, - r/m:v | 0F FF /r | - | size:hidden | 186`,
  ].join('');

const state = (): string => `
ldmxcsr | r m32 | 0F AE /2 | - | | sse
stmxcsr | w m32 | 0F AE /3 | - | | sse
xsave | rw m | NP 0F AE /4 | - | | xsave
xrstor | r m | NP 0F AE /5 | - | | xsave
xsaveopt | rw m | NP 0F AE /6 | - | | xsaveopt
xsavec | w m | 0F C7 /4 | - | | xsavec
xsaves | w m | 0F C7 /5 | - | cpl0 | xsaves
xrstors | r m | 0F C7 /3 | - | cpl0 | xsaves
xsave64 | rw m | REX.W NP 0F AE /4 | - | as:xsave64,xsaveq only64 | xsave
xrstor64 | r m | REX.W NP 0F AE /5 | - | as:xrstor64,xrstorq only64 | xsave
xsaveopt64 | rw m | REX.W NP 0F AE /6 | - | as:xsaveopt64,xsaveoptq only64 | xsaveopt
xsavec64 | w m | REX.W 0F C7 /4 | - | as:xsavec64,xsavecq only64 | xsavec
xsaves64 | w m | REX.W 0F C7 /5 | - | cpl0 only64 | xsaves
xrstors64 | r m | REX.W 0F C7 /3 | - | cpl0 only64 | xsaves
${family(
  'rdfsbase 0 w, rdgsbase 1 w, wrfsbase 2 r, wrgsbase 3 r',
  `
$n | $1 r:y | F3 0F AE /$o | - | plainly only64 | fsgsbase
$n | $1 r:d | F3 0F AE /$o | - | plainly no64 alias | fsgsbase
$n | $1 r:v | F3 0F AE /$o | - | plainly no64 decode | fsgsbase`,
)}
xgetbv | | NP 0F 01 D0 | - | | xsave
xsetbv | | NP 0F 01 D1 | - | cpl0 | xsave
lfence | | NP 0F AE E8 | - | | sse2
mfence | | NP 0F AE F0 | - | | sse2
sfence | | NP 0F AE F8 | - | | sse,3dnowa
clflush | r m:b | NP 0F AE /7 | - | size:none | clflush
clflushopt | r m:b | 66 0F AE /7 | - | size:none | clflushopt
clwb | r m:b | 66 0F AE /6 | - | size:none | clwb
cldemote | - m:b | NP 0F 1C /0 | - | size:none | cldemote
prefetchnta | - m:b | 0F 18 /0 | - | size:none | sse,3dnowa
prefetcht0 | - m:b | 0F 18 /1 | - | size:none | sse,3dnowa
prefetcht1 | - m:b | 0F 18 /2 | - | size:none | sse,3dnowa
prefetcht2 | - m:b | 0F 18 /3 | - | size:none | sse,3dnowa
prefetch | - m:b | 0F 0D /0 | - | size:none | 3dnow,prfchw
prefetchw | - m:b | 0F 0D /1 | - | size:none | 3dnow,prfchw
prefetchwt1 | - m:b | 0F 0D /2 | - | size:none | prefetchwt1
prefetch | - m:b | 0F 0D /3 | - | size:none decode | 3dnow,prfchw
prefetch | - m:b | 0F 0D /4 | - | size:none decode | 3dnow,prfchw
prefetch | - m:b | 0F 0D /5 | - | size:none decode | 3dnow,prfchw
prefetch | - m:b | 0F 0D /6 | - | size:none decode | 3dnow,prfchw
prefetch | - m:b | 0F 0D /7 | - | size:none decode | 3dnow,prfchw
ptwrite | r r/m:y | F3 0F AE /4 | - | suffix:l size:hidden no64 | ptwrite
ptwrite | r r/m:y | F3 0F AE /4 | - | suffix:l default only64 | ptwrite
tpause | r r32, r EDX, r EAX | 66 0F AE /6 | w:c 0:oszap | order:same alias | waitpkg
tpause | r r32 | 66 0F AE /6 | w:c 0:oszap | | waitpkg
umwait | r r32, r EDX, r EAX | F2 0F AE /6 | w:c 0:oszap | order:same alias | waitpkg
umwait | r r32 | F2 0F AE /6 | w:c 0:oszap | | waitpkg
umonitor | r [r] | F3 0F AE /6 | - | address | waitpkg
wbnoinvd | | F3 0F 09 | - | cpl0 | wbnoinvd
rdpkru | | NP 0F 01 EE | - | | ospke
wrpkru | | NP 0F 01 EF | - | | ospke
serialize | | NP 0F 01 E8 | - | | serialize
hreset | r imm8 | F3 0F 3A F0 C0 ib | - | cpl0 | hreset`;

const shadowStack = `
incsspd | r r32 | F3 0F AE /5 | - | | shstk
rdsspd | rw r32 | F3 0F 1E /1 | - | | shstk
incsspq | r r:q | REX.W F3 0F AE /5 | - | only64 | shstk
rdsspq | rw r:q | REX.W F3 0F 1E /1 | - | only64 | shstk
wrssq | w m:q, r r:q | REX.W NP 0F 38 F6 /r | - | sizeless only64 | shstk
wrussq | w m:q, r r:q | REX.W 66 0F 38 F5 /r | - | cpl0 sizeless only64 | shstk
saveprevssp | | F3 0F 01 EA | r:c | | shstk
rstorssp | rw m64 | F3 0F 01 /5 | w:c 0:oszap | | shstk
wrssd | w m:d, r r32 | NP 0F 38 F6 /r | - | sizeless | shstk
wrussd | w m:d, r r32 | 66 0F 38 F5 /r | - | cpl0 sizeless | shstk
setssbsy | | F3 0F 01 E8 | - | cpl0 | shstk
clrssbsy | rw m64 | F3 0F AE /6 | w:c 0:oszap | cpl0 | shstk
bndmk | w bnd, - m | F3 0F 1B /r | - | long | mpx
bndmov | w bnd, r bnd/m64 | 66 0F 1A /r | - | long sizeless | mpx
bndmov | w bnd/m64, r bnd | 66 0F 1B /r | - | long sizeless | mpx
bndcl | r bnd, r r/m:d | F3 0F 1A /r | - | size:none long sizeless native | mpx
bndcu | r bnd, r r/m:d | F2 0F 1A /r | - | size:none long sizeless native | mpx
bndcn | r bnd, r r/m:d | F2 0F 1B /r | - | size:none long sizeless native | mpx
bndldx | w bnd, r m | NP 0F 1A /r | - | long | mpx
bndstx | w m, r bnd | NP 0F 1B /r | - | long | mpx
xbegin | - rel:v | C7 F8 cz | - | size:none narrow | rtm
xabort | r imm8 | C6 F8 ib | - | | rtm
xend | | NP 0F 01 D5 | - | | rtm
xtest | | NP 0F 01 D6 | w:z 0:osapc | | hle,rtm
xsusldtrk | | F2 0F 01 E8 | - | | tsxldtrk
xresldtrk | | F2 0F 01 E9 | - | | tsxldtrk`;

// oxlint-disable-next-line max-lines-per-function -- a part of the table
const virtual = (): string => `
vmcall | | NP 0F 01 C1 | w:zc 0:osap | | vmx
vmlaunch | | NP 0F 01 C2 | w:zc 0:osap | cpl0 | vmx
vmresume | | NP 0F 01 C3 | w:zc 0:osap | cpl0 | vmx
vmxoff | | NP 0F 01 C4 | w:zc 0:osap | cpl0 | vmx
vmfunc | | NP 0F 01 D4 | w:oszapc | | vmfunc
vmclear | r m64 | 66 0F C7 /6 | w:zc 0:osap | cpl0 | vmx
vmxon | r m64 | F3 0F C7 /6 | w:zc 0:osap | cpl0 | vmx
vmptrld | r m64 | NP 0F C7 /6 | w:zc 0:osap | cpl0 | vmx
vmptrst | w m64 | 0F C7 /7 | 0:oszapc | cpl0 | vmx
vmread | w r/m:d, r r:d | NP 0F 78 /r | w:zc 0:osap | cpl0 suffix:l size:hidden native | vmx
vmwrite | r r:d, r r/m:d | NP 0F 79 /r | w:zc 0:osap | cpl0 suffix:l size:hidden native | vmx
invept | r r32, r m128 | 66 0F 38 80 /r | w:zc 0:osap | cpl0 oword native | ept
invvpid | r r32, r m128 | 66 0F 38 81 /r | w:zc 0:osap | cpl0 oword native | ept
invpcid | r r32, r m128 | 66 0F 38 82 /r | - | cpl0 sizeless native | invpcid
getsec | | 0F 37 | - | | smx
vmrun | | 0F 01 D8 | r:oszapcdi | cpl0 | svme
vmmcall | | NP 0F 01 D9 | - | | svme
vmgexit | | F3 0F 01 D9 | - | | sev_es
vmgexit | | F2 0F 01 D9 | - | decode | sev_es
vmload | | 0F 01 DA | - | cpl0 | svme
vmsave | | 0F 01 DB | - | cpl0 | svme
stgi | | 0F 01 DC | - | cpl0 | svme
clgi | | 0F 01 DD | - | cpl0 | svme
skinit | | 0F 01 DE | 0:oszapcdi | cpl0 | svme
skinit | r EAX | 0F 01 DE | 0:oszapcdi | cpl0 alias | svme
invlpga | | 0F 01 DF | - | cpl0 | svme
invlpga | r EAX, r ECX | a32 0F 01 DF | - | cpl0 alias order:same | svme
invlpga | r RAX, r ECX | 0F 01 DF | - | cpl0 alias order:same only64 | svme
invlpga | r AX, r ECX | a16 0F 01 DF | - | cpl0 alias order:same | svme${family(
  'vmrun D8, vmload DA, vmsave DB',
  `
$n | r EAX | a32 0F 01 $o | - | cpl0 alias | svme
$n | r RAX | 0F 01 $o | - | cpl0 alias only64 | svme
$n | r AX | a16 0F 01 $o | - | cpl0 alias | svme`,
)}
monitorx | r EAX, r ECX, r EDX | a32 NP 0F 01 FA | - | order:same implied | mwaitx
monitorx | r AX, r ECX, r EDX | a16 NP 0F 01 FA | - | order:same implied | mwaitx
monitorx | r RAX, r ECX, r EDX | NP 0F 01 FA | - | order:same implied only64 | mwaitx
monitorx | r RAX, r RCX, r RDX | NP 0F 01 FA | - | order:same alias only64 | mwaitx
monitorx | | NP 0F 01 FA | - | alias | mwaitx
mwaitx | r EAX, r ECX, r EBX | NP 0F 01 FB | - | order:same implied omit:all | mwaitx
clzero | | NP 0F 01 FC | - | | clzero
clzero | r EAX | a32 NP 0F 01 FC | - | alias | clzero
clzero | r RAX | NP 0F 01 FC | - | alias only64 | clzero
clzero | r AX | a16 NP 0F 01 FC | - | alias | clzero
rdpru | | NP 0F 01 FD | w:c 0:oszap | | rdpru
mcommit | | F3 0F 01 FA | w:c 0:oszap | | mcommit
invlpgb | | NP 0F 01 FE | - | cpl0 | invlpgb
tlbsync | | NP 0F 01 FF | - | cpl0 | invlpgb
pvalidate | | F2 0F 01 FF | w:oszapc | cpl0 | snp
pvalidate | r EAX | a32 F2 0F 01 FF | w:oszapc | cpl0 alias | snp
pvalidate | r RAX | F2 0F 01 FF | w:oszapc | cpl0 alias only64 | snp
pvalidate | r AX | a16 F2 0F 01 FF | w:oszapc | cpl0 alias | snp${family(
  'pvalidate F2 snp FF w:oszapc, invlpgb NP invlpgb FE -',
  `
$n | r EAX, r ECX, r EDX | a32 $o 0F 01 $2 | $3 | cpl0 alias order:same | $1
$n | r RAX, r ECX, r EDX | $o 0F 01 $2 | $3 | cpl0 alias order:same only64 | $1
$n | r AX, r ECX, r EDX | a16 $o 0F 01 $2 | $3 | cpl0 alias order:same | $1`,
)}
pconfig | | NP 0F 01 C5 | w:z 0:osapc | cpl0 | pconfig
encls | | NP 0F 01 CF | w:oszapc | cpl0 | se1
enclu | | NP 0F 01 D7 | w:oszapc | | se1
enclv | | NP 0F 01 C0 | w:oszapc | cpl0 | se1
clac | | NP 0F 01 CA | - | cpl0 | smap
stac | | NP 0F 01 CB | - | cpl0 | smap
tdcall | | 66 0F 01 CC | - | cpl0 | tdx
seamcall | | 66 0F 01 CF | w:oszapc | cpl0 only64 | tdx
seamops | | 66 0F 01 CE | - | cpl0 only64 | tdx
seamret | | 66 0F 01 CD | w:oszapc | cpl0 only64 | tdx
clui | | F3 0F 01 EE | - | only64 | uintr
stui | | F3 0F 01 EF | - | only64 | uintr
testui | | F3 0F 01 ED | w:oszapc | only64 | uintr
uiret | | F3 0F 01 EC | w:oszapcdi | only64 | uintr
senduipi | r r32 | F3 0F C7 /6 | - | only64 native | uintr
rdmsrlist | | F2 0F 01 C6 | - | cpl0 only64 | msrlist
wrmsrlist | | F3 0F 01 C6 | - | cpl0 only64 | msrlist
psmash | | F3 0F 01 FF | w:oszapc | cpl0 only64 | snp
rmpadjust | | F3 0F 01 FE | w:oszapc | cpl0 only64 | snp
rmpupdate | | F2 0F 01 FE | w:oszapc | cpl0 only64 | snp
rmpquery | | F3 0F 01 FD | w:oszapc | cpl0 only64 | rmpquery
rmpquery | r RAX, r RCX, r RDX | F3 0F 01 FD | w:oszapc | cpl0 alias order:same only64 | rmpquery${[
  family(
    'psmash F3 FF, rmpupdate F2 FE, rmpadjust F3 FE',
    `
$n | r RAX | $o 0F 01 $1 | w:oszapc | cpl0 alias only64 | snp
$n | r EAX | a32 $o 0F 01 $1 | w:oszapc | cpl0 alias only64 | snp`,
  ),
  family(
    'RAX F2 F3, EAX a32&F2 a32&F3',
    `
rmpupdate | r $n, r RCX | $o 0F 01 FE | w:oszapc | cpl0 alias order:same only64 | snp
rmpadjust | r $n, r RCX, r RDX | $1 0F 01 FE | w:oszapc | cpl0 alias order:same only64 | snp`,
  ).replaceAll('&', ' '),
].join('')}
wrmsrns | | NP 0F 01 C6 | - | cpl0 | wrmsrns
syscall | | 0F 05 | r:oszapcdi w:oszapcdi | | syscall
sysret | | 0F 07 | w:oszapcdi | cpl0 no64 | syscall
sysretd | | 0F 07 | w:oszapcdi | as:sysret cpl0 only64 size:shown suffix:l default | syscall
sysretq | | REX.W 0F 07 | w:oszapcdi | cpl0 only64 | syscall
sysretl | | o32 0F 07 | w:oszapcdi | cpl0 alias att no64 | syscall
sysretd | | o32 0F 07 | w:oszapcdi | cpl0 alias intel no64 | syscall`;

const conditionalAdd = (): string =>
  family(
    `o E0 o, no E1 o, b E2 c, nb E3 c, z E4 z, nz E5 z, be E6 cz, nbe E7 cz, s E8 s, ns E9 s, p EA p,
np EB p, l EC so, nl ED so, le EE zso, nle EF zso`,
    `
cmp$nxadd | rw m:y, rw r:y, r r:y | VEX.128.66.0F38.W0 $o /r | w:oszapc | only64 plainly | cmpccxadd`,
  );

const padlock = (): string =>
  [
    `
xstore-rng | | 0F A7 C0 | - | as:xstore-rng,xstorerng,xstore repe | padlock`,
    family(
      'xcrypt-ecb A7 C8 xcryptecb, xcrypt-cbc A7 D0 xcryptcbc, xcrypt-ctr A7 D8 xcryptctr, xcrypt-cfb A7 E0 xcryptcfb, xcrypt-ofb A7 E8 xcryptofb',
      `
$n | | F3 0F $o $1 | - | as:$n,$2 repe repeated | padlock
$n | | 0F $o $1 | - | decode repe | padlock`,
    ),
    family(
      'montmul A6 C0 montmul, xsha1 A6 C8 xsha1, xsha256 A6 D0 xsha256',
      `
$n | | F3 0F $o $1 | - | repe repeated | padlock
$n | | 0F $o $1 | - | decode repe | padlock`,
    ),
  ].join('');

/** The extensions, one row a line. */
export function extensionTable(): string {
  return [bits(), state(), shadowStack, virtual(), conditionalAdd(), padlock()].join('');
}
