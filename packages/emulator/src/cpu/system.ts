// System instructions: control, debug and model-specific registers, descriptor tables, flags, segment moves, CPUID, HLT.

import { readSize, writeSize } from './access.ts';
import type { Cpu } from './cpu.ts';
import { cpuid } from './cpuid.ts';
import { DB, GP, generalProtection, raise, undefinedOpcode } from './exceptions.ts';
import * as F from './flags.ts';
import { deliver } from './interrupts.ts';
import * as P from './operands.ts';
import { type Handler, LEAVE, NEXT, W_REG, W_RM } from './record.ts';
import * as G from './segments.ts';
import { addToStackPointer, peekStack, push } from './stack.ts';
import * as S from './state-layout.ts';

const PG = -0x80000000;
const PE = 1;
const ET = 0x10;
const NW = 0x20000000;
const CD = 0x40000000;
/** TSD, PSE, PGE. */
const CR4_MASK = 0x94;
const TSD = 4;
const CR0_MASK = 0xe005003f | 0;
const GENERAL_DETECT = 0x2000;
const DR6_FIXED = 0xffff0ff0 | 0;
const TSC_MSR = 0x10;
const APIC_BASE_MSR = 0x1b;
const APIC_IS_ON = 0x800;
/** Model-specific registers that read as zero and ignore writes, as BIOSes and kernels expect of the family. */
const ZERO_MSRS = [0x0, 0x1, 0x17, 0x2a, 0x8b, 0x1d9];

function requireRing0(cpu: Cpu): void {
  if (cpu.r[S.CPL] !== 0) generalProtection(cpu, 'a privileged instruction outside ring 0');
}

/** STI, CLI, PUSHF and POPF in virtual-8086 mode need IOPL 3. */
function checkVirtualIopl(cpu: Cpu): void {
  const flags = cpu.r[S.EFLAGS];
  if ((flags & F.VM) !== 0 && (flags & F.IOPL) !== F.IOPL) {
    generalProtection(cpu, 'an IOPL-sensitive instruction in virtual-8086 mode');
  }
}

export const hlt: Handler = (cpu) => {
  requireRing0(cpu);
  cpu.r[S.ACTIVITY] = S.ACTIVITY_HALTED;
  return LEAVE;
};

export const cli: Handler = (cpu) => {
  checkIopl(cpu);
  cpu.r[S.EFLAGS] &= ~F.IF;
  return NEXT;
};

export const sti: Handler = (cpu) => {
  checkIopl(cpu);
  if ((cpu.r[S.EFLAGS] & F.IF) !== 0) return NEXT;
  cpu.r[S.EFLAGS] |= F.IF;
  cpu.r[S.INHIBIT] = 1;
  return LEAVE;
};

function checkIopl(cpu: Cpu): void {
  const { r } = cpu;
  if (cpu.isProtected && r[S.CPL] > (r[S.EFLAGS] & F.IOPL) >> 12) {
    generalProtection(cpu, 'CLI or STI needs IOPL');
  }
}

export const pushf: Handler = (cpu, p) => {
  checkVirtualIopl(cpu);
  push(cpu, cpu.flags & ~(F.VM | F.RF), P.isOperand32(cpu, p) ? 4 : 2);
  return NEXT;
};

export const popf: Handler = (cpu, p) => {
  checkVirtualIopl(cpu);
  const { r } = cpu;
  const size = P.isOperand32(cpu, p) ? 4 : 2;
  const value = peekStack(cpu, 0, size);
  let mask = F.ARITHMETIC | F.TF | F.DF | F.NT;
  if (size === 4) mask |= F.AC | F.ID;
  const isReal = !cpu.isProtected;
  if (isReal || r[S.CPL] <= (r[S.EFLAGS] & F.IOPL) >> 12) mask |= F.IF;
  if (isReal || r[S.CPL] === 0) mask |= F.IOPL;
  addToStackPointer(cpu, size);
  const flags = F.materialize(r);
  r[S.EFLAGS] = (flags & ~mask & ~F.RF) | (value & mask) | 2;
  return LEAVE;
};

