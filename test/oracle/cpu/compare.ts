// What must be equal after a case, and what the manual leaves open: undefined flags by the instruction table, and the few
// undefined results.

import { type DecodedInstruction, decode } from '@ring0/isa';
import { type Generated, isTranscendental } from './generate.ts';
import {
  type Case,
  DATA_BYTES,
  DATA_START,
  type Fpu,
  type Outcome,
  REGISTER_NAMES,
  SEGMENT_NAMES,
} from './native.ts';
import { hex } from './ring-three.ts';
import { baseOf } from './segments.ts';

const FLAG_BITS: Readonly<Record<string, number>> = {
  o: 0x800,
  s: 0x80,
  z: 0x40,
  a: 0x10,
  p: 4,
  c: 1,
};
const C1 = 0x200;
const PAGE_FAULT = 14;
/** The page was fetched from: processors that know pages that must not be executed say so, ours is none. */
const FETCHED = 0x10;
const INT3_VECTOR = 3;
const PROTECTION = 13;
/** Linux's thread storage and processor number, among the global descriptors. */
const KERNELS_OWN = [0x60, 0x68, 0x70, 0x78];
const ROTATE = /^(rol|ror|rcl|rcr|shl|shr|sar|shld|shrd)$/;

function maskOf(letters: string): number {
  let mask = 0;
  for (const letter of letters) mask |= FLAG_BITS[letter] ?? 0;
  return mask;
}

/** The count of a shift, or -1 where it is not known; masked as the processor does. */
function shiftCount(instruction: DecodedInstruction, registers: readonly number[]): number {
  const last = instruction.operands.at(-1);
  if (last?.kind === 'immediate') return Number(last.value & 31n);
  return registers[1] & 31;
}

/** Flags that an instruction leaves undefined; a shift by nothing changes none, by one OF is defined. */
export function undefinedFlags(
  instruction: DecodedInstruction,
  registers: readonly number[],
): number {
  const { row } = instruction;
  if (row === undefined) return 0;
  const mask = maskOf(row.flags.undefined);
  if (!ROTATE.test(row.mnemonic)) return mask;
  const count = shiftCount(instruction, registers);
  if (count === 0) return 0;
  const isDouble = /^sh[lr]d$/.test(row.mnemonic);
  if (isDouble && count > instruction.operandSize) return mask | maskOf('oszpc');
  return count === 1 ? mask & ~FLAG_BITS.o : mask;
}

function emptyRegisters(tag: number): number {
  let empty = 0;
  for (let i = 0; i < 8; i++) if (((tag >>> (i * 2)) & 3) === 3) empty |= 1 << i;
  return empty;
}

/** ST(i) as sign and exponent, and mantissa. */
export function stackValue(fpu: Fpu, i: number): readonly [number, bigint] {
  const view = new DataView(fpu.stack.buffer, fpu.stack.byteOffset + i * 10, 10);
  return [view.getUint16(8, true), view.getBigUint64(0, true)];
}

function differs(name: string, host: number, ours: number): string[] {
  return host === ours ? [] : [`${name}: host ${host.toString(16)}, ours ${ours.toString(16)}`];
}

/** The most by which the results of transcendental functions differ so far, as numerator of units in the last place. */
export interface Nearness {
  exact: number;
  near: number;
}

function compareStack(host: Fpu, ours: Fpu, tolerance: bigint, nearness: Nearness): string[] {
  const found: string[] = [];
  let distanceMax = 0n;
  for (let i = 0; i < 8; i++) {
    const [exponent, mantissa] = stackValue(host, i);
    const [ourExponent, ourMantissa] = stackValue(ours, i);
    const distance = mantissa - ourMantissa;
    const size = distance < 0n ? -distance : distance;
    if (exponent === ourExponent && size <= tolerance) {
      if (size > distanceMax) distanceMax = size;
      continue;
    }
    const text = (e: number, m: bigint): string => `${e.toString(16)}:${m.toString(16)}`;
    const values = `host ${text(exponent, mantissa)}, ours ${text(ourExponent, ourMantissa)}`;
    found.push(`st${i}: ${values}`);
  }
  if (tolerance > 0n) nearness[distanceMax === 0n ? 'exact' : 'near']++;
  return found;
}

