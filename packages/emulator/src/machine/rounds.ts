// Time. CPUs share the clock in rounds: a round ends at the next event or after the quantum, fixed when it begins, and
// every CPU that runs when it begins gets all of its ticks, one CPU after another; a CPU woken inside a round joins the
// next one. With one CPU running, an event scheduled for a tick inside the round, or a wake-up of another CPU, shortens
// it; with several, events fire at the round's end. When every CPU is halted the clock jumps to the next event. Where a
// run stops inside a round, `turn` and each CPU's tick say where to go on: they are state, as are the round's members
// and the place in the sequence of quanta.

import type { Cpu } from '../cpu/cpu.ts';
import { IF } from '../cpu/flags.ts';
import { hasInterrupt, runCpu } from '../cpu/run.ts';
import * as S from '../cpu/state-layout.ts';
import type { EventQueue } from './queue.ts';

/** Longest turn of a CPU that runs alone: long enough to be fast, short enough for V8 to step in with better code. */
const SOLO_QUANTUM = 200_000;
const QUANTUM = 10_000;

/** Ticks of a round while several CPUs run: always the same, or drawn between two bounds from a seed's sequence. */
export type Quantum =
  | number
  | { readonly seed: number; readonly min: number; readonly max: number };

export interface RoundsHost {
  /** Fires what is due. False: an event could not be completed, the run must end. */
  fireEvents(): boolean;
  shouldStop(): boolean;
  shutDown(cpu: Cpu): void;
}

/** Why `advance` came back: something asked to stop; the limit is reached; nobody can go on. */
export type Advance = 'stopped' | 'limit' | 'halted';

export class Rounds {
  /** The tick that every CPU has reached. */
  clock = 0;
  roundEnd = 0;
  turn = 0;
  isOpen = false;
  /** The latest tick shown to anybody. */
  shown = 0;
  /** One CPU runs in the open round. */
  isSolo = true;
  /** Bit n: CPU n takes part in the open round. */
  members = 0;
  /** Where the sequence of quanta stands; 0 always where the quantum is a constant. */
  sequence = 0;
  private readonly cpus: readonly Cpu[];
  private readonly queue: EventQueue;
  private readonly quantumMin: number;
  private readonly quantumChoices: number;
  private readonly host: RoundsHost;

  constructor(
    cpus: readonly Cpu[],
    queue: EventQueue,
    quantum: Quantum | undefined,
    host: RoundsHost,
  ) {
    this.cpus = cpus;
    this.queue = queue;
    this.host = host;
    const choice = typeof quantum === 'object' ? quantum : undefined;
    const min = choice?.min ?? Number(quantum ?? QUANTUM);
    const max = choice?.max ?? min;
    if (!(Number.isInteger(min) && Number.isInteger(max) && min >= 1 && max >= min)) {
      throw new Error(`a quantum of ${min} to ${max} ticks: whole numbers from 1 on are possible`);
    }
    this.quantumMin = min;
    this.quantumChoices = max - min + 1;
    this.sequence = (choice?.seed ?? 0) >>> 0;
  }

  private nextQuantum(): number {
    if (this.quantumChoices === 1) return this.quantumMin;
    this.sequence = (Math.imul(this.sequence, 1_664_525) + 1_013_904_223) >>> 0;
    return this.quantumMin + Math.floor((this.sequence / 0x1_0000_0000) * this.quantumChoices);
  }

  /** The CPU in turn; between rounds the first. */
  get current(): Cpu {
    return this.cpus[this.isOpen ? this.turn : 0];
  }

  /** The tick to show to whoever asks now. */
  observe(): number {
    const own = this.isOpen ? this.ownTick() : this.clock;
    if (own > this.shown) this.shown = own;
    return this.shown;
  }

  /** The tick of whatever happens now, shown to nobody in the guest. */
  peek(): number {
    return this.isOpen ? this.ownTick() : this.clock;
  }

  private ownTick(): number {
    const cpu = this.current;
    return this.isExecuting ? cpu.sliceEnd - cpu.r[S.LEFT] - 1 : cpu.tick;
  }

  private isExecuting = false;

