// What symbols need of the tables that the linker makes: an entry of the procedure linkage table,
// slots of the global offset table, dynamic relocations. The relocations of all inputs are read
// once for it (i386 psABI 1.1, 4.4; TLS: "ELF Handling For Thread-Local Storage", 4 and 5).

import { dynamicFlag, i386, sectionFlag, symbolBinding, symbolType } from '@ring0/elf';
import { isConstant, isDefinedHere, isIndirect, isPic, isWeakUndefined } from '../input/binding.ts';
import type { Binding } from '../input/binding.ts';
import { rewriteOf } from './got-rewrite.ts';
import type { InputObject, InputSection, LinkSymbol } from '../model.ts';

/** Kinds of slots, as bits: a symbol may be accessed in more than one way. */
export const slotKind = {
  normal: 1,
  gd: 2,
  desc: 4,
  /** Initial-exec of either sign; the next two say which is needed. */
  ie: 32,
  iePositive: 32 | 8,
  ieNegative: 32 | 16,
  ieBoth: 32 | 8 | 16,
} as const;
const anyGd = slotKind.gd | slotKind.desc;

export interface Needs {
  /** Something is reached through the procedure linkage table. */
  plt: boolean;
  /** By R_386_PLT32, so even if it is no function by its type. */
  isCalled: boolean;
  got: boolean;
  /** slotKind bits. */
  slots: number;
  /** Its address is compared or stored. */
  isAddressTaken: boolean;
  /** Referred to other than by the GOT, in a place that is not to be relocated at run time. */
  isDirect: boolean;
  isGotRelative: boolean;
  hasNonGot: boolean;
  /** Dynamic relocations that direct references may need, by section. */
  direct: Map<InputSection, { count: number; relative: number }>;
  /** The variable is copied into this output. */
  isCopied: boolean;
  // Offsets in .plt (or .iplt), .plt.got, .plt.sec, .got; that of a descriptor in .got.plt.
  pltAt: number;
  pltGotAt: number;
  pltSecAt: number;
  gotAt: number;
  descriptorAt: number;
  /** The index of its entry among those of .plt, and of that one's relocation in .rel.plt. */
  pltIndex: number;
  relocationIndex: number;
  /** Its descriptor is written. */
  isDescribed: boolean;
}

/** Most symbols need none: a map of their own is made with the first. */
const noneDirect: Needs['direct'] = new Map();

/** A record with nothing in it. */
export function makeNeeds(): Needs {
  return {
    plt: false,
    isCalled: false,
    got: false,
    slots: 0,
    isAddressTaken: false,
    isDirect: false,
    isGotRelative: false,
    hasNonGot: false,
    direct: noneDirect,
    isCopied: false,
    pltAt: -1,
    pltGotAt: -1,
    pltSecAt: -1,
    gotAt: -1,
    descriptorAt: -1,
    pltIndex: -1,
    relocationIndex: -1,
    isDescribed: false,
  };
}

/**
 * What symbols need, in the order in which it was found: a map, but the record is in the symbol, as
 * it is asked for with each relocation.
 */
export class NeedsTable {
  private readonly entries: (readonly [LinkSymbol, Needs])[] = [];

  get(symbol: LinkSymbol): Needs | undefined {
    return symbol.needs;
  }

  /** The record of a symbol, an empty one where there was none. */
  of(symbol: LinkSymbol): Needs {
    if (symbol.needs) return symbol.needs;
    const made = makeNeeds();
    symbol.needs = made;
    this.entries.push([symbol, made]);
    return made;
  }

  [Symbol.iterator](): IterableIterator<readonly [LinkSymbol, Needs]> {
    return this.entries[Symbol.iterator]();
  }
}

export interface Scan {
  readonly binding: Binding;
  readonly needs: NeedsTable;
  /** The module's own slots for local-dynamic accesses. */
  usesModuleSlot: boolean;
  /** `_GLOBAL_OFFSET_TABLE_` is referred to. */
  usesGot: boolean;
  /** DT_FLAGS bits. */
  flags: number;
  readonly problem: (message: string, section: InputSection, offset: number) => void;
}

export const needsOf = (scan: { readonly needs: NeedsTable }, symbol: LinkSymbol): Needs =>
  scan.needs.of(symbol);

/** Reads the relocations of what is loaded. */
export function scanRelocations(scan: Scan, objects: readonly InputObject[]): void {
  for (const object of objects) {
    for (const section of object.sections) {
      if (section.isDiscarded || (section.flags & sectionFlag.alloc) === 0) continue;
      scanSection(scan, section);
    }
  }
}

function scanSection(scan: Scan, section: InputSection): void {
  const { relocations } = section;
  const isFixed = !isPic(scan.binding);
  for (let i = 0; i < relocations.length; i++) {
    const symbol = relocations.symbol(i);
    if (!symbol) continue;
    const type = relocations.type(i);
    if (isFixed && isSettled(type, symbol)) continue;
    scanOne(scan, section, relocations.offset(i), type, symbol);
  }
}

