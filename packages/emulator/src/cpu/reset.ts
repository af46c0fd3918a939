// Power-on state of a processor (SDM vol. 3, table 9-1): real mode at F000:FFF0 with CS's base at the top of 4 GiB.

import type { Cpu } from './cpu.ts';
import * as S from './state-layout.ts';

const CPU_SIGNATURE = 0x653;

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
