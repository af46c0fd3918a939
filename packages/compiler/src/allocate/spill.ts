// Rewrites spilled registers: each occurrence becomes a memory operand where the instruction can take one, else a load or
// store through a short-lived register. Values that are cheap to make again are made again.

import type { Inst, MachineFunction, MemoryOperand, Operand } from '../select/machine.ts';
import {
  DEF,
  forRegisters,
  imm,
  Inst as MachineInst,
  isMove,
  reg,
  slotMemory,
  USE,
} from '../select/machine.ts';

/** How a spilled register's value is found again. */
type Home =
  | { readonly kind: 'slot'; readonly memory: MemoryOperand; readonly isConstant: boolean }
  | { readonly kind: 'again'; readonly mnemonic: string; readonly operand: Operand };

/** Mnemonics whose register operands may be memory instead: operand indexes. */
const memoryForms = new Map<string, readonly number[]>();
for (const name of ['add', 'sub', 'and', 'or', 'xor', 'cmp', 'adc', 'sbb', 'test']) {
  for (const suffix of ['l', 'w', 'b']) memoryForms.set(name + suffix, [0, 1]);
}
for (const name of ['shl', 'shr', 'sar', 'rol']) memoryForms.set(`${name}l`, [1]);
for (const name of ['neg', 'not', 'push', 'mul', 'imul', 'div', 'idiv']) {
  memoryForms.set(`${name}l`, [0]);
}
for (const name of [
  'movsbl',
  'movzbl',
  'movswl',
  'movzwl',
  'bsrl',
  'bsfl',
  'cmovnel',
  'call',
  'jmp',
]) {
  memoryForms.set(name, [0]);
}
for (const name of ['shldl', 'shrdl']) memoryForms.set(name, [2]);

function mayBeMemory(inst: Inst, index: number): boolean {
  if (inst.mnemonic.startsWith('set')) return true;
  if (inst.mnemonic === 'imull' && inst.operands.length === 3) return index === 1;
  return memoryForms.get(inst.mnemonic)?.includes(index) === true;
}

class Spiller {
  private readonly m: MachineFunction;
  private readonly homes = new Map<number, Home>();

  constructor(m: MachineFunction, groups: readonly (readonly number[])[]) {
    this.m = m;
    const spilled = new Set(groups.flat());
    const definitions = this.definitions(spilled);
    for (const group of groups) {
      let slot = -1;
      for (const register of group) {
        const home = cheapHome(m, definitions.get(register));
        if (home) {
          this.homes.set(register, home);
          continue;
        }
        if (slot < 0) slot = m.newSlot(4, 4);
        this.homes.set(register, { kind: 'slot', memory: slotMemory(slot), isConstant: false });
      }
    }
  }

  /** The only definition of each spilled register; undefined if there are more. */
  private definitions(spilled: ReadonlySet<number>): Map<number, Inst | undefined> {
    const result = new Map<number, Inst | undefined>();
    for (const block of this.m.blocks) {
      for (const inst of block.code) {
        forRegisters(
          inst,
          () => undefined,
          (r) => {
            if (spilled.has(r)) result.set(r, result.has(r) ? undefined : inst);
          },
        );
      }
    }
    return result;
  }

  run(): void {
    for (const block of this.m.blocks) {
      const out: Inst[] = [];
      for (const inst of block.code) this.rewrite(inst, out);
      block.code = out;
    }
  }

  private homeOf(operand: Operand): Home | undefined {
    return operand.kind === 'register' ? this.homes.get(operand.register) : undefined;
  }

  private rewrite(inst: Inst, out: Inst[]): void {
    const touched = new Set<number>();
    const note = (r: number): void => {
      if (this.homes.has(r)) touched.add(r);
    };
    forRegisters(inst, note, note);
    if (touched.size === 0) {
      out.push(inst);
      return;
    }
    if (this.isRedundant(inst)) return;
    if (isMove(inst) && this.rewriteMove(inst, out)) return;
    this.useMemory(inst, touched);
    this.useTemporaries(inst, touched, out);
  }

  /** The definition of a value that is made again at its uses, or a move within one slot. */
  private isRedundant(inst: Inst): boolean {
    const last = inst.operands.length - 1;
    const to = this.homeOf(inst.operands[last]);
    if (!to || inst.roles[last] !== DEF) return false;
    if (to.kind === 'again' || to.isConstant) return true;
    if (!isMove(inst)) return false;
    const from = this.homeOf(inst.operands[0]);
    return from?.kind === 'slot' && from.memory.slot === to.memory.slot && !from.isConstant;
  }

  private rewriteMove(inst: Inst, out: Inst[]): boolean {
    const [fromHome, toHome] = [this.homeOf(inst.operands[0]), this.homeOf(inst.operands[1])];
    if (fromHome?.kind === 'again' && !toHome) {
      inst.mnemonic = fromHome.mnemonic;
      inst.operands = [fromHome.operand, inst.operands[1]];
      out.push(inst);
      return true;
    }
    if (fromHome && toHome) {
      const isImmediate = fromHome.kind === 'again' && fromHome.operand.kind === 'immediate';
      if (!isImmediate || toHome.kind !== 'slot') return false;
      inst.operands = [fromHome.operand, { ...toHome.memory }];
      inst.roles = [USE, USE];
      out.push(inst);
      return true;
    }
    if (fromHome?.kind === 'slot') inst.operands = [{ ...fromHome.memory }, inst.operands[1]];
    else if (toHome?.kind === 'slot') {
      inst.operands = [inst.operands[0], { ...toHome.memory }];
      inst.roles = [USE, USE];
    } else return false;
    out.push(inst);
    return true;
  }

