// Directives about symbols: binding, visibility, type, size, values, common storage.

import { nearest } from '@ring0/diagnostics';
import type { Assembly } from '../object/assembly.ts';
import {
  argumentPlace,
  expressionArgument,
  expressionNode,
  nameArgument,
  noMoreThan,
  numberArgument,
  plainText,
  rawText,
  stringArgument,
  symbolArgument,
} from './directive.ts';
import type { Directive, DirectiveHandler } from './directive.ts';
import { emitAlignment } from './directives-layout.ts';
import { equateRegister, registerNamed } from '../object/register-names.ts';
import { isRegister } from '../syntax/intel-tokens.ts';
import { assignFormula } from '../values/evaluate.ts';
import type { Where } from '../object/sections.ts';
import type { AsmSymbol } from '../object/symbols.ts';

export type SymbolAttribute = 'globl' | 'local' | 'weak' | 'hidden' | 'protected' | 'internal';

const visibilities = { internal: 1, hidden: 2, protected: 3 } as const;

export function setAttribute(symbol: AsmSymbol, attribute: SymbolAttribute): void {
  switch (attribute) {
    case 'globl':
      symbol.isGlobal = true;
      symbol.isLocal = false;
      return;
    case 'local':
      symbol.isLocal = true;
      symbol.isGlobal = false;
      return;
    case 'weak':
      symbol.isWeak = true;
      return;
    default:
      symbol.visibility = visibilities[attribute];
  }
}

function attribute(kind: SymbolAttribute): DirectiveHandler {
  return (directive) => {
    directive.operands.forEach((operand, i) => {
      if (i > 0 && operand.kind === 'empty') return;
      const symbol = symbolArgument(directive, i);
      if (symbol && kind === 'globl' && directive.assembly.registerSymbols.has(symbol)) {
        const message = `'${symbol.name}' is a register, which cannot be global`;
        directive.assembly.error('A0301', message, argumentPlace(directive, i));
      } else if (symbol && !symbol.isSectionStart) setAttribute(symbol, kind);
      else if (symbol && kind === 'globl') {
        const where = argumentPlace(directive, i);
        const message = `'${symbol.name}' is a section, whose name stays in this file`;
        directive.assembly.warning('A0322', message, where);
      }
    });
    if (directive.operands.length === 0) symbolArgument(directive, 0);
  };
}

const types: Readonly<Record<string, number>> = {
  notype: 0,
  object: 1,
  function: 2,
  common: 5,
  tls_object: 6,
  gnu_indirect_function: 10,
  gnu_unique_object: 1,
  STT_NOTYPE: 0,
  STT_OBJECT: 1,
  STT_FUNC: 2,
  STT_COMMON: 5,
  STT_TLS: 6,
  STT_GNU_IFUNC: 10,
};

const [objectBit, functionBit, threadBit, indirectBit, uniqueBit] = [1, 2, 4, 8, 16];

/** What a type says of a symbol: a second one that says more or less goes with the first. */
function meaningOf(type: number | undefined, isUnique: boolean): number {
  if (type === 2) return functionBit;
  if (type === 10) return functionBit | indirectBit;
  if (type === 6) return objectBit | threadBit;
  return type === 1 || type === 5 ? objectBit | (isUnique ? uniqueBit : 0) : 0;
}

/** The type of a symbol that may have one already, as GNU as joins them. */
function joinType(assembly: Assembly, symbol: AsmSymbol, type: number, isUnique: boolean): void {
  const before = meaningOf(symbol.type, symbol.isUnique);
  const now = meaningOf(type, isUnique);
  if (symbol.type === 5 && (now !== objectBit || isUnique)) {
    return assembly.error('A0304', `'${symbol.name}' is common, and cannot be of another type`);
  }
  if (now !== 0 && (before & now) === now && before !== now) return;
  if (now !== 0 && (before & now) !== before) {
    assembly.warning('A0304', `'${symbol.name}' has another type already, which is given up`);
  }
  symbol.type = symbol.type === 5 ? 5 : type;
  if (type === 5) symbol.isGlobal = true;
  symbol.isUnique = isUnique;
}

/** The type that was meant: one spelled nearly so, or one that begins so. */
function typeNear(name: string): string | undefined {
  const names = Object.keys(types).slice(0, 7);
  const isBeginning = (each: string) => name.length > 1 && each.startsWith(name);
  return names.find(isBeginning) ?? nearest(name.toLowerCase(), names);
}

export function setType(
  assembly: Assembly,
  symbol: AsmSymbol,
  name: string,
  where: Where = assembly.where,
): void {
  const type = /^\d+$/.test(name) ? Number(name) : types[name];
  if (type === undefined) {
    const known = `known are ${Object.keys(types).join(', ')}`;
    const near = typeNear(name);
    const notes = near ? [`did you mean '@${near}'?`, known] : [known];
    const edit = near ? { where, text: `@${near}` } : undefined;
    return assembly.error('A0304', `'${name}' is no symbol type`, where, notes, edit);
  }
  if (!symbol.isSectionStart) joinType(assembly, symbol, type, name === 'gnu_unique_object');
}

