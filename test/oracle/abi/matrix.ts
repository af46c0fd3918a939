// Two sides of a program, each made by either compiler at several levels, linked crosswise by gcc.

import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { CompileOptions } from '@ring0/compiler';
import { compileByUs, type Level, run } from '../csmith/toolchains.ts';

export const ourLevels: readonly Level[] = [0, 1, 's'];
export const gccLevels: readonly string[] = ['-O0', '-O2'];
export type Side = 1 | 2;

/** Why this cannot be tried here; undefined: it can. */
export function missingGcc(): string | undefined {
  const source = 'int main(void) { return 0; }';
  const args = ['-m32', '-x', 'c', '-', '-o', '/dev/null'];
  const linked = spawnSync('gcc', args, { input: source }).status === 0;
  return linked ? undefined : 'gcc -m32 with a 32-bit library is missing';
}

/** Makes objects of one source file, each once. */
export class Matrix {
  private readonly directory: string;
  private readonly file: string;
  private readonly made = new Map<string, string>();

  constructor(directory: string, file: string) {
    this.directory = directory;
    this.file = file;
  }
  private once(name: string, make: (object: string) => void): string {
    const known = this.made.get(name);
    if (known !== undefined) return known;
    const object = path.join(this.directory, `${path.basename(this.file)}.${name}.o`);
    make(object);
    this.made.set(name, object);
    return object;
  }
  gcc(side: Side, level: string): string {
    return this.once(`gcc${side}${level}`, (object) => {
      const flags = ['-w', '-fwrapv', '-fno-strict-aliasing', `-DSIDE=${side}`];
      execFileSync('gcc', ['-m32', '-std=gnu11', ...flags, level, '-c', this.file, '-o', object]);
    });
  }
  ours(side: Side, level: Level, options: Partial<CompileOptions> = {}): string {
    return this.once(`ours${side}-O${level}${JSON.stringify(options)}`, (object) => {
      const { object: bytes } = compileByUs(new Uint8Array(fs.readFileSync(this.file)), {
        path: this.file,
        optimize: level,
        macros: [{ kind: 'define', text: `SIDE=${side}` }],
        verify: true,
        ...options,
      });
      fs.writeFileSync(object, bytes);
    });
  }
  /** What the program of two objects does. */
  outcome(...objects: readonly string[]): string {
    const program = path.join(this.directory, 'program');
    execFileSync('gcc', ['-m32', '-no-pie', ...objects, '-o', program], { stdio: 'pipe' });
    return run(program, 60).text;
  }
  /** What gcc makes of both sides. */
  wanted(): string {
    return this.outcome(this.gcc(1, '-O0'), this.gcc(2, '-O0'));
  }
}
