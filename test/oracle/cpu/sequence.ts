// Sequences: two to sixteen instructions one after the other, so that what one leaves (flags, records, registers, bytes of
// code) is what the next takes. Each is made for the registers that our processor has after those before it, so that
// addresses come to something; what it wants in registers is loaded by moves, which count too. Flags that are undefined
// at some point are read by nothing behind it. A third end in a jump back, so that the records run again, hot; some write
// the code that follows them, or an immediate inside the loop.

import { decode } from '@ring0/isa';
import { undefinedFlags } from './compare.ts';
import {
  type Generated,
  type Site,
  chooseSite,
  isTranscendental,
  makeInstruction,
} from './generate.ts';
import { CODE_ADDRESS, CODE_BYTES, type Case, type Outcome, type Patch } from './native.ts';
import { CLEAN_FPU, type Random, littleEndian, pick, randomFlags, rarely } from './random.ts';
import type { RingThree } from './ring-three.ts';
import type { Cell } from './rows.ts';
import { baseOf } from './segments.ts';
import { anyFpu } from './x87-values.ts';

const CS = 1;
const INT3_VECTOR = 3;
const FLAG_BITS = { o: 0x800, s: 0x80, z: 0x40, a: 0x10, p: 4, c: 1 } as const;

/**
 * What ends a process's turn, or leaves more than the comparison can see. The last four look at any descriptor, and a random
 * selector may be one of the host kernel's own.
 */
const NOT_IN_SEQUENCES = new Set(
  'iret popa int int3 into bound ud2 hlt verr verw lar lsl'.split(' '),
);

function isPrivileged(cell: Cell): boolean {
  const { attributes, mnemonic } = cell.row;
  return attributes.has('cpl0') || attributes.has('iopl') || NOT_IN_SEQUENCES.has(mnemonic);
}

/** Cells whose instructions may stand in sequences, gathered by row so that rows weigh the same. */
export function sequenceRows(cells: readonly Cell[]): Cell[][] {
  const byRow = new Map<number, Cell[]>();
  for (const cell of cells) {
    const isLockFault = cell.prefix === 'lock' && !cell.row.attributes.has('lock');
    const isShort = cell.address?.bits === 16;
    if (isPrivileged(cell) || isLockFault || isShort || isTranscendental(cell.row)) continue;
    const list = byRow.get(cell.row.index) ?? [];
    list.push(cell);
    byRow.set(cell.row.index, list);
  }
  return [...byRow.values()];
}

function bitsOf(letters: string): number {
  let bits = 0;
  for (const [letter, bit] of Object.entries(FLAG_BITS)) if (letters.includes(letter)) bits |= bit;
  return bits;
}

class Sequence {
  readonly pieces: Patch[] = [];
  readonly addresses: number[] = [];
  readonly patches: Patch[] = [];
  /** Flags that are undefined here, and that were at some point. */
  masked = 0;
  everMasked = 0;
  last: Outcome | undefined;
  readonly site: Site;
  private readonly start: Omit<Case, 'code' | 'patches'>;
  private readonly random: Random;
  private readonly machine: RingThree;
  private readonly pool: Uint8Array;

  constructor(random: Random, machine: RingThree, pool: Uint8Array) {
    this.random = random;
    this.machine = machine;
    this.pool = pool;
    this.site = chooseSite(random, false, 12);
    const { at, segments } = this.site;
    this.start = {
      at,
      eip: (at - baseOf(segments[CS])) >>> 0,
      registers: this.site.registers,
      segments,
      eflags: randomFlags(random),
      fpu: rarely(random, 3) ? anyFpu(random) : CLEAN_FPU,
    };
  }

  /** Linear address of the next instruction. */
  get at(): number {
    if (this.last === undefined) return this.start.at;
    return (baseOf(this.last.segments[CS]) + this.last.eip - 1) >>> 0;
  }

  get endsBehindLast(): boolean {
    const piece = this.pieces.at(-1);
    if (this.last?.vector !== INT3_VECTOR || piece === undefined) return false;
    return this.at === piece.at + piece.bytes.length;
  }

  get test(): Case {
    const [first, ...rest] = this.pieces;
    return { ...this.start, code: first.bytes, patches: [...this.patches, ...rest] };
  }

  private isFree(at: number, length: number): boolean {
    if (at < CODE_ADDRESS || at + length > CODE_ADDRESS + CODE_BYTES) return false;
    return this.pieces.every(
      (piece) => at >= piece.at + piece.bytes.length || at + length <= piece.at,
    );
  }

  /** A jump into the middle of an instruction would run bytes whose undefined flags nobody has noted. */
  private landsInside(code: Uint8Array): boolean {
    const { operands } = decode(code, 0, this.site.mode, 0);
    const target = operands.find((operand) => operand.kind === 'target');
    if (target?.kind !== 'target') return false;
    const to = (this.at + Number(target.address)) >>> 0;
    return this.pieces.some((piece) => to > piece.at && to < piece.at + piece.bytes.length);
  }

  /** Adds an instruction where the code has come to, and runs it all; false: nothing more can follow. */
  add(code: Uint8Array): boolean {
    const { at } = this;
    if (!this.isFree(at, code.length) || this.landsInside(code)) return false;
    this.pieces.push({ at, bytes: code });
    this.addresses.push(at);
    const outcome = this.machine.run(this.test, this.pool);
    if (outcome === undefined) {
      this.pieces.pop();
      this.addresses.pop();
      return false;
    }
    this.last = outcome;
    const isInt3 = outcome.vector === INT3_VECTOR && outcome.changes.length < 400;
    return isInt3 && this.hasSameCode(outcome);
  }

