// One directive as its handler sees it, and the ways to read its arguments.

import type { Assembly } from '../object/assembly.ts';
import type { Expression } from '../values/expression.ts';
import { evaluate, knownNow, refusesWide, unquote } from '../values/evaluate.ts';
import type { Node, Operand } from '../syntax/grammar.ts';
import type { Where } from '../object/sections.ts';
import type { AsmSymbol } from '../object/symbols.ts';
import { within } from '../text/text.ts';
import type { Text } from '../text/text.ts';

export interface Directive {
  readonly assembly: Assembly;
  readonly text: Text;
  readonly name: string;
  readonly operands: readonly Operand[];
  readonly start: number;
  readonly end: number;
}

export type DirectiveHandler = (directive: Directive) => void;

/** An argument as it was written. */
export function rawText(directive: Directive, operand: Operand): string {
  return directive.text.slice(operand.start, operand.end);
}

/** Where an argument stands; where it is absent, the directive as a whole. */
export function argumentPlace(directive: Directive, index: number): Where {
  const operand = directive.operands[index];
  return operand
    ? within(directive.assembly.where, operand.start, operand.end)
    : directive.assembly.where;
}

/** An argument that may be a string or bare text, such as a section's name. */
export function plainText(directive: Directive, index: number): string | undefined {
  const operand = directive.operands[index];
  if (!operand || operand.kind === 'empty') return undefined;
  if (operand.kind === 'string' && operand.node?.kind === 'string') {
    return unquote(operand.node.text);
  }
  return rawText(directive, operand);
}

/** A string in quotes; undefined after a diagnostic. */
export function stringArgument(directive: Directive, index: number): string | undefined {
  const operand = directive.operands[index];
  if (operand?.kind === 'string' && operand.node?.kind === 'string') {
    return unquote(operand.node.text);
  }
  const found = operand ? `found '${rawText(directive, operand)}'` : 'found none';
  const message = `'${directive.name}' takes a string in quotes, ${found}`;
  directive.assembly.error('A0501', message, argumentPlace(directive, index));
  return undefined;
}

/** Any expression; undefined after a diagnostic. */
export function expressionArgument(directive: Directive, index: number): Expression | undefined {
  const node = expressionNode(directive, index);
  return node && evaluate(directive.assembly, node);
}

/** The tree of an argument that has to be an expression; undefined after a diagnostic. */
export function expressionNode(directive: Directive, index: number): Node | undefined {
  const { assembly, name } = directive;
  const operand = directive.operands[index];
  if (!operand || operand.kind === 'empty') {
    assembly.error('A0504', `'${name}' needs an expression as argument ${index + 1}`);
    return undefined;
  }
  return refusesWide(assembly, operand.node) ? undefined : operandNode(directive, operand);
}

export function operandExpression(directive: Directive, operand: Operand): Expression | undefined {
  const node = operandNode(directive, operand);
  return node && evaluate(directive.assembly, node);
}

function operandNode(directive: Directive, operand: Operand): Node | undefined {
  const { assembly, name } = directive;
  const isPlain = operand.kind === 'memory' && !operand.hasRegisters && operand.segment === '';
  if ((!isPlain && operand.kind !== 'string') || !operand.node || operand.isIndirect) {
    const found = rawText(directive, operand);
    const where = within(assembly.where, operand.start, operand.end);
    assembly.error('A0504', `'${name}' takes expressions, found '${found}'`, where);
    return undefined;
  }
  return operand.node;
}

/** A number that is known here; `fallback` where the argument is absent. */
export function numberArgument(
  directive: Directive,
  index: number,
  fallback?: number,
): number | undefined {
  const operand = directive.operands[index];
  if ((!operand || operand.kind === 'empty') && fallback !== undefined) return fallback;
  const { assembly, name } = directive;
  const value = expressionArgument(directive, index);
  if (!value) return undefined;
  const known = knownNow(assembly, value);
  if (known === undefined) {
    const message = `'${name}' needs a number that is known here`;
    assembly.error('A0103', message, argumentPlace(directive, index), [
      "an address is known to the linker only; a distance, as in 'end - start', is known here",
    ]);
    return undefined;
  }
  return Number(known);
}

/** A symbol's name, bare or in quotes; undefined after a diagnostic. */
export function nameArgument(directive: Directive, index: number): string | undefined {
  const operand = directive.operands[index];
  if (operand?.node?.kind === 'string') return unquote(operand.node.text);
  const isName = operand?.kind === 'memory' && operand.node?.kind === 'name';
  if (isName && !operand.hasRegisters && operand.node?.kind === 'name') {
    if (!operand.node.text.startsWith('@')) return operand.node.text;
  }
  const message = `'${directive.name}' needs a symbol's name`;
  directive.assembly.error('A0303', message, argumentPlace(directive, index));
  return undefined;
}

export function symbolArgument(directive: Directive, index: number): AsmSymbol | undefined {
  const name = nameArgument(directive, index);
  if (name === undefined) return undefined;
  const symbol = directive.assembly.symbols.get(name);
  if (symbol.state === 'undefined') directive.assembly.sectionTable.bind(symbol);
  symbol.firstUse ??= directive.assembly.where;
  directive.assembly.symbols.name(symbol);
  return symbol;
}

/** Complains about arguments beyond `count`. */
export function noMoreThan(directive: Directive, count: number): void {
  const extra = directive.operands[count];
  if (!extra) return;
  const { assembly, name } = directive;
  const found = rawText(directive, extra);
  const where = argumentPlace(directive, count);
  assembly.error('A0505', `'${name}' takes at most ${count} arguments, found '${found}'`, where);
}
