// Host input that a device had no room for: one line for each device and id, first come, first served. A paste of a
// megabyte waits here, so taking one piece from a line must not cost the length of the line.

/** The queue's id of "this device may have room again"; devices count theirs from 0, host input from 16. */
export const ROOM_EVENT = 0x7fff;

interface Line {
  readonly device: number;
  readonly id: number;
  waiting: number[];
  /** Pieces before this one are gone. */
  first: number;
}

export class WaitingInput {
  private lines: Line[] = [];

  /** Whether something waits; input that comes later must wait behind it. */
  has(device: number, id: number): boolean {
    return this.lines.some((line) => line.device === device && line.id === id);
  }

  hasAny(device: number): boolean {
    return this.lines.some((line) => line.device === device);
  }

  add(device: number, id: number, argument: number): void {
    const line = this.lines.find((each) => each.device === device && each.id === id);
    if (line) {
      line.waiting.push(argument);
      return;
    }
    this.lines.push({ device, id, waiting: [argument], first: 0 });
    this.lines.sort((a, b) => a.device - b.device || a.id - b.id);
  }

  /** Gives the device one piece after another, until it takes no more. */
  offer(device: number, take: (id: number, argument: number) => boolean): void {
    for (const line of this.lines) {
      if (line.device !== device) continue;
      while (line.first < line.waiting.length && take(line.id, line.waiting[line.first])) {
        line.first++;
      }
      if (line.first > 1024 && line.first * 2 > line.waiting.length) {
        line.waiting = line.waiting.slice(line.first);
        line.first = 0;
      }
    }
    this.lines = this.lines.filter((line) => line.first < line.waiting.length);
  }

  /** For the snapshot: device, id and argument of each piece, in an order that depends on nothing else. */
  save(): number[] {
    return this.lines.flatMap(({ device, id, waiting, first }) =>
      waiting.slice(first).flatMap((argument) => [device, id, argument]),
    );
  }

  restore(numbers: readonly number[]): void {
    this.lines = [];
    for (let i = 0; i < numbers.length; i += 3) {
      this.add(numbers[i], numbers[i + 1], numbers[i + 2]);
    }
  }
}
