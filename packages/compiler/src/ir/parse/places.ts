// Places in the C source that the text form mentions (`!"a.c":12:5`), as spans. The source itself is not at hand: a file of
// this module stands for it, whose offsets are lines and columns.

import { SourceFile, type Span } from '@ring0/diagnostics';

const COLUMNS = 1 << 20;

class PlaceFile extends SourceFile {
  constructor(path: string) {
    super(path, new Uint8Array(0));
  }
  override position(offset: number): { line: number; column: number } {
    return { line: Math.floor(offset / COLUMNS), column: offset % COLUMNS };
  }
  override lineText(): string {
    return '';
  }
}

/** The place of the instruction at hand: one that is written holds until the next. */
export class Places {
  private readonly files = new Map<string, SourceFile>();
  private last: Span | undefined;
  private isGiven = false;

  /** From here on no place is given. */
  restart(): void {
    this.isGiven = false;
    this.last = undefined;
  }
  /** `!none` or `!"path":line:column` */
  read(text: string): void {
    this.isGiven = true;
    const match = /^!("(?:[^"\\]|\\.)*"):(\d+):(\d+)/.exec(text);
    if (!match) {
      this.last = undefined;
      return;
    }
    const path = match[1].slice(1, -1).replace(/\\(.)/g, '$1');
    let file = this.files.get(path);
    if (!file) {
      file = new PlaceFile(path);
      this.files.set(path, file);
    }
    const line = Math.min(Number(match[2]), 2 ** 31 - 1);
    const start = line * COLUMNS + Math.min(Number(match[3]), COLUMNS - 1);
    const { last } = this;
    // Equal places are one span: the columns of an IRFunction tell spans apart by identity.
    if (last?.file !== file || last.start !== start) this.last = { file, start, end: start };
  }
  /** `own` serves where the text gives no places. */
  current(own: Span): Span | undefined {
    return this.isGiven ? this.last : own;
  }
}
