// The latest text without mistakes, with all that assembling it left behind: what an edit is
// measured against, and what takes up its lines.

import type { ElfSymbol } from '@ring0/elf';
import { assembledSymbols } from '../assemble.ts';
import type { AssembleResult } from '../assemble.ts';
import type { Assembler } from '../assembler.ts';
import type { Assembly } from '../object/assembly.ts';
import { itemKind } from '../object/items.ts';
import type { Places } from '../object/places.ts';
import type { FinishedSection, PendingRelocation } from '../object/relocate.ts';
import type { AsmSymbol } from '../object/symbols.ts';
import type { Text } from '../text/text.ts';
import { modeLines } from './line-kinds.ts';
import type { ModeLine } from './line-kinds.ts';
import type { Mark } from './mark.ts';

/** What relocations refer to, its symbol in the object, and how many there are. */
export interface Target {
  readonly symbol: ElfSymbol | undefined;
  count: number;
}

/** What is noted while a text is read. */
export interface Notes {
  readonly assembler: Assembler;
  /** Numbers of symbols in pairs, whose distance from each other was taken for a number. */
  readonly distances: readonly number[];
  /** Undefined where the object cannot be made again. */
  readonly mark: Mark | undefined;
}

export class Base {
  readonly assembly: Assembly;
  readonly distances: readonly number[];
  readonly mark: Mark | undefined;
  result: AssembleResult;
  private readonly assembler: Assembler;
  /** That of the one source: all places lie in it. */
  readonly text: Text;
  readonly modes: readonly ModeLine[];
  readonly targets: Map<PendingRelocation['target'], Target> = new Map();
  /** The numbers of labels in the order of the source. */
  private readonly labels: Int32Array;

  private constructor(
    { assembler, distances, mark }: Notes,
    result: AssembleResult,
    bytes: Uint8Array,
    text: Text,
    modes: readonly ModeLine[],
  ) {
    const { assembly } = assembler;
    this.assembler = assembler;
    this.assembly = assembly;
    this.distances = distances;
    this.mark = mark;
    this.result = result;
    this.text = text;
    this.modes = modes;
    this.labels = labelsInOrder(assembly, bytes);
    this.findTargets();
  }

  /** In the order of the object's last sections. */
  get finished(): readonly FinishedSection[] {
    return this.assembler.finished;
  }

  private findTargets(): void {
    const { finished, targets, result } = this;
    targets.clear();
    const sections = result.object?.sections ?? [];
    const first = sections.length - finished.length;
    finished.forEach(({ relocations }, i) => {
      relocations.forEach(({ target }, k) => {
        const known = targets.get(target);
        const { symbol } = sections[first + i].relocations[k];
        if (known) known.count++;
        else targets.set(target, { symbol, count: 1 });
      });
    });
  }

  /** Makes the object again, of what `mark` restored; false where something is to be said of it. */
  finishAgain(): boolean {
    const { object, diagnostics, printed } = this.assembler.finish();
    if (!object || diagnostics.length > 0 || printed.length > 0) return false;
    this.result = { ...this.result, object, symbols: assembledSymbols(object) };
    this.findTargets();
    return true;
  }

  /** Undefined where nothing of the text can be assembled by itself. */
  static of(notes: Notes, result: AssembleResult, bytes: Uint8Array): Base | undefined {
    const { assembly } = notes.assembler;
    const { object, diagnostics, printed, files } = result;
    if (!object || diagnostics.length > 0 || printed.length > 0 || files.length !== 1) {
      return undefined;
    }
    const { places, relocations, registerSymbols, moving } = assembly;
    if (relocations.length > 0 || registerSymbols.size > 0 || moving.length > 0) return undefined;
    const [text] = places.sources;
    if (places.sources.length !== 1 || !('file' in text) || !('bytes' in text)) return undefined;
    // Comments over lines.
    if (text.bytes !== text.file.bytes) return undefined;
    const modes = modeLines(bytes);
    return modes && new Base(notes, result, bytes, text, modes);
  }

  /** How many relocations stand before those of jumps. */
  fieldCount({ section, relocations }: FinishedSection): number {
    const { items, sizesBefore } = section;
    let count = relocations.length;
    for (let i = items.length - 1; i >= 0 && count > 0; i--) {
      if (items.kinds[i] !== itemKind.jump) continue;
      const end = items.positions[i] + sizesBefore[i] + items.sizes[i];
      const { short, longSize } = items.form(i);
      const size = items.sizes[i] === short.length ? 1 : longSize;
      if (relocations[count - 1].offset === end - size) count--;
    }
    return count;
  }

  /** The label that was defined last before an offset of the source. */
  labelBefore(offset: number): AsmSymbol | undefined {
    const { labels } = this;
    const { places } = this.assembly;
    const { symbols } = places.referents;
    let low = 0;
    let high = labels.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      // The colon belongs to it.
      if (places.ends[symbols[labels[middle]].definedPlace] < offset) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? undefined : symbols[labels[low - 1]];
  }

  /** Whether the symbol was made by what stands before an offset of the source. */
  isMadeBefore(symbol: AsmSymbol, offset: number): boolean {
    const { places } = this.assembly;
    const { symbols } = places.referents;
    // Or one that was made later.
    const end = Math.min(symbols.length, symbol.number + 16);
    for (let i = symbol.number; i < end; i++) {
      const { definedPlace, usedPlace } = symbols[i];
      if (definedPlace >= 0 && places.starts[definedPlace] < offset) return true;
      if (usedPlace >= 0 && places.starts[usedPlace] < offset) return true;
    }
    return false;
  }
}

const colon = 58;

function labelsInOrder({ places, absolute }: Assembly, bytes: Uint8Array): Int32Array {
  const { starts, ends } = places;
  const found: number[] = [];
  for (const symbol of places.referents.symbols) {
    const { definedPlace, subsection } = symbol;
    if (symbol.state !== 'label' || definedPlace < 0 || subsection?.section === absolute) continue;
    if (bytes[ends[definedPlace]] === colon) found.push(symbol.number);
  }
  const { symbols } = places.referents;
  const order = (number: number) => starts[symbols[number].definedPlace];
  return Int32Array.from(found).sort((a, b) => order(a) - order(b));
}

/** What was written there lies `by` bytes later. */
export function movePlaces({ starts, ends, count }: Places, from: number, by: number): void {
  if (by === 0) return;
  for (let i = 0; i < count; i++) {
    if (starts[i] < from) continue;
    starts[i] += by;
    ends[i] += by;
  }
}
