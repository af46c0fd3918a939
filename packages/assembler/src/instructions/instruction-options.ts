// What options make of instructions: shorter or faster ones of the same effect (-O, -O2, -Os), AVX
// in place of SSE (-msse2avx), a locked addition in place of fences (-mfence-as-lock-add).

import { encode, generalRegister, registerByName } from '@ring0/isa';
import type { EncodeOptions, Instruction, Mode, Operand } from '@ring0/isa';
import type { MachineOptions } from './machine.ts';

type Level = NonNullable<MachineOptions['optimization']>;

/** Instructions of 256 bits that give zeros where both sources are one register. */
const zeroing = /^v(andnp[sd]|pandn|xorp[sd]|pxor|psub[bwdq])$|^k(andn|xor)[dq]$/;

function isSameRegister(left: Operand | undefined, right: Operand | undefined): boolean {
  if (left?.kind !== 'register' || right?.kind !== 'register') return false;
  return left.register.name === right.register.name;
}

/** 256 bits of zeros are made by the instruction of 128, which clears the others; so are masks. */
function narrowZeroing(instruction: Instruction): Instruction | undefined {
  const { mnemonic, operands } = instruction;
  if (!zeroing.test(mnemonic) || !isSameRegister(operands[0], operands[1])) return undefined;
  if (mnemonic.startsWith('k')) return { ...instruction, mnemonic: `${mnemonic.slice(0, -1)}w` };
  const narrow = operands.map((operand): Operand | undefined => {
    if (operand.kind !== 'register' || operand.register.class !== 'ymm') return undefined;
    const register = registerByName(`xmm${operand.register.number}`);
    return register && { kind: 'register', register };
  });
  const found = narrow.filter((operand) => operand !== undefined);
  return found.length === operands.length ? { ...instruction, operands: found } : undefined;
}

const isAddressPrefix = (word: string) => /^a(ddr16|ddr32|word|dword)$/.test(word);
const isSegment = (word: string) => /^[c-gs]s$/.test(word);

/** `lea (%eax), %ebx` copies a register, `lea 4, %eax` a number; a segment does nothing. */
function plainMove(written: Instruction, mode: Mode, level: Level): Instruction | undefined {
  const { mnemonic, operands } = written;
  const [from, to] = operands;
  if (!/^lea[lw]?$/.test(mnemonic) || from?.kind !== 'memory' || to?.kind !== 'register') {
    return undefined;
  }
  const prefixes = written.prefixes?.filter((word) => !isSegment(word));
  const place = { ...from, segment: undefined };
  const instruction = { ...written, prefixes, operands: [place, to] };
  const { base, index, displacement, scale } = from;
  const { bits } = to.register;
  if (index?.class === 'flat') return instruction;
  if (!base && !index) return numberMove(instruction, mode, level) ?? instruction;
  const source = base ?? (scale === 1 ? index : undefined);
  if (displacement !== 0n || !source || (base && index)) return instruction;
  if (source.bits < bits) {
    if (mode === 16) return instruction;
    return moved(instruction, 'zwl', [{ kind: 'register', register: source }, to]);
  }
  const register = generalRegister(source.number, bits);
  const found = moved(instruction, '', [{ kind: 'register', register }, to]);
  return { ...found, prefixes: [...(found.prefixes ?? []), '{load}'] };
}

/** The number itself, of as many bits as address and register have both. */
function numberMove(instruction: Instruction, mode: Mode, level: Level): Instruction | undefined {
  const [from, to] = instruction.operands;
  if (from.kind !== 'memory' || to.kind !== 'register' || mode === 64) return undefined;
  const { bits } = to.register;
  const { displacement } = from;
  // A prefix that says what the mode says anyway is a mistake, which the encoder finds.
  const own = mode === 16 ? /^a(ddr16|word)$/ : /^a(ddr32|dword)$/;
  if (instruction.prefixes?.some((word) => own.test(word))) return undefined;
  const prefixes = instruction.prefixes?.filter((word) => !isAddressPrefix(word));
  const isFlipped = prefixes?.length !== instruction.prefixes?.length;
  const size = (mode === 16) === isFlipped ? 32 : 16;
  // -O2 takes it also where it is longer.
  if (mode === 16 && bits === 32 && size === 16 && level !== '2') return undefined;
  if (bits !== size && displacement === undefined) return undefined;
  const least = Math.min(bits, size);
  const value = bits === size ? displacement : BigInt.asUintN(least, displacement ?? 0n);
  return moved({ ...instruction, prefixes }, '', [{ kind: 'immediate', value }, to]);
}

