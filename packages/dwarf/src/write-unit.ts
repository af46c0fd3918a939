// The .debug_info of a file of assembly: one compilation unit, a child for each function, the
// abbreviations, strings, and address ranges that belong to it (DWARF 5, 7.5, 6.1.2, 2.17), byte for
// byte as GNU as writes them.

import { ByteWriter } from '@ring0/bytes';

export interface UnitFunction<Target> {
  readonly name: string;
  readonly isExternal: boolean;
  readonly start: Target;
  readonly size: number;
}

export interface UnitDescription<Target> {
  /** Of the unit: 2 to 5. */
  readonly version: number;
  readonly name: string;
  readonly directory: string;
  readonly producer: string;
  /** Sections with code that the line table covers, and their sizes. */
  readonly ranges: readonly { readonly section: Target; readonly size: number }[];
  readonly functions?: readonly UnitFunction<Target>[] | undefined;
  /** Default 4. */
  readonly addressSize?: 4 | 8 | undefined;
}

export type UnitPart = 'line' | 'abbreviations' | 'info' | 'ranges' | 'strings';

/** The address of a section, or four bytes: an offset into another debug section. */
export interface UnitField<Target> {
  readonly offset: number;
  readonly target: Target | UnitPart;
  readonly addend: number;
  /** Bytes; absent: 4. */
  readonly size?: 8;
}

export interface UnitSection<Target> {
  readonly bytes: Uint8Array;
  readonly fields: readonly UnitField<Target>[];
}

export interface UnitSections<Target> {
  readonly info: UnitSection<Target>;
  readonly abbreviations: UnitSection<Target>;
  /** .debug_aranges, from address to unit. */
  readonly addresses: UnitSection<Target>;
  /** .debug_rnglists or .debug_ranges; undefined where one range says it all. */
  readonly ranges: UnitSection<Target> | undefined;
  /** .debug_str */
  readonly strings: Uint8Array;
}

const tag = { compileUnit: 0x11, subprogram: 0x2e, unspecifiedType: 0x3b } as const;
const attribute = {
  name: 0x03,
  statements: 0x10,
  lowPc: 0x11,
  highPc: 0x12,
  language: 0x13,
  directory: 0x1b,
  producer: 0x25,
  external: 0x3f,
  type: 0x49,
  ranges: 0x55,
} as const;
const form = {
  address: 0x01,
  data2: 0x05,
  data4: 0x06,
  flag: 0x0c,
  string: 0x0e,
  unsigned: 0x0f,
  reference: 0x15,
  sectionOffset: 0x17,
  present: 0x19,
} as const;
/** DW_LANG_Mips_Assembler, which debuggers take for any assembly. */
const languageAssembly = 0x8001;
const [startLength, baseAddress] = [7, 0xffffffff];
const [unitEntry, functionEntry, typeEntry] = [1, 2, 3];
/** From here on sizes are numbers instead of end addresses. */
const sizesSince = 4;
/** From here on functions have a type. */
const typesSince = 3;

class SectionWriter<Target> {
  readonly writer = new ByteWriter(128);
  readonly fields: UnitField<Target>[] = [];
  private readonly word: 4 | 8;

  constructor({ addressSize = 4 }: UnitDescription<Target>) {
    this.word = addressSize;
  }

  /** An address. */
  address(target: Target, addend = 0): void {
    if (this.word === 4) return this.field(target, addend);
    this.fields.push({ offset: this.writer.length, target, addend, size: 8 });
    this.writer.fill(8);
  }

  /** A number as wide as an address. */
  number(value: number): void {
    this.writer.u32(value);
    if (this.word === 8) this.writer.u32(value === baseAddress ? value : 0);
  }

  field(target: UnitField<Target>['target'], addend = 0): void {
    this.fields.push({ offset: this.writer.length, target, addend });
    this.writer.u32(0);
  }

  /** Fills in the length at the start. */
  finish(): UnitSection<Target> {
    this.writer.patchU32(0, this.writer.length - 4);
    return { bytes: this.writer.take(), fields: this.fields };
  }
}

/** How functions say that others may call them; undefined where none has to. */
function externalForm<Target>(unit: UnitDescription<Target>): number | undefined {
  const { functions = [], version } = unit;
  if (!functions.some(({ isExternal }) => isExternal)) return undefined;
  const isAll = functions.every(({ isExternal }) => isExternal);
  return version >= sizesSince && isAll ? form.present : form.flag;
}

function writeAbbreviations<Target>(unit: UnitDescription<Target>): UnitSection<Target> {
  const writer = new ByteWriter(64);
  const { functions = [], version } = unit;
  const hasSizes = version >= sizesSince;
  const entry = (number: number, kind: number, hasChildren: boolean, list: number[][]) => {
    writer.uleb128(number);
    writer.uleb128(kind);
    writer.u8(hasChildren ? 1 : 0);
    for (const value of [...list.flat(), 0, 0]) writer.uleb128(value);
  };
  const offset = hasSizes ? form.sectionOffset : form.data4;
  const end = hasSizes ? form.unsigned : form.address;
  const code =
    unit.ranges.length === 1
      ? [
          [attribute.lowPc, form.address],
          [attribute.highPc, end],
        ]
      : [[attribute.ranges, offset]];
  entry(unitEntry, tag.compileUnit, functions.length > 0, [
    [attribute.statements, offset],
    ...code,
    [attribute.name, form.string],
    [attribute.directory, form.string],
    [attribute.producer, form.string],
    [attribute.language, form.data2],
  ]);
  if (functions.length > 0) {
    const flag = externalForm(unit);
    entry(functionEntry, tag.subprogram, false, [
      [attribute.name, form.string],
      ...(flag === undefined ? [] : [[attribute.external, flag]]),
      ...(version >= typesSince ? [[attribute.type, form.reference]] : []),
      [attribute.lowPc, form.address],
      [attribute.highPc, end],
    ]);
    if (version >= typesSince) entry(typeEntry, tag.unspecifiedType, false, []);
  }
  writer.u8(0);
  return { bytes: writer.take(), fields: [] };
}

