// The ModRM and SIB bytes of a memory operand, and the size of its displacement (SDM vol. 2, tables
// 2-1 to 2-3).

import type { EncodeProblem, MemoryOperand, Mode } from './model.ts';
import { problem } from './problems.ts';

export interface AddressBytes {
  readonly bits: 16 | 32 | 64;
  /** The prefix byte of a segment that is not the address's own. */
  readonly segment: number | undefined;
  /** mod and r/m; the reg field is 0. */
  readonly modrm: number;
  /** -1: none. */
  readonly sib: number;
  readonly displacementSize: 0 | 1 | 2 | 4;
  /** The X and B bits of REX. */
  readonly rex: number;
}

const segmentPrefixes = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65];
const stackSegment = 2;
const dataSegment = 3;

/** r/m of 16-bit addressing by base and index. */
const shortForms = new Map([
  ['bx+si', 0],
  ['bx+di', 1],
  ['bp+si', 2],
  ['bp+di', 3],
  ['si', 4],
  ['di', 5],
  ['bp', 6],
  ['bx', 7],
]);

/** `wish`: the bits that {disp8} or {disp32} ask for. */
function sizeOfDisplacement(
  value: bigint | undefined,
  bits: 16 | 32 | 64,
  isNeeded: boolean,
  wish: number,
): 0 | 1 | 2 | 4 {
  const wide = bits === 16 ? 2 : 4;
  if (wish === (bits === 16 ? 16 : 32)) return wide;
  if (value === undefined) return wide;
  if (wish === 8 && value >= -128n && value <= 127n) return 1;
  // Of the low 32 bits, what fits the address is folded to a signed number, as GNU as does.
  const low = bits === 64 ? BigInt.asIntN(64, value) : BigInt.asIntN(32, value);
  const signed = bits === 16 && low >= 0n && low <= 0xffffn ? BigInt.asIntN(16, low) : low;
  if (signed === 0n && !isNeeded) return 0;
  return signed >= -128n && signed <= 127n ? 1 : wide;
}

function overriding(operand: MemoryOperand, isStack: boolean): number | undefined {
  const number = operand.segment?.number;
  if (number === undefined || number === (isStack ? stackSegment : dataSegment)) return undefined;
  return segmentPrefixes[number];
}

function invalid(operand: MemoryOperand, index: number): EncodeProblem {
  const { base, index: second, scale } = operand;
  const names = [base?.name, second?.name].map((name) => (name ? `%${name}` : ''));
  const shown = second
    ? `(${names[0]},${names[1]}${scale === 1 ? '' : `,${scale}`})`
    : `(${names[0]})`;
  const message = `${shown} is not an address the processor can form`;
  if (second?.name === 'esp') {
    return problem('A0205', message, index, [
      scale === 1 && base?.name !== 'esp'
        ? `%esp cannot be the index; exchange the two: (%esp,%${base?.name ?? 'ebx'})`
        : '%esp cannot be the index; copy it to another register first: movl %esp, %ebx',
    ]);
  }
  if (base?.bits === 64 || second?.bits === 64) {
    return problem('A0205', message, index, [
      '64-bit addresses: a base, an index other than %rsp, scale 1, 2, 4 or 8; or (%rip) alone',
    ]);
  }
  return problem('A0205', message, index, [
    base?.bits === 16 || second?.bits === 16
      ? '16-bit addresses: (%bx) (%bp) (%si) (%di), and %bx or %bp with %si or %di'
      : '32-bit addresses: a base, an index other than %esp, scale 1, 2, 4 or 8',
  ]);
}

