// The roots of instruction selection: which function covers which operation.

import { Op, opIsFloat } from '../ir/ops.ts';
import { coverBinary, coverShift, coverUnary } from './arithmetic.ts';
import { coverAsm } from './asm.ts';
import { coverCall } from './call.ts';
import { coverBranch, coverCompareValue } from './compare.ts';
import { coverDivision } from './division.ts';
import { coverFloatRoot, coverFloatStore, coverFloatToInteger } from './float.ts';
import { coverCopy, coverStore, coverZero } from './memory.ts';
import { DEF, imm, reg, USE } from './machine.ts';
import type { Selector } from './selector.ts';
import { coverReturn, coverTableJump } from './terminator.ts';
import { coverPair } from './wide.ts';
import { EAX, EBP, ECX, EDX, ESP } from '../lower/registers.ts';

type Cover = (s: Selector, id: number) => void;

const covers: Cover[] = [];
const nothing: Cover = () => undefined;

function set(cover: Cover, ...ops: number[]): void {
  for (const op of ops) covers[op] = cover;
}

function coverPhi(s: Selector, id: number): void {
  if (s.registers[id]) s.move(reg(s.highOf(id)), s.registers[id]);
}
function coverHalf(s: Selector, id: number): void {
  const pair = s.f.a[id];
  const halves = s.f.op[id] === Op.lo ? s.registers : s.highRegisters;
  if (halves[pair]) s.move(reg(halves[pair]), s.registers[id]);
  else halves[pair] = s.registers[id];
}
function coverResult(s: Selector, id: number): void {
  const asm = s.f.a[id];
  let results = s.asmResults.get(asm);
  if (!results) {
    results = new Map();
    s.asmResults.set(asm, results);
  }
  const number = s.f.b[id];
  if (s.floatSlots[id] >= 0) results.set(number, s.floatSlots[id]);
  else if (results.has(number)) s.move(reg(results.get(number) ?? 0), s.registers[id]);
  else results.set(number, s.registers[id]);
}
function coverLoad(s: Selector, id: number): void {
  s.loadInto(id, s.registers[id] || s.m.newRegister());
}
function coverRegister(s: Selector, id: number): void {
  if (s.registers[id]) s.move(reg(s.f.a[id]), s.registers[id]);
}
function coverAlloca(s: Selector, id: number): void {
  const size = s.m.newRegister();
  s.useInto(s.f.a[id], size);
  s.combine('addl', imm(15), size);
  s.combine('andl', imm(-16), size);
  s.combine('subl', reg(size), ESP);
  if (s.registers[id]) s.move(reg(ESP), s.registers[id]);
}
function coverFrameAddress(s: Selector, id: number): void {
  if (s.registers[id]) s.move(reg(EBP), s.registers[id]);
}
function coverFunnel(s: Selector, id: number): void {
  const f = s.f;
  const to = s.registers[id];
  const other = s.use(f.b[id]);
  s.useInto(f.a[id], to);
  const mnemonic = f.op[id] === Op.shld ? 'shldl' : 'shrdl';
  s.emit(mnemonic, [imm(f.c[id]), other, reg(to)], [USE, USE, 3]);
}

set(nothing, Op.nop);
set(coverPhi, Op.phi);
set((s, id) => s.emit('.thread', [reg(s.registers[id])], [DEF]), Op.threadBase);
set(coverHalf, Op.lo, Op.hi);
set(coverResult, Op.result);
set(coverBinary, Op.add, Op.sub, Op.mul, Op.and, Op.or, Op.xor);
set(coverShift, Op.shl, Op.shr, Op.sar, Op.rol);
set(coverDivision, Op.divs, Op.divu, Op.rems, Op.remu, Op.mulhs, Op.mulhu);
set(coverUnary, Op.neg, Op.not, Op.sext8, Op.sext16, Op.zext8, Op.zext16);
set(coverUnary, Op.bswap, Op.bsr, Op.bsf);
set(coverCompareValue, Op.cmp, Op.cmp64, Op.fcmp);
set(coverFunnel, Op.shld, Op.shrd);
set(coverPair, Op.add64, Op.sub64, Op.mul64, Op.neg64, Op.shl64, Op.shr64, Op.sar64);
set(coverPair, Op.umul, Op.smul);
set(coverLoad, Op.load);
set(coverStore, Op.store);
set(coverCopy, Op.copy);
set(coverZero, Op.zero);
set(coverFloatStore, Op.fstore);
set(coverFloatToInteger, Op.f2i, Op.f2l);
set(coverCall, Op.call);
set(coverAsm, Op.asm, Op.asmGoto);
set(coverRegister, Op.readreg, Op.regparam);
set(coverAlloca, Op.alloca);
set(coverFrameAddress, Op.frameAddress);
set((s) => s.emit('ud2', [], []), Op.trap);
set((s, id) => s.emit('jmp', [{ kind: 'block', block: s.f.a[id] }], [0]), Op.jump);
set(coverBranch, Op.branch);
set(coverTableJump, Op.tableJump);
set((s, id) => {
  const inst = s.emit('jmp', [s.registerOrMemory(s.f.a[id])], [USE]);
  inst.isIndirect = true;
}, Op.indirect);
set(coverReturn, Op.return);
set((s) => s.emit('.unreachable', [], []), Op.unreachable);
for (let op = 0; op < opIsFloat.length; op++) if (opIsFloat[op]) set(coverFloatRoot, op);

/** Emits the machine instructions for one root. */
export function cover(s: Selector, id: number): void {
  const each = covers[s.f.op[id]];
  if (!each) throw new Error(`operation ${s.f.op[id]} has no cover`);
  each(s, id);
}

/** Registers that carry arguments are defined where the function begins. */
export function coverEntry(s: Selector): void {
  const entry = s.m.byId.get(0);
  if (!entry) return;
  const inst = s.emit('.entry', [], []);
  inst.clobbers = (1 << EAX) | (1 << EDX) | (1 << ECX);
  s.buffer = [];
  const isUsed = s.f.blocks[0].code.some((id) => s.f.op[id] === Op.regparam);
  if (isUsed) entry.code.unshift(inst);
}
