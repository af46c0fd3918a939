// The text of instructions, remembered by shape: prefixes, opcode, ModRM and SIB decide all of it
// but the numbers that follow, so one decoding makes a template with holes and what comes later
// fills them. A template is believed only if it gives back what the decoder says for other numbers
// too (a pseudo-mnemonic of an immediate byte would not); shapes that fail are decoded each time.
// Measured on sqlite3.o at -O2 (257,000 lines): 9 of 10 instructions come from a template.

import { decode, formatAtt, formatIntel } from '@ring0/isa';
import type { DecodedInstruction, DefaultSizes, FormatOptions, Mode } from '@ring0/isa';
import { pieceOf } from '../text-sink.ts';
import type { Piece, TextSink } from '../text-sink.ts';

export type Syntax = 'att' | 'intel';

/** What -M chooses besides: suffixes, mnemonics, sizes that no prefix says. */
export interface Dialect extends Pick<FormatOptions, 'hasSuffixes' | 'mnemonics'> {
  readonly sizes?: DefaultSizes | undefined;
}

/** How a number stands in the text. */
export type Style = 'signed' | 8 | 16 | 32;

export interface Hole {
  /** From the end of the shape's bytes. */
  readonly offset: number;
  readonly size: number;
  readonly isTarget: boolean;
  readonly style: Style;
  /** The sign stands in the text where `+` would: `[ebp-0x4]`. */
  readonly replacesPlus: boolean;
  /** The text behind the number. */
  readonly after: string;
  readonly afterPiece: Piece;
}

export interface Template {
  /** Bytes of the shape. */
  readonly head: number;
  readonly length: number;
  readonly before: string;
  readonly beforePiece: Piece;
  readonly holes: readonly Hole[];
}

/** What the instruction at an address is shown as. */
interface Shown {
  readonly text: string;
  readonly address: number;
}

/** What is known of a shape: its template, that it was seen once, that it has none. */
type Leaf = Template | 'once' | 'none';

/** A link of the tree of shapes: 0 none, from here on the number of a leaf, else a node's. */
const leafMin = 0x8000;
const linksPerNode = 256;
/** Nodes beyond this are not made: their instructions are decoded each time. */
const nodesMax = 0x4000;

/** How the address that a branch goes to is shown, as text and in place. */
export interface Symbolizer {
  text(address: number): string;
  write(address: number, out: TextSink): void;
}

const noNames: Symbolizer = {
  text: (address) => `0x${address.toString(16)}`,
  write: (address, out) => out.text(`0x${address.toString(16)}`),
};

export interface InstructionText {
  readonly length: number;
  readonly text: string;
  readonly isTruncated: boolean;
  /** The address that a branch goes to; undefined: it is none. */
  readonly target: number | undefined;
}

const probes: Readonly<Record<number, readonly [number, number]>> = {
  1: [0x5a, 0x3b],
  2: [0x5a71, 0x3b72],
  4: [0x5a7193b5, 0x3b6284c6],
};
const styles: readonly Style[] = ['signed', 8, 16, 32];
const mark = '\u0001';
/** Immediate bytes that may be part of a mnemonic: comparisons have 32. */
const pseudoMax = 32;
/** After 0F: comparisons, 3DNow's suffix, carry-less multiplication. VEX has them too. */
const pseudoOpcodes: ReadonlySet<number | undefined> = new Set([0x0f, 0x3a, 0xc2]);
const prefixBytes: ReadonlySet<number> = new Set([
  ...[0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x9b],
]);
const lengthMax = 15;

const masks: Readonly<Record<number, number>> = { 8: 0xff, 16: 0xffff };

function numberText(value: number, style: Style): string {
  if (style === 'signed') {
    return value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
  }
  return `0x${(style === 32 ? value >>> 0 : value & masks[style]).toString(16)}`;
}

