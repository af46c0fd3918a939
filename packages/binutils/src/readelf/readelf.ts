// readelf: the structure of ELF files as text, in GNU readelf 2.40's words. This file chooses the
// views and their order; each has a file of its own.

import { missingHeaders, readElfTables, sectionType } from '@ring0/elf';
import { DebugDump } from '../dwarf/dwarf-dump.ts';
import type { DebugOptions } from '../dwarf/dwarf-dump.ts';
import { dumpPlan, dumpSection } from './readelf-dumps.ts';
import type { DumpRequest } from './readelf-dumps.ts';
import { Versions, dynamicText, histogramText } from './readelf-dynamic.ts';
import { groupsText, headerText, sectionsText, segmentsText } from './readelf-headers.ts';
import { ElfImage } from './readelf-image.ts';
import type { Complaint } from './readelf-image.ts';
import { notesText } from './readelf-notes.ts';
import { RelocationsText } from './readelf-relocations.ts';
import { SymbolsText } from './readelf-symbols.ts';
import type { SymbolBase } from './readelf-symbols.ts';
import { TextSink, gatherText } from '../text-sink.ts';
import type { TakeText } from '../text-sink.ts';

/** What to show; the letters are readelf's. */
export interface ReadelfOptions {
  /** -h */
  readonly header?: boolean;
  /** -S */
  readonly sections?: boolean;
  /** -t */
  readonly sectionDetails?: boolean;
  /** -l */
  readonly segments?: boolean;
  /** -s */
  readonly symbols?: boolean;
  readonly dynamicSymbols?: boolean;
  /** -r */
  readonly relocations?: boolean;
  /** -g */
  readonly groups?: boolean;
  /** -n */
  readonly notes?: boolean;
  /** -d */
  readonly dynamic?: boolean;
  /** -V */
  readonly versions?: boolean;
  /** -u */
  readonly unwind?: boolean;
  /** -I */
  readonly histogram?: boolean;
  /** -a: all of the above. */
  readonly all?: boolean;
  /** -L: what looks wrong is named. */
  readonly checks?: boolean;
  /** -C */
  readonly isDemangled?: boolean;
  /** -W: long names are not cut. */
  readonly isWide?: boolean;
  /** -T: cut names do not show the cut. */
  readonly isSilent?: boolean;
  /** -D: symbols and relocations as the dynamic section names them. */
  readonly useDynamic?: boolean;
  readonly symbolBase?: SymbolBase;
  /** -x, -p, -R */
  readonly dumps?: readonly DumpRequest[];
  /** -z */
  readonly decompress?: boolean;
  /** -w */
  readonly debug?: DebugOptions | undefined;
}

export interface TextResult {
  readonly text: string;
  readonly problems: readonly string[];
}

export interface ReadelfResult {
  readonly complaints: readonly Complaint[];
  /** False: the exit status is 1. */
  readonly isGood: boolean;
}

/** Writes the chosen views of one file in pieces to `take`. Never throws for bad input. */
export function readelfTo(
  bytes: Uint8Array,
  path: string,
  options: ReadelfOptions,
  take: TakeText,
): ReadelfResult {
  const { tables, problems } = readElfTables(bytes, path);
  if (!tables) {
    const isMagic = problems.some((problem) => problem.endsWith('not an ELF file'));
    const isCut = problems.some((problem) => problem.endsWith('ends inside the ELF header'));
    const text = isCut
      ? `${path}: Failed to read file header`
      : isMagic
        ? 'Not an ELF file - it has the wrong magic bytes at the start'
        : (problems[0] ?? path);
    return { complaints: [{ kind: 'Error', text }], isGood: false };
  }
  const missing = missingHeaders(bytes);
  const shown = missing > 0 ? { ...tables, sections: [] } : tables;
  const image = new ElfImage(bytes, path, shown, options.isWide === true);
  image.isStrict = true;
  image.isSilent = options.isSilent === true;
  image.isDemangled = options.isDemangled === true;
  image.lacksSections = missing > 0;
  if (missing > 0) {
    image.error(`Reading ${missing} bytes extends past end of file for section headers`);
  } else for (const problem of problems) image.error(problem.slice(path.length + 2));
  const out = new TextSink(take);
  views(image, options, out);
  out.flush();
  return { complaints: image.complaints, isGood: missing > 0 || problems.length === 0 };
}

function views(image: ElfImage, options: ReadelfOptions, out: TextSink): void {
  const isAll = options.all === true;
  const hasHeader = options.header === true || isAll;
  const isDetailed = options.sectionDetails === true;
  if (hasHeader) out.add(headerText(image));
  if (options.checks) warnOfEmpty(image);
  if (options.sections || isAll || isDetailed) out.add(sectionsText(image, hasHeader, isDetailed));
  if ((options.groups || isAll) && image.lacksSections) {
    image.error('Section headers are not available!');
  } else if (options.groups || isAll) out.add(groupsText(image));
  if (options.segments || isAll) out.add(segmentsText(image, hasHeader));
  if (options.dynamic || isAll) out.add(dynamicText(image));
  const versions = new Versions(image);
  if ((options.relocations || isAll) && !image.lacksSections) {
    const relocations = new RelocationsText(image, versions, out);
    if (options.useDynamic) relocations.dynamic();
    else relocations.sections();
  }
  if ((options.unwind || isAll) && !image.lacksSections)
    out.add('No processor specific unwind information to decode\n');
  if (options.symbols || options.dynamicSymbols || isAll) {
    new SymbolsText(image, versions, out, {
      symbols: options.symbols === true || isAll,
      dynamicSymbols: options.dynamicSymbols === true,
      useDynamic: options.useDynamic === true,
      base: options.symbolBase ?? 0,
    }).show();
  }
  if (options.histogram || isAll) out.add(histogramText(image));
  if ((options.versions || isAll) && !image.lacksSections) out.add(versions.text());
  contents(image, options, out);
  if (options.notes || isAll) out.add(notesText(image));
}

/** What is asked of the contents of sections, each section's together. */
function contents(image: ElfImage, options: ReadelfOptions, out: TextSink): void {
  const debug = options.debug && new DebugDump(image, options.debug, out);
  const plan = dumpPlan(image, options.dumps ?? []);
  if (!debug && plan.size === 0) return;
  for (const section of image.tables.sections) {
    dumpSection(image, section, plan, options.decompress === true, out);
    debug?.section(section);
  }
}

/** --lint */
function warnOfEmpty(image: ElfImage): void {
  for (const { name, size, type } of image.tables.sections) {
    if (size > 0 || type === sectionType.nobits || type === sectionType.null) continue;
    image.warn(`Section '${name}': has a size of zero - is this intended ?`);
  }
}

/** The chosen views of one file. */
export function readelf(bytes: Uint8Array, path: string, options: ReadelfOptions): TextResult {
  const { take, text } = gatherText();
  const { complaints } = readelfTo(bytes, path, options, take);
  return { text: text(), problems: complaints.map((complaint) => `${path}: ${complaint.text}`) };
}
