// A tool's host for comparisons: it reads the files of one folder, and keeps what is written, without touching the disk.

import fs from 'node:fs';
import path from 'node:path';
import type { Host } from '../apps/cli/src/host.ts';

export class FolderHost implements Host {
  readonly cwd: string;
  readonly isColoured = false;
  readonly written = new Map<string, Uint8Array>();
  messages = '';
  private readonly printed: string[] = [];

  constructor(cwd: string) {
    this.cwd = cwd;
  }

  readFile(name: string): Uint8Array | undefined {
    const kept = this.written.get(name);
    if (kept) return kept;
    try {
      return new Uint8Array(fs.readFileSync(path.resolve(this.cwd, name)));
    } catch {
      return undefined;
    }
  }

  writeFile(name: string, bytes: Uint8Array): boolean {
    this.written.set(name, bytes);
    return true;
  }

  removeFile(name: string): void {
    this.written.delete(name);
  }

  stdin(): Uint8Array {
    return new Uint8Array(0);
  }

  stdout(data: Uint8Array | string): void {
    this.printed.push(typeof data === 'string' ? data : Buffer.from(data).toString('latin1'));
  }

  stderr(text: string): void {
    this.messages += text;
  }

  /** What went to standard output. */
  get output(): string {
    return this.printed.join('');
  }
}
