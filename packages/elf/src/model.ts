// An ELF file as plain data, for ELF32 and ELF64. The writer lays it out as GNU as and GNU ld do;
// the reader gives the same structure back. Source: System V ABI, gABI 4.1 chapters 4 and 5, and
// the i386 psABI supplement.

export interface ElfFile {
  readonly bits: 32 | 64;
  /** ET_REL, ET_EXEC, .. */
  type: number;
  /** EM_386, EM_X86_64, .. */
  machine: number;
  entry: bigint;
  flags: number;
  osabi: number;
  /**
   * Without the null section and without those that the writer derives: symbol table, string
   * tables, relocations.
   */
  sections: ElfSection[];
  /** Without the null symbol. Locals come first; the writer checks it. */
  symbols: ElfSymbol[];
  segments: ElfSegment[];
}

export interface ElfSection {
  name: string;
  /** SHT_PROGBITS, SHT_NOBITS, SHT_GROUP, .. */
  type: number;
  /** SHF_ bits. */
  flags: number;
  address: bigint;
  /** In bytes; larger than `data` only for SHT_NOBITS. */
  size: number;
  alignment: number;
  entrySize: number;
  data: Uint8Array;
  relocations: ElfRelocation[];
  /** There is a section of relocations though none is in it. */
  isRelocated?: boolean | undefined;
  /** sh_link as a section (SHF_LINK_ORDER, dynamic sections). */
  link?: ElfSection | undefined;
  info?: number | undefined;
  /** sh_info as a section (SHF_INFO_LINK), as relocations that are loaded have it. */
  target?: ElfSection | undefined;
  /** SHT_GROUP only: the flag word, the signature and the members in order. */
  group?: { flags: number; signature: ElfSymbol; members: ElfSection[] } | undefined;
  /** File offset, filled by reader and writer. */
  offset?: number | undefined;
  /** It stands behind the symbols in the file, as what is compressed while it is written. */
  isLate?: boolean | undefined;
  /** Its header's number in the file it was read from. */
  index?: number | undefined;
}

export interface ElfSymbol {
  name: string;
  value: bigint;
  size: bigint;
  /** STB_LOCAL, STB_GLOBAL, STB_WEAK, .. */
  binding: number;
  /** STT_NOTYPE, STT_FUNC, STT_SECTION, STT_FILE, .. */
  type: number;
  /** STV_DEFAULT, STV_HIDDEN, .. (the low bits of st_other). */
  visibility: number;
  /** The defining section; or one of the special section indices. */
  section: ElfSection | 'undefined' | 'absolute' | 'common';
}

export interface ElfRelocation {
  /** From the start of the section. */
  offset: number;
  /** R_386_32, R_X86_64_PC32, .. */
  type: number;
  symbol: ElfSymbol | undefined;
  /**
   * Explicit addend (SHT_RELA); undefined where the addend lies in the section's bytes (SHT_REL,
   * i386).
   */
  addend?: bigint | undefined;
}

export interface ElfSegment {
  /** PT_LOAD, .. */
  type: number;
  /** PF_ bits. */
  flags: number;
  offset: number;
  virtualAddress: bigint;
  physicalAddress: bigint;
  fileSize: number;
  memorySize: number;
  alignment: number;
}
