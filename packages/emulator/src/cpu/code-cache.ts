// Decoded instructions, by host page and decode key, shared by all CPUs. A page's records are made from one entry point
// at a time: straight on until control leaves for good, and on from every direct jump's target in the same page, so that
// such jumps are linked record to record. Nothing here is architectural and nothing here touches a TLB.
//
// An instruction that crosses into the next page stands behind a CROSS record, which checks at each run that the next
// linear page is the one it was decoded from. Writing to a page with code drops its records when they hit one of the
// 64-byte granules that were decoded: the records become STALE, which any CPU in the midst of them notices.

import {
  PAGE,
  PAGE_HAS_CODE,
  RECORD_BYTES,
  RECORD_INDEX_BYTES,
  type Memory,
} from '../machine/memory.ts';
import { type DecodeInput, decodeInstruction } from './decoder.ts';
import { OP_MASK, RECORD, W_DISP, W_IMM, W_INFO, W_OP } from './record.ts';
import type { Tlb } from './tlb.ts';
import { HOT_BREAK, HOT_CONTINUE, HOT_CROSS, HOT_STALE, pairCase } from './hot-ops.ts';

/** Free records that decoding one entry point may need. */
const RESERVE = PAGE * 3;
/** Instructions decoded ahead in a straight line: what follows an unreturning call may be data. */
const RUN_MAX = 64;

export class CodeCache {
  /** The machine's whole memory in words. Records, blocks and page indexes are named by their place in it. */
  readonly records: Int32Array;
  /** A STALE record that is no instruction's. */
  readonly origin: number;
  /** Where the four words of host page 0 lie: a page's index block for each decode key. */
  readonly pageIndexAt: number;
  readonly tlbs: Tlb[] = [];
  /** Linear addresses; decoded code has a BREAK record where one may apply. */
  breakpoints: ReadonlySet<number> = new Set();
  private readonly memory: Memory;
  private readonly granules: Int32Array;
  /** Pages whose last instruction ends in the page that is the key. */
  private readonly crossers = new Map<number, Set<number>>();
  /** Index blocks, of 4096 words, name the record of each byte of a page. This one stays empty. */
  private readonly emptyBlock: number;
  private freeBlocks: number[] = [];
  /** Blocks from here on have never been used. */
  private nextBlock: number;
  /** For one instruction that may not be kept. */
  private readonly scratch: number;
  private nextRecord: number;
  private readonly input: DecodeInput;
  private readonly seam = new Uint8Array(32);

  constructor(memory: Memory) {
    this.memory = memory;
    this.records = memory.i32;
    this.origin = memory.codeBase >>> 2;
    this.scratch = this.origin + RECORD;
    this.nextRecord = this.firstRecord;
    this.emptyBlock = (memory.codeBase + RECORD_BYTES) >>> 2;
    this.nextBlock = this.emptyBlock + PAGE;
    this.pageIndexAt = (memory.codeBase + RECORD_BYTES + RECORD_INDEX_BYTES) >>> 2;
    this.forgetPages();
    this.granules = new Int32Array(memory.pageCount * 2);
    this.input = { bytes: memory.u8, at: 0, end: 0, key: 0, offset: 0 };
    memory.codeWritten = (host, length) => this.written(host, length);
  }

  /** Records 0 to 2 are the origin and the scratch. */
  private get firstRecord(): number {
    return this.origin + RECORD * 4;
  }

  private forgetPages(): void {
    const { pageIndexAt, memory } = this;
    this.records.fill(this.emptyBlock, pageIndexAt, pageIndexAt + memory.pageCount * 4);
  }

  /** Forgets everything. Not to be called while an instruction runs, but by `find`, whose caller looks up anew. */
  flush(): void {
    const isFree = new Set(this.freeBlocks);
    for (let block = this.emptyBlock + PAGE; block < this.nextBlock; block += PAGE) {
      if (!isFree.has(block)) this.records.fill(0, block, block + PAGE);
    }
    this.forgetPages();
    this.granules.fill(0);
    this.crossers.clear();
    this.freeBlocks = [];
    this.nextBlock = this.emptyBlock + PAGE;
    this.nextRecord = this.firstRecord;
    const flags = this.memory.pageFlags;
    for (let page = 0; page < flags.length; page++) flags[page] &= ~PAGE_HAS_CODE;
  }

