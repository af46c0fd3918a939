// A row of the instruction table: its parts, how its text is read, and how it prints itself back. A
// row is one line,
//
//     mnemonic | operands | encoding | flags | attributes | processor
//     add | rw r/m:v, r r:v | 01 /r | w:oszapc | lock | 8086
//
// Operands stand in the manual's order (destination first), each with its access: r, w, rw, or -
// for an address that is not accessed. Sizes: b 8, w 16, d 32, q 64, v the operand size (16 or 32),
// or what the manual writes for memory (m32fp, m16&32, m512byte). The encoding is the manual's (SDM
// vol. 2, 3.1.1.1), where z in iz, cz and pz is the operand size, mo an offset of the address size,
// o16 o32 a16 a32 fix a size, and a leading F2, F3 or 9B is part of the instruction. Flags: r read,
// w written, u undefined, 0 cleared, 1 set. Attributes:
//
//     lock rep repe     the prefixes that the instruction takes
//     cpl0 iopl         privilege
//     no64              does not exist in 64-bit mode
//     as:NAME,NAME      the names in AT&T syntax, the printed one first
//     suffix:S          in AT&T syntax the operand's size is this suffix
//     size:mode         no suffix means the mode's size, else the suffix shows
//     size:shown        the suffix is always shown; size:hidden: never
//     size:none         AT&T syntax takes no suffix
//     omit:X,Y          operands that AT&T syntax may leave out: all of them, acc, 1, CL, ST(0)
//     sized             the operand size matters though no operand shows it; unsized: it does not
//     indirect          AT&T syntax writes * before the operand
//     plain             only with the mode's operand size, so that other prefixes mean another row
//     short             the suffix of the 16-bit form is s
//     unlisted          disassemblies do not show it
//     bare              the assembler takes no suffix, though one may be shown
//     default           without suffix and register, this row is chosen (with a warning)
//     translated        the assembler warns that it takes the mnemonic for another
//     order:same        AT&T syntax keeps the manual's order
//     implied           Intel syntax does not show the operands
//     either            the assembler takes the two operands in both orders
//     same              the register stands for two operands of the encoding
//     widens            only with 32 bits does the assembler take it
//     alias             for the assembler only: another row is what the bytes decode to
//     decode            for the decoder only

import type { Register } from './model.ts';
import { generalByte, generalWord, registerByName, stackTop } from './registers.ts';

export type Access = 'r' | 'w' | 'rw' | '-';

export type SizeCode = 'b' | 'w' | 'd' | 'q' | 'v' | '';

export type OperandKind =
  | 'rm' // r/m: register or memory
  | 'rvm' // r/m, the register of the operand size, the memory of 16 bits
  | 'reg'
  | 'mem'
  | 'accumulator' // al, ax, eax
  | 'fixed' // one named register
  | 'count1' // the constant 1 of the shifts
  | 'imm' // an immediate of the operand's size
  | 'simm8' // a sign-extended byte
  | 'ubyte' // imm8, a byte of its own
  | 'uword' // imm16
  | 'const3'
  | 'rel'
  | 'far' // ptr16:16, ptr16:32
  | 'moffs'
  | 'sreg'
  | 'creg'
  | 'dreg'
  | 'treg'
  | 'st' // ST(i)
  | 'source' // DS:[eSI]
  | 'destination' // ES:[eDI]
  | 'table'; // DS:[eBX] of xlat

export interface OperandSpec {
  readonly access: Access;
  readonly kind: OperandKind;
  readonly size: SizeCode;
  /** The manual's name of a memory operand of another size: 32fp, 16&32, 512byte; without the m. */
  readonly memory: string;
  readonly register: Register | undefined;
  readonly text: string;
}

export interface EncodingSpec {
  /** F2, F3 or 9B before the opcode, or 0. */
  readonly prefix: number;
  /** The opcode, 0F included; `+r` and `+i` add to its last byte. */
  readonly opcode: readonly number[];
  readonly addsRegister: boolean;
  /**
   * `/r`: 8, `/0` .. `/7`; 9 where only the r/m field means something; -1 where there is no ModRM
   * byte.
   */
  readonly modrm: number;
  /** `ib iw iz cb cz pz mo`, in order. */
  readonly tail: readonly string[];
  readonly operandSize: 0 | 16 | 32;
  readonly addressSize: 0 | 16 | 32;
  /** REX.W is part of the instruction (64-bit rows). */
  readonly rexW: boolean;
}

export interface FlagEffects {
  readonly read: string;
  readonly written: string;
  readonly undefined: string;
  readonly cleared: string;
  readonly set: string;
}

