// PUSH, POP and what is built from them, and near branches.

import { probeWrite, readSize, writeSize } from './access.ts';
import type { Cpu } from './cpu.ts';
import { generalProtection } from './exceptions.ts';
import * as F from './flags.ts';
import * as P from './operands.ts';
import {
  type Handler,
  INFO_ADDRESS32,
  INFO_LENGTH_SHIFT,
  JUMP,
  NEXT,
  W_DISP,
  W_IMM,
  W_INFO,
} from './record.ts';
import { CS, EBP, ECX, EIP, ESP, SEGMENT_ATTRIBUTES, SEGMENT_LIMIT, SS } from './state-layout.ts';

/** SP or ESP, as SS's B bit says. */
export function stackMask(cpu: Cpu): number {
  return (cpu.r[SEGMENT_ATTRIBUTES + SS] & 0x4000) !== 0 ? -1 : 0xffff;
}

export function setStackPointer(cpu: Cpu, value: number): void {
  if (stackMask(cpu) === -1) cpu.r[ESP] = value;
  else cpu.r16[ESP * 2] = value;
}

export function push(cpu: Cpu, value: number, size: number): void {
  const offset = (cpu.r[ESP] - size) & stackMask(cpu);
  writeSize(cpu, P.segmentAddress(cpu, SS, offset, size, true), size, value);
  setStackPointer(cpu, offset);
}

/** The value `depth` bytes above the stack pointer, which stays. */
export function peekStack(cpu: Cpu, depth: number, size: number): number {
  const offset = (cpu.r[ESP] + depth) & stackMask(cpu);
  return readSize(cpu, P.segmentAddress(cpu, SS, offset, size, false), size);
}

export function addToStackPointer(cpu: Cpu, count: number): void {
  setStackPointer(cpu, (cpu.r[ESP] + count) & stackMask(cpu));
}

function wordSize(cpu: Cpu, p: number): number {
  return P.isOperand32(cpu, p) ? 4 : 2;
}

export const pushReg: Handler = (cpu, p) => {
  const size = wordSize(cpu, p);
  push(cpu, P.readReg(cpu, p, size), size);
  return NEXT;
};

export const pushImm: Handler = (cpu, p) => {
  push(cpu, cpu.code.records[p + W_IMM], wordSize(cpu, p));
  return NEXT;
};

export const pushRm: Handler = (cpu, p) => {
  const size = wordSize(cpu, p);
  push(cpu, P.readRm(cpu, p, size), size);
  return NEXT;
};

export const popReg: Handler = (cpu, p) => {
  const size = wordSize(cpu, p);
  const value = peekStack(cpu, 0, size);
  addToStackPointer(cpu, size);
  P.writeReg(cpu, p, size, value);
  return NEXT;
};

/** An address based on ESP uses the value after the pop. */
export const popRm: Handler = (cpu, p) => {
  const size = wordSize(cpu, p);
  const value = peekStack(cpu, 0, size);
  const old = cpu.r[ESP];
  addToStackPointer(cpu, size);
  if (!P.isMemory(cpu, p)) {
    P.writeRm(cpu, p, size, value);
    return NEXT;
  }
  const next = cpu.r[ESP];
  const offset = P.effectiveOffset(cpu, p);
  cpu.r[ESP] = old;
  writeSize(cpu, P.segmentAddress(cpu, P.segmentOf(cpu, p), offset, size, true), size, value);
  cpu.r[ESP] = next;
  return NEXT;
};

export const pusha: Handler = (cpu, p) => {
  const size = wordSize(cpu, p);
  const mask = stackMask(cpu);
  const start = cpu.r[ESP];
  for (let i = 0; i < 8; i++) {
    const offset = (start - size * (i + 1)) & mask;
    writeSize(cpu, P.segmentAddress(cpu, SS, offset, size, true), size, cpu.r[i]);
  }
  setStackPointer(cpu, (start - size * 8) & mask);
  return NEXT;
};

export const popa: Handler = (cpu, p) => {
  const size = wordSize(cpu, p);
  const values = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => peekStack(cpu, i * size, size));
  addToStackPointer(cpu, size * 8);
  for (let i = 0; i < 8; i++) {
    if (i !== ESP) P.writeRegister(cpu, i, size, values[7 - i]);
  }
  return NEXT;
};

