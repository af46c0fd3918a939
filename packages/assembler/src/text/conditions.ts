// Conditional assembly: the nesting of `.if` and whether the present text counts.

import type { Where } from '../object/sections.ts';

interface Level {
  /** A branch of this level has been taken already. */
  wasTaken: boolean;
  isActive: boolean;
  readonly isOuterActive: boolean;
  /** Where its `.else` stands. */
  elseWhere: Where;
  readonly where: Where;
}

export class Conditions {
  private readonly levels: Level[] = [];

  get depth(): number {
    return this.levels.length;
  }

  get isSkipping(): boolean {
    const top = this.levels[this.levels.length - 1];
    return top !== undefined && !top.isActive;
  }

  /** What stands around the innermost `.if` counts. */
  get isOutermost(): boolean {
    return this.levels[this.levels.length - 1]?.isOuterActive ?? true;
  }

  /** Where the innermost open `.if` stands. */
  get where(): Where {
    return this.levels[this.levels.length - 1]?.where;
  }

  /** `test` is asked only where its answer counts. */
  open(where: Where, test: () => boolean): void {
    const isOuterActive = !this.isSkipping;
    const isActive = isOuterActive && test();
    this.levels.push({ wasTaken: isActive, isActive, isOuterActive, elseWhere: undefined, where });
  }

  /** False where no `.if` is open, or `.else` has been. */
  otherwiseIf(test: () => boolean): boolean {
    const top = this.levels[this.levels.length - 1];
    if (!top) return false;
    if (top.elseWhere) {
      top.isActive = false;
      return false;
    }
    top.isActive = top.isOuterActive && !top.wasTaken && test();
    if (top.isActive) top.wasTaken = true;
    return true;
  }

  otherwise(where: Where): boolean {
    const isFine = this.otherwiseIf(() => true);
    const top = this.levels[this.levels.length - 1];
    if (top && isFine) top.elseWhere = where;
    return isFine;
  }

  /** The places of the innermost `.if` and of its `.else`. */
  get places(): { readonly opened: Where; readonly otherwise: Where } | undefined {
    const top = this.levels[this.levels.length - 1];
    return top && { opened: top.where, otherwise: top.elseWhere };
  }

  close(): boolean {
    return this.levels.pop() !== undefined;
  }

  /** Drops what was opened above `depth`; true if there was anything. */
  cut(depth: number): boolean {
    const isCut = this.levels.length > depth;
    this.levels.length = Math.min(this.levels.length, depth);
    return isCut;
  }
}
