// The linker: a list of passes. Each comment between them says what has become true.

import { DiagnosticList } from '@ring0/diagnostics';

import { collectGarbage, placeAll } from './layout/assign-outputs.ts';
import { dumpText } from './report/dump-layout.ts';
import { editFrames } from './layout/eh-frame.ts';
import {
  joinProperties,
  prepareDynamic,
  rankedNames,
  reserveBuildId,
  sizeTables,
} from './dynamic/dynamic-link.ts';
import type { DynamicPlan } from './dynamic/dynamic-link.ts';
import { makeJob } from './job.ts';
import type { Job, LinkOptions, LinkResult } from './job.ts';
import { Layout } from './layout/layout.ts';
import {
  allocateCommons,
  claimHeaderStart,
  claimScriptSymbols,
  defineRanges,
  giveRanges,
  setHeaderStart,
  setRanges,
} from './layout/linker-symbols.ts';
import { result } from './report/link-result.ts';
import { isBuildIdStyle } from './output/build-id.ts';
import { sortLinked } from './layout/link-order.ts';
import { mergeSections } from './layout/merge.ts';
import { isLive, sectionsWhere } from './model.ts';
import type { InputObject, OutputSection } from './model.ts';
import { checkHeaderNames, headersOf, namedHeaders } from './layout/named-headers.ts';
import { formatName } from './option-table.ts';
import { readOptions } from './options.ts';
import type { LinkItem } from './options.ts';
import {
  alignThreadLocal,
  fileOrder,
  hasRelroSections,
  isPresent,
} from './layout/output-sections.ts';
import type { Placement } from './layout/place.ts';
import { addPackageNote, isJson } from './output/package-note.ts';
import { checkProhibited } from './layout/prohibited.ts';
import { expandResponses, loadAll } from './input/read-inputs.ts';
import { addGroups, linkRelocatable } from './output/relocatable.ts';
import type { Script } from './script/script-syntax.ts';
import { guessHeaderSize, headerSize, placeInFile, planSegments } from './layout/segments.ts';
import type { SegmentInput } from './layout/segments.ts';
import { reportUnresolved } from './input/unresolved.ts';
import { firstReference } from './input/warned-symbols.ts';
import { checkHeadersLoaded, stackFlags, warnOfSegments, warnOfStrays } from './report/warnings.ts';
import { checkSize, write } from './output/write-output.ts';

/** Links `items`, the command line in order, as GNU ld does; never throws for bad input. */
export function link(items: readonly LinkItem[], options: LinkOptions): LinkResult {
  const diagnostics = new DiagnosticList();
  const expanded = expandResponses(items, options.readFile, diagnostics);
  const settings = readOptions(expanded, diagnostics);
  return run(makeJob(settings, options, diagnostics));
}

function run(job: Job): LinkResult {
  const { settings, diagnostics } = job;
  const hasInputs = settings.actions.some(({ kind }) => kind === 'file' || kind === 'library');
  if (settings.printsFormat) job.text += `${formatName(settings)}\n`;
  if (settings.printsSysroot && settings.sysroot !== '') job.text += `${settings.sysroot}\n`;
  const isAnswered = settings.printsFormat || settings.printsSysroot || settings.wantsVersion;
  if ((isAnswered && !hasInputs) || settings.versionShown === 'full') {
    return result(job, undefined);
  }
  checkNotes(job);
  checkRetained(job);
  const script = loadAll(job);
  checkFormat(job);
  checkTogether(job);
  if (diagnostics.hasErrors && !settings.isSilent) return result(job, undefined);
  if (job.resolver.objects.length === 0) {
    diagnostics.error('L0003', 'no input files');
    return result(job, undefined);
  }
  // From here on no object is added.
  warnOfSymbols(job);
  // The linker's own sections count as one object's, behind those it brings.
  if (settings.outputFormat === 'elf') joinProperties(job);
  job.tableOwner ??= job.resolver.objects.at(0);
  addPackageNote(job);
  const { objects: inputs } = job.resolver;
  const owner = job.tableOwner ? inputs.indexOf(job.tableOwner) : 0;
  const objects = inputs.toSpliced(owner + 1, 0, job.dynamic.object);
  if (settings.outputKind === 'relocatable') return joinObjects(job, script);
  defineRanges(job, script, objects);
  claimScriptSymbols(job, script);
  // What collection drops later is there twice all the same.
  job.explainer.duplicates(settings.allowsMultipleDefinition ? [] : job.resolver.duplicates);
  if (settings.collects) collectGarbage(job, script, objects);
  claimHeaderStart(job);
  const order = rankedNames(job.resolver);
  allocateCommons(job, order);
  const plan = prepareDynamic(job, objects);
  // From here on it is settled what has a slot, a stub or a dynamic relocation.
  const placement = placeAll(job, script, objects);
  giveRanges(job, script, outputsOf(placement));
  // From here on every section that is not discarded has its output section.
  const live = sectionsWhere(objects, isLive);
  let frameCount = 0;
  // GNU ld edits contents only where the output is ELF.
  if (job.settings.outputFormat === 'elf') {
    if (!settings.isTraditional) frameCount = editFrames(live);
    mergeSections(live);
  }
  sizeTables(job, plan, outputsOf(placement), frameCount);
  return layOut(job, script, placement, objects, plan);
}

