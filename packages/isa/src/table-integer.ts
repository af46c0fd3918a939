// The instruction table, general-purpose instructions. The notation is explained in row.ts;
// families that differ only in a number are written once. Sources: SDM vol. 2 and APM vol. 3; the
// order within a mnemonic is GNU as's preference.

function hex(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, '0');
}

/**
 * add or adc sbb and sub xor cmp: the same nine forms, the number selects the operation (SDM vol.
 * 2, table A-2).
 */
function arithmetic(name: string, number: number, flags: string): string {
  const to = name === 'cmp' ? 'r' : 'rw';
  const lock = name === 'cmp' ? '' : 'lock';
  const first = number * 8;
  return `
${name} | ${to} r/m:b, r r:b | ${hex(first)} /r | ${flags} | ${lock} | 8086
${name} | ${to} r/m:v, r r:v | ${hex(first + 1)} /r | ${flags} | ${lock} | 8086
${name} | ${to} r:b, r r/m:b | ${hex(first + 2)} /r | ${flags} | | 8086
${name} | ${to} r:v, r r/m:v | ${hex(first + 3)} /r | ${flags} | | 8086
${name} | ${to} r/m:v, r simm8 | 83 /${number} ib | ${flags} | ${lock} | 8086
${name} | ${to} acc:b, r imm:b | ${hex(first + 4)} ib | ${flags} | | 8086
${name} | ${to} acc:v, r imm:v | ${hex(first + 5)} iz | ${flags} | | 8086
${name} | ${to} r/m:b, r imm:b | 80 /${number} ib | ${flags} | ${lock} | 8086
${name} | ${to} r/m:v, r imm:v | 81 /${number} iz | ${flags} | ${lock} | 8086
${name} | ${to} r/m:b, r imm:b | 82 /${number} ib | ${flags} | no64 decode ${lock} | 8086`;
}

/**
 * The shifts and rotates of group 2. A count of one defines the overflow flag, others do not; a
 * count of zero changes no flag at all.
 */
function shift(name: string, number: number, one: string, many: string, more = ''): string {
  return `
${name} | rw r/m:b, r 1 | D0 /${number} | ${one} | ${more} omit:1 | 8086
${name} | rw r/m:v, r 1 | D1 /${number} | ${one} | ${more} omit:1 | 8086
${name} | rw r/m:b, r imm8 | C0 /${number} ib | ${many} | ${more} | 186
${name} | rw r/m:v, r imm8 | C1 /${number} ib | ${many} | ${more} | 186
${name} | rw r/m:b, r CL | D2 /${number} | ${many} | ${more} | 8086
${name} | rw r/m:v, r CL | D3 /${number} | ${many} | ${more} | 8086`;
}

/** bt bts btr btc. */
function bitTest(name: string, number: number): string {
  const to = name === 'bt' ? 'r' : 'rw';
  const lock = name === 'bt' ? '' : 'lock';
  return `
${name} | ${to} r/m:v, r r:v | 0F ${hex(0x83 + number * 8)} /r | w:c u:osap | ${lock} | 386
${name} | ${to} r/m:v, r imm8 | 0F BA /${number} ib | w:c u:osap | ${lock} | 386`;
}

/**
 * The sixteen conditions: names, printed one first, and the flags they read (SDM vol. 1, table
 * B-1).
 */
const conditions: readonly (readonly [names: string, flags: string])[] = [
  ['o', 'o'],
  ['no', 'o'],
  ['b,c,nae', 'c'],
  ['ae,nb,nc', 'c'],
  ['e,z', 'z'],
  ['ne,nz', 'z'],
  ['be,na', 'cz'],
  ['a,nbe', 'cz'],
  ['s', 's'],
  ['ns', 's'],
  ['p,pe', 'p'],
  ['np,po', 'p'],
  ['l,nge', 'so'],
  ['ge,nl', 'so'],
  ['le,ng', 'zso'],
  ['g,nle', 'zso'],
];

