// The machine's one queue of future events: what devices scheduled and what the host put in, each stamped with a tick.
// Events of one tick come in the order in which they were put in.

export interface QueuedEvent {
  readonly tick: number;
  /** Order among events of one tick. */
  readonly sequence: number;
  /** Index of the device. */
  readonly device: number;
  readonly id: number;
  readonly argument: number;
  /** Host input: not replaced by the next one of its id. */
  readonly isInput: boolean;
}

export class EventQueue {
  /** Sorted by tick and sequence. */
  private events: QueuedEvent[] = [];
  /** Events before this one are gone: a long paste must not be moved for each of its bytes. */
  private head = 0;
  private nextSequence = 0;

  /** Tick of the first event; Infinity when there is none. */
  get nextTick(): number {
    return this.head === this.events.length ? Infinity : this.events[this.head].tick;
  }

  get first(): QueuedEvent | undefined {
    return this.events[this.head];
  }

  add(tick: number, device: number, id: number, argument: number, isInput: boolean): void {
    const event = { tick, sequence: this.nextSequence++, device, id, argument, isInput };
    let at = this.events.length;
    while (at > this.head && this.events[at - 1].tick > tick) at--;
    this.events.splice(at, 0, event);
  }

  /** Removes the scheduled event of a device and id, where one is pending. */
  cancel(device: number, id: number): void {
    const { events } = this;
    for (let at = this.head; at < events.length; at++) {
      const event = events[at];
      if (event.device !== device || event.id !== id || event.isInput) continue;
      events.splice(at, 1);
      return;
    }
  }

  removeFirst(): void {
    this.head++;
    if (this.head < 64 || this.head * 2 < this.events.length) return;
    this.events = this.events.slice(this.head);
    this.head = 0;
  }

  /** For the snapshot: numbers that `restore` takes back. The sequence is renumbered. */
  save(): number[] {
    return this.events
      .slice(this.head)
      .flatMap((e) => [e.tick, e.device, e.id, e.argument, e.isInput ? 1 : 0]);
  }

  restore(numbers: readonly number[]): void {
    this.clear();
    this.nextSequence = 0;
    for (let i = 0; i < numbers.length; i += 5) {
      this.add(numbers[i], numbers[i + 1], numbers[i + 2], numbers[i + 3], numbers[i + 4] !== 0);
    }
  }

  clear(): void {
    this.events = [];
    this.head = 0;
  }
}
