// -r: objects joined to one object. Sections of a name become one, nothing is merged or resolved
// for good; groups stay, of equal COMDAT groups the first (GNU ld manual, "-r").

import { objectFile, sectionFlag, sectionType, writeElf } from '@ring0/elf';
import type { ElfFile, ElfSection, ElfSymbol } from '@ring0/elf';

import { rankedNames } from '../dynamic/dynamic-link.ts';
import type { Job, LinkResult } from '../job.ts';
import { findBuildId, writeBuildId } from './build-id.ts';
import { compressDebug } from './compress.ts';
import { keptRelocations } from './kept-relocations.ts';
import { setLinks, sortRelocatable } from '../layout/link-order.ts';
import { Layout } from '../layout/layout.ts';
import { reportRequired } from '../input/unresolved.ts';
import { result } from '../report/link-result.ts';
import { setRanges } from '../layout/linker-symbols.ts';
import { makeSection, symbolAddress } from '../model.ts';
import type { InputObject, InputSection, LinkSymbol, OutputSection } from '../model.ts';
import { fileOrder, isStripped } from '../layout/output-sections.ts';
import type { LinkSettings } from '../options.ts';
import type { Placement } from '../layout/place.ts';
import type { Script } from '../script/script-syntax.ts';
import { symbolTable, usedSymbols } from './symbol-table.ts';
import type { SymbolMap } from './symbol-table.ts';
import { plainBytes, usesGnuSymbols } from './write-image.ts';
import { passOnStackDemand, warnOfStack } from '../report/warnings.ts';
import { giveKind, retainedNames } from './write-output.ts';

/** Lays out and writes a relocatable output, once everything has its output section. */
export function linkRelocatable(
  job: Job,
  script: Script,
  placement: Placement,
  objects: readonly InputObject[],
): LinkResult {
  const { settings, diagnostics, resolver } = job;
  const { items } = placement;
  const outputs = fileOrder(placement);
  const layout = new Layout({
    items,
    globals: resolver.globals,
    redefined: job.redefined,
    script,
    settings: { ...settings, checksSections: false },
    diagnostics,
    headerSize: () => 0,
  });
  layout.walkOnce();
  // Nothing that came into being is left out for being empty.
  for (const output of outputs) output.isIgnored &&= !output.exists;
  layout.run();
  if (sortRelocatable(job, outputs)) layout.run();
  setRanges(job, outputs);
  reportRequired(job);
  job.explainer.duplicates(settings.allowsMultipleDefinition ? [] : resolver.duplicates);
  if (diagnostics.hasErrors && !settings.noInhibitExec) return result(job, undefined);
  const written = outputs.filter((o) => o.exists && !o.isIgnored);
  passOnStackDemand(job, resolver.objects, written);
  warnOfStack(settings, diagnostics, resolver.objects);
  const image = writeElf(relocatableFile(job, written, outputs), { areNamesInFileOrder: true });
  const noteAt = settings.buildId === undefined ? undefined : findBuildId(image);
  if (settings.buildId !== undefined && noteAt !== undefined) {
    writeBuildId(image, noteAt, settings.buildId, job.options.sha1);
  }
  const isRefused = diagnostics.hasErrors && !settings.noInhibitExec;
  return result(job, isRefused ? undefined : image, { items, layout, objects, layoutText: '' });
}

function relocatableFile(
  job: Job,
  written: readonly OutputSection[],
  order: readonly OutputSection[],
): ElfFile {
  const { settings, resolver } = job;
  const sections = new Map<OutputSection, ElfSection>();
  for (const output of written) {
    const section = sectionOf(output, settings.forcesGroups);
    giveKind(output, section);
    sections.set(output, section);
  }
  // Symbols that relocations need are not stripped.
  const bare = { ...settings, strip: 'none', discardLocals: 'all' } as const;
  const map: SymbolMap = { bySymbol: new Map(), bySection: new Map() };
  setLinks(job, sections);
  const symbols = symbolTable({
    globals: rankedNames(resolver).flatMap((name) => resolver.globals.get(name) ?? []),
    settings: settings.strip === 'all' ? bare : settings,
    retained: retainedNames(job),
    swept: settings.collects ? sweptSymbols(job, order, sections) : new Set(),
    sections,
    addressOf: offsetOf,
    order,
    written: map,
  });
  for (const [output, section] of sections) {
    section.relocations = keptRelocations(output, map, section.data, undefined, (input, lost) => {
      job.explainer.relocation({ ...lost, kind: 'discarded', section: input, value: 0 });
    });
  }
  for (const [output, section] of sections) {
    if (output.type === sectionType.group) section.group = groupOf(output, sections, map);
  }
  compressDebug(job, sections.values());
  const file = objectFile(32, [...sections.values()], symbols);
  return { ...file, osabi: usesGnu(job.resolver.objects, symbols) ? 3 : 0, entry: entryOf(job) };
}

