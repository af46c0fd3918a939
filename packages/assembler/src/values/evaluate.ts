// From the parser's trees to expressions: numbers, characters, strings with their escapes, names
// with an @ operator, `.` and numbered labels.

import { nearest } from '@ring0/diagnostics';
import type { Assembly } from '../object/assembly.ts';
import { constant, constantOf, symbolValue, zero } from './expression.ts';
import type { Expression, Linear } from './expression.ts';
import { keptNode } from '../syntax/syntax-tree.ts';
import type { Node } from '../syntax/syntax-tree.ts';
import { longReferenceNames } from '../object/long-relocations.ts';
import { integerValue, otherRadix, parseInteger, wrongDigit } from './numbers.ts';
import { settle } from './settle.ts';
import type { AsmSymbol } from '../object/symbols.ts';
import { within } from '../text/text.ts';

const smallNumbers = new Map<string, Linear>();

/** Operators of the i386 psABI that may follow @. */
const referenceNames: ReadonlySet<string> = new Set([
  'GOT',
  'GOTOFF',
  'PLT',
  'TLSGD',
  'TLSLDM',
  'DTPOFF',
  'NTPOFF',
  'TPOFF',
  'INDNTPOFF',
  'GOTNTPOFF',
  'GOTTPOFF',
  'TLSDESC',
  'TLSCALL',
  'SIZE',
]);

export function evaluate(assembly: Assembly, node: Node): Expression {
  switch (node.kind) {
    case 'number':
      return smallNumbers.get(node.text) ?? numberValue(assembly, node.text, node.start);
    case 'name':
      return nameValue(assembly, node.text, node.start);
    case 'character':
      return constant(characterValue(node.text));
    case 'string':
      return nameValue(assembly, unquote(node.text), node.start);
    case 'register':
      return registerValue(assembly, node.text, node.start);
    case 'unary': {
      const value = evaluate(assembly, node.operand);
      if (node.operand.kind === 'number' && node.operand.text === '') return value;
      // `offset x`, `dword ptr x` and `[x]` are x where no instruction is.
      return node.operator.length > 1 ? value : assembly.fold(node.operator, undefined, value);
    }
    case 'binary': {
      // A sum of many terms leans to the left, and is walked without recursion.
      const spine: (typeof node)[] = [];
      let first: Node = node;
      for (; first.kind === 'binary'; first = first.left) spine.push(first);
      const isSegment = first.kind === 'register' && spine.at(-1)?.operator === ':';
      let value = isSegment ? zero : evaluateSide(assembly, first);
      for (const { operator, right } of spine.toReversed()) {
        const operand = evaluateSide(assembly, right);
        if (operator === ':') value = operand;
        else value = assembly.fold(operator === '[]' ? '+' : operator, value, operand);
      }
      return value;
    }
  }
}

/** A fraction by GNU as's notation, `0f1.5`. */
const fraction = /^0[d-h][\d.]/i;

/** A number of more than 64 bits or a fraction beside an operator is 0, as in GNU as. */
function evaluateSide(assembly: Assembly, node: Node): Expression {
  if (node.kind === 'number' && fraction.test(node.text)) {
    const where = within(assembly.where, node.start, node.start + node.text.length);
    assembly.warning('A0108', `'${node.text}' is a fraction, not an integer; 0 is used`, where);
    return zero;
  }
  const wide = wideNumber(node);
  if (!wide) return evaluate(assembly, node);
  const where = within(assembly.where, wide.start, wide.start + wide.text.length);
  const message = `'${wide.text}' has more than 64 bits, with which nothing is computed; 0 is used`;
  assembly.warning('A0108', message, where);
  return zero;
}

interface NumberNode {
  readonly text: string;
  readonly start: number;
}

/** The number of more than 64 bits that a node is, with or without a sign; undefined elsewhere. */
function wideNumber(node: Node | undefined): NumberNode | undefined {
  if (node?.kind === 'unary') return wideNumber(node.operand);
  if (node?.kind !== 'number' || node.text.length <= 16) return undefined;
  const value = parseInteger(node.text);
  return value !== undefined && value >> 64n !== 0n ? node : undefined;
}

/** True after an error, where a node is a number of more than 64 bits and cannot be one. */
export function refusesWide(assembly: Assembly, node: Node | undefined): boolean {
  const wide = wideNumber(node);
  if (!wide) return false;
  const where = within(assembly.where, wide.start, wide.start + wide.text.length);
  assembly.error('A0101', `'${wide.text}' has more than 64 bits`, where, [
    'longer numbers are data: .octa holds 128 bits',
  ]);
  return true;
}

function registerValue(assembly: Assembly, text: string, start: number): Expression {
  const where = within(assembly.where, start, start + text.length);
  assembly.error('A0109', `'${text}' is a register, expected a value`, where);
  return zero;
}

