// What several objects bring and the output has once: COMDAT groups by their signatures (gABI chapter 4, "Section Groups"), and
// `.gnu.linkonce.` sections, which did the same by their names before there were groups. A linkonce section and a group of one
// section are the same where they define the same symbols.

import { groupFlag } from '@ring0/elf';
import { groupName } from './input-file.ts';
import type { FileGroup, InputFile } from './input-file.ts';
import type { InputObject, InputSection } from '../model.ts';

type Sections = readonly (InputSection | undefined)[];

const prefix = '.gnu.linkonce.';

export class KeptOnce {
  private readonly groups = new Map<string, readonly InputSection[]>();
  /** Groups of one section, by signature; linkonce sections, by what follows their kind. */
  private readonly single = new Map<string, InputSection>();
  private readonly linkonce = new Map<string, InputSection[]>();

  /** Discards what an object brings again; its sections are given by header. */
  add(file: InputFile, byIndex: Sections): void {
    const groups = new Map(file.groups.map((group) => [group.index, group]));
    for (let i = 1; i < file.sectionCount; i++) {
      const group = groups.size > 0 ? groups.get(i) : undefined;
      const section = byIndex[i];
      if (group) this.addGroup(file, group, byIndex);
      else if (section?.name.startsWith(prefix)) this.addLinkonce(section);
    }
  }

  private addGroup(file: InputFile, group: FileGroup, byIndex: Sections): void {
    if ((group.flags & groupFlag.comdat) === 0) return;
    const signature = groupName(file, group.signature);
    const members = group.members.flatMap((member) => byIndex[member] ?? []);
    const kept = this.groups.get(signature);
    if (kept) {
      for (const member of members) {
        member.isDiscarded = true;
        member.keptInstead = kept.find((other) => other.name === member.name);
      }
      return;
    }
    if (members.length === 1) {
      const [member] = members;
      const older = this.linkonce.get(signature)?.find((other) => isAlike(member, other));
      if (older) {
        discard(member, older);
        return;
      }
      this.single.set(signature, member);
    }
    this.groups.set(signature, members);
  }

  private addLinkonce(section: InputSection): void {
    const { name, object } = section;
    const kind = name.slice(prefix.length, name.indexOf('.', prefix.length));
    const key = name.slice(prefix.length + kind.length + 1);
    const known = this.linkonce.get(key);
    const same = known?.find((other) => other.name === name);
    const group = this.single.get(key);
    if (same) discard(section, same);
    else if (group && isAlike(section, group)) discard(section, group);
    else if (kind === 'r' && known?.some((t) => isCode(t) && t.object !== object)) {
      // The constants of a function that is another object's.
      section.isDiscarded = true;
    } else if (known) known.push(section);
    else this.linkonce.set(key, [section]);
  }
}

const isCode = ({ name }: InputSection): boolean => name.startsWith(`${prefix}t.`);

function discard(section: InputSection, kept: InputSection): void {
  section.isDiscarded = true;
  section.keptInstead = kept;
}

function isAlike(one: InputSection, other: InputSection): boolean {
  if (one.type !== other.type) return false;
  const symbols = symbolsOf(one.object, one.index);
  return symbols !== '' && symbols === symbolsOf(other.object, other.index);
}

/** The symbols of a section: names, kinds and visibilities. */
function symbolsOf({ file }: InputObject, index: number): string {
  const found: string[] = [];
  for (let i = 1; file && i < file.symbolCount; i++) {
    const name = file.symbolName(i);
    if (file.symbolSection(i) !== index || name === '') continue;
    const kind = `${file.symbolBinding(i)}/${file.symbolType(i)}/${file.symbolVisibility(i)}`;
    found.push(`${name}\0${kind}`);
  }
  return found.sort().join('\n');
}
