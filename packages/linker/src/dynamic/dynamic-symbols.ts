// Which symbols go into .dynsym, with which version and in which order; the tables that hold
// them: .dynsym, .dynstr, .hash, .gnu.hash, .gnu.version and its companions.

import { ByteWriter } from '@ring0/bytes';
import { SourceFile } from '@ring0/diagnostics';
import { StringTable, elfSizes, sectionFlag, symbolBinding, symbolType } from '@ring0/elf';
import { isDefinedHere, isDynamic, isWeakUndefined } from '../input/binding.ts';
import type { Dynamic } from './dynamic.ts';
import { gnuTable, sysvTable } from './hash-tables.ts';
import type { Job } from '../job.ts';
import { resize } from '../layout/linker-sections.ts';
import { neighbour } from '../layout/neighbour.ts';
import { symbolAddress } from '../model.ts';
import type { LinkSymbol, OutputSection } from '../model.ts';
import { matcher } from '../script/patterns.ts';
import { parseVersionScript } from '../script/script-parser.ts';
import type { VersionNode } from '../script/script-syntax.ts';
import { pltAddress } from './run-time.ts';
import { isHidden } from '../input/shared-symbols.ts';
import {
  collectVersions,
  definedBytes,
  neededBytes,
  patternMatcher,
  versionIndex,
  versionMatcher,
  versionStrings,
} from '../input/versions.ts';
import type { VersionTables } from '../input/versions.ts';

/** The names that go into .dynstr, and the versions. */
export interface DynamicNames {
  readonly strings: StringTable;
  readonly versions: VersionTables;
  /** What DT_SONAME says, or the output's name, for the base version. */
  readonly base: string;
}

/** Reads the files of an option as version nodes. */
function readNodes(job: Job, paths: readonly string[]): VersionNode[] {
  return paths.flatMap((path) => {
    const bytes = job.options.readFile(path);
    if (bytes) return parseVersionScript(new SourceFile(path, bytes), job.diagnostics);
    job.diagnostics.error('L0218', `cannot open version script ${path}`);
    return [];
  });
}

/** What version scripts say about a name; their files are read once. */
function findVersion(job: Job): ReturnType<typeof versionMatcher> {
  const { versionScripts } = job.settings;
  job.versions.push(...readNodes(job, versionScripts.splice(0)));
  return versionMatcher(job.versions, job.demangle);
}

/** Definitions that --gc-sections keeps because others may use them at run time. */
export function seenFromOutside(job: Job): LinkSymbol[] {
  const { settings, resolver } = job;
  const { outputKind, exportsDynamic, keepsExported } = settings;
  const find = findVersion(job);
  const exported = exportPatterns(job);
  const isOpen = outputKind === 'shared' || exportsDynamic || keepsExported;
  return [...resolver.globals.values()].filter((symbol) => {
    if (!isDefinedHere(symbol) || isHidden(symbol) || symbol.isForcedLocal) return false;
    if (symbol.isReferencedByShared) return true;
    const isExported = isOpen || exported.some((matches) => matches(symbol.name));
    return isExported && find(symbol.name)?.isLocal !== true;
  });
}

/** Names that --dynamic-list and its like export. */
function exportPatterns(job: Job): ((name: string) => boolean)[] {
  const { dynamicLists, exportLists, exportedSymbols, listedPatterns } = job.settings;
  job.hasDynamicList ||= dynamicLists.length > 0;
  job.exports.push(...readNodes(job, [...dynamicLists.splice(0), ...exportLists.splice(0)]));
  const listed = job.exports.flatMap(({ globals }) => globals);
  return [
    ...listed.map((pattern) => patternMatcher(pattern, job.demangle).matches),
    ...[...listedPatterns, ...exportedSymbols].map(matcher),
  ];
}

