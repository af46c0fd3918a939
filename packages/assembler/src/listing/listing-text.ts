// The text of a listing in GNU as's columns: line number, address, bytes, source; then the symbols. Pages have 60 lines with
// three of heading, unless `.psize` or -an says otherwise.

import type { Diagnostic, Span } from '@ring0/diagnostics';
import type { ElfFile, ElfSection } from '@ring0/elf';
import type { Assembly } from '../object/assembly.ts';
import { expandedLine, standardInput } from './listing.ts';
import type { Listing, ListingLine, PageRequest } from './listing.ts';
import { listedSymbols } from './listing-symbols.ts';
import { labelAddress } from '../object/sections.ts';
import type { Section } from '../object/sections.ts';

/** What `as -a..` and `--listing-..` ask for. */
export interface ListingOptions {
  /** `l`: the source with what it gave. */
  readonly hasAssembly?: boolean | undefined;
  /** `s`: the symbols. */
  readonly hasSymbols?: boolean | undefined;
  /** `h`: lines of the source that `.loc` names. */
  readonly hasHighLevel?: boolean | undefined;
  /** `m`: the lines of macros and repetitions. */
  readonly hasMacros?: boolean | undefined;
  /** `c`: without what conditionals leave out. */
  readonly omitsFalse?: boolean | undefined;
  /** `d`: without directives for debugging. */
  readonly omitsDebugging?: boolean | undefined;
  /** `n`: one long page without headings. */
  readonly omitsForms?: boolean | undefined;
  /** `g`: these lines first. */
  readonly general?: readonly string[] | undefined;
  /** Words of four bytes in a line; default 1. */
  readonly leftWidth?: number | undefined;
  /** The same of continuation lines. */
  readonly continuationWidth?: number | undefined;
  /** Letters of a source line, with one more; default 100. */
  readonly rightWidth?: number | undefined;
  /** Default 4. */
  readonly continuationLines?: number | undefined;
}

/** Warnings about the end of a text: GNU as gives them no line. */
const aboutEnds: ReadonlySet<string> = new Set(['A0110', 'A0111', 'A0113']);

const pageHeight = 60;
const wordBytes = 4;

/** Counts lines, and puts a heading above each page. */
class Pages {
  private readonly parts: string[] = [];
  private readonly name: string;
  private readonly height: number;
  private onPage = 0;
  private page = 0;
  title = '';
  subtitle = '';

  /** `height` 0: one page without a heading. */
  constructor(name: string, height: number, hasForms: boolean) {
    this.name = name;
    this.height = hasForms && height > 0 ? height : -1;
  }

  line(text: string): void {
    const isFull = this.page === 0 || this.onPage >= this.height;
    if (this.height > 0 && isFull) this.heading();
    this.parts.push(text, '\n');
    this.onPage++;
  }

  private heading(): void {
    if (this.page > 0) this.parts.push('\f');
    this.page++;
    this.parts.push(
      `GAS LISTING ${this.name} \t\t\tpage ${this.page}\n${this.title}\n${this.subtitle}\n`,
    );
    this.onPage = 3;
  }

  /** The next line begins a page. */
  eject(): void {
    this.onPage = this.height;
  }

  get text(): string {
    return this.parts.join('');
  }
}

/** Hexadecimal words of the first line and of the continuation lines. */
function words(bytes: Uint8Array, from: number, count: number): string {
  let text = '';
  for (let i = 0; i < count; i++) {
    const at = from + i * wordBytes;
    if (at >= bytes.length) break;
    const part = bytes.subarray(at, at + wordBytes);
    for (const byte of part) text += byte.toString(16).padStart(2, '0').toUpperCase();
    if (part.length === wordBytes) text += ' ';
  }
  return text;
}

/** Where a span stands in a file that was read, not in what a macro or a repetition made. */
export function outermost(span: Span): Span {
  let at = span;
  for (let i = 0; i < 200 && at.expansion && at.expansion.kind !== 'include'; i++) {
    at = at.expansion.at;
  }
  return at;
}

class ListingPrinter {
  private readonly assembly: Assembly;
  private readonly listing: Listing;
  private readonly object: ElfFile | undefined;
  private readonly options: ListingOptions;
  private readonly pages: Pages;
  private readonly sections = new Map<unknown, ElfSection | undefined>();
  private readonly lastLines = new Map<Section, ListingLine>();
  private readonly messages = new Map<string, string[]>();
  private readonly reached = new Map<string, { readonly most: number; readonly last: number }>();
  /** The titles that are next from a line on, which its page gets. */
  private readonly titles = new Map<ListingLine, PageRequest>();

  constructor(
    assembly: Assembly,
    listing: Listing,
    result: { readonly object: ElfFile | undefined; readonly diagnostics: readonly Diagnostic[] },
    options: ListingOptions,
    name: string,
  ) {
    this.assembly = assembly;
    this.listing = listing;
    this.object = result.object;
    this.options = options;
    this.pages = new Pages(
      name === standardInput ? '' : name,
      listing.pageHeight ?? pageHeight,
      !options.omitsForms,
    );
    this.findSections();
    for (const line of listing.lines) {
      const { section } = line.from.subsection;
      if (section.name.startsWith('.debug_line')) this.lastLines.set(section, line);
    }
    let next: PageRequest = {};
    for (const line of listing.lines.toReversed()) {
      if (line.page?.isEject !== true && line.page) next = { ...next, ...line.page };
      if (next.title !== undefined || next.subtitle !== undefined) this.titles.set(line, next);
    }
    for (const { severity, code, message, span } of result.diagnostics) {
      if (!span || severity === 'note' || aboutEnds.has(code)) continue;
      const { file, start } = outermost(span);
      const key = `${file.path}:${file.position(start).line}`;
      const kind = severity === 'error' ? 'Error' : 'Warning';
      this.messages.set(key, [...(this.messages.get(key) ?? []), `****  ${kind}: ${message}`]);
    }
  }

