export { writeFrames } from './write-frames.ts';
export type {
  FrameDescription,
  FrameInstruction,
  FramePointer,
  FrameRelocation,
  FrameSection,
} from './write-frames.ts';
export { writeLines } from './write-lines.ts';
export type {
  LineFile,
  LineProgram,
  LineProgramRow,
  LineSection,
  LineSequence,
} from './write-lines.ts';
export { sourceLines } from './read-line.ts';
export type { LineRow, SourceLines, SourcePlace } from './read-line.ts';
export { writeUnit } from './write-unit.ts';
export type {
  UnitDescription,
  UnitField,
  UnitFunction,
  UnitPart,
  UnitSection,
  UnitSections,
} from './write-unit.ts';
export { DwarfCursor, textOf, unitLength } from './read-cursor.ts';
export * from './read-constants.ts';
export { readAbbrevs, readForm, readUnitHeader, stringIn } from './read-info.ts';
export type {
  Abbrev,
  AbbrevAttribute,
  AbbrevTable,
  DwarfSections,
  FormValue,
  Unit,
} from './read-info.ts';
export { LineMachine, readLineHeader } from './read-line-program.ts';
export type { LineEntry, LineHeader, LineOperation, LineTableShape } from './read-line-program.ts';
export { CodePlaces } from './read-places.ts';
export type { CodeFunction, CodePlace, DebugFile } from './read-places.ts';