function conditional(
  stem: string,
  row: (name: string, as: string, number: number, flags: string) => string,
): string {
  return conditions
    .map(([names, flags], number) => {
      const list = names.split(',').map((name) => stem + name);
      return row(list[0], list.length > 1 ? `as:${list.join(',')}` : '', number, `r:${flags}`);
    })
    .join('\n');
}

const moves = `
mov | w acc:b, r moffs:b | A0 mo | - | no64 | 8086
mov | w acc:v, r moffs:v | A1 mo | - | no64 | 8086
mov | w moffs:b, r acc:b | A2 mo | - | no64 | 8086
mov | w moffs:v, r acc:v | A3 mo | - | no64 | 8086
mov | w r/m:b, r r:b | 88 /r | - | | 8086
mov | w r/m:v, r r:v | 89 /r | - | | 8086
mov | w r:b, r r/m:b | 8A /r | - | | 8086
mov | w r:v, r r/m:v | 8B /r | - | | 8086
movabs | w acc:b, r moffs:b | A0 mo | - | only64 | 8086
movabs | w acc:v, r moffs:v | A1 mo | - | only64 | 8086
movabs | w moffs:b, r acc:b | A2 mo | - | only64 | 8086
movabs | w moffs:v, r acc:v | A3 mo | - | only64 | 8086
mov | w r:b, r imm:b | B0+r ib | - | | 8086
mov | w r:v, r imm:v | B8+r iz | - | narrow | 8086
mov | w r/m:b, r imm:b | C6 /0 ib | - | | 8086
mov | w r/m:v, r imm:v | C7 /0 iz | - | | 8086
movabs | w r:q, r imm:q | REX.W B8+r iq | - | as:movabs,mov only64 suffix:q size:hidden | 8086
mov | w r:v/m16, r Sreg | 8C /r | - | size:hidden rexless | 8086
mov | w Sreg, r r:v/m16 | 8E /r | - | size:hidden unsized | 8086
movsxd | w r:q, r r/m:d | REX.W 63 /r | - | as:movsl,movsxd only64 suffix:q size:shown | 8086
movsx | w r:q, r r/m:d | REX.W 63 /r | - | alias only64 suffix:l source | 8086
movsx | w r:d, r r/m:d | 63 /r | - | alias only64 suffix:l source | 8086
movsxd | w r:d, r r/m:d | 63 /r | - | alias only64 plainly | 8086
movsxd | w r:v, r r/m:d | 63 /r | - | only64 narrow decode | 8086
movsx | w r:v, r r/m:b | 0F BE /r | - | as:movsb size:shown | 386
movsx | w r:v, r r/m:w | 0F BF /r | - | as:movsw size:shown widens | 386
movzx | w r:v, r r/m:b | 0F B6 /r | - | as:movzb size:shown | 386
movzx | w r:v, r r/m:w | 0F B7 /r | - | as:movzw size:shown widens | 386
movsx | w r:v, r r/m:b | 0F BE /r | - | as:movsx,movsxb size:none alias att | 386
movsx | w r:v, r r/m:w | 0F BF /r | - | as:movsx,movsxw size:none alias att | 386
movzx | w r:v, r r/m:b | 0F B6 /r | - | as:movzx,movzxb size:none alias att | 386
movzx | w r:v, r r/m:w | 0F B7 /r | - | as:movzx,movzxw size:none alias att | 386
bswap | rw r:v | 0F C8+r | - | size:hidden widens | 486
xchg | rw r:v, rw acc:v | 90+r | - | either | 8086
xchg | rw r/m:b, rw r:b | 86 /r | - | lock either | 8086
xchg | rw r/m:v, rw r:v | 87 /r | - | lock either | 8086
xadd | rw r/m:b, rw r:b | 0F C0 /r | w:oszapc | lock | 486
xadd | rw r/m:v, rw r:v | 0F C1 /r | w:oszapc | lock | 486
cmpxchg | rw r/m:b, r r:b | 0F B0 /r | w:oszapc | lock | 486
cmpxchg | rw r/m:v, r r:v | 0F B1 /r | w:oszapc | lock | 486
cmpxchg8b | rw m:q | 0F C7 /1 | w:z | lock suffix:q size:hidden | 586
cmpxchg16b | rw m128 | REX.W 0F C7 /1 | w:z | lock only64 size:none oword | cx16
lea | w r:v, - m | 8D /r | - | | 8086
lds | w r:v, r m16:v | C5 /r | - | no64 | 8086
les | w r:v, r m16:v | C4 /r | - | no64 | 8086
lss | w r:v, r m16:v | 0F B2 /r | - | narrow | 386
lfs | w r:v, r m16:v | 0F B4 /r | - | narrow | 386
lgs | w r:v, r m16:v | 0F B5 /r | - | narrow | 386
xlat | r [bx]:b | D7 | - | omit:all size:hidden | 8086
push | r r:v | 50+r | - | size:mode wide | 8086
push | r r/m:v | FF /6 | - | size:mode wide | 8086
push | r simm8 | 6A ib | - | size:mode wide | 186
push | r imm:v | 68 iz | - | size:mode wide | 186
push | r ES | 06 | - | no64 size:mode | 8086
push | r CS | 0E | - | no64 size:mode | 8086
push | r SS | 16 | - | no64 size:mode | 8086
push | r DS | 1E | - | no64 size:mode | 8086
push | r FS | 0F A0 | - | size:mode wide | 386
push | r GS | 0F A8 | - | size:mode wide | 386
pop | w r:v | 58+r | - | size:mode wide | 8086
pop | w r/m:v | 8F /0 | - | size:mode wide | 8086
pop | w ES | 07 | - | no64 size:mode | 8086
pop | w SS | 17 | - | no64 size:mode | 8086
pop | w DS | 1F | - | no64 size:mode | 8086
pop | w FS | 0F A1 | - | size:mode wide | 386
pop | w GS | 0F A9 | - | size:mode wide | 386
pusha | | 60 | - | no64 size:mode | 186
popa | | 61 | - | no64 size:mode | 186
pushf | | 9C | r:oditszapc | size:mode wide | 8086
popf | | 9D | w:oditszapc | size:mode wide | 8086
lahf | | 9F | r:szapc | | 8086
sahf | | 9E | w:szapc | | 8086`;