/** Where a number has to be known at once, a symbol that is not is unlike everything else. */
function differ(left: Linear, right: Linear): boolean {
  const [a, b] = [left.plus, right.plus];
  if (left.minus || right.minus) return false;
  return a?.state !== 'label' || b?.state !== 'label' || a.subsection === b.subsection;
}

/** The number that a value is by now, also where its symbols got their values later. */
export function knownNow(assembly: Assembly, value: Expression): bigint | undefined {
  const known = constantOf(value);
  if (known !== undefined) return known;
  if (value.kind !== 'linear') return constantOf(settle(value, { ...assembly.folding, differ }));
  const isEquated = value.plus?.state === 'equated' || value.minus?.state === 'equated';
  const isLate = isEquated || value.plus?.state === 'absolute' || value.minus?.state === 'absolute';
  return isLate ? constantOf(settle(value, assembly.folding)) : undefined;
}

/** The value of a node that has to be known at once; undefined after a diagnostic. */
export function absolute(assembly: Assembly, node: Node, what: string): bigint | undefined {
  const value = knownNow(assembly, evaluate(assembly, node));
  if (value === undefined) {
    assembly.error('A0103', `${what} has to be known here, but depends on a symbol's address`);
  }
  return value;
}

function numberValue(assembly: Assembly, text: string, start: number): Expression {
  const where = () => within(assembly.where, start, start + Math.max(1, text.length));
  if (text === '') {
    assembly.warning('A0114', 'nothing follows this operator; 0 is used', where());
    return zero;
  }
  const at = text.indexOf('@');
  if (at > 0) {
    const inner = numberValue(assembly, text.slice(0, at), start);
    return withReference(assembly, inner, text.slice(at + 1), start + at);
  }
  const local = /^(\d+)([fb])$/.exec(text);
  if (local && !/^0[xX]/.test(text)) {
    const direction = local[2] === 'f' ? 'f' : 'b';
    const symbol = assembly.symbols.reference(local[1], direction);
    if (!symbol) {
      assembly.error('A0102', `no label '${local[1]}:' stands before this '${text}'`, where(), [
        `'${text}' is the last '${local[1]}:' above, '${local[1]}f' the next one below`,
      ]);
      return zero;
    }
    return symbolValue(symbol);
  }
  const value = integerValue(text);
  if (/^0[xX]$/.test(text)) return zero;
  if (value === undefined) {
    const better = otherRadix(text);
    const wrong = wrongDigit(text);
    const notes = [
      ...(wrong && !better ? [wrong] : []),
      ...(better ? [`did you mean ${better}?`] : []),
      'numbers are decimal, or begin with 0x (hexadecimal), 0b (binary) or 0 (octal)',
    ];
    const place = where();
    const edit = better === undefined ? undefined : { where: place, text: better };
    assembly.error('A0101', `'${text}' is not a number`, place, notes, edit);
    return zero;
  }
  if (text.length > 16 && !fitsWord(text)) {
    assembly.warning('A0108', `'${text}' has more than 64 bits; the lower ones are used`, where());
  }
  const result = constant(value);
  if (smallNumbers.size < 4096 && text.length < 8) smallNumbers.set(text, result);
  return result;
}

/** At most 64 bits, or a negative number of whole 16 bits whose upper ones are all set. */
function fitsWord(text: string): boolean {
  const value = parseInteger(text);
  if (value === undefined) return false;
  if (value >> 64n === 0n) return true;
  const bits = Math.ceil(value.toString(16).length / 4) * 16;
  const signed = BigInt.asIntN(bits, value);
  return signed < 0n && signed >= -(1n << 63n);
}

function nameValue(assembly: Assembly, text: string, start: number): Expression {
  if (text === '.') {
    const here = assembly.here();
    return here.state === 'absolute' ? constant(here.value) : symbolValue(here);
  }
  const at = text.indexOf('@');
  if (at > 0) {
    // AT&T syntax finds the operator before the symbol, which the order of symbols shows.
    const reference = referenceOf(text.slice(at + 1));
    if (reference !== undefined && !assembly.machine.syntax.isIntel) needGot(assembly, reference);
    const inner = nameValue(assembly, text.slice(0, at), start);
    return withReference(assembly, inner, text.slice(at + 1), start + at);
  }
  const symbol = assembly.symbols.get(text);
  if (symbol.formula) return formulaValue(assembly, symbol, symbol.formula);
  if (symbol.state === 'absolute') {
    if (assembly.registerSymbols.size > 0 && assembly.registerSymbols.has(symbol)) {
      return registerValue(assembly, text, start);
    }
    return constant(symbol.value);
  }
  assembly.use(symbol);
  return symbolValue(symbol);
}

