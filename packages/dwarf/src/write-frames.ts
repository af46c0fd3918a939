// Call frame information (DWARF 5, 6.4) as .eh_frame (LSB 5.0, 10.6) or .debug_frame. Addresses are
// final: the assembler calls this after relaxation. Common entries are shared the way GNU as shares
// them, so that equal input gives equal bytes.

import { ByteWriter } from '@ring0/bytes';

/** Registers are DWARF numbers; offsets are bytes, not factored. */
export type FrameInstruction =
  | { readonly kind: 'defCfa'; readonly register: number; readonly offset: number }
  | { readonly kind: 'defCfaRegister'; readonly register: number }
  | { readonly kind: 'defCfaOffset'; readonly offset: number }
  | { readonly kind: 'offset'; readonly register: number; readonly offset: number }
  | { readonly kind: 'valOffset'; readonly register: number; readonly offset: number }
  | { readonly kind: 'register'; readonly register: number; readonly other: number }
  | { readonly kind: 'restore'; readonly register: number }
  | { readonly kind: 'undefined'; readonly register: number }
  | { readonly kind: 'sameValue'; readonly register: number }
  | { readonly kind: 'rememberState' }
  | { readonly kind: 'restoreState' }
  | { readonly kind: 'windowSave' }
  | { readonly kind: 'escape'; readonly bytes: Uint8Array }
  /** The register's value is an address, encoded as DW_EH_PE_ says; `target` is its number. */
  | {
      readonly kind: 'valueAddress';
      readonly register: number;
      readonly encoding: number;
      readonly target: number;
    }
  /** A place in the frame section that somebody refers to. */
  | { readonly kind: 'label'; readonly label: number };

/** An address that a relocation fills: what `target` is, only the caller knows. */
export interface FramePointer<Target> {
  /** DW_EH_PE_. */
  readonly encoding: number;
  readonly target: Target;
}

export interface FrameDescription<Target> {
  /** Bytes from the start of the procedure. */
  readonly instructions: readonly { readonly at: number; readonly instruction: FrameInstruction }[];
  readonly start: Target;
  readonly length: number;
  readonly isSimple: boolean;
  readonly isSignalFrame: boolean;
  readonly returnColumn: number;
  readonly personality: FramePointer<Target> | undefined;
  readonly languageData: FramePointer<Target> | undefined;
  /** What `valueAddress` refers to by number. */
  readonly targets?: readonly Target[] | undefined;
}

/** A field at `offset` that takes the address of `target`, or its distance. */
export interface FrameRelocation<Target> {
  readonly offset: number;
  /** Undefined: this section itself, `addend` bytes from its start. */
  readonly target: Target | undefined;
  readonly addend: number;
  readonly isRelative: boolean;
  readonly size: 2 | 4 | 8;
}

export interface FrameSection<Target> {
  readonly bytes: Uint8Array;
  readonly relocations: readonly FrameRelocation<Target>[];
  /** Offsets of labels by their numbers. */
  readonly labels: ReadonlyMap<number, number>;
}

export interface FrameOptions<Target> {
  /** .eh_frame instead of .debug_frame. */
  readonly isEh: boolean;
  readonly isSameTarget: (a: Target, b: Target) => boolean;
  /** Of the common entries: 1 (the default), 3 or 4. */
  readonly version?: number | undefined;
  /** 8 for x86-64, whose frames begin otherwise; default 4. */
  readonly addressSize?: 4 | 8 | undefined;
}

const omit = 0xff;
const pcRelativeSigned4 = 0x1b;

const op = {
  advance: 0x40,
  offset: 0x80,
  restore: 0xc0,
  nop: 0,
  advance1: 2,
  advance2: 3,
  advance4: 4,
  offsetExtended: 5,
  restoreExtended: 6,
  undefined: 7,
  sameValue: 8,
  register: 9,
  rememberState: 0x0a,
  restoreState: 0x0b,
  defCfa: 0x0c,
  defCfaRegister: 0x0d,
  defCfaOffset: 0x0e,
  offsetExtendedSigned: 0x11,
  defCfaSigned: 0x12,
  defCfaOffsetSigned: 0x13,
  valOffset: 0x14,
  valOffsetSigned: 0x15,
  valueExpression: 0x16,
  windowSave: 0x2d,
} as const;

