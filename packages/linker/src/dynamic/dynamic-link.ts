// The passes of dynamic linking, as link.ts calls them: what the output needs is settled before
// sections are placed, sizes before layout, contents when addresses are known.

import { latin1Bytes } from '@ring0/bytes';
import { sectionFlag, sectionType, symbolBinding, symbolType } from '@ring0/elf';
import type { ElfSection } from '@ring0/elf';
import { allocate, finishSizes } from './allocate.ts';
import { isIndirect } from '../input/binding.ts';
import { buildIdSize, refuseBuildId } from '../output/build-id.ts';
import { settleKind } from './dynamic.ts';
import type { DynamicEntry } from './dynamic-section.ts';
import { dynamicEntries, fillDynamic, sizeDynamic } from './dynamic-section.ts';
import {
  fillDynamicSymbols,
  layOutDynamicSymbols,
  settleExports,
  showWeak,
} from './dynamic-symbols.ts';
import type { DynamicNames } from './dynamic-symbols.ts';
import type { RelocationSink } from './dynamic-relocations.ts';
import { fillFrameHeader, frameHeaderSize } from './eh-frame-hdr.ts';
import { finishTables } from './finish-tables.ts';
import { hashOrder } from '../input/hash-order.ts';
import type { Job } from '../job.ts';
import { addressOf, resize } from '../layout/linker-sections.ts';
import { defineGot } from '../layout/linker-symbols.ts';
import type { InputObject, InputSection, LinkSymbol, OutputSection } from '../model.ts';
import { scanRelocations } from './needs.ts';
import { addUnwindData } from './plt-unwind.ts';
import { mergeProperties } from '../output/properties.ts';
import { isZero } from './run-time.ts';
import { objectOrder } from '../output/symbol-table.ts';
import type { Resolver } from '../input/resolve.ts';

const usualInterpreter = '/usr/lib/libc.so.1';

/** What later passes need of the earlier ones. */
export interface DynamicPlan {
  readonly names: DynamicNames | undefined;
  entries: readonly DynamicEntry[];
}

/** Names of global symbols in the order of GNU ld's table. */
export function rankedNames(resolver: Resolver): readonly string[] {
  const { shared, globals, ranking } = resolver;
  const isFresh = ranking?.entered === shared.entered.length && ranking.known === globals.size;
  if (isFresh) return ranking.names;
  const byRank = new Map<string, string>();
  for (const [name, { rankName }] of globals) byRank.set(rankName, name);
  const known = new Set(shared.entered);
  const late = [...byRank.keys()].filter((name) => !known.has(name));
  const order = hashOrder([...shared.entered, ...late]);
  const names = order.flatMap((name) => byRank.get(name) ?? []);
  resolver.ranking = { entered: shared.entered.length, known: globals.size, names };
  return names;
}

/** Settles what is exported and what has slots, and sizes all tables but .dynamic. */
export function prepareDynamic(job: Job, objects: readonly InputObject[]): DynamicPlan {
  const { dynamic, resolver, settings } = job;
  const inOrder = (): LinkSymbol[] =>
    rankedNames(resolver).flatMap((name) => resolver.globals.get(name) ?? []);
  settleKind(dynamic);
  settleExports(job, inOrder());
  defineThreadBase(job, objects);
  const globals = inOrder();
  if (settings.outputKind === 'relocatable') return { names: undefined, entries: [] };
  dynamic.exportedCount = dynamic.shared.dynamic.length;
  showWeak(job, globals);
  if (dynamic.binding.hasTables) defineDynamic(job);
  scanRelocations(dynamic, resolver.objects);
  // A weak reference that is zero in any case is nobody's business.
  const staysDynamic = settings.keywords.has('dynamic-undefined-weak') && !warnsOfWeak(job);
  for (const symbol of dynamic.shared.dynamic) {
    const isShown = staysDynamic && symbol.visibility === 0;
    if (!isShown && isZero(dynamic, symbol)) symbol.dynamicOrder = -2 - symbol.dynamicOrder;
  }
  allocate(dynamic, objects, globals);
  const notes = [{ message: 'in assembly: .type NAME, @function or @object, and .size' }];
  for (const message of dynamic.remarks) {
    job.diagnostics.warning('L0239', message, undefined, { notes });
  }
  for (const message of dynamic.refused) job.diagnostics.error('L0224', message);
  reportTextRelocations(job);
  defineGot(job);
  const { sections, binding } = dynamic;
  if (binding.hasInterpreter) {
    const path = settings.dynamicLinker || usualInterpreter;
    sections.interp.data = latin1Bytes(`${path}\0`);
    sections.interp.size = path.length + 1;
  }
  const names = layOutDynamicSymbols(job, globals);
  // The list is complete once sections are placed; it is never empty.
  if (binding.hasTables) sections.dynamic.size = 8;
  if (settings.outputFormat === 'elf') {
    if (binding.hasTables) addUnwindData(dynamic, objects);
    if (settings.hasFrameHeader && objects.some(hasFrames)) sections.frameHeader.size = 8;
    reserveBuildId(job);
  }
  finishSizes(dynamic);
  return { names, entries: [] };
}

