// Physical memory and its layout inside the one WebAssembly.Memory ("host addresses" are offsets into that):
//   CPU areas | TLB tables of each CPU | RAM | ROM | one page of all ones, which unmapped addresses read as | decoded
//   instructions (cpu/code-cache.ts).
// The guest sees RAM from 0 with the hole of the PC between 640 KiB and 1 MiB (text-mode VGA memory at 0xB8000 is RAM,
// the ROM's last 128 KiB stand below 1 MiB), and the ROM again at the top of 4 GiB. Devices may claim ranges; those and
// writes to ROM or nothing never take the fast path of the TLB. Every write that is not a CPU's fast path goes through
// `noteWrite`, so that decoded code and page hashes notice.

import { CPU_AREA_BYTES } from '../cpu/state-layout.ts';
import type { Device } from '../device.ts';
import { type GuestMemory, createMemory } from '../webassembly.ts';

export const PAGE = 4096;
/** Five tables of one word per linear page; see cpu/tlb.ts. */
export const TLB_BYTES: number = 5 * 4 * 0x100000;
/** Decoded records, and the record of each byte of a page of code: see cpu/code-cache.ts. */
export const RECORD_BYTES = 0x1000000;
export const RECORD_INDEX_BYTES = 0x400000;
const MIB = 0x100000;
const VGA_HOLE = 0xa0000;
const TEXT_MEMORY = 0xb8000;
const OPTION_ROMS = 0xc0000;
const LOW_ROM_MAX = 0x20000;
const TOP = 0x100000000;

/** Page flags, by host page. */
export const PAGE_IS_RAM = 1;
export const PAGE_HAS_CODE = 2;
export const PAGE_IS_DIRTY = 4;

interface Claim {
  readonly first: number;
  readonly end: number;
  readonly device: Device;
}

export class Memory {
  readonly ramBytes: number;
  readonly ramBase: number;
  readonly romBase: number;
  readonly romBytes: number;
  readonly cpus: number;
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly i32: Int32Array;
  readonly view: DataView;
  readonly pageFlags: Uint8Array;
  /** Pages of CPUs, RAM, ROM and the page of all ones. */
  readonly pageCount: number;
  /** Where the decoded instructions lie: records, index, and four words for each page. */
  readonly codeBase: number;
  /** Physical address bit 20 is cleared while the A20 gate is shut. */
  a20Mask = -1;
  /** Decoded code lies in the bytes written. */
  codeWritten: (host: number, length: number) => void = () => {};
  private readonly memory: GuestMemory;
  private readonly voidPage: number;
  private readonly lowPages: Int32Array = new Int32Array(MIB / PAGE);
  private readonly claims: Claim[] = [];
  /** Below this address no device has a range. */
  private firstClaim = Infinity;
  private readonly romStart: number;

  constructor(ramBytes: number, cpus: number, rom: Uint8Array) {
    this.ramBytes = ramBytes;
    this.cpus = cpus;
    const states = Math.ceil((cpus * CPU_AREA_BYTES) / PAGE) * PAGE;
    this.ramBase = states + cpus * TLB_BYTES;
    this.romBase = this.ramBase + Math.max(ramBytes, MIB);
    this.romBytes = Math.ceil(rom.length / PAGE) * PAGE;
    this.romStart = TOP - this.romBytes;
    this.voidPage = this.romBase + this.romBytes;
    this.codeBase = this.voidPage + PAGE;
    this.pageCount = this.codeBase / PAGE;
    const pageIndexBytes = Math.ceil((this.pageCount * 16) / PAGE) * PAGE;
    this.memory = createMemory(this.codeBase + RECORD_BYTES + RECORD_INDEX_BYTES + pageIndexBytes);
    const buffer = this.memory.buffer;
    this.u8 = new Uint8Array(buffer);
    this.u16 = new Uint16Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.view = new DataView(buffer);
    this.pageFlags = new Uint8Array(this.pageCount);
    this.pageFlags.fill(PAGE_IS_RAM, this.ramBase / PAGE, (this.ramBase + ramBytes) / PAGE);
    this.u8.fill(0xff, this.romBase, this.codeBase);
    this.u8.set(rom, this.voidPage - rom.length);
    this.mapLowPages();
  }

