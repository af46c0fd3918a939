import { describe, expect, test } from 'vitest';
import {
  CODE,
  IDT,
  TABLE,
  enablePaging,
  flatMachine,
  realMachine,
  setGate,
  testDevice,
  withDevice,
  words,
} from './bare-machine.ts';
import type { TraceEvent } from './options.ts';

const HLT = 0xf4;
const NOP = 0x90;

describe('time', () => {
  test('a tick passes for each instruction', () => {
    const machine = flatMachine([NOP, NOP, 0x40, HLT]); // nop; nop; inc %eax; hlt
    expect(machine.run()).toEqual({ reason: 'halted', interruptsEnabled: false });
    expect(machine.clock).toBe(4);
    expect(machine.register('eax')).toBe(1);
  });

  test('a budget stops exactly, anywhere', () => {
    const machine = flatMachine([0x40, 0xeb, 0xfd]); // 1: inc %eax; jmp 1b
    expect(machine.run({ budget: 1001 })).toEqual({ reason: 'budget' });
    expect(machine.register('eax')).toBe(501);
    expect(machine.run({ until: { tick: 2001 } })).toEqual({ reason: 'tick' });
    expect(machine.register('eax')).toBe(1001);
  });

  test.each([
    ['rep stosb ended by its count takes count + 1', [0xf3, 0xaa], 1000, 1001],
    ['rep movsb the same', [0xf3, 0xa4], 1000, 1001],
    ['with a count of zero it takes one', [0xf3, 0xaa], 0, 1],
    ['repe cmpsb ended by the flag takes its iterations', [0xf3, 0xa6], 1000, 1],
  ])('%s', (_, code, count, ticks) => {
    const machine = flatMachine([...code, HLT]);
    machine.setRegister('ecx', count);
    machine.setRegister('esi', 0x30000);
    machine.setRegister('edi', 0x40000);
    machine.writePhysical(0x30000, new Uint8Array([1]));
    machine.run();
    expect(machine.clock).toBe(ticks + 1);
  });

  test.each([
    ['of an access', [NOP, NOP, 0xa0, 0, 0, 0, 0xf0], 2, { 'ds.limit': 0xffff }],
    ['of a fetch', [NOP, NOP], 2, { 'cs.limit': CODE + 1 }],
  ])('a fault %s takes one tick', (_, code, before, registers) => {
    const machine = flatMachine(code);
    machine.writePhysical(IDT + 13 * 8, words([0x80000 | 0x5000, 0x8e00]));
    machine.writePhysical(0x5000, new Uint8Array([HLT]));
    for (const [name, value] of Object.entries(registers)) machine.setRegister(name, value);
    expect(machine.run({ budget: 1000 }).reason).toBe('halted');
    expect(machine.register('eip')).toBe(0x5001);
    expect(machine.clock).toBe(before + 2);
  });

  test('a repeated instruction stops in the middle and goes on', () => {
    const machine = flatMachine([0xf3, 0xaa, HLT]); // rep stosb
    machine.setRegister('ecx', 5000);
    machine.setRegister('edi', 0x40000);
    machine.run({ budget: 777 });
    expect(machine.register('ecx')).toBe(5000 - 777);
    expect(machine.register('eip')).toBe(CODE);
    machine.run();
    expect(machine.clock).toBe(5002);
  });

  test('an event scheduled by an OUT comes at its tick, and RDTSC shows ticks', () => {
    const ticks: number[] = [];
    const devices = withDevice('alarm', (bus) =>
      testDevice('alarm', {
        ports: [{ first: 0x80, count: 1 }],
        portWrite: (_port, _width, value) => bus.schedule(1, bus.now() + value),
        event: () => void ticks.push(bus.now()),
      }),
    );
    // mov $100,%al; out %al,$0x80; 1: jmp 1b
    const machine = flatMachine([0xb0, 100, 0xe6, 0x80, 0xeb, 0xfe], { devices });
    machine.run({ budget: 500 });
    expect(ticks).toEqual([101]);
    const clock = flatMachine([NOP, 0x0f, 0x31, HLT]); // rdtsc after one instruction
    clock.run();
    expect(clock.register('eax')).toBe(1);
  });

  test('a halted machine jumps to the next event that can wake it', () => {
    const devices = withDevice('timer', (bus) =>
      testDevice('timer', { reset: () => bus.schedule(0, 1e9), event: () => bus.exit('guest', 7) }),
    );
    const machine = flatMachine([0xfb, HLT], { devices }); // sti; hlt
    expect(machine.run()).toEqual({ reason: 'guest-exit', status: 7 });
    expect(machine.clock).toBe(1e9);
  });

  test('several CPUs get the same ticks in each round', () => {
    const machine = flatMachine([0x40, 0xeb, 0xfd], { cpus: 2, quantumTicks: 100 });
    for (const [name, value] of Object.entries(machine.registers(0))) {
      machine.setRegister(name, value, 1);
    }
    machine.run({ budget: 1050 });
    expect(machine.register('eax', 0)).toBe(525);
    expect(machine.register('eax', 1)).toBe(500);
    machine.run({ until: { tick: 1100 } });
    expect(machine.register('eax', 1)).toBe(550);
  });
});