/** Without a dynamic linker nobody can define a weak reference. */
function warnsOfWeak({ dynamic: { binding }, settings, diagnostics }: Job): boolean {
  const isAlone = binding.hasTables && binding.kind !== 'shared' && !binding.hasInterpreter;
  if (!isAlone || !settings.keywords.has('dynamic-undefined-weak')) return false;
  const message = '-z dynamic-undefined-weak is ignored, as there is no dynamic linker';
  diagnostics.warning('L0233', message);
  return true;
}

/** Room for the note of --build-id. */
export function reserveBuildId({ settings, dynamic, diagnostics }: Job): void {
  const { buildId } = settings;
  const refusal = refuseBuildId(buildId);
  if (refusal !== undefined) diagnostics.error('L0223', refusal);
  else if (buildId !== undefined) resize(dynamic.sections.buildId, buildIdSize(buildId));
}

/** Makes one note of the inputs' program properties. */
export function joinProperties(job: Job): void {
  const { resolver, settings, diagnostics, dynamic } = job;
  const { objects, bare } = resolver;
  // What -R names may be the last file of all; then its note is in no section of the output.
  const isBareLast = (bare.at(-1)?.position ?? -1) >= objects.length;
  const last = isBareLast ? bare.at(-1)?.object : objects.findLast(({ file }) => file);
  // Code that -R names runs beside that of the link, so it counts.
  const all = bare.reduceRight((list, { position, object }) => {
    return list.toSpliced(position, 0, object);
  }, objects);
  const { features, remarks, owner } = mergeProperties(all, settings, diagnostics, last);
  dynamic.features = features;
  job.propertyRemarks = remarks;
  const isStatic = settings.outputKind === 'executable' && resolver.shared.libraries.length === 0;
  const isRelocatable = settings.outputKind === 'relocatable';
  job.tableOwner = (isStatic || isRelocatable ? owner : undefined) ?? resolver.objects.at(0);
}

/** Code that has to be changed before it runs cannot be shared between processes. */
function reportTextRelocations({ dynamic, settings, diagnostics }: Job): void {
  const { keywords, warnsTextRelocations, outputKind } = settings;
  const { textRelocations } = dynamic;
  if (textRelocations.size === 0) return;
  if (keywords.has('notext') || keywords.has('textoff')) return;
  const isRefused = keywords.has('text');
  if (isRefused || warnsTextRelocations) {
    for (const [{ object, name }, symbol] of textRelocations) {
      const against = symbol.binding === 0 ? '' : ` against '${symbol.name}'`;
      const message = `${object.name}: relocation${against} in read-only section '${name}'`;
      diagnostics.warning('L0221', message);
    }
  }
  if (isRefused) diagnostics.error('L0222', 'read-only segment has dynamic relocations');
  else if (warnsTextRelocations) {
    const kinds = { shared: 'a shared object', pie: 'a PIE' } as const;
    const what = outputKind === 'shared' || outputKind === 'pie' ? kinds[outputKind] : 'a PDE';
    const notes = [{ message: 'compile it with -fPIC, or say -z notext' }];
    diagnostics.warning('L0221', `creating DT_TEXTREL in ${what}`, undefined, { notes });
  }
}

