// The opcode map: for each opcode its form and the handler that executes it, and the table of handlers. A form is words:
//   m  ModRM follows        b   byte operands           v    word or dword by the operand-size attribute (default)
//   rm8, rm16  r/m has that size, the register the operand size                     r    register in the opcode
//   ib iw iz  immediate (sign-extended byte, word, operand size)   one  the constant 1   far, enter  theirs
//   jb jz  relative target  o   offset of the address size (moffs)  M, R  memory, register only  R!  ModRM.mod is ignored

import * as bits from './bits.ts';
import { FPU_HANDLER, fwait } from './fpu/instructions.ts';
import { type Arithmetic, adc, add, and, or, sbb, sub, xor } from './integer.ts';
import * as integer from './integer.ts';
import { FIRST_HANDLER, HOT_PAIRS, HOT_ROWS, type HotChoice, hotChoices } from './hot-ops.ts';
import * as ports from './ports.ts';
import type { Handler } from './record.ts';
import * as stack from './stack.ts';
import { CS, DS, ES, FS, GS, SS } from './state-layout.ts';
import * as string from './string.ts';
import * as system from './system.ts';
import * as transfer from './transfer.ts';

export interface HandlerInfo {
  readonly name: string;
  readonly run: Handler;
  /** Nothing follows in sequence. */
  readonly isEnd: boolean;
  /** LOCK is allowed with a memory destination. */
  readonly isLockable: boolean;
  readonly form: 'memory' | 'register' | undefined;
  /** It has an immediate of the operand size though its group has none. */
  readonly hasImmediate: boolean;
  /** With two registers this handler does the same, the operands exchanged. */
  readonly exchanged: string | undefined;
  readonly hot: readonly HotChoice[];
}

type Options = Partial<
  Pick<HandlerInfo, 'isEnd' | 'isLockable' | 'form' | 'hasImmediate' | 'exchanged'>
>;

/** By number; numbers below FIRST_HANDLER are the hot cases and have no entry. */
export const HANDLERS: HandlerInfo[] = [];
const numbers = new Map<string, number>();
const choices = hotChoices();

function define(name: string, run: Handler, options: Options = {}): void {
  const number = FIRST_HANDLER + numbers.size;
  numbers.set(name, number);
  HANDLERS[number] = {
    name,
    run,
    isEnd: options.isEnd ?? false,
    isLockable: options.isLockable ?? false,
    form: options.form,
    hasImmediate: options.hasImmediate ?? false,
    exchanged: options.exchanged,
    hot: choices.get(name) ?? [],
  };
}

function defineAll(handlers: Readonly<Record<string, Handler>>, options: Options = {}): void {
  for (const [name, run] of Object.entries(handlers)) define(name, run, options);
}

/** The number of a handler by name. */
export function handlerNumber(name: string): number {
  const number = numbers.get(name);
  if (number === undefined) throw new Error(`no handler is called ${name}`);
  return number;
}

export interface OpcodeRow {
  readonly handlers: readonly number[];
  readonly hasModrm: boolean;
  readonly ignoresMod: boolean;
  readonly isByteReg: boolean;
  /** log2 of the operand's bytes, or by attribute. */
  readonly size: 0 | 1 | 2 | 'v';
  readonly immediate: 'b' | 'w' | 'z' | 'far' | 'enter' | 'one' | undefined;
  readonly isRelative: boolean;
  readonly isOpcodeRegister: boolean;
  readonly isOffset: boolean;
  readonly form: 'memory' | 'register' | undefined;
}

export const oneByte: (OpcodeRow | undefined)[] = [];
export const twoByte: (OpcodeRow | undefined)[] = [];

const IMMEDIATES: Readonly<Record<string, OpcodeRow['immediate']>> = {
  ib: 'b',
  iw: 'w',
  iz: 'z',
  jb: 'b',
  jz: 'z',
  far: 'far',
  enter: 'enter',
  one: 'one',
};

