// What `.symver` makes of a symbol of the object: another name for what is only referred to, further
// entries for what is defined here.

import type { ElfSymbol } from '@ring0/elf';
import type { Assembly } from './assembly.ts';
import type { Where } from './sections.ts';
import type { AsmSymbol } from './symbols.ts';

const local = 0;
const hidden = 2;

export interface VersionedSymbols {
  readonly aliases: readonly ElfSymbol[];
  /** The entry `made` itself stays in the table. */
  readonly isKept: boolean;
}

/** Renames `made` or gives it aliases, as the directives ask. */
export function versionedSymbols(
  assembly: Assembly,
  symbol: AsmSymbol,
  made: ElfSymbol,
  isDefined: boolean,
): VersionedSymbols {
  const { versions, versionWish } = symbol;
  if (!isDefined) {
    rename(assembly, symbol, made);
    return { aliases: [], isKept: symbol.isUsedInRelocation };
  }
  if (symbol.state === 'common') refuseCommon(assembly, symbol, symbol.definedAt);
  if (versionWish === 'remove' && symbol.isUsedInRelocation) {
    const [{ base, sign, version }, ...more] = versions;
    if (more.length > 0) {
      const message = `'${symbol.name}' is to go, but is used: one of its versions can stand for it, not several`;
      assembly.error('A0321', message, symbol.definedAt);
    }
    made.name = `${base}${sign === '@@@' ? '@@' : sign}${version}`;
    return { aliases: [made], isKept: false };
  }
  const aliases: ElfSymbol[] = [];
  for (const { base, sign, version } of versions) {
    if (sign === '@@@') made.name = `${base}@@${version}`;
    else aliases.unshift({ ...made, name: `${base}${sign}${version}` });
  }
  if (versionWish === 'hidden') made.visibility = hidden;
  if (versionWish === 'local') made.binding = local;
  return { aliases, isKept: versionWish !== 'remove' };
}

/** The linker places common storage, so that no version can be told from it. */
export function refuseCommon(assembly: Assembly, symbol: AsmSymbol, where: Where): void {
  assembly.error('A0321', `'${symbol.name}' is common storage, which has no versions`, where);
}

function rename(assembly: Assembly, symbol: AsmSymbol, made: ElfSymbol): void {
  const [first, ...more] = symbol.versions;
  if (more.length > 0) {
    const message = `'${symbol.name}' is not defined here, so it can have one version only`;
    return assembly.error('A0321', message, symbol.definedAt);
  }
  const name = `${first.base}@${first.version}`;
  if (first.sign === '@@') {
    const message = `'${symbol.name}' is not defined here, so '${name}' cannot be its default`;
    return assembly.error('A0321', message, symbol.definedAt);
  }
  made.name = name;
}
