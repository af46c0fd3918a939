// -d: trace events as lines of text. Which kinds a name shows is one table.

import type { TraceEvent } from '@ring0/emulator';
import { systemCallText } from './system-calls.ts';
import type { GuestView, SystemCalls } from './system-calls.ts';

const hex = (value: number, digits = 8) => (value >>> 0).toString(16).padStart(digits, '0');

const errorCode = (event: TraceEvent) => (event.b < 0 ? '' : ` error ${hex(event.b, 4)}`);

interface Show {
  /** The name after -d. */
  readonly name: string;
  readonly text: (event: TraceEvent, view: TraceView) => string | undefined;
}

/** What lines may show beside the event itself. */
export interface TraceView {
  readonly guest: GuestView;
  readonly systemCalls?: SystemCalls | undefined;
}

const systemCallVector = 0x80;

/** By kind of event. */
const shows: Readonly<Partial<Record<TraceEvent['kind'], readonly Show[]>>> = {
  interrupt: [
    {
      name: 'int',
      text: (event) => `interrupt ${hex(event.a, 2)}${errorCode(event)} at ${hex(event.c)}`,
    },
    {
      name: 'syscall',
      text: (event, { guest, systemCalls }) =>
        event.a === systemCallVector ? systemCallText(guest, event.cpu, systemCalls) : undefined,
    },
  ],
  exception: [
    {
      name: 'int',
      text: (event) => `exception ${hex(event.a, 2)}${errorCode(event)} at ${hex(event.c)}`,
    },
  ],
  ipi: [
    {
      name: 'smp',
      text: (event) => `apic ${event.c} command ${hex(event.a)} to ${hex(event.b >>> 24, 2)}`,
    },
  ],
  processor: [
    {
      name: 'smp',
      text: ({ a, b, c }) => (b === 0 ? `cpu ${a} stops by INIT` : `cpu ${a} starts at ${hex(c)}`),
    },
  ],
  iret: [{ name: 'int', text: (event) => `iret to ${hex(event.a)}` }],
  'control-register': [{ name: 'mmu', text: (event) => `cr${event.a} = ${hex(event.b)}` }],
  disk: [
    { name: 'disk', text: (event) => `disk ${hex(event.a, 2)} sector ${event.b} count ${event.c}` },
  ],
  in: [
    {
      name: 'io',
      text: (event) => `in  ${hex(event.a, 4)} ${event.b} ${hex(event.c, event.b * 2)}`,
    },
  ],
  out: [
    {
      name: 'io',
      text: (event) => `out ${hex(event.a, 4)} ${event.b} ${hex(event.c, event.b * 2)}`,
    },
  ],
  post: [{ name: 'post', text: (event) => `POST ${hex(event.a, 2)}` }],
};

/** A function that gives the line for an event, or undefined for one that is not asked for. */
export function tracer(
  names: readonly string[],
  view: () => TraceView,
): (event: TraceEvent) => string | undefined {
  return (event) => {
    for (const show of shows[event.kind] ?? []) {
      if (!names.includes(show.name)) continue;
      const text = show.text(event, view());
      if (text !== undefined) return `[${event.tick} cpu${event.cpu}] ${text}\n`;
    }
    return undefined;
  };
}
