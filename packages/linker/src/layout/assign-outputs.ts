// Which input section goes where: garbage collection, the script's rules, and orphans.

import { alignUp } from '@ring0/bytes';
import { sectionFlag, sectionType, symbolType } from '@ring0/elf';

import { collect } from './collect.ts';
import { addEmptyTables } from './empty-sections.ts';
import type { Job } from '../job.ts';
import { checkLinked, dropLinked } from './link-order.ts';
import { originsOf } from './linker-symbols.ts';
import { groupName } from '../input/input-file.ts';
import { makeSection } from '../model.ts';
import { seenFromOutside } from '../dynamic/dynamic-symbols.ts';
import type { InputObject, InputSection, LinkSymbol, OutputSection } from '../model.ts';
import { OrphanPlacer } from './orphans.ts';
import { inputTraits } from './output-flags.ts';
import { isStripped } from './output-sections.ts';
import { matcher } from '../script/patterns.ts';
import { keepPredicate, place } from './place.ts';
import type { Placement } from './place.ts';
import type { Script } from '../script/script-syntax.ts';

/** Drops the sections that nothing refers to. */
export function collectGarbage(job: Job, script: Script, objects: readonly InputObject[]): void {
  const { settings, resolver } = job;
  checkLinked(job, objects);
  const { entry = '', initName, finiName, undefinedNames, requiredNames } = settings;
  const names = [entry, initName, finiName, ...undefinedNames, ...requiredNames];
  const roots = names.flatMap((name) => resolver.globals.get(name) ?? []);
  roots.push(...seenFromOutside(job));
  const isRelocatable = settings.outputKind === 'relocatable';
  const result = collect(objects, roots, keepPredicate(script.statements), {
    keepsFrames: isRelocatable,
    followsRanges: !settings.keywords.has('start-stop-gc'),
    origins: originsOf(job, script),
  });
  job.collected = result.dropped;
  job.keepReasons = result.reasons;
  job.marked = result.marked;
  hideUnnamed(objects, result.named, new Set(names));
  if (!isRelocatable) forgetUnused(resolver.globals.values(), result.marked);
  const commons = new Map<InputObject, InputSection>();
  // The commons of an object stay together.
  const live = new Set([...result.commons].map(({ object }) => object));
  for (const symbol of resolver.globals.values()) {
    const { object } = symbol;
    if (symbol.state !== 'common' || !object || live.has(object)) continue;
    job.commons.push(symbol);
    let section = commons.get(object);
    if (!section) {
      section = makeSection(object, 'COMMON', { type: sectionType.nobits });
      section.isDiscarded = true;
      commons.set(object, section);
    }
    section.size = alignUp(section.size, Math.max(1, symbol.value)) + symbol.size;
    Object.assign(symbol, { state: 'defined', section, value: 0 });
  }
  if (settings.printsCollected) listRemoved(job, objects);
}

/** --print-gc-sections: what was dropped, and the groups that others stand for. */
function listRemoved(job: Job, objects: readonly InputObject[]): void {
  const dropped = new Set(job.collected);
  for (const { file, name: path, sections } of objects) {
    const rows = new Map<number, string>();
    for (const section of sections) {
      const { name, index, size, isDiscarded } = section;
      if (!isDiscarded || size === 0) continue;
      const group = file?.groups.find(({ members }) => members.includes(index));
      if (file && group) {
        rows.set(group.index, '.group');
        rows.set(index, `${name}[${groupName(file, group.signature)}]`);
      } else if (dropped.has(section)) rows.set(index, name);
    }
    for (const [, name] of [...rows].toSorted(([left], [right]) => left - right)) {
      job.remarks.push(`removing unused section '${name}' in file '${path}'`);
    }
  }
}

/** What only dropped sections refer to is nobody's need; what is copied takes its other names along. */
function forgetUnused(globals: Iterable<LinkSymbol>, marked: ReadonlySet<LinkSymbol>): void {
  const placeOf = ({ state, shared }: LinkSymbol): string =>
    state === 'shared' && shared?.type === symbolType.object
      ? `${shared.library.path}\0${shared.value}`
      : '';
  const places = new Set([...marked].map(placeOf));
  for (const symbol of globals) {
    const isElsewhere = symbol.state === 'undefined' || symbol.state === 'shared';
    if (!isElsewhere || marked.has(symbol)) continue;
    const place = placeOf(symbol);
    if (place !== '' && places.has(place)) continue;
    Object.assign(symbol, { isReferenced: false, isReferencedStrongly: false });
    if (symbol.dynamicOrder >= 0) symbol.dynamicOrder = -1;
  }
}

