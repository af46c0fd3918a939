// Saving and restoring the x87: FSTENV, FLDENV, FSAVE, FRSTOR in their four layouts, FNINIT, FNCLEX, control and status
// words (SDM vol. 1, 8.1.10).

import { checkAlignment, probeRead, probeWrite, readSize, writeSize } from '../access.ts';
import type { Cpu } from '../cpu.ts';
import { VM } from '../flags.ts';
import {
  effectiveOffset,
  isOperand32,
  nextOffset,
  segmentAddress,
  segmentOf,
} from '../operands.ts';
import * as S from '../state-layout.ts';
import { tag, top, updateSummary } from './unit.ts';

const EXCEPTION_BITS = 0x80ff;
const ALL_MASKED = 0x3f;
const CONTROL_AT_INIT = 0x37f;
const CONTROL_BITS = 0x1f3f;
const CONTROL_FIXED = 0x40;
const REGISTER_BYTES = 10;
/** Registers lie on even addresses: with alignment checked they are accessed by words. */
const REGISTER_WORDS = [0, 1, 2, 3, 4];

export function initialize(cpu: Cpu): void {
  const { r } = cpu;
  r[S.FPU_CONTROL] = CONTROL_AT_INIT;
  r[S.FPU_STATUS] = 0;
  r[S.FPU_EMPTY] = 0xff;
  for (let word = S.FPU_IP; word <= S.FPU_OPCODE; word++) r[word] = 0;
  updateSummary(cpu);
}

export function clearExceptions(cpu: Cpu): void {
  cpu.r[S.FPU_STATUS] &= ~EXCEPTION_BITS;
  updateSummary(cpu);
}

export function loadControl(cpu: Cpu, value: number): void {
  cpu.r[S.FPU_CONTROL] = (value & CONTROL_BITS) | CONTROL_FIXED;
  updateSummary(cpu);
}

function isRealLayout(cpu: Cpu): boolean {
  return !cpu.isProtected || (cpu.r[S.EFLAGS] & VM) !== 0;
}

function tagWord(cpu: Cpu): number {
  let word = 0;
  for (let register = 7; register >= 0; register--) word = (word << 2) | tag(cpu, register);
  return word;
}

/** The seven words or dwords of the environment. */
function environment(cpu: Cpu, size: number): number[] {
  const { r } = cpu;
  const control = [r[S.FPU_CONTROL], r[S.FPU_STATUS], tagWord(cpu)];
  const ip = r[S.FPU_IP];
  const dp = r[S.FPU_DP];
  const opcode = r[S.FPU_OPCODE] & 0x7ff;
  const cs = r[S.FPU_CS] & 0xffff;
  const ds = r[S.FPU_DS] & 0xffff;
  const words = size === 4 ? control.map((word) => word | 0xffff0000) : control;
  if (!isRealLayout(cpu)) {
    if (size === 2) return [...words, ip, cs, dp, ds];
    return [...words, ip, cs | (opcode << 16), dp, ds | 0xffff0000];
  }
  const linearIp = (ip + cs * 16) | 0;
  const linearDp = (dp + ds * 16) | 0;
  if (size === 2) {
    const high = (linear: number): number => (linear >>> 4) & 0xf000;
    return [...words, linearIp, high(linearIp) | opcode, linearDp, high(linearDp)];
  }
  const low = (linear: number): number => (linear & 0xffff) | 0xffff0000;
  const high = (linear: number): number => (linear >>> 4) & 0xffff000;
  return [...words, low(linearIp), high(linearIp) | opcode, low(linearDp), high(linearDp)];
}

/** Where an image of `bytes` goes or comes from, `size` bytes at a time. Its first word is accessed first, then its last byte. */
function block(cpu: Cpu, p: number, bytes: number, size: number, isWrite: boolean): number {
  const segment = segmentOf(cpu, p);
  const offset = effectiveOffset(cpu, p);
  const probe = isWrite ? probeWrite : probeRead;
  const linear = segmentAddress(cpu, segment, offset, size, isWrite);
  checkAlignment(cpu, linear, size);
  probe(cpu, linear, size);
  const end = nextOffset(cpu, p, offset, bytes - 1);
  probe(cpu, segmentAddress(cpu, segment, end, 1, isWrite), 1);
  segmentAddress(cpu, segment, offset, bytes, isWrite);
  return linear;
}

