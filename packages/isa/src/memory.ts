// The ModRM and SIB bytes of a memory operand, and the size of its displacement (SDM vol. 2, tables
// 2-1 to 2-3).

import type { EncodeProblem, MemoryOperand, Mode } from './model.ts';
import { problem } from './problems.ts';

export interface AddressBytes {
  readonly bits: 16 | 32;
  /** The prefix byte of a segment that is not the address's own. */
  readonly segment: number | undefined;
  /** mod and r/m; the reg field is 0. */
  readonly modrm: number;
  /** -1: none. */
  readonly sib: number;
  readonly displacementSize: 0 | 1 | 2 | 4;
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
  bits: 16 | 32,
  isNeeded: boolean,
  wish: number,
): 0 | 1 | 2 | 4 {
  const wide = bits === 16 ? 2 : 4;
  if (wish === bits) return wide;
  if (value === undefined) return wide;
  if (wish === 8 && value >= -128n && value <= 127n) return 1;
  // Of the low 32 bits, what fits the address is folded to a signed number, as GNU as does.
  const low = BigInt.asIntN(32, value);
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
  return problem('A0205', message, index, [
    base?.bits === 16 || second?.bits === 16
      ? '16-bit addresses: (%bx) (%bp) (%si) (%di), and %bx or %bp with %si or %di'
      : '32-bit addresses: a base, an index other than %esp, scale 1, 2, 4 or 8',
  ]);
}

function longAddress(operand: MemoryOperand, wish: number): AddressBytes {
  const { base, index } = operand;
  const displacement = operand.isDisplacementPresent ? operand.displacement : 0n;
  const isStack = base !== undefined && (base.number === 4 || base.number === 5);
  const segment = overriding(operand, isStack);
  const scale = Math.log2(operand.scale) << 6;
  const wanted = index && index.class !== 'flat' ? index.number << 3 : 0x20;
  if (!base) {
    if (!index) return { bits: 32, segment, modrm: 0x05, sib: -1, displacementSize: 4 };
    return { bits: 32, segment, modrm: 0x04, sib: scale | wanted | 5, displacementSize: 4 };
  }
  const displacementSize = sizeOfDisplacement(displacement, 32, base.number === 5, wish);
  const mod = displacementSize === 0 ? 0x00 : displacementSize === 1 ? 0x40 : 0x80;
  if (!index && base.number !== 4) {
    return { bits: 32, segment, modrm: mod | base.number, sib: -1, displacementSize };
  }
  const sib = (index ? scale : 0) | wanted | base.number;
  return { bits: 32, segment, modrm: mod | 0x04, sib, displacementSize };
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
  return { bits: 16, segment, modrm: mod | form, sib: -1, displacementSize };
}

/**
 * The address bytes of a memory operand. `size` is the address size where no register says it;
 * `use` notes when the value of the displacement decided.
 */
export function memoryBytes(
  operand: MemoryOperand,
  size: Mode,
  use: { mask: number },
  at: number,
  wish = 0,
  indexes: 'xmm' | 'ymm' | undefined = undefined,
): AddressBytes | EncodeProblem {
  const { base, index } = operand;
  if (indexes) {
    const isBase = base === undefined ? size === 32 : base.class === 'general' && base.bits === 32;
    if (base) use.mask |= 1 << at;
    return isBase ? longAddress(operand, wish) : invalid(operand, at);
  }
  const first = base ?? index;
  if (!first) {
    const segment = overriding(operand, false);
    if (size === 16) return { bits: 16, segment, modrm: 0x06, sib: -1, displacementSize: 2 };
    return longAddress(operand, wish);
  }
  if (base) use.mask |= 1 << at;
  const isAddress = first.class === 'general' || first.class === 'flat';
  if (!isAddress || (base && index && base.bits !== index.bits)) return invalid(operand, at);
  if (index && ![1, 2, 4, 8].includes(operand.scale)) return invalid(operand, at);
  if (first.bits === 16) return shortAddress(operand, at, wish);
  if (first.bits !== 32 || base?.class === 'flat') return invalid(operand, at);
  if (index && index.class === 'general' && index.number === 4) {
    // GNU as exchanges (%eax,%esp) only where the scale is 1 and was not written; it does not
    // accept it.
    return invalid(operand, at);
  }
  return longAddress(operand, wish);
}