export class InstructionTexts {
  readonly mode: Mode;
  private readonly syntax: Syntax;
  /** The tree of shapes, a node for each byte of them: links by the byte that follows. */
  private links = new Uint16Array(linksPerNode * 256);
  private nodeCount = 1;
  private readonly leaves: Leaf[] = [];
  private readonly isCaching: boolean;
  /** Set by who shows a section, since it knows the names. */
  symbolizer: Symbolizer = noNames;

  private readonly dialect: Dialect;

  constructor(mode: Mode, syntax: Syntax, isCaching = true, dialect: Dialect = {}) {
    this.mode = mode;
    this.syntax = syntax;
    this.isCaching = isCaching;
    this.dialect = dialect;
  }

  /** The template for the instruction at `offset`; undefined: it must be decoded. */
  find(code: Uint8Array, offset: number): Template | undefined {
    const { links } = this;
    const { length } = code;
    let link = 0;
    for (let at = offset; at < length; at++) {
      link = links[link * linksPerNode + code[at]];
      if (link === 0) return undefined;
      if (link < leafMin) continue;
      const leaf = this.leaves[link - leafMin];
      if (typeof leaf === 'string') return undefined;
      return offset + leaf.length <= length ? leaf : undefined;
    }
    return undefined;
  }

  /** The instruction at `offset`, whose address is `address`, by its template if it has one. */
  at(
    code: Uint8Array,
    offset: number,
    address: number,
    template: Template | undefined,
  ): InstructionText {
    if (!template) return this.decoded(code, offset, address);
    const { mode, symbolizer } = this;
    return filled(template, code, offset, address, mode, (to) => symbolizer.text(to));
  }

  /** Writes what `fill` gives to a line. */
  write(
    { head, length, beforePiece, holes }: Template,
    code: Uint8Array,
    offset: number,
    address: number,
    out: TextSink,
  ): void {
    const { mode } = this;
    out.piece(beforePiece);
    for (let i = 0; i < holes.length; i++) {
      const { offset: hole, size, isTarget, style, replacesPlus, afterPiece } = holes[i];
      const value = signedAt(code, offset + head + hole, size);
      if (isTarget) this.symbolizer.write(targetOf(mode, address + length, value, size), out);
      else if (style === 'signed') {
        const isNegative = value < 0;
        if (isNegative && replacesPlus) out.undo();
        if (isNegative) out.byte(0x2d);
        out.byte(0x30);
        out.byte(0x78);
        out.hex(isNegative ? -value : value);
      } else {
        out.byte(0x30);
        out.byte(0x78);
        out.hex(style === 32 ? value : value & masks[style]);
      }
      if (afterPiece.length > 0) out.piece(afterPiece);
    }
  }

  private decoded(code: Uint8Array, offset: number, address: number): InstructionText {
    const { mode } = this;
    const decoded = decode(code, offset, mode, address, true, this.dialect.sizes);
    const { length } = decoded;
    if (decoded.isTruncated) return { length: 1, text: '', isTruncated: true, target: undefined };
    let target: number | undefined;
    const text = this.format(decoded, (to) => {
      target = to;
      return this.symbolizer.text(to);
    });
    // What is relative to the next instruction shows its address too.
    const isShape = decoded.row !== undefined && decoded.pointed === undefined && !hasQuad(decoded);
    // fwait is an instruction only where none of the coprocessor's follows.
    const isFwait = code[offset + length - 1] === 0x9b && prefixBytes.has(code[offset]);
    if (this.isCaching && isShape && !isFwait && length <= lengthMax) {
      this.learn(code, offset, decoded, { text, address });
    }
    return { length, text, isTruncated: false, target };
  }

  private format(decoded: DecodedInstruction, symbolize: (address: number) => string): string {
    const named = (address: bigint) => symbolize(Number(address));
    const { hasSuffixes, mnemonics } = this.dialect;
    const isPlain = hasSuffixes !== true && mnemonics === undefined;
    const style = isPlain ? named : { symbolize: named, hasSuffixes, mnemonics };
    return this.syntax === 'att' ? formatAtt(decoded, style) : formatIntel(decoded, style);
  }