  /** Pairs the sections of the text with those of the object: in order, by name. */
  private findSections(): void {
    const left = [...(this.object?.sections ?? [])];
    for (const section of this.assembly.sections) {
      const at = left.findIndex(({ name }) => name === section.name);
      this.sections.set(section, at < 0 ? undefined : left[at]);
      if (at >= 0) left.splice(at, 1);
    }
  }

  print(): string {
    const { options, pages, listing } = this;
    for (const line of options.general ?? []) pages.line(line);
    if (options.general) pages.line('');
    if (options.hasAssembly) for (const line of listing.lines) this.printLine(line);
    if (options.hasSymbols) {
      if (options.hasAssembly && listing.lines.length > 0) pages.eject();
      for (const line of listedSymbols(this.assembly, listing, this.object)) pages.line(line);
    }
    return pages.text;
  }

  private printLine(line: ListingLine): void {
    const { options, pages } = this;
    const { page, source } = line;
    const titles = this.titles.get(line);
    pages.title = titles?.title ?? pages.title;
    pages.subtitle = titles?.subtitle ?? pages.subtitle;
    if (source && options.hasHighLevel) this.highLevel(source.path, source.line);
    const isHidden =
      line.isUnlisted ||
      (line.isSkipped && options.omitsFalse) ||
      (line.isDebugging && options.omitsDebugging);
    if (!isHidden) this.columns(line);
    if (page?.isEject) pages.eject();
  }

  private columns(line: ListingLine): void {
    const { options, pages } = this;
    const { leftWidth = 1, continuationLines = 4, rightWidth = 100 } = options;
    const continuationWidth = Math.max(options.continuationWidth ?? leftWidth, leftWidth);
    const number = ` ${line.number}`.padStart(4);
    const width =
      line.expanded === undefined
        ? Math.min(this.listing.pageWidth ?? Infinity, rightWidth) - 1
        : Infinity;
    const source = this.sourceText(line).slice(0, width);
    const bytes = this.bytes(line, wordBytes * (leftWidth + continuationWidth * continuationLines));
    if (bytes.length === 0) pages.line(`${number}${' '.repeat(5 + 9 * leftWidth)}\t${source}`);
    else {
      const address = this.object ? hexAddress(labelAddress(line.from)) : '????';
      const first = words(bytes, 0, leftWidth).padEnd(9 * leftWidth);
      pages.line(`${number} ${address} ${first}\t${source}`);
      const step = continuationWidth * wordBytes;
      for (let at = leftWidth * wordBytes; at < bytes.length; at += step) {
        pages.line(`${number}      ${words(bytes, at, continuationWidth)}`);
      }
    }
    if (line.expanded !== undefined) return;
    for (const message of this.messages.get(`${line.text.file.path}:${line.number}`) ?? []) {
      pages.line(message);
    }
  }

  private sourceText(line: ListingLine): string {
    if (line.expanded !== undefined) return `${'>'.repeat(line.depth)} ${line.expanded}`;
    const { file, bytes } = line.text;
    // What comes through a pipe GNU as cannot read again: it shows what it made of it.
    const written = file.lineText(line.number);
    const text = file.path === standardInput ? expandedLine(written) : written;
    // GNU as marks a last line that nothing ends.
    const isOpen = bytes.length > 0 && bytes[bytes.length - 1] !== 10;
    return isOpen && file.position(bytes.length - 1).line === line.number ? `${text}...` : text;
  }

  private bytes(line: ListingLine, max: number): Uint8Array {
    const none = new Uint8Array(0);
    const { from, to } = line;
    const section = this.sections.get(from.subsection.section);
    if (!this.object || !section) return none;
    const start = labelAddress(from);
    // The last line of .debug_line has the table that the assembler adds behind it.
    const isLast = this.lastLines.get(from.subsection.section) === line;
    const end = Math.min(isLast ? section.size : labelAddress(to), start + max);
    if (end <= start) return none;
    return section.data.length === 0 ? new Uint8Array(end - start) : section.data.slice(start, end);
  }

  /** The lines of another source from the last that was shown up to `line`. */
  private highLevel(path: string, line: number): void {
    const file = this.listing.sourceFile(path);
    const { most = 0, last = 0 } = this.reached.get(path) ?? {};
    if (line === last) return;
    const count = file ? file.position(file.bytes.length).line : 1;
    for (let at = line > most ? most + 1 : line; at <= Math.min(line, count); at++) {
      const text = !file ? '' : at === count ? '...' : file.lineText(at);
      this.pages.line(`${String(at).padStart(4)}:${path.padEnd(13)} **** ${text}`);
    }
    this.reached.set(path, { most: Math.max(most, line), last: line });
  }
}

function hexAddress(address: number): string {
  return address.toString(16).padStart(4, '0');
}

/** Prints what was collected; with errors there are no bytes. */
export function listingText(
  assembly: Assembly,
  listing: Listing,
  result: { readonly object: ElfFile | undefined; readonly diagnostics: readonly Diagnostic[] },
  options: ListingOptions,
  name: string,
): string {
  return new ListingPrinter(assembly, listing, result, options, name).print();
}