/** In units of the data alignment; a rest is dropped, as GNU as drops it. */
const factor = (offset: number, word: number): number => Math.trunc(offset / -word);

function writeOffset(writer: ByteWriter, register: number, factored: number): void {
  if (factored < 0) {
    writer.u8(op.offsetExtendedSigned);
    writer.uleb128(register);
    writer.sleb128(factored);
  } else if (register < 0x40) {
    writer.u8(op.offset + register);
    writer.uleb128(factored);
  } else {
    writer.u8(op.offsetExtended);
    writer.uleb128(register);
    writer.uleb128(factored);
  }
}

function writeInstruction(writer: ByteWriter, instruction: FrameInstruction, word: number): void {
  const withRegister = (code: number, register: number) => {
    writer.u8(code);
    writer.uleb128(register);
  };
  switch (instruction.kind) {
    case 'defCfa':
      if (instruction.offset < 0) {
        withRegister(op.defCfaSigned, instruction.register);
        writer.sleb128(factor(instruction.offset, word));
      } else {
        withRegister(op.defCfa, instruction.register);
        writer.uleb128(instruction.offset);
      }
      return;
    case 'defCfaRegister':
      return withRegister(op.defCfaRegister, instruction.register);
    case 'defCfaOffset':
      if (instruction.offset < 0) {
        writer.u8(op.defCfaOffsetSigned);
        writer.sleb128(factor(instruction.offset, word));
      } else {
        writer.u8(op.defCfaOffset);
        writer.uleb128(instruction.offset);
      }
      return;
    case 'offset':
      return writeOffset(writer, instruction.register, factor(instruction.offset, word));
    case 'valOffset': {
      const factored = factor(instruction.offset, word);
      withRegister(factored < 0 ? op.valOffsetSigned : op.valOffset, instruction.register);
      if (factored < 0) writer.sleb128(factored);
      else writer.uleb128(factored);
      return;
    }
    case 'register':
      withRegister(op.register, instruction.register);
      writer.uleb128(instruction.other);
      return;
    case 'restore':
      if (instruction.register < 0x40) writer.u8(op.restore + instruction.register);
      else withRegister(op.restoreExtended, instruction.register);
      return;
    case 'undefined':
      return withRegister(op.undefined, instruction.register);
    case 'sameValue':
      return withRegister(op.sameValue, instruction.register);
    case 'rememberState':
      return writer.u8(op.rememberState);
    case 'restoreState':
      return writer.u8(op.restoreState);
    case 'windowSave':
      return writer.u8(op.windowSave);
    case 'escape':
      return writer.bytes(instruction.bytes);
    case 'valueAddress':
    case 'label':
      throw new Error(`'${instruction.kind}' needs the section it stands in`);
  }
}

/** Bytes of a pointer, from the low half of its encoding; `word`: of an address. */
function pointerSize(encoding: number, word: 4 | 8): 2 | 4 | 8 {
  const size = encoding & 7;
  return size === 0 ? word : size === 2 ? 2 : size === 4 ? 8 : 4;
}

const isRelativeEncoding = (encoding: number) => (encoding & 0x70) === 0x10;
const [opAddress, opEncodedAddress] = [0x03, 0xf1];

function writeAdvance(writer: ByteWriter, delta: number): void {
  if (delta === 0) return;
  if (delta < 0x40) writer.u8(op.advance + delta);
  else if (delta <= 0xff) {
    writer.u8(op.advance1);
    writer.u8(delta);
  } else if (delta <= 0xffff) {
    writer.u8(op.advance2);
    writer.u16(delta);
  } else {
    writer.u8(op.advance4);
    writer.u32(delta);
  }
}

/** What distinguishes one common entry from another, and where it stands. */
interface CommonEntry<Target> {
  readonly offset: number;
  readonly description: FrameDescription<Target>;
  readonly initial: readonly FrameInstruction[];
}

