// What GNU as knows about sections by their names, and the letters of `.section`.

import { nearest } from '@ring0/diagnostics';
import { entrySizeOf, sectionKind } from '@ring0/elf';
import type { SectionKind } from '@ring0/elf';
import type { Assembly } from '../object/assembly.ts';
import { areFlagsUsual, isArray, isNote, joinedFlags } from './section-kinds.ts';
import type { Section, SectionAttributes, Subsection, Where } from '../object/sections.ts';

const types: Readonly<Record<string, number>> = {
  progbits: 1,
  note: 7,
  nobits: 8,
  init_array: 14,
  fini_array: 15,
  preinit_array: 16,
};

const letters: Readonly<Record<string, number>> = {
  a: 2,
  w: 1,
  x: 4,
  M: 0x10,
  S: 0x20,
  G: 0x200,
  T: 0x400,
  o: 0x80,
  e: 0x80000000,
  R: 0x200000,
  d: 0x1000000,
};

export interface SectionRequest {
  readonly flags?: string | undefined;
  readonly type?: string | undefined;
  readonly typeWhere?: Where;
  readonly entrySize?: number | undefined;
  readonly group?: string | undefined;
  readonly isComdat?: boolean | undefined;
  readonly link?: string | undefined;
  readonly unique?: number | undefined;
  /** sh_info */
  readonly info?: number | undefined;
}

/** Letters, and numbers for what has no letter. */
function flagBits(assembly: Assembly, text: string): number {
  let bits = 0;
  const unknown: string[] = [];
  for (const [part] of text.matchAll(/0[xX][0-9a-fA-F]+|[0-9]+|./gs)) {
    if (part === '?') continue;
    const bit = /^[0-9]/.test(part) ? Number(part) : letters[part];
    if (bit === undefined) unknown.push(part);
    else bits |= bit;
  }
  if (unknown.length > 0) {
    const which = `'${unknown.slice(0, 20).join('')}'`;
    const said =
      unknown.length > 1 ? `${which} are no section flags` : `${which} is no section flag`;
    assembly.error('A0308', `${said}; known are ${Object.keys(letters).join('')}`);
  }
  return bits >>> 0;
}

/** Section types as they are written. */
export const sectionTypeNames: readonly string[] = Object.keys(types);

function typeNumber(assembly: Assembly, text: string, where: Where): number | undefined {
  const known = types[text];
  if (known !== undefined) return known;
  if (/^0x[0-9a-f]+$|^\d+$/i.test(text)) return Number(text);
  const near = nearest(text.toLowerCase(), sectionTypeNames);
  const all = `known are ${sectionTypeNames.join(', ')}`;
  const notes = near ? [`did you mean '@${near}'?`, all] : [all];
  const edit = near ? { where, text: `@${near}` } : undefined;
  assembly.warning('A0309', `'@${text}' is no section type`, where, notes, edit);
  return undefined;
}

/** W, A, X, M, S, T and E; GNU as does not look at the others. */
const comparedFlags = 0x80000437;
/** SHT_LOOS: types from here on are those of systems, processors and programs. */
const systemTypes = 0x60000000;
const [alloc, mbind] = [2, 0x1000000];
/** Bits of the system and the processor, but for E and those that are a part of a section's identity. */
const joinedLater = 0x0fdf0000;

/** A section's attributes are those of its first mention; where its name says them a word is enough. */
function checkSame(
  assembly: Assembly,
  old: Section,
  kind: SectionKind | undefined,
  asked: { flags: number | undefined; type: number | undefined; entrySize: number | undefined },
): void {
  const { name } = old;
  const { flags, type, entrySize } = asked;
  if (entrySize !== undefined && entrySize !== old.entrySize) {
    assembly.error('A0320', `section '${name}' has entries of ${old.entrySize} bytes already`);
  }
  const report = (code: string, message: string) =>
    kind ? assembly.warning(code, message) : assembly.error(code, message);
  if (flags !== undefined && flags !== 0 && ((flags ^ old.flags) & comparedFlags) !== 0) {
    report('A0310', `section '${name}' has other flags already`);
  }
  if (type !== undefined && type !== old.type) {
    report('A0311', `section '${name}' has another type already`);
  }
}

/** The type that a section gets; a warning where its name says another one. */
function chosenType(
  assembly: Assembly,
  name: string,
  kind: SectionKind | undefined,
  asked: number | undefined,
  isNew: boolean,
): number | undefined {
  if (asked === undefined || !kind || asked === kind.type || isNote(kind)) return asked;
  if (asked >= systemTypes) return asked;
  const isKept = isArray(kind.type) || !isNew;
  const what = isKept ? 'is ignored' : 'is not the one that its name says';
  assembly.warning('A0311', `the type of section '${name}' ${what}`);
  return isKept ? kind.type : asked;
}

function chosenFlags(
  assembly: Assembly,
  name: string,
  kind: SectionKind | undefined,
  asked: number | undefined,
  isInGroup: boolean,
): number {
  if (asked === undefined) return kind?.flags ?? 0;
  if (!kind) return asked;
  if (!isInGroup && !areFlagsUsual(kind, name, asked)) {
    assembly.warning('A0310', `the flags of section '${name}' are not those that its name says`);
  }
  return joinedFlags(kind, name, asked);
}

/** The section of that name, made where it is new; its attributes are checked where it is not. */
export function requestSection(
  assembly: Assembly,
  name: string,
  request: SectionRequest,
): Subsection {
  let { group } = request;
  let { isComdat } = request;
  if (request.flags?.includes('?')) {
    const now = assembly.current.section;
    if (now.group !== undefined) [group, isComdat] = [now.group, now.isComdat];
  }
  const kind = sectionKind(name);
  const bits = request.flags === undefined ? undefined : flagBits(assembly, request.flags);
  const flags = bits === undefined ? undefined : (bits & ~0x200) >>> 0;
  const typeAsked =
    request.type === undefined
      ? undefined
      : typeNumber(assembly, request.type, request.typeWhere ?? assembly.where);
  const { entrySize, link, unique, info } = request;
  const identity = { group, link, info, flags };
  const old = unique === undefined ? assembly.sectionTable.find(name, identity) : undefined;
  const type = chosenType(assembly, name, kind, typeAsked, !old);
  if (flags !== undefined && (flags & mbind) !== 0 && (flags & alloc) === 0) {
    assembly.error('A0308', `section '${name}' has the flag 'd', which needs 'a' too`);
  }
  if (old) {
    checkSame(assembly, old, kind, { flags, type, entrySize });
    old.flags |= (flags ?? 0) & joinedLater;
    return old.subsections.find((sub) => sub.number === 0) ?? old.subsection(0);
  }
  const attributes: SectionAttributes = {
    type: type ?? kind?.type ?? 1,
    flags: chosenFlags(assembly, name, kind, flags, group !== undefined),
    // GNU as takes the name for one of relocations here, though the type is another.
    entrySize:
      entrySize ??
      entrySizeOf(type ?? (name === '.reloc' ? 9 : (kind?.type ?? 1)), assembly.isLong),
    group,
    isComdat,
    link,
    unique,
    info,
  };
  return assembly.section(name, attributes).subsection(0);
}