  /** Ticks that CPUs spent executing, summed over them: instructions, with each iteration of a REP as one. */
  executedTicks = 0;

  /** No CPU has anything to do before the next event. */
  get isIdle(): boolean {
    return !this.isOpen && !this.cpus.some((cpu) => this.isRunnable(cpu));
  }

  /** An event was scheduled. */
  scheduled(tick: number): void {
    if (!this.isOpen || !this.isSolo || tick >= this.roundEnd) return;
    const cpu = this.current;
    cpu.shorten(tick);
    this.roundEnd = Math.max(
      Math.min(this.roundEnd, tick),
      this.isExecuting ? cpu.limitTick : cpu.tick,
    );
  }

  /** A CPU other than the one in turn may have become runnable. */
  woken(): void {
    this.scheduled(this.peek());
  }

  private isRunnable(cpu: Cpu): boolean {
    const activity = cpu.r[S.ACTIVITY];
    if (activity === S.ACTIVITY_RUNNING) return true;
    return activity === S.ACTIVITY_HALTED && hasInterrupt(cpu);
  }

  /** Lets time pass until tick `limit`, or a reason to stop. */
  advance(limit: number): Advance {
    for (;;) {
      if (this.host.shouldStop()) return 'stopped';
      if (!this.isOpen) {
        if (!this.host.fireEvents() || this.host.shouldStop()) return 'stopped';
        if (this.clock >= limit) return 'limit';
        if (!this.open()) {
          if (!this.skipToEvent(limit)) return 'halted';
          continue;
        }
      }
      if (!this.runRound(limit)) return this.host.shouldStop() ? 'stopped' : 'limit';
    }
  }

  private skipToEvent(limit: number): boolean {
    const canWake = this.cpus.some(
      (cpu) => cpu.r[S.ACTIVITY] === S.ACTIVITY_HALTED && (cpu.r[S.EFLAGS] & IF) !== 0,
    );
    if (!canWake || this.queue.nextTick === Infinity) return false;
    this.clock = Math.min(this.queue.nextTick, limit);
    for (const cpu of this.cpus) cpu.tick = this.clock;
    return true;
  }

  /** Begins a round. False: no CPU can run. */
  private open(): boolean {
    let members = 0;
    let first = this.cpus.length;
    for (const cpu of this.cpus) {
      if (!this.isRunnable(cpu)) continue;
      members |= 1 << cpu.index;
      first = Math.min(first, cpu.index);
    }
    if (members === 0) return false;
    this.members = members;
    this.isSolo = (members & (members - 1)) === 0;
    const quantum = this.isSolo ? SOLO_QUANTUM : this.nextQuantum();
    this.roundEnd = Math.min(this.clock + quantum, this.queue.nextTick);
    this.turn = first;
    this.isOpen = true;
    return true;
  }

  private mayRun(cpu: Cpu): boolean {
    return (this.members & (1 << cpu.index)) !== 0 && this.isRunnable(cpu);
  }

  /** False: stopped inside the round. */
  private runRound(limit: number): boolean {
    for (; this.turn < this.cpus.length; this.turn++) {
      const cpu = this.cpus[this.turn];
      if (this.mayRun(cpu)) {
        cpu.limitTick = Math.min(this.roundEnd, limit);
        const before = cpu.tick;
        this.isExecuting = true;
        const isAlive = runCpu(cpu, () => this.host.shouldStop());
        this.isExecuting = false;
        this.executedTicks += cpu.tick - before;
        if (!isAlive) this.host.shutDown(cpu);
        const isDone = !this.mayRun(cpu) || cpu.tick >= this.roundEnd;
        if (!isDone) return false;
        if (this.isSolo) this.roundEnd = cpu.tick;
        if (!isAlive) return this.closeEarly();
      }
      if (!this.isSolo) cpu.tick = this.roundEnd;
    }
    this.close();
    return true;
  }

  private closeEarly(): boolean {
    this.close();
    return true;
  }

  private close(): void {
    this.isOpen = false;
    this.turn = 0;
    this.clock = this.roundEnd;
    for (const cpu of this.cpus) cpu.tick = this.clock;
  }
}
