// Directives that put data: numbers, strings, fractions, LEB128, parts of files.

import { latin1Bytes } from '@ring0/bytes';
import type { Assembly } from './assembly.ts';
import { constantOf } from './expression.ts';
import type { Expression } from './expression.ts';
import { unquote } from './evaluate.ts';
import {
  argumentPlace,
  operandExpression,
  numberArgument,
  rawText,
  stringArgument,
} from './directive.ts';
import type { Directive, DirectiveHandler } from './directive.ts';
import { findFile } from './files.ts';
import { lebSize } from './leb.ts';
import { parseInteger } from './numbers.ts';

function numbers(size: 1 | 2 | 4 | 8): DirectiveHandler {
  return (directive) => {
    for (const operand of directive.operands) {
      if (operand.kind === 'empty') directive.assembly.field(size, zeroValue);
      else {
        const value = operandExpression(directive, operand);
        if (value) directive.assembly.field(size, value);
      }
    }
  };
}

const zeroValue: Expression = {
  kind: 'linear',
  plus: undefined,
  minus: undefined,
  addend: 0n,
  reference: undefined,
};

/** Strings with nothing between them are one string; each gets the zero byte at its end. */
function strings(hasZero: boolean, width: 1 | 2 | 4 | 8 = 1): DirectiveHandler {
  return (directive) => {
    const { assembly, operands, text } = directive;
    operands.forEach((operand, i) => {
      if (operand.kind !== 'string' || operand.node?.kind !== 'string') {
        const found = rawText(directive, operand);
        const message = `'${directive.name}' takes strings in quotes, found '${found}'`;
        assembly.error('A0501', message, argumentPlace(directive, i));
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

function octa(directive: Directive): void {
  for (const operand of directive.operands) {
    const written = rawText(directive, operand).replace(/[ \t]/g, '');
    const isNegative = written.startsWith('-');
    const value = parseInteger(isNegative ? written.slice(1) : written);
    if (value === undefined) {
      directive.assembly.error('A0101', `'${written}' is not a number of 128 bits`);
      continue;
    }
    let rest = BigInt.asUintN(128, isNegative ? -value : value);
    const bytes = new Uint8Array(16);
    for (let i = 0; i < 16; i++, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
    directive.assembly.bytes(bytes);
  }
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
  let rest = isSigned ? known : BigInt.asUintN(64, known);
  const bytes = new Uint8Array(lebSize(known, isSigned));
  for (let i = 0; i < bytes.length; i++, rest >>= 7n) {
    bytes[i] = Number(rest & 0x7fn) | (i + 1 < bytes.length ? 0x80 : 0);
  }
  assembly.bytes(bytes);
}

function leb(isSigned: boolean): DirectiveHandler {
  return (directive) => {
    for (const operand of directive.operands) {
      const value = operandExpression(directive, operand);
      if (value) emitLeb(directive.assembly, value, isSigned);
    }
  };
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
  const part = found.bytes.subarray(skip, count < 0 ? length : skip + count);
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
