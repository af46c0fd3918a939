// The last pass: contents are relocated and written, with the entry, the stack's flags and the limit of the output's size.

import { alignUp } from '@ring0/bytes';
import {
  elfSizes,
  elfType,
  entrySizeOf,
  i386,
  sectionFlag,
  sectionKind,
  sectionType,
  segmentType,
} from '@ring0/elf';
import type { ElfSection, ElfSegment } from '@ring0/elf';

import { wrongOrigin } from '../boot-origin.ts';
import { compressDebug } from './compress.ts';
import { buildIdSize, writeBuildId } from './build-id.ts';
import { fillLate, fillTables, rankedNames, setThreadBase } from '../dynamic/dynamic-link.ts';
import type { DynamicPlan } from '../dynamic/dynamic-link.ts';
import { symbolValue } from '../dynamic/dynamic-symbols.ts';
import { RelocationSink } from '../dynamic/dynamic-relocations.ts';
import type { Job } from '../job.ts';
import { setLinks } from '../layout/link-order.ts';
import { symbolAddress } from '../model.ts';
import type { LinkSymbol, OutputSection } from '../model.ts';
import { rewriteOf } from '../dynamic/got-rewrite.ts';
import type { Rewrite } from '../dynamic/got-rewrite.ts';
import { keptRelocations } from './kept-relocations.ts';
import type { LinkSettings } from '../options.ts';
import { isPackageNote } from './package-note.ts';
import { symbolTable } from './symbol-table.ts';
import type { SymbolMap } from './symbol-table.ts';
import { elfImage, elfSections, flatImage, hexImage } from './write-image.ts';

const outputBytesMaxDefault = 512 * 1024 * 1024;

/** The file's size is known before a byte of it is made; false where it is too large. */
export function checkSize(job: Job, sections: readonly OutputSection[]): boolean {
  const max = job.options.outputBytesMax ?? outputBytesMaxDefault;
  const isFlat = job.settings.outputFormat !== 'elf';
  for (const { name, type, size, offset, statement } of sections) {
    const end = isFlat ? size : offset + size;
    if (type === sectionType.nobits || end <= max) continue;
    const message = `section '${name}' would end at byte ${end} of the output, beyond ${max}`;
    job.diagnostics.error('L0405', message, statement.span);
    return false;
  }
  return true;
}

function entry(job: Job, outputs: readonly OutputSection[]): number {
  const { entry } = job.settings;
  const symbol = job.resolver.globals.get(entry ?? 'start');
  if (symbol && symbol.state === 'defined') return symbolAddress(symbol);
  if (entry !== undefined && /^\d/.test(entry)) return Number(entry) || 0;
  // A shared object begins nowhere by itself.
  if (job.settings.outputKind === 'shared') return 0;
  // An empty one that is left out had its place too.
  const text = outputs.find((o) => o.name === '.text');
  const address = text?.address ?? 0;
  if (job.settings.outputFormat === 'elf') {
    const shown = address.toString(16).padStart(8, '0');
    const instead = text ? `defaulting to ${shown}` : 'not setting start address';
    const message = `cannot find entry symbol ${entry ?? 'start'}; ${instead}`;
    const other = entry && job.explainer.otherName(entry, job.resolver.globals);
    const bare = entry?.replace(/^_/, '') ?? '';
    const local = job.explainer.localDefinition(bare);
    const begin = `execution begins at the symbol ${entry}: define it, and .globl ${entry}`;
    const renamed = `'${bare}' in ${local} is not global: .globl ${bare}, and -e ${bare}`;
    const hint = other || (local ? renamed : begin);
    const notes = [{ message: hint }];
    if (entry !== undefined) job.diagnostics.warning('L0402', message, undefined, { notes });
  }
  return address;
}

