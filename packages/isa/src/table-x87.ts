// The instruction table, x87 floating point. The notation is explained in row.ts. AT&T syntax calls
// the two forms of a subtraction or division whose destination is ST(i) by each other's name: an
// early assembler had them so, and compilers rely on it; the `as:` attributes say it where it
// holds. Source: SDM vol. 2, appendix A.5.

function hex(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, '0');
}

const swapped = new Map([
  ['fsub', 'fsubr'],
  ['fsubr', 'fsub'],
  ['fdiv', 'fdivr'],
  ['fdivr', 'fdiv'],
]);

/**
 * fadd fmul fsub fsubr fdiv fdivr: number is the digit with memory, reverse that of the forms onto
 * ST(i).
 */
function arithmetic(name: string, number: number, reverse: number): string {
  const integer = `fi${name.slice(1)}`;
  const other = swapped.get(name) ?? name;
  const as = other === name ? '' : `as:${other}`;
  const popAs = other === name ? '' : `as:${other}p`;
  const to = hex(0xc0 + reverse * 8);
  return `
${name} | rw ST(i), r ST(0) | DC ${to}+i | - | ${as} | 8087
${name} | r m32fp | D8 /${number} | - | suffix:s size:shown default | 8087
${name} | r m64fp | DC /${number} | - | suffix:l size:shown | 8087
${name}p | rw ST(i), r ST(0) | DE ${to}+i | - | ${popAs} omit:ST(0) | 8087
${name}p | | DE ${hex(parseInt(to, 16) + 1)} | - | ${popAs} alias | 8087
${name} | | DE ${hex(parseInt(to, 16) + 1)} | - | ${as} alias translated | 8087
${integer} | r m16int | DE /${number} | - | suffix:s size:shown default | 8087
${integer} | r m32int | DA /${number} | - | suffix:l size:shown | 8087`;
}

/** The forms onto ST(0), which AT&T's exchange leaves alone and GNU as prefers. */
function toTop(name: string, number: number): string {
  const at = hex(0xc0 + number * 8);
  return `
${name} | rw ST(0), r ST(i) | D8 ${at}+i | - | omit:ST(0) | 8087`;
}

const arithmetics = [
  ['fadd', 0, 0],
  ['fmul', 1, 1],
  ['fsub', 4, 5],
  ['fsubr', 5, 4],
  ['fdiv', 6, 7],
  ['fdivr', 7, 6],
] as const;

const transfers = `
fld | r ST(i) | D9 C0+i | - | | 8087
fld | r ST(i) | D9 C0+i | - | as:fldl alias att translated | 8087
fld | r m32fp | D9 /0 | - | suffix:s size:shown default | 8087
fld | r m64fp | DD /0 | - | suffix:l size:shown | 8087
fld | r m80fp | DB /5 | - | suffix:t size:shown | 8087
fst | w ST(i) | DD D0+i | - | | 8087
fst | w ST(i) | DD D0+i | - | as:fstl alias att translated | 8087
fst | w m32fp | D9 /2 | - | suffix:s size:shown default | 8087
fst | w m64fp | DD /2 | - | suffix:l size:shown | 8087
fstp | w ST(i) | DD D8+i | - | | 8087
fstp | w ST(i) | DD D8+i | - | as:fstpl alias att translated | 8087
fstp | w m32fp | D9 /3 | - | suffix:s size:shown default | 8087
fstp | w m64fp | DD /3 | - | suffix:l size:shown | 8087
fstp | w m80fp | DB /7 | - | suffix:t size:shown | 8087
fild | r m16int | DF /0 | - | suffix:s size:shown default | 8087
fild | r m32int | DB /0 | - | suffix:l size:shown | 8087
fild | r m64int | DF /5 | - | suffix:ll,q size:shown | 8087
fist | w m16int | DF /2 | - | suffix:s size:shown default | 8087
fist | w m32int | DB /2 | - | suffix:l size:shown | 8087
fistp | w m16int | DF /3 | - | suffix:s size:shown default | 8087
fistp | w m32int | DB /3 | - | suffix:l size:shown | 8087
fistp | w m64int | DF /7 | - | suffix:ll,q size:shown | 8087
fisttp | w m16int | DF /1 | - | suffix:s size:shown default | fisttp
fisttp | w m32int | DB /1 | - | suffix:l size:shown | fisttp
fisttp | w m64int | DD /1 | - | suffix:ll,q size:shown | fisttp
fbld | r m80bcd | DF /4 | - | size:none | 8087
fbstp | w m80bcd | DF /6 | - | size:none | 8087
fxch | rw ST(i) | D9 C8+i | - | | 8087
fxch | | D9 C9 | - | alias | 8087`;

