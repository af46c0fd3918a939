// Boot disks whose boot sector and partition table are mutated, and that are cut short: the machine runs whatever comes of
// it, never throws, keeps to its budget, and ends in the same state when the run is repeated.

import { Machine, memoryDisk } from '@ring0/emulator';
import { mutateBytes } from './mutate-bytes.ts';
import type { Field } from './mutate-bytes.ts';
import { Random } from './random.ts';

const ticksMax = 3_000_000;
const sectorSize = 512;
const partitionTable = 446;
const entrySize = 16;

/** The fields of a partition table, and the signature. */
function diskFields(): Field[] {
  const entry = [
    ['status', 0, 1],
    ['first head', 1, 1],
    ['first sector', 2, 2],
    ['type', 4, 1],
    ['last head', 5, 1],
    ['last sector', 6, 2],
    ['start', 8, 4],
    ['count', 12, 4],
  ] as const;
  const entries = [0, 1, 2, 3].flatMap((index) =>
    entry.map(([name, at, size]) => ({
      name: `partition${index}.${name}`,
      offset: partitionTable + index * entrySize + at,
      size,
    })),
  );
  return [...entries, { name: 'signature', offset: 510, size: 2 }];
}

function run(rom: Uint8Array, disk: Uint8Array): { reason: string; ticks: number; hash: string } {
  const machine = new Machine({ memoryMiB: 4, rom, disks: [{ disk: memoryDisk(disk.slice()) }] });
  const { reason } = machine.run({ budget: ticksMax });
  return { reason, ticks: machine.now(), hash: machine.stateHash() };
}

/** What is wrong with the run of one mutated disk; undefined: nothing. */
export function diskProblem(
  rom: Uint8Array,
  disks: readonly Uint8Array[],
  seed: number,
  index: number,
): string | undefined {
  const random = new Random(seed, index);
  const source = random.pick(disks);
  const mutated = mutateBytes(source, random.pick(disks), random, diskFields());
  const isWhole = !random.oneIn(8);
  const size = Math.ceil(mutated.bytes.length / sectorSize) * sectorSize;
  const disk = new Uint8Array(isWhole ? Math.max(size, sectorSize * 64) : size);
  disk.set(mutated.bytes);
  try {
    const first = run(rom, disk);
    if (first.ticks > 2 * ticksMax) return `${mutated.how}: ${first.ticks} ticks`;
    const second = random.oneIn(4) ? run(rom, disk) : first;
    const isSame = JSON.stringify(first) === JSON.stringify(second);
    return isSame ? undefined : `${mutated.how}: another state at the second run`;
  } catch (thrown) {
    return `${mutated.how}: ${thrown instanceof Error ? thrown.stack : String(thrown)}`;
  }
}
