// How several CPUs share the clock: each sentence about rounds, and that nothing of it depends on how the host cuts runs.

import { describe, expect, test } from 'vitest';
import * as S from '../cpu/state-layout.ts';
import { CODE, flatMachine, setGate, testDevice, withDevice } from './bare-machine.ts';
import type { Machine } from './machine.ts';
import type { MachineOptions, TraceEvent, Until } from './options.ts';

const HLT = 0xf4;
const STI = 0xfb;
const IRET = 0xcf;
/** 1: inc %eax; jmp 1b */
const COUNT = [0x40, 0xeb, 0xfd];

function word(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24];
}

/** mov $value, address */
function store(address: number, value: number): number[] {
  return [0xc7, 0x05, ...word(address), ...word(value)];
}

/** lock incl address */
function increment(address: number): number[] {
  return [0xf0, 0xff, 0x05, ...word(address)];
}

/** test $bits, %al, and the code only if none of them is set. */
function unless(bits: number, code: readonly number[]): number[] {
  return [0xa8, bits, 0x75, code.length, ...code];
}

const APIC = 0xfee00000;
const ENABLE = store(APIC + 0xf0, 0x1ff);
const END = store(APIC + 0xb0, 0);

/** `cpus` processors at the first instruction of `code` in flat mode, with stacks of their own. */
function machineOf(
  cpus: number,
  code: readonly number[],
  options: Partial<MachineOptions> = {},
): Machine {
  const machine = flatMachine(code, { cpus, devices: undefined, ...options });
  for (let cpu = 1; cpu < cpus; cpu++) {
    for (const [name, value] of Object.entries(machine.registers(0))) {
      machine.setRegister(name, value, cpu);
    }
    machine.setRegister('esp', 0x9000 - cpu * 0x400, cpu);
  }
  return machine;
}

function counts(machine: Machine): number[] {
  return machine.cpus.map((_, cpu) => machine.register('eax', cpu));
}

function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('the interval', () => {
  test.for([2, 3, 4, 8])('each of %i running CPUs gets the same ticks', (cpus) => {
    const machine = machineOf(cpus, COUNT, { quantumTicks: 100 });
    machine.run({ until: { tick: 12_300 } });
    expect(counts(machine)).toEqual(Array.from({ length: cpus }, () => 6150));
    expect(machine.cpus.map((cpu) => cpu.tick)).toEqual(machine.cpus.map(() => 12_300));
  });

  test('four busy CPUs do four times the work of one in the same time', () => {
    const work = [1, 4].map((cpus) => {
      const machine = machineOf(cpus, COUNT);
      machine.run({ until: { tick: 1_000_000 } });
      return machine.instructions;
    });
    expect(work).toEqual([1_000_000, 4_000_000]);
  });

  test('one that halts inside a round leaves the others theirs', () => {
    const machine = machineOf(3, COUNT, { quantumTicks: 100 });
    machine.writePhysical(CODE + 0x100, new Uint8Array([0x40, HLT]));
    machine.setRegister('eip', CODE + 0x100, 1);
    machine.run({ until: { tick: 1000 } });
    expect(counts(machine)).toEqual([500, 1, 500]);
  });
});

