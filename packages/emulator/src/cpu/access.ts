// Guest memory by linear address: the fast tables first, then translation, devices and accesses that cross pages. An
// access that faults has changed nothing: both pages of a crossing write are translated before the first byte goes out.
// `probeWrite` is for instructions that read, compute and write back: after it neither can fault.

import type { Cpu } from './cpu.ts';
import { translate } from './paging.ts';
import { AC_FAULT, raise } from './exceptions.ts';
import { AC } from './flags.ts';
import { CPL, CR0, EFLAGS } from './state-layout.ts';

const ALIGNMENT_MASK = 0x40000;

/** `linear` is any number whose low 32 bits count; results are signed 32 bits, or zero-extended when narrower. */
export function read32(cpu: Cpu, linear: number): number {
  const e = cpu.readTable[linear >>> 12];
  if (((e | linear) & 3) === 0) return cpu.memory.i32[(e ^ linear) >>> 2];
  return readSlow(cpu, linear, 4, cpu.r[CPL] === 3);
}

export function read16(cpu: Cpu, linear: number): number {
  const e = cpu.readTable[linear >>> 12];
  if (((e | linear) & 1) === 0) return cpu.memory.u16[(e ^ linear) >>> 1];
  return readSlow(cpu, linear, 2, cpu.r[CPL] === 3);
}

export function read8(cpu: Cpu, linear: number): number {
  const e = cpu.readTable[linear >>> 12];
  if ((e & 1) === 0) return cpu.memory.u8[(e ^ linear) >>> 0];
  return readSlow(cpu, linear, 1, cpu.r[CPL] === 3);
}

export function write32(cpu: Cpu, linear: number, value: number): void {
  const e = cpu.writeTable[linear >>> 12];
  if (((e | linear) & 3) === 0) cpu.memory.i32[(e ^ linear) >>> 2] = value;
  else writeSlow(cpu, linear, 4, value, cpu.r[CPL] === 3);
}

export function write16(cpu: Cpu, linear: number, value: number): void {
  const e = cpu.writeTable[linear >>> 12];
  if (((e | linear) & 1) === 0) cpu.memory.u16[(e ^ linear) >>> 1] = value;
  else writeSlow(cpu, linear, 2, value, cpu.r[CPL] === 3);
}

export function write8(cpu: Cpu, linear: number, value: number): void {
  const e = cpu.writeTable[linear >>> 12];
  if ((e & 1) === 0) cpu.memory.u8[(e ^ linear) >>> 0] = value;
  else writeSlow(cpu, linear, 1, value, cpu.r[CPL] === 3);
}

/** By size in bytes, at the current privilege. */
export function readSize(cpu: Cpu, linear: number, size: number): number {
  if (size === 4) return read32(cpu, linear);
  return size === 2 ? read16(cpu, linear) : read8(cpu, linear);
}

export function writeSize(cpu: Cpu, linear: number, size: number, value: number): void {
  if (size === 4) write32(cpu, linear, value);
  else if (size === 2) write16(cpu, linear, value);
  else write8(cpu, linear, value);
}

/** Descriptor tables and task states are read and written as the supervisor, whatever CPL is. */
export function readSystem(cpu: Cpu, linear: number, size: number): number {
  return readSlow(cpu, linear, size, false);
}

export function writeSystem(cpu: Cpu, linear: number, size: number, value: number): void {
  writeSlow(cpu, linear, size, value, false);
}

/** Misaligned accesses never take the fast path, so that #AC costs nothing: ring 3 with CR0.AM and EFLAGS.AC set. */
export function checkAlignment(cpu: Cpu, linear: number, size: number): void {
  const { r } = cpu;
  if ((r[EFLAGS] & AC) === 0 || (r[CR0] & ALIGNMENT_MASK) === 0 || r[CPL] !== 3) return;
  const alignment = size === 10 ? 8 : size;
  if ((linear & (alignment - 1)) !== 0) raise(cpu, AC_FAULT, 0, 'the access is not aligned');
}

/** Faults now where a write of `size` bytes would. */
export function probeWrite(cpu: Cpu, linear: number, size: number): void {
  const e = cpu.writeTable[linear >>> 12];
  if (((e | linear) & (size - 1)) === 0 && (e & 1) === 0) return;
  const isUser = cpu.r[CPL] === 3;
  checkAlignment(cpu, linear, size);
  translate(cpu, linear, true, isUser);
  const second = (linear | 0xfff) + 1;
  if ((linear & 0xfff) + size > 0x1000) translate(cpu, second | 0, true, isUser);
}

/** Faults now where a read of `size` bytes would. */
export function probeRead(cpu: Cpu, linear: number, size: number): void {
  const isUser = cpu.r[CPL] === 3;
  translate(cpu, linear, false, isUser);
  const second = (linear | 0xfff) + 1;
  if ((linear & 0xfff) + size > 0x1000) translate(cpu, second | 0, false, isUser);
}

function readSlow(cpu: Cpu, linear: number, size: number, isUser: boolean): number {
  const { memory, tlb } = cpu;
  if (isUser) checkAlignment(cpu, linear, size);
  const first = translate(cpu, linear, false, isUser);
  let value: number;
  if ((linear & 0xfff) + size <= 0x1000) {
    value = memory.read(first, size);
  } else {
    const head = 0x1000 - (linear & 0xfff);
    const second = translate(cpu, (linear + head) | 0, false, isUser);
    value = 0;
    for (let i = 0; i < size; i++) {
      value |= memory.read(i < head ? first + i : second + i - head, 1) << (i * 8);
    }
  }
  if (tlb.watchedPages.size > 0) noteAccess(cpu, linear, size, false);
  return size === 4 ? value | 0 : value;
}

function writeSlow(cpu: Cpu, linear: number, size: number, value: number, isUser: boolean): void {
  const { memory, tlb } = cpu;
  if (isUser) checkAlignment(cpu, linear, size);
  const first = translate(cpu, linear, true, isUser);
  if ((linear & 0xfff) + size <= 0x1000) {
    memory.write(first, size, value);
  } else {
    const head = 0x1000 - (linear & 0xfff);
    const second = translate(cpu, (linear + head) | 0, true, isUser);
    for (let i = 0; i < size; i++) {
      memory.write(i < head ? first + i : second + i - head, 1, (value >>> (i * 8)) & 0xff);
    }
  }
  if (tlb.watchedPages.size > 0) noteAccess(cpu, linear, size, true);
}

function noteAccess(cpu: Cpu, linear: number, size: number, isWrite: boolean): void {
  const page = linear >>> 12;
  const last = ((linear + size - 1) | 0) >>> 12;
  const { watchedPages } = cpu.tlb;
  if (watchedPages.has(page) || watchedPages.has(last)) {
    cpu.host.watchHit(cpu, linear >>> 0, size, isWrite);
  }
}
