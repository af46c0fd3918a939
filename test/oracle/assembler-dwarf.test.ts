// Frame information and line tables against GNU as: `.cfi_*` in both sections, `.file` and `.loc` in
// DWARF 2 to 5, and what -g makes of hand-written code.

import { describe, test } from 'vitest';
import { expectSame, gnuCases, hasGnuAs } from './assembler/gnu-cases.ts';

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
  });
});
