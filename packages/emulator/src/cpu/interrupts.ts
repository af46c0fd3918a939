// Delivery of interrupts and exceptions through the interrupt table of real mode or the gates of protected mode, and
// what happens when delivery itself faults: the double fault, and the shutdown that is called triple fault
// (SDM vol. 3, chapter 6). State changes only after everything that can fault.

import { readSystem } from './access.ts';
import { type Cpu, FAULT, type FaultRecord } from './cpu.ts';
import { peekTranslation } from './paging.ts';
import { DF_ABORT, GP, NP, PF_FAULT, TS, exceptionName, raise } from './exceptions.ts';
import * as F from './flags.ts';
import { type Descriptor, isCode, isConforming, readDescriptor } from './segments.ts';
import { setCode, setRealSegment, setSegment, stackDescriptor } from './segments.ts';
import { StackWriter } from './stack-writer.ts';
import * as S from './state-layout.ts';
import { switchTask } from './task.ts';

/** How an interrupt came about: INT n, INT3, INTO; a fault; a trap after an instruction; a pin. */
export type Source = 'software' | 'exception' | 'trap' | 'external';

const TASK_GATE = 5;
const GATE_TYPES = [6, 7, 14, 15];

/** The image of EFLAGS that interrupts push: faults set RF, so that the instruction may be resumed. */
function pushedFlags(cpu: Cpu, source: Source, vector: number): number {
  const flags = F.readFlags(cpu.r);
  return source === 'exception' && vector !== DF_ABORT ? flags | F.RF : flags;
}

/** Delivers to the handler of `vector`; may itself fault. EIP is what the handler returns to. */
export function deliver(cpu: Cpu, vector: number, source: Source, errorCode: number): void {
  cpu.hasDelivered = true;
  if (source !== 'exception') cpu.host.trace('interrupt', vector, errorCode, cpu.r[S.EIP] >>> 0);
  if (!cpu.isProtected) deliverReal(cpu, vector);
  else deliverProtected(cpu, vector, source, errorCode);
  cpu.updateMode();
}

function deliverReal(cpu: Cpu, vector: number): void {
  const { r } = cpu;
  if (vector * 4 + 3 > r[S.IDT_LIMIT] >>> 0) {
    raise(cpu, GP, -1, `vector ${vector} is beyond the interrupt table`);
  }
  const entry = readSystem(cpu, (r[S.IDT_BASE] + vector * 4) | 0, 4);
  const flags = F.materialize(r);
  const stack = new StackWriter(cpu);
  stack.push(flags, 2);
  stack.push(r[S.SELECTOR + S.CS], 2);
  stack.push(r[S.EIP], 2);
  stack.commit();
  r[S.EFLAGS] = flags & ~(F.IF | F.TF | F.AC);
  setRealSegment(cpu, S.CS, entry >>> 16);
  r[S.EIP] = entry & 0xffff;
}

function deliverProtected(cpu: Cpu, vector: number, source: Source, errorCode: number): void {
  const { r } = cpu;
  const external = source === 'software' ? 0 : 1;
  const inTable = vector * 8 + 2 + external;
  if (vector * 8 + 7 > r[S.IDT_LIMIT] >>> 0) {
    raise(cpu, GP, inTable, `vector ${vector} is beyond the IDT`);
  }
  const address = (r[S.IDT_BASE] + vector * 8) | 0;
  const low = readSystem(cpu, address, 4);
  const high = readSystem(cpu, (address + 4) | 0, 4);
  const type = (high >>> 8) & 0x1f;
  if (type !== TASK_GATE && !GATE_TYPES.includes(type)) {
    raise(cpu, GP, inTable, `IDT entry ${vector} is no gate`);
  }
  if (source === 'software' && ((high >>> 13) & 3) < r[S.CPL]) {
    raise(cpu, GP, inTable, `gate ${vector} may not be used by INT at this privilege`);
  }
  if ((high & 0x8000) === 0) raise(cpu, NP, inTable, `IDT entry ${vector} is not present`);
  const selector = low >>> 16;
  if (type === TASK_GATE) {
    taskGate(cpu, selector, errorCode, external);
    return;
  }
  if ((selector & 0xfffc) === 0) raise(cpu, GP, external, `gate ${vector} has a null selector`);
  const code = readDescriptor(cpu, selector, GP, external);
  if (!isCode(code) || code.level > r[S.CPL]) {
    raise(cpu, GP, (selector & 0xfffc) | external, `gate ${vector} leads to no code segment`);
  }
  if (!code.isPresent) {
    raise(cpu, NP, (selector & 0xfffc) | external, `the code segment of gate ${vector} is absent`);
  }
  const offset = type >= 14 ? (high & 0xffff0000) | (low & 0xffff) : low & 0xffff;
  const gate = { code, offset, size: type >= 14 ? 4 : 2, isTrap: (type & 1) === 1, external };
  enterGate(cpu, gate, pushedFlags(cpu, source, vector), errorCode);
}

