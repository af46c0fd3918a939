// .dynamic: what the dynamic linker reads first, as a list of tags in GNU ld's order (gABI chapter
// 5, "Dynamic Section"). The list is made before layout, its addresses after.

import {
  dynamicFlag,
  dynamicFlag1,
  dynamicTag,
  elfSizes,
  sectionFlag,
  sectionType,
} from '@ring0/elf';
import type { Dynamic } from './dynamic.ts';
import type { DynamicNames } from './dynamic-symbols.ts';
import { addressOf, resize } from '../layout/linker-sections.ts';
import { symbolAddress } from '../model.ts';
import type { InputSection, LinkSymbol, OutputSection } from '../model.ts';

/** What an entry's value is, once that is known. */
type Value =
  | number
  | { readonly addressOf: InputSection | OutputSection | LinkSymbol }
  | { readonly sizeOf: InputSection | OutputSection }
  | { readonly startOf: readonly OutputSection[]; readonly without: InputSection }
  | { readonly sizeOfAll: readonly OutputSection[]; readonly without: InputSection };

export interface DynamicEntry {
  readonly tag: number;
  readonly value: Value;
}

/** The entries; `outputs` says which of the optional sections there are. */
export function dynamicEntries(
  dynamic: Dynamic,
  names: DynamicNames,
  outputs: readonly OutputSection[],
  globals: ReadonlyMap<string, LinkSymbol>,
): DynamicEntry[] {
  const { sections, settings, shared } = dynamic;
  const { strings } = names;
  const entries: DynamicEntry[] = [];
  const add = (tag: number, value: Value): void => void entries.push({ tag, value });
  const text = (tag: number, words: readonly string[]): void => {
    for (const word of words) add(tag, strings.offset(word));
  };
  const output = (name: string): OutputSection | undefined =>
    outputs.find((o) => o.name === name && o.hasInput && hasContents(o));
  text(
    dynamicTag.needed,
    shared.libraries.filter((l) => l.isNeeded).map((l) => l.soname),
  );
  const isShared = settings.outputKind === 'shared';
  if (settings.soname !== undefined) text(dynamicTag.soname, [settings.soname]);
  if (settings.binds === 'symbolic' && isShared) add(dynamicTag.symbolic, 0);
  const pathTag = settings.newDynamicTags ? dynamicTag.runpath : dynamicTag.rpath;
  if (settings.runPaths.length > 0) text(pathTag, [settings.runPaths.join(':')]);
  text(dynamicTag.filter, settings.filters);
  text(dynamicTag.auxiliary, settings.auxiliaries);
  text(dynamicTag.audit, settings.audits);
  text(dynamicTag.depAudit, settings.dependencyAudits);
  functions(dynamic, globals, add);
  for (const [name, tag, sizeTag] of arrays) {
    const section = output(name);
    if (!section) continue;
    add(tag, { addressOf: section });
    add(sizeTag, { sizeOf: section });
  }
  if (sections.hash.size > 0) add(dynamicTag.hash, { addressOf: sections.hash });
  if (sections.gnuHash.size > 0) add(dynamicTag.gnuHash, { addressOf: sections.gnuHash });
  add(dynamicTag.strtab, { addressOf: sections.dynstr });
  add(dynamicTag.symtab, { addressOf: sections.dynsym });
  add(dynamicTag.stringSize, { sizeOf: sections.dynstr });
  add(dynamicTag.symbolEntry, elfSizes(32).symbol);
  if (settings.keywords.has('unique')) add(dynamicTag.gnuFlags1, gnuUnique);
  relocationEntries(dynamic, outputs, add);
  versionsDefined(dynamic, names, add);
  flagEntries(dynamic, add);
  versionsNeeded(dynamic, names, add);
  // DT_RELCOUNT takes one of them.
  for (let spare = 0; spare <= settings.spareTags; spare++) add(dynamicTag.null, 0);
  return entries;
}

const hasContents = (output: OutputSection): boolean =>
  output.body.some(
    (item) => item.kind === 'inputs' && item.sections.some((s) => !s.isDiscarded && s.size > 0),
  );

const arrays = [
  ['.preinit_array', dynamicTag.preinitArray, dynamicTag.preinitArraySize],
  ['.init_array', dynamicTag.initArray, dynamicTag.initArraySize],
  ['.fini_array', dynamicTag.finiArray, dynamicTag.finiArraySize],
] as const;

type Add = (tag: number, value: Value) => void;

function functions(dynamic: Dynamic, globals: ReadonlyMap<string, LinkSymbol>, add: Add): void {
  const { initName, finiName } = dynamic.settings;
  const rows = [
    [dynamicTag.init, initName],
    [dynamicTag.fini, finiName],
  ] as const;
  for (const [tag, name] of rows) {
    const symbol = globals.get(name);
    if (symbol?.state === 'defined') add(tag, { addressOf: symbol });
    else if (symbol?.isReferenced) add(tag, 0);
  }
}

