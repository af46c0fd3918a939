// The x87's instructions by opcode: D8..DF with a memory operand, or with ModRM 0xC0..0xFF naming registers and
// functions (SDM vol. 2, table A-7 and after).

import { writeSize, readSize } from '../access.ts';
import type { Cpu } from '../cpu.ts';
import { undefinedOpcode } from '../exceptions.ts';
import { condition, setArithmetic } from '../flags.ts';
import { effectiveOffset, isMemory, memoryAddress, segmentOf } from '../operands.ts';
import { type Handler, INFO_LENGTH_SHIFT, LEAVE, NEXT, W_IMM, W_INFO } from '../record.ts';
import * as S from '../state-layout.ts';
import * as arithmetic from './arithmetic.ts';
import * as environment from './environment.ts';
import {
  type Ext,
  INDEFINITE,
  INVALID,
  OVERFLOW,
  PRECISION,
  type Rounder,
  UNDERFLOW,
  classify,
  quieted,
} from './ext.ts';
import { FUNCTIONS } from './functions.ts';
import * as memory from './memory-operands.ts';
import type { MemoryType } from './memory-operands.ts';
import * as unit from './unit.ts';

type Operation = (rounder: Rounder, a: Ext, b: Ext) => Ext;

/** In the order of ModRM.reg; 2 and 3 are the comparisons. */
const ARITHMETIC: readonly (Operation | undefined)[] = [
  arithmetic.add,
  arithmetic.multiply,
  undefined,
  undefined,
  arithmetic.subtract,
  (rounder, a, b) => arithmetic.subtract(rounder, b, a),
  arithmetic.divide,
  (rounder, a, b) => arithmetic.divide(rounder, b, a),
];

/** ST(target) = operation(ST(0), ST(i)). False: an unmasked exception; nothing is stored or popped then. */
function compute(cpu: Cpu, operation: Operation, target: number, i: number): boolean {
  const rounder = unit.begin(cpu);
  if (unit.isEmpty(cpu, 0) || unit.isEmpty(cpu, i)) {
    if (!unit.stackFault(cpu, false)) return false;
    unit.setSt(cpu, target, INDEFINITE);
    return true;
  }
  const result = operation(rounder, unit.st(cpu, 0), unit.st(cpu, i));
  if (!unit.report(cpu)) return false;
  unit.setSt(cpu, target, result);
  return true;
}

function computeMemory(cpu: Cpu, operation: Operation, p: number, type: MemoryType): void {
  const bits = memory.fetch(cpu, p, type);
  const rounder = unit.begin(cpu);
  if (unit.isEmpty(cpu, 0)) {
    if (unit.stackFault(cpu, false)) unit.setSt(cpu, 0, INDEFINITE);
    return;
  }
  const result = operation(rounder, unit.st(cpu, 0), memory.decode(rounder, bits, type));
  if (unit.report(cpu)) unit.setSt(cpu, 0, result);
}

const ORDER_BITS = { less: unit.C0, equal: unit.C3, greater: 0, unordered: 0x4500 } as const;

/** False: an unmasked exception; nothing is popped then. */
function compareWith(
  cpu: Cpu,
  other: (rounder: Rounder) => Ext,
  i: number,
  isQuiet: boolean,
): boolean {
  const rounder = unit.begin(cpu);
  if (unit.isEmpty(cpu, 0) || (i >= 0 && unit.isEmpty(cpu, i))) {
    const isMasked = unit.stackFault(cpu, false);
    unit.setConditions(cpu, ORDER_BITS.unordered);
    return isMasked;
  }
  const order = arithmetic.compare(rounder, unit.st(cpu, 0), other(rounder), isQuiet);
  unit.setConditions(cpu, ORDER_BITS[order]);
  return unit.report(cpu);
}

function compareSt(cpu: Cpu, i: number, isQuiet: boolean, pops: number): void {
  const isDone = compareWith(cpu, () => unit.st(cpu, i), i, isQuiet);
  for (let k = 0; isDone && k < pops; k++) unit.pop(cpu);
}

function compareMemory(cpu: Cpu, p: number, type: MemoryType, pops: number): void {
  const bits = memory.fetch(cpu, p, type);
  const isDone = compareWith(cpu, (rounder) => memory.decode(rounder, bits, type), -1, false);
  if (isDone && pops > 0) unit.pop(cpu);
}

