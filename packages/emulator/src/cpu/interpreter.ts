// The interpreter's hot loop: one function, one switch over the rows and pairs of hot-ops.ts. It is exempt from the limits
// on function and file length. Its case labels and state offsets are literals because V8 makes a jump table of literals
// only (hot-ops.ts names the cases, state-layout.ts the words m[c + ..], record.ts the words m[p + ..];
// interpreter.test.ts checks the labels). V8 gives up optimising a function past 61,440 bytes of bytecode, and the same
// loop is ten times slower then: test/bench/mips.test.ts holds it below.
//
// What was measured to matter (docs/interpreter.md has the figures):
//   - state, TLB tables, records and RAM are all indexed through one Int32Array, whose length and base stay in registers;
//   - nothing in the inner loop is a call: V8 reloads and checks lengths and bases after each;
//   - what indexes are made of is masked once (V8 then knows that sums neither overflow nor are negative), other sums end
//     in | 0: a check less at each of some ten places of an instruction;
//   - the lazy flags are locals; the record's first word holds the operands' registers beside the case's number;
//   - a compare and the jump behind it are one case.
//
// Invariants. A fast path has no effect before its last check; where a check fails it does `break`, which runs the full
// handler. Each turn costs one tick unless it gives it back. `base` is EIP of the page's first byte. The flags are in
// fk, fa, fr, and in the state whenever something else runs. A fault is an exception of JavaScript thrown through here;
// nothing of the instruction has been done then.

import { type Cpu, FAULT } from './cpu.ts';
import { crossesAsDecoded, locate, locateScratch } from './fetch.ts';
import type { Handler } from './record.ts';
import { CS, SEGMENT_BASE, SEGMENT_LIMIT } from './state-layout.ts';

/** Why `interpret` came back: ticks used up or something to look at; an exception to deliver; a breakpoint. */
export const DONE = 0;
export const FAULTED = 1;
export const STOPPED = 2;

/** Words of memory are numbered below 2^30. */
const P = 0x3fffffff;

/** What `w` holds when EIP must be looked up the slow way. */
const LOOK_UP = -1;

/**
 * Runs instructions from CS:EIP until LEFT is used up, a handler wants the slice to end, or one faults. EIP and LEFT are
 * right afterwards; after a fault EIP is that instruction's, and its tick has been taken.
 */