export const enter: Handler = (cpu, p) => {
  const { r } = cpu;
  const size = wordSize(cpu, p);
  const mask = stackMask(cpu);
  const level = cpu.code.records[p + W_DISP] & 31;
  const start = r[ESP];
  let offset = (start - size) & mask;
  const at = (o: number): number => P.segmentAddress(cpu, SS, o, size, true);
  writeSize(cpu, at(offset), size, r[EBP]);
  const frame = offset;
  for (let i = 1; i < level; i++) {
    const link = readSize(cpu, at((r[EBP] - size * i) & mask), size);
    offset = (offset - size) & mask;
    writeSize(cpu, at(offset), size, link);
  }
  if (level > 0) {
    offset = (offset - size) & mask;
    writeSize(cpu, at(offset), size, (start & ~mask) | frame);
  }
  offset = (offset - (cpu.code.records[p + W_IMM] & 0xffff)) & mask;
  probeWrite(cpu, at(offset), size);
  P.writeRegister(cpu, EBP, size, (start & ~mask) | frame);
  setStackPointer(cpu, offset);
  return NEXT;
};

export const leave: Handler = (cpu, p) => {
  const size = wordSize(cpu, p);
  const offset = cpu.r[EBP] & stackMask(cpu);
  const value = readSize(cpu, P.segmentAddress(cpu, SS, offset, size, false), size);
  setStackPointer(cpu, (offset + size) & stackMask(cpu));
  P.writeRegister(cpu, EBP, size, value);
  return NEXT;
};

/** Sets EIP for a near branch; #GP(0) beyond the limit of CS, before anything else has changed. */
export function checkTarget(cpu: Cpu, eip: number): void {
  if (eip >>> 0 > cpu.r[SEGMENT_LIMIT + CS] >>> 0) {
    generalProtection(cpu, 'the branch goes beyond the limit of CS');
  }
}

function branch(cpu: Cpu, eip: number): number {
  checkTarget(cpu, eip);
  cpu.r[EIP] = eip;
  return JUMP;
}

function relativeTarget(cpu: Cpu, p: number): number {
  const o = cpu.code.records;
  const info = o[p + W_INFO];
  const behind = (info & 0xfff) + ((info >>> INFO_LENGTH_SHIFT) & 15);
  const target = (cpu.r[EIP] - behind + o[p + W_DISP]) | 0;
  return P.isOperand32(cpu, p) ? target : target & 0xffff;
}

export const jmpRel: Handler = (cpu, p) => branch(cpu, relativeTarget(cpu, p));

export function jcc(code: number): Handler {
  return (cpu, p) => (F.condition(cpu.r, code) ? branch(cpu, relativeTarget(cpu, p)) : NEXT);
}

/** The stack is checked before the target. */
function call(cpu: Cpu, target: number, size: number): number {
  const offset = (cpu.r[ESP] - size) & stackMask(cpu);
  const linear = P.segmentAddress(cpu, SS, offset, size, true);
  probeWrite(cpu, linear, size);
  checkTarget(cpu, target);
  writeSize(cpu, linear, size, cpu.r[EIP]);
  setStackPointer(cpu, offset);
  cpu.r[EIP] = target;
  return JUMP;
}

export const callRel: Handler = (cpu, p) => {
  return call(cpu, relativeTarget(cpu, p), wordSize(cpu, p));
};

export const jmpRm: Handler = (cpu, p) => branch(cpu, P.readRm(cpu, p, wordSize(cpu, p)));

export const callRm: Handler = (cpu, p) => {
  const size = wordSize(cpu, p);
  return call(cpu, P.readRm(cpu, p, size), size);
};

export const ret: Handler = (cpu, p) => {
  const size = wordSize(cpu, p);
  const target = peekStack(cpu, 0, size);
  checkTarget(cpu, target);
  addToStackPointer(cpu, size + (cpu.code.records[p + W_IMM] & 0xffff));
  cpu.r[EIP] = target;
  return JUMP;
};

function counter(cpu: Cpu, p: number): number {
  return (cpu.code.records[p + W_INFO] & INFO_ADDRESS32) !== 0 ? cpu.r[ECX] : cpu.r16[ECX * 2];
}

/** LOOP, LOOPE, LOOPNE: `code` is the condition besides the count, -1 for none. */
export function loop(code: number): Handler {
  return (cpu, p) => {
    const is32 = (cpu.code.records[p + W_INFO] & INFO_ADDRESS32) !== 0;
    const left = is32 ? (cpu.r[ECX] - 1) | 0 : (cpu.r16[ECX * 2] - 1) & 0xffff;
    const isTaken = left !== 0 && (code < 0 || F.condition(cpu.r, code));
    const target = relativeTarget(cpu, p);
    if (isTaken) checkTarget(cpu, target);
    P.writeRegister(cpu, ECX, is32 ? 4 : 2, left);
    return isTaken ? branch(cpu, target) : NEXT;
  };
}

export const jecxz: Handler = (cpu, p) =>
  counter(cpu, p) === 0 ? branch(cpu, relativeTarget(cpu, p)) : NEXT;
