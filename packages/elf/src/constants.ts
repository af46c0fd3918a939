// The numbers of the ELF specification as tables: name, value and, where readelf prints one, its
// abbreviation. Sources: System V gABI 4.1 chapters 4 and 5, GNU extensions as in binutils'
// documentation.

/** e_type. */
export const elfType = { none: 0, relocatable: 1, executable: 2, shared: 3, core: 4 } as const;

/** e_machine. */
export const machine = { none: 0, i386: 3, x86_64: 62 } as const;

/** sh_type. */
export const sectionType = {
  null: 0,
  progbits: 1,
  symtab: 2,
  strtab: 3,
  rela: 4,
  hash: 5,
  dynamic: 6,
  note: 7,
  nobits: 8,
  rel: 9,
  shlib: 10,
  dynsym: 11,
  initArray: 14,
  finiArray: 15,
  preinitArray: 16,
  group: 17,
  symtabShndx: 18,
  relr: 19,
  gnuHash: 0x6ffffff6,
  gnuVerdef: 0x6ffffffd,
  gnuVerneed: 0x6ffffffe,
  gnuVersym: 0x6fffffff,
  x86_64Unwind: 0x70000001,
} as const;

/** sh_flags. */
export const sectionFlag = {
  write: 1,
  alloc: 2,
  execute: 4,
  merge: 0x10,
  strings: 0x20,
  infoLink: 0x40,
  linkOrder: 0x80,
  osNonconforming: 0x100,
  group: 0x200,
  tls: 0x400,
  compressed: 0x800,
  gnuRetain: 0x200000,
  gnuMbind: 0x1000000,
  exclude: 0x80000000,
} as const;

/** Section indices with a meaning of their own. */
export const sectionIndex = {
  undefined: 0,
  reserveLow: 0xff00,
  absolute: 0xfff1,
  common: 0xfff2,
  extended: 0xffff,
} as const;

/** The flag word of a section group. */
export const groupFlag = { comdat: 1 } as const;

/** The upper four bits of st_info. */
export const symbolBinding = { local: 0, global: 1, weak: 2, gnuUnique: 10 } as const;

/** The lower four bits of st_info. */
export const symbolType = {
  notype: 0,
  object: 1,
  func: 2,
  section: 3,
  file: 4,
  common: 5,
  tls: 6,
  gnuIfunc: 10,
} as const;

/** The lower two bits of st_other. */
export const symbolVisibility = { default: 0, internal: 1, hidden: 2, protected: 3 } as const;

/** p_type. */
export const segmentType = {
  null: 0,
  load: 1,
  dynamic: 2,
  interp: 3,
  note: 4,
  shlib: 5,
  phdr: 6,
  tls: 7,
  gnuEhFrame: 0x6474e550,
  gnuStack: 0x6474e551,
  gnuRelro: 0x6474e552,
  gnuProperty: 0x6474e553,
} as const;

/** p_flags. */
export const segmentFlag = { execute: 1, write: 2, read: 4 } as const;

/** Sizes in bytes of the structures of one class. */
export interface ElfSizes {
  readonly header: number;
  readonly sectionHeader: number;
  readonly programHeader: number;
  readonly symbol: number;
  readonly rel: number;
  readonly rela: number;
  readonly address: number;
}

/** The structure sizes of ELF32 and ELF64. */
export function elfSizes(bits: 32 | 64): ElfSizes {
  return bits === 32 ? sizes32 : sizes64;
}

const sizes32: ElfSizes = {
  header: 52,
  sectionHeader: 40,
  programHeader: 32,
  symbol: 16,
  rel: 8,
  rela: 12,
  address: 4,
};

const sizes64: ElfSizes = {
  header: 64,
  sectionHeader: 64,
  programHeader: 56,
  symbol: 24,
  rel: 16,
  rela: 24,
  address: 8,
};
