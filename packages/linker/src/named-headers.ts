// The PHDRS command: program headers by name (GNU ld manual, "PHDRS Command").

import { segmentType } from '@ring0/elf';
import { absolute, evaluate } from './evaluate.ts';
import type { Context } from './evaluate.ts';
import type { Expression, Script } from './script-syntax.ts';
import type { NamedHeader } from './segments.ts';

const types: Readonly<Record<string, number>> = {
  PT_NULL: segmentType.null,
  PT_LOAD: segmentType.load,
  PT_DYNAMIC: segmentType.dynamic,
  PT_INTERP: segmentType.interp,
  PT_NOTE: segmentType.note,
  PT_SHLIB: segmentType.shlib,
  PT_PHDR: segmentType.phdr,
  PT_TLS: segmentType.tls,
  PT_GNU_EH_FRAME: segmentType.gnuEhFrame,
  PT_GNU_STACK: segmentType.gnuStack,
  PT_GNU_RELRO: segmentType.gnuRelro,
};

/** The script's program headers with their expressions evaluated. */
export function namedHeaders(script: Script, context: Context): NamedHeader[] {
  const number = (e: Expression | undefined): number | undefined =>
    e && Number(BigInt.asUintN(32, absolute(evaluate(e, context))));
  return script.programHeaders.map(
    ({ name, type, flags, at, hasFileHeader, hasProgramHeaders }) => ({
      name,
      type: (type.kind === 'name' ? types[type.name] : undefined) ?? number(type) ?? 0,
      flags: number(flags),
      at: number(at),
      hasFileHeader,
      hasProgramHeaders,
    }),
  );
}
