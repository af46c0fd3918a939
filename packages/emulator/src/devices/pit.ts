// The 8254 timer at 40h and what hangs on it in a PC: channel 0 drives IRQ 0, channel 1 once
// refreshed memory, channel 2 sounds the speaker and is gated by system control port B (61h).
// Section names are those of Intel's 8254 data sheet (231164). Nothing runs per clock: a channel
// remembers the clock at which its counting element was last set, and every read computes the
// element and the output at the present clock; the event queue is asked only for channel 0's next
// edge. A written count reaches the counting element at the next clock ("Write operations"), which
// is why mode 0 takes n + 1 clocks.

import { createState } from '../device.ts';
import type { Bus, Device, StateOf } from '../device.ts';
import { FREQUENCY, cyclesAt, tickOfCycle } from './cycles.ts';
import { PIT_CHANNEL_FIELDS, PitChannel } from './pit-channel.ts';

const FIELDS = {
  ...PIT_CHANNEL_FIELDS,
  /** Bits 0..3 of port 61h: gate 2, speaker data, parity and channel check enables. */
  controlB: 'u8',
  /** The clock of channel 0's next edge, as last computed. */
  edge: 'u64',
} as const;

const PORT = { channel0: 0x40, control: 0x43, controlB: 0x61 } as const;
const EVENT_EDGE = 0;
const READ_BACK = { isNotCount: 0x20, isNotStatus: 0x10 } as const;
const CONTROL_B = { gate2: 0x01, writable: 0x0f, refreshShift: 4, output2Shift: 5 } as const;
/**
 * A PC refreshed memory every 18 clocks of the timer, 15.1 us; bit 4 of port 61h toggles with it.
 */
const REFRESH_CLOCKS = 18;

export class Pit implements Device {
  readonly name = 'pit';
  readonly fields = FIELDS;
  readonly state: StateOf<typeof FIELDS> = createState(FIELDS);
  readonly ports = [
    { first: PORT.channel0, count: 4 },
    { first: PORT.controlB, count: 1 },
  ];
  private readonly bus: Bus;
  private readonly channels: readonly PitChannel[];

  constructor(bus: Bus) {
    this.bus = bus;
    this.channels = [0, 1, 2].map((index) => new PitChannel(index, this.state));
  }

  reset(): void {
    this.state.controlB = 0;
    this.state.edge = 0;
    for (const field of Object.values(this.state)) if (typeof field !== 'number') field.fill(0);
    this.state.access.fill(3);
    this.state.gate.set([1, 1, 0]);
    this.bus.cancel(EVENT_EDGE);
    this.bus.setIrq(0, 0);
  }

  portRead(port: number, width: number): number {
    if (width !== 1) return 0xffffffff;
    const clock = this.clock();
    if (port === PORT.controlB) {
      const refresh = Math.floor(clock / REFRESH_CLOCKS) & 1;
      return (
        this.state.controlB |
        (refresh << CONTROL_B.refreshShift) |
        (this.channels[2].output(clock) << CONTROL_B.output2Shift)
      );
    }
    return port === PORT.control ? 0xff : this.channels[port & 3].read(clock);
  }

  portWrite(port: number, width: number, value: number): void {
    const byte = value & 0xff;
    const clock = this.clock();
    if (port === PORT.controlB) {
      this.state.controlB = byte & CONTROL_B.writable;
      this.channels[2].setGate(byte & CONTROL_B.gate2, clock);
      return;
    }
    if (port === PORT.control) this.writeControl(byte, clock);
    else {
      this.channels[port & 3].write(byte, clock);
      if (width === 2) this.channels[port & 3].write((value >> 8) & 0xff, clock);
    }
    this.followOutput(clock);
  }

  event(): void {
    const clock = this.clock();
    // Several CPUs share rounds, at whose end an event may come late: the low clock of mode 2 is
    // over, but its edge has been.
    if (clock > this.state.edge) this.bus.setIrq(0, 0);
    this.followOutput(clock);
  }

  /** A moment of the timer's own time, in clocks of 1,193,182 Hz. */
  private clock(): number {
    return cyclesAt(this.bus.now(), FREQUENCY.pit, this.bus.ticksPerSecond);
  }

  private writeControl(word: number, clock: number): void {
    const channel = word >> 6;
    if (channel < 3) {
      this.channels[channel].control(word, clock);
      return;
    }
    for (const [index, each] of this.channels.entries()) {
      if ((word & (2 << index)) === 0) continue;
      if ((word & READ_BACK.isNotCount) === 0) each.latchCount(clock);
      if ((word & READ_BACK.isNotStatus) === 0) each.latchStatus(clock);
    }
  }

  /** Puts channel 0's output on IRQ 0 and asks for its next edge. */
  private followOutput(clock: number): void {
    this.bus.setIrq(0, this.channels[0].output(clock));
    const edge = this.channels[0].nextEdge(clock);
    this.state.edge = Math.max(0, edge);
    if (edge < 0) this.bus.cancel(EVENT_EDGE);
    else this.bus.schedule(EVENT_EDGE, tickOfCycle(edge, FREQUENCY.pit, this.bus.ticksPerSecond));
  }
}
