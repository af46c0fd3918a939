// What a file system should do, without disk or blocks: each operation of a script changes the model and gives the number that
// the guest's program (programs/disk.c) is to print. And scripts made at random from a seed.

import fs from 'node:fs';
import path from 'node:path';

const header = fs.readFileSync(
  path.resolve(import.meta.dirname, '../../kernel/include/uapi/errno.h'),
  'utf8',
);
const errors = new Map(
  [...header.matchAll(/^#define (E\w+) (\d+)$/gm)].map(([, name = '', value]) => [
    name,
    -Number(value),
  ]),
);

/** What the kernel answers, negative, for an error's name. */
export function errno(name: string): number {
  const value = errors.get(name);
  if (value === undefined) throw new Error(`errno.h has no ${name}`);
  return value;
}

const PAGE = 4096;
/** Errors of a write that follows an open are so much lower. */
const notOpening = 1000;

/** A file's bytes; pages that were never written are missing. */
export class ModelFile {
  readonly kind = 'file';
  links = 1;
  mode = 0o644;
  size = 0;
  private readonly pages = new Map<number, Uint8Array>();

  write(offset: number, count: number, byteAt: (offset: number) => number): void {
    for (let at = offset; at < offset + count; at++) {
      const index = Math.floor(at / PAGE);
      const page = this.pages.get(index) ?? new Uint8Array(PAGE);
      this.pages.set(index, page);
      page[at % PAGE] = byteAt(at);
    }
    if (count > 0) this.size = Math.max(this.size, offset + count);
  }

  read(offset: number, count: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, Math.min(count, this.size - offset)));
    for (const [index, page] of this.pages) {
      const start = index * PAGE - offset;
      if (start >= bytes.length || start + PAGE <= 0) continue;
      const from = Math.max(0, -start);
      bytes.set(page.subarray(from, Math.min(PAGE, bytes.length - start)), Math.max(0, start));
    }
    return bytes;
  }

  truncate(size: number): void {
    for (const [index, page] of this.pages) {
      if (index * PAGE >= size) this.pages.delete(index);
      else if (size - index * PAGE < PAGE) page.fill(0, size - index * PAGE);
    }
    this.size = size;
  }
}

export class ModelDirectory {
  readonly kind = 'directory';
  mode = 0o755;
  readonly entries = new Map<string, ModelNode>();
  parent: ModelDirectory;

  constructor(parent?: ModelDirectory) {
    this.parent = parent ?? this;
  }
}

export class ModelLink {
  readonly kind = 'symlink';
  links = 1;
  mode = 0o777;
  readonly target: string;

  constructor(target: string) {
    this.target = target;
  }
}

export type ModelNode = ModelFile | ModelDirectory | ModelLink;

/** Where a path ends: node is undefined if the last name is not there. */
interface Place {
  readonly directory: ModelDirectory;
  readonly name: string;
  readonly node: ModelNode | undefined;
}

const linkDepthMax = 6;

/** The byte that a write with this seed puts at an offset: as in programs/disk.c. */
function pattern(seed: number): (offset: number) => number {
  return (offset) => (seed + offset * 7 + Math.floor(offset / 512) * 13) & 0xff;
}

/** As in programs/disk.c. */
function checksum(bytes: Uint8Array): number {
  let sum = bytes.length;
  for (const byte of bytes) sum = (Math.imul(sum, 31) + byte) | 0;
  return sum & 0x7fffffff;
}

/** A tree and the slots of open files. `run` is one line of a script. */
export class Model {
  readonly root = new ModelDirectory();
  private readonly slots = new Map<string, ModelFile>();

  /** What the guest should answer; `answer` is what it did, for operations that a full disk cuts short. */
  run(line: string, answer: number): number {
    const [letter = '', ...words] = line.split(' ');
    const operation = this.operations[letter];
    if (!operation) throw new Error(`no operation ${letter}`);
    return operation(words, answer);
  }

  /** All paths below the root with what is there. */
  list(): Map<string, ModelNode> {
    const all = new Map<string, ModelNode>();
    const visit = (place: string, directory: ModelDirectory): void => {
      for (const [name, node] of directory.entries) {
        all.set(`${place}/${name}`, node);
        if (node.kind === 'directory') visit(`${place}/${name}`, node);
      }
    };
    visit('', this.root);
    return all;
  }