/** The names of a file's bytes (-b binary) are seen no more where no relocation has one of them. */
function hideUnnamed(
  objects: readonly InputObject[],
  named: ReadonlySet<LinkSymbol>,
  asked: ReadonlySet<string>,
): void {
  for (const { file, symbols } of objects) {
    if (file || symbols.some((symbol) => symbol && named.has(symbol))) continue;
    for (const symbol of symbols) {
      if (symbol && symbol.section !== 'absolute' && !asked.has(symbol.name)) {
        symbol.isForcedLocal = true;
      }
    }
  }
}

/** Gives every input section that stays its output section. */
export function placeAll(job: Job, script: Script, objects: readonly InputObject[]): Placement {
  const { settings } = job;
  const empty = addEmptyTables(job, job.resolver.objects);
  for (const section of job.dynamic.object.sections) {
    if (section.size === 0 && !empty.has(section) && !section.isKept) section.isDiscarded = true;
  }
  const placement = place(script.statements, objects, settings);
  placeOrphans(job, placement);
  for (const item of placement.items) if (item.kind === 'output') finishFlags(job, item);
  return placement;
}

function placeOrphans(job: Job, { items, order, orphans }: Placement): void {
  const { settings } = job;
  dropLinked(orphans);
  const isRelocatable = settings.outputKind === 'relocatable';
  const isCombined = !isRelocatable && !settings.keywords.has('nocombreloc');
  const placer = new OrphanPlacer(items, order, isRelocatable, isCombined);
  placer.keepsGroups = isRelocatable && !settings.forcesGroups;
  const unique = settings.uniqueSections.map(matcher);
  const traits = new Map<string, number>();
  for (const section of orphans) {
    const key = `${section.name} ${section.type}`;
    traits.set(key, inputTraits(section) & (traits.get(key) ?? -1));
  }
  for (const section of orphans) {
    if (settings.strip !== 'none' && isStripped(section, settings)) section.isDiscarded = true;
    if (section.isDiscarded) continue;
    if (section.name === 'COMMON') {
      if (!isRelocatable || settings.definesCommons) placer.placeCommon(section);
      continue;
    }
    if (settings.orphanHandling === 'discard') {
      section.isDiscarded = true;
      placer.nameDiscarded();
      continue;
    }
    const isGroup = isRelocatable && (section.flags & sectionFlag.group) !== 0;
    const isUnique =
      section.type === sectionType.group ||
      settings.isOrphanUnique ||
      (isGroup && !settings.forcesGroups) ||
      unique.some((matches) => matches(section.name));
    const later = traits.get(`${section.name} ${section.type}`) ?? 0;
    const output = placer.place(section, later, isUnique);
    tellOrphan(job, section, output);
  }
}

function tellOrphan(job: Job, section: InputSection, output: OutputSection): void {
  const { settings, diagnostics } = job;
  if (settings.orphanHandling === 'error') {
    const message = `unplaced orphan section '${section.name}' from '${section.object.name}'`;
    diagnostics.error('L0401', message);
  } else if (settings.orphanHandling === 'warn') {
    const what = `orphan section '${section.name}' from '${section.object.name}'`;
    diagnostics.warning('L0401', `${what} being placed in section '${output.name}'`);
  }
}

function finishFlags(job: Job, output: OutputSection): void {
  const { magic, outputKind } = job.settings;
  // Where nothing is collected, GNU ld says it of sections alone that the script does not name.
  if (!job.settings.collects && !output.isOrphan) output.flags &= ~sectionFlag.gnuRetain;
  const isOpen = magic === 'omagic' && outputKind !== 'relocatable';
  if (output.name === '.text') {
    // GNU ld says so at last, whatever its inputs are.
    if (isOpen) output.flags |= sectionFlag.write;
    else if (magic !== 'omagic') output.flags &= ~sectionFlag.write;
  }
  if (job.settings.strip !== 'none' && isStripped(output, job.settings)) output.exists = false;
}
