// Multiplications and divisions through edx:eax.

import { Op } from '../ir/ops.ts';
import { EAX, EDX } from '../lower/registers.ts';
import { USE } from './machine.ts';
import type { Selector } from './selector.ts';

const A = 1 << EAX;
const D = 1 << EDX;

/** divs, divu, rems, remu, mulhs, mulhu. */
export function coverDivision(s: Selector, id: number): void {
  const f = s.f;
  const op = f.op[id];
  const [a, b] = [f.a[id], f.b[id]];
  const to = s.registers[id];
  const isMultiply = op === Op.mulhs || op === Op.mulhu;
  const source = s.registerOrMemory(b);
  s.useInto(a, EAX);
  if (isMultiply) {
    const inst = s.emit(op === Op.mulhs ? 'imull' : 'mull', [source], [USE]);
    inst.uses = A;
    inst.clobbers = A | D;
    s.move({ kind: 'register', register: EDX, size: 4 }, to);
    return;
  }
  const isSigned = op === Op.divs || op === Op.rems;
  if (isSigned) {
    const extend = s.emit('cltd', [], []);
    extend.uses = A;
    extend.clobbers = D;
  } else s.move({ kind: 'immediate', value: 0, symbol: undefined }, EDX);
  const inst = s.emit(isSigned ? 'idivl' : 'divl', [source], [USE]);
  inst.uses = A | D;
  inst.clobbers = A | D;
  const result = op === Op.divs || op === Op.divu ? EAX : EDX;
  s.move({ kind: 'register', register: result, size: 4 }, to);
}
