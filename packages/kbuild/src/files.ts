// The files a build reads, by content. Hashing each file on every run would cost more than the rest of a build that has
// nothing to do, so a file whose size and time of change are as remembered keeps its hash.

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

export interface FileRecord {
  readonly size: number;
  readonly mtimeMs: number;
  readonly hash: string;
}

/** The hash of a file that does not exist: a build depends on absences too, such as a header looked for in vain. */
export const absent = '';

export function hashBytes(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}

/** Writes to a temporary file beside `file`, then renames: readers see the old bytes or the new ones. */
export function writeFileAtomically(file: string, bytes: Uint8Array | string, mode = 0o644): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  fs.writeFileSync(temporary, bytes, { mode });
  fs.renameSync(temporary, file);
}

export class FileStore {
  readonly root: string;
  /** By path relative to the root, with forward slashes. */
  private readonly records: Map<string, FileRecord>;
  /** What this process has looked at already: a build sees one state of each file. */
  private readonly hashes = new Map<string, string>();

  /** A record was added, changed or dropped. */
  isChanged = false;

  constructor(root: string, records: Iterable<readonly [string, FileRecord]> = []) {
    this.root = root;
    this.records = new Map(records);
  }

  /** Relative to the root, with forward slashes, the same on every host. */
  key(file: string): string {
    const relative = path.isAbsolute(file) ? path.relative(this.root, file) : file;
    return relative.split(path.sep).join('/');
  }

  absolute(file: string): string {
    return path.resolve(this.root, file);
  }

  read(file: string): Uint8Array | undefined {
    try {
      return new Uint8Array(fs.readFileSync(this.absolute(file)));
    } catch {
      return undefined;
    }
  }

  hash(file: string): string {
    const key = this.key(file);
    const known = this.hashes.get(key);
    if (known !== undefined) return known;
    const hash = this.computeHash(key);
    this.hashes.set(key, hash);
    return hash;
  }

  entries(): [string, FileRecord][] {
    return [...this.records].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  private computeHash(key: string): string {
    const stat = fs.statSync(this.absolute(key), { throwIfNoEntry: false });
    if (!stat?.isFile()) {
      if (this.records.delete(key)) this.isChanged = true;
      return absent;
    }
    const record = this.records.get(key);
    if (record && record.size === stat.size && record.mtimeMs === stat.mtimeMs) return record.hash;
    const hash = hashBytes(this.read(key) ?? new Uint8Array(0));
    this.isChanged = true;
    this.records.set(key, { size: stat.size, mtimeMs: stat.mtimeMs, hash });
    return hash;
  }
}
