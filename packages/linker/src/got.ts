// What a static program needs of the global offset table: slots for references that cannot be
// rewritten, and, for indirect functions (STT_GNU_IFUNC), small stubs with R_386_IRELATIVE
// relocations that the start code resolves. References through the GOT whose target is known
// become direct ones (i386 psABI 1.1, B.2; TLS: "ELF Handling For Thread-Local Storage", 5).

import { i386, sectionFlag, sectionType, symbolType } from '@ring0/elf';
import type { ElfRelocation } from '@ring0/elf';
import { makeSection, symbolAddress } from './model.ts';
import type { InputObject, InputSection, LinkSymbol } from './model.ts';

const slotSize = 4;
const stubSize = 8;
const reservedSlots = 3;
const irelativeSize = 8;

/** How a reference through the GOT was rewritten, by the instruction before its field. */
export type Rewrite = 'mov' | 'call' | 'jump' | 'test' | 'binary';

const opcode = { load: 0x8b, group5: 0xff, test: 0x85 } as const;
const modrmCall = 0x10;
const modrmJump = 0x20;

/** What the linker makes itself; `object` comes first among the inputs. */
export interface Got {
  readonly object: InputObject;
  readonly slots: Map<LinkSymbol, number>;
  readonly stubs: Map<LinkSymbol, number>;
  readonly got: InputSection;
  readonly gotPlt: InputSection;
  readonly stubCode: InputSection;
  readonly stubSlots: InputSection;
  readonly stubRelocations: InputSection;
  isNeeded: boolean;
  /** Indirect functions whose address is taken other than by the GOT. */
  readonly addressTaken: Set<LinkSymbol>;
}

/** The sections, empty until `scan` has run. */
export function makeGot(): Got {
  const object: InputObject = {
    name: 'linker stubs',
    fileName: 'linker stubs',
    archive: undefined,
    file: undefined,
    sections: [],
    symbols: new Map(),
    locals: [],
  };
  const { alloc, write, execute } = sectionFlag;
  const data = { flags: alloc | write, alignment: 4 };
  return {
    object,
    slots: new Map(),
    stubs: new Map(),
    got: makeSection(object, '.got', data),
    gotPlt: makeSection(object, '.got.plt', { ...data, entrySize: slotSize }),
    stubCode: makeSection(object, '.iplt', { flags: alloc | execute, alignment: 8 }),
    stubSlots: makeSection(object, '.igot.plt', { ...data, entrySize: slotSize }),
    stubRelocations: makeSection(object, '.rel.iplt', {
      type: sectionType.rel,
      flags: alloc,
      alignment: 4,
      entrySize: irelativeSize,
    }),
    isNeeded: false,
    addressTaken: new Set(),
  };
}

export const isIndirect = (symbol: LinkSymbol): boolean =>
  symbol.type === symbolType.gnuIfunc && symbol.state === 'defined';

/** The rewriting that a GOT reference allows; undefined: it keeps its slot. */
export function rewriteOf(
  section: InputSection,
  relocation: ElfRelocation,
  symbol: LinkSymbol,
): Rewrite | undefined {
  const { offset, type } = relocation;
  const { data } = section;
  if (offset < 2 || offset + 4 > data.length || isIndirect(symbol)) return undefined;
  if ((data[offset] | data[offset + 1] | data[offset + 2] | data[offset + 3]) !== 0)
    return undefined;
  const code = data[offset - 2];
  const modrm = data[offset - 1];
  if (modrm >= 0xc0) return undefined;
  if (code === opcode.load) {
    const isBaseless = (modrm & 0xc7) === 5;
    return type === i386.GOT32 && isBaseless ? undefined : 'mov';
  }
  if (type !== i386.GOT32X) return undefined;
  if (code === opcode.group5) {
    if ((modrm & 0x38) === modrmCall) return 'call';
    return (modrm & 0x38) === modrmJump ? 'jump' : undefined;
  }
  if (code === opcode.test) return 'test';
  return (code & 0xc7) === 3 ? 'binary' : undefined;
}

