// The canonical state of a machine as bytes: versioned, the same for the same state whatever caches hold. First all but
// RAM (CPUs with flags computed and sorted TLB, clock, queue, devices by their tables), then the RAM pages that are not
// all zero. The state hash reads the same first part. Host things (breakpoints, what COM1 matched) are not in it.

import { ByteReader, ByteWriter } from '@ring0/bytes';
import type { Cpu } from '../cpu/cpu.ts';
import { materialize } from '../cpu/flags.ts';
import * as S from '../cpu/state-layout.ts';
import { updateWatch } from '../cpu/system.ts';
import type { Device, FieldType } from '../device.ts';
import type { Machine } from '../machine/machine.ts';
import { PAGE } from '../machine/memory.ts';

export const SNAPSHOT_VERSION = 2;
const MAGIC = 0x53_4e_30_52;

const float = new Float64Array(1);
const floatWords = new Uint32Array(float.buffer);

function writeFloat(writer: ByteWriter, value: number): void {
  float[0] = value;
  writer.u32(floatWords[0]);
  writer.u32(floatWords[1]);
}

function readFloat(reader: ByteReader): number {
  floatWords[0] = reader.u32();
  floatWords[1] = reader.u32();
  return float[0];
}

function writeFloats(writer: ByteWriter, values: readonly number[]): void {
  writer.u32(values.length);
  for (const value of values) writeFloat(writer, value);
}

function readFloats(reader: ByteReader): number[] {
  const count = reader.u32();
  const values: number[] = [];
  for (let i = 0; i < count && !reader.isOverrun; i++) values.push(readFloat(reader));
  return values;
}

function writeCpu(writer: ByteWriter, cpu: Cpu): void {
  const { r, f64 } = cpu;
  for (const field of S.CPU_FIELDS) {
    if (field.type === 'f64') writeFloat(writer, f64[field.offset / 2]);
    else writer.u32((field.offset === S.EFLAGS ? cpu.flags : r[field.offset]) >>> 0);
  }
  const entries = cpu.tlb.entries();
  writer.u32(entries.length);
  for (const word of entries) writer.u32(word);
}

function readCpu(reader: ByteReader, cpu: Cpu): void {
  const { r, f64 } = cpu;
  materialize(r);
  for (const field of S.CPU_FIELDS) {
    if (field.type === 'f64') f64[field.offset / 2] = readFloat(reader);
    else r[field.offset] = reader.u32();
  }
  const entries = new Uint32Array(Math.min(reader.u32(), 2 * 0x100000));
  for (let i = 0; i < entries.length; i++) entries[i] = reader.u32();
  cpu.tlb.restore(entries);
  cpu.mustLeave = false;
  cpu.passedBreakpoint = -1;
  updateWatch(cpu);
  cpu.updateMode();
}

function writeField(writer: ByteWriter, type: FieldType, value: Device['state'][string]): void {
  if (type === 'u64') writeFloat(writer, Number(value));
  else if (typeof type === 'string') writer.u32(Number(value) >>> 0);
  else if (typeof value !== 'number') for (const element of value) writer.u32(element);
}

function readField(
  reader: ByteReader,
  type: FieldType,
  state: Device['state'],
  name: string,
): void {
  if (type === 'u64') state[name] = readFloat(reader);
  else if (typeof type === 'string') state[name] = reader.u32();
  else {
    const array = state[name];
    if (typeof array === 'number') throw new Error(`${name} is a number, not an array`);
    for (let i = 0; i < array.length; i++) array[i] = reader.u32();
  }
}

function writeTime(writer: ByteWriter, machine: Machine): void {
  const { rounds } = machine;
  writeFloats(writer, [
    rounds.clock,
    rounds.roundEnd,
    rounds.turn,
    rounds.isOpen ? 1 : 0,
    rounds.isSolo ? 1 : 0,
    rounds.members,
    rounds.sequence,
    rounds.shown,
    machine.memory.a20Mask,
  ]);
  writeFloats(writer, machine.queue.save());
  writeFloats(writer, machine.waitingInput.save());
}

function readTime(reader: ByteReader, machine: Machine): void {
  const { rounds } = machine;
  const [clock, roundEnd, turn, isOpen, isSolo, members, sequence, shown, a20Mask] =
    readFloats(reader);
  Object.assign(rounds, {
    clock,
    roundEnd,
    turn,
    isOpen: isOpen === 1,
    isSolo: isSolo === 1,
    members,
    sequence,
    shown,
  });
  machine.memory.a20Mask = a20Mask;
  machine.queue.restore(readFloats(reader));
  machine.waitingInput.restore(readFloats(reader));
}

