// What GNU's tools know about sections by their names: found by asking GNU as for each. A name has a
// type and flags of its own.

import { sectionType as type } from './constants.ts';

/** How a name is compared: as a whole, also with a dot and more behind it, or as a beginning. */
type Match = 'whole' | 'dotted' | 'prefix';

export interface SectionKind {
  readonly name: string;
  readonly match: Match;
  /** SHT_ */
  readonly type: number;
  /** SHF_ */
  readonly flags: number;
}

const [alloc, data, code, thread, exclude] = [2, 3, 6, 0x403, 0x80000000];

/** The first row that matches counts. */
const rows: readonly (readonly [string, Match, number, number])[] = [
  ['.text', 'dotted', type.progbits, code],
  ['.data', 'dotted', type.progbits, data],
  ['.data1', 'whole', type.progbits, data],
  ['.bss', 'dotted', type.nobits, data],
  ['.rodata', 'dotted', type.progbits, alloc],
  ['.rodata1', 'whole', type.progbits, alloc],
  ['.init', 'whole', type.progbits, code],
  ['.fini', 'whole', type.progbits, code],
  ['.plt', 'whole', type.progbits, code],
  ['.got', 'whole', type.progbits, data],
  ['.init_array', 'dotted', type.initArray, data],
  ['.fini_array', 'dotted', type.finiArray, data],
  ['.preinit_array', 'dotted', type.preinitArray, data],
  ['.tdata', 'dotted', type.progbits, thread],
  ['.tbss', 'dotted', type.nobits, thread],
  ['.noinit', 'dotted', type.nobits, data],
  ['.persistent.bss', 'whole', type.nobits, data],
  ['.persistent', 'dotted', type.progbits, data],
  ['.gnu.linkonce.b', 'dotted', type.nobits, data],
  ['.gnu.linkonce.n', 'dotted', type.nobits, data],
  ['.gnu.linkonce.p', 'dotted', type.progbits, data],
  ['.gnu.lto_', 'prefix', type.progbits, exclude],
  ['.comment', 'whole', type.progbits, 0],
  ['.debug', 'whole', type.progbits, 0],
  ['.debug_abbrev', 'whole', type.progbits, 0],
  ['.debug_aranges', 'whole', type.progbits, 0],
  ['.debug_info', 'whole', type.progbits, 0],
  ['.debug_line', 'whole', type.progbits, 0],
  ['.zdebug_abbrev', 'whole', type.progbits, 0],
  ['.zdebug_aranges', 'whole', type.progbits, 0],
  ['.zdebug_info', 'whole', type.progbits, 0],
  ['.zdebug_line', 'whole', type.progbits, 0],
  ['.line', 'whole', type.progbits, 0],
  ['.interp', 'whole', type.progbits, 0],
  ['.note.GNU-stack', 'whole', type.progbits, 0],
  ['.note', 'prefix', type.note, 0],
  ['.dynamic', 'whole', type.dynamic, alloc],
  ['.dynstr', 'whole', type.strtab, alloc],
  ['.dynsym', 'whole', type.dynsym, alloc],
  ['.hash', 'whole', type.hash, alloc],
  ['.gnu.hash', 'whole', type.gnuHash, alloc],
  ['.gnu.version', 'whole', type.gnuVersym, 0],
  ['.gnu.version_d', 'whole', type.gnuVerdef, 0],
  ['.gnu.version_r', 'whole', type.gnuVerneed, 0],
  ['.gnu.liblist', 'whole', type.gnuLiblist, alloc],
  ['.gnu.conflict', 'whole', type.rela, alloc],
  ['.relr.dyn', 'whole', type.relr, alloc],
  ['.rela', 'prefix', type.rela, 0],
  ['.reloc', 'whole', type.progbits, 0],
  ['.rel', 'prefix', type.rel, 0],
  ['.shstrtab', 'whole', type.strtab, 0],
  ['.strtab', 'whole', type.strtab, 0],
  ['.symtab', 'whole', type.symtab, 0],
  ['.stabstr', 'prefix', type.strtab, 0],
];

const kinds: readonly SectionKind[] = rows.map(([name, match, kind, flags]) => ({
  name,
  match,
  type: kind,
  flags,
}));

function isMatch({ name, match }: SectionKind, section: string): boolean {
  if (!section.startsWith(name)) return false;
  return match === 'prefix' || section.length === name.length || isDotted(match, name, section);
}

const isDotted = (match: Match, name: string, section: string) =>
  match === 'dotted' && section[name.length] === '.';

/** The kind that a section's name says; undefined where it says nothing. */
export function sectionKind(section: string): SectionKind | undefined {
  if (section[0] !== '.') return undefined;
  return kinds.find((kind) => isMatch(kind, section));
}

/** Bytes of one entry of a section of this type, as GNU as says them; 0 where it does not. */
export function entrySizeOf(kind: number, isLong: boolean): number {
  const word = isLong ? 8 : 4;
  switch (kind) {
    case type.initArray:
    case type.finiArray:
    case type.preinitArray:
      return word;
    case type.hash:
      return 4;
    case type.gnuHash:
      return isLong ? 0 : 4;
    case type.gnuVersym:
      return 2;
    case type.dynamic:
      return 2 * word;
    case type.rel:
      return isLong ? 0 : 8;
    case type.rela:
      return isLong ? 24 : 0;
    case type.dynsym:
      return isLong ? 24 : 16;
    default:
      return 0;
  }
}
