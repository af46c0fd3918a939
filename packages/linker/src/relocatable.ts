// -r: objects joined to one object. Sections of a name become one, nothing is merged or resolved
// for good; groups stay, of equal COMDAT groups the first (GNU ld manual, "-r").

import { elfType, groupFlag, machine, sectionFlag, sectionType, writeElf } from '@ring0/elf';
import type { ElfFile, ElfSection, ElfSymbol } from '@ring0/elf';

import { rankedNames } from './dynamic-link.ts';
import type { Job, LinkResult } from './job.ts';
import { keptRelocations } from './kept-relocations.ts';
import { Layout } from './layout.ts';
import { result } from './link-result.ts';
import { symbolAddress } from './model.ts';
import type { InputObject, InputSection, OutputSection } from './model.ts';
import { fileOrder } from './output-sections.ts';
import type { Placement } from './place.ts';
import type { Script } from './script-syntax.ts';
import { symbolTable } from './symbol-table.ts';
import type { SymbolMap } from './symbol-table.ts';
import { plainBytes } from './write-image.ts';

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
    script,
    settings: { ...settings, checksSections: false },
    diagnostics,
    headerSize: () => 0,
  });
  layout.walkOnce();
  for (const output of outputs) if (output.hasInput) output.isIgnored = false;
  layout.run();
  job.explainer.duplicates(settings.allowsMultipleDefinition ? [] : resolver.duplicates);
  if (diagnostics.hasErrors) return result(job, undefined);
  const written = outputs.filter((o) => o.exists && !o.isIgnored);
  const image = writeElf(relocatableFile(job, written, outputs));
  return result(job, image, { items, layout, objects, layoutText: '' });
}

function relocatableFile(
  job: Job,
  written: readonly OutputSection[],
  order: readonly OutputSection[],
): ElfFile {
  const { settings, resolver } = job;
  const sections = new Map<OutputSection, ElfSection>();
  for (const output of written) sections.set(output, sectionOf(output));
  const groups = keptGroups(resolver.objects, settings.forcesGroups);
  const map: SymbolMap = { bySymbol: new Map(), bySection: new Map() };
  const symbols = symbolTable({
    globals: rankedNames(resolver).flatMap((name) => resolver.globals.get(name) ?? []),
    settings: { ...settings, strip: settings.strip === 'all' ? 'none' : settings.strip },
    sections,
    addressOf: symbolAddress,
    order,
    written: map,
  });
  for (const [output, section] of sections) {
    section.relocations = keptRelocations(output, map, section.data);
  }
  const own = groups.map((group) => groupSection(group, sections, map));
  const groupSymbols = own.map((section): ElfSymbol => ({ ...emptySymbol, section }));
  return {
    bits: 32,
    type: elfType.relocatable,
    machine: machine.i386,
    entry: 0n,
    flags: 0,
    osabi: 0,
    sections: [...own, ...sections.values()],
    symbols: [...groupSymbols, ...symbols],
    segments: [],
  };
}

const emptySymbol: Omit<ElfSymbol, 'section'> = {
  name: '',
  value: 0n,
  size: 0n,
  binding: 0,
  type: 3,
  visibility: 0,
};

function sectionOf(output: OutputSection): ElfSection {
  const hasBytes = output.type !== sectionType.nobits;
  return {
    name: output.name,
    type: output.type,
    flags: output.flags | groupFlagOf(output),
    address: 0n,
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

interface Group {
  readonly object: InputObject;
  readonly elf: ElfSection;
  readonly members: readonly InputSection[];
}

/** The groups of the inputs whose members are kept. */
function keptGroups(objects: readonly InputObject[], isForced: boolean): Group[] {
  if (isForced) return [];
  return objects.flatMap((object) => {
    const groups = object.file?.sections.filter((section) => section.group !== undefined) ?? [];
    return groups.flatMap((elf) => {
      const members = object.sections.filter(
        (section) =>
          section.elf !== undefined &&
          !section.isDiscarded &&
          section.output !== undefined &&
          elf.group?.members.includes(section.elf) === true,
      );
      return members.length > 0 ? [{ object, elf, members }] : [];
    });
  });
}

function groupSection(
  { object, elf, members }: Group,
  sections: ReadonlyMap<OutputSection, ElfSection>,
  map: SymbolMap,
): ElfSection {
  const found = members.flatMap(({ output }) => (output && sections.get(output)) ?? []);
  const signature = elf.group?.signature;
  const link = signature && object.symbols.get(signature);
  const symbol = (link && map.bySymbol.get(link)) ?? { ...emptySymbol, section: 'absolute' };
  return {
    name: '.group',
    type: sectionType.group,
    flags: 0,
    address: 0n,
    size: 0,
    alignment: 4,
    entrySize: 4,
    data: new Uint8Array(0),
    relocations: [],
    group: { flags: elf.group?.flags ?? groupFlag.comdat, signature: symbol, members: found },
  };
}