describe('stopping', () => {
  test('at an address, again and again', () => {
    const machine = flatMachine([0x40, 0xeb, 0xfd]);
    for (let count = 0; count < 3; count++) {
      const result = machine.run({ until: { address: CODE + 1 } });
      expect(result).toEqual({ reason: 'breakpoint', cpu: 0, address: CODE + 1 });
      expect(machine.register('eax')).toBe(count + 1);
    }
  });

  test('at serial text, also when it was put out before', () => {
    const devices = withDevice('com1', (bus) =>
      testDevice('com1', {
        ports: [{ first: 0xe9, count: 1 }],
        portWrite: (_port, _width, value) => bus.output('com1', value),
      }),
    );
    const put = [...'ab$ c'].flatMap((c) => [0xb0, c.charCodeAt(0), 0xe6, 0xe9]);
    const machine = flatMachine([...put, HLT], { devices });
    expect(machine.run({ until: { serial: '$ ' } })).toEqual({ reason: 'serial' });
    expect(machine.clock).toBe(8);
    machine.run();
    expect(machine.run({ until: { serial: 'c' } })).toEqual({ reason: 'serial' });
  });

  test('at a watchpoint', () => {
    const machine = flatMachine([0xa3, 0x04, 0x80, 0, 0, 0xa3, 0, 0x80, 0, 0, HLT]);
    machine.addWatchpoint({ address: 0x8000, length: 4, onRead: false, onWrite: true });
    const result = machine.run();
    expect(result).toEqual({ reason: 'watchpoint', cpu: 0, address: 0x8000, isWrite: true });
    expect(machine.clock).toBe(2);
  });

  test('a triple fault says what happened, where and why', () => {
    const machine = flatMachine([0x0f, 0x0b]); // ud2
    const symbols = { addressOf: () => undefined, nameAt: () => 'start' };
    const named = flatMachine([0x0f, 0x0b], { symbols });
    const result = machine.run();
    expect(result.reason).toBe('triple-fault');
    const other = named.run();
    expect(other.reason === 'triple-fault' && other.explanation).toEqual([
      expect.stringMatching(/^at 0008:00010000 <start>: 0f 0b /),
      '#UD undefined opcode: the opcode is not defined',
      expect.stringMatching(/^delivering #UD.*: #GP.*\(error code 0x33\): IDT entry 6 is no gate/),
      expect.stringMatching(/^delivering #GP.*: #GP/),
      expect.stringMatching(/^delivering #DF double fault: #GP/),
    ]);
  });

  test('a disk without an answer ends the run; virtual time stands still', () => {
    let isReady = false;
    const devices = withDevice('disk', (bus) =>
      testDevice('disk', {
        reset: () => bus.schedule(3, 50, 9),
        event: (id, argument) => {
          if (!isReady) return 'host';
          return bus.exit('guest', id + argument);
        },
      }),
    );
    const machine = flatMachine([0xeb, 0xfe], { devices });
    expect(machine.run()).toEqual({ reason: 'host', device: 'disk' });
    expect(machine.run()).toEqual({ reason: 'host', device: 'disk' });
    expect(machine.clock).toBe(50);
    isReady = true;
    expect(machine.run()).toEqual({ reason: 'guest-exit', status: 12 });
  });
});

describe('memory', () => {
  test('unclaimed ports and addresses read as all ones, ROM cannot be written', () => {
    const rom = new Uint8Array(0x10000).fill(0x5a);
    // in $0x99,%al; mov 0xf0000,%ecx; movb $0,0xf0000; mov 0xf0000,%edx; mov 0x80000000,%ebx; hlt
    const code = [0xe4, 0x99, 0x8b, 0x0d, 0, 0, 0x0f, 0, 0xc6, 0x05, 0, 0, 0x0f, 0, 0];
    code.push(0x8b, 0x15, 0, 0, 0x0f, 0, 0x8b, 0x1d, 0, 0, 0, 0x80, HLT);
    const machine = flatMachine(code, { rom });
    machine.run();
    expect(machine.register('eax')).toBe(0xff);
    expect(machine.register('ecx')).toBe(0x5a5a5a5a);
    expect(machine.register('edx')).toBe(0x5a5a5a5a);
    expect(machine.register('ebx')).toBe(0xffffffff);
    expect(machine.readPhysical(0xfffffff0, 1)[0]).toBe(0x5a);
  });

  test('with the A20 gate shut address bit 20 is cleared', () => {
    const machine = flatMachine([0xa1, 0, 0x80, 0x10, 0, HLT]); // mov 0x108000,%eax
    machine.writePhysical(0x8000, words([0x1234]));
    machine.setA20(false);
    machine.run();
    expect(machine.register('eax')).toBe(0x1234);
  });

  test('code that overwrites the next instruction runs what it wrote', () => {
    // movb $0x43, 1f; 1: inc %eax; hlt - the inc becomes inc %ebx
    const at = CODE + 7;
    const code = [0xc6, 0x05, at & 0xff, (at >> 8) & 0xff, at >> 16, 0, 0x43, 0x40, HLT];
    const machine = flatMachine(code);
    machine.run();
    expect([machine.register('eax'), machine.register('ebx')]).toEqual([0, 1]);
    machine.setRegister('eip', CODE + 7);
    machine.writePhysical(at, new Uint8Array([0x41]));
    machine.setRegister('activity', 0);
    machine.run();
    expect(machine.register('ecx')).toBe(1);
  });

  test('an instruction that crosses pages follows the mapping of its second page', () => {
    const machine = flatMachine([]);
    enablePaging(machine);
    // mov $imm,%eax at the last two bytes of page 0x20; the rest in page 0x21 or 0x22; ret
    machine.writePhysical(0x20ffe, new Uint8Array([0xb8, 1]));
    machine.writePhysical(0x21000, new Uint8Array([0, 0, 0, 0xc3]));
    machine.writePhysical(0x22000, new Uint8Array([2, 0, 0, 0xc3]));
    // call 0x20ffe; push %eax; movl $0x22003,TABLE+0x84; invlpg 0x21000; call 0x20ffe; hlt
    const call = (from: number): number[] => [0xe8, ...words([0x20ffe - from])];
    const code = [
      ...call(CODE + 5),
      0x50,
      0xc7,
      0x05,
      ...words([TABLE + 0x84]),
      ...words([0x22003]),
    ];
    code.push(0x0f, 0x01, 0x3d, ...words([0x21000]));
    code.push(...call(CODE + code.length + 5), HLT);
    machine.writePhysical(CODE, new Uint8Array(code));
    machine.run();
    expect(machine.register('eax')).toBe(0x201);
    expect(machine.readPhysical(0x8ffc, 1)[0]).toBe(1);
  });

  test('a stale TLB entry is visible until invlpg, and only executed accesses make entries', () => {
    const machine = flatMachine([]);
    enablePaging(machine);
    machine.writePhysical(0x30000, words([1]));
    machine.writePhysical(0x31000, words([2]));
    // mov 0x30000,%eax; movl $0x31003,TABLE+0xc0; mov 0x30000,%ebx; invlpg 0x30000; mov 0x30000,%ecx; hlt
    const address = words([0x30000]);
    const code = [0xa1, ...address, 0xc7, 0x05, ...words([TABLE + 0xc0]), ...words([0x31003])];
    code.push(0x8b, 0x1d, ...address, 0x0f, 0x01, 0x3d, ...address, 0x8b, 0x0d, ...address, HLT);
    machine.writePhysical(CODE, new Uint8Array(code));
    machine.readVirtual(0x50000, 4);
    machine.run();
    const values = ['eax', 'ebx', 'ecx'].map((name) => machine.register(name));
    expect(values).toEqual([1, 1, 2]);
    const pages = machine.cpus[0].tlb.entries().filter((_, i) => i % 2 === 0);
    expect([...pages]).toEqual([TABLE >>> 12, CODE >>> 12, 0x30]);
  });
});

describe('exceptions', () => {
  function faultOf(code: readonly number[], vector: number): { frame: number[]; cr2: number } {
    const machine = flatMachine(code);
    enablePaging(machine);
    setGate(machine, vector, 0x18000);
    machine.writePhysical(0x18000, new Uint8Array([HLT]));
    expect(machine.run().reason).toBe('halted');
    const stack = machine.readPhysical(machine.register('esp'), 16);
    return { frame: [...new Uint32Array(stack.buffer)], cr2: machine.register('cr2') };
  }

  test('a page fault pushes its code, EIP of the instruction, and CR2', () => {
    const { frame, cr2 } = faultOf([NOP, 0xa3, 0, 0, 0x40, 0], 14); // mov %eax,0x400000
    expect(frame.slice(0, 3)).toEqual([2, CODE + 1, 8]);
    expect(frame[3] & 0x10000).toBe(0x10000);
    expect(cr2).toBe(0x400000);
  });

  test('a divide error is a fault, INT3 a trap', () => {
    expect(faultOf([0xf7, 0xf1], 0).frame.slice(0, 2)).toEqual([CODE, 8]);
    expect(faultOf([0xcc], 3).frame.slice(0, 2)).toEqual([CODE + 1, 8]);
  });

  test('a selector beyond the GDT is #GP with the selector', () => {
    const { frame } = faultOf([0xb8, 0x43, 0, 0, 0, 0x8e, 0xd8], 13); // mov $0x43,%eax; mov %ax,%ds
    expect(frame.slice(0, 2)).toEqual([0x40, CODE + 5]);
  });

  test('TF traps after each instruction; MOV SS holds it back for one', () => {
    const machine = flatMachine([0x8c, 0xd0, 0x8e, 0xd0, NOP, NOP, HLT]);
    setGate(machine, 1, 0x18000);
    machine.writePhysical(0x18000, new Uint8Array([0x45, 0xcf])); // inc %ebp; iret
    machine.setRegister('eflags', 0x102);
    machine.run({ until: { address: CODE + 6 } });
    expect(machine.register('ebp')).toBe(3);
    expect(machine.register('dr6') & 0x4000).toBe(0x4000);
  });

  test('debug registers: a data breakpoint traps after the write, an instruction one before', () => {
    const machine = flatMachine([0xa3, 0, 0x80, 0, 0, NOP, NOP, HLT]);
    setGate(machine, 1, 0x18000);
    machine.writePhysical(0x18000, new Uint8Array([HLT]));
    const load = [0xb8, ...words([0x8000]), 0x0f, 0x23, 0xc0, 0xb8, ...words([0xd0002])];
    machine.writePhysical(0x14000, new Uint8Array([...load, 0x0f, 0x23, 0xf8, 0xe9]));
    const jumpFrom = 0x14000 + load.length + 4 + 4;
    machine.writePhysical(jumpFrom - 4, words([CODE - jumpFrom]));
    machine.setRegister('eip', 0x14000);
    machine.run();
    expect(machine.register('dr6') & 15).toBe(1);
    const [eip] = new Uint32Array(machine.readPhysical(machine.register('esp'), 4).buffer);
    expect(eip).toBe(CODE + 5);
  });

  test('an interrupt waits for the instruction after STI', () => {
    let vector = 0;
    const events: TraceEvent[] = [];
    const machine = flatMachine([0xfb, 0x40, 0x40, HLT], {
      trace: (event) => void events.push(event),
      devices: () => ({
        all: [],
        interrupts: { setLine: () => {}, acknowledge: () => (vector = 0x40) },
      }),
    });
    setGate(machine, 0x40, 0x18000);
    machine.writePhysical(0x18000, new Uint8Array([HLT]));
    machine.setIntr(0, 1);
    machine.run();
    expect(vector).toBe(0x40);
    expect(machine.register('eax')).toBe(1);
    expect(events.filter(({ kind }) => kind === 'interrupt')).toMatchObject([{ a: 0x40 }]);
  });

  test('a double fault enters through a task gate with its own state', () => {
    const machine = flatMachine([0x0f, 0x0b]); // #UD, #GP in delivery, then #DF
    const oldTask = 0x6000;
    const newTask = 0x6100;
    const gdt = [0x67 | (oldTask << 16), 0x8b00, 0x67 | (newTask << 16), 0x8900];
    machine.writePhysical(0x1018, words(gdt));
    machine.setRegister('gdtr.limit', 0x27);
    machine.setRegister('tr', 0x18);
    machine.setRegister('tr.base', oldTask);
    machine.setRegister('tr.limit', 0x67);
    machine.setRegister('tr.attributes', 0x8b);
    machine.writePhysical(IDT + 8 * 8, words([0x20 << 16, 0x8500]));
    const state = new Uint32Array(26);
    state[8] = 0x18000;
    state[9] = 2;
    state[14] = 0x9800;
    for (const [index, selector] of [16, 8, 16, 16, 16, 16].entries()) state[18 + index] = selector;
    machine.writePhysical(newTask, new Uint8Array(state.buffer));
    machine.writePhysical(0x18000, new Uint8Array([HLT]));
    expect(machine.run().reason).toBe('halted');
    expect(machine.register('tr')).toBe(0x20);
    expect(machine.register('esp')).toBe(0x97fc);
    const saved = new Uint32Array(machine.readPhysical(oldTask + 0x20, 4).buffer);
    expect(saved[0]).toBe(CODE);
  });

  test('#AC: a misaligned access of ring 3 with CR0.AM and EFLAGS.AC set', () => {
    const machine = flatMachine([0xa1, 1, 0x80, 0, 0, HLT]); // mov 0x8001,%eax
    machine.writePhysical(0x1018, words([0x67 | (0x6000 << 16), 0x8b00]));
    machine.writePhysical(0x6000, words([0, 0x9800, 16]));
    machine.setRegister('tr.base', 0x6000);
    machine.setRegister('tr.limit', 0x67);
    machine.setRegister('tr.attributes', 0x8b);
    for (const [name, attributes] of [
      ['cs', 0xc0fb],
      ['ss', 0xc0f3],
      ['ds', 0xc0f3],
    ] as const) {
      machine.setRegister(`${name}.attributes`, attributes);
    }
    machine.setRegister('cpl', 3);
    machine.setRegister('cr0', 0x40031);
    machine.setRegister('eflags', 0x40002);
    setGate(machine, 17, 0x18000);
    machine.writePhysical(0x18000, new Uint8Array([HLT]));
    expect(machine.run().reason).toBe('halted');
    const frame = [...new Uint32Array(machine.readPhysical(0x9800 - 24, 8).buffer)];
    expect(frame).toEqual([0, CODE]);
  });

  test('virtual-8086 mode: entered by IRET, left by #GP with the segments on the stack', () => {
    const machine = flatMachine([0xcf]); // iret
    machine.writePhysical(0x1018, words([0x67 | (0x6000 << 16), 0x8b00]));
    machine.writePhysical(0x6000, words([0, 0x9800, 16]));
    machine.setRegister('tr.base', 0x6000);
    machine.setRegister('tr.limit', 0x67);
    machine.setRegister('tr.attributes', 0x8b);
    // 07c0:0010 in real-mode terms: mov %ds,%ax; mov 0,%bx; int $0x21 with IOPL 0
    const code = [0x8c, 0xd8, 0x8b, 0x1e, 0, 0, 0xcd, 0x21];
    machine.writePhysical(0x7c10, new Uint8Array(code));
    machine.writePhysical(0x5550, words([0xbeef]));
    const stack = [0x10, 0x7c0, 0x20002, 0x1000, 0x900, 0x111, 0x555, 0x222, 0x333];
    machine.writePhysical(0x9000, words(stack));
    setGate(machine, 13, 0x18000);
    machine.writePhysical(0x18000, new Uint8Array([HLT]));
    expect(machine.run().reason).toBe('halted');
    expect(machine.register('eax') & 0xffff).toBe(0x555);
    expect(machine.register('ebx') & 0xffff).toBe(0xbeef);
    const frame = [...new Uint32Array(machine.readPhysical(0x9800 - 40, 40).buffer)];
    const segments = [0x900, 0x111, 0x555, 0x222, 0x333];
    const flags = 0x30002;
    expect(frame).toEqual([0, 0x16, 0x7c0, flags, 0x1000, ...segments]);
    expect(machine.register('ds')).toBe(0);
    expect(machine.register('eflags') & 0x20000).toBe(0);
  });

  test('real mode: INT, IRET, and a segment limit of 64 KiB', () => {
    // int $0x21; hlt - the handler at 0050:0000 sets %bx
    const machine = realMachine([0xcd, 0x21, HLT]);
    machine.writePhysical(0x21 * 4, new Uint8Array([0, 0, 0x50, 0]));
    machine.writePhysical(0x500, new Uint8Array([0xbb, 0x34, 0x12, 0xcf]));
    machine.run();
    expect(machine.register('ebx')).toBe(0x1234);
    expect(machine.register('eip')).toBe(0x7c03);
    const beyond = realMachine([0x66, 0xa1, 0xfe, 0xff, HLT]); // mov 0xfffe,%eax
    beyond.writePhysical(13 * 4, new Uint8Array([0, 0, 0x50, 0]));
    beyond.writePhysical(0x500, new Uint8Array([HLT]));
    beyond.run();
    expect(beyond.register('cs')).toBe(0x50);
  });
});
