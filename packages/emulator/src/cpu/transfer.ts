// Far control transfers: JMP, CALL and RET between segments, through call gates and tasks, INT n and IRET
// (SDM vol. 2 under each; vol. 3, 5.8).

import { readSize } from './access.ts';
import type { Cpu } from './cpu.ts';
import { NP, TS, generalProtection, raise } from './exceptions.ts';
import * as F from './flags.ts';
import { deliver, innerStack } from './interrupts.ts';
import * as P from './operands.ts';
import { type Handler, LEAVE, NEXT, W_DISP, W_IMM } from './record.ts';
import * as G from './segments.ts';
import { checkTarget } from './stack.ts';
import { StackWriter } from './stack-writer.ts';
import * as S from './state-layout.ts';
import { returnFromTask, switchTask } from './task.ts';

type Descriptor = G.Descriptor;

function checkOffset(cpu: Cpu, d: Descriptor, eip: number): void {
  if (eip >>> 0 > d.limit >>> 0) generalProtection(cpu, 'the target is beyond its segment');
}

function realTransfer(cpu: Cpu, selector: number, eip: number): number {
  checkTarget(cpu, eip);
  G.setRealSegment(cpu, S.CS, selector);
  cpu.r[S.EIP] = eip;
  cpu.updateMode();
  return LEAVE;
}

/** JMP or CALL straight to a code segment keeps the privilege level. */
function checkDirect(cpu: Cpu, d: Descriptor): void {
  const level = cpu.r[S.CPL];
  const fits = G.isConforming(d)
    ? d.level <= level
    : (d.selector & 3) <= level && d.level === level;
  if (!fits) generalProtection(cpu, 'the code segment needs another privilege', d.selector);
  checkPresent(cpu, d);
}

function checkPresent(cpu: Cpu, d: Descriptor): void {
  if (!d.isPresent) raise(cpu, NP, d.selector & 0xfffc, 'the segment is not present');
}

const TSS_TYPES = [1, 9];
const CALL_GATES = [4, 12];
const TASK_GATE = 5;

function checkGate(cpu: Cpu, d: Descriptor): void {
  const level = Math.max(cpu.r[S.CPL], d.selector & 3);
  if (d.level < level) generalProtection(cpu, 'the gate is not for this privilege', d.selector);
  checkPresent(cpu, d);
}

function taskTarget(cpu: Cpu, d: Descriptor): number {
  checkGate(cpu, d);
  return d.type === TASK_GATE ? d.low >>> 16 : d.selector;
}

/** The code segment and offset behind a call gate. */
function gateTarget(cpu: Cpu, gate: Descriptor): { code: Descriptor; eip: number } {
  checkGate(cpu, gate);
  const selector = gate.low >>> 16;
  if ((selector & 0xfffc) === 0) generalProtection(cpu, 'the gate has a null selector');
  const code = G.readDescriptor(cpu, selector);
  if (!G.isCode(code) || code.level > cpu.r[S.CPL]) {
    generalProtection(cpu, 'the gate leads to no code segment', selector);
  }
  checkPresent(cpu, code);
  const is32 = gate.type === 12;
  const eip = is32 ? (gate.high & 0xffff0000) | (gate.low & 0xffff) : gate.low & 0xffff;
  return { code, eip };
}

function readTarget(cpu: Cpu, selector: number): Descriptor {
  if ((selector & 0xfffc) === 0) generalProtection(cpu, 'a far transfer to a null selector');
  return G.readDescriptor(cpu, selector);
}

function isSystem(d: Descriptor, types: readonly number[]): boolean {
  return !d.isSegment && types.includes(d.type);
}