export function interpret(cpu: Cpu, handlers: readonly Handler[]): number {
  const { code, r } = cpu;
  const m = cpu.memory.i32;
  const h = cpu.memory.u16;
  const b = cpu.memory.u8;
  // The masks tell V8 that nothing here is negative or large, so that it checks no sums made of it.
  const c = (r.byteOffset >>> 2) & 0xffff;
  const c2 = c << 1;
  const c4 = c << 2;
  const rt = (cpu.readTable.byteOffset >>> 2) & P;
  const wt = (cpu.writeTable.byteOffset >>> 2) & P;
  const pages = code.pageIndexAt & P;
  const key = cpu.decodeKey & 3;
  const csBase = r[SEGMENT_BASE + CS];
  const csLimit = r[SEGMENT_LIMIT + CS] >>> 0;
  let base = r[9];
  let p = code.origin & P;
  let n = r[20];
  let fk = 0;
  let fa = 0;
  let fr = 0;
  let result = DONE;
  let w = 0;
  let a = 0;
  let e = 0;
  let q = 0;
  let t = 0;
  let u = 0;
  let v = 0;
  try {
    loop: for (;;) {
      // V8 looks at the three arrays here, once, and keeps what it found for the inner loop, which has no calls.
      u = b[0] + h[0];
      fk = m[c + 10];
      fa = m[c + 11];
      fr = m[c + 12];
      for (;;) {
        n = (n - 1) | 0;
        if (n < 0) {
          n = 0;
          m[c + 10] = fk;
          m[c + 11] = fa;
          m[c + 12] = fr;
          break loop;
        }
        w = m[p];
        slow: {
          jump: {
            taken: {
              carryOut: {
                switch (w & 1023) {
                  case 0: {
                    // stale: the page's records were dropped: look EIP up again
                    n = (n + 1) | 0;
                    t = (base + (m[p + 7] & 0xfff)) | 0;
                    break jump;
                  }
                  case 1: {
                    // continue: falls into the next page, or into code decoded before
                    n = (n + 1) | 0;
                    t = (base + m[p + 3]) | 0;
                    break jump;
                  }
                  case 2: {
                    // cross: the next instruction ends in the next page: is that still the page decoded?
                    q = m[p + 7] & 0xfff;
                    t = (base + q) | 0;
                    a = (((t + csBase) & ~0xfff) + 0x1000) | 0;
                    e = m[rt + (a >>> 12)];
                    if ((e & 1) !== 0 || (e ^ a) >>> 12 !== m[p + 3]) break;
                    if ((t >>> 0) + m[p + 6] - 1 > csLimit) break;
                    n = (n + 1) | 0;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 3: {
                    // break: a breakpoint may stand here
                    break;
                  }
                  case 4: {
                    // add32RegReg: add r32, r32
                    fa = m[c + ((w >>> 10) & 7)];
                    fr = (fa + m[c + ((w >>> 15) & 7)]) | 0;
                    fk = 2;
                    m[c + ((w >>> 10) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 5: {
                    // add32RegImm: add r32, imm
                    fa = m[c + ((w >>> 10) & 7)];
                    fr = (fa + m[p + 6]) | 0;
                    fk = 2;
                    m[c + ((w >>> 10) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 6: {
                    // add32RegBase: add r32, m32
                    a = (m[c + ((w >>> 20) & 15)] + m[p + 3]) | 0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fa = m[c + ((w >>> 15) & 7)];
                    fr = (fa + m[(e ^ a) >>> 2]) | 0;
                    fk = 2;
                    m[c + ((w >>> 15) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 7: {
                    // add32RegSib: add r32, m32 with an index
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fa = m[c + ((w >>> 15) & 7)];
                    fr = (fa + m[(e ^ a) >>> 2]) | 0;
                    fk = 2;
                    m[c + ((w >>> 15) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 8: {
                    // add32MemReg: add m32, r32
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[wt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fa = m[(e ^ a) >>> 2];
                    fr = (fa + m[c + ((w >>> 15) & 7)]) | 0;
                    fk = 2;
                    m[(e ^ a) >>> 2] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 9: {
                    // add32MemImm: add m32, imm
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[wt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fa = m[(e ^ a) >>> 2];
                    fr = (fa + m[p + 6]) | 0;
                    fk = 2;
                    m[(e ^ a) >>> 2] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 10: {
                    // add8RegReg: add r8, r8
                    fa = b[c4 + ((w >>> 10) & 31)] << 24;
                    fr = (fa + (b[c4 + ((w >>> 15) & 31)] << 24)) | 0;
                    fk = 6146;
                    b[c4 + ((w >>> 10) & 31)] = fr >>> 24;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 11: {
                    // add8RegImm: add r8, imm
                    fa = b[c4 + ((w >>> 10) & 31)] << 24;
                    fr = (fa + (m[p + 6] << 24)) | 0;
                    fk = 6146;
                    b[c4 + ((w >>> 10) & 31)] = fr >>> 24;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 12: {
                    // add8RegMem: add r8, m8
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if ((e & 1) !== 0) break;
                    fa = b[c4 + ((w >>> 15) & 31)] << 24;
                    fr = (fa + (b[(e ^ a) >>> 0] << 24)) | 0;
                    fk = 6146;
                    b[c4 + ((w >>> 15) & 31)] = fr >>> 24;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 13: {
                    // add8MemReg: add m8, r8
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[wt + (a >>> 12)];
                    if ((e & 1) !== 0) break;
                    fa = b[(e ^ a) >>> 0] << 24;
                    fr = (fa + (b[c4 + ((w >>> 15) & 31)] << 24)) | 0;
                    fk = 6146;
                    b[(e ^ a) >>> 0] = fr >>> 24;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 14: {
                    // add8MemImm: add m8, imm
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[wt + (a >>> 12)];
                    if ((e & 1) !== 0) break;
                    fa = b[(e ^ a) >>> 0] << 24;
                    fr = (fa + (m[p + 6] << 24)) | 0;
                    fk = 6146;
                    b[(e ^ a) >>> 0] = fr >>> 24;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 15: {
                    // or32RegReg: or r32, r32
                    fr = m[c + ((w >>> 10) & 7)] | m[c + ((w >>> 15) & 7)];
                    fk = 3;
                    m[c + ((w >>> 10) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 16: {
                    // or32RegImm: or r32, imm
                    fr = m[c + ((w >>> 10) & 7)] | m[p + 6];
                    fk = 3;
                    m[c + ((w >>> 10) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 17: {
                    // or32RegMem: or r32, m32
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fr = m[c + ((w >>> 15) & 7)] | m[(e ^ a) >>> 2];
                    fk = 3;
                    m[c + ((w >>> 15) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 18: {
                    // or32MemReg: or m32, r32
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[wt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fr = m[(e ^ a) >>> 2] | m[c + ((w >>> 15) & 7)];
                    fk = 3;
                    m[(e ^ a) >>> 2] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 19: {
                    // or32MemImm: or m32, imm
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[wt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fr = m[(e ^ a) >>> 2] | m[p + 6];
                    fk = 3;
                    m[(e ^ a) >>> 2] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 20: {
                    // or8RegReg: or r8, r8
                    fr = (b[c4 + ((w >>> 10) & 31)] | b[c4 + ((w >>> 15) & 31)]) << 24;
                    fk = 6147;
                    b[c4 + ((w >>> 10) & 31)] = fr >>> 24;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 21: {
                    // or8RegImm: or r8, imm
                    fr = (b[c4 + ((w >>> 10) & 31)] | m[p + 6]) << 24;
                    fk = 6147;
                    b[c4 + ((w >>> 10) & 31)] = fr >>> 24;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 22: {
                    // or8RegMem: or r8, m8
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if ((e & 1) !== 0) break;
                    fr = (b[c4 + ((w >>> 15) & 31)] | b[(e ^ a) >>> 0]) << 24;
                    fk = 6147;
                    b[c4 + ((w >>> 15) & 31)] = fr >>> 24;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 23: {
                    // or8MemReg: or m8, r8
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[wt + (a >>> 12)];
                    if ((e & 1) !== 0) break;
                    fr = (b[(e ^ a) >>> 0] | b[c4 + ((w >>> 15) & 31)]) << 24;
                    fk = 6147;
                    b[(e ^ a) >>> 0] = fr >>> 24;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 24: {
                    // or8MemImm: or m8, imm
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[wt + (a >>> 12)];
                    if ((e & 1) !== 0) break;
                    fr = (b[(e ^ a) >>> 0] | m[p + 6]) << 24;
                    fk = 6147;
                    b[(e ^ a) >>> 0] = fr >>> 24;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 25: {
                    // and32RegReg: and r32, r32
                    fr = m[c + ((w >>> 10) & 7)] & m[c + ((w >>> 15) & 7)];
                    fk = 3;
                    m[c + ((w >>> 10) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 26: {
                    // and32RegImm: and r32, imm
                    fr = m[c + ((w >>> 10) & 7)] & m[p + 6];
                    fk = 3;
                    m[c + ((w >>> 10) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 27: {
                    // and32RegBase: and r32, m32
                    a = (m[c + ((w >>> 20) & 15)] + m[p + 3]) | 0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fr = m[c + ((w >>> 15) & 7)] & m[(e ^ a) >>> 2];
                    fk = 3;
                    m[c + ((w >>> 15) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 28: {
                    // and32RegSib: and r32, m32 with an index
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fr = m[c + ((w >>> 15) & 7)] & m[(e ^ a) >>> 2];
                    fk = 3;
                    m[c + ((w >>> 15) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 29: {
                    // and32MemReg: and m32, r32
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[wt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fr = m[(e ^ a) >>> 2] & m[c + ((w >>> 15) & 7)];
                    fk = 3;
                    m[(e ^ a) >>> 2] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 30: {
                    // and32MemImm: and m32, imm
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[wt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fr = m[(e ^ a) >>> 2] & m[p + 6];
                    fk = 3;
                    m[(e ^ a) >>> 2] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 31: {
                    // and8RegReg: and r8, r8
                    fr = (b[c4 + ((w >>> 10) & 31)] & b[c4 + ((w >>> 15) & 31)]) << 24;
                    fk = 6147;
                    b[c4 + ((w >>> 10) & 31)] = fr >>> 24;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 32: {
                    // and8RegImm: and r8, imm
                    fr = (b[c4 + ((w >>> 10) & 31)] & m[p + 6]) << 24;
                    fk = 6147;
                    b[c4 + ((w >>> 10) & 31)] = fr >>> 24;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 33: {
                    // and8RegMem: and r8, m8
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if ((e & 1) !== 0) break;
                    fr = (b[c4 + ((w >>> 15) & 31)] & b[(e ^ a) >>> 0]) << 24;
                    fk = 6147;
                    b[c4 + ((w >>> 15) & 31)] = fr >>> 24;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 34: {
                    // and8MemReg: and m8, r8
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[wt + (a >>> 12)];
                    if ((e & 1) !== 0) break;
                    fr = (b[(e ^ a) >>> 0] & b[c4 + ((w >>> 15) & 31)]) << 24;
                    fk = 6147;
                    b[(e ^ a) >>> 0] = fr >>> 24;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 35: {
                    // and8MemImm: and m8, imm
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[wt + (a >>> 12)];
                    if ((e & 1) !== 0) break;
                    fr = (b[(e ^ a) >>> 0] & m[p + 6]) << 24;
                    fk = 6147;
                    b[(e ^ a) >>> 0] = fr >>> 24;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 36: {
                    // sub32RegReg: sub r32, r32
                    fa = m[c + ((w >>> 10) & 7)];
                    fr = (fa - m[c + ((w >>> 15) & 7)]) | 0;
                    fk = 1;
                    m[c + ((w >>> 10) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 37: {
                    // sub32RegImm: sub r32, imm
                    fa = m[c + ((w >>> 10) & 7)];
                    fr = (fa - m[p + 6]) | 0;
                    fk = 1;
                    m[c + ((w >>> 10) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 38: {
                    // sub32RegBase: sub r32, m32
                    a = (m[c + ((w >>> 20) & 15)] + m[p + 3]) | 0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fa = m[c + ((w >>> 15) & 7)];
                    fr = (fa - m[(e ^ a) >>> 2]) | 0;
                    fk = 1;
                    m[c + ((w >>> 15) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 39: {
                    // sub32RegSib: sub r32, m32 with an index
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fa = m[c + ((w >>> 15) & 7)];
                    fr = (fa - m[(e ^ a) >>> 2]) | 0;
                    fk = 1;
                    m[c + ((w >>> 15) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 40: {
                    // sub32MemReg: sub m32, r32
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[wt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fa = m[(e ^ a) >>> 2];
                    fr = (fa - m[c + ((w >>> 15) & 7)]) | 0;
                    fk = 1;
                    m[(e ^ a) >>> 2] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 41: {
                    // sub32MemImm: sub m32, imm
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[wt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fa = m[(e ^ a) >>> 2];
                    fr = (fa - m[p + 6]) | 0;
                    fk = 1;
                    m[(e ^ a) >>> 2] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 42: {
                    // sub8RegReg: sub r8, r8
                    fa = b[c4 + ((w >>> 10) & 31)] << 24;
                    fr = (fa - (b[c4 + ((w >>> 15) & 31)] << 24)) | 0;
                    fk = 6145;
                    b[c4 + ((w >>> 10) & 31)] = fr >>> 24;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 43: {
                    // sub8RegImm: sub r8, imm
                    fa = b[c4 + ((w >>> 10) & 31)] << 24;
                    fr = (fa - (m[p + 6] << 24)) | 0;
                    fk = 6145;
                    b[c4 + ((w >>> 10) & 31)] = fr >>> 24;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 44: {
                    // sub8RegMem: sub r8, m8
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if ((e & 1) !== 0) break;
                    fa = b[c4 + ((w >>> 15) & 31)] << 24;
                    fr = (fa - (b[(e ^ a) >>> 0] << 24)) | 0;
                    fk = 6145;
                    b[c4 + ((w >>> 15) & 31)] = fr >>> 24;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 45: {
                    // sub8MemReg: sub m8, r8
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[wt + (a >>> 12)];
                    if ((e & 1) !== 0) break;
                    fa = b[(e ^ a) >>> 0] << 24;
                    fr = (fa - (b[c4 + ((w >>> 15) & 31)] << 24)) | 0;
                    fk = 6145;
                    b[(e ^ a) >>> 0] = fr >>> 24;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 46: {
                    // sub8MemImm: sub m8, imm
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[wt + (a >>> 12)];
                    if ((e & 1) !== 0) break;
                    fa = b[(e ^ a) >>> 0] << 24;
                    fr = (fa - (m[p + 6] << 24)) | 0;
                    fk = 6145;
                    b[(e ^ a) >>> 0] = fr >>> 24;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 47: {
                    // xor32RegReg: xor r32, r32
                    fr = m[c + ((w >>> 10) & 7)] ^ m[c + ((w >>> 15) & 7)];
                    fk = 3;
                    m[c + ((w >>> 10) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 48: {
                    // xor32RegImm: xor r32, imm
                    fr = m[c + ((w >>> 10) & 7)] ^ m[p + 6];
                    fk = 3;
                    m[c + ((w >>> 10) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 49: {
                    // xor32RegBase: xor r32, m32
                    a = (m[c + ((w >>> 20) & 15)] + m[p + 3]) | 0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fr = m[c + ((w >>> 15) & 7)] ^ m[(e ^ a) >>> 2];
                    fk = 3;
                    m[c + ((w >>> 15) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 50: {
                    // xor32RegSib: xor r32, m32 with an index
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fr = m[c + ((w >>> 15) & 7)] ^ m[(e ^ a) >>> 2];
                    fk = 3;
                    m[c + ((w >>> 15) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 51: {
                    // xor32MemReg: xor m32, r32
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[wt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fr = m[(e ^ a) >>> 2] ^ m[c + ((w >>> 15) & 7)];
                    fk = 3;
                    m[(e ^ a) >>> 2] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 52: {
                    // xor32MemImm: xor m32, imm
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[wt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fr = m[(e ^ a) >>> 2] ^ m[p + 6];
                    fk = 3;
                    m[(e ^ a) >>> 2] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 53: {
                    // xor8RegReg: xor r8, r8
                    fr = (b[c4 + ((w >>> 10) & 31)] ^ b[c4 + ((w >>> 15) & 31)]) << 24;
                    fk = 6147;
                    b[c4 + ((w >>> 10) & 31)] = fr >>> 24;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 54: {
                    // xor8RegImm: xor r8, imm
                    fr = (b[c4 + ((w >>> 10) & 31)] ^ m[p + 6]) << 24;
                    fk = 6147;
                    b[c4 + ((w >>> 10) & 31)] = fr >>> 24;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 55: {
                    // xor8RegMem: xor r8, m8
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if ((e & 1) !== 0) break;
                    fr = (b[c4 + ((w >>> 15) & 31)] ^ b[(e ^ a) >>> 0]) << 24;
                    fk = 6147;
                    b[c4 + ((w >>> 15) & 31)] = fr >>> 24;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 56: {
                    // xor8MemReg: xor m8, r8
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[wt + (a >>> 12)];
                    if ((e & 1) !== 0) break;
                    fr = (b[(e ^ a) >>> 0] ^ b[c4 + ((w >>> 15) & 31)]) << 24;
                    fk = 6147;
                    b[(e ^ a) >>> 0] = fr >>> 24;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 57: {
                    // xor8MemImm: xor m8, imm
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[wt + (a >>> 12)];
                    if ((e & 1) !== 0) break;
                    fr = (b[(e ^ a) >>> 0] ^ m[p + 6]) << 24;
                    fk = 6147;
                    b[(e ^ a) >>> 0] = fr >>> 24;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 58: {
                    // cmp32RegReg: cmp r32, r32
                    fa = m[c + ((w >>> 10) & 7)];
                    fr = (fa - m[c + ((w >>> 15) & 7)]) | 0;
                    fk = 1;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 59: {
                    // cmp32RegImm: cmp r32, imm
                    fa = m[c + ((w >>> 10) & 7)];
                    fr = (fa - m[p + 6]) | 0;
                    fk = 1;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 60: {
                    // cmp32RegBase: cmp r32, m32
                    a = (m[c + ((w >>> 20) & 15)] + m[p + 3]) | 0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fa = m[c + ((w >>> 15) & 7)];
                    fr = (fa - m[(e ^ a) >>> 2]) | 0;
                    fk = 1;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 61: {
                    // cmp32RegSib: cmp r32, m32 with an index
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fa = m[c + ((w >>> 15) & 7)];
                    fr = (fa - m[(e ^ a) >>> 2]) | 0;
                    fk = 1;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 62: {
                    // cmp32MemReg: cmp m32, r32
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fa = m[(e ^ a) >>> 2];
                    fr = (fa - m[c + ((w >>> 15) & 7)]) | 0;
                    fk = 1;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 63: {
                    // cmp32MemImm: cmp m32, imm
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fa = m[(e ^ a) >>> 2];
                    fr = (fa - m[p + 6]) | 0;
                    fk = 1;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 64: {
                    // cmp8RegReg: cmp r8, r8
                    fa = b[c4 + ((w >>> 10) & 31)] << 24;
                    fr = (fa - (b[c4 + ((w >>> 15) & 31)] << 24)) | 0;
                    fk = 6145;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 65: {
                    // cmp8RegImm: cmp r8, imm
                    fa = b[c4 + ((w >>> 10) & 31)] << 24;
                    fr = (fa - (m[p + 6] << 24)) | 0;
                    fk = 6145;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 66: {
                    // cmp8RegMem: cmp r8, m8
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if ((e & 1) !== 0) break;
                    fa = b[c4 + ((w >>> 15) & 31)] << 24;
                    fr = (fa - (b[(e ^ a) >>> 0] << 24)) | 0;
                    fk = 6145;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 67: {
                    // cmp8MemReg: cmp m8, r8
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if ((e & 1) !== 0) break;
                    fa = b[(e ^ a) >>> 0] << 24;
                    fr = (fa - (b[c4 + ((w >>> 15) & 31)] << 24)) | 0;
                    fk = 6145;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 68: {
                    // cmp8MemImm: cmp m8, imm
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if ((e & 1) !== 0) break;
                    fa = b[(e ^ a) >>> 0] << 24;
                    fr = (fa - (m[p + 6] << 24)) | 0;
                    fk = 6145;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 69: {
                    // test32RegReg: test r32, r32
                    fr = m[c + ((w >>> 10) & 7)] & m[c + ((w >>> 15) & 7)];
                    fk = 3;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 70: {
                    // test32RegImm: test r32, imm
                    fr = m[c + ((w >>> 10) & 7)] & m[p + 6];
                    fk = 3;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 71: {
                    // test32MemReg: test m32, r32
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fr = m[(e ^ a) >>> 2] & m[c + ((w >>> 15) & 7)];
                    fk = 3;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 72: {
                    // test32MemImm: test m32, imm
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fr = m[(e ^ a) >>> 2] & m[p + 6];
                    fk = 3;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 73: {
                    // test8RegReg: test r8, r8
                    fr = (b[c4 + ((w >>> 10) & 31)] & b[c4 + ((w >>> 15) & 31)]) << 24;
                    fk = 6147;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 74: {
                    // test8RegImm: test r8, imm
                    fr = (b[c4 + ((w >>> 10) & 31)] & m[p + 6]) << 24;
                    fk = 6147;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 75: {
                    // test8MemReg: test m8, r8
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if ((e & 1) !== 0) break;
                    fr = (b[(e ^ a) >>> 0] & b[c4 + ((w >>> 15) & 31)]) << 24;
                    fk = 6147;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 76: {
                    // test8MemImm: test m8, imm
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if ((e & 1) !== 0) break;
                    fr = (b[(e ^ a) >>> 0] & m[p + 6]) << 24;
                    fk = 6147;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 77: {
                    // adc32RegReg: adc r32, r32
                    if ((fk & 31) === 1) q = fa >>> 0 < (fa - fr) >>> 0 ? 1 : 0;
                    else if ((fk & 16) !== 0) q = (fk >>> 5) & 1;
                    else break carryOut;
                    fa = m[c + ((w >>> 10) & 7)];
                    fr = (fa + m[c + ((w >>> 15) & 7)] + q) | 0;
                    m[c + ((w >>> 10) & 7)] = fr;
                    fk = q === 0 ? 2 : 7;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 78: {
                    // adc32RegImm: adc r32, imm
                    if ((fk & 31) === 1) q = fa >>> 0 < (fa - fr) >>> 0 ? 1 : 0;
                    else if ((fk & 16) !== 0) q = (fk >>> 5) & 1;
                    else break carryOut;
                    fa = m[c + ((w >>> 10) & 7)];
                    fr = (fa + m[p + 6] + q) | 0;
                    m[c + ((w >>> 10) & 7)] = fr;
                    fk = q === 0 ? 2 : 7;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 79: {
                    // adc32RegMem: adc r32, m32
                    if ((fk & 31) === 1) q = fa >>> 0 < (fa - fr) >>> 0 ? 1 : 0;
                    else if ((fk & 16) !== 0) q = (fk >>> 5) & 1;
                    else break carryOut;
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fa = m[c + ((w >>> 15) & 7)];
                    fr = (fa + m[(e ^ a) >>> 2] + q) | 0;
                    m[c + ((w >>> 15) & 7)] = fr;
                    fk = q === 0 ? 2 : 7;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 80: {
                    // sbb32RegReg: sbb r32, r32
                    if ((fk & 31) === 1) q = fa >>> 0 < (fa - fr) >>> 0 ? 1 : 0;
                    else if ((fk & 16) !== 0) q = (fk >>> 5) & 1;
                    else break carryOut;
                    fa = m[c + ((w >>> 10) & 7)];
                    fr = (fa - m[c + ((w >>> 15) & 7)] - q) | 0;
                    m[c + ((w >>> 10) & 7)] = fr;
                    fk = q === 0 ? 1 : 8;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 81: {
                    // sbb32RegImm: sbb r32, imm
                    if ((fk & 31) === 1) q = fa >>> 0 < (fa - fr) >>> 0 ? 1 : 0;
                    else if ((fk & 16) !== 0) q = (fk >>> 5) & 1;
                    else break carryOut;
                    fa = m[c + ((w >>> 10) & 7)];
                    fr = (fa - m[p + 6] - q) | 0;
                    m[c + ((w >>> 10) & 7)] = fr;
                    fk = q === 0 ? 1 : 8;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 82: {
                    // sbb32RegMem: sbb r32, m32
                    if ((fk & 31) === 1) q = fa >>> 0 < (fa - fr) >>> 0 ? 1 : 0;
                    else if ((fk & 16) !== 0) q = (fk >>> 5) & 1;
                    else break carryOut;
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fa = m[c + ((w >>> 15) & 7)];
                    fr = (fa - m[(e ^ a) >>> 2] - q) | 0;
                    m[c + ((w >>> 15) & 7)] = fr;
                    fk = q === 0 ? 1 : 8;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 83: {
                    // mov32RegReg: mov r32, r32
                    m[c + ((w >>> 10) & 7)] = m[c + ((w >>> 15) & 7)];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 84: {
                    // mov32RegImm: mov r32, imm
                    m[c + ((w >>> 10) & 7)] = m[p + 6];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 85: {
                    // mov32RegBase: mov r32, m32
                    a = (m[c + ((w >>> 20) & 15)] + m[p + 3]) | 0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    m[c + ((w >>> 15) & 7)] = m[(e ^ a) >>> 2];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 86: {
                    // mov32RegSib: mov r32, m32 with an index
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    m[c + ((w >>> 15) & 7)] = m[(e ^ a) >>> 2];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 87: {
                    // mov32BaseReg: mov m32, r32
                    a = (m[c + ((w >>> 20) & 15)] + m[p + 3]) | 0;
                    e = m[wt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    m[(e ^ a) >>> 2] = m[c + ((w >>> 15) & 7)];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 88: {
                    // mov32SibReg: mov m32, r32 with an index
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[wt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    m[(e ^ a) >>> 2] = m[c + ((w >>> 15) & 7)];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 89: {
                    // mov32MemImm: mov m32, imm
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[wt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    m[(e ^ a) >>> 2] = m[p + 6];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 90: {
                    // mov8RegReg: mov r8, r8
                    b[c4 + ((w >>> 10) & 31)] = b[c4 + ((w >>> 15) & 31)];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 91: {
                    // mov8RegImm: mov r8, imm
                    b[c4 + ((w >>> 10) & 31)] = m[p + 6];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 92: {
                    // mov8RegMem: mov r8, m8
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if ((e & 1) !== 0) break;
                    b[c4 + ((w >>> 15) & 31)] = b[(e ^ a) >>> 0];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 93: {
                    // mov8MemReg: mov m8, r8
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[wt + (a >>> 12)];
                    if ((e & 1) !== 0) break;
                    b[(e ^ a) >>> 0] = b[c4 + ((w >>> 15) & 31)];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 94: {
                    // mov8MemImm: mov m8, imm
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[wt + (a >>> 12)];
                    if ((e & 1) !== 0) break;
                    b[(e ^ a) >>> 0] = m[p + 6];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 95: {
                    // mov16RegMem: mov r16, m16
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 1) !== 0) break;
                    h[c2 + ((w >>> 14) & 14)] = h[(e ^ a) >>> 1];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 96: {
                    // mov16MemReg: mov m16, r16
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[wt + (a >>> 12)];
                    if (((e | a) & 1) !== 0) break;
                    h[(e ^ a) >>> 1] = h[c2 + ((w >>> 14) & 14)];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 97: {
                    // mov16MemImm: mov m16, imm
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[wt + (a >>> 12)];
                    if (((e | a) & 1) !== 0) break;
                    h[(e ^ a) >>> 1] = m[p + 6];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 98: {
                    // movzx8Reg: movzx r32, r8
                    m[c + ((w >>> 15) & 7)] = b[c4 + ((w >>> 10) & 31)];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 99: {
                    // movzx8Base: movzx r32, m8
                    a = (m[c + ((w >>> 20) & 15)] + m[p + 3]) | 0;
                    e = m[rt + (a >>> 12)];
                    if ((e & 1) !== 0) break;
                    m[c + ((w >>> 15) & 7)] = b[(e ^ a) >>> 0];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 100: {
                    // movzx8Sib: movzx r32, m8 with an index
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if ((e & 1) !== 0) break;
                    m[c + ((w >>> 15) & 7)] = b[(e ^ a) >>> 0];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 101: {
                    // movzx16Reg: movzx r32, r16
                    m[c + ((w >>> 15) & 7)] = h[c2 + ((w >>> 9) & 14)];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 102: {
                    // movzx16Mem: movzx r32, m16
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 1) !== 0) break;
                    m[c + ((w >>> 15) & 7)] = h[(e ^ a) >>> 1];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 103: {
                    // movsx8Reg: movsx r32, r8
                    m[c + ((w >>> 15) & 7)] = (b[c4 + ((w >>> 10) & 31)] << 24) >> 24;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 104: {
                    // movsx8Mem: movsx r32, m8
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if ((e & 1) !== 0) break;
                    m[c + ((w >>> 15) & 7)] = (b[(e ^ a) >>> 0] << 24) >> 24;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 105: {
                    // movsx16Reg: movsx r32, r16
                    m[c + ((w >>> 15) & 7)] = (h[c2 + ((w >>> 9) & 14)] << 16) >> 16;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 106: {
                    // movsx16Mem: movsx r32, m16
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 1) !== 0) break;
                    m[c + ((w >>> 15) & 7)] = (h[(e ^ a) >>> 1] << 16) >> 16;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 107: {
                    // lea32Base: lea r32, m
                    m[c + ((w >>> 15) & 7)] = (m[c + ((w >>> 20) & 15)] + m[p + 3]) | 0;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 108: {
                    // lea32Sib: lea r32, m with an index
                    m[c + ((w >>> 15) & 7)] =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 109: {
                    // inc32Reg: inc r32
                    if ((fk & 31) === 1) q = fa >>> 0 < (fa - fr) >>> 0 ? 1 : 0;
                    else if ((fk & 16) !== 0) q = (fk >>> 5) & 1;
                    else break carryOut;
                    fr = (m[c + ((w >>> 10) & 7)] + 1) | 0;
                    fk = 20 | (q << 5);
                    m[c + ((w >>> 10) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 110: {
                    // inc32Mem: inc m32
                    if ((fk & 31) === 1) q = fa >>> 0 < (fa - fr) >>> 0 ? 1 : 0;
                    else if ((fk & 16) !== 0) q = (fk >>> 5) & 1;
                    else break carryOut;
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[wt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fr = (m[(e ^ a) >>> 2] + 1) | 0;
                    fk = 20 | (q << 5);
                    m[(e ^ a) >>> 2] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 111: {
                    // dec32Reg: dec r32
                    if ((fk & 31) === 1) q = fa >>> 0 < (fa - fr) >>> 0 ? 1 : 0;
                    else if ((fk & 16) !== 0) q = (fk >>> 5) & 1;
                    else break carryOut;
                    fr = (m[c + ((w >>> 10) & 7)] - 1) | 0;
                    fk = 21 | (q << 5);
                    m[c + ((w >>> 10) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 112: {
                    // dec32Mem: dec m32
                    if ((fk & 31) === 1) q = fa >>> 0 < (fa - fr) >>> 0 ? 1 : 0;
                    else if ((fk & 16) !== 0) q = (fk >>> 5) & 1;
                    else break carryOut;
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[wt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fr = (m[(e ^ a) >>> 2] - 1) | 0;
                    fk = 21 | (q << 5);
                    m[(e ^ a) >>> 2] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 113: {
                    // neg32Reg: neg r32
                    fa = 0;
                    fr = (0 - m[c + ((w >>> 10) & 7)]) | 0;
                    fk = 1;
                    m[c + ((w >>> 10) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 114: {
                    // not32Reg: not r32
                    m[c + ((w >>> 10) & 7)] = ~m[c + ((w >>> 10) & 7)];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 115: {
                    // shl32Imm: shl r32, imm
                    q = m[p + 6] & 31;
                    if (q === 0) break;
                    u = m[c + ((w >>> 10) & 7)];
                    fr = u << q;
                    a = (u >>> (32 - q)) & 1;
                    fa = 0x10 | a | (((fr >>> 31) ^ a) << 11);
                    fk = 6;
                    m[c + ((w >>> 10) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 116: {
                    // shl32Cl: shl r32, cl
                    q = m[c + 1] & 31;
                    if (q === 0) break;
                    u = m[c + ((w >>> 10) & 7)];
                    fr = u << q;
                    a = (u >>> (32 - q)) & 1;
                    fa = 0x10 | a | (((fr >>> 31) ^ a) << 11);
                    fk = 6;
                    m[c + ((w >>> 10) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 117: {
                    // shr32Imm: shr r32, imm
                    q = m[p + 6] & 31;
                    if (q === 0) break;
                    u = m[c + ((w >>> 10) & 7)];
                    fr = (u >>> q) | 0;
                    fa = 0x10 | ((u >>> (q - 1)) & 1) | (q === 1 ? (u >>> 31) << 11 : 0);
                    fk = 6;
                    m[c + ((w >>> 10) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 118: {
                    // shr32Cl: shr r32, cl
                    q = m[c + 1] & 31;
                    if (q === 0) break;
                    u = m[c + ((w >>> 10) & 7)];
                    fr = (u >>> q) | 0;
                    fa = 0x10 | ((u >>> (q - 1)) & 1) | (q === 1 ? (u >>> 31) << 11 : 0);
                    fk = 6;
                    m[c + ((w >>> 10) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 119: {
                    // sar32Imm: sar r32, imm
                    q = m[p + 6] & 31;
                    if (q === 0) break;
                    u = m[c + ((w >>> 10) & 7)];
                    fr = u >> q;
                    fa = 0x10 | ((u >> (q - 1)) & 1);
                    fk = 6;
                    m[c + ((w >>> 10) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 120: {
                    // sar32Cl: sar r32, cl
                    q = m[c + 1] & 31;
                    if (q === 0) break;
                    u = m[c + ((w >>> 10) & 7)];
                    fr = u >> q;
                    fa = 0x10 | ((u >> (q - 1)) & 1);
                    fk = 6;
                    m[c + ((w >>> 10) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 121: {
                    // shld32Imm: shld r32, r32, imm
                    q = m[p + 6] & 31;
                    if (q === 0) break;
                    u = m[c + ((w >>> 10) & 7)];
                    v = m[c + ((w >>> 15) & 7)];
                    fr = (u << q) | (v >>> (32 - q));
                    a = (u >>> (32 - q)) & 1;
                    fa = 0x10 | a | (((fr >>> 31) ^ a) << 11);
                    fk = 6;
                    m[c + ((w >>> 10) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 122: {
                    // shld32Cl: shld r32, r32, cl
                    q = m[c + 1] & 31;
                    if (q === 0) break;
                    u = m[c + ((w >>> 10) & 7)];
                    v = m[c + ((w >>> 15) & 7)];
                    fr = (u << q) | (v >>> (32 - q));
                    a = (u >>> (32 - q)) & 1;
                    fa = 0x10 | a | (((fr >>> 31) ^ a) << 11);
                    fk = 6;
                    m[c + ((w >>> 10) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 123: {
                    // shrd32Imm: shrd r32, r32, imm
                    q = m[p + 6] & 31;
                    if (q === 0) break;
                    u = m[c + ((w >>> 10) & 7)];
                    v = m[c + ((w >>> 15) & 7)];
                    fr = (u >>> q) | (v << (32 - q));
                    fa = 0x10 | ((u >>> (q - 1)) & 1) | (((fr >>> 31) ^ ((fr >>> 30) & 1)) << 11);
                    fk = 6;
                    m[c + ((w >>> 10) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 124: {
                    // shrd32Cl: shrd r32, r32, cl
                    q = m[c + 1] & 31;
                    if (q === 0) break;
                    u = m[c + ((w >>> 10) & 7)];
                    v = m[c + ((w >>> 15) & 7)];
                    fr = (u >>> q) | (v << (32 - q));
                    fa = 0x10 | ((u >>> (q - 1)) & 1) | (((fr >>> 31) ^ ((fr >>> 30) & 1)) << 11);
                    fk = 6;
                    m[c + ((w >>> 10) & 7)] = fr;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 125: {
                    // rol32Imm: rol r32, imm
                    q = m[p + 6] & 31;
                    if (q === 0) break;
                    u = m[c + ((w >>> 10) & 7)];
                    v = (u << q) | (u >>> (32 - q));
                    fk = (fk & ~0xf0) | 0x50 | ((v & 1) << 5) | (((v >>> 31) ^ (v & 1)) << 7);
                    m[c + ((w >>> 10) & 7)] = v;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 126: {
                    // rol32Cl: rol r32, cl
                    q = m[c + 1] & 31;
                    if (q === 0) break;
                    u = m[c + ((w >>> 10) & 7)];
                    v = (u << q) | (u >>> (32 - q));
                    fk = (fk & ~0xf0) | 0x50 | ((v & 1) << 5) | (((v >>> 31) ^ (v & 1)) << 7);
                    m[c + ((w >>> 10) & 7)] = v;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 127: {
                    // ror32Imm: ror r32, imm
                    q = m[p + 6] & 31;
                    if (q === 0) break;
                    u = m[c + ((w >>> 10) & 7)];
                    v = (u >>> q) | (u << (32 - q));
                    fk =
                      (fk & ~0xf0) |
                      0x50 |
                      ((v >>> 31) << 5) |
                      (((v >>> 31) ^ ((v >>> 30) & 1)) << 7);
                    m[c + ((w >>> 10) & 7)] = v;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 128: {
                    // ror32Cl: ror r32, cl
                    q = m[c + 1] & 31;
                    if (q === 0) break;
                    u = m[c + ((w >>> 10) & 7)];
                    v = (u >>> q) | (u << (32 - q));
                    fk =
                      (fk & ~0xf0) |
                      0x50 |
                      ((v >>> 31) << 5) |
                      (((v >>> 31) ^ ((v >>> 30) & 1)) << 7);
                    m[c + ((w >>> 10) & 7)] = v;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 129: {
                    // imul32RegReg: imul r32, r32
                    u = m[c + ((w >>> 15) & 7)];
                    a = m[c + ((w >>> 10) & 7)];
                    v = Math.imul(u, a);
                    fk = (fk & ~0xf0) | (u * a === v ? 0x50 : 0xf0);
                    m[c + ((w >>> 15) & 7)] = v;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 130: {
                    // imul32RegMem: imul r32, m32
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    u = m[c + ((w >>> 15) & 7)];
                    a = m[(e ^ a) >>> 2];
                    v = Math.imul(u, a);
                    fk = (fk & ~0xf0) | (u * a === v ? 0x50 : 0xf0);
                    m[c + ((w >>> 15) & 7)] = v;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 131: {
                    // imul32RegRegImm: imul r32, r32, imm
                    u = m[c + ((w >>> 10) & 7)];
                    a = m[p + 6];
                    v = Math.imul(u, a);
                    fk = (fk & ~0xf0) | (u * a === v ? 0x50 : 0xf0);
                    m[c + ((w >>> 15) & 7)] = v;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 132: {
                    // imul32RegMemImm: imul r32, m32, imm
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    u = m[(e ^ a) >>> 2];
                    a = m[p + 6];
                    v = Math.imul(u, a);
                    fk = (fk & ~0xf0) | (u * a === v ? 0x50 : 0xf0);
                    m[c + ((w >>> 15) & 7)] = v;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 133: {
                    // mul32Reg: mul r32
                    u = m[c];
                    a = m[c + ((w >>> 10) & 7)];
                    q =
                      (Math.imul(u >>> 16, a & 0xffff) +
                        (Math.imul(u & 0xffff, a & 0xffff) >>> 16)) |
                      0;
                    v = (Math.imul(u & 0xffff, a >>> 16) + (q & 0xffff)) | 0;
                    v = (Math.imul(u >>> 16, a >>> 16) + (q >>> 16) + (v >>> 16)) | 0;
                    m[c] = Math.imul(u, a);
                    m[c + 2] = v;
                    fk = (fk & ~0xf0) | (v === 0 ? 0x50 : 0xf0);
                    p = (p + 8) & P;
                    continue;
                  }
                  case 134: {
                    // mul32Mem: mul m32
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    q = m[(e ^ a) >>> 2];
                    u = m[c];
                    a = q;
                    q =
                      (Math.imul(u >>> 16, a & 0xffff) +
                        (Math.imul(u & 0xffff, a & 0xffff) >>> 16)) |
                      0;
                    v = (Math.imul(u & 0xffff, a >>> 16) + (q & 0xffff)) | 0;
                    v = (Math.imul(u >>> 16, a >>> 16) + (q >>> 16) + (v >>> 16)) | 0;
                    m[c] = Math.imul(u, a);
                    m[c + 2] = v;
                    fk = (fk & ~0xf0) | (v === 0 ? 0x50 : 0xf0);
                    p = (p + 8) & P;
                    continue;
                  }
                  case 135: {
                    // imul32Reg: imul r32, to 64 bits
                    u = m[c];
                    a = m[c + ((w >>> 10) & 7)];
                    q =
                      (Math.imul(u >>> 16, a & 0xffff) +
                        (Math.imul(u & 0xffff, a & 0xffff) >>> 16)) |
                      0;
                    v = (Math.imul(u & 0xffff, a >>> 16) + (q & 0xffff)) | 0;
                    v = (Math.imul(u >>> 16, a >>> 16) + (q >>> 16) + (v >>> 16)) | 0;
                    v = (v - (a & (u >> 31)) - (u & (a >> 31))) | 0;
                    q = Math.imul(u, a);
                    m[c] = q;
                    m[c + 2] = v;
                    fk = (fk & ~0xf0) | (v === q >> 31 ? 0x50 : 0xf0);
                    p = (p + 8) & P;
                    continue;
                  }
                  case 136: {
                    // div32Reg: div r32
                    u = m[c + ((w >>> 10) & 7)];
                    q = m[c + 2];
                    if (q >>> 0 >= u >>> 0) break;
                    if ((fk & 0x50) !== 0x50) break carryOut;
                    v = m[c];
                    if (q === 0) {
                      q = ((v >>> 0) / (u >>> 0)) | 0;
                      m[c] = q;
                      m[c + 2] = (v - Math.imul(q, u)) | 0;
                    } else {
                      const top = (q >>> 0) * 0x10000 + (v >>> 16);
                      const high = Math.floor(top / (u >>> 0));
                      const rest = (top - high * (u >>> 0)) * 0x10000 + (v & 0xffff);
                      q = Math.floor(rest / (u >>> 0)) | 0;
                      m[c] = ((high << 16) + q) | 0;
                      m[c + 2] = (rest - q * (u >>> 0)) | 0;
                    }
                    fa = 0x10;
                    fr = 1;
                    fk = 6 | (fk & 0xf0);
                    p = (p + 8) & P;
                    continue;
                  }
                  case 137: {
                    // div32Mem: div m32
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    u = m[(e ^ a) >>> 2];
                    q = m[c + 2];
                    if (q >>> 0 >= u >>> 0) break;
                    if ((fk & 0x50) !== 0x50) break carryOut;
                    v = m[c];
                    if (q === 0) {
                      q = ((v >>> 0) / (u >>> 0)) | 0;
                      m[c] = q;
                      m[c + 2] = (v - Math.imul(q, u)) | 0;
                    } else {
                      const top = (q >>> 0) * 0x10000 + (v >>> 16);
                      const high = Math.floor(top / (u >>> 0));
                      const rest = (top - high * (u >>> 0)) * 0x10000 + (v & 0xffff);
                      q = Math.floor(rest / (u >>> 0)) | 0;
                      m[c] = ((high << 16) + q) | 0;
                      m[c + 2] = (rest - q * (u >>> 0)) | 0;
                    }
                    fa = 0x10;
                    fr = 1;
                    fk = 6 | (fk & 0xf0);
                    p = (p + 8) & P;
                    continue;
                  }
                  case 138: {
                    // idiv32Reg: idiv r32, dividend of 32 bits
                    u = m[c + ((w >>> 10) & 7)];
                    v = m[c];
                    if (u === 0 || u === -1 || m[c + 2] !== v >> 31) break;
                    if ((fk & 0x50) !== 0x50) break carryOut;
                    q = (v / u) | 0;
                    m[c] = q;
                    m[c + 2] = (v - Math.imul(q, u)) | 0;
                    fa = 0x10;
                    fr = 1;
                    fk = 6 | (fk & 0xf0);
                    p = (p + 8) & P;
                    continue;
                  }
                  case 139: {
                    // idiv32Mem: idiv m32, dividend of 32 bits
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    u = m[(e ^ a) >>> 2];
                    v = m[c];
                    if (u === 0 || u === -1 || m[c + 2] !== v >> 31) break;
                    if ((fk & 0x50) !== 0x50) break carryOut;
                    q = (v / u) | 0;
                    m[c] = q;
                    m[c + 2] = (v - Math.imul(q, u)) | 0;
                    fa = 0x10;
                    fr = 1;
                    fk = 6 | (fk & 0xf0);
                    p = (p + 8) & P;
                    continue;
                  }
                  case 140: {
                    // cdq: cdq
                    m[c + 2] = m[c] >> 31;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 141: {
                    // cwde: cwde
                    m[c] = (m[c] << 16) >> 16;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 142: {
                    // nop: nop
                    p = (p + 8) & P;
                    continue;
                  }
                  case 143: {
                    // nop16: nop with a 16-bit operand
                    p = (p + 8) & P;
                    continue;
                  }
                  case 144: {
                    // xchg32: xchg r32, r32
                    v = m[c + ((w >>> 15) & 7)];
                    m[c + ((w >>> 15) & 7)] = m[c + ((w >>> 10) & 7)];
                    m[c + ((w >>> 10) & 7)] = v;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 145: {
                    // bswap: bswap r32
                    v = m[c + ((w >>> 10) & 7)];
                    m[c + ((w >>> 10) & 7)] =
                      (v >>> 24) | ((v >>> 8) & 0xff00) | ((v << 8) & 0xff0000) | (v << 24);
                    p = (p + 8) & P;
                    continue;
                  }
                  case 146: {
                    // push32Reg: push r32
                    a = (m[c + 4] - 4) | 0;
                    e = m[wt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    m[(e ^ a) >>> 2] = m[c + ((w >>> 15) & 7)];
                    m[c + 4] = a;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 147: {
                    // push32Imm: push imm
                    a = (m[c + 4] - 4) | 0;
                    e = m[wt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    m[(e ^ a) >>> 2] = m[p + 6];
                    m[c + 4] = a;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 148: {
                    // push32Mem: push m32
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    v = m[(e ^ a) >>> 2];
                    a = (m[c + 4] - 4) | 0;
                    e = m[wt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    m[(e ^ a) >>> 2] = v;
                    m[c + 4] = a;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 149: {
                    // pop32Reg: pop r32
                    a = m[c + 4];
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    v = m[(e ^ a) >>> 2];
                    m[c + 4] = (a + 4) | 0;
                    m[c + ((w >>> 15) & 7)] = v;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 150: {
                    // leave32: leave
                    a = m[c + 5];
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    m[c + 5] = m[(e ^ a) >>> 2];
                    m[c + 4] = (a + 4) | 0;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 151: {
                    // call32: call rel32
                    a = (m[c + 4] - 4) | 0;
                    e = m[wt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    q = m[p + 7];
                    m[(e ^ a) >>> 2] = (base + (q & 0xfff) + ((q >>> 12) & 15)) | 0;
                    m[c + 4] = a;
                    break taken;
                  }
                  case 152: {
                    // call32Reg: call r32
                    t = m[c + ((w >>> 10) & 7)];
                    a = (m[c + 4] - 4) | 0;
                    e = m[wt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    q = m[p + 7];
                    m[(e ^ a) >>> 2] = (base + (q & 0xfff) + ((q >>> 12) & 15)) | 0;
                    m[c + 4] = a;
                    break jump;
                  }
                  case 153: {
                    // call32Mem: call m32
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    t = m[(e ^ a) >>> 2];
                    a = (m[c + 4] - 4) | 0;
                    e = m[wt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    q = m[p + 7];
                    m[(e ^ a) >>> 2] = (base + (q & 0xfff) + ((q >>> 12) & 15)) | 0;
                    m[c + 4] = a;
                    break jump;
                  }
                  case 154: {
                    // ret32: ret
                    a = m[c + 4];
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    t = m[(e ^ a) >>> 2];
                    m[c + 4] = (a + 4) | 0;
                    break jump;
                  }
                  case 155: {
                    // jmp32: jmp rel
                    break taken;
                  }
                  case 156: {
                    // jmp32Reg: jmp r32
                    t = m[c + ((w >>> 10) & 7)];
                    break jump;
                  }
                  case 157: {
                    // jmp32Mem: jmp m32
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    t = m[(e ^ a) >>> 2];
                    break jump;
                  }
                  case 158: {
                    // jb: jb rel
                    if ((fk & 31) === 1) q = fa >>> 0 < (fa - fr) >>> 0 ? 1 : 0;
                    else if ((fk & 16) !== 0) q = (fk >>> 5) & 1;
                    else break carryOut;
                    if (q !== 0) break taken;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 159: {
                    // jae: jae rel
                    if ((fk & 31) === 1) q = fa >>> 0 < (fa - fr) >>> 0 ? 1 : 0;
                    else if ((fk & 16) !== 0) q = (fk >>> 5) & 1;
                    else break carryOut;
                    if (q === 0) break taken;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 160: {
                    // je: je rel
                    if ((fk & 15) === 0 ? (m[c + 13] & 64) !== 0 : fr === 0) break taken;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 161: {
                    // jne: jne rel
                    if ((fk & 15) === 0 ? (m[c + 13] & 64) === 0 : fr !== 0) break taken;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 162: {
                    // jbe: jbe rel
                    if ((fk & 31) !== 1) break;
                    if (fa >>> 0 <= (fa - fr) >>> 0) break taken;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 163: {
                    // ja: ja rel
                    if ((fk & 31) !== 1) break;
                    if (fa >>> 0 > (fa - fr) >>> 0) break taken;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 164: {
                    // js: js rel
                    if ((fk & 15) === 0 ? (m[c + 13] & 128) !== 0 : fr < 0) break taken;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 165: {
                    // jns: jns rel
                    if ((fk & 15) === 0 ? (m[c + 13] & 128) === 0 : fr >= 0) break taken;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 166: {
                    // jl: jl rel
                    if ((fk & 31) === 1) {
                      v = fa;
                      q = (fa - fr) | 0;
                    } else if ((fk & 31) === 3) {
                      v = fr;
                      q = 0;
                    } else break;
                    if (v < q) break taken;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 167: {
                    // jge: jge rel
                    if ((fk & 31) === 1) {
                      v = fa;
                      q = (fa - fr) | 0;
                    } else if ((fk & 31) === 3) {
                      v = fr;
                      q = 0;
                    } else break;
                    if (v >= q) break taken;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 168: {
                    // jle: jle rel
                    if ((fk & 31) === 1) {
                      v = fa;
                      q = (fa - fr) | 0;
                    } else if ((fk & 31) === 3) {
                      v = fr;
                      q = 0;
                    } else break;
                    if (v <= q) break taken;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 169: {
                    // jg: jg rel
                    if ((fk & 31) === 1) {
                      v = fa;
                      q = (fa - fr) | 0;
                    } else if ((fk & 31) === 3) {
                      v = fr;
                      q = 0;
                    } else break;
                    if (v > q) break taken;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 170: {
                    // setbReg: setb r8
                    if ((fk & 31) === 1) q = fa >>> 0 < (fa - fr) >>> 0 ? 1 : 0;
                    else if ((fk & 16) !== 0) q = (fk >>> 5) & 1;
                    else break carryOut;
                    b[c4 + ((w >>> 10) & 31)] = q;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 171: {
                    // setaeReg: setae r8
                    if ((fk & 31) === 1) q = fa >>> 0 < (fa - fr) >>> 0 ? 1 : 0;
                    else if ((fk & 16) !== 0) q = (fk >>> 5) & 1;
                    else break carryOut;
                    b[c4 + ((w >>> 10) & 31)] = q ^ 1;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 172: {
                    // seteReg: sete r8
                    b[c4 + ((w >>> 10) & 31)] = (
                      (fk & 15) === 0 ? (m[c + 13] & 64) !== 0 : fr === 0
                    )
                      ? 1
                      : 0;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 173: {
                    // setneReg: setne r8
                    b[c4 + ((w >>> 10) & 31)] = (
                      (fk & 15) === 0 ? (m[c + 13] & 64) !== 0 : fr === 0
                    )
                      ? 0
                      : 1;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 174: {
                    // setbeReg: setbe r8
                    if ((fk & 31) !== 1) break;
                    b[c4 + ((w >>> 10) & 31)] = fa >>> 0 <= (fa - fr) >>> 0 ? 1 : 0;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 175: {
                    // setaReg: seta r8
                    if ((fk & 31) !== 1) break;
                    b[c4 + ((w >>> 10) & 31)] = fa >>> 0 <= (fa - fr) >>> 0 ? 0 : 1;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 176: {
                    // setsReg: sets r8
                    b[c4 + ((w >>> 10) & 31)] = ((fk & 15) === 0 ? (m[c + 13] & 128) !== 0 : fr < 0)
                      ? 1
                      : 0;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 177: {
                    // setnsReg: setns r8
                    b[c4 + ((w >>> 10) & 31)] = ((fk & 15) === 0 ? (m[c + 13] & 128) !== 0 : fr < 0)
                      ? 0
                      : 1;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 178: {
                    // setlReg: setl r8
                    if ((fk & 31) === 1) {
                      v = fa;
                      q = (fa - fr) | 0;
                    } else if ((fk & 31) === 3) {
                      v = fr;
                      q = 0;
                    } else break;
                    b[c4 + ((w >>> 10) & 31)] = v < q ? 1 : 0;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 179: {
                    // setgeReg: setge r8
                    if ((fk & 31) === 1) {
                      v = fa;
                      q = (fa - fr) | 0;
                    } else if ((fk & 31) === 3) {
                      v = fr;
                      q = 0;
                    } else break;
                    b[c4 + ((w >>> 10) & 31)] = v >= q ? 1 : 0;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 180: {
                    // setleReg: setle r8
                    if ((fk & 31) === 1) {
                      v = fa;
                      q = (fa - fr) | 0;
                    } else if ((fk & 31) === 3) {
                      v = fr;
                      q = 0;
                    } else break;
                    b[c4 + ((w >>> 10) & 31)] = v <= q ? 1 : 0;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 181: {
                    // setgReg: setg r8
                    if ((fk & 31) === 1) {
                      v = fa;
                      q = (fa - fr) | 0;
                    } else if ((fk & 31) === 3) {
                      v = fr;
                      q = 0;
                    } else break;
                    b[c4 + ((w >>> 10) & 31)] = v > q ? 1 : 0;
                    p = (p + 8) & P;
                    continue;
                  }
                  case 182: {
                    // cmovb32Reg: cmovb r32, r32
                    if ((fk & 31) === 1) q = fa >>> 0 < (fa - fr) >>> 0 ? 1 : 0;
                    else if ((fk & 16) !== 0) q = (fk >>> 5) & 1;
                    else break carryOut;
                    if (q !== 0) m[c + ((w >>> 15) & 7)] = m[c + ((w >>> 10) & 7)];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 183: {
                    // cmovae32Reg: cmovae r32, r32
                    if ((fk & 31) === 1) q = fa >>> 0 < (fa - fr) >>> 0 ? 1 : 0;
                    else if ((fk & 16) !== 0) q = (fk >>> 5) & 1;
                    else break carryOut;
                    if (q === 0) m[c + ((w >>> 15) & 7)] = m[c + ((w >>> 10) & 7)];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 184: {
                    // cmove32Reg: cmove r32, r32
                    if ((fk & 15) === 0 ? (m[c + 13] & 64) !== 0 : fr === 0)
                      m[c + ((w >>> 15) & 7)] = m[c + ((w >>> 10) & 7)];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 185: {
                    // cmovne32Reg: cmovne r32, r32
                    if ((fk & 15) === 0 ? (m[c + 13] & 64) === 0 : fr !== 0)
                      m[c + ((w >>> 15) & 7)] = m[c + ((w >>> 10) & 7)];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 186: {
                    // cmovbe32Reg: cmovbe r32, r32
                    if ((fk & 31) !== 1) break;
                    if (fa >>> 0 <= (fa - fr) >>> 0)
                      m[c + ((w >>> 15) & 7)] = m[c + ((w >>> 10) & 7)];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 187: {
                    // cmova32Reg: cmova r32, r32
                    if ((fk & 31) !== 1) break;
                    if (fa >>> 0 > (fa - fr) >>> 0)
                      m[c + ((w >>> 15) & 7)] = m[c + ((w >>> 10) & 7)];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 188: {
                    // cmovs32Reg: cmovs r32, r32
                    if ((fk & 15) === 0 ? (m[c + 13] & 128) !== 0 : fr < 0)
                      m[c + ((w >>> 15) & 7)] = m[c + ((w >>> 10) & 7)];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 189: {
                    // cmovns32Reg: cmovns r32, r32
                    if ((fk & 15) === 0 ? (m[c + 13] & 128) === 0 : fr >= 0)
                      m[c + ((w >>> 15) & 7)] = m[c + ((w >>> 10) & 7)];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 190: {
                    // cmovl32Reg: cmovl r32, r32
                    if ((fk & 31) === 1) {
                      v = fa;
                      q = (fa - fr) | 0;
                    } else if ((fk & 31) === 3) {
                      v = fr;
                      q = 0;
                    } else break;
                    if (v < q) m[c + ((w >>> 15) & 7)] = m[c + ((w >>> 10) & 7)];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 191: {
                    // cmovge32Reg: cmovge r32, r32
                    if ((fk & 31) === 1) {
                      v = fa;
                      q = (fa - fr) | 0;
                    } else if ((fk & 31) === 3) {
                      v = fr;
                      q = 0;
                    } else break;
                    if (v >= q) m[c + ((w >>> 15) & 7)] = m[c + ((w >>> 10) & 7)];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 192: {
                    // cmovle32Reg: cmovle r32, r32
                    if ((fk & 31) === 1) {
                      v = fa;
                      q = (fa - fr) | 0;
                    } else if ((fk & 31) === 3) {
                      v = fr;
                      q = 0;
                    } else break;
                    if (v <= q) m[c + ((w >>> 15) & 7)] = m[c + ((w >>> 10) & 7)];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 193: {
                    // cmovg32Reg: cmovg r32, r32
                    if ((fk & 31) === 1) {
                      v = fa;
                      q = (fa - fr) | 0;
                    } else if ((fk & 31) === 3) {
                      v = fr;
                      q = 0;
                    } else break;
                    if (v > q) m[c + ((w >>> 15) & 7)] = m[c + ((w >>> 10) & 7)];
                    p = (p + 8) & P;
                    continue;
                  }
                  case 194: {
                    // cmp32RegReg_je: cmp r32, r32; je
                    if (n === 0) break;
                    fa = m[c + ((w >>> 10) & 7)];
                    u = m[c + ((w >>> 15) & 7)];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fr === 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 195: {
                    // cmp32RegReg_jne: cmp r32, r32; jne
                    if (n === 0) break;
                    fa = m[c + ((w >>> 10) & 7)];
                    u = m[c + ((w >>> 15) & 7)];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fr !== 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 196: {
                    // cmp32RegReg_jb: cmp r32, r32; jb
                    if (n === 0) break;
                    fa = m[c + ((w >>> 10) & 7)];
                    u = m[c + ((w >>> 15) & 7)];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fa >>> 0 < u >>> 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 197: {
                    // cmp32RegReg_jae: cmp r32, r32; jae
                    if (n === 0) break;
                    fa = m[c + ((w >>> 10) & 7)];
                    u = m[c + ((w >>> 15) & 7)];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fa >>> 0 >= u >>> 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 198: {
                    // cmp32RegReg_jbe: cmp r32, r32; jbe
                    if (n === 0) break;
                    fa = m[c + ((w >>> 10) & 7)];
                    u = m[c + ((w >>> 15) & 7)];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fa >>> 0 <= u >>> 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 199: {
                    // cmp32RegReg_ja: cmp r32, r32; ja
                    if (n === 0) break;
                    fa = m[c + ((w >>> 10) & 7)];
                    u = m[c + ((w >>> 15) & 7)];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fa >>> 0 > u >>> 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 200: {
                    // cmp32RegReg_jl: cmp r32, r32; jl
                    if (n === 0) break;
                    fa = m[c + ((w >>> 10) & 7)];
                    u = m[c + ((w >>> 15) & 7)];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fa < u) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 201: {
                    // cmp32RegReg_jge: cmp r32, r32; jge
                    if (n === 0) break;
                    fa = m[c + ((w >>> 10) & 7)];
                    u = m[c + ((w >>> 15) & 7)];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fa >= u) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 202: {
                    // cmp32RegReg_jle: cmp r32, r32; jle
                    if (n === 0) break;
                    fa = m[c + ((w >>> 10) & 7)];
                    u = m[c + ((w >>> 15) & 7)];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fa <= u) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 203: {
                    // cmp32RegReg_jg: cmp r32, r32; jg
                    if (n === 0) break;
                    fa = m[c + ((w >>> 10) & 7)];
                    u = m[c + ((w >>> 15) & 7)];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fa > u) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 204: {
                    // cmp32RegImm_je: cmp r32, imm; je
                    if (n === 0) break;
                    fa = m[c + ((w >>> 10) & 7)];
                    u = m[p + 6];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fr === 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 205: {
                    // cmp32RegImm_jne: cmp r32, imm; jne
                    if (n === 0) break;
                    fa = m[c + ((w >>> 10) & 7)];
                    u = m[p + 6];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fr !== 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 206: {
                    // cmp32RegImm_jb: cmp r32, imm; jb
                    if (n === 0) break;
                    fa = m[c + ((w >>> 10) & 7)];
                    u = m[p + 6];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fa >>> 0 < u >>> 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 207: {
                    // cmp32RegImm_jae: cmp r32, imm; jae
                    if (n === 0) break;
                    fa = m[c + ((w >>> 10) & 7)];
                    u = m[p + 6];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fa >>> 0 >= u >>> 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 208: {
                    // cmp32RegImm_jbe: cmp r32, imm; jbe
                    if (n === 0) break;
                    fa = m[c + ((w >>> 10) & 7)];
                    u = m[p + 6];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fa >>> 0 <= u >>> 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 209: {
                    // cmp32RegImm_ja: cmp r32, imm; ja
                    if (n === 0) break;
                    fa = m[c + ((w >>> 10) & 7)];
                    u = m[p + 6];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fa >>> 0 > u >>> 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 210: {
                    // cmp32RegImm_jl: cmp r32, imm; jl
                    if (n === 0) break;
                    fa = m[c + ((w >>> 10) & 7)];
                    u = m[p + 6];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fa < u) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 211: {
                    // cmp32RegImm_jge: cmp r32, imm; jge
                    if (n === 0) break;
                    fa = m[c + ((w >>> 10) & 7)];
                    u = m[p + 6];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fa >= u) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 212: {
                    // cmp32RegImm_jle: cmp r32, imm; jle
                    if (n === 0) break;
                    fa = m[c + ((w >>> 10) & 7)];
                    u = m[p + 6];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fa <= u) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 213: {
                    // cmp32RegImm_jg: cmp r32, imm; jg
                    if (n === 0) break;
                    fa = m[c + ((w >>> 10) & 7)];
                    u = m[p + 6];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fa > u) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 214: {
                    // cmp32RegBase_je: cmp r32, m32; je
                    if (n === 0) break;
                    a = (m[c + ((w >>> 20) & 15)] + m[p + 3]) | 0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fa = m[c + ((w >>> 15) & 7)];
                    u = m[(e ^ a) >>> 2];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fr === 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 215: {
                    // cmp32RegBase_jne: cmp r32, m32; jne
                    if (n === 0) break;
                    a = (m[c + ((w >>> 20) & 15)] + m[p + 3]) | 0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fa = m[c + ((w >>> 15) & 7)];
                    u = m[(e ^ a) >>> 2];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fr !== 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 216: {
                    // cmp32RegBase_jb: cmp r32, m32; jb
                    if (n === 0) break;
                    a = (m[c + ((w >>> 20) & 15)] + m[p + 3]) | 0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fa = m[c + ((w >>> 15) & 7)];
                    u = m[(e ^ a) >>> 2];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fa >>> 0 < u >>> 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 217: {
                    // cmp32RegBase_jae: cmp r32, m32; jae
                    if (n === 0) break;
                    a = (m[c + ((w >>> 20) & 15)] + m[p + 3]) | 0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fa = m[c + ((w >>> 15) & 7)];
                    u = m[(e ^ a) >>> 2];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fa >>> 0 >= u >>> 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 218: {
                    // cmp32RegBase_jbe: cmp r32, m32; jbe
                    if (n === 0) break;
                    a = (m[c + ((w >>> 20) & 15)] + m[p + 3]) | 0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fa = m[c + ((w >>> 15) & 7)];
                    u = m[(e ^ a) >>> 2];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fa >>> 0 <= u >>> 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 219: {
                    // cmp32RegBase_ja: cmp r32, m32; ja
                    if (n === 0) break;
                    a = (m[c + ((w >>> 20) & 15)] + m[p + 3]) | 0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fa = m[c + ((w >>> 15) & 7)];
                    u = m[(e ^ a) >>> 2];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fa >>> 0 > u >>> 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 220: {
                    // cmp32RegBase_jl: cmp r32, m32; jl
                    if (n === 0) break;
                    a = (m[c + ((w >>> 20) & 15)] + m[p + 3]) | 0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fa = m[c + ((w >>> 15) & 7)];
                    u = m[(e ^ a) >>> 2];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fa < u) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 221: {
                    // cmp32RegBase_jge: cmp r32, m32; jge
                    if (n === 0) break;
                    a = (m[c + ((w >>> 20) & 15)] + m[p + 3]) | 0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fa = m[c + ((w >>> 15) & 7)];
                    u = m[(e ^ a) >>> 2];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fa >= u) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 222: {
                    // cmp32RegBase_jle: cmp r32, m32; jle
                    if (n === 0) break;
                    a = (m[c + ((w >>> 20) & 15)] + m[p + 3]) | 0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fa = m[c + ((w >>> 15) & 7)];
                    u = m[(e ^ a) >>> 2];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fa <= u) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 223: {
                    // cmp32RegBase_jg: cmp r32, m32; jg
                    if (n === 0) break;
                    a = (m[c + ((w >>> 20) & 15)] + m[p + 3]) | 0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fa = m[c + ((w >>> 15) & 7)];
                    u = m[(e ^ a) >>> 2];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fa > u) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 224: {
                    // cmp32MemImm_je: cmp m32, imm; je
                    if (n === 0) break;
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fa = m[(e ^ a) >>> 2];
                    u = m[p + 6];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fr === 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 225: {
                    // cmp32MemImm_jne: cmp m32, imm; jne
                    if (n === 0) break;
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fa = m[(e ^ a) >>> 2];
                    u = m[p + 6];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fr !== 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 226: {
                    // cmp32MemImm_jle: cmp m32, imm; jle
                    if (n === 0) break;
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fa = m[(e ^ a) >>> 2];
                    u = m[p + 6];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fa <= u) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 227: {
                    // cmp32MemImm_jg: cmp m32, imm; jg
                    if (n === 0) break;
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if (((e | a) & 3) !== 0) break;
                    fa = m[(e ^ a) >>> 2];
                    u = m[p + 6];
                    fr = (fa - u) | 0;
                    fk = 1;
                    n = (n - 1) | 0;
                    if (fa > u) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 228: {
                    // cmp8RegImm_je: cmp r8, imm; je
                    if (n === 0) break;
                    fa = b[c4 + ((w >>> 10) & 31)] << 24;
                    u = m[p + 6] << 24;
                    fr = (fa - u) | 0;
                    fk = 6145;
                    n = (n - 1) | 0;
                    if (fr === 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 229: {
                    // cmp8RegImm_jne: cmp r8, imm; jne
                    if (n === 0) break;
                    fa = b[c4 + ((w >>> 10) & 31)] << 24;
                    u = m[p + 6] << 24;
                    fr = (fa - u) | 0;
                    fk = 6145;
                    n = (n - 1) | 0;
                    if (fr !== 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 230: {
                    // cmp8RegImm_jbe: cmp r8, imm; jbe
                    if (n === 0) break;
                    fa = b[c4 + ((w >>> 10) & 31)] << 24;
                    u = m[p + 6] << 24;
                    fr = (fa - u) | 0;
                    fk = 6145;
                    n = (n - 1) | 0;
                    if (fa >>> 0 <= u >>> 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 231: {
                    // cmp8RegImm_ja: cmp r8, imm; ja
                    if (n === 0) break;
                    fa = b[c4 + ((w >>> 10) & 31)] << 24;
                    u = m[p + 6] << 24;
                    fr = (fa - u) | 0;
                    fk = 6145;
                    n = (n - 1) | 0;
                    if (fa >>> 0 > u >>> 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 232: {
                    // cmp8MemImm_je: cmp m8, imm; je
                    if (n === 0) break;
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if ((e & 1) !== 0) break;
                    fa = b[(e ^ a) >>> 0] << 24;
                    u = m[p + 6] << 24;
                    fr = (fa - u) | 0;
                    fk = 6145;
                    n = (n - 1) | 0;
                    if (fr === 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 233: {
                    // cmp8MemImm_jne: cmp m8, imm; jne
                    if (n === 0) break;
                    a =
                      (m[c + ((w >>> 20) & 15)] +
                        (m[c + ((w >>> 24) & 15)] << (w >>> 28)) +
                        m[p + 3]) |
                      0;
                    e = m[rt + (a >>> 12)];
                    if ((e & 1) !== 0) break;
                    fa = b[(e ^ a) >>> 0] << 24;
                    u = m[p + 6] << 24;
                    fr = (fa - u) | 0;
                    fk = 6145;
                    n = (n - 1) | 0;
                    if (fr !== 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 234: {
                    // test32RegReg_je: test r32, r32; je
                    if (n === 0) break;
                    fr = m[c + ((w >>> 10) & 7)] & m[c + ((w >>> 15) & 7)];
                    fk = 3;
                    n = (n - 1) | 0;
                    if (fr === 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 235: {
                    // test32RegReg_jne: test r32, r32; jne
                    if (n === 0) break;
                    fr = m[c + ((w >>> 10) & 7)] & m[c + ((w >>> 15) & 7)];
                    fk = 3;
                    n = (n - 1) | 0;
                    if (fr !== 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 236: {
                    // test32RegReg_js: test r32, r32; js
                    if (n === 0) break;
                    fr = m[c + ((w >>> 10) & 7)] & m[c + ((w >>> 15) & 7)];
                    fk = 3;
                    n = (n - 1) | 0;
                    if (fr < 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 237: {
                    // test32RegReg_jns: test r32, r32; jns
                    if (n === 0) break;
                    fr = m[c + ((w >>> 10) & 7)] & m[c + ((w >>> 15) & 7)];
                    fk = 3;
                    n = (n - 1) | 0;
                    if (fr >= 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 238: {
                    // test32RegReg_jle: test r32, r32; jle
                    if (n === 0) break;
                    fr = m[c + ((w >>> 10) & 7)] & m[c + ((w >>> 15) & 7)];
                    fk = 3;
                    n = (n - 1) | 0;
                    if (fr <= 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 239: {
                    // test32RegReg_jg: test r32, r32; jg
                    if (n === 0) break;
                    fr = m[c + ((w >>> 10) & 7)] & m[c + ((w >>> 15) & 7)];
                    fk = 3;
                    n = (n - 1) | 0;
                    if (fr > 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 240: {
                    // test8RegReg_je: test r8, r8; je
                    if (n === 0) break;
                    fr = (b[c4 + ((w >>> 10) & 31)] & b[c4 + ((w >>> 15) & 31)]) << 24;
                    fk = 6147;
                    n = (n - 1) | 0;
                    if (fr === 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 241: {
                    // test8RegReg_jne: test r8, r8; jne
                    if (n === 0) break;
                    fr = (b[c4 + ((w >>> 10) & 31)] & b[c4 + ((w >>> 15) & 31)]) << 24;
                    fk = 6147;
                    n = (n - 1) | 0;
                    if (fr !== 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 242: {
                    // test8RegImm_je: test r8, imm; je
                    if (n === 0) break;
                    fr = (b[c4 + ((w >>> 10) & 31)] & m[p + 6]) << 24;
                    fk = 6147;
                    n = (n - 1) | 0;
                    if (fr === 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  case 243: {
                    // test8RegImm_jne: test r8, imm; jne
                    if (n === 0) break;
                    fr = (b[c4 + ((w >>> 10) & 31)] & m[p + 6]) << 24;
                    fk = 6147;
                    n = (n - 1) | 0;
                    if (fr !== 0) {
                      p = (p + 8) & P;
                      break taken;
                    }
                    p = (p + 16) & P;
                    continue;
                  }
                  default:
                }
                t = 0;
                break slow;
              }
              // The instruction wants CF, or keeps CF and OF: work them out, leave them in the kind, and run it again.
              q = 0;
              v = 0;
              switch (fk & 15) {
                case 0:
                  q = m[c + 13] & 1;
                  v = m[c + 13] << 20;
                  break;
                case 1:
                  u = (fa - fr) | 0;
                  q = fa >>> 0 < u >>> 0 ? 1 : 0;
                  v = (fa ^ u) & (fa ^ fr);
                  break;
                case 2:
                  q = fr >>> 0 < fa >>> 0 ? 1 : 0;
                  v = (fa ^ fr) & ((fr - fa) ^ fr);
                  break;
                case 3:
                  break;
                case 4:
                  q = fa & 1;
                  v = fr === -0x80000000 ? -1 : 0;
                  break;
                case 5:
                  q = fa & 1;
                  v = fr === ((0x80000000 - (1 << (fk >>> 8))) | 0) ? -1 : 0;
                  break;
                case 6:
                  q = fa & 1;
                  v = fa << 20;
                  break;
                case 7:
                  u = (fr - fa - (1 << (fk >>> 8))) | 0;
                  q = fr >>> 0 <= fa >>> 0 ? 1 : 0;
                  v = (fa ^ fr) & (u ^ fr);
                  break;
                default:
                  u = (fa - fr - (1 << (fk >>> 8))) | 0;
                  q = fa >>> 0 <= u >>> 0 ? 1 : 0;
                  v = (fa ^ u) & (fa ^ fr);
              }
              if ((fk & 0x10) === 0) fk = (fk & ~0x20) | 0x10 | (q << 5);
              if ((fk & 0x40) === 0) fk = (fk & ~0x80) | 0x40 | ((v >>> 31) << 7);
              n = (n + 1) | 0;
              continue;
            }
            q = m[p + 6];
            if (q !== 0) {
              p = q & P;
              continue;
            }
            t = (base + m[p + 3]) | 0;
          }
          a = (t + csBase) | 0;
          e = m[rt + (a >>> 12)];
          if ((e & 1) === 0 && (t + 0xfff - (a & 0xfff)) >>> 0 <= csLimit) {
            q = m[pages + ((e ^ a) >>> 12) * 4 + key] & P;
            q = m[q + (a & 0xfff)];
            if (q !== 0) {
              base = (t - (a & 0xfff)) | 0;
              p = q & P;
              continue;
            }
          }
          w = LOOK_UP;
        }
        break;
      }
      m[c + 10] = fk;
      m[c + 11] = fa;
      m[c + 12] = fr;
      if (w === LOOK_UP) {
        base = t;
        p = code.origin & P;
        // No fetch before its slice: an interrupt may come first.
        if (n <= 0) break;
        p = locate(cpu, t) & P;
        base = (t - ((t + csBase) & 0xfff)) | 0;
        continue;
      }
      v = m[p + 7];
      if ((w & 1023) === 2) {
        n = (n + 1) | 0;
        q = (base + (v & 0xfff)) | 0;
        if (crossesAsDecoded(cpu, q, m[p + 3], m[p + 6])) {
          p = (p + 8) & P;
          continue;
        }
        p = locateScratch(cpu, q) & P;
        base = (q - (m[p + 7] & 0xfff)) | 0;
        continue;
      }
      if ((w & 1023) === 3) {
        n = (n + 1) | 0;
        if (cpu.host.breakpointHit(cpu, (base + csBase + (v & 0xfff)) >>> 0)) {
          result = STOPPED;
          break;
        }
        p = (p + 8) & P;
        continue;
      }
      r[9] = base + (v & 0xfff) + ((v >>> 12) & 15);
      r[20] = n;
      q = handlers[w & 1023](cpu, p) | 0;
      n = r[20];
      if (q === 0 && !cpu.mustLeave) {
        p = (p + 8) & P;
        continue;
      }
      if (q === 2 || cpu.mustLeave) {
        cpu.mustLeave = false;
        return DONE;
      }
      t = r[9];
      base = t;
      p = code.origin & P;
      if (n <= 0) break;
      p = locate(cpu, t) & P;
      base = (t - ((t + csBase) & 0xfff)) | 0;
    }
  } catch (thrown) {
    if (thrown !== FAULT) throw thrown;
    result = FAULTED;
    if (r[20] < n) n = r[20];
  }
  r[9] = base + (m[p] === 1 ? m[p + 3] : m[p + 7] & 0xfff);
  r[20] = n;
  return result;
}
