// Entries of debugging information (.debug_info, .debug_types; DWARF 5, chapter 7.5): abbreviation
// tables, unit headers, and the values of attributes by their forms, in DWARF 2 to 5.

import { DwarfCursor, textOf, unitLength } from './read-cursor.ts';

/** Gives a section's bytes, relocated and decompressed; undefined: there is none. */
export interface DwarfSections {
  section(name: string): Uint8Array | undefined;
}

export interface AbbrevAttribute {
  readonly name: number;
  readonly form: number;
  /** The value of DW_FORM_implicit_const. */
  readonly implicit: number | bigint;
}

export interface Abbrev {
  readonly code: number;
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: readonly AbbrevAttribute[];
}

export interface AbbrevTable {
  readonly offset: number;
  readonly list: readonly Abbrev[];
  readonly byCode: ReadonlyMap<number, Abbrev>;
  /** Where the next table begins. */
  readonly end: number;
}

const implicitConst = 0x21;

/** The abbreviation table at `offset`. */
export function readAbbrevs(section: Uint8Array, offset: number): AbbrevTable {
  const cursor = new DwarfCursor(section, offset);
  const list: Abbrev[] = [];
  const byCode = new Map<number, Abbrev>();
  while (!cursor.isAtEnd) {
    const code = cursor.uleb();
    if (code === 0) break;
    const tag = cursor.uleb();
    const hasChildren = cursor.u8() !== 0;
    const attributes: AbbrevAttribute[] = [];
    for (;;) {
      const name = cursor.uleb();
      const form = cursor.uleb();
      const implicit = form === implicitConst ? cursor.slebExact() : 0;
      if ((name === 0 && form === 0) || cursor.isOverrun) break;
      attributes.push({ name, form, implicit });
    }
    const abbrev = { code, tag, hasChildren, attributes };
    list.push(abbrev);
    if (!byCode.has(code)) byCode.set(code, abbrev);
  }
  return { offset, list, byCode, end: cursor.at };
}

export interface Unit {
  readonly offset: number;
  readonly length: number;
  readonly is64: boolean;
  readonly version: number;
  /** DW_UT_; 0 before DWARF 5. */
  readonly type: number;
  readonly abbrevOffset: number;
  readonly addressSize: number;
  /** Of a skeleton or split unit. */
  readonly dwoId: bigint | undefined;
  /** Of a type unit. */
  readonly signature: bigint | undefined;
  readonly typeOffset: number | undefined;
  /** The first entry. */
  readonly start: number;
  readonly end: number;
  readonly isDwo: boolean;
}

/** The header of the unit at the cursor, which stands behind it after that. */
export function readUnitHeader(cursor: DwarfCursor, isTypes: boolean, isDwo: boolean): Unit {
  const offset = cursor.at;
  const { length, is64 } = unitLength(cursor);
  const end = Math.min(cursor.at + length, cursor.end);
  const version = cursor.u16();
  let type = 0;
  let addressSize = 0;
  let abbrevOffset = 0;
  let dwoId: bigint | undefined;
  let signature: bigint | undefined;
  let typeOffset: number | undefined;
  if (version >= 5) {
    type = cursor.u8();
    addressSize = cursor.u8();
    abbrevOffset = cursor.offset(is64);
    if (type === 4 || type === 5) dwoId = cursor.u64();
  } else {
    abbrevOffset = cursor.offset(is64);
    addressSize = cursor.u8();
  }
  if (type === 2 || type === 6 || isTypes) {
    signature = cursor.u64();
    typeOffset = cursor.offset(is64);
  }
  return {
    offset,
    length,
    is64,
    version,
    type,
    abbrevOffset,
    addressSize,
    dwoId,
    signature,
    typeOffset,
    start: cursor.at,
    end,
    isDwo,
  };
}

/** The value of an attribute as its form stands in the file. */
export type FormValue =
  | { readonly kind: 'address'; readonly value: number | bigint }
  | { readonly kind: 'constant'; readonly value: number | bigint }
  | { readonly kind: 'flag'; readonly value: number }
  | { readonly kind: 'offset'; readonly value: number }
  | { readonly kind: 'reference'; readonly value: number }
  | { readonly kind: 'absolute'; readonly value: number }
  | { readonly kind: 'signature'; readonly value: bigint }
  | { readonly kind: 'block'; readonly start: number; readonly bytes: Uint8Array }
  | { readonly kind: 'string'; readonly text: string }
  | {
      readonly kind: 'indirect';
      readonly section: '.debug_str' | '.debug_line_str' | 'alternate';
      readonly value: number;
    }
  | {
      readonly kind: 'index';
      readonly of: 'string' | 'address' | 'locations' | 'ranges';
      readonly value: number;
    }
  | { readonly kind: 'wide'; readonly low: bigint; readonly high: bigint }
  | { readonly kind: 'unknown'; readonly form: number };

interface FormContext {
  readonly is64: boolean;
  readonly version: number;
  readonly addressSize: number;
}

function exact(cursor: DwarfCursor): number | bigint {
  const value = cursor.u64();
  return value <= 0x1f_ffff_ffff_ffffn ? Number(value) : value;
}

