// The interpreter's hot loop: one function, one switch over the rows of hot-ops.ts, monomorphic over typed arrays. It is
// exempt from the limits on function and file length. Its case labels and state offsets are literals because V8 makes a
// jump table of literals only (hot-ops.ts names the cases, state-layout.ts the words r[..], record.ts the words o[p + ..];
// interpreter.test.ts checks the labels). V8 gives up optimising a function past 61,440 bytes of bytecode: the test holds
// this one below that. Measured: the same loop is ten times slower past the limit.
//
// Invariants. A fast path has no effect before its last check; where a check fails it does `break`, which runs the full
// handler. Each turn costs one tick unless it gives it back (n++). `base` is EIP of the page's first byte. A fault is an
// exception of JavaScript thrown through here; nothing of the instruction has been done then.

import { type Cpu, FAULT } from './cpu.ts';
import { crossesAsDecoded, locate, locateScratch } from './fetch.ts';
import { carry, condition, setCarryOverflow } from './flags.ts';
import { divisionFlags, multiplyHigh } from './integer.ts';
import type { Handler } from './record.ts';
import { CS, SEGMENT_BASE, SEGMENT_LIMIT } from './state-layout.ts';

/** Why `interpret` came back: ticks used up or something to look at; an exception to deliver; a breakpoint. */
export const DONE = 0;
export const FAULTED = 1;
export const STOPPED = 2;

/**
 * Runs instructions from CS:EIP until LEFT is used up, a handler wants the slice to end, or one faults. EIP and LEFT are
 * right afterwards; after a fault EIP is that instruction's, and its tick has been taken.
 */