  private walk(
    from: ModelDirectory,
    text: string,
    isFollowed: boolean,
    depth: number,
  ): Place | number {
    let directory = text.startsWith('/') ? this.root : from;
    const names = text.split('/').filter((name) => name !== '');
    const name = names.pop() ?? '';
    for (const each of names) {
      const next = this.step(directory, each, depth);
      if (typeof next === 'number') return next;
      if (next?.kind !== 'directory') return errno(next ? 'ENOTDIR' : 'ENOENT');
      directory = next;
    }
    const node = directory.entries.get(name);
    if (node?.kind === 'symlink' && isFollowed) {
      if (depth >= linkDepthMax) return errno('ELOOP');
      return this.walk(directory, node.target, true, depth + 1);
    }
    return { directory, name, node };
  }

  private step(
    directory: ModelDirectory,
    name: string,
    depth: number,
  ): ModelNode | undefined | number {
    const node = directory.entries.get(name);
    if (node?.kind !== 'symlink') return node;
    if (depth >= linkDepthMax) return errno('ELOOP');
    const place = this.walk(directory, node.target, true, depth + 1);
    return typeof place === 'number' ? place : place.node;
  }

  private at(text = '', isFollowed = true): Place | number {
    return this.walk(this.root, text, isFollowed, 0);
  }

  /** The file to write to, made if it is not there. */
  private opened(text = '', mayCreate = false, answer = 0): ModelFile | number {
    const place = this.at(text);
    if (typeof place === 'number') return place;
    const { node } = place;
    if (node?.kind === 'directory') return errno('EISDIR');
    if (node?.kind === 'file') return node;
    if (!mayCreate) return errno('ENOENT');
    if (answer === errno('ENOSPC')) return answer;
    const file = new ModelFile();
    place.directory.entries.set(place.name, file);
    return file;
  }

  /** A full disk cuts a write short, or refuses it. */
  private write(
    file: ModelFile | number,
    [offset = 0, count = 0, seed = 0, shift = 0]: readonly number[],
    answer: number,
  ): number {
    if (typeof file === 'number') return file;
    const isShort = (answer > 0 && answer < count) || answer === errno('ENOSPC') - notOpening;
    const done = isShort ? Math.max(0, answer) : count;
    const byteAt = pattern(seed);
    file.write(offset, done, (at) => byteAt(at + shift));
    return isShort ? answer : count;
  }

  private add(text: string, node: ModelNode, answer: number): number {
    const place = this.at(text, false);
    if (typeof place === 'number') return place;
    if (place.node) return errno('EEXIST');
    if (answer === errno('ENOSPC')) return answer;
    if (node.kind === 'directory') node.parent = place.directory;
    place.directory.entries.set(place.name, node);
    return 0;
  }

  private remove(text: string, isDirectory: boolean): number {
    const place = this.at(text, false);
    if (typeof place === 'number') return place;
    const { node } = place;
    if (!node) return errno('ENOENT');
    if (isDirectory && node.kind !== 'directory') return errno('ENOTDIR');
    if (!isDirectory && node.kind === 'directory') return errno('EISDIR');
    if (node.kind === 'directory') {
      if (node.entries.size > 0) return errno('ENOTEMPTY');
    } else node.links--;
    place.directory.entries.delete(place.name);
    return 0;
  }

  private rename(fromText: string, toText: string, answer: number): number {
    const from = this.at(fromText, false);
    const to = typeof from === 'number' ? from : this.at(toText, false);
    if (typeof from === 'number') return from;
    if (typeof to === 'number') return to;
    const source = from.node;
    const target = to.node;
    if (!source) return errno('ENOENT');
    if (source.kind === 'directory' && isBelow(to.directory, source)) return errno('EINVAL');
    if (source === target) return 0;
    if (source.kind === 'directory' && target && target.kind !== 'directory') {
      return errno('ENOTDIR');
    }
    if (source.kind !== 'directory' && target?.kind === 'directory') return errno('EISDIR');
    if (target?.kind === 'directory') {
      if (isBelow(from.directory, target) || target.entries.size > 0) return errno('ENOTEMPTY');
    }
    if (!target && answer === errno('ENOSPC')) return answer;
    if (target && target.kind !== 'directory') target.links--;
    from.directory.entries.delete(from.name);
    to.directory.entries.set(to.name, source);
    if (source.kind === 'directory') source.parent = to.directory;
    return 0;
  }

