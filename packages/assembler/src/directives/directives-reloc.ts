// `.reloc offset, type [, value]`: a relocation as it is asked for, with no field of its own.

import { relocationTable } from '@ring0/elf';
import { argumentPlace, expressionArgument, noMoreThan, rawText } from './directive.ts';
import type { Directive, DirectiveHandler } from './directive.ts';
import { constant } from '../values/expression.ts';

/** EM_386 and EM_X86_64. */
const [intel386, long86] = [3, 62];

/** Names that are in no psABI. */
const genericLong: Readonly<Record<string, number>> = {
  BFD_RELOC_NONE: 0,
  BFD_RELOC_8: 14,
  BFD_RELOC_16: 12,
  BFD_RELOC_32: 10,
  BFD_RELOC_64: 1,
};
const generic: Readonly<Record<string, number>> = {
  BFD_RELOC_NONE: 0,
  BFD_RELOC_8: 22,
  BFD_RELOC_16: 20,
  BFD_RELOC_32: 1,
  R_386_GNU_VTINHERIT: 250,
  R_386_GNU_VTENTRY: 251,
};

function typeOf(name: string, isLong: boolean): number | undefined {
  const upper = name.toUpperCase();
  const known = (isLong ? genericLong : generic)[name];
  if (known !== undefined) return known;
  for (const kind of relocationTable(isLong ? long86 : intel386)?.byType.values() ?? []) {
    if (kind.name.toUpperCase() === upper) return kind.type;
  }
  return undefined;
}

function reloc(directive: Directive): void {
  const { assembly, operands } = directive;
  noMoreThan(directive, 3);
  const at = expressionArgument(directive, 0);
  if (!at) return;
  const name = operands[1] ? rawText(directive, operands[1]) : '';
  const type = typeOf(name, assembly.isLong);
  if (type === undefined) {
    const found = name === '' ? 'nothing' : `'${name}'`;
    const message = `found ${found}, expected a relocation's name, such as R_386_32`;
    return assembly.error('A0513', message, argumentPlace(directive, 1));
  }
  const value = operands[2] ? expressionArgument(directive, 2) : constant(0n);
  if (!value) return;
  const { section } = assembly.current;
  assembly.relocations.push({ section, at, type, value, where: assembly.where });
}

export const relocDirectives: Readonly<Record<string, DirectiveHandler>> = { '.reloc': reloc };
