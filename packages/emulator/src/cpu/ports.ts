// Port input and output, with the checks of protected mode: IOPL, then the task's permission bitmap (SDM vol. 1, 19.5).

import { readSystem } from './access.ts';
import type { Cpu } from './cpu.ts';
import { generalProtection } from './exceptions.ts';
import { IOPL, VM } from './flags.ts';
import { readRegister, writeRegister, operandSize } from './operands.ts';
import { type Handler, NEXT, W_IMM } from './record.ts';
import {
  CPL,
  EAX,
  EDX,
  EFLAGS,
  SEGMENT_ATTRIBUTES,
  SEGMENT_BASE,
  SEGMENT_LIMIT,
  TR,
} from './state-layout.ts';

const BITMAP_POINTER = 0x66;

/** #GP(0) where the current privilege may not access the port. */
export function checkPort(cpu: Cpu, port: number, width: number): void {
  if (!cpu.isProtected) return;
  const { r } = cpu;
  const isVirtual = (r[EFLAGS] & VM) !== 0;
  if (!isVirtual && r[CPL] <= (r[EFLAGS] & IOPL) >> 12) return;
  const is32 = (r[SEGMENT_ATTRIBUTES + TR] & 0xd) === 9;
  const limit = r[SEGMENT_LIMIT + TR] >>> 0;
  if (!is32 || limit < BITMAP_POINTER + 1) generalProtection(cpu, 'the task has no I/O bitmap');
  const base = r[SEGMENT_BASE + TR];
  const start = readSystem(cpu, (base + BITMAP_POINTER) | 0, 2);
  const at = start + (port >>> 3);
  if (at + 1 > limit) generalProtection(cpu, 'the port is beyond the I/O bitmap');
  const bits = readSystem(cpu, (base + at) | 0, 2) >>> (port & 7);
  if ((bits & ((1 << width) - 1)) !== 0) generalProtection(cpu, 'the I/O bitmap forbids the port');
}

function input(cpu: Cpu, p: number, port: number): number {
  const size = operandSize(cpu, p);
  checkPort(cpu, port, size);
  writeRegister(cpu, EAX, size, cpu.host.portRead(cpu, port, size));
  return NEXT;
}

function output(cpu: Cpu, p: number, port: number): number {
  const size = operandSize(cpu, p);
  checkPort(cpu, port, size);
  const value = readRegister(cpu, EAX, size);
  cpu.host.portWrite(cpu, port, size, value >>> 0);
  return NEXT;
}

export const inImm: Handler = (cpu, p) => input(cpu, p, cpu.code.records[p + W_IMM] & 0xff);
export const inDx: Handler = (cpu, p) => input(cpu, p, cpu.r[EDX] & 0xffff);
export const outImm: Handler = (cpu, p) => output(cpu, p, cpu.code.records[p + W_IMM] & 0xff);
export const outDx: Handler = (cpu, p) => output(cpu, p, cpu.r[EDX] & 0xffff);
