// The PHDRS command: program headers by name (GNU ld manual, "PHDRS Command").

import { sectionFlag, segmentType } from '@ring0/elf';
import type { DiagnosticList } from '@ring0/diagnostics';
import { absolute, evaluate } from '../script/evaluate.ts';
import type { Context } from '../script/evaluate.ts';
import type { LayoutItem, OutputSection } from '../model.ts';
import type { Expression, Script } from '../script/script-syntax.ts';
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

const isLoad = ({ type }: Script['programHeaders'][number]): boolean =>
  type.kind === 'name' && types[type.name] === segmentType.load;

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

/**
 * The program headers of each output section: those that it names, else those of the statement
 * before it, be that one empty.
 */
export function headersOf(
  { programHeaders }: Script,
  items: readonly LayoutItem[],
): ReadonlyMap<OutputSection, readonly string[]> {
  const result = new Map<OutputSection, readonly string[]>();
  let names: readonly string[] = [];
  for (const item of items) {
    if (item.kind !== 'output' || item.isDropped || item.name === '/DISCARD/') continue;
    const own = item.statement.programHeaders;
    if (own.length > 0) names = own;
    else if (names.length === 0 && item.exists && (item.flags & sectionFlag.alloc) !== 0) {
      names = programHeaders
        .filter(isLoad)
        .map(({ name }) => name)
        .slice(0, 1);
    }
    result.set(item, names);
  }
  return result;
}

/** Reports sections that go to program headers that PHDRS does not have, and headers of the file behind other loads. */
export function checkHeaderNames(
  { programHeaders }: Script,
  outputs: readonly OutputSection[],
  diagnostics: DiagnosticList,
): void {
  if (programHeaders.length === 0) return;
  const loads = programHeaders.filter(isLoad);
  const holds = loads.map((each) => each.hasFileHeader || each.hasProgramHeaders);
  const late = loads[holds.indexOf(true, holds.indexOf(false))];
  if (holds.includes(false) && late) {
    const message = `program header '${late.name}' has FILEHDR or PHDRS, but a PT_LOAD before it has neither`;
    diagnostics.error('L0130', message);
  }
  const known = new Set(['NONE', ...programHeaders.map(({ name }) => name)]);
  for (const { name, statement, isOrphan } of outputs) {
    for (const header of isOrphan ? [] : statement.programHeaders) {
      if (known.has(header)) continue;
      const message = `section '${name}' assigned to non-existent program header '${header}'`;
      const names = programHeaders.map((each) => each.name).join(', ');
      const notes = [{ message: `PHDRS has ${names}` }];
      diagnostics.error('L0130', message, statement.span, { notes });
    }
  }
}