  /** Makes a template when a shape comes for the second time: half of them come only once. */
  private learn(code: Uint8Array, offset: number, decoded: DecodedInstruction, shown: Shown): void {
    const bytes = new Uint8Array(code.subarray(offset, offset + decoded.length));
    const sizes = holeSizes(decoded, bytes);
    const rest = sizes?.reduce((sum, size) => sum + size, 0) ?? 0;
    const head = sizes ? bytes.length - rest : shapeLength(decoded);
    if (head < 1) return;
    const place = this.place(bytes, head);
    if (place < 0) return;
    const known = this.links[place];
    if (known === 0) {
      if (this.leaves.length >= leafMin) return;
      this.links[place] = leafMin + this.leaves.length;
      this.leaves.push(sizes ? 'once' : 'none');
    } else if (sizes && this.leaves[known - leafMin] === 'once') {
      const template = this.template(bytes, head, sizes, decoded, shown);
      this.leaves[known - leafMin] = template ?? 'none';
    }
  }

  /** Where the link to a shape's leaf stands, its nodes made; -1: no room, or a shorter one is known. */
  private place(bytes: Uint8Array, head: number): number {
    let node = 0;
    for (let i = 0; ; i++) {
      const place = node * linksPerNode + bytes[i];
      const link = this.links[place];
      if (i === head - 1) return link > 0 && link < leafMin ? -1 : place;
      if (link >= leafMin || (link === 0 && this.nodeCount === nodesMax)) return -1;
      node = link;
      if (link !== 0) continue;
      node = this.nodeCount++;
      this.links[place] = node;
      if (this.nodeCount * linksPerNode <= this.links.length) continue;
      const grown = new Uint16Array(this.links.length * 2);
      grown.set(this.links);
      this.links = grown;
    }
  }

  /** The template of an instruction; undefined where its numbers decide more than themselves. */
  private template(
    bytes: Uint8Array,
    head: number,
    sizes: readonly number[],
    decoded: DecodedInstruction,
    shown: Shown,
  ): Template | undefined {
    const { length } = bytes;
    const { text } = shown;
    const offsets = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, size) => sum + size, 0));
    const isTarget = decoded.operands.some(({ kind }) => kind === 'target');
    const probe = (values: readonly number[]): string | undefined => {
      const copy = new Uint8Array(bytes);
      sizes.forEach((size, i) => put(copy, head + offsets[i], size, values[i]));
      const again = decode(copy, 0, this.mode, 0x1000, true, this.dialect.sizes);
      if (again.length !== length || again.isTruncated) return undefined;
      return this.format(again, (to) => `${mark}${to}${mark}`);
    };
    if (sizes.length === 0) {
      return { head, length, before: text, beforePiece: pieceOf(text), holes: [] };
    }
    const plain = probe(sizes.map((size, i) => probes[size][i & 1]));
    if (plain === undefined) return undefined;
    const cut = isTarget ? cutTarget(plain, sizes) : cutNumbers(plain, sizes, offsets, probe);
    if (!cut) return undefined;
    const template: Template = { head, length, ...cut };
    return this.isTrue(template, bytes, sizes, shown, probe) ? template : undefined;
  }

  /** Whether the template gives back the instruction itself, and a pseudo-mnemonic's values. */
  private isTrue(
    template: Template,
    bytes: Uint8Array,
    sizes: readonly number[],
    { text, address }: Shown,
    probe: (values: readonly number[]) => string | undefined,
  ): boolean {
    const { mode, symbolizer } = this;
    const named = (to: number) => symbolizer.text(to);
    const textOf = (code: Uint8Array) => filled(template, code, 0, address, mode, named).text;
    if (textOf(bytes) !== text) return false;
    const last = sizes.length - 1;
    if (sizes[last] !== 1 || !mayBePseudo(bytes) || template.holes.some(isTargetHole)) return true;
    const values = sizes.map((size, i) =>
      signedAt(bytes, template.head + (i > 0 ? sizes[0] : 0), size),
    );
    const copy = new Uint8Array(bytes);
    for (let value = 0; value < pseudoMax; value++) {
      values[last] = value;
      copy[copy.length - 1] = value;
      if (probe(values) !== textOf(copy)) return false;
    }
    return true;
  }
}

