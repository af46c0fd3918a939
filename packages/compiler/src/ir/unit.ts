// A translation unit in the intermediate representation: what is left of the C once its functions are lowered and its
// initialisers are images. Nothing of the tree is needed from here on, so that the text form of a unit is the unit.

import type { SectionOptions, Value } from '@ring0/assembler';
import type { Span } from '@ring0/diagnostics';
import type { Attributes } from '../tree.ts';
import type { IRFunction } from './function.ts';

/** Bytes, and link-time values of four bytes at some places. */
export interface Image {
  readonly bytes: Uint8Array;
  readonly values: ReadonlyMap<number, Value>;
}

/** What the linker and the inliner want to know of a function. */
export interface RoutineTraits extends Omit<Attributes, 'alias' | 'isThreadLocal' | 'isUnused'> {
  readonly isExternal: boolean;
  readonly isVariadic: boolean;
}

export interface Routine {
  readonly f: IRFunction;
  /** In C, for the debugger. */
  readonly name: string;
  readonly traits: RoutineTraits;
  /** Blocks whose labels data may name, besides those whose address the code takes. */
  readonly labels: readonly number[];
  readonly span: Span | undefined;
  /** The last pass that has been over it: `lower` or a name of passes/pipeline.ts. */
  readonly stage: string;
  /** The function as it was before any pass; undefined where that is not known. */
  readonly again: () => IRFunction | undefined;
}

/** An object of static storage. */
export interface DataObject {
  readonly symbol: string;
  readonly isExternal: boolean;
  readonly isWeak: boolean;
  readonly isUsed: boolean;
  readonly isThreadLocal: boolean;
  readonly visibility: Attributes['visibility'];
  readonly section: string;
  readonly options: SectionOptions | undefined;
  readonly alignment: number;
  readonly size: number;
  /** Undefined: zero. */
  readonly image: Image | undefined;
  readonly span: Span | undefined;
}

/** Another name of a symbol of the unit, or an undefined symbol with attributes. */
export interface SymbolNote {
  readonly symbol: string;
  readonly alias: string | undefined;
  readonly isFunction: boolean;
  readonly isExternal: boolean;
  readonly isWeak: boolean;
  readonly visibility: Attributes['visibility'];
}

export interface IRUnit {
  readonly assembly: readonly { readonly text: string; readonly span: Span | undefined }[];
  readonly routines: readonly Routine[];
  /** Read-only objects without a C name: all are emitted. */
  readonly literals: readonly DataObject[];
  /** Emitted where they are external, used, or referred to. */
  readonly objects: readonly DataObject[];
  readonly notes: readonly SymbolNote[];
}

/** The assembler's name of a block. */
export function blockLabel(name: string, block: number): string {
  return `.L${name}.${block}`;
}
