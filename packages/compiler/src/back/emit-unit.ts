// A unit of the intermediate representation to emitter calls: calls are inlined, then what is external or referred to by
// what was emitted is compiled and emitted. Reached from C (index.ts) and from the text form (compile.ts).

import type { Emitter } from '@ring0/assembler';
import { floatBytes, writeImage } from '../emit/data.ts';
import { dataText, unitText } from '../ir/print-unit.ts';
import type { DataObject, Image, IRUnit, Routine, SymbolNote } from '../ir/unit.ts';
import { LOWERED } from '../ir/stage.ts';
import { stagesOf } from '../passes/pipeline.ts';
import { compileFunction, dumpName, type UnitContext, writeTables } from './compile-function.ts';
import { type DebugFunction, writeDebugInfo } from './debug-info.ts';
import { inlineUnit } from './inlining.ts';
import { LineTable } from './lines.ts';
import type { BackEndOptions } from './options.ts';

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

/** Read-only floating constants, each once. */
class FloatPool {
  readonly objects: DataObject[] = [];
  private readonly known = new Map<bigint, { symbol: string; precision: number }>();

  constant(image: bigint): { symbol: string; precision: number } {
    const found = this.known.get(image);
    if (found) return found;
    const precision = [0, 1].find((p) => isExact(image, p)) ?? 2;
    const symbol = `.LCF${this.known.size}`;
    const made = { symbol, precision };
    this.known.set(image, made);
    const bytes = floatBytes(image, precision);
    const size = bytes.length;
    const isMerged = size !== 12;
    this.objects.push({
      symbol,
      isExternal: false,
      isWeak: false,
      isUsed: false,
      isThreadLocal: false,
      visibility: undefined,
      section: isMerged ? `.rodata.cst${size}` : '.rodata',
      options: isMerged ? { flags: 'aM', type: 'progbits', entrySize: size } : undefined,
      alignment: isMerged ? size : 4,
      size,
      image: { bytes, values: new Map() },
      span: undefined,
    });
    return made;
  }
}

class UnitEmitter {
  private readonly emitter: Emitter;
  private readonly options: BackEndOptions;
  private readonly unit: IRUnit;
  private readonly referenced = new Set<string>();
  private readonly debugFunctions: DebugFunction[] = [];
  private readonly floats = new FloatPool();
  private readonly context: UnitContext;
  private asmCount = 0;

  constructor(unit: IRUnit, emitter: Emitter, options: BackEndOptions) {
    this.unit = unit;
    this.emitter = emitter;
    this.options = options;
    this.context = {
      emitter,
      options,
      lines: options.debug ? new LineTable(emitter, options.sourceName ?? '') : undefined,
      refer: (symbol) => this.referenced.add(symbol.split('@')[0]),
      nextAsm: () => this.asmCount++,
      services: {
        floatConstant: (image) => this.floats.constant(image),
        isOptimizing: options.optimize !== 0,
        isForSize: options.optimize === 's',
        stackBoundary: options.stackBoundary ?? 16,
        report: (code, span, message) => options.report?.(code, span, message),
      },
    };
  }

  run(): void {
    const { emitter, options, unit } = this;
    for (const { text, span } of unit.assembly) {
      emitter.section('.text');
      emitter.source(text, span);
      emitter.section('.text');
    }
    for (const { alias } of unit.notes) if (alias !== undefined) this.referenced.add(alias);
    options.dump?.(dumpName(LOWERED), unitText(unit, this.textOptions()));
    const { isOptimizing, isForSize } = this.context.services;
    const candidates = unit.routines.filter(({ stage }) => stage === LOWERED);
    inlineUnit(candidates, isOptimizing, isForSize);
    const emitted = this.emitReferenced();
    for (const literal of unit.literals) this.emitLiteral(literal);
    for (const literal of this.floats.objects) this.emitLiteral(literal);
    for (const object of unit.objects) if (emitted.has(object)) this.emitObject(object);
    for (const note of unit.notes) this.announce(note);
    if (options.dump) {
      const objects = unit.objects.filter((object) => emitted.has(object));
      const text = dataText({ ...unit, objects }, this.textOptions());
      for (const stage of stagesOf(isOptimizing)) options.dump(dumpName(stage), text);
    }
    emitter.at(undefined);
    const ident = options.ident ?? 'GCC: (ring0) 12.2.0';
    writeDebugInfo(emitter, ident, options.sourceName ?? '', this.debugFunctions);
    emitter.ident(ident);
    emitter.section('.note.GNU-stack', { flags: '', type: 'progbits' });
  }
  private textOptions(): { hasPlaces: boolean; sourceName: string | undefined } {
    return { hasPlaces: this.options.debug, sourceName: this.options.sourceName };
  }

  /** Emits functions and finds objects until nothing refers to more; the objects that are needed. */
  private emitReferenced(): Set<DataObject> {
    const { unit } = this;
    const emitted = new Set<Routine>();
    const found = new Set<DataObject>();
    for (let changed = true; changed;) {
      changed = false;
      for (const routine of unit.routines) {
        if (emitted.has(routine) || !this.isRoutineNeeded(routine)) continue;
        emitted.add(routine);
        this.emitRoutine(routine);
        changed = true;
      }
      for (const object of unit.objects) {
        const isNeeded = object.isExternal || object.isUsed || this.referenced.has(object.symbol);
        if (found.has(object) || !isNeeded) continue;
        found.add(object);
        if (object.image) this.referAll(object.image);
        changed = true;
      }
      for (const { image } of unit.literals) if (image) this.referAll(image);
    }
    return found;
  }
  private referAll(image: Image): void {
    for (const value of image.values.values()) {
      if (value.plus !== undefined) this.referenced.add(value.plus);
      if (value.minus !== undefined) this.referenced.add(value.minus);
    }
  }

