// The sections that the assembler writes itself once addresses are known: .debug_line from `.loc`
// rows, .eh_frame and .debug_frame from `.cfi_*`.

import { writeFrames } from '@ring0/dwarf';
import type { FrameDescription, FramePointer } from '@ring0/dwarf';
import type { Assembly } from '../object/assembly.ts';
import type { FrameEntry, PointerReference } from './cfi.ts';
import { addLines } from './debug-lines.ts';
import { addressField, filled, lateSection, sectionValue } from './debug-parts.ts';
import { symbolValue } from '../values/expression.ts';
import type { Expression } from '../values/expression.ts';
import { attributeBytes } from '../directives/gnu-attributes.ts';
import { addBuildNotes, addStackNote } from '../object/notes.ts';
import { labelAddress } from '../object/sections.ts';
import { finishStabs } from '../directives/stabs.ts';

/** Adds the sections; the ordinary ones are laid out already. */
export function addDebugSections(assembly: Assembly): void {
  finishStabs(assembly);
  addStackNote(assembly);
  addLines(assembly);
  for (const { start } of assembly.cfi.open.values()) {
    assembly.error('A0604', "'.cfi_endproc' is missing", start.definedAt);
  }
  const { entries } = assembly.cfi;
  // The first section has all procedures as soon as one wants it, as in GNU as.
  if (entries.some(({ isInEh }) => isInEh)) addFrames(assembly, entries, true);
  addFrames(
    assembly,
    entries.filter(({ isInDebug }) => isInDebug),
    false,
  );
  addAttributes(assembly);
  addBuildNotes(assembly);
}

function addAttributes(assembly: Assembly): void {
  const bytes = attributeBytes(assembly);
  if (!bytes) return;
  const type = 0x6ffffff5;
  filled(assembly.section('.gnu.attributes', { type, flags: 0, entrySize: 0 }), bytes);
}

function frameDescription(entry: FrameEntry): FrameDescription<Expression> {
  const start = labelAddress(entry.start);
  const pointer = (reference: PointerReference | undefined) =>
    reference && { encoding: reference.encoding, target: reference.value };
  return {
    start: symbolValue(entry.start),
    length: labelAddress(entry.end ?? entry.start) - start,
    isSimple: entry.isSimple,
    isSignalFrame: entry.isSignalFrame,
    returnColumn: entry.returnColumn,
    personality: pointer(entry.personality),
    languageData: pointer(entry.languageData) as FramePointer<Expression> | undefined,
    targets: entry.targets,
    instructions: entry.instructions.map(({ place, instruction }) => ({
      at: labelAddress(place) - start,
      instruction,
    })),
  };
}

const isSameValue = (a: Expression, b: Expression) =>
  a.kind === 'linear' && b.kind === 'linear' && a.plus === b.plus && a.addend === b.addend;

function addFrames(assembly: Assembly, entries: readonly FrameEntry[], isEh: boolean): void {
  if (entries.length === 0) return;
  const descriptions = entries.map((entry) => frameDescription(entry));
  const version = assembly.options.output?.cieVersion;
  const addressSize = assembly.isLong ? 8 : 4;
  const options = { isEh, isSameTarget: isSameValue, version, addressSize } as const;
  const written = writeFrames(descriptions, options);
  const section = isEh
    ? assembly.section('.eh_frame', { type: 1, flags: 2, entrySize: 0 })
    : lateSection(assembly, '.debug_frame');
  section.alignment = Math.max(section.alignment, addressSize);
  const base = section.subsections[0].length;
  filled(section, written.bytes);
  for (const { offset, target, addend, isRelative, size } of written.relocations) {
    const value = target ?? sectionValue(section, base + addend);
    addressField(section, base + offset, value, isRelative, size);
  }
  for (const [label, offset] of written.labels) {
    const symbol = assembly.cfi.labels[label];
    if (symbol.state !== 'undefined') continue;
    symbol.state = 'label';
    symbol.subsection = section.subsections[0];
    symbol.offset = base + offset;
  }
}
