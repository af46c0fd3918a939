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
// o16 o32 a16 a32 fix a size, and a leading 66, F2, F3 or 9B is part of the instruction; NP means
// that none of them may stand there, NFx that F2 and F3 may not. VEX.256.66.0F38.W0 and
// XOP.128.09.W0 are the manuals' words for those prefixes (SDM vol. 2, 3.1.1.2; APM vol. 4, 1.2),
// is4 a register in the last byte, and a byte after /r stands behind the address (a 3DNow!
// operation, the number of a comparison). Registers of the vector extensions are written mm, xmm,
// ymm, k, in r/m xmm/m128 and the like, memory of n bits mN, addresses with a vector of indexes vm32x
// .. vm64y. Which field holds which register follows: memory, or else the last register, stands in
// r/m, and the others in reg, vvvv and is4 in order (of /0 .. /7 in vvvv). Flags: r read, w
// written, u undefined, 0 cleared, 1 set. EVEX would be one more prefix word of the encoding column
// (EVEX.512.66.0F.W0), a bank zmm, and operands {k} {z} {er} {sae} and mN broadcast. In 64-bit code
// v is 64 bits too, with REX.W, and immediates of it are four bytes, sign-extended; y is 32 bits,
// or 64 with W. What else it has of its own is said by the attributes no64, only64, wide, narrow,
// native and also64, by REX.W in the encoding, and by iq, an immediate of eight bytes. Attributes:
//
//     lock rep repe     the prefixes that the instruction takes
//     cpl0 iopl         privilege
//     no64, only64      does not exist in 64-bit mode, or there alone
//     wide              the operand size of 64-bit code is 64 without REX.W, and never 32
//     narrow            there is no operand size of 64
//     rexless           the operand size of 64 needs no REX.W
//     native            what has 32 bits has 64 in 64-bit code, without REX.W
//     also64            the assembler takes registers of 64 bits for those of 32
//     as:NAME,NAME      the names in AT&T syntax, the printed one first
//     suffix:S          in AT&T syntax the operand's size is this suffix
//     size:mode         no suffix means the mode's size, else the suffix shows
//     size:shown        the suffix is always shown; size:hidden: never
//     size:memory       it shows with memory and is never needed
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
//     MR, MVR           the registers stand in these fields, in the order of the operands
//     intel, att        only in that syntax
//     braced            AT&T and Intel text have {vex} before it, and the assembler wants it
//     plainly           the assembler takes only the name as it is in Intel syntax
//     distinct          destination, index and mask are to be three registers
//     address           a register or memory gives the address size
//     long              addresses have 32 bits in all modes
//     source            the r/m operand alone says the size
//     sizeless          Intel text has no size before the memory; oword: OWORD PTR
//     repeated          the text shows the F3 that belongs to it
//
// The last column is the feature that the processor must have (features.ts), a processor's number
// for those that came with it; a,b: one of them, a&b: both.

import type { Register, RegisterClass } from './model.ts';
import { generalByte, generalWord, registerByName, stackTop, xmmRegisters } from './registers.ts';

export type Access = 'r' | 'w' | 'rw' | '-';

/** y: 32 bits, or 64 with REX.W. */
export type SizeCode = 'b' | 'w' | 'd' | 'q' | 'v' | 'y' | '';

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
  | 'nibble' // imm4, beside the register of is4
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
  | 'table' // DS:[eBX] of xlat
  | 'pointer'; // a register of the address size that holds an address

/** The field of the encoding that an operand stands in; implied: none. */
export type Place = 'reg' | 'rm' | 'vvvv' | 'is4' | 'opcode' | 'tail' | 'implied';

export interface OperandSpec {
  readonly access: Access;
  readonly kind: OperandKind;
  /** The width of a general register, and of the memory in its place. */
  readonly size: SizeCode;
  /** The registers that a `reg` or `rm` operand names. */
  readonly bank: RegisterClass;
  /** Memory of another size by the manual's name: 32fp, 16&32, 512byte; without the m. */
  readonly memory: string;
  /** Bytes of memory where `memory` or the bank says them, else 0. */
  readonly memorySize: number;
  /** The bank of the index of a vm operand. */
  readonly indexes: 'xmm' | 'ymm' | undefined;
  readonly register: Register | undefined;
  readonly text: string;
}

