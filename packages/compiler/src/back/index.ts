// The back end of the compiler: receives a unit's definitions as typed trees and makes the emitter calls for them.
// Each function is lowered at once; at the end of the unit calls are inlined, and what is external
// or referred to by what was emitted is compiled and emitted.

import type { Emitter, SectionOptions } from '@ring0/assembler';
import type { Span } from '@ring0/diagnostics';
import {
  floatBytes,
  type Image,
  imageOf,
  placementOf,
  variableAlignment,
  writeImage,
} from '../emit/data.ts';
import { type Lowered, lowerFunction } from '../lower/function.ts';
import { sizeOf } from '../lower/types.ts';
import type {
  Entity,
  FunctionDefinition,
  Initializer,
  Label,
  UnitSink,
  VariableDefinition,
} from '../tree.ts';
import { compileFunction, type UnitContext, writeTables } from './compile-function.ts';
import { type DebugFunction, writeDebugInfo } from './debug-info.ts';
import { inlineUnit } from './inlining.ts';
import { LineTable } from './lines.ts';
import type { BackEndOptions } from './options.ts';

export type { BackEndOptions } from './options.ts';

/** A read-only object that the back end itself made. */
interface Literal {
  readonly symbol: string;
  readonly image: Image;
  readonly alignment: number;
  readonly section: string;
  readonly options: SectionOptions | undefined;
}

interface CompiledFunction {
  readonly definition: FunctionDefinition;
  readonly lowered: Lowered;
  isEmitted: boolean;
}

class BackEnd implements UnitSink {
  private readonly emitter: Emitter;
  private readonly options: BackEndOptions;
  private readonly functions: CompiledFunction[] = [];
  private readonly variables: VariableDefinition[] = [];
  private readonly literals: Literal[] = [];
  private readonly floats = new Map<bigint, { symbol: string; precision: number }>();
  private readonly referenced = new Set<string>();
  private readonly labels = new Map<Label, string>();
  private readonly debugFunctions: DebugFunction[] = [];
  private readonly context: UnitContext;

  constructor(emitter: Emitter, options: BackEndOptions) {
    this.emitter = emitter;
    this.options = options;
    if (options.sourceName !== undefined) emitter.sourceFile(options.sourceName);
    emitter.section('.text');
    const isForSize = options.optimize === 's';
    this.context = {
      emitter,
      options,
      lines: options.debug ? new LineTable(emitter, options.sourceName ?? '') : undefined,
      refer: (symbol) => this.referenced.add(symbol.split('@')[0]),
      nameLabel: (label, symbol) => this.labels.set(label, symbol),
      services: {
        constantObject: (initializer, size, alignment) =>
          this.constantObject(initializer, size, alignment),
        floatConstant: (image) => this.floatConstant(image),
        isOptimizing: options.optimize !== 0,
        isForSize,
        stackBoundary: options.stackBoundary ?? 16,
        report: (code, span, message) => options.report?.(code, span, message),
      },
    };
  }

  private constantObject(initializer: Initializer, size: number, alignment: number): string {
    const symbol = `.LCI${this.literals.length}`;
    const image = imageOf(initializer, size, (label) => this.labelSymbol(label));
    this.literals.push({ symbol, image, alignment, section: '.rodata', options: undefined });
    return symbol;
  }
  private floatConstant(image: bigint): { symbol: string; precision: number } {
    const known = this.floats.get(image);
    if (known) return known;
    const precision = [0, 1].find((p) => isExact(image, p)) ?? 2;
    const symbol = `.LCF${this.floats.size}`;
    const made = { symbol, precision };
    this.floats.set(image, made);
    const bytes = floatBytes(image, precision);
    const size = bytes.length;
    const isMerged = size !== 12;
    this.literals.push({
      symbol,
      image: { bytes, values: new Map() },
      alignment: isMerged ? size : 4,
      section: isMerged ? `.rodata.cst${size}` : '.rodata',
      options: isMerged ? { flags: 'aM', type: 'progbits', entrySize: size } : undefined,
    });
    return made;
  }
  private labelSymbol(label: Label): string {
    return this.labels.get(label) ?? `.Lnowhere.${label.name}`;
  }

  // --- functions

  function(definition: FunctionDefinition): void {
    const lowered = lowerFunction(definition, this.context.services);
    this.functions.push({ definition, lowered, isEmitted: false });
  }
  private isFunctionNeeded(entity: Entity): boolean {
    const { attributes } = entity;
    if (attributes.isInlineOnly) return false;
    return (
      entity.linkage === 'external' ||
      attributes.isUsed === true ||
      attributes.isConstructor === true ||
      attributes.isDestructor === true ||
      this.referenced.has(entity.symbol)
    );
  }

