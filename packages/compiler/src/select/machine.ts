// Machine instructions before and after register allocation. Registers 0..7 are eax ecx edx ebx esp ebp esi edi, further
// numbers are virtual. Operands stand in AT&T order with a role each; what an instruction uses or changes beyond its
// operands is a pair of masks.

import type { AsmInfo } from '../ir/function.ts';

export const USE = 1;
export const DEF = 2;
export const BOTH = 3;
/** Defined before the uses are read: shares no register with them. */
export const EARLY = 4;

export interface RegisterOperand {
  readonly kind: 'register';
  register: number;
  /** In bytes. */
  readonly size: number;
}
export interface ImmediateOperand {
  readonly kind: 'immediate';
  readonly value: number;
  readonly symbol: string | undefined;
}
export interface MemoryOperand {
  readonly kind: 'memory';
  /** -1: none. */
  base: number;
  index: number;
  readonly scale: number;
  readonly displacement: number;
  readonly symbol: string | undefined;
  /** Frame slot whose address is added; -1: none. */
  readonly slot: number;
}
export interface BlockOperand {
  readonly kind: 'block';
  block: number;
}
/** An x87 register. */
export interface StackOperand {
  readonly kind: 'x87';
  readonly register: number;
}
export type Operand =
  | RegisterOperand
  | ImmediateOperand
  | MemoryOperand
  | BlockOperand
  | StackOperand;

export class Inst {
  /** AT&T, with suffix; pseudo-instructions begin with a dot. */
  mnemonic: string;
  operands: Operand[];
  roles: number[];
  /** Masks of physical registers. */
  uses = 0;
  clobbers = 0;
  /** Index into the function's spans. */
  place = 0;
  /** Bytes by which the instruction lowers the stack pointer. */
  stack = 0;
  asm: AsmInfo | undefined;
  /** The asm's operands: index in `operands`, or -1. */
  asmOperands: number[] | undefined;
  prefix: string | undefined;
  isIndirect = false;

  constructor(mnemonic: string, operands: Operand[], roles: number[]) {
    this.mnemonic = mnemonic;
    this.operands = operands;
    this.roles = roles;
  }
}

export interface MachineBlock {
  readonly id: number;
  code: Inst[];
  successors: number[];
  readonly depth: number;
  isAddressTaken: boolean;
}

export interface FrameSlot {
  size: number;
  alignment: number;
  /** Offset of an incoming argument above the return address. */
  readonly incoming: number | undefined;
}

export class MachineFunction {
  readonly name: string;
  /** In layout order; `byId` finds them. */
  blocks: MachineBlock[] = [];
  readonly byId = new Map<number, MachineBlock>();
  readonly slots: FrameSlot[] = [];
  registerCount = 8;
  /** Virtual registers that must be eax, ecx, edx or ebx. */
  readonly isByte = new Set<number>();
  /** Virtual registers made by spilling, which must not be spilled again. */
  readonly isTemporary = new Set<number>();
  /** Jump tables: label number, blocks. */
  readonly tables: number[][] = [];
  /** Incoming arguments that are values now: their memory is never written. */
  readonly constantSlots = new Set<number>();
  needsFramePointer = false;
  /** The stack pointer may be lower at a return than after the prologue. */
  movesStack = false;
  hasCalls = false;
  pops = 0;

  constructor(name: string) {
    this.name = name;
  }
  newRegister(): number {
    return this.registerCount++;
  }
  newSlot(size: number, alignment: number, incoming?: number): number {
    return this.slots.push({ size, alignment, incoming }) - 1;
  }
}

export function reg(register: number, size = 4): RegisterOperand {
  return { kind: 'register', register, size };
}
export function imm(value: number, symbol?: string): ImmediateOperand {
  return { kind: 'immediate', value, symbol };
}
export function mem(fields: Partial<MemoryOperand>): MemoryOperand {
  return {
    kind: 'memory',
    base: -1,
    index: -1,
    scale: 1,
    displacement: 0,
    symbol: undefined,
    slot: -1,
    ...fields,
  };
}
export function slotMemory(slot: number, displacement = 0): MemoryOperand {
  return mem({ slot, displacement });
}
/** The same memory, `offset` bytes further. */
export function moved(memory: MemoryOperand, offset: number): MemoryOperand {
  return { ...memory, displacement: (memory.displacement + offset) | 0 };
}

/** Whether it is a plain 32-bit move between registers. */
export function isMove(inst: Inst): boolean {
  if (inst.mnemonic !== 'movl') return false;
  const [from, to] = inst.operands;
  return from.kind === 'register' && to.kind === 'register';
}

/** Calls `use` and `define` for every register operand; registers in addresses are uses. */
export function forRegisters(
  inst: Inst,
  use: (register: number) => void,
  define: (register: number) => void,
): void {
  const operands = inst.operands;
  for (let i = 0; i < operands.length; i++) {
    const operand = operands[i];
    if (operand.kind === 'register') {
      const role = inst.roles[i];
      if (role & USE) use(operand.register);
      if (role & DEF) define(operand.register);
    } else if (operand.kind === 'memory') {
      if (operand.base >= 0) use(operand.base);
      if (operand.index >= 0) use(operand.index);
    }
  }
}