/** A VEX or XOP prefix (SDM vol. 2, 2.3.5; APM vol. 4, 1.2). */
export interface VexSpec {
  readonly kind: 'VEX' | 'XOP';
  /** L: 0, 1, or -1 where it is ignored. */
  readonly length: -1 | 0 | 1;
  /** 66, F3, F2 or 0 as pp means them. */
  readonly prefix: number;
  /** 1: 0F, 2: 0F38, 3: 0F3A; 8, 9, 10: XOP's. */
  readonly map: number;
  /** -1: ignored. */
  readonly w: -1 | 0 | 1;
  readonly text: string;
}

export interface EncodingSpec {
  /** 66, F2, F3 or 9B before the opcode, or 0. */
  readonly prefix: number;
  /** NP: none of 66, F2 and F3 may stand before it. */
  readonly isAlone: boolean;
  /** NFx: neither F2 nor F3. */
  readonly hasNoRepeat: boolean;
  readonly vex: VexSpec | undefined;
  /** The opcode, 0F included; `+r` and `+i` add to its last byte. */
  readonly opcode: readonly number[];
  readonly addsRegister: boolean;
  /**
   * `/r`: 8, `/0` .. `/7`; 9 where only the r/m field means something; -1 where there is no ModRM
   * byte.
   */
  readonly modrm: number;
  /** `ib iw iz iq cb cz pz mo is4`, in order. */
  readonly tail: readonly string[];
  /** The byte behind the address, or -1. */
  readonly suffixByte: number;
  readonly operandSize: 0 | 16 | 32;
  readonly addressSize: 0 | 16 | 32;
  /** REX.W is part of the instruction. */
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
  /** Where each operand stands. */
  readonly places: readonly Place[];
  readonly encoding: EncodingSpec;
  readonly flags: FlagEffects;
  readonly attributes: ReadonlySet<string>;
  /** AT&T names; the first is printed. */
  readonly names: readonly string[];
  readonly suffix: string;
  readonly suffixRule: 'auto' | 'mode' | 'shown' | 'hidden' | 'none' | 'memory';
  /** The feature that the processor must have: 8086, 186, .., 686, sse2, avx&aes or sse,3dnowa. */
  readonly processor: string;
  /** Some operand, or the instruction itself, has the operand size (16, 32 or 64). */
  readonly isSized: boolean;
  /** The one kind of code that has it: 32 stands for 16 too; 0: all. */
  readonly onlyMode: 0 | 32 | 64;
  /** The attributes of those names. */
  readonly isWide: boolean;
  readonly isNarrow: boolean;
  readonly isRexless: boolean;
  readonly isNative: boolean;
  readonly takesQuad: boolean;
  /** An operand has 32 bits, or 64 with W. */
  readonly hasLong: boolean;
}

const fixedRegisters = new Map<string, Register>([
  ['AL', generalByte[0]],
  ['CL', generalByte[1]],
  ['DX', generalWord[2]],
  ['AX', generalWord[0]],
  ['ST(0)', stackTop],
  ['XMM0', xmmRegisters[0]],
]);
for (const name of 'ES CS SS DS FS GS EAX EBX ECX EDX RAX RCX RDX'.split(' ')) {
  const register = registerByName(name.toLowerCase(), 64);
  if (register) fixedRegisters.set(name, register);
}