  private emitFunction({ definition, lowered }: CompiledFunction): void {
    const { emitter, options } = this;
    const { entity } = definition;
    const { symbol, attributes } = entity;
    emitter.at(definition.span);
    const own = options.functionSections ? `.text.${symbol}` : '.text';
    const section = attributes.section ?? own;
    if (section === '.text') emitter.section('.text');
    else emitter.section(section, { flags: 'ax', type: 'progbits' });
    const { optimize } = options;
    const isAligned = optimize !== 's' && optimize !== 0;
    const alignment = Math.max(attributes.aligned ?? 1, isAligned ? 16 : 1);
    if (alignment > 1) emitter.align(alignment);
    this.bind(entity);
    emitter.symbolType(symbol, 'function');
    emitter.label(symbol);
    const hasUnwind = options.unwindTables !== false;
    this.context.lines?.restart();
    this.context.lines?.locate(definition.span);
    if (hasUnwind) emitter.cfi('startproc', []);
    const again = (): Lowered => lowerFunction(definition, this.context.services);
    const m = compileFunction(lowered, again, attributes.isNaked === true, this.context);
    if (hasUnwind) emitter.cfi('endproc', []);
    emitter.symbolSize(symbol, { plus: '.', minus: symbol, addend: 0n });
    this.describe(definition);
    writeTables(m, this.context);
    this.arrayEntry(entity);
  }
  /** Notes a function for the debugger; its code has just ended. */
  private describe({ entity, span }: FunctionDefinition): void {
    const { lines } = this.context;
    if (!lines) return;
    const end = `.LFE${this.debugFunctions.length}`;
    this.emitter.label(end);
    const isExternal = entity.linkage === 'external';
    const { name, symbol } = entity;
    this.debugFunctions.push({ name, symbol, end, isExternal, ...lines.placeOf(span) });
  }
  private arrayEntry(entity: Entity): void {
    for (const [isWanted, kind] of [
      [entity.attributes.isConstructor, 'init_array'],
      [entity.attributes.isDestructor, 'fini_array'],
    ] as const) {
      if (!isWanted) continue;
      this.emitter.section(`.${kind}`, { flags: 'aw', type: kind });
      this.emitter.align(4);
      this.emitter.data(4, [{ plus: entity.symbol, addend: 0n }]);
    }
  }
  private bind(entity: Entity): void {
    const { emitter } = this;
    const { isWeak, visibility } = entity.attributes;
    if (isWeak) emitter.symbolAttribute('weak', entity.symbol);
    else if (entity.linkage === 'external') emitter.symbolAttribute('globl', entity.symbol);
    if (visibility && visibility !== 'default') emitter.symbolAttribute(visibility, entity.symbol);
  }

  // --- data

  variable(definition: VariableDefinition): void {
    this.variables.push(definition);
  }

  topLevelAsm(text: string, span: Span): void {
    this.emitter.section('.text');
    this.emitter.source(text, span);
    this.emitter.section('.text');
  }

  end(entities: readonly Entity[]): void {
    for (const entity of entities) {
      if (entity.attributes.alias !== undefined) this.referenced.add(entity.attributes.alias);
    }
    const { isOptimizing, isForSize } = this.context.services;
    const candidates = this.functions.map(({ definition, lowered }) => ({
      entity: definition.entity,
      f: lowered.f,
    }));
    inlineUnit(candidates, isOptimizing, isForSize);
    const images = this.emitReferenced();
    for (const literal of this.literals) this.emitLiteral(literal);
    for (const definition of this.variables) {
      const image = images.get(definition);
      if (image !== undefined) this.emitVariable(definition, image ?? undefined);
    }
    for (const entity of entities) this.announce(entity);
    this.emitter.at(undefined);
    const ident = this.options.ident ?? 'GCC: (ring0) 12.2.0';
    writeDebugInfo(this.emitter, ident, this.options.sourceName ?? '', this.debugFunctions);
    this.emitter.ident(ident);
    this.emitter.section('.note.GNU-stack', { flags: '', type: 'progbits' });
  }

