// Another emulator as a driver of the scripted session: a process with our disk image in a folder of its own, and its COM1.

import { spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Driver } from './session.ts';

const timeoutMs = 240_000;

export class SerialDriver implements Driver {
  readonly name: string;
  protected readonly directory: string;
  /** The disk image, which the guest writes to. */
  readonly image: string;
  private child: ChildProcess | undefined;
  private write: (text: string) => void = () => undefined;
  private output = '';
  private seen = 0;
  private notify: (() => void) | undefined;

  constructor(name: string, disk: Uint8Array) {
    this.name = name;
    this.directory = fs.mkdtempSync(path.join(os.tmpdir(), `ring0-${name}-`));
    this.image = path.join(this.directory, 'disk.img');
    fs.writeFileSync(this.image, disk);
  }

  /** The process has started, and this is how to type to it. */
  protected attach(child: ChildProcess, write: (text: string) => void): void {
    this.child = child;
    this.write = write;
    child.on('exit', () => this.notify?.());
  }

  protected received(data: Buffer): void {
    this.output += data.toString('latin1');
    this.notify?.();
  }

  /** Everything up to and including `text`, from where the last wait ended. */
  async waitFor(text: string): Promise<string> {
    const end = performance.now() + timeoutMs;
    for (;;) {
      const at = this.output.indexOf(text, this.seen);
      if (at >= 0) {
        const part = this.output.slice(this.seen, at + text.length);
        this.seen = at + text.length;
        return part;
      }
      if (this.child?.exitCode !== null || performance.now() > end) {
        throw new Error(`'${text}' never came; the end:\n${this.output.slice(-2000)}`);
      }
      await new Promise<void>((done) => {
        const timer = setTimeout(done, 500);
        this.notify = () => {
          clearTimeout(timer);
          done();
        };
      });
    }
  }

  async command(text: string): Promise<string> {
    this.write(`${text}\n`);
    const output = (await this.waitFor('$ ')).replaceAll('\r\n', '\n');
    return output.slice(output.indexOf('\n') + 1, -'$ '.length);
  }

  /** Types the last command; resolves with the process's exit status, or throws when it does not end. */
  async end(text: string): Promise<number | null> {
    this.write(`${text}\n`);
    const { child } = this;
    return new Promise((done, fail) => {
      const timer = setTimeout(() => fail(new Error(`${this.name} did not end`)), timeoutMs);
      child?.on('exit', (status) => {
        clearTimeout(timer);
        done(status);
      });
    });
  }

  /** What e2fsck says of the image's file system; empty where there is nothing to say. */
  checkFileSystem(): string {
    const partition = path.join(this.directory, 'partition.img');
    const disk = fs.readFileSync(this.image);
    const start = disk.readUInt32LE(446 + 8) * 512;
    const length = disk.readUInt32LE(446 + 12) * 512;
    fs.writeFileSync(partition, disk.subarray(start, start + length));
    const done = spawnSync('e2fsck', ['-fn', partition], { encoding: 'utf8' });
    return done.status === 0 ? '' : `${done.stdout}${done.stderr}${done.error ?? ''}`;
  }

  close(): void {
    this.child?.kill('SIGKILL');
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}
