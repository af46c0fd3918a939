// What a campaign needs to know of a target: how it makes the input of an index, and what it does with it.

import type { Random } from './random.ts';

export interface Outcome {
  /** The input was taken as valid. */
  readonly isAccepted: boolean;
  /** Undefined: all properties hold. */
  readonly problem: string | undefined;
}

export interface Case {
  /** What was done to which input. */
  readonly how: string;
  readonly input: Uint8Array;
  /** Hands the input to what is tested; a throw is a failure. */
  run(): Outcome;
}

export interface Target {
  readonly name: string;
  /** Makes the corpus; the result makes the input of an index, with that index's random numbers. */
  prepare(): (random: Random, index: number) => Case;
}
