// Small improvements on allocated code: moves that became empty, shorter forms, tests of flags that are already set, jumps
// to the next block. Flags never live across blocks.

import { EAX, ECX } from '../lower/registers.ts';
import { negatedCode } from '../select/compare.ts';
import type { Inst, MachineBlock, MachineFunction, Operand } from '../select/machine.ts';
import { BOTH, DEF, imm, Inst as MachineInst, isMove, reg, USE } from '../select/machine.ts';

const readsFlags = /^(j(?!mp)|set|cmov|adc|sbb)/;
const keepsFlags =
  /^(mov|lea|push|pop|jmp|not|fld|fst|fild|fistp|fnstcw|fldcw|fadd|fsub|fmul|fdiv|fchs|fabs|fsqrt|\.adjust|\.thread|\.settle|cltd|bswap|set|cmov|j|stos)/;
const setsResultFlags = /^(and|or|xor|add|sub|neg|shl|shr|sar)l$/;
const logical = /^(and|or|xor)l$/;

/** For each instruction, whether flags are read after it before being set. */
function flagsLiveAfter(code: readonly Inst[]): Uint8Array {
  const result = new Uint8Array(code.length);
  let live = 0;
  for (let i = code.length - 1; i >= 0; i--) {
    result[i] = live;
    const mnemonic = code[i].mnemonic;
    if (readsFlags.test(mnemonic)) live = 1;
    else if (!keepsFlags.test(mnemonic)) live = 0;
  }
  return result;
}

const isRegister = (operand: Operand | undefined, register: number): boolean =>
  operand?.kind === 'register' && operand.register === register;

interface Options {
  readonly isForSize: boolean;
  readonly isOptimizing: boolean;
}

function shortenLea(inst: Inst): void {
  const [from, to] = inst.operands;
  if (from.kind !== 'memory' || to.kind !== 'register' || from.slot >= 0) return;
  const plain = from.symbol === undefined;
  if (plain && from.base === to.register && from.index < 0) {
    inst.mnemonic = 'addl';
    inst.operands = [imm(from.displacement), to];
    inst.roles = [USE, BOTH];
  } else if (
    plain &&
    from.displacement === 0 &&
    from.scale === 1 &&
    from.index >= 0 &&
    from.base >= 0
  ) {
    const other =
      from.base === to.register ? from.index : from.index === to.register ? from.base : -1;
    if (other < 0) return;
    inst.mnemonic = 'addl';
    inst.operands = [reg(other), to];
    inst.roles = [USE, BOTH];
  }
}

/** Forms that change the flags otherwise than the original. */
function shortenFlagless(inst: Inst, options: Options): void {
  if (inst.mnemonic === 'leal') shortenLea(inst);
  const [from, to] = inst.operands;
  if (from?.kind !== 'immediate' || from.symbol !== undefined) return;
  if (inst.mnemonic === 'movl' && to.kind === 'register') {
    if (from.value === 0) {
      inst.mnemonic = 'xorl';
      inst.operands = [reg(to.register), reg(to.register)];
      inst.roles = [USE, BOTH];
    } else if (from.value === -1 && options.isForSize) {
      inst.mnemonic = 'orl';
      inst.roles = [USE, BOTH];
    }
  } else if (inst.mnemonic === 'addl' || inst.mnemonic === 'subl') {
    const value = inst.mnemonic === 'addl' ? from.value : -from.value;
    if (value === 1 || value === -1) {
      inst.mnemonic = value === 1 ? 'incl' : 'decl';
      inst.operands = [to];
      inst.roles = [BOTH];
    } else if (value === 128) {
      inst.mnemonic = 'subl';
      inst.operands = [imm(-128), to];
    }
  }
}

function isNothing(inst: Inst): boolean {
  if (isMove(inst)) return isRegister(inst.operands[0], registerOf(inst.operands[1]));
  const [from, to] = inst.operands;
  if (inst.mnemonic !== 'leal' || from.kind !== 'memory' || to.kind !== 'register') return false;
  return (
    from.base === to.register &&
    from.index < 0 &&
    from.displacement === 0 &&
    from.slot < 0 &&
    from.symbol === undefined
  );
}
function registerOf(operand: Operand): number {
  return operand.kind === 'register' ? operand.register : -1;
}