/** One handler, or eight of a group by ModRM.reg; an empty name: not defined. */
function row(map: typeof oneByte, opcode: number, form: string, names: string): void {
  const words = form.split(' ');
  const has = (word: string): boolean => words.includes(word);
  const immediate = words.map((word) => IMMEDIATES[word]).find((value) => value !== undefined);
  let size: OpcodeRow['size'] = 'v';
  if (has('b') || has('rm8')) size = 0;
  else if (has('rm16')) size = 1;
  map[opcode] = {
    handlers: names.split(' ').map((name) => (name === '-' ? -1 : handlerNumber(name))),
    hasModrm: has('m') || has('R!'),
    ignoresMod: has('R!'),
    isByteReg: has('b'),
    size,
    immediate,
    isRelative: has('jb') || has('jz'),
    isOpcodeRegister: has('r'),
    isOffset: has('o'),
    form: has('M') ? 'memory' : has('R') ? 'register' : undefined,
  };
}

const CONDITIONS = 'o no b ae e ne be a s ns p np l ge le g'.split(' ');

function defineArithmetic(): void {
  const operations: [string, Arithmetic][] = [
    ['add', add],
    ['or', or],
    ['adc', adc],
    ['sbb', sbb],
    ['and', and],
    ['sub', sub],
    ['xor', xor],
  ];
  for (const [name, operation] of operations) {
    define(`${name}RmReg`, integer.rmReg(operation), { isLockable: true });
    define(`${name}RegRm`, integer.regRm(operation), { exchanged: `${name}RmReg` });
    define(`${name}RmImm`, integer.rmImm(operation), { isLockable: true });
  }
  define('cmpRmReg', integer.compareRmReg(sub));
  define('cmpRegRm', integer.compareRegRm(sub), { exchanged: 'cmpRmReg' });
  define('cmpRmImm', integer.compareRmImm(sub));
  define('testRmReg', integer.compareRmReg(and));
  define('testRmImm', integer.compareRmImm(and), { hasImmediate: true });
  const names = ['add', 'or', 'adc', 'sbb', 'and', 'sub', 'xor', 'cmp'];
  names.forEach((name, i) => {
    row(oneByte, i * 8, 'm b', `${name}RmReg`);
    row(oneByte, i * 8 + 1, 'm', `${name}RmReg`);
    row(oneByte, i * 8 + 2, 'm b', `${name}RegRm`);
    row(oneByte, i * 8 + 3, 'm', `${name}RegRm`);
    row(oneByte, i * 8 + 4, 'b iz', `${name}RmImm`);
    row(oneByte, i * 8 + 5, 'iz', `${name}RmImm`);
  });
  const group = names.map((name) => `${name}RmImm`).join(' ');
  row(oneByte, 0x80, 'm b ib', group);
  row(oneByte, 0x81, 'm iz', group);
  row(oneByte, 0x82, 'm b ib', group);
  row(oneByte, 0x83, 'm ib', group);
  row(oneByte, 0x84, 'm b', 'testRmReg');
  row(oneByte, 0x85, 'm', 'testRmReg');
  row(oneByte, 0xa8, 'b', 'testRmImm');
  row(oneByte, 0xa9, '', 'testRmImm');
}

function defineUnary(): void {
  defineAll(
    { incRm: integer.incRm, decRm: integer.decRm, notRm: integer.notRm, negRm: integer.negRm },
    { isLockable: true },
  );
  defineAll({
    mulRm: integer.mulRm,
    imulRm: integer.imulRm,
    divRm: integer.divRm,
    idivRm: integer.idivRm,
  });
  for (let i = 0; i < 8; i++) {
    row(oneByte, 0x40 + i, 'r', 'incRm');
    row(oneByte, 0x48 + i, 'r', 'decRm');
  }
  const group = 'testRmImm testRmImm notRm negRm mulRm imulRm divRm idivRm';
  row(oneByte, 0xf6, 'm b', group);
  row(oneByte, 0xf7, 'm', group);
  define('imulRegRm', integer.imulRegRm);
  define('imulRegRmImm', integer.imulRegRmImm);
  row(twoByte, 0xaf, 'm', 'imulRegRm');
  row(oneByte, 0x69, 'm iz', 'imulRegRmImm');
  row(oneByte, 0x6b, 'm ib', 'imulRegRmImm');
}