const comparisons = `
fcom | r ST(i) | D8 D0+i | - | | 8087
fcom | r ST(i) | D8 D0+i | - | as:fcoml alias att translated | 8087
fcom | | D8 D1 | - | alias | 8087
fcom | r m32fp | D8 /2 | - | suffix:s size:shown default | 8087
fcom | r m64fp | DC /2 | - | suffix:l size:shown | 8087
fcomp | r ST(i) | D8 D8+i | - | | 8087
fcomp | r ST(i) | D8 D8+i | - | as:fcompl alias att translated | 8087
fcomp | | D8 D9 | - | alias | 8087
fcomp | r m32fp | D8 /3 | - | suffix:s size:shown default | 8087
fcomp | r m64fp | DC /3 | - | suffix:l size:shown | 8087
fcompp | | DE D9 | - | | 8087
ficom | r m16int | DE /2 | - | suffix:s size:shown default | 8087
ficom | r m32int | DA /2 | - | suffix:l size:shown | 8087
ficomp | r m16int | DE /3 | - | suffix:s size:shown default | 8087
ficomp | r m32int | DA /3 | - | suffix:l size:shown | 8087
fucom | r ST(i) | DD E0+i | - | | 387
fucom | | DD E1 | - | alias | 387
fucomp | r ST(i) | DD E8+i | - | | 387
fucomp | | DD E9 | - | alias | 387
fucompp | | DA E9 | - | | 387
fcomi | r ST(0), r ST(i) | DB F0+i | w:zpc 0:osa | omit:ST(0) | 687
fcomi | | DB F1 | w:zpc 0:osa | alias | 687
fcomip | r ST(0), r ST(i) | DF F0+i | w:zpc 0:osa | as:fcomip,fcompi omit:ST(0) | 687
fcomip | | DF F1 | w:zpc 0:osa | as:fcomip,fcompi alias | 687
fucomi | r ST(0), r ST(i) | DB E8+i | w:zpc 0:osa | omit:ST(0) | 687
fucomi | | DB E9 | w:zpc 0:osa | alias | 687
fucomip | r ST(0), r ST(i) | DF E8+i | w:zpc 0:osa | as:fucomip,fucompi omit:ST(0) | 687
fucomip | | DF E9 | w:zpc 0:osa | as:fucomip,fucompi alias | 687
ftst | | D9 E4 | - | | 8087
fxam | | D9 E5 | - | | 8087
fcmovb | rw ST(0), r ST(i) | DA C0+i | r:c | as:fcmovb,fcmovnae | 687
fcmove | rw ST(0), r ST(i) | DA C8+i | r:z | | 687
fcmovbe | rw ST(0), r ST(i) | DA D0+i | r:cz | as:fcmovbe,fcmovna | 687
fcmovu | rw ST(0), r ST(i) | DA D8+i | r:p | | 687
fcmovnb | rw ST(0), r ST(i) | DB C0+i | r:c | as:fcmovnb,fcmovae | 687
fcmovne | rw ST(0), r ST(i) | DB C8+i | r:z | | 687
fcmovnbe | rw ST(0), r ST(i) | DB D0+i | r:cz | as:fcmovnbe,fcmova | 687
fcmovnu | rw ST(0), r ST(i) | DB D8+i | r:p | | 687`;

