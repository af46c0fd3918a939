// Where the members of a guest's structures lie, from the compiler's own types: what tracers and debuggers read, so that no
// offset is ever repeated by hand.

import type { Entity, RecordDefinition, Type } from '@ring0/compiler';
import type { ReadFile } from './toolchain.ts';

export interface MemberLayout {
  /** In bytes from the start of the structure. */
  readonly offset: number;
  readonly size: number;
  /** Of a bit-field: first bit and width. */
  readonly bits?: readonly [number, number] | undefined;
}

export interface RecordLayout {
  readonly size: number;
  readonly members: Readonly<Record<string, MemberLayout>>;
}

/** The named structures and unions that the variables and functions of `source` reach, by tag. */
export async function recordLayouts(
  source: Uint8Array,
  flags: readonly string[],
  readFile: ReadFile,
): Promise<Record<string, RecordLayout>> {
  const { parse, readCommandLine, sizeOf } = await import('@ring0/compiler');
  const records = new Map<string, RecordDefinition>();
  const collect = (entities: readonly Entity[]) => {
    const seen = new Set<unknown>();
    for (const entity of entities) visit(entity.type, seen, records);
  };
  const { options } = readCommandLine(['-c', 'layouts.c', ...flags]);
  const sink = { function() {}, variable() {}, topLevelAsm() {}, end: collect };
  parse(source, { ...options, path: 'layouts.c', readFile }, sink);
  const named = [...records].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(named.map(([tag, record]) => [tag, layout(record, sizeOf)]));
}

function visit(type: Type, seen: Set<unknown>, records: Map<string, RecordDefinition>): void {
  switch (type.kind) {
    case 'pointer':
      return visit(type.to, seen, records);
    case 'array':
      return visit(type.element, seen, records);
    case 'function':
      visit(type.returns, seen, records);
      for (const parameter of type.parameters) visit(parameter, seen, records);
      return;
    case 'struct':
    case 'union': {
      const { record } = type;
      if (seen.has(record)) return;
      seen.add(record);
      if (record.tag !== undefined && record.isComplete) records.set(record.tag, record);
      for (const member of record.members) visit(member.type, seen, records);
      return;
    }
    default:
      return;
  }
}

/** Members of anonymous structures and unions stand with those of the structure around them. */
function layout(record: RecordDefinition, sizeOf: (type: Type) => number): RecordLayout {
  const members: Record<string, MemberLayout> = {};
  const add = (inner: RecordDefinition, base: number): void => {
    for (const { name, type, offset, bits } of inner.members) {
      const isRecord = type.kind === 'struct' || type.kind === 'union';
      if (name === undefined && isRecord) add(type.record, base + offset);
      if (name === undefined) continue;
      const place = bits && ([bits.offset, bits.width] as const);
      members[name] = { offset: base + offset, size: sizeOf(type), ...(place && { bits: place }) };
    }
  };
  add(record, 0);
  return { size: record.size, members };
}
