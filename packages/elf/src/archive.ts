// Archives (`!<arch>` and the thin `!<thin>`, whose members stay in files of their own) read into
// members, in the System V and GNU form: a symbol index in member `/` or `/SYM64/`, long names in
// `//`. archive-write.ts is the way back.

import { latin1Text, utf8Text } from '@ring0/bytes';
import { symbolBinding } from './constants.ts';
import { isElf, readElf } from './read.ts';
import { StringView } from './views.ts';

export const archiveMagic = '!<arch>\n';
export const thinMagic = '!<thin>\n';
export const memberHeaderSize = 60;

export interface ArchiveMember {
  name: string;
  bytes: Uint8Array;
  /** File permissions; 0o644 where absent. */
  mode?: number | undefined;
  /** Seconds since 1970; 0 where absent, as are owner and group. */
  date?: number | undefined;
  owner?: number | undefined;
  group?: number | undefined;
  /** Where its header stands in the file; filled by the reader. */
  offset?: number | undefined;
  /** Of a thin archive: it is a member of the archive at `path`, its header at `offset` there. */
  nested?: { readonly path: string; readonly offset: number } | undefined;
}

export interface Archive {
  readonly members: ArchiveMember[];
  /**
   * The symbol index: each name with the offset of the member that defines it. Undefined: there
   * is none.
   */
  readonly index: { readonly name: string; readonly offset: number }[] | undefined;
  readonly isThin: boolean;
  /** Bytes of the symbol index as it stands in the file. */
  readonly indexSize: number;
}

/** Gives a file's bytes; undefined: no such file. */
export type ReadMember = (path: string) => Uint8Array | undefined;

/** The bytes begin as an archive does. */
export function isArchive(bytes: Uint8Array): boolean {
  return latin1Text(bytes, 0, Math.min(8, bytes.length)) === archiveMagic;
}

/** The bytes begin as a thin archive does. */
export function isThinArchive(bytes: Uint8Array): boolean {
  return latin1Text(bytes, 0, Math.min(8, bytes.length)) === thinMagic;
}

interface Header {
  readonly field: string;
  readonly size: number;
  readonly mode: number;
  readonly date: number;
  readonly owner: number;
  readonly group: number;
}

/** A decimal or octal number in a header's field, up to what is no digit; undefined: none. */
function numberAt(bytes: Uint8Array, start: number, end: number, base = 10): number | undefined {
  let at = start;
  while (at < end && bytes[at] === 0x20) at++;
  const first = at;
  let value = 0;
  for (; at < end; at++) {
    const digit = bytes[at] - 0x30;
    if (digit < 0 || digit >= base) break;
    value = value * base + digit;
  }
  return at === first ? undefined : value;
}

/** The same where nothing but one number and spaces is in the field. */
function wholeNumberAt(bytes: Uint8Array, start: number, end: number): number | undefined {
  let last = end;
  while (last > start && bytes[last - 1] === 0x20) last--;
  for (let at = start; at < last; at++) {
    const isDigit = bytes[at] >= 0x30 && bytes[at] <= 0x39;
    if (!isDigit && bytes[at] !== 0x20) return undefined;
    if (!isDigit && at > start && bytes[at - 1] !== 0x20) return undefined;
  }
  return numberAt(bytes, start, last);
}

const beyondAscii = /[\x80-\xff]/;

/**
 * The header at `at`; undefined where it is malformed. Its numbers are read from the bytes: a libc
 * has thousands of headers.
 */
function headerAt(bytes: Uint8Array, at: number): Header | undefined {
  const end = at + memberHeaderSize;
  if (end > bytes.length || bytes[end - 2] !== 0x60 || bytes[end - 1] !== 10) return undefined;
  const size = wholeNumberAt(bytes, at + 48, at + 58);
  if (size === undefined) return undefined;
  const field = latin1Text(bytes, at, at + 16);
  return {
    field: (beyondAscii.test(field) ? utf8Text(bytes, at, at + 16) : field).trimEnd(),
    size,
    date: numberAt(bytes, at + 16, at + 28) ?? 0,
    owner: numberAt(bytes, at + 28, at + 34) ?? 0,
    group: numberAt(bytes, at + 34, at + 40) ?? 0,
    mode: numberAt(bytes, at + 40, at + 48, 8) ?? 0,
  };
}

class Reader {
  readonly members: ArchiveMember[] = [];
  readonly problems: string[] = [];
  index: Archive['index'];
  indexSize = 0;
  private longNames = new Uint8Array(0);
  private readonly bytes: Uint8Array;
  private readonly path: string;
  private readonly isThin: boolean;
  private readonly readMember: ReadMember | undefined;

