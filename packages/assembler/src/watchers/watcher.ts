// Those who look at every instruction: bundles and aligned branches put padding before it, the note
// of used features adds it up. Where there is none, nothing is asked.

import type { Encoding } from '@ring0/isa';
import type { Assembly } from '../object/assembly.ts';
import type { PlainOperand } from '../instructions/instructions.ts';
import type { Items } from '../object/items.ts';
import { Bundles } from './bundles.ts';

export interface SeenInstruction {
  readonly name: string;
  readonly encoding: Encoding;
  readonly operands: readonly PlainOperand[];
}

export interface InstructionWatcher {
  /** An instruction is about to be placed; its line number is not noted yet. */
  begin?(encoding: Encoding): void;
  /** It is about to be placed, and has its line number. */
  before?(instruction: SeenInstruction): void;
  /** It has been placed. */
  after?(): void;
  /** A directive runs. */
  directive?(name: string): void;
  /** All is read. */
  finish?(): void;
}

/** Makes a watcher for one assembly: what `alignedBranches` and `usedNote` give. */
export interface WatcherMaker extends CallableFunction {
  /** @internal */
  (assembly: Assembly): InstructionWatcher;
}

/** A part of a section whose size a watcher knows while the layout is found. */
export interface FlexiblePart {
  /** The size of item `index`, which lies at `address` now. */
  flexibleSize(items: Items, index: number, address: number): number;
}

export class Watchers {
  readonly list: InstructionWatcher[];
  readonly bundles: Bundles;

  constructor(assembly: Assembly) {
    this.bundles = new Bundles(assembly);
    this.list = (assembly.options.watchers ?? []).map((make) => make(assembly));
  }

  add(watcher: InstructionWatcher): void {
    if (!this.list.includes(watcher)) this.list.push(watcher);
  }
}