export function interpret(cpu: Cpu, handlers: readonly Handler[]): number {
  const r = cpu.r;
  const r8 = cpu.r8;
  const r16 = cpu.r16;
  const tr = cpu.readTable;
  const tw = cpu.writeTable;
  const m8 = cpu.memory.u8;
  const m16 = cpu.memory.u16;
  const m32 = cpu.memory.i32;
  const o = cpu.code.records;
  const index = cpu.code.index;
  const pages = cpu.code.pageIndex;
  const key = cpu.decodeKey;
  const csBase = r[SEGMENT_BASE + CS];
  const csLimit = r[SEGMENT_LIMIT + CS] >>> 0;
  let n = r[20];
  let base = r[9];
  let p = 0;
  let isStopped = false;
  let isFault = false;
  let a = 0;
  let e = 0;
  let q = 0;
  let t = 0;
  let u = 0;
  let v = 0;
  try {
    loop: for (;;) {
      if (n <= 0) break;
      n--;
      jump: {
        switch (o[p]) {
          case 0: {
            // stale: the page's records were dropped: look EIP up again
            n++;
            t = (base + (o[p + 7] & 0xfff)) | 0;
            break jump;
          }
          case 1: {
            // continue: falls into the next page, or into code decoded before
            n++;
            t = (base + o[p + 3]) | 0;
            break jump;
          }
          case 2: {
            // cross: the next instruction ends in the next page
            n++;
            if (crossesAsDecoded(cpu, (base + (o[p + 7] & 0xfff)) | 0, o[p + 3], o[p + 6])) {
              p += 8;
              continue;
            }
            q = (base + (o[p + 7] & 0xfff)) | 0;
            p = locateScratch(cpu, q);
            base = (q - (o[p + 7] & 0xfff)) | 0;
            continue;
          }
          case 3: {
            // break: a breakpoint may stand here
            n++;
            if (cpu.host.breakpointHit(cpu, (base + csBase + (o[p + 7] & 0xfff)) >>> 0)) {
              isStopped = true;
              break loop;
            }
            p += 8;
            continue;
          }
          case 4: {
            // add32RegReg: add r32, r32
            a = r[o[p + 2]];
            v = (a + r[o[p + 1]]) | 0;
            r[11] = a;
            r[12] = v;
            r[10] = 2;
            r[o[p + 2]] = v;
            p += 8;
            continue;
          }
          case 5: {
            // add32RegImm: add r32, imm
            a = r[o[p + 2]];
            v = (a + o[p + 6]) | 0;
            r[11] = a;
            r[12] = v;
            r[10] = 2;
            r[o[p + 2]] = v;
            p += 8;
            continue;
          }
          case 6: {
            // add32RegMem: add r32, m32
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            u = r[o[p + 1]];
            v = (u + m32[(e ^ a) >>> 2]) | 0;
            r[11] = u;
            r[12] = v;
            r[10] = 2;
            r[o[p + 1]] = v;
            p += 8;
            continue;
          }
          case 7: {
            // add32MemReg: add m32, r32
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tw[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            u = m32[(e ^ a) >>> 2];
            v = (u + r[o[p + 1]]) | 0;
            r[11] = u;
            r[12] = v;
            r[10] = 2;
            m32[(e ^ a) >>> 2] = v;
            p += 8;
            continue;
          }
          case 8: {
            // add32MemImm: add m32, imm
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tw[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            u = m32[(e ^ a) >>> 2];
            v = (u + o[p + 6]) | 0;
            r[11] = u;
            r[12] = v;
            r[10] = 2;
            m32[(e ^ a) >>> 2] = v;
            p += 8;
            continue;
          }
          case 9: {
            // add8RegReg: add r8, r8
            a = r8[o[p + 2]] << 24;
            v = (a + (r8[o[p + 1]] << 24)) | 0;
            r[11] = a;
            r[12] = v;
            r[10] = 6146;
            r8[o[p + 2]] = v >>> 24;
            p += 8;
            continue;
          }
          case 10: {
            // add8RegImm: add r8, imm
            a = r8[o[p + 2]] << 24;
            v = (a + (o[p + 6] << 24)) | 0;
            r[11] = a;
            r[12] = v;
            r[10] = 6146;
            r8[o[p + 2]] = v >>> 24;
            p += 8;
            continue;
          }
          case 11: {
            // add8RegMem: add r8, m8
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if ((e & 1) !== 0) break;
            u = r8[o[p + 1]] << 24;
            v = (u + (m8[e ^ a] << 24)) | 0;
            r[11] = u;
            r[12] = v;
            r[10] = 6146;
            r8[o[p + 1]] = v >>> 24;
            p += 8;
            continue;
          }
          case 12: {
            // add8MemReg: add m8, r8
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tw[a >>> 12];
            if ((e & 1) !== 0) break;
            u = m8[e ^ a] << 24;
            v = (u + (r8[o[p + 1]] << 24)) | 0;
            r[11] = u;
            r[12] = v;
            r[10] = 6146;
            m8[e ^ a] = v >>> 24;
            p += 8;
            continue;
          }
          case 13: {
            // add8MemImm: add m8, imm
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tw[a >>> 12];
            if ((e & 1) !== 0) break;
            u = m8[e ^ a] << 24;
            v = (u + (o[p + 6] << 24)) | 0;
            r[11] = u;
            r[12] = v;
            r[10] = 6146;
            m8[e ^ a] = v >>> 24;
            p += 8;
            continue;
          }
          case 14: {
            // or32RegReg: or r32, r32
            v = r[o[p + 2]] | r[o[p + 1]];
            r[12] = v;
            r[10] = 3;
            r[o[p + 2]] = v;
            p += 8;
            continue;
          }
          case 15: {
            // or32RegImm: or r32, imm
            v = r[o[p + 2]] | o[p + 6];
            r[12] = v;
            r[10] = 3;
            r[o[p + 2]] = v;
            p += 8;
            continue;
          }
          case 16: {
            // or32RegMem: or r32, m32
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            v = r[o[p + 1]] | m32[(e ^ a) >>> 2];
            r[12] = v;
            r[10] = 3;
            r[o[p + 1]] = v;
            p += 8;
            continue;
          }
          case 17: {
            // or32MemReg: or m32, r32
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tw[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            v = m32[(e ^ a) >>> 2] | r[o[p + 1]];
            r[12] = v;
            r[10] = 3;
            m32[(e ^ a) >>> 2] = v;
            p += 8;
            continue;
          }
          case 18: {
            // or32MemImm: or m32, imm
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tw[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            v = m32[(e ^ a) >>> 2] | o[p + 6];
            r[12] = v;
            r[10] = 3;
            m32[(e ^ a) >>> 2] = v;
            p += 8;
            continue;
          }
          case 19: {
            // or8RegReg: or r8, r8
            v = (r8[o[p + 2]] << 24) | (r8[o[p + 1]] << 24);
            r[12] = v;
            r[10] = 6147;
            r8[o[p + 2]] = v >>> 24;
            p += 8;
            continue;
          }
          case 20: {
            // or8RegImm: or r8, imm
            v = (r8[o[p + 2]] << 24) | (o[p + 6] << 24);
            r[12] = v;
            r[10] = 6147;
            r8[o[p + 2]] = v >>> 24;
            p += 8;
            continue;
          }
          case 21: {
            // or8RegMem: or r8, m8
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if ((e & 1) !== 0) break;
            v = (r8[o[p + 1]] << 24) | (m8[e ^ a] << 24);
            r[12] = v;
            r[10] = 6147;
            r8[o[p + 1]] = v >>> 24;
            p += 8;
            continue;
          }
          case 22: {
            // or8MemReg: or m8, r8
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tw[a >>> 12];
            if ((e & 1) !== 0) break;
            v = (m8[e ^ a] << 24) | (r8[o[p + 1]] << 24);
            r[12] = v;
            r[10] = 6147;
            m8[e ^ a] = v >>> 24;
            p += 8;
            continue;
          }
          case 23: {
            // or8MemImm: or m8, imm
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tw[a >>> 12];
            if ((e & 1) !== 0) break;
            v = (m8[e ^ a] << 24) | (o[p + 6] << 24);
            r[12] = v;
            r[10] = 6147;
            m8[e ^ a] = v >>> 24;
            p += 8;
            continue;
          }
          case 24: {
            // and32RegReg: and r32, r32
            v = r[o[p + 2]] & r[o[p + 1]];
            r[12] = v;
            r[10] = 3;
            r[o[p + 2]] = v;
            p += 8;
            continue;
          }
          case 25: {
            // and32RegImm: and r32, imm
            v = r[o[p + 2]] & o[p + 6];
            r[12] = v;
            r[10] = 3;
            r[o[p + 2]] = v;
            p += 8;
            continue;
          }
          case 26: {
            // and32RegMem: and r32, m32
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            v = r[o[p + 1]] & m32[(e ^ a) >>> 2];
            r[12] = v;
            r[10] = 3;
            r[o[p + 1]] = v;
            p += 8;
            continue;
          }
          case 27: {
            // and32MemReg: and m32, r32
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tw[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            v = m32[(e ^ a) >>> 2] & r[o[p + 1]];
            r[12] = v;
            r[10] = 3;
            m32[(e ^ a) >>> 2] = v;
            p += 8;
            continue;
          }
          case 28: {
            // and32MemImm: and m32, imm
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tw[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            v = m32[(e ^ a) >>> 2] & o[p + 6];
            r[12] = v;
            r[10] = 3;
            m32[(e ^ a) >>> 2] = v;
            p += 8;
            continue;
          }
          case 29: {
            // and8RegReg: and r8, r8
            v = (r8[o[p + 2]] << 24) & (r8[o[p + 1]] << 24);
            r[12] = v;
            r[10] = 6147;
            r8[o[p + 2]] = v >>> 24;
            p += 8;
            continue;
          }
          case 30: {
            // and8RegImm: and r8, imm
            v = (r8[o[p + 2]] << 24) & (o[p + 6] << 24);
            r[12] = v;
            r[10] = 6147;
            r8[o[p + 2]] = v >>> 24;
            p += 8;
            continue;
          }
          case 31: {
            // and8RegMem: and r8, m8
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if ((e & 1) !== 0) break;
            v = (r8[o[p + 1]] << 24) & (m8[e ^ a] << 24);
            r[12] = v;
            r[10] = 6147;
            r8[o[p + 1]] = v >>> 24;
            p += 8;
            continue;
          }
          case 32: {
            // and8MemReg: and m8, r8
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tw[a >>> 12];
            if ((e & 1) !== 0) break;
            v = (m8[e ^ a] << 24) & (r8[o[p + 1]] << 24);
            r[12] = v;
            r[10] = 6147;
            m8[e ^ a] = v >>> 24;
            p += 8;
            continue;
          }
          case 33: {
            // and8MemImm: and m8, imm
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tw[a >>> 12];
            if ((e & 1) !== 0) break;
            v = (m8[e ^ a] << 24) & (o[p + 6] << 24);
            r[12] = v;
            r[10] = 6147;
            m8[e ^ a] = v >>> 24;
            p += 8;
            continue;
          }
          case 34: {
            // sub32RegReg: sub r32, r32
            a = r[o[p + 2]];
            v = (a - r[o[p + 1]]) | 0;
            r[11] = a;
            r[12] = v;
            r[10] = 1;
            r[o[p + 2]] = v;
            p += 8;
            continue;
          }
          case 35: {
            // sub32RegImm: sub r32, imm
            a = r[o[p + 2]];
            v = (a - o[p + 6]) | 0;
            r[11] = a;
            r[12] = v;
            r[10] = 1;
            r[o[p + 2]] = v;
            p += 8;
            continue;
          }
          case 36: {
            // sub32RegMem: sub r32, m32
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            u = r[o[p + 1]];
            v = (u - m32[(e ^ a) >>> 2]) | 0;
            r[11] = u;
            r[12] = v;
            r[10] = 1;
            r[o[p + 1]] = v;
            p += 8;
            continue;
          }
          case 37: {
            // sub32MemReg: sub m32, r32
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tw[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            u = m32[(e ^ a) >>> 2];
            v = (u - r[o[p + 1]]) | 0;
            r[11] = u;
            r[12] = v;
            r[10] = 1;
            m32[(e ^ a) >>> 2] = v;
            p += 8;
            continue;
          }
          case 38: {
            // sub32MemImm: sub m32, imm
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tw[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            u = m32[(e ^ a) >>> 2];
            v = (u - o[p + 6]) | 0;
            r[11] = u;
            r[12] = v;
            r[10] = 1;
            m32[(e ^ a) >>> 2] = v;
            p += 8;
            continue;
          }
          case 39: {
            // sub8RegReg: sub r8, r8
            a = r8[o[p + 2]] << 24;
            v = (a - (r8[o[p + 1]] << 24)) | 0;
            r[11] = a;
            r[12] = v;
            r[10] = 6145;
            r8[o[p + 2]] = v >>> 24;
            p += 8;
            continue;
          }
          case 40: {
            // sub8RegImm: sub r8, imm
            a = r8[o[p + 2]] << 24;
            v = (a - (o[p + 6] << 24)) | 0;
            r[11] = a;
            r[12] = v;
            r[10] = 6145;
            r8[o[p + 2]] = v >>> 24;
            p += 8;
            continue;
          }
          case 41: {
            // sub8RegMem: sub r8, m8
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if ((e & 1) !== 0) break;
            u = r8[o[p + 1]] << 24;
            v = (u - (m8[e ^ a] << 24)) | 0;
            r[11] = u;
            r[12] = v;
            r[10] = 6145;
            r8[o[p + 1]] = v >>> 24;
            p += 8;
            continue;
          }
          case 42: {
            // sub8MemReg: sub m8, r8
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tw[a >>> 12];
            if ((e & 1) !== 0) break;
            u = m8[e ^ a] << 24;
            v = (u - (r8[o[p + 1]] << 24)) | 0;
            r[11] = u;
            r[12] = v;
            r[10] = 6145;
            m8[e ^ a] = v >>> 24;
            p += 8;
            continue;
          }
          case 43: {
            // sub8MemImm: sub m8, imm
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tw[a >>> 12];
            if ((e & 1) !== 0) break;
            u = m8[e ^ a] << 24;
            v = (u - (o[p + 6] << 24)) | 0;
            r[11] = u;
            r[12] = v;
            r[10] = 6145;
            m8[e ^ a] = v >>> 24;
            p += 8;
            continue;
          }
          case 44: {
            // xor32RegReg: xor r32, r32
            v = r[o[p + 2]] ^ r[o[p + 1]];
            r[12] = v;
            r[10] = 3;
            r[o[p + 2]] = v;
            p += 8;
            continue;
          }
          case 45: {
            // xor32RegImm: xor r32, imm
            v = r[o[p + 2]] ^ o[p + 6];
            r[12] = v;
            r[10] = 3;
            r[o[p + 2]] = v;
            p += 8;
            continue;
          }
          case 46: {
            // xor32RegMem: xor r32, m32
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            v = r[o[p + 1]] ^ m32[(e ^ a) >>> 2];
            r[12] = v;
            r[10] = 3;
            r[o[p + 1]] = v;
            p += 8;
            continue;
          }
          case 47: {
            // xor32MemReg: xor m32, r32
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tw[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            v = m32[(e ^ a) >>> 2] ^ r[o[p + 1]];
            r[12] = v;
            r[10] = 3;
            m32[(e ^ a) >>> 2] = v;
            p += 8;
            continue;
          }
          case 48: {
            // xor32MemImm: xor m32, imm
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tw[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            v = m32[(e ^ a) >>> 2] ^ o[p + 6];
            r[12] = v;
            r[10] = 3;
            m32[(e ^ a) >>> 2] = v;
            p += 8;
            continue;
          }
          case 49: {
            // xor8RegReg: xor r8, r8
            v = (r8[o[p + 2]] << 24) ^ (r8[o[p + 1]] << 24);
            r[12] = v;
            r[10] = 6147;
            r8[o[p + 2]] = v >>> 24;
            p += 8;
            continue;
          }
          case 50: {
            // xor8RegImm: xor r8, imm
            v = (r8[o[p + 2]] << 24) ^ (o[p + 6] << 24);
            r[12] = v;
            r[10] = 6147;
            r8[o[p + 2]] = v >>> 24;
            p += 8;
            continue;
          }
          case 51: {
            // xor8RegMem: xor r8, m8
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if ((e & 1) !== 0) break;
            v = (r8[o[p + 1]] << 24) ^ (m8[e ^ a] << 24);
            r[12] = v;
            r[10] = 6147;
            r8[o[p + 1]] = v >>> 24;
            p += 8;
            continue;
          }
          case 52: {
            // xor8MemReg: xor m8, r8
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tw[a >>> 12];
            if ((e & 1) !== 0) break;
            v = (m8[e ^ a] << 24) ^ (r8[o[p + 1]] << 24);
            r[12] = v;
            r[10] = 6147;
            m8[e ^ a] = v >>> 24;
            p += 8;
            continue;
          }
          case 53: {
            // xor8MemImm: xor m8, imm
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tw[a >>> 12];
            if ((e & 1) !== 0) break;
            v = (m8[e ^ a] << 24) ^ (o[p + 6] << 24);
            r[12] = v;
            r[10] = 6147;
            m8[e ^ a] = v >>> 24;
            p += 8;
            continue;
          }
          case 54: {
            // cmp32RegReg: cmp r32, r32
            a = r[o[p + 2]];
            v = (a - r[o[p + 1]]) | 0;
            r[11] = a;
            r[12] = v;
            r[10] = 1;
            p += 8;
            continue;
          }
          case 55: {
            // cmp32RegImm: cmp r32, imm
            a = r[o[p + 2]];
            v = (a - o[p + 6]) | 0;
            r[11] = a;
            r[12] = v;
            r[10] = 1;
            p += 8;
            continue;
          }
          case 56: {
            // cmp32RegMem: cmp r32, m32
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            u = r[o[p + 1]];
            v = (u - m32[(e ^ a) >>> 2]) | 0;
            r[11] = u;
            r[12] = v;
            r[10] = 1;
            p += 8;
            continue;
          }
          case 57: {
            // cmp32MemReg: cmp m32, r32
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            u = m32[(e ^ a) >>> 2];
            v = (u - r[o[p + 1]]) | 0;
            r[11] = u;
            r[12] = v;
            r[10] = 1;
            p += 8;
            continue;
          }
          case 58: {
            // cmp32MemImm: cmp m32, imm
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            u = m32[(e ^ a) >>> 2];
            v = (u - o[p + 6]) | 0;
            r[11] = u;
            r[12] = v;
            r[10] = 1;
            p += 8;
            continue;
          }
          case 59: {
            // cmp8RegReg: cmp r8, r8
            a = r8[o[p + 2]] << 24;
            v = (a - (r8[o[p + 1]] << 24)) | 0;
            r[11] = a;
            r[12] = v;
            r[10] = 6145;
            p += 8;
            continue;
          }
          case 60: {
            // cmp8RegImm: cmp r8, imm
            a = r8[o[p + 2]] << 24;
            v = (a - (o[p + 6] << 24)) | 0;
            r[11] = a;
            r[12] = v;
            r[10] = 6145;
            p += 8;
            continue;
          }
          case 61: {
            // cmp8RegMem: cmp r8, m8
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if ((e & 1) !== 0) break;
            u = r8[o[p + 1]] << 24;
            v = (u - (m8[e ^ a] << 24)) | 0;
            r[11] = u;
            r[12] = v;
            r[10] = 6145;
            p += 8;
            continue;
          }
          case 62: {
            // cmp8MemReg: cmp m8, r8
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if ((e & 1) !== 0) break;
            u = m8[e ^ a] << 24;
            v = (u - (r8[o[p + 1]] << 24)) | 0;
            r[11] = u;
            r[12] = v;
            r[10] = 6145;
            p += 8;
            continue;
          }
          case 63: {
            // cmp8MemImm: cmp m8, imm
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if ((e & 1) !== 0) break;
            u = m8[e ^ a] << 24;
            v = (u - (o[p + 6] << 24)) | 0;
            r[11] = u;
            r[12] = v;
            r[10] = 6145;
            p += 8;
            continue;
          }
          case 64: {
            // test32RegReg: test r32, r32
            v = r[o[p + 2]] & r[o[p + 1]];
            r[12] = v;
            r[10] = 3;
            p += 8;
            continue;
          }
          case 65: {
            // test32RegImm: test r32, imm
            v = r[o[p + 2]] & o[p + 6];
            r[12] = v;
            r[10] = 3;
            p += 8;
            continue;
          }
          case 66: {
            // test32MemReg: test m32, r32
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            v = m32[(e ^ a) >>> 2] & r[o[p + 1]];
            r[12] = v;
            r[10] = 3;
            p += 8;
            continue;
          }
          case 67: {
            // test32MemImm: test m32, imm
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            v = m32[(e ^ a) >>> 2] & o[p + 6];
            r[12] = v;
            r[10] = 3;
            p += 8;
            continue;
          }
          case 68: {
            // test8RegReg: test r8, r8
            v = (r8[o[p + 2]] << 24) & (r8[o[p + 1]] << 24);
            r[12] = v;
            r[10] = 6147;
            p += 8;
            continue;
          }
          case 69: {
            // test8RegImm: test r8, imm
            v = (r8[o[p + 2]] << 24) & (o[p + 6] << 24);
            r[12] = v;
            r[10] = 6147;
            p += 8;
            continue;
          }
          case 70: {
            // test8MemReg: test m8, r8
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if ((e & 1) !== 0) break;
            v = (m8[e ^ a] << 24) & (r8[o[p + 1]] << 24);
            r[12] = v;
            r[10] = 6147;
            p += 8;
            continue;
          }
          case 71: {
            // test8MemImm: test m8, imm
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if ((e & 1) !== 0) break;
            v = (m8[e ^ a] << 24) & (o[p + 6] << 24);
            r[12] = v;
            r[10] = 6147;
            p += 8;
            continue;
          }
          case 72: {
            // adc32RegReg: adc r32, r32
            u = r[o[p + 2]];
            q = carry(r);
            v = (u + r[o[p + 1]] + q) | 0;
            r[11] = u;
            r[12] = v;
            r[10] = q === 0 ? 2 : 7;
            r[o[p + 2]] = v;
            p += 8;
            continue;
          }
          case 73: {
            // adc32RegImm: adc r32, imm
            u = r[o[p + 2]];
            q = carry(r);
            v = (u + o[p + 6] + q) | 0;
            r[11] = u;
            r[12] = v;
            r[10] = q === 0 ? 2 : 7;
            r[o[p + 2]] = v;
            p += 8;
            continue;
          }
          case 74: {
            // adc32RegMem: adc r32, m32
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            u = r[o[p + 1]];
            q = carry(r);
            v = (u + m32[(e ^ a) >>> 2] + q) | 0;
            r[11] = u;
            r[12] = v;
            r[10] = q === 0 ? 2 : 7;
            r[o[p + 1]] = v;
            p += 8;
            continue;
          }
          case 75: {
            // sbb32RegReg: sbb r32, r32
            u = r[o[p + 2]];
            q = carry(r);
            v = (u - r[o[p + 1]] - q) | 0;
            r[11] = u;
            r[12] = v;
            r[10] = q === 0 ? 1 : 8;
            r[o[p + 2]] = v;
            p += 8;
            continue;
          }
          case 76: {
            // sbb32RegImm: sbb r32, imm
            u = r[o[p + 2]];
            q = carry(r);
            v = (u - o[p + 6] - q) | 0;
            r[11] = u;
            r[12] = v;
            r[10] = q === 0 ? 1 : 8;
            r[o[p + 2]] = v;
            p += 8;
            continue;
          }
          case 77: {
            // sbb32RegMem: sbb r32, m32
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            u = r[o[p + 1]];
            q = carry(r);
            v = (u - m32[(e ^ a) >>> 2] - q) | 0;
            r[11] = u;
            r[12] = v;
            r[10] = q === 0 ? 1 : 8;
            r[o[p + 1]] = v;
            p += 8;
            continue;
          }
          case 78: {
            // mov32RegReg: mov r32, r32
            r[o[p + 2]] = r[o[p + 1]];
            p += 8;
            continue;
          }
          case 79: {
            // mov32RegImm: mov r32, imm
            r[o[p + 2]] = o[p + 6];
            p += 8;
            continue;
          }
          case 80: {
            // mov32RegMem: mov r32, m32
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            r[o[p + 1]] = m32[(e ^ a) >>> 2];
            p += 8;
            continue;
          }
          case 81: {
            // mov32MemReg: mov m32, r32
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tw[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            m32[(e ^ a) >>> 2] = r[o[p + 1]];
            p += 8;
            continue;
          }
          case 82: {
            // mov32MemImm: mov m32, imm
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tw[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            m32[(e ^ a) >>> 2] = o[p + 6];
            p += 8;
            continue;
          }
          case 83: {
            // mov8RegReg: mov r8, r8
            r8[o[p + 2]] = r8[o[p + 1]];
            p += 8;
            continue;
          }
          case 84: {
            // mov8RegImm: mov r8, imm
            r8[o[p + 2]] = o[p + 6];
            p += 8;
            continue;
          }
          case 85: {
            // mov8RegMem: mov r8, m8
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if ((e & 1) !== 0) break;
            r8[o[p + 1]] = m8[e ^ a];
            p += 8;
            continue;
          }
          case 86: {
            // mov8MemReg: mov m8, r8
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tw[a >>> 12];
            if ((e & 1) !== 0) break;
            m8[e ^ a] = r8[o[p + 1]];
            p += 8;
            continue;
          }
          case 87: {
            // mov8MemImm: mov m8, imm
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tw[a >>> 12];
            if ((e & 1) !== 0) break;
            m8[e ^ a] = o[p + 6];
            p += 8;
            continue;
          }
          case 88: {
            // mov16RegMem: mov r16, m16
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if (((e | a) & 1) !== 0) break;
            r16[o[p + 1] << 1] = m16[(e ^ a) >>> 1];
            p += 8;
            continue;
          }
          case 89: {
            // mov16MemReg: mov m16, r16
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tw[a >>> 12];
            if (((e | a) & 1) !== 0) break;
            m16[(e ^ a) >>> 1] = r[o[p + 1]];
            p += 8;
            continue;
          }
          case 90: {
            // mov16MemImm: mov m16, imm
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tw[a >>> 12];
            if (((e | a) & 1) !== 0) break;
            m16[(e ^ a) >>> 1] = o[p + 6];
            p += 8;
            continue;
          }
          case 91: {
            // movzx8Reg: movzx r32, r8
            r[o[p + 1]] = r8[o[p + 2]];
            p += 8;
            continue;
          }
          case 92: {
            // movzx8Mem: movzx r32, m8
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if ((e & 1) !== 0) break;
            r[o[p + 1]] = m8[e ^ a];
            p += 8;
            continue;
          }
          case 93: {
            // movzx16Reg: movzx r32, r16
            r[o[p + 1]] = r16[o[p + 2] << 1];
            p += 8;
            continue;
          }
          case 94: {
            // movzx16Mem: movzx r32, m16
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if (((e | a) & 1) !== 0) break;
            r[o[p + 1]] = m16[(e ^ a) >>> 1];
            p += 8;
            continue;
          }
          case 95: {
            // movsx8Reg: movsx r32, r8
            r[o[p + 1]] = (r8[o[p + 2]] << 24) >> 24;
            p += 8;
            continue;
          }
          case 96: {
            // movsx8Mem: movsx r32, m8
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if ((e & 1) !== 0) break;
            r[o[p + 1]] = (m8[e ^ a] << 24) >> 24;
            p += 8;
            continue;
          }
          case 97: {
            // movsx16Reg: movsx r32, r16
            r[o[p + 1]] = (r16[o[p + 2] << 1] << 16) >> 16;
            p += 8;
            continue;
          }
          case 98: {
            // movsx16Mem: movsx r32, m16
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if (((e | a) & 1) !== 0) break;
            r[o[p + 1]] = (m16[(e ^ a) >>> 1] << 16) >> 16;
            p += 8;
            continue;
          }
          case 99: {
            // lea32: lea r32, m
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            r[o[p + 1]] = a;
            p += 8;
            continue;
          }
          case 100: {
            // inc32Reg: inc r32
            v = (r[o[p + 2]] + 1) | 0;
            r[11] = carry(r);
            r[12] = v;
            r[10] = 4;
            r[o[p + 2]] = v;
            p += 8;
            continue;
          }
          case 101: {
            // inc32Mem: inc m32
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tw[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            v = (m32[(e ^ a) >>> 2] + 1) | 0;
            r[11] = carry(r);
            r[12] = v;
            r[10] = 4;
            m32[(e ^ a) >>> 2] = v;
            p += 8;
            continue;
          }
          case 102: {
            // dec32Reg: dec r32
            v = (r[o[p + 2]] - 1) | 0;
            r[11] = carry(r);
            r[12] = v;
            r[10] = 5;
            r[o[p + 2]] = v;
            p += 8;
            continue;
          }
          case 103: {
            // dec32Mem: dec m32
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tw[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            v = (m32[(e ^ a) >>> 2] - 1) | 0;
            r[11] = carry(r);
            r[12] = v;
            r[10] = 5;
            m32[(e ^ a) >>> 2] = v;
            p += 8;
            continue;
          }
          case 104: {
            // neg32Reg: neg r32
            v = -r[o[p + 2]] | 0;
            r[11] = 0;
            r[12] = v;
            r[10] = 1;
            r[o[p + 2]] = v;
            p += 8;
            continue;
          }
          case 105: {
            // not32Reg: not r32
            r[o[p + 2]] = ~r[o[p + 2]];
            p += 8;
            continue;
          }
          case 106: {
            // shl32Imm: shl r32, imm
            q = o[p + 6] & 31;
            if (q === 0) break;
            u = r[o[p + 2]];
            v = u << q;
            a = (u >>> (32 - q)) & 1;
            r[11] = 0x10 | a | (((v >>> 31) ^ a) << 11);
            r[12] = v;
            r[10] = 6;
            r[o[p + 2]] = v;
            p += 8;
            continue;
          }
          case 107: {
            // shl32Cl: shl r32, cl
            q = r[1] & 31;
            if (q === 0) break;
            u = r[o[p + 2]];
            v = u << q;
            a = (u >>> (32 - q)) & 1;
            r[11] = 0x10 | a | (((v >>> 31) ^ a) << 11);
            r[12] = v;
            r[10] = 6;
            r[o[p + 2]] = v;
            p += 8;
            continue;
          }
          case 108: {
            // shr32Imm: shr r32, imm
            q = o[p + 6] & 31;
            if (q === 0) break;
            u = r[o[p + 2]];
            v = (u >>> q) | 0;
            r[11] = 0x10 | ((u >>> (q - 1)) & 1) | (q === 1 ? (u >>> 31) << 11 : 0);
            r[12] = v;
            r[10] = 6;
            r[o[p + 2]] = v;
            p += 8;
            continue;
          }
          case 109: {
            // shr32Cl: shr r32, cl
            q = r[1] & 31;
            if (q === 0) break;
            u = r[o[p + 2]];
            v = (u >>> q) | 0;
            r[11] = 0x10 | ((u >>> (q - 1)) & 1) | (q === 1 ? (u >>> 31) << 11 : 0);
            r[12] = v;
            r[10] = 6;
            r[o[p + 2]] = v;
            p += 8;
            continue;
          }
          case 110: {
            // sar32Imm: sar r32, imm
            q = o[p + 6] & 31;
            if (q === 0) break;
            u = r[o[p + 2]];
            v = u >> q;
            r[11] = 0x10 | ((u >> (q - 1)) & 1);
            r[12] = v;
            r[10] = 6;
            r[o[p + 2]] = v;
            p += 8;
            continue;
          }
          case 111: {
            // sar32Cl: sar r32, cl
            q = r[1] & 31;
            if (q === 0) break;
            u = r[o[p + 2]];
            v = u >> q;
            r[11] = 0x10 | ((u >> (q - 1)) & 1);
            r[12] = v;
            r[10] = 6;
            r[o[p + 2]] = v;
            p += 8;
            continue;
          }
          case 112: {
            // rol32Imm: rol r32, imm
            q = o[p + 6] & 31;
            if (q === 0) break;
            u = r[o[p + 2]];
            v = (u << q) | (u >>> (32 - q));
            setCarryOverflow(r, (v & 1) | (((v >>> 31) ^ (v & 1)) << 11));
            r[o[p + 2]] = v;
            p += 8;
            continue;
          }
          case 113: {
            // rol32Cl: rol r32, cl
            q = r[1] & 31;
            if (q === 0) break;
            u = r[o[p + 2]];
            v = (u << q) | (u >>> (32 - q));
            setCarryOverflow(r, (v & 1) | (((v >>> 31) ^ (v & 1)) << 11));
            r[o[p + 2]] = v;
            p += 8;
            continue;
          }
          case 114: {
            // ror32Imm: ror r32, imm
            q = o[p + 6] & 31;
            if (q === 0) break;
            u = r[o[p + 2]];
            v = (u >>> q) | (u << (32 - q));
            setCarryOverflow(r, (v >>> 31) | (((v >>> 31) ^ ((v >>> 30) & 1)) << 11));
            r[o[p + 2]] = v;
            p += 8;
            continue;
          }
          case 115: {
            // ror32Cl: ror r32, cl
            q = r[1] & 31;
            if (q === 0) break;
            u = r[o[p + 2]];
            v = (u >>> q) | (u << (32 - q));
            setCarryOverflow(r, (v >>> 31) | (((v >>> 31) ^ ((v >>> 30) & 1)) << 11));
            r[o[p + 2]] = v;
            p += 8;
            continue;
          }
          case 116: {
            // imul32RegReg: imul r32, r32
            u = r[o[p + 1]];
            a = r[o[p + 2]];
            v = Math.imul(u, a);
            setCarryOverflow(r, u * a === v ? 0 : 0x801);
            r[o[p + 1]] = v;
            p += 8;
            continue;
          }
          case 117: {
            // imul32RegMem: imul r32, m32
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            u = r[o[p + 1]];
            a = m32[(e ^ a) >>> 2];
            v = Math.imul(u, a);
            setCarryOverflow(r, u * a === v ? 0 : 0x801);
            r[o[p + 1]] = v;
            p += 8;
            continue;
          }
          case 118: {
            // imul32RegRegImm: imul r32, r32, imm
            u = r[o[p + 2]];
            a = o[p + 6];
            v = Math.imul(u, a);
            setCarryOverflow(r, u * a === v ? 0 : 0x801);
            r[o[p + 1]] = v;
            p += 8;
            continue;
          }
          case 119: {
            // imul32RegMemImm: imul r32, m32, imm
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            u = m32[(e ^ a) >>> 2];
            a = o[p + 6];
            v = Math.imul(u, a);
            setCarryOverflow(r, u * a === v ? 0 : 0x801);
            r[o[p + 1]] = v;
            p += 8;
            continue;
          }
          case 120: {
            // mul32Reg: mul r32
            u = r[0];
            a = r[o[p + 2]];
            v = multiplyHigh(u, a);
            r[0] = Math.imul(u, a);
            r[2] = v;
            setCarryOverflow(r, v === 0 ? 0 : 0x801);
            p += 8;
            continue;
          }
          case 121: {
            // div32Reg: div r32, dividend below 2^32
            a = r[o[p + 2]];
            if (r[2] !== 0 || a === 0) break;
            u = r[0];
            v = Math.floor((u >>> 0) / (a >>> 0)) | 0;
            r[0] = v;
            r[2] = (u - Math.imul(v, a)) | 0;
            divisionFlags(r);
            p += 8;
            continue;
          }
          case 122: {
            // idiv32Reg: idiv r32, dividend of 32 bits
            a = r[o[p + 2]];
            u = r[0];
            if (a === 0 || a === -1 || r[2] !== u >> 31) break;
            v = (u / a) | 0;
            r[0] = v;
            r[2] = (u - Math.imul(v, a)) | 0;
            divisionFlags(r);
            p += 8;
            continue;
          }
          case 123: {
            // cdq: cdq
            r[2] = r[0] >> 31;
            p += 8;
            continue;
          }
          case 124: {
            // cwde: cwde
            r[0] = (r[0] << 16) >> 16;
            p += 8;
            continue;
          }
          case 125: {
            // nop: nop
            p += 8;
            continue;
          }
          case 126: {
            // xchg32: xchg r32, r32
            v = r[o[p + 1]];
            r[o[p + 1]] = r[o[p + 2]];
            r[o[p + 2]] = v;
            p += 8;
            continue;
          }
          case 127: {
            // bswap: bswap r32
            v = r[o[p + 2]];
            r[o[p + 2]] = (v >>> 24) | ((v >>> 8) & 0xff00) | ((v << 8) & 0xff0000) | (v << 24);
            p += 8;
            continue;
          }
          case 128: {
            // push32Reg: push r32
            a = (r[4] - 4) | 0;
            e = tw[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            m32[(e ^ a) >>> 2] = r[o[p + 1]];
            r[4] = a;
            p += 8;
            continue;
          }
          case 129: {
            // push32Imm: push imm
            a = (r[4] - 4) | 0;
            e = tw[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            m32[(e ^ a) >>> 2] = o[p + 6];
            r[4] = a;
            p += 8;
            continue;
          }
          case 130: {
            // push32Mem: push m32
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            v = m32[(e ^ a) >>> 2];
            a = (r[4] - 4) | 0;
            e = tw[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            m32[(e ^ a) >>> 2] = v;
            r[4] = a;
            p += 8;
            continue;
          }
          case 131: {
            // pop32Reg: pop r32
            a = r[4];
            e = tr[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            v = m32[(e ^ a) >>> 2];
            r[4] = a + 4;
            r[o[p + 1]] = v;
            p += 8;
            continue;
          }
          case 132: {
            // leave32: leave
            a = r[5];
            e = tr[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            r[5] = m32[(e ^ a) >>> 2];
            r[4] = a + 4;
            p += 8;
            continue;
          }
          case 133: {
            // call32: call rel32
            a = (r[4] - 4) | 0;
            e = tw[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            m32[(e ^ a) >>> 2] = (base + (o[p + 7] & 0xfff) + ((o[p + 7] >>> 12) & 15)) | 0;
            r[4] = a;
            q = o[p + 6];
            if (q !== 0) {
              p = q;
              continue;
            }
            t = (base + o[p + 3]) | 0;
            break jump;
          }
          case 134: {
            // call32Reg: call r32
            t = r[o[p + 2]];
            a = (r[4] - 4) | 0;
            e = tw[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            m32[(e ^ a) >>> 2] = (base + (o[p + 7] & 0xfff) + ((o[p + 7] >>> 12) & 15)) | 0;
            r[4] = a;
            break jump;
          }
          case 135: {
            // call32Mem: call m32
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            t = m32[(e ^ a) >>> 2];
            a = (r[4] - 4) | 0;
            e = tw[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            m32[(e ^ a) >>> 2] = (base + (o[p + 7] & 0xfff) + ((o[p + 7] >>> 12) & 15)) | 0;
            r[4] = a;
            break jump;
          }
          case 136: {
            // ret32: ret
            a = r[4];
            e = tr[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            t = m32[(e ^ a) >>> 2];
            r[4] = a + 4;
            break jump;
          }
          case 137: {
            // jmp32: jmp rel
            q = o[p + 6];
            if (q !== 0) {
              p = q;
              continue;
            }
            t = (base + o[p + 3]) | 0;
            break jump;
          }
          case 138: {
            // jmp32Reg: jmp r32
            t = r[o[p + 2]];
            break jump;
          }
          case 139: {
            // jmp32Mem: jmp m32
            a = (r[o[p + 4]] + (r[o[p + 5]] << (o[p + 7] >>> 30)) + o[p + 3]) | 0;
            e = tr[a >>> 12];
            if (((e | a) & 3) !== 0) break;
            t = m32[(e ^ a) >>> 2];
            break jump;
          }
          case 140: {
            // jo: jo rel
            q = condition(r, 0) ? 1 : 0;
            if (q === 0) {
              p += 8;
              continue;
            }
            q = o[p + 6];
            if (q !== 0) {
              p = q;
              continue;
            }
            t = (base + o[p + 3]) | 0;
            break jump;
          }
          case 141: {
            // jno: jno rel
            q = condition(r, 0) ? 1 : 0;
            if (q !== 0) {
              p += 8;
              continue;
            }
            q = o[p + 6];
            if (q !== 0) {
              p = q;
              continue;
            }
            t = (base + o[p + 3]) | 0;
            break jump;
          }
          case 142: {
            // jb: jb rel
            v = r[11];
            q = (r[10] & 15) === 1 ? (v >>> 0 < (v - r[12]) >>> 0 ? 1 : 0) : carry(r);
            if (q === 0) {
              p += 8;
              continue;
            }
            q = o[p + 6];
            if (q !== 0) {
              p = q;
              continue;
            }
            t = (base + o[p + 3]) | 0;
            break jump;
          }
          case 143: {
            // jae: jae rel
            v = r[11];
            q = (r[10] & 15) === 1 ? (v >>> 0 < (v - r[12]) >>> 0 ? 1 : 0) : carry(r);
            if (q !== 0) {
              p += 8;
              continue;
            }
            q = o[p + 6];
            if (q !== 0) {
              p = q;
              continue;
            }
            t = (base + o[p + 3]) | 0;
            break jump;
          }
          case 144: {
            // je: je rel
            q = r[10] === 0 ? (r[13] >>> 6) & 1 : r[12] === 0 ? 1 : 0;
            if (q === 0) {
              p += 8;
              continue;
            }
            q = o[p + 6];
            if (q !== 0) {
              p = q;
              continue;
            }
            t = (base + o[p + 3]) | 0;
            break jump;
          }
          case 145: {
            // jne: jne rel
            q = r[10] === 0 ? (r[13] >>> 6) & 1 : r[12] === 0 ? 1 : 0;
            if (q !== 0) {
              p += 8;
              continue;
            }
            q = o[p + 6];
            if (q !== 0) {
              p = q;
              continue;
            }
            t = (base + o[p + 3]) | 0;
            break jump;
          }
          case 146: {
            // jbe: jbe rel
            v = r[11];
            q =
              (r[10] & 15) === 1 ? (v >>> 0 <= (v - r[12]) >>> 0 ? 1 : 0) : condition(r, 6) ? 1 : 0;
            if (q === 0) {
              p += 8;
              continue;
            }
            q = o[p + 6];
            if (q !== 0) {
              p = q;
              continue;
            }
            t = (base + o[p + 3]) | 0;
            break jump;
          }
          case 147: {
            // ja: ja rel
            v = r[11];
            q =
              (r[10] & 15) === 1 ? (v >>> 0 <= (v - r[12]) >>> 0 ? 1 : 0) : condition(r, 6) ? 1 : 0;
            if (q !== 0) {
              p += 8;
              continue;
            }
            q = o[p + 6];
            if (q !== 0) {
              p = q;
              continue;
            }
            t = (base + o[p + 3]) | 0;
            break jump;
          }
          case 148: {
            // js: js rel
            q = r[10] === 0 ? (r[13] >>> 7) & 1 : r[12] >>> 31;
            if (q === 0) {
              p += 8;
              continue;
            }
            q = o[p + 6];
            if (q !== 0) {
              p = q;
              continue;
            }
            t = (base + o[p + 3]) | 0;
            break jump;
          }
          case 149: {
            // jns: jns rel
            q = r[10] === 0 ? (r[13] >>> 7) & 1 : r[12] >>> 31;
            if (q !== 0) {
              p += 8;
              continue;
            }
            q = o[p + 6];
            if (q !== 0) {
              p = q;
              continue;
            }
            t = (base + o[p + 3]) | 0;
            break jump;
          }
          case 150: {
            // jp: jp rel
            q = condition(r, 10) ? 1 : 0;
            if (q === 0) {
              p += 8;
              continue;
            }
            q = o[p + 6];
            if (q !== 0) {
              p = q;
              continue;
            }
            t = (base + o[p + 3]) | 0;
            break jump;
          }
          case 151: {
            // jnp: jnp rel
            q = condition(r, 10) ? 1 : 0;
            if (q !== 0) {
              p += 8;
              continue;
            }
            q = o[p + 6];
            if (q !== 0) {
              p = q;
              continue;
            }
            t = (base + o[p + 3]) | 0;
            break jump;
          }
          case 152: {
            // jl: jl rel
            v = r[11];
            q =
              (r[10] & 15) === 1
                ? v < ((v - r[12]) | 0)
                  ? 1
                  : 0
                : (r[10] & 15) === 3
                  ? r[12] >>> 31
                  : condition(r, 12)
                    ? 1
                    : 0;
            if (q === 0) {
              p += 8;
              continue;
            }
            q = o[p + 6];
            if (q !== 0) {
              p = q;
              continue;
            }
            t = (base + o[p + 3]) | 0;
            break jump;
          }
          case 153: {
            // jge: jge rel
            v = r[11];
            q =
              (r[10] & 15) === 1
                ? v < ((v - r[12]) | 0)
                  ? 1
                  : 0
                : (r[10] & 15) === 3
                  ? r[12] >>> 31
                  : condition(r, 12)
                    ? 1
                    : 0;
            if (q !== 0) {
              p += 8;
              continue;
            }
            q = o[p + 6];
            if (q !== 0) {
              p = q;
              continue;
            }
            t = (base + o[p + 3]) | 0;
            break jump;
          }
          case 154: {
            // jle: jle rel
            v = r[11];
            q =
              (r[10] & 15) === 1
                ? v <= ((v - r[12]) | 0)
                  ? 1
                  : 0
                : (r[10] & 15) === 3
                  ? r[12] <= 0
                    ? 1
                    : 0
                  : condition(r, 14)
                    ? 1
                    : 0;
            if (q === 0) {
              p += 8;
              continue;
            }
            q = o[p + 6];
            if (q !== 0) {
              p = q;
              continue;
            }
            t = (base + o[p + 3]) | 0;
            break jump;
          }
          case 155: {
            // jg: jg rel
            v = r[11];
            q =
              (r[10] & 15) === 1
                ? v <= ((v - r[12]) | 0)
                  ? 1
                  : 0
                : (r[10] & 15) === 3
                  ? r[12] <= 0
                    ? 1
                    : 0
                  : condition(r, 14)
                    ? 1
                    : 0;
            if (q !== 0) {
              p += 8;
              continue;
            }
            q = o[p + 6];
            if (q !== 0) {
              p = q;
              continue;
            }
            t = (base + o[p + 3]) | 0;
            break jump;
          }
          case 156: {
            // setbReg: setb r8
            v = r[11];
            q = (r[10] & 15) === 1 ? (v >>> 0 < (v - r[12]) >>> 0 ? 1 : 0) : carry(r);
            r8[o[p + 2]] = q;
            p += 8;
            continue;
          }
          case 157: {
            // setaeReg: setae r8
            v = r[11];
            q = (r[10] & 15) === 1 ? (v >>> 0 < (v - r[12]) >>> 0 ? 1 : 0) : carry(r);
            r8[o[p + 2]] = q ^ 1;
            p += 8;
            continue;
          }
          case 158: {
            // seteReg: sete r8
            q = r[10] === 0 ? (r[13] >>> 6) & 1 : r[12] === 0 ? 1 : 0;
            r8[o[p + 2]] = q;
            p += 8;
            continue;
          }
          case 159: {
            // setneReg: setne r8
            q = r[10] === 0 ? (r[13] >>> 6) & 1 : r[12] === 0 ? 1 : 0;
            r8[o[p + 2]] = q ^ 1;
            p += 8;
            continue;
          }
          case 160: {
            // setbeReg: setbe r8
            v = r[11];
            q =
              (r[10] & 15) === 1 ? (v >>> 0 <= (v - r[12]) >>> 0 ? 1 : 0) : condition(r, 6) ? 1 : 0;
            r8[o[p + 2]] = q;
            p += 8;
            continue;
          }
          case 161: {
            // setaReg: seta r8
            v = r[11];
            q =
              (r[10] & 15) === 1 ? (v >>> 0 <= (v - r[12]) >>> 0 ? 1 : 0) : condition(r, 6) ? 1 : 0;
            r8[o[p + 2]] = q ^ 1;
            p += 8;
            continue;
          }
          case 162: {
            // setsReg: sets r8
            q = r[10] === 0 ? (r[13] >>> 7) & 1 : r[12] >>> 31;
            r8[o[p + 2]] = q;
            p += 8;
            continue;
          }
          case 163: {
            // setnsReg: setns r8
            q = r[10] === 0 ? (r[13] >>> 7) & 1 : r[12] >>> 31;
            r8[o[p + 2]] = q ^ 1;
            p += 8;
            continue;
          }
          case 164: {
            // setlReg: setl r8
            v = r[11];
            q =
              (r[10] & 15) === 1
                ? v < ((v - r[12]) | 0)
                  ? 1
                  : 0
                : (r[10] & 15) === 3
                  ? r[12] >>> 31
                  : condition(r, 12)
                    ? 1
                    : 0;
            r8[o[p + 2]] = q;
            p += 8;
            continue;
          }
          case 165: {
            // setgeReg: setge r8
            v = r[11];
            q =
              (r[10] & 15) === 1
                ? v < ((v - r[12]) | 0)
                  ? 1
                  : 0
                : (r[10] & 15) === 3
                  ? r[12] >>> 31
                  : condition(r, 12)
                    ? 1
                    : 0;
            r8[o[p + 2]] = q ^ 1;
            p += 8;
            continue;
          }
          case 166: {
            // setleReg: setle r8
            v = r[11];
            q =
              (r[10] & 15) === 1
                ? v <= ((v - r[12]) | 0)
                  ? 1
                  : 0
                : (r[10] & 15) === 3
                  ? r[12] <= 0
                    ? 1
                    : 0
                  : condition(r, 14)
                    ? 1
                    : 0;
            r8[o[p + 2]] = q;
            p += 8;
            continue;
          }
          case 167: {
            // setgReg: setg r8
            v = r[11];
            q =
              (r[10] & 15) === 1
                ? v <= ((v - r[12]) | 0)
                  ? 1
                  : 0
                : (r[10] & 15) === 3
                  ? r[12] <= 0
                    ? 1
                    : 0
                  : condition(r, 14)
                    ? 1
                    : 0;
            r8[o[p + 2]] = q ^ 1;
            p += 8;
            continue;
          }
          default:
        }
        v = o[p + 7];
        r[9] = base + (v & 0xfff) + ((v >>> 12) & 15);
        r[20] = n;
        q = handlers[o[p]](cpu, p);
        n = r[20];
        if (q === 0 && !cpu.mustLeave) {
          p += 8;
          continue;
        }
        if (q === 2 || cpu.mustLeave) {
          cpu.mustLeave = false;
          return DONE;
        }
        t = r[9];
      }
      a = (t + csBase) | 0;
      e = tr[a >>> 12];
      if ((e & 1) === 0 && (t + 0xfff - (a & 0xfff)) >>> 0 <= csLimit) {
        q = index[pages[(((e ^ a) >>> 12) << 2) | key] + (a & 0xfff)];
        if (q !== 0) {
          base = (t - (a & 0xfff)) | 0;
          p = q;
          continue;
        }
      }
      base = t;
      p = 0;
      p = locate(cpu, t);
      base = (t - (a & 0xfff)) | 0;
    }
  } catch (thrown) {
    if (thrown !== FAULT) throw thrown;
    isFault = true;
    if (r[20] < n) n = r[20];
  }
  r[9] = base + (o[p] === 1 ? o[p + 3] : o[p + 7] & 0xfff);
  r[20] = n;
  if (isFault) return FAULTED;
  return isStopped ? STOPPED : DONE;
}