/** `test r, r` after an instruction that set the flags by r, where only what both set alike is read. */
function isTestRedundant(code: readonly Inst[], at: number, out: readonly Inst[]): boolean {
  const inst = code[at];
  const [a, b] = inst.operands;
  if (inst.mnemonic !== 'testl' || a.kind !== 'register' || !isRegister(b, a.register))
    return false;
  const before = out[out.length - 1];
  if (!before || !setsResultFlags.test(before.mnemonic)) return false;
  const last = before.operands.length - 1;
  if (!isRegister(before.operands[last], a.register)) return false;
  if (/^(shl|shr|sar)/.test(before.mnemonic)) {
    const count = before.operands[0];
    if (count.kind !== 'immediate' || count.value === 0) return false;
  }
  for (let i = at + 1; i < code.length; i++) {
    const code2 = /^(?:j|set|cmov)(e|ne|s|ns|l|ge|g|le)l?$/.exec(code[i].mnemonic);
    if (readsFlags.test(code[i].mnemonic)) {
      if (!code2) return false;
      if (!logical.test(before.mnemonic) && !/^(e|ne)$/.test(code2[1])) return false;
    } else if (!keepsFlags.test(code[i].mnemonic)) break;
  }
  return true;
}

function adjustMerged(inst: Inst, out: Inst[]): boolean {
  const before = out[out.length - 1];
  if (inst.mnemonic !== '.adjust' || before?.mnemonic !== '.adjust') return false;
  before.stack += inst.stack;
  if (before.stack === 0) out.pop();
  return true;
}

/** Stack adjustments by one or two words as pops and pushes of a register that is free there. */
function shortAdjust(inst: Inst, before: Inst | undefined, out: Inst[]): boolean {
  if (inst.mnemonic !== '.adjust') return false;
  const isAfterCall = before?.mnemonic === 'call';
  const count = Math.abs(inst.stack) / 4;
  if (count === 0 || count > 2 || (inst.stack < 0 && !isAfterCall)) return false;
  if (inst.stack > 0 && count > 1) return false;
  for (let i = 0; i < count; i++) {
    const isPop = inst.stack < 0;
    const word = new MachineInst(
      isPop ? 'popl' : 'pushl',
      [reg(isPop ? ECX : EAX)],
      [isPop ? DEF : 0],
    );
    word.stack = isPop ? -4 : 4;
    word.place = inst.place;
    out.push(word);
  }
  return true;
}

function improveBlock(block: MachineBlock, options: Options): void {
  let code = block.code.filter((inst) => !isNothing(inst));
  const live = flagsLiveAfter(code);
  code.forEach((inst, i) => {
    if (!live[i]) shortenFlagless(inst, options);
    if (inst.mnemonic === 'testl' && options.isForSize) shortTest(inst);
  });
  const merged: Inst[] = [];
  code.forEach((inst, i) => {
    if (isTestRedundant(code, i, merged) || adjustMerged(inst, merged)) return;
    merged.push(inst);
  });
  code = [];
  for (const inst of merged) {
    if (!options.isForSize || !shortAdjust(inst, code[code.length - 1], code)) {
      if (!options.isForSize || !shortConstant(inst, code)) code.push(inst);
    }
  }
  block.code = code;
}

/** Small constants through the stack: 3 bytes for 5. */
function shortConstant(inst: Inst, out: Inst[]): boolean {
  const [from, to] = inst.operands;
  if (inst.mnemonic !== 'movl' || from.kind !== 'immediate' || to.kind !== 'register') return false;
  if (from.symbol !== undefined || from.value < -128 || from.value > 127) return false;
  const push = new MachineInst('pushl', [from], [USE]);
  push.stack = 4;
  const pop = new MachineInst('popl', [to], [DEF]);
  pop.stack = -4;
  push.place = inst.place;
  pop.place = inst.place;
  out.push(push, pop);
  return true;
}
function shortTest(inst: Inst): void {
  const [mask, value] = inst.operands;
  if (mask.kind !== 'immediate' || value.kind !== 'register' || value.register > 3) return;
  if (mask.value <= 0 || mask.value > 127) return;
  inst.mnemonic = 'testb';
  inst.operands = [mask, reg(value.register, 1)];
}

