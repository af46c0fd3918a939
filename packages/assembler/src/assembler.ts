// `Assembler` executes the calls of `Emitter` into an object. The parser of source text works on
// the same `Assembly`, so a compiler that calls and one that prints get the same bytes.

import type { Diagnostic, Span } from '@ring0/diagnostics';
import type { ElfFile } from '@ring0/elf';
import { addAskedRelocations } from './object/asked-relocations.ts';
import { Assembly } from './object/assembly.ts';
import type { AssemblyOptions } from './object/assembly.ts';
import { compressDebug } from './object/compress.ts';
import { addDebugSections } from './debug/debug-sections.ts';
import { emitLeb } from './directives/directives-data.ts';
import { emitAlignment } from './directives/directives-layout.ts';
import { emitCfi } from './directives/directives-cfi.ts';
import { emitIdent, locFlag } from './directives/directives-debug.ts';
import { declareCommon, setAttribute, setType } from './directives/directives-symbol.ts';
import type { SymbolAttribute } from './directives/directives-symbol.ts';
import type { Emitter, EmitterOperand, SectionOptions, Value } from './emitter.ts';
import { constant, symbolValue } from './values/expression.ts';
import type { Expression } from './values/expression.ts';
import { needGot, settleMoving } from './values/evaluate.ts';
import { flatten } from './object/flat.ts';
import { emitInstruction } from './instructions/instructions.ts';
import type { PlainOperand } from './instructions/instructions.ts';
import { layOut } from './layout/layout.ts';
import { debugFile, setLocation } from './debug/lines.ts';
import type { LocFlags } from './debug/lines.ts';
import { buildObject } from './object/object.ts';
import { Reader } from './text/reader.ts';
import { writeSections } from './object/relocate.ts';
import type { FinishedSection } from './object/relocate.ts';
import { requestSection } from './directives/section-names.ts';
import { settleEquated } from './values/settle.ts';
import type { AsmSymbol } from './object/symbols.ts';

export interface Assembled {
  /** Undefined where there are errors. */
  readonly object: ElfFile | undefined;
  /** Only where an address for it was given. */
  readonly flat: Uint8Array | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** What `.print` asked to show. */
  readonly printed: readonly string[];
}

export class Assembler implements Emitter {
  /** @internal */
  readonly assembly: Assembly;
  /** @internal */
  readonly reader: Reader;
  /** @internal What `finish` wrote, in the order of the object's sections. */
  finished: readonly FinishedSection[] = [];

  constructor(options: AssemblyOptions = { bits: 32 }) {
    this.assembly = new Assembly(options);
    this.reader = new Reader(this.assembly);
  }

  at(span: Span | undefined): void {
    this.assembly.where = span;
  }

  section(name: string, options: SectionOptions = {}): void {
    const { assembly } = this;
    if (options.flags === undefined && options.type === undefined) {
      const standard = { '.text': assembly.text, '.data': assembly.data, '.bss': assembly.bss };
      const known = Object.entries(standard).find(([key]) => key === name)?.[1];
      if (known) return assembly.switchTo(known.subsection(0));
    }
    const isComdat = options.group !== undefined;
    assembly.switchTo(requestSection(assembly, name, { ...options, isComdat }));
  }

  label(name: string): void {
    this.assembly.defineLabel(this.assembly.symbols.get(name));
  }

  /** A symbol that a directive names. */
  private named(name: string): AsmSymbol {
    const symbol = this.assembly.symbols.get(name);
    this.assembly.symbols.name(symbol);
    return symbol;
  }

  symbolAttribute(attribute: SymbolAttribute, name: string): void {
    setAttribute(this.named(name), attribute);
  }

  symbolType(name: string, type: string): void {
    setType(this.assembly, this.named(name), type);
  }

  symbolSize(name: string, size: Value): void {
    const value = this.value(size);
    this.named(name).size = value;
  }

  set(name: string, value: Value): void {
    const symbol = this.assembly.symbols.get(name);
    this.assembly.assign(symbol, this.value(value));
  }

  common(name: string, size: number, alignment: number): void {
    declareCommon(this.assembly, this.named(name), size, alignment);
  }

  align(bytes: number, fill?: number, max?: number): void {
    emitAlignment(this.assembly, bytes, fill, max ?? 0);
  }

  data(width: 1 | 2 | 4 | 8, values: readonly Value[]): void {
    for (const value of values) this.assembly.field(width, this.value(value));
  }

  ascii(bytes: Uint8Array): void {
    this.assembly.bytes(bytes);
  }

  zero(count: number): void {
    this.assembly.fill(count, 0);
  }

  uleb128(value: Value): void {
    emitLeb(this.assembly, this.value(value), false);
  }

