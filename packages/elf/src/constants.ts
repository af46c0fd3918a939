// The numbers of the ELF specification as tables: name, value and, where readelf prints one, its
// abbreviation. Sources: System V gABI 4.1 chapters 4 and 5, GNU extensions as in binutils'
// documentation.

/** e_type. */
export const elfType = { none: 0, relocatable: 1, executable: 2, shared: 3, core: 4 } as const;

/** e_machine. */
export const machine = { none: 0, i386: 3, iamcu: 6, x86_64: 62 } as const;

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
  gnuLiblist: 0x6ffffff7,
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

/** d_tag. */
export const dynamicTag = {
  null: 0,
  needed: 1,
  pltRelSize: 2,
  pltGot: 3,
  hash: 4,
  strtab: 5,
  symtab: 6,
  rela: 7,
  relaSize: 8,
  relaEntry: 9,
  stringSize: 10,
  symbolEntry: 11,
  init: 12,
  fini: 13,
  soname: 14,
  rpath: 15,
  symbolic: 16,
  rel: 17,
  relSize: 18,
  relEntry: 19,
  pltRel: 20,
  debug: 21,
  textRel: 22,
  jumpRel: 23,
  bindNow: 24,
  initArray: 25,
  finiArray: 26,
  initArraySize: 27,
  finiArraySize: 28,
  runpath: 29,
  flags: 30,
  preinitArray: 32,
  preinitArraySize: 33,
  gnuFlags1: 0x6ffffdf4,
  gnuHash: 0x6ffffef5,
  tlsDescPlt: 0x6ffffef6,
  tlsDescGot: 0x6ffffef7,
  config: 0x6ffffefa,
  depAudit: 0x6ffffefb,
  audit: 0x6ffffefc,
  versym: 0x6ffffff0,
  relaCount: 0x6ffffff9,
  relCount: 0x6ffffffa,
  flags1: 0x6ffffffb,
  verdef: 0x6ffffffc,
  verdefNum: 0x6ffffffd,
  verneed: 0x6ffffffe,
  verneedNum: 0x6fffffff,
  auxiliary: 0x7ffffffd,
  filter: 0x7fffffff,
} as const;

/** Bits of DT_FLAGS. */
export const dynamicFlag = {
  origin: 1,
  symbolic: 2,
  textRel: 4,
  bindNow: 8,
  staticTls: 16,
} as const;

/** Bits of DT_FLAGS_1. */
export const dynamicFlag1 = {
  now: 1,
  global: 2,
  group: 4,
  nodelete: 8,
  loadfltr: 0x10,
  initfirst: 0x20,
  noopen: 0x40,
  origin: 0x80,
  interpose: 0x400,
  nodeflib: 0x800,
  nodump: 0x1000,
  globalAudit: 0x01000000,
  pie: 0x08000000,
} as const;

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
