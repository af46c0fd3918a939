// GNU as and GNU objdump as functions over many instructions at once: one process for a whole list.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Mode } from '@ring0/isa';

/** Whether a program answers `--version`; else the reason to skip is printed. */
export function isInstalled(program: string): boolean {
  const isThere = spawnSync(program, ['--version']).status === 0;
  if (!isThere) process.stderr.write(`skipped: ${program} is not installed\n`);
  return isThere;
}

function run(program: string, args: readonly string[]): { stdout: string; stderr: string } {
  const result = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 29 });
  if (result.error) throw result.error;
  return { stdout: result.stdout, stderr: result.stderr };
}

function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'ring0-isa-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export interface Assembled {
  /** Hexadecimal; absent where GNU as has an error. */
  readonly bytes?: string;
  readonly message?: string;
}

/** What GNU as makes of each statement, taken from its listing: errors do not stop it. */
export function gnuAssemble(statements: readonly string[], mode: Mode, head = ''): Assembled[] {
  return inFolder((folder) => {
    const source = join(folder, 'v.s');
    const listing = join(folder, 'v.lst');
    writeFileSync(source, `.code${mode}; ${head}\n${statements.join('\n')}\n`);
    const options = [mode === 64 ? '--64' : '--32', `-aln=${listing}`, '--listing-lhs-width=8'];
    const { stderr } = run('as', [...options, source, '-o', join(folder, 'v.o')]);
    if (!existsSync(listing)) throw new Error(`as: ${stderr.slice(-300)}`);
    const messages = new Map<number, string>();
    for (const line of stderr.split('\n')) {
      const found = /:(\d+): (.*)/.exec(line);
      if (found) messages.set(Number(found[1]), found[2]);
    }
    const bytes = new Map<number, string>();
    for (const line of readFileSync(listing, 'utf8').split('\n')) {
      const found = /^\s*(\d+) [0-9a-f?]{4} ((?:[0-9A-F]+ )+)/.exec(line);
      if (!found) continue;
      const number = Number(found[1]);
      const text = found[2].replaceAll(' ', '').toLowerCase();
      bytes.set(number, (bytes.get(number) ?? '') + text);
    }
    return statements.map((_, index): Assembled => {
      const message = messages.get(index + 2);
      if (message?.startsWith('Error')) return { message };
      return { bytes: bytes.get(index + 2) ?? '', message };
    });
  });
}

export interface Disassembled {
  readonly length: number;
  readonly text: string;
}

/** objdump's instructions by offset: `-D -b binary`. */
export function gnuDisassemble(
  bytes: Uint8Array,
  mode: Mode,
  syntax: string,
): Map<number, Disassembled> {
  return inFolder((folder) => {
    const file = join(folder, 'd.bin');
    writeFileSync(file, bytes);
    const machine = { 16: 'i8086', 32: 'i386', 64: 'i386:x86-64' }[mode];
    const options = ['-D', '-z', '-b', 'binary', '-m', machine, '-M', syntax, '--insn-width=16'];
    return disassemblyLines(run('objdump', [...options, file]).stdout);
  });
}

/** The instructions of an `objdump` listing by address. */
export function disassemblyLines(text: string): Map<number, Disassembled> {
  const map = new Map<number, Disassembled>();
  for (const line of text.split('\n')) {
    const found = /^ *([0-9a-f]+):\t((?:[0-9a-f]{2} )+) *(?:\t(.*))?$/.exec(line);
    if (!found) continue;
    const length = found[2].trim().split(' ').length;
    map.set(parseInt(found[1], 16), { length, text: found[3] ?? '' });
  }
  return map;
}

/** The .text of `source` compiled by `gcc -m32` or -m64 with the options. */
export function gccText(source: string, options: readonly string[], mode: Mode = 32): Uint8Array {
  return inFolder((folder) => {
    const file = join(folder, 'x.c');
    const object = join(folder, 'x.o');
    const text = join(folder, 'x.text');
    writeFileSync(file, source);
    const machine = mode === 64 ? ['-m64'] : ['-m32', '-march=i686', '-mno-sse'];
    const flags = [...machine, '-fno-pic', '-c'];
    const { stderr } = run('gcc', [...flags, ...options, file, '-o', object]);
    if (stderr !== '') throw new Error(stderr);
    run('objcopy', ['-O', 'binary', '-j', '.text', object, text]);
    return readFileSync(text);
  });
}
