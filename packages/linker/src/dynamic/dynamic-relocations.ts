// The relocations that are left to the dynamic linker, collected while contents are written. Those
// in .rel.dyn are sorted then as GNU ld does (-z combreloc): those that only add the load address
// first, the others together by symbol, copies last. What a script puts elsewhere stays in order.

import { i386 } from '@ring0/elf';
import { addressOf } from '../layout/linker-sections.ts';
import type { InputObject, InputSection, OutputSection } from '../model.ts';

interface Entry {
  readonly offset: number;
  readonly type: number;
  readonly symbol: number;
  /** The section whose field it is about; undefined: a slot's. */
  readonly from: InputSection | undefined;
}

const entrySize = 8;

/** The table that is sorted; with others there is a script, or -N, that keeps sections apart. */
const sortedName = '.rel.dyn';

export class RelocationSink {
  private readonly tables = new Map<InputSection, Entry[]>();

  /** Another relocation for `table`. */
  add(table: InputSection, offset: number, type: number, symbol = 0, from?: InputSection): void {
    const entries = this.tables.get(table);
    const entry = { offset: offset >>> 0, type, symbol, from };
    if (entries) entries.push(entry);
    else this.tables.set(table, [entry]);
  }

  /** How many only add the load address, of those that stand first as they were sorted. */
  get relativeCount(): number {
    let count = 0;
    for (const [{ output }, entries] of this.tables) {
      if (output?.name !== sortedName) continue;
      for (const { type } of entries) if (type === i386.RELATIVE) count++;
    }
    return count;
  }

  /**
   * Writes the tables' bytes; `isSorted` sorts all that go into .rel.dyn as one. Indices
   * in `indirect` are those of indirect functions. In other tables fields come in the order of
   * `objects`.
   */
  write(
    isSorted: boolean,
    indirect: ReadonlySet<number>,
    objects: () => Iterable<InputObject>,
  ): void {
    const groups = new Map<OutputSection, InputSection[]>();
    for (const table of this.tables.keys()) {
      const { output } = table;
      if (!output) continue;
      const group = groups.get(output);
      if (group) group.push(table);
      else groups.set(output, [table]);
    }
    for (const group of groups.values()) {
      if (isSorted && group[0]?.output?.name === sortedName) this.writeSorted(group, indirect);
      else {
        const rank = new Map([...objects()].map((object, at) => [object, at]));
        for (const table of group) {
          fill([table], byObject(this.tables.get(table) ?? [], rank));
        }
      }
    }
  }

  private writeSorted(group: InputSection[], indirect: ReadonlySet<number>): void {
    const inPlace = group.toSorted((a, b) => a.outputOffset - b.outputOffset);
    const entries = inPlace.flatMap((table) => this.tables.get(table) ?? []);
    // What turned out to need none is sorted with the others.
    const room = inPlace.reduce((sum, { size }) => sum + Math.floor(size / entrySize), 0);
    const none: Entry = { offset: 0, type: i386.NONE, symbol: 0, from: undefined };
    while (entries.length < room) entries.push(none);
    fill(inPlace, sorted(entries, indirect));
  }
}

/** Slots come last; the sections of an object come in the order of its file. */
function byObject(entries: readonly Entry[], rank: ReadonlyMap<InputObject, number>): Entry[] {
  const last = rank.size;
  const place = ({ from }: Entry): number => (from ? (rank.get(from.object) ?? last) : last);
  const header = ({ from }: Entry): number => from?.index ?? 0;
  return entries.toSorted((a, b) => place(a) - place(b) || header(a) - header(b));
}

function fill(tables: readonly InputSection[], entries: readonly Entry[]): void {
  let next = 0;
  for (const table of tables) {
    const view = new DataView(table.data.buffer, table.data.byteOffset, table.data.byteLength);
    for (let at = 0; at + entrySize <= table.size && next < entries.length; at += entrySize) {
      const { offset, type, symbol } = entries[next++];
      view.setUint32(at, offset, true);
      view.setUint32(at + 4, symbol * 256 + type, true);
    }
  }
  if (next < entries.length) {
    const [{ name, size }] = tables;
    const at = addressOf(tables[0]).toString(16);
    throw new Error(`${entries.length} relocations for ${name} at ${at} with ${size} bytes`);
  }
}

function sorted(entries: readonly Entry[], indirect: ReadonlySet<number>): Entry[] {
  // Indirect functions come behind what they may use, copies behind all others.
  const rank = ({ type, symbol }: Entry): number => {
    if (type === i386.COPY) return 2;
    return type === i386.IRELATIVE || indirect.has(symbol) ? 1 : 0;
  };

  const relative = entries.filter(({ type }) => type === i386.RELATIVE);
  relative.sort((a, b) => a.offset - b.offset);
  const others = entries.filter(({ type }) => type !== i386.RELATIVE);
  const first = new Map<number, number>();
  for (const { symbol, offset } of others) {
    first.set(symbol, Math.min(first.get(symbol) ?? offset, offset));
  }
  const group = ({ symbol, offset }: Entry): number => first.get(symbol) ?? offset;
  others.sort((a, b) => rank(a) - rank(b) || group(a) - group(b) || a.offset - b.offset);
  return [...relative, ...others];
}