const plainKinds = new Map<string, readonly [OperandKind, SizeCode]>([
  ['imm8', ['ubyte', 'b']],
  ['imm4', ['nibble', 'b']],
  ['imm16', ['uword', 'w']],
  ['imm32', ['imm', 'd']],
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
  ['[r]', ['pointer', '']],
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

const sizeCodes: ReadonlySet<string> = new Set(['b', 'w', 'd', 'q', 'v', 'y']);

/** Vector banks by the manual's names, with the bytes of a register. */
const banks = new Map<string, readonly [RegisterClass, number]>([
  ['mm', ['mmx', 8]],
  ['xmm', ['xmm', 16]],
  ['ymm', ['ymm', 32]],
  ['bnd', ['bound', 8]],
  ['k', ['mask', 8]],
]);

const memoryBytes = new Map<string, number>([
  ['32fp', 4],
  ['64fp', 8],
  ['80fp', 10],
  ['16int', 2],
  ['32int', 4],
  ['64int', 8],
  ['80bcd', 10],
  ['2byte', 2],
  ['16&32', 6],
]);

/** Bytes of memory by what stands after the m: `32fp`, or a number of bits. */
function bytesOf(memory: string): number {
  const bits = Number(memory);
  return memoryBytes.get(memory) ?? (bits > 0 ? bits / 8 : 0);
}

/** Operands with registers of a bank, or general ones whose memory has another size. */
function bankSpec(name: string, base: OperandSpec): OperandSpec | undefined {
  const slash = name.indexOf('/m');
  const head = slash < 0 ? name : name.slice(0, slash);
  const kind = slash < 0 ? 'reg' : 'rm';
  const memory = slash < 0 ? '' : name.slice(slash + 2);
  const bank = banks.get(head);
  if (bank) return { ...base, kind, bank: bank[0], memory, memorySize: bytesOf(memory) };
  if (head !== 'r32' && head !== 'r:v') return undefined;
  const size = head === 'r32' ? 'd' : 'v';
  return { ...base, kind, size, memory, memorySize: bytesOf(memory) };
}

function operandSpec(text: string): OperandSpec {
  const [access, name] = text.split(' ');
  const base: OperandSpec = {
    access: access as Access,
    kind: 'mem',
    size: '',
    bank: 'general',
    memory: '',
    memorySize: 0,
    indexes: undefined,
    register: undefined,
    text: name,
  };
  const plain = plainKinds.get(name);
  if (plain) return { ...base, kind: plain[0], size: plain[1] };
  const register = fixedRegisters.get(name);
  if (register) return { ...base, kind: 'fixed', register };
  const colon = name.lastIndexOf(':');
  const kind = sizedKinds.get(name.slice(0, colon));
  const size = name.slice(colon + 1);
  if (kind && sizeCodes.has(size)) return { ...base, kind, size: size as SizeCode };
  const banked = bankSpec(name, base);
  if (banked) return banked;
  if (name.startsWith('vm')) {
    return { ...base, indexes: name[4] === 'y' ? 'ymm' : 'xmm', memory: name };
  }
  if (name[0] === 'm')
    return { ...base, memory: name.slice(1), memorySize: bytesOf(name.slice(1)) };
  throw new Error(`isa: unknown operand '${text}'`);
}

const tails: ReadonlySet<string> = new Set('ib iw id iz iq cb cz pz mo is4'.split(' '));
const vexMaps: Readonly<Record<string, number>> = {
  '0F': 1,
  '0F38': 2,
  '0F3A': 3,
  '08': 8,
  '09': 9,
  '0A': 10,
};

function vexSpec(text: string): VexSpec {
  const words = text.split('.');
  const length = words[1] === '256' ? 1 : words[1] === 'LIG' ? -1 : 0;
  const hasPrefix = words.length === 5;
  const prefix = hasPrefix ? parseInt(words[2], 16) : 0;
  const map = vexMaps[words[hasPrefix ? 3 : 2]];
  const w = words[words.length - 1];
  const kind = words[0] === 'XOP' ? 'XOP' : 'VEX';
  if (map === undefined) throw new Error(`isa: unknown prefix '${text}'`);
  return { kind, length, prefix, map, w: w === 'WIG' ? -1 : w === 'W1' ? 1 : 0, text };
}

const vexOf = remembered(vexSpec);

function encodingSpec(text: string, hasMemory: boolean): EncodingSpec {
  const opcode: number[] = [];
  const tail: string[] = [];
  let prefix = 0;
  let isAlone = false;
  let hasNoRepeat = false;
  let vex: VexSpec | undefined;
  let suffixByte = -1;
  let addsRegister = false;
  let modrm = hasMemory ? 9 : -1;
  let operandSize: 0 | 16 | 32 = 0;
  let addressSize: 0 | 16 | 32 = 0;
  let rexW = false;
  for (const word of text.split(' ')) {
    if (word === '/r') modrm = 8;
    else if (word[0] === '/') modrm = Number(word.slice(1));
    else if (tails.has(word)) tail.push(word);
    else if (word === 'NP') isAlone = true;
    else if (word === 'NFx') hasNoRepeat = true;
    else if (word[0] === 'V' || word[0] === 'X') vex = vexOf(word);
    else if (word === 'o16' || word === 'o32') operandSize = word === 'o16' ? 16 : 32;
    else if (word === 'a16' || word === 'a32') addressSize = word === 'a16' ? 16 : 32;
    else if (word === 'REX.W') rexW = true;
    else {
      const value = parseInt(word.slice(0, 2), 16);
      if (!(value >= 0)) throw new Error(`isa: unknown encoding '${text}'`);
      if (modrm === 8) {
        suffixByte = value;
        continue;
      }
      if (word.length > 2) addsRegister = true;
      opcode.push(value);
    }
  }
  if (opcode.length > 1 && [0x66, 0xf2, 0xf3, 0x9b].includes(opcode[0])) {
    prefix = opcode.shift() ?? 0;
  }
  return {
    prefix,
    isAlone,
    hasNoRepeat,
    vex,
    opcode,
    addsRegister,
    modrm,
    tail,
    suffixByte,
    operandSize,
    addressSize,
    rexW,
  };
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
    rule: attributeValue(words, 'size') as Row['suffixRule'] | '',
  };
});

