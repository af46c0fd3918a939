// Names of the exceptions, and how an instruction raises one. Delivery is in interrupts.ts.

import { type Cpu, FAULT } from './cpu.ts';
import { CR2 } from './state-layout.ts';

export const DE = 0;
export const DB = 1;
export const NMI = 2;
export const BR = 5;
export const UD = 6;
export const NM = 7;
export const DF_ABORT = 8;
export const TS = 10;
export const NP = 11;
export const SS_FAULT = 12;
export const GP = 13;
export const PF_FAULT = 14;
export const MF = 16;
export const AC_FAULT = 17;

const NAMES: Readonly<Record<number, string>> = {
  0: '#DE divide error',
  1: '#DB debug',
  2: 'NMI',
  3: '#BP breakpoint',
  4: '#OF overflow',
  5: '#BR bound range',
  6: '#UD undefined opcode',
  7: '#NM device not available',
  8: '#DF double fault',
  10: '#TS invalid TSS',
  11: '#NP segment not present',
  12: '#SS stack fault',
  13: '#GP general protection',
  14: '#PF page fault',
  16: '#MF x87 error',
  17: '#AC alignment check',
};

/** A vector in the manual's words, such as "#PF page fault". */
export function exceptionName(vector: number): string {
  return NAMES[vector] ?? `interrupt ${vector}`;
}

/** Abandons the instruction with an exception; nothing of it may have been written yet. */
export function raise(cpu: Cpu, vector: number, errorCode: number, why: string): never {
  cpu.faultVector = vector;
  cpu.faultError = errorCode;
  cpu.faultWhy = why;
  throw FAULT;
}

/** #UD. */
export function undefinedOpcode(cpu: Cpu): never {
  raise(cpu, UD, -1, 'the opcode is not defined');
}

/** #GP(selector & ~3), or #GP(0). */
export function generalProtection(cpu: Cpu, why: string, selector = 0): never {
  raise(cpu, GP, selector & 0xfffc, why);
}

/** #PF: bits of `code` as the manual's (present, write, user). CR2 becomes the address. */
export function pageFault(cpu: Cpu, linear: number, code: number): never {
  cpu.r[CR2] = linear;
  cpu.tlb.drop(linear >>> 12);
  raise(cpu, PF_FAULT, code, code & 1 ? 'the page denies the access' : 'the page is not present');
}