/** These are never part of a common entry. */
const own: ReadonlySet<string> = new Set(['rememberState', 'escape', 'valueAddress', 'label']);

/** The instructions before the first advance are common to procedures that begin alike. */
function initialCount<Target>(description: FrameDescription<Target>): number {
  const { instructions } = description;
  let count = 0;
  while (count < instructions.length) {
    const { at, instruction } = instructions[count];
    if (at !== 0 || own.has(instruction.kind)) break;
    count++;
  }
  return count;
}

/** How every procedure begins: esp is a word below the frame's base, where eip lies. */
function usualStart(word: 4 | 8): readonly FrameInstruction[] {
  const [stack, pointer] = word === 4 ? [4, 8] : [7, 16];
  return [
    { kind: 'defCfa', register: stack, offset: word },
    { kind: 'offset', register: pointer, offset: -word },
  ];
}

/** The description with the usual beginning as instructions of its own. */
function withUsualStart<Target>(
  description: FrameDescription<Target>,
  word: 4 | 8,
): FrameDescription<Target> {
  if (description.isSimple) return description;
  const start = usualStart(word).map((instruction) => ({ at: 0, instruction }));
  return { ...description, instructions: [...start, ...description.instructions] };
}

class FrameWriter<Target> {
  private readonly writer = new ByteWriter(1024);
  private readonly relocations: FrameRelocation<Target>[] = [];
  private readonly common: CommonEntry<Target>[] = [];
  private readonly labels = new Map<number, number>();
  private readonly isEh: boolean;
  private readonly version: number;
  private readonly word: 4 | 8;
  private readonly isSameTarget: (a: Target, b: Target) => boolean;

  constructor({ isEh, isSameTarget, version = 1, addressSize = 4 }: FrameOptions<Target>) {
    this.word = addressSize;
    this.isEh = isEh;
    this.version = version;
    this.isSameTarget = isSameTarget;
  }

  write(descriptions: readonly FrameDescription<Target>[]): FrameSection<Target> {
    for (const description of descriptions) {
      const whole = withUsualStart(description, this.word);
      const isLast = description === descriptions.at(-1);
      this.describe(whole, this.findCommon(whole) ?? this.commonEntry(whole), isLast);
    }
    const { relocations, labels } = this;
    return { bytes: this.writer.take(), relocations, labels };
  }

  private findCommon(description: FrameDescription<Target>): CommonEntry<Target> | undefined {
    const count = initialCount(description);
    // The latest that fits is taken.
    return this.common.findLast((entry) => {
      const other = entry.description;
      if (
        other.returnColumn !== description.returnColumn ||
        other.isSignalFrame !== description.isSignalFrame ||
        other.languageData?.encoding !== description.languageData?.encoding ||
        !this.isSamePersonality(other, description) ||
        entry.initial.length > count
      ) {
        return false;
      }
      return entry.initial.every(
        (instruction, i) =>
          JSON.stringify(instruction) === JSON.stringify(description.instructions[i].instruction),
      );
    });
  }

  private isSamePersonality(a: FrameDescription<Target>, b: FrameDescription<Target>): boolean {
    if (!a.personality || !b.personality) return a.personality === b.personality;
    if (a.personality.encoding !== b.personality.encoding) return false;
    return this.isSameTarget(a.personality.target, b.personality.target);
  }

  private pointer(target: Target, isRelative: boolean, size: 2 | 4 | 8): void {
    this.relocations.push({ offset: this.writer.length, target, addend: 0, isRelative, size });
    this.writer.fill(size);
  }

  /** A field that its encoding describes. */
  private encoded(target: Target, encoding: number): void {
    this.pointer(target, isRelativeEncoding(encoding), pointerSize(encoding, this.word));
  }

