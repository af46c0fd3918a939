// Which input section goes where: garbage collection, the script's rules, and orphans.

import { sectionFlag, sectionType } from '@ring0/elf';

import { collect } from './collect.ts';
import type { Job } from './job.ts';
import { makeSection } from './model.ts';
import type { InputObject, OutputSection } from './model.ts';
import { asBss, isStripped } from './output-sections.ts';
import { OrphanPlacer, keepPredicate, place } from './place.ts';
import type { Placement } from './place.ts';
import type { Script } from './script-syntax.ts';

/** Drops the sections that nothing refers to. */
export function collectGarbage(job: Job, script: Script, objects: readonly InputObject[]): void {
  const { settings, resolver } = job;
  const names = [settings.entry ?? '', ...settings.undefinedNames];
  const roots = names.flatMap((name) => resolver.globals.get(name) ?? []);
  const result = collect(objects, roots, keepPredicate(script.statements));
  job.collected = result.dropped;
  for (const symbol of resolver.globals.values()) {
    if (symbol.state !== 'common' || result.commons.has(symbol) || !symbol.object) continue;
    const section = makeSection(symbol.object, 'COMMON', { type: sectionType.nobits });
    section.isDiscarded = true;
    Object.assign(symbol, { state: 'defined', section, value: 0 });
  }
  if (!settings.printsCollected) return;
  for (const { name, object, flags, size } of job.collected) {
    if ((flags & sectionFlag.alloc) === 0 || size === 0) continue;
    job.text += `ld: removing unused section '${name}' in file '${object.name}'\n`;
  }
}

/** Gives every input section that stays its output section. */
export function placeAll(job: Job, script: Script, objects: readonly InputObject[]): Placement {
  const { settings, diagnostics } = job;
  for (const section of job.got.object.sections) if (section.size === 0) section.isDiscarded = true;
  const placement = place(script.statements, objects);
  const placer = new OrphanPlacer(placement.items);
  const writable = new Set<string>();
  for (const { name, flags } of placement.orphans)
    if (flags & sectionFlag.write) writable.add(name);
  for (const section of placement.orphans) {
    if (settings.strip !== 'none' && isStripped(section, settings)) {
      section.isDiscarded = true;
      continue;
    }
    if (settings.orphanHandling === 'discard') section.isDiscarded = true;
    const message = `unplaced orphan section '${section.name}' from '${section.object.name}'`;
    if (settings.orphanHandling === 'error') diagnostics.error('L0401', message);
    if (settings.orphanHandling === 'warn') diagnostics.warning('L0401', message);
    if (section.isDiscarded) continue;
    const isCommon = section.name === 'COMMON';
    placer.place(isCommon ? asBss(section) : section, writable.has(section.name));
  }
  for (const item of placement.items) {
    if (item.kind === 'output') finishFlags(job, item);
  }
  return placement;
}

function finishFlags(job: Job, output: OutputSection): void {
  const { type } = output.statement;
  if (type === 'NOLOAD' || type === 'OVERLAY')
    output.type = type === 'NOLOAD' ? sectionType.nobits : output.type;
  if (type === 'INFO' || type === 'COPY' || type === 'DSECT') output.flags &= ~sectionFlag.alloc;
  if (job.settings.magic === 'omagic' && output.name === '.text') output.flags |= sectionFlag.write;
  if (job.settings.strip !== 'none' && isStripped(output, job.settings)) output.exists = false;
}