/** Everything but RAM. */
export function saveRegisters(machine: Machine): Uint8Array {
  const writer = new ByteWriter(16384);
  writer.u32(MAGIC);
  writer.u32(SNAPSHOT_VERSION);
  writer.u32(machine.memory.ramBytes / PAGE);
  writer.u32(machine.cpus.length);
  writer.u32(machine.devices.length);
  writeTime(writer, machine);
  for (const cpu of machine.cpus) writeCpu(writer, cpu);
  for (const device of machine.devices) {
    for (const [name, type] of Object.entries(device.fields)) {
      writeField(writer, type, device.state[name]);
    }
  }
  return writer.take();
}

/** Whether a RAM page is all zero; such pages are in no snapshot. */
export function isZeroPage(words: Int32Array, firstWord: number): boolean {
  for (let i = firstWord; i < firstWord + PAGE / 4; i++) if (words[i] !== 0) return false;
  return true;
}

/** The state as bytes. */
export function saveMachine(machine: Machine): Uint8Array {
  const { memory } = machine;
  const registers = saveRegisters(machine);
  const pages: number[] = [];
  for (let page = 0; page < memory.ramBytes / PAGE; page++) {
    if (!isZeroPage(memory.i32, (memory.ramBase + page * PAGE) / 4)) pages.push(page);
  }
  const bytes = new Uint8Array(registers.length + 8 + pages.length * (4 + PAGE));
  const view = new DataView(bytes.buffer);
  bytes.set(registers);
  let at = registers.length;
  view.setUint32(at, registers.length, true);
  view.setUint32(at + 4, pages.length, true);
  at += 8;
  for (const page of pages) {
    view.setUint32(at, page, true);
    const host = memory.ramBase + page * PAGE;
    bytes.set(memory.u8.subarray(host, host + PAGE), at + 4);
    at += 4 + PAGE;
  }
  return bytes;
}

/** Takes up a state. The machine is untouched when the answer says that it does not fit. */
export function restoreMachine(machine: Machine, bytes: Uint8Array): string | undefined {
  const reader = new ByteReader(bytes);
  if (reader.u32() !== MAGIC) return 'these bytes are no snapshot';
  const version = reader.u32();
  if (version !== SNAPSHOT_VERSION) {
    return `the snapshot has format ${version}; this machine reads ${SNAPSHOT_VERSION}`;
  }
  const shape = [reader.u32(), reader.u32(), reader.u32()];
  const { memory } = machine;
  const own = [memory.ramBytes / PAGE, machine.cpus.length, machine.devices.length];
  if (shape.join() !== own.join()) {
    return `the snapshot is of ${shape.join(', ')} pages, CPUs, devices; this has ${own.join(', ')}`;
  }
  for (const cpu of machine.cpus) cpu.tlb.flush(false);
  machine.code.flush();
  readTime(reader, machine);
  for (const cpu of machine.cpus) readCpu(reader, cpu);
  for (const device of machine.devices) {
    for (const [name, type] of Object.entries(device.fields)) {
      readField(reader, type, device.state, name);
    }
  }
  reader.u32();
  restoreRam(machine, reader);
  return reader.isOverrun ? 'the snapshot ends early' : undefined;
}

function restoreRam(machine: Machine, reader: ByteReader): void {
  const { memory } = machine;
  const count = reader.u32();
  const zero = new Uint8Array(PAGE);
  let next = 0;
  const clearTo = (end: number): void => {
    for (; next < end; next++) writeRam(machine, next, zero);
  };
  for (let i = 0; i < count && !reader.isOverrun; i++) {
    const page = reader.u32();
    if (page >= memory.ramBytes / PAGE) break;
    clearTo(page);
    writeRam(machine, page, reader.slice(PAGE));
    next = page + 1;
  }
  clearTo(memory.ramBytes / PAGE);
}

/** The backing of RAM, also where ROM or a device hides it from the guest. */
function writeRam(machine: Machine, page: number, bytes: Uint8Array): void {
  const { memory } = machine;
  const host = memory.ramBase + page * PAGE;
  if (bytes.every((byte, i) => memory.u8[host + i] === byte)) return;
  memory.noteWrite(host, PAGE);
  memory.u8.set(bytes, host);
}
