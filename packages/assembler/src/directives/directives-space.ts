// Directives that put the same thing many times: spaces, fills, `.ds`, `.dcb`, `.nops`.

import type { Assembly } from '../object/assembly.ts';
import {
  argumentPlace,
  expressionArgument,
  noMoreThan,
  numberArgument,
  operandExpression,
} from './directive.ts';
import type { Directive, DirectiveHandler } from './directive.ts';
import { fractionArgument } from './directives-fraction.ts';
import { lowBytes } from '../object/relocate.ts';
import { constant, constantOf } from '../values/expression.ts';
import type { Expression } from '../values/expression.ts';
import { floatFormats } from '../values/numbers.ts';
import type { FloatFormat } from '../values/numbers.ts';
import { fillNops, nopFill, nopMax } from '../layout/padding.ts';

const tooFar = 'what stands before it is already larger than the whole should become';

/** A first argument that may be absent, which is zero. */
function countArgument(directive: Directive): Expression | undefined {
  const { operands } = directive;
  if (operands.length === 0 || operands[0].kind === 'empty') return constant(0n);
  return expressionArgument(directive, 0);
}

/** A count that follows from the layout. */
function lateSpace(assembly: Assembly, count: Expression, fill: number, width = 1): void {
  const { current, where } = assembly;
  if (fill > 0 && !current.section.hasContents) return assembly.fill(1, 1);
  assembly.item({ kind: 'space', position: current.length, count, fill, width, where });
}

/** Says that a count asks for nothing; true where it does. */
function isNothing(directive: Directive, count: bigint): boolean {
  if (count > 0n) return false;
  const { node } = directive.operands[0] ?? {};
  // GNU as says nothing of a number without digits.
  if (node?.kind === 'number' && /^0x$/i.test(node.text)) return true;
  const place = argumentPlace(directive, 0);
  const notes = count < 0n ? [tooFar] : undefined;
  directive.assembly.warning('A0706', `a space of ${count} bytes is left out`, place, notes);
  return true;
}

function space(directive: Directive): void {
  const { assembly, operands } = directive;
  noMoreThan(directive, 2);
  const count = countArgument(directive);
  let value = numberArgument(directive, 1, 0);
  if (!count || value === undefined) return;
  const known = constantOf(count);
  if (value !== 0 && !assembly.current.section.hasContents) {
    const { name } = assembly.current.section;
    const message = `the fill value is ignored, since section '${name}' has no contents`;
    assembly.warning('A0307', message, argumentPlace(directive, 1));
    value = 0;
  }
  if (known === undefined) return lateSpace(assembly, count, value & 0xff);
  if (operands.length === 0 || isNothing(directive, known)) return;
  assembly.warnTruncated(1, BigInt(value));
  assembly.fill(Number(known), value & 0xff);
}

/** `.fill repeat, size, value`: the value has four bytes, the rest of a larger size is zero. */
function fill(directive: Directive): void {
  const { assembly } = directive;
  noMoreThan(directive, 3);
  const count = countArgument(directive);
  const isSizeAbsent = directive.operands[1]?.kind === 'empty';
  let size = isSizeAbsent ? 0 : numberArgument(directive, 1, 1);
  const value = numberArgument(directive, 2, 0);
  if (!count || size === undefined || value === undefined) return;
  const known = constantOf(count);
  if (size > 8) {
    assembly.warning('A0510', `a size of ${size} is more than 8; 8 is used`);
    size = 8;
  }
  if (size < 0 || (known !== undefined && known < 0n)) {
    const message = `a fill of ${known ?? 'some'} times ${size} bytes is left out`;
    return assembly.warning('A0706', message, argumentPlace(directive, 0), [tooFar]);
  }
  const low = Number(BigInt.asUintN(32, BigInt(value)));
  if (known !== undefined) repeat(assembly, Number(known), lowBytes(low, size));
  else if (size > 0) lateSpace(assembly, count, low, size);
}

/** `count` times `pattern`. */
function repeat(assembly: Assembly, count: number, pattern: Uint8Array): void {
  if (pattern.length === 0 || count === 0) return;
  const first = pattern[0];
  if (pattern.every((byte) => byte === first)) {
    return assembly.fill(count * pattern.length, first);
  }
  if (!assembly.current.section.hasContents) return assembly.fill(1, first === 0 ? 1 : first);
  const at = assembly.current.length;
  assembly.fill(count * pattern.length, 0);
  const { bytes, length } = assembly.current;
  for (let from = at; from + pattern.length <= length; from += pattern.length) {
    bytes.set(pattern, from);
  }
}

