// What a device is to the machine. A device declares its state in a table: snapshot, state hash, trace and fuzzing read
// it, and nothing of a device lives outside it but references to the bus and to host backends. One device per file in
// devices/. Devices never see the host: time is the bus's clock, input arrives as queued events.

/** u64 holds ticks and sector numbers, exact to 2^53. `bytes` and `u32s` are fixed-size arrays. */
export type FieldType =
  | 'u8'
  | 'u16'
  | 'u32'
  | 'u64'
  | { readonly bytes: number }
  | { readonly u32s: number };

export type StateTable = Readonly<Record<string, FieldType>>;

export type StateOf<T extends StateTable> = {
  -readonly [K in keyof T]: T[K] extends { readonly bytes: number }
    ? Uint8Array
    : T[K] extends { readonly u32s: number }
      ? Uint32Array
      : number;
};

/** Fresh state, all zero. Plain properties: the numbers stay monomorphic, and `fields` alone defines what is saved. */
export function createState<T extends StateTable>(fields: T): StateOf<T> {
  const state: Record<string, number | Uint8Array | Uint32Array> = {};
  for (const [name, type] of Object.entries(fields)) {
    if (typeof type === 'string') state[name] = 0;
    else state[name] = 'bytes' in type ? new Uint8Array(type.bytes) : new Uint32Array(type.u32s);
  }
  return state as StateOf<T>;
}

export interface PortRange {
  readonly first: number;
  readonly count: number;
}

export interface MemoryRange {
  /** Physical address and length in bytes. */
  readonly first: number;
  readonly length: number;
}

export interface Device {
  readonly name: string;
  readonly fields: StateTable;
  readonly state: Record<string, number | Uint8Array | Uint32Array>;
  readonly ports: readonly PortRange[];
  /** Physical ranges that are not RAM (LAPIC, IOAPIC, VGA planes); text-mode VGA memory at 0xB8000 is plain RAM to the CPU. */
  readonly memory?: readonly MemoryRange[] | undefined;
  /** Power-on state. Called once after construction, and at every reset of the machine. */
  reset(): void;
  /** Width in bytes: 1, 2 or 4. A device that has no register of that width answers as its bus would (all ones). */
  portRead(port: number, width: number): number;
  portWrite(port: number, width: number, value: number): void;
  memoryRead?(address: number, width: number): number;
  memoryWrite?(address: number, width: number, value: number): void;
  /** An event this device scheduled, or host input addressed to it, has come due. */
  event?(id: number, argument: number): EventAnswer;
}

/**
 * What became of an event. `host`: the disk's backend has no answer yet; the run ends with reason `host` and the event,
 * still first in the queue, comes again at the same tick. `later`: host input found no room; the machine keeps it and
 * what follows it for this device and id, and offers the oldest again after `bus.inputReady()`.
 */
export type EventAnswer = 'host' | 'later' | undefined | void;

/** The interrupt controller of the machine: where `setIrq` ends and where a CPU's acknowledge cycle goes. */
export interface InterruptController {
  setLine(line: number, level: number): void;
  /** The acknowledge cycle of a CPU: the vector of its highest request, or a spurious one when none is left. */
  acknowledge(cpu: number): number;
  /** IA32_APIC_BASE of a CPU, low word; absent: the CPUs have no local APIC. */
  apicBase?(cpu: number): number;
  /** False: no such value is possible. */
  setApicBase?(cpu: number, value: number): boolean;
}

/** The processors as interrupt controllers see them. */
export interface Processors {
  readonly count: number;
  /** Whose instruction accesses a device now; between instructions the first. */
  current(): number;
  /** The INTR pin. */
  setIntr(cpu: number, level: number): void;
  raiseNmi(cpu: number): void;
  /** INIT: the processor stops and waits for `start`; the first one begins at its reset vector. */
  init(cpu: number): void;
  /** A start-up interrupt: real mode at vector << 12, if the processor waits for one. */
  start(cpu: number, vector: number): void;
}

/** What a device may do to the rest of the machine; the machine makes one per device. */
export interface Bus {
  /** The tick a device register shows: max(the accessing CPU's tick, the latest tick shown to anyone). */
  now(): number;
  /** Ticks per second: 1e9 divided by the tick's length in ns. */
  readonly ticksPerSecond: number;
  /** Calls `event(id, argument)` at `tick`. One pending event per id: a second call replaces the first. */
  schedule(id: number, tick: number, argument?: number): void;
  cancel(id: number): void;
  /** Level of an ISA interrupt line, 0..15, at the PICs and the I/O APIC. */
  setIrq(line: number, level: number): void;
  /** The INTR pin of a CPU; the business of a PIC without APICs only. */
  setIntr(cpu: number, level: number): void;
  setA20(isEnabled: boolean): void;
  /** DMA: physical memory. The one function that lets pages with decoded code notice. */
  readMemory(address: number, length: number): Uint8Array;
  writeMemory(address: number, bytes: Uint8Array): void;
  /** Reset line: takes effect at the instruction boundary. */
  resetMachine(): void;
  /** Ends the run with the guest's exit status (port 0xf4) or by power-off (status 0). */
  exit(reason: 'guest' | 'power-off', status: number): void;
  /** A byte the guest sent to an output: COM1, the debug log. */
  output(channel: 'com1' | 'debug', byte: number): void;
  /** Room for host input again: the machine offers what it kept, at the next event boundary. */
  inputReady?(): void;
  /** The device's `ports` are others now (a programmable base); the same holds after a snapshot is restored. */
  portsChanged?(): void;
  /** For -d and tests: a typed trace event; costs nothing when nobody listens. */
  trace(kind: TraceKind, a: number, b: number, c: number): void;
}

export type TraceKind =
  | 'in'
  | 'out'
  | 'interrupt'
  | 'exception'
  | 'iret'
  | 'control-register'
  | 'disk'
  | 'task-switch'
  | 'post'
  | 'debugger'
  | 'syscall'
  | 'reset'
  | 'ipi'
  | 'processor';

/** Why a disk's backend could not move sectors. */
export interface DiskError {
  readonly error: 'unreadable' | 'not-found' | 'write-protected' | 'fault';
  /** The first sector that could not be moved. Of a write, those before it have been written. */
  readonly sector: number;
}

/** A disk's backend. `read` may answer undefined: the run ends with reason `host`, and is asked again later. */
export interface Disk {
  /** Of 512 bytes. */
  readonly sectors: number;
  read(sector: number, count: number): Uint8Array | DiskError | undefined;
  /** False: the write failed, as a fault of the first sector. */
  write(sector: number, bytes: Uint8Array): boolean | DiskError;
  flush(): DiskError | undefined | void;
}
