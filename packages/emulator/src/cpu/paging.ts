// From linear to physical addresses: the architectural TLB first, then the page tables (SDM vol. 3, 4.3), setting
// accessed and dirty bits. A denied or not yet dirty entry walks again, as processors do, and the walk decides.

import type { Cpu } from './cpu.ts';
import { pageFault } from './exceptions.ts';
import { CR0, CR3, CR4 } from './state-layout.ts';
import { ENTRY_DIRTY, ENTRY_GLOBAL, ENTRY_PRESENT, ENTRY_USER, ENTRY_WRITABLE } from './tlb.ts';

const PG = -0x80000000;
const WP = 0x10000;
const PSE = 0x10;
const PGE = 0x80;
const ACCESSED = 0x20;
const DIRTY = 0x40;
const LARGE = 0x80;
const RIGHTS = ENTRY_PRESENT | ENTRY_WRITABLE | ENTRY_USER;

function isAllowed(
  entry: number,
  isWrite: boolean,
  isUser: boolean,
  writeProtect: boolean,
): boolean {
  if (isUser && (entry & ENTRY_USER) === 0) return false;
  return !isWrite || (entry & ENTRY_WRITABLE) !== 0 || (!isUser && !writeProtect);
}

/**
 * The physical address (unsigned) of a linear one, for an access by user or supervisor; faults with #PF. Makes the
 * architectural TLB entry and fills the fast tables, so that only accesses the instruction needs may come here.
 */
export function translate(cpu: Cpu, linear: number, isWrite: boolean, isUser: boolean): number {
  const page = linear >>> 12;
  const mask = cpu.memory.a20Mask;
  if (cpu.r[CR0] >= 0) {
    const physical = (linear & mask) >>> 0;
    const rights = RIGHTS | ENTRY_DIRTY;
    cpu.tlb.fill(page, rights, physical, isWrite, true);
    return physical;
  }
  const writeProtect = (cpu.r[CR0] & WP) !== 0;
  let entry = cpu.tlb.architectural[page];
  const isUsable =
    entry !== 0 &&
    isAllowed(entry, isWrite, isUser, writeProtect) &&
    (!isWrite || (entry & ENTRY_DIRTY) !== 0);
  if (!isUsable) {
    entry = walk(cpu, linear, isWrite, isUser, writeProtect);
    cpu.tlb.drop(page);
    cpu.tlb.insert(page, entry);
  }
  const physical = (((entry & ~0xfff) | (linear & 0xfff)) & mask) >>> 0;
  cpu.tlb.fill(page, entry, physical, isWrite, writeProtect);
  return physical;
}

function walk(
  cpu: Cpu,
  linear: number,
  isWrite: boolean,
  isUser: boolean,
  writeProtect: boolean,
): number {
  const { memory } = cpu;
  const cr4 = cpu.r[CR4];
  const code = (isWrite ? 2 : 0) | (isUser ? 4 : 0);
  const mask = memory.a20Mask;
  const directoryAt = (((cpu.r[CR3] & ~0xfff) | ((linear >>> 20) & 0xffc)) & mask) >>> 0;
  const directory = memory.read(directoryAt, 4) | 0;
  if ((directory & 1) === 0) pageFault(cpu, linear, code);
  if ((directory & LARGE) !== 0 && (cr4 & PSE) !== 0) {
    if (!isAllowed(directory, isWrite, isUser, writeProtect)) pageFault(cpu, linear, code | 1);
    mark(cpu, directoryAt, directory, isWrite);
    const dirty = isWrite ? DIRTY : directory & DIRTY;
    const frame = (directory & 0xffc00000) | (linear & 0x3ff000);
    return frame | (directory & RIGHTS) | dirty | globalBit(directory, cr4);
  }
  const tableAt = (((directory & ~0xfff) | ((linear >>> 10) & 0xffc)) & mask) >>> 0;
  const table = memory.read(tableAt, 4) | 0;
  if ((table & 1) === 0) pageFault(cpu, linear, code);
  const rights = directory & table & RIGHTS;
  if (!isAllowed(rights, isWrite, isUser, writeProtect)) pageFault(cpu, linear, code | 1);
  mark(cpu, directoryAt, directory, false);
  mark(cpu, tableAt, table, isWrite);
  const dirty = isWrite ? DIRTY : table & DIRTY;
  return (table & ~0xfff) | rights | dirty | globalBit(table, cr4);
}

function globalBit(entry: number, cr4: number): number {
  return (cr4 & PGE) !== 0 ? entry & ENTRY_GLOBAL : 0;
}

function mark(cpu: Cpu, address: number, entry: number, isWrite: boolean): void {
  const marked = entry | ACCESSED | (isWrite ? DIRTY : 0);
  if (marked !== entry) cpu.memory.write(address, 4, marked);
}

/** What a debugger sees: the stale TLB entry or the tables' answer, changing nothing; undefined where unmapped. */
export function peekTranslation(cpu: Cpu, linear: number): number | undefined {
  const { memory } = cpu;
  const mask = memory.a20Mask;
  if ((cpu.r[CR0] & PG) === 0) return (linear & mask) >>> 0;
  let entry = cpu.tlb.architectural[linear >>> 12];
  if (entry === 0) {
    const directoryAt = (((cpu.r[CR3] & ~0xfff) | ((linear >>> 20) & 0xffc)) & mask) >>> 0;
    const directory = peek(cpu, directoryAt);
    if ((directory & 1) === 0) return undefined;
    if ((directory & LARGE) !== 0 && (cpu.r[CR4] & PSE) !== 0) {
      entry = (directory & 0xffc00000) | (linear & 0x3ff000);
    } else {
      entry = peek(cpu, (((directory & ~0xfff) | ((linear >>> 10) & 0xffc)) & mask) >>> 0);
      if ((entry & 1) === 0) return undefined;
    }
  }
  return (((entry & ~0xfff) | (linear & 0xfff)) & mask) >>> 0;
}

function peek(cpu: Cpu, physical: number): number {
  const host = cpu.memory.host(physical);
  return host < 0 ? 0 : cpu.memory.view.getInt32(host, true);
}
