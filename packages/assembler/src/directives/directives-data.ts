// Directives that put data: numbers, strings, fractions, LEB128, parts of files.

import { latin1Bytes } from '@ring0/bytes';
import type { Assembly } from '../object/assembly.ts';
import { constantOf, zero } from '../values/expression.ts';
import type { Expression } from '../values/expression.ts';
import { unquote } from '../values/evaluate.ts';
import {
  argumentPlace,
  operandExpression,
  noMoreThan,
  numberArgument,
  rawText,
  stringArgument,
} from './directive.ts';
import type { Directive, DirectiveHandler } from './directive.ts';
import { findFile } from '../text/files.ts';
import { blankOperand } from '../syntax/syntax-tree.ts';
import type { Node, Operand } from '../syntax/syntax-tree.ts';
import { within } from '../text/text.ts';
import { beginsWithSign, signedValue, wideLiteral } from '../values/wide-numbers.ts';

function numbers(size: 1 | 2 | 4 | 8): DirectiveHandler {
  return (directive) => {
    const { assembly, operands } = directive;
    for (const operand of operands) {
      if (operand.kind === 'empty') {
        warnMissing(directive, operand);
        assembly.field(size, zero);
      } else {
        warnOfNoDigits(directive, operand);
        const value = operandExpression(directive, operand);
        // In Intel syntax GNU as looks up a label here, which makes it a symbol of the object.
        if (value?.kind === 'linear' && value.plus && assembly.machine.syntax.isIntel) {
          assembly.symbols.name(value.plus);
        }
        if (value) assembly.field(size, value);
      }
    }
  };
}

/** `.long 0x`; elsewhere GNU as takes it for 0 without a word. */
function warnOfNoDigits({ assembly }: Directive, { node, start, end }: Operand): void {
  if (node?.kind !== 'number' || !/^0x$/i.test(node.text)) return;
  const where = within(assembly.where, start, end);
  assembly.warning('A0114', `no digits follow this '${node.text}'; 0 is used`, where);
}

function warnMissing({ assembly, name }: Directive, operand: Operand): void {
  const where = within(assembly.where, operand.start, operand.end);
  assembly.warning('A0514', `'${name}' has nothing beside a comma; zero is used`, where);
}

/** Something stands right behind the statement; GNU as takes it for the string that is absent. */
function isFollowed({ text, end }: Directive): boolean {
  const rest = text.slice(end, end + 200);
  return /^[ \t]*(#[^\n]*)?[\n;][ \t]*[^ \t\n#]/.test(rest);
}

/** Strings with nothing between them are one string; each gets the zero byte at its end. */
function strings(hasZero: boolean, width: 1 | 2 | 4 | 8 = 1): DirectiveHandler {
  return (directive) => {
    const { assembly, operands, text } = directive;
    if (operands.length === 0 && isFollowed(directive)) {
      return assembly.error('A0501', `'${directive.name}' takes strings in quotes, found none`);
    }
    operands.forEach((operand, i) => {
      // A comma behind the last string is not noticed, as in GNU as.
      if (operand.kind === 'empty' && i > 0 && i === operands.length - 1) return;
      if (operand.kind !== 'string' || operand.node?.kind !== 'string') {
        const found = rawText(directive, operand);
        const message = `'${directive.name}' takes strings in quotes, found '${found}'`;
        const where = argumentPlace(directive, i);
        const isWord = /^\w+$/.test(found);
        const edit = isWord ? { where, text: `"${found}"` } : undefined;
        assembly.error('A0501', message, where, undefined, edit);
        return;
      }
      const next = operands[i + 1];
      const isJoined = next && !text.slice(operand.end, next.start).includes(',');
      let content = unquote(operand.node.text);
      if (hasZero && !isJoined) content += '\0';
      assembly.bytes(widen(latin1Bytes(content), width));
    });
  };
}

function widen(bytes: Uint8Array, width: number): Uint8Array {
  if (width === 1) return bytes;
  const wide = new Uint8Array(bytes.length * width);
  bytes.forEach((byte, i) => (wide[i * width] = byte));
  return wide;
}

/** `.octa`: 16 bytes; only what begins with a sign is extended by it. */
function octa(directive: Directive): void {
  const { assembly } = directive;
  for (const operand of directive.operands) {
    const value = octaValue(directive, operand);
    if (value === undefined) continue;
    const bytes = new Uint8Array(16);
    let rest = BigInt.asUintN(128, value);
    for (let i = 0; i < 16; i++, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
    assembly.bytes(bytes);
  }
}

function octaValue(directive: Directive, operand: Operand): bigint | undefined {
  const { assembly } = directive;
  const { node } = operand;
  if (operand.kind === 'empty') {
    warnMissing(directive, operand);
    return 0n;
  }
  const wide = node && wideLiteral(node);
  const where = within(assembly.where, operand.start, operand.end);
  if (wide !== undefined) {
    if (wide >> 128n !== 0n && wide >> 127n !== -1n) {
      assembly.warning(
        'A0108',
        'the number has more than 128 bits; the lower ones are used',
        where,
      );
    }
    return wide;
  }
  const value = operandExpression(directive, operand);
  const known = value && constantOf(value);
  if (value && known === undefined) {
    assembly.error('A0101', "'.octa' needs a number that is known here", where);
  }
  if (known === undefined || !node) return undefined;
  return beginsWithSign(node) ? known : BigInt.asUintN(64, known);
}

/** A LEB128 number: at once where it is known, else with the size found by relaxation. */
export function emitLeb(assembly: Assembly, value: Expression, isSigned: boolean): void {
  const known = constantOf(value);
  if (known === undefined) {
    assembly.item({
      kind: 'leb',
      position: assembly.current.length,
      value,
      isSigned,
      where: assembly.where,
    });
    return;
  }
  assembly.bytes(lebBytes(isSigned ? known : BigInt.asUintN(64, known), isSigned));
}

/** A number of any size. */
function lebBytes(value: bigint, isSigned: boolean): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    const sign = isSigned && low >= 64 ? -1n : 0n;
    if (rest === sign) return Uint8Array.from([...bytes, low]);
    bytes.push(low | 0x80);
  }
}

