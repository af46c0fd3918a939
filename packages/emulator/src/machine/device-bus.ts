// The bus of one device: each device gets its own, so that events know whose they are.

import type { Bus, TraceKind } from '../device.ts';

/** What the machine does for any device; `device` is the device's index. */
export interface BusHost {
  readonly ticksPerSecond: number;
  now(): number;
  schedule(device: number, id: number, tick: number, argument: number): void;
  cancel(device: number, id: number): void;
  setIrq(line: number, level: number): void;
  setIntr(cpu: number, level: number): void;
  setA20(isEnabled: boolean): void;
  readPhysical(address: number, length: number): Uint8Array;
  writePhysical(address: number, bytes: Uint8Array): void;
  requestReset(): void;
  exit(reason: 'guest' | 'power-off', status: number): void;
  output(channel: 'com1' | 'debug', byte: number): void;
  offerInput(device: number): void;
  rebuildPorts(): void;
  trace(kind: TraceKind, a: number, b: number, c: number): void;
}

/** The bus of the device that has, or will have, index `device`. */
export function deviceBus(host: BusHost, device: number): Bus {
  return {
    ticksPerSecond: host.ticksPerSecond,
    now: () => host.now(),
    schedule: (id, tick, argument = 0) => host.schedule(device, id, tick, argument),
    cancel: (id) => host.cancel(device, id),
    setIrq: (line, level) => host.setIrq(line, level),
    setIntr: (cpu, level) => host.setIntr(cpu, level),
    setA20: (isEnabled) => host.setA20(isEnabled),
    readMemory: (address, length) => host.readPhysical(address, length),
    writeMemory: (address, bytes) => host.writePhysical(address, bytes),
    resetMachine: () => host.requestReset(),
    exit: (reason, status) => host.exit(reason, status),
    output: (channel, byte) => host.output(channel, byte),
    inputReady: () => host.offerInput(device),
    portsChanged: () => host.rebuildPorts(),
    trace: (kind, a, b, c) => host.trace(kind, a, b, c),
  };
}
