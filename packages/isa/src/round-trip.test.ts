// Every row, without an outside assembler: bytes made from its encoding column decode to that row;
// what was decoded, as an instruction, encodes; and those bytes decode to the same text.

import { expect, test } from 'vitest';

import { alikeRegisters, allRows, decode, encode, formatAtt, registerByName } from './index.ts';
import { rowLines, rowText } from './index.ts';
import type { DecodedInstruction, Instruction, Mode, Operand, OperandSpec, Row } from './index.ts';
import type { Register, RegisterField } from './index.ts';

const modes: readonly (16 | 32)[] = [16, 32];

test('each row prints itself back as its line of the table', () => {
  const plain = (line: string) =>
    line
      .split('|')
      .map((column) => column.trim().replaceAll(/ +/g, ' '))
      .join(' | ');
  expect(allRows().map((row) => rowText(row))).toEqual(rowLines().map(plain));
});

const tailSizes = { ib: 1, cb: 1, iw: 2, id: 4 } as const;

function tailBytes(row: Row, operandSize: number, addressSize: number): number[] {
  const bytes: number[] = [];
  if (row.encoding.suffixByte >= 0) bytes.push(row.encoding.suffixByte);
  for (const word of row.encoding.tail) {
    if (word === 'is4') {
      bytes.push(row.operands.some(({ kind }) => kind === 'nibble') ? 0x53 : 0x50);
      continue;
    }
    const wide = word === 'mo' ? addressSize / 8 : operandSize / 8;
    const size = word in tailSizes ? tailSizes[word as keyof typeof tailSizes] : wide;
    // Values that fit no shorter form: 5A for bytes, 12 34 for words.
    for (let i = 0; i < size; i++) bytes.push(size === 1 ? 0x5a : 0x12 + i);
    if (word === 'pz') bytes.push(8, 0);
  }
  return bytes;
}

/** ModRM and what belongs to it: a register, and three addresses. */
function modrmVariants(row: Row, addressSize: number): number[][] {
  const { modrm } = row.encoding;
  if (modrm < 0) return [[]];
  const field = (modrm < 8 ? modrm : modrm === 9 ? 0 : 3) << 3;
  const memory =
    addressSize === 32
      ? [[0x06], [0x45, 0x10], [0x84, 0xb3, 0x78, 0x56, 0x34, 0x12]]
      : [[0x04], [0x46, 0x10], [0x81, 0x34, 0x12]];
  const isMemoryOnly = row.operands.some(({ kind }) => kind === 'mem');
  const hasMemory = row.operands.some(({ kind }) => ['rm', 'rvm', 'mem'].includes(kind));
  const isIndexed = row.operands.some(({ indexes }) => indexes !== undefined);
  if (isIndexed && addressSize === 16) return [];
  const isLong = row.attributes.has('long');
  const variants = hasMemory ? memory.slice(isIndexed ? 2 : 0) : [];
  if (isLong && addressSize === 16) variants.length = 0;
  if (!isMemoryOnly) variants.push([0xc2]);
  return variants.map(([first, ...rest]) => [first | field, ...rest]);
}

function vexBytes(row: Row): number[] {
  const { vex } = row.encoding;
  if (!vex) return [];
  const register = row.places.includes('vvvv') ? 1 : 0;
  const pp = [0, 0x66, 0xf3, 0xf2].indexOf(vex.prefix);
  const low = ((15 - register) << 3) | (vex.length === 1 ? 4 : 0) | pp;
  const w = vex.w === 1 ? 0x80 : 0;
  if (vex.kind === 'VEX' && vex.map === 1 && w === 0) return [0xc5, 0x80 | low];
  return [vex.kind === 'XOP' ? 0x8f : 0xc4, 0xe0 | vex.map, w | low];
}

