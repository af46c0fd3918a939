// An object as text, one line per fact, so that two can be compared and a difference be read.

import { readElf, relocationTable } from '@ring0/elf';
import type { ElfSection, ElfSymbol } from '@ring0/elf';

const isEmptyStandard = (section: ElfSection) =>
  section.size === 0 && ['.text', '.data', '.bss'].includes(section.name);

function place(section: ElfSymbol['section']): string {
  return typeof section === 'string' ? section : section.name;
}

function symbolName(symbol: ElfSymbol | undefined): string {
  if (!symbol) return 'none';
  return symbol.type === 3 ? `section ${place(symbol.section)}` : symbol.name;
}

function hexLines(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const hex = Buffer.from(bytes.subarray(at, at + 16))
      .toString('hex')
      .replace(/../g, '$& ');
    lines.push(`  ${at.toString(16).padStart(4, '0')}  ${hex.trimEnd()}`);
  }
  return lines;
}

/** Sections with bytes and relocations, groups, and symbols in the order of their names; but for `without`. */
export function describeObject(bytes: Uint8Array, without?: string): string {
  const { file, problems } = readElf(bytes, 'object');
  if (!file || problems.length > 0) throw new Error(problems.join('\n'));
  const kinds = relocationTable(file.machine)?.byType;
  const lines: string[] = [];
  for (const section of file.sections) {
    if (isEmptyStandard(section) || section.name === without) continue;
    const { name, type, flags, alignment, entrySize, size, group } = section;
    if (group) {
      const members = group.members.map((member) => member.name).sort();
      lines.push(`group ${symbolName(group.signature)} ${group.flags}: ${members.join(' ')}`);
      continue;
    }
    lines.push(
      `section ${name} type ${type} flags ${flags.toString(16)} ` +
        `align ${alignment} entry ${entrySize} size ${size}`,
      ...hexLines(section.data),
    );
    const relocations = section.relocations.toSorted((a, b) => a.offset - b.offset);
    for (const { offset, type: kind, symbol, addend } of relocations) {
      const text = kinds?.get(kind)?.name ?? String(kind);
      const more = addend === undefined ? '' : ` + ${addend}`;
      lines.push(`  ${offset.toString(16)} ${text} ${symbolName(symbol)}${more}`);
    }
  }
  const symbols = file.symbols
    .filter((symbol) => symbol.type !== 3)
    .map(
      ({ name, value, size, binding, type, visibility, section }) =>
        `symbol ${name} ${place(section)} ${value.toString(16)} size ${size} ` +
        `binding ${binding} type ${type} visibility ${visibility}`,
    );
  return `${[...lines, ...symbols.sort()].join('\n')}\n`;
}
