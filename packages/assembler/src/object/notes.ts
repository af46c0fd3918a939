// Sections that options of the command line ask for: whether the stack may hold code, and a note
// that covers code of which the source says nothing (the "watermark" format of GNU's annobin).

import { ByteWriter, latin1Bytes } from '@ring0/bytes';
import type { Assembly } from './assembly.ts';
import { addressField, filled, sectionValue } from '../debug/debug-parts.ts';

const stackNote = '.note.GNU-stack';
const executable = 4;

/** `--execstack` and `--noexecstack`, where the source does not say it itself. */
export function addStackNote(assembly: Assembly): void {
  const wanted = assembly.options.output?.hasExecutableStack;
  if (wanted === undefined) return;
  const known = assembly.sectionTable.find(stackNote);
  if (!known) {
    assembly.section(stackNote, { type: 1, flags: wanted ? executable : 0, entrySize: 0 });
  } else if (wanted) known.flags |= executable;
}

const buildNotes = '.gnu.build.attributes';
const [noteType, noteOpen] = [7, 0x100];
/** Version 3, made by an assembler: what covers all code that nothing else covers. */
const noteName = 'GA$\u00013a1\0';

/** `--generate-missing-build-notes=yes`: an empty note for each section of code. */
export function addBuildNotes(assembly: Assembly): void {
  if (!assembly.options.output?.addsBuildNotes || assembly.sectionTable.find(buildNotes)) return;
  const covered = assembly.sections.filter(
    ({ isCode, group, flags }) => isCode && group === undefined && (flags & 2) !== 0,
  );
  if (covered.length === 0) return;
  const section = assembly.section(buildNotes, { type: noteType, flags: 0, entrySize: 0 });
  section.alignment = 4;
  const bytes = new ByteWriter();
  const fields: (() => void)[] = [];
  for (const code of covered) {
    for (const word of [noteName.length, 8, noteOpen]) bytes.u32(word);
    bytes.bytes(latin1Bytes(noteName));
    const at = bytes.length;
    bytes.fill(8);
    fields.push(
      () => addressField(section, at, sectionValue(code, 0), false),
      () => addressField(section, at + 4, sectionValue(code, code.size), false),
    );
  }
  filled(section, bytes.take());
  for (const add of fields) add();
}