/** Versions, visibility and exports: after this it is settled who is seen from outside. */
export function settleExports(job: Job, globals: readonly LinkSymbol[]): void {
  const { dynamic, settings, resolver } = job;
  const find = findVersion(job);
  const { shared, binding } = dynamic;
  for (const symbol of globals) {
    // -z nodynamic-undefined-weak makes weak references to nothing zero.
    const isAlone = binding.kind !== 'shared' && !binding.hasInterpreter;
    if (isWeakUndefined(symbol) && binding.settlesWeak && !isAlone) symbol.isForcedLocal = true;
    if (!isDefinedHere(symbol)) continue;
    if (isHidden(symbol) && (symbol.dynamicOrder >= 0 || shared.exportsAll)) {
      symbol.isForcedLocal = true;
    }
    if (symbol.version) {
      checkVersion(job, symbol, symbol.version.name);
      continue;
    }
    const match = job.versions.length > 0 && binding.hasTables ? find(symbol.name) : undefined;
    if (!match) continue;
    if (match.isLocal) symbol.isForcedLocal = true;
    else if (match.node.name !== '') symbol.version = { name: match.node.name, isHidden: false };
  }
  if (!binding.hasTables) return;
  if (settings.isVersionedByName) versionByName(job, globals);
  defineVersions(job);
  const patterns = exportPatterns(job);
  const isData = ({ type }: LinkSymbol): boolean => isVariable.has(type);
  const { dynamicListData, binds } = settings;
  const isListed = (symbol: LinkSymbol): boolean =>
    patterns.some((matches) => matches(symbol.name)) || (dynamicListData && isData(symbol));
  if (settings.outputKind === 'shared' && hasList(job, binds !== 'dynamic')) {
    dynamic.listed = isListed;
    settings.binds = 'dynamic';
  }
  for (const symbol of globals) {
    const isExported = settings.exportsDynamic || isListed(symbol);
    const isMade = symbol.isMade && (shared.exportsAll || symbol.isReferencedByShared);
    // What only an option asks for is no object's.
    const isAskedOnly = resolver.required.has(symbol.name) && !symbol.isReferencedStrongly;
    if (!isDefinedHere(symbol) && (!symbol.isReferenced || isAskedOnly)) continue;
    // What bytes are named by is for the link only.
    if (symbol.object && symbol.object.file === undefined && !symbol.isMade) continue;
    if ((isExported || isMade) && !symbol.isForcedLocal) shared.record(symbol);
  }
}

const isVariable: ReadonlySet<number> = new Set([symbolType.object, symbolType.common]);

/** What is not on a list binds here; --export-dynamic-symbol makes one of -Bsymbolic only. */
function hasList({ settings, exports, hasDynamicList }: Job, isSymbolic: boolean): boolean {
  const { dynamicListData, exportedSymbols, listedPatterns } = settings;
  if (isSymbolic && (exportedSymbols.length > 0 || exports.length > 0)) return true;
  return dynamicListData || listedPatterns.length > 0 || hasDynamicList;
}

/** -z dynamic-undefined-weak: the dynamic linker sees weak references to nothing. */
export function showWeak({ dynamic, settings }: Job, globals: readonly LinkSymbol[]): void {
  const { binding, shared } = dynamic;
  if (!settings.keywords.has('dynamic-undefined-weak') || !binding.hasInterpreter) return;
  for (const symbol of globals) {
    if (isWeakUndefined(symbol) && symbol.visibility === 0) shared.record(symbol);
  }
}

/** A version that an object asks for must be one of the version script, which may hide it. */
function checkVersion(job: Job, symbol: LinkSymbol, name: string): void {
  const { versions, settings, diagnostics } = job;
  if (settings.outputKind !== 'shared') return;
  const node = versions.find((each) => each.name === name);
  if (node) {
    const match = versionMatcher([node], job.demangle)(plainName(symbol));
    if (match?.isLocal) symbol.isForcedLocal = true;
    return;
  }
  const where = symbol.object?.name ?? '';
  const message = `${where}: version node not found for symbol ${plainName(symbol)}@${name}`;
  diagnostics.error('L0219', message);
}