  /** Emits functions and finds variables until nothing refers to more; null stands for all zeros. */
  private emitReferenced(): Map<VariableDefinition, Image | null> {
    const images = new Map<VariableDefinition, Image | null>();
    for (let changed = true; changed;) {
      changed = false;
      for (const each of this.functions) {
        if (each.isEmitted || !this.isFunctionNeeded(each.definition.entity)) continue;
        each.isEmitted = true;
        this.emitFunction(each);
        changed = true;
      }
      for (const definition of this.variables) {
        const { entity, initializer } = definition;
        if (images.has(definition) || !this.isVariableNeeded(entity)) continue;
        const size = sizeOf(entity.type);
        const image = initializer
          ? imageOf(initializer, size, (label) => this.labelSymbol(label))
          : null;
        images.set(definition, image);
        if (image) this.referAll(image);
        changed = true;
      }
      for (const literal of this.literals) this.referAll(literal.image);
    }
    return images;
  }
  private referAll(image: Image): void {
    for (const value of image.values.values()) {
      if (value.plus !== undefined) this.referenced.add(value.plus);
      if (value.minus !== undefined) this.referenced.add(value.minus);
    }
  }
  private isVariableNeeded(entity: Entity): boolean {
    if (entity.linkage === 'external' || entity.attributes.isUsed) return true;
    return this.referenced.has(entity.symbol);
  }

  private emitLiteral(literal: Literal): void {
    this.emitter.section(literal.section, literal.options);
    if (literal.alignment > 1) this.emitter.align(literal.alignment);
    this.emitter.label(literal.symbol);
    writeImage(this.emitter, literal.image, () => undefined);
  }

  private emitVariable(definition: VariableDefinition, image: Image | undefined): void {
    const { emitter } = this;
    const { entity } = definition;
    emitter.at(entity.span);
    const isMergeable =
      definition.isStringLiteral &&
      image !== undefined &&
      isPlainString(image.bytes) &&
      sizeOf(entity.type) === image.bytes.length &&
      isByteArray(entity);
    const { section, options } = placementOf(entity, image, {
      isMergeable,
      ownSection: this.options.dataSections === true && !entity.symbol.startsWith('.L'),
    });
    emitter.section(section, options);
    const isLiteral = entity.symbol.startsWith('.L');
    if (!isLiteral) this.bind(entity);
    const alignment = variableAlignment(entity);
    if (alignment > 1) emitter.align(alignment);
    const size = Math.max(image?.bytes.length ?? 0, sizeOf(entity.type));
    if (!isLiteral) {
      emitter.symbolType(entity.symbol, entity.attributes.isThreadLocal ? 'tls_object' : 'object');
      emitter.symbolSize(entity.symbol, { addend: BigInt(size) });
    }
    emitter.label(entity.symbol);
    if (image) writeImage(emitter, image, () => undefined);
    else if (size > 0) emitter.zero(size);
  }

  /** Aliases, and what is weak or hidden though another unit defines it. */
  private announce(entity: Entity): void {
    const { emitter } = this;
    const { alias } = entity.attributes;
    if (alias !== undefined) {
      this.bind(entity);
      emitter.symbolType(entity.symbol, entity.kind === 'function' ? 'function' : 'object');
      emitter.set(entity.symbol, { plus: alias, addend: 0n });
      return;
    }
    if (entity.isDefined || !this.referenced.has(entity.symbol)) return;
    if (entity.attributes.isWeak) emitter.symbolAttribute('weak', entity.symbol);
    const { visibility } = entity.attributes;
    if (visibility && visibility !== 'default') emitter.symbolAttribute(visibility, entity.symbol);
  }
}

function isByteArray(entity: Entity): boolean {
  return entity.type.kind === 'array' && sizeOf(entity.type.element) === 1;
}
function isPlainString(bytes: Uint8Array): boolean {
  return bytes.length > 0 && bytes.indexOf(0) === bytes.length - 1;
}
/** Whether the image survives a round trip through the precision. */
function isExact(image: bigint, precision: number): boolean {
  const exponent = Number((image >> 64n) & 0x7fffn);
  const mantissa = image & ((1n << 64n) - 1n);
  const low = precision === 0 ? 40n : 11n;
  if (mantissa === 0n) return true;
  if (exponent === 0x7fff) return (mantissa & ((1n << low) - 1n)) === 0n;
  const limit = precision === 0 ? 126 : 1022;
  return (mantissa & ((1n << low) - 1n)) === 0n && Math.abs(exponent - 16383) <= limit;
}

/** The sink that compiles a unit into `emitter`. */
export function createBackEnd(emitter: Emitter, options: BackEndOptions): UnitSink {
  return new BackEnd(emitter, options);
}
