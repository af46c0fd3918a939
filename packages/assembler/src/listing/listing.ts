// What a listing (`as -a`) needs to know, collected while the text is read: each line in the order of reading, with the place
// of the output where it began. listing-text.ts prints it.

import type { SourceFile } from '@ring0/diagnostics';
import type { Assembly } from '../object/assembly.ts';
import type { Frame, Input } from '../text/input.ts';
import type { ListingOptions } from './listing-text.ts';
import { scrub } from '../text/scrub.ts';
import type { Subsection } from '../object/sections.ts';
import type { Text } from '../text/text.ts';

/** A place in a subsection, as labels have it. */
export interface ListingSpot {
  readonly subsection: Subsection;
  readonly item: number;
  readonly offset: number;
}

/** One line of the listing, with what was put in its section until the next line began. */
export interface ListingLine {
  readonly text: Text;
  readonly number: number;
  /** A `>` for each macro or repetition the line comes out of. */
  readonly depth: number;
  /** The line's text where it is not the file's own. */
  readonly expanded: string | undefined;
  readonly from: ListingSpot;
  to: ListingSpot;
  /** It stands in a conditional that does not count. */
  isSkipped: boolean;
  /** It is about debugging only. */
  isDebugging: boolean;
  /** `.nolist` is in force. */
  isUnlisted: boolean;
  /** The line of a high-level source that `.loc` named here. */
  source: { readonly path: string; readonly line: number } | undefined;
  page: PageRequest | undefined;
}

/** `.title`, `.sbttl` and `.eject` take effect where they stand. */
export interface PageRequest {
  readonly title?: string | undefined;
  readonly subtitle?: string | undefined;
  readonly isEject?: boolean | undefined;
}

/** How the command calls its standard input. */
export const standardInput = '{standard input}';

/** Directives about debugging only. */
const debugging = /^\.(?:type|size|stab[sndx]|line|ln|def|endef|dim|scl|tag|val)\b/;
const sectionChange = /^\.(?:text|data|bss|section|pushsection|popsection|previous)\b/;
const debugSection = /^\.(?:push)?section[ \t]+"?\.(?:debug|line)/;

export class Listing {
  readonly lines: ListingLine[] = [];
  /** Lines of a page and letters of a line, by `.psize`. */
  pageHeight: number | undefined;
  pageWidth: number | undefined;
  private readonly assembly: Assembly;
  private readonly input: Input;
  private readonly kinds: ListingOptions;
  /** The next line of each file that is being read. */
  private readonly nextLine = new Map<Text, number>();
  private listLevel = 1;
  private isInDebugging = false;
  /** GNU as shows what a repetition's first line gave behind `.endr` too. */
  private repeated: ListingLine | undefined;

  constructor(input: Input, kinds: ListingOptions) {
    this.input = input;
    this.assembly = input.assembly;
    this.kinds = kinds;
    input.onRead = (frame, start, end, isSkipped) => this.read(frame, start, end, isSkipped);
    input.onFrameEnd = (frame) => this.endFrame(frame);
  }

  /** A source that `.loc` names. */
  sourceFile(path: string): SourceFile | undefined {
    return this.input.marked.find(path);
  }

  private spot(subsection = this.assembly.current): ListingSpot {
    return { subsection, item: subsection.items.length, offset: subsection.length };
  }