function bytesOf(row: Row, mode: 16 | 32, hasPrefix: boolean): number[][] {
  const { encoding } = row;
  const other = mode === 16 ? 32 : 16;
  const operandSize = encoding.operandSize || (hasPrefix ? other : mode);
  const addressSize = encoding.addressSize || mode;
  const head: number[] = [];
  if (encoding.prefix === 0x9b) head.push(0x9b);
  if (addressSize !== mode) head.push(0x67);
  if (operandSize !== mode) head.push(0x66);
  if (encoding.prefix !== 0 && encoding.prefix !== 0x9b) head.push(encoding.prefix);
  const opcode = [...vexBytes(row), ...encoding.opcode];
  if (encoding.addsRegister) opcode[opcode.length - 1] += 3;
  const tail = tailBytes(row, operandSize, addressSize);
  return modrmVariants(row, addressSize).map((modrm) => [...head, ...opcode, ...modrm, ...tail]);
}

function writtenOperands(decoded: DecodedInstruction, spec: OperandSpec, index: number): Operand[] {
  const operand = decoded.operands[index];
  switch (operand.kind) {
    case 'immediate':
    case 'target':
      return operand.kind === 'target' ? [operand] : [{ kind: 'immediate', value: operand.value }];
    case 'far':
      return [
        { kind: 'immediate', value: BigInt(operand.selector) },
        { kind: 'immediate', value: operand.offset },
      ];
    case 'register': {
      const port = registerByName('dx');
      if (spec.text !== 'DX') return [operand];
      return [
        { kind: 'memory', base: port, scale: 1, displacement: 0n, isDisplacementPresent: false },
      ];
    }
    case 'memory':
      return [{ ...operand, isDisplacementPresent: operand.displacementSize > 0 }];
  }
}

/**
 * The instruction that a programmer would write for it, always with its suffix where it takes one.
 */
function instructionOf(decoded: DecodedInstruction, row: Row): Instruction {
  const operands = row.operands.map((spec, index) => writtenOperands(decoded, spec, index));
  if (!row.attributes.has('order:same')) operands.reverse();
  const words = formatAtt(decoded).split(' ');
  const hasPrefix = /^(data\d+|\{vex\}|repz)$/.test(words[0]);
  const prefixes = hasPrefix ? [words.shift() ?? ''] : [];
  // jmp takes no suffix: the size is a prefix.
  const isBare = row.attributes.has('bare') && words[0] !== row.names[0];
  if (isBare) prefixes.push(decoded.mode === 16 ? 'data32' : 'data16');
  return {
    mnemonic: isBare ? row.names[0] : words[0],
    prefixes,
    operands: operands.flat(),
    isIndirect: row.attributes.has('indirect'),
  };
}

interface Used {
  readonly operand: number;
  readonly part: RegisterField['part'];
  readonly register: Register;
  /** Those that may take its place, itself too. */
  readonly row: readonly Register[];
}

/** The registers of an instruction that others may take the place of. */
function replaceable({ operands }: Instruction): Used[] {
  return operands.flatMap((each, operand) =>
    (['register', 'base', 'index'] as const).flatMap((part) => {
      const register = part in each ? Reflect.get(each, part) : undefined;
      const row = alikeRegisters.find((list) => list.includes(register));
      return row ? [{ operand, part, register, row }] : [];
    }),
  );
}

/** What is not as `alikeRegisters` promises when other registers of its rows are put in. */
function unlike(instruction: Instruction, mode: Mode): string[] {
  const result = encode(instruction, mode);
  if (!result.ok || result.encoding.warnings) return [];
  const { bytes, fixups, registers = [] } = result.encoding;
  const used = replaceable(instruction);
  const fieldsOf = ({ operand, part }: Used) =>
    registers.filter((field) => field.operand === operand && field.part === part);
  if (used.some((each) => fieldsOf(each).length === 0)) return [];
  return used.flatMap((each) =>
    each.row.flatMap((other) => {
      const operand = { ...instruction.operands[each.operand], [each.part]: other };
      const operands = instruction.operands.with(each.operand, operand);
      const expected = Uint8Array.from(bytes);
      for (const { offset, shift, flip } of fieldsOf(each)) {
        expected[offset] &= ~(7 << shift);
        expected[offset] |= ((other.number & 7) ^ flip) << shift;
      }
      const found = encode({ ...instruction, operands }, mode);
      const isSame =
        found.ok &&
        !found.encoding.warnings &&
        found.encoding.bytes.toString() === expected.toString() &&
        JSON.stringify(found.encoding.fixups) === JSON.stringify(fixups);
      return isSame ? [] : [`${mode}: ${instruction.mnemonic} with %${other.name}`];
    }),
  );
}