export function farJump(cpu: Cpu, selector: number, eip: number): number {
  if (!G.usesDescriptors(cpu)) return realTransfer(cpu, selector, eip);
  const d = readTarget(cpu, selector);
  if (G.isCode(d)) {
    checkDirect(cpu, d);
    checkOffset(cpu, d, eip);
    G.setCode(cpu, selector, d, cpu.r[S.CPL]);
    cpu.r[S.EIP] = eip;
  } else if (isSystem(d, CALL_GATES)) {
    const { code, eip: target } = gateTarget(cpu, d);
    if (!G.isConforming(code) && code.level !== cpu.r[S.CPL]) {
      generalProtection(cpu, 'JMP through a gate keeps the privilege', code.selector);
    }
    checkOffset(cpu, code, target);
    G.setCode(cpu, code.selector, code, cpu.r[S.CPL]);
    cpu.r[S.EIP] = target;
  } else if (isSystem(d, [...TSS_TYPES, TASK_GATE])) {
    switchTask(cpu, taskTarget(cpu, d), 'jump', 0);
  } else generalProtection(cpu, 'a far jump to what is neither code nor gate', selector);
  cpu.updateMode();
  return LEAVE;
}

export function farCall(cpu: Cpu, selector: number, eip: number, size: number): number {
  const { r } = cpu;
  const stack = new StackWriter(cpu);
  if (!G.usesDescriptors(cpu)) {
    checkTarget(cpu, eip);
    pushReturn(cpu, stack, size);
    stack.commit();
    return realTransfer(cpu, selector, eip);
  }
  const d = readTarget(cpu, selector);
  if (G.isCode(d)) {
    checkDirect(cpu, d);
    pushReturn(cpu, stack, size);
    checkOffset(cpu, d, eip);
    G.setCode(cpu, selector, d, r[S.CPL]);
    stack.commit();
    r[S.EIP] = eip;
  } else if (isSystem(d, CALL_GATES)) callGate(cpu, d);
  else if (isSystem(d, [...TSS_TYPES, TASK_GATE])) {
    switchTask(cpu, taskTarget(cpu, d), 'call', 0);
  } else generalProtection(cpu, 'a far call to what is neither code nor gate', selector);
  cpu.updateMode();
  return LEAVE;
}

function pushReturn(cpu: Cpu, stack: StackWriter, size: number): void {
  stack.push(cpu.r[S.SELECTOR + S.CS], size);
  stack.push(cpu.r[S.EIP], size);
}

function callGate(cpu: Cpu, gate: Descriptor): void {
  const { r } = cpu;
  const { code, eip } = gateTarget(cpu, gate);
  const size = gate.type === 12 ? 4 : 2;
  const isInner = !G.isConforming(code) && code.level < r[S.CPL];
  checkOffset(cpu, code, eip);
  if (!isInner) {
    const stack = new StackWriter(cpu);
    pushReturn(cpu, stack, size);
    G.setCode(cpu, code.selector, code, r[S.CPL]);
    stack.commit();
    r[S.EIP] = eip;
    return;
  }
  const { selector, pointer } = innerStack(cpu, code.level, 0);
  const inner = G.stackDescriptor(cpu, selector, code.level, TS);
  const stack = new StackWriter(cpu, inner, pointer);
  stack.push(r[S.SELECTOR + S.SS], size);
  stack.push(r[S.ESP], size);
  const outer = new StackWriter(cpu);
  for (let i = (gate.high & 31) - 1; i >= 0; i--) {
    const offset = (r[S.ESP] + i * size) & outer.mask;
    const linear = P.segmentAddress(cpu, S.SS, offset, size, false);
    stack.push(readSize(cpu, linear, size), size);
  }
  pushReturn(cpu, stack, size);
  G.setSegment(cpu, S.SS, selector, inner);
  G.setCode(cpu, code.selector, code, code.level);
  stack.commit();
  r[S.EIP] = eip;
}

/** What RET and IRET check of the segment they return to. */
function returnTarget(cpu: Cpu, selector: number, eip: number): Descriptor {
  const d = readTarget(cpu, selector);
  const level = selector & 3;
  if (level < cpu.r[S.CPL]) generalProtection(cpu, 'a return to an inner privilege', selector);
  const fits = G.isCode(d) && (G.isConforming(d) ? d.level <= level : d.level === level);
  if (!fits) generalProtection(cpu, 'a return to no fitting code segment', selector);
  checkPresent(cpu, d);
  checkOffset(cpu, d, eip);
  return d;
}

