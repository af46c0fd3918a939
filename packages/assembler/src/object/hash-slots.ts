// The slots of the open hash tables over names and over shapes. What a look-up asks for lies side by
// side: half a million names of a compiler do not fit into a processor's cache, so that each array
// looked at costs as much as all the rest. A look-up is each table's own loop.

/** Numbers of a slot: that of the entry or -1, its hash, and two that tell entries of one hash apart. */
export const slotSize = 4;

/** `count` free slots, a power of two. */
export function freeSlots(count: number): Int32Array<ArrayBuffer> {
  return new Int32Array(count * slotSize).fill(-1);
}

/** There is room for one more than `count` entries: five of eight slots are taken at most. */
export function hasRoom(slots: Int32Array, count: number): boolean {
  return (count + 1) * slotSize * 8 <= slots.length * 5;
}

/** Enters an entry into the first free slot from `first` on, the one that its hash means. */
export function insertSlot(
  slots: Int32Array,
  first: number,
  number: number,
  hash: number,
  third: number,
  fourth: number,
): void {
  const mask = slots.length - 1;
  let slot = first & mask;
  while (slots[slot] >= 0) slot = (slot + slotSize) & mask;
  slots[slot] = number;
  slots[slot + 1] = hash;
  slots[slot + 2] = third;
  slots[slot + 3] = fourth;
}

/** The same entries in twice as many slots, or in `count`. */
export function grownSlots(
  old: Int32Array,
  slotOf: (hash: number) => number,
  count: number = (old.length / slotSize) * 2,
): Int32Array<ArrayBuffer> {
  const slots = freeSlots(count);
  for (let at = 0; at < old.length; at += slotSize) {
    if (old[at] < 0) continue;
    insertSlot(slots, slotOf(old[at + 1]), old[at], old[at + 1], old[at + 2], old[at + 3]);
  }
  return slots;
}
