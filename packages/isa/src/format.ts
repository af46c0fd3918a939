// What both printers share: the columns, hexadecimal numbers, addresses of branches.

import type { DecodedInstruction } from './decode.ts';
import { prefixText } from './prefix-text.ts';

/** Gives the whole text of a code address, such as `1049 <main+0x5>`. */
export type Symbolize = (address: bigint) => string;

/** `0x` and the number in `bits`, unsigned. */
export function hexText(value: bigint, bits: number): string {
  return `0x${BigInt.asUintN(bits, value).toString(16)}`;
}

/** A signed displacement: `0x8`, `-0x4`. */
export function signedText(value: bigint): string {
  return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

/** A branch's address, by `symbolize` where there is one. */
export function targetText(address: bigint, symbolize: Symbolize | undefined): string {
  return symbolize ? symbolize(address) : `0x${address.toString(16)}`;
}

/** Prefixes, the mnemonic filled up to six columns, a space, the operands; or only the mnemonic. */
export function line(
  decoded: DecodedInstruction,
  mnemonic: string,
  operands: string,
  isAtt: boolean,
): string {
  const brace = decoded.row?.attributes.has('braced') ? '{vex} ' : '';
  const head = prefixText(decoded, isAtt) + brace + mnemonic;
  return operands === '' ? head : `${head.padEnd(6)} ${operands}`;
}
