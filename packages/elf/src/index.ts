export * from './model.ts';
export * from './constants.ts';
export * from './relocation-kinds.ts';
export { objectFile } from './object-file.ts';
export { entrySizeOf, sectionKind } from './section-kinds.ts';
export type { SectionKind } from './section-kinds.ts';
export { StringTable } from './string-table.ts';
export { tailHolders } from './tails.ts';
export type { Stretches } from './tails.ts';
export { writeElf } from './write.ts';
export type { WriteOptions } from './write.ts';
export {
  isElf,
  isWholeElf,
  missingHeaders,
  readElf,
  readElfTables,
  readRelocations,
  readSymbols,
  stringAt,
} from './read.ts';
export type { ElfTables, RawRelocation, RawSection, RawSymbol, ReadResult } from './read.ts';
export {
  ArchiveIndex,
  ArchiveView,
  definedNames,
  isArchive,
  isThinArchive,
  readArchive,
} from './archive.ts';
export type { Archive, ArchiveMember, ReadMember } from './archive.ts';
export { writeArchive } from './archive-write.ts';
export type { ArchiveWriteOptions } from './archive-write.ts';
export { RelocationView, StringView, SymbolView } from './views.ts';
export { compressionHeader, inflate, inflateSection } from './inflate.ts';
export type { CompressionHeader } from './inflate.ts';
export { intelHex, motorolaHex } from './hex-records.ts';
export type { HexChunk } from './hex-records.ts';