  sleb128(value: Value): void {
    emitLeb(this.assembly, this.value(value), true);
  }

  instruction(
    mnemonic: string,
    operands: readonly EmitterOperand[],
    options: { readonly prefixes?: readonly string[]; readonly isIndirect?: boolean } = {},
  ): void {
    const plain = operands.map((operand) => this.operand(operand));
    const { prefixes = [], isIndirect = false } = options;
    emitInstruction(this.assembly, mnemonic, plain, { prefixes, isIndirect });
  }

  private operand(operand: EmitterOperand): PlainOperand {
    const blank = {
      register: '',
      segment: '',
      base: '',
      index: '',
      scale: 1,
      value: undefined,
      start: 0,
      end: 0,
    };
    switch (operand.kind) {
      case 'register':
        return { ...blank, kind: 'register', register: operand.register.name };
      case 'immediate':
      case 'target':
        return { ...blank, kind: operand.kind, value: this.value(operand.value) };
      case 'memory':
        return {
          ...blank,
          kind: 'memory',
          segment: operand.segment?.name ?? '',
          base: operand.base?.name ?? '',
          index: operand.index?.name ?? '',
          scale: operand.scale,
          value: operand.displacement && this.value(operand.displacement),
        };
    }
  }

  private name(name: string, reference: string | undefined): Expression {
    const { assembly } = this;
    if (name === '.') return symbolValue(assembly.here());
    if (reference !== undefined) needGot(assembly, reference);
    const symbol = assembly.symbols.get(name);
    if (symbol.state === 'absolute') return constant(symbol.value);
    symbol.firstUse ??= assembly.where;
    return symbolValue(symbol, 0n, reference);
  }

  private value(value: Value): Expression {
    const { assembly } = this;
    const { plus, minus, addend, reference } = value;
    let result: Expression | undefined =
      plus === undefined ? undefined : this.name(plus, reference);
    if (minus !== undefined) {
      result = assembly.fold('-', result ?? constant(0n), this.name(minus, undefined));
    }
    if (!result) return constant(addend);
    return addend === 0n ? result : assembly.fold('+', result, constant(addend));
  }

  sourceFile(name: string): void {
    this.assembly.sourceFile(name);
  }

  debugFile(number: number, directory: string | undefined, name: string): void {
    debugFile(this.assembly, number, directory, name);
  }

  location(file: number, line: number, column: number, flags: readonly string[] = []): void {
    const parsed: Partial<LocFlags> = {};
    for (const flag of flags) {
      const [word, next] = flag.split(' ');
      locFlag(this.assembly, parsed, word, next);
    }
    setLocation(this.assembly, file, line, column, parsed);
  }

  cfi(name: string, args: readonly (string | number)[]): void {
    const list = args.map((argument) => ({
      text: String(argument),
      value:
        typeof argument === 'number'
          ? constant(BigInt(argument))
          : /^-?\d+$/.test(argument)
            ? constant(BigInt(argument))
            : this.cfiSymbol(argument),
    }));
    emitCfi(this.assembly, name, list);
  }

  private cfiSymbol(text: string): Expression | undefined {
    const isSymbol = this.assembly.symbols.find(text) !== undefined || text.startsWith('DW.ref.');
    return isSymbol ? symbolValue(this.assembly.symbols.get(text)) : undefined;
  }

  ident(text: string): void {
    emitIdent(this.assembly, text);
  }

  source(text: string, span: Span | undefined): void {
    this.reader.inline(text, span);
  }

  /**
   * Relaxes, resolves and builds the object; with `flatAddress` also flat code for that address. No
   * call may follow.
   */
  finish(flatAddress?: number): Assembled {
    const { assembly } = this;
    const { diagnostics, printed } = assembly;
    const items = diagnostics.items;
    this.reader.input.finish();
    settleMoving(assembly);
    assembly.where = undefined;
    const failed = { object: undefined, flat: undefined, diagnostics: items, printed };
    for (const watcher of assembly.watchers.list) watcher.finish?.();
    assembly.complainAtEnd();
    if (diagnostics.hasErrors) return failed;
    layOut(assembly);
    if (diagnostics.hasErrors) return failed;
    settleEquated(assembly);
    addDebugSections(assembly);
    const finished = writeSections(assembly);
    this.finished = finished;
    addAskedRelocations(assembly, finished);
    if (diagnostics.hasErrors) return failed;
    const object = buildObject(assembly, finished);
    if (diagnostics.hasErrors) return failed;
    const compression = assembly.options.output?.compression;
    if (compression) compressDebug(object, compression);
    const flat = flatAddress === undefined ? undefined : flatten(assembly, finished, flatAddress);
    return diagnostics.hasErrors ? failed : { object, flat, diagnostics: items, printed };
  }
}
