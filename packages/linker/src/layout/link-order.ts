// SHF_LINK_ORDER: sections that go with another one, such as a table of what lies in a function.
// They stay or go with it, and lie in the order of what they are linked to (gABI chapter 4,
// "Section Attribute Flags").

import { sectionFlag } from '@ring0/elf';
import type { ElfSection } from '@ring0/elf';
import type { Job } from '../job.ts';
import type { InputObject, InputSection, OutputSection } from '../model.ts';

/** The section that the header of one names, where it has the flag. */
export function linkedTo({ flags, object, index }: InputSection): InputSection | undefined {
  if ((flags & sectionFlag.linkOrder) === 0 || !object.file) return undefined;
  const link = object.file.sectionLink(index);
  return link === 0 ? undefined : object.sections.find((section) => section.index === link);
}

/** Sections by the one that they are linked to. */
export function linkedSections(
  objects: readonly InputObject[],
): ReadonlyMap<InputSection, readonly InputSection[]> {
  const result = new Map<InputSection, InputSection[]>();
  for (const { sections } of objects) {
    for (const section of sections) {
      const target = linkedTo(section);
      if (!target) continue;
      const list = result.get(target);
      if (list) list.push(section);
      else result.set(target, [section]);
    }
  }
  return result;
}

/** Under --gc-sections tables of patchable entries must say what they go with. */
export function checkLinked({ diagnostics }: Job, objects: readonly InputObject[]): void {
  for (const { name, sections } of objects) {
    for (const section of sections) {
      if (section.name !== '__patchable_function_entries') continue;
      if (section.isDiscarded || linkedTo(section)) continue;
      const message = `${name}: (${section.name}): needs a link (SHF_LINK_ORDER) for --gc-sections`;
      diagnostics.error('L0416', message);
      return;
    }
  }
}

/** Orphans that go with what is discarded go too, and what goes with them. */
export function dropLinked(orphans: readonly InputSection[]): void {
  const linked = orphans.filter(({ flags }) => (flags & sectionFlag.linkOrder) !== 0);
  for (let isAgain = linked.length > 0; isAgain;) {
    isAgain = false;
    for (const section of linked) {
      if (section.isDiscarded || !linkedTo(section)?.isDiscarded) continue;
      section.isDiscarded = true;
      isAgain = true;
    }
  }
}

/** Behind what is linked to nothing: by load address; what is empty may come before what is not. */
function inOrder(sections: readonly InputSection[], isEmptyFirst: boolean): InputSection[] {
  const rows = sections.map((section) => {
    const target = linkedTo(section);
    const base = target?.output?.loadAddress ?? 0;
    const isBehind = isEmptyFirst && target !== undefined && target.size > 0;
    return { section, place: target ? base + target.outputOffset : -1, isBehind };
  });
  rows.sort((a, b) => a.place - b.place || Number(a.isBehind) - Number(b.isBehind));
  return rows.map(({ section }) => section);
}

const isOrdered = ({ flags }: InputSection): boolean => (flags & sectionFlag.linkOrder) !== 0;

/** Sorts the inputs of each statement, once it is known where the others lie. */
export function sortLinked(outputs: readonly OutputSection[]): void {
  for (const { body } of outputs) {
    for (const [i, item] of body.entries()) {
      if (item.kind !== 'inputs' || !item.sections.some(isOrdered)) continue;
      body[i] = { ...item, sections: inOrder(item.sections, true) };
    }
  }
}

/** The same for -r, where sections that are linked and others do not go into one. */
export function sortRelocatable({ diagnostics }: Job, outputs: readonly OutputSection[]): boolean {
  let isAny = false;
  for (const { name, body } of outputs) {
    const lists = body.flatMap((item) => (item.kind === 'inputs' ? [item.sections] : []));
    const sections = lists.flat().filter((section) => !section.isDiscarded);
    const linked = sections.filter((section) => linkedTo(section));
    if (linked.length === 0) continue;
    if (linked.length < sections.length || body.some(({ kind }) => kind === 'data')) {
      const message = `section '${name}' has inputs with a link (SHF_LINK_ORDER) and others without`;
      diagnostics.error('L0414', message);
      continue;
    }
    isAny = true;
    for (const list of lists) list.length = 0;
    lists[0].push(...inOrder(sections, false));
  }
  return isAny;
}

/** sh_link of sections whose first input has the flag. */
export function setLinks(
  { diagnostics }: Job,
  written: ReadonlyMap<OutputSection, ElfSection>,
): void {
  for (const [output, section] of written) {
    const { firstInput, name } = output;
    if ((output.flags & sectionFlag.linkOrder) === 0 || !firstInput) continue;
    const target = linkedTo(firstInput);
    const kept = target?.isDiscarded ? target.keptInstead : target;
    if (kept && !kept.isDiscarded) section.link = kept.output && written.get(kept.output);
    else if (target) {
      const where = `'${target.name}' of ${target.object.name}`;
      const message = `section '${name}' is linked to ${where}, which is discarded`;
      diagnostics.error('L0415', message);
    }
  }
}
