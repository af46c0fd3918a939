export * from './device.ts';
export { memoryDisk } from './machine/memory-disk.ts';
export type { MemoryDiskOptions } from './machine/memory-disk.ts';
export { MAX_CPUS, MAX_MEMORY_MIB, Machine } from './machine/machine.ts';
export type {
  ClockOptions,
  DeviceSet,
  MachineOptions,
  RunOptions,
  RunResult,
  SymbolSource,
  TraceEvent,
  Until,
} from './machine/options.ts';
export type { Watchpoint } from './machine/inspector.ts';
export { CPU_FIELDS } from './cpu/state-layout.ts';
export * from './devices/index.ts';