function defineMoves(): void {
  define('movRmReg', integer.movRmReg);
  define('movRegRm', integer.movRegRm, { exchanged: 'movRmReg' });
  define('movRmImm', integer.movRmImm);
  row(oneByte, 0x88, 'm b', 'movRmReg');
  row(oneByte, 0x89, 'm', 'movRmReg');
  row(oneByte, 0x8a, 'm b', 'movRegRm');
  row(oneByte, 0x8b, 'm', 'movRegRm');
  row(oneByte, 0xa0, 'b o', 'movRegRm');
  row(oneByte, 0xa1, 'o', 'movRegRm');
  row(oneByte, 0xa2, 'b o', 'movRmReg');
  row(oneByte, 0xa3, 'o', 'movRmReg');
  row(oneByte, 0xc6, 'm b iz', 'movRmImm - - - - - - -');
  row(oneByte, 0xc7, 'm iz', 'movRmImm - - - - - - -');
  for (let i = 0; i < 8; i++) {
    row(oneByte, 0xb0 + i, 'b r iz', 'movRmImm');
    row(oneByte, 0xb8 + i, 'r iz', 'movRmImm');
  }
  define('movzx8', integer.extend(false));
  define('movzx16', integer.extend(false));
  define('movsx8', integer.extend(true));
  define('movsx16', integer.extend(true));
  row(twoByte, 0xb6, 'm rm8', 'movzx8');
  row(twoByte, 0xb7, 'm rm16', 'movzx16');
  row(twoByte, 0xbe, 'm rm8', 'movsx8');
  row(twoByte, 0xbf, 'm rm16', 'movsx16');
  define('lea', integer.lea);
  row(oneByte, 0x8d, 'm M', 'lea');
}

function defineExchanges(): void {
  define('xchgRmReg', integer.xchgRmReg, { isLockable: true });
  define('xchgAcc', integer.xchgAcc);
  define('nop', integer.nop);
  row(oneByte, 0x86, 'm b', 'xchgRmReg');
  row(oneByte, 0x87, 'm', 'xchgRmReg');
  row(oneByte, 0x90, '', 'nop');
  for (let i = 1; i < 8; i++) row(oneByte, 0x90 + i, 'r', 'xchgAcc');
  for (let opcode = 0x18; opcode <= 0x1f; opcode++) row(twoByte, opcode, 'm', 'nop');
  define('xaddRmReg', integer.xaddRmReg, { isLockable: true });
  define('cmpxchg', integer.cmpxchg, { isLockable: true });
  define('cmpxchg8b', integer.cmpxchg8b, { isLockable: true, form: 'memory' });
  define('bswap', integer.bswap);
  row(twoByte, 0xc0, 'm b', 'xaddRmReg');
  row(twoByte, 0xc1, 'm', 'xaddRmReg');
  row(twoByte, 0xb0, 'm b', 'cmpxchg');
  row(twoByte, 0xb1, 'm', 'cmpxchg');
  row(twoByte, 0xc7, 'm', '- cmpxchg8b - - - - - -');
  for (let i = 0; i < 8; i++) row(twoByte, 0xc8 + i, 'r', 'bswap');
  defineAll({ cwde: integer.cwde, cdq: integer.cdq, bound: integer.bound, xlat: integer.xlat });
  row(oneByte, 0x98, '', 'cwde');
  row(oneByte, 0x99, '', 'cdq');
  row(oneByte, 0x62, 'm M', 'bound');
  row(oneByte, 0xd7, 'b', 'xlat');
}

function defineBits(): void {
  bits.SHIFT_NAMES.forEach((name, i) => {
    define(`${name}Imm`, bits.SHIFTS_BY_IMMEDIATE[i]);
    define(`${name}Cl`, bits.SHIFTS_BY_CL[i]);
  });
  const byImmediate = bits.SHIFT_NAMES.map((name) => `${name}Imm`).join(' ');
  const byCl = bits.SHIFT_NAMES.map((name) => `${name}Cl`).join(' ');
  row(oneByte, 0xc0, 'm b ib', byImmediate);
  row(oneByte, 0xc1, 'm ib', byImmediate);
  row(oneByte, 0xd0, 'm b one', byImmediate);
  row(oneByte, 0xd1, 'm one', byImmediate);
  row(oneByte, 0xd2, 'm b', byCl);
  row(oneByte, 0xd3, 'm', byCl);
  defineAll({
    shldImm: bits.shldImm,
    shldCl: bits.shldCl,
    shrdImm: bits.shrdImm,
    shrdCl: bits.shrdCl,
  });
  row(twoByte, 0xa4, 'm ib', 'shldImm');
  row(twoByte, 0xa5, 'm', 'shldCl');
  row(twoByte, 0xac, 'm ib', 'shrdImm');
  row(twoByte, 0xad, 'm', 'shrdCl');
  bits.BIT_NAMES.forEach((name, i) => {
    const isLockable = name !== 'bt';
    define(`${name}RmReg`, bits.BITS_BY_REG[i], { isLockable });
    define(`${name}RmImm`, bits.BITS_BY_IMM[i], { isLockable });
    row(twoByte, 0xa3 + i * 8, 'm', `${name}RmReg`);
  });
  row(twoByte, 0xba, 'm ib', '- - - - btRmImm btsRmImm btrRmImm btcRmImm');
  defineAll({
    bsf: bits.bsf,
    bsr: bits.bsr,
    daa: bits.daa,
    das: bits.das,
    aaa: bits.aaa,
    aas: bits.aas,
    aam: bits.aam,
    aad: bits.aad,
  });
  row(twoByte, 0xbc, 'm', 'bsf');
  row(twoByte, 0xbd, 'm', 'bsr');
  row(oneByte, 0x27, '', 'daa');
  row(oneByte, 0x2f, '', 'das');
  row(oneByte, 0x37, '', 'aaa');
  row(oneByte, 0x3f, '', 'aas');
  row(oneByte, 0xd4, 'ib', 'aam');
  row(oneByte, 0xd5, 'ib', 'aad');
}