  private mapLowPages(): void {
    const lowRom = Math.min(this.romBytes, LOW_ROM_MAX);
    for (let page = 0; page < MIB / PAGE; page++) {
      const address = page * PAGE;
      let host = this.voidPage;
      if (address >= MIB - lowRom) host = this.voidPage - (MIB - address);
      else if (address < VGA_HOLE || (address >= TEXT_MEMORY && address < OPTION_ROMS)) {
        if (address < this.ramBytes) host = this.ramBase + address;
      }
      this.lowPages[page] = host;
    }
  }

  get buffer(): ArrayBuffer {
    return this.memory.buffer;
  }

  /** Physical ranges of `device` go to it from now on. */
  claim(device: Device): void {
    for (const { first, length } of device.memory ?? []) {
      this.claims.push({ first, end: first + length, device });
      this.firstClaim = Math.min(this.firstClaim, first - (first % PAGE));
    }
  }

  /** Host address of a physical address; -1 where a device's range shares the page. */
  host(physical: number): number {
    if (physical >= this.firstClaim && this.isClaimedPage(physical)) return -1;
    return this.backing(physical);
  }

  private backing(physical: number): number {
    if (physical < MIB) return this.lowPages[physical >>> 12] + (physical & 0xfff);
    if (physical < this.ramBytes) return this.ramBase + physical;
    if (physical >= this.romStart) return this.romBase + (physical - this.romStart);
    return this.voidPage + (physical & 0xfff);
  }

  /** Host page that reads as all ones, to run code from where no code can be. */
  get voidHost(): number {
    return this.voidPage;
  }

  private isClaimedPage(physical: number): boolean {
    const page = physical - (physical % PAGE);
    return this.claims.some((claim) => claim.first < page + PAGE && claim.end > page);
  }

  private claimAt(physical: number): Claim | undefined {
    return this.claims.find((claim) => physical >= claim.first && physical < claim.end);
  }

  /** Little-endian, 1, 2 or 4 bytes that do not cross a page; unsigned. Has a device's side effects. */
  read(physical: number, width: number): number {
    let host = this.host(physical);
    if (host < 0) {
      const claim = this.claimAt(physical);
      if (claim !== undefined) {
        return (claim.device.memoryRead?.(physical, width) ?? -1) >>> 0;
      }
      host = this.backing(physical);
    }
    if (width === 1) return this.u8[host];
    return width === 2 ? this.view.getUint16(host, true) : this.view.getUint32(host, true);
  }

  /** As `read`; writes to ROM and to nothing are lost. */
  write(physical: number, width: number, value: number): void {
    let host = this.host(physical);
    if (host < 0) {
      const claim = this.claimAt(physical);
      if (claim !== undefined) {
        claim.device.memoryWrite?.(physical, width, value);
        return;
      }
      host = this.backing(physical);
    }
    if ((this.pageFlags[host >>> 12] & PAGE_IS_RAM) === 0) return;
    this.noteWrite(host, width);
    if (width === 1) this.u8[host] = value;
    else if (width === 2) this.view.setUint16(host, value, true);
    else this.view.setInt32(host, value, true);
  }

  /** To be called for each write to a RAM page that does not go through a filled TLB entry. */
  noteWrite(host: number, length: number): void {
    const page = host >>> 12;
    this.pageFlags[page] |= PAGE_IS_DIRTY;
    if ((this.pageFlags[page] & PAGE_HAS_CODE) !== 0) this.codeWritten(host, length);
  }

  /** A copy of physical memory, without side effects: device ranges read as all ones. */
  copyOut(physical: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const address = (physical + done) % TOP;
      const count = Math.min(length - done, PAGE - (address % PAGE));
      const host = this.host(address);
      if (host < 0) bytes.fill(0xff, done, done + count);
      else bytes.set(this.u8.subarray(host, host + count), done);
      done += count;
    }
    return bytes;
  }

  /** DMA and debuggers: writes RAM; other addresses keep what they have. */
  copyIn(physical: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) {
      const address = (physical + done) % TOP;
      const count = Math.min(bytes.length - done, PAGE - (address % PAGE));
      const host = this.host(address);
      if (host >= 0 && (this.pageFlags[host >>> 12] & PAGE_IS_RAM) !== 0) {
        this.noteWrite(host, count);
        this.u8.set(bytes.subarray(done, done + count), host);
      }
      done += count;
    }
  }
}
