// What the dumps of debugging information see of a file: its debugging sections, relocated and
// decompressed, by the names that DWARF gives them.

import type { RawSection } from '@ring0/elf';
import type { ElfImage } from './readelf-image.ts';

export interface DebugSections {
  readonly bits: 32 | 64;
  readonly isWide: boolean;
  /** The file is an object: its addresses are not final. */
  readonly isRelocatable: boolean;
  section(name: string): Uint8Array | undefined;
  warn(text: string): void;
}

/** The debugging sections of an image. */
export class ImageSections implements DebugSections {
  readonly bits: 32 | 64;
  readonly isWide: boolean;
  readonly isRelocatable: boolean;
  private readonly image: ElfImage;

  constructor(image: ElfImage) {
    this.image = image;
    this.bits = image.bits;
    this.isWide = image.isWide;
    this.isRelocatable = image.tables.type === 1;
  }

  section(name: string): Uint8Array | undefined {
    const found = this.image.section(name) ?? this.image.section(`.z${name.slice(1)}`);
    return found && this.data(found);
  }

  data(section: RawSection): Uint8Array {
    return this.image.relocated(section);
  }

  warn(text: string): void {
    this.image.warn(text);
  }
}
