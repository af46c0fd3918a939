// The back end of the compiler: receives a unit's definitions as typed trees. Each function is lowered at once; at the end
// of the unit its variables become images, and the whole goes on as a unit of the intermediate representation.

import type { Emitter } from '@ring0/assembler';
import type { Span } from '@ring0/diagnostics';
import { imageOf, imageSize, isZero, placementOf, variableAlignment } from '../emit/data.ts';
import type { IRFunction } from '../ir/function.ts';
import {
  blockLabel,
  type DataObject,
  type Image,
  type Routine,
  type SymbolNote,
} from '../ir/unit.ts';
import type { UnitServices } from '../lower/context.ts';
import { lowerFunction } from '../lower/function.ts';
import { sizeOf } from '../lower/types.ts';
import { LOWERED } from '../ir/stage.ts';

import type {
  Entity,
  FunctionDefinition,
  Initializer,
  Label,
  UnitSink,
  VariableDefinition,
} from '../tree.ts';
import { emitUnit } from './emit-unit.ts';
import type { BackEndOptions } from './options.ts';

export type { BackEndOptions } from './options.ts';

class BackEnd implements UnitSink {
  private readonly emitter: Emitter;
  private readonly options: BackEndOptions;
  private readonly routines: Routine[] = [];
  private readonly variables: VariableDefinition[] = [];
  private readonly literals: DataObject[] = [];
  private readonly assembly: { text: string; span: Span }[] = [];
  private readonly labels = new Map<Label, string>();
  private readonly services: UnitServices;
  private imageBytes = 0;

  constructor(emitter: Emitter, options: BackEndOptions) {
    this.emitter = emitter;
    this.options = options;
    if (options.sourceName !== undefined) emitter.sourceFile(options.sourceName);
    emitter.section('.text');
    this.services = {
      constantObject: (initializer, size, alignment, span) =>
        this.constantObject(initializer, size, alignment, span),
      isOptimizing: options.optimize !== 0,
      isForSize: options.optimize === 's',
      stackBoundary: options.stackBoundary ?? 16,
      report: (code, span, message) => options.report?.(code, span, message),
    };
  }

  /** Undefined: all zero, or more than there may be, which a message says once. */
  private image(initializer: Initializer, typeSize: number, span: Span): Image | undefined {
    const size = imageSize(initializer, typeSize);
    if (size === typeSize && isZero(initializer)) return undefined;
    const { outputBytesMax, report } = this.options;
    const before = this.imageBytes;
    this.imageBytes += size;
    if (this.imageBytes <= outputBytesMax) {
      return imageOf(initializer, size, (label) => this.labelSymbol(label));
    }
    if (before <= outputBytesMax) {
      const message = `${this.imageBytes} bytes of initialized data, more than ${outputBytesMax}`;
      report?.('C9007', span, message);
    }
    return undefined;
  }
  private constantObject(
    initializer: Initializer,
    size: number,
    alignment: number,
    span: Span,
  ): string {
    const symbol = `.LCI${this.literals.length}`;
    const image = this.image(initializer, size, span);
    this.literals.push({
      symbol,
      isExternal: false,
      isWeak: false,
      isUsed: false,
      isThreadLocal: false,
      visibility: undefined,
      section: '.rodata',
      options: undefined,
      alignment,
      size,
      image,
      span: undefined,
    });
    return symbol;
  }
  private labelSymbol(label: Label): string {
    return this.labels.get(label) ?? `.Lnowhere.${label.name}`;
  }

  function(definition: FunctionDefinition): void {
    const { entity, span } = definition;
    const { f, labels } = lowerFunction(definition, this.services);
    for (const [label, block] of labels) this.labels.set(label, blockLabel(f.name, block));
    const isVariadic = entity.type.kind === 'function' && entity.type.isVariadic;
    this.routines.push({
      f,
      name: entity.name,
      traits: { ...entity.attributes, isExternal: entity.linkage === 'external', isVariadic },
      labels: [...labels.values()],
      span,
      stage: LOWERED,
      again: (): IRFunction => lowerFunction(definition, this.services).f,
    });
  }

  variable(definition: VariableDefinition): void {
    this.variables.push(definition);
  }

  topLevelAsm(text: string, span: Span): void {
    this.assembly.push({ text, span });
  }

  end(entities: readonly Entity[]): void {
    const { assembly, routines, literals } = this;
    const objects = this.variables.map((definition) => this.object(definition));
    const notes = entities.flatMap((entity) => noteOf(entity) ?? []);
    emitUnit({ assembly, routines, literals, objects, notes }, this.emitter, this.options);
  }

  private object({ entity, initializer, isStringLiteral }: VariableDefinition): DataObject {
    const { symbol, attributes } = entity;
    const typeSize = sizeOf(entity.type);
    const image = initializer && this.image(initializer, typeSize, entity.span);
    const isMergeable =
      isStringLiteral &&
      image !== undefined &&
      isPlainString(image.bytes) &&
      typeSize === image.bytes.length &&
      isByteArray(entity);
    const { section, options } = placementOf(entity, image, {
      isMergeable,
      ownSection: this.options.dataSections === true && !symbol.startsWith('.L'),
    });
    return {
      symbol,
      isExternal: entity.linkage === 'external',
      isWeak: attributes.isWeak === true,
      isUsed: attributes.isUsed === true,
      isThreadLocal: attributes.isThreadLocal === true,
      visibility: attributes.visibility,
      section,
      options,
      alignment: variableAlignment(entity),
      size: Math.max(image?.bytes.length ?? 0, typeSize),
      image,
      span: entity.span,
    };
  }
}

/** What the linker is to know of an entity that is not a definition of this unit. */
function noteOf({ symbol, attributes, ...entity }: Entity): SymbolNote | undefined {
  const { alias, isWeak = false, visibility } = attributes;
  const isSpecial = isWeak || (visibility !== undefined && visibility !== 'default');
  if (alias === undefined && (entity.isDefined || !isSpecial)) return undefined;
  const isExternal = entity.linkage === 'external';
  return { symbol, alias, isFunction: entity.kind === 'function', isExternal, isWeak, visibility };
}

function isByteArray(entity: Entity): boolean {
  return entity.type.kind === 'array' && sizeOf(entity.type.element) === 1;
}
function isPlainString(bytes: Uint8Array): boolean {
  return bytes.length > 0 && bytes.indexOf(0) === bytes.length - 1;
}

/** The sink that compiles a unit into `emitter`. */
export function createBackEnd(emitter: Emitter, options: BackEndOptions): UnitSink {
  return new BackEnd(emitter, options);
}
