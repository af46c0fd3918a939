// A source that is edited, for editors and pages that show the object while somebody types. What an
// edit costs follows its size where the layout stays as it is: lines that put bytes into a section
// and name nothing new are assembled by themselves (trial.ts); where they take the room of those that
// they replace, their records and bytes take the place of the old ones (patch.ts). Where what stands
// behind them moves, the object is made again of what was read before (move.ts, mark.ts). All else is
// assembled as a whole, so that the result is always that of `assemble`.

import { SourceFile } from '@ring0/diagnostics';
import { assembleObserved } from '../assemble.ts';
import type { AssembleOptions, AssembleResult } from '../assemble.ts';
import type { Assembler } from '../assembler.ts';
import type { Subsection } from '../object/sections.ts';
import { Text } from '../text/text.ts';
import { Base, movePlaces } from './base.ts';
import type { Notes } from './base.ts';
import {
  areKnownBefore,
  canStandAlone,
  findOldPart,
  forgetUses,
  isUsual,
  kindsOfLines,
  trimmed,
  widened,
} from './edited-lines.ts';
import type { OldPart, Region } from './edited-lines.ts';
import type { AsmSymbol } from '../object/symbols.ts';
import { Mark } from './mark.ts';
import { canMove, movePart, noteDistances } from './move.ts';
import { replacePart } from './patch.ts';
import type { Part } from './patch.ts';
import { Trial, sameRoom } from './trial.ts';

/** Bytes `start` to `end` of a source are replaced. */
export interface SourceEdit {
  readonly start: number;
  readonly end: number;
  readonly text: Uint8Array;
}

/** More than this is rather assembled as a whole. */
const regionMax = 64 * 1024;
const newline = 10;

/** Whether these options leave something to be kept between edits. */
function canKeep({ listing, watchers, output, ...options }: AssembleOptions): boolean {
  if (listing || watchers || options.flatAddress !== undefined || options.keepsLocals) return false;
  const { stabStyle, debugVersion, compression } = output ?? {};
  return stabStyle === undefined && debugVersion === undefined && !compression;
}

export class LiveAssembly {
  private readonly options: AssembleOptions;
  private buffer: Uint8Array;
  private length: number;
  private base: Base | undefined;
  private region: Region | undefined;
  private present: AssembleResult;
  /**
   * How many edits were taken by assembling their lines only; by that and making the object of what
   * else was read before; and by assembling all.
   */
  readonly counts = { parts: 0, moves: 0, wholes: 0 };

  /** Assembles `source`, of which a copy is kept; never throws for bad input. */
  constructor(source: Uint8Array, options: AssembleOptions = {}) {
    this.options = options;
    this.buffer = new Uint8Array(source);
    this.length = source.length;
    this.present = this.whole();
  }

