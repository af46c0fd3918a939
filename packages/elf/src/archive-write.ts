// Archives written as GNU ar writes them. What is written depends on names and contents only:
// dates and owners are zero, as `ar D` has them, unless a member says otherwise.

import { ByteWriter, utf8Bytes } from '@ring0/bytes';
import { archiveMagic, definedNames, memberHeaderSize, thinMagic } from './archive.ts';
import type { ArchiveMember } from './archive.ts';

const shortNameMax = 15;
/** From here on the symbol index has offsets of 64 bits. */
const narrowMax = 0xffffffff;

export interface ArchiveWriteOptions {
  /** False leaves the symbol index out. */
  readonly hasIndex?: boolean;
  /** A thin archive: the members' names are paths, their bytes stay where they are. */
  readonly isThin?: boolean;
  /** The symbol index is there even where no member defines a name. */
  readonly hasEmptyIndex?: boolean;
  /** The date of the symbol index; 0 where absent. */
  readonly indexDate?: number;
  /** Offsets of 64 bits from this file size on; for tests of what else needs 4 GiB. */
  readonly wideFrom?: number;
  /** Names of members are cut to 15 characters (`ar f`). */
  readonly cutsNames?: boolean;
  /** Of a thin archive: the path by which a member was given (`ar P`), where that counts. */
  readonly pathOf?: (member: ArchiveMember) => string;
}

interface HeaderFields {
  readonly date: number;
  readonly owner: number;
  readonly group: number;
  readonly mode: number;
}

const noFields: HeaderFields = { date: 0, owner: 0, group: 0, mode: 0 };

function memberHeader(name: string, fields: HeaderFields, size: number): string {
  return (
    // In bytes: a name may have letters of several.
    name.padEnd(16 - (utf8Bytes(name).length - name.length)) +
    String(fields.date).padEnd(12) +
    String(fields.owner).padEnd(6) +
    String(fields.group).padEnd(6) +
    fields.mode.toString(8).padEnd(8) +
    String(size).padEnd(10) +
    '`\n'
  );
}

interface Names {
  readonly fields: string[];
  readonly table: Uint8Array;
}

/**
 * What stands in the name field of each header, and the table of long names. In thin archives GNU ar
 * leaves the mark behind a name of 15 bytes where it was, behind the number.
 */
function nameFields(members: readonly ArchiveMember[], options: ArchiveWriteOptions): Names {
  const longNames = new ByteWriter();
  const known = new Map<string, number>();
  const fields = members.map((member) => {
    const name = member.nested?.path ?? member.name;
    const place = member.nested ? `:${member.nested.offset}` : '';
    const bytes = utf8Bytes(name);
    // An empty name or one that begins with the mark would look like the index.
    const isPlain = name !== '' && !name.startsWith('/') && options.isThin !== true;
    if (options.cutsNames && bytes.length > shortNameMax) return `${name.slice(0, shortNameMax)}/`;
    if (bytes.length <= shortNameMax && isPlain) return `${name}/`;
    const path = options.pathOf?.(member);
    const counted = path ?? member.name.slice(member.name.lastIndexOf('/') + 1);
    const isMarked = options.isThin === true && utf8Bytes(counted).length === shortNameMax;
    const far = (start: number): string =>
      isMarked ? `${`/${start}${place}`.padEnd(shortNameMax)}/` : `/${start}${place}`;
    const shared = options.isThin ? known.get(name) : undefined;
    if (shared !== undefined) return far(shared);
    const start = longNames.length;
    known.set(name, start);
    longNames.bytes(bytes);
    longNames.bytes(utf8Bytes('/\n'));
    return far(start);
  });
  if (longNames.length & 1) longNames.u8(10);
  return { fields, table: longNames.take() };
}

interface Index {
  readonly members: readonly number[];
  readonly strings: Uint8Array;
  readonly isWanted: boolean;
}

function symbolIndex(members: readonly ArchiveMember[], options: ArchiveWriteOptions): Index {
  const strings = new ByteWriter();
  const owners: number[] = [];
  if (options.hasIndex !== false) {
    members.forEach((member, index) => {
      for (const name of definedNames(member)) {
        owners.push(index);
        strings.bytes(utf8Bytes(name));
        strings.u8(0);
      }
    });
  }
  const isWanted =
    options.hasIndex !== false && (owners.length > 0 || options.hasEmptyIndex === true);
  return { members: owners, strings: strings.take(), isWanted };
}

/** An archive of `members` in order, the same bytes for the same input. */
export function writeArchive(
  members: readonly ArchiveMember[],
  options: ArchiveWriteOptions = {},
): Uint8Array {
  const names = nameFields(members, options);
  const index = symbolIndex(members, options);
  const room = (width: number) => {
    const size = index.isWanted ? width * (1 + index.members.length) + index.strings.length : 0;
    // The wide index is filled up to 8 bytes, the other to 2.
    return width === 8 ? size + ((8 - (size & 7)) & 7) : size + (size & 1);
  };
  const place = (width: number) => {
    let at = archiveMagic.length;
    if (index.isWanted) at += memberHeaderSize + room(width);
    if (names.table.length > 0) at += memberHeaderSize + names.table.length;
    const offsets: number[] = [];
    for (const { bytes } of members) {
      offsets.push(at);
      at += memberHeaderSize + (options.isThin ? 0 : bytes.length + (bytes.length & 1));
    }
    return { offsets, end: at };
  };
  let width = 4;
  let { offsets, end } = place(width);
  if ((offsets.at(-1) ?? 0) > (options.wideFrom ?? narrowMax)) {
    width = 8;
    ({ offsets, end } = place(width));
  }
  const out = new ByteWriter(end);
  const text = (line: string): void => out.bytes(utf8Bytes(line));
  text(options.isThin ? thinMagic : archiveMagic);
  if (index.isWanted) writeIndex(out, index, offsets, width, room(width), options.indexDate ?? 0);
  if (names.table.length > 0) {
    text(`${'//'.padEnd(48)}${String(names.table.length).padEnd(10)}\`\n`);
    out.bytes(names.table);
  }
  members.forEach(({ bytes, mode, date = 0, owner = 0, group = 0 }, at) => {
    const fields = { date, owner, group, mode: mode ?? 0o644 };
    text(memberHeader(names.fields[at], fields, bytes.length));
    if (options.isThin) return;
    out.bytes(bytes);
    if (bytes.length & 1) out.u8(10);
  });
  return out.take();
}

function writeIndex(
  out: ByteWriter,
  index: Index,
  offsets: readonly number[],
  width: number,
  room: number,
  date: number,
): void {
  const big = (value: number): void => {
    for (let byte = width - 1; byte >= 0; byte--) out.u8(Math.floor(value / 256 ** byte) % 256);
  };
  const fields = { ...noFields, date };
  out.bytes(utf8Bytes(memberHeader(width === 8 ? '/SYM64/' : '/', fields, room)));
  const start = out.length;
  big(index.members.length);
  for (const member of index.members) big(offsets[member]);
  out.bytes(index.strings);
  out.fill(room - (out.length - start));
}