/** In code that stays where it is, distances and addresses within an object ask for nothing. */
const isSettled = (type: number, { binding, type: kind }: LinkSymbol): boolean =>
  binding === symbolBinding.local &&
  kind !== symbolType.gnuIfunc &&
  (type === i386[32] || type === i386.PC32 || type === i386.PLT32);

/** What an access to thread-local storage becomes where the output is a program. */
export function relaxedTls(binding: Binding, type: number, symbol: LinkSymbol): number {
  if (binding.kind === 'shared') return type;
  const isLocal = symbol.binding === symbolBinding.local;
  switch (type) {
    case i386.TLS_GD:
    case i386.TLS_GOTDESC:
    case i386.TLS_DESC_CALL:
    case i386.TLS_IE_32:
      return isLocal ? i386.TLS_LE_32 : i386.TLS_IE_32;
    case i386.TLS_IE:
    case i386.TLS_GOTIE:
      return isLocal ? i386.TLS_LE_32 : type;
    case i386.TLS_LDM:
      return i386.TLS_LE_32;
    default:
      return type;
  }
}

function scanOne(
  scan: Scan,
  section: InputSection,
  offset: number,
  given: number,
  symbol: LinkSymbol,
): void {
  const { binding } = scan;
  const type = relaxedTls(binding, given, symbol);
  if (symbol.name === '_GLOBAL_OFFSET_TABLE_') scan.usesGot = true;
  switch (type) {
    case i386.TLS_LDM:
      scan.usesModuleSlot = true;
      return;
    case i386.PLT32:
      if (symbol.binding === symbolBinding.local && symbol.type !== symbolType.gnuIfunc) return;
      needsCall(needsOf(scan, symbol));
      return;
    case i386.GOT32:
    case i386.GOT32X: {
      const rewrite = rewriteOf(binding, section, offset, type, symbol);
      // What no object defines is zero there, by its address like any other.
      if (rewrite && isWeakUndefined(symbol)) direct(scan, section, i386[32], symbol);
      if (rewrite !== undefined) return;
      refuseBaseless(scan, section, offset, type, symbol);
      return addSlot(scan, section, offset, symbol, slotKind.normal);
    }
    case i386.TLS_GD:
      return addSlot(scan, section, offset, symbol, slotKind.gd);
    case i386.TLS_GOTDESC:
    case i386.TLS_DESC_CALL:
      return addSlot(scan, section, offset, symbol, slotKind.desc);
    case i386.TLS_IE_32:
    case i386.TLS_IE:
    case i386.TLS_GOTIE:
      return initialExec(scan, section, offset, symbol, type, given);
    case i386.TLS_LE:
    case i386.TLS_LE_32:
      if (binding.kind !== 'shared') return;
      scan.flags |= dynamicFlag.staticTls;
      direct(scan, section, type, symbol);
      return;
    case i386.GOTOFF:
      refuseDistance(scan, section, offset, symbol);
      scan.usesGot ||= !isDefinedHere(symbol);
      needsOf(scan, symbol).isGotRelative = true;
      if (symbol.type === symbolType.gnuIfunc) needsOf(scan, symbol).plt = true;
      return;
    case i386.GOTPC:
      scan.usesGot = true;
      return;
    case i386.PC32:
      if (isIndirect(symbol)) refuseStubless(scan, section, offset, symbol);
      direct(scan, section, type, symbol);
      return;
    case i386[32]:
    case i386.SIZE32:
      direct(scan, section, type, symbol);
      return;
    default:
      return;
  }
}

/** Code that may be anywhere reaches its table from a register only. */
function refuseBaseless(
  { binding, problem }: Scan,
  section: InputSection,
  offset: number,
  type: number,
  { name }: LinkSymbol,
): void {
  if (!isPic(binding) || offset === 0 || (section.data[offset - 1] & 0xc7) !== 5) return;
  const kind = type === i386.GOT32 ? 'R_386_GOT32' : 'R_386_GOT32X';
  problem(
    `${kind} against '${name}' without a base register in code to be shared`,
    section,
    offset,
  );
}

/** A distance from the table to what is nowhere, or to what only its own code can find. */
function refuseDistance(
  { binding, problem }: Scan,
  section: InputSection,
  offset: number,
  symbol: LinkSymbol,
): void {
  const why = isIndirect(symbol) ? 'indirect function' : 'undefined';
  const isRefused = isIndirect(symbol)
    ? isPic(binding)
    : binding.kind === 'shared' && symbol.state === 'undefined';
  if (!isRefused) return;
  problem(`R_386_GOTOFF against ${why} '${symbol.name}' in code to be shared`, section, offset);
}

