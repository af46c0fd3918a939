// objdump as a function: headers, symbols, relocations, contents and disassembly in GNU objdump
// 2.40's words and columns. This file reads the input in its format and chooses the views.

import {
  isArchive,
  isWholeElf,
  isThinArchive,
  machine,
  readArchive,
  readElf,
  readElfTables,
  sectionFlag,
  sectionType,
} from '@ring0/elf';
import type { ArchiveMember, ElfSection, ReadMember } from '@ring0/elf';
import { SourceTexts } from './disassemble-lines.ts';
import type { SourceOptions } from './disassemble-lines.ts';
import { disassemble } from './disassemble.ts';
import type { DisassembleOptions } from './disassemble.ts';
import { debugImage } from '../dwarf/separate-debug.ts';
import { debugText } from '../dwarf/dwarf-dump.ts';
import type { DebugOptions } from '../dwarf/dwarf-dump.ts';
import { dynamicRelocationsText, madeUpNames, privateText } from './objdump-dynamic.ts';
import {
  contentsText,
  dynamicSymbolsText,
  fileHeaderText,
  headersText,
  relocationsText,
  staticSymbolsText,
} from './objdump-tables.ts';
import { binaryView, elfView, memoryView, movedView } from './objdump-view.ts';
import type { ObjectView } from './objdump-view.ts';
import { InstructionTexts } from './instruction-texts.ts';
import { ElfImage } from '../readelf/readelf-image.ts';
import { looksLikeIhex, looksLikeSrec, readIhex, readSrec } from '../objcopy/text-formats.ts';
import { TextSink, gatherText } from '../text-sink.ts';
import type { TakeText } from '../text-sink.ts';

export type ObjdumpFormat = 'auto' | 'elf' | 'binary' | 'ihex' | 'srec';

export interface ObjdumpOptions extends Omit<DisassembleOptions, 'isAll' | 'hasRelocations'> {
  /** `-h` */
  readonly hasHeaders: boolean;
  /** `-t` */
  readonly hasSymbols: boolean;
  /** `-r` */
  readonly hasRelocations: boolean;
  /** `-d`, `-D` */
  readonly disassembly: 'none' | 'code' | 'all';
  /** The file is a plain binary whatever it looks like (`-b binary`). */
  readonly isBinary: boolean;
  /** `-m i386` or `-m i8086` says what a plain binary holds. */
  readonly hasMachine: boolean;
  /** `-m i386:x86-64` */
  readonly isLongMachine?: boolean | undefined;
  /** An option says the mode; else an ELF64 file has 64-bit code. */
  readonly hasMode?: boolean | undefined;
  /** `-b`; what the file looks like where absent. */
  readonly format?: ObjdumpFormat;
  /** `-a` */
  readonly hasArchiveHeaders?: boolean;
  /** `-f` */
  readonly hasFileHeader?: boolean;
  /** `-p` */
  readonly hasPrivate?: boolean;
  /** `-T` */
  readonly hasDynamicSymbols?: boolean;
  /** `-R` */
  readonly hasDynamicRelocations?: boolean;
  /** `-s` */
  readonly hasContents?: boolean;
  /** `-W` */
  readonly debug?: DebugOptions | undefined;
  /** `-l`, `-S` */
  readonly source?: SourceOptions | undefined;
  /** `--adjust-vma` */
  readonly adjust?: number;
  /** -e: no line says what the file is. */
  readonly hidesFormat?: boolean | undefined;
  /** -C */
  readonly isDemangled?: boolean | undefined;
  /** Gives the members of thin archives. */
  readonly readFile?: ReadMember | undefined;
}

export interface ObjdumpResult {
  readonly text: string;
  /** Sentences for standard error, without the program's name. */
  readonly problems: readonly string[];
}

class Dump {
  private readonly options: ObjdumpOptions;
  private readonly out: TextSink;
  readonly problems: string[] = [];
  private texts: InstructionTexts | undefined;
  /** Sections that -j names and some file has. */
  readonly found = new Set<string>();
  /** Nothing more is shown, of other files neither. */
  isOver = false;

  constructor(options: ObjdumpOptions, out: TextSink) {
    this.options = options;
    this.out = out;
  }

  file(bytes: Uint8Array, path: string, depth = 0): void {
    const { options } = this;
    const isAuto = !options.isBinary && ['auto', 'elf'].includes(options.format ?? 'auto');
    if (isAuto && (isArchive(bytes) || isThinArchive(bytes)) && depth < 8) {
      const { archive, problems } = readArchive(bytes, path, options.readFile);
      this.problems.push(...problems);
      this.out.add(depth === 0 ? `In archive ${path}:\n` : `In nested archive ${path}:\n`);
      for (const member of archive?.members ?? []) {
        if (this.isOver) return;
        const name = archive?.isThin ? besideName(path, member.name) : member.name;
        if (isArchive(member.bytes)) this.file(member.bytes, name, depth + 1);
        else this.object(member.bytes, name, { ...member, name });
      }
      return;
    }
    this.object(bytes, path, undefined);
  }