function moved(instruction: Instruction, more: string, operands: readonly Operand[]): Instruction {
  return { ...instruction, mnemonic: `mov${more}`, syntax: 'att', operands };
}

/** `test $7, %ebx` looks at the low byte only. */
function shortTest(instruction: Instruction, mode: Mode): Instruction | undefined {
  const { mnemonic, operands } = instruction;
  const [value, place] = operands;
  if (!/^test[lw]?$/.test(mnemonic) || value?.kind !== 'immediate') return undefined;
  if (place?.kind !== 'register' || place.register.class !== 'general') return undefined;
  const { bits, number } = place.register;
  const isSmall = value.value !== undefined && value.value >= 0n && value.value <= 127n;
  if (!isSmall || bits === 8 || (number > 3 && mode !== 64)) return undefined;
  const register = generalRegister(number, 8);
  const operand: Operand = { kind: 'register', register };
  return { ...instruction, mnemonic: 'testb', syntax: 'att', operands: [value, operand] };
}

/** `or %eax, %eax` only sets flags, as test does without writing. */
function flagTest(instruction: Instruction): Instruction | undefined {
  const { mnemonic, operands } = instruction;
  const match = /^(?:or|and)([bwl]?)$/.exec(mnemonic);
  if (!match || !isSameRegister(operands[0], operands[1])) return undefined;
  const isLocked = instruction.prefixes?.includes('lock') === true;
  return isLocked ? undefined : { ...instruction, mnemonic: `test${match[1]}` };
}

/** The instruction that -O, -O2 or -Os has in its place; itself where there is none. */
export function optimized(
  instruction: Instruction,
  mode: Mode,
  level: Level | undefined,
): Instruction {
  if (!level || instruction.prefixes?.includes('{nooptimize}')) return instruction;
  return (
    narrowZeroing(instruction) ??
    plainMove(instruction, mode, level) ??
    (level === 's' ? shortTest(instruction, mode) : undefined) ??
    (level === '2' ? flagTest(instruction) : undefined) ??
    instruction
  );
}

function isOf(operand: Operand, kind: string): boolean {
  return operand.kind === 'register' && operand.register.class === kind;
}

/** The VEX form of an SSE instruction, whose destination becomes the first source too. */
export function withAvx(instruction: Instruction, mode: Mode, options: EncodeOptions): Instruction {
  const { mnemonic, operands } = instruction;
  const isSse =
    operands.some((each) => isOf(each, 'xmm')) || /^(ld|st)mxcsr$|^cvtt?s[sd]2si/.test(mnemonic);
  if (!isSse || operands.some((each) => isOf(each, 'mmx')) || mnemonic.startsWith('v')) {
    return instruction;
  }
  if (mnemonic === 'cvtpi2pd') return { ...instruction, mnemonic: 'vcvtdq2pd' };
  const last = operands[operands.length - 1];
  const zero = registerByName('xmm0');
  const implied: Operand[] = zero ? [{ kind: 'register', register: zero }] : [];
  const lists = [[...operands, last], [...implied, ...operands, last], operands];
  // Memory of cvtpd2ps and its kin needs a suffix with AVX.
  for (const suffix of ['', 'x']) {
    for (const list of lists) {
      const candidate = { ...instruction, mnemonic: `v${mnemonic}${suffix}`, operands: list };
      if (encode(candidate, mode, options).ok) return candidate;
    }
  }
  return instruction;
}

/** `lock addl $0, (%esp)` orders all accesses. */
export function lockedAddition(instruction: Instruction): Instruction {
  const stack = registerByName('esp');
  const place: Operand = {
    kind: 'memory',
    base: stack,
    scale: 1,
    displacement: 0n,
    isDisplacementPresent: false,
  };
  const operands: Operand[] = [{ kind: 'immediate', value: 0n }, place];
  return { ...instruction, mnemonic: 'addl', syntax: 'att', prefixes: ['lock'], operands };
}

/** `movaps` as `movups`, `vmovdqa` as `vmovdqu`. */
export function unalignedMove(instruction: Instruction): Instruction {
  const match = /^(v?mov)(?:a(p[sd])|(dq)a)$/.exec(instruction.mnemonic);
  if (!match) return instruction;
  const [, move, packed, quad] = match;
  const mnemonic = packed === undefined ? `${move}${quad}u` : `${move}u${packed}`;
  return { ...instruction, mnemonic };
}
