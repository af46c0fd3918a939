// The local symbols of an object, each its own.

import { sectionIndex, symbolBinding } from '@ring0/elf';
import type { InputFile } from './input-file.ts';
import { makeSymbol } from '../model.ts';
import type { InputObject, InputSection, LinkSymbol } from '../model.ts';

/** The file's local symbol of that index; `where` is the header of its section, or a special one. */
export function addLocal(
  object: InputObject,
  file: InputFile,
  index: number,
  where: number,
  section: InputSection | undefined,
): LinkSymbol {
  const local = makeSymbol(file.symbolName(index), object);
  local.state = where === sectionIndex.undefined ? 'undefined' : 'defined';
  local.binding = symbolBinding.local;
  local.type = file.symbolType(index);
  local.visibility = file.symbolVisibility(index);
  local.size = file.symbolSize(index);
  local.section = where === sectionIndex.absolute ? 'absolute' : section;
  local.value = file.symbolValue(index);
  object.locals.push(local);
  return local;
}
