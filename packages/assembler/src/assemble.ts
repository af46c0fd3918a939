// The library's front: source bytes in, an object and diagnostics out.

import type { Diagnostic } from '@ring0/diagnostics';
import type { ElfFile } from '@ring0/elf';
import { Assembler } from './assembler.ts';
import type { AssemblyOptions } from './object/assembly.ts';
import { constant } from './values/expression.ts';
import { Listing } from './listing/listing.ts';
import { listingText } from './listing/listing-text.ts';
import type { ListingOptions } from './listing/listing-text.ts';
import { beginStabSource } from './debug/stab-lines.ts';
import { Text } from './text/text.ts';

export interface AssembleOptions extends Partial<AssemblyOptions> {
  readonly path?: string | undefined;
  /** `--defsym name=value`. */
  readonly defines?: Readonly<Record<string, number | bigint>> | undefined;
  /** Asks for a listing: the lines with what they gave, or what the options say. */
  readonly listing?: boolean | ListingOptions | undefined;
  /** Makes flat code for this address too, in `flat`. */
  readonly flatAddress?: number | undefined;
}

/** A symbol of the object, as a build driver or an editor wants it. */
export interface AssembledSymbol {
  readonly name: string;
  readonly value: bigint;
  readonly size: bigint;
  /** Undefined: not in this file. */
  readonly section: string | undefined;
  readonly isGlobal: boolean;
}

export interface AssembleResult {
  /** Undefined where there are errors. */
  readonly object: ElfFile | undefined;
  /** The allocated sections as flat code, where `flatAddress` was given. */
  readonly flat: Uint8Array | undefined;
  readonly symbols: readonly AssembledSymbol[];
  /** Empty unless it was asked for. */
  readonly listing: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly printed: readonly string[];
  /** All files that were read, each once, in the order of reading. */
  readonly files: readonly string[];
}

/** Assembles `source`; never throws for bad input. */
export function assemble(source: Uint8Array, options: AssembleOptions = {}): AssembleResult {
  return assembleAll([{ path: options.path ?? '<stdin>', bytes: source }], options);
}

/** Assembles several texts as one, as `as a.s b.s` does. */
export function assembleAll(
  sources: readonly { readonly path: string; readonly bytes: Uint8Array }[],
  options: AssembleOptions = {},
): AssembleResult {
  return assembleObserved(sources, options);
}

/** The same; `observe` is called before reading, what it gives before the object is made. */
export function assembleObserved(
  sources: readonly { readonly path: string; readonly bytes: Uint8Array }[],
  options: AssembleOptions,
  observe?: (assembler: Assembler) => () => void,
): AssembleResult {
  const { bits = 32 } = options;
  const wanted: ListingOptions | undefined =
    options.listing === true
      ? { hasAssembly: true, omitsForms: true }
      : options.listing || undefined;
  // A listing and stabs look at each statement.
  const isWatched = wanted !== undefined || options.output?.stabStyle !== undefined;
  const assembler = new Assembler({ ...options, bits, ...(isWatched && { shapeCache: false }) });
  const { assembly, reader } = assembler;
  assembly.hasByteNames = true;
  for (const [name, value] of Object.entries(options.defines ?? {})) {
    assembly.assign(assembly.symbols.get(name), constant(BigInt(value)));
  }
  const onRead = observe?.(assembler);
  const listing = wanted && new Listing(reader.input, wanted);
  assembly.symbols.expect(sources.reduce((sum, { bytes }) => sum + bytes.length, 0));
  for (const { path, bytes } of sources) {
    reader.input.begin();
    beginStabSource(assembly, path);
    reader.read(Text.ofFile(path, bytes, reader.input.marked), 'file');
  }
  listing?.close();
  onRead?.();
  const { object, flat, diagnostics, printed } = assembler.finish(options.flatAddress);
  const symbols = assembledSymbols(object);
  const name = sources.at(-1)?.path ?? '';
  const text = listing ? listingText(assembly, listing, { object, diagnostics }, wanted, name) : '';
  const used = [...new Set([...sources.map(({ path }) => path), ...assembly.filesRead])];
  return { object, flat, symbols, listing: text, diagnostics, printed, files: used };
}

/** The symbols of an object but for those of sections and files. */
export function assembledSymbols(object: ElfFile | undefined): AssembledSymbol[] {
  return (object?.symbols ?? [])
    .filter((symbol) => symbol.type !== 3 && symbol.type !== 4)
    .map(({ name, value, size, section, binding }): AssembledSymbol => {
      const home = typeof section === 'string' ? section : section.name;
      const isGlobal = binding !== 0;
      return { name, value, size, section: home === 'undefined' ? undefined : home, isGlobal };
    });
}
