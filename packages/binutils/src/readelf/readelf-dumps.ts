// readelf's dumps of a section's bytes: in hexadecimal (-x), as strings (-p), with the file's
// relocations applied (-R).

import { utf8Text } from '@ring0/bytes';
import { sectionType } from '@ring0/elf';
import type { RawSection } from '@ring0/elf';
import type { ElfImage } from './readelf-image.ts';
import { hex } from '../text-sink.ts';
import type { TextSink } from '../text-sink.ts';

export type DumpKind = 'hex' | 'strings' | 'relocated';

export interface DumpRequest {
  readonly kind: DumpKind;
  /** A name or an index. */
  readonly section: string;
}

/** Sixteen bytes a line in words of four, with what of them is text. */
function hexLines(data: Uint8Array, start: number, out: TextSink): void {
  for (let at = 0; at < data.length; at += 16) {
    out.text('  0x');
    out.hex8(start + at);
    out.spaces(1);
    out.words(data, at, Math.min(at + 16, data.length), 36);
  }
}

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

function dump(
  image: ElfImage,
  section: RawSection,
  kind: DumpKind,
  unpacks: boolean,
  out: TextSink,
): void {
  const { name } = section;
  if (section.size === 0 || section.type === sectionType.nobits) {
    return out.add(`Section '${name}' has no data to dump.\n`);
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
    return out.add(`\nString dump of section '${name}':\n${note}${stringLines(data)}\n`);
  }
  const note =
    kind === 'hex' && isRelocated
      ? ' NOTE: This section has relocations against it, but these have NOT been applied to this dump.\n'
      : '';
  out.add(`\nHex dump of section '${name}':\n${note}`);
  hexLines(data, Number(section.address), out);
  out.add('\n');
}

/** Writes the dumps that are asked for, in the order of the sections. */
export function dumpsText(
  image: ElfImage,
  requests: readonly DumpRequest[],
  unpacks: boolean,
  out: TextSink,
): void {
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
  for (const section of sections) {
    for (const kind of ['hex', 'relocated', 'strings'] as const) {
      if (kinds.get(section)?.has(kind)) dump(image, section, kind, unpacks, out);
    }
  }
}
