// The linker: a list of passes. Each comment between them says what has become true.

import { DiagnosticList } from '@ring0/diagnostics';

import { collectGarbage, placeAll } from './assign-outputs.ts';
import { dumpText } from './dump-layout.ts';
import { editFrames } from './eh-frame.ts';
import { scan } from './got.ts';
import { hashOrder } from './hash-order.ts';
import { makeJob } from './job.ts';
import type { Job, LinkOptions, LinkResult } from './job.ts';
import { Layout } from './layout.ts';
import {
  allocateCommons,
  claimHeaderStart,
  claimScriptSymbols,
  defineGot,
  defineRanges,
  setHeaderStart,
  setRanges,
} from './linker-symbols.ts';
import { mapText } from './map-file.ts';
import { mergeSections } from './merge.ts';
import { symbolAddress } from './model.ts';
import type { InputObject, LayoutItem, OutputSection } from './model.ts';
import { namedHeaders } from './named-headers.ts';
import { readOptions } from './options.ts';
import type { LinkItem } from './options.ts';
import { alignThreadLocal, fileOrder, hasRelroSections, isPresent } from './output-sections.ts';
import type { Placement } from './place.ts';
import { checkProhibited } from './prohibited.ts';
import { expandResponses, loadAll } from './read-inputs.ts';
import type { Script } from './script-syntax.ts';
import { guessHeaderSize, headerSize, placeInFile, planSegments } from './segments.ts';
import type { SegmentInput } from './segments.ts';
import { undefinedReferences } from './undefined.ts';
import { checkSize, stackFlags, write } from './write-output.ts';

/** Links `items`, the command line in order, as GNU ld does; never throws for bad input. */
export function link(items: readonly LinkItem[], options: LinkOptions): LinkResult {
  const diagnostics = new DiagnosticList();
  const expanded = expandResponses(items, options.readFile, diagnostics);
  const settings = readOptions(expanded, diagnostics);
  return run(makeJob(settings, options, diagnostics));
}

function run(job: Job): LinkResult {
  const { settings, diagnostics } = job;
  if (settings.wantsVersion && settings.actions.length === 0) return result(job, undefined);
  const script = loadAll(job);
  if (diagnostics.hasErrors) return result(job, undefined);
  if (job.resolver.objects.length === 0) {
    diagnostics.error('L0003', 'no input files');
    return result(job, undefined);
  }
  // From here on no object is added.
  // The linker's own sections count as the first object's, behind those it brings.
  const [first, ...others] = job.resolver.objects;
  const objects = [first, job.got.object, ...others];
  defineRanges(job, objects);
  claimScriptSymbols(job, script);
  if (settings.collects) collectGarbage(job, script, objects);
  claimHeaderStart(job);
  const order = hashOrder(job.resolver.globals.keys());
  allocateCommons(job, order);
  scan(job.got, job.resolver.objects, new Map(order.map((name, index) => [name, index])));
  defineGot(job);
  const placement = placeAll(job, script, objects);
  // From here on every section that is not discarded has its output section.
  const live = objects.flatMap((o) => o.sections).filter((s) => !s.isDiscarded);
  // GNU ld edits contents only where the output is ELF.
  if (job.settings.outputFormat === 'elf') {
    editFrames(live);
    mergeSections(live);
  }
  return layOut(job, script, placement, objects, order);
}

function layOut(
  job: Job,
  script: Script,
  placement: Placement,
  objects: readonly InputObject[],
  order: readonly string[],
): LinkResult {
  const { settings, diagnostics } = job;
  const { items } = placement;
  const outputs = fileOrder(placement);
  const isWritten = (o: OutputSection): boolean => o.exists && !o.isIgnored;
  alignThreadLocal(outputs);
  const names = new Set(
    objects
      .flatMap((o) => o.sections)
      .filter(isPresent)
      .map((s) => s.name),
  );
  if (!hasRelroSections(items, names)) settings.hasRelro = false;
  const stack = stackFlags(job, objects);
  let hasLaidOut = false;
  const segmentInput = (): SegmentInput => ({
    sections: outputs.filter(isWritten),
    settings,
    named: namedHeaders(script, layout),
    stackFlags: stack,
    relro: layout.dataSegment.relro,
    wantsHeaders: layout.usesHeaderSize,
  });
  const layout: Layout = new Layout({
    items,
    globals: job.resolver.globals,
    script,
    settings,
    diagnostics,
    headerSize: () => {
      const input = segmentInput();
      return hasLaidOut ? headerSize(planSegments(input).length) : guessHeaderSize(input);
    },
  });
  layout.walkOnce();
  hasLaidOut = true;
  layout.run();
  setRanges(job, outputs);
  // From here on every section and symbol has its address.
  const missing = undefinedReferences(job.resolver.objects);
  job.explainer.undefinedSymbols(missing, job.resolver.globals);
  job.explainer.duplicates(settings.allowsMultipleDefinition ? [] : job.resolver.duplicates);
  checkProhibited(script, objects, job.explainer);
  if (diagnostics.hasErrors) return result(job, undefined);
  const input = segmentInput();
  const segments = placeInFile(input, planSegments(input));
  checkSize(job, input.sections);
  if (diagnostics.hasErrors) return result(job, undefined);
  setHeaderStart(job, input, segments);
  const image = write(job, input.sections, outputs, segments, order);
  const layoutText = dumpText(settings.dump, items, segments);
  return result(job, diagnostics.hasErrors ? undefined : image, items, placement, layoutText);
}

function result(
  job: Job,
  image: Uint8Array | undefined,
  items?: readonly LayoutItem[],
  placement?: Placement,
  layoutText = '',
): LinkResult {
  const { settings, diagnostics } = job;
  const wantsMap = settings.wantsMap || settings.mapPath !== undefined;
  const map =
    wantsMap && items
      ? mapText({
          items,
          pulled: job.resolver.pulled,
          discarded: [...job.collected, ...(placement?.discarded ?? [])],
          globals: job.resolver.globals,
          objects: job.resolver.objects,
          output: settings.output,
        })
      : undefined;
  const symbols = new Map<string, number>();
  if (image) {
    for (const [name, symbol] of job.resolver.globals) {
      if (symbol.state === 'defined') symbols.set(name, symbolAddress(symbol));
    }
  }
  return {
    image,
    map,
    symbols,
    diagnostics: diagnostics.items,
    output: settings.output,
    mapPath: settings.mapPath,
    wantsVersion: settings.wantsVersion,
    text: job.text + layoutText + (settings.wantsMap ? (map ?? '') : ''),
  };
}
