// .note.package: JSON that says which package a file belongs to (--package-metadata; the UAPI group's
// "Package Metadata for Executable Files").

import { ByteWriter, latin1Bytes } from '@ring0/bytes';
import { sectionFlag, sectionType } from '@ring0/elf';
import type { Job } from '../job.ts';
import { makeSection } from '../model.ts';
import type { InputSection } from '../model.ts';

const name = '.note.package';
const noteType = 0xcafe1a7e;

/** The text is what --package-metadata takes; an empty one asks for nothing. */
export function isJson(text: string): boolean {
  if (text === '') return true;
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

/** Gives the first input the note, where the option asks for one. */
export function addPackageNote({ settings, resolver }: Job): void {
  const { packageMetadata: text } = settings;
  const [first] = resolver.objects;
  if (!text || !first) return;
  const bytes = latin1Bytes(`${text}\0`);
  const padding = -bytes.length & 3;
  const out = new ByteWriter();
  out.u32(4);
  out.u32(bytes.length + padding);
  out.u32(noteType);
  out.bytes(latin1Bytes('FDO\0'));
  out.bytes(bytes);
  out.fill(padding);
  const data = out.take();
  const kind = { type: sectionType.note, flags: sectionFlag.alloc, alignment: 4, data };
  makeSection(first, name, kind).isKept = true;
}

/** The section that `addPackageNote` made. */
export const isPackageNote = (section: InputSection): boolean =>
  section.name === name && section.index === 0;