function defineConditional(): void {
  CONDITIONS.forEach((name, code) => {
    define(`j${name}`, stack.jcc(code));
    define(`set${name}`, integer.setcc(code));
    define(`cmov${name}`, integer.cmov(code));
    row(oneByte, 0x70 + code, 'jb', `j${name}`);
    row(twoByte, 0x80 + code, 'jz', `j${name}`);
    row(twoByte, 0x90 + code, 'm b', `set${name}`);
    row(twoByte, 0x40 + code, 'm', `cmov${name}`);
  });
  define('loopne', stack.loop(5));
  define('loope', stack.loop(4));
  define('loop', stack.loop(-1));
  define('jecxz', stack.jecxz);
  ['loopne', 'loope', 'loop', 'jecxz'].forEach((name, i) => row(oneByte, 0xe0 + i, 'jb', name));
}

function defineStack(): void {
  defineAll({
    pushReg: stack.pushReg,
    pushImm: stack.pushImm,
    pushRm: stack.pushRm,
    popReg: stack.popReg,
    popRm: stack.popRm,
    pusha: stack.pusha,
    popa: stack.popa,
  });
  defineAll({
    enter: stack.enter,
    leave: stack.leave,
    callRel: stack.callRel,
    callRm: stack.callRm,
  });
  define('jmpRel', stack.jmpRel, { isEnd: true });
  define('jmpRm', stack.jmpRm, { isEnd: true });
  define('ret', stack.ret, { isEnd: true });
  define('retImm', stack.ret, { isEnd: true });
  for (let i = 0; i < 8; i++) {
    row(oneByte, 0x50 + i, 'r', 'pushReg');
    row(oneByte, 0x58 + i, 'r', 'popReg');
  }
  row(oneByte, 0x60, '', 'pusha');
  row(oneByte, 0x61, '', 'popa');
  row(oneByte, 0x68, 'iz', 'pushImm');
  row(oneByte, 0x6a, 'ib', 'pushImm');
  row(oneByte, 0x8f, 'm', 'popRm - - - - - - -');
  row(oneByte, 0xc8, 'enter', 'enter');
  row(oneByte, 0xc9, '', 'leave');
  row(oneByte, 0xe8, 'jz', 'callRel');
  row(oneByte, 0xe9, 'jz', 'jmpRel');
  row(oneByte, 0xeb, 'jb', 'jmpRel');
  row(oneByte, 0xc2, 'iw', 'retImm');
  row(oneByte, 0xc3, '', 'ret');
}