/** `.ds count, byte`: room for so many units, filled with units of which only one byte is given. */
function units(size: number): DirectiveHandler {
  return (directive) => {
    noMoreThan(directive, 2);
    const count = numberArgument(directive, 0, 0);
    const value = numberArgument(directive, 1, 0);
    if (count === undefined || value === undefined || isNothing(directive, BigInt(count))) return;
    const pattern = new Uint8Array(size);
    let rest = BigInt.asIntN(64, BigInt(value));
    for (let i = 0; i < size; i++, rest >>= 8n) pattern[i] = Number(rest & 0xffn);
    repeat(directive.assembly, count, pattern);
  };
}

/** `.dcb count, value`: the value so many times. */
function constants(size: 1 | 2 | 4 | 8): DirectiveHandler {
  return (directive) => {
    const { assembly, operands } = directive;
    noMoreThan(directive, 2);
    const count = numberArgument(directive, 0, 0);
    if (count === undefined || isNothing(directive, BigInt(count))) return;
    const value = operands[1] ? operandExpression(directive, operands[1]) : constant(0n);
    if (!value || !assembly.allow(count * size)) return;
    for (let i = 0; i < count; i++) assembly.field(size, value);
  };
}

function fractionConstants(format: FloatFormat): DirectiveHandler {
  return (directive) => {
    noMoreThan(directive, 2);
    const count = numberArgument(directive, 0, 0);
    if (count === undefined || isNothing(directive, BigInt(count))) return;
    const bytes = fractionArgument(directive, 1, format);
    if (bytes) repeat(directive.assembly, count, bytes);
  };
}

/** `.nops count [, largest]`: so many bytes of no-operations, none longer than `largest`. */
function nops(directive: Directive): void {
  const { assembly } = directive;
  noMoreThan(directive, 2);
  const wanted = countArgument(directive);
  let largest = numberArgument(directive, 1, 0);
  if (!wanted || largest === undefined) return;
  const { nopMode: usual, machine } = assembly;
  const mode = usual === 32 && machine.hasLongNops ? 64 : usual;
  const most = nopMax[mode];
  if (largest < 0) {
    assembly.warning('A0511', `a size of ${largest} is ignored`, argumentPlace(directive, 1));
    largest = 0;
  }
  if (largest > most) {
    const message = `found a no-operation of ${largest} bytes, expected 0 to ${most}`;
    return assembly.error('A0511', message, argumentPlace(directive, 1));
  }
  const longest = largest === 0 ? most : largest;
  const known = constantOf(wanted);
  if (known === undefined) {
    return lateSpace(assembly, wanted, nopFill(longest, mode !== usual));
  }
  const count = Number(known);
  if (count < 0) {
    return assembly.warning('A0706', `${count} bytes of no-operations are left out`);
  }
  if (count === 0 || !assembly.allow(count)) return;
  const bytes = new Uint8Array(count);
  fillNops(bytes, 0, count, mode, longest);
  assembly.bytes(bytes);
}

/** `.nop [count]`: one at least. */
function nop(directive: Directive): void {
  const count = numberArgument(directive, 0, 1);
  if (count !== undefined) directive.assembly.fill(Math.max(1, count), 0x90);
}

export const spaceDirectives: Readonly<Record<string, DirectiveHandler>> = {
  '.skip': space,
  '.space': space,
  '.spc': space,
  '.zero': space,
  '.fill': fill,
  '.ds': units(2),
  '.ds.b': units(1),
  '.ds.w': units(2),
  '.ds.l': units(4),
  '.ds.s': units(4),
  '.ds.d': units(8),
  '.ds.x': units(10),
  '.ds.p': units(10),
  '.dcb': constants(2),
  '.dcb.b': constants(1),
  '.dcb.w': constants(2),
  '.dcb.l': constants(4),
  '.dcb.s': fractionConstants(floatFormats.single),
  '.dcb.d': fractionConstants(floatFormats.double),
  '.dcb.x': fractionConstants(floatFormats.extended),
  '.nops': nops,
  '.nop': nop,
};