  // --- functions

  private isRoutineNeeded({ f, stage, traits }: Routine): boolean {
    // What a pass has been over was needed.
    if (stage !== LOWERED) return true;
    if (traits.isInlineOnly) return false;
    return (
      traits.isExternal ||
      traits.isUsed === true ||
      traits.isConstructor === true ||
      traits.isDestructor === true ||
      this.referenced.has(f.name)
    );
  }
  private emitRoutine(routine: Routine): void {
    const { emitter, options } = this;
    const { traits, span } = routine;
    const symbol = routine.f.name;
    emitter.at(span);
    const own = options.functionSections ? `.text.${symbol}` : '.text';
    const section = traits.section ?? own;
    if (section === '.text') emitter.section('.text');
    else emitter.section(section, { flags: 'ax', type: 'progbits' });
    const { optimize } = options;
    const isAligned = optimize !== 's' && optimize !== 0;
    const alignment = Math.max(traits.aligned ?? 1, isAligned ? 16 : 1);
    if (alignment > 1) emitter.align(alignment);
    this.bind(symbol, traits.isExternal, traits.isWeak === true, traits.visibility);
    emitter.symbolType(symbol, 'function');
    emitter.label(symbol);
    const hasUnwind = options.unwindTables !== false;
    this.context.lines?.restart();
    this.context.lines?.locate(span);
    if (hasUnwind) emitter.cfi('startproc', []);
    const m = compileFunction(routine, this.context);
    if (hasUnwind) emitter.cfi('endproc', []);
    emitter.symbolSize(symbol, { plus: '.', minus: symbol, addend: 0n });
    this.describe(routine);
    writeTables(m, this.context);
    this.arrayEntry(routine);
  }
  /** Notes a function for the debugger; its code has just ended. */
  private describe({ f, name, traits, span }: Routine): void {
    const { lines } = this.context;
    if (!lines || !span) return;
    const end = `.LFE${this.debugFunctions.length}`;
    this.emitter.label(end);
    const { isExternal } = traits;
    this.debugFunctions.push({ name, symbol: f.name, end, isExternal, ...lines.placeOf(span) });
  }
  private arrayEntry({ f, traits }: Routine): void {
    for (const [isWanted, kind] of [
      [traits.isConstructor, 'init_array'],
      [traits.isDestructor, 'fini_array'],
    ] as const) {
      if (!isWanted) continue;
      this.emitter.section(`.${kind}`, { flags: 'aw', type: kind });
      this.emitter.align(4);
      this.emitter.data(4, [{ plus: f.name, addend: 0n }]);
    }
  }
  private bind(
    symbol: string,
    isExternal: boolean,
    isWeak: boolean,
    visibility: DataObject['visibility'],
  ): void {
    const { emitter } = this;
    if (isWeak) emitter.symbolAttribute('weak', symbol);
    else if (isExternal) emitter.symbolAttribute('globl', symbol);
    if (visibility && visibility !== 'default') emitter.symbolAttribute(visibility, symbol);
  }

  // --- data

  private emitLiteral(literal: DataObject): void {
    this.emitter.section(literal.section, literal.options);
    if (literal.alignment > 1) this.emitter.align(literal.alignment);
    this.emitter.label(literal.symbol);
    if (literal.image) writeImage(this.emitter, literal.image);
    else if (literal.size > 0) this.emitter.zero(literal.size);
  }
  private emitObject(object: DataObject): void {
    const { emitter } = this;
    const { symbol, alignment, image, size } = object;
    emitter.at(object.span);
    emitter.section(object.section, object.options);
    const isLiteral = symbol.startsWith('.L');
    if (!isLiteral) this.bind(symbol, object.isExternal, object.isWeak, object.visibility);
    if (alignment > 1) emitter.align(alignment);
    if (!isLiteral) {
      emitter.symbolType(symbol, object.isThreadLocal ? 'tls_object' : 'object');
      emitter.symbolSize(symbol, { addend: BigInt(size) });
    }
    emitter.label(symbol);
    if (image) writeImage(emitter, image);
    else if (size > 0) emitter.zero(size);
  }

  /** Aliases, and what is weak or hidden though another unit defines it. */
  private announce({ symbol, alias, ...note }: SymbolNote): void {
    const { emitter } = this;
    const { isExternal, isWeak, visibility } = note;
    if (alias !== undefined) {
      this.bind(symbol, isExternal, isWeak, visibility);
      emitter.symbolType(symbol, note.isFunction ? 'function' : 'object');
      emitter.set(symbol, { plus: alias, addend: 0n });
    } else if (this.referenced.has(symbol)) this.bind(symbol, false, isWeak, visibility);
  }
}

/** Compiles a unit into `emitter`, which has seen nothing of it yet but the name of its source. */
export function emitUnit(unit: IRUnit, emitter: Emitter, options: BackEndOptions): void {
  new UnitEmitter(unit, emitter, options).run();
}
