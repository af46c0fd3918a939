// In which order the checks of an instruction come, and what it has done when one fails: as the processor answers that
// the campaign of test/oracle/cpu compares with (AMD Zen 4), where the manuals leave it open.

import { describe, expect, test } from 'vitest';
import { CODE, TABLE, enablePaging, flatMachine, setGate, words } from '../machine/bare-machine.ts';
import type { Machine } from '../machine/machine.ts';

const HLT = 0xf4;
const HANDLERS = 0x18000;
/** Pages that are not there, and one that cannot be written. */
const ABSENT = 0x30000;
const ABSENT_TOO = 0x38000;
const READ_ONLY = 0x40000;
const DATA = 0x50000;
const TRAP = 0x100;

/** Paging on, writes checked in ring 0 too; every exception halts in a handler of its own. */
function machineWith(code: readonly number[], registers: Record<string, number> = {}): Machine {
  const machine = flatMachine([...code, HLT]);
  enablePaging(machine);
  machine.setRegister('cr0', 0x80010031 | 0);
  for (const address of [ABSENT, ABSENT_TOO, ABSENT_TOO + 0x1000]) {
    machine.writePhysical(TABLE + (address >>> 12) * 4, words([0]));
  }
  machine.writePhysical(TABLE + (READ_ONLY >>> 12) * 4, words([READ_ONLY | 1]));
  for (let vector = 0; vector < 20; vector++) {
    setGate(machine, vector, HANDLERS + vector * 16);
    machine.writePhysical(HANDLERS + vector * 16, new Uint8Array([HLT]));
  }
  for (const [name, value] of Object.entries(registers)) machine.setRegister(name, value);
  return machine;
}

interface Ending {
  /** -1: the code's own HLT. */
  readonly vector: number;
  readonly eip: number;
  readonly flags: number;
  readonly cr2: number;
}

function run(machine: Machine): Ending {
  expect(machine.run({ budget: 10_000 })).toMatchObject({ reason: 'halted' });
  const eip = machine.register('eip') - 1;
  const cr2 = machine.register('cr2');
  if (eip < HANDLERS || eip >= HANDLERS + 0x200) return { vector: -1, eip, flags: 0, cr2 };
  const vector = (eip - HANDLERS) >>> 4;
  const code = [8, 10, 11, 12, 13, 14, 17].includes(vector) ? 4 : 0;
  const frame = machine.readPhysical(machine.register('esp') + code, 12);
  const view = new DataView(frame.buffer);
  return { vector, eip: view.getUint32(0, true), flags: view.getUint32(8, true), cr2 };
}

describe('fetching', () => {
  test('an instruction that ends beyond the limit of CS is #GP, though the next page is absent', () => {
    const machine = machineWith([]);
    machine.writePhysical(ABSENT - 2, new Uint8Array([0x66, 0xb8]));
    machine.setRegister('cs.limit', ABSENT - 1);
    machine.setRegister('eip', ABSENT - 2);
    expect(run(machine)).toMatchObject({ vector: 13, eip: ABSENT - 2 });
  });

  test('LOCK where it may not stand is noticed after all bytes are there', () => {
    const machine = machineWith([]);
    machine.writePhysical(ABSENT - 4, new Uint8Array([0xf0, 0xf7, 0x08, 0]));
    machine.setRegister('eip', ABSENT - 4);
    expect(run(machine)).toMatchObject({ vector: 14, cr2: ABSENT });
  });

  test('a conditional jump beyond the limit of CS is #GP at the jump', () => {
    const machine = machineWith([0x75, 0x20], { 'cs.limit': CODE + 16, eflags: 2 });
    expect(run(machine)).toMatchObject({ vector: 13, eip: CODE });
  });
});

describe('single steps', () => {
  test('a step comes before the fault of the fetch behind it', () => {
    const machine = machineWith([0xe9, ...littleEndian(ABSENT - CODE - 5)], { eflags: TRAP | 2 });
    expect(run(machine)).toMatchObject({ vector: 1, eip: ABSENT });
  });

  test('the last iteration of a repeated instruction leaves it', () => {
    const machine = machineWith([0xf3, 0xa4], {
      eflags: TRAP | 2,
      ecx: 1,
      esi: DATA,
      edi: DATA + 64,
    });
    expect(run(machine)).toMatchObject({ vector: 1, eip: CODE + 2 });
  });

  test('INT1 is a trap', () => {
    const ending = run(machineWith([0xf1]));
    expect(ending).toMatchObject({ vector: 1, eip: CODE + 1 });
    expect(ending.flags & 0x10000).toBe(0);
  });
});

function littleEndian(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24];
}

describe('operands', () => {
  test.each([
    ['cmpsb', [0xa6], ABSENT_TOO],
    ['repne cmpsb', [0xf2, 0xa6], ABSENT_TOO],
    ['repe cmpsb', [0xf3, 0xa6], ABSENT],
    ['repe cmpsl', [0xf3, 0xa7], ABSENT_TOO],
  ])('%s with both operands absent', (_, code, cr2) => {
    const machine = machineWith(code, { ecx: 3, esi: ABSENT, edi: ABSENT_TOO });
    expect(run(machine)).toMatchObject({ vector: 14, cr2 });
  });

  test('rep movs reads before the limit of its target is looked at', () => {
    const machine = machineWith([0xf3, 0xa5], { ecx: 9, esi: ABSENT, edi: 0x2000 });
    machine.setRegister('es.limit', 0xffff);
    machine.setRegister('es.attributes', 0xc091);
    expect(run(machine)).toMatchObject({ vector: 14, cr2: ABSENT });
  });

  test('arpl that changes nothing may name a page that cannot be written', () => {
    expect(run(machineWith([0x63, 0x07], { edi: READ_ONLY, eax: 0 })).vector).toBe(-1);
  });

  test('pop %gs reads as much as it pops', () => {
    const machine = machineWith([0x0f, 0xa9], { esp: ABSENT - 2 });
    expect(run(machine)).toMatchObject({ vector: 14, cr2: ABSENT });
  });

  test('enter looks at the place where ESP comes to lie', () => {
    const machine = machineWith([0xc8, 0x00, 0x10, 0x00], { esp: READ_ONLY + 0x1010 });
    expect(run(machine)).toMatchObject({ vector: 14, cr2: READ_ONLY + 12 });
  });

  test('shld of 16 bits by more turns the source round', () => {
    const machine = machineWith([0x66, 0x0f, 0xa4, 0xd0, 20], { eax: 0x1234, edx: 0xabcd });
    expect(run(machine).vector).toBe(-1);
    expect(machine.register('eax')).toBe(0xbcda);
  });

  test('lar answers the limit with the attributes', () => {
    const machine = machineWith([0x0f, 0x02, 0xc2], { edx: 16 });
    expect(run(machine).vector).toBe(-1);
    expect(machine.register('eax')).toBe(0xcf9300);
  });

  test('a far call has pushed when its target proves to be beyond the limit', () => {
    const machine = machineWith([0x9a, ...littleEndian(0xf0000000), 0x18, 0]);
    machine.writePhysical(0x1018, words([0xffff, 0x4f9b00]));
    machine.setRegister('gdtr.limit', 31);
    expect(run(machine)).toMatchObject({ vector: 13, eip: CODE });
  });
});
