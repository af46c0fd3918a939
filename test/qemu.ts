// QEMU with COM1 on standard streams.

import { spawn, spawnSync } from 'node:child_process';
import { SerialDriver } from './serial-driver.ts';

/** True when qemu-system-i386 is installed. */
export function hasQemu(): boolean {
  return spawnSync('qemu-system-i386', ['--version']).status === 0;
}

export class Qemu extends SerialDriver {
  constructor(disk: Uint8Array, options: readonly string[] = []) {
    super('qemu', disk);
    const drive = `file=${this.image},format=raw,if=ide`;
    const fixed = ['-m', '64', '-nographic', '-no-reboot', '-monitor', 'none', '-serial', 'stdio'];
    const child = spawn('qemu-system-i386', [...fixed, '-drive', drive, ...options], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdout.on('data', (data: Buffer) => this.received(data));
    this.attach(child, (text) => child.stdin.write(text));
  }
}
