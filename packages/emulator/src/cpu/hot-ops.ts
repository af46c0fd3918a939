// Which forms of which instructions are cases of the interpreter's hot switch. A row's place is its number there; the
// case's body is the fast path of the handler named, for one operand size and form. Everything else, and whatever the
// fast path cannot do, runs the handler itself. Behind the rows come the pairs: two instructions one after the other that
// one case runs; where it cannot, the first one's handler runs and the second goes on from its own record. A test
// compares the numbers with the switch.

export type HotRow = readonly [
  name: string,
  /** The handler in opcodes.ts that does the same in full. */
  handler: string | undefined,
  /** log2 of the operand's bytes. */
  size: number,
  /** A register; memory without index register; any memory. The first row that fits is taken. */
  operand: 'register' | 'base' | 'any',
  /** True: flat segments, 32-bit addresses and operands; op32: besides, a 32-bit operand-size attribute. */
  needs: boolean | 'op32',
];

// oxfmt-ignore
export const HOT_ROWS: readonly HotRow[] = [
  ['stale', undefined, 0, 'register', false],
  ['continue', undefined, 0, 'register', false],
  ['cross', undefined, 0, 'register', false],
  ['break', undefined, 0, 'register', false],
  ['add32RegReg', 'addRmReg', 2, 'register', false],
  ['add32RegImm', 'addRmImm', 2, 'register', false],
  ['add32RegBase', 'addRegRm', 2, 'base', true],
  ['add32RegSib', 'addRegRm', 2, 'any', true],
  ['add32MemReg', 'addRmReg', 2, 'any', true],
  ['add32MemImm', 'addRmImm', 2, 'any', true],
  ['add8RegReg', 'addRmReg', 0, 'register', false],
  ['add8RegImm', 'addRmImm', 0, 'register', false],
  ['add8RegMem', 'addRegRm', 0, 'any', true],
  ['add8MemReg', 'addRmReg', 0, 'any', true],
  ['add8MemImm', 'addRmImm', 0, 'any', true],
  ['or32RegReg', 'orRmReg', 2, 'register', false],
  ['or32RegImm', 'orRmImm', 2, 'register', false],
  ['or32RegMem', 'orRegRm', 2, 'any', true],
  ['or32MemReg', 'orRmReg', 2, 'any', true],
  ['or32MemImm', 'orRmImm', 2, 'any', true],
  ['or8RegReg', 'orRmReg', 0, 'register', false],
  ['or8RegImm', 'orRmImm', 0, 'register', false],
  ['or8RegMem', 'orRegRm', 0, 'any', true],
  ['or8MemReg', 'orRmReg', 0, 'any', true],
  ['or8MemImm', 'orRmImm', 0, 'any', true],
  ['and32RegReg', 'andRmReg', 2, 'register', false],
  ['and32RegImm', 'andRmImm', 2, 'register', false],
  ['and32RegBase', 'andRegRm', 2, 'base', true],
  ['and32RegSib', 'andRegRm', 2, 'any', true],
  ['and32MemReg', 'andRmReg', 2, 'any', true],
  ['and32MemImm', 'andRmImm', 2, 'any', true],
  ['and8RegReg', 'andRmReg', 0, 'register', false],
  ['and8RegImm', 'andRmImm', 0, 'register', false],
  ['and8RegMem', 'andRegRm', 0, 'any', true],
  ['and8MemReg', 'andRmReg', 0, 'any', true],
  ['and8MemImm', 'andRmImm', 0, 'any', true],
  ['sub32RegReg', 'subRmReg', 2, 'register', false],
  ['sub32RegImm', 'subRmImm', 2, 'register', false],
  ['sub32RegBase', 'subRegRm', 2, 'base', true],
  ['sub32RegSib', 'subRegRm', 2, 'any', true],
  ['sub32MemReg', 'subRmReg', 2, 'any', true],
  ['sub32MemImm', 'subRmImm', 2, 'any', true],
  ['sub8RegReg', 'subRmReg', 0, 'register', false],
  ['sub8RegImm', 'subRmImm', 0, 'register', false],
  ['sub8RegMem', 'subRegRm', 0, 'any', true],
  ['sub8MemReg', 'subRmReg', 0, 'any', true],
  ['sub8MemImm', 'subRmImm', 0, 'any', true],
  ['xor32RegReg', 'xorRmReg', 2, 'register', false],
  ['xor32RegImm', 'xorRmImm', 2, 'register', false],
  ['xor32RegBase', 'xorRegRm', 2, 'base', true],
  ['xor32RegSib', 'xorRegRm', 2, 'any', true],
  ['xor32MemReg', 'xorRmReg', 2, 'any', true],
  ['xor32MemImm', 'xorRmImm', 2, 'any', true],
  ['xor8RegReg', 'xorRmReg', 0, 'register', false],
  ['xor8RegImm', 'xorRmImm', 0, 'register', false],
  ['xor8RegMem', 'xorRegRm', 0, 'any', true],
  ['xor8MemReg', 'xorRmReg', 0, 'any', true],
  ['xor8MemImm', 'xorRmImm', 0, 'any', true],
  ['cmp32RegReg', 'cmpRmReg', 2, 'register', false],
  ['cmp32RegImm', 'cmpRmImm', 2, 'register', false],
  ['cmp32RegBase', 'cmpRegRm', 2, 'base', true],
  ['cmp32RegSib', 'cmpRegRm', 2, 'any', true],
  ['cmp32MemReg', 'cmpRmReg', 2, 'any', true],
  ['cmp32MemImm', 'cmpRmImm', 2, 'any', true],
  ['cmp8RegReg', 'cmpRmReg', 0, 'register', false],
  ['cmp8RegImm', 'cmpRmImm', 0, 'register', false],
  ['cmp8RegMem', 'cmpRegRm', 0, 'any', true],
  ['cmp8MemReg', 'cmpRmReg', 0, 'any', true],
  ['cmp8MemImm', 'cmpRmImm', 0, 'any', true],
  ['test32RegReg', 'testRmReg', 2, 'register', false],
  ['test32RegImm', 'testRmImm', 2, 'register', false],
  ['test32MemReg', 'testRmReg', 2, 'any', true],
  ['test32MemImm', 'testRmImm', 2, 'any', true],
  ['test8RegReg', 'testRmReg', 0, 'register', false],
  ['test8RegImm', 'testRmImm', 0, 'register', false],
  ['test8MemReg', 'testRmReg', 0, 'any', true],
  ['test8MemImm', 'testRmImm', 0, 'any', true],
  ['adc32RegReg', 'adcRmReg', 2, 'register', false],
  ['adc32RegImm', 'adcRmImm', 2, 'register', false],
  ['adc32RegMem', 'adcRegRm', 2, 'any', true],
  ['sbb32RegReg', 'sbbRmReg', 2, 'register', false],
  ['sbb32RegImm', 'sbbRmImm', 2, 'register', false],
  ['sbb32RegMem', 'sbbRegRm', 2, 'any', true],
  ['mov32RegReg', 'movRmReg', 2, 'register', false],
  ['mov32RegImm', 'movRmImm', 2, 'register', false],
  ['mov32RegBase', 'movRegRm', 2, 'base', true],
  ['mov32RegSib', 'movRegRm', 2, 'any', true],
  ['mov32BaseReg', 'movRmReg', 2, 'base', true],
  ['mov32SibReg', 'movRmReg', 2, 'any', true],
  ['mov32MemImm', 'movRmImm', 2, 'any', true],
  ['mov8RegReg', 'movRmReg', 0, 'register', false],
  ['mov8RegImm', 'movRmImm', 0, 'register', false],
  ['mov8RegMem', 'movRegRm', 0, 'any', true],
  ['mov8MemReg', 'movRmReg', 0, 'any', true],
  ['mov8MemImm', 'movRmImm', 0, 'any', true],
  ['mov16RegMem', 'movRegRm', 1, 'any', true],
  ['mov16MemReg', 'movRmReg', 1, 'any', true],
  ['mov16MemImm', 'movRmImm', 1, 'any', true],
  ['movzx8Reg', 'movzx8', 0, 'register', 'op32'],
  ['movzx8Base', 'movzx8', 0, 'base', 'op32'],
  ['movzx8Sib', 'movzx8', 0, 'any', 'op32'],
  ['movzx16Reg', 'movzx16', 1, 'register', 'op32'],
  ['movzx16Mem', 'movzx16', 1, 'any', 'op32'],
  ['movsx8Reg', 'movsx8', 0, 'register', 'op32'],
  ['movsx8Mem', 'movsx8', 0, 'any', 'op32'],
  ['movsx16Reg', 'movsx16', 1, 'register', 'op32'],
  ['movsx16Mem', 'movsx16', 1, 'any', 'op32'],
  ['lea32Base', 'lea', 2, 'base', true],
  ['lea32Sib', 'lea', 2, 'any', true],
  ['inc32Reg', 'incRm', 2, 'register', false],
  ['inc32Mem', 'incRm', 2, 'any', true],
  ['dec32Reg', 'decRm', 2, 'register', false],
  ['dec32Mem', 'decRm', 2, 'any', true],
  ['neg32Reg', 'negRm', 2, 'register', false],
  ['not32Reg', 'notRm', 2, 'register', false],
  ['shl32Imm', 'shlImm', 2, 'register', false],
  ['shl32Cl', 'shlCl', 2, 'register', false],
  ['shr32Imm', 'shrImm', 2, 'register', false],
  ['shr32Cl', 'shrCl', 2, 'register', false],
  ['sar32Imm', 'sarImm', 2, 'register', false],
  ['sar32Cl', 'sarCl', 2, 'register', false],
  ['shld32Imm', 'shldImm', 2, 'register', false],
  ['shld32Cl', 'shldCl', 2, 'register', false],
  ['shrd32Imm', 'shrdImm', 2, 'register', false],
  ['shrd32Cl', 'shrdCl', 2, 'register', false],
  ['rol32Imm', 'rolImm', 2, 'register', false],
  ['rol32Cl', 'rolCl', 2, 'register', false],
  ['ror32Imm', 'rorImm', 2, 'register', false],
  ['ror32Cl', 'rorCl', 2, 'register', false],
  ['imul32RegReg', 'imulRegRm', 2, 'register', false],
  ['imul32RegMem', 'imulRegRm', 2, 'any', true],
  ['imul32RegRegImm', 'imulRegRmImm', 2, 'register', false],
  ['imul32RegMemImm', 'imulRegRmImm', 2, 'any', true],
  ['mul32Reg', 'mulRm', 2, 'register', false],
  ['mul32Mem', 'mulRm', 2, 'any', true],
  ['imul32Reg', 'imulRm', 2, 'register', false],
  ['div32Reg', 'divRm', 2, 'register', false],
  ['div32Mem', 'divRm', 2, 'any', true],
  ['idiv32Reg', 'idivRm', 2, 'register', false],
  ['idiv32Mem', 'idivRm', 2, 'any', true],
  ['cdq', 'cdq', 2, 'register', false],
  ['cwde', 'cwde', 2, 'register', false],
  ['nop', 'nop', 2, 'register', false],
  ['nop16', 'nop', 1, 'register', false],
  ['xchg32', 'xchgRmReg', 2, 'register', false],
  ['bswap', 'bswap', 2, 'register', false],
  ['push32Reg', 'pushReg', 2, 'register', true],
  ['push32Imm', 'pushImm', 2, 'register', true],
  ['push32Mem', 'pushRm', 2, 'any', true],
  ['pop32Reg', 'popReg', 2, 'register', true],
  ['leave32', 'leave', 2, 'register', true],
  ['call32', 'callRel', 2, 'register', true],
  ['call32Reg', 'callRm', 2, 'register', true],
  ['call32Mem', 'callRm', 2, 'any', true],
  ['ret32', 'ret', 2, 'register', true],
  ['jmp32', 'jmpRel', 2, 'register', 'op32'],
  ['jmp32Reg', 'jmpRm', 2, 'register', true],
  ['jmp32Mem', 'jmpRm', 2, 'any', true],
  ['jb', 'jb', 2, 'register', 'op32'],
  ['jae', 'jae', 2, 'register', 'op32'],
  ['je', 'je', 2, 'register', 'op32'],
  ['jne', 'jne', 2, 'register', 'op32'],
  ['jbe', 'jbe', 2, 'register', 'op32'],
  ['ja', 'ja', 2, 'register', 'op32'],
  ['js', 'js', 2, 'register', 'op32'],
  ['jns', 'jns', 2, 'register', 'op32'],
  ['jl', 'jl', 2, 'register', 'op32'],
  ['jge', 'jge', 2, 'register', 'op32'],
  ['jle', 'jle', 2, 'register', 'op32'],
  ['jg', 'jg', 2, 'register', 'op32'],
  ['setbReg', 'setb', 0, 'register', false],
  ['setaeReg', 'setae', 0, 'register', false],
  ['seteReg', 'sete', 0, 'register', false],
  ['setneReg', 'setne', 0, 'register', false],
  ['setbeReg', 'setbe', 0, 'register', false],
  ['setaReg', 'seta', 0, 'register', false],
  ['setsReg', 'sets', 0, 'register', false],
  ['setnsReg', 'setns', 0, 'register', false],
  ['setlReg', 'setl', 0, 'register', false],
  ['setgeReg', 'setge', 0, 'register', false],
  ['setleReg', 'setle', 0, 'register', false],
  ['setgReg', 'setg', 0, 'register', false],
  ['cmovb32Reg', 'cmovb', 2, 'register', false],
  ['cmovae32Reg', 'cmovae', 2, 'register', false],
  ['cmove32Reg', 'cmove', 2, 'register', false],
  ['cmovne32Reg', 'cmovne', 2, 'register', false],
  ['cmovbe32Reg', 'cmovbe', 2, 'register', false],
  ['cmova32Reg', 'cmova', 2, 'register', false],
  ['cmovs32Reg', 'cmovs', 2, 'register', false],
  ['cmovns32Reg', 'cmovns', 2, 'register', false],
  ['cmovl32Reg', 'cmovl', 2, 'register', false],
  ['cmovge32Reg', 'cmovge', 2, 'register', false],
  ['cmovle32Reg', 'cmovle', 2, 'register', false],
  ['cmovg32Reg', 'cmovg', 2, 'register', false],
];

