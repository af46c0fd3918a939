// Tokens back to text: what -E prints. Lines stand where they stood; where more than eight lines
// are passed over, or the file changes, a marker `# LINE "FILE" FLAGS` says so (1: a file begins,
// 2: back in it, 3: a system header).

import { PresumedFile } from './presumed.ts';
import { quoted } from './spelling.ts';
import type { FileEvent } from './state.ts';
import { AFTER_SPACE, AT_LINE_START, TokenKind } from './tokens.ts';
import type { TokenList } from './tokens.ts';
import type { Atoms } from './atoms.ts';

export interface PrintOptions {
  /** -P: no markers. */
  readonly hasMarkers: boolean;
}

/** Would the two spellings, side by side, be read as something else? */
function wouldJoin(left: string, leftKind: number, right: string, rightKind: number): boolean {
  const isWord = (kind: number): boolean =>
    kind === TokenKind.identifier || kind === TokenKind.number;
  if (isWord(leftKind) && isWord(rightKind)) return true;
  if (leftKind === TokenKind.number) return /^[.+-]/.test(right);
  if (leftKind === TokenKind.identifier) {
    return rightKind === TokenKind.string || rightKind === TokenKind.character;
  }
  if (left === '.' && rightKind === TokenKind.number) return true;
  if (leftKind !== TokenKind.punctuator || rightKind !== TokenKind.punctuator) return false;
  const pair = left[left.length - 1] + right[0];
  return /^(\+\+|--|&&|\|\||<<|>>|[-+*/%&|^<>=!]=|->|\.\.|##|::|<[:%]|[:%]>|%:|\/[/*])$/.test(pair);
}

class Printer {
  private readonly list: TokenList;
  private readonly atoms: Atoms;
  private readonly options: PrintOptions;
  private readonly parts: string[] = [];
  private line = 1;
  private isLineEmpty = true;
  private name = '';
  private isSystem = false;
  private readonly shifts: number[] = [];
  private shift = 0;

  constructor(list: TokenList, atoms: Atoms, options: PrintOptions) {
    this.list = list;
    this.atoms = atoms;
    this.options = options;
  }

  private endLine(): void {
    if (this.isLineEmpty) return;
    this.parts.push('\n');
    this.isLineEmpty = true;
    this.line++;
  }

  private marker(line: number, flags: string): void {
    this.endLine();
    this.line = line;
    if (!this.options.hasMarkers) return;
    const system = this.isSystem ? ' 3 4' : '';
    this.parts.push(`# ${line} ${quoted(this.name)}${flags}${system}\n`);
  }

  private event(event: FileEvent, isFirst: boolean): void {
    if (event.kind === 'enter') this.shifts.push(this.shift);
    else if (event.kind === 'leave') this.shifts.pop();
    this.shift = event.shift;
    this.name = event.name;
    this.isSystem = event.isSystem;
    const flags = event.kind === 'enter' && !isFirst ? ' 1' : event.kind === 'leave' ? ' 2' : '';
    this.marker(event.line, flags);
  }

  /** Moves to the line of token `at`, which begins one. */
  private moveTo(at: number): void {
    let span = this.list.span(at);
    while (span.expansion) span = span.expansion.at;
    const { file, start } = span;
    const presumed = file instanceof PresumedFile;
    const line = file.position(start).line + (presumed ? 0 : this.shift);
    this.endLine();
    if (line === this.line) return;
    if (line > this.line && line - this.line <= 8) {
      this.parts.push('\n'.repeat(line - this.line));
      this.line = line;
    } else this.marker(line, '');
  }

  run(events: readonly FileEvent[]): string {
    const { list, atoms, parts } = this;
    let next = 0;
    for (let at = 0; at < list.length; at++) {
      while (next < events.length && events[next].at <= at) this.event(events[next], next++ === 0);
      const kind = list.kind[at];
      if (kind === TokenKind.end) break;
      const flags = list.flags[at];
      const text = atoms.text(list.atom[at]);
      if ((flags & AT_LINE_START) !== 0) {
        this.moveTo(at);
        const isPlain = kind !== TokenKind.pragma && (flags & AFTER_SPACE) !== 0;
        if (isPlain) parts.push(' ');
      } else if (!this.isLineEmpty) {
        const left = at - 1;
        const isSpaced =
          (flags & AFTER_SPACE) !== 0 ||
          wouldJoin(atoms.text(list.atom[left]), list.kind[left], text, kind);
        if (isSpaced) parts.push(' ');
      }
      parts.push(kind === TokenKind.pragma ? `#pragma ${text}` : text);
      this.isLineEmpty = false;
      if (kind === TokenKind.pragma) this.endLine();
    }
    while (next < events.length) this.event(events[next], next++ === 0);
    this.endLine();
    return parts.join('');
  }
}

/** The text of preprocessed tokens, a Latin-1 character for each byte. */
export function printTokens(
  list: TokenList,
  atoms: Atoms,
  events: readonly FileEvent[],
  options: PrintOptions,
): string {
  return new Printer(list, atoms, options).run(events);
}
