// DATA_SEGMENT_ALIGN, _RELRO_END and _END (GNU ld manual, "Builtin Functions"): where the data
// segment begins so that it costs few pages, and so that its read-only-after-relocation part ends
// on a page boundary.

import { sectionFlag, sectionType } from '@ring0/elf';
import type { LayoutItem, OutputSection } from '../model.ts';
import type { LinkSettings } from '../options.ts';

type Phase = 'none' | 'aligned' | 'relro' | 'ended' | 'adjust' | 'adjust-relro' | 'done';

export class DataSegment {
  private readonly items: readonly LayoutItem[];
  private readonly hasRelro: boolean;
  private phase: Phase = 'none';
  private base = 0n;
  private pageSize = 0n;
  private maxPageSize = 0n;
  private relroEndAt = 0n;
  private relroOffset = 0n;
  private endAt = 0n;
  private adjustments = 0;

  constructor(items: readonly LayoutItem[], settings: LinkSettings) {
    this.items = items;
    this.hasRelro = settings.hasRelro;
  }

  /** Starts a new round of passes. */
  begin(): void {
    this.phase = 'none';
    this.relroEndAt = 0n;
    this.adjustments = 0;
  }

  /** The range that is read-only after relocation, if there is one. */
  get relro(): { start: number; end: number } | undefined {
    if (!this.hasRelro || this.relroEndAt === 0n) return undefined;
    return { start: Number(this.base), end: Number(this.relroEndAt) };
  }

  align(dot: bigint, maximum: bigint, usual: bigint): bigint {
    const aligned = maximum > 1n ? ((dot + maximum - 1n) / maximum) * maximum : dot;
    if (
      this.phase === 'adjust-relro' ||
      (this.phase === 'done' && this.hasRelro && this.relroEndAt > 0n)
    ) {
      return this.base;
    }
    if (this.phase === 'adjust') {
      return usual < maximum ? aligned + ((dot + usual - 1n) & (maximum - usual)) : aligned;
    }
    const value = this.hasRelro ? aligned : aligned + (dot & (maximum - 1n));
    if (this.phase === 'none') {
      this.phase = 'aligned';
      this.base = value;
      this.pageSize = usual;
      this.maxPageSize = maximum;
    }
    return value;
  }

  relroEnd(offset: bigint, end: bigint): bigint {
    this.relroOffset = offset;
    if (this.phase === 'aligned') {
      this.relroEndAt = end + offset;
      this.phase = 'relro';
      return end;
    }
    const isAdjusted =
      this.phase === 'adjust-relro' || (this.phase === 'done' && this.relroEndAt > 0n);
    if (!isAdjusted || !this.hasRelro) return end;
    const page = this.maxPageSize;
    this.relroEndAt = ((end + offset + page - 1n) / page) * page;
    return this.relroEndAt - offset;
  }

  end(end: bigint): bigint {
    if (this.phase === 'aligned' || this.phase === 'relro') {
      this.phase = 'ended';
      this.endAt = end;
    }
    return end;
  }

  /** After a pass: true if the segment must move and the pass be repeated. */
  adjust(): boolean {
    if (this.phase !== 'ended' || this.adjustments++ > 0) return false;
    if (this.hasRelro && this.relroEndAt > 0n) {
      this.moveRelro();
      return true;
    }
    const first = -this.base & (this.pageSize - 1n);
    const last = this.endAt & (this.pageSize - 1n);
    const page = (value: bigint): bigint => value & ~(this.pageSize - 1n);
    const saves =
      first > 0n &&
      last > 0n &&
      page(this.base) !== page(this.endAt) &&
      first + last <= this.pageSize;
    this.phase = saves ? 'adjust' : 'done';
    return saves;
  }

  /** Moves the sections before the relro end up, so that it falls on a page boundary. */
  private moveRelro(): void {
    const page = this.maxPageSize;
    const end = ((this.relroEndAt + page - 1n) / page) * page;
    let base = end - this.relroOffset;
    const sections = this.items.filter(
      (o): o is OutputSection =>
        o.kind === 'output' && o.exists && !o.isIgnored && (o.flags & sectionFlag.alloc) !== 0,
    );
    let hasSeen = false;
    for (const section of sections.toReversed()) {
      const start = BigInt(section.address);
      if (start >= this.base && start < this.relroEndAt - this.relroOffset) {
        const isTbss =
          (section.flags & sectionFlag.tls) !== 0 && section.type === sectionType.nobits;
        const size = isTbss ? 0n : BigInt(section.size);
        const alignment = BigInt(section.alignment);
        base = start + (base - (start + size));
        base -= base % alignment;
        hasSeen = true;
      } else if (hasSeen) break;
    }
    this.phase = 'adjust-relro';
    this.base = base;
  }
}