export interface Row {
  /** Position in the table; GNU as prefers lower ones among those that fit. */
  readonly index: number;
  readonly mnemonic: string;
  readonly operands: readonly OperandSpec[];
  readonly encoding: EncodingSpec;
  readonly flags: FlagEffects;
  readonly attributes: ReadonlySet<string>;
  /** AT&T names; the first is printed. */
  readonly names: readonly string[];
  readonly suffix: string;
  readonly suffixRule: 'auto' | 'mode' | 'shown' | 'hidden' | 'none';
  /** The first processor that has it: 8086, 186, .., 686, sse. */
  readonly processor: string;
  /** Some operand, or the instruction itself, has the operand size (16 or 32). */
  readonly isSized: boolean;
}

const fixedRegisters = new Map<string, Register>([
  ['AL', generalByte[0]],
  ['CL', generalByte[1]],
  ['DX', generalWord[2]],
  ['AX', generalWord[0]],
  ['ST(0)', stackTop],
]);
for (const name of ['ES', 'CS', 'SS', 'DS', 'FS', 'GS', 'EAX', 'ECX', 'EDX']) {
  const register = registerByName(name.toLowerCase());
  if (register) fixedRegisters.set(name, register);
}

const plainKinds = new Map<string, readonly [OperandKind, SizeCode]>([
  ['imm8', ['ubyte', 'b']],
  ['imm16', ['uword', 'w']],
  ['simm8', ['simm8', 'v']],
  ['1', ['count1', '']],
  ['3', ['const3', '']],
  ['rel8', ['rel', 'b']],
  ['ptr16:v', ['far', 'v']],
  ['Sreg', ['sreg', 'w']],
  ['CRn', ['creg', 'd']],
  ['DRn', ['dreg', 'd']],
  ['TRn', ['treg', 'd']],
  ['ST(i)', ['st', '']],
  ['r:v/m16', ['rvm', 'v']],
  ['m', ['mem', '']],
]);

const sizedKinds = new Map<string, OperandKind>([
  ['r/m', 'rm'],
  ['r', 'reg'],
  ['m', 'mem'],
  ['acc', 'accumulator'],
  ['imm', 'imm'],
  ['rel', 'rel'],
  ['moffs', 'moffs'],
  ['[si]', 'source'],
  ['[di]', 'destination'],
  ['[bx]', 'table'],
]);

const sizeCodes: ReadonlySet<string> = new Set(['b', 'w', 'd', 'q', 'v']);

function operandSpec(text: string): OperandSpec {
  const [access, name] = text.split(' ');
  const base = { access: access as Access, memory: '', register: undefined, text: name };
  const plain = plainKinds.get(name);
  if (plain) return { ...base, kind: plain[0], size: plain[1] };
  const register = fixedRegisters.get(name);
  if (register) return { ...base, kind: 'fixed', size: '', register };
  const colon = name.lastIndexOf(':');
  const kind = sizedKinds.get(name.slice(0, colon));
  const size = name.slice(colon + 1);
  if (kind && sizeCodes.has(size)) return { ...base, kind, size: size as SizeCode };
  if (name.startsWith('m')) return { ...base, kind: 'mem', size: '', memory: name.slice(1) };
  throw new Error(`isa: unknown operand '${text}'`);
}

const tails: ReadonlySet<string> = new Set(['ib', 'iw', 'iz', 'cb', 'cz', 'pz', 'mo']);

function encodingSpec(text: string, hasMemory: boolean): EncodingSpec {
  const opcode: number[] = [];
  const tail: string[] = [];
  let prefix = 0;
  let addsRegister = false;
  let modrm = hasMemory ? 9 : -1;
  let operandSize: 0 | 16 | 32 = 0;
  let addressSize: 0 | 16 | 32 = 0;
  let rexW = false;
  for (const word of text.split(' ')) {
    if (word === '/r') modrm = 8;
    else if (word.startsWith('/')) modrm = Number(word.slice(1));
    else if (tails.has(word)) tail.push(word);
    else if (word === 'o16' || word === 'o32') operandSize = word === 'o16' ? 16 : 32;
    else if (word === 'a16' || word === 'a32') addressSize = word === 'a16' ? 16 : 32;
    else if (word === 'REX.W') rexW = true;
    else {
      const value = parseInt(word.slice(0, 2), 16);
      if (!(value >= 0)) throw new Error(`isa: unknown encoding '${text}'`);
      if (word.length > 2) addsRegister = true;
      opcode.push(value);
    }
  }
  if (opcode.length > 1 && [0xf2, 0xf3, 0x9b].includes(opcode[0])) prefix = opcode.shift() ?? 0;
  return { prefix, opcode, addsRegister, modrm, tail, operandSize, addressSize, rexW };
}

function flagEffects(text: string): FlagEffects {
  const found: Record<string, string> = {};
  for (const word of text.split(' ')) if (word !== '-') found[word[0]] = word.slice(2);
  const { r = '', w = '', u = '' } = found;
  return { read: r, written: w, undefined: u, cleared: found['0'] ?? '', set: found['1'] ?? '' };
}

function attributeValue(words: readonly string[], name: string): string {
  return words.find((word) => word.startsWith(`${name}:`))?.slice(name.length + 1) ?? '';
}

