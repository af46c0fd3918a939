// Statements made by a pattern are what the parser makes of them: the same objects and the same
// diagnostics with and without the shape cache, for operands and words that look alike.

import { writeElf } from '@ring0/elf';
import { expect, test } from 'vitest';
import { assemble } from '../assemble.ts';

const registers = [
  'eax',
  'ebx',
  'esp',
  'ebp',
  'al',
  'cx',
  'fs',
  'st',
  'xmm1',
  'ymm2',
  'foo',
  'EAX',
];
const mnemonics = 'mov movl addw jmp call wait lock rep fadd pushl je,pn word xchg MOVL lea'.split(
  ' ',
);

function operands(first: string, second: string): string[] {
  return [
    '',
    `%${first}`,
    `%${first}, %${second}`,
    `% ${first}, %${second}`,
    `(%${first},%${second},4), %${second}`,
    `8(%${first},%${first}), %${second}`,
    `%fs:4(%${first}), %${second}`,
    `%fs:table, %${second}`,
    `$1, %${first}`,
    `$-129, 4+there(%${first})`,
    `$'a', (%${first})`,
    `there@GOT(%${first}), %${second}`,
    `*%${first}`,
    `*there(,%${first},2)`,
    'there',
    '1f',
    'nop',
    'movsb',
    `%st(1), %${first}`,
    `  %${first}  ,\t%${second} # end`,
    `%${first}, %${second}; nop`,
    `%${first}é, %${second}`,
    `5%${first}, %${second}`,
  ];
}

function outcome(source: Uint8Array, shapeCache: boolean): unknown {
  const { object, diagnostics } = assemble(source, { shapeCache });
  const told = diagnostics.map(({ code, message, span }) => [
    code,
    message,
    span?.start,
    span?.end,
  ]);
  return { bytes: object && Buffer.from(writeElf(object)).toString('hex'), told };
}

test.each(mnemonics)('patterns repeat what the parser makes of %s', (mnemonic) => {
  const lines = registers.flatMap((first, at) =>
    operands(first, registers[(at + 1) % registers.length]).map((list) => `${mnemonic} ${list}`),
  );
  // A statement of the pattern by another mnemonic comes before each.
  for (const line of lines) {
    const like = line.replace(mnemonic, 'testl').replaceAll(/%(?!fs|st)\w+/g, '%ecx');
    const source = Buffer.from(`${like}\n${line}\n1:\nthere:\n`, 'latin1');
    expect(outcome(source, true), line).toEqual(outcome(source, false));
  }
});
