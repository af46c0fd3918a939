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
export type { UnitDescription, UnitField, UnitSection, UnitSections } from './write-unit.ts';