function block(cursor: DwarfCursor, size: number): FormValue {
  const start = cursor.at;
  return { kind: 'block', start, bytes: cursor.slice(size) };
}

const constantSizes: Readonly<Record<number, number | undefined>> = { 0x0b: 1, 0x05: 2, 0x06: 4 };
const referenceSizes: Readonly<Record<number, number | undefined>> = { 0x11: 1, 0x12: 2, 0x13: 4 };

/** Reads a value; where the form is unknown nothing behind it can be read. */
export function readForm(
  cursor: DwarfCursor,
  form: number,
  context: FormContext,
  implicit: number | bigint = 0,
): FormValue {
  const constantSize = constantSizes[form];
  if (constantSize !== undefined) return { kind: 'constant', value: cursor.unsigned(constantSize) };
  const referenceSize = referenceSizes[form];
  if (referenceSize !== undefined) {
    return { kind: 'reference', value: cursor.unsigned(referenceSize) };
  }
  switch (form) {
    case 0x07:
      return { kind: 'constant', value: exact(cursor) };
    case 0x0c:
      return { kind: 'flag', value: cursor.u8() };
    case 0x0d:
      return { kind: 'constant', value: cursor.slebExact() };
    case 0x0f:
      return { kind: 'constant', value: cursor.ulebExact() };
    case 0x14:
      return { kind: 'reference', value: Number(cursor.u64()) };
    case 0x15:
      return { kind: 'reference', value: cursor.uleb() };
    case 0x16: {
      const inner = cursor.uleb();
      return inner === 0x16 || cursor.isOverrun
        ? { kind: 'unknown', form }
        : readForm(cursor, inner, context, inner === implicitConst ? cursor.slebExact() : 0);
    }
    case 0x19:
      return { kind: 'flag', value: 1 };
    case 0x20:
      return { kind: 'signature', value: cursor.u64() };
    case implicitConst:
      return { kind: 'constant', value: implicit };
    default:
      return (
        readBytes(cursor, form) ?? readOffset(cursor, form, context) ?? readIndex(cursor, form)
      );
  }
}

/** Forms that hold bytes: blocks, a string, a wide number. */
function readBytes(cursor: DwarfCursor, form: number): FormValue | undefined {
  switch (form) {
    case 0x03:
      return block(cursor, cursor.u16());
    case 0x04:
      return block(cursor, cursor.u32());
    case 0x08:
      return { kind: 'string', text: cursor.text() };
    case 0x09:
    case 0x18:
      return block(cursor, cursor.uleb());
    case 0x0a:
      return block(cursor, cursor.u8());
    case 0x1e: {
      const low = cursor.u64();
      return { kind: 'wide', low, high: cursor.u64() };
    }
    default:
      return undefined;
  }
}

/** Forms whose width the unit decides: addresses and offsets into sections. */
function readOffset(
  cursor: DwarfCursor,
  form: number,
  { is64, version, addressSize }: FormContext,
): FormValue | undefined {
  switch (form) {
    case 0x01: {
      const value = addressSize === 8 ? exact(cursor) : cursor.unsigned(addressSize);
      return { kind: 'address', value };
    }
    case 0x0e:
      return { kind: 'indirect', section: '.debug_str', value: cursor.offset(is64) };
    case 0x10: {
      const value = version === 2 ? cursor.unsigned(addressSize) : cursor.offset(is64);
      return { kind: 'absolute', value };
    }
    case 0x17:
      return { kind: 'offset', value: cursor.offset(is64) };
    case 0x1c:
      return { kind: 'absolute', value: cursor.u32() };
    case 0x1d:
    case 0x1f21:
      return { kind: 'indirect', section: 'alternate', value: cursor.offset(is64) };
    case 0x1f:
      return { kind: 'indirect', section: '.debug_line_str', value: cursor.offset(is64) };
    case 0x1f20:
      return { kind: 'absolute', value: cursor.offset(is64) };
    default:
      return undefined;
  }
}

const indexForms: Readonly<
  Record<number, readonly ['string' | 'address' | 'locations' | 'ranges', number] | undefined>
> = {
  0x1a: ['string', 0],
  0x1b: ['address', 0],
  0x22: ['locations', 0],
  0x23: ['ranges', 0],
  0x25: ['string', 1],
  0x26: ['string', 2],
  0x27: ['string', 3],
  0x28: ['string', 4],
  0x29: ['address', 1],
  0x2a: ['address', 2],
  0x2b: ['address', 3],
  0x2c: ['address', 4],
  0x1f01: ['address', 0],
  0x1f02: ['string', 0],
};

function readIndex(cursor: DwarfCursor, form: number): FormValue {
  const row = indexForms[form];
  if (!row) return { kind: 'unknown', form };
  const [of, size] = row;
  return { kind: 'index', of, value: size === 0 ? cursor.uleb() : cursor.unsigned(size) };
}

/** The zero-terminated string at `offset` of a section; undefined outside it. */
export function stringIn(section: Uint8Array | undefined, offset: number): string | undefined {
  if (!section || offset < 0 || offset >= section.length) return undefined;
  const end = section.indexOf(0, offset);
  return textOf(section, offset, end < 0 ? section.length : end);
}
