export { dateText, objdump, objdumpTo } from './objdump/objdump.ts';
export type { ObjdumpFormat, ObjdumpOptions, ObjdumpResult } from './objdump/objdump.ts';
export { nm, nmTo, symbolLetter } from './nm.ts';
export type { NmFormat, NmOptions } from './nm.ts';
export { objcopy } from './objcopy/objcopy.ts';
export { isDebugSection } from './objcopy/objcopy-sections.ts';
export type {
  AddedSymbol,
  AddressChange,
  ObjcopyFormat,
  ObjcopyOptions,
  ObjcopyResult,
  SectionAddressChange,
} from './objcopy/objcopy-options.ts';
export { readelf, readelfTo } from './readelf/readelf.ts';
export type { ReadelfOptions, ReadelfResult, TextResult } from './readelf/readelf.ts';
export type { Complaint } from './readelf/readelf-image.ts';
export type { DumpKind, DumpRequest } from './readelf/readelf-dumps.ts';
export type { DebugKind, DebugOptions } from './dwarf/dwarf-dump.ts';
export { TextSink } from './text-sink.ts';
export type { TakeText } from './text-sink.ts';
export {
  addSizes,
  berkeleyRow,
  berkeleyTitle,
  gnuRow,
  gnuTitle,
  readSizes,
  sizeBerkeley,
  sizeSystemV,
  sizeTitle,
} from './size.ts';
export type { SizeRadix, Sizes } from './size.ts';
export { findStrings } from './strings.ts';
export type { StringEncoding, StringsOptions, UnicodeForm, TakeString } from './strings.ts';
export { Addr2line } from './addr2line.ts';
export type { Addr2lineOptions } from './addr2line.ts';
export { demangle, demangleSymbol } from './demangle/demangle.ts';
export type { DemangleOptions } from './demangle/demangle.ts';
