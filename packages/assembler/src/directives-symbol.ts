// Directives about symbols: binding, visibility, type, size, values, common storage.

import type { Assembly } from './assembly.ts';
import {
  expressionArgument,
  nameArgument,
  noMoreThan,
  numberArgument,
  plainText,
  rawText,
  symbolArgument,
} from './directive.ts';
import type { Directive, DirectiveHandler } from './directive.ts';
import { emitAlignment } from './directives-layout.ts';
import type { AsmSymbol } from './symbols.ts';

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
    directive.operands.forEach((_operand, i) => {
      const symbol = symbolArgument(directive, i);
      if (symbol) setAttribute(symbol, kind);
    });
    if (directive.operands.length === 0) symbolArgument(directive, 0);
  };
}

const types: Readonly<Record<string, number>> = {
  notype: 0,
  object: 1,
  function: 2,
  common: 1,
  tls_object: 6,
  gnu_indirect_function: 10,
  gnu_unique_object: 1,
  STT_NOTYPE: 0,
  STT_OBJECT: 1,
  STT_FUNC: 2,
  STT_TLS: 6,
  STT_GNU_IFUNC: 10,
};

export function setType(assembly: Assembly, symbol: AsmSymbol, name: string): void {
  const type = types[name];
  if (type === undefined) {
    const known = Object.keys(types).join(', ');
    return assembly.error('A0304', `'${name}' is no symbol type; known are ${known}`);
  }
  symbol.type = type;
}

function type(directive: Directive): void {
  const symbol = symbolArgument(directive, 0);
  const word = plainText(directive, 1);
  if (word === undefined) {
    return directive.assembly.error('A0304', "'.type' needs a type, such as @function");
  }
  if (symbol) setType(directive.assembly, symbol, word.replace(/^[@%#]/, ''));
}

function size(directive: Directive): void {
  const symbol = symbolArgument(directive, 0);
  const value = expressionArgument(directive, 1);
  if (symbol && value) symbol.size = value;
}

function set(isFirstOnly: boolean): DirectiveHandler {
  return (directive) => {
    noMoreThan(directive, 2);
    const name = nameArgument(directive, 0);
    if (name === undefined) return;
    const { assembly } = directive;
    const value = expressionArgument(directive, 1);
    if (!value) return;
    if (name === '.') {
      assembly.item({
        kind: 'org',
        position: assembly.current.length,
        target: value,
        fill: 0,
        where: assembly.where,
      });
      return;
    }
    assembly.assign(assembly.symbols.get(name), value, isFirstOnly);
  };
}

/** `.comm`: the linker's to place, unless `.local` came first; then .bss takes it. */
export function declareCommon(
  assembly: Assembly,
  symbol: AsmSymbol,
  bytes: number,
  alignment: number | undefined,
): void {
  if (symbol.isDefined && symbol.state !== 'common') {
    return assembly.error('A0301', `symbol '${symbol.name}' is already defined`);
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

/** The smallest power of two that is not below the size, at most 16. */
function defaultAlignment(bytes: number): number {
  let alignment = 1;
  while (alignment < 16 && alignment < bytes) alignment *= 2;
  return alignment;
}

/** GNU as keeps these in subsection 1, behind all that `.bss` itself got. */
function placeInBss(assembly: Assembly, symbol: AsmSymbol, bytes: number, alignment: number): void {
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
  if (bytes < 0) {
    directive.assembly.warning('A0317', `a size of ${bytes} bytes is negative; left out`);
    return undefined;
  }
  if (alignment > 1 && (alignment & (alignment - 1)) !== 0) {
    directive.assembly.error('A0507', `an alignment is a power of two, not ${alignment}`);
    return undefined;
  }
  return { bytes, alignment: alignment < 0 ? undefined : Math.max(1, alignment) };
}

function common(directive: Directive): void {
  const symbol = symbolArgument(directive, 0);
  const given = commonSize(directive);
  if (symbol && given) declareCommon(directive.assembly, symbol, given.bytes, given.alignment);
}

function localCommon(directive: Directive): void {
  const symbol = symbolArgument(directive, 0);
  const given = commonSize(directive);
  if (!symbol || !given) return;
  const alignment = given.alignment ?? lcommAlignment(given.bytes);
  placeInBss(directive.assembly, symbol, given.bytes, alignment);
}

function lcommAlignment(bytes: number): number {
  return bytes >= 8 ? 8 : bytes >= 4 ? 4 : bytes >= 2 ? 2 : 1;
}

function weakReference(directive: Directive): void {
  const alias = symbolArgument(directive, 0);
  const name = nameArgument(directive, 1);
  if (!alias || name === undefined) return;
  const target = directive.assembly.symbols.get(name);
  target.isWeakTarget = true;
  directive.assembly.assign(alias, {
    kind: 'linear',
    plus: target,
    minus: undefined,
    addend: 0n,
    reference: undefined,
  });
}

function message(kind: 'error' | 'warning'): DirectiveHandler {
  return (directive) => {
    const text = plainText(directive, 0) ?? `${directive.name} was reached`;
    if (kind === 'error') directive.assembly.error('A0901', text);
    else directive.assembly.warning('A0902', text);
  };
}

function print(directive: Directive): void {
  const text = plainText(directive, 0) ?? '';
  directive.assembly.printed.push(text);
}

function fail(directive: Directive): void {
  const value = numberArgument(directive, 0, 0) ?? 0;
  const text = `'.fail ${rawText(directive, directive.operands[0])}' was reached`;
  if (value >= 500) directive.assembly.warning('A0902', text);
  else directive.assembly.error('A0901', text);
}

export const symbolDirectives: Readonly<Record<string, DirectiveHandler>> = {
  '.globl': attribute('globl'),
  '.global': attribute('globl'),
  '.local': attribute('local'),
  '.weak': attribute('weak'),
  '.hidden': attribute('hidden'),
  '.protected': attribute('protected'),
  '.internal': attribute('internal'),
  '.type': type,
  '.size': size,
  '.set': set(false),
  '.equ': set(false),
  '.eqv': set(false),
  '.equiv': set(true),
  '.comm': common,
  '.common': common,
  '.lcomm': localCommon,
  '.weakref': weakReference,
  '.extern': () => {},
  '.error': message('error'),
  '.warning': message('warning'),
  '.err': (directive) => directive.assembly.error('A0901', "'.err' was reached"),
  '.fail': fail,
  '.print': print,
  '.abort': (directive) => directive.assembly.error('A0901', "'.abort' was reached"),
};