function wordSize(cpu: Cpu, p: number): number {
  return isOperand32(cpu, p) ? 4 : 2;
}

function writeEnvironment(cpu: Cpu, linear: number, size: number): void {
  environment(cpu, size).forEach((word, i) => writeSize(cpu, (linear + i * size) | 0, size, word));
}

/** Then all exceptions are masked. */
export function storeEnvironment(cpu: Cpu, p: number): void {
  const size = wordSize(cpu, p);
  writeEnvironment(cpu, block(cpu, p, size * 7, size, true), size);
  cpu.r[S.FPU_CONTROL] |= ALL_MASKED;
  updateSummary(cpu);
}

function readEnvironment(cpu: Cpu, linear: number, size: number): void {
  const { r } = cpu;
  const words = [0, 1, 2, 3, 4, 5, 6].map((i) => readSize(cpu, (linear + i * size) | 0, size));
  const isReal = isRealLayout(cpu);
  r[S.FPU_STATUS] = words[1] & 0xffff;
  r[S.FPU_EMPTY] = 0;
  for (let register = 0; register < 8; register++) {
    if (((words[2] >>> (register * 2)) & 3) === 3) r[S.FPU_EMPTY] |= 1 << register;
  }
  if (isReal) {
    const shift = size === 4 ? 0xffff000 : 0xf000;
    r[S.FPU_IP] = (words[3] & 0xffff) | ((words[4] & shift) << 4);
    r[S.FPU_DP] = (words[5] & 0xffff) | ((words[6] & shift) << 4);
    r[S.FPU_CS] = r[S.FPU_DS] = 0;
    r[S.FPU_OPCODE] = words[4] & 0x7ff;
  } else {
    r[S.FPU_IP] = words[3];
    r[S.FPU_CS] = words[4] & 0xffff;
    r[S.FPU_DP] = words[5];
    r[S.FPU_DS] = words[6] & 0xffff;
    // The 16-bit layout has no opcode, and loading it forgets the last one (seen on AMD Zen 4).
    r[S.FPU_OPCODE] = size === 4 ? (words[4] >>> 16) & 0x7ff : 0;
  }
  loadControl(cpu, words[0]);
}

export function loadEnvironment(cpu: Cpu, p: number): void {
  const size = wordSize(cpu, p);
  readEnvironment(cpu, block(cpu, p, size * 7, size, false), size);
}

/** Environment and registers from ST(0); then as FNINIT. */
export function save(cpu: Cpu, p: number): void {
  const size = wordSize(cpu, p);
  const linear = block(cpu, p, size * 7 + 8 * REGISTER_BYTES, size, true);
  writeEnvironment(cpu, linear, size);
  for (let i = 0; i < 8; i++) {
    const at = S.FPU_REGISTER + ((top(cpu) + i) & 7) * 4;
    const to = (linear + size * 7 + i * REGISTER_BYTES) | 0;
    REGISTER_WORDS.forEach((word) => {
      writeSize(cpu, (to + word * 2) | 0, 2, cpu.r16[at * 2 + word]);
    });
  }
  initialize(cpu);
}

export function restore(cpu: Cpu, p: number): void {
  const size = wordSize(cpu, p);
  const linear = block(cpu, p, size * 7 + 8 * REGISTER_BYTES, size, false);
  readEnvironment(cpu, linear, size);
  for (let i = 0; i < 8; i++) {
    const at = S.FPU_REGISTER + ((top(cpu) + i) & 7) * 4;
    const from = (linear + size * 7 + i * REGISTER_BYTES) | 0;
    REGISTER_WORDS.forEach((word) => {
      cpu.r16[at * 2 + word] = readSize(cpu, (from + word * 2) | 0, 2);
    });
  }
}
