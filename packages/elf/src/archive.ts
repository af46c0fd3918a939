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
const slash = 0x2f;

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

/** What lies in an archive at an offset. */
interface Part {
  readonly header: Header;
  readonly data: Uint8Array;
  /** Where the next part begins. */
  readonly end: number;
}

const isSpecial = (field: string): boolean =>
  field === '/' || field === '//' || field === '/SYM64/';

/** An archive whose members are read when they are asked for: a libc has thousands. */
export class ArchiveView {
  readonly isThin: boolean;
  /** What is wrong with what has been read. */
  readonly problems: string[] = [];
  /** The symbol index; undefined: there is none. */
  index: ArchiveIndex | undefined;
  /** Bytes of the symbol index as it stands in the file. */
  indexSize = 0;
  private longNames: Uint8Array = new Uint8Array(0);
  private readonly bytes: Uint8Array;
  private readonly path: string;
  private readonly readMember: ReadMember | undefined;
  /** Behind the special members, which come first. */
  private readonly first: number;

  /** `bytes` begin as an archive does; `readMember` gives the members of a thin one. */
  constructor(bytes: Uint8Array, path: string, readMember: ReadMember | undefined) {
    this.bytes = bytes;
    this.path = path;
    this.isThin = isThinArchive(bytes);
    this.readMember = readMember;
    let at = archiveMagic.length;
    while (at < bytes.length && bytes[at] === slash) {
      const part = this.part(at);
      if (!part || !this.takeSpecial(part)) break;
      at = part.end;
    }
    this.first = at;
  }

  /** No member comes behind the index and the names. */
  get isEmpty(): boolean {
    return this.first >= this.bytes.length;
  }

  /** The member whose header is at `offset`; undefined, and a problem, where none can be. */
  memberAt(offset: number): ArchiveMember | undefined {
    const part = this.part(offset);
    return part && this.member(part, offset);
  }

  /** All members in order, up to what is malformed. */
  *members(): IterableIterator<ArchiveMember> {
    for (let at = this.first; at < this.bytes.length;) {
      const part = this.part(at);
      if (!part) return;
      if (!this.takeSpecial(part)) yield this.member(part, at);
      at = part.end;
    }
  }

  private part(at: number): Part | undefined {
    const { bytes, path, problems } = this;
    const header = headerAt(bytes, at);
    if (!header) {
      problems.push(`${path}: malformed member header at ${at}`);
      return undefined;
    }
    const { field, size } = header;
    const start = at + memberHeaderSize;
    const isInside = !this.isThin || isSpecial(field);
    if (isInside && start + size > bytes.length) {
      problems.push(
        `${path}: the member at ${at} of ${size} bytes reaches past the end of the file`,
      );
      return undefined;
    }
    const data = bytes.subarray(start, start + size);
    return { header, data, end: isInside ? start + size + (size & 1) : start };
  }

  private takeSpecial({ header, data }: Part): boolean {
    const { field, size } = header;
    if (!isSpecial(field)) return false;
    if (field === '//') this.longNames = data;
    else {
      this.index = new ArchiveIndex(data, field === '/' ? 4 : 8);
      this.indexSize = size;
    }
    return true;
  }

  private member({ header, data }: Part, offset: number): ArchiveMember {
    const { mode, date, owner, group, field } = header;
    const name = memberName(field, this.longNames);
    const member: ArchiveMember = { name, bytes: data, mode, date, owner, group, offset };
    if (this.isThin) this.external(member, field);
    return member;
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
    const offset = Number(nested);
    const found = new ArchiveView(bytes, name, undefined).memberAt(offset);
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
  const view = new ArchiveView(bytes, path, readMember);
  const members = [...view.members()];
  const index = view.index?.entries();
  return {
    archive: { members, index, isThin, indexSize: view.indexSize },
    problems: view.problems,
  };
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

/** The symbol index as it lies in the file: offsets of members, then the names they define. */
export class ArchiveIndex {
  readonly count: number;
  /** The names, each with a zero behind it. */
  readonly names: Uint8Array;
  private readonly view: DataView;
  private readonly width: 4 | 8;

  constructor(data: Uint8Array, width: 4 | 8) {
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    this.width = width;
    const room = Math.floor(data.length / width);
    this.count = room === 0 ? 0 : Math.min(this.word(0), room - 1);
    this.names = data.subarray((this.count + 1) * width);
  }

  private word(i: number): number {
    const { view, width } = this;
    if (width === 4) return view.getUint32(i * 4);
    return view.getUint32(i * 8) * 2 ** 32 + view.getUint32(i * 8 + 4);
  }

  /** Where the header of the member is that defines name `i`. */
  offset(i: number): number {
    return this.word(i + 1);
  }

  /** The name that begins at `start` of `names`. */
  nameAt(start: number): string {
    const end = this.names.indexOf(0, start);
    return utf8Text(this.names, start, end < 0 ? this.names.length : end);
  }

  /** All of it as objects. */
  entries(): { name: string; offset: number }[] {
    const names = new StringView(this.names);
    const entries: { name: string; offset: number }[] = [];
    for (let i = 0, at = 0; i < this.count; i++) {
      entries.push({ name: names.at(at), offset: this.offset(i) });
      at = names.endOf(at) + 1;
    }
    return entries;
  }
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