  private object(bytes: Uint8Array, path: string, member: ArchiveMember | undefined): void {
    const view = this.view(bytes, path);
    if (!view) return;
    this.show(this.options.adjust ? movedView(view, this.options.adjust) : view, path, member);
  }

  private view(bytes: Uint8Array, path: string): ObjectView | undefined {
    const { options } = this;
    const { format = 'auto' } = options;
    if (options.isBinary || format === 'binary') return binaryView(bytes);
    if (isWholeElf(bytes) && (format === 'auto' || format === 'elf')) return this.elf(bytes, path);
    const isIhex = format === 'ihex' || (format === 'auto' && looksLikeIhex(bytes));
    const isSrec = format === 'srec' || (format === 'auto' && looksLikeSrec(bytes));
    if (!isIhex && !isSrec) {
      this.problems.push(`${path}: file format not recognized`);
      return undefined;
    }
    const memory = isIhex ? readIhex(bytes, path) : readSrec(bytes, path);
    if (memory.problem !== undefined) {
      this.problems.push(`${path}: file format not recognized`);
      return undefined;
    }
    return memoryView(memory);
  }

  private elf(bytes: Uint8Array, path: string): ObjectView | undefined {
    const { disassembly, hasRelocations, isWide, sections } = this.options;
    // With -d only the code's own are shown; those of debugging sections may be 300,000.
    const isOther = (section: ElfSection) => (section.flags & sectionFlag.execute) === 0;
    const skipsRelocations = hasRelocations
      ? disassembly === 'code' && sections.length === 0 && isOther
      : true;
    const { file, problems } = readElf(bytes, path, { skipsRelocations });
    this.problems.push(...problems);
    const { tables } = readElfTables(bytes, path);
    if (!file || !tables) return undefined;
    const view = elfView(file, new ElfImage(bytes, path, tables, isWide === true));
    return { ...view, isDemangled: this.options.isDemangled };
  }

  private show(view: ObjectView, path: string, member: ArchiveMember | undefined): void {
    const { options, out } = this;
    const looksAtSections =
      options.hasHeaders ||
      options.hasSymbols ||
      options.hasRelocations ||
      options.hasContents ||
      options.disassembly !== 'none';
    for (const { name } of looksAtSections ? view.sections : []) {
      if (options.sections.includes(name)) this.found.add(name);
    }
    if (!options.hidesFormat) out.add(`\n${path}:     file format ${view.format}\n`);
    if (options.hasArchiveHeaders) out.add(member ? memberLine(member) : `${path}\n`);
    if (options.hasFileHeader) out.add(fileHeaderText(view));
    if (options.hasPrivate) out.add(privateText(view));
    if (!options.hidesFormat) out.add('\n');
    if (options.hasHeaders) out.add(headersText(view, options));
    if (options.hasSymbols) out.add(staticSymbolsText(view, options));
    if (options.hasDynamicSymbols) {
      const text = dynamicSymbolsText(view, options);
      if (text === undefined) this.problems.push(`${path}: not a dynamic object`);
      out.add(text ?? 'DYNAMIC SYMBOL TABLE:\nno symbols\n\n\n');
    }
    if (options.debug && view.image) {
      debugText(view.image, options.debug, out);
    }
    const isListing = options.disassembly !== 'none';
    if (options.hasRelocations && !isListing) relocationsText(view, options, out);
    if (options.hasDynamicRelocations && !isListing && !this.dynamicRelocations(view, path)) return;
    if (options.hasContents) contentsText(view, options, out);
    if (!isListing) return;
    const isDynamic = view.image?.sectionOfType(sectionType.dynsym) !== undefined;
    if (!options.hasDynamicRelocations || isDynamic || this.dynamicRelocations(view, path)) {
      this.listing(view, path);
    }
  }

  /** -R; false: as for GNU objdump the whole run ends. */
  private dynamicRelocations(view: ObjectView, path: string): boolean {
    const text = dynamicRelocationsText(view);
    if (text === undefined) {
      // Of the symbols -T and -R complain alike.
      if (!this.options.hasDynamicSymbols) this.problems.push(`${path}: not a dynamic object`);
      this.problems.push(`${path}: invalid operation`);
      this.isOver = true;
      return false;
    }
    this.out.add(text);
    return true;
  }

