// One CPU's turn: between instructions it looks at interrupts, traps and halts; in between the interpreter runs. Ticks:
// one per instruction (the interpreter's), one per delivered interrupt or exception (this file's, or the faulting
// instruction's own).

import type { Cpu } from './cpu.ts';
import { DB, NMI } from './exceptions.ts';
import * as F from './flags.ts';
import { DONE, FAULTED, STOPPED, interpret } from './interpreter.ts';
import { deliverAll } from './interrupts.ts';
import { HANDLER_TABLE } from './opcodes.ts';
import * as S from './state-layout.ts';
import { warmUp } from './warm-up.ts';

const SINGLE_STEP = 0x4000;
const ANY_BREAKPOINT = 0xff;

/** Whether V8 has been shown the interpreter; no machine can tell. */
let isWarm = false;

/** Whether an interrupt or NMI is there that this CPU would take now. */
export function hasInterrupt(cpu: Cpu): boolean {
  const { r } = cpu;
  if (r[S.NMI_PENDING] !== 0 && r[S.NMI_BLOCKED] === 0) return true;
  return r[S.INTR] !== 0 && (r[S.EFLAGS] & F.IF) !== 0;
}

/** Delivers the most urgent interrupt. False: the processor shut down. */
function takeInterrupt(cpu: Cpu): boolean {
  const { r } = cpu;
  r[S.ACTIVITY] = S.ACTIVITY_RUNNING;
  // Devices asked by the acknowledge cycle see the tick at which it begins.
  cpu.sliceEnd = cpu.tick;
  cpu.tick += 1;
  r[S.LEFT] = -1;
  if (r[S.NMI_PENDING] !== 0 && r[S.NMI_BLOCKED] === 0) {
    r[S.NMI_PENDING] = 0;
    r[S.NMI_BLOCKED] = 1;
    return deliverAll(cpu, NMI, 'external', -1);
  }
  return deliverAll(cpu, cpu.host.acknowledge(cpu), 'external', -1);
}

/** Bits of DR6 for instruction breakpoints at EIP; 0: none. */
function instructionBreakpoints(cpu: Cpu): number {
  const { r } = cpu;
  const linear = (r[S.EIP] + r[S.SEGMENT_BASE + S.CS]) | 0;
  let hits = 0;
  for (let i = 0; i < 4; i++) {
    const isEnabled = ((r[S.DR7] >>> (i * 2)) & 3) !== 0;
    const isExecute = ((r[S.DR7] >>> (16 + i * 4)) & 3) === 0;
    if (isEnabled && isExecute && r[S.DR0 + i] === linear) hits |= 1 << i;
  }
  return hits;
}

/** A trap after an instruction: its tick is its own. */
function debugTrap(cpu: Cpu, bits: number): boolean {
  cpu.r[S.DR6] |= bits;
  cpu.tick += 1;
  cpu.faultWhy = (bits & SINGLE_STEP) !== 0 ? 'a single step' : 'a data breakpoint';
  return deliverAll(cpu, DB, 'trap', -1);
}

/** Runs instructions for at most `ticks`; the CPU's tick is right afterwards. */
function execute(cpu: Cpu, ticks: number): number {
  cpu.sliceEnd = cpu.tick + ticks;
  cpu.r[S.LEFT] = ticks;
  const result = interpret(cpu, HANDLER_TABLE);
  cpu.tick = cpu.sliceEnd - cpu.r[S.LEFT];
  return result;
}

/** One instruction, where something may have to happen right after it. */
function executeCarefully(cpu: Cpu): boolean {
  const { r } = cpu;
  const isResumed = (r[S.EFLAGS] & F.RF) !== 0;
  if (!isResumed && (r[S.DR7] & ANY_BREAKPOINT) !== 0) {
    const hits = instructionBreakpoints(cpu);
    if (hits !== 0) {
      r[S.DR6] |= hits;
      cpu.tick += 1;
      cpu.faultWhy = 'an instruction breakpoint';
      return deliverAll(cpu, DB, 'exception', -1);
    }
  }
  r[S.EFLAGS] &= ~F.RF;
  const isStepping = (r[S.EFLAGS] & F.TF) !== 0;
  const wasInhibited = r[S.INHIBIT] !== 0;
  r[S.INHIBIT] = 0;
  cpu.hasDelivered = false;
  const result = execute(cpu, 1);
  if (result === FAULTED) return deliverFault(cpu);
  if (result === STOPPED) {
    r[S.INHIBIT] = wasInhibited ? 1 : 0;
    if (isResumed) r[S.EFLAGS] |= F.RF;
    return true;
  }
  const hits = r[S.DEBUG_HITS];
  r[S.DEBUG_HITS] = 0;
  const step = isStepping && !cpu.hasDelivered && r[S.INHIBIT] === 0 ? SINGLE_STEP : 0;
  return (hits | step) === 0 || debugTrap(cpu, hits | step);
}

function deliverFault(cpu: Cpu): boolean {
  cpu.r[S.DEBUG_HITS] = 0;
  if (cpu.isLocating) cpu.tick += 1;
  cpu.isLocating = false;
  return deliverAll(cpu, cpu.faultVector, 'exception', cpu.faultError);
}

/**
 * Runs a CPU until its tick reaches `cpu.limitTick`, it halts or shuts down, or the machine wants to stop. False: it shut
 * down; its `faultHistory` says why.
 */
export function runCpu(cpu: Cpu, shouldStop: () => boolean): boolean {
  const { r } = cpu;
  if (!isWarm) {
    isWarm = true;
    warmUp();
  }
  while (cpu.tick < cpu.limitTick && !shouldStop()) {
    if (r[S.INHIBIT] === 0 && hasInterrupt(cpu)) {
      if (!takeInterrupt(cpu)) return false;
      continue;
    }
    if (r[S.ACTIVITY] !== S.ACTIVITY_RUNNING) return r[S.ACTIVITY] !== S.ACTIVITY_SHUTDOWN;
    const isCareful =
      (r[S.EFLAGS] & (F.TF | F.RF)) !== 0 ||
      (r[S.DR7] & ANY_BREAKPOINT) !== 0 ||
      r[S.INHIBIT] !== 0;
    if (isCareful) {
      if (!executeCarefully(cpu)) return false;
      continue;
    }
    const result = execute(cpu, cpu.limitTick - cpu.tick);
    if (result === FAULTED && !deliverFault(cpu)) return false;
    if (result !== DONE && result !== FAULTED) return true;
  }
  return true;
}