interface Gate {
  readonly code: Descriptor;
  readonly offset: number;
  /** Of the words pushed. */
  readonly size: number;
  readonly isTrap: boolean;
  readonly external: number;
}

function enterGate(cpu: Cpu, gate: Gate, flags: number, errorCode: number): void {
  const { r } = cpu;
  const { code, size } = gate;
  const isVirtual = (r[S.EFLAGS] & F.VM) !== 0;
  const isInner = !isConforming(code) && code.level < r[S.CPL];
  if (isVirtual && (!isInner || code.level !== 0)) {
    raise(
      cpu,
      GP,
      (code.selector & 0xfffc) | gate.external,
      'leaving virtual-8086 mode needs ring 0',
    );
  }
  let stack: StackWriter;
  let inner: Descriptor | undefined;
  if (isInner) {
    const { selector, pointer } = innerStack(cpu, code.level, gate.external);
    inner = stackDescriptor(cpu, selector, code.level, TS, gate.external);
    stack = new StackWriter(cpu, inner, pointer);
    if (isVirtual) {
      for (const s of [S.GS, S.FS, S.DS, S.ES]) stack.push(r[S.SELECTOR + s], size);
    }
    stack.push(r[S.SELECTOR + S.SS], size);
    stack.push(r[S.ESP], size);
  } else {
    stack = new StackWriter(cpu);
  }
  stack.push(flags, size);
  stack.push(r[S.SELECTOR + S.CS], size);
  stack.push(r[S.EIP], size);
  if (errorCode >= 0) stack.push(errorCode, size);
  if (gate.offset >>> 0 > code.limit >>> 0)
    raise(cpu, GP, gate.external, 'gate beyond its segment');
  F.materialize(r);
  if (inner !== undefined) setSegment(cpu, S.SS, inner.selector, inner);
  const level = isInner ? code.level : r[S.CPL];
  r[S.EFLAGS] &= ~(F.TF | F.NT | F.RF | F.VM | (gate.isTrap ? 0 : F.IF));
  setCode(cpu, code.selector, code, level);
  if (isVirtual) dropVirtualSegments(r);
  stack.commit();
  r[S.EIP] = gate.offset;
}

/** From virtual-8086 mode data segments are null in the handler. */
function dropVirtualSegments(r: Int32Array): void {
  for (const s of [S.ES, S.DS, S.FS, S.GS]) {
    r[S.SELECTOR + s] = r[S.SEGMENT_BASE + s] = r[S.SEGMENT_LIMIT + s] = 0;
    r[S.SEGMENT_ATTRIBUTES + s] = 0;
  }
}

/** SS:ESP of an inner level, from the task state segment. */
export function innerStack(
  cpu: Cpu,
  level: number,
  external: number,
): { selector: number; pointer: number } {
  const { r } = cpu;
  const is32 = (r[S.SEGMENT_ATTRIBUTES + S.TR] & 8) !== 0;
  const at = is32 ? 4 + level * 8 : 2 + level * 4;
  const base = r[S.SEGMENT_BASE + S.TR];
  if (at + (is32 ? 5 : 3) > r[S.SEGMENT_LIMIT + S.TR] >>> 0) {
    raise(cpu, TS, (r[S.SELECTOR + S.TR] & 0xfffc) | external, 'the TSS has no such stack');
  }
  const pointer = readSystem(cpu, (base + at) | 0, is32 ? 4 : 2);
  const selector = readSystem(cpu, (base + at + (is32 ? 4 : 2)) | 0, 2);
  return { selector, pointer };
}