  constructor(bytes: Uint8Array, path: string, readMember: ReadMember | undefined) {
    this.bytes = bytes;
    this.path = path;
    this.isThin = isThinArchive(bytes);
    this.readMember = readMember;
  }

  run(): void {
    const { bytes, path, problems } = this;
    let at = archiveMagic.length;
    while (at < bytes.length) {
      const header = headerAt(bytes, at);
      if (!header) {
        problems.push(`${path}: malformed member header at ${at}`);
        return;
      }
      const { field, size } = header;
      const start = at + memberHeaderSize;
      const isSpecial = field === '/' || field === '//' || field === '/SYM64/';
      const isInside = !this.isThin || isSpecial;
      if (isInside && start + size > bytes.length) {
        problems.push(
          `${path}: the member at ${at} of ${size} bytes reaches past the end of the file`,
        );
        return;
      }
      const data = bytes.subarray(start, start + size);
      if (field === '//') this.longNames = data as Uint8Array<ArrayBuffer>;
      else if (isSpecial) {
        this.index = readIndex(data, field === '/' ? 4 : 8);
        this.indexSize = size;
      } else this.member(header, data, at);
      at = isInside ? start + size + (size & 1) : start;
    }
  }

  private member(header: Header, data: Uint8Array, offset: number): void {
    const { mode, date, owner, group, field } = header;
    const name = memberName(field, this.longNames);
    const member: ArchiveMember = { name, bytes: data, mode, date, owner, group, offset };
    this.members.push(member);
    if (this.isThin) this.external(member, field);
  }

  /** A member of a thin archive: a file beside it, or a member of another archive beside it. */
  private external(member: ArchiveMember, field: string): void {
    const { name } = member;
    const folder = this.path.slice(0, this.path.lastIndexOf('/') + 1);
    const bytes = this.readMember?.(name.startsWith('/') ? name : folder + name);
    member.bytes = bytes ?? new Uint8Array(0);
    if (!bytes) this.problems.push(`${this.path}: no file ${name}, which the thin archive names`);
    const nested = farName.exec(field)?.[1];
    if (!bytes || nested === undefined || !isArchive(bytes)) return;
    const inner = readArchive(bytes, name).archive?.members;
    const offset = Number(nested);
    const found = inner?.find((candidate) => candidate.offset === offset);
    member.nested = { path: name, offset };
    member.name = found?.name ?? name;
    member.bytes = found?.bytes ?? new Uint8Array(0);
  }
}

/**
 * Reads an archive; what is wrong becomes a problem and what could be read is there. The members
 * of a thin archive are asked of `readMember`. Never throws.
 */
export function readArchive(
  bytes: Uint8Array,
  path: string,
  readMember?: ReadMember,
): { archive: Archive | undefined; problems: string[] } {
  const isThin = isThinArchive(bytes);
  if (!isArchive(bytes) && !(isThin && readMember)) {
    const problem = isThin ? 'the members of a thin archive cannot be read here' : 'not an archive';
    return { archive: undefined, problems: [`${path}: ${problem}`] };
  }
  const reader = new Reader(bytes, path, readMember);
  reader.run();
  const { members, index, indexSize, problems } = reader;
  return { archive: { members, index, isThin, indexSize }, problems };
}

/**
 * A name in the table of long names, and of a member in a member where that begins. GNU ar leaves a
 * mark behind those of 15 bytes in thin archives.
 */
const farName = /^\/\d+(?::(\d+))? *\/?$/;

function memberName(field: string, longNames: Uint8Array): string {
  if (farName.test(field)) {
    const start = Number.parseInt(field.slice(1), 10);
    let end = longNames.indexOf(10, start);
    if (end < 0) end = longNames.length;
    return utf8Text(longNames, Math.min(start, end), end).replace(/\/$/, '');
  }
  return field.replace(/\/$/, '');
}

function readIndex(data: Uint8Array, size: 4 | 8): { name: string; offset: number }[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const word = (at: number): number =>
    size === 4 ? view.getUint32(at) : view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4);
  const room = Math.floor(data.length / size);
  const count = room === 0 ? 0 : Math.min(word(0), room - 1);
  const names = new StringView(data.subarray((count + 1) * size));
  const index: { name: string; offset: number }[] = [];
  let at = 0;
  for (let i = 1; i <= count; i++) {
    const name = names.at(at);
    at = names.endOf(at) + 1;
    index.push({ name, offset: word(i * size) });
  }
  return index;
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
