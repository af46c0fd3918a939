// Symbol versions (LSB 5.0, 10.7; GNU ld manual, "VERSION Command"): which version a version
// script gives a definition, and the three sections .gnu.version, _d and _r.

import { ByteWriter } from '@ring0/bytes';
import type { StringTable } from '@ring0/elf';
import { sysvHash } from '../dynamic/hash-tables.ts';
import type { LinkSymbol } from '../model.ts';
import { matcher } from '../script/patterns.ts';
import type { VersionNode, VersionPattern } from '../script/script-syntax.ts';
import type { SharedLibrary } from './shared-object.ts';

export interface VersionMatch {
  readonly node: VersionNode;
  /** The symbol is made local. */
  readonly isLocal: boolean;
}

interface Matcher {
  readonly node: VersionNode;
  readonly globals: readonly PatternMatcher[];
  readonly locals: readonly PatternMatcher[];
}

interface PatternMatcher {
  readonly isLiteral: boolean;
  readonly isStar: boolean;
  readonly matches: (name: string) => boolean;
}

/** What C++ calls a symbol; undefined: the symbol's name says it. */
export type Demangle = (name: string) => string | undefined;

/** Demangles every name once. */
export function rememberingDemangle(demangle: Demangle | undefined): Demangle | undefined {
  const known = new Map<string, string>();
  return (
    demangle &&
    ((name) => {
      const text = known.get(name) ?? demangle(name) ?? name;
      known.set(name, text);
      return text;
    })
  );
}

