import { expect, test } from 'vitest';
import { CPU_FIELDS } from '../cpu/state-layout.ts';
import { enablePaging, flatMachine, testDevice, withDevice } from '../machine/bare-machine.ts';
import type { Machine } from '../machine/machine.ts';

/** Counts, writes memory, copies, sets flags and reads the clock, for ever. */
const PROGRAM = [
  '40 a3 00 80 03 00', // 1: inc %eax; mov %eax,0x38000
  '0f 31 01 c3', // rdtsc; add %eax,%ebx
  'b9 32 00 00 00 be 00 80 03 00 bf 00 00 03 00', // copy 50 bytes
  'f3 a4 e6 80 eb df', // rep movsb; out %al,$0x80; jmp 1b
].flatMap((line) => line.split(' ').map((byte) => Number.parseInt(byte, 16)));

function busyMachine(): Machine {
  const devices = withDevice('counter', (bus) => {
    const state = { count: 0, log: new Uint8Array(16) };
    return testDevice('counter', {
      fields: { count: 'u32', log: { bytes: 16 } },
      state,
      ports: [{ first: 0x80, count: 1 }],
      portWrite: (_port, _width, value) => {
        state.log[state.count++ & 15] = value;
        bus.schedule(state.count & 3, bus.now() + 10 + value);
      },
      event: (id) => void (state.log[id] ^= 0x55),
    });
  });
  const machine = flatMachine(PROGRAM, { devices });
  enablePaging(machine);
  return machine;
}

test.each([1, 17, 1000, 4321])('run %i, snapshot, restore, run on equals one run', (first) => {
  const whole = busyMachine();
  whole.run({ budget: 10_000 });
  const part = busyMachine();
  part.run({ budget: first });
  const snapshot = part.snapshot();
  const other = busyMachine();
  other.run({ budget: 333 });
  expect(other.restore(snapshot)).toBeUndefined();
  expect(other.stateHash()).toBe(part.stateHash());
  other.run({ budget: 10_000 - first });
  expect(other.stateHash()).toBe(whole.stateHash());
  expect(other.snapshot()).toEqual(whole.snapshot());
});

test('changing any declared register or field changes the hash', () => {
  const machine = busyMachine();
  machine.run({ budget: 5000 });
  const hash = machine.stateHash();
  expect(hash).toMatch(/^[0-9a-f]{32}$/);
  for (const { name } of CPU_FIELDS) {
    const old = machine.register(name);
    if (['cr0', 'cr3', 'cr4'].includes(name)) continue; // setting them empties the TLB as well
    machine.setRegister(name, old ^ 4);
    expect(machine.stateHash(), name).not.toBe(hash);
    machine.setRegister(name, old);
    expect(machine.stateHash(), name).toBe(hash);
  }
  const { state } = machine.devices[1];
  const { count } = state;
  state.count = Number(count) + 1;
  expect(machine.stateHash()).not.toBe(hash);
  state.count = count;
  expect(machine.stateHash()).toBe(hash);
});

test('changing any of 1,000 sampled bytes of RAM changes the hash', () => {
  const machine = busyMachine();
  const hash = machine.stateHash();
  for (let i = 0; i < 1000; i++) {
    const address = (i * 2087) % 0xa0000;
    const [old] = machine.readPhysical(address, 1);
    machine.writePhysical(address, new Uint8Array([old ^ (1 << (i & 7))]));
    expect(machine.stateHash(), `byte ${address}`).not.toBe(hash);
    machine.writePhysical(address, new Uint8Array([old]));
  }
  expect(machine.stateHash()).toBe(hash);
});

test('the hash sees what the guest writes through a filled TLB', () => {
  const machine = busyMachine();
  machine.run({ budget: 500 });
  const before = machine.stateHash();
  machine.run({ budget: 500 });
  const after = machine.stateHash();
  expect(after).not.toBe(before);
  const copy = busyMachine();
  copy.restore(machine.snapshot());
  expect(copy.stateHash()).toBe(after);
});

test('what is no snapshot of this machine is refused', () => {
  const machine = busyMachine();
  expect(machine.restore(new Uint8Array(10))).toBe('these bytes are no snapshot');
  const bytes = machine.snapshot();
  expect(flatMachine([]).restore(bytes)).toMatch(/pages, CPUs, devices/);
  bytes[4] = 99;
  expect(machine.restore(bytes)).toMatch(/format 99/);
});