export const sahf: Handler = (cpu) => {
  const flags = F.materialize(cpu.r);
  const mask = F.SF | F.ZF | F.AF | F.PF | F.CF;
  cpu.r[S.EFLAGS] = (flags & ~mask) | (cpu.r8[S.EAX + 1] & mask);
  return NEXT;
};

export const lahf: Handler = (cpu) => {
  cpu.r8[S.EAX + 1] = (cpu.flags & 0xd5) | 2;
  return NEXT;
};

/** CLC, STC, CMC. */
export function setCarryTo(change: (carry: number) => number): Handler {
  return (cpu) => {
    const flags = F.materialize(cpu.r);
    cpu.r[S.EFLAGS] = (flags & ~F.CF) | change(flags & F.CF);
    return NEXT;
  };
}

export const cld: Handler = (cpu) => {
  cpu.r[S.EFLAGS] &= ~F.DF;
  return NEXT;
};

export const std: Handler = (cpu) => {
  cpu.r[S.EFLAGS] |= F.DF;
  return NEXT;
};

export const salc: Handler = (cpu) => {
  cpu.r8[S.EAX] = F.carry(cpu.r) === 0 ? 0 : 0xff;
  return NEXT;
};

export const movRmSegment: Handler = (cpu, p) => {
  const segment = cpu.code.records[p + W_REG];
  if (segment > S.GS) undefinedOpcode(cpu);
  const value = cpu.r[S.SELECTOR + segment];
  const isWide = !P.isMemory(cpu, p) && P.isOperand32(cpu, p);
  P.writeRm(cpu, p, isWide ? 4 : 2, value);
  return NEXT;
};

function afterSegment(cpu: Cpu, segment: number, key: number): number {
  if (segment === S.SS) {
    cpu.r[S.INHIBIT] = 1;
    return LEAVE;
  }
  return cpu.decodeKey === key ? NEXT : LEAVE;
}

export const movSegmentRm: Handler = (cpu, p) => {
  const segment = cpu.code.records[p + W_REG];
  if (segment > S.GS || segment === S.CS) undefinedOpcode(cpu);
  const key = cpu.decodeKey;
  G.loadSegment(cpu, segment, P.readRm(cpu, p, 2));
  return afterSegment(cpu, segment, key);
};

/** The upper half of a 32-bit push is zero. */
export function pushSegment(segment: number): Handler {
  return (cpu, p) => {
    push(cpu, cpu.r[S.SELECTOR + segment], P.isOperand32(cpu, p) ? 4 : 2);
    return NEXT;
  };
}

export function popSegment(segment: number): Handler {
  return (cpu, p) => {
    const key = cpu.decodeKey;
    const mask = (cpu.r[S.SEGMENT_ATTRIBUTES + S.SS] & 0x4000) !== 0 ? -1 : 0xffff;
    const size = P.isOperand32(cpu, p) ? 4 : 2;
    const selector = peekStack(cpu, 0, size) & 0xffff;
    const next = (cpu.r[S.ESP] + size) & mask;
    G.loadSegment(cpu, segment, selector);
    if (mask === -1) cpu.r[S.ESP] = next;
    else cpu.r16[S.ESP * 2] = next;
    return afterSegment(cpu, segment, key);
  };
}

/** Every paging-related change of CR0 or CR4 empties the TLB, global pages too. */
export function writeCr0(cpu: Cpu, value: number): void {
  const { r } = cpu;
  const next = (value & CR0_MASK) | ET;
  if ((next & PG) !== 0 && (next & PE) === 0) generalProtection(cpu, 'CR0.PG without CR0.PE');
  if ((next & NW) !== 0 && (next & CD) === 0) generalProtection(cpu, 'CR0.NW without CR0.CD');
  const changed = next ^ r[S.CR0];
  r[S.CR0] = next;
  if ((changed & (PG | PE)) !== 0) cpu.tlb.flush(false);
  else if ((changed & 0x10000) !== 0) cpu.tlb.flushFast();
  if ((changed & PE) !== 0 && (next & PE) === 0) r[S.CPL] = 0;
  cpu.updateMode();
}