describe("a round's end", () => {
  /** Ticks at which the rounds of a run end. */
  function roundEnds(machine: Machine, tick: number): number[] {
    const ends = new Set<number>();
    while (machine.rounds.clock < tick) {
      machine.run({ budget: 1 });
      ends.add(machine.rounds.roundEnd);
    }
    return [...ends].filter((end) => end > 0 && end <= tick);
  }

  test('is the quantum, or the next event', () => {
    const fired: number[] = [];
    const devices = withDevice('timer', (bus) =>
      testDevice('timer', {
        reset: () => [250, 320].forEach((tick, id) => bus.schedule(id, tick)),
        event: () => void fired.push(bus.now()),
      }),
    );
    const machine = machineOf(2, COUNT, { quantumTicks: 100, devices });
    expect(roundEnds(machine, 600)).toEqual([100, 200, 250, 320, 420, 520]);
    expect(fired).toEqual([250, 320]);
  });

  test('may be a sequence of a seed, between its bounds, the same each time', () => {
    const ends = (seed: number): number[] => {
      const machine = machineOf(2, COUNT, { quantumTicks: { seed, min: 50, max: 150 } });
      return roundEnds(machine, 5000);
    };
    const first = ends(7);
    expect(ends(7)).toEqual(first);
    expect(ends(8)).not.toEqual(first);
    const lengths = first.map((end, i) => end - (first[i - 1] ?? 0));
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(50);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(150);
    expect(new Set(lengths).size).toBeGreaterThan(10);
    expect(() => machineOf(2, COUNT, { quantumTicks: 0 })).toThrow(/quantum/);
    expect(() => machineOf(2, COUNT, { quantumTicks: { seed: 1, min: 5, max: 4 } })).toThrow();
  });

  test.for([
    [1, 12],
    [2, 100],
  ])('with %i CPUs running an event for now + 10 fires at tick %i', ([cpus, tick]) => {
    const fired: number[] = [];
    const devices = withDevice('timer', (bus) =>
      testDevice('timer', {
        ports: [{ first: 0x80, count: 1 }],
        portWrite: () => bus.schedule(0, bus.now() + 10),
        event: () => void fired.push(bus.now()),
      }),
    );
    const code = [0x40, 0x40, 0xe6, 0x80, ...COUNT]; // inc; inc; out %al, $0x80
    const machine = machineOf(cpus, code, { quantumTicks: 100, devices });
    machine.setRegister('eip', CODE + 4, cpus - 1);
    machine.setRegister('eip', CODE, 0);
    machine.run({ until: { tick: 300 } });
    expect(fired).toEqual([tick]);
  });
});

/** Counters of the busy guest. */
const SHARED = { loops: 0x38000, ticks: 0x38004, calls: 0x38008, last: 0x38010, back: 0x38020 };

/**
 * CPUs that count together, read the time stamp and check that it never goes back, sleep until their timers interrupt
 * them, and call each other.
 */
function busyMachine(cpus: number, options: Partial<MachineOptions> = {}): Machine {
  const loop = [
    ...increment(SHARED.loops),
    ...[0x0f, 0x31], // rdtsc
    ...[0x3b, 0x05, ...word(SHARED.last)], // cmp last, %eax
    ...[0x73, 7, ...increment(SHARED.back)], // jae over the increment
    ...[0xa3, ...word(SHARED.last)], // mov %eax, last
    ...unless(0x38, [HLT]),
    ...unless(0x07, store(APIC + 0x300, 0xc0041)),
  ];
  const code = [
    ...ENABLE,
    ...store(APIC + 0x3e0, 0x0b),
    ...store(APIC + 0x320, 0x20040),
    ...store(APIC + 0x380, 333),
    STI,
    ...loop,
    0xe9,
    ...word(-(loop.length + 5)),
  ];
  const machine = machineOf(cpus, code, { quantumTicks: 700, ...options });
  [SHARED.ticks, SHARED.calls].forEach((counter, i) => {
    const handler = 0x20000 + i * 0x100;
    machine.writePhysical(handler, new Uint8Array([...increment(counter), ...END, IRET]));
    setGate(machine, 0x40 + i, handler);
  });
  return machine;
}

function shared(machine: Machine, address: number): number {
  return new Uint32Array(machine.readPhysical(address, 4).buffer)[0] ?? 0;
}

