// Hardware task switches (SDM vol. 3, chapter 7): by JMP, CALL, a task gate, or IRET with NT set. The 286's 16-bit task
// states are saved and loaded too. Up to the point where the new task's registers are loaded, faults belong to the old
// task; segment loads after it fault in the new one, with #TS.

import { probeWrite, readSystem, writeSystem } from './access.ts';
import type { Cpu } from './cpu.ts';
import { GP, NP, TS, raise } from './exceptions.ts';
import * as F from './flags.ts';
import * as G from './segments.ts';
import * as S from './state-layout.ts';

type Kind = 'jump' | 'call' | 'return';

const BUSY = 0x200;
const TSS32_LIMIT = 0x67;
const TSS16_LIMIT = 0x2b;
/** Byte offsets in a 32-bit task state; a 16-bit one has the same fields as words from OLD16. */
const CR3_AT = 0x1c;
const EIP_AT = 0x20;
const EIP16_AT = 0x0e;
const TS_FLAG = 8;
const LDT_AT = 0x60;
const LDT16_AT = 0x2a;

function selectTask(cpu: Cpu, selector: number, kind: Kind, extra: number): G.Descriptor {
  const vector = kind === 'return' ? TS : GP;
  const code = (selector & 0xfffc) | extra;
  if ((selector & 4) !== 0 || (selector & 0xfffc) === 0) {
    raise(cpu, vector, code, 'a task is named by a GDT selector');
  }
  const d = G.readDescriptor(cpu, selector, vector, extra);
  const wanted = kind === 'return' ? [3, 11] : [1, 9];
  if (d.isSegment || !wanted.includes(d.type)) {
    raise(cpu, vector, code, kind === 'return' ? 'the task is not busy' : 'not an available TSS');
  }
  if (!d.isPresent) raise(cpu, NP, code, 'the TSS is not present');
  const least = (d.type & 8) !== 0 ? TSS32_LIMIT : TSS16_LIMIT;
  if (d.limit >>> 0 < least) raise(cpu, TS, code, 'the TSS is too short');
  return d;
}

function saveTask(cpu: Cpu, flags: number): void {
  const { r } = cpu;
  const base = r[S.SEGMENT_BASE + S.TR];
  const is32 = (r[S.SEGMENT_ATTRIBUTES + S.TR] & 8) !== 0;
  const size = is32 ? 4 : 2;
  const start = is32 ? EIP_AT : EIP16_AT;
  probeWrite(cpu, base, is32 ? TSS32_LIMIT : TSS16_LIMIT);
  const values = [r[S.EIP], flags, ...r.subarray(S.EAX, S.EDI + 1)];
  for (let s = 0; s < (is32 ? 6 : 4); s++) values.push(r[S.SELECTOR + s]);
  values.forEach((value, i) => writeSystem(cpu, (base + start + i * size) | 0, size, value));
}

function setBusy(cpu: Cpu, selector: number, isBusy: boolean): void {
  const d = G.readDescriptor(cpu, selector);
  const high = isBusy ? d.high | BUSY : d.high & ~BUSY;
  writeSystem(cpu, (d.address + 4) | 0, 4, high);
}

/** Leaves the current task for the one whose TSS `selector` names. `extra` is the EXT bit of error codes. */
export function switchTask(cpu: Cpu, selector: number, kind: Kind, extra: number): void {
  const { r } = cpu;
  const next = selectTask(cpu, selector, kind, extra);
  const is32 = (next.type & 8) !== 0;
  const size = is32 ? 4 : 2;
  const start = is32 ? EIP_AT : EIP16_AT;
  const words: number[] = [];
  for (let i = 0; i < (is32 ? 16 : 14); i++) {
    words.push(readSystem(cpu, (next.base + start + i * size) | 0, size));
  }
  const ldt = readSystem(cpu, (next.base + (is32 ? LDT_AT : LDT16_AT)) | 0, 2);
  const cr3 = is32 ? readSystem(cpu, (next.base + CR3_AT) | 0, 4) : 0;
  const old = r[S.SELECTOR + S.TR];
  let flags = F.materialize(r);
  if (kind === 'return') flags &= ~F.NT;
  if (kind !== 'call') setBusy(cpu, old, false);
  saveTask(cpu, flags);
  if (kind === 'call') writeSystem(cpu, next.base, 2, old);
  if (kind !== 'return') setBusy(cpu, selector, true);
  cpu.host.trace('task-switch', old, selector, words[0] >>> 0);
  G.setSegment(cpu, S.TR, selector, { ...next, attributes: next.attributes | 2 });
  r[S.CR0] |= TS_FLAG;
  if (is32 && r[S.CR0] < 0) {
    r[S.CR3] = cr3;
    cpu.tlb.flush(true);
  }
  loadTask(cpu, words, ldt, kind === 'call', is32);
}

function loadTask(
  cpu: Cpu,
  words: readonly number[],
  ldt: number,
  isNested: boolean,
  is32: boolean,
): void {
  const { r } = cpu;
  const [eip, flags, ...rest] = words;
  r[S.EIP] = eip;
  r[S.EFLAGS] = flags | 2 | (isNested ? F.NT : 0);
  r[S.FLAG_KIND] = F.KIND_EXPLICIT;
  for (let i = 0; i < 8; i++) r[S.EAX + i] = rest[i];
  const selectors = [0, 1, 2, 3, 4, 5].map((s) => (is32 || s < 4 ? rest[8 + s] & 0xffff : 0));
  selectors.forEach((selector, s) => {
    r[S.SELECTOR + s] = selector;
    r[S.SEGMENT_ATTRIBUTES + s] = 0;
  });
  r[S.DR7] &= ~0x155;
  G.loadLocalTable(cpu, ldt, TS);
  if ((r[S.EFLAGS] & F.VM) !== 0) {
    r[S.CPL] = 3;
    selectors.forEach((selector, s) => G.setRealSegment(cpu, s, selector));
    return;
  }
  loadTaskSegments(cpu, selectors);
}

function loadTaskSegments(cpu: Cpu, selectors: readonly number[]): void {
  const { r } = cpu;
  const selector = selectors[S.CS];
  const level = selector & 3;
  r[S.CPL] = level;
  cpu.updateMode();
  G.loadStack(cpu, selectors[S.SS], level, TS);
  for (const s of [S.ES, S.DS, S.FS, S.GS]) G.loadData(cpu, s, selectors[s], TS);
  if ((selector & 0xfffc) === 0) raise(cpu, TS, 0, "the new task's CS is null");
  const code = G.readDescriptor(cpu, selector, TS);
  const fits =
    G.isCode(code) && (G.isConforming(code) ? code.level <= level : code.level === level);
  if (!fits) raise(cpu, TS, selector & 0xfffc, "the new task's CS is no fitting code segment");
  if (!code.isPresent) raise(cpu, NP, selector & 0xfffc, "the new task's CS is not present");
  G.setCode(cpu, selector, code, level);
  if (r[S.EIP] >>> 0 > code.limit >>> 0) raise(cpu, GP, 0, "the new task's EIP is beyond CS");
  cpu.updateMode();
}

/** IRET with NT set: back to the task whose selector stands first in this one's TSS. */
export function returnFromTask(cpu: Cpu): void {
  const link = readSystem(cpu, cpu.r[S.SEGMENT_BASE + S.TR], 2);
  switchTask(cpu, link, 'return', 0);
}
