// Relocations that stay in the output: those of a relocatable file (-r), and those that a
// finished one keeps for later tools (-q). Their places and symbols become those of the output;
// what they add lies in the section's bytes.

import { i386, machine, relocationTable, symbolType } from '@ring0/elf';
import type { ElfRelocation, ElfSymbol, RelocationKind } from '@ring0/elf';
import type { InputRelocation, InputSection, LinkSymbol, OutputSection } from '../model.ts';
import { isDebugging, mayNameLost } from './relocate.ts';
import type { SymbolMap } from './symbol-table.ts';

const kinds = relocationTable(machine.i386)?.byType ?? new Map<number, RelocationKind>();

const inputOf = ({ section }: LinkSymbol): InputSection | undefined =>
  section !== undefined && section !== 'absolute' && section.kind !== 'output'
    ? section
    : undefined;

/** Where the target of a relocation is found in the output. */
interface Target {
  readonly symbol: ElfSymbol | undefined;
  /** What the field gains, as it counts from another symbol now. */
  readonly more: number;
}

/** Undefined: what it refers to is not in the output. */
function targetOf(symbol: LinkSymbol, map: SymbolMap, mayName: boolean): Target | undefined {
  const own = map.bySymbol.get(symbol);
  if (own && symbol.type !== symbolType.section) return { symbol: own, more: 0 };
  const place = keptCopy(inputOf(symbol), mayName);
  if (!place?.output || place.isDiscarded) return undefined;
  const found = map.bySection.get(place.output);
  const more = place.outputOffset + (symbol.type === symbolType.section ? 0 : symbol.value);
  return found && { symbol: found, more };
}

/** The same section of the COMDAT group that was kept, if it is as long and may be named instead. */
function keptCopy(section: InputSection | undefined, mayName: boolean): InputSection | undefined {
  const kept = section?.keptInstead;
  return mayName && section?.isDiscarded && kept?.size === section.size ? kept : section;
}

function addTo(bytes: Uint8Array, at: number, size: number, more: number): void {
  let carry = more;
  for (let i = 0; i < size && at + i < bytes.length; i++) {
    carry += bytes[at + i] ?? 0;
    bytes[at + i] = carry & 255;
    carry >>= 8;
  }
}

/**
 * Those of an output section, in the order of their places. With `bytes` (of a relocatable output)
 * the fields are brought up to date; what refers to dropped sections does nothing, or is dropped
 * where it is one of several in debugging information; elsewhere `lost` is told of it.
 * `typeOf` knows which accesses were rewritten.
 */
export function keptRelocations(
  output: OutputSection,
  map: SymbolMap,
  bytes: Uint8Array | undefined,
  typeOf: (section: InputSection, relocation: InputRelocation) => number = (_, { type }) => type,
  lost: (section: InputSection, relocation: InputRelocation) => void = () => undefined,
): ElfRelocation[] {
  const result: ElfRelocation[] = [];
  const base = bytes ? 0 : output.address;
  for (const piece of output.pieces) {
    // Frames of the linker's own have their relocations done with.
    if (piece.kind !== 'input' || piece.section.object.file === undefined) continue;
    const { section } = piece;
    let last = base + piece.offset;
    const isInformation = isDebugging(section);
    let left = section.relocations.length;
    for (const relocation of section.relocations) {
      const { offset, symbol } = relocation;
      const type = typeOf(section, relocation);
      const moved = section.edit ? section.edit.locate(offset) : { section, offset };
      if (!moved || moved.section !== section) {
        // GNU ld has counted it, so it stays as one that does nothing.
        result.push({ offset: last, type: i386.NONE, symbol: undefined });
        continue;
      }
      const at = piece.offset + moved.offset;
      last = base + at;
      const size = kinds.get(type)?.size ?? 0;
      const target = symbol ? targetOf(symbol, map, isInformation) : { symbol: undefined, more: 0 };
      if (target) result.push({ offset: base + at, type, symbol: target.symbol });
      else if (bytes && isInformation && left > 1) left--;
      else result.push({ offset: base + at, type: i386.NONE, symbol: undefined });
      if (!target && !mayNameLost(section)) lost(section, relocation);
      if (!bytes) continue;
      if (target) addTo(bytes, at, size, target.more);
      else bytes.fill(0, at, at + size);
    }
  }
  return inOrder(result);
}

/** By place, as GNU ld sorts them; most are. */
function inOrder(list: ElfRelocation[]): ElfRelocation[] {
  const isSorted = list.every(({ offset }, at) => at === 0 || list[at - 1].offset <= offset);
  return isSorted ? list : list.sort((a, b) => a.offset - b.offset);
}
