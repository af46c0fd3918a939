// Privilege: gates, stacks, ports; and what paging allows. Ring 3 code runs at USER with selectors 0x23 and 0x2b.

import { describe, expect, test } from 'vitest';
import {
  CODE,
  DIRECTORY,
  TABLE,
  enablePaging,
  flatMachine,
  setGate,
  words,
} from '../machine/bare-machine.ts';
import type { Machine } from '../machine/machine.ts';

const HLT = 0xf4;
const HANDLER = 0x18000;
const TSS = 0x6000;
const RING0_STACK = 0x9800;
const USER = 0x20000;

/** Ring 3 at USER with a TSS; vectors 13 and 14 halt. `limit` of the TSS decides whether an I/O bitmap fits. */
function userMachine(code: readonly number[], limit = 0x67): Machine {
  const machine = flatMachine([]);
  machine.writePhysical(USER, new Uint8Array(code));
  const descriptors = [limit | (TSS << 16), 0x8b00, 0xffff, 0xcffb00, 0xffff, 0xcff300];
  machine.writePhysical(0x1018, words(descriptors));
  machine.writePhysical(TSS, words([0, RING0_STACK, 16]));
  machine.setRegister('gdtr.limit', 0x37);
  machine.setRegister('tr', 0x18);
  machine.setRegister('tr.base', TSS);
  machine.setRegister('tr.limit', limit);
  machine.setRegister('tr.attributes', 0x8b);
  for (const name of ['cs', 'ss', 'ds', 'es']) {
    machine.setRegister(name, name === 'cs' ? 0x23 : 0x2b);
    machine.setRegister(`${name}.attributes`, name === 'cs' ? 0xc0fb : 0xc0f3);
  }
  machine.setRegister('cpl', 3);
  machine.setRegister('eip', USER);
  machine.setRegister('esp', 0x28000);
  for (const vector of [13, 14]) setGate(machine, vector, HANDLER + vector * 16);
  for (const vector of [13, 14]) {
    machine.writePhysical(HANDLER + vector * 16, new Uint8Array([HLT]));
  }
  return machine;
}

/** Error code, EIP, CS, EFLAGS, ESP, SS of the exception that ended the run. */
function frameOf(machine: Machine): number[] {
  expect(machine.run()).toMatchObject({ reason: 'halted' });
  return [...new Uint32Array(machine.readPhysical(RING0_STACK - 24, 24).buffer)];
}

describe('gates', () => {
  test('a call gate changes stacks, copies parameters, and LRET comes back', () => {
    // push $0x55; lcall $0x33,$0; hlt
    const machine = userMachine([0x6a, 0x55, 0x9a, 0, 0, 0, 0, 0x33, 0, HLT]);
    machine.writePhysical(0x1030, words([(8 << 16) | 0x9000, 0x0001ec01]));
    // mov 8(%esp),%eax; mov %esp,%ebx; lret $4
    const inner = [0x8b, 0x44, 0x24, 8, 0x89, 0xe3, 0xca, 4, 0];
    machine.writePhysical(0x19000, new Uint8Array(inner));
    const frame = frameOf(machine);
    expect(machine.register('eax')).toBe(0x55);
    expect(machine.register('ebx')).toBe(RING0_STACK - 20);
    expect(frame).toEqual([0, USER + 9, 0x23, expect.any(Number), 0x28000, 0x2b]);
  });

  test('INT through a gate of ring 0 is #GP with the vector', () => {
    const frame = frameOf(userMachine([0xcd, 0x0e]));
    expect(frame.slice(0, 3)).toEqual([14 * 8 + 2, USER, 0x23]);
  });

  test.each([
    ['hlt', [0xf4], 0],
    ['cli', [0xfa], 0],
    ['mov %eax,%cr3', [0x0f, 0x22, 0xd8], 0],
    ['lidt', [0x0f, 0x01, 0x1d, 0, 0, 2, 0], 0],
    ['mov $16,%ax; mov %ax,%ds', [0x66, 0xb8, 0x10, 0, 0x8e, 0xd8], 0x10],
    ['ljmp $8,$0', [0xea, 0, 0, 0, 0, 8, 0], 8],
  ])('%s is #GP in ring 3', (_, code, error) => {
    expect(frameOf(userMachine(code))[0]).toBe(error);
  });

  test('POPF in ring 3 leaves IF and IOPL alone', () => {
    const machine = userMachine([0x68, 0x02, 0x32, 0, 0, 0x9d, HLT]); // push $0x3202; popf
    machine.setRegister('eflags', 2);
    expect(frameOf(machine)[3] & 0x3200).toBe(0);
  });
});

