// What a machine is made of, what a run may wait for, and how a run can end.

import type { Bus, Device, InterruptController, TraceKind } from '../device.ts';
import type { DiskSlot, DiskTiming } from '../devices/index.ts';
import type { Quantum } from './rounds.ts';

export interface MachineOptions {
  readonly memoryMiB: number;
  /** 1 to 8, default 1. The others wait for a start-up interrupt. */
  readonly cpus?: number | undefined;
  /** Stands at the top of 4 GiB; its last 128 KiB also below 1 MiB. Default: none. */
  readonly rom?: Uint8Array | undefined;
  /** Primary master and slave, secondary master and slave. */
  readonly disks?: readonly (DiskSlot | undefined)[] | undefined;
  readonly diskTiming?: DiskTiming | undefined;
  /** Devices whose ports answer all ones. */
  readonly broken?: readonly string[] | undefined;
  readonly clock?: ClockOptions | undefined;
  /** Called for each trace event, as it happens. */
  readonly trace?: ((event: TraceEvent) => void) | undefined;
  /** Called for each byte the guest puts out. */
  readonly output?: ((channel: 'com1' | 'debug', byte: number) => void) | undefined;
  /** Names that `until.address` may use and explanations mention. */
  readonly symbols?: SymbolSource | undefined;
  /** Instead of the devices of a PC: tests of the machine itself. */
  readonly devices?: ((busFor: (name: string) => Bus) => DeviceSet) | undefined;
  /** Ticks of a round while several CPUs run. Default 10,000. */
  readonly quantumTicks?: Quantum | undefined;
  /** What the timers of the local APICs count. Default 100 MHz. */
  readonly busHz?: number | undefined;
}

export interface DeviceSet {
  readonly all: readonly Device[];
  readonly interrupts?: InterruptController | undefined;
}

export interface ClockOptions {
  /** Length of a tick in nanoseconds; default 1. */
  readonly tickNs?: number | undefined;
  /** The RTC's date at tick 0, in ms since 1970; default 2000-01-01. */
  readonly startMs?: number | undefined;
}

export interface SymbolSource {
  addressOf(name: string): number | undefined;
  nameAt?(address: number): string | undefined;
}

export interface TraceEvent {
  readonly kind: TraceKind;
  readonly tick: number;
  readonly cpu: number;
  /**
   * in, out: port, width, value. interrupt, exception: vector, error code or -1, EIP. control-register: number, value,
   * EIP. task-switch: from, to, EIP. ipi: low and high word of the command register, the sender's APIC ID. processor:
   * its number, 0 for INIT or 1 for start, the physical address of its first instruction. Others: what the device says.
   */
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

export interface Until {
  /** Linear address of an instruction, or a symbol: the run ends before it executes. */
  readonly address?: number | string | undefined;
  /** The clock reaches this tick. */
  readonly tick?: number | undefined;
  /** This text occurs in what COM1 put out since the last match; the run ends at the OUT of its last byte. */
  readonly serial?: string | undefined;
  /** A trace event of this kind, or one that the function accepts, has happened. */
  readonly event?: TraceKind | ((event: TraceEvent) => boolean) | undefined;
}

export interface RunOptions {
  readonly until?: Until | undefined;
  /** Ticks that may pass, halted time included. Default: no limit. */
  readonly budget?: number | undefined;
}

export type RunResult =
  | { readonly reason: 'budget' | 'tick' | 'serial' }
  | { readonly reason: 'breakpoint'; readonly cpu: number; readonly address: number }
  | {
      readonly reason: 'watchpoint';
      readonly cpu: number;
      readonly address: number;
      readonly isWrite: boolean;
    }
  | { readonly reason: 'event'; readonly event: TraceEvent }
  /** Every CPU is halted and no event can wake one; host input still can where interrupts are enabled. */
  | { readonly reason: 'halted'; readonly interruptsEnabled: boolean }
  | { readonly reason: 'guest-exit'; readonly status: number }
  | { readonly reason: 'power-off' }
  | {
      readonly reason: 'triple-fault';
      readonly cpu: number;
      readonly explanation: readonly string[];
    }
  /** A disk has no answer yet: run again when it has. */
  | { readonly reason: 'host'; readonly device: string };
