// Our machine set up as a process sees one: ring 3, Linux's flat segments and a local table, paging, and the pages of code
// and data that the native harness has. Every exception enters ring 0, where `hlt` ends the case with the frame on the
// stack.

import { CPU_FIELDS, type Device, Machine } from '@ring0/emulator';
import {
  CODE_ADDRESS,
  CODE_BYTES,
  type Case,
  DATA_BYTES,
  DATA_START,
  type Fpu,
  INT3,
  type Outcome,
  REGISTER_NAMES,
  SEGMENT_NAMES,
} from './native.ts';
import { LOCAL_SEGMENTS, descriptorWords } from './segments.ts';

/** Where ring 0 sees physical memory: user addresses below are not mapped at all. */
const KERNEL = 0xc0000000;
const DIRECTORY = 0x1000;
const LOW_TABLE = 0x2000;
const CODE_TABLE = 0x3000;
const DATA_TABLE = 0x4000;
const GDT = 0x5000;
const LDT = 0x5800;
const IDT = 0x6000;
const HANDLERS = 0x7000;
const TSS = 0x8000;
const STACK_TOP = 0xa000;
const CODE_FRAMES = [0x20000, 0x23000];
/** The read-only page lies in one table, those behind it in another. */
const DATA_FRAMES = [0x26000, 0x28000, 0x2b000];
const READ_ONLY_TABLE = 0xb000;
const PAGE = 0x1000;
const HAS_ERROR = [8, 10, 11, 12, 13, 14, 17];
const PRESENT_WRITABLE = 3;
const PRESENT_USER = 7;
const PRESENT_USER_READ = 5;
const CASE_TICKS = 20_000;
const DOUBLE_FAULT = 8;
/** The last word of the task's state: its map of ports lies beyond its limit. */
const NO_PORTS = 0x680000;

function words(values: readonly number[]): Uint8Array {
  return new Uint8Array(new Uint32Array(values).buffer);
}

const OFFSETS = new Map(CPU_FIELDS.map(({ name, offset }) => [name, offset]));

function offsetOf(name: string): number {
  const offset = OFFSETS.get(name);
  if (offset === undefined) throw new Error(`no register ${name}`);
  return offset;
}

const REGISTERS = REGISTER_NAMES.map(offsetOf);
const SELECTORS = SEGMENT_NAMES.map(offsetOf);
const FPU_REGISTERS = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => offsetOf(`fpr${i}.low`));
const EIP = offsetOf('eip');

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

interface Hidden {
  readonly base: number;
  readonly limit: number;
  readonly attributes: number;
}

function hidden([low, high]: readonly [number, number]): Hidden {
  const limit = (low & 0xffff) | (high & 0xf0000);
  return {
    base: (low >>> 16) | ((high & 0xff) << 16) | (high & 0xff000000),
    limit: (high & 0x800000) !== 0 ? (limit << 12) | 0xfff : limit,
    attributes: (high >>> 8) & 0xf0ff,
  };
}

/** As Linux has it for 64 bits: kernel code and data, user code and data, long-mode code. */
const GLOBAL: readonly (readonly [number, number])[] = [
  [0, 0],
  [0xffff, 0x00cf9b00],
  [0xffff, 0x00af9b00],
  [0xffff, 0x00cf9300],
  [0xffff, 0x00cffb00],
  [0xffff, 0x00cff300],
  [0xffff, 0x00affb00],
];
const GLOBAL_BYTES = 128;

/** What is behind a selector that a case starts with. */
function hiddenOf(selector: number): Hidden {
  if ((selector & 0xfffc) === 0) return { base: 0, limit: 0, attributes: 0 };
  const entry = selector >>> 3;
  if ((selector & 4) === 0) return hidden(GLOBAL[entry]);
  return hidden(descriptorWords(LOCAL_SEGMENTS[entry]));
}

export class RingThree {
  readonly machine: Machine;
  private readonly state: Int32Array;
  private readonly template: Int32Array;
  private readonly before = new Uint32Array((CODE_BYTES + DATA_BYTES) / 4);
  private readonly expected = new Uint8Array(this.before.buffer);
  private readonly segments = new Map<number, Hidden>();