function taskGate(cpu: Cpu, selector: number, errorCode: number, external: number): void {
  switchTask(cpu, selector, 'call', external);
  if (errorCode < 0) return;
  const is32 = (cpu.r[S.SEGMENT_ATTRIBUTES + S.TR] & 8) !== 0;
  const stack = new StackWriter(cpu);
  stack.push(errorCode, is32 ? 4 : 2);
  stack.commit();
}

function isContributory(vector: number): boolean {
  return vector === 0 || (vector >= TS && vector <= GP);
}

function record(cpu: Cpu, vector: number, errorCode: number): FaultRecord {
  const { r } = cpu;
  const linear = (r[S.EIP] + r[S.SEGMENT_BASE + S.CS]) | 0;
  const physical = peekTranslation(cpu, linear);
  return {
    vector,
    errorCode,
    cs: r[S.SELECTOR + S.CS],
    eip: r[S.EIP] >>> 0,
    cr2: r[S.CR2] >>> 0,
    bytes: physical === undefined ? new Uint8Array(0) : cpu.memory.copyOut(physical, 15),
    why: cpu.faultWhy,
    during: -1,
  };
}

/**
 * Delivers an interrupt, and whatever its delivery raises, as the processor's table of double faults says. False: the
 * processor shut down (triple fault); `faultHistory` tells how.
 */
export function deliverAll(cpu: Cpu, vector: number, source: Source, errorCode: number): boolean {
  let current = vector;
  let from = source;
  let code = errorCode;
  const hasHistory = source === 'exception' || source === 'trap';
  cpu.faultHistory = hasHistory ? [record(cpu, vector, errorCode)] : [];
  for (;;) {
    if (from === 'exception') cpu.host.trace('exception', current, code, cpu.r[S.EIP] >>> 0);
    try {
      deliver(cpu, current, from, code);
      return true;
    } catch (thrown) {
      if (thrown !== FAULT) throw thrown;
    }
    cpu.updateMode();
    const next = cpu.faultVector;
    cpu.faultHistory.push({ ...record(cpu, next, cpu.faultError), during: current });
    if (current === DF_ABORT) {
      cpu.r[S.ACTIVITY] = S.ACTIVITY_SHUTDOWN;
      return false;
    }
    const isFirstBad = from === 'exception' && (isContributory(current) || current === PF_FAULT);
    const isDouble =
      isFirstBad && (isContributory(next) || (current === PF_FAULT && next === PF_FAULT));
    from = 'exception';
    current = isDouble ? DF_ABORT : next;
    code = isDouble ? (cpu.isProtected ? 0 : -1) : cpu.faultError;
  }
}

function bytesText(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** Why a processor shut down, in lines: each exception, from which instruction, and why the next followed. */
export function explainShutdown(
  cpu: Cpu,
  symbolAt: (address: number) => string | undefined = () => undefined,
): string[] {
  const lines: string[] = [];
  const first = cpu.faultHistory[0];
  if (first === undefined) return ['shutdown without an exception'];
  const symbol = symbolAt(first.eip);
  const place = `${first.cs.toString(16).padStart(4, '0')}:${first.eip.toString(16).padStart(8, '0')}`;
  lines.push(`at ${place}${symbol === undefined ? '' : ` <${symbol}>`}: ${bytesText(first.bytes)}`);
  cpu.faultHistory.forEach((fault, i) => {
    const code = fault.errorCode < 0 ? '' : ` (error code 0x${fault.errorCode.toString(16)})`;
    const cr2 = fault.vector === PF_FAULT ? ` at address 0x${fault.cr2.toString(16)}` : '';
    const when = i === 0 ? '' : `delivering ${exceptionName(fault.during)}: `;
    lines.push(`${when}${exceptionName(fault.vector)}${code}${cr2}: ${fault.why}`);
  });
  return lines;
}
