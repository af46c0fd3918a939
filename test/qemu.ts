// QEMU as a driver of the scripted session: the same disk image, COM1 on standard streams.

import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Driver } from './session.ts';

/** True when qemu-system-i386 is installed. */
export function hasQemu(): boolean {
  return spawnSync('qemu-system-i386', ['--version']).status === 0;
}

const timeoutMs = 120_000;

export class Qemu implements Driver {
  private readonly child: ChildProcess;
  private readonly directory: string;
  private output = '';
  private seen = 0;
  private notify: (() => void) | undefined;

  constructor(disk: Uint8Array, options: readonly string[] = []) {
    this.directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-qemu-'));
    const image = path.join(this.directory, 'disk.img');
    fs.writeFileSync(image, disk);
    const drive = `file=${image},format=raw,if=ide`;
    const fixed = ['-m', '64', '-nographic', '-no-reboot', '-monitor', 'none', '-serial', 'stdio'];
    this.child = spawn('qemu-system-i386', [...fixed, '-drive', drive, ...options], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.child.stdout?.on('data', (data: Buffer) => {
      this.output += data.toString('latin1');
      this.notify?.();
    });
    this.child.on('exit', () => this.notify?.());
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
      if (this.child.exitCode !== null || performance.now() > end) {
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
    this.child.stdin?.write(`${text}\n`);
    const output = (await this.waitFor('$ ')).replaceAll('\r\n', '\n');
    return output.slice(output.indexOf('\n') + 1, -'$ '.length);
  }

  /** Types the last command; resolves with QEMU's exit status, or throws when it does not end. */
  async end(text: string): Promise<number | null> {
    this.child.stdin?.write(`${text}\n`);
    const { child } = this;
    return new Promise((done, fail) => {
      const timer = setTimeout(() => fail(new Error('QEMU did not end')), timeoutMs);
      child.on('exit', (status) => {
        clearTimeout(timer);
        done(status);
      });
    });
  }

  close(): void {
    this.child.kill('SIGKILL');
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}
