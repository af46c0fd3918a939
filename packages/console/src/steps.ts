// Scripted sessions: `--expect`, `--send` and `--screenshot` in the order they were given. An expect is a literal text,
// looked for in what the guest writes to COM1 after the last match; what follows it is done at the tick of the matching
// byte, so a scripted run does not depend on the host's speed.

import { utf8Bytes } from '@ring0/bytes';

export interface Step {
  readonly kind: 'expect' | 'send' | 'screenshot';
  /** For expect and send alike: the bytes. A screenshot has none. */
  readonly bytes: Uint8Array;
  /** As it was written, for messages; of a screenshot, the file. */
  readonly text: string;
}

/** The bytes of a send: `\n`, `\r`, `\t`, `\\` and `\xHH` are taken; undefined with any other escape. */
export function sendBytes(text: string): Uint8Array | undefined {
  const simple: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, '\\': 92 };
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character !== '\\') {
      const code = text.codePointAt(at) ?? 0;
      if (code > 0xffff) at++;
      bytes.push(...utf8Bytes(String.fromCodePoint(code)));
      continue;
    }
    const next = text[++at] ?? '';
    const hex = /^[0-9a-fA-F]{2}$/.exec(text.slice(at + 1, at + 3))?.[0];
    const code = next === 'x' && hex !== undefined ? Number.parseInt(hex, 16) : simple[next];
    if (code === undefined) return undefined;
    if (next === 'x') at += 2;
    bytes.push(code);
  }
  return new Uint8Array(bytes);
}

const noSteps: readonly Step[] = [];

/** Walks through the steps as the guest writes. */
export class StepRunner {
  private readonly steps: readonly Step[];
  private at = 0;
  /** How many bytes of the current expect match what the guest wrote last. */
  private matched = 0;
  private failure: Int32Array | undefined;

  constructor(steps: readonly Step[]) {
    this.steps = steps;
  }

  get isDone(): boolean {
    return this.at >= this.steps.length;
  }

  /** The expect that is open, for the message of a run that ended too early. */
  get openExpect(): Step | undefined {
    return this.steps.slice(this.at).find((step) => step.kind === 'expect');
  }

  /** What comes before the first expect. Where there are only pictures, they are taken at the run's end. */
  start(): readonly Step[] {
    return this.steps.some((step) => step.kind !== 'screenshot') ? this.takeActions() : [];
  }

  /** Steps that the run did not come to: their pictures are taken at its end. */
  rest(): readonly Step[] {
    return this.steps.slice(this.at);
  }

  /** Takes one byte of output; gives what is to be done now. */
  output(byte: number): readonly Step[] {
    const step = this.steps[this.at];
    if (step?.kind !== 'expect') return noSteps;
    this.failure ??= failureTable(step.bytes);
    while (this.matched > 0 && step.bytes[this.matched] !== byte) {
      this.matched = this.failure[this.matched - 1] ?? 0;
    }
    if (step.bytes[this.matched] === byte) this.matched++;
    if (this.matched < step.bytes.length) return noSteps;
    this.at++;
    this.matched = 0;
    this.failure = undefined;
    return this.takeActions();
  }

  private takeActions(): Step[] {
    const actions: Step[] = [];
    for (let step = this.steps[this.at]; step !== undefined; step = this.steps[this.at]) {
      if (step.kind === 'expect' && step.bytes.length > 0) break;
      if (step.kind !== 'expect') actions.push(step);
      this.at++;
    }
    return actions;
  }
}

/** For each prefix, the longest proper prefix that is also its end (Knuth, Morris, Pratt). */
function failureTable(bytes: Uint8Array): Int32Array {
  const table = new Int32Array(bytes.length);
  let length = 0;
  for (let at = 1; at < bytes.length; at++) {
    while (length > 0 && bytes[at] !== bytes[length]) length = table[length - 1] ?? 0;
    if (bytes[at] === bytes[length]) length++;
    table[at] = length;
  }
  return table;
}
