// How handlers reach the operands of a record: registers of each size, memory with its segment's checks.

import type { Cpu } from './cpu.ts';
import { probeWrite, readSize, writeSize } from './access.ts';
import { SS_FAULT, GP, raise } from './exceptions.ts';
import {
  INFO_ADDRESS32,
  INFO_MEMORY,
  INFO_OPERAND32,
  INFO_SCALE_SHIFT,
  INFO_SEGMENT_SHIFT,
  INFO_SIZE_SHIFT,
  W_BASE,
  W_DISP,
  W_INDEX,
  W_INFO,
  W_REG,
  W_RM,
} from './record.ts';
import { SEGMENT_ATTRIBUTES, SEGMENT_BASE, SEGMENT_LIMIT, SS } from './state-layout.ts';

/** Operand size in bytes: 1, 2 or 4. */
export function operandSize(cpu: Cpu, p: number): number {
  return 1 << ((cpu.code.records[p + W_INFO] >>> INFO_SIZE_SHIFT) & 3);
}

/** The operand-size attribute of the instruction is 32 bits. */
export function isOperand32(cpu: Cpu, p: number): boolean {
  return (cpu.code.records[p + W_INFO] & INFO_OPERAND32) !== 0;
}

export function isMemory(cpu: Cpu, p: number): boolean {
  return (cpu.code.records[p + W_INFO] & INFO_MEMORY) !== 0;
}

export function segmentOf(cpu: Cpu, p: number): number {
  return (cpu.code.records[p + W_INFO] >>> INFO_SEGMENT_SHIFT) & 7;
}

/** Byte registers by byte offset, others by number; zero-extended, or signed 32 bits. */
export function readRegister(cpu: Cpu, register: number, size: number): number {
  if (size === 4) return cpu.r[register];
  return size === 2 ? cpu.r16[register << 1] : cpu.r8[register];
}

export function writeRegister(cpu: Cpu, register: number, size: number, value: number): void {
  if (size === 4) cpu.r[register] = value;
  else if (size === 2) cpu.r16[register << 1] = value;
  else cpu.r8[register] = value;
}

/** The offset that ModRM or moffs gives, cut to the address size. */
export function effectiveOffset(cpu: Cpu, p: number): number {
  const o = cpu.code.records;
  const info = o[p + W_INFO];
  const index = cpu.r[o[p + W_INDEX]] << (info >>> INFO_SCALE_SHIFT);
  const offset = (cpu.r[o[p + W_BASE]] + index + o[p + W_DISP]) | 0;
  return (info & INFO_ADDRESS32) !== 0 ? offset : offset & 0xffff;
}

/** The offset `by` bytes on, in 16-bit addresses round the end of 64 KiB. */
export function nextOffset(cpu: Cpu, p: number, offset: number, by: number): number {
  const next = (offset + by) | 0;
  return (cpu.code.records[p + W_INFO] & INFO_ADDRESS32) !== 0 ? next : next & 0xffff;
}

/** The linear address of `size` bytes at an offset of a segment; #GP(0) or #SS(0) where its checks fail. */
export function segmentAddress(
  cpu: Cpu,
  segment: number,
  offset: number,
  size: number,
  isWrite: boolean,
): number {
  const r = cpu.r;
  const attributes = r[SEGMENT_ATTRIBUTES + segment];
  const limit = r[SEGMENT_LIMIT + segment] >>> 0;
  const first = offset >>> 0;
  const last = first + size - 1;
  let isValid = (attributes & 0x80) !== 0;
  if ((attributes & 8) !== 0) isValid &&= !isWrite && (attributes & 2) !== 0;
  else isValid &&= !isWrite || (attributes & 2) !== 0;
  if ((attributes & 0xc) === 4) {
    isValid &&= first > limit && last <= ((attributes & 0x4000) !== 0 ? 0xffffffff : 0xffff);
  } else isValid &&= last <= limit || limit === 0xffffffff;
  if (!isValid) segmentViolation(cpu, segment, attributes);
  return (r[SEGMENT_BASE + segment] + offset) | 0;
}

function segmentViolation(cpu: Cpu, segment: number, attributes: number): never {
  const why = (attributes & 0x80) === 0 ? 'the segment is null' : 'outside what the segment allows';
  raise(cpu, segment === SS ? SS_FAULT : GP, 0, why);
}

/** Linear address of the record's memory operand. */
export function memoryAddress(cpu: Cpu, p: number, size: number, isWrite: boolean): number {
  return segmentAddress(cpu, segmentOf(cpu, p), effectiveOffset(cpu, p), size, isWrite);
}

export function readRm(cpu: Cpu, p: number, size: number): number {
  if (!isMemory(cpu, p)) return readRegister(cpu, cpu.code.records[p + W_RM], size);
  return readSize(cpu, memoryAddress(cpu, p, size, false), size);
}

export function writeRm(cpu: Cpu, p: number, size: number, value: number): void {
  if (!isMemory(cpu, p)) writeRegister(cpu, cpu.code.records[p + W_RM], size, value);
  else writeSize(cpu, memoryAddress(cpu, p, size, true), size, value);
}

/** Reads r/m for an instruction that will write it back: faults as a write would. */
export function readRmForWrite(cpu: Cpu, p: number, size: number): number {
  if (!isMemory(cpu, p)) return readRegister(cpu, cpu.code.records[p + W_RM], size);
  const linear = memoryAddress(cpu, p, size, true);
  probeWrite(cpu, linear, size);
  return readSize(cpu, linear, size);
}

export function readReg(cpu: Cpu, p: number, size: number): number {
  return readRegister(cpu, cpu.code.records[p + W_REG], size);
}

export function writeReg(cpu: Cpu, p: number, size: number, value: number): void {
  writeRegister(cpu, cpu.code.records[p + W_REG], size, value);
}
