import { describe, expect, test } from 'vitest';
import { BOTH, DEF, imm, Inst, MachineFunction, mem, reg, USE } from '../select/machine.ts';
import { allocate } from './allocate.ts';

function machine(): {
  m: MachineFunction;
  emit: (...args: ConstructorParameters<typeof Inst>) => Inst;
} {
  const m = new MachineFunction('f');
  const block = { id: 0, code: [] as Inst[], successors: [], depth: 0, isAddressTaken: false };
  m.blocks.push(block);
  m.byId.set(0, block);
  return {
    m,
    emit: (...args) => {
      const inst = new Inst(...args);
      block.code.push(inst);
      return inst;
    },
  };
}

describe('allocation', () => {
  test('a move whose source dies is coalesced', () => {
    const { m, emit } = machine();
    const [a, b] = [m.newRegister(), m.newRegister()];
    emit('movl', [mem({ symbol: 'x' }), reg(a)], [USE, DEF]);
    emit('movl', [reg(a), reg(b)], [USE, DEF]);
    emit('addl', [imm(1), reg(b)], [USE, BOTH]);
    emit('movl', [reg(b), reg(0)], [USE, DEF]);
    emit('.return', [], []).uses = 1;
    allocate(m, true);
    const registers = m.blocks[0].code.flatMap((inst) =>
      inst.operands.filter((o) => o.kind === 'register').map((o) => o.register),
    );
    expect(new Set(registers)).toEqual(new Set([0]));
  });

  test('more values than registers are spilled, and the colouring holds', () => {
    const { m, emit } = machine();
    const values = Array.from({ length: 20 }, () => m.newRegister());
    for (const v of values) emit('movl', [mem({ symbol: 'x' }), reg(v)], [USE, DEF]);
    const sum = m.newRegister();
    emit('movl', [imm(0), reg(sum)], [USE, DEF]);
    for (const v of values) emit('addl', [reg(v), reg(sum)], [USE, BOTH]);
    for (const v of values) emit('xorl', [reg(v), reg(sum)], [USE, BOTH]);
    emit('movl', [reg(sum), reg(0)], [USE, DEF]);
    emit('.return', [], []).uses = 1;
    allocate(m, true);
    const slots = new Set(
      m.blocks[0].code.flatMap((inst) =>
        inst.operands
          .filter((o) => o.kind === 'memory' && o.slot >= 0)
          .map((o) => o.kind === 'memory' && o.slot),
      ),
    );
    expect(slots.size).toBeGreaterThanOrEqual(13);
  });

  test('a byte operand gets a register that has a byte', () => {
    const { m, emit } = machine();
    const values = Array.from({ length: 6 }, () => m.newRegister());
    for (const v of values) emit('movl', [mem({ symbol: 'x' }), reg(v)], [USE, DEF]);
    m.isByte.add(values[5]);
    emit('movb', [reg(values[5], 1), mem({ symbol: 'y' })], [USE, USE]);
    for (const v of values) emit('pushl', [reg(v)], [USE]);
    allocate(m, true);
    const store = m.blocks[0].code.find((inst) => inst.mnemonic === 'movb');
    const operand = store?.operands[0];
    expect(operand?.kind === 'register' && operand.register <= 3).toBe(true);
  });

  test('a value that lives across a call keeps out of what the call changes', () => {
    const { m, emit } = machine();
    const v = m.newRegister();
    emit('movl', [mem({ symbol: 'x' }), reg(v)], [USE, DEF]);
    emit('call', [imm(0, 'g')], [USE]).clobbers = 0b111;
    emit('pushl', [reg(v)], [USE]);
    const used = allocate(m, true);
    expect(used & ~0b111).not.toBe(0);
  });
});
