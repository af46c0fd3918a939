// Every directive of GNU as 2.40 that concerns a 32-bit ELF object, by example: data, symbols,
// sections, expressions. What each gives is compared with GNU as's object, byte for byte.

import { describe, test } from 'vitest';
import { expectSame, gnuCases, hasGnuAs } from '../assembler/gnu-cases.ts';

describe.skipIf(!hasGnuAs).each(['data', 'symbols', 'sections', 'expressions'])('%s', (name) => {
  test.each(gnuCases(name))('$title', expectSame);
});

/** Names that say something about a section, and others. */
const sectionNames = [
  ...['.text.x', '.data.x', '.bss.x', '.rodata', '.rodata.x', '.init', '.init_array', '.tdata'],
  ...[
    '.init_array.1',
    '.note',
    '.note.x',
    '.note.GNU-stack',
    '.tbss',
    '.ctors',
    '.comment',
    '.got',
  ],
  ...['.eh_frame', '.debug_info', '.debug_str', '.gnu.linkonce.t.x', '.gnu.linkonce.b.x', '.foo'],
];
const sectionFlags = ['', 'a', 'aw', 'ax', 'w', 'awT', 'aMS'];
const sectionTypes = ['', '@progbits', '@nobits', '@note', '@init_array'];

test.skipIf(!hasGnuAs).each(sectionNames)('section %s with all flags and types', (name) => {
  for (const flags of sectionFlags) {
    for (const type of sectionTypes) {
      const isMerged = flags.includes('M');
      if (isMerged && type === '') continue;
      const more = (type === '' ? '' : `,${type}`) + (isMerged ? ',1' : '');
      const source = `\t.section ${name},"${flags}"${more}\n`;
      expectSame({ title: source, options: [], source });
    }
  }
});
