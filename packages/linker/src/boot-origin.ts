// A boot sector that is linked for another address than the one a BIOS loads it at.

import { machine, relocationTable, sectionFlag } from '@ring0/elf';
import type { OutputSection } from './model.ts';

const loadAddress = 0x7c00;
const sectorBytes = 512;

const kinds = relocationTable(machine.i386)?.byType;

/**
 * What is wrong with a flat image of one sector with the signature 55 aa, whose code holds absolute
 * addresses for another place than 0000:7c00; undefined where nothing is. Code that knows 0x07c0
 * sets its segments for address 0 itself.
 */
export function wrongOrigin(
  image: Uint8Array,
  sections: Iterable<OutputSection>,
): { readonly message: string; readonly note: string } | undefined {
  if (image.length !== sectorBytes || image[510] !== 0x55 || image[511] !== 0xaa) return undefined;
  for (let at = 0; at + 1 < 510; at++) {
    if (image[at] === 0xc0 && image[at + 1] === 0x07) return undefined;
  }
  const loaded = [...sections].filter((each) => (each.flags & sectionFlag.alloc) !== 0);
  const low = Math.min(...loaded.map((each) => each.address));
  if (low === loadAddress || !loaded.some(hasAbsolute)) return undefined;
  const address = `0x${low.toString(16)}`;
  return {
    message: `this boot sector is linked for address ${address}, a BIOS loads it at 0x7c00`,
    note: 'the addresses in it are wrong there; link it with -Ttext 0x7c00',
  };
}

function hasAbsolute(output: OutputSection): boolean {
  return output.pieces.some(
    (piece) =>
      piece.kind === 'input' &&
      [...piece.section.relocations].some(({ type }) => kinds?.get(type)?.formula === 'S+A'),
  );
}