const smallValues = [0n, 1n, 2n, 3n, 4n, 5n, 127n];

/** What is not as `Encoding.valueOperands` promises when other small immediates are put in. */
function valueMistakes(instruction: Instruction, mode: Mode): string[] {
  const withValue = (at: number, value: bigint) => {
    const operands = instruction.operands.with(at, { kind: 'immediate', value });
    const result = encode({ ...instruction, operands }, mode);
    if (!result.ok || result.encoding.warnings || result.encoding.isOfValues) return undefined;
    const { bytes, fixups, valueOperands = -1 } = result.encoding;
    const rest = bytes.slice();
    for (const { offset, size, operand } of fixups) {
      if (operand === at) rest.fill(0, offset, offset + size);
    }
    return { isFree: (valueOperands & (1 << at)) === 0, text: JSON.stringify([[...rest], fixups]) };
  };
  return instruction.operands.flatMap(({ kind }, at) => {
    if (kind !== 'immediate') return [];
    const all = smallValues.map((value) => withValue(at, value));
    const free = all.find((each) => each?.isFree);
    const isAlike = !free || all.every((each) => each?.text === free.text);
    return isAlike ? [] : [`${mode}: ${instruction.mnemonic}, value of operand ${at}`];
  });
}

/** Rows whose bytes the table's decoder rightly takes for another row. */
function isShadowed(row: Row, mode: Mode, decoded: DecodedInstruction): boolean {
  const other = decoded.row;
  if (!other) return false;
  // xchg %eax,%eax is nop; the undocumented encodings say the same as their first.
  return (
    row.attributes.has('alias') ||
    row.attributes.has('decode') ||
    (row.mnemonic === other.mnemonic && mode !== 64)
  );
}

test.each(modes)('each row decodes and encodes back, %i-bit code', (mode) => {
  const wrong: string[] = [];
  let count = 0;
  for (const row of allRows()) {
    if (row.attributes.has('alias') || row.onlyMode === 64) continue;
    for (const hasPrefix of row.isSized ? [false, true] : [false]) {
      for (const bytes of bytesOf(row, mode, hasPrefix)) {
        const name = `${rowText(row)} [${bytes.map((byte) => byte.toString(16)).join(' ')}]`;
        const decoded = decode(Uint8Array.from(bytes), 0, mode, 0, true);
        if (decoded.length !== bytes.length) wrong.push(`${name}: length ${decoded.length}`);
        if (decoded.row !== row && !isShadowed(row, mode, decoded)) {
          wrong.push(`${name}: ${formatAtt(decoded)}`);
        }
        if (row.attributes.has('decode') || decoded.row?.operands.length !== row.operands.length) {
          continue;
        }
        const instruction = instructionOf(decoded, row);
        const result = encode(instruction, mode);
        for (const each of [mode, 64] as const) {
          wrong.push(...unlike(instruction, each), ...valueMistakes(instruction, each));
        }
        if (!result.ok) {
          // GNU as refuses what the processor takes: bswap and the same-size moves with 16 bits.
          if (!(row.attributes.has('widens') && decoded.operandSize === 16)) {
            wrong.push(`${name}: ${formatAtt(decoded)}: ${result.problem.message}`);
          }
          continue;
        }
        const { bytes: short, relaxation } = result.encoding;
        const again = row.encoding.tail[0] === 'cz' && relaxation ? relaxation.longBytes : short;
        const text = formatAtt(decode(again, 0, mode, 0, true));
        const isBranch = row.operands.some(({ kind }) => kind === 'rel');
        const plain = (line: string) => (isBranch ? line.replace(/0x.*/, '') : line);
        if (plain(text) !== plain(formatAtt(decoded)))
          wrong.push(`${name}: ${formatAtt(decoded)}, ${text}`);
        count++;
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(count).toBeGreaterThan(6000);
});

test('any bytes decode to something of a length', () => {
  let state = 12345;
  const bytes = new Uint8Array(20_000).map(() => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
  for (const mode of modes) {
    for (let at = 0; at < bytes.length; at++) {
      const { length } = decode(bytes, at, mode, at);
      if (!(length >= 1 && length <= 15)) throw new Error(`length ${length} at ${at}`);
    }
  }
});
