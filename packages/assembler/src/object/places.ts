// Where things were written, as numbers: what has a fixed-size record per field or jump keeps a
// number, and the text, start and end that it stands for are looked up when a diagnostic asks. So
// are the symbols that records refer to (references.ts).

import { grownInt32 } from './grown.ts';
import { Referents, nowhere } from './references.ts';
import type { Where } from './sections.ts';
import type { Text } from '../text/text.ts';
import type { Span } from '@ring0/diagnostics';

export { nowhere };

/** The log of places; a number is given once and stays. */
export class Places {
  readonly referents: Referents = new Referents();
  readonly sources: (Text | Span)[] = [];
  /** Of each source the number of the first place in it. */
  private readonly firsts: number[] = [];
  starts: Int32Array<ArrayBuffer> = new Int32Array(64);
  ends: Int32Array<ArrayBuffer> = new Int32Array(64);
  count = 0;

  /** Makes room for that many places. */
  expect(count: number): void {
    if (count <= this.starts.length) return;
    this.starts = grownInt32(this.starts, count);
    this.ends = grownInt32(this.ends, count);
  }

  /** The number of a part of a text. The place of the latest call costs nothing anew. */
  ofText(text: Text, start: number, end: number): number {
    const last = this.count - 1;
    if (
      last >= 0 &&
      this.starts[last] === start &&
      this.ends[last] === end &&
      this.sources[this.sources.length - 1] === text
    ) {
      return last;
    }
    return this.add(text, start, end);
  }

  /** The number of what `where` names. */
  of(where: Where): number {
    if (!where) return nowhere;
    if ('text' in where) return this.ofText(where.text, where.start, where.end);
    const last = this.count - 1;
    if (last >= 0 && this.sources[this.sources.length - 1] === where) return last;
    return this.add(where, 0, 0);
  }

  private add(source: Text | Span, start: number, end: number): number {
    const at = this.count++;
    if (at === this.starts.length) {
      this.starts = grownInt32(this.starts);
      this.ends = grownInt32(this.ends);
    }
    const { sources } = this;
    if (sources.length === 0 || sources[sources.length - 1] !== source) {
      sources.push(source);
      this.firsts.push(at);
    }
    this.starts[at] = start;
    this.ends[at] = end;
    return at;
  }

  /** The index of the source that a place lies in. */
  private sourceOf(number: number): number {
    const { firsts } = this;
    let low = 0;
    for (let high = firsts.length; high - low > 1;) {
      const middle = (low + high) >> 1;
      if (firsts[middle] <= number) low = middle;
      else high = middle;
    }
    return low;
  }

  /** What `number` stands for. */
  where(number: number): Where {
    if (number === nowhere) return undefined;
    const source = this.sources[this.sourceOf(number)];
    if (!('bytes' in source)) return source;
    return { text: source, start: this.starts[number], end: this.ends[number] };
  }
}
