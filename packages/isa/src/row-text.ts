// The table's rows as text: the encoding column, the whole line, and the heading of the manual's
// page.

import type { OperandSpec, Row, SizeCode } from './row.ts';

function hex(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, '0');
}

/** The encoding column, built from the parts: `01 /r`. */
export function encodingText(row: Row): string {
  const { encoding } = row;
  const words: string[] = [];
  if (encoding.vex) words.push(encoding.vex.text);
  if (encoding.rexW) words.push('REX.W');
  if (encoding.operandSize) words.push(`o${encoding.operandSize}`);
  if (encoding.addressSize) words.push(`a${encoding.addressSize}`);
  if (encoding.isAlone) words.push('NP');
  if (encoding.hasNoRepeat) words.push('NFx');
  if (encoding.prefix) words.push(hex(encoding.prefix));
  encoding.opcode.forEach((byte, index) => {
    const isLast = index === encoding.opcode.length - 1;
    const addition = row.operands.some((operand) => operand.kind === 'st') ? '+i' : '+r';
    words.push(hex(byte) + (encoding.addsRegister && isLast ? addition : ''));
  });
  if (encoding.modrm >= 0 && encoding.modrm < 9)
    words.push(encoding.modrm === 8 ? '/r' : `/${encoding.modrm}`);
  if (encoding.suffixByte >= 0) words.push(hex(encoding.suffixByte));
  return [...words, ...encoding.tail].join(' ');
}

const flagLetters = [
  ['r', 'read'],
  ['w', 'written'],
  ['u', 'undefined'],
  ['0', 'cleared'],
  ['1', 'set'],
] as const;

/** The row as its line of the table. */
export function rowText(row: Row): string {
  const flags = flagLetters
    .filter(([, key]) => row.flags[key] !== '')
    .map(([letter, key]) => `${letter}:${row.flags[key]}`);
  const columns = [
    row.mnemonic,
    row.operands.map((operand) => `${operand.access} ${operand.text}`).join(', '),
    encodingText(row),
    flags.join(' ') || '-',
    [...row.attributes].join(' '),
    row.processor,
  ];
  return columns.join(' | ');
}

const manualSizes: Record<SizeCode, string> = {
  b: '8',
  w: '16',
  d: '32',
  q: '64',
  v: '16/32',
  y: '32/64',
  '': '',
};

function manualOperand(operand: OperandSpec): string {
  const name = operand.text.split(':')[0];
  switch (operand.kind) {
    case 'rm':
    case 'reg':
    case 'imm':
    case 'rel':
    case 'moffs':
      return operand.text.includes(':') ? name + manualSizes[operand.size] : operand.text;
    case 'pointer':
      return 'r16/r32';
    case 'mem':
      return operand.size === '' ? operand.text : `m${manualSizes[operand.size]}`;
    case 'accumulator':
      return operand.size === 'b' ? 'AL' : 'AX/EAX';
    case 'rvm':
      return 'r16/r32/m16';
    case 'simm8':
      return 'imm8';
    case 'far':
      return 'ptr16:16/32';
    default:
      return operand.text;
  }
}

/** The instruction as the manual heads its page: `ADD r/m16/32, r16/32`. */
export function manualText(row: Row): string {
  const operands = row.operands.map(manualOperand).join(', ');
  return operands === '' ? row.mnemonic.toUpperCase() : `${row.mnemonic.toUpperCase()} ${operands}`;
}