function longAddress(
  operand: MemoryOperand,
  wish: number,
  size: 32 | 64,
  mode: Mode,
): AddressBytes {
  const { base, index } = operand;
  const displacement = operand.isDisplacementPresent ? operand.displacement : 0n;
  const isStack = base !== undefined && (base.number === 4 || base.number === 5);
  const bits = (base ?? index)?.bits === 64 ? 64 : index && index.bits > 64 && !base ? size : 32;
  const segment = overriding(operand, isStack);
  const scale = Math.log2(operand.scale) << 6;
  const number = index && index.class !== 'flat' ? index.number : 4;
  const wanted = (number & 7) << 3;
  const rex = (number > 7 ? 2 : 0) | (base && base.number > 7 ? 1 : 0);
  if (!base) {
    const direct = { segment, displacementSize: 4, rex } as const;
    // Without a SIB byte it would be relative to %rip in 64-bit code.
    if (!index && mode !== 64) return { ...direct, bits: 32, modrm: 0x05, sib: -1 };
    if (!index) return { ...direct, bits: size, modrm: 0x04, sib: 0x25 };
    return { ...direct, bits, modrm: 0x04, sib: scale | wanted | 5 };
  }
  if (base.class === 'flat') {
    return { bits, segment, modrm: 0x05, sib: -1, displacementSize: 4, rex: 0 };
  }
  const low = base.number & 7;
  const displacementSize = sizeOfDisplacement(displacement, bits, low === 5, wish);
  const mod = displacementSize === 0 ? 0x00 : displacementSize === 1 ? 0x40 : 0x80;
  if (!index && low !== 4) {
    return { bits, segment, modrm: mod | low, sib: -1, displacementSize, rex };
  }
  const sib = (index ? scale : 0) | wanted | low;
  return { bits, segment, modrm: mod | 0x04, sib, displacementSize, rex };
}

function shortAddress(
  operand: MemoryOperand,
  at: number,
  wish: number,
): AddressBytes | EncodeProblem {
  const { base, index } = operand;
  const displacement = operand.isDisplacementPresent ? operand.displacement : 0n;
  const form = shortForms.get(index ? `${base?.name}+${index.name}` : (base?.name ?? ''));
  if (form === undefined || (index && operand.scale > 1)) return invalid(operand, at);
  const isStack = base?.name === 'bp';
  const displacementSize = sizeOfDisplacement(displacement, 16, form === 6, wish);
  const mod = displacementSize === 0 ? 0x00 : displacementSize === 1 ? 0x40 : 0x80;
  const segment = overriding(operand, isStack);
  return { bits: 16, segment, modrm: mod | form, sib: -1, displacementSize, rex: 0 };
}

/**
 * The address bytes of a memory operand. `size` is the address size where no register says it;
 * `use` notes when the value of the displacement decided.
 */
export function memoryBytes(
  operand: MemoryOperand,
  size: Mode,
  mode: Mode,
  use: { mask: number },
  at: number,
  wish = 0,
  indexes: 'xmm' | 'ymm' | undefined = undefined,
): AddressBytes | EncodeProblem {
  const { base, index } = operand;
  const long = size === 64 ? 64 : 32;
  if (indexes) {
    const isBase =
      base === undefined
        ? size >= 32
        : base.class === 'general' && (base.bits === 32 || base.bits === 64);
    if (base) use.mask |= 1 << at;
    return isBase ? longAddress(operand, wish, long, mode) : invalid(operand, at);
  }
  const first = base ?? index;
  if (!first) {
    const segment = overriding(operand, false);
    if (size !== 16) return longAddress(operand, wish, long, mode);
    return { bits: 16, segment, modrm: 0x06, sib: -1, displacementSize: 2, rex: 0 };
  }
  if (base) use.mask |= 1 << at;
  const isAddress = first.class === 'general' || first.class === 'flat';
  if (!isAddress || (base && index && base.bits !== index.bits)) return invalid(operand, at);
  if (index && ![1, 2, 4, 8].includes(operand.scale)) return invalid(operand, at);
  if (first.bits === 16 && mode !== 64) return shortAddress(operand, at, wish);
  if (first.bits !== 32 && first.bits !== 64) return invalid(operand, at);
  // (%rip) stands alone; %eiz and %riz are names that only disassemblies use.
  const isPointer = base?.class === 'flat' && base.number === 5 && mode === 64;
  if (base?.class === 'flat' && (!isPointer || index)) return invalid(operand, at);
  if (index && index.class === 'general' && index.number === 4) {
    // GNU as exchanges (%eax,%esp) only where the scale is 1 and was not written; it does not
    // accept it.
    return invalid(operand, at);
  }
  return longAddress(operand, wish, long, mode);
}
