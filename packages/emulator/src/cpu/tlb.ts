// The only module that knows how the TLB lies in memory. Each CPU has five tables of 2^20 words, one per linear page:
//   architectural  what a real TLB would hold: frame | G D U W P, made only while paging is on, by the first access an
//                  executed instruction needs, and kept until invlpg, a CR3 load or a fault: a stale entry is visible;
//   four fast ones (read/write x supervisor/user)  host page XOR linear page where an access needs no thought, else a
//                  word with low bits set. `host = entry ^ linear` then. They are caches and never saved.
// A page is absent from the write tables while it is clean, holds decoded code, is read-only, watched or a device's.

import { PAGE_HAS_CODE, PAGE_IS_DIRTY, PAGE_IS_RAM, TLB_BYTES } from '../machine/memory.ts';
import type { Memory } from '../machine/memory.ts';
import { CPU_AREA_BYTES } from './state-layout.ts';

export const ENTRY_PRESENT = 1;
export const ENTRY_WRITABLE = 2;
export const ENTRY_USER = 4;
export const ENTRY_DIRTY = 0x40;
export const ENTRY_GLOBAL = 0x100;

const ENTRIES = 0x100000;
/** Low bits of a fast word that may not be used: never filled since the last flush, or dropped since. */
const UNTOUCHED = 1;
const DROPPED = 3;

export class Tlb {
  readonly architectural: Int32Array;
  readonly readSupervisor: Int32Array;
  readonly readUser: Int32Array;
  readonly writeSupervisor: Int32Array;
  readonly writeUser: Int32Array;
  /** Linear pages, as numbers 0..2^32-1, whose accesses must all be looked at. */
  readonly watchedPages: Set<number> = new Set();
  private readonly memory: Memory;
  private touched: Int32Array = new Int32Array(1024);
  private touchedCount = 0;

  constructor(memory: Memory, cpu: number) {
    this.memory = memory;
    const start = Math.ceil((memory.cpus * CPU_AREA_BYTES) / 4096) * 4096 + cpu * TLB_BYTES;
    const table = (index: number): Int32Array =>
      new Int32Array(memory.buffer, start + index * ENTRIES * 4, ENTRIES);
    this.architectural = table(0);
    this.readSupervisor = table(1);
    this.readUser = table(2);
    this.writeSupervisor = table(3);
    this.writeUser = table(4);
    for (let i = 1; i < 5; i++) table(i).fill(UNTOUCHED);
  }

  private touch(page: number): void {
    if (this.readSupervisor[page] !== UNTOUCHED) return;
    if (this.touchedCount === this.touched.length) {
      const larger = new Int32Array(this.touched.length * 2);
      larger.set(this.touched);
      this.touched = larger;
    }
    this.touched[this.touchedCount++] = page;
    this.readSupervisor[page] = DROPPED;
  }

  /** Makes the architectural entry of a linear page. */
  insert(page: number, entry: number): void {
    this.touch(page);
    this.architectural[page] = entry;
  }

  /** Fills the fast tables after a permitted access; `entry` is the architectural one, or what it would be. */
  fill(
    page: number,
    entry: number,
    physical: number,
    isWrite: boolean,
    writeProtect: boolean,
  ): void {
    if (this.watchedPages.has(page)) return;
    const host = this.memory.host(physical - (physical & 0xfff));
    if (host < 0) return;
    this.touch(page);
    const word = host ^ (page << 12);
    const isUser = (entry & ENTRY_USER) !== 0;
    this.readSupervisor[page] = word;
    if (isUser) this.readUser[page] = word;
    const flags = this.memory.pageFlags;
    if (!isWrite || (flags[host >>> 12] & (PAGE_IS_RAM | PAGE_HAS_CODE)) !== PAGE_IS_RAM) return;
    flags[host >>> 12] |= PAGE_IS_DIRTY;
    const isWritable = (entry & ENTRY_WRITABLE) !== 0;
    if (isWritable || !writeProtect) this.writeSupervisor[page] = word;
    if (isWritable && isUser) this.writeUser[page] = word;
  }

  /** invlpg, and what a page fault does to its page. */
  drop(page: number): void {
    this.architectural[page] = 0;
    this.dropFast(page);
  }

  private dropFast(page: number): void {
    if (this.readSupervisor[page] === UNTOUCHED) return;
    this.readSupervisor[page] = DROPPED;
    this.readUser[page] = UNTOUCHED;
    this.writeSupervisor[page] = UNTOUCHED;
    this.writeUser[page] = UNTOUCHED;
  }

  /** Empties everything; global pages stay when `keepGlobal`. */
  flush(keepGlobal: boolean): void {
    let kept = 0;
    for (let i = 0; i < this.touchedCount; i++) {
      const page = this.touched[i];
      if (keepGlobal && (this.architectural[page] & ENTRY_GLOBAL) !== 0) {
        this.touched[kept++] = page;
        continue;
      }
      this.dropFast(page);
      this.readSupervisor[page] = UNTOUCHED;
      this.architectural[page] = 0;
    }
    this.touchedCount = kept;
  }

  /** Forgets the fast tables only: watchpoints, A20, CR0.WP or the map changed. */
  flushFast(): void {
    for (let i = 0; i < this.touchedCount; i++) this.dropFast(this.touched[i]);
  }

  /** From now on writes to any page (or to the host page given) take the slow path once more. */
  protectWrites(hostPage = -1): void {
    for (let i = 0; i < this.touchedCount; i++) {
      const page = this.touched[i];
      const word =
        this.writeSupervisor[page] & 1 ? this.writeUser[page] : this.writeSupervisor[page];
      if ((word & 1) !== 0) continue;
      if (hostPage >= 0 && (word ^ (page << 12)) >>> 12 !== hostPage) continue;
      this.writeSupervisor[page] = UNTOUCHED;
      this.writeUser[page] = UNTOUCHED;
    }
  }

  /** Pairs of linear page and entry, sorted: what snapshots and hashes take. */
  entries(): Uint32Array {
    const pages: number[] = [];
    for (let i = 0; i < this.touchedCount; i++) {
      const page = this.touched[i];
      if (this.architectural[page] !== 0) pages.push(page);
    }
    pages.sort((a, b) => a - b);
    const pairs = new Uint32Array(pages.length * 2);
    pages.forEach((page, i) => {
      pairs[i * 2] = page;
      pairs[i * 2 + 1] = this.architectural[page];
    });
    return pairs;
  }

  /** The reverse of `entries`, into an emptied TLB. */
  restore(pairs: Uint32Array): void {
    this.flush(false);
    for (let i = 0; i < pairs.length; i += 2) this.insert(pairs[i], pairs[i + 1] | 0);
  }
}
