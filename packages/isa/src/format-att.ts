// The AT&T printer: an instruction as `objdump -d` shows it.

import type { DecodedInstruction } from './decode.ts';
import {
  hexText,
  line,
  optionsOf,
  pointedText,
  prefixLine,
  signedText,
  targetText,
} from './format.ts';
import type { FormatOptions, Symbolize } from './format.ts';
import type { DecodedOperand } from './model.ts';
import { branchHint, isUntracked } from './prefix-text.ts';
import { noRegister } from './registers.ts';
import type { OperandSpec, Row } from './row.ts';
import { styleOf } from './style.ts';
import type { Style } from './style.ts';

type MemoryOperand = Extract<DecodedOperand, { kind: 'memory' }>;

function memoryText(
  operand: MemoryOperand,
  decoded: DecodedInstruction,
  spec: OperandSpec | undefined,
): string {
  const { base, index, displacement, displacementSize } = operand;
  const segment = segmentName(operand, spec, decoded);
  let text = segment === '' ? '' : `%${segment}:`;
  if (displacementSize > 0) {
    const isSigned =
      base || index || (decoded.addressSize === 16 && spec?.kind !== 'moffs') ? true : false;
    text += isSigned ? signedText(displacement) : hexText(displacement, decoded.addressSize);
  }
  if (index) {
    const scale = decoded.addressSize === 16 ? '' : `,${operand.scale}`;
    return `${text}(${base ? `%${base.name}` : ''},%${index.name}${scale})`;
  }
  return base ? `${text}(%${base.name})` : text;
}

/** String instructions show their segments, the others only one that is written. */
export function segmentName(
  operand: MemoryOperand,
  spec: OperandSpec | undefined,
  decoded: DecodedInstruction,
): string {
  if (operand.segment) return isUntracked(decoded) ? '' : operand.segment.name;
  return spec?.kind === 'source' || spec?.kind === 'table' ? 'ds' : '';
}

/**
 * The width in which an immediate is shown: its own, or that of the operation it is extended to.
 */
export function immediateBits(spec: OperandSpec, size: number): number {
  return spec.kind === 'ubyte' ? 8 : size * 8;
}

function operandText(
  operand: DecodedOperand,
  spec: OperandSpec,
  decoded: DecodedInstruction,
  symbolize: Symbolize | undefined,
): string {
  switch (operand.kind) {
    case 'register':
      if (operand.register === noRegister) return '(bad)';
      return spec.text === 'DX' ? '(%dx)' : `%${operand.register.name}`;
    case 'immediate':
      return `$${hexText(operand.value, immediateBits(spec, operand.size))}`;
    case 'target':
      return targetText(operand.address, symbolize);
    case 'far':
      return `$${hexText(BigInt(operand.selector), 16)},$${hexText(operand.offset, 32)}`;
    case 'memory':
      return memoryText(operand, decoded, spec);
  }
}

function numberOf(operand: DecodedOperand): number {
  if (operand.kind === 'register') return operand.register.number;
  return operand.kind === 'memory' ? (operand.index?.number ?? -1) : -1;
}

/** Registers of gathering instructions that ought to be three. */
export function repeats({ row, operands }: DecodedInstruction, at: number): boolean {
  if (!row || !styleOf(row).isDistinct) return false;
  const own = numberOf(operands[at]);
  return own >= 0 && operands.some((each, index) => index !== at && numberOf(each) === own);
}

function showsSize(operand: DecodedOperand, spec: OperandSpec, isSource: boolean): boolean {
  if (operand.kind !== 'register' || spec.kind === 'fixed' || spec.kind === 'sreg') return false;
  if (isSource && spec.kind === 'reg') return false;
  return operand.register.class !== 'mmx' && operand.register.bits < 128;
}

function sizeLetter(row: Row, style: Style, decoded: DecodedInstruction): string {
  if (!row.isSized) return style.suffix === 'l' && isQuad(row, decoded) ? 'q' : style.suffix;
  if (decoded.operandSize === 64) return 'q';
  return decoded.operandSize === 16 ? (style.isShort ? 's' : 'w') : 'l';
}

/** What has 32 bits elsewhere has 64 here. */
function isQuad(row: Row, { mode, operandSize }: DecodedInstruction): boolean {
  return mode === 64 && (row.isNative || (row.hasLong && operandSize === 64));
}

function hasMemory(operands: readonly DecodedOperand[]): boolean {
  for (let i = 0; i < operands.length; i++) if (operands[i].kind === 'memory') return true;
  return false;
}

