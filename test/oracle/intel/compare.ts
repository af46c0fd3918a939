// Intel statements through GNU as and through ours: the same verdicts, the same sections.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { assemble } from '@ring0/assembler';
import type { AssembleOptions } from '@ring0/assembler';
import { latin1Bytes } from '@ring0/bytes';
import { writeElf } from '@ring0/elf';
import { describeObject } from '../../assembler/describe.ts';

export type MachineOptions = NonNullable<AssembleOptions['machine']>;

export interface Result {
  /** Undefined where the text is refused. */
  readonly object: string | undefined;
  readonly hasWarning: boolean;
}

interface GnuResult extends Result {
  /** Numbers of the lines with errors, from 1. */
  readonly refused: ReadonlySet<number>;
}

export function gnu(folder: string, text: string, options: readonly string[] = []): GnuResult {
  const source = path.join(folder, 'input.s');
  const output = path.join(folder, 'input.o');
  fs.writeFileSync(source, latin1Bytes(text));
  const run = spawnSync('as', ['--32', ...options, source, '-o', output], { encoding: 'latin1' });
  const lines = [...run.stderr.matchAll(/^[^:\n]*:(\d+): Error/gm)].map(([, line]) => Number(line));
  const isFine = run.status === 0;
  const object = isFine ? describeObject(new Uint8Array(fs.readFileSync(output))) : undefined;
  return { object, refused: new Set(lines), hasWarning: run.stderr.includes('Warning:') };
}

/** What GNU as takes without a word, and nobody means: `dword [ebx]`, `$4` in Intel syntax. */
const ownWarnings: ReadonlySet<string> = new Set(['A0222', 'A0225']);

export function ours(text: string, machine: MachineOptions = {}): Result {
  const { object, diagnostics } = assemble(latin1Bytes(text), { path: 'input.s', machine });
  const hasWarning = diagnostics.some(
    ({ severity, code }) => severity === 'warning' && !ownWarnings.has(code),
  );
  return { object: object && describeObject(writeElf(object)), hasWarning };
}

/** What differs, in a few words; undefined where nothing does. */
export function difference(want: Result, got: Result): string | undefined {
  if (want.object === undefined) return got.object === undefined ? undefined : 'we accept';
  if (got.object === undefined) return 'we refuse';
  if (want.object === got.object) return undefined;
  const [left, right] = [want.object.split('\n'), got.object.split('\n')];
  const at = left.findIndex((line, i) => line !== right[i]);
  return `GNU ${left[at]} | ours ${right[at]}`;
}

const batchSize = 4000;

/**
 * The statements that the two treat differently, each with how. They go through in batches; only
 * those of a batch that differs are looked at one by one.
 */
export function differences(folder: string, statements: readonly string[], head: string): string[] {
  const found: string[] = [];
  const linesBefore = head.split('\n').length;
  for (let first = 0; first < statements.length; first += batchSize) {
    const batch = statements.slice(first, first + batchSize);
    const whole = gnu(folder, `${head}${batch.join('\n')}\n`);
    const { refused } = whole;
    const accepted = batch.filter((_, i) => !refused.has(i + linesBefore));
    for (const line of batch.filter((_, i) => refused.has(i + linesBefore))) {
      if (ours(`${head}${line}\n`).object !== undefined) found.push(`${line}: we accept`);
    }
    const all = `${head}${accepted.join('\n')}\n`;
    const want = refused.size === 0 ? whole : gnu(folder, all);
    if (difference(want, ours(all)) === undefined) continue;
    for (const line of accepted) {
      const text = `${head}${line}\n`;
      const how = difference(gnu(folder, text), ours(text));
      if (how !== undefined) found.push(`${line}: ${how}`);
    }
  }
  return found;
}
