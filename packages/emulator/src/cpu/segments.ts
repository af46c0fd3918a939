// Descriptors and segment registers (SDM vol. 3, chapters 3 and 5): reading tables, the checks of each kind of load, and
// the hidden parts. In real and virtual-8086 mode a selector is a paragraph number.

import { readSystem, writeSystem } from './access.ts';
import type { Cpu } from './cpu.ts';
import { GP, NP, SS_FAULT, TS, generalProtection, raise } from './exceptions.ts';
import { VM } from './flags.ts';
import * as S from './state-layout.ts';

export interface Descriptor {
  readonly selector: number;
  /** Linear address of the entry itself. */
  readonly address: number;
  readonly low: number;
  readonly high: number;
  readonly base: number;
  readonly limit: number;
  /** As the state keeps them. */
  readonly attributes: number;
  readonly isSegment: boolean;
  /** The four type bits. */
  readonly type: number;
  readonly level: number;
  readonly isPresent: boolean;
}

const ACCESSED = 0x100;

export function isCode(d: Descriptor): boolean {
  return d.isSegment && (d.type & 8) !== 0;
}

export function isConforming(d: Descriptor): boolean {
  return (d.type & 0xc) === 0xc;
}

/** Whether selectors are descriptors' names here, not paragraphs. */
export function usesDescriptors(cpu: Cpu): boolean {
  return cpu.isProtected && (cpu.r[S.EFLAGS] & VM) === 0;
}

function describe(selector: number, address: number, low: number, high: number): Descriptor {
  const limit = (low & 0xffff) | (high & 0xf0000);
  const isGranular = (high & 0x800000) !== 0;
  return {
    selector,
    address,
    low,
    high,
    base: (low >>> 16) | ((high & 0xff) << 16) | (high & 0xff000000),
    limit: isGranular ? (limit << 12) | 0xfff : limit,
    attributes: (high >>> 8) & 0xf0ff,
    isSegment: (high & 0x1000) !== 0,
    type: (high >>> 8) & 15,
    level: (high >>> 13) & 3,
    isPresent: (high & 0x8000) !== 0,
  };
}

/** The table entry of a selector that is not null; `vector`(selector) when the table has no such entry. */
export function readDescriptor(cpu: Cpu, selector: number, vector = GP, extra = 0): Descriptor {
  const { r } = cpu;
  const isLocal = (selector & 4) !== 0;
  const base = isLocal ? r[S.SEGMENT_BASE + S.LDTR] : r[S.GDT_BASE];
  const limit = (isLocal ? r[S.SEGMENT_LIMIT + S.LDTR] : r[S.GDT_LIMIT]) >>> 0;
  const isUsable = !isLocal || (r[S.SEGMENT_ATTRIBUTES + S.LDTR] & 0x80) !== 0;
  const offset = selector & 0xfff8;
  if (!isUsable || offset + 7 > limit) {
    raise(cpu, vector, (selector & 0xfffc) | extra, 'the selector is beyond its descriptor table');
  }
  const address = (base + offset) | 0;
  const low = readSystem(cpu, address, 4);
  return describe(selector, address, low, readSystem(cpu, (address + 4) | 0, 4));
}

/** As `readDescriptor`, undefined where that would fault: for VERR, LAR and their like. */
export function tryDescriptor(cpu: Cpu, selector: number): Descriptor | undefined {
  if ((selector & 0xfffc) === 0) return undefined;
  const isLocal = (selector & 4) !== 0;
  const limit = isLocal ? cpu.r[S.SEGMENT_LIMIT + S.LDTR] : cpu.r[S.GDT_LIMIT];
  if (isLocal && (cpu.r[S.SEGMENT_ATTRIBUTES + S.LDTR] & 0x80) === 0) return undefined;
  if ((selector & 0xfff8) + 7 > limit >>> 0) return undefined;
  return readDescriptor(cpu, selector);
}

/** Fills a segment register's hidden part; sets the descriptor's accessed bit. */
export function setSegment(cpu: Cpu, segment: number, selector: number, d: Descriptor): void {
  if (d.isSegment && (d.high & ACCESSED) === 0) {
    writeSystem(cpu, (d.address + 4) | 0, 4, d.high | ACCESSED);
  }
  const { r } = cpu;
  r[S.SELECTOR + segment] = selector;
  r[S.SEGMENT_BASE + segment] = d.base;
  r[S.SEGMENT_LIMIT + segment] = d.limit;
  r[S.SEGMENT_ATTRIBUTES + segment] = d.isSegment ? d.attributes | 1 : d.attributes;
}

function setNull(cpu: Cpu, segment: number, selector: number): void {
  const { r } = cpu;
  r[S.SELECTOR + segment] = selector;
  r[S.SEGMENT_BASE + segment] = 0;
  r[S.SEGMENT_LIMIT + segment] = 0;
  r[S.SEGMENT_ATTRIBUTES + segment] = 0;
}