/** FCOMI and its kin set ZF, PF and CF, even where an exception that is not masked keeps them from popping. */
function compareFlags(cpu: Cpu, i: number, isQuiet: boolean, pops: number): void {
  const rounder = unit.beginKeepingC1(cpu);
  let bits = 0x45;
  let isDone: boolean;
  if (unit.isEmpty(cpu, 0) || unit.isEmpty(cpu, i)) isDone = unit.stackFault(cpu, false);
  else {
    const order = arithmetic.compare(rounder, unit.st(cpu, 0), unit.st(cpu, i), isQuiet);
    bits = { less: 1, equal: 0x40, greater: 0, unordered: 0x45 }[order];
    isDone = unit.report(cpu);
  }
  setArithmetic(cpu.r, bits);
  if (isDone && pops > 0) unit.pop(cpu);
}

function loadMemory(cpu: Cpu, p: number, type: MemoryType): void {
  const bits = memory.fetch(cpu, p, type);
  const rounder = unit.begin(cpu);
  let value = memory.decode(rounder, bits, type);
  if (type !== 'extended' && classify(value) === 'signaling-nan') {
    rounder.flags |= INVALID;
    value = quieted(value);
  }
  unit.pushLoaded(cpu, value);
}

function storeMemory(cpu: Cpu, p: number, type: MemoryType, isPop: boolean): void {
  const linear = memory.prepareStore(cpu, p, type);
  const rounder = unit.begin(cpu);
  let value = INDEFINITE;
  if (unit.isEmpty(cpu, 0)) {
    if (!unit.stackFault(cpu, false)) return;
    memory.storeBits(cpu, linear, type, memory.encode(rounder, value, type));
  } else {
    value = unit.st(cpu, 0);
    const bits = memory.encode(rounder, value, type);
    const isHeld = (rounder.flags & ~rounder.masks & (OVERFLOW | UNDERFLOW)) !== 0;
    if (isHeld) {
      rounder.flags &= ~PRECISION;
      rounder.isRoundedUp = false;
    }
    if (!unit.report(cpu) || isHeld) return;
    memory.storeBits(cpu, linear, type, bits);
  }
  if (isPop) unit.pop(cpu);
}

function storeSt(cpu: Cpu, i: number, isPop: boolean): void {
  unit.begin(cpu);
  if (unit.isEmpty(cpu, 0)) {
    if (!unit.stackFault(cpu, false)) return;
    unit.setSt(cpu, i, INDEFINITE);
  } else unit.setSt(cpu, i, unit.st(cpu, 0));
  if (isPop) unit.pop(cpu);
}

/** D9 D8+i, an old alias of FSTP that sees no stack fault: from an empty ST(0) nothing is stored. */
function storeNoFault(cpu: Cpu, i: number): void {
  unit.begin(cpu);
  if (!unit.isEmpty(cpu, 0)) unit.setSt(cpu, i, unit.st(cpu, 0));
  unit.pop(cpu);
}

function loadSt(cpu: Cpu, i: number): void {
  unit.begin(cpu);
  const value = unit.isEmpty(cpu, i) ? undefined : unit.st(cpu, i);
  if (value === undefined) {
    if (unit.stackFault(cpu, false)) unit.push(cpu, INDEFINITE);
  } else unit.pushLoaded(cpu, value);
}

function exchange(cpu: Cpu, i: number): void {
  unit.begin(cpu);
  const isFault = unit.isEmpty(cpu, 0) || unit.isEmpty(cpu, i);
  if (isFault && !unit.stackFault(cpu, false)) return;
  const a = unit.isEmpty(cpu, 0) ? INDEFINITE : unit.st(cpu, 0);
  const b = unit.isEmpty(cpu, i) ? INDEFINITE : unit.st(cpu, i);
  unit.setSt(cpu, 0, b);
  unit.setSt(cpu, i, a);
}

/** FCMOVcc: B, E, BE, U and their negations are conditions 2, 4, 6 and 10. */
function conditionalMove(cpu: Cpu, code: number, i: number): void {
  unit.beginKeepingC1(cpu);
  const isFault = unit.isEmpty(cpu, 0) || unit.isEmpty(cpu, i);
  if (isFault) {
    if (unit.stackFault(cpu, false)) unit.setSt(cpu, 0, INDEFINITE);
  } else if (condition(cpu.r, code)) unit.setSt(cpu, 0, unit.st(cpu, i));
}

const MOVES = [2, 4, 6, 10];
/** Memory types of the arithmetic of D8, DA, DC and DE. */
const ARITHMETIC_TYPES: Readonly<Record<number, MemoryType>> = {
  0: 'single',
  2: 'int32',
  4: 'double',
  6: 'int16',
};