/** What DT_SONAME says, or the output's name. */
const baseName = ({ soname, output }: Job['settings']): string =>
  soname ?? output.replace(/^.*\//, '');

/** --default-symver: the first version is the output's own. */
function versionByName({ versions, settings }: Job, globals: readonly LinkSymbol[]): void {
  const name = baseName(settings);
  versions.unshift({ name, globals: [], locals: [], parents: [], span: undefined });
  for (const symbol of globals) {
    if (!isDefinedHere(symbol) || isHidden(symbol) || symbol.isForcedLocal) continue;
    symbol.version ??= { name, isHidden: false };
  }
}

/** Each version has a symbol of its name, which says no more than that it is there. */
function defineVersions({ resolver, versions, dynamic }: Job): void {
  for (const { name } of versions) {
    if (name === '') continue;
    const symbol = resolver.global(name);
    if (symbol.state === 'defined') continue;
    Object.assign(symbol, { state: 'defined', section: 'absolute', value: 0, isMade: true });
    Object.assign(symbol, { type: symbolType.object, binding: symbolBinding.global });
    symbol.version = { name, isHidden: false };
    dynamic.shared.record(symbol);
  }
}

/** The symbols of .dynsym in their final order, and the tables' sizes. */
export function layOutDynamicSymbols(
  job: Job,
  globals: readonly LinkSymbol[],
): DynamicNames | undefined {
  const { dynamic, settings } = job;
  const { sections, shared } = dynamic;
  if (!dynamic.binding.hasTables) return undefined;
  const symbols = globals.filter((symbol) => isDynamic(symbol) && isWritten(symbol));
  for (const symbol of symbols) {
    if (symbol.shared && symbol.state === 'shared') noteUse(symbol);
  }
  const canBeFound = (s: LinkSymbol): boolean =>
    (isDefinedHere(s) || s.section !== undefined || isStubbed(dynamic, s)) && !s.isForcedLocal;
  const last = symbols.filter(canBeFound);
  const first = symbols.filter((s) => !canBeFound(s));
  const usesGnu = settings.hashStyle !== 'sysv';
  const table = usesGnu
    ? gnuTable(last.map(plainName), first.length + 1, settings.optimizes)
    : undefined;
  dynamic.dynamicSymbols = table ? [...first, ...table.order.map((i) => last[i])] : symbols;
  dynamic.dynamicSymbols.forEach((symbol, index) => (symbol.dynamicIndex = index + 1));
  const strings = new StringTable();
  const libraries = shared.libraries.filter((library) => library.isNeeded);
  const inOrder = symbols.toSorted((a, b) => a.dynamicOrder - b.dynamicOrder);
  // Names of inputs, libraries, names of scripts and exports, versions, then what slots turned out to need.
  const { inputCount, exportedCount } = dynamic;
  const addNames = (from: number, to: number): void => {
    for (const symbol of inOrder) {
      const { dynamicOrder: order } = symbol;
      // The symbols of versions come with the versions.
      const isVersion = symbol.isMade && symbol.version?.name === symbol.name;
      if (!isVersion && order >= from && order < to) strings.add(plainName(symbol));
    }
  };
  addNames(0, inputCount);
  for (const { soname } of libraries) strings.add(soname);
  addNames(inputCount, exportedCount);
  if (settings.soname !== undefined) strings.add(settings.soname);
  const base = baseName(settings);
  const versions = collectVersions(symbols, job.versions);
  versionStrings(versions, base, strings);
  for (const text of otherStrings(settings)) strings.add(text);
  addNames(exportedCount, Number.POSITIVE_INFINITY);
  const used = new Set(symbols.flatMap((s) => (s.isMade ? [] : (s.version?.name ?? []))));
  const bytes = strings.finish();
  sections.dynstr.data = bytes;
  sections.dynstr.size = bytes.length;
  resize(sections.dynsym, (symbols.length + 1) * elfSizes(32).symbol);
  if (table) setBytes(sections.gnuHash, table.bytes);
  if (settings.hashStyle !== 'gnu') {
    const names = ['', ...dynamic.dynamicSymbols.map(plainName)];
    const order = symbols.map((symbol) => symbol.dynamicIndex);
    setBytes(sections.hash, sysvTable(names, order, settings.optimizes));
  }
  const hasVersions = versions.needed.size > 0 || versions.defined.length > 0;
  setBytes(sections.verdef, definedBytes(versions, base, strings, used));
  setBytes(sections.verneed, neededBytes(versions, strings));
  if (hasVersions) setBytes(sections.versym, versymBytes(dynamic, versions));
  return { strings, versions, base };
}

/** DT_RUNPATH and the like, as words of .dynstr. */
function otherStrings(settings: Job['settings']): string[] {
  const { runPaths, filters, auxiliaries, audits, dependencyAudits } = settings;
  const path = runPaths.length > 0 ? [runPaths.join(':')] : [];
  return [...path, ...filters, ...auxiliaries, ...audits, ...dependencyAudits];
}

function setBytes(section: { data: Uint8Array; size: number }, bytes: Uint8Array): void {
  section.data = bytes;
  section.size = bytes.length;
}

/** A symbol whose section was dropped is not written. */
function isWritten({ section }: LinkSymbol): boolean {
  if (section === undefined || section === 'absolute' || section.kind === 'output') return true;
  return !section.isDiscarded;
}

/** The library of a definition that is used is needed. */
function noteUse(symbol: LinkSymbol): void {
  const library = symbol.shared?.library;
  if (library?.isIndirect && library.copiesNeeded && symbol.isReferenced) library.isNeeded = true;
}

/**
 * A function elsewhere that GNU ld takes for one here: its address is that of a stub, or its stub
 * is one of .plt.got in a fixed program.
 */
function isStubbed(dynamic: Dynamic, symbol: LinkSymbol): boolean {
  if (dynamic.binding.kind !== 'executable' || symbol.state !== 'shared') return false;
  return isCanonical(dynamic, symbol) || (dynamic.needs.get(symbol)?.pltGotAt ?? -1) >= 0;
}

/** The address of a function elsewhere is that of its entry here. */
export function isCanonical(dynamic: Dynamic, symbol: LinkSymbol): boolean {
  if (dynamic.binding.kind !== 'executable' || symbol.state !== 'shared') return false;
  const needs = dynamic.needs.get(symbol);
  return needs !== undefined && needs.pltAt >= 0 && needs.isAddressTaken;
}

/** The name without its version. */
export function plainName({ name }: LinkSymbol): string {
  const at = name.indexOf('@');
  return at > 0 ? name.slice(0, at) : name;
}

function versymBytes({ dynamicSymbols }: Dynamic, versions: VersionTables): Uint8Array {
  const out = new ByteWriter();
  out.u16(0);
  for (const symbol of dynamicSymbols) out.u16(versionIndex(symbol, versions));
  return out.take();
}

/** Fills .dynsym, once addresses are known. */
export function fillDynamicSymbols(
  dynamic: Dynamic,
  names: DynamicNames,
  indexOf: (section: OutputSection) => number,
  outputs: readonly OutputSection[],
): void {
  const out = new ByteWriter();
  out.fill(16);
  const thread = outputs.find((o) => o.exists && !o.isIgnored && (o.flags & sectionFlag.tls) !== 0);
  for (const symbol of dynamic.dynamicSymbols) {
    const home = homeOf(symbol, outputs);
    const isHere = home !== undefined;
    let value = symbolValue(dynamic, symbol);
    if (isHere && symbol.type === symbolType.tls) value -= thread?.address ?? 0;
    out.u32(names.strings.offset(plainName(symbol)));
    out.u32(value >>> 0);
    out.u32(isHere ? symbol.size >>> 0 : 0);
    out.u8((outputBinding(symbol, isHere) << 4) | outputType(symbol));
    out.u8(symbol.visibility);
    out.u16(home === 'absolute' ? 0xfff1 : home ? indexOf(home) : 0);
  }
  dynamic.sections.dynsym.data.set(out.take());
}

/** A symbol's value in a symbol table; that of a function elsewhere may be its stub. */
export function symbolValue(dynamic: Dynamic, symbol: LinkSymbol): number {
  if (isCanonical(dynamic, symbol)) return pltAddress(dynamic, symbol) ?? 0;
  return symbol.state === 'undefined' ? 0 : symbolAddress(symbol);
}

/** Of what is defined elsewhere the references say how strong it is. */
export function outputBinding(symbol: LinkSymbol, isHere: boolean): number {
  if (symbol.state === 'shared') {
    const isItsOwn = isHere || !symbol.isReferenced;
    const isStrong = isItsOwn
      ? symbol.shared?.binding !== symbolBinding.weak
      : symbol.isReferencedStrongly;
    return isStrong ? 1 : symbolBinding.weak;
  }
  if (isWeakUndefined(symbol)) return symbolBinding.weak;
  return symbol.binding;
}

/** An indirect function elsewhere is a function like any other. */
export const outputType = ({ type, state }: LinkSymbol): number =>
  state === 'shared' && type === symbolType.gnuIfunc ? symbolType.func : type;

function homeOf(
  symbol: LinkSymbol,
  outputs: readonly OutputSection[],
): OutputSection | 'absolute' | undefined {
  const { section, state } = symbol;
  if (section === undefined || state === 'undefined') return undefined;
  if (section === 'absolute') return 'absolute';
  const output = section.kind === 'output' ? section : section.output;
  if (!output) return undefined;
  const isThere = (o: OutputSection): boolean => o.exists && !o.isIgnored;
  return isThere(output) ? output : neighbour(output, outputs, isThere);
}
