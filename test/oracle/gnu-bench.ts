// What the oracle tests of linker and object tools share: a folder of inputs that gcc makes,
// GNU's tools in it, and our command-line tools on the same files.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import type { Host, Tool } from '../../apps/cli/src/host.ts';
import { isInstalled } from './isa-oracle.ts';

/** Why these tests cannot run here; undefined: they can. */
export function missingTool(): string | undefined {
  if (!isInstalled('gcc') || !isInstalled('ld')) return 'gcc and GNU binutils are not installed';
  const probe = spawnSync('gcc', ['-m32', '-E', '-x', 'c', '-'], {
    input: '#include <stdint.h>\n',
  });
  return probe.status === 0 ? undefined : 'gcc cannot compile for i386 here';
}

export class Bench {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'ring0-oracle-'));

  file(name: string): string {
    return path.join(this.folder, name);
  }

  read(name: string): Uint8Array {
    return new Uint8Array(readFileSync(path.resolve(this.folder, name)));
  }

  write(name: string, contents: string | Uint8Array): void {
    writeFileSync(this.file(name), contents);
  }

  /** Runs a program in the folder; its standard output. Throws where it fails. */
  run(program: string, args: readonly string[]): string {
    const { stdout, stderr, status } = this.attempt(program, args);
    if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  attempt(
    program: string,
    args: readonly string[],
  ): { stdout: string; stderr: string; status: number | null } {
    const env = { ...process.env, LC_ALL: 'C' };
    const options = { encoding: 'utf8', cwd: this.folder, maxBuffer: 1 << 28, env } as const;
    return spawnSync(program, args, options);
  }

  compile(name: string, source: string, flags: readonly string[] = []): void {
    this.write(`${name}.c`, source);
    this.run('gcc', ['-m32', ...flags, '-c', `${name}.c`, '-o', `${name}.o`]);
  }

  assemble(name: string, source: string): void {
    this.write(`${name}.s`, source);
    this.run('as', ['--32', `${name}.s`, '-o', `${name}.o`]);
  }

  /** Runs one of our tools on the folder. */
  ours(tool: Tool, args: readonly string[]): { stdout: string; stderr: string; status: number } {
    let stdout = '';
    let stderr = '';
    const host: Host = {
      readFile: (name) => {
        try {
          return this.read(name);
        } catch {
          return undefined;
        }
      },
      isFolder: (name) =>
        statSync(path.resolve(this.folder, name), { throwIfNoEntry: false })?.isDirectory() ===
        true,
      writeFile: (name, bytes, options) => {
        writeFileSync(path.resolve(this.folder, name), bytes, {
          mode: options?.isExecutable ? 0o755 : 0o644,
        });
        return true;
      },
      stdin: () => new Uint8Array(0),
      stdout: (data) => {
        stdout += typeof data === 'string' ? data : Buffer.from(data).toString('latin1');
      },
      stderr: (text) => {
        stderr += text;
      },
      deflate: (bytes) => deflateSync(bytes),
      isColoured: false,
      cwd: this.folder,
    };
    const status = tool(args, host);
    return { stdout, stderr, status };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
