// What the dumps of debugging information see of a file: its debugging sections, relocated and
// decompressed, by the names that DWARF gives them.

import type { DebugFile } from '@ring0/dwarf';
import { RelocationView, sectionType } from '@ring0/elf';
import type { RawSection } from '@ring0/elf';
import type { ElfImage } from '../readelf/readelf-image.ts';

export interface DebugSections {
  readonly bits: 32 | 64;
  readonly isWide: boolean;
  /** The file is an object: its addresses are not final. */
  readonly isRelocatable: boolean;
  section(name: string): Uint8Array | undefined;
  /** The section that a relocation at a place names; undefined: there is none. */
  sectionAt?(name: string, offset: number): number | undefined;
  warn(text: string): void;
}

/** The debugging sections of an image. */
export class ImageSections implements DebugSections, DebugFile {
  readonly bits: 32 | 64;
  readonly isWide: boolean;
  readonly isRelocatable: boolean;
  private readonly image: ElfImage;
  private readonly named = new Map<string, Uint8Array | undefined>();
  private readonly targets = new Map<string, Map<number, number>>();

  constructor(image: ElfImage) {
    this.image = image;
    this.bits = image.bits;
    this.isWide = image.isWide;
    this.isRelocatable = image.tables.type === 1;
  }

  section(name: string): Uint8Array | undefined {
    if (!this.named.has(name)) {
      const found = this.image.section(name) ?? this.image.section(`.z${name.slice(1)}`);
      this.named.set(name, found && this.data(found));
    }
    return this.named.get(name);
  }

  data(section: RawSection): Uint8Array {
    return this.image.relocated(section);
  }

  sectionAt(name: string, offset: number): number | undefined {
    if (!this.isRelocatable) return undefined;
    let targets = this.targets.get(name);
    if (!targets) {
      targets = this.targetsOf(name);
      this.targets.set(name, targets);
    }
    return targets.get(offset);
  }

  private targetsOf(name: string): Map<number, number> {
    const targets = new Map<number, number>();
    const { image } = this;
    const section = image.section(name);
    for (const list of section ? image.relocationsOf(section) : []) {
      const table = image.tables.sections[list.link];
      if (!table) continue;
      const symbols = image.symbols(table);
      const isExplicit = list.type === sectionType.rela;
      const relocations = new RelocationView(image.bits, list.data, isExplicit);
      for (let i = 0; i < relocations.count; i++) {
        targets.set(relocations.offset(i), symbols.section(relocations.symbol(i)));
      }
    }
    return targets;
  }

  warn(text: string): void {
    this.image.warn(text);
  }
}