  private instruction(instruction: FrameInstruction, targets: readonly Target[]): void {
    const { writer } = this;
    if (instruction.kind === 'label') this.labels.set(instruction.label, writer.length);
    else if (instruction.kind === 'valueAddress') {
      const { register, encoding } = instruction;
      writer.u8(op.valueExpression);
      writer.uleb128(register);
      const isPlain = encoding === 0;
      writer.uleb128(pointerSize(encoding, this.word) + (isPlain ? 1 : 2));
      if (isPlain) writer.u8(opAddress);
      else {
        writer.u8(opEncodedAddress);
        writer.u8(encoding);
      }
      this.encoded(targets[instruction.target], encoding);
    } else writeInstruction(writer, instruction, this.word);
  }

  private commonEntry(description: FrameDescription<Target>): CommonEntry<Target> {
    const { writer } = this;
    const offset = writer.length;
    const count = initialCount(description);
    const initial = description.instructions.slice(0, count).map((entry) => entry.instruction);
    writer.u32(0);
    writer.u32(this.isEh ? 0 : 0xffffffff);
    writer.u8(this.version);
    const { personality, languageData, isSignalFrame } = description;
    if (this.isEh) {
      let augmentation = 'z';
      if (personality) augmentation += 'P';
      if (languageData) augmentation += 'L';
      augmentation += 'R';
      if (isSignalFrame) augmentation += 'S';
      writer.cstring(augmentation);
    } else writer.cstring(isSignalFrame ? 'S' : '');
    if (this.version >= 4) {
      // The size of addresses, as GNU as has it, and of segments.
      writer.u8(8);
      writer.u8(0);
    }
    writer.uleb128(1);
    writer.sleb128(-this.word);
    if (this.version === 1) writer.u8(description.returnColumn);
    else writer.uleb128(description.returnColumn);
    if (this.isEh) {
      const length = personality ? 1 + pointerSize(personality.encoding, this.word) : 0;
      writer.uleb128(1 + length + (languageData ? 1 : 0));
      if (personality) {
        writer.u8(personality.encoding);
        this.encoded(personality.target, personality.encoding);
      }
      if (languageData) writer.u8(languageData.encoding);
      writer.u8(pcRelativeSigned4);
    }
    for (const instruction of initial) writeInstruction(writer, instruction, this.word);
    this.finishEntry(offset);
    const entry = { offset, description, initial };
    this.common.push(entry);
    return entry;
  }

  private describe(
    description: FrameDescription<Target>,
    entry: CommonEntry<Target>,
    isLast: boolean,
  ): void {
    const { writer } = this;
    const offset = writer.length;
    writer.u32(0);
    if (this.isEh) writer.u32(writer.length - entry.offset);
    else {
      const at = { offset: writer.length, target: undefined, addend: entry.offset };
      this.relocations.push({ ...at, isRelative: false, size: 4 });
      writer.u32(0);
    }
    this.pointer(description.start, this.isEh, this.isEh ? 4 : this.word);
    writer.u32(description.length);
    if (!this.isEh && this.word === 8) writer.u32(0);
    const { languageData } = description;
    if (this.isEh) {
      const isAbsent = !languageData || languageData.encoding === omit;
      writer.uleb128(isAbsent ? 0 : pointerSize(languageData.encoding, this.word));
      if (!isAbsent) this.encoded(languageData.target, languageData.encoding);
    }
    let at = 0;
    for (const step of description.instructions.slice(entry.initial.length)) {
      writeAdvance(writer, step.at - at);
      at = step.at;
      this.instruction(step.instruction, description.targets ?? []);
    }
    this.finishEntry(offset, isLast);
  }

  /** Pads to the alignment of entries, or of the whole at the end, and fills in the length. */
  private finishEntry(offset: number, isLast = false): void {
    this.writer.align(this.isEh && !isLast ? 4 : this.word, op.nop);
    this.writer.patchU32(offset, this.writer.length - offset - 4);
  }
}

/**
 * Writes the frame section; `isEh` chooses .eh_frame over .debug_frame. Relocations come in the
 * order of their fields; the fields are zero.
 */
export function writeFrames<Target>(
  descriptions: readonly FrameDescription<Target>[],
  options: FrameOptions<Target>,
): FrameSection<Target> {
  return new FrameWriter<Target>(options).write(descriptions);
}
