// Instructions of the whole table, one file for each few, with -mx86-used-note=yes: the notes that
// GNU as and ours write.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { assemble, usedNote, writeElf } from '@ring0/assembler';
import { latin1Bytes } from '@ring0/bytes';
import { readElf } from '@ring0/elf';
import { allRows } from '@ring0/isa';
import { attText, vectorsOf } from '../isa-vectors.ts';

/** The first and the last statement of each row, without repetition. */
export function noteStatements(bits: 32 | 64): string[] {
  const found = new Set<string>();
  for (const row of allRows()) {
    const vectors = vectorsOf(row, bits);
    for (const vector of [vectors[0], vectors.at(-1)]) if (vector) found.add(attText(vector));
  }
  return [...found];
}

const name = '.note.gnu.property';

function noteOf(bytes: Uint8Array): string {
  const note = readElf(bytes, 'note').file?.sections.find((section) => section.name === name);
  return Buffer.from(note?.data ?? []).toString('hex');
}

/** Both notes of a text; undefined where GNU as refuses it. */
export function notes(
  folder: string,
  text: string,
  bits: 32 | 64,
): { readonly want: string; readonly got: string } | undefined {
  const [source, object] = [path.join(folder, 'note.s'), path.join(folder, 'note.o')];
  fs.writeFileSync(source, latin1Bytes(text));
  const run = spawnSync('as', [`--${bits}`, '-mx86-used-note=yes', source, '-o', object]);
  if (run.status !== 0) return undefined;
  const want = noteOf(new Uint8Array(fs.readFileSync(object)));
  const result = assemble(latin1Bytes(text), { bits, watchers: [usedNote()] });
  return { want, got: result.object ? noteOf(writeElf(result.object)) : 'refused' };
}