function writeCr4(cpu: Cpu, value: number): void {
  if ((value & ~CR4_MASK) !== 0) generalProtection(cpu, 'a reserved bit of CR4');
  const changed = value ^ cpu.r[S.CR4];
  cpu.r[S.CR4] = value;
  if ((changed & 0x90) !== 0) cpu.tlb.flush(false);
}

export const movCrReg: Handler = (cpu, p) => {
  const { r } = cpu;
  const o = cpu.code.records;
  const number = o[p + W_REG];
  if (![0, 2, 3, 4].includes(number)) undefinedOpcode(cpu);
  requireRing0(cpu);
  const value = r[o[p + W_RM]];
  if (number === 0) writeCr0(cpu, value);
  else if (number === 2) r[S.CR2] = value;
  else if (number === 3) {
    r[S.CR3] = value & ~0xfe7;
    cpu.tlb.flush(true);
  } else writeCr4(cpu, value);
  cpu.host.trace('control-register', number, value >>> 0, r[S.EIP] >>> 0);
  return LEAVE;
};

export const movRegCr: Handler = (cpu, p) => {
  const o = cpu.code.records;
  const number = o[p + W_REG];
  if (![0, 2, 3, 4].includes(number)) undefinedOpcode(cpu);
  requireRing0(cpu);
  cpu.r[o[p + W_RM]] = cpu.r[number === 0 ? S.CR0 : S.CR2 + number - 2];
  return NEXT;
};

function debugRegister(cpu: Cpu, number: number): number {
  const isAlias = number === 4 || number === 5;
  requireRing0(cpu);
  if ((cpu.r[S.DR7] & GENERAL_DETECT) !== 0) {
    cpu.r[S.DR6] |= GENERAL_DETECT;
    cpu.r[S.DR7] &= ~GENERAL_DETECT;
    raise(cpu, DB, -1, 'a debug register is accessed while DR7.GD is set');
  }
  return S.DR0 + (isAlias ? number + 2 : number);
}

export const movDrReg: Handler = (cpu, p) => {
  const o = cpu.code.records;
  const at = debugRegister(cpu, o[p + W_REG]);
  const value = cpu.r[o[p + W_RM]];
  if (at === S.DR6) cpu.r[at] = (value & 0xe00f) | DR6_FIXED;
  else if (at === S.DR7) cpu.r[at] = (value & 0xffff23ff) | 0x400;
  else cpu.r[at] = value;
  updateWatch(cpu);
  return LEAVE;
};

/** Pages of the data breakpoints that DR7 enables leave the fast path. */
export function updateWatch(cpu: Cpu): void {
  const { r } = cpu;
  cpu.debugPages.clear();
  for (let i = 0; i < 4; i++) {
    const isEnabled = ((r[S.DR7] >>> (i * 2)) & 3) !== 0;
    if (isEnabled && ((r[S.DR7] >>> (16 + i * 4)) & 3) !== 0) {
      cpu.debugPages.add(r[S.DR0 + i] >>> 12);
    }
  }
  cpu.updateWatchedPages();
}

export const movRegDr: Handler = (cpu, p) => {
  const o = cpu.code.records;
  cpu.r[o[p + W_RM]] = cpu.r[debugRegister(cpu, o[p + W_REG])];
  return NEXT;
};

export const clts: Handler = (cpu) => {
  requireRing0(cpu);
  cpu.r[S.CR0] &= ~8;
  return NEXT;
};

export const smsw: Handler = (cpu, p) => {
  const isWide = !P.isMemory(cpu, p) && P.isOperand32(cpu, p);
  P.writeRm(cpu, p, isWide ? 4 : 2, cpu.r[S.CR0]);
  return NEXT;
};

/** LMSW may set PE but not clear it. */
export const lmsw: Handler = (cpu, p) => {
  requireRing0(cpu);
  const old = cpu.r[S.CR0];
  const value = P.readRm(cpu, p, 2);
  writeCr0(cpu, (old & ~0xe) | (value & 0xf) | (old & PE));
  return LEAVE;
};

