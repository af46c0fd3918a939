// Which debugging sections readelf -w and objdump -W show, by letter and by name.

import type { DebugKind, DebugOptions } from '@ring0/binutils';
import type { Option } from './options.ts';

const byLetter: Readonly<Record<string, DebugKind | undefined>> = {
  a: 'abbrev',
  A: 'addr',
  c: 'cu-index',
  f: 'frames',
  F: 'frames-interp',
  g: 'gdb-index',
  i: 'info',
  k: 'links',
  K: 'follow-links',
  l: 'rawline',
  L: 'decodedline',
  m: 'macro',
  N: 'no-follow-links',
  o: 'loc',
  O: 'str-offsets',
  p: 'pubnames',
  r: 'aranges',
  R: 'ranges',
  s: 'str',
  t: 'pubtypes',
  T: 'trace-aranges',
  u: 'trace-abbrev',
  U: 'trace-info',
};

const byName: Readonly<Record<string, DebugKind | undefined>> = {
  abbrev: 'abbrev',
  addr: 'addr',
  aranges: 'aranges',
  cu_index: 'cu-index',
  decodedline: 'decodedline',
  'follow-links': 'follow-links',
  frames: 'frames',
  'frames-interp': 'frames-interp',
  gdb_index: 'gdb-index',
  info: 'info',
  line: 'rawline',
  links: 'links',
  loc: 'loc',
  macro: 'macro',
  'no-follow-links': 'no-follow-links',
  pubnames: 'pubnames',
  pubtypes: 'pubtypes',
  ranges: 'ranges',
  Ranges: 'ranges',
  rawline: 'rawline',
  str: 'str',
  'str-offsets': 'str-offsets',
  trace_abbrev: 'trace-abbrev',
  trace_aranges: 'trace-aranges',
  trace_info: 'trace-info',
};

/** All that -w without letters shows. */
const everything: readonly DebugKind[] = [
  'info',
  'abbrev',
  'rawline',
  'pubnames',
  'pubtypes',
  'aranges',
  'ranges',
  'frames',
  'macro',
  'str',
  'line-str',
  'str-offsets',
  'loc',
  'gdb-index',
  'trace-info',
  'trace-abbrev',
  'trace-aranges',
  'addr',
  'cu-index',
  'links',
];

/** What --lint alone shows of debugging sections. */
export const checkedKinds: ReadonlySet<DebugKind> = new Set(
  everything.filter((kind) => !['info', 'loc', 'frames'].includes(kind)),
);

/** What objdump -g shows. */
export const allKinds: ReadonlySet<DebugKind> = new Set(everything);

/** By name, only the last of the two views of the line tables is shown. */
function addKind(kinds: Set<DebugKind>, kind: DebugKind, isNamed: boolean): void {
  if (isNamed && kind === 'rawline') kinds.delete('decodedline');
  if (isNamed && kind === 'decodedline') kinds.delete('rawline');
  kinds.add(kind);
}

/**
 * The choice that options `w` (letters) and `debug` (names) make; undefined where there is none, a
 * sentence where a name is unknown.
 */
export function debugOptions(
  list: readonly Option[],
  letters = 'w',
): DebugOptions | string | undefined {
  const kinds = new Set<DebugKind>();
  let problem: string | undefined;
  let isAny = false;
  for (const { key, value } of list) {
    if (key !== letters && key !== 'debug') continue;
    isAny = true;
    const parts = value === undefined ? [] : key === 'debug' ? value.split(',') : [...value];
    for (const part of parts) {
      const kind = key === 'debug' ? byName[part] : byLetter[part];
      if (kind) addKind(kinds, kind, key === 'debug');
      else if (key === 'debug') problem = `Unrecognized debug option '${part}'`;
      else problem = `Unrecognized debug letter option '${part}'`;
    }
    if (value === undefined) {
      kinds.delete('decodedline');
      for (const kind of everything) kinds.add(kind);
    } else if (letters === 'w') kinds.delete('line-str');
  }
  if (!isAny) return undefined;
  if (problem !== undefined) return problem;
  const number = (key: string) => {
    const text = list.findLast((option) => option.key === key)?.value;
    return text === undefined ? undefined : Number(text);
  };
  // To readelf not to follow links is nothing to do.
  const isNothing = (kind: DebugKind) => letters === 'w' && kind === 'no-follow-links';
  if ([...kinds].every(isNothing)) return undefined;
  return { kinds, depth: number('depth'), start: number('start') };
}
