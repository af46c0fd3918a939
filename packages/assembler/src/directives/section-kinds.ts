// What GNU as 2.40 says about sections of known kinds beyond their type and flags: which flags go
// without a warning, and how those of several statements are joined.

import { sectionType as type } from '@ring0/elf';
import type { SectionKind } from '@ring0/elf';

const alloc = 2;

const [executable, mergeable, strings, linkOrder] = [4, 0x10, 0x20, 0x80];
const mergeBits = mergeable | strings;
const [noteStack, note] = ['.note.GNU-stack', '.note'];

/**
 * Whether flags that differ from the kind's go without a warning: bits of the system and the
 * processor, links, strings to be merged in a section whose name is longer than the kind's, and a
 * few habits.
 */
export function areFlagsUsual(kind: SectionKind, section: string, flags: number): boolean {
  let extra = flags & 0x000fffff & ~kind.flags & ~linkOrder;
  if (kind.match === 'dotted' && section !== kind.name) extra &= ~mergeBits;
  if (extra === 0) return true;
  if (kind.name === note) return extra === alloc || extra === executable;
  if (kind.name === noteStack) return flags === executable;
  return ['.interp', '.strtab', '.symtab'].includes(kind.name) && flags === alloc;
}

/** The flags that a section gets which asks for `flags`. */
export function joinedFlags(kind: SectionKind, section: string, flags: number): number {
  const extra = flags & 0x000fffff & ~kind.flags & ~linkOrder;
  const isLonger = kind.match === 'dotted' && section !== kind.name;
  const isJoined = (isLonger ? extra & ~mergeBits : extra) === 0;
  return (isJoined ? flags | kind.flags : flags) >>> 0;
}

/** Arrays of functions keep their type whatever the source says. */
export const isArray = (kind: number): boolean =>
  kind >= type.initArray && kind <= type.preinitArray;

/** Notes may have any type. */
export const isNote = (kind: SectionKind): boolean => kind.name === note;
