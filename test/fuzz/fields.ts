// The fields of ELF32 files and archives by name and place, so that each of them is mutated and cut at, however small a
// part of the file it is. The layouts are from the System V gABI (chapters 4 and 5), stated here a second time on purpose: the
// reader under test is not asked where the fields are.

import type { Field } from './mutate-bytes.ts';

type Layout = readonly (readonly [string, number])[];

const header: Layout = [
  ['magic', 4],
  ['class', 1],
  ['data', 1],
  ['ident version', 1],
  ['osabi', 1],
  ['abi version', 1],
  ['pad', 7],
  ['e_type', 2],
  ['e_machine', 2],
  ['e_version', 4],
  ['e_entry', 4],
  ['e_phoff', 4],
  ['e_shoff', 4],
  ['e_flags', 4],
  ['e_ehsize', 2],
  ['e_phentsize', 2],
  ['e_phnum', 2],
  ['e_shentsize', 2],
  ['e_shnum', 2],
  ['e_shstrndx', 2],
];
const sectionHeader: Layout = [
  ['sh_name', 4],
  ['sh_type', 4],
  ['sh_flags', 4],
  ['sh_addr', 4],
  ['sh_offset', 4],
  ['sh_size', 4],
  ['sh_link', 4],
  ['sh_info', 4],
  ['sh_addralign', 4],
  ['sh_entsize', 4],
];
const programHeader: Layout = [
  ['p_type', 4],
  ['p_offset', 4],
  ['p_vaddr', 4],
  ['p_paddr', 4],
  ['p_filesz', 4],
  ['p_memsz', 4],
  ['p_flags', 4],
  ['p_align', 4],
];
const symbol: Layout = [
  ['st_name', 4],
  ['st_value', 4],
  ['st_size', 4],
  ['st_info', 1],
  ['st_other', 1],
  ['st_shndx', 2],
];
const relocation: Layout = [
  ['r_offset', 4],
  ['r_type', 1],
  ['r_sym', 3],
];
const word: Layout = [['word', 4]];
const member: Layout = [
  ['ar_name', 16],
  ['ar_date', 12],
  ['ar_uid', 6],
  ['ar_gid', 6],
  ['ar_mode', 8],
  ['ar_size', 10],
  ['ar_fmag', 2],
];

/** Entries of one table that are listed; more would drown the other fields. */
const entriesMax = 64;

function lay(layout: Layout, base: number, prefix: string): Field[] {
  let offset = base;
  return layout.map(([name, size]) => {
    const field = { name: `${prefix}${name}`, offset, size };
    offset += size;
    return field;
  });
}

function table(layout: Layout, offset: number, size: number, prefix: string): Field[] {
  const entry = layout.reduce((sum, [, width]) => sum + width, 0);
  const count = Math.min(entriesMax, Math.floor(size / entry));
  return Array.from({ length: count }, (_, i) =>
    lay(layout, offset + i * entry, `${prefix}[${i}].`),
  ).flat();
}

/** The layout of a section's contents by its sh_type; words where it has no table. */
function contents(type: number): Layout | undefined {
  if (type === 2 || type === 11) return symbol;
  if (type === 9) return relocation;
  return type === 17 || type === 7 || type === 18 ? word : undefined;
}

/** The fields of a valid ELF32 file that starts at `base` of `bytes`. */
export function elfFields(bytes: Uint8Array, base = 0): Field[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields = lay(header, base, '');
  const programs = view.getUint32(base + 28, true);
  const programCount = view.getUint16(base + 44, true);
  fields.push(...table(programHeader, base + programs, 32 * programCount, 'segment'));
  const sections = base + view.getUint32(base + 32, true);
  const sectionCount = view.getUint16(base + 48, true);
  fields.push(...table(sectionHeader, sections, 40 * sectionCount, 'section'));
  for (let i = 0; i < sectionCount; i++) {
    const at = sections + 40 * i;
    const layout = contents(view.getUint32(at + 4, true));
    const offset = base + view.getUint32(at + 16, true);
    if (layout) fields.push(...table(layout, offset, view.getUint32(at + 20, true), `table${i}`));
  }
  return fields;
}

/** The fields of a valid archive: its headers, its index, and those of the ELF files in it. */
export function archiveFields(bytes: Uint8Array): Field[] {
  const fields: Field[] = [{ name: 'armag', offset: 0, size: 8 }];
  const text = (from: number, to: number): string =>
    String.fromCharCode(...bytes.subarray(from, to)).trim();
  for (let at = 8; at + 60 <= bytes.length;) {
    const size = Number(text(at + 48, at + 58));
    fields.push(...lay(member, at, `member@${at}.`));
    if (text(at, at + 16) === '/') fields.push(...table(word, at + 60, size, 'index'));
    if (bytes[at + 60] === 0x7f && bytes[at + 61] === 0x45)
      fields.push(...elfFields(bytes, at + 60));
    at += 60 + size + (size & 1);
  }
  return fields;
}
