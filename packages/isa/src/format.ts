// What both printers share: the columns, hexadecimal numbers, addresses of branches.

import type { DecodedInstruction } from './decode.ts';
import { prefixText } from './prefix-text.ts';

/** Gives the whole text of a code address, such as `1049 <main+0x5>`. */
export type Symbolize = (address: bigint) => string;

/** How a printer's text differs from objdump's plain one. */
export interface FormatOptions {
  /** Gives the text of branch targets; by default they are hexadecimal numbers. */
  readonly symbolize?: Symbolize | undefined;
  /** AT&T suffixes wherever there is one (-M suffix). */
  readonly hasSuffixes?: boolean | undefined;
  /** Intel's mnemonics in AT&T syntax, or AT&T's in Intel syntax (-M intel-mnemonic, .. ). */
  readonly mnemonics?: 'att' | 'intel' | undefined;
}

/** `0x` and the number in `bits`, unsigned. */
export function hexText(value: bigint, bits: number): string {
  const number = Number(value);
  if (bits === 32) return `0x${(number >>> 0).toString(16)}`;
  if (bits === 8) return `0x${(number & 0xff).toString(16)}`;
  if (bits === 16) return `0x${(number & 0xffff).toString(16)}`;
  return `0x${BigInt.asUintN(bits, value).toString(16)}`;
}

/** A signed displacement: `0x8`, `-0x4`. */
export function signedText(value: bigint): string {
  const number = Number(value);
  return number < 0 ? `-0x${(-number).toString(16)}` : `0x${number.toString(16)}`;
}

/** A branch's address, by `symbolize` where there is one. */
export function targetText(address: bigint, symbolize: Symbolize | undefined): string {
  return symbolize ? symbolize(address) : `0x${address.toString(16)}`;
}

/** The address that an operand relative to %rip means, as a remark behind the instruction. */
export function pointedText(address: bigint, symbolize: Symbolize | undefined): string {
  return `        # ${targetText(address, symbolize)}`;
}

/** Options from what a caller gave: options, or only the texts of branch targets. */
export function optionsOf(given: Symbolize | FormatOptions | undefined): FormatOptions {
  return typeof given === 'function' ? { symbolize: given } : (given ?? {});
}

/** Prefixes that no instruction follows. */
export function prefixLine(decoded: DecodedInstruction, isAtt: boolean): string {
  return prefixText(decoded, isAtt).trimEnd();
}

/** Prefixes, the mnemonic filled up to six columns, a space, the operands; or only the mnemonic. */
export function line(
  decoded: DecodedInstruction,
  mnemonic: string,
  operands: string,
  isAtt: boolean,
): string {
  const hasPrefixes = decoded.prefixes.length > 0;
  const head = hasPrefixes ? prefixText(decoded, isAtt) + mnemonic : mnemonic;
  if (operands === '') return head;
  return head.length < 6
    ? `${head}${'      '.slice(head.length)} ${operands}`
    : `${head} ${operands}`;
}