const computing = `
inc | rw r:v | 40+r | w:oszap | no64 | 8086
inc | rw r/m:b | FE /0 | w:oszap | lock | 8086
inc | rw r/m:v | FF /0 | w:oszap | lock | 8086
dec | rw r:v | 48+r | w:oszap | no64 | 8086
dec | rw r/m:b | FE /1 | w:oszap | lock | 8086
dec | rw r/m:v | FF /1 | w:oszap | lock | 8086
test | r r/m:b, r r:b | 84 /r | w:szp u:a 0:oc | either | 8086
test | r r/m:v, r r:v | 85 /r | w:szp u:a 0:oc | either | 8086
test | r acc:b, r imm:b | A8 ib | w:szp u:a 0:oc | | 8086
test | r acc:v, r imm:v | A9 iz | w:szp u:a 0:oc | | 8086
test | r r/m:b, r imm:b | F6 /0 ib | w:szp u:a 0:oc | | 8086
test | r r/m:v, r imm:v | F7 /0 iz | w:szp u:a 0:oc | | 8086
test | r r/m:b, r imm:b | F6 /1 ib | w:szp u:a 0:oc | decode | 8086
test | r r/m:v, r imm:v | F7 /1 iz | w:szp u:a 0:oc | decode | 8086
not | rw r/m:b | F6 /2 | - | lock | 8086
not | rw r/m:v | F7 /2 | - | lock | 8086
neg | rw r/m:b | F6 /3 | w:oszapc | lock | 8086
neg | rw r/m:v | F7 /3 | w:oszapc | lock | 8086
mul | r r/m:b | F6 /4 | w:oc u:szap | | 8086
mul | r r/m:v | F7 /4 | w:oc u:szap | | 8086
imul | r r/m:b | F6 /5 | w:oc u:szap | | 8086
imul | r r/m:v | F7 /5 | w:oc u:szap | | 8086
imul | rw r:v, r r/m:v | 0F AF /r | w:oc u:szap | | 386
imul | w r:v, r r/m:v, r simm8 | 6B /r ib | w:oc u:szap | | 186
imul | w r:v, r r/m:v, r imm:v | 69 /r iz | w:oc u:szap | | 186
imul | rw r:v, r simm8 | 6B /r ib | w:oc u:szap | same alias | 186
imul | rw r:v, r imm:v | 69 /r iz | w:oc u:szap | same alias | 186
div | r r/m:b | F6 /6 | u:oszapc | | 8086
div | r r/m:v | F7 /6 | u:oszapc | | 8086
idiv | r r/m:b | F6 /7 | u:oszapc | | 8086
idiv | r r/m:v | F7 /7 | u:oszapc | | 8086
div | rw acc:b, r r/m:b | F6 /6 | u:oszapc | alias | 8086
div | rw acc:v, r r/m:v | F7 /6 | u:oszapc | alias | 8086
idiv | rw acc:b, r r/m:b | F6 /7 | u:oszapc | alias | 8086
idiv | rw acc:v, r r/m:v | F7 /7 | u:oszapc | alias | 8086
aaa | | 37 | r:a w:ac u:oszp | no64 | 8086
aas | | 3F | r:a w:ac u:oszp | no64 | 8086
daa | | 27 | r:ac w:szapc u:o | no64 | 8086
das | | 2F | r:ac w:szapc u:o | no64 | 8086
aam | r imm8 | D4 ib | w:szp u:oac | no64 | 8086
aam | | D4 0A | w:szp u:oac | no64 alias | 8086
aad | r imm8 | D5 ib | w:szp u:oac | no64 | 8086
aad | | D5 0A | w:szp u:oac | no64 alias | 8086
cbw | | o16 98 | - | as:cbtw,cbw | 8086
cwde | | o32 98 | - | as:cwtl,cwde | 386
cwd | | o16 99 | - | as:cwtd,cwd | 8086
cdq | | o32 99 | - | as:cltd,cdq | 386
cdqe | | REX.W 98 | - | as:cltq,cdqe only64 | 386
cqo | | REX.W 99 | - | as:cqto,cqo only64 | 386
shld | rw r/m:v, r r:v, r imm8 | 0F A4 /r ib | w:szpc u:oa | | 386
shld | rw r/m:v, r r:v, r CL | 0F A5 /r | w:szpc u:oa | omit:CL | 386
shrd | rw r/m:v, r r:v, r imm8 | 0F AC /r ib | w:szpc u:oa | | 386
shrd | rw r/m:v, r r:v, r CL | 0F AD /r | w:szpc u:oa | omit:CL | 386
bsf | rw r:v, r r/m:v | 0F BC /r | w:z u:osapc | | 386
bsr | rw r:v, r r/m:v | 0F BD /r | w:z u:osapc | | 386
tzcnt | w r:v, r r/m:v | F3 0F BC /r | w:zc u:osap | | bmi
lzcnt | w r:v, r r/m:v | F3 0F BD /r | w:zc u:osap | | lzcnt
clc | | F8 | 0:c | | 8086
stc | | F9 | 1:c | | 8086
cmc | | F5 | r:c w:c | | 8086
cld | | FC | 0:d | | 8086
std | | FD | 1:d | | 8086
cli | | FA | 0:i | iopl | 8086
sti | | FB | 1:i | iopl | 8086
salc | | D6 | r:c | no64 decode unlisted | 8086
nop | | 90 | - | plain | 8086
nop | - r/m:v | 0F 1F /0 | - | | nop
nop | - r/m:v | 0F 1F | - | decode | 686
nop | - r/m:v | 0F 18 /4 | - | decode | 686
nop | - r/m:v | 0F 18 /5 | - | decode | 686
nop | - r/m:v | 0F 18 /6 | - | decode | 686
nop | - r/m:v | 0F 18 /7 | - | decode | 686
nop | - r:v | 0F 18 /r | - | decode | 686
nop | - r/m:v | 0F 19 | - | decode | 686
nop | - r:v | 0F 1A /r | - | decode | 686
nop | - r:v | 0F 1B /r | - | decode | 686
nop | - r:v | 0F 1C /r | - | decode | 686
nop | - r/m:v | 0F 1C /0 | - | decode | 686
nop | - r/m:v | 0F 1C /1 | - | decode | 686
nop | - r/m:v | 0F 1C /2 | - | decode | 686
nop | - r/m:v | 0F 1C /3 | - | decode | 686
nop | - r/m:v | 0F 1C /4 | - | decode | 686
nop | - r/m:v | 0F 1C /5 | - | decode | 686
nop | - r/m:v | 0F 1C /6 | - | decode | 686
nop | - r/m:v | 0F 1C /7 | - | decode | 686
nop | - r/m:v | 0F 1D | - | decode | 686
nop | - r/m:v | 0F 1E | - | decode | 686
pause | | F3 90 | - | | 186
endbr32 | | F3 0F 1E FB | - | | ibt
endbr64 | | F3 0F 1E FA | - | | ibt
ud2 | | 0F 0B | - | as:ud2,ud2a | 186`;

