// readelf's dumps of a section's bytes: in hexadecimal (-x), as strings (-p), with the file's
// relocations applied (-R).

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

/**
 * Runs of bytes that begin with text and end with a zero or a newline. GNU readelf leaves out the
 * place of a string that comes after a newline without a zero between them.
 */
function stringLines(data: Uint8Array, out: TextSink): void {
  let isAny = false;
  let isContinued = false;
  // Bytes that are no text and stand between strings are passed over.
  for (let at = 0; at < data.length;) {
    while (at < data.length && !isText(data[at])) at++;
    if (at >= data.length) break;
    isAny = true;
    out.add(isContinued ? ' '.repeat(12) : `  [${hex(at).padStart(6)}]  `);
    for (; at < data.length && data[at] !== 0 && data[at] !== 10; at++) {
      const byte = data[at];
      const isControl = byte < 0x20 || byte === 0x7f;
      if (isControl) out.byte(0x5e);
      out.byte(isControl ? byte + 0x40 : byte);
    }
    isContinued = data[at] === 10 && at + 1 < data.length && data[at + 1] !== 0;
    out.add(data[at] === 10 ? '\\n\n' : '\n');
    at++;
  }
  if (!isAny) out.add('  No strings found in this section.');
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
    out.add(`\nString dump of section '${name}':\n${note}`);
    stringLines(data, out);
    return out.add('\n');
  }
  const note =
    kind === 'hex' && isRelocated
      ? ' NOTE: This section has relocations against it, but these have NOT been applied to this dump.\n'
      : '';
  out.add(`\nHex dump of section '${name}':\n${note}`);
  hexLines(data, Number(section.address), out);
  out.add('\n');
}

export type DumpPlan = ReadonlyMap<RawSection, ReadonlySet<DumpKind>>;

/** Which dumps each section is asked for; a section that is not there is warned of. */
export function dumpPlan(image: ElfImage, requests: readonly DumpRequest[]): DumpPlan {
  const kinds = new Map<RawSection, Set<DumpKind>>();
  const { sections } = image.tables;
  for (const { kind, section } of requests.toReversed()) {
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
  return kinds;
}

/** Writes the dumps that a section is asked for. */
export function dumpSection(
  image: ElfImage,
  section: RawSection,
  plan: DumpPlan,
  unpacks: boolean,
  out: TextSink,
): void {
  for (const kind of ['hex', 'relocated', 'strings'] as const) {
    if (plan.get(section)?.has(kind)) dump(image, section, kind, unpacks, out);
  }
}
