// What the passes share: the settings, the symbols, the linker's own sections; and the types of the public call.

import type { Diagnostic, DiagnosticList } from '@ring0/diagnostics';

import { Explainer } from './report/explain.ts';
import { makeDynamic } from './dynamic/dynamic.ts';
import type { Dynamic } from './dynamic/dynamic.ts';
import type { InputObject, InputSection, LinkSymbol } from './model.ts';
import type { LinkSettings } from './options.ts';
import { Resolver } from './input/resolve.ts';
import { rememberingDemangle } from './input/versions.ts';
import type { Demangle } from './input/versions.ts';
import type { TreemapNode } from './report/treemap.ts';
import type { KeepReasons } from './report/why.ts';
import type { VersionNode } from './script/script-syntax.ts';

export interface LinkOptions {
  /** The linker script's text; -T and the default script serve where it is absent. */
  readonly script?: string | { readonly path: string; readonly bytes: Uint8Array } | undefined;
  /** Serves @file, -T, -l, INPUT and inputs given by name only. */
  readonly readFile: (path: string) => Uint8Array | undefined;
  /** A script of `packedScripts` in its packed form, where there is one with that text. */
  readonly packedScript?: ((text: string) => string | undefined) | undefined;
  /** A faster SHA-1 than the linker's own, for the build ID; its 20 bytes. */
  readonly sha1?: ((bytes: Uint8Array) => Uint8Array) | undefined;
  /** A zlib stream (RFC 1950) of the bytes, for --compress-debug-sections. */
  readonly deflate?: ((bytes: Uint8Array) => Uint8Array) | undefined;
  /** What C++ calls a symbol: for patterns of version scripts in `extern "C++"`. */
  readonly demangle?: ((name: string) => string | undefined) | undefined;
  /** A larger output is taken for a mistake; default 512 MiB. */
  readonly outputBytesMax?: number | undefined;
}

export interface LinkResult {
  /** The file's bytes; undefined where there are errors, which --noinhibit-exec makes light of. */
  readonly image: Uint8Array | undefined;
  /** The map file's text, where -Map or -M asks for it. */
  readonly map: string | undefined;
  /** Addresses of the global symbols. */
  readonly symbols: ReadonlyMap<string, number>;
  readonly diagnostics: readonly Diagnostic[];
  /** What the options mean to the caller: names of outputs. */
  readonly output: string;
  readonly mapPath: string | undefined;
  readonly wantsVersion: boolean;
  /** The options ask for a text only: there is no image, and that is no failure. */
  readonly isAnswer: boolean;
  /** Lines for standard output: -M's map, -t, --dump. */
  readonly text: string;
  /** Lines for standard error that options ask for: -y, --print-gc-sections. */
  readonly remarks: readonly string[];
  /** --stats: how long it took, which only the caller knows. */
  readonly wantsStatistics: boolean;
  /** --treemap: what takes the room, and the file that the page (`treemapPage`) is for. */
  readonly treemap: { readonly path: string; readonly root: TreemapNode } | undefined;
  /** Further files that options ask for. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly diagnosticsFormat: 'text' | 'gcc' | 'json' | 'sarif';
  readonly versionShown: 'none' | 'short' | 'long' | 'full';
}

/** An edge of a section that has a C identifier for its name; and `.startof.NAME` and `.sizeof.NAME`, of any name. */
export interface RangeSymbol {
  readonly symbol: LinkSymbol;
  readonly name: string;
  readonly what: 'start' | 'stop' | 'size';
  readonly isWeak?: boolean;
}

/** What objects define and the script redefines. */
export interface Redefined {
  /** As it was. */
  readonly symbol: LinkSymbol;
  /** The assignment needs the old value, which therefore counts until there. */
  readonly isOfItself: boolean;
}

/** One link, as its passes see it. */
export interface Job {
  readonly redefined: Map<string, Redefined>;
  readonly settings: LinkSettings;
  readonly options: LinkOptions;
  /** That of the options, which is asked once for each name. */
  readonly demangle: Demangle | undefined;
  readonly diagnostics: DiagnosticList;
  readonly resolver: Resolver;
  readonly explainer: Explainer;
  readonly dynamic: Dynamic;
  /** Lines for standard output, and those for standard error that are no diagnostics. */
  text: string;
  readonly remarks: string[];
  /** What keeps sections, where --gc-sections asked. */
  keepReasons: KeepReasons | undefined;
  /** Common symbols in the order in which they got room. */
  readonly commons: LinkSymbol[];
  /** What --gc-sections found in use. */
  marked: ReadonlySet<LinkSymbol>;
  /** The object to which the linker's own sections count: that of the properties, or the first. */
  tableOwner: InputObject | undefined;
  /** What the map says of merged program properties, where there are any. */
  propertyRemarks: readonly string[] | undefined;
  /** Sections that --gc-sections removed. */
  collected: InputSection[];
  /** Paths of all files that were read, in order. */
  readonly inputs: string[];
  /** Version nodes of scripts, in order. */
  readonly versions: VersionNode[];
  /** Those of --dynamic-list and --export-dynamic-symbol-list. */
  readonly exports: VersionNode[];
  /** --dynamic-list: what it does not name binds here. */
  hasDynamicList: boolean;
  readonly ranges: RangeSymbol[];
  headerStart: LinkSymbol | undefined;
}

/** The state before the first pass. */
export function makeJob(
  settings: LinkSettings,
  options: LinkOptions,
  diagnostics: DiagnosticList,
): Job {
  const resolver = new Resolver(diagnostics, settings.wrapped);
  return {
    redefined: new Map(),
    settings,
    options,
    demangle: rememberingDemangle(options.demangle),
    diagnostics,
    resolver,
    explainer: new Explainer(diagnostics, resolver.objects),
    dynamic: makeDynamic(settings, resolver.shared, (message, { name, object }, offset) => {
      const place = `${object.name}:(${name}+0x${offset.toString(16)})`;
      diagnostics.error('L0220', `${place}: ${message}`);
    }),
    text: '',
    remarks: [],
    collected: [],
    keepReasons: undefined,
    commons: [],
    marked: new Set(),
    propertyRemarks: undefined,
    tableOwner: undefined,
    inputs: [],
    versions: [],
    exports: [],
    hasDynamicList: false,
    ranges: [],
    headerStart: undefined,
  };
}
