// Looking at a machine and setting its state from outside: registers by name, memory by virtual and physical address,
// breakpoints and watchpoints. Reading has no side effects on the guest: no TLB entries, no device registers.

import type { CodeCache } from '../cpu/code-cache.ts';
import type { Cpu } from '../cpu/cpu.ts';
import { readFlags } from '../cpu/flags.ts';
import { peekTranslation } from '../cpu/paging.ts';
import * as S from '../cpu/state-layout.ts';
import type { Memory } from './memory.ts';

const PAGE = 4096;

export interface Watchpoint {
  /** Linear address and length in bytes. */
  readonly address: number;
  readonly length: number;
  readonly onRead: boolean;
  readonly onWrite: boolean;
}

const FIELDS = new Map(S.CPU_FIELDS.map((field) => [field.name, field]));

export abstract class Inspector {
  abstract readonly memory: Memory;
  abstract readonly cpus: readonly Cpu[];
  abstract readonly code: CodeCache;
  protected readonly breakpoints: Set<number> = new Set();
  private watchpoints: Watchpoint[] = [];

  protected abstract updateBreakpoints(): void;
  protected abstract watchpointHit(cpu: Cpu, address: number, isWrite: boolean): void;

  /** A register or other field of CPU_FIELDS by name, such as eax, eflags, cs, cs.base, cr3; unsigned. */
  register(name: string, cpu = 0): number {
    const { r, f64 } = this.cpus[cpu];
    const field = FIELDS.get(name);
    if (field === undefined) throw new Error(`no register is called ${name}`);
    if (field.type === 'f64') return f64[field.offset / 2];
    return (field.offset === S.EFLAGS ? readFlags(r) : r[field.offset]) >>> 0;
  }

  /** All registers by name. */
  registers(cpu = 0): Record<string, number> {
    return Object.fromEntries(S.CPU_FIELDS.map(({ name }) => [name, this.register(name, cpu)]));
  }

  /** Sets the register as it stands: a selector's hidden part is set by its own names. */
  setRegister(name: string, value: number, cpu = 0): void {
    const target = this.cpus[cpu];
    const field = FIELDS.get(name);
    if (field === undefined) throw new Error(`no register is called ${name}`);
    if (field.type === 'f64') target.f64[field.offset / 2] = value;
    else target.r[field.offset] = value;
    if (field.offset === S.EFLAGS) target.r[S.FLAG_KIND] = 0;
    if (['cr0', 'cr3', 'cr4'].includes(name)) target.tlb.flush(false);
    target.updateMode();
  }

  /** CS:EIP as a linear address. */
  linearEip(cpu: Cpu): number {
    return (cpu.r[S.EIP] + cpu.r[S.SEGMENT_BASE + S.CS]) >>> 0;
  }

  readPhysical(address: number, length: number): Uint8Array {
    return this.memory.copyOut(address, length);
  }

  /** Writes RAM; ROM and devices keep what they have. */
  writePhysical(address: number, bytes: Uint8Array): void {
    this.memory.copyIn(address, bytes);
  }

  /** The physical address behind a linear one as a CPU would see it now; undefined where unmapped. */
  translate(address: number, cpu = 0): number | undefined {
    return peekTranslation(this.cpus[cpu], address | 0);
  }

  /** By linear address; shorter where the mapping ends. */
  readVirtual(address: number, length: number, cpu = 0): Uint8Array {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const linear = (address + done) >>> 0;
      const physical = this.translate(linear, cpu);
      if (physical === undefined) break;
      const count = Math.min(length - done, PAGE - (linear % PAGE));
      bytes.set(this.memory.copyOut(physical, count), done);
      done += count;
    }
    return bytes.subarray(0, done);
  }

  /** By linear address; answers how many bytes found a mapping. Page protection does not bind debuggers. */
  writeVirtual(address: number, bytes: Uint8Array, cpu = 0): number {
    let done = 0;
    while (done < bytes.length) {
      const linear = (address + done) >>> 0;
      const physical = this.translate(linear, cpu);
      if (physical === undefined) break;
      const count = Math.min(bytes.length - done, PAGE - (linear % PAGE));
      this.memory.copyIn(physical, bytes.subarray(done, done + count));
      done += count;
    }
    return done;
  }

  /** The run ends before an instruction at this linear address, on any CPU. */
  addBreakpoint(address: number): void {
    this.breakpoints.add(address >>> 0);
    this.updateBreakpoints();
  }

  removeBreakpoint(address: number): void {
    this.breakpoints.delete(address >>> 0);
    this.updateBreakpoints();
  }

  /** The run ends after an instruction that touches these bytes. */
  addWatchpoint(watchpoint: Watchpoint): void {
    this.setWatchpoints([...this.watchpoints, watchpoint]);
  }

  removeWatchpoint(address: number): void {
    this.setWatchpoints(this.watchpoints.filter((w) => w.address >>> 0 !== address >>> 0));
  }

  private setWatchpoints(watchpoints: Watchpoint[]): void {
    this.watchpoints = watchpoints;
    for (const cpu of this.cpus) {
      cpu.hostPages.clear();
      for (const { address, length } of watchpoints) {
        const last = (address + length - 1) >>> 12;
        for (let page = address >>> 12; page <= last; page++) cpu.hostPages.add(page);
      }
      cpu.updateWatchedPages();
    }
  }

  /** A CPU touched a page with a data breakpoint or watchpoint on it. */
  watchHit(cpu: Cpu, linear: number, size: number, isWrite: boolean): void {
    for (const watch of this.watchpoints) {
      const start = watch.address >>> 0;
      const isWanted = isWrite ? watch.onWrite : watch.onRead;
      if (isWanted && linear < start + watch.length && linear + size > start) {
        this.watchpointHit(cpu, linear, isWrite);
      }
    }
    noteDebugHits(cpu, linear, size, isWrite);
  }
}

/** Data breakpoints of DR0..DR3: remembered until the instruction is over. */
function noteDebugHits(cpu: Cpu, linear: number, size: number, isWrite: boolean): void {
  const { r } = cpu;
  for (let i = 0; i < 4; i++) {
    if (((r[S.DR7] >>> (i * 2)) & 3) === 0) continue;
    const kind = (r[S.DR7] >>> (16 + i * 4)) & 15;
    const isWanted = (kind & 3) === 3 || ((kind & 3) === 1 && isWrite);
    const length = [1, 2, 8, 4][kind >>> 2];
    const start = (r[S.DR0 + i] & ~(length - 1)) >>> 0;
    if (isWanted && linear < start + length && linear + size > start) {
      r[S.DEBUG_HITS] |= 1 << i;
      cpu.mustLeave = true;
    }
  }
}
