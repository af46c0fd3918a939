// Flags and type of an output section, as its inputs, its data statements and its type in the
// script make them (GNU ld manual, "Output Section Type").

import { sectionFlag, sectionKind, sectionType } from '@ring0/elf';
import { untypedNames } from './empty-sections.ts';
import type { InputSection, OutputSection } from '../model.ts';
import type { OutputSectionStatement } from '../script/script-syntax.ts';

const { alloc, write, execute, merge, strings, tls } = sectionFlag;

/** What a section is, in the words of the object file library: a section may be several. */
export const trait = {
  alloc: 1,
  load: 2,
  readonly: 4,
  code: 8,
  contents: 16,
  tls: 32,
  debugging: 64,
} as const;

/** What a statement says of which the script has none. */
export const bareStatement: Omit<OutputSectionStatement, 'name' | 'span' | 'address'> = {
  kind: 'output',
  type: '',
  at: undefined,
  align: undefined,
  subalign: undefined,
  isAlignedWithInput: false,
  onlyIf: undefined,
  body: [],
  region: undefined,
  loadRegion: undefined,
  regionSpans: [],
  programHeaders: [],
  fill: undefined,
};

/** A new, empty output section for a statement of the script or an orphan. */
export function makeOutput(statement: OutputSectionStatement, isOrphan: boolean): OutputSection {
  return {
    kind: 'output',
    name: statement.name,
    statement,
    body: [],
    exists: false,
    isIgnored: false,
    isDropped: false,
    hasInput: false,
    firstInput: undefined,
    type: 0,
    takenType: 0,
    flags: 0,
    entrySize: 0,
    alignment: 1,
    alignmentMin: 1,
    address: 0,
    loadAddress: 0,
    size: 0,
    offset: 0,
    pieces: [],
    isOrphan,
  };
}

const unloaded = new Set(['DSECT', 'COPY', 'INFO', 'OVERLAY']);

/** The section is in no segment, as its type in the script says. */
export const isUnloaded = ({ statement }: OutputSection): boolean => unloaded.has(statement.type);

/** What an input section makes of its output section's type and flags. */
export function takeFlags(output: OutputSection, section: InputSection): void {
  const isFirst = !output.hasInput;
  let { flags } = section;
  const kept = merge | strings;
  const { type } = output.statement;
  if (isUnloaded(output)) flags &= ~alloc;
  if (type === 'READONLY') flags &= ~write;
  if (isFirst) {
    output.type = section.type;
    output.flags = flags | (output.exists ? output.flags : 0);
    output.entrySize = (flags & merge) !== 0 || isTable(section.type) ? section.entrySize : 0;
  } else {
    const isSame =
      (output.flags & kept) === (flags & kept) &&
      (!(flags & merge) || output.entrySize === section.entrySize);
    if (!isSame) {
      output.flags &= ~kept;
      flags &= ~kept;
      if (!isTable(output.type)) output.entrySize = 0;
    }
    output.flags |= flags & (alloc | write | execute | tls | kept);
    if (output.type === sectionType.nobits && section.type !== sectionType.nobits)
      output.type = section.type;
  }
  if (type === 'NOLOAD') output.type = sectionType.nobits;
  output.flags &= ~(sectionFlag.group | sectionFlag.infoLink);
  output.firstInput ??= section;
  output.hasInput = true;
  output.exists = true;
  if (!isFirst) return;
  const differs = (outputTraits(output) ^ inputTraits(section)) & ~trait.debugging;
  const isTyped = section.object.file !== undefined || !untypedNames.has(section.name);
  output.takenType = differs === 0 && isTyped ? section.type : 0;
}

/** A data statement brings its section into being with contents, read-only if it is the first. */
export function takeData(output: OutputSection): void {
  const isNoload = output.statement.type === 'NOLOAD';
  if (!output.hasInput) output.takenType = sectionKind(output.name)?.type ?? 0;
  const isBare = output.exists && output.flags === 0 && !output.hasInput;
  output.exists = true;
  if (!isUnloaded(output)) output.flags |= alloc | (isBare ? write : 0);
  if (isNoload) output.type = sectionType.nobits;
  else if (output.type === 0 || output.type === sectionType.nobits) {
    const kind = sectionKind(output.name)?.type ?? sectionType.nobits;
    output.type = kind === sectionType.nobits ? sectionType.progbits : kind;
  }
}

const isTable = (type: number): boolean =>
  type === sectionType.initArray ||
  type === sectionType.finiArray ||
  type === sectionType.preinitArray;

/** Sections that are debugging information by their names. */
export function isDebuggingName(name: string): boolean {
  return /^\.(debug|gnu\.debuglto_\.debug_|gnu\.linkonce\.wi\.|line|stab|zdebug)/.test(name);
}

/** The traits of an input section. */
export function inputTraits({ flags, type, name, index }: InputSection): number {
  const isLoaded = type !== sectionType.nobits;
  // GNU ld makes this note with its contents still to come.
  const isEmptyYet = index === 0 && name === '.note.package';
  const isAllocated = (flags & alloc) !== 0;
  let traits = isLoaded && !isEmptyYet ? trait.contents : 0;
  if (isAllocated) traits |= trait.alloc | (isLoaded ? trait.load : 0);
  else if (isDebuggingName(name)) traits |= trait.debugging;
  if ((flags & write) === 0) traits |= trait.readonly;
  if ((flags & execute) !== 0) traits |= trait.code;
  if ((flags & tls) !== 0) traits |= trait.tls;
  return traits;
}

/** The traits of an output section so far; one that nothing has made yet has none. */
export function outputTraits(output: OutputSection): number {
  if (!output.exists) return 0;
  const { flags, type, name } = output;
  const isLoaded = type !== sectionType.nobits && type !== 0;
  const isAllocated = (flags & alloc) !== 0;
  let traits = isLoaded ? trait.contents : 0;
  if (isAllocated) traits |= trait.alloc | (isLoaded ? trait.load : 0);
  else if (isUnloaded(output)) traits |= isLoaded ? trait.load : 0;
  else if (isDebuggingName(name) && isLoaded) traits |= trait.debugging;
  if ((flags & write) === 0 && (type !== 0 || flags !== 0)) traits |= trait.readonly;
  if ((flags & execute) !== 0) traits |= trait.code;
  if ((flags & tls) !== 0) traits |= trait.tls;
  return traits;
}