const ulebSize = (value: number): number =>
  value < 0x80 ? 1 : 1 + ulebSize(Math.floor(value / 128));

/** Bytes of all functions' entries, where they have a type whose place takes `reference` bytes. */
function functionsSize<Target>(unit: UnitDescription<Target>, reference: number): number {
  const hasSizes = unit.version >= sizesSince;
  const flag = externalForm(unit) === form.flag ? 1 : 0;
  const word = unit.addressSize ?? 4;
  const sizes = (unit.functions ?? []).map(
    ({ size }) => 1 + 4 + flag + reference + word + (hasSizes ? ulebSize(size) : word),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function writeFunctions<Target>(
  section: SectionWriter<Target>,
  unit: UnitDescription<Target>,
  offsets: ReadonlyMap<string, number>,
): void {
  const { functions = [], version } = unit;
  if (functions.length === 0) return;
  const { writer } = section;
  const hasSizes = version >= sizesSince;
  const hasFlag = externalForm(unit) === form.flag;
  // The type stands behind the functions, and its own place decides how long its number is.
  const start = writer.length;
  let reference = 1;
  while (ulebSize(start + functionsSize(unit, reference)) > reference) reference++;
  const type = start + functionsSize(unit, reference);
  for (const { name, isExternal, start: at, size } of functions) {
    writer.uleb128(functionEntry);
    section.field('strings', offsets.get(name));
    if (hasFlag) writer.u8(isExternal ? 1 : 0);
    if (version >= typesSince) writer.uleb128(type);
    section.address(at);
    if (hasSizes) writer.uleb128(size);
    else section.address(at, size);
  }
  if (version >= typesSince) writer.uleb128(typeEntry);
  writer.u8(0);
}

function writeInfo<Target>(
  unit: UnitDescription<Target>,
  offsets: ReadonlyMap<string, number>,
): UnitSection<Target> {
  const section = new SectionWriter<Target>(unit);
  const { writer } = section;
  const { version, addressSize: word = 4 } = unit;
  writer.u32(0);
  writer.u16(version);
  if (version >= 5) {
    writer.u8(1);
    writer.u8(word);
    section.field('abbreviations');
  } else {
    section.field('abbreviations');
    writer.u8(word);
  }
  writer.uleb128(unitEntry);
  section.field('line');
  if (unit.ranges.length === 1) {
    const [{ section: target, size }] = unit.ranges;
    section.address(target);
    if (version >= sizesSince) writer.uleb128(size);
    else section.address(target, size);
  } else section.field('ranges', version >= 5 ? rangeHeaderBytes : 0);
  for (const text of [unit.name, unit.directory, unit.producer]) {
    section.field('strings', offsets.get(text));
  }
  writer.u16(languageAssembly);
  writeFunctions(section, unit, offsets);
  return section.finish();
}

const rangeHeaderBytes = 12;

function writeRanges<Target>(unit: UnitDescription<Target>): UnitSection<Target> {
  const section = new SectionWriter<Target>(unit);
  const { writer } = section;
  if (unit.version < 5) {
    // Addresses count from zero, which a base says that no unit can say otherwise.
    section.number(baseAddress);
    section.number(0);
    for (const { section: target, size } of unit.ranges) {
      section.address(target);
      section.address(target, size);
    }
    section.number(0);
    section.number(0);
    return { bytes: writer.take(), fields: section.fields };
  }
  writer.u32(0);
  writer.u16(unit.version);
  writer.u8(unit.addressSize ?? 4);
  writer.u8(0);
  writer.u32(0);
  for (const { section: target, size } of unit.ranges) {
    writer.u8(startLength);
    section.address(target);
    writer.uleb128(size);
  }
  writer.u8(0);
  return section.finish();
}

function writeAddresses<Target>(unit: UnitDescription<Target>): UnitSection<Target> {
  const section = new SectionWriter<Target>(unit);
  const { writer } = section;
  writer.u32(0);
  writer.u16(2);
  section.field('info');
  writer.u8(unit.addressSize ?? 4);
  writer.u8(0);
  writer.align(2 * (unit.addressSize ?? 4));
  for (const { section: target, size } of unit.ranges) {
    section.address(target);
    section.number(size);
  }
  section.number(0);
  section.number(0);
  return section.finish();
}

/** Writes the sections that describe one unit. */
export function writeUnit<Target>(unit: UnitDescription<Target>): UnitSections<Target> {
  const strings = new ByteWriter(128);
  const offsets = new Map<string, number>();
  const names = (unit.functions ?? []).map(({ name }) => name);
  for (const text of [unit.name, unit.directory, unit.producer, ...names]) {
    offsets.set(text, strings.length);
    strings.cstring(text);
  }
  return {
    info: writeInfo(unit, offsets),
    abbreviations: writeAbbreviations(unit),
    addresses: writeAddresses(unit),
    ranges: unit.ranges.length === 1 ? undefined : writeRanges(unit),
    strings: strings.take(),
  };
}