/** Pairs that have a case: the names of their rows. */
// oxfmt-ignore
export const HOT_PAIRS: readonly (readonly [first: string, second: string])[] = [
  ['cmp32RegReg', 'je'],
  ['cmp32RegReg', 'jne'],
  ['cmp32RegReg', 'jb'],
  ['cmp32RegReg', 'jae'],
  ['cmp32RegReg', 'jbe'],
  ['cmp32RegReg', 'ja'],
  ['cmp32RegReg', 'jl'],
  ['cmp32RegReg', 'jge'],
  ['cmp32RegReg', 'jle'],
  ['cmp32RegReg', 'jg'],
  ['cmp32RegImm', 'je'],
  ['cmp32RegImm', 'jne'],
  ['cmp32RegImm', 'jb'],
  ['cmp32RegImm', 'jae'],
  ['cmp32RegImm', 'jbe'],
  ['cmp32RegImm', 'ja'],
  ['cmp32RegImm', 'jl'],
  ['cmp32RegImm', 'jge'],
  ['cmp32RegImm', 'jle'],
  ['cmp32RegImm', 'jg'],
  ['cmp32RegBase', 'je'],
  ['cmp32RegBase', 'jne'],
  ['cmp32RegBase', 'jb'],
  ['cmp32RegBase', 'jae'],
  ['cmp32RegBase', 'jbe'],
  ['cmp32RegBase', 'ja'],
  ['cmp32RegBase', 'jl'],
  ['cmp32RegBase', 'jge'],
  ['cmp32RegBase', 'jle'],
  ['cmp32RegBase', 'jg'],
  ['cmp32MemImm', 'je'],
  ['cmp32MemImm', 'jne'],
  ['cmp32MemImm', 'jle'],
  ['cmp32MemImm', 'jg'],
  ['cmp8RegImm', 'je'],
  ['cmp8RegImm', 'jne'],
  ['cmp8RegImm', 'jbe'],
  ['cmp8RegImm', 'ja'],
  ['cmp8MemImm', 'je'],
  ['cmp8MemImm', 'jne'],
  ['test32RegReg', 'je'],
  ['test32RegReg', 'jne'],
  ['test32RegReg', 'js'],
  ['test32RegReg', 'jns'],
  ['test32RegReg', 'jle'],
  ['test32RegReg', 'jg'],
  ['test8RegReg', 'je'],
  ['test8RegReg', 'jne'],
  ['test8RegImm', 'je'],
  ['test8RegImm', 'jne'],
];