/** What GNU added to the ABI is in it: the header says so, that others may know. */
function usesGnu(objects: readonly InputObject[], symbols: readonly ElfSymbol[]): boolean {
  const { gnuRetain, gnuMbind } = sectionFlag;
  const isOwn = ({ flags }: InputSection): boolean => (flags & (gnuRetain | gnuMbind)) !== 0;
  return usesGnuSymbols(symbols) || objects.some(({ sections }) => sections.some(isOwn));
}

/** Undefined names that nothing left refers to, and what collection hid. */
function sweptSymbols(
  { resolver }: Job,
  order: readonly OutputSection[],
  sections: ReadonlyMap<OutputSection, ElfSection>,
): Set<LinkSymbol> {
  const used = usedSymbols({ order, sections });
  const all = [...resolver.globals.values()];
  const isHidden = ({ isForcedLocal, object }: LinkSymbol): boolean =>
    isForcedLocal && object !== undefined && object.file === undefined;
  const isSwept = (symbol: LinkSymbol): boolean =>
    symbol.state === 'undefined' ? !used.has(symbol) : isHidden(symbol);
  return new Set(all.filter(isSwept));
}

/** What -e names, or `start`; where nobody asks none is missed. */
function entryOf({ settings, resolver, diagnostics }: Job): bigint {
  const { entry } = settings;
  const symbol = resolver.globals.get(entry ?? 'start');
  if (symbol?.state === 'defined') return BigInt(offsetOf(symbol));
  if (entry === undefined) return 0n;
  if (/^\d/.test(entry)) return BigInt(Number(entry) || 0);
  const message = `cannot find entry symbol ${entry}; not setting start address`;
  diagnostics.warning('L0402', message);
  return 0n;
}

/** Symbols of a relocatable file count from their section. */
function offsetOf(symbol: LinkSymbol): number {
  const { section } = symbol;
  const address = symbolAddress(symbol);
  if (section === undefined || section === 'absolute') return address;
  const output = section.kind === 'output' ? section : section.output;
  return address - (output?.address ?? 0);
}

const emptySymbol: Omit<ElfSymbol, 'section'> = {
  name: '',
  value: 0n,
  size: 0n,
  binding: 0,
  type: 3,
  visibility: 0,
};

function sectionOf(output: OutputSection, isForced: boolean): ElfSection {
  const hasBytes = output.type !== sectionType.nobits;
  return {
    name: output.name,
    type: output.type,
    flags: output.flags | (isForced ? 0 : groupFlagOf(output)),
    address: BigInt(output.address >>> 0),
    size: output.size,
    alignment: output.alignment,
    entrySize: output.entrySize,
    data: hasBytes ? plainBytes(output) : new Uint8Array(0),
    relocations: [],
  };
}

const inputsOf = ({ pieces }: OutputSection): InputSection[] =>
  pieces.flatMap((piece) => (piece.kind === 'input' ? [piece.section] : []));

/** An output section whose input is in a group is in one too. */
const groupFlagOf = (output: OutputSection): number =>
  inputsOf(output).some(({ flags }) => (flags & sectionFlag.group) !== 0) ? sectionFlag.group : 0;

/** The group sections of the inputs become sections like others, so that they have their place. */
export function addGroups(objects: readonly InputObject[], settings: LinkSettings): void {
  for (const object of objects) {
    const { file } = object;
    if (!file || file.groups.length === 0) continue;
    const stays = (s: InputSection): boolean => !s.isDiscarded && !isStripped(s, settings);
    const left = new Set(object.sections.filter(stays).map(({ index }) => index));
    for (const { index, members } of file.groups) {
      if (!members.some((member) => left.has(member))) continue;
      const kind = { type: sectionType.group, alignment: 4, index };
      const section = makeSection(object, file.sectionName(index), kind);
      const isName = (symbol: LinkSymbol | undefined, at: number): boolean =>
        symbol?.binding === 0 && file.symbolSection(at) === index;
      for (const symbol of object.symbols.filter(isName)) if (symbol) symbol.section = section;
    }
    const rank = ({ index }: InputSection): number => (index === 0 ? file.sectionCount : index);
    object.sections.sort((a, b) => rank(a) - rank(b));
  }
}

/** What the group section of the output says: the signature and the members that are left. */
function groupOf(
  output: OutputSection,
  sections: ReadonlyMap<OutputSection, ElfSection>,
  map: SymbolMap,
): ElfSection['group'] {
  const [input] = inputsOf(output);
  const group = input?.object.file?.groups.find(({ index }) => index === input.index);
  if (!input || !group) return undefined;
  const members = input.object.sections.flatMap(({ index, output: own }) => {
    const isMember = group.members.includes(index);
    return (isMember && own && sections.get(own)) || [];
  });
  const link = input.object.symbols[group.signature];
  const found = link && (map.bySymbol.get(link) ?? sectionSymbolOf(link.section, map));
  const signature = found ?? { ...emptySymbol, section: 'absolute' as const };
  return { flags: group.flags, signature, members };
}

function sectionSymbolOf(
  section: LinkSymbol['section'],
  { bySection }: SymbolMap,
): ElfSymbol | undefined {
  if (section === undefined || section === 'absolute' || section.kind === 'output')
    return undefined;
  return section.output && bySection.get(section.output);
}
