// Mutated statements through GNU as and ours: the same verdict on each, a warning where GNU as
// warns, the same sections, and never a second error for one statement.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { assemble } from '@ring0/assembler';
import { latin1Bytes } from '@ring0/bytes';
import { Random } from '../../fuzz/random.ts';
import { difference, gnu, ours } from './compare.ts';
import { mutateStatement } from './mutate-statements.ts';

export interface Divergence {
  readonly statement: string;
  /** `we accept`, `we refuse`, `bytes`, `two errors`, `only GNU warns`. */
  readonly how: string;
  readonly detail: string;
}

export interface CampaignResult {
  readonly count: number;
  readonly accepted: number;
  readonly divergences: readonly Divergence[];
}

const batchSize = 800;

/** The instructions among the lines of assembly, without repetitions; labels become `foo`. */
export function instructionsOf(texts: readonly string[]): string[] {
  const found = new Set<string>();
  for (const text of texts) {
    for (const line of text.split('\n')) {
      const words = line.trim().replace(/\s+/g, ' ').replace(/#.*/, '').trim();
      if (!/^[a-z]\w*( |$)/.test(words) || /[:";]/.test(words)) continue;
      found.add(words.replace(/\.L\w+/g, 'foo'));
    }
  }
  return [...found];
}

interface Said {
  readonly errors: ReadonlyMap<number, string>;
  readonly warnings: ReadonlyMap<number, string>;
}

/** What GNU as says of each statement; those that crash it are taken out of the batch. */
function gnuVerdicts(folder: string, head: string, batch: string[]): Said {
  const source = path.join(folder, 'batch.s');
  for (;;) {
    fs.writeFileSync(source, latin1Bytes(joined(head, batch)));
    const run = spawnSync('as', ['--32', source, '-o', `${source}.o`], { encoding: 'latin1' });
    const indexOf = (line: string) => (Number(line) - head.split('\n').length) >> 1;
    const crash = /:(\d+): Internal error/.exec(run.stderr);
    if (crash) {
      batch.splice(indexOf(crash[1] ?? ''), 1);
      continue;
    }
    const errors = new Map<number, string>();
    const warnings = new Map<number, string>();
    for (const [, line = '', kind, text = ''] of run.stderr.matchAll(
      /^[^:\n]*:(\d+): (Error|Warning): (.*)$/gm,
    )) {
      (kind === 'Error' ? errors : warnings).set(indexOf(line), text);
    }
    return { errors, warnings };
  }
}

/** A label between two keeps what the statements refer to near. */
function joined(head: string, statements: readonly string[]): string {
  return `${head}${statements.map((line) => `${line}\n1:\n`).join('')}`;
}

/** One batch: the statements of seed and number are always the same. */
function compareBatch(
  folder: string,
  statements: readonly string[],
  isIntel: boolean,
  random: Random,
): CampaignResult {
  const head = isIntel ? '.intel_syntax noprefix\n' : '';
  const mutants = new Set<string>();
  while (mutants.size < batchSize) {
    const line = mutateStatement(random.pick(statements), random.pick(statements), isIntel, random);
    if (line.trim() !== '' && !line.includes(';')) mutants.add(line);
  }
  const batch = [...mutants];
  const { errors, warnings } = gnuVerdicts(folder, head, batch);
  const divergences: Divergence[] = [];
  const accepted: string[] = [];
  batch.forEach((statement, index) => {
    const note = (how: string, detail = '') => divergences.push({ statement, how, detail });
    const { object, diagnostics } = assemble(latin1Bytes(joined(head, [statement])));
    const own = diagnostics.filter(({ severity }) => severity === 'error');
    if (own.length > 1) note('two errors', own[1]?.message);
    const among = errors.get(index);
    const isAlone = among !== undefined && object !== undefined;
    // A value may be too big only at the end of a long text, and a prefix be refused on the next line.
    const refusal = isAlone ? gnuVerdicts(folder, head, [statement]).errors.get(0) : among;
    if (refusal !== undefined) {
      if (object) note('we accept', refusal);
    } else if (!object) note('we refuse', own[0]?.message);
    else {
      accepted.push(statement);
      const warning = warnings.get(index);
      if (warning !== undefined && diagnostics.length === 0) note('only GNU warns', warning);
    }
  });
  const text = joined(head, accepted);
  if (difference(gnu(folder, text), ours(text)) !== undefined) {
    for (const statement of accepted) {
      const one = joined(head, [statement]);
      const detail = difference(gnu(folder, one), ours(one));
      if (detail !== undefined) divergences.push({ statement, how: 'bytes', detail });
    }
  }
  return { count: batch.length, accepted: accepted.length, divergences };
}

/** So many batches of a seed. */
export function compareMutants(
  folder: string,
  statements: readonly string[],
  isIntel: boolean,
  { seed, batches }: { readonly seed: number; readonly batches: number },
): CampaignResult {
  let count = 0;
  let accepted = 0;
  const divergences: Divergence[] = [];
  for (let number = 0; number < batches; number++) {
    const result = compareBatch(folder, statements, isIntel, new Random(seed, number));
    count += result.count;
    accepted += result.accepted;
    divergences.push(...result.divergences);
  }
  return { count, accepted, divergences };
}
