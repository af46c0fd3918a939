// Which calls are inlined: `always_inline` at every level; when optimising, small bodies, and internal functions that one
// place calls. Bottom-up: a body that goes elsewhere has taken in its own callees first.

import type { IRFunction } from '../ir/function.ts';
import { Op } from '../ir/ops.ts';
import { bodySize, inlineCalls, isInlinable } from '../passes/inline.ts';
import type { Routine } from '../ir/unit.ts';

const SMALL_FOR_SPEED = 20;
const SMALL_FOR_SIZE = 6;
const ONCE_LIMIT = 400;
const GROWTH_LIMIT = 2000;
const DEPTH_LIMIT = 64;
/** Bytes of arrays and records that would stay in the caller's frame for good. */
const FRAME_LIMIT = 128;

export type Candidate = Pick<Routine, 'f' | 'traits'>;
interface Entry extends Candidate {
  state: 'waiting' | 'active' | 'done';
  calls: number;
  isMentioned: boolean;
  mayMove: boolean;
}

function mayMove({ f, traits }: Candidate): boolean {
  if (traits.isNoInline || traits.isNaked || traits.isWeak || traits.isVariadic) return false;
  return isInlinable(f);
}

function frameSize(f: IRFunction): number {
  let size = 0;
  for (const slot of f.slots) if (slot.size > 8 && slot.incoming === undefined) size += slot.size;
  return size;
}

class Inlining {
  private readonly entries = new Map<string, Entry>();
  private readonly isOptimizing: boolean;
  private readonly isForSize: boolean;

  constructor(candidates: readonly Candidate[], isOptimizing: boolean, isForSize: boolean) {
    this.isOptimizing = isOptimizing;
    this.isForSize = isForSize;
    for (const candidate of candidates) {
      this.entries.set(candidate.f.name, {
        ...candidate,
        state: 'waiting',
        calls: 0,
        isMentioned: false,
        mayMove: mayMove(candidate),
      });
    }
    for (const { f } of candidates) this.countReferences(f);
  }
  private countReferences(f: IRFunction): void {
    for (const block of f.blocks) {
      for (const id of block.code) {
        if (f.op[id] !== Op.call) continue;
        const symbol = f.calls[f.b[id]].symbol;
        const entry = symbol === undefined ? undefined : this.entries.get(symbol);
        if (entry) entry.calls++;
      }
    }
    for (const symbol of f.symbols) {
      const entry = this.entries.get(symbol);
      if (entry) entry.isMentioned = true;
    }
  }

  run(): void {
    for (const entry of this.entries.values()) this.process(entry, 0);
  }
  private process(entry: Entry, depth: number): void {
    if (entry.state !== 'waiting') return;
    entry.state = 'active';
    inlineCalls(entry.f, (symbol, growth) => {
      const callee = this.entries.get(symbol);
      if (!callee?.mayMove || callee === entry) return undefined;
      if (depth < DEPTH_LIMIT) this.process(callee, depth + 1);
      if (callee.state !== 'done') return undefined;
      return this.isWanted(callee, growth) ? callee.f : undefined;
    });
    entry.state = 'done';
  }
  private isWanted(callee: Entry, growth: number): boolean {
    if (callee.traits.isAlwaysInline) return true;
    if (!this.isOptimizing || growth > GROWTH_LIMIT) return false;
    const size = bodySize(callee.f);
    if (size <= (this.isForSize ? SMALL_FOR_SIZE : SMALL_FOR_SPEED)) return true;
    const isOnce = !callee.traits.isExternal && callee.calls === 1 && !callee.isMentioned;
    return isOnce && size <= ONCE_LIMIT && frameSize(callee.f) <= FRAME_LIMIT;
  }
}

/** Inlines calls between the functions of a unit, in place. */
export function inlineUnit(
  candidates: readonly Candidate[],
  isOptimizing: boolean,
  isForSize: boolean,
): void {
  new Inlining(candidates, isOptimizing, isForSize).run();
}
