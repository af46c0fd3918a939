// Returns and jump tables.

import { Op } from '../ir/ops.ts';
import { EAX, EDX } from '../lower/registers.ts';
import { pushFloat } from './float.ts';
import { mem, USE } from './machine.ts';
import type { Selector } from './selector.ts';

/** `return`: the value goes to eax, edx:eax or st(0). */
export function coverReturn(s: Selector, id: number): void {
  const f = s.f;
  const kind = f.c[id];
  let uses = 0;
  if (kind === 1) {
    s.useInto(f.a[id], EAX);
    uses = 1 << EAX;
  } else if (kind === 2) {
    // Both are in registers before either moves: a value may lie in edx.
    const [low, high] = [
      s.immediate(f.a[id]) ?? s.use(f.a[id]),
      s.immediate(f.b[id]) ?? s.use(f.b[id]),
    ];
    s.move(low, EAX);
    s.move(high, EDX);
    uses = (1 << EAX) | (1 << EDX);
  } else if (kind === 3) pushFloat(s, f.a[id]);
  const inst = s.emit('.return', [], []);
  inst.uses = uses;
}

/** A jump through a table of block addresses. */
export function coverTableJump(s: Selector, id: number): void {
  const f = s.f;
  const table = s.m.tables.push(f.tables[f.b[id]]) - 1;
  let index = f.a[id];
  let displacement = 0;
  if (f.op[index] === Op.add && f.isConst(f.b[index]) && s.mayFold(index)) {
    displacement = f.a[f.b[index]] * 4;
    index = f.a[index];
  }
  const symbol = `.LJ${table}.${f.name}`;
  const memory = mem({ index: s.use(index).register, scale: 4, symbol, displacement });
  const inst = s.emit('jmp', [memory], [USE]);
  inst.isIndirect = true;
}