  /** A statement is about to be executed, or skipped. */
  private read(frame: Frame, start: number, end: number, isSkipped: boolean): void {
    const { frames } = this.input;
    const isFile = frame.kind === 'file';
    const home = isFile ? frame : frames.findLast(({ kind }) => kind === 'file');
    if (!home) return;
    if (isFile) {
      const { line } = frame.text.file.position(start);
      this.reach(frame.text, line);
      this.describe(frame.text.slice(start, end), isSkipped);
      return;
    }
    const depth = frames.filter(({ kind }) => kind === 'macro' || kind === 'repeat').length;
    const isRepeat = depth === 1 && frame.kind === 'repeat';
    const source = frame.text.slice(start, end);
    // What is left of the line of `.endm` is no statement, nor is a line marker.
    if (!source.endsWith('\n') && source.trim() === '') return;
    if (/^#[ \t]+\d+[ \t]+"/.test(source)) return;
    // With lines of a high-level source GNU as takes a repetition before it lists its `.endr`.
    const isEarly = isRepeat && this.kinds.hasHighLevel === true;
    const here = home.text.file.position(Math.max(0, home.at - 1)).line;
    const line = isEarly ? here - 1 : here;
    this.reach(home.text, line);
    const before = this.lines[this.lines.length - 1];
    if (!this.kinds.hasMacros && !isEarly) return;
    this.add(home.text, line, depth, expandedLine(source));
    if (!this.kinds.hasMacros) this.lines[this.lines.length - 1].isUnlisted = true;
    else if (isRepeat && before.depth === 0) this.repeated = before;
    this.describe(source, isSkipped);
  }

  /** Adds the lines of a file up to `line`. */
  private reach(text: Text, line: number): void {
    let next = this.nextLine.get(text) ?? 1;
    // Of what comes through a pipe the bodies of macros are not shown.
    if (text.file.path === standardInput) next = Math.max(next, line);
    for (; next <= line; next++) this.add(text, next, 0, undefined);
    this.nextLine.set(text, next);
  }

  private endFrame(frame: Frame): void {
    if (frame.kind !== 'file') return;
    const { bytes, file } = frame.text;
    if (bytes.length > 0) this.reach(frame.text, file.position(bytes.length - 1).line);
  }

  private add(text: Text, number: number, depth: number, expanded: string | undefined): void {
    this.close();
    const from = this.spot();
    this.lines.push({
      text,
      number,
      depth,
      expanded,
      from,
      to: from,
      isSkipped: false,
      isDebugging: this.isInDebugging,
      isUnlisted: this.listLevel < 1,
      source: undefined,
      page: undefined,
    });
  }

  /** Ends the line that is open; called once more when all has been read. */
  close(): void {
    const last = this.lines[this.lines.length - 1];
    if (!last) return;
    last.to = this.spot(last.from.subsection);
    if (this.repeated) this.repeated.to = last.to;
    this.repeated = undefined;
  }

  /** What the statement is, as far as the listing is concerned. */
  private describe(source: string, isSkipped: boolean): void {
    const last = this.lines[this.lines.length - 1];
    if (!last) return;
    const statement = source.trim();
    const word = /^\.\w+/.exec(statement.toLowerCase())?.[0] ?? '';
    if (isSkipped) {
      last.isSkipped = !(/^\.(else|elseif|endif)$/.test(word) && this.input.conditions.isOutermost);
      return;
    }
    if (word === '') return;
    if (debugging.test(word)) last.isDebugging = true;
    if (debugSection.test(statement)) last.isDebugging = this.isInDebugging = true;
    else if (this.isInDebugging && sectionChange.test(word)) this.isInDebugging = false;
    if (word === '.nolist') {
      this.listLevel--;
      last.isUnlisted = true;
    } else if (word === '.list') {
      this.listLevel++;
      last.isUnlisted = this.listLevel < 1;
    } else if (word === '.loc') this.location(last, statement);
    else this.paging(last, word, statement);
  }

  private location(line: ListingLine, statement: string): void {
    const numbers = /^\.loc\s+(\d+)\s+(\d+)/.exec(statement);
    const path = numbers && this.assembly.lines.files[Number(numbers[1])]?.name;
    if (path) line.source = { path, line: Number(numbers[2]) };
  }

  private paging(line: ListingLine, word: string, statement: string): void {
    const text = /"((?:[^"\\]|\\.)*)"/.exec(statement)?.[1];
    const ask = (page: PageRequest) => (line.page = page);
    if (word === '.title') ask({ title: text });
    else if (word === '.sbttl') ask({ subtitle: text });
    else if (word === '.eject') ask({ isEject: true });
    else if (word === '.psize') {
      const sizes = statement.slice(word.length).split(',').map(Number);
      if (Number.isInteger(sizes[0])) this.pageHeight = sizes[0];
      if (Number.isInteger(sizes[1])) this.pageWidth = sizes[1];
    }
  }
}

/** A statement of an expansion, or of standard input, as GNU as prints it: without comments, with single blanks. */
export function expandedLine(source: string): string {
  const text = source.replace(/[;\n]$/, '');
  const lead = /^\s/.test(text) ? ' ' : '';
  const start = blanks(text, 0);
  const labels = /^(?:[\w.$]+\s*:\s*)+/.exec(text.slice(start))?.[0] ?? '';
  const at = start + labels.length;
  if (/^[#/]/.test(text.slice(at))) return lead + labels.replace(/\s/g, '');
  const word = /^[^\s"'#/=]*/.exec(text.slice(at))?.[0] ?? '';
  const behind = blanks(text, at + word.length);
  const hasGap = behind > at + word.length;
  const rest = scrub(withoutComment(text.slice(behind)));
  const isCommented = rest === '' && text.slice(at + word.length).trim() !== '';
  const gap = hasGap && (rest !== '' || isCommented) ? ' ' : '';
  return `${lead}${labels.replace(/\s/g, '')}${word}${gap}${rest}`;
}

/** Behind blanks and comments in the line. */
function blanks(text: string, at: number): number {
  return at + (/^(?:\s|\/\*[^]*?\*\/)*/.exec(text.slice(at))?.[0].length ?? 0);
}

function withoutComment(text: string): string {
  const found = /^(?:"(?:[^"\\]|\\.)*"|'.|[^"'#])*/.exec(text);
  return found ? found[0] : text;
}
