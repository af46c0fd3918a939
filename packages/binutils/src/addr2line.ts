// addr2line: the function and source line of an address, inlined functions unwound.

import { CodePlaces } from '@ring0/dwarf';
import type { CodeFunction } from '@ring0/dwarf';
import {
  elfType,
  isWholeElf,
  readElfTables,
  sectionFlag,
  sectionType,
  symbolType,
} from '@ring0/elf';
import type { RawSection } from '@ring0/elf';
import { demangleSymbol } from './demangle/demangle.ts';
import { ImageSections } from './dwarf/dwarf-sections.ts';
import { debugImage } from './dwarf/separate-debug.ts';
import { ElfImage } from './readelf/readelf-image.ts';
import { hexAddress } from './text-sink.ts';

export interface Addr2lineOptions {
  /** -f */
  readonly functions: boolean;
  /** -i */
  readonly inlines: boolean;
  /** -p */
  readonly isPretty: boolean;
  /** -a */
  readonly addresses: boolean;
  /** -s */
  readonly basenames: boolean;
  /** -C */
  readonly isDemangled?: boolean;
  /** -j: addresses are offsets in this section. */
  readonly section?: string | undefined;
  /** Gives the file that holds the debugging information, where it is another. */
  readonly readFile?: ((path: string) => Uint8Array | undefined) | undefined;
}

interface Frame {
  readonly name: string;
  /** Undefined: not even the symbols name one. */
  readonly file: string | undefined;
  readonly line: number;
  readonly discriminator: number;
}

/** Answers for the addresses of one file. */
export class Addr2line {
  readonly problems: string[];
  private readonly image: ElfImage | undefined;
  /** The file with the debugging information, which may be another. */
  private readonly debug: ElfImage | undefined;
  private readonly places: CodePlaces | undefined;
  private readonly options: Addr2lineOptions;
  private readonly only: RawSection | undefined;

  constructor(bytes: Uint8Array, path: string, options: Addr2lineOptions) {
    const { tables } = readElfTables(bytes, path);
    this.options = options;
    this.problems = [];
    if (!tables || !isWholeElf(bytes)) {
      this.problems.push(`${path}: file format not recognized`);
      return;
    }
    this.image = new ElfImage(bytes, path, tables, false);
    this.debug = debugImage(this.image, options.readFile);
    this.places = new CodePlaces(new ImageSections(this.debug));
    if (options.section === undefined) return;
    this.only = this.image.section(options.section);
    if (!this.only) this.problems.push(`${path}: cannot find section ${options.section}`);
  }

  /** The lines for one address, given in hexadecimal. */
  answer(text: string): string {
    const { image, options } = this;
    if (!image) return '';
    const digits = /^\s*(0[xX])?([0-9a-fA-F]*)/.exec(text)?.[2] ?? '';
    const given = digits === '' ? 0 : Number.parseInt(digits, 16);
    const address = this.only ? given + Number(this.only.address) : given;
    let shown = '';
    if (options.addresses) {
      shown += `0x${hexAddress(given, image.bits)}${options.isPretty ? ': ' : '\n'}`;
    }
    const frames = this.frames(address);
    if (!frames) {
      if (options.functions) shown += options.isPretty ? '?? ' : '??\n';
      return `${shown}??:0\n`;
    }
    frames.forEach((frame, index) => {
      if (index > 0 && options.isPretty) shown += ' (inlined by) ';
      shown += this.frameText(frame);
    });
    return shown;
  }

  private frameText({ name, file, line, discriminator }: Frame): string {
    const { functions, isPretty, basenames, isDemangled } = this.options;
    let text = '';
    if (functions)
      text += `${name === '' ? '??' : isDemangled ? demangleSymbol(name) : name}${isPretty ? ' at ' : '\n'}`;
    const path = basenames ? file?.slice(file.lastIndexOf('/') + 1) : file;
    text += `${path ?? '??'}:`;
    if (line === 0) return `${text}?\n`;
    return `${text}${line}${discriminator > 0 ? ` (discriminator ${discriminator})` : ''}\n`;
  }

  private frames(address: number): Frame[] | undefined {
    const { image } = this;
    if (!image) return undefined;
    for (const section of image.tables.sections) {
      if (this.only ? section !== this.only : (section.flags & sectionFlag.alloc) === 0) continue;
      const start = Number(section.address);
      if (address < start || address >= start + section.size) continue;
      const frames = this.framesIn(section, address);
      if (frames) return frames;
    }
    return undefined;
  }

  private framesIn(section: RawSection, address: number): Frame[] | undefined {
    const { places, options, image } = this;
    if (!places || !image) return undefined;
    const place = places.place(section.index, address);
    const functions = places.functions(section.index, address);
    const symbol = place ? undefined : this.symbolAt(section, address);
    const name = functions[0]?.name ?? (symbol ?? this.symbolAt(section, address))?.name;
    if (!place && name === undefined) return undefined;
    const frames: Frame[] = [
      {
        name: name ?? '',
        file: place ? place.file : symbol?.file,
        line: place?.line ?? 0,
        discriminator: place?.discriminator ?? 0,
      },
    ];
    if (!options.inlines) return frames;
    functions.forEach((inner: CodeFunction, index) => {
      const outer = functions[index + 1];
      if (!inner.isInlined || !outer) return;
      frames.push({
        name: outer.name,
        file: inner.callFile,
        line: inner.callLine,
        discriminator: inner.callDiscriminator,
      });
    });
    return frames;
  }

  /** The function by the symbol table: the last one at or below the address in its section. */
  private symbolAt(
    section: RawSection,
    address: number,
  ): { readonly name: string; readonly file: string | undefined } | undefined {
    const image = this.image?.sectionOfType(sectionType.symtab) ? this.image : this.debug;
    const table =
      image?.sectionOfType(sectionType.symtab) ?? image?.sectionOfType(sectionType.dynsym);
    if (!image || !table) return undefined;
    const number = image === this.image ? section.index : image.section(section.name)?.index;
    const symbols = image.symbols(table);
    const isObject = image.tables.type === elfType.relocatable;
    const base = isObject ? 0 : Number(section.address);
    let best = -1;
    let bestValue = -1;
    let bestHolds = false;
    let bestFile: string | undefined;
    let file: string | undefined;
    let hasSymbols = false;
    let hasLaterFile = false;
    for (let i = 1; i < symbols.count; i++) {
      const type = symbols.type(i);
      if (type === symbolType.file) {
        file = symbols.name(i);
        hasLaterFile ||= hasSymbols;
        continue;
      }
      hasSymbols = true;
      if (type !== symbolType.func && type !== symbolType.notype) continue;
      if (symbols.section(i) !== number) continue;
      const value = symbols.value(i);
      if (value > address || value < base) continue;
      // A symbol that holds the address is better than one that only comes before it.
      const holds = address < value + Math.max(1, symbols.size(i));
      if (best >= 0 && holds !== bestHolds ? !holds : value < bestValue) continue;
      const isSame = best >= 0 && holds === bestHolds && value === bestValue;
      if (isSame && (type !== symbolType.func || symbols.type(best) === type)) continue;
      bestHolds = holds;
      [best, bestValue] = [i, value];
      // Whose a global symbol is cannot be told once another file's symbols have begun.
      bestFile = symbols.binding(i) === 0 || !hasLaterFile ? file : undefined;
    }
    return best < 0 ? undefined : { name: symbols.name(best), file: bestFile };
  }
}
