// Relocations that the source asks for by `.reloc` and its kin: where they come among the others,
// and what GNU as adds to the bytes under them.

import { relocationTable } from '@ring0/elf';
import type { Assembly } from './assembly.ts';
import type { Expression, Folding } from '../values/expression.ts';
import type { FinishedSection, PendingRelocation } from './relocate.ts';
import { labelAddress } from './sections.ts';
import type { Section, Where } from './sections.ts';
import { finalFolding, settle } from '../values/settle.ts';
import type { AsmSymbol } from './symbols.ts';

export interface AskedRelocation {
  /** That of the directive: a plain number counts from its start. */
  readonly section: Section;
  /** A label, a label and a number, or a number. */
  readonly at: Expression;
  readonly type: number;
  readonly value: Expression;
  readonly where: Where;
}

interface PlacedRelocation {
  readonly section: Section;
  readonly relocation: PendingRelocation;
}

/** EM_386 and EM_X86_64. */
const [intel386, long86] = [3, 62];

/** Adds what was asked for to the relocations of `finished`. */
export function addAskedRelocations(
  assembly: Assembly,
  finished: readonly FinishedSection[],
): void {
  if (assembly.relocations.length === 0) return;
  const folding = finalFolding(assembly);
  const bySection = new Map<Section, PendingRelocation[]>();
  for (const asked of assembly.relocations) {
    const placed = place(assembly, asked, folding, finished);
    if (!placed) continue;
    const list = bySection.get(placed.section);
    if (list) list.push(placed.relocation);
    else bySection.set(placed.section, [placed.relocation]);
  }
  for (const { section, relocations } of finished) {
    const asked = bySection.get(section);
    if (asked) relocations.splice(0, relocations.length, ...merged(relocations, asked));
  }
}

/** Only the first that waits is looked at: one before it in the file but behind it here waits too. */
function merged(
  own: readonly PendingRelocation[],
  asked: readonly PendingRelocation[],
): PendingRelocation[] {
  const list: PendingRelocation[] = [];
  let next = 0;
  for (const relocation of own) {
    while (next < asked.length && asked[next].offset < relocation.offset) list.push(asked[next++]);
    list.push(relocation);
  }
  return [...list, ...asked.slice(next)];
}

function place(
  assembly: Assembly,
  asked: AskedRelocation,
  folding: Folding,
  finished: readonly FinishedSection[],
): PlacedRelocation | undefined {
  const { type, where } = asked;
  const at = settle(asked.at, folding);
  const isPlace = at.kind === 'linear' && !at.minus && at.reference === undefined;
  const label = isPlace ? at.plus : undefined;
  if (!isPlace || (label && label.state !== 'label')) {
    assembly.error('A0713', 'the offset of this relocation is no place of this file', where);
    return undefined;
  }
  const section = label?.subsection?.section ?? asked.section;
  const offset = Number(at.addend) + (label ? labelAddress(label) : 0);
  const done = finished.find((candidate) => candidate.section === section);
  const kind = relocationTable(assembly.isLong ? long86 : intel386)?.byType.get(type);
  const size = kind?.size ?? 0;
  if (!done || offset < 0 || offset + size > section.size) {
    const message = `offset ${offset} lies outside of section '${section.name}'`;
    assembly.error('A0713', message, where);
    return undefined;
  }
  const value = settle(asked.value, folding);
  if (value.kind !== 'linear' || (value.minus && !value.plus)) {
    assembly.error('A0713', 'the value of this relocation is no symbol and no number', where);
    return undefined;
  }
  const symbol = value.minus ? undefined : value.plus;
  if (symbol) {
    symbol.isUsedInRelocation = true;
    const isRelative = kind?.isPcRelative === true;
    if (value.addend !== 0n && section.hasContents && !assembly.isLong) {
      addInPlace(done.data, offset, size, increment(symbol, value.addend, isRelative, offset));
    }
  }
  return {
    section,
    relocation: {
      offset,
      type,
      target: symbol,
      place: assembly.places.of(where),
      ...(assembly.isLong && { addend: value.addend }),
    },
  };
}

/** GNU as adds the symbol's own value too, where there is a number to add at all. */
function increment(symbol: AsmSymbol, addend: bigint, isRelative: boolean, at: number): bigint {
  const own = symbol.state === 'label' ? BigInt(labelAddress(symbol)) : 0n;
  return own + addend - (isRelative ? BigInt(at) : 0n);
}

function addInPlace(data: Uint8Array, at: number, size: number, value: bigint): void {
  let carry = BigInt.asUintN(64, value);
  for (let i = 0; i < size; i++) {
    const sum = BigInt(data[at + i]) + (carry & 0xffn);
    data[at + i] = Number(sum & 0xffn);
    carry = (carry >> 8n) + (sum >> 8n);
  }
}