/** Few columns differ: what a column's text means is kept. */
function remembered<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    let value = known.get(text);
    if (value === undefined) {
      value = read(text);
      known.set(text, value);
    }
    return value;
  };
}

const specOf = remembered(operandSpec);
const operandsOf = remembered((text) => (text === '' ? [] : text.split(', ').map(specOf)));
const flagsOf = remembered(flagEffects);
const attributesOf = remembered((text) => {
  const words = text === '' ? [] : text.split(' ');
  return {
    words,
    set: new Set(words),
    names: attributeValue(words, 'as'),
    suffix: attributeValue(words, 'suffix'),
    rule: (attributeValue(words, 'size') || 'auto') as Row['suffixRule'],
  };
});

/** Reads one line of the table; throws for a line that is not in the notation. */
export function parseRow(line: string, index: number): Row {
  const columns = line.split('|');
  if (columns.length !== 6) throw new Error(`isa: columns of '${line}'`);
  const operands = operandsOf(columns[1].trim());
  const hasMemory = operands.some(({ kind }) => kind === 'rm' || kind === 'mem');
  const encoding = encodingSpec(columns[2].trim(), hasMemory);
  const { words, set, names, suffix, rule } = attributesOf(columns[4].trim());
  const isVariable = operands.some(
    ({ size, memory }) => size === 'v' || memory === '16:v' || memory === 'v&v',
  );
  const isImplied = words.includes('sized') || (rule === 'mode' && encoding.operandSize === 0);
  const isSized = !words.includes('unsized') && (isVariable || isImplied);
  const hasByte = operands.some(
    ({ size, kind }) => size === 'b' && kind !== 'ubyte' && kind !== 'rel',
  );
  const mnemonic = columns[0].trim();
  return {
    index,
    mnemonic,
    operands,
    encoding,
    flags: flagsOf(columns[3].trim()),
    attributes: set,
    names: names === '' ? [mnemonic] : names.split(','),
    suffix: suffix || (hasByte && !isSized ? 'b' : ''),
    suffixRule: rule,
    processor: columns[5].trim(),
    isSized,
  };
}

function hex(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, '0');
}

/** The encoding column, built from the parts: `01 /r`. */
export function encodingText(row: Row): string {
  const { encoding } = row;
  const words: string[] = [];
  if (encoding.rexW) words.push('REX.W');
  if (encoding.operandSize) words.push(`o${encoding.operandSize}`);
  if (encoding.addressSize) words.push(`a${encoding.addressSize}`);
  if (encoding.prefix) words.push(hex(encoding.prefix));
  encoding.opcode.forEach((byte, index) => {
    const isLast = index === encoding.opcode.length - 1;
    const addition = row.operands.some((operand) => operand.kind === 'st') ? '+i' : '+r';
    words.push(hex(byte) + (encoding.addsRegister && isLast ? addition : ''));
  });
  if (encoding.modrm >= 0 && encoding.modrm < 9)
    words.push(encoding.modrm === 8 ? '/r' : `/${encoding.modrm}`);
  return [...words, ...encoding.tail].join(' ');
}

const flagLetters = [
  ['r', 'read'],
  ['w', 'written'],
  ['u', 'undefined'],
  ['0', 'cleared'],
  ['1', 'set'],
] as const;

/** The row as its line of the table. */
export function rowText(row: Row): string {
  const flags = flagLetters
    .filter(([, key]) => row.flags[key] !== '')
    .map(([letter, key]) => `${letter}:${row.flags[key]}`);
  const columns = [
    row.mnemonic,
    row.operands.map((operand) => `${operand.access} ${operand.text}`).join(', '),
    encodingText(row),
    flags.join(' ') || '-',
    [...row.attributes].join(' '),
    row.processor,
  ];
  return columns.join(' | ');
}

const manualSizes: Record<SizeCode, string> = {
  b: '8',
  w: '16',
  d: '32',
  q: '64',
  v: '16/32',
  '': '',
};

function manualOperand(operand: OperandSpec): string {
  const name = operand.text.split(':')[0];
  switch (operand.kind) {
    case 'rm':
    case 'reg':
    case 'imm':
    case 'rel':
    case 'moffs':
      return operand.text.includes(':') ? name + manualSizes[operand.size] : operand.text;
    case 'mem':
      return operand.size === '' ? operand.text : `m${manualSizes[operand.size]}`;
    case 'accumulator':
      return operand.size === 'b' ? 'AL' : 'AX/EAX';
    case 'rvm':
      return 'r16/r32/m16';
    case 'simm8':
      return 'imm8';
    case 'far':
      return 'ptr16:16/32';
    default:
      return operand.text;
  }
}

/** The instruction as the manual heads its page: `ADD r/m16/32, r16/32`. */
export function manualText(row: Row): string {
  const operands = row.operands.map(manualOperand).join(', ');
  return operands === '' ? row.mnemonic.toUpperCase() : `${row.mnemonic.toUpperCase()} ${operands}`;
}
