// The text being read: a stack of frames (files, macros, repetitions, texts of a compiler), so that
// nothing recurses with the depth of macros, and the limits that keep any input finite.

import type { Span } from '@ring0/diagnostics';
import type { Assembly } from '../object/assembly.ts';
import { absoluteText } from './condition-tests.ts';
import { Conditions } from './conditions.ts';
import type { Edit } from './edits.ts';
import type { ArgumentMode } from './macro-arguments.ts';
import type { Body } from './macros.ts';
import { MarkedFiles } from './text.ts';
import type { Place, Text } from './text.ts';

const framesMax = 200;
export const expandedBytesMax = 32 * 1024 * 1024;
/** A second's work for few letters: one `.rept` can ask for any number. */
const expandedStatementsMax = 1_500_000;
/** What a round of a repetition counts for, besides its text. */
export const roundBytes = 8;

export interface Frame {
  text: Text;
  at: number;
  end: number;
  readonly kind: 'file' | 'macro' | 'repeat' | 'inline';
  readonly conditionDepth: number;
  /** A file's text counts as expanded when it is included again. */
  readonly isAgain?: boolean;
  /** The text of the next round of a repetition. */
  readonly next?: () => Body | undefined;
}

export function isExpanded(frame: Frame): boolean {
  return frame.kind !== 'file' || frame.isAgain === true;
}

/** The last letter of a text: what is missing had to stand before its end. */
export function lastPlace(text: Text, end: number): Span {
  return text.span(Math.max(0, end - 1), end);
}

/** The end of a text: where what is missing was waited for. */
export function placeAtEnd(text: Text, end: number): Span {
  return text.isFile ? text.span(end, end) : lastPlace(text, end);
}

/** A line of its own at the end of a file. */
export function lineAtEnd({ text, end, kind }: Frame, line: string): Edit | undefined {
  if (kind !== 'file' || end === 0) return undefined;
  const first = text.bytes[end - 1] === 10 ? '' : '\n';
  const where = { text, start: end - 1, end };
  return { where, text: `${first}${line}\n`, side: 'behind' };
}

/** The last line has no newline, but more than blanks. */
function hasOpenLine(bytes: Uint8Array): boolean {
  let at = bytes.length - 1;
  while (at >= 0 && (bytes[at] === 32 || bytes[at] === 9)) at--;
  return at >= 0 && bytes[at] !== 10;
}

export class Input {
  readonly assembly: Assembly;
  readonly frames: Frame[] = [];
  readonly conditions = new Conditions();
  readonly marked: MarkedFiles;
  hasEnded = false;
  private isStopped = false;
  /** What `\@` stands for. */
  macroCount = 0;
  /** `.altmacro` is in force. */
  isAlternate = false;
  private localCount = 0;
  /** Called for each statement before it is executed or skipped, for the listing. */
  onRead: ((frame: Frame, start: number, end: number, isSkipped: boolean) => void) | undefined;
  /** Called when a text has been read. */
  onFrameEnd: ((frame: Frame) => void) | undefined;
  /** What has been read to its end most lately. */
  private finished: Frame | undefined;
  private expandedBytes = 0;
  private expandedStatements = 0;

  constructor(assembly: Assembly) {
    this.assembly = assembly;
    this.isAlternate = assembly.options.isAlternate ?? false;
    this.marked = new MarkedFiles(assembly.options.readFile);
  }

  push(frame: Frame): void {
    if (this.frames.length >= framesMax) {
      this.assembly.error('A0411', `more than ${framesMax} macros or files inside each other`);
      return this.stop();
    }
    this.expandedBytes += frame.end - frame.at;
    if (isExpanded(frame) && this.expandedBytes > expandedBytesMax) return this.stopExpanding();
    this.frames.push(frame);
  }

  stopExpanding(limit = `${expandedBytesMax >> 20} MiB`): void {
    const message = `macros, repetitions and inclusions have expanded to more than ${limit}`;
    if (!this.hasEnded) this.assembly.error('A0412', message);
    this.stop();
  }

  /** Another input: `.end` in the one before it does not concern it. */
  begin(): void {
    this.hasEnded = this.isStopped;
  }

  /** Reads nothing more, after an error; what is open is no further mistake. */
  stop(): void {
    this.conditions.cut(0);
    this.isStopped = true;
    this.end();
  }

  end(): void {
    this.frames.length = 0;
    this.hasEnded = true;
  }

  finishFrame(frame: Frame): void {
    const body = frame.next?.();
    if (body) {
      this.expandedBytes += roundBytes + body.end - body.start;
      if (this.expandedBytes > expandedBytesMax) return this.stopExpanding();
      frame.text = body.text;
      frame.at = body.start;
      frame.end = body.end;
      return;
    }
    // An included file may leave one open for its user to close, as GNU as has it.
    if (frame.kind === 'macro') this.checkClosed(frame.conditionDepth, frame);
    this.finished = frame;
    this.onFrameEnd?.(frame);
    this.frames.pop();
  }

  /** Reports conditions that are open above `depth`, and closes them. */
  private checkClosed(depth: number, frame?: Frame): void {
    const { where } = this.conditions;
    if (!this.conditions.cut(depth)) return;
    const message = "this '.if' has no '.endif'";
    if (!frame) return this.assembly.error('A0401', message, where);
    const notes = [
      { message: "expected '.endif' before this end", span: lastPlace(frame.text, frame.end) },
    ];
    this.assembly.error('A0401', message, where, notes, lineAtEnd(frame, '.endif'));
  }

  /** Warns of a comment that nothing ends, and of a last line that nothing ends. */
  checkEnds(text: Text): void {
    const { bytes, openComment } = text;
    if (openComment !== undefined) {
      const place = { text, start: openComment, end: openComment + 2 };
      this.assembly.warning('A0111', 'the end of the text ends this comment', place);
    } else if (hasOpenLine(bytes)) {
      const place = { text, start: bytes.length - 1, end: bytes.length };
      this.assembly.warning('A0110', 'the last line has no newline at its end', place);
    }
  }

  /** All has been read. */
  finish(): void {
    this.checkClosed(0, this.finished);
  }

  /** A name for LOCAL that nothing else has. */
  readonly freshName = (): string => `.LL${(++this.localCount).toString(16).padStart(4, '0')}`;

  /** How arguments are read at present; `place` is where they stand. */
  argumentMode(place: Place): ArgumentMode {
    const { assembly } = this;
    const evaluate = (expression: string): string => {
      const value = absoluteText(assembly, expression, place.text, place.start);
      return String(value ?? 0n);
    };
    return { isAlternate: this.isAlternate, evaluate };
  }

  /** Counts one statement; false where there have been too many. */
  countStatement(): boolean {
    if (++this.expandedStatements <= expandedStatementsMax) return true;
    this.stopExpanding(`${expandedStatementsMax} statements`);
    return false;
  }

  /** Counts text that is not a frame's own. */
  countBytes(count: number): void {
    this.expandedBytes += count;
  }
}
