// One processor: views of its state in the machine's memory, its TLB, and what it needs of the machine around it.
// Nothing here but the views, caches derived from the state, and the description of the fault being raised.

import type { TraceKind } from '../device.ts';
import type { Memory } from '../machine/memory.ts';
import type { CodeCache } from './code-cache.ts';
import * as S from './state-layout.ts';
import { Tlb } from './tlb.ts';
import { readFlags } from './flags.ts';

/** What a CPU asks of the machine. */
export interface CpuHost {
  portRead(cpu: Cpu, port: number, width: number): number;
  portWrite(cpu: Cpu, port: number, width: number, value: number): void;
  /** The vector of the interrupt that INTR announced. */
  acknowledge(cpu: Cpu): number;
  /** The tick that may be shown now: never less than one shown before. */
  observeTick(cpu: Cpu): number;
  setFerr(cpu: Cpu, level: number): void;
  /** IA32_APIC_BASE, low word; undefined: the machine has no local APICs. */
  apicBase(cpu: Cpu): number | undefined;
  /** False: no such value is possible. */
  setApicBase(cpu: Cpu, value: number): boolean;
  readonly isTracing: boolean;
  trace(kind: TraceKind, a: number, b: number, c: number): void;
  /** An address with a breakpoint is about to be executed; true stops the slice before it. */
  breakpointHit(cpu: Cpu, linear: number): boolean;
  /** A watched page was accessed; the machine decides whether to stop after this instruction. */
  watchHit(cpu: Cpu, linear: number, size: number, isWrite: boolean): void;
}

/** What was being delivered when a further exception came, for the explanation of a double or triple fault. */
export interface FaultRecord {
  readonly vector: number;
  /** -1: none. */
  readonly errorCode: number;
  readonly cs: number;
  readonly eip: number;
  readonly cr2: number;
  readonly bytes: Uint8Array;
  readonly why: string;
  /** The vector that was being delivered; -1: an instruction's own. */
  readonly during: number;
}

/** Thrown by an instruction that faults; the CPU's `fault` fields say which. One object: no stack trace is taken. */
export const FAULT: { readonly isFault: true } = { isFault: true };

export class Cpu {
  readonly index: number;
  readonly memory: Memory;
  readonly host: CpuHost;
  readonly code: CodeCache;
  readonly tlb: Tlb;
  readonly r: Int32Array;
  readonly r8: Uint8Array;
  readonly r16: Uint16Array;
  readonly f64: Float64Array;
  readonly u64: BigUint64Array;
  /** The fast tables of the current privilege level. */
  readTable: Int32Array;
  writeTable: Int32Array;
  /** Which set of decoded records fits: 1 code is 32-bit, 2 all segments are flat. */
  decodeKey = 0;
  /** Tick at which LEFT reaches zero. */
  sliceEnd = 0;
  /** Where this CPU's turn ends. */
  limitTick = 0;
  /** An interrupt or exception was delivered by the instruction itself (INT n). */
  hasDelivered = false;
  /** An instruction is being fetched: a fault now comes before its tick. */
  isLocating = false;
  /** Set by whatever wants the slice to end after the current instruction. */
  mustLeave = false;
  faultVector = 0;
  /** -1: the exception has none. */
  faultError = -1;
  /** In a few words, for explanations. */
  faultWhy = '';
  /** A breakpoint at this linear address has been reported, and is passed over once. */
  passedBreakpoint = -1;
  faultHistory: FaultRecord[] = [];
  /** Linear pages with data breakpoints of the debug registers, and with watchpoints of the host. */
  readonly debugPages: Set<number> = new Set();
  readonly hostPages: Set<number> = new Set();

  constructor(index: number, memory: Memory, code: CodeCache, host: CpuHost) {
    this.index = index;
    this.memory = memory;
    this.code = code;
    this.host = host;
    this.tlb = new Tlb(memory, index);
    const start = index * S.CPU_AREA_BYTES;
    this.r = new Int32Array(memory.buffer, start, S.CPU_AREA_BYTES / 4);
    this.r8 = new Uint8Array(memory.buffer, start, S.CPU_AREA_BYTES);
    this.r16 = new Uint16Array(memory.buffer, start, S.CPU_AREA_BYTES / 2);
    this.f64 = new Float64Array(memory.buffer, start, S.CPU_AREA_BYTES / 8);
    this.u64 = new BigUint64Array(memory.buffer, start, S.CPU_AREA_BYTES / 8);
    this.readTable = this.tlb.readSupervisor;
    this.writeTable = this.tlb.writeSupervisor;
  }

  /** Ticks that had passed when the current instruction began. */
  get tick(): number {
    return this.f64[S.TICK / 2];
  }

  set tick(value: number) {
    this.f64[S.TICK / 2] = value;
  }

  /** Ends the turn at `tick`, but not before the current instruction is over. For events scheduled while it runs. */
  shorten(tick: number): void {
    const soonest = Math.max(tick, this.sliceEnd - this.r[S.LEFT]);
    if (soonest < this.limitTick) this.limitTick = soonest;
    if (soonest < this.sliceEnd) {
      this.r[S.LEFT] -= this.sliceEnd - soonest;
      this.sliceEnd = soonest;
    }
  }

  get isProtected(): boolean {
    return (this.r[S.CR0] & 1) !== 0;
  }

  get flags(): number {
    return readFlags(this.r);
  }

  /** To be called when `debugPages` or `hostPages` changed. */
  updateWatchedPages(): void {
    const { watchedPages } = this.tlb;
    watchedPages.clear();
    for (const page of this.debugPages) watchedPages.add(page);
    for (const page of this.hostPages) watchedPages.add(page);
    this.tlb.flushFast();
  }

  /** To be called when CPL, CR0 or a segment changed: chooses tables and the set of decoded records. */
  updateMode(): void {
    const r = this.r;
    const isUser = r[S.CPL] === 3;
    this.readTable = isUser ? this.tlb.readUser : this.tlb.readSupervisor;
    this.writeTable = isUser ? this.tlb.writeUser : this.tlb.writeSupervisor;
    const is32 = (r[S.SEGMENT_ATTRIBUTES + S.CS] & 0x4000) !== 0 ? 1 : 0;
    let isFlat = is32 === 1 && r[S.SEGMENT_BASE + S.CS] === 0 && r[S.SEGMENT_LIMIT + S.CS] === -1;
    isFlat &&= isFlatData(r, S.DS) && isFlatData(r, S.ES) && isFlatData(r, S.SS);
    isFlat &&= (r[S.SEGMENT_ATTRIBUTES + S.SS] & 0x4000) !== 0;
    this.decodeKey = is32 | (isFlat ? 2 : 0);
  }
}

/** Base 0, limit 4 GiB - 1, present, writable, expand-up: no check can fail. */
function isFlatData(r: Int32Array, segment: number): boolean {
  const attributes = r[S.SEGMENT_ATTRIBUTES + segment];
  return (
    r[S.SEGMENT_BASE + segment] === 0 &&
    r[S.SEGMENT_LIMIT + segment] === -1 &&
    (attributes & 0x9e) === 0x92
  );
}
