// The form of a decoded instruction: eight words in the code cache's `records`. The decoder writes them, handlers and
// the interpreter read them. Byte registers are kept as byte offsets into the register file (AH is 1), others by number.

import type { Cpu } from './cpu.ts';

/** Words of a record. */
export const RECORD = 8;
/**
 * Packed: the handler's number, or a case of the interpreter, in OP_MASK; and for the interpreter, which has this word at
 * hand, the operands again: W_RM from bit 10, W_REG from bit 15, W_BASE 20, W_INDEX 24, log2 of the scale 28.
 */
export const W_OP = 0;
export const OP_MASK = 0x3ff;
export const OP_RM_SHIFT = 10;
export const OP_REG_SHIFT = 15;
export const OP_BASE_SHIFT = 20;
export const OP_INDEX_SHIFT = 24;
export const OP_SCALE_SHIFT = 28;
/** ModRM.reg, or the register in the opcode's low bits. */
export const W_REG = 1;
/** The register that ModRM.rm names, when it is no memory operand. */
export const W_RM = 2;
/** Displacement; for relative jumps the target, relative to the start of the page. */
export const W_DISP = 3;
export const W_BASE = 4;
export const W_INDEX = 5;
/** Immediate; for jumps inside the page the target's record, or 0. */
export const W_IMM = 6;
/** Packed, see below. */
export const W_INFO = 7;

// W_INFO: offset in page 0..11, length 12..15, segment 16..18, log2 of operand bytes 19..20, 32-bit addresses 21,
// repeat prefix 22..23 (1 REPNE, 2 REP), lock 24, memory operand 25, 32-bit operand attribute 26, log2 of scale 30..31.
export const INFO_LENGTH_SHIFT = 12;
export const INFO_SEGMENT_SHIFT = 16;
export const INFO_SIZE_SHIFT = 19;
export const INFO_ADDRESS32 = 1 << 21;
export const INFO_REPEAT_SHIFT = 22;
export const INFO_LOCK = 1 << 24;
export const INFO_MEMORY = 1 << 25;
export const INFO_OPERAND32 = 1 << 26;
export const INFO_SCALE_SHIFT = 30;

/** What the interpreter does after a handler: go on, look EIP up, or look EIP up in a fresh slice. */
export const NEXT = 0;
export const JUMP = 1;
export const LEAVE = 2;

/** Executes the instruction at record `p`; EIP already points behind it. Faults by throwing FAULT. */
export type Handler = (cpu: Cpu, p: number) => number;