function type(directive: Directive): void {
  noMoreThan(directive, 2);
  const symbol = symbolArgument(directive, 0);
  const word = plainText(directive, 1);
  if (word === undefined) {
    return directive.assembly.error('A0304', "'.type' needs a type, such as @function");
  }
  const where = argumentPlace(directive, 1);
  if (symbol) setType(directive.assembly, symbol, word.replace(/^[@%#]/, ''), where);
}

/** The symbols of the size come before the symbol itself, which decides their order in the object. */
function size(directive: Directive): void {
  const { operands, text } = directive;
  // Without a comma it is refused already.
  const isReported = operands[2] && !text.slice(operands[1].end, operands[2].start).includes(',');
  if (isReported) return;
  noMoreThan(directive, 2);
  const name = nameArgument(directive, 0);
  const value = expressionArgument(directive, 1);
  const symbol = name === undefined ? undefined : symbolArgument(directive, 0);
  if (symbol && value && !symbol.isSectionStart) symbol.size = value;
}

function set(isFirstOnly: boolean): DirectiveHandler {
  return (directive) => {
    noMoreThan(directive, 2);
    const name = nameArgument(directive, 0);
    if (name === undefined) return;
    const { assembly } = directive;
    // The symbol is known before those of its value, which decides their order in the object.
    const symbol = name === '.' ? undefined : assembly.symbols.get(name);
    const register = registerText(assembly, plainText(directive, 1) ?? '');
    if (symbol && register !== undefined) return equateRegister(assembly, symbol, register);
    const value = expressionArgument(directive, 1);
    if (!value) return;
    if (!symbol) {
      assembly.item({
        kind: 'org',
        position: assembly.current.length,
        target: value,
        fill: 0,
        where: assembly.where,
      });
      return;
    }
    assembly.assign(symbol, value, isFirstOnly);
  };
}

/** `%ecx`, or `ecx` where no percent sign is needed: the register's name. */
function registerText(assembly: Assembly, text: string): string | undefined {
  const { syntax } = assembly.machine;
  const known = assembly.registerSymbols.size > 0 ? registerNamed(assembly, text) : undefined;
  if (known !== undefined) return known;
  if (text.charCodeAt(0) !== 37 && !syntax.isNaked) return undefined;
  const name = text.toLowerCase().replaceAll(/[%\s]/g, '');
  return isRegister(name, syntax) && name !== 'flat' ? name : undefined;
}

/** `.eqv name, value` */
function formula(directive: Directive): void {
  noMoreThan(directive, 2);
  const symbol = symbolArgument(directive, 0);
  const node = symbol && expressionNode(directive, 1);
  if (symbol && node) assignFormula(directive.assembly, symbol, node);
}

/** `.comm`: the linker's to place, unless `.local` came first; then .bss takes it. */
export function declareCommon(
  assembly: Assembly,
  named: AsmSymbol,
  bytes: number,
  alignment: number | undefined,
): void {
  const symbol = redefined(assembly, named);
  if (symbol.isDefined && symbol.state !== 'common') {
    return assembly.error('A0301', `symbol '${symbol.name}' is already defined`);
  }
  if (symbol.isLocal && alignment && !Number.isInteger(Math.log2(alignment))) {
    return assembly.error('A0507', `an alignment is a power of two, not ${alignment}`);
  }
  if (symbol.isLocal)
    return placeInBss(assembly, symbol, bytes, alignment ?? defaultAlignment(bytes));
  if (symbol.state === 'common' && symbol.commonSize !== bytes) {
    assembly.warning('A0316', `the size of '${symbol.name}' was ${symbol.commonSize} before`);
    return;
  }
  symbol.state = 'common';
  symbol.isGlobal = true;
  symbol.commonSize = bytes;
  symbol.commonAlignment = alignment ?? defaultAlignment(bytes);
  symbol.definedAt = assembly.where;
}

/** What `.set` gave a value may become storage. */
function redefined(assembly: Assembly, symbol: AsmSymbol): AsmSymbol {
  if (!symbol.isRedefinable || !symbol.isDefined) return symbol;
  const next = assembly.successor(symbol);
  next.state = 'undefined';
  next.isRedefinable = false;
  return next;
}

/** The smallest power of two that is not below the size, at most 16. */
function defaultAlignment(bytes: number): number {
  let alignment = 1;
  while (alignment < 16 && alignment < bytes) alignment *= 2;
  return alignment;
}

/** GNU as keeps these in subsection 1, behind all that `.bss` itself got. */
function placeInBss(assembly: Assembly, named: AsmSymbol, bytes: number, alignment: number): void {
  const symbol = redefined(assembly, named);
  const outer = assembly.current;
  const { previous } = assembly;
  assembly.current = assembly.bss.subsection(1);
  if (alignment > 1) emitAlignment(assembly, alignment, 0, 0);
  assembly.defineLabel(symbol);
  symbol.type ??= 1;
  symbol.size ??= {
    kind: 'linear',
    plus: undefined,
    minus: undefined,
    addend: BigInt(bytes),
    reference: undefined,
  };
  assembly.fill(bytes, 0);
  assembly.current = outer;
  assembly.previous = previous;
}

function commonSize(
  directive: Directive,
): { bytes: number; alignment: number | undefined } | undefined {
  const bytes = numberArgument(directive, 1);
  const alignment = numberArgument(directive, 2, -1);
  if (bytes === undefined || alignment === undefined) return undefined;
  if (bytes < 0 || (bytes >= 2 ** 32 && !directive.assembly.isLong)) {
    const what = bytes < 0 ? 'negative' : 'too large';
    directive.assembly.warning('A0317', `a size of ${bytes} bytes is ${what}; left out`);
    return undefined;
  }
  return { bytes, alignment: alignment < 0 ? undefined : Math.max(1, alignment) };
}

function common(directive: Directive): void {
  noMoreThan(directive, 3);
  // Without a size there is no symbol either.
  if (nameArgument(directive, 0) === undefined) return;
  const given = commonSize(directive);
  const symbol = given && symbolArgument(directive, 0);
  if (symbol && given) declareCommon(directive.assembly, symbol, given.bytes, given.alignment);
}

/** `.common name, size, "bss"` has the old assemblers' third argument. */
function namedCommon(directive: Directive): void {
  const { assembly, operands } = directive;
  if (operands[2]?.kind !== 'string') return common(directive);
  const home = plainText(directive, 2) ?? '';
  if (home === 'bss' || home === '.bss') {
    return common({ ...directive, operands: operands.slice(0, 2) });
  }
  assembly.error('A0505', `'${home}' is no place for common symbols, expected "bss"`);
}

function largeCommon(directive: Directive): void {
  directive.assembly.warning('A0316', "'.largecomm' is '.comm' in 32-bit code");
  common(directive);
}

/** `.tls_common`: one for each thread. */
function threadCommon(directive: Directive): void {
  common(directive);
  const symbol = symbolArgument(directive, 0);
  if (symbol?.state === 'common') symbol.type = 6;
}

function localCommon(directive: Directive): void {
  noMoreThan(directive, 2);
  if (nameArgument(directive, 0) === undefined) return;
  const given = commonSize(directive);
  const symbol = given && symbolArgument(directive, 0);
  if (!symbol || !given) return;
  const alignment = given.alignment ?? lcommAlignment(given.bytes);
  placeInBss(directive.assembly, symbol, given.bytes, alignment);
}

function lcommAlignment(bytes: number): number {
  return bytes >= 8 ? 8 : bytes >= 4 ? 4 : bytes >= 2 ? 2 : 1;
}

/** `.error`, `.warning`: a string, or none. */
function message(kind: 'error' | 'warning'): DirectiveHandler {
  return (directive) => {
    const { assembly, name, operands } = directive;
    const text = operands.length === 0 ? `'${name}' was reached` : stringArgument(directive, 0);
    if (text !== undefined && kind === 'error') assembly.error('A0901', text);
    else if (text !== undefined) assembly.warning('A0902', text);
    noMoreThan(directive, 1);
  };
}

function print(directive: Directive): void {
  const text = stringArgument(directive, 0);
  if (text !== undefined) directive.assembly.printed.push(text);
  noMoreThan(directive, 1);
}

function fail(directive: Directive): void {
  const value = numberArgument(directive, 0);
  if (value === undefined) return;
  const text = `'.fail ${rawText(directive, directive.operands[0])}' was reached`;
  if (value >= 500) directive.assembly.warning('A0902', text);
  else directive.assembly.error('A0901', text);
  noMoreThan(directive, 1);
}

export const symbolDirectives: Readonly<Record<string, DirectiveHandler>> = {
  '.globl': attribute('globl'),
  '.global': attribute('globl'),
  '.xdef': attribute('globl'),
  '.local': attribute('local'),
  '.weak': attribute('weak'),
  '.hidden': attribute('hidden'),
  '.protected': attribute('protected'),
  '.internal': attribute('internal'),
  '.type': type,
  '.size': size,
  '.set': set(false),
  '.equ': set(false),
  '.lsym': set(false),
  '.eqv': formula,
  '.equiv': set(true),
  '.comm': common,
  '.xcom': common,
  '.common': namedCommon,
  '.common.s': common,
  '.largecomm': largeCommon,
  '.tls_common': threadCommon,
  '.lcomm': localCommon,
  '.error': message('error'),
  '.warning': message('warning'),
  '.err': (directive) => directive.assembly.error('A0901', "'.err' was reached"),
  '.fail': fail,
  '.print': print,
};