const hasFrames = ({ sections }: InputObject): boolean =>
  sections.some((s) => s.name === '.eh_frame' && !s.isDiscarded && s.size > 4);

/** `_TLS_MODULE_BASE_`: where the thread-local part of this module begins. */
function defineThreadBase({ resolver }: Job, objects: readonly InputObject[]): void {
  const symbol = resolver.globals.get('_TLS_MODULE_BASE_');
  if (symbol?.state !== 'undefined') return;
  const sections = objects.flatMap((object) => object.sections);
  const isThread = (s: InputSection): boolean =>
    (s.flags & sectionFlag.tls) !== 0 && !s.isDiscarded;
  const first = sections.find((s) => isThread(s) && s.type !== sectionType.nobits);
  const section = first ?? sections.find(isThread);
  if (section) makeLinkerSymbol(symbol, section, symbolType.tls);
}

/** In a program, offsets from it count down from the end, as those of local-exec do. */
export function setThreadBase(
  { resolver, settings }: Job,
  first: OutputSection | undefined,
  size: number,
): void {
  const symbol = resolver.globals.get('_TLS_MODULE_BASE_');
  if (!symbol?.isMade || !first || settings.outputKind === 'shared') return;
  Object.assign(symbol, { section: first, value: size });
}

/** `_DYNAMIC`, where the dynamic section begins. */
function defineDynamic({ resolver, dynamic }: Job): void {
  const symbol = resolver.global('_DYNAMIC');
  if (symbol.state === 'defined' && !symbol.isMade) return;
  makeLinkerSymbol(symbol, dynamic.sections.dynamic, symbolType.object);
}

function makeLinkerSymbol(symbol: LinkSymbol, section: InputSection, type: number): void {
  Object.assign(symbol, { state: 'defined', section, value: 0, type, isMade: true });
  Object.assign(symbol, { binding: symbolBinding.global, isForcedLocal: true });
}

/** Sizes what depends on which output sections there are. */
export function sizeTables(
  job: Job,
  plan: DynamicPlan,
  outputs: readonly OutputSection[],
  frameCount: number,
): void {
  const { dynamic, resolver } = job;
  const { sections } = dynamic;
  if (sections.frameHeader.size > 0) {
    resize(sections.frameHeader, frameHeaderSize(frameCount));
    const symbol = resolver.global('__GNU_EH_FRAME_HDR');
    makeLinkerSymbol(symbol, sections.frameHeader, symbolType.notype);
  }
  if (!plan.names) return;
  plan.entries = dynamicEntries(dynamic, plan.names, outputs, resolver.globals);
  sizeDynamic(dynamic, plan.entries);
}

/** Fills the slots and stubs, before other contents are relocated. */
export function fillTables(job: Job, sink: RelocationSink, tlsStart: number): void {
  const { gotPlt } = job.dynamic.sections;
  if (gotPlt.size > 0 && gotPlt.isDiscarded) {
    const message = "the script discards '.got.plt', which code needs";
    const notes = [{ message: 'give it a place: .got : { *(.got .got.plt) }' }];
    job.diagnostics.error('L0234', message, undefined, { notes });
  }
  finishTables(job.dynamic, sink, tlsStart);
}

/** Fills what needs all other contents: relocations, symbols, .dynamic, .eh_frame_hdr. */
export function fillLate(
  job: Job,
  plan: DynamicPlan,
  sink: RelocationSink,
  written: ReadonlyMap<OutputSection, ElfSection>,
  outputs: readonly OutputSection[],
): void {
  const { dynamic } = job;
  const { sections } = dynamic;
  const indirect = dynamic.dynamicSymbols.filter(isIndirect).map((s) => s.dynamicIndex);
  const { tableOwner: first, settings } = job;
  sink.write(!settings.keywords.has('nocombreloc'), new Set(indirect), () =>
    objectOrder({ order: outputs, sections: written, first }),
  );
  const inFile = [...written.keys()];
  if (plan.names) {
    const headers = headerNumbers(inFile, job.settings.emitsRelocations);
    const indexOf = (output: OutputSection): number => headers.get(output) ?? 0;
    fillDynamicSymbols(dynamic, plan.names, indexOf, outputs);
    fillDynamic(dynamic, plan.entries, sink.relativeCount);
  }
  if (sections.frameHeader.size > 0) {
    const frames = inFile.find((o) => o.name === '.eh_frame');
    const data = frames && written.get(frames)?.data;
    if (frames && data) {
      fillFrameHeader(sections.frameHeader.data, addressOf(sections.frameHeader), {
        data,
        address: frames.address,
      });
    }
  }
  for (const section of dynamic.object.sections) copyIn(section, written);
  linkSections(dynamic.sections, written);
}