  /** Mode and segments of the start hold still: what follows is made for them. */
  private hasSameCode(outcome: Outcome): boolean {
    return outcome.segments[CS] === this.site.segments[CS];
  }

  get registers(): readonly number[] {
    return this.last?.registers ?? this.start.registers;
  }

  /** Adds moves of what the instruction wants in registers, then itself. */
  addMade(code: Uint8Array, wanted: readonly number[]): boolean {
    const prefix = this.site.mode === 16 ? [0x66] : [];
    for (let i = 0; i < 8; i++) {
      if (wanted[i] === this.registers[i]) continue;
      const move = [...prefix, 0xb8 + i, ...littleEndian(wanted[i], 4)];
      if (!this.add(Uint8Array.from(move))) return false;
    }
    return this.add(code);
  }

  /** Whether the instruction reads a flag that is undefined here; else notes what it leaves undefined. */
  admits(code: Uint8Array, registers: readonly number[]): boolean {
    const instruction = decode(code, 0, this.site.mode, 0);
    const { row } = instruction;
    if (row === undefined) return true;
    const { read, written, cleared, set } = row.flags;
    const isLookingAtAll = row.mnemonic === 'pushf' || row.mnemonic === 'lahf';
    if ((this.masked & (isLookingAtAll ? 0x8d5 : bitsOf(read))) !== 0) return false;
    const undefinedNow = undefinedFlags(instruction, registers);
    const changesForSure = !row.attributes.has('repe') && !/^(sh|ro|rc|sa)/.test(row.mnemonic);
    const defined = changesForSure ? bitsOf(written + cleared + set) : 0;
    this.masked = (this.masked & ~defined) | undefinedNow;
    this.everMasked |= this.masked;
    return true;
  }

  /** One more instruction of some row. */
  step(rowCells: readonly (readonly Cell[])[]): boolean {
    const { random } = this;
    for (let i = 0; i < 20; i++) {
      const cell = pick(random, pick(random, rowCells));
      const site = { ...this.site, at: this.at, registers: this.registers };
      const made = makeInstruction(cell, site, random);
      const { masked } = this;
      if (made === undefined || !this.admits(made.code, made.registers)) continue;
      if (rarely(random, 2))
        this.patches.push(...made.patches.filter(({ at }) => at < CODE_ADDRESS));
      const goesOn = this.addMade(made.code, made.registers);
      if (this.pieces.at(-1)?.bytes !== made.code) this.masked = masked;
      return goesOn;
    }
    return false;
  }

  /** mov dword ptr [behind], four instructions of a byte: the code that runs next is written just before. */
  writeAhead(): boolean {
    if (this.site.mode === 16 || baseOf(this.site.segments[3]) !== 0) return true;
    const simple = [0x40, 0x43, 0x48, 0x4f, 0x90, 0x91, 0x96, 0x99, 0xf8, 0xf9, 0xfc];
    const bytes = [0, 1, 2, 3].map(() => pick(this.random, simple));
    const after = this.at + 10;
    return this.add(Uint8Array.from([0xc7, 0x05, ...littleEndian(after, 4), ...bytes]));
  }

  /** A loop round everything: changes an immediate in it, counts memory down, and jumps back. */
  closeLoop(): boolean {
    const { mode, segments } = this.site;
    if (mode === 16 || baseOf(segments[3]) !== 0 || this.last?.vector !== INT3_VECTOR) return false;
    const { random } = this;
    const counter = 0x40000f00 + random(32) * 4;
    const target = this.at + 1;
    const byte = Uint8Array.from([0xb0 + random(4), random(256)]);
    if (!this.add(byte)) return false;
    if (!this.add(Uint8Array.from([0x80, 0x05, ...littleEndian(target, 4), 1 + random(9)])))
      return false;
    this.patches.push({ at: counter, bytes: Uint8Array.from(littleEndian(3 + random(60), 4)) });
    if (!this.add(Uint8Array.from([0x83, 0x2d, ...littleEndian(counter, 4), 1]))) return false;
    this.masked = 0;
    const distance = this.start.at - (this.at + 6);
    return this.add(Uint8Array.from([0x0f, 0x85, ...littleEndian(distance >>> 0, 4)]));
  }
}

/** A sequence, with the flags undefined after it. */
export function generateSequence(
  rowCells: readonly (readonly Cell[])[],
  random: Random,
  machine: RingThree,
  pool: Uint8Array,
): { made: Generated; masked: number } {
  const sequence = new Sequence(random, machine, pool);
  const count = 2 + random(11);
  let goesOn = true;
  for (let i = 0; i < count && goesOn; i++) {
    goesOn = rarely(random, 12) ? sequence.writeAhead() : sequence.step(rowCells);
  }
  if (goesOn && rarely(random, 3)) sequence.closeLoop();
  if (sequence.pieces.length === 0) return generateSequence(rowCells, random, machine, pool);
  const { test, addresses, site } = sequence;
  // A loop may end elsewhere than the straight way through it, for which the flags were followed.
  const masked = sequence.endsBehindLast ? sequence.masked : sequence.everMasked;
  return { made: { test, mode: site.mode, addresses }, masked };
}