function defineTransfers(): void {
  define('jmpFar', transfer.jmpFar, { isEnd: true });
  define('callFar', transfer.callFar);
  define('jmpFarRm', transfer.jmpFarRm, { isEnd: true, form: 'memory' });
  define('callFarRm', transfer.callFarRm, { form: 'memory' });
  define('retFar', transfer.retFar, { isEnd: true });
  define('iret', transfer.iret, { isEnd: true });
  define('int3', transfer.int3);
  define('intImm', transfer.intImm);
  define('into', transfer.into);
  row(oneByte, 0xea, 'far', 'jmpFar');
  row(oneByte, 0x9a, 'far', 'callFar');
  row(oneByte, 0xca, 'iw', 'retFar');
  row(oneByte, 0xcb, '', 'retFar');
  row(oneByte, 0xcc, '', 'int3');
  row(oneByte, 0xcd, 'ib', 'intImm');
  row(oneByte, 0xce, '', 'into');
  row(oneByte, 0xcf, '', 'iret');
  row(oneByte, 0xfe, 'm b', 'incRm decRm - - - - - -');
  row(oneByte, 0xff, 'm', 'incRm decRm callRm callFarRm jmpRm jmpFarRm pushRm -');
  const pointers: [typeof oneByte, number, string, number][] = [
    [oneByte, 0xc4, 'les', ES],
    [oneByte, 0xc5, 'lds', DS],
    [twoByte, 0xb2, 'lss', SS],
    [twoByte, 0xb4, 'lfs', FS],
    [twoByte, 0xb5, 'lgs', GS],
  ];
  for (const [map, opcode, name, segment] of pointers) {
    define(name, transfer.loadFarPointer(segment));
    row(map, opcode, 'm M', name);
  }
}

function defineSegments(): void {
  const opcodes: [typeof oneByte, number, string, number][] = [
    [oneByte, 0x06, 'Es', ES],
    [oneByte, 0x0e, 'Cs', CS],
    [oneByte, 0x16, 'Ss', SS],
    [oneByte, 0x1e, 'Ds', DS],
    [twoByte, 0xa0, 'Fs', FS],
    [twoByte, 0xa8, 'Gs', GS],
  ];
  for (const [map, opcode, name, segment] of opcodes) {
    define(`push${name}`, system.pushSegment(segment));
    row(map, opcode, '', `push${name}`);
    if (segment === CS) continue;
    define(`pop${name}`, system.popSegment(segment));
    row(map, opcode + 1, '', `pop${name}`);
  }
  define('movRmSegment', system.movRmSegment);
  define('movSegmentRm', system.movSegmentRm);
  row(oneByte, 0x8c, 'm', 'movRmSegment');
  row(oneByte, 0x8e, 'm', 'movSegmentRm');
  define('arpl', system.arpl);
  row(oneByte, 0x63, 'm rm16', 'arpl');
}

function defineStrings(): void {
  defineAll({ movs: string.movsString, cmps: string.cmpsString, stos: string.stosString });
  defineAll({ lods: string.lodsString, scas: string.scasString });
  defineAll({ ins: string.insString, outs: string.outsString });
  const names = ['movs', 'cmps', 'stos', 'lods', 'scas', 'ins', 'outs'];
  const opcodes = [0xa4, 0xa6, 0xaa, 0xac, 0xae, 0x6c, 0x6e];
  names.forEach((name, i) => {
    row(oneByte, opcodes[i], 'b', name);
    row(oneByte, opcodes[i] + 1, '', name);
  });
  defineAll({ inImm: ports.inImm, inDx: ports.inDx, outImm: ports.outImm, outDx: ports.outDx });
  row(oneByte, 0xe4, 'b ib', 'inImm');
  row(oneByte, 0xe5, 'ib', 'inImm');
  row(oneByte, 0xe6, 'b ib', 'outImm');
  row(oneByte, 0xe7, 'ib', 'outImm');
  row(oneByte, 0xec, 'b', 'inDx');
  row(oneByte, 0xed, '', 'inDx');
  row(oneByte, 0xee, 'b', 'outDx');
  row(oneByte, 0xef, '', 'outDx');
}

function defineFlags(): void {
  defineAll({
    hlt: system.hlt,
    cli: system.cli,
    sti: system.sti,
    pushf: system.pushf,
    popf: system.popf,
    sahf: system.sahf,
    lahf: system.lahf,
    cld: system.cld,
    std: system.std,
  });
  define(
    'clc',
    system.setCarryTo(() => 0),
  );
  define(
    'stc',
    system.setCarryTo(() => 1),
  );
  define(
    'cmc',
    system.setCarryTo((carry) => carry ^ 1),
  );
  define('salc', system.salc);
  define('int1', system.int1);
  const opcodes: [number, string][] = [
    [0x9c, 'pushf'],
    [0x9d, 'popf'],
    [0x9e, 'sahf'],
    [0x9f, 'lahf'],
    [0xd6, 'salc'],
    [0xf1, 'int1'],
    [0xf4, 'hlt'],
    [0xf5, 'cmc'],
    [0xf8, 'clc'],
    [0xf9, 'stc'],
    [0xfa, 'cli'],
    [0xfb, 'sti'],
    [0xfc, 'cld'],
    [0xfd, 'std'],
  ];
  for (const [opcode, name] of opcodes) row(oneByte, opcode, '', name);
}