function leb(isSigned: boolean): DirectiveHandler {
  return (directive) => {
    const { assembly, operands } = directive;
    if (operands.length === 0) emptyLeb(directive, isSigned);
    for (const operand of operands) {
      const { node } = operand;
      const wide = node && node.kind !== 'name' && operand.end - operand.start > 16;
      const literal = wide ? wideLiteral(node) : undefined;
      if (operand.kind === 'empty') emptyLeb(directive, isSigned, operand);
      else if (literal !== undefined) {
        assembly.bytes(lebBytes(isSigned ? literal : BigInt.asUintN(128, literal), isSigned));
      } else {
        const value = operandExpression(directive, operand);
        if (value) plainLeb(assembly, value, node, isSigned);
      }
    }
  };
}

function emptyLeb(directive: Directive, isSigned: boolean, operand?: Operand): void {
  const { start, end } = directive;
  warnMissing(directive, operand ?? { ...blankOperand(start), end });
  emitLeb(directive.assembly, zero, isSigned);
}

function plainLeb(
  assembly: Assembly,
  value: Expression,
  node: Node | undefined,
  isSigned: boolean,
): void {
  const known = isSigned && node ? constantOf(value) : undefined;
  const isSmall = known === undefined || (known >= 0n && node?.kind === 'number');
  const exact = isSmall || !node ? undefined : signedValue(assembly, node);
  if (exact === undefined) emitLeb(assembly, value, isSigned);
  else assembly.bytes(lebBytes(exact, true));
}

function incbin(directive: Directive): void {
  const { assembly } = directive;
  const path = stringArgument(directive, 0);
  const skip = numberArgument(directive, 1, 0);
  const count = numberArgument(directive, 2, -1);
  if (path === undefined || skip === undefined || count === undefined) return;
  const found = findFile(assembly, path);
  if (!found) return assembly.error('A0415', `there is no file '${path}'`);
  const { length } = found.bytes;
  if (skip < 0 || skip > length || (count >= 0 && skip + count > length)) {
    return assembly.error('A0509', `'${path}' has ${length} bytes, fewer than are asked for`);
  }
  noMoreThan(directive, 3);
  if (count === 0) assembly.warning('A0510', `a count of 0 is left out: all of '${path}' is taken`);
  const part = found.bytes.subarray(skip, count <= 0 ? length : skip + count);
  if (assembly.allow(part.length)) assembly.bytes(part);
}

export const dataDirectives: Readonly<Record<string, DirectiveHandler>> = {
  '.byte': numbers(1),
  '.dc.b': numbers(1),
  '.value': numbers(2),
  '.short': numbers(2),
  '.word': numbers(2),
  '.hword': numbers(2),
  '.2byte': numbers(2),
  '.dc.w': numbers(2),
  '.dc': numbers(2),
  '.int': numbers(4),
  '.long': numbers(4),
  '.slong': numbers(4),
  '.4byte': numbers(4),
  '.dc.l': numbers(4),
  '.dc.a': numbers(4),
  '.quad': numbers(8),
  '.8byte': numbers(8),
  '.octa': octa,
  '.ascii': strings(false),
  '.asciz': strings(true),
  '.string': strings(true),
  '.string8': strings(true),
  '.string16': strings(true, 2),
  '.string32': strings(true, 4),
  '.string64': strings(true, 8),
  '.uleb128': leb(false),
  '.sleb128': leb(true),
  '.incbin': incbin,
};