/** `.eqv`: what the names in it stand for now. */
function formulaValue(assembly: Assembly, symbol: AsmSymbol, formula: Node): Expression {
  if (symbol.isBeingResolved) {
    assembly.reportLoop(symbol);
    return zero;
  }
  symbol.isBeingResolved = true;
  const value = evaluate(assembly, formula);
  symbol.isBeingResolved = false;
  return value;
}

/** `.eqv`, `==`: the value is found anew from `formula` at each use of the name. */
export function assignFormula(assembly: Assembly, symbol: AsmSymbol, formula: Node): void {
  const value = evaluate(assembly, formula);
  assembly.assign(symbol, value, true);
  symbol.formula = keptNode(formula);
  if (hasPlace(formula)) assembly.moving.push(symbol);
}

/** The current place is a part of the value. */
function hasPlace(node: Node): boolean {
  if (node.kind === 'unary') return hasPlace(node.operand);
  let first: Node = node;
  for (; first.kind === 'binary'; first = first.left) if (hasPlace(first.right)) return true;
  return first.kind === 'unary' ? hasPlace(first) : first.kind === 'name' && first.text === '.';
}

/** In the object such values are those that they have where the text ends. */
export function settleMoving(assembly: Assembly): void {
  for (const symbol of assembly.moving) {
    if (symbol.formula) assembly.setValue(symbol, formulaValue(assembly, symbol, symbol.formula));
  }
}

/** The operator of the psABI that `name` is, in capitals. */
export function referenceOf(name: string): string | undefined {
  const reference = name.toUpperCase();
  const isKnown = referenceNames.has(reference) || longReferenceNames.has(reference);
  return isKnown ? reference : undefined;
}

/** `start` is the place of the @. */
function withReference(
  assembly: Assembly,
  inner: Expression,
  name: string,
  start: number,
): Expression {
  const reference = name.toUpperCase();
  const names = assembly.isLong ? longReferenceNames : referenceNames;
  if (!names.has(reference)) {
    const where = within(assembly.where, start, start + 1 + name.length);
    const near = nearest(reference, [...names]);
    const message = `'@${name}' is no relocation operator of this machine`;
    const known = `known are ${[...names].join(', ')}`;
    const notes = near ? [`did you mean '@${near}'?`, known] : [known];
    assembly.error('A0106', message, where, notes, near ? { where, text: `@${near}` } : undefined);
    return inner;
  }
  needGot(assembly, reference);
  if (inner.kind !== 'linear') return inner;
  return { ...inner, reference };
}

/** GNU as enters _GLOBAL_OFFSET_TABLE_ into the table with the first operator that implies it. */
export function needGot(assembly: Assembly, reference: string): void {
  if (reference === 'PLT' || reference === 'SIZE') return;
  assembly.symbols.get('_GLOBAL_OFFSET_TABLE_');
}

/** The value of `'a`, `'\n`, `'a'`; digits behind it go on with its decimal number. */
export function characterValue(text: string): bigint {
  const body = text.slice(1);
  if (body.startsWith('\\')) return BigInt(escapeValue(body, 1).value & 0xff);
  return BigInt(`${body.charCodeAt(0)}${body.slice(1).replace("'", '')}`);
}

const simpleEscapes: Readonly<Record<string, number>> = {
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
};

/** The escape whose backslash stands before `at`; `next` is the offset behind it. */
export function escapeValue(text: string, at: number): { value: number; next: number } {
  const octal = /^[0-9]{1,3}/.exec(text.slice(at, at + 3))?.[0];
  if (octal) {
    // Eights and nines count as they would in a larger base.
    const value = [...octal].reduce((sum, digit) => sum * 8 + Number(digit), 0);
    return { value: value & 0xff, next: at + octal.length };
  }
  if (text[at] === 'x' || text[at] === 'X') {
    const digits = /^[0-9a-fA-F]*/.exec(text.slice(at + 1, at + 40))?.[0] ?? '';
    const value = digits === '' ? 0 : parseInt(digits.slice(-2), 16);
    return { value, next: at + 1 + digits.length };
  }
  return { value: simpleEscapes[text[at]] ?? text.charCodeAt(at), next: at + 1 };
}

/** The bytes (as Latin-1) that a quoted string stands for. */
export function unquote(image: string): string {
  const body = image.slice(1, -1);
  if (!body.includes('\\')) return body;
  let text = '';
  for (let at = 0; at < body.length;) {
    if (body[at] !== '\\') {
      text += body[at++];
      continue;
    }
    const { value, next } = escapeValue(body, at + 1);
    text += String.fromCharCode(value);
    at = next;
  }
  return text;
}
