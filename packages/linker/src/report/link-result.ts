// What a link gives back: the image, the map, the symbols, and the texts that options ask for.

import { rankedNames } from '../dynamic/dynamic-link.ts';
import { symbolBinding } from '@ring0/elf';
import { crossTable } from './cross-table.ts';
import type { TableNames } from './cross-table.ts';
import type { Job, LinkResult } from '../job.ts';
import type { Diagnostic } from '@ring0/diagnostics';
import { memoryUsageText } from './memory-usage.ts';
import { formatName } from '../option-table.ts';
import { isOwnStub } from '../dynamic/run-time.ts';
import { treemapOf } from './treemap.ts';
import { whyText } from './why.ts';
import type { Layout } from '../layout/layout.ts';
import { mapText } from './map-file.ts';
import { isStripped } from '../layout/output-sections.ts';
import { symbolAddress } from '../model.ts';
import type { InputObject, LayoutItem, LinkSymbol } from '../model.ts';

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
  const isFailed =
    settings.isFatalWarnings && !settings.noInhibitExec && diagnostics.items.some(isWarning);
  const kept = settings.isSilent && image ? [] : diagnostics.items;
  return {
    image: isFailed ? undefined : image,
    map,
    symbols,
    diagnostics: isFailed ? [...kept, fatal] : kept,
    output: settings.output,
    mapPath: settings.mapPath,
    wantsVersion: settings.wantsVersion,
    isAnswer: !image && !diagnostics.hasErrors && isQuestion(job),
    text: job.text + (shown ? textOf(job, shown, map) : whyText(job)),
    remarks: job.remarks,
    wantsStatistics: settings.wantsStatistics,
    treemap: shown && treemapResult(job, shown),
    files: shown ? filesOf(job) : [],
    diagnosticsFormat: settings.diagnosticsFormat,
    versionShown: settings.versionShown,
  };
}

function mapOf(job: Job, shown: Shown): string | undefined {
  const { settings, resolver, propertyRemarks: properties } = job;
  if (!settings.wantsMap && settings.mapPath === undefined) return undefined;
  return mapText({
    items: shown.items,
    pulled: resolver.pulled.map(({ member, ...why }) => ({ ...why, name: member.name })),
    usedLibraries: resolver.usedLibraries,
    globals: resolver.globals,
    redefined: job.redefined,
    order: rankedNames(resolver),
    objects: shown.objects,
    stubs: job.dynamic.object,
    regions: shown.layout.regions.list,
    output: settings.output,
    format: formatName(settings),
    valueAt: shown.layout.valueAt.bind(shown.layout),
    properties,
    commons: settings.sortCommon ? job.commons : byRank(job),
    textRelocation: textRelocation(job),
    ownStubs: ownStubs(job),
    isLeftOut: (section) => isStripped(section, settings),
    showsDiscarded: settings.mapShowsDiscarded,
    keepsGroups: settings.outputKind === 'relocatable',
    tableNames: tableNames(job),
    commonOwners: resolver.commonOwners,
    hasCrossTable: settings.printsCrossReferences,
  });
}

function tableNames({ dynamic, settings, resolver, versions, tableOwner: owner }: Job): TableNames {
  const { libraries } = resolver.shared;
  const common = { owner, stubs: dynamic.object, libraries, bare: resolver.bare };
  if (settings.outputKind === 'relocatable') return { ...common, names: [] };
  const named = versions.map(({ name }) => name).filter((name) => name !== '');
  const names = dynamic.binding.hasTables
    ? [...named, '_DYNAMIC', '_GLOBAL_OFFSET_TABLE_']
    : ['_GLOBAL_OFFSET_TABLE_'];
  return { ...common, names };
}

/** Commons in the order of names, those that collection dropped among them. */
function byRank({ commons, resolver }: Job): LinkSymbol[] {
  const known = new Set(commons);
  const symbols = rankedNames(resolver).flatMap((name) => resolver.globals.get(name) ?? []);
  return symbols.filter((symbol) => known.has(symbol));
}

/** GNU ld tells of the first that it meets, unless a local symbol's came before. */
function textRelocation({ dynamic }: Job): string | undefined {
  const all = [...dynamic.textRelocations];
  if (all.length === 0) return undefined;
  if (all.some(([, { binding }]) => binding === symbolBinding.local)) return undefined;
  const [[{ object, name }, symbol]] = all;
  return `${object.name}: dynamic relocation against \`${symbol.name}' in read-only section \`${name}'`;
}

/** Local ones first, as GNU ld finishes them. */
function ownStubs({ dynamic, resolver }: Job): LinkSymbol[] {
  const has = (symbol: LinkSymbol): boolean =>
    (dynamic.needs.get(symbol)?.pltAt ?? -1) >= 0 && isOwnStub(dynamic, symbol);
  const locals = [...dynamic.needs]
    .map(([symbol]) => symbol)
    .filter(({ binding }) => binding === symbolBinding.local);
  const globals = rankedNames(resolver).flatMap((name) => resolver.globals.get(name) ?? []);
  return [...locals, ...globals].filter(has);
}

/** Such as --print-output-format without inputs. */
const isQuestion = ({ settings }: Job): boolean =>
  settings.printsFormat || settings.printsSysroot || settings.isVerbose || settings.wantsVersion;

const isWarning = ({ severity }: Diagnostic): boolean => severity === 'warning';

const fatal: Diagnostic = {
  severity: 'error',
  code: 'L0007',
  message: 'warnings are errors, as --fatal-warnings asks',
};

function textOf(job: Job, shown: Shown, map: string | undefined): string {
  const { settings } = job;
  const usage = settings.printsMemoryUsage ? memoryUsageText(shown.layout.regions.list) : '';
  const table =
    settings.printsCrossReferences && map === undefined
      ? crossTable(shown.objects, tableNames(job))
      : '';
  const shownMap = settings.wantsMap ? (map ?? '') : '';
  return shown.layoutText + shownMap + table + usage + whyText(job);
}

/** Made only where it is asked for: it is as large as the symbol table. */
function treemapResult({ settings, resolver }: Job, shown: Shown): LinkResult['treemap'] {
  const { treemapPath, output } = settings;
  if (treemapPath === undefined) return undefined;
  return { path: treemapPath, root: treemapOf(output, shown.items, resolver.globals.values()) };
}

function filesOf({ settings, inputs }: Job): LinkResult['files'] {
  const files: { path: string; text: string }[] = [];
  const { dependencyPath, output } = settings;
  if (dependencyPath !== undefined) {
    const names = [...new Set(inputs)];
    const head = [output, ...names].map((name) => name.replace(/[ #$]/g, '\\$&'));
    const targets = names.map((name) => `\n${name}:\n`).join('');
    const text = `${head[0]}: \\\n  ${head.slice(1).join(' \\\n  ')}\n${targets}`;
    files.push({ path: dependencyPath, text });
  }
  return files;
}
