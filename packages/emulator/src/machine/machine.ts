// A PC: CPUs, memory, devices, time. Everything that looks at or drives a guest goes through this class: tests, traces,
// the monitor, debuggers. Host input enters with `input`, time passes in `run`, and nothing else here sees the host.

import { CodeCache } from '../cpu/code-cache.ts';
import { Cpu, type CpuHost } from '../cpu/cpu.ts';
import { explainShutdown } from '../cpu/interrupts.ts';
import { initCpu, resetCpu, startCpu } from '../cpu/reset.ts';
import * as S from '../cpu/state-layout.ts';
import type { Device, InterruptController, Processors, TraceKind } from '../device.ts';
import { pcDevices } from '../devices/index.ts';
import { restoreMachine, saveMachine } from '../snapshot/snapshot.ts';
import { StateHasher } from '../snapshot/state-hash.ts';
import { type BusHost, deviceBus } from './device-bus.ts';
import { FerrLatch } from './ferr.ts';
import { Inspector } from './inspector.ts';
import { Memory } from './memory.ts';
import type { MachineOptions, RunOptions, RunResult, TraceEvent, Until } from './options.ts';
import { PortMap } from './port-map.ts';
import { EventQueue } from './queue.ts';
import { Rounds } from './rounds.ts';
import { SerialMatcher } from './serial-matcher.ts';
import { ROOM_EVENT, WaitingInput } from './waiting-input.ts';

const MIB = 0x100000;
const NS_PER_SECOND = 1e9;
const YEAR_2000_MS = 946_684_800_000;
/** Host addresses stay below 2^31, so that they are small integers to V8. */
export const MAX_MEMORY_MIB = 1024;
export const MAX_CPUS = 8;

export class Machine extends Inspector implements CpuHost, BusHost, Processors {
  readonly memory: Memory;
  readonly cpus: readonly Cpu[];
  readonly code: CodeCache;
  readonly devices: readonly Device[];
  readonly queue: EventQueue = new EventQueue();
  readonly rounds: Rounds;
  readonly ticksPerSecond: number;
  readonly waitingInput = new WaitingInput();
  private readonly options: MachineOptions;
  private readonly ports = new PortMap();
  private readonly interrupts: InterruptController | undefined;
  private readonly ferr: FerrLatch;
  private readonly names: string[] = [];
  private readonly hasher: StateHasher;
  private readonly serial = new SerialMatcher();
  private until: Until = {};
  private stop: RunResult | undefined;
  private isResetRequested = false;
  private untilAddress = -1;

  constructor(options: MachineOptions) {
    super();
    const { memoryMiB, cpus = 1, clock } = options;
    if (!(memoryMiB >= 1 && memoryMiB <= MAX_MEMORY_MIB)) {
      throw new Error(`memory of ${memoryMiB} MiB: 1 to ${MAX_MEMORY_MIB} are possible`);
    }
    if (!(Number.isInteger(cpus) && cpus >= 1 && cpus <= MAX_CPUS)) {
      throw new Error(`${cpus} CPUs: 1 to ${MAX_CPUS} are possible`);
    }
    this.options = options;
    this.ticksPerSecond = NS_PER_SECOND / (clock?.tickNs ?? 1);
    this.memory = new Memory(Math.floor(memoryMiB * MIB), cpus, options.rom ?? new Uint8Array(0));
    this.code = new CodeCache(this.memory);
    this.cpus = Array.from(
      { length: cpus },
      (_, index) => new Cpu(index, this.memory, this.code, this),
    );
    for (const cpu of this.cpus) this.code.tlbs.push(cpu.tlb);
    this.rounds = new Rounds(this.cpus, this.queue, options.quantumTicks, {
      fireEvents: () => this.fireEvents(),
      shouldStop: () => this.stop !== undefined || this.isResetRequested,
      shutDown: (cpu) => this.shutDown(cpu),
    });
    const busFor = (name: string) => deviceBus(this, this.names.push(name) - 1);
    this.ferr = new FerrLatch(busFor('ferr'));
    const set = options.devices?.(busFor) ?? this.pcSet(busFor);
    const made = [this.ferr, ...set.all];
    this.devices = this.names.map((name) => {
      const device = made.find((candidate) => candidate.name === name);
      if (device === undefined) throw new Error(`a bus was made for ${name}, but no device`);
      return device;
    });
    this.interrupts = set.interrupts;
    for (const device of this.devices) this.memory.claim(device);
    this.rebuildPorts();
    this.hasher = new StateHasher(this);
    this.reset();
  }

  private pcSet(busFor: Parameters<typeof pcDevices>[0]): ReturnType<typeof pcDevices> {
    return pcDevices(busFor, {
      memoryBytes: this.memory.ramBytes,
      startMs: this.options.clock?.startMs ?? YEAR_2000_MS,
      disks: this.options.disks ?? [],
      diskTiming: this.options.diskTiming,
      broken: this.options.broken,
      busHz: this.options.busHz,
      processors: this,
    });
  }

