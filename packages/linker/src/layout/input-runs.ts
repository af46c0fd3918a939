// The inputs of an output section, as they lie from one walk of the layout to the next: sizes and
// alignments of inputs do not change while addresses are settled, so most lie as they did, and
// only where they end is to be known.

import type { InputSection, OutputSection } from '../model.ts';

/** Where the inputs of a statement lay, in an output section that begins at `base`. */
interface Run {
  readonly base: number;
  readonly dot: number;
  readonly end: number;
  /** What SUBALIGN says. */
  readonly override: number | undefined;
  /** The largest that an input has. */
  readonly alignment: number;
}

export class InputRuns {
  private readonly runs = new Map<readonly InputSection[], Run>();
  private readonly alignments = new Map<OutputSection, { override: number; most: number }>();

  /** Notes how the inputs of a statement lie, by their list. */
  set(inputs: readonly InputSection[], run: Run): void {
    this.runs.set(inputs, run);
  }

  /** Where they end if they lie as before, moved by a multiple of their alignments. */
  end(
    inputs: readonly InputSection[],
    base: number,
    dot: number,
    override: number | undefined,
  ): number | undefined {
    const run = this.runs.get(inputs);
    if (!run || run.override !== override || dot - base !== run.dot - run.base) return undefined;
    if ((dot - run.dot) % run.alignment !== 0) return undefined;
    const end = run.end + (dot - run.dot);
    return Number.isSafeInteger(base) && Number.isSafeInteger(end) ? end : undefined;
  }

  /** The alignment that the inputs of an output section want, each at least `override`. */
  alignment(section: OutputSection, override: number): number {
    const known = this.alignments.get(section);
    if (known?.override === override) return known.most;
    let most = 1;
    for (const item of section.body) {
      if (item.kind !== 'inputs') continue;
      for (const input of item.sections) {
        if (!input.isDiscarded) most = Math.max(most, input.alignment, override);
      }
    }
    this.alignments.set(section, { override, most });
    return most;
  }
}

/** The linker's own sections, and what is merged away, are nowhere in particular. */
export function alignmentOf(input: InputSection, override: number | undefined): number {
  const isMadeByLinker = input.object.file === undefined;
  const isMergedAway = input.size === 0 && (input.edit !== undefined || isMadeByLinker);
  return isMergedAway ? 1 : (override ?? input.alignment);
}
