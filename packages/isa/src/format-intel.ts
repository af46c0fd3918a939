// The Intel printer: an instruction as `objdump -d -M intel` shows it.

import type { DecodedInstruction } from './decode.ts';
import { immediateBits, isShortAddress, repeats, segmentName, usualSize } from './format-att.ts';
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
import type { OperandSpec, Row } from './row.ts';
import { styleOf } from './style.ts';

type MemoryOperand = Extract<DecodedOperand, { kind: 'memory' }>;

const pointerNames = new Map([
  [1, 'BYTE PTR '],
  [2, 'WORD PTR '],
  [4, 'DWORD PTR '],
  [6, 'FWORD PTR '],
  [8, 'QWORD PTR '],
  [10, 'TBYTE PTR '],
  [16, 'XMMWORD PTR '],
  [32, 'YMMWORD PTR '],
  [64, 'ZMMWORD PTR '],
]);

function memoryText(
  operand: MemoryOperand,
  decoded: DecodedInstruction,
  spec: OperandSpec | undefined,
): string {
  const { base, index, scale, displacement, displacementSize, size } = operand;
  const hidesSize =
    spec?.kind === 'moffs' || spec?.memory === '16&32' || spec?.memory.endsWith('byte');
  const { row } = decoded;
  let pointer = hidesSize && spec?.memory !== '2byte' ? '' : (pointerNames.get(size) ?? '');
  if (row?.attributes.has('sizeless')) pointer = '';
  else if (row?.attributes.has('oword')) pointer = 'OWORD PTR ';
  const segment = segmentName(operand, spec, decoded);
  if (!base && !index) {
    return `${pointer}${segment || 'ds'}:${hexText(displacement, decoded.addressSize)}`;
  }
  const parts = [base?.name, index ? scaledText(index.name, scale, decoded) : undefined];
  let text = parts.filter((part) => part !== undefined).join('+');
  if (displacementSize > 0) {
    const isPointer = base?.class === 'flat';
    const number = isPointer ? hexText(displacement, 64) : signedText(displacement);
    text += number.startsWith('-') ? number : `+${number}`;
  }
  return `${pointer}${segment === '' ? '' : `${segment}:`}[${text}]`;
}

function scaledText(name: string, scale: number, decoded: DecodedInstruction): string {
  return decoded.addressSize === 16 ? name : `${name}*${scale}`;
}

function operandText(
  operand: DecodedOperand,
  spec: OperandSpec,
  decoded: DecodedInstruction,
  symbolize: Symbolize | undefined,
): string {
  switch (operand.kind) {
    case 'register':
      return operand.register.class === 'debug'
        ? `dr${operand.register.number}`
        : operand.register.name;
    case 'immediate':
      if (spec.kind === 'count1') return '1';
      return hexText(operand.value, immediateBits(spec, operand.size));
    case 'target':
      return targetText(operand.address, symbolize);
    case 'far':
      return `${hexText(BigInt(operand.selector), 16)}:${hexText(operand.offset, 32)}`;
    case 'memory':
      return memoryText(operand, decoded, spec);
  }
}

/**
 * The suffixes that remain in Intel syntax: where neither register nor pointer shows a size that is
 * not the mode's.
 */
function suffixText(row: Row, decoded: DecodedInstruction): string {
  const { operandSize, operands } = decoded;
  if (row.operands[0]?.memory === '16&32' && operandSize !== 64)
    return operandSize === 16 ? 'w' : 'd';
  if (row.suffixRule !== 'mode' || operandSize === usualSize(row, decoded)) return '';
  const isShown = operands.some(
    (operand, index) =>
      (operand.kind === 'memory' && !row.attributes.has('short')) ||
      operand.kind === 'far' ||
      (operand.kind === 'register' && row.operands[index].kind === 'reg') ||
      (operand.kind === 'register' && row.operands[index].kind === 'rm'),
  );
  if (isShown) return '';
  return operandSize === 64 ? 'q' : operandSize === 16 ? 'w' : 'd';
}

/** The instruction as `objdump -d -M intel` prints it: `mov    DWORD PTR [ebp+0x8],eax`. */
export function formatIntel(
  decoded: DecodedInstruction,
  given?: Symbolize | FormatOptions,
): string {
  const { row, operands } = decoded;
  const style = row && styleOf(row);
  if (decoded.isPrefix) return prefixLine(decoded, false);
  if (!row || !style || style.isUnlisted) {
    const at = operands.find((operand) => operand.kind === 'memory');
    return line(decoded, '(bad)', at ? memoryText(at, decoded, undefined) : '', false);
  }
  const { symbolize } = optionsOf(given);
  let texts = '';
  const count = style.isImplied ? 0 : operands.length;
  for (let i = 0; i < count; i++) {
    let text = operandText(operands[i], row.operands[i], decoded, symbolize);
    if (style.isDistinct && repeats(decoded, i)) text += '/(bad)';
    texts = texts === '' ? text : `${texts},${text}`;
  }
  const name = isShortAddress(decoded) ? 'mov' : style.intel;
  const mnemonic = style.brace + name + suffixText(row, decoded);
  const text = line(decoded, mnemonic, texts, false);
  return decoded.pointed === undefined ? text : text + pointedText(decoded.pointed, symbolize);
}