/** Finds what needs slots and stubs. Globals get theirs in the order `ranks` gives. */
export function scan(
  got: Got,
  objects: readonly InputObject[],
  ranks: ReadonlyMap<string, number>,
): void {
  const slots = new Set<LinkSymbol>();
  const stubs = new Set<LinkSymbol>();
  for (const object of objects) {
    for (const section of object.sections) {
      if (section.isDiscarded || (section.flags & sectionFlag.alloc) === 0) continue;
      for (const relocation of section.relocations) {
        const symbol = relocation.symbol && object.symbols.get(relocation.symbol);
        if (symbol) scanOne(got, section, relocation, symbol, slots, stubs);
      }
    }
  }
  const rank = (symbol: LinkSymbol): number =>
    symbol.binding === 0 ? -1 : (ranks.get(symbol.name) ?? 0);
  const ordered = (set: Set<LinkSymbol>): LinkSymbol[] =>
    [...set].sort((a, b) => rank(a) - rank(b));
  for (const symbol of ordered(stubs)) got.stubs.set(symbol, got.stubs.size);
  for (const symbol of ordered(slots)) {
    const usesStubSlot = isIndirect(symbol) && !got.addressTaken.has(symbol);
    if (!usesStubSlot) got.slots.set(symbol, got.slots.size * slotSize);
  }
  resize(got.got, got.slots.size * slotSize);
  resize(got.stubCode, got.stubs.size * stubSize);
  resize(got.stubSlots, got.stubs.size * slotSize);
  resize(got.stubRelocations, got.stubs.size * irelativeSize);
  const isUsed = got.isNeeded || got.slots.size > 0 || got.stubs.size > 0;
  resize(got.gotPlt, isUsed ? reservedSlots * slotSize : 0);
}

function resize(section: InputSection, size: number): void {
  section.data = new Uint8Array(size);
  section.size = size;
}

function scanOne(
  got: Got,
  section: InputSection,
  relocation: ElfRelocation,
  symbol: LinkSymbol,
  slots: Set<LinkSymbol>,
  stubs: Set<LinkSymbol>,
): void {
  const { type } = relocation;
  if (type === i386.GOTOFF || type === i386.GOTPC || symbol.name === '_GLOBAL_OFFSET_TABLE_') {
    got.isNeeded = true;
  }
  if (isIndirect(symbol)) {
    stubs.add(symbol);
    const isAddress = type === i386[32] || type === i386.PC32 || type === i386.GOTOFF;
    if (isAddress) got.addressTaken.add(symbol);
  }
  if (type !== i386.GOT32 && type !== i386.GOT32X) return;
  if (rewriteOf(section, relocation, symbol) === undefined) {
    slots.add(symbol);
    got.isNeeded = true;
  }
}

/** The address of `_GLOBAL_OFFSET_TABLE_`. */
export function gotBase(got: Got): number {
  const { gotPlt } = got;
  return gotPlt.output ? gotPlt.output.address + gotPlt.outputOffset : 0;
}

const addressOf = (section: InputSection): number =>
  section.output ? section.output.address + section.outputOffset : 0;

/** The address of the symbol's slot, be it in .got or beside its stub. */
export function slotAddress(got: Got, symbol: LinkSymbol): number {
  const offset = got.slots.get(symbol);
  if (offset !== undefined) return addressOf(got.got) + offset;
  return addressOf(got.stubSlots) + (got.stubs.get(symbol) ?? 0) * slotSize;
}

/** What a reference to the symbol means: of an indirect function its stub. */
export function targetAddress(got: Got, symbol: LinkSymbol): number {
  const stub = got.stubs.get(symbol);
  return stub === undefined ? symbolAddress(symbol) : addressOf(got.stubCode) + stub * stubSize;
}

/** Fills the sections, once addresses are known. */
export function fillGot(got: Got): void {
  const slots = new DataView(got.got.data.buffer);
  for (const [symbol, offset] of got.slots)
    slots.setUint32(offset, targetAddress(got, symbol), true);
  const code = new DataView(got.stubCode.data.buffer);
  const resolvers = new DataView(got.stubSlots.data.buffer);
  const relocations = new DataView(got.stubRelocations.data.buffer);
  for (const [symbol, index] of got.stubs) {
    const slot = addressOf(got.stubSlots) + index * slotSize;
    // jmp *slot; two bytes of padding
    code.setUint16(index * stubSize, 0x25ff, true);
    code.setUint32(index * stubSize + 2, slot, true);
    code.setUint16(index * stubSize + 6, 0x9066, true);
    resolvers.setUint32(index * slotSize, symbolAddress(symbol), true);
    const at = (got.stubs.size - 1 - index) * irelativeSize;
    relocations.setUint32(at, slot, true);
    relocations.setUint32(at + 4, i386.IRELATIVE, true);
  }
}
