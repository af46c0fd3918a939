// The passes over the intermediate representation, in order.

import type { IRFunction } from '../ir/function.ts';
import { removeDeadCode } from './dead-code.ts';
import { cleanFlow } from './flow.ts';
import { promote } from './promote.ts';
import { simplify } from './simplify.ts';

/** Above this many blocks times instructions a function stays in memory: its passes would not be near-linear. */
const PROMOTION_LIMIT = 400_000_000;

export interface PassOptions {
  readonly isOptimizing: boolean;
  readonly isForSize: boolean;
  readonly afterPass?: ((pass: string) => void) | undefined;
}

/** Improves a function; afterwards predecessors are up to date and no block is unreachable. */
export function runPasses(f: IRFunction, options: PassOptions): void {
  const after = (pass: string): void => options.afterPass?.(pass);
  f.computePredecessors();
  cleanFlow(f);
  after('flow');
  if (options.isOptimizing) {
    // From here on a variable whose address is not taken is a value.
    if (f.blocks.length * f.count < PROMOTION_LIMIT) promote(f);
    after('promote');
    for (let round = 0; round < 2; round++) {
      simplify(f, options.isForSize);
      after('simplify');
      cleanFlow(f);
      removeDeadCode(f);
      after('clean');
    }
  }
  removeDeadCode(f);
  cleanFlow(f);
  after('done');
}
