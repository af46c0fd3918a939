// String instructions. A repeated one is as many executions as it has iterations, and one more that finds the count at
// zero: each costs a tick, and between any two the slice may end (CONTRACTS: time). `repeat` takes as many as the slice
// allows. MOVS and STOS take whole runs inside a page at once where that cannot be told from one at a time.

import { probeWrite, readSize, writeSize } from './access.ts';
import type { Cpu } from './cpu.ts';
import * as F from './flags.ts';
import { sub } from './integer.ts';
import { checkPort } from './ports.ts';
import * as P from './operands.ts';
import {
  type Handler,
  INFO_ADDRESS32,
  INFO_LENGTH_SHIFT,
  INFO_REPEAT_SHIFT,
  JUMP,
  LEAVE,
  NEXT,
  W_INFO,
} from './record.ts';
import { EAX, ECX, EDI, EDX, EFLAGS, EIP, ES, ESI, LEFT, SEGMENT_LIMIT } from './state-layout.ts';

/** One iteration. */
type Step = (cpu: Cpu, p: number, size: number, mask: number) => void;
/** Several iterations at once: how many of at most `count` were done, 0 when it is not possible here. */
type Bulk = (cpu: Cpu, p: number, size: number, mask: number, count: number) => number;

function advance(cpu: Cpu, register: number, size: number, mask: number, count = 1): void {
  const delta = (cpu.r[EFLAGS] & F.DF) !== 0 ? -size * count : size * count;
  if (mask === -1) cpu.r[register] += delta;
  else cpu.r16[register * 2] += delta;
}

function source(cpu: Cpu, p: number, size: number, mask: number): number {
  return P.segmentAddress(cpu, P.segmentOf(cpu, p), cpu.r[ESI] & mask, size, false);
}

function destination(cpu: Cpu, size: number, mask: number, isWrite: boolean): number {
  return P.segmentAddress(cpu, ES, cpu.r[EDI] & mask, size, isWrite);
}

const movs: Step = (cpu, p, size, mask) => {
  const value = readSize(cpu, source(cpu, p, size, mask), size);
  writeSize(cpu, destination(cpu, size, mask, true), size, value);
  advance(cpu, ESI, size, mask);
  advance(cpu, EDI, size, mask);
};

const stos: Step = (cpu, _p, size, mask) => {
  writeSize(cpu, destination(cpu, size, mask, true), size, cpu.r[EAX]);
  advance(cpu, EDI, size, mask);
};

const lods: Step = (cpu, p, size, mask) => {
  P.writeRegister(cpu, EAX, size, readSize(cpu, source(cpu, p, size, mask), size));
  advance(cpu, ESI, size, mask);
};

const scas: Step = (cpu, _p, size, mask) => {
  const value = readSize(cpu, destination(cpu, size, mask, false), size);
  sub(cpu.r, cpu.r[EAX], value, size);
  advance(cpu, EDI, size, mask);
};

/** What ES:EDI names is read first, but by REPE CMPSB last. */
const cmps: Step = (cpu, p, size, mask) => {
  const prefix = (cpu.code.records[p + W_INFO] >>> INFO_REPEAT_SHIFT) & 3;
  const isSourceFirst = size === 1 && prefix === 2;
  const read = (linear: number): number => readSize(cpu, linear, size);
  let first = isSourceFirst ? read(source(cpu, p, size, mask)) : 0;
  const second = read(destination(cpu, size, mask, false));
  if (!isSourceFirst) first = read(source(cpu, p, size, mask));
  sub(cpu.r, first, second, size);
  advance(cpu, ESI, size, mask);
  advance(cpu, EDI, size, mask);
};

/** The target is made writable before the port is read: reading it twice may lose a byte. */
const ins: Step = (cpu, _p, size, mask) => {
  const port = cpu.r[EDX] & 0xffff;
  checkPort(cpu, port, size);
  const linear = destination(cpu, size, mask, true);
  probeWrite(cpu, linear, size);
  writeSize(cpu, linear, size, cpu.host.portRead(cpu, port, size));
  advance(cpu, EDI, size, mask);
};

const outs: Step = (cpu, p, size, mask) => {
  const port = cpu.r[EDX] & 0xffff;
  checkPort(cpu, port, size);
  const value = readSize(cpu, source(cpu, p, size, mask), size);
  cpu.host.portWrite(cpu, port, size, value);
  advance(cpu, ESI, size, mask);
};

/** Elements from an address to where an ascending run leaves its page or its segment's 64 KiB. */
function roomInPage(linear: number, offset: number, size: number, mask: number): number {
  const inPage = 0x1000 - (linear & 0xfff);
  const inSegment = mask === -1 ? 0x100000000 - (offset >>> 0) : 0x10000 - offset;
  return Math.floor(Math.min(inPage, inSegment) / size);
}