/** The text of a template with the numbers that the code has. */
function filled(
  { head, length, before, holes }: Template,
  code: Uint8Array,
  offset: number,
  address: number,
  mode: Mode,
  symbolize: (address: number) => string,
): InstructionText {
  let text = before;
  let target: number | undefined;
  for (const hole of holes) {
    const value = signedAt(code, offset + head + hole.offset, hole.size);
    if (hole.isTarget) {
      target = targetOf(mode, address + length, value, hole.size);
      text += symbolize(target) + hole.after;
    } else if (hole.replacesPlus && value < 0) {
      text = text.slice(0, -1) + numberText(value, hole.style) + hole.after;
    } else text += numberText(value, hole.style) + hole.after;
  }
  return { length, text, isTruncated: false, target };
}

function targetOf(mode: Mode, next: number, distance: number, size: number): number {
  if (mode === 64) return next + distance;
  if (size !== 2) return (next + distance) >>> 0;
  const page = mode === 16 ? (next & 0xffff0000) >>> 0 : 0;
  return page + ((next + distance) & 0xffff);
}

/** Whether the opcode may be one that a last byte gives a mnemonic of its own. */
function mayBePseudo(bytes: Uint8Array): boolean {
  const at = bytes.findIndex((byte) => !prefixBytes.has(byte));
  const first = bytes[at];
  return first === 0x0f ? pseudoOpcodes.has(bytes[at + 1]) : first === 0xc4 || first === 0xc5;
}

function isTargetHole({ isTarget }: Hole): boolean {
  return isTarget;
}

function signedAt(code: Uint8Array, at: number, size: number): number {
  if (size === 1) return (code[at] << 24) >> 24;
  if (size === 2) return ((code[at] | (code[at + 1] << 8)) << 16) >> 16;
  return code[at] | (code[at + 1] << 8) | (code[at + 2] << 16) | (code[at + 3] << 24);
}

function put(bytes: Uint8Array, at: number, size: number, value: number): void {
  for (let i = 0; i < size; i++) bytes[at + i] = (value >> (8 * i)) & 0xff;
}

/** A number of eight bytes, as only movabs has. */
function hasQuad({ row }: DecodedInstruction): boolean {
  return row?.mnemonic === 'movabs';
}

/** Bytes before the displacement and immediates, as far as the operands tell. */
function shapeLength({ operands, length }: DecodedInstruction): number {
  let rest = 0;
  for (const operand of operands) if (operand.kind === 'memory') rest += operand.displacementSize;
  return Math.max(1, Math.min(length - rest, length));
}

/**
 * The sizes of the numbers at the end of the instruction: displacement, then immediate, or a
 * branch's distance. Undefined where they cannot be told.
 */
function holeSizes(decoded: DecodedInstruction, bytes: Uint8Array): number[] | undefined {
  const sizes: number[] = [];
  let immediates = 0;
  for (const operand of decoded.operands) {
    if (operand.kind === 'far') return undefined;
    if (operand.kind === 'target') return [targetSize(bytes)];
    if (operand.kind === 'memory' && operand.displacementSize > 0) {
      if (sizes.length > 0) return undefined;
      sizes.push(operand.displacementSize);
    }
    if (operand.kind === 'immediate' && operand.size > 0) immediates++;
  }
  if (immediates > 1) return undefined;
  if (immediates === 1) {
    const size = immediateSize(decoded, bytes);
    if (size === undefined) return undefined;
    sizes.push(size);
  }
  return sizes;
}