function returnFar(cpu: Cpu, size: number, released: number): number {
  const { r } = cpu;
  const stack = new StackWriter(cpu);
  stack.peek(size, size);
  const eip = stack.pop(size);
  const selector = stack.pop(size) & 0xffff;
  if (!G.usesDescriptors(cpu)) {
    checkTarget(cpu, eip);
    stack.offset = (stack.offset + released) & stack.mask;
    stack.commit();
    return realTransfer(cpu, selector, eip);
  }
  const level = selector & 3;
  if (level !== r[S.CPL]) stack.peek(size + released, size);
  const d = returnTarget(cpu, selector, eip);
  stack.offset = (stack.offset + released) & stack.mask;
  if (level === r[S.CPL]) {
    G.setCode(cpu, selector, d, level);
    stack.commit();
  } else returnOuter(cpu, stack, d, size, released);
  r[S.EIP] = eip;
  cpu.updateMode();
  return LEAVE;
}

function returnOuter(
  cpu: Cpu,
  stack: StackWriter,
  code: Descriptor,
  size: number,
  released: number,
): void {
  const { r } = cpu;
  const level = code.selector & 3;
  const pointer = stack.pop(size);
  const selector = stack.pop(size) & 0xffff;
  const outer = G.stackDescriptor(cpu, selector, level, 13);
  G.setCode(cpu, code.selector, code, level);
  G.setSegment(cpu, S.SS, selector, outer);
  const next = new StackWriter(cpu, outer, (pointer + released) | 0);
  if (next.mask === -1 && size === 4) r[S.ESP] = (pointer + released) | 0;
  else next.commit();
  G.dropInnerSegments(cpu);
}

function operandWidth(cpu: Cpu, p: number): number {
  return P.isOperand32(cpu, p) ? 4 : 2;
}

export const retFar: Handler = (cpu, p) =>
  returnFar(cpu, operandWidth(cpu, p), cpu.code.records[p + W_IMM] & 0xffff);

export const jmpFar: Handler = (cpu, p) =>
  farJump(cpu, cpu.code.records[p + W_DISP], cpu.code.records[p + W_IMM]);

export const callFar: Handler = (cpu, p) =>
  farCall(cpu, cpu.code.records[p + W_DISP], cpu.code.records[p + W_IMM], operandWidth(cpu, p));

function farPointer(cpu: Cpu, p: number): { selector: number; offset: number } {
  const size = operandWidth(cpu, p);
  const segment = P.segmentOf(cpu, p);
  const at = P.effectiveOffset(cpu, p);
  const offset = readSize(cpu, P.segmentAddress(cpu, segment, at, size, false), size);
  const second = P.nextOffset(cpu, p, at, size);
  const linear = P.segmentAddress(cpu, segment, second, 2, false);
  return { offset, selector: readSize(cpu, linear, 2) };
}

export const jmpFarRm: Handler = (cpu, p) => {
  const { selector, offset } = farPointer(cpu, p);
  return farJump(cpu, selector, offset);
};

export const callFarRm: Handler = (cpu, p) => {
  const { selector, offset } = farPointer(cpu, p);
  return farCall(cpu, selector, offset, operandWidth(cpu, p));
};

/** LES, LDS, LSS, LFS, LGS. */
export function loadFarPointer(segment: number): Handler {
  return (cpu, p) => {
    const key = cpu.decodeKey;
    const { selector, offset } = farPointer(cpu, p);
    G.loadSegment(cpu, segment, selector);
    P.writeReg(cpu, p, operandWidth(cpu, p), offset);
    return cpu.decodeKey === key ? NEXT : LEAVE;
  };
}

function software(cpu: Cpu, vector: number): number {
  deliver(cpu, vector, 'software', -1);
  return LEAVE;
}

/** In virtual-8086 mode INT n needs IOPL 3. */
export const intImm: Handler = (cpu, p) => {
  const flags = cpu.r[S.EFLAGS];
  if ((flags & F.VM) !== 0 && (flags & F.IOPL) !== F.IOPL) {
    generalProtection(cpu, 'INT in virtual-8086 mode with IOPL below 3');
  }
  return software(cpu, cpu.code.records[p + W_IMM] & 0xff);
};