  constructor() {
    const devices = { all: [] as Device[] };
    this.machine = new Machine({ memoryMiB: 2, devices: () => devices });
    this.writeTables();
    this.state = this.machine.cpus[0].r;
    this.set({ 'gdtr.base': KERNEL + GDT, 'gdtr.limit': GLOBAL_BYTES - 1 });
    this.set({ 'idtr.base': KERNEL + IDT, 'idtr.limit': 0x7ff });
    this.set({ cr3: DIRECTORY, cr0: 0x80050033 | 0, cr2: 0, cpl: 3 });
    this.set({ tr: 0x40, 'tr.base': KERNEL + TSS, 'tr.limit': 0x67, 'tr.attributes': 0x8b });
    this.set({ ldtr: 0x50, 'ldtr.base': KERNEL + LDT, 'ldtr.attributes': 0x82 });
    this.set({ 'ldtr.limit': LOCAL_SEGMENTS.length * 8 - 1 });
    this.template = this.state.slice();
  }

  private writeTables(): void {
    const put = (address: number, values: readonly number[]): void =>
      this.machine.writePhysical(address, words(values));
    const directory = (address: number, table: number): void =>
      put(DIRECTORY + (address >>> 22) * 4, [table | PRESENT_USER]);
    put(DIRECTORY + (KERNEL >>> 22) * 4, [LOW_TABLE | PRESENT_WRITABLE]);
    directory(CODE_ADDRESS, CODE_TABLE);
    directory(DATA_START, READ_ONLY_TABLE);
    directory(DATA_START + PAGE, DATA_TABLE);
    for (let page = 0; page < 256; page++) {
      put(LOW_TABLE + page * 4, [(page << 12) | PRESENT_WRITABLE]);
    }
    put(
      CODE_TABLE,
      CODE_FRAMES.map((frame) => frame | PRESENT_USER),
    );
    put(READ_ONLY_TABLE + 1023 * 4, [DATA_FRAMES[0] | PRESENT_USER_READ]);
    put(
      DATA_TABLE,
      DATA_FRAMES.slice(1).map((frame) => frame | PRESENT_USER),
    );
    put(GDT, GLOBAL.flat());
    put(LDT, LOCAL_SEGMENTS.flatMap(descriptorWords));
    for (let vector = 0; vector < 256; vector++) {
      const handler = HANDLERS + vector * 8;
      const level = vector === 3 || vector === 4 ? 0xee00 : 0x8e00;
      put(IDT + vector * 8, [(8 << 16) | handler, (KERNEL & 0xffff0000) | level]);
      this.machine.writePhysical(handler, new Uint8Array([0xf4]));
    }
    put(TSS, [0, KERNEL + STACK_TOP, 0x18]);
    put(TSS + 0x64, [NO_PORTS]);
  }

