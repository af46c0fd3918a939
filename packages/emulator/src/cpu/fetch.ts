// From EIP to a decoded record: segment limit, paging, the code cache. Fetching is an access like any other, so it makes
// TLB entries, for the page of an instruction's first byte and, when it crosses, of its last.

import type { Cpu } from './cpu.ts';
import { generalProtection } from './exceptions.ts';
import { translate } from './paging.ts';
import { INFO_LENGTH_SHIFT, W_INFO } from './record.ts';
import { CPL, CS, SEGMENT_BASE, SEGMENT_LIMIT } from './state-layout.ts';

const PAGE = 4096;
const MAX_LENGTH = 15;

function fetchPage(cpu: Cpu, linear: number): number {
  const e = cpu.readTable[linear >>> 12];
  if ((e & 1) === 0) return (e ^ linear) >>> 12;
  const physical = translate(cpu, linear, false, cpu.r[CPL] === 3);
  const host = cpu.memory.host(physical);
  return (host < 0 ? cpu.memory.voidHost : host) >>> 12;
}

function nextPageOf(linear: number): number {
  return ((linear & ~0xfff) + PAGE) | 0;
}

/** The record of the instruction at CS:eip; faults where its fetch does, before the instruction's tick has passed. */
export function locate(cpu: Cpu, eip: number): number {
  cpu.isLocating = true;
  const p = locateRecord(cpu, eip);
  cpu.isLocating = false;
  return p;
}

function locateRecord(cpu: Cpu, eip: number): number {
  const r = cpu.r;
  const limit = r[SEGMENT_LIMIT + CS] >>> 0;
  if (eip >>> 0 > limit) generalProtection(cpu, 'EIP is beyond the limit of CS');
  const linear = (eip + r[SEGMENT_BASE + CS]) | 0;
  const page = fetchPage(cpu, linear);
  const offset = linear & 0xfff;
  const lastInPage = ((eip >>> 0) + PAGE - 1 - offset) >>> 0;
  if (lastInPage > limit || lastInPage < eip >>> 0) return locateScratch(cpu, eip);
  const p = cpu.code.find(page, cpu.decodeKey, offset, -1);
  if (p !== 0) return p;
  checkEnd(cpu, eip, PAGE - offset + 1);
  return cpu.code.find(page, cpu.decodeKey, offset, fetchPage(cpu, nextPageOf(linear)));
}

/** As `locate`, for an instruction that cannot be kept: it is decoded each time, and checked to its last byte. */
export function locateScratch(cpu: Cpu, eip: number): number {
  const r = cpu.r;
  const linear = (eip + r[SEGMENT_BASE + CS]) | 0;
  const offset = linear & 0xfff;
  const page = fetchPage(cpu, linear);
  const length = (): number => (cpu.code.records[p + W_INFO] >>> INFO_LENGTH_SHIFT) & 15;
  let p = cpu.code.decodeScratch(page, cpu.decodeKey, offset, page);
  if (offset + Math.min(length(), MAX_LENGTH) > PAGE) {
    checkEnd(cpu, eip, PAGE - offset + 1);
    p = cpu.code.decodeScratch(page, cpu.decodeKey, offset, fetchPage(cpu, nextPageOf(linear)));
  }
  checkEnd(cpu, eip, length());
  return p;
}

function checkEnd(cpu: Cpu, eip: number, length: number): void {
  if ((eip >>> 0) + length - 1 > cpu.r[SEGMENT_LIMIT + CS] >>> 0) {
    generalProtection(cpu, 'the instruction ends beyond the limit of CS');
  }
}

/** Whether an instruction decoded across two pages still has that second page behind it; fetches it. */
export function crossesAsDecoded(cpu: Cpu, eip: number, nextPage: number, length: number): boolean {
  checkEnd(cpu, eip, length);
  return fetchPage(cpu, nextPageOf((eip + cpu.r[SEGMENT_BASE + CS]) | 0)) === nextPage;
}
