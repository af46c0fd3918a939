// The AT&T printer: an instruction as `objdump -d` shows it.

import type { DecodedInstruction } from './decode.ts';
import { hexText, line, signedText, targetText } from './format.ts';
import type { Symbolize } from './format.ts';
import type { DecodedOperand } from './model.ts';
import { noRegister } from './registers.ts';
import { branchHint, isUntracked } from './prefix-text.ts';
import type { OperandSpec, Row } from './row.ts';

type MemoryOperand = Extract<DecodedOperand, { kind: 'memory' }>;

function memoryText(
  operand: MemoryOperand,
  decoded: DecodedInstruction,
  spec: OperandSpec | undefined,
): string {
  const { base, index, scale, displacement, displacementSize } = operand;
  const bits = decoded.addressSize;
  let text = '';
  const segment = segmentName(operand, spec, decoded);
  if (segment !== '') text += `%${segment}:`;
  if (displacementSize > 0) {
    const isSigned = base || index || (bits === 16 && spec?.kind !== 'moffs');
    text += isSigned ? signedText(displacement) : hexText(displacement, bits);
  }
  if (!base && !index) return text;
  const scaled = index ? `,%${index.name}${bits === 32 ? `,${scale}` : ''}` : '';
  return `${text}(${base ? `%${base.name}` : ''}${scaled})`;
}

/** String instructions show their segments, the others only one that is written. */
export function segmentName(
  operand: MemoryOperand,
  spec: OperandSpec | undefined,
  decoded: DecodedInstruction,
): string {
  if (isUntracked(decoded)) return '';
  if (operand.segment) return operand.segment.name;
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
      if (spec.text === 'DX') return '(%dx)';
      return operand.register === noRegister ? '(bad)' : `%${operand.register.name}`;
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

/** Registers of gathering instructions that ought to be three. */
export function repeats({ row, operands }: DecodedInstruction, at: number): boolean {
  if (!row?.attributes.has('distinct')) return false;
  const numberOf = (operand: DecodedOperand) =>
    operand.kind === 'register'
      ? operand.register.number
      : operand.kind === 'memory'
        ? (operand.index?.number ?? -1)
        : -1;
  const own = numberOf(operands[at]);
  return operands.some((operand, index) => index !== at && numberOf(operand) === own);
}

function showsSize(operand: DecodedOperand, spec: OperandSpec): boolean {
  if (operand.kind !== 'register' || spec.kind === 'fixed' || spec.kind === 'sreg') return false;
  return operand.register.class !== 'mmx' && operand.register.bits < 128;
}

function sizeLetter(row: Row, decoded: DecodedInstruction): string {
  if (row.isSized) {
    const short = row.attributes.has('short') ? 's' : 'w';
    return decoded.operandSize === 16 ? short : 'l';
  }
  return row.suffix.split(',')[0];
}

function suffixText(row: Row, decoded: DecodedInstruction): string {
  const { operands } = decoded;
  switch (row.suffixRule) {
    case 'none':
    case 'hidden':
      return '';
    case 'memory':
      return operands.some(({ kind }) => kind === 'memory') ? sizeLetter(row, decoded) : '';
    case 'shown':
      return sizeLetter(row, decoded);
    case 'mode':
      if (decoded.operandSize === decoded.mode) return '';
      break;
    case 'auto':
      if (operands.length === 0 || !operands.some(({ kind }) => kind === 'memory')) return '';
  }
  const isSource = row.attributes.has('source');
  const shows = operands.some(
    (operand, index) =>
      showsSize(operand, row.operands[index]) && !(isSource && row.operands[index].kind === 'reg'),
  );
  if (shows) return '';
  return sizeLetter(row, decoded);
}

/** loop shows the size of its counter where an address-size prefix sets it. */
export function loopSuffix(decoded: DecodedInstruction): string {
  const { row, addressSize, mode } = decoded;
  if (!row?.mnemonic.startsWith('loop') || addressSize === mode) return '';
  return addressSize === 16 ? 'w' : 'l';
}

/**
 * The instruction as `objdump -d` prints it: `mov    %eax,0x8(%ebp)`. `symbolize` gives the text of
 * branch targets; by default they are hexadecimal numbers.
 */
export function formatAtt(decoded: DecodedInstruction, symbolize?: Symbolize): string {
  const { row } = decoded;
  if (!row || row.attributes.has('unlisted')) {
    const at = decoded.operands.find((operand) => operand.kind === 'memory');
    return line(decoded, '(bad)', at ? memoryText(at, decoded, undefined) : '', true);
  }
  const texts: string[] = [];
  row.operands.forEach((spec, index) => {
    if (spec.kind === 'count1') return;
    let text = operandText(decoded.operands[index], spec, decoded, symbolize);
    if (repeats(decoded, index)) text += '/(bad)';
    texts.push(row.attributes.has('indirect') ? `*${text}` : text);
  });
  if (!row.attributes.has('order:same')) texts.reverse();
  const mnemonic =
    row.names[0] + loopSuffix(decoded) + suffixText(row, decoded) + branchHint(decoded);
  return line(decoded, mnemonic, texts.join(','), true);
}