/** The TLS segment; its size is rounded to its alignment. */
function threadPart(sections: readonly OutputSection[]): {
  first: OutputSection | undefined;
  start: number;
  size: number;
} {
  const thread = sections.filter((o) => (o.flags & sectionFlag.tls) !== 0);
  const start = thread[0]?.address ?? 0;
  const last = thread.at(-1);
  const alignment = Math.max(1, ...thread.map((o) => o.alignment));
  const size = last ? alignUp(last.address + last.size - start, alignment) : 0;
  return { first: thread[0], start, size };
}

/** The image: sections with their contents relocated, symbols, headers. */
export function write(
  job: Job,
  sections: readonly OutputSection[],
  outputs: readonly OutputSection[],
  segments: ElfSegment[],
  plan: DynamicPlan,
): Uint8Array | undefined {
  const { first, start, size } = threadPart(sections);
  setThreadBase(job, first, size);
  const sink = new RelocationSink();
  fillTables(job, sink, start);
  const context = {
    dynamic: job.dynamic,
    sink,
    tls: { start, size },
    report: job.explainer.relocation.bind(job.explainer),
  };
  for (const output of sections) tableEntrySize(job, output);
  const written = elfSections(sections, context);
  for (const [output, section] of written) giveKind(output, section);
  fillLate(job, plan, sink, written, outputs);
  setLinks(job, written);
  const { outputFormat } = job.settings;
  if (outputFormat === 'ihex' || outputFormat === 'srec') {
    return hexImage(outputFormat, written, entry(job, outputs), job.settings.output);
  }
  if (outputFormat === 'binary') {
    const max = job.options.outputBytesMax ?? outputBytesMaxDefault;
    const image = flatImage(written, max);
    if (!image) {
      const message = `the flat image, from the lowest load address to the highest, would exceed ${max} bytes`;
      job.diagnostics.error('L0403', message);
    }
    const problem = image && wrongOrigin(image, written.keys());
    if (problem) {
      const notes = [{ message: problem.note }];
      job.diagnostics.warning('L0406', problem.message, undefined, { notes });
    }
    return image;
  }
  const globals = namedSymbols(job);
  const kept = job.settings.emitsRelocations
    ? { bySymbol: new Map(), bySection: new Map() }
    : undefined;
  const symbols = symbolTable({
    ...(kept ? { written: kept } : {}),
    globals,
    settings: kept ? withNeeded(job.settings) : job.settings,
    retained: retainedNames(job) ?? (kept && job.settings.strip === 'all' ? new Set() : undefined),
    addressOf: (symbol) => symbolValue(job.dynamic, symbol),
    ...(kept && job.settings.strip === 'all' ? { tellNeeded: refuseStrip(job) } : {}),
    isWanted: (symbol) => job.resolver.required.has(symbol.name) || job.marked.has(symbol),
    sections: written,
    order: outputs,
    first: job.tableOwner,
  });
  if (kept) keepRelocations(job, written, kept);
  compressDebug(job, written.values());
  // There is a table also where nothing is in it.
  const hasTable = job.settings.strip !== 'all' || job.settings.retainPath !== undefined;
  const image = elfImage(
    [...written.values()],
    symbols,
    segments,
    entry(job, outputs),
    typeOf(job.settings, segments),
    hasTable,
  );
  nameBuild(job, image);
  return image;
}

/** The global symbols in GNU ld's order. */
function namedSymbols({ resolver }: Job): LinkSymbol[] {
  const globals = rankedNames(resolver).flatMap((n) => resolver.globals.get(n) ?? []);
  const gotSymbol = resolver.globals.get('_GLOBAL_OFFSET_TABLE_');
  if (gotSymbol && !globals.includes(gotSymbol)) globals.push(gotSymbol);
  return globals;
}

/** A PIE that begins elsewhere than at 0 is not moved. */
function typeOf({ outputKind }: LinkSettings, segments: readonly ElfSegment[]): number {
  const base = segments.find((segment) => segment.type === segmentType.load)?.virtualAddress ?? 0n;
  const isFixed = outputKind === 'executable' || (outputKind === 'pie' && base !== 0n);
  return isFixed ? elfType.executable : elfType.shared;
}

