// Two ways from a C file to a program of the host: gcc, and our compiler, assembler and linker, in this process, with the
// host's headers and C library. Programs run under a time limit; what counts is what they print and how they end.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { compile, type CompileOptions } from '@ring0/compiler';
import { readElf, sectionFlag } from '@ring0/elf';
import { link, type LinkItem } from '@ring0/linker';
import type { Host } from '../../../apps/cli/src/host.ts';
import { sysrootAt, type Sysroot } from '../../../apps/cli/src/sysroot.ts';

export type Level = NonNullable<CompileOptions['optimize']>;

/** What a program did. */
export interface Outcome {
  readonly text: string;
  readonly isTimeout: boolean;
}

/** Files of the host, read once. */
class HostFiles {
  private readonly known = new Map<string, Uint8Array | undefined>();

  read(name: string): Uint8Array | undefined {
    if (!this.known.has(name)) {
      const isFile = fs.statSync(name, { throwIfNoEntry: false })?.isFile() === true;
      this.known.set(name, isFile ? new Uint8Array(fs.readFileSync(name)) : undefined);
    }
    return this.known.get(name);
  }
}

const files = new HostFiles();
const readFile = (name: string): Uint8Array | undefined => files.read(path.resolve(name));

function hostSysroot(): Sysroot {
  const silent = (): void => undefined;
  const host: Host = {
    readFile,
    writeFile: () => false,
    stdin: () => new Uint8Array(0),
    stdout: silent,
    stderr: silent,
    isColoured: false,
    cwd: process.cwd(),
  };
  return sysrootAt('/', host);
}
let sysroot: Sysroot | undefined;
function hostParts(): Sysroot {
  sysroot ??= hostSysroot();
  return sysroot;
}

/** Milliseconds of this process's CPU time. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

export interface Compiled {
  readonly object: Uint8Array;
  /** CPU time of preprocessing, compiling and assembling. */
  readonly compileMs: number;
}

/** Our object for a source text; throws, with the errors, where there is none. */
export function compileByUs(
  source: Uint8Array,
  options: Partial<CompileOptions> & { readonly path: string },
): Compiled {
  const start = cpuMs();
  const { includePaths = [], ...rest } = options;
  const result = compile(source, {
    readFile,
    includePaths,
    systemIncludePaths: hostParts().includePaths,
    warnings: ['-w'],
    ...rest,
  });
  const errors = result.diagnostics.filter(({ severity }) => severity === 'error');
  if (!result.output || errors.length > 0) {
    throw new Error(`not compiled: ${errors.map(({ message }) => message).join('; ')}`);
  }
  return { object: result.output, compileMs: cpuMs() - start };
}

/** Our linker's program, against the host's static C library. */
export function linkByUs(objects: readonly { path: string; bytes: Uint8Array }[]): Uint8Array {
  const parts = hostParts();
  const input = (file: string): LinkItem => {
    const bytes = readFile(file);
    if (!bytes) throw new Error(`the host has no ${file}`);
    return { path: file, bytes };
  };
  const result = link(
    [
      ...['-m', 'elf_i386', '-static', '-o', 'program'],
      ...parts.startFiles.map(input),
      ...objects,
      ...parts.libraryPaths.map((directory) => `-L${directory}`),
      ...parts.libraries.map(input),
      ...parts.endFiles.map(input),
    ],
    { readFile },
  );
  const errors = result.diagnostics.filter(({ severity }) => severity === 'error');
  if (!result.image) {
    throw new Error(`not linked: ${errors.map(({ message }) => message).join('; ')}`);
  }
  return result.image;
}

/** Bytes of code in an object. */
export function codeSize(object: Uint8Array): number {
  const { file } = readElf(object, 'object');
  if (!file) throw new Error('no object');
  let size = 0;
  for (const { flags, size: bytes } of file.sections) {
    if (flags & sectionFlag.execute) size += bytes;
  }
  return size;
}

/** gcc's object or program; false where it fails. */
export function gcc(...args: readonly string[]): boolean {
  const semantics = ['-fwrapv', '-fno-strict-aliasing', '-w'];
  return spawnSync('gcc', ['-m32', ...semantics, ...args], { stdio: 'ignore' }).status === 0;
}

/** Runs a program; a limit in seconds of host time. */
export function run(program: string, limit: number): Outcome {
  const { stdout, status, signal, error } = spawnSync(program, {
    encoding: 'latin1',
    timeout: limit * 1000,
    killSignal: 'SIGKILL',
    maxBuffer: 1 << 26,
  });
  const isTimeout = error !== undefined && 'code' in error && error.code === 'ETIMEDOUT';
  return { text: `${stdout}status ${status}, signal ${signal}\n`, isTimeout };
}

/** Writes an image where it can be run. */
export function writeProgram(file: string, image: Uint8Array): void {
  fs.rmSync(file, { force: true });
  fs.writeFileSync(file, image, { mode: 0o755 });
}
