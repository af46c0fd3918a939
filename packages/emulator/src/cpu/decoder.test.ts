// Our decoder against the instruction table: every row, in both modes, with register and memory operands, has the same
// length, and is undefined here only where the processor lacks it.

import { type Row, allRows, decode, encodingText } from '@ring0/isa';
import { describe, expect, test } from 'vitest';
import { decodeInstruction } from './decoder.ts';
import { HANDLERS, HANDLER_TABLE, OP_UNDEFINED, handlerNumber } from './opcodes.ts';

/** The features of a family 6, model 5 without MMX, as the table's last column names them. */
const OURS = /^(8086|[1-6]86|8087|[23]87|687|cmov|nop)$/;

/** What this processor leaves out on purpose: no fast system calls, no SMM, no counters; test registers ended with the 486. */
const ABSENT = ['rsm', 'rdpmc', 'sysenter', 'sysexit', 'fxsave', 'fxrstor', 'getsec', 'syscall'];

function bytesOf(row: Row, mode: 16 | 32, isMemory: boolean): number[] | undefined {
  const { prefix, opcode, modrm, tail, operandSize, addressSize, vex, suffixByte } = row.encoding;
  if (vex || suffixByte >= 0 || row.onlyMode === 64) return undefined;
  const needsMemory = row.operands.some(({ kind }) => kind === 'mem');
  const allowsMemory = needsMemory || row.operands.some(({ kind }) => /^r?v?m$/.test(kind));
  if (modrm < 0 ? isMemory : isMemory ? !allowsMemory : needsMemory) return undefined;
  const bytes: number[] = [];
  if (operandSize !== 0 && operandSize !== mode) bytes.push(0x66);
  if (addressSize !== 0 && addressSize !== mode) bytes.push(0x67);
  if (prefix !== 0) bytes.push(prefix);
  bytes.push(...opcode);
  if (modrm >= 0) {
    const reg = modrm < 8 ? modrm : row.operands.some(({ kind }) => kind === 'sreg') ? 3 : 0;
    bytes.push((isMemory ? 0 : 0xc0) | (reg << 3));
  }
  const operand = (operandSize || mode) / 8;
  const address = (addressSize || mode) / 8;
  const sizes: Readonly<Record<string, number>> = {
    ib: 1,
    cb: 1,
    iw: 2,
    iz: operand,
    cz: operand,
    pz: operand + 2,
    mo: address,
  };
  for (const part of tail) bytes.push(...Array.from({ length: sizes[part] }, () => 0));
  return bytes;
}

interface Ours {
  readonly length: number;
  readonly isUndefined: boolean;
}

function ours(bytes: readonly number[], mode: 16 | 32): Ours {
  const padded = new Uint8Array(32);
  padded.set(bytes);
  const record = new Int32Array(8);
  const input = { bytes: padded, at: 0, end: 32, key: mode === 32 ? 1 : 0, offset: 0 };
  const { length } = decodeInstruction(input, record, 0);
  return { length, isUndefined: record[0] === OP_UNDEFINED };
}

describe.each([16, 32] as const)('every row of the instruction table, %i-bit code', (mode) => {
  for (const isMemory of [false, true]) {
    test(isMemory ? 'memory operands' : 'registers', () => {
      const problems: string[] = [];
      let count = 0;
      for (const row of allRows()) {
        const bytes = bytesOf(row, mode, isMemory);
        if (bytes === undefined) continue;
        const theirs = decode(new Uint8Array([...bytes, ...new Uint8Array(8)]), 0, mode, 0);
        if (theirs.row === undefined) continue;
        count++;
        const decoded = ours(bytes, mode);
        const name = `${row.mnemonic} ${encodingText(row)}`;
        const isTestRegister = row.operands.some(({ kind }) => kind === 'treg');
        const isExpected = row.mnemonic.startsWith('ud') || isTestRegister;
        const isMissing = !OURS.test(row.processor) || ABSENT.includes(row.mnemonic);
        if (decoded.isUndefined) {
          if (!isExpected && !isMissing) problems.push(`${name}: undefined here`);
        } else if (decoded.length !== theirs.length) {
          problems.push(`${name}: ${decoded.length} bytes, the table says ${theirs.length}`);
        }
      }
      expect(problems).toEqual([]);
      expect(count).toBeGreaterThan(isMemory ? 150 : 250);
    });
  }
});

test('every handler that the decoder can choose has code', () => {
  HANDLERS.forEach((info, number) => {
    expect(HANDLER_TABLE[number], info.name).toBe(info.run);
  });
  expect(HANDLER_TABLE[handlerNumber('nop')]).toBeTypeOf('function');
});

test('LOCK is undefined where nothing is read and written back', () => {
  expect(ours([0xf0, 0x01, 0x00], 32).isUndefined).toBe(false); // lock add %eax,(%eax)
  expect(ours([0xf0, 0x01, 0xc0], 32).isUndefined).toBe(true); // a register
  expect(ours([0xf0, 0x8b, 0x00], 32).isUndefined).toBe(true); // a load
});
