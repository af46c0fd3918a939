// asm statements: operands in registers of the allocator's choice, in named registers, in memory or constant. Values for
// named registers are moved there last, results are fetched first.

import { acceptsConstant } from '../ir/asm-constant.ts';
import type { AsmInfo, AsmOperand } from '../ir/function.ts';
import { Op } from '../ir/ops.ts';
import { EDX } from '../lower/registers.ts';
import { DEF, EARLY, imm, type Operand, reg, slotMemory, USE } from './machine.ts';
import { pushFloat } from './float.ts';
import type { Selector } from './selector.ts';

interface Plan {
  readonly operands: Operand[];
  readonly roles: number[];
  readonly indexes: number[];
  /** Moves to named registers, made just before. */
  readonly before: (readonly [from: Operand, to: number])[];
  /** Moves of results, made just after: register to node result number. */
  readonly after: (readonly [from: number, result: number])[];
}

/** Selects an asm or asm goto. */
export function coverAsm(s: Selector, id: number): void {
  const f = s.f;
  const info = f.asms[f.b[id]];
  const plan: Plan = { operands: [], roles: [], indexes: [], before: [], after: [] };
  const values = f.list(id);
  info.operands.forEach((operand, number) => planOperand(s, info, number, operand, values, plan));
  pushInputs(s, info, values);
  for (const [from, to] of plan.before) s.move(from, to);
  const inst = s.emit('.asm', plan.operands, plan.roles);
  inst.asm = info;
  inst.asmOperands = plan.indexes;
  inst.clobbers = info.clobbers;
  if (f.op[id] === Op.asmGoto) {
    for (const block of info.blocks.slice(1)) {
      plan.operands.push({ kind: 'block', block });
      plan.roles.push(0);
    }
  }
  const results = s.asmResults.get(id);
  const fetched: (readonly [number, number])[] = [];
  for (const [from, result] of plan.after) {
    const to = results?.get(result);
    if (to === undefined) continue;
    fetched.push([from, to]);
  }
  for (const [from, to] of fetched) s.move(reg(from), to);
  popOutputs(s, id, info);
  if (f.op[id] === Op.asmGoto) {
    s.emit('jmp', [{ kind: 'block', block: info.blocks[0] }], [0]);
  }
}

function add(plan: Plan, number: number, operand: Operand, role: number): void {
  plan.indexes[number] = plan.operands.length;
  plan.operands.push(operand);
  plan.roles.push(role);
}

function planOperand(
  s: Selector,
  info: AsmInfo,
  number: number,
  operand: AsmOperand,
  values: readonly number[],
  plan: Plan,
): void {
  const value = values[operand.input];
  const constant = acceptedConstant(s, operand, value);
  if (constant) {
    add(plan, number, constant, 0);
    return;
  }
  switch (operand.kind) {
    case 'memory':
      add(plan, number, s.address(value), USE);
      break;
    case 'immediate':
      s.services.report('C9003', info.span, `operand ${number} of this asm is no constant`);
      add(plan, number, imm(0), 0);
      break;
    case 'x87':
      plan.indexes[number] = -1;
      break;
    case 'fixed':
      planFixed(s, number, operand, values, plan);
      break;
    default:
      planRegister(s, info, number, operand, values, plan);
  }
}

/** A value that has turned out to be constant, where the constraint has room for it. */
function acceptedConstant(s: Selector, operand: AsmOperand, value: number): Operand | undefined {
  if (operand.kind !== 'immediate' && operand.accepts === '') return undefined;
  if (operand.output >= 0 || operand.isPair || operand.matches >= 0) return undefined;
  const constant = s.immediate(value);
  if (!constant || operand.kind === 'immediate') return constant;
  const number = s.f.isConst(value) ? s.f.a[value] : undefined;
  return acceptsConstant(operand.accepts, number) ? constant : undefined;
}

function planFixed(
  s: Selector,
  number: number,
  operand: AsmOperand,
  values: readonly number[],
  plan: Plan,
): void {
  const registers = operand.isPair ? [operand.register, EDX] : [operand.register];
  registers.forEach((register, i) => {
    if (operand.input >= 0) {
      const value = values[operand.input + i];
      plan.before.push([s.immediate(value) ?? s.use(value), register]);
    }
    if (operand.output >= 0) plan.after.push([register, operand.output + i]);
  });
  const role = (operand.input >= 0 ? USE : 0) | (operand.output >= 0 ? DEF : 0);
  const early = operand.isEarlyClobber ? EARLY : 0;
  add(plan, number, reg(operand.register, Math.min(operand.size, 4)), role | early);
  if (operand.isPair) {
    plan.operands.push(reg(EDX));
    plan.roles.push(role | early);
  }
}

/** A register of the allocator's choice; a matching input shares its output's and is changed in place. */
function planRegister(
  s: Selector,
  info: AsmInfo,
  number: number,
  operand: AsmOperand,
  values: readonly number[],
  plan: Plan,
): void {
  const size = Math.min(operand.size, 4);
  const isByte = operand.kind === 'byte-register';
  const count = operand.isPair ? 2 : 1;
  if (operand.matches >= 0 && info.operands[operand.matches].output >= 0) {
    const index = plan.indexes[operand.matches];
    plan.indexes[number] = index;
    for (let i = 0; i < count; i++) {
      const target = plan.operands[index + i];
      if (target.kind !== 'register') continue;
      plan.roles[index + i] |= USE;
      const value = values[operand.input + i];
      const from = s.immediate(value) ?? s.use(value);
      plan.before.push([from, target.register]);
    }
    return;
  }
  plan.indexes[number] = plan.operands.length;
  for (let i = 0; i < count; i++) {
    const register = s.m.newRegister();
    if (isByte) s.m.isByte.add(register);
    plan.operands.push(reg(register, size));
    if (operand.output >= 0) {
      plan.after.push([register, operand.output + i]);
      plan.roles.push(DEF | (operand.isEarlyClobber ? EARLY : 0));
    } else {
      s.useInto(values[operand.input + i], register);
      plan.roles.push(USE);
    }
  }
}

function pushInputs(s: Selector, info: AsmInfo, values: readonly number[]): void {
  const inputs = info.operands.filter((o) => o.kind === 'x87' && o.input >= 0);
  for (const operand of inputs.toSorted((x, y) => y.register - x.register)) {
    pushFloat(s, values[operand.input]);
  }
}
/** Takes the results off the x87 stack, and inputs that the text left there. */
function popOutputs(s: Selector, id: number, info: AsmInfo): void {
  const x87 = info.operands.filter((o) => o.kind === 'x87');
  if (x87.length === 0) return;
  const outputs = x87.filter((o) => o.output >= 0).toSorted((x, y) => x.register - y.register);
  const results = s.asmResults.get(id);
  for (const operand of outputs) {
    const slot = results?.get(operand.output);
    if (slot === undefined) s.emit('fstp', [{ kind: 'x87', register: 0 }], [0]);
    else s.emit('fstpt', [slotMemory(slot)], [USE]);
  }
  const inputs = x87.filter((o) => o.input >= 0).length;
  for (let left = inputs - outputs.length - info.popped; left > 0; left--) {
    s.emit('fstp', [{ kind: 'x87', register: 0 }], [0]);
  }
}
