// The x87's state as instructions see it: the stack of eight registers, status and control words, and how an exception
// is reported (SDM vol. 1, chapter 8). An instruction computes first and then calls `report`; where that finds an
// exception that is not masked and that comes before the result, nothing is stored.

import type { Cpu } from '../cpu.ts';
import { MF, NM, raise } from '../exceptions.ts';
import * as S from '../state-layout.ts';
import {
  DENORMAL,
  type Ext,
  INDEFINITE,
  INVALID,
  Rounder,
  ZERO_DIVIDE,
  classify,
  makeExt,
} from './ext.ts';

export const STACK_FAULT = 0x40;
const ERROR_SUMMARY = 0x80;
export const C0 = 0x100;
export const C1 = 0x200;
export const C2 = 0x400;
export const C3 = 0x4000;
const BUSY = 0x8000;
const TOP_SHIFT = 11;
const EM = 4;
const TASK_SWITCHED = 8;
const MP = 2;
const NE = 0x20;
/** Exceptions found before anything is computed. */
const BEFORE = INVALID | DENORMAL | ZERO_DIVIDE;

export const rounder: Rounder = new Rounder();

/** #NM where the x87 is off or belongs to another task; #MF for an exception still pending. */
export function enter(cpu: Cpu, isWaiting: boolean): void {
  const { r } = cpu;
  if ((r[S.CR0] & (EM | TASK_SWITCHED)) !== 0) {
    raise(cpu, NM, -1, 'CR0.EM or CR0.TS is set');
  }
  if (isWaiting) checkPending(cpu);
}

export function checkPending(cpu: Cpu): void {
  const { r } = cpu;
  if ((r[S.FPU_STATUS] & ERROR_SUMMARY) === 0) return;
  if ((r[S.CR0] & NE) !== 0) raise(cpu, MF, -1, 'an x87 exception is pending');
}

/** FWAIT looks at CR0.MP too. */
export function enterWait(cpu: Cpu): void {
  const both = MP | TASK_SWITCHED;
  if ((cpu.r[S.CR0] & both) === both) raise(cpu, NM, -1, 'FWAIT with CR0.MP and CR0.TS set');
  checkPending(cpu);
}

/** Starts a computation: C1 clear, rounding as the control word says, no flags. */
export function begin(cpu: Cpu): Rounder {
  cpu.r[S.FPU_STATUS] &= ~C1;
  return beginKeepingC1(cpu);
}

/** For FCOMI and FCMOV and their kin, which leave C1 as it is unless the stack faults. */
export function beginKeepingC1(cpu: Cpu): Rounder {
  const control = cpu.r[S.FPU_CONTROL];
  rounder.mode = (control >>> 10) & 3;
  rounder.precision = [24, 64, 53, 64][(control >>> 8) & 3];
  rounder.masks = control & 0x3f;
  rounder.flags = 0;
  rounder.isRoundedUp = false;
  return rounder;
}

/** Sets ES and B by what is pending and not masked, and the FERR pin while CR0.NE is clear. */
export function updateSummary(cpu: Cpu): void {
  const { r } = cpu;
  const isPending = (r[S.FPU_STATUS] & ~r[S.FPU_CONTROL] & 0x3f) !== 0;
  if (isPending) r[S.FPU_STATUS] |= ERROR_SUMMARY | BUSY;
  else r[S.FPU_STATUS] &= ~(ERROR_SUMMARY | BUSY);
  const level = isPending && (r[S.CR0] & NE) === 0 ? 1 : 0;
  if (level !== r[S.FERR]) {
    r[S.FERR] = level;
    if (level === 1) cpu.host.setFerr(cpu, 1);
  }
}

/** Records the flags of a computation. False: an unmasked exception forbids storing the result. */
export function report(cpu: Cpu): boolean {
  const { r } = cpu;
  const { flags } = rounder;
  if (flags === 0) {
    if (rounder.isRoundedUp) r[S.FPU_STATUS] |= C1;
    return true;
  }
  const isHeld = (flags & BEFORE & ~r[S.FPU_CONTROL]) !== 0;
  r[S.FPU_STATUS] |= isHeld ? flags & (BEFORE | STACK_FAULT) : flags;
  if (!isHeld && rounder.isRoundedUp) r[S.FPU_STATUS] |= C1;
  updateSummary(cpu);
  return !isHeld;
}