export const int3: Handler = (cpu) => software(cpu, 3);

export const into: Handler = (cpu) => ((cpu.flags & F.OF) !== 0 ? software(cpu, 4) : NEXT);

const REAL_MASK = 0x257fd5;

function setFlags(cpu: Cpu, value: number, mask: number): void {
  const flags = F.materialize(cpu.r);
  cpu.r[S.EFLAGS] = (flags & ~mask) | (value & mask) | 2;
}

/** Flags that IRET may change at a privilege level. */
function returnMask(cpu: Cpu, size: number): number {
  const { r } = cpu;
  let mask = F.ARITHMETIC | F.TF | F.DF | F.NT;
  if (size === 4) mask |= F.RF | F.AC | F.ID;
  if (r[S.CPL] <= (r[S.EFLAGS] & F.IOPL) >> 12) mask |= F.IF;
  if (r[S.CPL] === 0) mask |= F.IOPL;
  return mask;
}

export const iret: Handler = (cpu, p) => {
  const { r } = cpu;
  const size = operandWidth(cpu, p);
  r[S.NMI_BLOCKED] = 0;
  cpu.host.trace('iret', r[S.EIP] >>> 0, 0, 0);
  if (!G.usesDescriptors(cpu)) return returnReal(cpu, size);
  if ((F.readFlags(r) & F.NT) !== 0) {
    returnFromTask(cpu);
    cpu.updateMode();
    return LEAVE;
  }
  const stack = new StackWriter(cpu);
  stack.peek(size * 2, size);
  stack.peek(size, size);
  const eip = stack.pop(size);
  const selector = stack.pop(size) & 0xffff;
  const flags = stack.pop(size);
  if (size === 4 && (flags & F.VM) !== 0 && r[S.CPL] === 0) {
    return returnVirtual(cpu, stack, eip, selector, flags);
  }
  const d = returnTarget(cpu, selector, eip);
  const mask = returnMask(cpu, size);
  if ((selector & 3) === r[S.CPL]) {
    G.setCode(cpu, selector, d, r[S.CPL]);
    stack.commit();
  } else returnOuter(cpu, stack, d, size, 0);
  setFlags(cpu, flags, mask);
  r[S.EIP] = eip;
  cpu.updateMode();
  return LEAVE;
};

function returnReal(cpu: Cpu, size: number): number {
  const { r } = cpu;
  const isVirtual = (r[S.EFLAGS] & F.VM) !== 0;
  if (isVirtual && (r[S.EFLAGS] & F.IOPL) !== F.IOPL) {
    generalProtection(cpu, 'IRET in virtual-8086 mode with IOPL below 3');
  }
  const stack = new StackWriter(cpu);
  const eip = stack.pop(size);
  const selector = stack.pop(size) & 0xffff;
  const flags = stack.pop(size);
  checkTarget(cpu, eip);
  stack.commit();
  const mask = (size === 4 ? REAL_MASK : REAL_MASK & 0xffff) & (isVirtual ? ~F.IOPL : -1);
  setFlags(cpu, flags, mask);
  return realTransfer(cpu, selector, eip);
}

function returnVirtual(
  cpu: Cpu,
  stack: StackWriter,
  eip: number,
  selector: number,
  flags: number,
): number {
  const { r } = cpu;
  const pointer = stack.pop(4);
  const segments = [S.SS, S.ES, S.DS, S.FS, S.GS].map((s) => [s, stack.pop(4) & 0xffff] as const);
  setFlags(cpu, flags, (-1 & ~0x3f0000) | (F.RF | F.VM | F.AC | F.ID));
  r[S.CPL] = 3;
  G.setRealSegment(cpu, S.CS, selector);
  for (const [segment, value] of segments) G.setRealSegment(cpu, segment, value);
  r[S.ESP] = pointer;
  r[S.EIP] = eip & 0xffff;
  cpu.updateMode();
  return LEAVE;
}