export const HOT_STALE = 0;
export const HOT_CONTINUE = 1;
export const HOT_CROSS = 2;
export const HOT_BREAK = 3;

/** Handlers are numbered from here; smaller numbers are cases of the hot switch. */
export const FIRST_HANDLER = 384;

export interface HotChoice {
  readonly hot: number;
  readonly size: number;
  readonly operand: HotRow[3];
  readonly needsFlat: boolean;
  readonly needsOperand32: boolean;
}

/** By handler name. */
export function hotChoices(): Map<string, HotChoice[]> {
  const choices = new Map<string, HotChoice[]>();
  HOT_ROWS.forEach(([, handler, size, operand, needs], hot) => {
    if (handler === undefined) return;
    const list = choices.get(handler) ?? [];
    const needsOperand32 = needs === 'op32';
    list.push({ hot, size, operand, needsFlat: needs !== false, needsOperand32 });
    choices.set(handler, list);
  });
  return choices;
}

const PAIR_CASES: ReadonlyMap<number, number> = pairCases();

function pairCases(): Map<number, number> {
  const numbers = new Map(HOT_ROWS.map(([name], number) => [name, number]));
  const number = (name: string): number => numbers.get(name) ?? Number.NaN;
  return new Map(
    HOT_PAIRS.map(([first, second], i) => [
      number(first) * FIRST_HANDLER + number(second),
      HOT_ROWS.length + i,
    ]),
  );
}

/** The case for two instructions in a row, or undefined. */
export function pairCase(first: number, second: number): number | undefined {
  return first < FIRST_HANDLER && second < FIRST_HANDLER
    ? PAIR_CASES.get(first * FIRST_HANDLER + second)
    : undefined;
}