function arithmeticMemory(cpu: Cpu, p: number, escape: number, reg: number): void {
  const type = ARITHMETIC_TYPES[escape];
  const operation = ARITHMETIC[reg];
  if (operation === undefined) compareMemory(cpu, p, type, reg - 2);
  else computeMemory(cpu, operation, p, type);
}

type MemoryAction = (cpu: Cpu, p: number) => void;

function load(type: MemoryType): MemoryAction {
  return (cpu, p) => loadMemory(cpu, p, type);
}

function store(type: MemoryType, isPop: boolean): MemoryAction {
  return (cpu, p) => storeMemory(cpu, p, type, isPop);
}

const undefinedForm: MemoryAction = (cpu) => undefinedOpcode(cpu);

function storeWord(word: number): MemoryAction {
  return (cpu, p) => {
    writeSize(cpu, memoryAddress(cpu, p, 2, true), 2, cpu.r[word]);
  };
}

const loadControlWord: MemoryAction = (cpu, p) => {
  environment.loadControl(cpu, readSize(cpu, memoryAddress(cpu, p, 2, false), 2));
};

/** Loads, stores and control with a memory operand: D9, DB, DD, DF by ModRM.reg. */
const MEMORY_ACTIONS: Readonly<Record<number, readonly MemoryAction[]>> = {
  1: [
    load('single'),
    undefinedForm,
    store('single', false),
    store('single', true),
    environment.loadEnvironment,
    loadControlWord,
    environment.storeEnvironment,
    storeWord(S.FPU_CONTROL),
  ],
  3: [
    load('int32'),
    undefinedForm,
    store('int32', false),
    store('int32', true),
    undefinedForm,
    load('extended'),
    undefinedForm,
    store('extended', true),
  ],
  5: [
    load('double'),
    undefinedForm,
    store('double', false),
    store('double', true),
    environment.restore,
    undefinedForm,
    environment.save,
    storeWord(S.FPU_STATUS),
  ],
  7: [
    load('int16'),
    undefinedForm,
    store('int16', false),
    store('int16', true),
    load('bcd'),
    load('int64'),
    store('bcd', true),
    store('int64', true),
  ],
};

/** FLDENV, FLDCW, FSTENV, FSTCW; FRSTOR, FSAVE, FSTSW: control, which leaves the pointers alone. */
function isControl(escape: number, reg: number): boolean {
  return (escape === 1 && reg >= 4) || (escape === 5 && [4, 6, 7].includes(reg));
}

/** The forms without a check for pending exceptions: FNSTENV, FNSTCW, FNSAVE, FNSTSW. */
function isNoWait(escape: number, reg: number): boolean {
  return (escape === 1 && reg >= 6) || (escape === 5 && reg >= 6);
}

function executeMemory(cpu: Cpu, p: number, escape: number, reg: number): void {
  const isArithmetic = (escape & 1) === 0;
  const action = isArithmetic ? undefined : MEMORY_ACTIONS[escape][reg];
  if (action === undefinedForm) undefinedOpcode(cpu);
  unit.enter(cpu, isArithmetic || !isNoWait(escape, reg));
  if (action === undefined) arithmeticMemory(cpu, p, escape, reg);
  else action(cpu, p);
  if (!isArithmetic && isControl(escape, reg)) return;
  notePointers(cpu, p);
  cpu.r[S.FPU_DP] = effectiveOffset(cpu, p);
  cpu.r[S.FPU_DS] = cpu.r[S.SELECTOR + segmentOf(cpu, p)];
}

function notePointers(cpu: Cpu, p: number): void {
  const { r } = cpu;
  const o = cpu.code.records;
  r[S.FPU_IP] = r[S.EIP] - ((o[p + W_INFO] >>> INFO_LENGTH_SHIFT) & 15);
  r[S.FPU_CS] = r[S.SELECTOR + S.CS];
  r[S.FPU_OPCODE] = o[p + W_IMM] & 0x7ff;
}

function executeRegister(cpu: Cpu, p: number, escape: number, modrm: number): number {
  const i = modrm & 7;
  const reg = (modrm >>> 3) & 7;
  if (escape === 7 && modrm === 0xe0) {
    unit.enter(cpu, false);
    cpu.r16[S.EAX * 2] = cpu.r[S.FPU_STATUS];
    return NEXT;
  }
  if (escape === 3 && reg === 4) return control(cpu, i);
  const action = REGISTER_ACTIONS[escape][reg];
  const isFunction = escape === 1 && reg >= 4;
  const run = isFunction ? FUNCTIONS[modrm & 31] : action;
  if (run === undefined) undefinedOpcode(cpu);
  unit.enter(cpu, true);
  run(cpu, i);
  notePointers(cpu, p);
  return NEXT;
}

