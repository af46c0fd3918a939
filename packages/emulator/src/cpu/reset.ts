// States in which a processor begins (SDM vol. 3, table 9-1): after power-on and INIT in real mode at F000:FFF0 with CS's
// base at the top of 4 GiB, after a start-up interrupt at the page that its vector names.

import type { Cpu } from './cpu.ts';
import * as S from './state-layout.ts';

const CPU_SIGNATURE = 0x653;
/** CR0.CD and CR0.NW. */
const CACHING = 0x60000000;

/** Everything but the clock. The first CPU runs, the others wait for a start-up interrupt. */
export function resetCpu(cpu: Cpu): void {
  const { r } = cpu;
  const tick = cpu.tick;
  r.fill(0);
  cpu.tick = tick;
  r[S.EIP] = 0xfff0;
  r[S.EFLAGS] = 2;
  r[S.EDX] = CPU_SIGNATURE;
  r[S.CR0] = 0x60000010;
  for (let segment = S.ES; segment <= S.GS; segment++) {
    r[S.SEGMENT_LIMIT + segment] = 0xffff;
    r[S.SEGMENT_ATTRIBUTES + segment] = 0x93;
  }
  r[S.SELECTOR + S.CS] = 0xf000;
  r[S.SEGMENT_BASE + S.CS] = 0xffff0000 | 0;
  r[S.SEGMENT_LIMIT + S.LDTR] = r[S.SEGMENT_LIMIT + S.TR] = 0xffff;
  r[S.SEGMENT_ATTRIBUTES + S.LDTR] = 0x82;
  r[S.SEGMENT_ATTRIBUTES + S.TR] = 0x8b;
  r[S.GDT_LIMIT] = r[S.IDT_LIMIT] = 0xffff;
  r[S.DR6] = 0xffff0ff0 | 0;
  r[S.DR7] = 0x400;
  r[S.FPU_CONTROL] = 0x40;
  r[S.FPU_EMPTY] = 0;
  r[S.ACTIVITY] = cpu.index === 0 ? S.ACTIVITY_RUNNING : S.ACTIVITY_PARKED;
  cpu.tlb.flush(false);
  cpu.debugPages.clear();
  cpu.updateWatchedPages();
  cpu.mustLeave = false;
  cpu.faultHistory = [];
  cpu.updateMode();
}

/** INIT: as power-on, but for the clock, the FPU and the caching bits of CR0. All but the first processor then wait. */
export function initCpu(cpu: Cpu): void {
  const { r } = cpu;
  const fpu = r.slice(S.FPU_CONTROL, S.FPU_REGISTER + 32);
  const caching = r[S.CR0] & CACHING;
  const tscOffset = cpu.f64[S.TSC_OFFSET / 2];
  resetCpu(cpu);
  r.set(fpu, S.FPU_CONTROL);
  r[S.CR0] = (r[S.CR0] & ~CACHING) | caching;
  cpu.f64[S.TSC_OFFSET / 2] = tscOffset;
}

/** A start-up interrupt (SDM vol. 3, 8.4.4): real mode at vector << 12. False: the processor did not wait for one. */
export function startCpu(cpu: Cpu, vector: number): boolean {
  const { r } = cpu;
  if (r[S.ACTIVITY] !== S.ACTIVITY_PARKED) return false;
  r[S.SELECTOR + S.CS] = vector << 8;
  r[S.SEGMENT_BASE + S.CS] = vector << 12;
  r[S.EIP] = 0;
  r[S.ACTIVITY] = S.ACTIVITY_RUNNING;
  cpu.updateMode();
  return true;
}