/** Real mode keeps limit and size (big real mode works); virtual-8086 mode has its own. */
export function setRealSegment(cpu: Cpu, segment: number, selector: number): void {
  const { r } = cpu;
  const isVirtual = (r[S.EFLAGS] & VM) !== 0;
  r[S.SELECTOR + segment] = selector;
  r[S.SEGMENT_BASE + segment] = selector << 4;
  if (isVirtual) {
    r[S.SEGMENT_LIMIT + segment] = 0xffff;
    r[S.SEGMENT_ATTRIBUTES + segment] = 0xf3;
  } else {
    r[S.SEGMENT_ATTRIBUTES + segment] = (r[S.SEGMENT_ATTRIBUTES + segment] & 0xf000) | 0x93;
  }
}

/** MOV, POP and L?S into ES, SS, DS, FS or GS. */
export function loadSegment(cpu: Cpu, segment: number, selector: number): void {
  if (!usesDescriptors(cpu)) {
    setRealSegment(cpu, segment, selector & 0xffff);
    cpu.updateMode();
    return;
  }
  if (segment === S.SS) loadStack(cpu, selector, cpu.r[S.CPL], GP);
  else loadData(cpu, segment, selector, GP);
  cpu.updateMode();
}

/** `vector` is #GP, or #TS while a task switch loads its segments. */
export function loadData(cpu: Cpu, segment: number, selector: number, vector: number): void {
  if ((selector & 0xfffc) === 0) {
    setNull(cpu, segment, selector);
    return;
  }
  const d = readDescriptor(cpu, selector, vector);
  const isReadable = d.isSegment && (d.type & 0xa) !== 8;
  const needsLevel = !isCode(d) || !isConforming(d);
  const level = Math.max(cpu.r[S.CPL], selector & 3);
  if (!isReadable || (needsLevel && d.level < level)) {
    raise(cpu, vector, selector & 0xfffc, 'the segment is not one this privilege may load as data');
  }
  if (!d.isPresent) raise(cpu, NP, selector & 0xfffc, 'the segment is not present');
  setSegment(cpu, segment, selector, d);
}

/** The descriptor for SS at a privilege level, checked. `vector` is #GP, or #TS where a TSS names the stack. */
export function stackDescriptor(
  cpu: Cpu,
  selector: number,
  level: number,
  vector: number,
  extra = 0,
): Descriptor {
  if ((selector & 0xfffc) === 0) raise(cpu, vector, extra, 'the stack selector is null');
  const d = readDescriptor(cpu, selector, vector, extra);
  const isWritable = d.isSegment && (d.type & 0xa) === 2;
  if (!isWritable || (selector & 3) !== level || d.level !== level) {
    raise(cpu, vector, (selector & 0xfffc) | extra, 'the stack segment does not fit the privilege');
  }
  if (!d.isPresent) {
    raise(cpu, SS_FAULT, (selector & 0xfffc) | extra, 'the stack segment is not present');
  }
  return d;
}

export function loadStack(cpu: Cpu, selector: number, level: number, vector: number): void {
  setSegment(cpu, S.SS, selector, stackDescriptor(cpu, selector, level, vector));
}

/** LLDT, and the LDT of a task: null makes it unusable. */
export function loadLocalTable(cpu: Cpu, selector: number, vector: number): void {
  if ((selector & 0xfffc) === 0) {
    setNull(cpu, S.LDTR, selector);
    return;
  }
  if ((selector & 4) !== 0) raise(cpu, vector, selector & 0xfffc, 'the LDT is named by an LDT');
  const d = readDescriptor(cpu, selector, vector);
  if (d.isSegment || d.type !== 2) raise(cpu, vector, selector & 0xfffc, 'not an LDT');
  if (!d.isPresent) {
    raise(cpu, vector === TS ? TS : NP, selector & 0xfffc, 'the LDT is not present');
  }
  setSegment(cpu, S.LDTR, selector, d);
}

/** LTR: the task becomes busy. */
export function loadTaskRegister(cpu: Cpu, selector: number): void {
  if ((selector & 0xfffc) === 0) generalProtection(cpu, 'a null selector names no TSS');
  if ((selector & 4) !== 0) generalProtection(cpu, 'the TSS is named by an LDT', selector);
  const d = readDescriptor(cpu, selector);
  if (d.isSegment || (d.type !== 1 && d.type !== 9)) {
    generalProtection(cpu, 'not an available TSS', selector);
  }
  if (!d.isPresent) raise(cpu, NP, selector & 0xfffc, 'the TSS is not present');
  writeSystem(cpu, (d.address + 4) | 0, 4, d.high | 0x200);
  setSegment(cpu, S.TR, selector, { ...d, attributes: d.attributes | 2 });
}

/** CS with a new privilege level. The checks are the caller's. */
export function setCode(cpu: Cpu, selector: number, d: Descriptor, level: number): void {
  setSegment(cpu, S.CS, (selector & 0xfffc) | level, d);
  cpu.r[S.CPL] = level;
}

/** After a return to an outer level: data segments that it may not use become null. */
export function dropInnerSegments(cpu: Cpu): void {
  const { r } = cpu;
  for (const segment of [S.ES, S.DS, S.FS, S.GS]) {
    const attributes = r[S.SEGMENT_ATTRIBUTES + segment];
    const isConformingCode = (attributes & 0x1c) === 0x1c;
    if (!isConformingCode && ((attributes >>> 5) & 3) < r[S.CPL]) setNull(cpu, segment, 0);
  }
}