/** FNENI, FNDISI and FNSETPM of older processors do nothing. */
function control(cpu: Cpu, i: number): number {
  if (i > 4) undefinedOpcode(cpu);
  unit.enter(cpu, false);
  if (i === 2) environment.clearExceptions(cpu);
  else if (i === 3) environment.initialize(cpu);
  return NEXT;
}

type RegisterAction = (cpu: Cpu, i: number) => void;

function toSt0(operation: Operation): RegisterAction {
  return (cpu, i) => void compute(cpu, operation, 0, i);
}

/** DC and DE put the result into ST(i). */
function toSti(operation: Operation, isPop: boolean): RegisterAction {
  return (cpu, i) => {
    if (compute(cpu, operation, i, i) && isPop) unit.pop(cpu);
  };
}

function arithmeticRow(make: (operation: Operation) => RegisterAction): RegisterAction[] {
  return ARITHMETIC.map((operation, reg) =>
    operation === undefined
      ? (cpu: Cpu, i: number) => compareSt(cpu, i, false, reg - 2)
      : make(operation),
  );
}

const freeSt: RegisterAction = (cpu, i) => {
  unit.begin(cpu);
  unit.free(cpu, i);
};
const freeAndPop: RegisterAction = (cpu, i) => {
  freeSt(cpu, i);
  unit.pop(cpu);
};
const comparePopBoth: RegisterAction = (cpu, i) => compareSt(cpu, i, false, 2);
const unorderedPopBoth: RegisterAction = (cpu, i) => compareSt(cpu, i, true, 2);

function moves(negate: number): (RegisterAction | undefined)[] {
  return MOVES.map((code) => (cpu: Cpu, i: number) => conditionalMove(cpu, code | negate, i));
}

/** Only ST(1) is an operand of FUCOMPP and FCOMPP. */
function onlySt1(action: RegisterAction): RegisterAction {
  return (cpu, i) => {
    if (i !== 1) undefinedOpcode(cpu);
    action(cpu, i);
  };
}

const popArithmetic = arithmeticRow((operation) => toSti(operation, true));
popArithmetic[2] = (cpu, i) => compareSt(cpu, i, false, 1);
popArithmetic[3] = onlySt1(comparePopBoth);

const fnop: RegisterAction = (cpu, i) => {
  if (i !== 0) undefinedOpcode(cpu);
};

const REGISTER_ACTIONS: readonly (readonly (RegisterAction | undefined)[])[] = [
  arithmeticRow(toSt0),
  [loadSt, exchange, fnop, storeNoFault],
  [...moves(0), undefined, onlySt1(unorderedPopBoth), undefined, undefined],
  [
    ...moves(1),
    undefined,
    (cpu, i) => compareFlags(cpu, i, true, 0),
    (cpu, i) => compareFlags(cpu, i, false, 0),
    undefined,
  ],
  arithmeticRow((operation) => toSti(operation, false)),
  [
    freeSt,
    exchange,
    (cpu, i) => storeSt(cpu, i, false),
    (cpu, i) => storeSt(cpu, i, true),
    (cpu, i) => compareSt(cpu, i, true, 0),
    (cpu, i) => compareSt(cpu, i, true, 1),
    undefined,
    undefined,
  ],
  popArithmetic,
  [
    freeAndPop,
    exchange,
    (cpu, i) => storeSt(cpu, i, true),
    (cpu, i) => storeSt(cpu, i, true),
    undefined,
    (cpu, i) => compareFlags(cpu, i, true, 1),
    (cpu, i) => compareFlags(cpu, i, false, 1),
    undefined,
  ],
];

/** Any instruction D8..DF. */
export const FPU_HANDLER: Handler = (cpu, p) => {
  const packed = cpu.code.records[p + W_IMM];
  const escape = packed >>> 8;
  const modrm = packed & 0xff;
  if (isMemory(cpu, p)) {
    executeMemory(cpu, p, escape, (modrm >>> 3) & 7);
    return cpu.mustLeave ? LEAVE : NEXT;
  }
  return executeRegister(cpu, p, escape, modrm);
};

export const fwait: Handler = (cpu) => {
  unit.enterWait(cpu);
  return NEXT;
};