const movsBulk: Bulk = (cpu, p, size, mask, count) => {
  if ((cpu.r[EFLAGS] & F.DF) !== 0) return 0;
  const from = source(cpu, p, size, mask);
  if ((cpu.readTable[from >>> 12] & 1) !== 0) return 0;
  const to = destination(cpu, size, mask, true);
  let n = Math.min(count, roomInPage(from, cpu.r[ESI] & mask, size, mask));
  n = Math.min(n, roomInPage(to, cpu.r[EDI] & mask, size, mask));
  if (n < 2) return 0;
  const read = cpu.readTable[from >>> 12];
  const write = cpu.writeTable[to >>> 12];
  if (((read | write) & 1) !== 0) return 0;
  const bytes = n * size;
  P.segmentAddress(cpu, P.segmentOf(cpu, p), (cpu.r[ESI] & mask) + bytes - 1, 1, false);
  P.segmentAddress(cpu, ES, (cpu.r[EDI] & mask) + bytes - 1, 1, true);
  const hostFrom = read ^ from;
  const hostTo = write ^ to;
  if (hostTo > hostFrom && hostTo < hostFrom + bytes) return 0;
  cpu.memory.u8.copyWithin(hostTo, hostFrom, hostFrom + bytes);
  advance(cpu, ESI, size, mask, n);
  advance(cpu, EDI, size, mask, n);
  return n;
};

const stosBulk: Bulk = (cpu, _p, size, mask, count) => {
  if ((cpu.r[EFLAGS] & F.DF) !== 0) return 0;
  const to = destination(cpu, size, mask, true);
  const n = Math.min(count, roomInPage(to, cpu.r[EDI] & mask, size, mask));
  if (n < 2 || (to & (size - 1)) !== 0) return 0;
  const write = cpu.writeTable[to >>> 12];
  if ((write & 1) !== 0) return 0;
  P.segmentAddress(cpu, ES, (cpu.r[EDI] & mask) + n * size - 1, 1, true);
  const host = write ^ to;
  const { memory } = cpu;
  if (size === 1) memory.u8.fill(cpu.r8[EAX], host, host + n);
  else if (size === 2) memory.u16.fill(cpu.r16[EAX * 2], host >>> 1, (host >>> 1) + n);
  else memory.i32.fill(cpu.r[EAX], host >>> 2, (host >>> 2) + n);
  advance(cpu, EDI, size, mask, n);
  return n;
};

/** A bulk attempt may find a limit that only a later element would pass: then one at a time. */
function tryBulk(bulk: Bulk, cpu: Cpu, p: number, size: number, mask: number, n: number): number {
  if (n < 4 || !isUnlimited(cpu, p) || (cpu.r[EFLAGS] & F.AC) !== 0) return 0;
  return bulk(cpu, p, size, mask, n);
}

function isUnlimited(cpu: Cpu, p: number): boolean {
  const roomy = (segment: number): boolean => {
    const limit = cpu.r[SEGMENT_LIMIT + segment];
    return limit === -1 || limit === 0xffff;
  };
  return roomy(P.segmentOf(cpu, p)) && roomy(ES);
}

function count(cpu: Cpu, mask: number): number {
  return (cpu.r[ECX] & mask) >>> 0;
}

function takeCount(cpu: Cpu, mask: number, by: number): void {
  if (mask === -1) cpu.r[ECX] -= by;
  else cpu.r16[ECX * 2] -= by;
}

/** Runs iterations until the count, the flag (`compares`) or the slice ends them. */
function repeat(step: Step, bulk: Bulk | undefined, compares: boolean, isPort = false): Handler {
  return (cpu, p) => {
    const { r } = cpu;
    const info = cpu.code.records[p + W_INFO];
    const size = P.operandSize(cpu, p);
    const mask = (info & INFO_ADDRESS32) !== 0 ? -1 : 0xffff;
    const prefix = (info >>> INFO_REPEAT_SHIFT) & 3;
    if (prefix === 0) {
      step(cpu, p, size, mask);
      return NEXT;
    }
    if (isPort) checkPort(cpu, r[EDX] & 0xffff, size);
    for (;;) {
      const total = count(cpu, mask);
      if (total === 0) return NEXT;
      let done = 0;
      if (bulk !== undefined && total > 3) {
        done = tryBulk(bulk, cpu, p, size, mask, Math.min(total, r[LEFT] + 1));
      }
      if (done === 0) {
        step(cpu, p, size, mask);
        done = 1;
      }
      takeCount(cpu, mask, done);
      if (compares && F.condition(r, 4) !== (prefix === 2)) return NEXT;
      if ((r[EFLAGS] & F.TF) !== 0 && total === done) return NEXT;
      r[LEFT] -= done;
      if (r[LEFT] < 0 || cpu.mustLeave) {
        r[LEFT] += 1;
        r[EIP] -= (info >>> INFO_LENGTH_SHIFT) & 15;
        return cpu.mustLeave ? LEAVE : JUMP;
      }
    }
  };
}

export const movsString: Handler = repeat(movs, movsBulk, false);
export const stosString: Handler = repeat(stos, stosBulk, false);
export const lodsString: Handler = repeat(lods, undefined, false);
export const scasString: Handler = repeat(scas, undefined, true);
export const cmpsString: Handler = repeat(cmps, undefined, true);
export const insString: Handler = repeat(ins, undefined, false, true);
export const outsString: Handler = repeat(outs, undefined, false, true);
