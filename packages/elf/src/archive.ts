// Archives (`!<arch>`), in the System V and GNU form: a symbol index in member `/`, long names in
// `//`. What is written depends on names and contents only: dates and owners are zero, as `ar D`
// writes them.

import { ByteReader, ByteWriter, latin1Text, utf8Bytes, utf8Text } from '@ring0/bytes';
import { symbolBinding } from './constants.ts';
import { isElf, readElf } from './read.ts';

const magic = '!<arch>\n';
const thinMagic = '!<thin>\n';
const headerSize = 60;
const shortNameMax = 15;

export interface ArchiveMember {
  name: string;
  bytes: Uint8Array;
  /** File permissions; 0o644 where absent. */
  mode?: number | undefined;
  /** Where its header stands in the file; filled by the reader. */
  offset?: number | undefined;
}

export interface Archive {
  readonly members: ArchiveMember[];
  /**
   * The symbol index: each name with the offset of the member that defines it. Undefined: there
   * is none.
   */
  readonly index: { readonly name: string; readonly offset: number }[] | undefined;
}

/** The bytes begin as an archive does. */
export function isArchive(bytes: Uint8Array): boolean {
  return latin1Text(bytes, 0, Math.min(8, bytes.length)) === magic;
}

/**
 * Reads an archive; what is wrong becomes a problem and what could be read is there. Never
 * throws.
 */
export function readArchive(
  bytes: Uint8Array,
  path: string,
): { archive: Archive | undefined; problems: string[] } {
  const problems: string[] = [];
  if (!isArchive(bytes)) {
    const isThin = latin1Text(bytes, 0, Math.min(8, bytes.length)) === thinMagic;
    problems.push(`${path}: ${isThin ? 'thin archives are not supported' : 'not an archive'}`);
    return { archive: undefined, problems };
  }
  const members: ArchiveMember[] = [];
  let index: Archive['index'];
  let longNames = new Uint8Array(0);
  let at = magic.length;
  while (at < bytes.length) {
    const header = latin1Text(bytes, at, Math.min(at + headerSize, bytes.length));
    const size = Number(header.slice(48, 58).trim() || Number.NaN);
    if (
      header.length < headerSize ||
      header.slice(58) !== '`\n' ||
      !Number.isInteger(size) ||
      size < 0
    ) {
      problems.push(`${path}: malformed member header at ${at}`);
      break;
    }
    const start = at + headerSize;
    if (start + size > bytes.length) {
      problems.push(
        `${path}: the member at ${at} of ${size} bytes reaches past the end of the file`,
      );
      break;
    }
    const data = bytes.subarray(start, start + size);
    const field = utf8Text(bytes, at, at + 16).trimEnd();
    if (field === '/') index = readIndex(data);
    else if (field === '//') longNames = data as Uint8Array<ArrayBuffer>;
    else if (field !== '/SYM64/') {
      const name = memberName(field, longNames);
      members.push({
        name,
        bytes: data,
        mode: Number.parseInt(header.slice(40, 48), 8) || 0,
        offset: at,
      });
    }
    at = start + size + (size & 1);
  }
  return { archive: { members, index }, problems };
}

function memberName(field: string, longNames: Uint8Array): string {
  if (/^\/\d+$/.test(field)) {
    const start = Number(field.slice(1));
    let end = longNames.indexOf(10, start);
    if (end < 0) end = longNames.length;
    return utf8Text(longNames, Math.min(start, end), end).replace(/\/$/, '');
  }
  return field.replace(/\/$/, '');
}

function bigEndian(reader: ByteReader): number {
  const bytes = reader.slice(4);
  return bytes.length < 4
    ? 0
    : ((bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3]) >>> 0;
}

function readIndex(data: Uint8Array): { name: string; offset: number }[] {
  const reader = new ByteReader(data);
  const count = Math.min(bigEndian(reader), Math.floor(data.length / 4));
  const offsets: number[] = [];
  for (let i = 0; i < count; i++) offsets.push(bigEndian(reader));
  return offsets.map((offset) => ({ name: reader.cstring(), offset }));
}

/** Names that a member defines for other files: global, weak and common symbols. */
export function definedNames(member: ArchiveMember): string[] {
  if (!isElf(member.bytes)) return [];
  const { file } = readElf(member.bytes, member.name);
  if (!file) return [];
  const names: string[] = [];
  for (const symbol of file.symbols) {
    if (symbol.binding !== symbolBinding.local && symbol.section !== 'undefined')
      names.push(symbol.name);
  }
  return names;
}

function memberHeader(name: string, mode: number, size: number): string {
  return (
    // In bytes: a name may have letters of several.
    name.padEnd(16 - (utf8Bytes(name).length - name.length)) +
    '0'.padEnd(12) +
    '0'.padEnd(6) +
    '0'.padEnd(6) +
    mode.toString(8).padEnd(8) +
    String(size).padEnd(10) +
    '`\n'
  );
}

/**
 * An archive of `members` in order, the same bytes for the same input; `hasIndex` false leaves
 * the symbol index out.
 */
export function writeArchive(
  members: readonly ArchiveMember[],
  options: { hasIndex?: boolean } = {},
): Uint8Array {
  const longNames = new ByteWriter();
  const fields = members.map(({ name }) => {
    const bytes = utf8Bytes(name);
    // An empty name or one that begins with the mark would look like the index.
    const isPlain = name !== '' && !name.startsWith('/');
    if (bytes.length <= shortNameMax && isPlain) return `${name}/`;
    const start = longNames.length;
    longNames.bytes(bytes);
    longNames.bytes(utf8Bytes('/\n'));
    return `/${start}`;
  });
  if (longNames.length & 1) longNames.u8(10);

  const names: { name: string; member: number }[] = [];
  if (options.hasIndex !== false) {
    members.forEach((member, index) => {
      for (const name of definedNames(member)) names.push({ name, member: index });
    });
  }
  const strings = new ByteWriter();
  for (const { name } of names) {
    strings.bytes(utf8Bytes(name));
    strings.u8(0);
  }
  const indexSize = names.length > 0 ? 4 + 4 * names.length + strings.length : 0;
  const paddedIndexSize = indexSize + (indexSize & 1);

  let at = magic.length;
  if (indexSize > 0) at += headerSize + paddedIndexSize;
  if (longNames.length > 0) at += headerSize + longNames.length;
  const offsets: number[] = [];
  for (const { bytes } of members) {
    offsets.push(at);
    at += headerSize + bytes.length + (bytes.length & 1);
  }

  const out = new ByteWriter(at);
  const text = (line: string): void => out.bytes(utf8Bytes(line));
  const big = (value: number): void => {
    for (let shift = 24; shift >= 0; shift -= 8) out.u8((value >>> shift) & 0xff);
  };
  text(magic);
  if (indexSize > 0) {
    text(memberHeader('/', 0, paddedIndexSize));
    big(names.length);
    for (const { member } of names) big(offsets[member]);
    out.bytes(strings.peek());
    out.fill(paddedIndexSize - indexSize);
  }
  if (longNames.length > 0) {
    text(`${'//'.padEnd(48)}${String(longNames.length).padEnd(10)}\`\n`);
    out.bytes(longNames.peek());
  }
  members.forEach(({ bytes, mode }, index) => {
    text(memberHeader(fields[index], mode ?? 0o644, bytes.length));
    out.bytes(bytes);
    if (bytes.length & 1) out.u8(10);
  });
  return out.take();
}
