// The listing (`as -al`): each source line with the bytes that it gave.

import type { ElfFile } from '@ring0/elf';
import type { Assembly } from './assembly.ts';
import { labelAddress } from './sections.ts';
import type { AsmSymbol } from './symbols.ts';
import type { Place, Text } from './text.ts';

interface Row {
  readonly text: Text;
  readonly start: number;
  readonly before: AsmSymbol;
  after: AsmSymbol | undefined;
}

/** Collects where each statement's output begins and ends. */
export class Listing {
  readonly rows: Row[] = [];
  private readonly assembly: Assembly;

  constructor(assembly: Assembly) {
    this.assembly = assembly;
  }

  statement(place: Place): void {
    this.close();
    const before = this.assembly.here();
    this.rows.push({ text: place.text, start: place.start, before, after: undefined });
  }

  /** Ends the row that is open. */
  close(): void {
    const last = this.rows[this.rows.length - 1];
    if (!last || last.after) return;
    const here = this.assembly.here();
    // A statement that changes the section has put nothing anywhere.
    last.after = here.subsection === last.before.subsection ? here : last.before;
  }
}

const bytesPerLine = 8;
const linesPerStatement = 4;
const bytesShownMax = bytesPerLine * linesPerStatement;

/** What one source line gave. */
interface SourceLine {
  readonly source: string;
  readonly number: number;
  address: number;
  bytes: number[];
}

/** The output of all statements of a line, in order; macros stand at their use. */
function sourceLines(listing: Listing, object: ElfFile): SourceLine[] {
  const lines: SourceLine[] = [];
  let last: { path: string; line: SourceLine } | undefined;
  for (const { text, start, before, after } of listing.rows) {
    const section = before.subsection?.section;
    if (!section || !after) continue;
    const { file, start: offset } = text.span(start, start + 1);
    const { line: number } = file.position(offset);
    const from = labelAddress(before);
    const data = object.sections.find((candidate) => candidate.name === section.name)?.data;
    const to = Math.min(labelAddress(after), from + bytesShownMax);
    const bytes = data?.subarray(from, to) ?? [];
    if (last?.path === file.path && last.line.number === number) {
      if (last.line.bytes.length === 0) last.line.address = from;
      if (last.line.bytes.length < bytesShownMax) last.line.bytes.push(...bytes);
      continue;
    }
    const line = { source: file.lineText(number), number, address: from, bytes: [...bytes] };
    lines.push(line);
    last = { path: file.path, line };
  }
  return lines;
}

/** The text of the listing, in the columns of GNU as: line number, address, bytes, source. */
export function listingText(listing: Listing, object: ElfFile): string {
  const lines: string[] = [];
  for (const { source, number, address, bytes } of sourceLines(listing, object)) {
    const count = Math.max(1, Math.min(linesPerStatement, Math.ceil(bytes.length / bytesPerLine)));
    for (let row = 0; row < count; row++) {
      const part = bytes.slice(row * bytesPerLine, (row + 1) * bytesPerLine);
      const hex = part.map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('');
      const place = (address + row * bytesPerLine).toString(16).padStart(4, '0');
      const left = `${String(number).padStart(4)} ${part.length === 0 ? '    ' : place}`;
      lines.push(`${left} ${hex.padEnd(16)} ${row === 0 ? `\t${source}` : ''}`.trimEnd());
    }
  }
  return `${lines.join('\n')}\n`;
}
