// The library's front: source bytes in, an object and diagnostics out.

import type { Diagnostic } from '@ring0/diagnostics';
import type { ElfFile } from '@ring0/elf';
import { Assembler } from './assembler.ts';
import { constant } from './expression.ts';
import type { MachineOptions } from './machine.ts';
import { Listing, listingText } from './listing.ts';
import { Text } from './text.ts';

export interface AssembleOptions {
  readonly path?: string | undefined;
  /** Code size at the start of the text; `.code16` and `.code32` change it. */
  readonly bits?: 16 | 32 | undefined;
  /** `--defsym name=value`. */
  readonly defines?: Readonly<Record<string, number | bigint>> | undefined;
  readonly readFile?: ((path: string) => Uint8Array | undefined) | undefined;
  readonly includePaths?: readonly string[] | undefined;
  /** Keeps symbols that begin with .L. */
  readonly keepsLocals?: boolean | undefined;
  /** What GNU as accepts with a warning becomes an error. */
  readonly isStrict?: boolean | undefined;
  /** Syntax, processor and choices of the encoder, as GNU as's -m options say them. */
  readonly machine?: MachineOptions | undefined;
  readonly hasListing?: boolean | undefined;
  /** Makes flat code for this address too, in `flat`. */
  readonly flatAddress?: number | undefined;
  /** False: every statement is parsed, though one of its shape was before; the result is the same. */
  readonly shapeCache?: boolean | undefined;
  /** More output than this is taken for a mistake; default 512 MiB. */
  readonly outputBytesMax?: number | undefined;
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
  const { bits = 32 } = options;
  const assembler = new Assembler({ ...options, bits });
  const { assembly, reader } = assembler;
  for (const [name, value] of Object.entries(options.defines ?? {})) {
    assembly.assign(assembly.symbols.get(name), constant(BigInt(value)));
  }
  const listing = options.hasListing ? new Listing(assembly) : undefined;
  if (listing) reader.input.onStatement = (place) => listing.statement(place);
  for (const { path, bytes } of sources)
    reader.read(Text.ofFile(path, bytes, reader.input.marked), 'file');
  listing?.close();
  const { object, flat, diagnostics, printed } = assembler.finish(options.flatAddress);
  const symbols = (object?.symbols ?? [])
    .filter((symbol) => symbol.type !== 3 && symbol.type !== 4)
    .map(({ name, value, size, section, binding }): AssembledSymbol => {
      const home = typeof section === 'string' ? section : section.name;
      const isGlobal = binding !== 0;
      return { name, value, size, section: home === 'undefined' ? undefined : home, isGlobal };
    });
  const text = listing && object ? listingText(listing, object) : '';
  return { object, flat, symbols, listing: text, diagnostics, printed };
}