function relocationEntries(dynamic: Dynamic, outputs: readonly OutputSection[], add: Add): void {
  const { sections, settings } = dynamic;
  if (settings.outputKind !== 'shared') add(dynamicTag.debug, 0);
  const { relPlt } = sections;
  // Descriptors that are filled at once need no entry that finds them.
  const isLazy = !settings.keywords.has('now');
  const hasPlt = (relPlt.size > 0 && isLazy) || sections.plt.size > 0;
  if (hasPlt) add(dynamicTag.pltGot, { addressOf: sections.gotPlt });
  if (relPlt.size > 0) {
    const table = relPlt.output ?? relPlt;
    add(dynamicTag.pltRelSize, { sizeOf: table });
    add(dynamicTag.pltRel, dynamicTag.rel);
    add(dynamicTag.jumpRel, { addressOf: table });
  }
  const isLoose = (section: InputSection): boolean =>
    section.type === sectionType.rel && section !== relPlt;
  if (!dynamic.object.sections.some((s) => isLoose(s) && !s.isDiscarded && s.size > 0)) return;
  // One table, or by -z nocombreloc or a script several in a row; whatever their names.
  const isTable = ({ type, flags }: OutputSection): boolean =>
    type === sectionType.rel && (flags & sectionFlag.alloc) !== 0;
  const tables = outputs.filter((o) => isTable(o) && hasContents(o));
  add(dynamicTag.rel, { startOf: tables, without: relPlt });
  add(dynamicTag.relSize, { sizeOfAll: tables, without: relPlt });
  add(dynamicTag.relEntry, elfSizes(32).rel);
  if (dynamic.textRelocations.size > 0) add(dynamicTag.textRel, 0);
}

function flagEntries(dynamic: Dynamic, add: Add): void {
  const { settings } = dynamic;
  const { keywords } = settings;
  let { flags } = dynamic;
  const isNow = keywords.has('now') && !keywords.has('lazy');
  if (keywords.has('origin')) flags |= dynamicFlag.origin;
  if (settings.binds === 'symbolic' && settings.outputKind === 'shared') {
    flags |= dynamicFlag.symbolic;
  }
  if (dynamic.textRelocations.size > 0) flags |= dynamicFlag.textRel;
  if (isNow && !settings.newDynamicTags) add(dynamicTag.bindNow, 0);
  if (isNow) flags |= dynamicFlag.bindNow;
  // The old tags say the same, but for static thread-local storage.
  const isNeeded = settings.newDynamicTags || (flags & dynamicFlag.staticTls) !== 0;
  if (flags !== 0 && isNeeded) add(dynamicTag.flags, flags);
  let more: number = settings.isGroup ? dynamicFlag1.group : 0;
  if (isNow) more |= dynamicFlag1.now;
  const isShared = settings.outputKind === 'shared';
  let isMarked = false;
  for (const [word, bit] of flagWords) {
    if (!keywords.has(word)) continue;
    // GNU ld keeps the entry of what it takes out.
    isMarked = true;
    if (isShared || !sharedOnly.has(word)) more |= bit;
  }
  if (settings.outputKind === 'pie') more |= dynamicFlag1.pie;
  if (more !== 0 || isMarked) add(dynamicTag.flags1, more);
}

/** DF_GNU_1_UNIQUE. */
const gnuUnique = 1;

/** What only a shared object can be marked with. */
const sharedOnly: ReadonlySet<string> = new Set(['initfirst', 'nodelete', 'nodlopen']);

const flagWords = [
  ['global', dynamicFlag1.global],
  ['nodelete', dynamicFlag1.nodelete],
  ['loadfltr', dynamicFlag1.loadfltr],
  ['initfirst', dynamicFlag1.initfirst],
  ['nodlopen', dynamicFlag1.noopen],
  ['origin', dynamicFlag1.origin],
  ['interpose', dynamicFlag1.interpose],
  ['nodefaultlib', dynamicFlag1.nodeflib],
  ['nodump', dynamicFlag1.nodump],
  ['globalaudit', dynamicFlag1.globalAudit],
] as const;

function versionsDefined({ sections }: Dynamic, { versions }: DynamicNames, add: Add): void {
  if (sections.verdef.size === 0) return;
  add(dynamicTag.verdef, { addressOf: sections.verdef });
  add(dynamicTag.verdefNum, versions.defined.length + 1);
}

function versionsNeeded({ sections }: Dynamic, { versions }: DynamicNames, add: Add): void {
  if (sections.verneed.size > 0) {
    add(dynamicTag.verneed, { addressOf: sections.verneed });
    add(dynamicTag.verneedNum, versions.needed.size);
  }
  if (sections.versym.size > 0) add(dynamicTag.versym, { addressOf: sections.versym });
}

/** Room for the entries. */
export function sizeDynamic(dynamic: Dynamic, entries: readonly DynamicEntry[]): void {
  resize(dynamic.sections.dynamic, entries.length * 8);
}

/** The entries' values, once addresses are known. */
export function fillDynamic(
  dynamic: Dynamic,
  entries: readonly DynamicEntry[],
  relativeCount: number,
): void {
  const { data } = dynamic.sections.dynamic;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const isCounted = relativeCount > 0 && !dynamic.settings.keywords.has('nocombreloc');
  const used = entries.filter(({ tag }) => tag !== dynamicTag.null);
  const counted = { tag: dynamicTag.relCount, value: relativeCount };
  (isCounted ? [...used, counted] : used).forEach(({ tag, value }, index) => {
    view.setUint32(index * 8, tag, true);
    view.setUint32(index * 8 + 4, valueOf(value) >>> 0, true);
  });
}

function valueOf(value: Value): number {
  if (typeof value === 'number') return value;
  if ('sizeOf' in value) return value.sizeOf.size;
  if ('startOf' in value) {
    const start = Math.min(...value.startOf.map(({ address }) => address));
    return start === addressOf(value.without) ? start + value.without.size : start;
  }
  if ('sizeOfAll' in value) {
    return value.sizeOfAll.reduce((sum, { size }) => sum + size, -value.without.size);
  }
  const target = value.addressOf;
  if ('state' in target) return symbolAddress(target);
  return target.kind === 'output' ? target.address : addressOf(target);
}