describe('ports', () => {
  function portMachine(bitmap: number): Machine {
    const machine = userMachine([0xe4, 0x43, HLT], 0x88 + 0x1f); // in $0x43,%al
    machine.writePhysical(TSS + 0x64, words([0x88 << 16]));
    machine.writePhysical(TSS + 0x88, new Uint8Array(32).fill(0xff));
    machine.writePhysical(TSS + 0x88 + 8, new Uint8Array([bitmap]));
    return machine;
  }

  test('the I/O bitmap allows and forbids', () => {
    expect(frameOf(portMachine(0xf7))[1]).toBe(USER + 2);
    expect(frameOf(portMachine(0xff))[1]).toBe(USER);
  });

  test('REP INS asks for its port even where the count is zero', () => {
    const machine = userMachine([0xf3, 0x6c, HLT]);
    machine.setRegister('ecx', 0);
    expect(frameOf(machine).slice(0, 2)).toEqual([0, USER]);
  });

  test('IOPL 3 allows all', () => {
    const machine = userMachine([0xe4, 0x43, HLT]);
    machine.setRegister('eflags', 0x3002);
    expect(frameOf(machine)[1]).toBe(USER + 2);
  });
});

describe('paging', () => {
  const PAGE = 0x30000;
  const ENTRY = TABLE + 0x30 * 4;

  /** Ring 3 code and the page's entry as given; user pages for code and stack. */
  function pagedMachine(code: readonly number[], entry: number): Machine {
    const machine = userMachine(code);
    enablePaging(machine);
    machine.writePhysical(DIRECTORY, words([TABLE | 7]));
    machine.writePhysical(TABLE + 0x20 * 4, words([USER | 7]));
    machine.writePhysical(ENTRY, words([entry]));
    return machine;
  }

  const READ = [0xa1, ...words([PAGE])]; // mov 0x30000,%eax
  const WRITE = [0xa3, ...words([PAGE])];

  test.each([
    ['reads what is absent', READ, 0, 4],
    ['writes what is absent', WRITE, 0, 6],
    ['reads a supervisor page', READ, PAGE | 3, 5],
    ['writes a read-only page', WRITE, PAGE | 5, 7],
  ])('ring 3 %s', (_, code, entry, error) => {
    const machine = pagedMachine([...code, HLT], entry);
    expect(frameOf(machine).slice(0, 2)).toEqual([error, USER]);
    expect(machine.register('cr2')).toBe(PAGE);
  });

  test('accessed and dirty bits are set by reads and writes', () => {
    const entryAfter = (code: readonly number[]): number => {
      const machine = pagedMachine([...code, HLT], PAGE | 7);
      frameOf(machine);
      return new Uint32Array(machine.readPhysical(ENTRY, 4).buffer)[0];
    };
    expect(entryAfter([])).toBe(PAGE | 7);
    expect(entryAfter(READ)).toBe(PAGE | 0x27);
    expect(entryAfter([...READ, ...WRITE])).toBe(PAGE | 0x67);
  });

  test('CR0.WP decides whether ring 0 may write read-only pages', () => {
    const write = (cr0: number): number => {
      const machine = flatMachine([...WRITE, HLT]);
      enablePaging(machine);
      machine.writePhysical(ENTRY, words([PAGE | 1]));
      machine.setRegister('cr0', cr0);
      setGate(machine, 14, HANDLER);
      machine.writePhysical(HANDLER, new Uint8Array([HLT]));
      machine.run();
      return machine.register('eip');
    };
    expect(write(0x80000031)).toBe(CODE + 6);
    expect(write(0x80010031)).toBe(HANDLER + 1);
  });

  test('a 4 MiB page with CR4.PSE', () => {
    const machine = flatMachine([0xa1, ...words([0x400000 + 0x34567]), HLT]);
    enablePaging(machine);
    machine.writePhysical(DIRECTORY + 4, words([0x83]));
    machine.setRegister('cr4', 0x10);
    machine.writePhysical(0x34567, words([0xabcd]));
    machine.run();
    expect(machine.register('eax')).toBe(0xabcd);
    const [directory] = new Uint32Array(machine.readPhysical(DIRECTORY + 4, 4).buffer);
    expect(directory).toBe(0xa3);
  });

  test('a global page survives a load of CR3, others do not', () => {
    const run = (entry: number): number => {
      // mov 0x30000,%eax; movl $0x31003,ENTRY; mov %cr3,%ecx; mov %ecx,%cr3; mov 0x30000,%ebx; hlt
      const move = [0xc7, 0x05, ...words([ENTRY]), ...words([0x31003])];
      const reload = [0x0f, 0x20, 0xd9, 0x0f, 0x22, 0xd9];
      const machine = flatMachine([...READ, ...move, ...reload, 0x8b, 0x1d, ...words([PAGE]), HLT]);
      enablePaging(machine);
      machine.writePhysical(ENTRY, words([entry]));
      machine.writePhysical(0x30000, words([1]));
      machine.writePhysical(0x31000, words([2]));
      machine.setRegister('cr4', 0x80);
      machine.run();
      return machine.register('ebx');
    };
    expect(run(PAGE | 0x103)).toBe(1);
    expect(run(PAGE | 3)).toBe(2);
  });
});