/** Uses that the definition of a symbol warns of. */
function warnOfSymbols({ resolver, explainer, diagnostics }: Job): void {
  const { globals, objects, warned } = resolver;
  for (const { name, text } of warned.all(globals)) {
    const symbol = globals.get(name);
    const use = symbol && firstReference(objects, symbol);
    const place = use ? `${explainer.place(use.section, use.offset)}: ` : '';
    diagnostics.warning('L0237', place + text);
  }
}

/** Notes that cannot be made are left out. */
function checkNotes({ settings, diagnostics }: Job): void {
  const { buildId, packageMetadata } = settings;
  if (buildId !== undefined && !isBuildIdStyle(buildId)) {
    const known = 'sha1, md5, none and 0xDIGITS';
    const message = `--build-id=${buildId} is ignored; the styles are ${known}`;
    diagnostics.warning('L0223', message);
    settings.buildId = undefined;
  }
  if (packageMetadata === undefined || isJson(packageMetadata)) return;
  const message = `--package-metadata=${packageMetadata} is ignored, as it is no JSON`;
  diagnostics.warning('L0232', message);
  settings.packageMetadata = undefined;
}

/** Kinds that exclude each other, and options that only a shared object can obey. */
function checkTogether({ settings, diagnostics }: Job): void {
  if (settings.kindsClash !== undefined) diagnostics.error('L0008', settings.kindsClash);
  if (settings.outputKind === 'shared') return;
  const rows = [
    [settings.auxiliaries.length > 0, '-f'],
    [settings.filters.length > 0, '-F'],
    [settings.inhibitsCommons, '--no-define-common'],
  ] as const;
  for (const [isGiven, name] of rows) {
    if (isGiven) diagnostics.error('L0008', `${name} may not be used without -shared`);
  }
}

/** What is no ELF has no place for relocations, nor for what the dynamic linker reads. */
function checkFormat({ settings, resolver, diagnostics }: Job): void {
  const { outputFormat: format, outputKind, emitsRelocations } = settings;
  if (format === 'elf') return;
  const [library] = resolver.shared.libraries;
  if (library) diagnostics.error('L0009', `${library.path}: a ${format} output cannot use it`);
  if (outputKind !== 'relocatable' && !emitsRelocations) return;
  const holder = resolver.objects.find((o) => o.sections.some((s) => s.relocations.length > 0));
  if (!holder) return;
  const option = emitsRelocations ? '-q' : '-r';
  const message = `${option} keeps relocations, which ${format} has no place for`;
  diagnostics.error('L0009', `${holder.name}: ${message}`);
}

/** The file of --retain-symbols-file must be there; it decides alone which symbols are written. */
function checkRetained({ settings, options, diagnostics }: Job): void {
  const { retainPath, retainsInstead } = settings;
  if (retainPath === undefined) return;
  if (!options.readFile(retainPath)) diagnostics.error('L0227', `cannot open ${retainPath}`);
  if (retainsInstead) diagnostics.warning('L0228', '--retain-symbols-file overrides -s and -S');
}