function suffixText(row: Row, style: Style, decoded: DecodedInstruction): string {
  const { operands } = decoded;
  switch (row.suffixRule) {
    case 'none':
      return '';
    case 'hidden':
      if (decoded.mode !== 64 || !row.hasLong || !hasMemory(operands)) return '';
      break;
    case 'memory':
      return hasMemory(operands) ? sizeLetter(row, style, decoded) : '';
    case 'shown':
      return decoded.mode === 64 && row.isWide ? '' : sizeLetter(row, style, decoded);
    case 'mode':
      if (decoded.operandSize === usualSize(row, decoded)) return '';
      break;
    case 'auto':
      if (!hasMemory(operands)) return '';
  }
  for (let i = 0; i < operands.length; i++) {
    if (showsSize(operands[i], row.operands[i], style.isSource)) return '';
  }
  return sizeLetter(row, style, decoded);
}

/** The operand size where no prefix says it. */
export function usualSize(row: Row, { mode, defaultOperandSize }: DecodedInstruction): number {
  return mode === 64 && row.isWide ? 64 : defaultOperandSize;
}

/** loop shows the size of its counter where an address-size prefix sets it. */
function loopSuffix({ addressSize, defaultAddressSize }: DecodedInstruction): string {
  return addressSize === defaultAddressSize ? '' : addressSize === 16 ? 'w' : 'l';
}

function operandsText(
  row: Row,
  style: Style,
  decoded: DecodedInstruction,
  symbolize: Symbolize | undefined,
): string {
  const { operands } = decoded;
  let all = '';
  for (let i = 0; i < operands.length; i++) {
    const spec = row.operands[i];
    if (spec.kind === 'count1') continue;
    let text = operandText(operands[i], spec, decoded, symbolize);
    if (style.isIndirect) text = `*${text}`;
    if (style.isDistinct && repeats(decoded, i)) text += '/(bad)';
    if (all === '') all = text;
    else all = style.isSameOrder ? `${all},${text}` : `${text},${all}`;
  }
  return all;
}

/**
 * The instruction as `objdump -d` prints it: `mov    %eax,0x8(%ebp)`. The options may be a function
 * alone, which gives the text of branch targets.
 */
export function formatAtt(decoded: DecodedInstruction, given?: Symbolize | FormatOptions): string {
  const { row } = decoded;
  const style = row && styleOf(row);
  if (decoded.isPrefix) return prefixLine(decoded, true);
  if (!row || !style || style.isUnlisted) {
    const at = decoded.operands.find((operand) => operand.kind === 'memory');
    return line(decoded, '(bad)', at ? memoryText(at, decoded, undefined) : '', true);
  }
  const { symbolize, hasSuffixes, mnemonics } = optionsOf(given);
  let mnemonic = mnemonics === 'intel' ? intelMnemonic(row, style) : style.att;
  if (isShortAddress(decoded)) mnemonic = 'mov';
  if (style.brace !== '') mnemonic = style.brace + mnemonic;
  if (style.isLoop) mnemonic += loopSuffix(decoded);
  mnemonic += hasSuffixes ? everySuffix(row, style, decoded) : suffixText(row, style, decoded);
  if (decoded.prefixes.length > 0) mnemonic += branchHint(decoded);
  const text = line(decoded, mnemonic, operandsText(row, style, decoded, symbolize), true);
  return decoded.pointed === undefined ? text : text + pointedText(decoded.pointed, symbolize);
}

/** movabs with an address of 32 bits. */
export function isShortAddress({ row, mode, addressSize }: DecodedInstruction): boolean {
  return mode === 64 && addressSize === 32 && row?.encoding.tail[0] === 'mo';
}

const exchanged = /^f(sub|div)r?p?$/;

/** `-M intel-mnemonic` undoes AT&T's exchange of fsub and fsubr, and of nothing else. */
function intelMnemonic(row: Row, style: Style): string {
  return exchanged.test(row.mnemonic) ? row.mnemonic : style.att;
}

/** The operation has the width of general registers, 32 or 64 bits. */
function isWord({ operands, processor, suffix }: Row): boolean {
  if (suffix !== 'l' || (processor === 'tbm' && operands.length < 3)) return false;
  return operands.some(({ size }) => size === 'y') && operands[1]?.bank !== 'xmm';
}

/** `-M suffix`: the letter is there though a register says the size. */
function everySuffix(row: Row, style: Style, decoded: DecodedInstruction): string {
  const { operands } = decoded;
  if (row.suffixRule === 'none') return '';
  if (row.attributes.has('unsized') && row.operands[0]?.kind === 'sreg' && !hasMemory(operands)) {
    return decoded.operandSize === 16 ? 'w' : 'l';
  }
  if (row.operands.some(({ kind }) => kind === 'rvm') && hasMemory(operands)) return 'w';
  if (row.suffixRule === 'hidden' && !row.isSized && !isWord(row)) return '';
  if (row.suffixRule === 'auto' && operands.length === 0 && !row.isSized) return '';
  if (row.suffixRule === 'auto' && style.suffix === '' && !row.isSized) return '';
  return sizeLetter(row, style, decoded);
}