/** Global symbols that kept relocations need are not stripped; of local ones there would be no trace. */
const refuseStrip =
  ({ diagnostics }: Job) =>
  ({ name, object }: LinkSymbol): void => {
    const where = `${object?.name ?? ''}: '${name}'`;
    const message = `${where} is local, so -s strips it, but a relocation that -q keeps names it`;
    const notes = [{ message: 'strip less, by -x or -S, or give up -q' }];
    diagnostics.error('L0407', message, undefined, { notes });
  };

/** Symbols that kept relocations need are not stripped. */
const withNeeded = (settings: LinkSettings): LinkSettings =>
  settings.strip === 'all' ? { ...settings, strip: 'none', discardLocals: 'all' } : settings;

/** --retain-symbols-file: the names in it. */
export function retainedNames({ settings, options }: Job): ReadonlySet<string> | undefined {
  const { retainPath } = settings;
  const bytes = retainPath === undefined ? undefined : options.readFile(retainPath);
  if (!bytes) return undefined;
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return new Set(text.split(/\s+/));
}

/** What an access to a slot became. */
const rewrittenType: Readonly<Record<Rewrite, number>> = {
  lea: i386.GOTOFF,
  mov: i386[32],
  call: i386.PC32,
  jump: i386.PC32,
  test: i386[32],
  binary: i386[32],
};

/** -q: the relocations stay beside the finished contents. */
function keepRelocations(
  { dynamic }: Job,
  written: ReadonlyMap<OutputSection, ElfSection>,
  kept: SymbolMap,
): void {
  for (const [output, section] of written) {
    section.relocations = keptRelocations(output, kept, undefined, (input, relocation) => {
      const { symbol, offset, type } = relocation;
      const isSlot = type === i386.GOT32 || type === i386.GOT32X;
      const rewrite = symbol && isSlot && rewriteOf(dynamic.binding, input, offset, type, symbol);
      return rewrite ? rewrittenType[rewrite] : type;
    });
  }
}

/** --build-id is of the whole image, so it comes last. */
function nameBuild({ settings, dynamic, options, resolver }: Job, image: Uint8Array): void {
  const { buildId } = dynamic.sections;
  const { output, outputOffset, isDiscarded } = buildId;
  if (settings.buildId === undefined || !output || isDiscarded) return;
  const at = output.offset + outputOffset;
  if (at + buildIdSize(settings.buildId) > image.length) return;
  // The note of the package is written after it.
  const note = resolver.objects.at(0)?.sections.find(isPackageNote);
  const noteAt = note?.output ? note.output.offset + note.outputOffset : 0;
  const noteBytes = note && image.slice(noteAt, noteAt + note.size);
  if (noteBytes) image.fill(0, noteAt, noteAt + noteBytes.length);
  writeBuildId(image, at, settings.buildId, options.sha1);
  if (noteBytes) image.set(noteBytes, noteAt);
}

/** What GNU ld says in the header of a section that has no input, by the name alone. */
export function giveKind({ hasInput, statement, size }: OutputSection, section: ElfSection): void {
  const kind = hasInput ? undefined : sectionKind(section.name);
  if (!kind || statement.elfType) return;
  const { progbits, nobits } = sectionType;
  const isFilled = size > 0 && kind.type === nobits;
  if (section.type === progbits && !isFilled) section.type = kind.type;
  section.flags |= kind.flags;
  section.entrySize = entrySizeOf(kind.type, false);
}

function tableEntrySize(job: Job, output: OutputSection): void {
  // By its name alone GNU ld takes it for relocations.
  if (output.name === '.reloc') output.entrySize = elfSizes(32).rel;
  for (const own of job.dynamic.object.sections) {
    if (own.output !== output || own.isDiscarded || own.size === 0 || own.entrySize === 0) continue;
    output.entrySize = own.entrySize;
  }
}