/** Numbers of section headers; kept relocations have theirs behind those of their section. */
function headerNumbers(
  inFile: readonly OutputSection[],
  keepsRelocations: boolean,
): Map<OutputSection, number> {
  const numbers = new Map<OutputSection, number>();
  let next = 1;
  for (const output of inFile) {
    numbers.set(output, next++);
    const isKept = (piece: OutputSection['pieces'][number]): boolean =>
      piece.kind === 'input' &&
      piece.section.object.file !== undefined &&
      piece.section.relocations.length > 0;
    if (keepsRelocations && output.pieces.some(isKept)) next++;
  }
  return numbers;
}

/** The bytes of a section of the linker's go to their place in the output. */
function copyIn(section: InputSection, written: ReadonlyMap<OutputSection, ElfSection>): void {
  const { output, isDiscarded, type, name } = section;
  if (!output || isDiscarded || section.size === 0 || type === sectionType.nobits) return;
  if (name === '.eh_frame') return;
  written.get(output)?.data.set(section.data, section.outputOffset);
}

/** sh_link, sh_info and entry sizes of the dynamic sections. */
function linkSections(
  sections: Job['dynamic']['sections'],
  written: ReadonlyMap<OutputSection, ElfSection>,
): void {
  const of = ({ output }: InputSection): ElfSection | undefined => output && written.get(output);
  const dynsym = of(sections.dynsym);
  const dynstr = of(sections.dynstr);
  const link = (section: InputSection, to: ElfSection | undefined, info?: number): void => {
    const elf = of(section);
    if (!elf || section.isDiscarded) return;
    elf.link = to;
    if (info !== undefined) elf.info = info;
  };
  link(sections.dynsym, dynstr, 1);
  link(sections.dynamic, dynstr);
  link(sections.hash, dynsym);
  link(sections.gnuHash, dynsym);
  link(sections.versym, dynsym);
  const got = of(sections.got);
  if (got && dynsym && sections.got.size > 0) got.entrySize = 4;
  link(sections.verdef, dynstr, entryCount(sections.verdef, 16));
  link(sections.verneed, dynstr, entryCount(sections.verneed, 12));
  const all = [...written.values()];
  const named = (name: string): ElfSection | undefined => all.find((elf) => elf.name === name);
  for (const elf of all) {
    // Names of stabs are told by their own name.
    const stabs = /^\.stab.*(?=str$)/.exec(elf.name);
    const table = stabs && elf.type === sectionType.strtab ? named(stabs[0]) : undefined;
    if (table) Object.assign(table, { link: elf, entrySize: 12 });
    if (elf.type !== sectionType.rel || (elf.flags & sectionFlag.alloc) === 0) continue;
    if (dynsym) elf.link = dynsym;
    // The section that they relocate, by the name alone.
    const name = /^\.rel(.+)/.exec(elf.name)?.[1] ?? '';
    elf.target = name === '.plt' ? (named('.got.plt') ?? named('.got')) : named(name);
    if (elf.target || name === '.plt') elf.flags |= sectionFlag.infoLink;
  }
}

/** Entries of a chain whose distance to the next lies at `next`. */
function entryCount({ data }: InputSection, next: number): number {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let count = data.length > 0 ? 1 : 0;
  for (let at = 0; at + next + 4 <= data.length; count++) {
    const step = view.getUint32(at + next, true);
    if (step === 0) break;
    at += step;
  }
  return count;
}
