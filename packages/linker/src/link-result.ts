// What a link gives back: the image, the map, the symbols, and the texts that options ask for.

import { rankedNames } from './dynamic-link.ts';
import type { Job, LinkResult } from './job.ts';
import type { Layout } from './layout.ts';
import { mapText } from './map-file.ts';
import { symbolAddress } from './model.ts';
import type { InputObject, LayoutItem } from './model.ts';

/** What there is to show once everything has its place. */
export interface Shown {
  readonly items: readonly LayoutItem[];
  readonly layout: Layout;
  /** With that of the linker's own sections. */
  readonly objects: readonly InputObject[];
  /** For --dump=layout. */
  readonly layoutText: string;
}

/** The result of the link; without `shown` it ended early. */
export function result(job: Job, image: Uint8Array | undefined, shown?: Shown): LinkResult {
  const { settings, diagnostics } = job;
  const map = shown && mapOf(job, shown);
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
    text: job.text + (shown?.layoutText ?? '') + (settings.wantsMap ? (map ?? '') : ''),
  };
}

function mapOf({ settings, resolver }: Job, shown: Shown): string | undefined {
  if (!settings.wantsMap && settings.mapPath === undefined) return undefined;
  return mapText({
    items: shown.items,
    pulled: resolver.pulled,
    globals: resolver.globals,
    order: rankedNames(resolver),
    objects: shown.objects,
    regions: shown.layout.regions.list,
    output: settings.output,
    format: settings.outputFormat === 'elf' ? 'elf32-i386' : settings.outputFormat,
    valueAt: shown.layout.valueAt.bind(shown.layout),
    showsDiscarded: settings.mapShowsDiscarded,
    hasCrossTable: settings.printsCrossReferences,
  });
}
