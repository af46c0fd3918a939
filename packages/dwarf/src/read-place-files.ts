// The files of a line table by their paths: the directory table and the folder that the compiler ran
// in make a name whole.

import { stringIn } from './read-info.ts';
import type { DwarfSections, FormValue } from './read-info.ts';
import type { LineHeader } from './read-line-program.ts';

function joinPath(folder: string, name: string): string {
  if (folder === '' || name.startsWith('/')) return name;
  return folder.endsWith('/') ? folder + name : `${folder}/${name}`;
}

/** The names of a line table's files. */
export class FileNames {
  private readonly file: DwarfSections;
  private readonly header: LineHeader;
  private readonly folder: string;
  private readonly known = new Map<number, string>();

  constructor(file: DwarfSections, header: LineHeader, folder: string) {
    this.file = file;
    this.header = header;
    this.folder = folder;
  }

  private text(value: FormValue | undefined): string {
    if (value?.kind === 'string') return value.text;
    if (value?.kind !== 'indirect') return '';
    return stringIn(this.file.section(value.section), value.value) ?? '';
  }

  name(index: number): string {
    let name = this.known.get(index);
    if (name === undefined) {
      name = this.path(index);
      this.known.set(index, name);
    }
    return name;
  }

  private path(index: number): string {
    const { version, files, directories } = this.header;
    const entry = files.entries[version >= 5 ? index : index - 1];
    if (!entry) return '';
    const own = this.text(entry.name);
    if (own.startsWith('/')) return own;
    const { entries } = directories;
    const directory = version >= 5 ? entries[entry.directory] : entries[entry.directory - 1];
    const folder = directory ? this.text(directory.name) : '';
    return joinPath(joinPath(this.folder, folder), own);
  }
}