  private set(values: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(values)) this.machine.setRegister(name, value);
  }

  private field(name: string, value: number): void {
    this.state[offsetOf(name)] = value;
  }

  private segment(index: number, selector: number): void {
    let found = this.segments.get(selector);
    if (found === undefined) {
      found = hiddenOf(selector);
      this.segments.set(selector, found);
    }
    this.state[SELECTORS[index]] = selector;
    const name = SEGMENT_NAMES[index];
    this.field(`${name}.base`, found.base);
    this.field(`${name}.limit`, found.limit);
    this.field(`${name}.attributes`, found.attributes);
  }

  private writeMemory(test: Case, pool: Uint8Array): void {
    const { machine, expected } = this;
    expected.fill(INT3, 0, CODE_BYTES);
    expected.set(pool, CODE_BYTES);
    const put = (address: number, bytes: Uint8Array): void => {
      const isCode = address >= CODE_ADDRESS;
      const at = isCode ? address - CODE_ADDRESS : address - DATA_START + CODE_BYTES;
      expected.set(bytes.subarray(0, isCode ? CODE_BYTES - at : bytes.length), at);
    };
    put(test.at, test.code);
    for (const { at, bytes } of test.patches) put(at, bytes);
    [...CODE_FRAMES, ...DATA_FRAMES].forEach((frame, i) => {
      const bytes = expected.subarray(i * PAGE, (i + 1) * PAGE);
      if (!isEqual(machine.readPhysical(frame, PAGE), bytes)) machine.writePhysical(frame, bytes);
    });
  }

  private start(test: Case, pool: Uint8Array): void {
    const { state, machine } = this;
    const cpu = machine.cpus[0];
    this.writeMemory(test, pool);
    const { tick } = cpu;
    state.set(this.template);
    cpu.tick = tick;
    test.segments.forEach((selector, i) => this.segment(i, selector));
    REGISTERS.forEach((offset, i) => (state[offset] = test.registers[i]));
    state[EIP] = test.eip;
    this.startFpu(test.fpu);
    machine.setRegister('eflags', test.eflags | 0x202);
    machine.setRegister('cr3', DIRECTORY);
  }

  private startFpu(fpu: Fpu): void {
    const { state } = this;
    const view = new DataView(fpu.stack.buffer, fpu.stack.byteOffset);
    const top = (fpu.status >>> 11) & 7;
    let empty = 0;
    for (let i = 0; i < 8; i++) {
      const register = (top + i) & 7;
      if (((fpu.tag >>> (register * 2)) & 3) === 3) empty |= 1 << register;
      const at = FPU_REGISTERS[register];
      state[at] = view.getUint32(i * 10, true);
      state[at + 1] = view.getUint32(i * 10 + 4, true);
      state[at + 2] = view.getUint16(i * 10 + 8, true);
    }
    this.field('fcw', fpu.control);
    this.field('fsw', fpu.status);
    this.field('fpuEmpty', empty);
  }

  private fpu(): Fpu {
    const { machine, state } = this;
    const status = machine.register('fsw');
    const stack = new Uint8Array(80);
    const view = new DataView(stack.buffer);
    const empty = machine.register('fpuEmpty');
    let tag = 0;
    for (let i = 0; i < 8; i++) {
      const register = (((status >>> 11) & 7) + i) & 7;
      const at = FPU_REGISTERS[register];
      view.setUint32(i * 10, state[at], true);
      view.setUint32(i * 10 + 4, state[at + 1], true);
      view.setUint16(i * 10 + 8, state[at + 2], true);
      if (((empty >>> register) & 1) !== 0) tag |= 3 << (register * 2);
    }
    return { control: machine.register('fcw'), status, tag, stack };
  }

  private changes(): Uint32Array {
    const { machine, before } = this;
    const found: number[] = [];
    [...CODE_FRAMES, ...DATA_FRAMES].forEach((frame, i) => {
      const now = new Uint32Array(machine.readPhysical(frame, PAGE).buffer);
      const start = i < 2 ? CODE_ADDRESS + i * PAGE : DATA_START + (i - 2) * PAGE;
      for (let word = 0; word < PAGE / 4; word++) {
        const value = now[word];
        if (value !== before[i * (PAGE / 4) + word]) found.push(start + word * 4, value);
      }
    });
    return Uint32Array.from(found);
  }

  /**
   * Runs a case to its first exception; INT3 behind the code is one. Undefined: it runs on and on. Code that memory holds
   * already stays, so that a case that runs twice in turn finds its records the second time.
   */
  run(test: Case, pool: Uint8Array): Outcome | undefined {
    const { machine } = this;
    this.start(test, pool);
    const result = machine.run({ budget: CASE_TICKS });
    if (result.reason === 'budget') return undefined;
    if (result.reason !== 'halted') {
      throw new Error(`${hex(test.code)} ended with ${JSON.stringify(result)}`);
    }
    const vector = (machine.register('eip') - 1 - KERNEL - HANDLERS) >>> 3;
    if (vector === DOUBLE_FAULT) throw new Error(`${hex(test.code)}: a double fault`);
    const hasError = HAS_ERROR.includes(vector);
    const frame = machine.readPhysical(STACK_TOP - 24, 24);
    const view = new DataView(frame.buffer);
    const registers = REGISTERS.map((offset) => this.state[offset] >>> 0);
    registers[4] = view.getUint32(16, true);
    const segments = SELECTORS.map((offset) => this.state[offset] & 0xffff);
    segments[1] = view.getUint16(8, true);
    segments[2] = view.getUint16(20, true);
    return {
      registers,
      segments,
      eip: view.getUint32(4, true),
      eflags: view.getUint32(12, true),
      vector,
      error: hasError ? view.getUint32(0, true) : 0,
      cr2: vector === 14 ? machine.register('cr2') : 0,
      fpu: this.fpu(),
      changes: this.changes(),
    };
  }
}

/** Bytes for a message. */
export function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
