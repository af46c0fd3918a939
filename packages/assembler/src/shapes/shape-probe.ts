// What executing a statement came down to, seen from where it happens; a template repeats it.

import type { FrameInstruction } from '@ring0/dwarf';
import type { Encoding } from '@ring0/isa';

export interface SeenAlignment {
  readonly bytes: number;
  readonly fill: number | undefined;
  readonly max: number;
  readonly width: 1 | 2 | 4;
}

/** Watches one statement. Anything seen twice is not the whole of the statement. */
export class Probe {
  encoding: Encoding | undefined;
  frame: FrameInstruction | undefined;
  alignment: SeenAlignment | undefined;
  count = 0;

  reset(): void {
    this.encoding = undefined;
    this.frame = undefined;
    this.alignment = undefined;
    this.count = 0;
  }

  sawEncoding(encoding: Encoding): void {
    this.encoding = encoding;
    this.count++;
  }

  sawFrame(instruction: FrameInstruction): void {
    this.frame = instruction;
    this.count++;
  }

  sawAlignment(alignment: SeenAlignment): void {
    this.alignment = alignment;
    this.count++;
  }
}