const registerKinds: ReadonlySet<OperandKind> = new Set([
  'reg',
  'sreg',
  'creg',
  'dreg',
  'treg',
  'st',
  'pointer',
]);

const immediateKinds: ReadonlySet<OperandKind> = new Set([
  'imm',
  'simm8',
  'ubyte',
  'uword',
  'nibble',
  'rel',
  'far',
  'moffs',
]);

function fieldsOf(encoding: EncodingSpec, words: readonly string[], hasMemory: boolean): Place[] {
  if (words.includes('MR')) return ['rm', 'reg'];
  if (words.includes('MVR')) return ['rm', 'vvvv', 'reg'];
  if (encoding.modrm < 0) return ['opcode'];
  const fields: Place[] = encoding.modrm === 8 ? ['reg', 'vvvv', 'is4'] : ['vvvv'];
  return hasMemory ? fields : [...fields, 'rm'];
}

function placesOf(
  operands: readonly OperandSpec[],
  encoding: EncodingSpec,
  words: readonly string[],
): Place[] {
  const isMemory = ({ kind }: OperandSpec) => kind === 'rm' || kind === 'rvm' || kind === 'mem';
  const hasFixedFields = words.includes('MR') || words.includes('MVR');
  const fields = fieldsOf(encoding, words, operands.some(isMemory));
  const registers = operands.filter(({ kind }) => registerKinds.has(kind)).length;
  let at = 0;
  return operands.map((spec) => {
    if (immediateKinds.has(spec.kind)) return 'tail';
    if (hasFixedFields && (isMemory(spec) || registerKinds.has(spec.kind))) return fields[at++];
    if (isMemory(spec)) return 'rm';
    if (!registerKinds.has(spec.kind)) return 'implied';
    const isLast = at === registers - 1 && fields.at(-1) === 'rm';
    return isLast && !words.includes('same') ? 'rm' : fields[at++];
  });
}

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
    ({ size, kind }) => size === 'b' && kind !== 'ubyte' && kind !== 'nibble' && kind !== 'rel',
  );
  const mnemonic = columns[0].trim();
  return {
    index,
    mnemonic,
    operands,
    places: placesOf(operands, encoding, words),
    encoding,
    flags: flagsOf(columns[3].trim()),
    attributes: set,
    names: names === '' ? [mnemonic] : names.split(','),
    suffix: suffix || (hasByte && !isSized ? 'b' : ''),
    suffixRule: rule || 'auto',
    processor: columns[5].trim(),
    isSized,
    // 64-bit code has no addresses of 16 bits.
    onlyMode: set.has('no64') || encoding.addressSize === 16 ? 32 : set.has('only64') ? 64 : 0,
    isWide: set.has('wide'),
    isNarrow: set.has('narrow'),
    isRexless: set.has('rexless'),
    isNative: set.has('native'),
    takesQuad: set.has('also64'),
    hasLong: operands.some(({ size }) => size === 'y'),
  };
}