  private listing(view: ObjectView, path: string): void {
    const { options, out } = this;
    const isPlain = view.machine === 0;
    const isLong = view.machine === machine.x86_64;
    const isShort = view.machine === machine.i386 || view.machine === machine.iamcu;
    if (isPlain ? !options.hasMachine : !isShort && !isLong) {
      this.problems.push(
        isPlain
          ? `can't disassemble for architecture UNKNOWN!`
          : `${path}: only x86 code is disassembled`,
      );
      return;
    }
    const hasSource = options.source?.showsPlaces === true || options.source?.showsSource === true;
    const { image } = view;
    const debug = hasSource && image && debugImage(image, options.source?.readFile);
    const sources = debug && options.source ? new SourceTexts(debug, options.source) : undefined;
    const named = debug && debug !== image ? withSymbolsOf(view, debug) : view;
    // With -S the names are those of the other file too, with -l only those of functions above places.
    const listed = options.source?.showsSource === true ? named : view;
    const isAll = options.disassembly === 'all';
    const { syntax, noTemplates, dialect } = options;
    // Of an ELF64 file the code has 64 bits, unless the options say something else.
    const mode = isLong && !options.hasMode ? 64 : options.mode;
    if (this.texts?.mode !== mode) {
      this.texts = new InstructionTexts(mode, syntax, noTemplates !== true, dialect);
    }
    const { texts } = this;
    // A plain binary has addresses as wide as the machine that is named for it.
    const shown = isPlain && options.isLongMachine ? { ...view, bits: 64 as const } : listed;
    const asked = { ...options, mode, isAll };
    const places = sources && { texts: sources, view: named };
    disassemble(shown, madeUpNames(view), asked, places, { out, texts });
  }
}

/** The view with the symbols of the file that has the debugging information, where it has none. */
function withSymbolsOf(view: ObjectView, debug: ElfImage): ObjectView {
  const { file } = readElf(debug.bytes, debug.path, { skipsRelocations: true });
  if (!file || view.symbols.length > 0) return view;
  const byName = new Map(view.sections.map((section) => [section.name, section]));
  const symbols = elfView(file, debug).symbols.map((symbol) => {
    const section = symbol.section && byName.get(symbol.section.name);
    return { ...symbol, section };
  });
  return { ...view, symbols };
}

/** The path of a thin archive's member, which is a file beside the archive. */
function besideName(archive: string, name: string): string {
  return name.startsWith('/') ? name : archive.slice(0, archive.lastIndexOf('/') + 1) + name;
}

/** A member's line as `ar tv` prints it. */
function memberLine({
  name,
  mode = 0,
  owner = 0,
  group = 0,
  bytes,
  date = 0,
}: ArchiveMember): string {
  const letters = ['r', 'w', 'x'];
  let permissions = '';
  for (let bit = 8; bit >= 0; bit--)
    permissions += (mode >> bit) & 1 ? letters[(8 - bit) % 3] : '-';
  const size = `${bytes.length}`.padStart(6);
  return `${permissions} ${owner}/${group} ${size} ${dateText(date)} ${name}\n`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Seconds since 1970 as `Jan  1 00:00 1970`, in universal time. */
export function dateText(seconds: number): string {
  const days = Math.floor(seconds / 86400);
  const minutes = Math.floor((seconds - days * 86400) / 60);
  // Days since 0000-03-01, whose years end with February.
  const shifted = days + 719468;
  const era = Math.floor(shifted / 146097);
  const day = shifted - era * 146097;
  const year = Math.floor(
    (day - Math.floor(day / 1460) + Math.floor(day / 36524) - Math.floor(day / 146096)) / 365,
  );
  const inYear = day - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const month = Math.floor((5 * inYear + 2) / 153);
  const date = inYear - Math.floor((153 * month + 2) / 5) + 1;
  const name = months[(month + 2) % 12];
  const shownYear = year + era * 400 + (month >= 10 ? 1 : 0);
  const two = (value: number) => `${value}`.padStart(2, '0');
  const time = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  return `${name} ${`${date}`.padStart(2)} ${time} ${shownYear}`;
}

/**
 * Writes what `objdump` prints for one file in pieces to `take`, an archive's members one after
 * another; the result is what went wrong and which of the chosen sections were there. Never throws
 * for bad input.
 */
export function objdumpTo(
  bytes: Uint8Array,
  path: string,
  options: ObjdumpOptions,
  take: TakeText,
): {
  readonly problems: readonly string[];
  readonly found: ReadonlySet<string>;
  readonly isOver: boolean;
} {
  const out = new TextSink(take);
  const dump = new Dump(options, out);
  dump.file(bytes, path);
  out.flush();
  return dump;
}

/** What `objdump` prints for one file. */
export function objdump(bytes: Uint8Array, path: string, options: ObjdumpOptions): ObjdumpResult {
  const { take, text } = gatherText();
  const { problems } = objdumpTo(bytes, path, options, take);
  return { text: text(), problems };
}
