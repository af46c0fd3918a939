// A booted machine inside a test: type a command, read what it printed, look at registers and memory. Time is the guest's
// own, so a test gives the same result on every host.

import { utf8Bytes } from '@ring0/bytes';
import { Machine, SERIAL_INPUT, memoryDisk } from '@ring0/emulator';
import type { MachineOptions, RunResult, TraceEvent } from '@ring0/emulator';

export interface GuestOptions {
  readonly rom?: Uint8Array | undefined;
  /** Contents of the disks; the guest writes to copies. */
  readonly disks?: readonly Uint8Array[] | undefined;
  /** Default 64. */
  readonly memoryMiB?: number | undefined;
  readonly symbols?: MachineOptions['symbols'];
  readonly broken?: readonly string[] | undefined;
  /** Keeps these kinds of trace events in `events`. */
  readonly traces?: readonly TraceEvent['kind'][] | undefined;
}

/** More ticks than any step of a test needs: a guest that hangs fails the test, it does not hang it. */
const ticksMax = 3_000_000_000;

export class Guest {
  readonly machine: Machine;
  /** All that COM1 has put out. */
  output = '';
  readonly events: TraceEvent[] = [];
  private seen = 0;

  constructor(options: GuestOptions) {
    const { traces, rom, symbols, broken } = options;
    this.machine = new Machine({
      memoryMiB: options.memoryMiB ?? 64,
      rom,
      symbols,
      broken,
      disks: (options.disks ?? []).map((bytes) => ({ disk: memoryDisk(bytes) })),
      output: (channel, byte) => {
        if (channel === 'com1') this.output += String.fromCharCode(byte);
      },
      trace: traces && ((event) => traces.includes(event.kind) && this.events.push(event)),
    });
  }

  /** Runs until COM1 puts out `text` after what was last waited for; gives what came up to its end. */
  waitFor(text: string): string {
    for (let left = ticksMax; ; left -= 5_000_000) {
      const at = this.output.indexOf(text, this.seen);
      if (at >= 0) {
        const part = this.output.slice(this.seen, at + text.length);
        this.seen = at + text.length;
        return part;
      }
      const result = this.machine.run({ until: { serial: text }, budget: 5_000_000 });
      const isOver = result.reason !== 'serial' && result.reason !== 'budget';
      if (isOver || left <= 0) {
        const tail = this.output.slice(-2000);
        throw new Error(`'${text}' never came: ${JSON.stringify(result)}; the end:\n${tail}`);
      }
    }
  }

  /** Bytes for COM1's receiver. */
  type(text: string): void {
    for (const byte of utf8Bytes(text)) this.machine.input('com1', SERIAL_INPUT, byte);
  }

  /** Types a command at the prompt and gives its output, without the echo and the next prompt. */
  command(text: string): string {
    this.type(`${text}\n`);
    const output = this.waitFor('$ ').replaceAll('\r\n', '\n');
    const start = output.indexOf('\n') + 1;
    return output.slice(start, -'$ '.length);
  }

  /** Runs until the machine itself ends, or the ticks are used up. */
  runToEnd(ticks = ticksMax): RunResult {
    return this.machine.run({ budget: ticks });
  }
}
