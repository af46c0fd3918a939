// `.file` and `.loc`: a row of the line table wherever the line of the code changes.

import type { Emitter } from '@ring0/assembler';
import type { SourceFile, Span } from '@ring0/diagnostics';

/** Where the text that a macro produced was asked for. */
function placeOf(span: Span): Span {
  let place = span;
  for (let depth = 0; depth < 64 && place.expansion?.kind === 'macro'; depth++) {
    place = place.expansion.at;
  }
  return place;
}

export class LineTable {
  private readonly emitter: Emitter;
  private readonly files = new Map<string, number>();
  private file = -1;
  private line = -1;

  constructor(emitter: Emitter, sourceName: string) {
    this.emitter = emitter;
    emitter.debugFile(0, '.', sourceName);
  }
  private numberOf(file: SourceFile): number {
    let number = this.files.get(file.path);
    if (number === undefined) {
      number = this.files.size + 1;
      this.files.set(file.path, number);
      this.emitter.debugFile(number, undefined, file.path);
    }
    return number;
  }
  /** File number and line of a place. */
  placeOf(span: Span): { file: number; line: number } {
    const place = placeOf(span);
    const { line } = place.file.position(place.start);
    return { file: this.numberOf(place.file), line };
  }
  /** From here on, code belongs to another function. */
  restart(): void {
    this.line = -1;
  }
  locate(span: Span | undefined, flags?: readonly string[]): void {
    if (!span) return;
    const place = placeOf(span);
    const { line, column } = place.file.position(place.start);
    const file = this.numberOf(place.file);
    if (file === this.file && line === this.line) return;
    this.file = file;
    this.line = line;
    this.emitter.location(file, line, column, flags);
  }
}
