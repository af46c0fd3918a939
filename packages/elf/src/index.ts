export * from './model.ts';
export * from './constants.ts';
export * from './relocation-kinds.ts';
export { StringTable } from './string-table.ts';
export { writeElf } from './write.ts';
export { isElf, readElf, readElfTables, readRelocations, readSymbols, stringAt } from './read.ts';
export type { ElfTables, RawRelocation, RawSection, RawSymbol, ReadResult } from './read.ts';
export { definedNames, isArchive, readArchive, writeArchive } from './archive.ts';
export type { Archive, ArchiveMember } from './archive.ts';
