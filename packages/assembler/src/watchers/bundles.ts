// `.bundle_align_mode n`, `.bundle_lock`, `.bundle_unlock`: no instruction, and nothing between lock
// and unlock, lies across a multiple of 2^n. Native Client wanted that.

import type { Encoding } from '@ring0/isa';
import { noMoreThan, numberArgument } from '../directives/directive.ts';
import type { DirectiveHandler } from '../directives/directive.ts';
import type { Assembly } from '../object/assembly.ts';
import { itemKind } from '../object/items.ts';
import type { Subsection, Where } from '../object/sections.ts';
import type { InstructionWatcher } from './watcher.ts';

const powerMax = 31;
const nop = Uint8Array.of(0x90);

export class Bundles implements InstructionWatcher {
  private readonly assembly: Assembly;
  /** 0: there are no bundles. */
  private power = 0;
  private depth = 0;
  /** What was open at the first lock: where it began, and the padding before it. */
  private sub: Subsection | undefined;
  private start = 0;
  private where: Where;
  private padding = 0;
  /** The section was changed since, which has been refused. */
  private hasMoved = false;

  constructor(assembly: Assembly) {
    this.assembly = assembly;
  }

  get isLocked(): boolean {
    return this.depth > 0;
  }

  get size(): number {
    return 2 ** this.power;
  }

  setMode(power: number): void {
    const { assembly } = this;
    if (this.isLocked) {
      return assembly.error('A0516', "'.bundle_align_mode' cannot stand inside '.bundle_lock'");
    }
    this.power = power;
    if (power === 0) return;
    assembly.watchers.add(this);
    assembly.machine.beginBundles();
  }

  lock(): void {
    if (this.depth++ > 0) return;
    const { assembly } = this;
    const sub = assembly.current;
    this.sub = sub;
    this.where = assembly.where;
    this.start = sub.length;
    this.hasMoved = false;
    this.padding = sub.items.length;
    // Its size is known at the unlock; until then it pads nothing.
    assembly.item({
      kind: 'align',
      position: sub.length,
      alignment: 1,
      max: 0,
      fill: nop,
      where: assembly.where,
    });
  }

  unlock(): void {
    if (--this.depth > 0) return;
    const { assembly, sub, padding } = this;
    const bytes = sub === assembly.current ? this.lockedBytes() : 0;
    if (bytes > this.size) {
      const message = `the locked instructions take ${bytes} bytes, a bundle has ${this.size}`;
      return assembly.error('A0516', message);
    }
    this.alignSection();
    if (bytes < 2 || !sub) return;
    sub.items.numbers[padding] = this.size;
    sub.items.details[padding] = bytes - 1;
  }

  /** With jumps as long as they may become. */
  private lockedBytes(): number {
    const { sub, start, padding } = this;
    if (!sub) return 0;
    let bytes = sub.length - start;
    const { kinds, length } = sub.items;
    for (let i = padding + 1; i < length; i++) {
      if (kinds[i] === itemKind.jump) bytes += sub.items.form(i).long.length;
    }
    return bytes;
  }

  private alignSection(): void {
    const { section } = this.assembly.current;
    section.alignment = Math.max(section.alignment, this.size);
  }

  begin({ bytes, relaxation }: Encoding): void {
    const { assembly } = this;
    if (this.power === 0) return;
    if (this.isLocked) {
      if (this.sub === assembly.current || this.hasMoved) return;
      this.hasMoved = true;
      const message = "the section cannot be changed inside '.bundle_lock'";
      return assembly.error('A0516', message);
    }
    this.alignSection();
    const size = relaxation?.longBytes.length ?? bytes.length;
    if (size > this.size) {
      const message = `the instruction takes up to ${size} bytes, a bundle has ${this.size}`;
      return assembly.error('A0516', message);
    }
    if (size > 1) assembly.align(this.size, nop, size - 1);
  }

  after(): void {
    const bytes = this.isLocked && !this.hasMoved ? this.lockedBytes() : 0;
    if (bytes <= this.size) return;
    const message = `the locked instructions take ${bytes} bytes here, a bundle has ${this.size}`;
    this.assembly.error('A0516', message);
  }

  finish(): void {
    if (!this.isLocked) return;
    this.assembly.error('A0516', "'.bundle_lock' without '.bundle_unlock'", this.where);
  }
}

const mode: DirectiveHandler = (directive) => {
  noMoreThan(directive, 1);
  const { assembly } = directive;
  const power = numberArgument(directive, 0, 0);
  if (power === undefined) return;
  if (power < 0 || power > powerMax) {
    return assembly.error('A0516', `a bundle has 2^0 to 2^${powerMax} bytes, not 2^${power}`);
  }
  assembly.watchers.bundles.setMode(power);
};

const lock: DirectiveHandler = (directive) => {
  noMoreThan(directive, 0);
  const { bundles } = directive.assembly.watchers;
  if (bundles.size > 1) bundles.lock();
  else directive.assembly.error('A0516', "'.bundle_lock' needs '.bundle_align_mode' before it");
};

const unlock: DirectiveHandler = (directive) => {
  noMoreThan(directive, 0);
  const { bundles } = directive.assembly.watchers;
  if (bundles.isLocked) bundles.unlock();
  else directive.assembly.error('A0516', "'.bundle_unlock' needs '.bundle_lock' before it");
};

export const bundleDirectives: Readonly<Record<string, DirectiveHandler>> = {
  '.bundle_align_mode': mode,
  '.bundle_lock': lock,
  '.bundle_unlock': unlock,
};