function loadTable(base: number, limit: number): Handler {
  return (cpu, p) => {
    requireRing0(cpu);
    const linear = P.memoryAddress(cpu, p, 6, false);
    const newLimit = readSize(cpu, linear, 2);
    const address = readSize(cpu, (linear + 2) | 0, 4);
    cpu.r[limit] = newLimit;
    cpu.r[base] = P.isOperand32(cpu, p) ? address : address & 0xffffff;
    return NEXT;
  };
}

function storeTable(base: number, limit: number): Handler {
  return (cpu, p) => {
    const linear = P.memoryAddress(cpu, p, 6, true);
    writeSize(cpu, linear, 2, cpu.r[limit]);
    writeSize(cpu, (linear + 2) | 0, 4, cpu.r[base]);
    return NEXT;
  };
}

export const lgdt: Handler = loadTable(S.GDT_BASE, S.GDT_LIMIT);
export const lidt: Handler = loadTable(S.IDT_BASE, S.IDT_LIMIT);
export const sgdt: Handler = storeTable(S.GDT_BASE, S.GDT_LIMIT);
export const sidt: Handler = storeTable(S.IDT_BASE, S.IDT_LIMIT);

function requireDescriptors(cpu: Cpu): void {
  if (!G.usesDescriptors(cpu)) undefinedOpcode(cpu);
}

function storeSelector(segment: number): Handler {
  return (cpu, p) => {
    requireDescriptors(cpu);
    const isWide = !P.isMemory(cpu, p) && P.isOperand32(cpu, p);
    P.writeRm(cpu, p, isWide ? 4 : 2, cpu.r[S.SELECTOR + segment]);
    return NEXT;
  };
}

export const sldt: Handler = storeSelector(S.LDTR);
export const str: Handler = storeSelector(S.TR);

export const lldt: Handler = (cpu, p) => {
  requireDescriptors(cpu);
  requireRing0(cpu);
  G.loadLocalTable(cpu, P.readRm(cpu, p, 2) & 0xffff, GP);
  return NEXT;
};

export const ltr: Handler = (cpu, p) => {
  requireDescriptors(cpu);
  requireRing0(cpu);
  G.loadTaskRegister(cpu, P.readRm(cpu, p, 2) & 0xffff);
  return NEXT;
};

function isVisible(cpu: Cpu, d: G.Descriptor): boolean {
  if (G.isCode(d) && G.isConforming(d)) return true;
  return d.level >= Math.max(cpu.r[S.CPL], d.selector & 3);
}

function setZero(cpu: Cpu, isSet: boolean): void {
  const flags = F.materialize(cpu.r);
  cpu.r[S.EFLAGS] = isSet ? flags | F.ZF : flags & ~F.ZF;
}

/** VERR and VERW. */
export function verify(isWrite: boolean): Handler {
  return (cpu, p) => {
    requireDescriptors(cpu);
    const d = G.tryDescriptor(cpu, P.readRm(cpu, p, 2) & 0xffff);
    let isAllowed = d !== undefined && d.isSegment && isVisible(cpu, d);
    if (isAllowed && d !== undefined) {
      isAllowed = isWrite ? (d.type & 0xa) === 2 : (d.type & 0xa) !== 8;
    }
    setZero(cpu, isAllowed);
    return NEXT;
  };
}

/** System descriptor types of which LAR and LSL speak. */
const LAR_TYPES = [1, 2, 3, 4, 5, 9, 11, 12];
const LSL_TYPES = [1, 2, 3, 9, 11];

function describeSelector(types: readonly number[], answer: (d: G.Descriptor) => number): Handler {
  return (cpu, p) => {
    requireDescriptors(cpu);
    const d = G.tryDescriptor(cpu, P.readRm(cpu, p, 2) & 0xffff);
    const isKnown = d !== undefined && isVisible(cpu, d) && (d.isSegment || types.includes(d.type));
    setZero(cpu, isKnown);
    if (isKnown) P.writeReg(cpu, p, P.operandSize(cpu, p), answer(d));
    return NEXT;
  };
}

