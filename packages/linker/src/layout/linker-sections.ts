// The sections that the linker makes itself, all of one object that comes behind the first input:
// names, types and flags as in the gABI (chapter 5) and the i386 psABI. Those that stay empty are
// left out.

import { elfSizes, sectionFlag, sectionType } from '@ring0/elf';
import { makeObject, makeSection } from '../model.ts';
import type { InputObject, InputSection } from '../model.ts';

const { alloc, write, execute } = sectionFlag;
const t = sectionType;
const { symbol, rel } = elfSizes(32);

/** Name, type, flags, alignment, entry size. */
const rows = {
  interp: ['.interp', t.progbits, alloc, 1, 0],
  buildId: ['.note.gnu.build-id', t.note, alloc, 4, 0],
  verdef: ['.gnu.version_d', t.gnuVerdef, alloc, 4, 0],
  versym: ['.gnu.version', t.gnuVersym, alloc, 2, 2],
  verneed: ['.gnu.version_r', t.gnuVerneed, alloc, 4, 0],
  dynsym: ['.dynsym', t.dynsym, alloc, 4, symbol],
  dynstr: ['.dynstr', t.strtab, alloc, 1, 0],
  hash: ['.hash', t.hash, alloc, 4, 4],
  gnuHash: ['.gnu.hash', t.gnuHash, alloc, 4, 4],
  relGot: ['.rel.got', t.rel, alloc, 4, rel],
  relBss: ['.rel.bss', t.rel, alloc, 4, rel],
  relDataRelRo: ['.rel.data.rel.ro', t.rel, alloc, 4, rel],
  relIfunc: ['.rel.ifunc', t.rel, alloc, 4, rel],
  relPlt: ['.rel.plt', t.rel, alloc, 4, rel],
  relIplt: ['.rel.iplt', t.rel, alloc, 4, rel],
  plt: ['.plt', t.progbits, alloc | execute, 16, 4],
  iplt: ['.iplt', t.progbits, alloc | execute, 8, 0],
  pltGot: ['.plt.got', t.progbits, alloc | execute, 8, 8],
  pltSec: ['.plt.sec', t.progbits, alloc | execute, 16, 16],
  frameHeader: ['.eh_frame_hdr', t.progbits, alloc, 4, 0],
  dynamic: ['.dynamic', t.dynamic, alloc | write, 4, 8],
  dataRelRo: ['.data.rel.ro', t.progbits, alloc | write, 1, 0],
  got: ['.got', t.progbits, alloc | write, 4, 0],
  gotPlt: ['.got.plt', t.progbits, alloc | write, 4, 4],
  igotPlt: ['.igot.plt', t.progbits, alloc | write, 4, 4],
  dynbss: ['.dynbss', t.nobits, alloc | write, 1, 0],
} as const;

export type SectionName = keyof typeof rows;
export type LinkerSections = Readonly<Record<SectionName, InputSection>>;

/** The object and its sections, all empty. */
export function makeLinkerSections(): { object: InputObject; sections: LinkerSections } {
  const object = makeObject('linker stubs');
  const make = (name: SectionName): InputSection => {
    const [title, type, flags, alignment, entrySize] = rows[name];
    return makeSection(object, title, { type, flags, alignment, entrySize });
  };
  const names = Object.keys(rows).filter((name): name is SectionName => name in rows);
  const sections = Object.fromEntries(names.map((name) => [name, make(name)] as const));
  return { object, sections: sections as LinkerSections };
}

/** Gives a section of the linker its room. */
export function resize(section: InputSection, size: number): void {
  section.data = new Uint8Array(section.type === sectionType.nobits ? 0 : size);
  section.size = size;
}

/** Where a section of the linker is in memory, once that is known. */
export const addressOf = (section: InputSection): number =>
  section.output ? section.output.address + section.outputOffset : 0;
