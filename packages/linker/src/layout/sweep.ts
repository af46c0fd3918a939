// The end of --gc-sections: what nothing refers to goes. Of what is not in memory nobody knows by
// references whether it is in use: debugging information, comments and notes stay with their
// objects.

import { sectionFlag, sectionType } from '@ring0/elf';
import { linkedTo } from './link-order.ts';
import type { InputObject, InputSection } from '../model.ts';
import { isDebuggingName } from './output-flags.ts';

/** What is not in memory stays with what is, where it refers to nothing. */
function isInformative(section: InputSection): boolean {
  if ((section.flags & sectionFlag.alloc) !== 0 || linkedTo(section)) return false;
  return !isDebuggingName(section.name) && section.relocations.length === 0;
}

const isDebugging = (section: InputSection): boolean =>
  (section.flags & sectionFlag.alloc) === 0 &&
  isDebuggingName(section.name) &&
  !section.isDiscarded &&
  !linkedTo(section);

/**
 * Debugging information stays with what is in memory, and with debugging information that refers to
 * it; but what is of one function, as its name says, goes with it. GNU ld takes pieces of
 * .debug_line for a sign that there are such.
 */
function markInformation(
  objects: readonly InputObject[],
  live: Set<InputSection>,
  isUsed: IsUsed,
): void {
  const pending: InputSection[] = [];
  const left = new Set<InputSection>();
  for (const object of objects) {
    const own = object.sections.filter((section) => !live.has(section) && isDebugging(section));
    if (own.length === 0) continue;
    const isSplit = object.sections.some(({ name }) => name.startsWith('.debug_line.'));
    const isDead = (s: InputSection): boolean =>
      (s.flags & sectionFlag.execute) !== 0 && !live.has(s);
    const dead = isSplit ? object.sections.filter(isDead).map(({ name }) => name) : [];
    for (const section of own) {
      const isOfDead = dead.some((name) => section.name.endsWith(name));
      if (isUsed(object) && !isOfDead) pending.push(section);
      else left.add(section);
    }
  }
  for (const section of pending) live.add(section);
  for (let section = pending.pop(); section && left.size > 0; section = pending.pop()) {
    for (const { symbol } of section.relocations) {
      const target = symbol?.section;
      if (typeof target !== 'object' || target.kind !== 'input' || !left.delete(target)) continue;
      live.add(target);
      pending.push(target);
    }
  }
}

type IsUsed = (object: InputObject) => boolean;

/** Discards what is not live, and lists it; `live` gains the debugging information that stays. */
export function sweep(
  objects: readonly InputObject[],
  live: Set<InputSection>,
  frames: ReadonlySet<InputSection>,
): InputSection[] {
  const isInMemory = (s: InputSection): boolean =>
    frames.has(s) ||
    (live.has(s) && (s.flags & sectionFlag.alloc) !== 0 && s.type !== sectionType.note);
  const used = new Set(objects.filter(({ sections }) => sections.some(isInMemory)));
  const isUsed = (object: InputObject): boolean => used.has(object);
  markInformation(objects, live, isUsed);
  const dropped: InputSection[] = [];
  for (const object of objects) {
    const isKept = isUsed(object);
    for (const section of object.sections) {
      if (section.isDiscarded || live.has(section)) continue;
      const isInformation = isInformative(section);
      const isFrame = frames.has(section);
      if (object.file === undefined || isFrame || (isKept && isInformation)) continue;
      if (isInformation && section.name === '.note.GNU-stack') continue;
      section.isDiscarded = true;
      dropped.push(section);
    }
  }
  return dropped;
}