/** String instructions; rep and repe say which repeat prefixes mean something. */
const strings = `
movs | w [di]:b, r [si]:b | A4 | r:d | as:movs,smov rep omit:all size:shown | 8086
movs | w [di]:v, r [si]:v | A5 | r:d | as:movs,smov rep omit:all size:shown | 8086
cmps | r [si]:b, r [di]:b | A6 | r:d w:oszapc | as:cmps,scmp repe omit:all size:shown | 8086
cmps | r [si]:v, r [di]:v | A7 | r:d w:oszapc | as:cmps,scmp repe omit:all size:shown | 8086
scas | r acc:b, r [di]:b | AE | r:d w:oszapc | as:scas,ssca repe omit:all,acc | 8086
scas | r acc:v, r [di]:v | AF | r:d w:oszapc | as:scas,ssca repe omit:all,acc | 8086
stos | w [di]:b, r acc:b | AA | r:d | as:stos,ssto rep omit:all,acc | 8086
stos | w [di]:v, r acc:v | AB | r:d | as:stos,ssto rep omit:all,acc | 8086
lods | w acc:b, r [si]:b | AC | r:d | as:lods,slod rep omit:all,acc | 8086
lods | w acc:v, r [si]:v | AD | r:d | as:lods,slod rep omit:all,acc | 8086
ins | w [di]:b, r DX | 6C | r:d | rep iopl omit:all size:shown | 186
ins | w [di]:v, r DX | 6D | r:d | rep iopl omit:all size:shown narrow | 186
outs | r DX, r [si]:b | 6E | r:d | rep iopl omit:all size:shown | 186
outs | r DX, r [si]:v | 6F | r:d | rep iopl omit:all size:shown narrow | 186`;

