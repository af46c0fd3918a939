// The state hash: 128 bits over the canonical snapshot, cheap to take often. Hashes of RAM pages are kept; a page is
// hashed again only when it was written since. Writes are seen because hashing a page takes it out of the write tables
// of all TLBs: the next write to it passes the slow path and marks it dirty.

import type { Machine } from '../machine/machine.ts';
import { PAGE, PAGE_IS_DIRTY } from '../machine/memory.ts';
import { hashBytes, hashText, hashWords } from './hash128.ts';
import { isZeroPage, saveRegisters } from './snapshot.ts';

export class StateHasher {
  private readonly machine: Machine;
  /** Four words a page; all zero for pages that are. */
  private readonly pages: Uint32Array;

  constructor(machine: Machine) {
    this.machine = machine;
    this.pages = new Uint32Array((machine.memory.ramBytes / PAGE) * 4);
  }

  hash(): string {
    this.updatePages();
    const { pages } = this;
    const total = new Uint32Array(8);
    const words = new Int32Array(pages.buffer);
    hashWords(words, 0, words.length, total, 0);
    total.set(hashBytes(saveRegisters(this.machine)), 4);
    return hashText(hashBytes(new Uint8Array(total.buffer)));
  }

  private updatePages(): void {
    const { memory, cpus } = this.machine;
    const first = memory.ramBase / PAGE;
    for (const cpu of cpus) cpu.tlb.protectWrites();
    for (let page = 0; page < memory.ramBytes / PAGE; page++) {
      if ((memory.pageFlags[first + page] & PAGE_IS_DIRTY) === 0) continue;
      memory.pageFlags[first + page] &= ~PAGE_IS_DIRTY;
      const word = ((first + page) * PAGE) / 4;
      if (isZeroPage(memory.i32, word)) this.pages.fill(0, page * 4, page * 4 + 4);
      else hashWords(memory.i32, word, word + PAGE / 4, this.pages, page * 4);
    }
  }
}
