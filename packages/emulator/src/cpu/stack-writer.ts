// A stack that is being pushed to but not yet adopted: gates push several words, on the present stack or a new one, and
// only when all have gone well do SS and ESP change.

import { readSize, readSystem, writeSize, writeSystem } from './access.ts';
import type { Cpu } from './cpu.ts';
import { SS_FAULT, raise } from './exceptions.ts';
import type { Descriptor } from './segments.ts';
import * as S from './state-layout.ts';

export class StackWriter {
  /** The stack pointer so far, cut to the segment's size. */
  offset: number;
  readonly mask: number;
  private readonly cpu: Cpu;
  private readonly base: number;
  private readonly limit: number;
  private readonly attributes: number;
  private readonly isNew: boolean;
  private readonly selector: number;

  /** On the current stack, or on that of a descriptor, which inner levels write as the supervisor. */
  constructor(cpu: Cpu, stack?: Descriptor, pointer?: number) {
    const { r } = cpu;
    this.cpu = cpu;
    this.isNew = stack !== undefined;
    this.selector = stack?.selector ?? 0;
    this.base = stack?.base ?? r[S.SEGMENT_BASE + S.SS];
    this.limit = (stack?.limit ?? r[S.SEGMENT_LIMIT + S.SS]) >>> 0;
    this.attributes = stack?.attributes ?? r[S.SEGMENT_ATTRIBUTES + S.SS];
    this.mask = (this.attributes & 0x4000) !== 0 ? -1 : 0xffff;
    this.offset = (pointer ?? r[S.ESP]) & this.mask;
  }

  private linear(offset: number, size: number): number {
    const first = offset >>> 0;
    const last = first + size - 1;
    const isDown = (this.attributes & 0xc) === 4;
    const top = this.mask >>> 0;
    const fits = isDown ? first > this.limit && last <= top : last <= this.limit;
    if (!fits && !(this.limit === 0xffffffff && !isDown)) {
      const code = this.isNew ? this.selector & 0xfffc : 0;
      raise(this.cpu, SS_FAULT, code, 'the stack is full: beyond its limit');
    }
    return (this.base + offset) | 0;
  }

  push(value: number, size: number): void {
    const offset = (this.offset - size) & this.mask;
    const linear = this.linear(offset, size);
    if (this.isNew) writeSystem(this.cpu, linear, size, value);
    else writeSize(this.cpu, linear, size, value);
    this.offset = offset;
  }

  /** Faults where the word `depth` bytes up cannot be read: far returns read the return address last. */
  peek(depth: number, size: number): void {
    const linear = this.linear((this.offset + depth) & this.mask, size);
    readSize(this.cpu, linear, size);
  }

  pop(size: number): number {
    const linear = this.linear(this.offset, size);
    const value = this.isNew
      ? readSystem(this.cpu, linear, size)
      : readSize(this.cpu, linear, size);
    this.offset = (this.offset + size) & this.mask;
    return value;
  }

  /** ESP takes the pointer; SS is the caller's to load before. */
  commit(): void {
    const { r } = this.cpu;
    r[S.ESP] = (r[S.ESP] & ~this.mask) | this.offset;
  }
}
