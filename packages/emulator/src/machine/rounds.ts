// Time. CPUs share the clock in rounds: a round ends at the next event or after the quantum, fixed when it begins, and
// every running CPU gets all of its ticks, one CPU after another. With one CPU running, an event scheduled for a tick
// inside the round shortens it; with several it fires at the round's end. When every CPU is halted the clock jumps to the
// next event. Where a run stops inside a round, `turn` and each CPU's tick say where to go on: they are state.

import type { Cpu } from '../cpu/cpu.ts';
import { IF } from '../cpu/flags.ts';
import { hasInterrupt, runCpu } from '../cpu/run.ts';
import * as S from '../cpu/state-layout.ts';
import type { EventQueue } from './queue.ts';

/** Longest turn of a CPU that runs alone: long enough to be fast, short enough for V8 to step in with better code. */
const SOLO_QUANTUM = 200_000;

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
  private readonly cpus: readonly Cpu[];
  private readonly queue: EventQueue;
  private readonly quantum: number;
  private readonly host: RoundsHost;

  constructor(cpus: readonly Cpu[], queue: EventQueue, quantum: number, host: RoundsHost) {
    this.cpus = cpus;
    this.queue = queue;
    this.quantum = quantum;
    this.host = host;
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
        const running = this.cpus.filter((cpu) => this.isRunnable(cpu));
        if (running.length === 0) {
          if (!this.skipToEvent(limit)) return 'halted';
          continue;
        }
        this.open(running.length);
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

  private open(running: number): void {
    this.isSolo = running === 1;
    const quantum = this.isSolo ? SOLO_QUANTUM : this.quantum;
    this.roundEnd = Math.min(this.clock + quantum, this.queue.nextTick);
    this.turn = 0;
    this.isOpen = true;
  }

  /** False: stopped inside the round. */
  private runRound(limit: number): boolean {
    for (; this.turn < this.cpus.length; this.turn++) {
      const cpu = this.cpus[this.turn];
      if (this.isRunnable(cpu)) {
        cpu.limitTick = Math.min(this.roundEnd, limit);
        const before = cpu.tick;
        this.isExecuting = true;
        const isAlive = runCpu(cpu, () => this.host.shouldStop());
        this.isExecuting = false;
        this.executedTicks += cpu.tick - before;
        if (!isAlive) this.host.shutDown(cpu);
        const isDone = !this.isRunnable(cpu) || cpu.tick >= this.roundEnd;
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