// --- jumps

function finalTarget(m: MachineFunction, block: number): number {
  let result = block;
  for (let steps = 0; steps < 32; steps++) {
    const code = m.byId.get(result)?.code;
    if (code?.length !== 1 || code[0].mnemonic !== 'jmp') break;
    const operand = code[0].operands[0];
    if (operand.kind !== 'block' || operand.block === result) break;
    result = operand.block;
  }
  return result;
}

function threadJumps(m: MachineFunction): void {
  for (const block of m.blocks) {
    for (const inst of block.code) {
      for (const operand of inst.operands) {
        if (operand.kind === 'block') operand.block = finalTarget(m, operand.block);
      }
    }
  }
  for (const table of m.tables) {
    for (let i = 0; i < table.length; i++) table[i] = finalTarget(m, table[i]);
  }
}

/** Drops blocks that nothing reaches any more. */
function dropUnreached(m: MachineFunction): void {
  const reached = new Set<number>([0]);
  const work = [0];
  const visit = (id: number): void => {
    if (reached.has(id)) return;
    reached.add(id);
    work.push(id);
  };
  for (const block of m.blocks) if (block.isAddressTaken) visit(block.id);
  while (work.length > 0) {
    for (const inst of m.byId.get(work.pop() ?? 0)?.code ?? []) {
      for (const operand of inst.operands) {
        if (operand.kind === 'block') visit(operand.block);
        if (operand.kind === 'memory' && operand.symbol?.startsWith('.LJ')) {
          m.tables[Number(/^\.LJ(\d+)/.exec(operand.symbol)?.[1])].forEach(visit);
        }
      }
    }
  }
  m.blocks = m.blocks.filter((block) => reached.has(block.id));
}

const targetOf = (inst: Inst | undefined): number => {
  const operand = inst?.operands[0];
  return operand?.kind === 'block' ? operand.block : -1;
};

function removeFallthrough(block: MachineBlock, next: number): void {
  const code = block.code;
  const last = code[code.length - 1];
  if (last?.mnemonic !== 'jmp' || targetOf(last) < 0) return;
  const before = code[code.length - 2];
  const isConditional =
    before !== undefined && /^j(?!mp)/.test(before.mnemonic) && targetOf(before) >= 0;
  if (targetOf(last) === next) {
    code.pop();
    while (code.length > 0 && isJumpTo(code[code.length - 1], next)) code.pop();
  } else if (isConditional && targetOf(before) === next) {
    const other = code[code.length - 3];
    const isPair = other !== undefined && /^j(?!mp)/.test(other.mnemonic);
    if (isPair) return;
    before.mnemonic = `j${negatedCode(before.mnemonic.slice(1))}`;
    before.operands = last.operands;
    code.pop();
  }
}
const isJumpTo = (inst: Inst, block: number): boolean =>
  /^j(?!mp)/.test(inst.mnemonic) && targetOf(inst) === block;

/** Places blocks so that most jumps fall through: each block is followed by its jump's target if that is still free. */
function layOut(m: MachineFunction): void {
  const placed = new Set<number>();
  const order: MachineBlock[] = [];
  for (const start of m.blocks) {
    let block: MachineBlock | undefined = start;
    while (block && !placed.has(block.id)) {
      placed.add(block.id);
      order.push(block);
      const last: Inst | undefined = block.code[block.code.length - 1];
      const next: number = last?.mnemonic === 'jmp' ? targetOf(last) : -1;
      const candidate: MachineBlock | undefined = next >= 0 ? m.byId.get(next) : undefined;
      const isLevel: boolean = candidate !== undefined && candidate.depth === block.depth;
      block = isLevel ? candidate : undefined;
    }
  }
  m.blocks = order;
}

/** Improves allocated code in place. */
export function peephole(m: MachineFunction, options: Options): void {
  for (const block of m.blocks) improveBlock(block, options);
  threadJumps(m);
  dropUnreached(m);
  if (options.isOptimizing) layOut(m);
  m.blocks.forEach((block, i) => removeFallthrough(block, m.blocks[i + 1]?.id ?? -1));
}