  /** Turns one register operand into its slot, or into its constant. */
  private useMemory(inst: Inst, touched: Set<number>): void {
    if (inst.asm) return;
    const { operands } = inst;
    const isTestOfSelf =
      inst.mnemonic === 'testl' &&
      operands[0].kind === 'register' &&
      operands[1].kind === 'register' &&
      operands[0].register === operands[1].register;
    if (isTestOfSelf) {
      inst.mnemonic = 'cmpl';
      operands[0] = imm(0);
    }
    if (inst.mnemonic === 'movl' && operands[0].kind === 'immediate') {
      const home = this.homeOf(operands[1]);
      if (home?.kind === 'slot') {
        operands[1] = { ...home.memory };
        inst.roles = [USE, USE];
        touched.clear();
      }
      return;
    }
    for (let i = 0; i < operands.length; i++) {
      const operand = operands[i];
      const home = this.homeOf(operand);
      if (!home || operand.kind !== 'register' || !this.isAlone(inst, operand.register)) continue;
      if (home.kind === 'again') {
        const isSource =
          i === 0 && operands.length === 2 && inst.roles[0] === USE && operand.size === 4;
        const takes =
          isSource &&
          memoryForms.get(inst.mnemonic)?.includes(0) &&
          memoryForms.get(inst.mnemonic)?.includes(1);
        const isPush = inst.mnemonic === 'pushl';
        if (home.operand.kind === 'immediate' && (takes || isPush)) {
          operands[i] = home.operand;
          touched.delete(operand.register);
        }
        continue;
      }
      if (operands.some((other) => other.kind === 'memory') || !mayBeMemory(inst, i)) continue;
      operands[i] = { ...home.memory };
      touched.delete(operand.register);
    }
  }
  private isAlone(inst: Inst, register: number): boolean {
    let count = 0;
    for (const operand of inst.operands) {
      if (operand.kind === 'register' && operand.register === register) count++;
      else if (operand.kind === 'memory') {
        if (operand.base === register || operand.index === register) count += 2;
      }
    }
    return count === 1;
  }

  private useTemporaries(inst: Inst, touched: ReadonlySet<number>, out: Inst[]): void {
    const stores: Inst[] = [];
    for (const register of touched) {
      const home = this.homes.get(register);
      if (!home) continue;
      const fresh = this.m.newRegister();
      this.m.isTemporary.add(fresh);
      if (this.m.isByte.has(register)) this.m.isByte.add(fresh);
      const { isRead, isWritten } = replace(inst, register, fresh);
      if (isRead) {
        const again = home.kind === 'again';
        const from: Operand = again ? home.operand : { ...home.memory };
        out.push(this.made(inst, again ? home.mnemonic : 'movl', [from, reg(fresh)], [USE, DEF]));
      }
      if (isWritten && home.kind === 'slot') {
        stores.push(this.made(inst, 'movl', [reg(fresh), { ...home.memory }], [USE, USE]));
      }
    }
    out.push(inst, ...stores);
  }
  private made(at: Inst, mnemonic: string, operands: Operand[], roles: number[]): Inst {
    const inst = new MachineInst(mnemonic, operands, roles);
    inst.place = at.place;
    return inst;
  }
}

function replace(inst: Inst, from: number, to: number): { isRead: boolean; isWritten: boolean } {
  let isRead = false;
  let isWritten = false;
  inst.operands.forEach((operand, i) => {
    if (operand.kind === 'register' && operand.register === from) {
      operand.register = to;
      if (inst.roles[i] & USE) isRead = true;
      if (inst.roles[i] & DEF) isWritten = true;
    } else if (operand.kind === 'memory') {
      if (operand.base === from) {
        operand.base = to;
        isRead = true;
      }
      if (operand.index === from) {
        operand.index = to;
        isRead = true;
      }
    }
  });
  return { isRead, isWritten };
}

/** Constants, frame addresses, and incoming arguments that nothing stores to need no slot of their own. */
function cheapHome(m: MachineFunction, definition: Inst | undefined): Home | undefined {
  if (!definition || definition.operands.length !== 2) return undefined;
  const from = definition.operands[0];
  if (definition.mnemonic === 'movl' && from.kind === 'immediate') {
    return { kind: 'again', mnemonic: 'movl', operand: from };
  }
  if (from.kind !== 'memory' || from.base >= 0 || from.index >= 0) return undefined;
  if (definition.mnemonic === 'leal') return { kind: 'again', mnemonic: 'leal', operand: from };
  const isArgument = from.slot >= 0 && m.constantSlots.has(from.slot);
  if (definition.mnemonic === 'movl' && isArgument) {
    return { kind: 'slot', memory: from, isConstant: true };
  }
  return undefined;
}

/** Takes the registers of each group out of the function. */
export function spill(m: MachineFunction, groups: readonly (readonly number[])[]): void {
  new Spiller(m, groups).run();
}