  /** Changes the breakpoints; between runs only. */
  setBreakpoints(addresses: ReadonlySet<number>): void {
    this.breakpoints = addresses;
    this.flush();
  }

  /**
   * The record of the instruction at an offset of a host page, decoded now if need be; 0 when it crosses into the next
   * page and `nextPage`, the host page behind it in linear order, is not given.
   */
  find(page: number, key: number, offset: number, nextPage: number): number {
    const { records, emptyBlock } = this;
    const blockAt = this.pageIndexAt + page * 4 + key;
    let block = records[blockAt];
    const known = records[block + offset];
    if (known !== 0) return known;
    const isFull = this.nextRecord + RESERVE * RECORD > emptyBlock;
    const hasNoBlock = this.freeBlocks.length === 0 && this.nextBlock === this.pageIndexAt;
    if (isFull || (block === emptyBlock && hasNoBlock)) {
      this.flush();
      block = emptyBlock;
    }
    if (block === emptyBlock) {
      block = this.takeBlock();
      records[blockAt] = block;
    }
    this.markCode(page);
    if (nextPage >= 0) return this.decodeCrossing(page, key, offset, block, nextPage);
    this.decodeFrom(page, key, offset, block);
    return records[block + offset];
  }

  private takeBlock(): number {
    const free = this.freeBlocks.pop();
    if (free !== undefined) return free;
    const block = this.nextBlock;
    this.nextBlock += PAGE;
    return block;
  }

  /** Where one case does both instructions of two adjacent records, the first record takes it. */
  private pairUp(first: number, second: number): void {
    const { records } = this;
    if (second !== first + RECORD) return;
    const word = records[first + W_OP];
    const both = pairCase(word & OP_MASK, records[second + W_OP] & OP_MASK);
    if (both !== undefined) records[first + W_OP] = (word & ~OP_MASK) | both;
  }

  private markCode(page: number): void {
    const { pageFlags } = this.memory;
    if ((pageFlags[page] & PAGE_HAS_CODE) !== 0) return;
    pageFlags[page] |= PAGE_HAS_CODE;
    for (const tlb of this.tlbs) tlb.protectWrites(page);
  }

  private markGranules(page: number, offset: number, length: number): void {
    for (let granule = offset >>> 6; granule <= (offset + length - 1) >>> 6; granule++) {
      this.granules[page * 2 + (granule >>> 5)] |= 1 << (granule & 31);
    }
  }

  private decodeFrom(page: number, key: number, entry: number, block: number): void {
    const { records, input } = this;
    const worklist = [entry];
    const links: number[] = [];
    input.bytes = this.memory.u8;
    input.end = (page + 1) * PAGE;
    input.key = key;
    for (let start = worklist.pop(); start !== undefined; start = worklist.pop()) {
      for (let offset = start, count = 0; ; count++) {
        if (offset >= PAGE || records[block + offset] !== 0 || count === RUN_MAX) {
          if (offset !== start) this.emitContinue(offset);
          break;
        }
        const first = this.nextRecord;
        const p = this.emitBreakpoint(offset);
        input.at = page * PAGE + offset;
        input.offset = offset;
        const decoded = decodeInstruction(input, records, p);
        if (decoded.length < 0) {
          this.nextRecord = first;
          if (offset !== start) this.emitContinue(offset);
          break;
        }
        this.nextRecord = p + RECORD;
        records[block + offset] = first;
        if (count > 0) this.pairUp(first - RECORD, p);
        this.markGranules(page, offset, decoded.length);
        if (decoded.target >= 0 && decoded.target < PAGE) {
          links.push(p);
          worklist.push(decoded.target);
        }
        if (decoded.isEnd) break;
        offset += decoded.length;
      }
    }
    for (const p of links) records[p + W_IMM] = records[block + records[p + W_DISP]];
  }