  /** Power-on state of CPUs and devices. RAM and the clock stay. */
  reset(): void {
    this.isResetRequested = false;
    this.queue.clear();
    this.setA20(true);
    for (const cpu of this.cpus) resetCpu(cpu);
    this.trace('reset', 0, 0, 0);
    for (const device of this.devices) device.reset();
    this.rebuildPorts();
  }

  /** Ticks since power-on; where a run stopped inside a round, those of the CPU in turn. */
  get clock(): number {
    return this.rounds.peek();
  }

  /** Instructions executed by all CPUs since this machine was made; each iteration of a REP counts. */
  get instructions(): number {
    return this.rounds.executedTicks;
  }

  /** The tick of the next event where every CPU waits for one; undefined while one has work to do. */
  get idleUntil(): number | undefined {
    return this.rounds.isIdle ? this.queue.nextTick : undefined;
  }

  /** Host input for a device, at a tick that is not past (default: now). False: no such device. */
  input(deviceName: string, id: number, argument: number, tick = this.clock): boolean {
    const device = this.names.indexOf(deviceName);
    if (device < 0) return false;
    const due = Math.max(tick, this.clock);
    this.queue.add(due, device, id, argument, true);
    this.rounds.scheduled(due);
    return true;
  }

  /** Lets the guest run. The result says why the run ended; call again to go on. */
  run(options: RunOptions = {}): RunResult {
    const until = options.until ?? {};
    this.until = until;
    this.stop = undefined;
    this.setUntilAddress(until.address);
    for (const cpu of this.cpus) cpu.passedBreakpoint = this.linearEip(cpu);
    const budgetEnd = this.clock + (options.budget ?? Infinity);
    const limit = Math.min(budgetEnd, until.tick ?? Infinity);
    if (until.serial !== undefined && this.serial.expect(until.serial)) return { reason: 'serial' };
    for (;;) {
      const outcome = this.rounds.advance(limit);
      if (this.stop !== undefined) return this.stop;
      if (this.isResetRequested) {
        this.reset();
        continue;
      }
      if (outcome === 'halted') return this.haltedResult();
      if (outcome === 'limit') {
        return { reason: limit === until.tick && limit < budgetEnd ? 'tick' : 'budget' };
      }
    }
  }

  private haltedResult(): RunResult {
    const interruptsEnabled = this.cpus.some(
      (cpu) => cpu.r[S.ACTIVITY] === S.ACTIVITY_HALTED && (cpu.flags & 0x200) !== 0,
    );
    return { reason: 'halted', interruptsEnabled };
  }

  private setUntilAddress(address: number | string | undefined): void {
    let linear = -1;
    if (typeof address === 'number') linear = address >>> 0;
    else if (address !== undefined) {
      const value = this.options.symbols?.addressOf(address);
      if (value === undefined) throw new Error(`no symbol is called ${address}`);
      linear = value >>> 0;
    }
    if (linear === this.untilAddress) return;
    this.untilAddress = linear;
    this.updateBreakpoints();
  }

  protected override updateBreakpoints(): void {
    const all = new Set(this.breakpoints);
    if (this.untilAddress >= 0) all.add(this.untilAddress);
    this.code.setBreakpoints(all);
  }

  private endRun(result: RunResult): void {
    this.stop ??= result;
    this.leaveSlice();
  }

  private leaveSlice(): void {
    this.rounds.current.mustLeave = true;
  }

  private shutDown(cpu: Cpu): void {
    const symbolAt = (address: number) => this.options.symbols?.nameAt?.(address);
    this.endRun({
      reason: 'triple-fault',
      cpu: cpu.index,
      explanation: explainShutdown(cpu, symbolAt),
    });
  }

  private fireEvents(): boolean {
    for (;;) {
      const event = this.queue.first;
      if (event === undefined || event.tick > this.rounds.clock) return true;
      const { device, id, argument, isInput } = event;
      if (id === ROOM_EVENT) {
        this.queue.removeFirst();
        const take = (each: number, piece: number) =>
          this.devices[device].event?.(each, piece) !== 'later';
        this.waitingInput.offer(device, take);
        continue;
      }
      const isBlocked = isInput && this.waitingInput.has(device, id);
      const answer = isBlocked ? 'later' : this.devices[device].event?.(id, argument);
      if (answer === 'host') {
        this.endRun({ reason: 'host', device: this.devices[device].name });
        return false;
      }
      if (this.queue.first === event) this.queue.removeFirst();
      if (answer === 'later' && isInput) this.waitingInput.add(device, id, argument);
    }
  }

  offerInput(device: number): void {
    if (this.waitingInput.hasAny(device)) {
      this.schedule(device, ROOM_EVENT, this.rounds.observe(), 0);
    }
  }

  now(): number {
    return this.rounds.observe();
  }

  observeTick(): number {
    return this.rounds.observe();
  }

