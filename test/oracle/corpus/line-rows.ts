// The line tables of two objects that are alike otherwise, row by row: GNU as writes an address which it could have
// advanced to where its block of memory for code happened to be full between two rows, and a few bytes of code more or
// less before it, and it does not. The rows are the same.

import { LineMachine, readLineHeader } from '@ring0/dwarf';
import type { LineHeader } from '@ring0/dwarf';
import { readElf } from '@ring0/elf';
import type { ElfSection } from '@ring0/elf';
import { describeObject } from '../../assembler/describe.ts';

const name = '.debug_line';

interface LineTable {
  /** The header without its length, and the rows. */
  readonly text: string;
  /** Addresses that it writes. */
  readonly addresses: number;
}

/** What the program says at each row, and of the sequence that it belongs to. */
function rowsOf({ data, relocations }: ElfSection, header: LineHeader): LineTable {
  const rows = [Buffer.from(data.subarray(4, header.start)).toString('hex')];
  let addresses = 0;
  const machine = new LineMachine(data, header);
  const homes = new Map(relocations.map((relocation) => [relocation.offset, relocation]));
  let home = '';
  let marks: string[] = [];
  for (;;) {
    const operation = machine.next();
    if (!operation) return { text: rows.join('\n'), addresses };
    const { kind } = operation;
    const { address, file, line, column, isStatement, view } = machine;
    if (kind === 'set-address') {
      addresses++;
      const { symbol, addend } = homes.get(machine.addressAt) ?? {};
      const section = symbol && typeof symbol.section === 'object' ? symbol.section.name : '';
      home = `${section} ${symbol?.name} ${symbol?.value}`;
      if (addend !== undefined) machine.address = Number(addend);
    } else if (kind === 'special' || kind === 'copy') {
      const place = [home, address, file, line, column, isStatement, view].join(' ');
      rows.push(`${place} ${marks.join(' ')}`);
      machine.shown();
      marks = [];
    } else if (kind === 'end-sequence') {
      rows.push(`${home} ${address} end`);
      machine.endSequence();
    } else if (!/^(advance|set|negate|const|fixed)/.test(kind) || kind === 'set-isa') {
      marks.push(JSON.stringify(operation));
    }
  }
}

function lineTable(bytes: Uint8Array): LineTable | undefined {
  const section = readElf(bytes, 'object').file?.sections.find((each) => each.name === name);
  const header = section && readLineHeader(section.data, 0, 4);
  // One table, which is what assemblers write.
  if (!section || !header || header.end !== section.data.length) return undefined;
  return rowsOf(section, header);
}

/** Whether GNU as's object differs from ours by nothing but addresses that it writes more. */
export function hasMoreAddresses(ours: Uint8Array, gnu: Uint8Array): boolean {
  const [own, wanted] = [lineTable(ours), lineTable(gnu)];
  if (!own || own.text !== wanted?.text || own.addresses >= wanted.addresses) return false;
  return describeObject(ours, name) === describeObject(gnu, name);
}