  /** A BREAK record where some breakpoint has this offset in its page; answers where the instruction goes. */
  private emitBreakpoint(offset: number): number {
    if (this.breakpoints.size === 0) return this.nextRecord;
    for (const address of this.breakpoints) {
      if ((address & 0xfff) !== offset) continue;
      this.emit(HOT_BREAK, offset, 0);
      break;
    }
    return this.nextRecord;
  }

  private emit(op: number, offset: number, displacement: number): number {
    const p = this.nextRecord;
    this.records.fill(0, p, p + RECORD);
    this.records[p + W_OP] = op;
    this.records[p + W_DISP] = displacement;
    this.records[p + W_INFO] = offset;
    this.nextRecord = p + RECORD;
    return p;
  }

  private emitContinue(offset: number): void {
    this.emit(HOT_CONTINUE, offset & 0xfff, offset);
  }

  private decodeCrossing(
    page: number,
    key: number,
    offset: number,
    block: number,
    nextPage: number,
  ): number {
    const first = this.nextRecord;
    this.emitBreakpoint(offset);
    const guard = this.emit(HOT_CROSS, offset, nextPage);
    const p = this.nextRecord;
    const length = this.decodeSeam(page, key, offset, nextPage, p);
    this.records[guard + W_IMM] = length;
    this.nextRecord = p + RECORD;
    this.emitContinue(offset + length);
    this.records[block + offset] = first;
    const head = PAGE - offset;
    this.markGranules(page, offset, Math.min(head, length));
    if (length > head) {
      this.markCode(nextPage);
      this.markGranules(nextPage, 0, length - head);
      const set = this.crossers.get(nextPage) ?? new Set();
      this.crossers.set(nextPage, set.add(page));
    }
    return first;
  }

  private decodeSeam(page: number, key: number, offset: number, next: number, p: number): number {
    const { input, seam, memory } = this;
    const head = Math.min(PAGE - offset, 16);
    const at = page * PAGE + offset;
    seam.set(memory.u8.subarray(at, at + head));
    seam.set(memory.u8.subarray(next * PAGE, next * PAGE + 32 - head), head);
    input.bytes = seam;
    input.at = 0;
    input.end = 32;
    input.key = key;
    input.offset = offset;
    return decodeInstruction(input, this.records, p).length;
  }

  /** Decodes one instruction into records that are used at once and not kept: [instruction, CONTINUE]. */
  decodeScratch(page: number, key: number, offset: number, nextPage: number): number {
    const length = this.decodeSeam(page, key, offset, nextPage, this.scratch);
    const kept = this.nextRecord;
    this.nextRecord = this.scratch + RECORD;
    this.emitContinue(offset + length);
    this.nextRecord = kept;
    return this.scratch;
  }

  private written(host: number, length: number): void {
    const page = host >>> 12;
    const offset = host & 0xfff;
    for (let granule = offset >>> 6; granule <= (offset + length - 1) >>> 6; granule++) {
      if ((this.granules[page * 2 + (granule >>> 5)] & (1 << (granule & 31))) === 0) continue;
      this.drop(page);
      for (const crosser of this.crossers.get(page) ?? []) this.drop(crosser);
      this.crossers.delete(page);
      return;
    }
  }

  /** Drops a page's records. Instructions being executed from them go on to a STALE record. */
  drop(page: number): void {
    const { records, pageIndexAt, emptyBlock } = this;
    for (let key = 0; key < 4; key++) {
      const blockAt = pageIndexAt + page * 4 + key;
      const block = records[blockAt];
      if (block === emptyBlock) continue;
      for (let i = block; i < block + PAGE; i++) {
        if (records[i] !== 0) records[records[i] + W_OP] = HOT_STALE;
      }
      records.fill(0, block, block + PAGE);
      records[blockAt] = emptyBlock;
      this.freeBlocks.push(block);
    }
    this.granules[page * 2] = this.granules[page * 2 + 1] = 0;
    this.memory.pageFlags[page] &= ~PAGE_HAS_CODE;
  }
}
