// readelf's dumps of a section's bytes: in hexadecimal (-x), as strings (-p), with the file's
// relocations applied (-R).

import { utf8Text } from '@ring0/bytes';
import { sectionType } from '@ring0/elf';
import type { RawSection } from '@ring0/elf';
import type { ElfImage } from './readelf-image.ts';
import { hex, hex8 } from '../text-sink.ts';

export type DumpKind = 'hex' | 'strings' | 'relocated';

export interface DumpRequest {
  readonly kind: DumpKind;
  /** A name or an index. */
  readonly section: string;
}

/** Sixteen bytes a line in words of four, with what of them is text. */
function hexLines(data: Uint8Array, start: number, asText: (byte: number) => string): string {
  let text = '';
  for (let at = 0; at < data.length; at += 16) {
    const count = Math.min(16, data.length - at);
    let line = `  0x${hex8(start + at)} `;
    for (let i = 0; i < 16; i++) {
      line += i < count ? hex(data[at + i], 2) : '  ';
      if (i % 4 === 3) line += ' ';
    }
    for (let i = 0; i < count; i++) line += asText(data[at + i]);
    text += `${line}\n`;
  }
  return text;
}

const printable = (byte: number) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.');

const isText = (byte: number) => byte >= 0x20 && byte < 0x7f;

function stringLines(data: Uint8Array): string {
  let text = '';
  let isAny = false;
  let at = 0;
  // Bytes that are no text and stand between strings are passed over.
  while (at < data.length) {
    while (at < data.length && !isText(data[at])) at++;
    if (at >= data.length) break;
    isAny = true;
    text += `  [${hex(at).padStart(6)}]  `;
    let end = at;
    let run = at;
    for (; end < data.length && data[end] !== 0 && data[end] !== 10; end++) {
      const byte = data[end];
      if (byte >= 0x20 && byte !== 0x7f) continue;
      text += `${utf8Text(data, run, end)}^${String.fromCharCode(byte ^ 0x40)}`;
      run = end + 1;
    }
    text += utf8Text(data, run, end) + (data[end] === 10 ? '\\n\n' : '\n');
    at = end + 1;
  }
  return isAny ? text : '  No strings found in this section.';
}

function dump(image: ElfImage, section: RawSection, kind: DumpKind, unpacks: boolean): string {
  const { name } = section;
  if (section.size === 0 || section.type === sectionType.nobits) {
    return `Section '${name}' has no data to dump.\n`;
  }
  const isRelocated = image.relocationsOf(section).length > 0;
  const data =
    kind === 'relocated'
      ? image.relocated(section)
      : unpacks
        ? image.contents(section)
        : section.data;
  if (kind === 'strings') {
    const note = isRelocated
      ? '  Note: This section has relocations against it, but these have NOT been applied to this dump.\n'
      : '';
    return `\nString dump of section '${name}':\n${note}${stringLines(data)}\n`;
  }
  const note =
    kind === 'hex' && isRelocated
      ? ' NOTE: This section has relocations against it, but these have NOT been applied to this dump.\n'
      : '';
  const start = Number(section.address);
  return `\nHex dump of section '${name}':\n${note}${hexLines(data, start, printable)}\n`;
}

/** The dumps that are asked for, in the order of the sections. */
export function dumpsText(
  image: ElfImage,
  requests: readonly DumpRequest[],
  unpacks: boolean,
): string {
  const kinds = new Map<RawSection, Set<DumpKind>>();
  const { sections } = image.tables;
  for (const { kind, section } of requests) {
    const isIndex = /^\d+$/.test(section) && sections[Number(section)] !== undefined;
    const named = isIndex
      ? [sections[Number(section)]]
      : sections.filter((candidate) => candidate.name === section);
    for (const found of named) {
      const set = kinds.get(found) ?? new Set<DumpKind>();
      set.add(kind);
      kinds.set(found, set);
    }
    if (named.length === 0) {
      const what = /^\d+$/.test(section) ? `Section ${section}` : `Section '${section}'`;
      image.warn(`${what} was not dumped because it does not exist`);
    }
  }
  let text = '';
  for (const section of sections) {
    for (const kind of ['hex', 'relocated', 'strings'] as const) {
      if (kinds.get(section)?.has(kind)) text += dump(image, section, kind, unpacks);
    }
  }
  return text;
}