function defineSystem(): void {
  defineAll({
    sldt: system.sldt,
    str: system.str,
    lldt: system.lldt,
    ltr: system.ltr,
    smsw: system.smsw,
    lmsw: system.lmsw,
    lar: system.lar,
    lsl: system.lsl,
  });
  defineAll(
    {
      sgdt: system.sgdt,
      sidt: system.sidt,
      lgdt: system.lgdt,
      lidt: system.lidt,
      invlpg: system.invlpg,
    },
    { form: 'memory' },
  );
  define('verr', system.verify(false));
  define('verw', system.verify(true));
  row(twoByte, 0x00, 'm rm16', 'sldt str lldt ltr verr verw - -');
  row(twoByte, 0x01, 'm', 'sgdt sidt lgdt lidt smsw - lmsw invlpg');
  row(twoByte, 0x02, 'm', 'lar');
  row(twoByte, 0x03, 'm', 'lsl');
  const { movRegCr, movRegDr, movCrReg, movDrReg } = system;
  defineAll({ movRegCr, movRegDr, movCrReg, movDrReg });
  const moves = ['movRegCr', 'movRegDr', 'movCrReg', 'movDrReg'];
  moves.forEach((name, i) => row(twoByte, 0x20 + i, 'R!', name));
  defineAll({
    clts: system.clts,
    wrmsr: system.wrmsr,
    rdtsc: system.rdtsc,
    rdmsr: system.rdmsr,
    cacheControl: system.cacheControl,
  });
  define('cpuid', system.cpuidHandler);
  define('ud2', system.ud2, { isEnd: true });
  define('tooLong', system.tooLong, { isEnd: true });
  row(twoByte, 0x06, '', 'clts');
  row(twoByte, 0x08, '', 'cacheControl');
  row(twoByte, 0x09, '', 'cacheControl');
  row(twoByte, 0x0b, '', 'ud2');
  row(twoByte, 0x30, '', 'wrmsr');
  row(twoByte, 0x31, '', 'rdtsc');
  row(twoByte, 0x32, '', 'rdmsr');
  row(twoByte, 0xa2, '', 'cpuid');
  row(twoByte, 0xb9, 'm', 'ud2');
  row(twoByte, 0xff, 'm', 'ud2');
}

/** The x87 decodes its own ModRM: W_IMM is (opcode & 7) << 8 | ModRM. */
function defineFpu(): void {
  define('fpu', FPU_HANDLER);
  define('fwait', fwait);
  row(oneByte, 0x9b, '', 'fwait');
  for (let i = 0; i < 8; i++) row(oneByte, 0xd8 + i, 'm', 'fpu');
}

defineArithmetic();
defineUnary();
defineMoves();
defineExchanges();
defineBits();
defineConditional();
defineStack();
defineTransfers();
defineSegments();
defineStrings();
defineFlags();
defineSystem();
defineFpu();

export const OP_UNDEFINED: number = handlerNumber('ud2');
export const OP_TOO_LONG: number = handlerNumber('tooLong');
const FPU_NUMBER = handlerNumber('fpu');

/** Whether this handler is the x87's, which wants opcode and ModRM as its immediate. */
export function isFpu(handler: number): boolean {
  return handler === FPU_NUMBER;
}

/** What to call for each number that a record's first word may hold. */
export const HANDLER_TABLE: readonly Handler[] = handlerTable();

function handlerTable(): Handler[] {
  const numbers = new Map(HOT_ROWS.map(([name], number) => [name, number]));
  const table: Handler[] = HOT_ROWS.map(([, handler]) =>
    handler === undefined ? system.ud2 : HANDLERS[handlerNumber(handler)].run,
  );
  for (const [first] of HOT_PAIRS) table.push(table[numbers.get(first) ?? 0]);
  while (table.length < FIRST_HANDLER) table.push(system.ud2);
  for (let number = FIRST_HANDLER; number < HANDLERS.length; number++) {
    table.push(HANDLERS[number].run);
  }
  return table;
}