const constantsAndFunctions = `
fchs | | D9 E0 | - | | 8087
fabs | | D9 E1 | - | | 8087
fld1 | | D9 E8 | - | | 8087
fldl2t | | D9 E9 | - | | 8087
fldl2e | | D9 EA | - | | 8087
fldpi | | D9 EB | - | | 8087
fldlg2 | | D9 EC | - | | 8087
fldln2 | | D9 ED | - | | 8087
fldz | | D9 EE | - | | 8087
f2xm1 | | D9 F0 | - | | 8087
fyl2x | | D9 F1 | - | | 8087
fptan | | D9 F2 | - | | 8087
fpatan | | D9 F3 | - | | 8087
fxtract | | D9 F4 | - | | 8087
fprem1 | | D9 F5 | - | | 387
fdecstp | | D9 F6 | - | | 8087
fincstp | | D9 F7 | - | | 8087
fprem | | D9 F8 | - | | 8087
fyl2xp1 | | D9 F9 | - | | 8087
fsqrt | | D9 FA | - | | 8087
fsincos | | D9 FB | - | | 387
frndint | | D9 FC | - | | 8087
fscale | | D9 FD | - | | 8087
fsin | | D9 FE | - | | 387
fcos | | D9 FF | - | | 387`;

/**
 * The forms with a 9B wait before them are the assembler's: to the processor they are two
 * instructions.
 */
const controls = `
fnop | | D9 D0 | - | | 8087
fwait | | 9B | - | as:fwait,wait | 8087
fninit | | DB E3 | - | | 8087
finit | | 9B DB E3 | - | | 8087
fnclex | | DB E2 | - | | 8087
fclex | | 9B DB E2 | - | | 8087
fldcw | r m2byte | D9 /5 | - | size:hidden suffix:w | 8087
fnstcw | w m2byte | D9 /7 | - | size:hidden suffix:w | 8087
fstcw | w m2byte | 9B D9 /7 | - | size:hidden suffix:w | 8087
fnstsw | w AX | DF E0 | - | omit:all | 287
fnstsw | w m2byte | DD /7 | - | size:hidden suffix:w | 8087
fstsw | w AX | 9B DF E0 | - | omit:all | 287
fstsw | w m2byte | 9B DD /7 | - | size:hidden suffix:w | 8087
fldenv | r m14/28byte | D9 /4 | - | size:mode sized short narrow | 8087
fnstenv | w m14/28byte | D9 /6 | - | size:mode sized short narrow | 8087
fstenv | w m14/28byte | 9B D9 /6 | - | size:mode sized short narrow | 8087
frstor | r m94/108byte | DD /4 | - | size:mode sized short narrow | 8087
fnsave | w m94/108byte | DD /6 | - | size:mode sized short narrow | 8087
fsave | w m94/108byte | 9B DD /6 | - | size:mode sized short narrow | 8087
fneni(8087 only) | | DB E0 | - | decode | 8087
feni(8087 only) | | 9B DB E0 | - | decode | 8087
fndisi(8087 only) | | DB E1 | - | decode | 8087
fdisi(8087 only) | | 9B DB E1 | - | decode | 8087
fnsetpm(287 only) | | DB E4 | - | decode | 287
fsetpm(287 only) | | 9B DB E4 | - | decode | 287
frstpm(287 only) | | DB E5 | - | decode | 287
fneni | | DB E0 | - | alias | only8087
feni | | 9B DB E0 | - | alias | only8087
fndisi | | DB E1 | - | alias | only8087
fdisi | | 9B DB E1 | - | alias | only8087
fnsetpm | | DB E4 | - | alias | only287
fsetpm | | 9B DB E4 | - | alias | only287
frstpm | | DB E5 | - | alias | only287
ffree | - ST(i) | DD C0+i | - | | 8087
ffreep | - ST(i) | DF C0+i | - | | 687`;

/** The x87 part of the table, one row a line. */
export const x87Table: string = [
  transfers,
  ...arithmetics.map(([name, number]) => toTop(name, number)),
  ...arithmetics.map(([name, number, reverse]) => arithmetic(name, number, reverse)),
  comparisons,
  constantsAndFunctions,
  controls,
].join('\n');
