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

/** The text of the listing, in the columns of GNU as: line number, address, bytes, source. */
export function listingText(listing: Listing, object: ElfFile): string {
  const lines: string[] = [];
  const shown = new Map<Text, number>();
  for (const { text, start, before, after } of listing.rows) {
    const { file, start: offset } = text.span(start, start + 1);
    const { line } = file.position(offset);
    const section = before.subsection?.section;
    if (!section || !after) continue;
    const from = labelAddress(before);
    const data = object.sections.find((candidate) => candidate.name === section.name)?.data;
    const bytes = data?.subarray(from, labelAddress(after)) ?? new Uint8Array(0);
    const source = shown.get(text) === start ? '' : file.lineText(line);
    shown.set(text, start);
    for (let at = 0; at === 0 || at < bytes.length; at += bytesPerLine) {
      const part = [...bytes.subarray(at, at + bytesPerLine)];
      const hex = part.map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('');
      const address = (from + at).toString(16).padStart(4, '0');
      const number = String(line).padStart(4);
      const place = part.length === 0 ? '     ' : `${address} `;
      lines.push(`${number} ${place}${hex.padEnd(16)} ${at === 0 ? `\t${source}` : ''}`.trimEnd());
    }
  }
  return `${lines.join('\n')}\n`;
}