/** Jumps, calls, returns, loops. */
const control = `
jmp | - rel8 | EB cb | - | | 8086
jmp | - rel:v | E9 cz | - | size:mode bare wide | 8086
jmp | r r/m:v | FF /4 | - | size:mode indirect wide | 8086
jmp | r m16:v | FF /5 | - | as:ljmp size:mode indirect narrow | 8086
jmp | - ptr16:v | EA pz | - | as:ljmp size:mode no64 | 8086
call | - rel:v | E8 cz | - | size:mode wide | 8086
call | r r/m:v | FF /2 | - | size:mode indirect wide | 8086
call | r m16:v | FF /3 | - | as:lcall size:mode indirect narrow | 8086
call | - ptr16:v | 9A pz | - | as:lcall size:mode no64 | 8086
ret | | C3 | - | size:mode wide | 8086
ret | r imm16 | C2 iw | - | size:mode wide | 8086
retf | | CB | - | as:lret,retf size:mode | 8086
retf | r imm16 | CA iw | - | as:lret,retf size:mode | 8086
iret | | CF | w:oditszapc | size:mode | 8086
enter | r imm16, r imm8 | C8 iw ib | - | size:mode order:same wide | 186
leave | | C9 | - | size:mode wide | 186
loopne | - rel8 | E0 cb | r:z | as:loopne,loopnz | 8086
loope | - rel8 | E1 cb | r:z | as:loope,loopz | 8086
loop | - rel8 | E2 cb | - | | 8086
loop | - rel8 | a16 E2 cb | - | as:loopw alias | 8086
loopne | - rel8 | a16 E0 cb | r:z | as:loopnew,loopnzw alias | 8086
loopne | - rel8 | a32 E0 cb | r:z | as:loopnel,loopnzl alias | 386
loope | - rel8 | a16 E1 cb | r:z | as:loopew,loopzw alias | 8086
loope | - rel8 | a32 E1 cb | r:z | as:loopel,loopzl alias | 386
loop | - rel8 | a32 E2 cb | - | as:loopl alias | 386
jcxz | - rel8 | a16 E3 cb | - | no64 | 8086
jecxz | - rel8 | a32 E3 cb | - | | 386
jrcxz | - rel8 | E3 cb | - | only64 | 386
int3 | | CC | - | | 8086
int | r 3 | CC | - | alias | 8086
int | r imm8 | CD ib | - | | 8086
into | | CE | r:o | no64 | 8086
int1 | | F1 | - | | 8086
bound | r r:v, r mv&v | 62 /r | - | no64 order:same | 186`;

