// Flat code: the allocated sections one after the other from a given address, with every field
// filled in. What a linker script would do for one object; boot sectors and ROMs need no more.

import { alignUp } from '@ring0/bytes';
import type { Assembly } from './assembly.ts';
import { constantOf } from '../values/expression.ts';
import { finalFolding, settle } from '../values/settle.ts';
import type { FinishedSection, PendingRelocation } from './relocate.ts';
import { Section, labelAddress } from './sections.ts';
import type { AsmSymbol } from './symbols.ts';

/** Bytes of each kind of field, and whether it counts from its own place. */
const fields: Readonly<Record<number, { size: 1 | 2 | 4; isRelative: boolean }>> = {
  1: { size: 4, isRelative: false },
  2: { size: 4, isRelative: true },
  4: { size: 4, isRelative: true },
  20: { size: 2, isRelative: false },
  21: { size: 2, isRelative: true },
  22: { size: 1, isRelative: false },
  23: { size: 1, isRelative: true },
};

const allocated = 2;
const flatBytesMax = 256 * 1024 * 1024;

class Flattener {
  private readonly assembly: Assembly;
  private readonly bases = new Map<Section, number>();

  constructor(assembly: Assembly) {
    this.assembly = assembly;
  }

  flatten(finished: readonly FinishedSection[], address: number): Uint8Array {
    const parts = this.place(finished, address);
    const end = Math.max(
      address,
      ...parts.map(({ section, data }) => this.base(section) + data.length),
    );
    if (end - address > flatBytesMax) {
      this.assembly.error('A0107', `the flat code would exceed ${flatBytesMax} bytes`);
      return new Uint8Array(0);
    }
    const bytes = new Uint8Array(end - address);
    for (const part of parts) {
      for (const relocation of part.relocations) this.fill(part, relocation);
      bytes.set(part.data, this.base(part.section) - address);
    }
    return bytes;
  }

  /** .text first, sections without contents last, the others between in order of appearance. */
  private place(finished: readonly FinishedSection[], address: number): FinishedSection[] {
    const rank = ({ section }: FinishedSection) =>
      section === this.assembly.text ? 0 : section.hasContents ? 1 : 2;
    const parts = finished
      .filter(({ section }) => (section.flags & allocated) !== 0 && section.name !== '.eh_frame')
      .sort((a, b) => rank(a) - rank(b));
    let at = address;
    for (const { section } of parts) {
      if (section !== this.assembly.text) at = alignUp(at, section.alignment);
      this.bases.set(section, at);
      at += section.size;
    }
    return parts;
  }

  private base(section: Section): number {
    return this.bases.get(section) ?? 0;
  }

  private valueOf(target: PendingRelocation['target']): number | undefined {
    if (target === undefined) return 0;
    if (target instanceof Section) return this.base(target);
    const settled = settle(
      { kind: 'linear', plus: target, minus: undefined, addend: 0n, reference: undefined },
      finalFolding(this.assembly),
    );
    const known = constantOf(settled);
    if (known !== undefined) return Number(known);
    if (settled.kind !== 'linear' || settled.minus || settled.plus?.state !== 'label') {
      return undefined;
    }
    const home = settled.plus.subsection?.section;
    return home && this.base(home) + labelAddress(settled.plus) + Number(settled.addend);
  }

  private fill(part: FinishedSection, relocation: PendingRelocation): void {
    const { offset, type } = relocation;
    const where = this.assembly.places.where(relocation.place);
    const field = fields[type];
    const value = this.valueOf(relocation.target);
    if (!field || value === undefined) {
      const name = relocation.target instanceof Section ? '' : nameOf(relocation.target);
      this.assembly.error('A0801', `flat code needs the address of ${name}`, where, [
        'it is not defined in this file',
      ]);
      return;
    }
    const view = new DataView(part.data.buffer, part.data.byteOffset, part.data.byteLength);
    const addend = readField(view, offset, field.size);
    const place = field.isRelative ? this.base(part.section) + offset : 0;
    const result = value + addend - place;
    const limit = 2 ** (field.size * 8);
    if (field.size < 4 && (result < -limit / 2 || result >= limit)) {
      const what = `0x${(result >>> 0).toString(16)}`;
      this.assembly.error('A0709', `${what} does not fit in ${field.size * 8} bits`, where);
    }
    writeField(view, offset, field.size, result);
  }
}

function nameOf(symbol: AsmSymbol | undefined): string {
  return symbol ? `'${symbol.name}'` : 'a symbol';
}

function readField(view: DataView, offset: number, size: 1 | 2 | 4): number {
  if (size === 4) return view.getInt32(offset, true);
  return size === 2 ? view.getInt16(offset, true) : view.getInt8(offset);
}

function writeField(view: DataView, offset: number, size: 1 | 2 | 4, value: number): void {
  if (size === 4) view.setInt32(offset, value, true);
  else if (size === 2) view.setInt16(offset, value, true);
  else view.setInt8(offset, value);
}

/** The bytes from `address` on; what cannot be resolved is reported. */
export function flatten(
  assembly: Assembly,
  finished: readonly FinishedSection[],
  address: number,
): Uint8Array {
  return new Flattener(assembly).flatten(finished, address);
}