/** -r: no symbol is made but by the script, and commons stay common without -d. */
function joinObjects(job: Job, script: Script): LinkResult {
  const { settings, resolver } = job;
  if (settings.isLastRelocatable) defineRanges(job, script, resolver.objects);
  claimScriptSymbols(job, script);
  const { entry = '', initName, finiName } = settings;
  const roots = [entry, initName, finiName, ...settings.undefinedNames, ...settings.requiredNames];
  const hasRoot = roots.some((name) => resolver.globals.get(name)?.state === 'defined');
  if (settings.collects && !hasRoot && !settings.keepsExported) {
    const message = '--gc-sections requires a root: a defined symbol, by -e or -u';
    job.diagnostics.error('L0006', message);
    return result(job, undefined);
  }
  if (settings.collects) collectGarbage(job, script, resolver.objects);
  if (settings.definesCommons) allocateCommons(job, rankedNames(resolver));
  if (!settings.forcesGroups) addGroups(resolver.objects, settings);
  const objects = [...resolver.objects];
  if (settings.buildId !== undefined && settings.outputFormat === 'elf') {
    reserveBuildId(job);
    objects.splice(1, 0, job.dynamic.object);
  }
  const placement = placeAll(job, script, objects);
  editFrames(sectionsWhere(resolver.objects, isLive), false);
  return linkRelocatable(job, script, placement, objects);
}

function layOut(
  job: Job,
  script: Script,
  placement: Placement,
  objects: readonly InputObject[],
  plan: DynamicPlan,
): LinkResult {
  const { settings, diagnostics } = job;
  const { items } = placement;
  const outputs = fileOrder(placement);
  const isWritten = (o: OutputSection): boolean => o.exists && !o.isIgnored;
  alignThreadLocal(outputs);
  const names = new Set(sectionsWhere(objects, isPresent).map((s) => s.name));
  if (!hasRelroSections(script.statements, names)) settings.hasRelro = false;
  const stack = stackFlags(job, job.resolver.objects);
  const headers = headersOf(script, items);
  let hasLaidOut = false;
  const segmentInput = (): SegmentInput => ({
    sections: outputs.filter(isWritten),
    settings,
    named: namedHeaders(script, layout),
    headers,
    regionOf: (section) => layout.regions.of(section, false),
    stackFlags: stack,
    relro: layout.dataSegment.relro,
    wantsHeaders: layout.usesHeaderSize,
  });
  const layout: Layout = new Layout({
    items,
    globals: job.resolver.globals,
    redefined: job.redefined,
    script,
    settings,
    diagnostics,
    headerSize: () => {
      if (settings.outputFormat !== 'elf') return 0;
      const input = segmentInput();
      return hasLaidOut ? headerSize(planSegments(input).length) : guessHeaderSize(input);
    },
  });
  layout.walkOnce();
  sortLinked(outputs);
  hasLaidOut = true;
  layout.run();
  setRanges(job, outputs);
  // From here on every section and symbol has its address.
  reportUnresolved(job);
  checkProhibited(script, objects, job.explainer);
  checkHeaderNames(script, outputs.filter(isWritten), diagnostics);
  // The map helps to see what went wrong.
  const shown = { items, layout, objects, layoutText: '' };
  if (diagnostics.hasErrors && !settings.noInhibitExec) return result(job, undefined, shown);
  const input = segmentInput();
  const segments = placeInFile(input, planSegments(input));
  if (!checkSize(job, input.sections)) return result(job, undefined);
  setHeaderStart(job, input, segments);
  if (!checkHeadersLoaded(job, segments)) return result(job, undefined);
  warnOfStrays(job, input, segments);
  warnOfSegments(job, job.resolver.objects, segments);
  const image = write(job, input.sections, outputs, segments, plan);
  const layoutText = dumpText(settings.dump, items, segments);
  const isRefused = diagnostics.hasErrors && !settings.noInhibitExec;
  return result(job, isRefused ? undefined : image, { ...shown, layoutText });
}

const outputsOf = ({ items }: Placement): OutputSection[] =>
  items.filter((item): item is OutputSection => item.kind === 'output');