/** A branch's distance is all that follows its opcode. */
function targetSize(bytes: Uint8Array): number {
  const opcode = bytes.findIndex((byte) => !prefixBytes.has(byte) && (byte & 0xf0) !== 0x40);
  const isLong = bytes[opcode] === 0x0f || bytes[opcode] === 0xc7;
  return bytes.length - opcode - (isLong ? 2 : 1);
}

/** Bytes of the immediate: the row says whether a byte is extended to its operand's size. */
function immediateSize(
  { row, operands, operandSize }: DecodedInstruction,
  bytes: Uint8Array,
): number | undefined {
  const index = operands.findIndex(({ kind, ...rest }) => {
    return kind === 'immediate' && 'size' in rest && rest.size > 0;
  });
  const operand = operands[index];
  if (!row || operand?.kind !== 'immediate') return undefined;
  for (const size of [operandSize / 8, 1, 2]) {
    if (size >= bytes.length) continue;
    const value = signedAt(bytes, bytes.length - size, size === 4 ? 4 : size === 2 ? 2 : 1);
    const isKind = row.operands[index]?.kind !== 'simm8' || size === 1;
    const isByte = operand.size !== 1 || size === 1;
    if (
      isKind &&
      isByte &&
      BigInt.asUintN(8 * size, operand.value) === BigInt.asUintN(8 * size, BigInt(value))
    ) {
      return size;
    }
  }
  return undefined;
}

type Cut = Pick<Template, 'before' | 'beforePiece' | 'holes'>;

function cutTarget(text: string, sizes: readonly number[]): Cut | undefined {
  const start = text.indexOf(mark);
  const end = text.lastIndexOf(mark);
  if (start < 0 || start === end) return undefined;
  const hole: Hole = {
    offset: 0,
    size: sizes[0],
    isTarget: true,
    style: 'signed',
    replacesPlus: false,
    after: text.slice(end + 1),
    afterPiece: pieceOf(text.slice(end + 1)),
  };
  const before = text.slice(0, start);
  return { before, beforePiece: pieceOf(before), holes: [hole] };
}

/** Finds the numbers in the text of the probe, and how negative ones are written. */
function cutNumbers(
  text: string,
  sizes: readonly number[],
  offsets: readonly number[],
  probe: (values: readonly number[]) => string | undefined,
): Cut | undefined {
  const negative = sizes.map((size, i) => -probes[size][i & 1] - 1);
  const wanted = probe(negative);
  if (wanted === undefined) return undefined;
  const found = sizes
    .map((size, i) => {
      const shown = `0x${probes[size][i & 1].toString(16)}`;
      return {
        i,
        shown,
        at: text.indexOf(shown),
        isSingle: text.indexOf(shown) === text.lastIndexOf(shown),
      };
    })
    .sort((a, b) => a.at - b.at);
  if (found.some(({ at, isSingle }) => at < 0 || !isSingle)) return undefined;
  // The bytes of the holes stand in the order of the file, the text may have another.
  const before = text.slice(0, found[0].at);
  const holes: Hole[] = [];
  let at = before.length;
  for (let k = 0; k < found.length; k++) {
    const { i, shown } = found[k];
    const after = text.slice(found[k].at + shown.length, found[k + 1]?.at ?? text.length);
    const fits = (style: Style, start: number) =>
      wanted.startsWith(numberText(negative[i], style) + after, start);
    // Only the tail of the text may end in a number of other digits than those tried.
    const isSigned = fits('signed', at);
    const replacesPlus = !isSigned && text[found[k].at - 1] === '+' && fits('signed', at - 1);
    const style = isSigned || replacesPlus ? 'signed' : styles.find((s) => fits(s, at));
    if (style === undefined) return undefined;
    if (replacesPlus) at--;
    at += numberText(negative[i], style).length + after.length;
    const { [i]: offset } = offsets;
    const afterPiece = pieceOf(after);
    holes.push({ offset, size: sizes[i], isTarget: false, style, replacesPlus, after, afterPiece });
  }
  return at === wanted.length ? { before, beforePiece: pieceOf(before), holes } : undefined;
}
