// Strings that end other strings, so that one place serves both: "text" lives at the end of
// ".rel.text". Each string goes into the longer one that comes next after it when all are ordered
// from their last byte on, as BFD's sort has it. Sorting is not needed for that: a hash that grows
// from the end of a string finds every tail of it that is a string too (a third of the time of
// sorting the 11,000 names of busybox).

/** Strings as stretches of one array of bytes; all are different. */
export interface Stretches {
  readonly bytes: Uint8Array;
  readonly starts: ArrayLike<number>;
  readonly lengths: ArrayLike<number>;
  readonly count: number;
}

/** For each string the one that holds it at its end; -1: it stands for itself. */
export function tailHolders(strings: Stretches): Int32Array {
  const { bytes, starts, lengths, count } = strings;
  let room = 16;
  while (room < count * 2) room *= 2;
  const mask = room - 1;
  const table = new Int32Array(room).fill(-1);
  const hashes = new Int32Array(count);
  let longest = 0;
  for (let i = 0; i < count; i++) {
    const start = starts[i];
    let hash = 0;
    for (let at = start + lengths[i] - 1; at >= start; at--) hash = step(hash, bytes[at]);
    hashes[i] = hash;
    let slot = mix(hash) & mask;
    while (table[slot] >= 0) slot = (slot + 1) & mask;
    table[slot] = i;
    if (lengths[i] > longest) longest = lengths[i];
  }
  const hasLength = new Uint8Array(longest + 1);
  for (let i = 0; i < count; i++) hasLength[lengths[i]] = 1;
  // Pairs of a string and a longer one with it at the end.
  const tails: number[] = [];
  const wholes: number[] = [];
  const isHeld = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const start = starts[i];
    const end = start + lengths[i];
    let hash = 0;
    for (let at = end - 1; at > start; at--) {
      hash = step(hash, bytes[at]);
      const length = end - at;
      if (hasLength[length] === 0) continue;
      for (let slot = mix(hash) & mask; table[slot] >= 0; slot = (slot + 1) & mask) {
        const tail = table[slot];
        if (hashes[tail] !== hash || lengths[tail] !== length) continue;
        if (!isEqual(bytes, starts[tail], at, length)) continue;
        tails.push(tail);
        wholes.push(i);
        isHeld[tail] = 1;
        break;
      }
    }
  }
  const holders = new Int32Array(count).fill(-1);
  for (let i = 0; i < tails.length; i++) {
    const whole = wholes[i];
    if (isHeld[whole] === 1) continue;
    const known = holders[tails[i]];
    if (known < 0 || comesFirst(strings, whole, known)) holders[tails[i]] = whole;
  }
  return holders;
}

const step = (hash: number, byte: number): number => (Math.imul(hash, 31) + byte + 1) | 0;
const mix = (hash: number): number => hash ^ (hash >>> 15);

function isEqual(bytes: Uint8Array, one: number, other: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[one + i] !== bytes[other + i]) return false;
  return true;
}

/** Compared from the last byte on. */
function comesFirst({ bytes, starts, lengths }: Stretches, one: number, other: number): boolean {
  let i = starts[one] + lengths[one];
  let j = starts[other] + lengths[other];
  while (i > starts[one] && j > starts[other]) {
    const difference = bytes[--i] - bytes[--j];
    if (difference !== 0) return difference < 0;
  }
  return lengths[one] < lengths[other];
}
