// Mutations of binary inputs: bits flipped, bytes and words set to values at the edges, ranges deleted, doubled and moved,
// two inputs spliced; where the fields of the format are known, each is set and the file is cut at each.

import type { Random } from './random.ts';

/** A field of a binary format: where it stands, and what it is called in a failure's description. */
export interface Field {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

export interface MutatedBytes {
  readonly bytes: Uint8Array;
  /** What was done, for a failure's description. */
  readonly how: string;
}

/** Values at which arithmetic on sizes and signs goes wrong. */
function edgeValues(fileSize: number, now: number): number[] {
  return [
    0,
    1,
    2,
    3,
    7,
    8,
    0x7f,
    0x80,
    0xff,
    0x100,
    0x7fff,
    0x8000,
    0xff00,
    0xfff1,
    0xfff2,
    0xffff,
    0x10000,
    0xffffff,
    0x7fffffff,
    0x80000000,
    0xfffffff0,
    0xffffffff,
    fileSize,
    fileSize - 1,
    fileSize + 1,
    now + 1,
    now - 1,
    now * 2,
    now ^ 0x80000000,
  ].map((value) => value >>> 0);
}

function readNumber(bytes: Uint8Array, { offset, size }: Field): number {
  let value = 0;
  for (let i = Math.min(size, 4) - 1; i >= 0; i--) value = value * 256 + (bytes[offset + i] ?? 0);
  return value;
}

function writeNumber(bytes: Uint8Array, { offset, size }: Field, value: number): void {
  for (let i = 0; i < size && offset + i < bytes.length; i++) {
    bytes[offset + i] = i < 4 ? (value >>> (8 * i)) & 0xff : value === 0xffffffff ? 0xff : 0;
  }
}

type Step = (bytes: Uint8Array, random: Random, fields: readonly Field[]) => MutatedBytes;

const flipBit: Step = (bytes, random) => {
  const at = random.below(bytes.length);
  const bit = random.below(8);
  if (bytes.length > 0) bytes[at] ^= 1 << bit;
  return { bytes, how: `flip ${at}.${bit}` };
};

const setField: Step = (bytes, random, fields) => {
  const field = random.pick(fields) ?? {
    name: 'byte',
    offset: random.below(bytes.length),
    size: 1,
  };
  const value = random.pick(edgeValues(bytes.length, readNumber(bytes, field)));
  writeNumber(bytes, field, value);
  return { bytes, how: `${field.name} = 0x${value.toString(16)}` };
};

const setPlace: Step = (bytes, random) => {
  const size = random.pick([1, 2, 4]);
  const field = { name: 'bytes', offset: random.below(bytes.length), size };
  const value = random.pick(edgeValues(bytes.length, readNumber(bytes, field)));
  writeNumber(bytes, field, value);
  return { bytes, how: `${size} bytes at ${field.offset} = 0x${value.toString(16)}` };
};

/** Copies one field over another of its size: offsets that meet, names that repeat, cycles of links. */
const copyField: Step = (bytes, random, fields) => {
  const from = random.pick(fields);
  const others = fields.filter((field) => field.size === from?.size);
  const to = random.pick(others);
  if (!from || !to) return flipBit(bytes, random, fields);
  bytes.copyWithin(to.offset, from.offset, from.offset + from.size);
  return { bytes, how: `${to.name} = ${from.name}` };
};

const cutAtField: Step = (bytes, random, fields) => {
  const field = random.pick(fields);
  const at = field ? field.offset + random.below(field.size + 1) : random.below(bytes.length);
  return { bytes: bytes.slice(0, at), how: `cut at ${field?.name ?? at}` };
};

const cutAnywhere: Step = (bytes, random) => {
  const at = random.below(bytes.length + 1);
  return { bytes: bytes.slice(0, at), how: `cut at ${at}` };
};

const deleteRange: Step = (bytes, random) => {
  const at = random.below(bytes.length);
  const count = 1 + random.below(Math.min(64, bytes.length - at));
  const kept = new Uint8Array(Math.max(0, bytes.length - count));
  kept.set(bytes.subarray(0, at));
  kept.set(bytes.subarray(at + count), at);
  return { bytes: kept, how: `delete ${count} at ${at}` };
};

const doubleRange: Step = (bytes, random) => {
  const at = random.below(bytes.length);
  const count = 1 + random.below(Math.min(256, bytes.length - at));
  const grown = new Uint8Array(bytes.length + count);
  grown.set(bytes.subarray(0, at + count));
  grown.set(bytes.subarray(at), at + count);
  return { bytes: grown, how: `double ${count} at ${at}` };
};

const moveRange: Step = (bytes, random) => {
  const [from, to] = [random.below(bytes.length), random.below(bytes.length)];
  const count = 1 + random.below(64);
  bytes.copyWithin(to, from, from + count);
  return { bytes, how: `copy ${count} from ${from} to ${to}` };
};

const fillRange: Step = (bytes, random) => {
  const at = random.below(bytes.length);
  const count = 1 + random.below(64);
  const value = random.pick([0, 0x41, 0x7f, 0x80, 0xff]);
  bytes.fill(value, at, at + count);
  return { bytes, how: `fill ${count} at ${at} with ${value}` };
};

const steps: readonly Step[] = [
  flipBit,
  flipBit,
  setField,
  setField,
  setField,
  setField,
  copyField,
  setPlace,
  cutAtField,
  cutAnywhere,
  deleteRange,
  doubleRange,
  moveRange,
  fillRange,
];

/** The start of one input and the end of another. */
export function spliceBytes(first: Uint8Array, second: Uint8Array, random: Random): MutatedBytes {
  const head = random.below(first.length + 1);
  const tail = random.oneIn(2) ? Math.min(head, second.length) : random.below(second.length + 1);
  const bytes = new Uint8Array(head + second.length - tail);
  bytes.set(first.subarray(0, head));
  bytes.set(second.subarray(tail), head);
  return { bytes, how: `splice at ${head} from ${tail}` };
}

/**
 * One to four mutations of `bytes`; sometimes a splice with `other` comes first. The input itself is not changed.
 */
export function mutateBytes(
  bytes: Uint8Array,
  other: Uint8Array,
  random: Random,
  fields: readonly Field[],
): MutatedBytes {
  const isSplice = random.oneIn(16);
  let result = isSplice ? spliceBytes(bytes, other, random) : { bytes: bytes.slice(), how: '' };
  const count = isSplice ? random.below(2) : random.pick([1, 1, 1, 2, 2, 4]);
  for (let i = 0; i < count; i++) {
    const next = random.pick(steps)(result.bytes, random, fields);
    result = { bytes: next.bytes, how: result.how ? `${result.how}; ${next.how}` : next.how };
  }
  return result;
}