  /** The bytes of the present source, until the next edit. */
  get source(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  /**
   * What `assemble` gives for the present source. The object is changed in place by the next edit
   * that leaves its layout as it is.
   */
  get result(): AssembleResult {
    return this.present;
  }

  /** Makes one edit; offsets are bytes, and those behind the end mean the end. */
  edit({ start, end, text }: SourceEdit): AssembleResult {
    const from = Math.min(Math.max(0, Math.trunc(start) || 0), this.length);
    const to = Math.min(Math.max(from, Math.trunc(end) || 0), this.length);
    if (this.base) this.noteRegion(from, to, text.length);
    this.replaceBytes(from, to, text);
    this.present = this.part() ?? this.whole();
    return this.present;
  }

  /** Takes a whole new source, of which only what differs is an edit. */
  update(source: Uint8Array): AssembleResult {
    const { buffer, length } = this;
    const most = Math.min(length, source.length);
    let start = 0;
    while (start < most && buffer[start] === source[start]) start++;
    let same = 0;
    const rest = most - start;
    while (same < rest && buffer[length - 1 - same] === source[source.length - 1 - same]) same++;
    if (start === source.length && start === length) return this.present;
    const text = source.subarray(start, source.length - same);
    return this.edit({ start, end: length - same, text });
  }

  /** Makes the lines of an edit part of what differs from the base, before the edit is made. */
  private noteRegion(from: number, to: number, added: number): void {
    const { source, region } = this;
    let start = from === 0 ? 0 : source.lastIndexOf(newline, from - 1) + 1;
    const next = source.indexOf(newline, to);
    let end = next < 0 ? this.length : next + 1;
    let old = source.slice(start, end);
    if (region) {
      const first = Math.min(start, region.start);
      const last = Math.max(end, region.end);
      const before = source.subarray(first, region.start);
      const behind = source.subarray(region.end, last);
      old = new Uint8Array(before.length + region.old.length + behind.length);
      old.set(before);
      old.set(region.old, before.length);
      old.set(behind, before.length + region.old.length);
      start = first;
      end = last;
    }
    this.region = { start, old, end: end + added - (to - from) };
  }

  private replaceBytes(from: number, to: number, text: Uint8Array): void {
    const length = this.length + text.length - (to - from);
    if (length > this.buffer.length) {
      const grown = new Uint8Array(Math.max(length + 1024, Math.trunc(length * 1.1)));
      grown.set(this.source);
      this.buffer = grown;
    }
    if (length !== this.length) this.buffer.copyWithin(from + text.length, to, this.length);
    this.buffer.set(text, from);
    this.length = length;
  }

  private whole(): AssembleResult {
    this.counts.wholes++;
    const { options } = this;
    const bytes = this.source.slice();
    const path = options.path ?? '<stdin>';
    let notes: Notes | undefined;
    const observe = (assembler: Assembler) => {
      const { assembly } = assembler;
      const distances = noteDistances(assembly);
      return () => {
        const mark = Mark.isEnough(assembly) ? new Mark(assembly) : undefined;
        notes = { assembler, distances, mark };
      };
    };
    const isKept = canKeep(options);
    const result = assembleObserved([{ path, bytes }], options, isKept ? observe : undefined);
    const base = notes && Base.of(notes, result, bytes);
    // Where there are mistakes, the text before them is what the next edit is measured against.
    if (base || !this.base || result.object) {
      this.base = base;
      this.region = undefined;
    }
    return result;
  }

  /** Assembles what differs from the base by itself; undefined where that does not do. */
  private part(): AssembleResult | undefined {
    const { base, region, source, options } = this;
    if (!base || !region) return undefined;
    if (region.old.length > regionMax || region.end - region.start > regionMax) return undefined;
    // The last line may lack its newline.
    if (region.end === source.length && source.at(-1) !== newline) return undefined;
    const lines = trimmed(region, source);
    const { start, end, old } = lines;
    if (start === end && old.length === 0) {
      this.region = undefined;
      return base.result;
    }
    const isFit =
      canStandAlone(kindsOfLines(old), base) &&
      canStandAlone(kindsOfLines(source.subarray(start, end)), base);
    const part = isFit ? findOldPart(base, options, source, lines) : undefined;
    if (!part) return undefined;
    const trial = this.trial(base, part, start, end, source);
    const { hasErrors } = trial.assembler.assembly.diagnostics;
    if (hasErrors) return this.failed(base, part, start, end);
    if (!trial.isPlain) return undefined;
    if (!areKnownBefore(base, [...part.symbols, ...trial.symbols], start)) return undefined;
    if (takesSameRoom(part, trial.sub)) return this.replace(base, part, lines, trial);
    return this.move(base, widened(lines, source, part));
  }

  /** The same for lines of another size. */
  private move(base: Base, lines: Region): AssembleResult | undefined {
    const { source, options } = this;
    const { mark } = base;
    const part = mark && findOldPart(base, options, source, lines);
    if (!part) return undefined;
    const { start, end } = lines;
    const trial = this.trial(base, part, start, end, source);
    const named = [...part.symbols, ...trial.symbols];
    if (!trial.isPlain || !areKnownBefore(base, named, start)) return undefined;
    if (!canMove(base, mark, part, trial.sub)) return undefined;
    const { symbols } = base.assembly;
    const translate = ({ name }: AsmSymbol): AsmSymbol => symbols.get(name);
    this.enter(base, part, lines);
    movePart(base, mark, part, trial.sub, translate);
    if (!base.finishAgain() || !areKnownBefore(base, named, start)) return undefined;
    this.base = base;
    this.counts.moves++;
    return { ...base.result };
  }

  /** The lines from `start` to `end` by themselves. */
  private trial(base: Base, { sub }: Part, start: number, end: number, source: Uint8Array): Trial {
    const { path = '<stdin>' } = this.options;
    const text = new Text(new SourceFile(path, source));
    const trial = new Trial(this.options, base.modes, start, sub.section, text);
    trial.read(start, end);
    return trial;
  }

  /** What the mistakes of these lines come to, where they are the only ones. */
  private failed(base: Base, part: Part, start: number, end: number): AssembleResult | undefined {
    const { assembly, text, result } = base;
    // The places of the diagnostics are to stay right.
    const { assembler, symbols } = this.trial(base, part, start, end, this.source.slice());
    const known = symbols.map(({ name }) => assembly.symbols.find(name));
    if (text.isMarked || !known.every((symbol) => !symbol || isUsual(symbol))) return undefined;
    this.counts.parts++;
    const diagnostics = assembler.assembly.diagnostics.items;
    return { ...result, object: undefined, symbols: [], diagnostics };
  }

  private replace(
    base: Base,
    part: OldPart,
    lines: Region,
    { sub }: Trial,
  ): AssembleResult | undefined {
    const { symbols } = base.assembly;
    this.enter(base, part, lines);
    if (!replacePart(base, part, sub, ({ name }) => symbols.get(name))) return undefined;
    this.base = base;
    this.counts.parts++;
    return { ...base.result };
  }

  /** Moves the places behind the lines. The base is of no use where something goes wrong from here on. */
  private enter(base: Base, { symbols }: OldPart, { start, end, old }: Region): void {
    this.base = undefined;
    this.region = undefined;
    const oldEnd = start + old.length;
    forgetUses(base, symbols, start, oldEnd);
    const by = end - oldEnd;
    movePlaces(base.assembly.places, oldEnd, by);
    for (const mode of base.modes) if (mode.start >= start) mode.start += by;
  }
}

/** Whether new lines leave everything else where it is. */
function takesSameRoom({ sub, item, start, end, items }: OldPart, made: Subsection): boolean {
  if (made.length !== end - start || made.items.length !== items) return false;
  for (let i = 0; i < items; i++) {
    if (!sameRoom(sub.items, item + i, start, made.items, i)) return false;
  }
  return true;
}
