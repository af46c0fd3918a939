// .eh_frame entries for the procedure linkage tables, so that an unwinder finds its way out of
// them (--ld-generated-unwind-info). They are sections like those of the inputs, so that the common
// entry is shared with theirs.

import { ByteWriter } from '@ring0/bytes';
import { i386, sectionFlag, sectionType, symbolType } from '@ring0/elf';
import type { Dynamic } from './dynamic.ts';
import { RelocationList } from '../input/relocation-list.ts';
import { makeSection, makeSymbol } from '../model.ts';
import type { InputObject, InputSection, LinkSymbol } from '../model.ts';
import { pltShape, unwindCode } from './plt.ts';

/** Adds the entries, where some input has such a section with something in it. */
export function addUnwindData(dynamic: Dynamic, objects: readonly InputObject[]): void {
  const { sections, settings } = dynamic;
  if (settings.noUnwindInfo) return;
  const isFrame = (s: InputSection): boolean =>
    s.name === '.eh_frame' && !s.isDiscarded && s.size > 8;
  if (!objects.some((object) => object.sections.some(isFrame))) {
    const count = pltShape(dynamic).usesSecond ? 3 : 2;
    for (let made = 0; made < count; made++) addNothing(dynamic);
    return;
  }
  const lazy = pltShape(dynamic).usesSecond ? unwindCode.lazyIbt : unwindCode.lazy;
  const tables = [
    [sections.plt, lazy],
    [sections.pltGot, unwindCode.plain],
    [sections.pltSec, unwindCode.plain],
  ] as const;
  for (const [table, code] of tables) {
    if (table.size > 0) addEntry(dynamic, table, code, table === sections.plt);
    else if (table !== sections.pltSec || pltShape(dynamic).usesSecond) addNothing(dynamic);
  }
}

/** GNU ld makes a section for each of .plt and .plt.got all the same, and keeps it. */
function addNothing({ object }: Dynamic): void {
  const kind = { type: sectionType.progbits, flags: sectionFlag.alloc, alignment: 4 };
  makeSection(object, '.eh_frame', kind).isKept = true;
}

function addEntry(
  { object, settings }: Dynamic,
  table: InputSection,
  code: readonly number[],
  isLazy: boolean,
): void {
  const out = new ByteWriter();
  // CIE: version 1, "zR", pc relative 4-byte addresses; cfa = esp + 4, eip saved at cfa - 4.
  out.u32(20);
  out.u32(0);
  out.bytes(new Uint8Array([1, 0x7a, 0x52, 0, 1, 0x7c, 8, 1, 0x1b, 0x0c, 4, 4, 0x88, 1, 0, 0]));
  // GNU ld's ends with an empty word, which goes where frames are edited.
  const more = isLazy && settings.isTraditional ? 4 : 0;
  out.u32(13 + code.length + more);
  out.u32(28);
  const startAt = 32;
  out.u32(0);
  out.u32(table.size);
  out.u8(0);
  out.bytes(new Uint8Array(code));
  out.fill(more);
  const section = makeSection(object, '.eh_frame', {
    type: sectionType.progbits,
    flags: sectionFlag.alloc,
    alignment: 4,
    data: out.take(),
  });
  const symbol: LinkSymbol = {
    ...makeSymbol(table.name, object),
    state: 'defined',
    binding: 0,
    type: symbolType.section,
    section: table,
  };
  object.symbols.push(symbol);
  section.relocations = new RelocationList(new Uint32Array([startAt, i386.PC32]), 0, 1, [symbol]);
}