/** The general-purpose part of the table, one row a line. */
export const integerTable: string = [
  moves,
  conditional(
    'cmov',
    (name, as, number, flags) =>
      `${name} | rw r:v, r r/m:v | 0F ${hex(0x40 + number)} /r | ${flags} | ${as} | cmov`,
  ),
  arithmetic('add', 0, 'w:oszapc'),
  arithmetic('or', 1, 'w:szp u:a 0:oc'),
  arithmetic('adc', 2, 'r:c w:oszapc'),
  arithmetic('sbb', 3, 'r:c w:oszapc'),
  arithmetic('and', 4, 'w:szp u:a 0:oc'),
  arithmetic('sub', 5, 'w:oszapc'),
  arithmetic('xor', 6, 'w:szp u:a 0:oc'),
  arithmetic('cmp', 7, 'w:oszapc'),
  shift('rol', 0, 'w:oc', 'w:c u:o'),
  shift('ror', 1, 'w:oc', 'w:c u:o'),
  shift('rcl', 2, 'r:c w:oc', 'r:c w:c u:o'),
  shift('rcr', 3, 'r:c w:oc', 'r:c w:c u:o'),
  shift('shl', 4, 'w:oszpc u:a', 'w:szpc u:oa', 'as:shl,sal'),
  shift('shr', 5, 'w:oszpc u:a', 'w:szpc u:oa'),
  shift('shl', 6, 'w:oszpc u:a', 'w:szpc u:oa', 'decode'),
  shift('sar', 7, 'w:oszpc u:a', 'w:szpc u:oa'),
  computing,
  bitTest('bt', 4),
  bitTest('bts', 5),
  bitTest('btr', 6),
  bitTest('btc', 7),
  conditional(
    'set',
    (name, as, number, flags) =>
      `${name} | w r/m:b | 0F ${hex(0x90 + number)} | ${flags} | ${as} size:hidden | 386`,
  ),
  strings,
  conditional(
    'j',
    (name, as, number, flags) =>
      `${name} | - rel8 | ${hex(0x70 + number)} cb | ${flags} | ${as} | 8086
${name} | - rel:v | 0F ${hex(0x80 + number)} cz | ${flags} | ${as} size:none narrow | 386`,
  ),
  control,
].join('\n');
