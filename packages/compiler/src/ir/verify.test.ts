import { expect, test } from 'vitest';
import { IRFunction } from './function.ts';
import { Op } from './ops.ts';
import { verify } from './verify.ts';

/** b0 branches to b1 and b2, which meet in b3. */
function diamond(): { f: IRFunction; x: number; add: (block: number, id: number) => number } {
  const f = new IRFunction('f');
  for (let i = 0; i < 4; i++) f.newBlock();
  const add = (block: number, id: number): number => {
    f.blocks[block].code.push(id);
    return id;
  };
  const x = add(0, f.make(Op.regparam, 0));
  add(0, f.make(Op.branch, x, 1, 2));
  return { f, x, add };
}

test('a whole function passes', () => {
  const { f, x, add } = diamond();
  const y = add(1, f.make(Op.neg, x));
  add(1, f.make(Op.jump, 3));
  add(2, f.make(Op.jump, 3));
  const phi = add(3, f.makeList(Op.phi, [y, x]));
  add(3, f.make(Op.return, phi, 0, 1));
  f.computePredecessors();
  expect(() => verify(f)).not.toThrow();
});

test('a use that its definition does not dominate is found', () => {
  const { f, x, add } = diamond();
  const y = add(1, f.make(Op.neg, x));
  add(1, f.make(Op.jump, 3));
  add(2, f.make(Op.jump, 3));
  add(3, f.make(Op.return, y, 0, 1));
  f.computePredecessors();
  expect(() => verify(f)).toThrow('does not dominate');
});

test('a phi needs one operand for each predecessor', () => {
  const { f, x, add } = diamond();
  add(1, f.make(Op.jump, 3));
  add(2, f.make(Op.jump, 3));
  add(3, f.makeList(Op.phi, [x]));
  add(3, f.make(Op.return));
  f.computePredecessors();
  expect(() => verify(f)).toThrow('phi width');
});

test('a block without end is found', () => {
  const { f, add } = diamond();
  add(1, f.make(Op.return));
  f.computePredecessors();
  expect(() => verify(f)).toThrow('b2 has no terminator');
});
