// Frame information and line tables against GNU as: `.cfi_*` in both sections, `.file` and `.loc` in
// DWARF 2 to 5, and what -g makes of hand-written code.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { assemble } from '@ring0/assembler';
import { utf8Bytes } from '@ring0/bytes';
import { writeElf } from '@ring0/elf';
import { describe, expect, test } from 'vitest';
import { expectSame, gnuCases, hasGnuAs } from '../assembler/gnu-cases.ts';

describe.skipIf(!hasGnuAs).each(['frames', 'lines'])('%s', (name) => {
  test.each(gnuCases(name))('$title', expectSame);
});

const program = `
\t.globl main
\t.type main, @function
main: pushl %ebp
\tmovl %esp, %ebp
\tcall helper
1:\tloop 1b
\tleave
\tret
\t.size main, .-main
\t.section .text.helper,"ax",@progbits
\t.type helper, @function
helper: xorl %eax, %eax
\tret
\t.size helper, .-helper
\t.data
word: .long main
`;

describe.skipIf(!hasGnuAs)('hand-written code with -g', () => {
  test.each(['-g', '--gdwarf-2', '--gdwarf-3', '--gdwarf-4', '--gdwarf-5'])('%s', (option) => {
    expectSame({ title: option, options: [option], source: program });
    expectSame({ title: option, options: [option], source: `# 1 "dir/x.S"\n${program}` });
    // A file's name says where the lines are from, where a marker has said it before.
    const named = `.file "dir/y.S"\n${program}.file "z.S"\n nop; .file "x.S"; nop\n nop\n# 7 "dir/y.S"\n nop\n`;
    expectSame({ title: option, options: [option], source: named });
    expectSame({ title: option, options: [option], source: `# 1 "dir/x.S"\n${named}` });
    // Where the source brings files of its own late, what was made until there is given up.
    const late = `${program}\t.file 1 "own.c"\n`;
    expectSame({ title: option, options: [option], source: late });
    expectSame({ title: option, options: [option], source: `${late}\t.text\n\t.loc 1 7\n\tret\n` });
  });
});

const hasReadelf = spawnSync('readelf', ['--version']).status === 0;

/** What GNU readelf reads in the debugging sections of the program, compressed in one way. */
function dumped(compression: 'zlib-gabi' | 'zlib-gnu' | undefined): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-packed-'));
  const file = path.join(folder, 'x.o');
  const lines = Array.from(
    { length: 300 },
    (_, i) => `f${i}: .type f${i}, @function\n nop\n .size f${i}, 1\n`,
  );
  const many = program + `\t.text\n${lines.join('')}`;
  const output = { debugVersion: 5, compression } as const;
  const { object } = assemble(utf8Bytes(many), { path: 'case.s', output });
  if (!object) throw new Error('no object');
  const isPacked = object.sections.some(
    ({ name, flags }) => name.startsWith('.zdebug_') || (flags & 0x800) !== 0,
  );
  expect(isPacked).toBe(compression !== undefined);
  fs.writeFileSync(file, writeElf(object));
  const run = spawnSync('readelf', ['--debug-dump=info,decodedline', file], { encoding: 'utf8' });
  fs.rmSync(folder, { recursive: true });
  expect(run.stderr).toBe('');
  return run.stdout.replaceAll('.zdebug_', '.debug_');
}

test.skipIf(!hasReadelf)('compressed debugging sections read as the plain ones', () => {
  const plain = dumped(undefined);
  expect(plain).toContain('DW_TAG_subprogram');
  expect(dumped('zlib-gabi')).toBe(plain);
  expect(dumped('zlib-gnu')).toBe(plain);
});
