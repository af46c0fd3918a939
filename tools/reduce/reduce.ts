// The reducer as a function: a text, and what makes it interesting, to a small text that still is. For C and for the text of
// the compiler's intermediate representation.

import { cPasses, parameterRemovals } from './c-passes.ts';
import { apply, type Edit, type Interest, type Progress, reduceWith, Trials } from './edits.ts';
import {
  branchRemovals,
  irPasses,
  joins,
  opaqueValues,
  unreachableRemovals,
  valueRemovals,
} from './ir-passes.ts';

export type { Interest, Progress } from './edits.ts';

export interface ReduceOptions {
  /** The most texts that are tried. */
  readonly limit?: number | undefined;
  readonly note?: ((progress: Progress) => void) | undefined;
}
export interface Reduction {
  readonly text: string;
  readonly tried: number;
}

type Removals = (text: string) => readonly (readonly Edit[])[];

/** Tries groups of edits that belong together, each by itself, until a round changes nothing. */
function keepRemovals(source: string, removals: Removals, trials: Trials): string {
  let text = source;
  for (let changed = true; changed && !trials.isExhausted;) {
    changed = false;
    // From the end backwards: what comes first is used by what comes later.
    let groups = removals(text).toReversed();
    for (let at = 0; at < groups.length && !trials.isExhausted;) {
      const smaller = apply(text, groups[at]);
      if (!trials.isInteresting(smaller)) {
        at++;
        continue;
      }
      text = smaller;
      changed = true;
      groups = removals(text).toReversed();
    }
  }
  return text;
}

function fixpoint(
  source: string,
  trials: Trials,
  options: ReduceOptions,
  round: (text: string) => string,
): Reduction {
  if (!trials.isInteresting(source)) throw new Error('the text is not interesting to begin with');
  let text = source;
  for (;;) {
    const smaller = round(text);
    if (smaller === text || trials.isExhausted) return { text: smaller, tried: trials.tried };
    text = smaller;
    options.note?.({ pass: 'round', tried: trials.tried, size: text.length });
  }
}

/** A small C program that is interesting; throws where the given one is not. */
export function reduceC(
  source: string,
  interest: Interest,
  options: ReduceOptions = {},
): Reduction {
  const trials = new Trials(interest, options.limit);
  return fixpoint(source, trials, options, (text) => {
    const smaller = reduceWith(cPasses, text, trials, options.note);
    return keepRemovals(smaller, parameterRemovals, trials);
  });
}

/** A small unit of the intermediate representation that is interesting. */
export function reduceIr(
  source: string,
  interest: Interest,
  options: ReduceOptions = {},
): Reduction {
  const trials = new Trials(interest, options.limit);
  return fixpoint(source, trials, options, (text) => {
    let smaller = reduceWith(irPasses, text, trials, options.note);
    for (const removals of [
      branchRemovals,
      unreachableRemovals,
      valueRemovals,
      opaqueValues,
      joins,
    ]) {
      smaller = keepRemovals(smaller, removals, trials);
    }
    return smaller;
  });
}