  schedule(device: number, id: number, tick: number, argument: number): void {
    this.queue.cancel(device, id);
    this.queue.add(Math.ceil(tick), device, id, argument, false);
    this.rounds.scheduled(Math.ceil(tick));
  }

  cancel(device: number, id: number): void {
    this.queue.cancel(device, id);
  }

  setIrq(line: number, level: number): void {
    this.interrupts?.setLine(line, level);
  }

  get count(): number {
    return this.cpus.length;
  }

  current(): number {
    return this.rounds.current.index;
  }

  setIntr(index: number, level: number): void {
    const cpu = this.cpus[index];
    cpu.r[S.INTR] = level;
    if (level !== 0) this.attend(cpu);
  }

  /** The NMI pin of a CPU. */
  raiseNmi(index = 0): void {
    const cpu = this.cpus[index];
    cpu.r[S.NMI_PENDING] = 1;
    this.attend(cpu);
  }

  /** Something has come for a CPU that it should see after the current instruction. */
  private attend(cpu: Cpu): void {
    if (cpu === this.rounds.current) this.leaveSlice();
    else this.rounds.woken();
  }

  init(index: number): void {
    const cpu = this.cpus[index];
    initCpu(cpu);
    this.trace('processor', index, 0, this.linearEip(cpu));
  }

  start(index: number, vector: number): void {
    const cpu = this.cpus[index];
    if (!startCpu(cpu, vector)) return;
    this.trace('processor', index, 1, this.linearEip(cpu));
    this.attend(cpu);
  }

  apicBase(cpu: Cpu): number | undefined {
    return this.interrupts?.apicBase?.(cpu.index);
  }

  setApicBase(cpu: Cpu, value: number): boolean {
    return this.interrupts?.setApicBase?.(cpu.index, value) ?? false;
  }

  setFerr(_cpu: Cpu, level: number): void {
    this.ferr.set(level);
  }

  acknowledge(cpu: Cpu): number {
    return this.interrupts?.acknowledge(cpu.index) ?? 0;
  }

  setA20(isEnabled: boolean): void {
    const mask = isEnabled ? -1 : ~MIB;
    if (mask === this.memory.a20Mask) return;
    this.memory.a20Mask = mask;
    for (const cpu of this.cpus) cpu.tlb.flushFast();
    this.leaveSlice();
  }

  requestReset(): void {
    this.isResetRequested = true;
    this.leaveSlice();
  }

  exit(reason: 'guest' | 'power-off', status: number): void {
    this.endRun(reason === 'guest' ? { reason: 'guest-exit', status } : { reason });
  }

  output(channel: 'com1' | 'debug', byte: number): void {
    this.options.output?.(channel, byte);
    if (channel === 'com1' && this.serial.add(byte, this.until.serial)) {
      this.endRun({ reason: 'serial' });
    }
  }

  rebuildPorts(): void {
    if (this.devices !== undefined) this.ports.rebuild(this.devices);
  }

  portRead(_cpu: Cpu, port: number, width: number): number {
    const value = this.ports.read(port, width);
    if (this.isTracing) this.trace('in', port, width, value);
    return value;
  }

  portWrite(_cpu: Cpu, port: number, width: number, value: number): void {
    if (this.isTracing) this.trace('out', port, width, value);
    this.ports.write(port, width, value);
  }

  get isTracing(): boolean {
    return this.options.trace !== undefined || this.until.event !== undefined;
  }

  trace(kind: TraceKind, a: number, b: number, c: number): void {
    if (!this.isTracing) return;
    const cpu = this.rounds.current.index;
    const event: TraceEvent = { kind, tick: this.rounds.peek(), cpu, a, b, c };
    this.options.trace?.(event);
    const wanted = this.until.event;
    if (wanted === undefined) return;
    const isWanted = typeof wanted === 'function' ? wanted(event) : wanted === kind;
    if (isWanted) this.endRun({ reason: 'event', event });
  }

  breakpointHit(cpu: Cpu, linear: number): boolean {
    if (cpu.passedBreakpoint === linear) {
      cpu.passedBreakpoint = -1;
      return false;
    }
    if (!this.code.breakpoints.has(linear)) return false;
    this.endRun({ reason: 'breakpoint', cpu: cpu.index, address: linear });
    cpu.mustLeave = false;
    return true;
  }

  protected override watchpointHit(cpu: Cpu, address: number, isWrite: boolean): void {
    this.endRun({ reason: 'watchpoint', cpu: cpu.index, address, isWrite });
  }

  /** Everything a machine of the same options needs to go on from here; the format carries a version. */
  snapshot(): Uint8Array {
    return saveMachine(this);
  }

  /** Takes up a snapshot; the reason why it cannot be taken, if so. */
  restore(snapshot: Uint8Array): string | undefined {
    const problem = restoreMachine(this, snapshot);
    this.rebuildPorts();
    return problem;
  }

  /** 128 bits over the canonical state, as 32 hex digits. */
  stateHash(): string {
    return this.hasher.hash();
  }
}
