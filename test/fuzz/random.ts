// A seeded generator of numbers (Marsaglia's xorshift, 32 bits): the same seed gives the same inputs on every host, so
// that a failure is named by a target, a seed and an index.

/** Turns a campaign's seed and an input's index into a state that is not near its neighbours'. */
function mix(seed: number, index: number): number {
  let word = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) >>> 0;
  word = Math.imul(word ^ (word >>> 16), 0x7feb352d) >>> 0;
  word = Math.imul(word ^ (word >>> 15), 0x846ca68b) >>> 0;
  return (word ^ (word >>> 16)) >>> 0 || 1;
}

export class Random {
  private state: number;

  constructor(seed: number, index = 0) {
    this.state = mix(seed, index);
  }

  /** 32 random bits. */
  next(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x >>> 0;
    return this.state;
  }

  /** A number in 0..`count`-1; 0 for a count of 0. */
  below(count: number): number {
    return count <= 0 ? 0 : this.next() % count;
  }

  /** True once in `count`. */
  oneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }
}