describe('determinism', () => {
  const END_TICK = 40_000;
  const quanta = [700, { seed: 5, min: 100, max: 2000 }] as const;

  test('the busy guest does what it should', () => {
    const machine = busyMachine(3);
    machine.run({ until: { tick: END_TICK } });
    expect(shared(machine, SHARED.loops)).toBeGreaterThan(300);
    expect(shared(machine, SHARED.ticks)).toBeGreaterThan(20);
    expect(shared(machine, SHARED.calls)).toBeGreaterThan(20);
  });

  test.for(quanta)(
    'a run cut anywhere and restored elsewhere ends the same, quantum %j',
    (quantum) => {
      const options = { quantumTicks: quantum };
      const whole = busyMachine(3, options);
      whole.run({ until: { tick: END_TICK } });
      let [current, other] = [busyMachine(3, options), busyMachine(3, options)];
      const turns = new Set<number>();
      for (const seed of [1, 2]) {
        const start = busyMachine(3, options).snapshot();
        current.restore(start);
        const random = generator(seed);
        while (current.rounds.clock < END_TICK) {
          const event = random(2) === 0 ? (['interrupt', 'ipi'] as const)[random(2)] : undefined;
          let left = random(5);
          const until: Until = {
            tick: Math.min(END_TICK, current.clock + random(6000)),
            event: event && ((each: TraceEvent) => each.kind === event && left-- === 0),
          };
          const result = current.run({ until: { ...until, tick: event ? END_TICK : until.tick } });
          turns.add(current.rounds.isOpen ? current.rounds.turn : -1);
          if (result.reason === 'tick' && current.clock >= END_TICK) break;
          expect(other.restore(current.snapshot())).toBeUndefined();
          expect(other.stateHash()).toBe(current.stateHash());
          [current, other] = [other, current];
        }
        expect(current.stateHash(), `seed ${seed}`).toBe(whole.stateHash());
      }
      expect([...turns].sort()).toEqual([-1, 0, 1, 2]);
    },
  );

  test('budgets of any size give the same', () => {
    const whole = busyMachine(4);
    whole.run({ until: { tick: END_TICK } });
    for (const size of [1, 137, 6999]) {
      const cut = busyMachine(4);
      while (cut.run({ budget: size, until: { tick: 20_000 } }).reason === 'budget');
      cut.run({ until: { tick: END_TICK } });
      expect(cut.stateHash(), `budget ${size}`).toBe(whole.stateHash());
    }
  });

  test.for([1, 2, 4])('with %i CPUs observed time never goes back', (cpus) => {
    const machine = busyMachine(cpus);
    machine.run({ until: { tick: END_TICK } });
    expect(shared(machine, SHARED.loops)).toBeGreaterThan(50);
    expect(shared(machine, SHARED.back)).toBe(0);
  });

  test('device registers never go back either', () => {
    const shown: number[] = [];
    const devices = withDevice('clock', (bus) =>
      testDevice('clock', {
        ports: [{ first: 0x80, count: 1 }],
        portRead: () => shown.push(bus.now()),
      }),
    );
    const code = [0xe4, 0x80, 0x0f, 0x31, 0xeb, 0xfa]; // 1: in $0x80, %al; rdtsc; jmp 1b
    const machine = machineOf(3, code, { quantumTicks: 90, devices });
    machine.run({ until: { tick: 3000 } });
    expect(shown.length).toBeGreaterThan(2500);
    expect(shown.every((tick, i) => tick >= (shown[i - 1] ?? 0))).toBe(true);
  });
});

