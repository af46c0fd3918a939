// Our machine set up as a process sees one: ring 3, flat segments, paging, a page of code and a page of data at the
// addresses the native harness uses. Every exception enters ring 0, where `hlt` ends the case with the frame on the stack.

import { type Device, Machine } from '@ring0/emulator';
import {
  CODE_ADDRESS,
  type Case,
  DATA_ADDRESS,
  DATA_BYTES,
  type Fpu,
  type Outcome,
  REGISTER_NAMES,
} from './native.ts';

/** Where ring 0 sees physical memory: user addresses below are not mapped at all. */
const KERNEL = 0xc0000000;
const DIRECTORY = 0x1000;
const LOW_TABLE = 0x2000;
const CODE_TABLE = 0x3000;
const DATA_TABLE = 0x4000;
const GDT = 0x5000;
const IDT = 0x6000;
const HANDLERS = 0x7000;
const TSS = 0x8000;
const STACK_TOP = 0xa000;
const CODE_FRAME = 0x20000;
const DATA_FRAME = 0x21000;
const USER_CODE = 0x1b;
const USER_DATA = 0x23;
const HAS_ERROR = [8, 10, 11, 12, 13, 14, 17];
const PRESENT_WRITABLE = 3;
const PRESENT_USER = 7;
const CASE_TICKS = 200_000;

function words(values: readonly number[]): Uint8Array {
  return new Uint8Array(new Uint32Array(values).buffer);
}

export class RingThree {
  readonly machine: Machine;

  constructor() {
    const devices = { all: [] as Device[] };
    this.machine = new Machine({ memoryMiB: 2, devices: () => devices });
    const put = (address: number, values: readonly number[]): void =>
      this.machine.writePhysical(address, words(values));
    put(DIRECTORY + (KERNEL >>> 22) * 4, [LOW_TABLE | PRESENT_WRITABLE]);
    put(DIRECTORY + (CODE_ADDRESS >>> 22) * 4, [CODE_TABLE | PRESENT_USER]);
    put(DIRECTORY + (DATA_ADDRESS >>> 22) * 4, [DATA_TABLE | PRESENT_USER]);
    for (let page = 0; page < 256; page++) {
      put(LOW_TABLE + page * 4, [(page << 12) | PRESENT_WRITABLE]);
    }
    put(CODE_TABLE, [CODE_FRAME | PRESENT_USER]);
    put(DATA_TABLE, [DATA_FRAME | PRESENT_USER]);
    const flat = (access: number): number[] => [0xffff, 0xcf0000 | (access << 8)];
    put(GDT, [0, 0, ...flat(0x9b), ...flat(0x93), ...flat(0xfb), ...flat(0xf3)]);
    for (let vector = 0; vector < 32; vector++) {
      const handler = HANDLERS + vector * 16;
      const level = vector === 3 || vector === 4 ? 0xee00 : 0x8e00;
      put(IDT + vector * 8, [(8 << 16) | handler, (KERNEL & 0xffff0000) | level]);
      this.machine.writePhysical(handler, new Uint8Array([0xf4]));
    }
    put(TSS, [0, KERNEL + STACK_TOP, 0x10]);
  }

  private set(values: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(values)) this.machine.setRegister(name, value);
  }

  private segment(name: string, selector: number, attributes: number): void {
    this.set({
      [name]: selector,
      [`${name}.base`]: 0,
      [`${name}.limit`]: 0xffffffff,
      [`${name}.attributes`]: attributes,
    });
  }

  private start(test: Case): void {
    this.machine.reset();
    this.machine.writePhysical(CODE_FRAME, new Uint8Array(64).fill(0xcc));
    this.machine.writePhysical(CODE_FRAME, test.code);
    this.machine.writePhysical(DATA_FRAME, test.data);
    this.set({ 'gdtr.base': KERNEL + GDT, 'gdtr.limit': 0x37 });
    this.set({ 'idtr.base': KERNEL + IDT, 'idtr.limit': 255 });
    this.set({ cr3: DIRECTORY, cr0: 0x80000033 | 0, cr2: 0, cpl: 3 });
    for (const name of ['es', 'ss', 'ds', 'fs', 'gs']) this.segment(name, USER_DATA, 0xc0f3);
    this.segment('cs', USER_CODE, 0xc0fb);
    this.set({ tr: 0x28, 'tr.base': KERNEL + TSS, 'tr.limit': 0x67, 'tr.attributes': 0x8b });
    REGISTER_NAMES.forEach((name, i) => this.machine.setRegister(name, test.registers[i]));
    this.set({ eip: CODE_ADDRESS, eflags: test.eflags | 0x202 });
    this.startFpu(test.fpu);
  }

  private startFpu(fpu: Fpu): void {
    const view = new DataView(fpu.stack.buffer, fpu.stack.byteOffset);
    const top = (fpu.status >>> 11) & 7;
    let empty = 0;
    for (let i = 0; i < 8; i++) {
      const register = (top + i) & 7;
      if (((fpu.tag >>> (register * 2)) & 3) === 3) empty |= 1 << register;
      this.set({
        [`fpr${register}.low`]: view.getUint32(i * 10, true),
        [`fpr${register}.high`]: view.getUint32(i * 10 + 4, true),
        [`fpr${register}.exponent`]: view.getUint16(i * 10 + 8, true),
      });
    }
    this.set({ fcw: fpu.control, fsw: fpu.status, fpuEmpty: empty });
  }

  private fpu(): Fpu {
    const { machine } = this;
    const status = machine.register('fsw');
    const stack = new Uint8Array(80);
    const view = new DataView(stack.buffer);
    const empty = machine.register('fpuEmpty');
    let tag = 0;
    for (let i = 0; i < 8; i++) {
      const register = (((status >>> 11) & 7) + i) & 7;
      view.setUint32(i * 10, machine.register(`fpr${register}.low`), true);
      view.setUint32(i * 10 + 4, machine.register(`fpr${register}.high`), true);
      view.setUint16(i * 10 + 8, machine.register(`fpr${register}.exponent`), true);
      if (((empty >>> register) & 1) !== 0) tag |= 3 << (register * 2);
    }
    return { control: machine.register('fcw'), status, tag, stack };
  }

  /** Runs a case to its first exception; INT3 behind the code is one. */
  run(test: Case): Outcome {
    const { machine } = this;
    this.start(test);
    const result = machine.run({ budget: CASE_TICKS });
    if (result.reason !== 'halted') {
      throw new Error(`${hex(test.code)} ended with ${JSON.stringify(result)}`);
    }
    const vector = (machine.register('eip') - 1 - KERNEL - HANDLERS) >>> 4;
    const hasError = HAS_ERROR.includes(vector);
    const frame = machine.readPhysical(STACK_TOP - 24, 24);
    const view = new DataView(frame.buffer);
    const registers = REGISTER_NAMES.map((name) => machine.register(name));
    registers[4] = view.getUint32(16, true);
    return {
      registers,
      eip: view.getUint32(4, true),
      eflags: view.getUint32(12, true),
      vector,
      error: hasError ? view.getUint32(0, true) : 0,
      cr2: vector === 14 ? machine.register('cr2') : 0,
      fpu: this.fpu(),
      data: machine.readPhysical(DATA_FRAME, DATA_BYTES),
    };
  }
}

/** Bytes for a message. */
export function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
