// --build-id: a note that names the output by a digest of its headers and contents, with the
// file's offsets left out so that only what the program is counts (GNU ld manual, "--build-id").

import { elfSizes, sectionFlag, sectionType } from '@ring0/elf';
import { InputFile } from '../input/input-file.ts';
import { md5, sha1 } from './digests.ts';

const noteHead = 16;

/** Why a style cannot be had; undefined: it can, or is none that anybody knows. */
export function refuseBuildId(style: string | undefined): string | undefined {
  if (style === 'uuid') {
    return '--build-id=uuid is random, and equal inputs give equal outputs here: take sha1';
  }
  return undefined;
}

/** A style that there is. */
export const isBuildIdStyle = (style: string): boolean =>
  ['sha1', 'md5', 'tree', 'uuid'].includes(style) || /^0x([0-9a-f]{2}[-:]?)+$/i.test(style);

/** Bytes of the note for a style: its head, "GNU", and the ID. */
export function buildIdSize(style: string): number {
  return noteHead + idLength(style);
}

function idLength(style: string): number {
  if (style.startsWith('0x')) return givenId(style).length;
  return style === 'md5' ? 16 : 20;
}

const givenId = (style: string): number[] =>
  (
    style
      .slice(2)
      .replaceAll(/[^0-9a-f]/gi, '')
      .match(/../g) ?? []
  ).map((pair) => Number.parseInt(pair, 16));

/** Where the note lies in an image; undefined: it has none. */
export function findBuildId(image: Uint8Array): number | undefined {
  const file = new InputFile(image, '');
  for (let i = 1; i < file.sectionCount; i++) {
    const isNote = file.sectionName(i) === '.note.gnu.build-id';
    if (isNote) return file.sectionData(i).byteOffset - image.byteOffset;
  }
  return undefined;
}

/** Fills the note at `at` of a complete image in which the note is all zeros. */
export function writeBuildId(
  image: Uint8Array,
  at: number,
  style: string,
  fastSha1: (bytes: Uint8Array) => Uint8Array = sha1,
): void {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const length = idLength(style);
  const isGiven = style.startsWith('0x');
  const bytes = isGiven ? undefined : significant(image);
  view.setUint32(at, 4, true);
  view.setUint32(at + 4, length, true);
  view.setUint32(at + 8, 3, true);
  image.set([0x47, 0x4e, 0x55, 0], at + 12);
  const digest = style === 'md5' ? md5 : fastSha1;
  image.set(bytes ? digest(bytes) : givenId(style), at + noteHead);
}

/** Symbols and names for tools only do not count; nor do sections without contents. */
function isCounted(type: number, flags: number): boolean {
  if (type === sectionType.nobits || type === sectionType.null) return false;
  return (
    (flags & sectionFlag.alloc) !== 0 ||
    (type !== sectionType.symtab && type !== sectionType.strtab)
  );
}

/** The image's headers without file offsets, and the contents of its sections. */
function significant(image: Uint8Array): Uint8Array {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const sizes = elfSizes(32);
  const headers = { at: view.getUint32(32, true), count: view.getUint16(48, true) };
  const programs = { at: view.getUint32(28, true), count: view.getUint16(44, true) };
  const parts: Uint8Array[] = [];
  const head = image.slice(0, sizes.header);
  head.fill(0, 28, 36);
  parts.push(head);
  const { programHeader, sectionHeader } = sizes;
  for (let i = 0; i < programs.count; i++) {
    const start = programs.at + i * programHeader;
    parts.push(image.slice(start, start + programHeader));
  }
  for (let i = 0; i < headers.count; i++) {
    const start = headers.at + i * sectionHeader;
    const header = image.slice(start, start + sectionHeader);
    const type = view.getUint32(start + 4, true);
    const offset = view.getUint32(start + 16, true);
    const size = view.getUint32(start + 20, true);
    header.fill(0, 16, 20);
    parts.push(header);
    if (isCounted(type, view.getUint32(start + 8, true))) {
      parts.push(image.subarray(offset, offset + size));
    }
  }
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