/** What a pattern matches: in `extern "C++"` names as C++ has them. */
export function patternMatcher(
  { pattern, isQuoted, language }: VersionPattern,
  demangle: Demangle | undefined,
): PatternMatcher {
  const isLiteral = isQuoted || !/[*?[]/.test(pattern);
  const matches = isLiteral ? (name: string) => name === pattern : matcher(pattern);
  return {
    isLiteral,
    isStar: !isQuoted && pattern === '*',
    matches: demangle && language === 'C++' ? (name) => matches(demangle(name) ?? name) : matches,
  };
}

/** Answers, for a name, what the nodes make of it; undefined: they do not mention it. */
export function versionMatcher(
  nodes: readonly VersionNode[],
  demangle?: Demangle,
): (name: string) => VersionMatch | undefined {
  const matcherOf = (pattern: VersionPattern) => patternMatcher(pattern, demangle);
  const matchers: Matcher[] = nodes.map((node) => ({
    node,
    globals: node.globals.map(matcherOf),
    locals: node.locals.map(matcherOf),
  }));
  return (name) => find(matchers, name);
}

/** An exact name counts before patterns, any other pattern before `*`, global before local. */
function find(matchers: readonly Matcher[], name: string): VersionMatch | undefined {
  let global: VersionNode | undefined;
  let local: VersionNode | undefined;
  let starGlobal: VersionNode | undefined;
  let starLocal: VersionNode | undefined;
  for (const { node, globals, locals } of matchers) {
    const inGlobals = globals.filter((p) => p.matches(name));
    if (inGlobals.some((p) => p.isLiteral)) return { node, isLocal: false };
    for (const { isStar } of inGlobals) {
      if (isStar) starGlobal = node;
      else global = node;
    }
    const inLocals = locals.filter((p) => p.matches(name));
    if (inLocals.some((p) => p.isLiteral)) return { node, isLocal: true };
    for (const { isStar } of inLocals) {
      if (isStar) starLocal = node;
      else local = node;
    }
  }
  if (!global && !local) global = starGlobal;
  if (global) return { node: global, isLocal: false };
  local ??= starLocal;
  return local && { node: local, isLocal: true };
}

/** A version that the output needs of a library. */
interface NeededVersion {
  readonly name: string;
  readonly index: number;
}

export interface VersionTables {
  /** Of symbols that libraries define: by library, then by version. */
  readonly needed: ReadonlyMap<SharedLibrary, readonly NeededVersion[]>;
  /** Named nodes; their indices begin at 2. */
  readonly defined: readonly VersionNode[];
}

/** Numbers versions; the symbols are in GNU ld's order. What is seen last comes first. */
export function collectVersions(
  symbols: readonly LinkSymbol[],
  nodes: readonly VersionNode[],
): VersionTables {
  const defined = nodes.filter((node) => node.name !== '');
  const needed = new Map<SharedLibrary, NeededVersion[]>();
  let index = defined.length > 0 ? defined.length + 2 : 2;
  for (const { shared, state } of symbols) {
    if (state !== 'shared' || shared?.version === undefined) continue;
    const list = needed.get(shared.library) ?? [];
    needed.set(shared.library, list);
    if (list.some(({ name }) => name === shared.version)) continue;
    list.unshift({ name: shared.version, index: index++ });
  }
  return { needed: new Map([...needed].toReversed()), defined };
}

const isUsedNode = ({ globals, locals }: VersionNode): boolean =>
  globals.length > 0 || locals.length > 0;
const hidden = 0x8000;

/** The entry of .gnu.version for a symbol. */
export function versionIndex(symbol: LinkSymbol, { needed, defined }: VersionTables): number {
  const { state, shared, version } = symbol;
  if (state === 'shared') {
    const list = shared && needed.get(shared.library);
    return list?.find(({ name }) => name === shared?.version)?.index ?? 1;
  }
  if (state === 'undefined' || !version) return 1;
  const position = defined.findIndex(({ name }) => name === version.name);
  return position < 0 ? 1 : (position + 2) | (version.isHidden ? hidden : 0);
}

/** Names that the tables put into .dynstr, in their order. */
export function versionStrings(tables: VersionTables, base: string, strings: StringTable): void {
  if (tables.defined.length > 0) strings.add(base);
  for (const { name, parents } of tables.defined) {
    strings.add(name);
    for (const parent of parents) strings.add(parent);
  }
  for (const [{ soname }, versions] of tables.needed) {
    strings.add(soname);
    for (const { name } of versions) strings.add(name);
  }
}

/** .gnu.version_r: for each library the versions that are needed of it. */
export function neededBytes({ needed }: VersionTables, strings: StringTable): Uint8Array {
  const out = new ByteWriter();
  let left = needed.size;
  for (const [{ soname }, versions] of needed) {
    left--;
    out.u16(1);
    out.u16(versions.length);
    out.u32(strings.offset(soname));
    out.u32(16);
    out.u32(left === 0 ? 0 : 16 + versions.length * 16);
    versions.forEach(({ name, index }, position) => {
      out.u32(sysvHash(name));
      out.u16(0);
      out.u16(index);
      out.u32(strings.offset(name));
      out.u32(position === versions.length - 1 ? 0 : 16);
    });
  }
  return out.take();
}

/** .gnu.version_d: the file itself, then its versions with those they inherit from. */
export function definedBytes(
  { defined }: VersionTables,
  base: string,
  strings: StringTable,
  used: ReadonlySet<string>,
): Uint8Array {
  const out = new ByteWriter();
  if (defined.length === 0) return out.take();
  const head = (flags: number, index: number, names: readonly string[]): void => {
    out.u16(1);
    out.u16(flags);
    out.u16(index);
    out.u16(names.length);
    out.u32(sysvHash(names[0]));
  };
  const entry = (flags: number, index: number, names: readonly string[], isLast: boolean): void => {
    head(flags, index, names);
    out.u32(20);
    out.u32(isLast ? 0 : 20 + names.length * 8);
    names.forEach((name, position) => {
      out.u32(strings.offset(name));
      out.u32(position === names.length - 1 ? 0 : 8);
    });
  };
  if (defined[0].name === base) {
    // A version of the file's own name shares it with the file.
    head(1, 1, [base]);
    out.u32(40);
    out.u32(20);
  } else entry(1, 1, [base], false);
  defined.forEach((node, position) => {
    const isUsed = isUsedNode(node) || used.has(node.name) || node.name === base;
    const names = [node.name, ...node.parents];
    entry(isUsed ? 0 : 2, position + 2, names, position === defined.length - 1);
  });
  return out.take();
}