  private link(oldText: string, newText: string, answer: number): number {
    const old = this.at(oldText, false);
    if (typeof old === 'number') return old;
    if (!old.node) return errno('ENOENT');
    const place = this.at(newText, false);
    if (typeof place === 'number') return place;
    if (place.node) return errno('EEXIST');
    if (old.node.kind === 'directory') return errno('EPERM');
    if (answer === errno('ENOSPC')) return answer;
    old.node.links++;
    place.directory.entries.set(place.name, old.node);
    return 0;
  }

  /** What is at a path, links on the way followed. */
  kindAt(text: string): string | undefined {
    const place = this.at(text, false);
    return typeof place === 'number' ? undefined : place.node?.kind;
  }

  private stat(text: string): number {
    const place = this.at(text, false);
    if (typeof place === 'number') return place;
    const { node } = place;
    if (!node) return errno('ENOENT');
    if (node.kind === 'directory') throw new Error('the size of a directory is not known');
    const size = node.kind === 'file' ? node.size : Buffer.byteLength(node.target);
    return (size * 31 + node.links * 7 + (node.kind === 'file' ? 8 : 10)) % 2 ** 31;
  }

  private read(text: string, offset: number, count: number): number {
    const file = this.opened(text);
    return typeof file === 'number' ? file : checksum(file.read(offset, count));
  }

  private readonly operations: Readonly<
    Record<string, (words: readonly string[], answer: number) => number>
  > = {
    w: ([name, ...rest], answer) =>
      this.write(this.opened(name, true, answer), rest.map(Number), answer),
    a: ([name, shift, count, seed], answer) => {
      const file = this.opened(name, true, answer);
      const size = typeof file === 'number' ? 0 : file.size;
      const numbers = [size, Number(count), Number(seed), Number(shift) - size];
      return this.write(file, numbers, answer);
    },
    R: ([name = '', offset, count]) => this.read(name, Number(offset), Number(count)),
    c: ([name = ''], answer) => this.add(name, new ModelFile(), answer),
    e: ([name], answer) => {
      const file = this.opened(name, true, answer);
      if (typeof file === 'number') return file;
      file.truncate(0);
      return 0;
    },
    M: ([name, offset, count, seed]) => {
      const file = this.opened(name);
      if (typeof file === 'number') return file;
      file.write(Number(offset), Number(count), pattern(Number(seed)));
      return checksum(file.read(Number(offset), Number(count)));
    },
    f: ([name]) => {
      const file = this.opened(name);
      return typeof file === 'number' && file !== errno('EISDIR') ? file : 0;
    },
    o: ([slot = '', name]) => {
      const file = this.opened(name);
      this.slots.delete(slot);
      if (typeof file === 'number') return file;
      this.slots.set(slot, file);
      return 0;
    },
    W: ([slot = '', ...rest], answer) =>
      this.write(this.slots.get(slot) ?? errno('EBADF'), rest.map(Number), answer),
    r: ([slot = '', offset, count]) => {
      const file = this.slots.get(slot);
      return file ? checksum(file.read(Number(offset), Number(count))) : errno('EBADF');
    },
    x: ([slot = '']) => (this.slots.delete(slot) ? 0 : errno('EBADF')),
    g: ([name = '']) => this.stat(name),
    z: () => 0,
    y: () => 0,
    F: (_, answer) => answer,
    l: ([from = '', to = ''], answer) => this.link(from, to, answer),
    s: ([target = '', name = ''], answer) => this.add(name, new ModelLink(target), answer),
    u: ([name = '']) => this.remove(name, false),
    n: ([from = '', to = ''], answer) => this.rename(from, to, answer),
    m: ([name = ''], answer) => this.add(name, new ModelDirectory(), answer),
    d: ([name = '']) => this.remove(name, true),
    p: ([name, mode]) => {
      const place = this.at(name);
      if (typeof place === 'number') return place;
      if (!place.node) return errno('ENOENT');
      place.node.mode = Number(mode);
      return 0;
    },
    t: ([name, size]) => {
      const file = this.opened(name);
      if (typeof file === 'number') return file;
      file.truncate(Number(size));
      return 0;
    },
  };
}

function isBelow(directory: ModelDirectory, ancestor: ModelDirectory): boolean {
  for (let at = directory; ; at = at.parent) {
    if (at === ancestor) return true;
    if (at.parent === at) return false;
  }
}
