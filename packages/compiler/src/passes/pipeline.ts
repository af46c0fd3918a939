// The passes over the intermediate representation, in order. Each has a name, which the text form of a function carries:
// a function that is read back goes on behind the last pass that it has been through.

import type { IRFunction } from '../ir/function.ts';
import { LOWERED } from '../ir/stage.ts';
import { removeDeadCode } from './dead-code.ts';
import { cleanFlow, splitCriticalEdges } from './flow.ts';
import { promote } from './promote.ts';
import { simplify } from './simplify.ts';

/** Above this many blocks times instructions a function stays in memory: its passes would not be near-linear. */
const PROMOTION_LIMIT = 400_000_000;

export interface PassOptions {
  readonly isOptimizing: boolean;
  readonly isForSize: boolean;
  readonly afterPass?: ((pass: string) => void) | undefined;
}

interface Pass {
  readonly name: string;
  /** Left out at -O0. */
  readonly isOptional: boolean;
  readonly run: (f: IRFunction, options: PassOptions) => void;
}

/** Ready for selection. */
export const FINAL = 'split';

function clean(f: IRFunction): void {
  cleanFlow(f);
  removeDeadCode(f);
}
const flow = (f: IRFunction): void => {
  f.computePredecessors();
  cleanFlow(f);
};
// From here on a variable whose address is not taken is a value.
const promotion = (f: IRFunction): void => {
  if (f.blocks.length * f.count < PROMOTION_LIMIT) promote(f);
};
const simplification = (f: IRFunction, { isForSize }: PassOptions): void => simplify(f, isForSize);
const done = (f: IRFunction): void => {
  removeDeadCode(f);
  cleanFlow(f);
};

const passes: readonly Pass[] = [
  { name: 'flow', isOptional: false, run: flow },
  { name: 'promote', isOptional: true, run: promotion },
  { name: 'simplify', isOptional: true, run: simplification },
  { name: 'clean', isOptional: true, run: clean },
  { name: 'simplify2', isOptional: true, run: simplification },
  { name: 'clean2', isOptional: true, run: clean },
  { name: 'done', isOptional: false, run: done },
  { name: FINAL, isOptional: false, run: splitCriticalEdges },
];

/** The names that a function's stage may have, in order. */
export const stages: readonly string[] = [LOWERED, ...passes.map(({ name }) => name)];

/** The passes that are run, in order. */
export function stagesOf(isOptimizing: boolean): string[] {
  return passes.filter((pass) => isOptimizing || !pass.isOptional).map(({ name }) => name);
}

/**
 * Improves a function on which the passes up to `stage` have run; afterwards predecessors are up to date and no block is
 * unreachable.
 */
export function runPasses(f: IRFunction, stage: string, options: PassOptions): void {
  const first = stages.indexOf(stage);
  if (first < 0) throw new Error(`no pass has the name ${stage}`);
  for (const pass of passes.slice(first)) {
    if (pass.isOptional && !options.isOptimizing) continue;
    // What a pass adds at the entry belongs there.
    f.atPlaceOf(f.blocks[0].code[0] ?? 0);
    pass.run(f, options);
    options.afterPass?.(pass.name);
  }
}
