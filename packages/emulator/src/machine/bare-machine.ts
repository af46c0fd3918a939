// Machines without a firmware, for the tests of this package: code at an address, in real mode or in flat protected mode,
// with the devices the test names or none.

import type { Bus, Device } from '../device.ts';
import { Machine } from './machine.ts';
import type { MachineOptions } from './options.ts';

export const CODE = 0x10000;
export const GDT = 0x1000;
export const IDT = 0x2000;
export const DIRECTORY = 0x4000;
export const TABLE = 0x5000;

const DATA_SEGMENTS = ['es', 'ss', 'ds', 'fs', 'gs'];
const FLAT_CODE = 0xc09b;
const FLAT_DATA = 0xc093;

export function words(values: readonly number[]): Uint8Array {
  return new Uint8Array(new Uint32Array(values).buffer);
}

/** In real mode at 0000:7c00. */
export function realMachine(
  code: readonly number[],
  options: Partial<MachineOptions> = {},
): Machine {
  const machine = new Machine({ memoryMiB: 2, devices: noDevices, ...options });
  machine.writePhysical(0x7c00, new Uint8Array(code));
  machine.setRegister('cs', 0);
  machine.setRegister('cs.base', 0);
  machine.setRegister('eip', 0x7c00);
  machine.setRegister('esp', 0x7000);
  return machine;
}

/** In 32-bit flat protected mode, ring 0, at CODE; a GDT with 8 code, 16 data; every vector unset. */
export function flatMachine(
  code: readonly number[],
  options: Partial<MachineOptions> = {},
): Machine {
  const machine = new Machine({ memoryMiB: 2, devices: noDevices, ...options });
  machine.writePhysical(CODE, new Uint8Array(code));
  machine.writePhysical(GDT, words([0, 0, 0xffff, 0xcf9b00, 0xffff, 0xcf9300]));
  const set = (name: string, value: number): void => machine.setRegister(name, value);
  set('gdtr.base', GDT);
  set('gdtr.limit', 23);
  set('idtr.base', IDT);
  set('idtr.limit', 0x7ff);
  set('cr0', 0x31);
  for (const name of [...DATA_SEGMENTS, 'cs']) {
    set(name, name === 'cs' ? 8 : 16);
    set(`${name}.base`, 0);
    set(`${name}.limit`, 0xffffffff);
    set(`${name}.attributes`, name === 'cs' ? FLAT_CODE : FLAT_DATA);
  }
  set('eip', CODE);
  set('esp', 0x9000);
  return machine;
}

/** An interrupt gate of ring 0. */
export function setGate(machine: Machine, vector: number, handler: number): void {
  const gate = [(8 << 16) | (handler & 0xffff), (handler & 0xffff0000) | 0x8e00];
  machine.writePhysical(IDT + vector * 8, words(gate));
}

/** Paging with the first 2 MiB mapped one to one, writable, supervisor. */
export function enablePaging(machine: Machine): void {
  machine.writePhysical(DIRECTORY, words([TABLE | 3]));
  const entries = Array.from({ length: 512 }, (_, page) => (page << 12) | 3);
  machine.writePhysical(TABLE, words(entries));
  machine.setRegister('cr3', DIRECTORY);
  machine.setRegister('cr0', 0x80000031);
}

function noDevices(): { all: Device[] } {
  return { all: [] };
}

/** A device made from parts of one, with a name and no state. */
export function testDevice(name: string, parts: Partial<Device>): Device {
  return {
    name,
    fields: {},
    state: {},
    ports: [],
    reset: () => {},
    portRead: () => 0xffffffff,
    portWrite: () => {},
    ...parts,
  };
}

/** A device set for MachineOptions.devices. */
export function withDevice(
  name: string,
  make: (bus: Bus) => Device,
): NonNullable<MachineOptions['devices']> {
  return (busFor) => ({ all: [make(busFor(name))] });
}