function compareChanges(host: Uint32Array, ours: Uint32Array): string[] {
  const length = Math.max(host.length, ours.length);
  for (let i = 0; i < length; i += 2) {
    if (host[i] === ours[i] && host[i + 1] === ours[i + 1]) continue;
    const text = (list: Uint32Array): string =>
      i < list.length ? `${list[i + 1].toString(16)} at ${list[i].toString(16)}` : 'nothing';
    return [`memory: host ${text(host)}, ours ${text(ours)}`];
  }
  return [];
}

/**
 * What differs between the two processors. A POPA that faults may have loaded registers already: it is begun again.
 * `masked` are flags that are undefined at the end.
 */
export function compare(
  made: Generated,
  host: Outcome,
  ours: Outcome,
  masked: number,
  nearness: Nearness,
): string[] {
  const { row } = decode(made.test.code, 0, made.mode, 0);
  const isInexact = made.addresses.length === 1 && row !== undefined && isTranscendental(row);
  const status = isInexact ? ~C1 : -1;
  const hostError = host.vector === PAGE_FAULT ? host.error & ~FETCHED : host.error;
  const isPartial = row?.mnemonic === 'popa' && host.vector !== INT3_VECTOR;
  const registers = isPartial ? REGISTER_NAMES.slice(0, 0) : REGISTER_NAMES;
  return [
    ...registers.flatMap((name, i) => differs(name, host.registers[i], ours.registers[i])),
    ...SEGMENT_NAMES.flatMap((name, i) => differs(name, host.segments[i], ours.segments[i])),
    ...differs('eip', host.eip, ours.eip),
    ...differs('vector', host.vector, ours.vector),
    ...differs('error', hostError, ours.error),
    ...differs('cr2', host.cr2, ours.cr2),
    ...differs('eflags', host.eflags & ~masked, ours.eflags & ~masked),
    ...differs('fcw', host.fpu.control, ours.fpu.control),
    ...differs('fsw', host.fpu.status & status, ours.fpu.status & status),
    ...differs('empty', emptyRegisters(host.fpu.tag), emptyRegisters(ours.fpu.tag)),
    ...compareStack(host.fpu, ours.fpu, isInexact ? 1n : 0n, nearness),
    ...compareChanges(host.changes, ours.changes),
  ];
}

/**
 * What says nothing: a fault where the host's process has its own memory, code run from data (which the host forbids), a
 * descriptor that the host's kernel keeps for itself.
 */
export function isWild({ vector, cr2, eip, error, segments }: Outcome): boolean {
  const at = (eip + baseOf(segments[1])) >>> 0;
  if (at >= DATA_START && at <= DATA_START + DATA_BYTES) return true;
  if (vector === PROTECTION && KERNELS_OWN.includes(error)) return true;
  return vector === PAGE_FAULT && (cr2 >= 0xb0000000 || (cr2 >= 0x8000000 && cr2 < 0x10000000));
}

function describeFpu(test: Case): string {
  const { control, status, tag } = test.fpu;
  const values = [0, 1].map((i) => {
    const [exponent, mantissa] = stackValue(test.fpu, i);
    return `st${i}=${exponent.toString(16)}:${mantissa.toString(16)}`;
  });
  return `fcw=${control.toString(16)} fsw=${status.toString(16)} tag=${tag.toString(16)} ${values.join(' ')}`;
}

/** The case and its differences in one line. */
export function describeCase({ test, mode }: Generated, problems: readonly string[]): string {
  const registers = test.registers.map((value, i) => `${REGISTER_NAMES[i]}=${value.toString(16)}`);
  const segments = test.segments.map((value) => value.toString(16)).join(' ');
  const patches = test.patches.map(({ at, bytes }) => `[${at.toString(16)}]=${hex(bytes)}`);
  return [
    `${hex(test.code)} (${mode} bits, at ${test.eip.toString(16)})`,
    `${registers.join(' ')} fl=${test.eflags.toString(16)}`,
    `segments ${segments}`,
    describeFpu(test),
    patches.join(' '),
    problems.join('; '),
  ].join(' | ');
}
