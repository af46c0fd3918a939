// What pads code by its own length: bundles, aligned branches, and spaces whose count is settled
// later, against GNU as.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { usedNote } from '@ring0/assembler';
import { afterAll, expect, test } from 'vitest';
import { Random } from '../fuzz/random.ts';
import { branchCase, bundleCase, comparePadding } from './padding/campaign.ts';
import { noteStatements, notes } from './padding/used-note.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-padding-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const hasAs = spawnSync('as', ['--version']).status === 0;
if (!hasAs) process.stderr.write('skipped: as is not installed\n');

const count = 150;

test.skipIf(!hasAs)(`${count} random texts with aligned branches`, () => {
  for (let number = 0; number < count; number++) {
    const found = comparePadding(folder, branchCase(new Random(1, number)));
    expect(found, `seed 1, case ${number}`).toBeUndefined();
  }
});

test.skipIf(!hasAs)(`${count} random texts with bundles`, () => {
  for (let number = 0; number < count; number++) {
    const found = comparePadding(folder, bundleCase(new Random(1, number)));
    expect(found, `seed 1, case ${number}`).toBeUndefined();
  }
});

const bundle = '.bundle_align_mode 3\n';

const texts = [
  // Bundles: what is refused, and where.
  '.bundle_lock\n',
  '.bundle_unlock\n',
  '.bundle_align_mode foo\n',
  '.bundle_align_mode -1\n',
  '.bundle_align_mode 3,4\n',
  '.bundle_lock align_to_end\nnop\n.bundle_unlock\n',
  `${bundle}.bundle_lock\nnop\n`,
  `${bundle}.bundle_lock\n.bundle_align_mode 0\n.bundle_unlock\n`,
  `${bundle}.bundle_lock\nnop\n.data\n.bundle_unlock\n`,
  `${bundle}.bundle_lock\nnop\n.text 1\nnop\nnop\n.text\n.bundle_unlock\n`,
  `${bundle}.bundle_lock\nmovl $1,%eax\nmovl $1,%eax\nnop\n.bundle_unlock\n`,
  '.bundle_align_mode 2\nmovl $1,%eax\njmp foo\njne foo\n1: jmp 1b\njne 1b\n',
  `${bundle}nop;nop;nop;nop;nop\n.bundle_lock\nnop\nnop\n.bundle_lock\n.byte 1,2\n.bundle_unlock\n.bundle_unlock\n`,
  `${bundle}nop;nop;nop;nop;nop\n.loc 1 1\nc: movl $4,4(%eax)\nd: .long d-c\n`,
  '.bundle_align_mode\nnop\nmovl $1,%eax\n',
  // Counts of units that follow later.
  '.fill b-a,3,0x01020304\n.fill b-a,8,0x01020304\n.fill b-a,2,0x102\na: jmp a\nb:\n',
  '.fill b-a,1,7\n.fill b-a,4,-1\n.fill b-a,0,7\n.fill b-a,6,-1\na: jmp a\nb:\n',
  '.fill a-b,4,7\na: jmp a\nb:\n',
  '.fill foo,4,7\n',
  '.bss\n.fill b-a,4,0\n.text\na: jmp a\nb:\n',
  '.bss\n.fill b-a,4,1\n.text\na: jmp a\nb:\n',
  'a: jmp a\nb:\n.nops e-d\n.nops e-d,3\njmp b\nd: .fill 13\ne:\n',
  // A place of another section, in one byte.
  '1: .section .t,"ax"\n.skip 127\nloop 1b\n',
  '1: .section .t,"ax"\n.skip 128\nloop 1b\n',
];

test.skipIf(!hasAs).each(texts)('%j', (text) => {
  expect(comparePadding(folder, { text, gnu: [], ours: {} })).toBeUndefined();
});

test.skipIf(!hasAs).each([32, 64] as const)('notes of what %i-bit instructions use', (bits) => {
  const statements = noteStatements(bits).filter((_statement, index) => index % 24 === 0);
  expect(statements.length).toBeGreaterThan(150);
  for (const statement of statements) {
    const found = notes(folder, `${statement}\n`, bits);
    if (found) expect(found.got, statement).toBe(found.want);
  }
});

const ownNote =
  '.section .note.gnu.property,"a"\n.p2align 2\n.long 4,12,5\n.asciz "GNU"\n.long 0xc0000002,4,3\n';

test.skipIf(!hasAs).each(['', `nop\n${ownNote}`, 'addps %xmm0,%xmm1\nwait\ncmovel %eax,%ebx\n'])(
  'the object with the note of %j',
  (text) => {
    const ours = { watchers: [usedNote()] };
    expect(comparePadding(folder, { text, gnu: ['-mx86-used-note=yes'], ours })).toBeUndefined();
  },
);