describe('other processors', () => {
  test('one that is halted wakes by an interrupt of another, in the next tick', () => {
    const events: TraceEvent[] = [];
    const code = [...ENABLE, ...Array.from({ length: 50 }, () => 0x40)];
    code.push(...store(APIC + 0x310, 0x1000000), ...store(APIC + 0x300, 0x41), ...COUNT);
    const trace = (event: TraceEvent): void => void events.push(event);
    const machine = machineOf(2, code, { quantumTicks: 20, trace });
    machine.writePhysical(0x20000, new Uint8Array([...ENABLE, STI, HLT, 0x43, HLT]));
    machine.writePhysical(0x21000, new Uint8Array([...END, IRET]));
    machine.setRegister('eip', 0x20000, 1);
    setGate(machine, 0x41, 0x21000);
    machine.run({ until: { tick: 5000 } });
    const sent = events.find(({ kind }) => kind === 'ipi');
    const taken = events.find(({ kind, a }) => kind === 'interrupt' && a === 0x41);
    expect([sent?.cpu, sent?.a, taken?.cpu]).toEqual([0, 0x41, 1]);
    expect((taken?.tick ?? 0) - (sent?.tick ?? 0)).toBe(1);
    expect([machine.register('ebx', 1), machine.register('activity', 1)]).toEqual([
      1,
      S.ACTIVITY_HALTED,
    ]);
  });

  test.for([
    [1, 3],
    [2, 100],
  ])('with %i CPUs running, one whose pin rises at tick 3 wakes at tick %i', ([running, tick]) => {
    const taken: TraceEvent[] = [];
    const devices = withDevice('pin', (bus) =>
      testDevice('pin', {
        ports: [{ first: 0x80, count: 1 }],
        portWrite: (_port, _width, value) => bus.setIntr(running, value & 1),
      }),
    );
    const code = [0xb0, 1, 0x90, 0xe6, 0x80, ...COUNT]; // mov $1, %al; nop; out %al, $0x80
    const trace = (event: TraceEvent): void => {
      if (event.kind === 'interrupt') taken.push(event);
    };
    const machine = machineOf(running + 1, code, { quantumTicks: 100, devices, trace });
    if (running === 2) machine.setRegister('eip', CODE + 5, 1);
    const handler = [0xb0, 0, 0xe6, 0x80, IRET]; // mov $0, %al; out %al, $0x80
    machine.writePhysical(0x20000, new Uint8Array(handler));
    setGate(machine, 0, 0x20000);
    machine.setRegister('activity', S.ACTIVITY_HALTED, running);
    machine.setRegister('eflags', 0x202, running);
    machine.writePhysical(0x21000, new Uint8Array([HLT]));
    machine.setRegister('eip', 0x21000, running);
    machine.run({ until: { tick: 1000 } });
    expect(taken.map((event) => [event.cpu, event.tick])).toEqual([[running, tick]]);
  });

  /** The first CPU sends INIT and a start-up interrupt for page `page`; the second is as after reset. */
  function starting(page: number, after: readonly number[]): Machine {
    const code = [
      ...store(APIC + 0x310, 0x1000000),
      ...store(APIC + 0x300, 0x4500),
      ...store(APIC + 0x300, 0x4600 | page),
      ...after,
    ];
    const machine = flatMachine(code, { cpus: 2, devices: undefined, quantumTicks: 100 });
    machine.writePhysical(page << 12, new Uint8Array([0x66, 0x40, 0xeb, 0xfc])); // incl %eax
    return machine;
  }

  test('one waits for its start-up interrupt, and begins in real mode at the page it names', () => {
    const machine = starting(8, COUNT);
    expect(machine.register('activity', 1)).toBe(S.ACTIVITY_PARKED);
    const isStart = ({ kind, b }: TraceEvent): boolean => kind === 'processor' && b === 1;
    expect(machine.run({ budget: 2, until: { event: isStart } }).reason).toBe('budget');
    expect(machine.register('activity', 1)).toBe(S.ACTIVITY_PARKED);
    expect(machine.run({ budget: 2, until: { event: isStart } }).reason).toBe('event');
    const names = ['cs', 'cs.base', 'eip', 'activity', 'cr0'];
    expect(names.map((name) => machine.register(name, 1))).toEqual([
      0x800, 0x8000, 0, 0, 0x60000010,
    ]);
    machine.run({ budget: 1000 });
    expect(machine.register('eax', 1)).toBeGreaterThan(400);
  });

  test('a start-up interrupt is lost on one that runs; INIT parks it again', () => {
    const again = [...store(APIC + 0x300, 0x4609), ...COUNT];
    const machine = starting(8, again);
    machine.run({ budget: 50_000 });
    expect(machine.register('cs', 1)).toBe(0x800);
    const parked = starting(8, [...store(APIC + 0x300, 0x4500), ...COUNT]);
    parked.run({ budget: 50_000 });
    expect(parked.register('activity', 1)).toBe(S.ACTIVITY_PARKED);
    expect(parked.register('eip', 1)).toBe(0xfff0);
  });

  test('a reset by any of them brings all back', () => {
    const machine = busyMachine(3);
    machine.run({ budget: 50_000 });
    const reset = [0x66, 0xba, 0xf9, 0x0c, 0xb0, 6, 0xee]; // mov $0xcf9, %dx; mov $6, %al; out
    machine.writePhysical(0x30000, new Uint8Array(reset));
    machine.setRegister('eip', 0x30000, 1);
    machine.setRegister('activity', S.ACTIVITY_RUNNING, 1);
    machine.setRegister('eflags', 2, 1);
    expect(machine.run({ until: { event: 'reset' }, budget: 1e6 }).reason).toBe('event');
    expect(machine.cpus.map((_, cpu) => machine.register('activity', cpu))).toEqual([
      S.ACTIVITY_RUNNING,
      S.ACTIVITY_PARKED,
      S.ACTIVITY_PARKED,
    ]);
    expect(machine.register('cs.base')).toBe(0xffff0000);
    const fresh = flatMachine([], { cpus: 3, devices: undefined });
    const lapics = (of: Machine) =>
      of.devices
        .filter(({ name }) => name.startsWith('lapic'))
        .map(({ state }) => ({ ...state, sent: 0 }));
    expect(lapics(machine)).toEqual(lapics(fresh));
  });

  test('when none can be woken the run ends; parked ones do not count', () => {
    const machine = flatMachine([HLT], { cpus: 2, devices: undefined });
    expect(machine.run({ budget: 1e9 })).toEqual({ reason: 'halted', interruptsEnabled: false });
  });

  test('1 to 8 are possible', () => {
    for (const cpus of [0, 9, 1.5]) expect(() => flatMachine([], { cpus })).toThrow(/1 to 8/);
  });
});