/** A register that should be full is empty, or the reverse. False: the invalid exception is not masked. */
export function stackFault(cpu: Cpu, isOverflow: boolean): boolean {
  const { r } = cpu;
  r[S.FPU_STATUS] = (r[S.FPU_STATUS] & ~C1) | INVALID | STACK_FAULT | (isOverflow ? C1 : 0);
  updateSummary(cpu);
  return (r[S.FPU_CONTROL] & INVALID) !== 0;
}

export function top(cpu: Cpu): number {
  return (cpu.r[S.FPU_STATUS] >>> TOP_SHIFT) & 7;
}

export function setTop(cpu: Cpu, value: number): void {
  const { r } = cpu;
  r[S.FPU_STATUS] = (r[S.FPU_STATUS] & ~(7 << TOP_SHIFT)) | ((value & 7) << TOP_SHIFT);
}

function physical(cpu: Cpu, i: number): number {
  return (top(cpu) + i) & 7;
}

export function isEmpty(cpu: Cpu, i: number): boolean {
  return ((cpu.r[S.FPU_EMPTY] >>> physical(cpu, i)) & 1) !== 0;
}

/** A physical register, whatever its tag. */
export function readPhysical(cpu: Cpu, register: number): Ext {
  const at = S.FPU_REGISTER + register * 4;
  const high = cpu.r[at + 2];
  return makeExt((high >>> 15) & 1, high & 0x7fff, cpu.u64[at / 2]);
}

export function writePhysical(cpu: Cpu, register: number, x: Ext): void {
  const at = S.FPU_REGISTER + register * 4;
  cpu.u64[at / 2] = x.mantissa;
  cpu.r[at + 2] = (x.sign << 15) | x.exponent;
}

export function st(cpu: Cpu, i: number): Ext {
  return readPhysical(cpu, physical(cpu, i));
}

/** Writes ST(i), which is then full. */
export function setSt(cpu: Cpu, i: number, x: Ext): void {
  const register = physical(cpu, i);
  writePhysical(cpu, register, x);
  cpu.r[S.FPU_EMPTY] &= ~(1 << register);
}

export function free(cpu: Cpu, i: number): void {
  cpu.r[S.FPU_EMPTY] |= 1 << physical(cpu, i);
}

export function pop(cpu: Cpu): void {
  free(cpu, 0);
  setTop(cpu, top(cpu) + 1);
}

/** Pushes a value; the caller has seen to overflow. */
export function push(cpu: Cpu, x: Ext): void {
  setTop(cpu, top(cpu) - 1);
  setSt(cpu, 0, x);
}

/**
 * Pushes a value just loaded: with the stack's own fault, and the flags of the load. A denormal is loaded even where its
 * exception is not masked.
 */
export function pushLoaded(cpu: Cpu, x: Ext): void {
  if (!isEmpty(cpu, 7)) {
    if (stackFault(cpu, true)) push(cpu, INDEFINITE);
    return;
  }
  if (report(cpu) || rounder.flags === DENORMAL) push(cpu, x);
}

/** The two tag bits of a physical register, as FSTENV writes them: 0 valid, 1 zero, 2 special, 3 empty. */
export function tag(cpu: Cpu, register: number): number {
  if (((cpu.r[S.FPU_EMPTY] >>> register) & 1) !== 0) return 3;
  const kind = classify(readPhysical(cpu, register));
  if (kind === 'zero') return 1;
  return kind === 'normal' ? 0 : 2;
}

export function setConditions(cpu: Cpu, bits: number): void {
  const { r } = cpu;
  r[S.FPU_STATUS] = (r[S.FPU_STATUS] & ~(C0 | C1 | C2 | C3)) | bits;
}

/** Whether a function could not be computed, or only in part. */
export function setC2(cpu: Cpu, isSet: boolean): void {
  if (isSet) cpu.r[S.FPU_STATUS] |= C2;
  else cpu.r[S.FPU_STATUS] &= ~C2;
}
