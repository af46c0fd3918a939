// Links the same objects by GNU ld and by ours, runs both results, and compares what they print and how they end.

import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { main as ld } from '../../../apps/cli/src/ld.ts';
import type { Bench } from '../gnu-bench.ts';

export interface Ending {
  readonly stdout: string;
  /** An exit status, or a signal's name. */
  readonly status: number | string | null;
}

/** Runs a linked program; it is killed after a while. */
export function runProgram(bench: Bench, name: string, args: readonly string[] = []): Ending {
  const file = bench.file(name);
  chmodSync(file, 0o755);
  const options = { encoding: 'latin1', cwd: bench.folder, timeout: 20_000 } as const;
  const { stdout, status, signal, error } = spawnSync(file, args, options);
  return { stdout: stdout ?? '', status: status ?? signal ?? String(error) };
}

export interface Linked {
  readonly gnu: { readonly ending: Ending | undefined; readonly messages: string };
  readonly ours: { readonly ending: Ending | undefined; readonly messages: string };
}

/** Both linkers on the same arguments; a program that is not made has no ending. */
export function linkAndRun(
  bench: Bench,
  args: readonly string[],
  run: readonly string[] = [],
): Linked {
  const common = ['-m', 'elf_i386', '--no-warn-rwx-segments', '--no-warn-execstack', ...args];
  const gnu = bench.attempt('ld', [...common, '-o', 'gnu.out']);
  const ours = bench.ours(ld, [...common, '-o', 'our.out']);
  return {
    gnu: {
      ending: gnu.status === 0 ? runProgram(bench, 'gnu.out', run) : undefined,
      messages: gnu.stderr,
    },
    ours: {
      ending: ours.status === 0 ? runProgram(bench, 'our.out', run) : undefined,
      messages: ours.stderr,
    },
  };
}

/** What `gcc -static` hands to ld for these objects: start files, libraries in groups, options. */
export function gccLinkLine(bench: Bench, args: readonly string[]): string[] {
  const line = driverLine(bench, ['-static', ...args]);
  const emulation = line.indexOf('-m');
  if (emulation >= 0) line.splice(emulation, 2);
  return line.filter((word) => word !== '--build-id');
}

/** What gcc hands to ld for these arguments, without the plugin and the output's name. */
export function driverLine(bench: Bench, args: readonly string[]): string[] {
  const shown = bench.attempt('gcc', ['-m32', '-###', ...args, '-o', 'x']).stderr;
  const line = shown.split('\n').find((text) => text.includes('collect2')) ?? '';
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)]
    .map((match) => match[1] ?? match[2])
    .slice(1);
  const kept: string[] = [];
  for (let i = 0; i < words.length; i++) {
    if (words[i] === '-plugin' || words[i] === '-o') i++;
    else if (!words[i].startsWith('-plugin-opt')) kept.push(words[i]);
  }
  return kept;
}