export const lar: Handler = describeSelector(LAR_TYPES, (d) => d.high & 0xffff00);
export const lsl: Handler = describeSelector(LSL_TYPES, (d) => d.limit);

export const arpl: Handler = (cpu, p) => {
  requireDescriptors(cpu);
  const selector = P.readRm(cpu, p, 2);
  const level = P.readReg(cpu, p, 2) & 3;
  const isLower = (selector & 3) < level;
  if (isLower) P.writeRm(cpu, p, 2, (selector & ~3) | level);
  setZero(cpu, isLower);
  return NEXT;
};

export const invlpg: Handler = (cpu, p) => {
  requireRing0(cpu);
  const offset = P.effectiveOffset(cpu, p);
  cpu.tlb.drop(((cpu.r[S.SEGMENT_BASE + P.segmentOf(cpu, p)] + offset) | 0) >>> 12);
  return NEXT;
};

/** INVD and WBINVD: there are no caches to speak of. */
export const cacheControl: Handler = (cpu) => {
  requireRing0(cpu);
  return NEXT;
};

function setPair(cpu: Cpu, value: number): void {
  cpu.r[S.EAX] = (value % 0x100000000) | 0;
  cpu.r[S.EDX] = Math.floor(value / 0x100000000) | 0;
}

export const rdtsc: Handler = (cpu) => {
  if ((cpu.r[S.CR4] & TSD) !== 0 && cpu.r[S.CPL] !== 0) {
    generalProtection(cpu, 'RDTSC with CR4.TSD set');
  }
  setPair(cpu, cpu.host.observeTick(cpu) + cpu.f64[S.TSC_OFFSET / 2]);
  return NEXT;
};

export const rdmsr: Handler = (cpu) => {
  requireRing0(cpu);
  const number = cpu.r[S.ECX];
  if (number === TSC_MSR) setPair(cpu, cpu.host.observeTick(cpu) + cpu.f64[S.TSC_OFFSET / 2]);
  else if (number === APIC_BASE_MSR) setPair(cpu, requireApic(cpu));
  else if (ZERO_MSRS.includes(number)) setPair(cpu, 0);
  else generalProtection(cpu, 'this processor has no such MSR');
  return NEXT;
};

export const wrmsr: Handler = (cpu) => {
  requireRing0(cpu);
  const number = cpu.r[S.ECX];
  const value = (cpu.r[S.EDX] >>> 0) * 0x100000000 + (cpu.r[S.EAX] >>> 0);
  if (number === TSC_MSR) cpu.f64[S.TSC_OFFSET / 2] = value - cpu.host.observeTick(cpu);
  else if (number === APIC_BASE_MSR) {
    requireApic(cpu);
    if (!cpu.host.setApicBase(cpu, value)) generalProtection(cpu, 'no such place for the APIC');
    return LEAVE;
  } else if (!ZERO_MSRS.includes(number)) {
    generalProtection(cpu, 'this processor has no such MSR');
  }
  return NEXT;
};

function requireApic(cpu: Cpu): number {
  return cpu.host.apicBase(cpu) ?? generalProtection(cpu, 'this processor has no such MSR');
}

export const cpuidHandler: Handler = (cpu) => {
  const isApicOn = ((cpu.host.apicBase(cpu) ?? 0) & APIC_IS_ON) !== 0;
  const [eax, ebx, ecx, edx] = cpuid(cpu.r[S.EAX], isApicOn ? cpu.index : undefined);
  cpu.r[S.EAX] = eax;
  cpu.r[S.EBX] = ebx;
  cpu.r[S.ECX] = ecx;
  cpu.r[S.EDX] = edx;
  return NEXT;
};

/** ICEBP: a debug trap, whatever the gate's privilege. */
export const int1: Handler = (cpu) => {
  deliver(cpu, DB, 'trap', -1);
  return LEAVE;
};

export const ud2: Handler = (cpu) => undefinedOpcode(cpu);

/** An instruction of more than 15 bytes. */
export const tooLong: Handler = (cpu) => generalProtection(cpu, 'longer than 15 bytes');
