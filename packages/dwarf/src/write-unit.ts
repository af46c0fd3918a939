// The least .debug_info that makes a debugger use a line table: one compilation unit without
// children, its abbreviation, and the address ranges that belong to it (DWARF 5, 7.5, 6.1.2, 2.17).

import { ByteWriter } from '@ring0/bytes';

export interface UnitDescription<Target> {
  /** Of the line table: 5, or an earlier one. */
  readonly version: number;
  readonly name: string;
  readonly directory: string;
  readonly producer: string;
  /** Sections with code that the line table covers, and their sizes. */
  readonly ranges: readonly { readonly section: Target; readonly size: number }[];
}

/** A field of four bytes: the address of a section, or an offset into another debug section. */
export interface UnitField<Target> {
  readonly offset: number;
  readonly target: Target | 'line' | 'abbreviations' | 'info' | 'ranges';
  readonly addend: number;
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
}

const tagCompileUnit = 0x11;
const attribute = {
  name: 0x03,
  statements: 0x10,
  lowPc: 0x11,
  highPc: 0x12,
  language: 0x13,
  directory: 0x1b,
  producer: 0x25,
  ranges: 0x55,
} as const;
const form = { address: 0x01, data2: 0x05, data4: 0x06, text: 0x08, sectionOffset: 0x17 } as const;
/** DW_LANG_Mips_Assembler, which debuggers take for any assembly. */
const languageAssembly = 0x8001;
const startLength = 7;

class SectionWriter<Target> {
  readonly writer = new ByteWriter(128);
  readonly fields: UnitField<Target>[] = [];

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

function writeAbbreviations<Target>(unit: UnitDescription<Target>): UnitSection<Target> {
  const writer = new ByteWriter(32);
  const offsetForm = unit.version >= 5 ? form.sectionOffset : form.data4;
  writer.uleb128(1);
  writer.uleb128(tagCompileUnit);
  writer.u8(0);
  const add = (name: number, how: number) => {
    writer.uleb128(name);
    writer.uleb128(how);
  };
  add(attribute.statements, offsetForm);
  if (unit.ranges.length === 1) {
    add(attribute.lowPc, form.address);
    add(attribute.highPc, unit.version >= 5 ? form.data4 : form.address);
  } else add(attribute.ranges, offsetForm);
  add(attribute.name, form.text);
  add(attribute.directory, form.text);
  add(attribute.producer, form.text);
  add(attribute.language, form.data2);
  add(0, 0);
  writer.u8(0);
  return { bytes: writer.take(), fields: [] };
}

function writeInfo<Target>(unit: UnitDescription<Target>): UnitSection<Target> {
  const section = new SectionWriter<Target>();
  const { writer } = section;
  writer.u32(0);
  writer.u16(unit.version);
  if (unit.version >= 5) {
    writer.u8(1);
    writer.u8(4);
    section.field('abbreviations');
  } else {
    section.field('abbreviations');
    writer.u8(4);
  }
  writer.uleb128(1);
  section.field('line');
  if (unit.ranges.length === 1) {
    const [{ section: target, size }] = unit.ranges;
    section.field(target);
    if (unit.version >= 5) writer.u32(size);
    else section.field(target, size);
  } else section.field('ranges', unit.version >= 5 ? rangeHeaderBytes : 0);
  writer.cstring(unit.name);
  writer.cstring(unit.directory);
  writer.cstring(unit.producer);
  writer.u16(languageAssembly);
  return section.finish();
}

const rangeHeaderBytes = 12;

function writeRanges<Target>(unit: UnitDescription<Target>): UnitSection<Target> {
  const section = new SectionWriter<Target>();
  const { writer } = section;
  if (unit.version < 5) {
    for (const { section: target, size } of unit.ranges) {
      section.field(target);
      section.field(target, size);
    }
    writer.fill(8);
    return { bytes: writer.take(), fields: section.fields };
  }
  writer.u32(0);
  writer.u16(unit.version);
  writer.u8(4);
  writer.u8(0);
  writer.u32(0);
  for (const { section: target, size } of unit.ranges) {
    writer.u8(startLength);
    section.field(target);
    writer.uleb128(size);
  }
  writer.u8(0);
  return section.finish();
}

function writeAddresses<Target>(unit: UnitDescription<Target>): UnitSection<Target> {
  const section = new SectionWriter<Target>();
  const { writer } = section;
  writer.u32(0);
  writer.u16(2);
  section.field('info');
  writer.u8(4);
  writer.u8(0);
  writer.align(8);
  for (const { section: target, size } of unit.ranges) {
    section.field(target);
    writer.u32(size);
  }
  writer.fill(8);
  return section.finish();
}

/** Writes the sections that describe one unit. */
export function writeUnit<Target>(unit: UnitDescription<Target>): UnitSections<Target> {
  return {
    info: writeInfo(unit),
    abbreviations: writeAbbreviations(unit),
    addresses: writeAddresses(unit),
    ranges: unit.ranges.length === 1 ? undefined : writeRanges(unit),
  };
}