/** Calls of stubs need %ebx where code may be anywhere; a distance in data is no call at all. */
function refuseStubless(
  { binding, problem }: Scan,
  section: InputSection,
  offset: number,
  { name }: LinkSymbol,
): void {
  const isCode = (section.flags & sectionFlag.execute) !== 0;
  const isWritable = (section.flags & sectionFlag.write) !== 0;
  if (isCode && isPic(binding)) {
    problem(`a call of indirect function '${name}' needs @PLT`, section, offset);
  } else if (!isCode && isWritable && binding.kind !== 'shared') {
    problem(`R_386_PC32 against indirect function '${name}'`, section, offset);
  }
}

function initialExec(
  scan: Scan,
  section: InputSection,
  offset: number,
  symbol: LinkSymbol,
  type: number,
  given: number,
): void {
  const { binding } = scan;
  if (binding.kind === 'shared') scan.flags |= dynamicFlag.staticTls;
  let kind: number = slotKind.iePositive;
  if (type === i386.TLS_IE_32) {
    // What was general may take either sign.
    kind = given === i386.TLS_IE_32 ? slotKind.ieNegative : slotKind.ie;
  }
  addSlot(scan, section, offset, symbol, kind);
  if (type === i386.TLS_IE && binding.kind === 'shared') direct(scan, section, i386[32], symbol);
}

function addSlot(
  scan: Scan,
  section: InputSection,
  offset: number,
  symbol: LinkSymbol,
  kind: number,
): void {
  const needs = needsOf(scan, symbol);
  needs.got = true;
  const merged = mergeKinds(needs.slots, kind);
  if (merged === undefined) {
    const message = `'${symbol.name}' accessed both as normal and thread local symbol`;
    scan.problem(message, section, offset);
  } else needs.slots = merged;
}

/**
 * A symbol that is accessed by initial-exec once gains nothing from a general slot. A relaxed
 * general access takes the sign that others want.
 */
function mergeKinds(before: number, kind: number): number | undefined {
  if (before === 0 || before === kind) return kind;
  if (before & slotKind.ie && kind & slotKind.ie) return before | kind;
  if (before & anyGd && kind & anyGd) return before | kind;
  if (before & anyGd && kind & slotKind.ie) return kind;
  if (before & slotKind.ie && kind & anyGd) return before;
  return undefined;
}

function needsCall(needs: Needs): void {
  needs.plt = true;
  needs.isCalled = true;
}

/** A reference by the address itself. */
function direct(scan: Scan, section: InputSection, type: number, symbol: LinkSymbol): void {
  const { binding } = scan;
  const isGlobal = symbol.binding !== symbolBinding.local;
  const isIfunc = symbol.type === symbolType.gnuIfunc;
  const isProgram = binding.kind !== 'shared';
  if (isGlobal || isIfunc) needsOf(scan, symbol).hasNonGot = true;
  if ((isGlobal && isProgram) || isIfunc) noteAddress(scan, section, type, symbol);
  if (!mayNeedRelocation(binding, section, type, symbol)) return;
  const needs = needsOf(scan, symbol);
  if (needs.direct === noneDirect) needs.direct = new Map();
  const counts = needs.direct.get(section) ?? { count: 0, relative: 0 };
  needs.direct.set(section, counts);
  counts.count++;
  if (type === i386.PC32 || type === i386.SIZE32) counts.relative++;
}

function noteAddress(scan: Scan, section: InputSection, type: number, symbol: LinkSymbol): void {
  const needs = needsOf(scan, symbol);
  const isCode = (section.flags & sectionFlag.execute) !== 0;
  const isReadOnly = (section.flags & sectionFlag.write) === 0;
  let isRelocatable = false;
  if (type === i386.PC32) needs.isAddressTaken ||= !isCode;
  else {
    isRelocatable = type === i386[32] && !isReadOnly && !(isCode && isIndirect(symbol));
    needs.isAddressTaken ||= !isRelocatable || isIndirect(symbol);
  }
  if (isRelocatable) return;
  needs.isDirect = true;
  if (!isDefinedHere(symbol) || isCode || isReadOnly) needs.plt = true;
}

/** The field may have to be filled at run time, as far as is known before symbols are settled. */
export function mayNeedRelocation(
  binding: Binding,
  section: InputSection,
  type: number,
  symbol: LinkSymbol,
): boolean {
  const isGlobal = symbol.binding !== symbolBinding.local;
  const isRelative = type === i386.PC32;
  const isIndirectPointer =
    symbol.type === symbolType.gnuIfunc &&
    type === i386[32] &&
    (section.flags & sectionFlag.execute) === 0;
  if (isIndirectPointer) return true;
  const isElsewhere = symbol.binding === symbolBinding.weak || !isDefinedHere(symbol);
  if (!isPic(binding)) return isGlobal && isElsewhere;
  if (!isRelative) return !isConstant(symbol);
  return isGlobal && (binding.kind === 'shared' || isElsewhere);
}
