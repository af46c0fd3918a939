// One run of a machine from a command line: slices of guest time, the terminal or pipes, scripted steps, and the exit
// status. In a terminal the guest's clock never runs ahead of the host's, and an idle guest lets the host sleep; headless,
// time passes as fast as it is computed.

import fs from 'node:fs';
import { KEY_INPUT, Machine, SERIAL_INPUT } from '@ring0/emulator';
import type { MachineOptions, RunResult } from '@ring0/emulator';
import type { RunOptions } from './options.ts';
import { ScreenView } from './screen-view.ts';
import { writeScreenshot } from './screenshot.ts';
import { exitStatus } from './status.ts';
import { StepRunner } from './steps.ts';
import type { Step } from './steps.ts';
import type { SystemCalls } from './system-calls.ts';
import { banner, helpLines, openTerminal } from './terminal.ts';
import type { Key } from './escape.ts';
import { keysOfTerminal } from './terminal-keys.ts';
import { tracer } from './trace.ts';

/** Ticks of a slice: between two, the host's input is looked at and output is flushed. About 5 ms of host time. */
const sliceTicks = 500_000;
/** A guest that fell this far behind the host's clock does not hurry to catch up. */
const lagMaxMs = 100;
const tickMs = 1e-6;
/** Between two drawings of the guest's screen, while the guest is busy. */
const frameMs = 33;

export type SessionMachine = Omit<MachineOptions, 'output' | 'trace'>;

/** Why a session ended. */
export type Ending =
  | { readonly kind: 'machine'; readonly result: RunResult }
  | { readonly kind: 'timeout' | 'budget' | 'quit' | 'interrupted' };

interface Wake {
  /** Resolves when input arrives or `ms` have passed. */
  sleep(ms: number): Promise<void>;
  wake(): void;
}

function makeWake(): Wake {
  let resolve: (() => void) | undefined;
  return {
    sleep: (ms) =>
      new Promise((done) => {
        const timer = setTimeout(() => resolve?.(), Math.min(ms, 0x7fffffff));
        resolve = () => {
          clearTimeout(timer);
          resolve = undefined;
          done();
        };
      }),
    wake: () => resolve?.(),
  };
}

/** Collects guest bytes; a newline, and the end of a slice, sends them on. */
class Output {
  private readonly pending: number[] = [];

  byte(byte: number): void {
    this.pending.push(byte);
    if (byte === 10 || this.pending.length >= 4096) this.flush();
  }

  flush(): void {
    if (this.pending.length === 0) return;
    const bytes = Uint8Array.from(this.pending.splice(0));
    for (let at = 0; at < bytes.length;) {
      try {
        at += fs.writeSync(1, bytes, at);
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : undefined;
        if (code === 'EAGAIN') continue; // a pipe that is full for now
        if (code === 'EPIPE') return; // nobody reads: the run goes on
        throw error;
      }
    }
  }
}

/**
 * Runs a machine until it ends or the user does; gives the process's exit status. `systemCalls` names those of the guest's
 * kernel for -d syscall.
 */
export async function runSession(
  machineOptions: SessionMachine,
  options: RunOptions,
  systemCalls?: SystemCalls,
): Promise<number> {
  return new Session(machineOptions, options, systemCalls).run();
}

class Session {
  private readonly options: RunOptions;
  private readonly machine: Machine;
  private readonly steps: StepRunner;
  private readonly output = new Output();
  private readonly wake = makeWake();
  private ending: Ending | undefined;
  private view: ScreenView | undefined;
  private drawnMs = 0;
  private startMs = 0;
  /** Host time in ms at which the guest's clock stood at 0. */
  private anchorMs = 0;

  constructor(
    machineOptions: SessionMachine,
    options: RunOptions,
    systemCalls: SystemCalls | undefined,
  ) {
    this.options = options;
    this.steps = new StepRunner(options.steps);
    const trace = tracer(options.traces, () => ({ guest: this.machine, systemCalls }));
    // A person's guest knows today's date; a script's begins at a fixed one, so that its run can be repeated.
    const isPersonal = !options.isHeadless && !this.isScripted;
    this.machine = new Machine({
      ...machineOptions,
      ...(isPersonal ? { clock: { startMs: Date.now() } } : {}),
      memoryMiB: options.memoryMiB,
      cpus: options.cpus,
      output: (channel, byte) => {
        if (channel === 'com1') this.guestByte(byte);
        else if (options.traces.length > 0) process.stderr.write(String.fromCharCode(byte));
      },
      ...(options.traces.length > 0
        ? {
            trace: (event) => {
              const line = trace(event);
              if (line !== undefined) process.stderr.write(line);
            },
          }
        : {}),
    });
  }

  async run(): Promise<number> {
    const stop = () => this.end({ kind: 'interrupted' });
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    const terminal = this.openInput();
    this.startMs = performance.now();
    this.anchorMs = this.startMs;
    this.act(this.steps.start());
    try {
      const ending = await this.loop();
      return this.finish(ending);
    } finally {
      this.output.flush();
      terminal?.close();
      this.closeView();
      process.off('SIGTERM', stop);
      process.off('SIGINT', stop);
    }
  }

  /** The terminal, or piped input; a scripted run reads neither, so that it depends on nothing outside. */
  private openInput(): { close(): void } | undefined {
    if (this.options.isVga) this.openView();
    if (this.isScripted) return undefined;
    if (!this.options.isHeadless && !this.view && process.stdin.isTTY) process.stderr.write(banner);
    if (this.options.isHeadless) {
      const forward = (data: Buffer) => this.typed(data);
      process.stdin.on('data', forward);
      return {
        close: () => {
          process.stdin.off('data', forward);
          process.stdin.pause();
        },
      };
    }
    return openTerminal((key) => this.pressed(key));
  }

  /** Somebody waits for what the guest writes: expects and sends, no terminal. */
  private get isScripted(): boolean {
    return this.options.steps.some((step) => step.kind !== 'screenshot');
  }

  private pressed(key: Key): void {
    this.view?.cover(key.kind === 'help' ? helpLines : []);
    if (key.kind === 'help' && !this.view) process.stderr.write(helpLines.join('\r\n'));
    if (key.kind === 'quit') this.end({ kind: 'quit' });
    if (key.kind === 'bytes') this.typed(key.bytes);
    else this.wake.wake();
  }

  private readonly resized = () => {
    this.view?.forget();
    this.wake.wake();
  };

  private openView(): void {
    this.view = new ScreenView(this.machine);
    process.stdout.write(this.view.enter());
    process.stdout.on('resize', this.resized);
  }

  private closeView(): void {
    if (!this.view) return;
    this.draw();
    process.stdout.write(this.view.leave());
    process.stdout.off('resize', this.resized);
    this.view = undefined;
  }

  private draw(): void {
    const { rows = 25, columns = 80 } = process.stdout;
    const text = this.view?.update({ rows, columns }) ?? '';
    if (text !== '') process.stdout.write(text);
    this.drawnMs = performance.now();
  }

  private typed(bytes: Uint8Array): void {
    if (this.view) {
      for (const key of keysOfTerminal(bytes)) this.machine.input('keyboard', KEY_INPUT, key);
    } else {
      this.send(bytes);
    }
    this.wake.wake();
  }

  private act(steps: readonly Step[]): void {
    for (const step of steps) {
      if (step.kind === 'send') this.send(step.bytes);
      else if (step.kind === 'screenshot') this.takePicture(step.text);
    }
  }

  private takePicture(file: string): void {
    const problem = writeScreenshot(this.machine, file);
    if (problem !== undefined) process.stderr.write(`ring0: --screenshot ${problem}\n`);
  }

  private send(bytes: Uint8Array): void {
    for (const byte of bytes) this.machine.input('com1', SERIAL_INPUT, byte);
  }

  private guestByte(byte: number): void {
    if (!this.view) this.output.byte(byte);
    this.act(this.steps.output(byte));
  }

  private end(ending: Ending): void {
    this.ending ??= ending;
    this.wake.wake();
  }

  private async loop(): Promise<Ending> {
    while (!this.ending) {
      const result = this.slice();
      this.output.flush();
      const isIdle = this.machine.idleUntil !== undefined;
      if (this.view && (isIdle || performance.now() - this.drawnMs >= frameMs)) this.draw();
      const ending = this.judge(result);
      if (ending) return ending;
      await this.pause(result);
    }
    return this.ending;
  }

  private slice(): RunResult {
    if (this.options.isHeadless) return this.machine.run({ budget: sliceTicks });
    const now = performance.now();
    const lag = now - this.anchorMs - this.machine.clock * tickMs;
    if (lag > lagMaxMs) this.anchorMs += lag - lagMaxMs;
    const tick = Math.floor((now - this.anchorMs) / tickMs);
    return this.machine.run({ until: { tick }, budget: sliceTicks });
  }

  /** What ends the session, of the machine's own or of the limits. */
  private judge(result: RunResult): Ending | undefined {
    const { timeoutMs, instructionsMax } = this.options;
    const isWaiting = result.reason === 'halted' && result.interruptsEnabled && this.canBeTyped();
    const isOver = !['budget', 'tick'].includes(result.reason) && !isWaiting;
    if (isOver) return { kind: 'machine', result };
    if (instructionsMax !== undefined && this.machine.instructions >= instructionsMax) {
      return { kind: 'budget' };
    }
    if (timeoutMs !== undefined && performance.now() - this.startMs >= timeoutMs) {
      return { kind: 'timeout' };
    }
    return undefined;
  }

  /** Input may still come from a person or a pipe. */
  private canBeTyped(): boolean {
    return !this.isScripted && !process.stdin.readableEnded;
  }

  /** Lets the host's events in; sleeps where the guest has nothing to do before a later time. */
  private async pause(result: RunResult): Promise<void> {
    const { timeoutMs, isHeadless } = this.options;
    const left = timeoutMs === undefined ? 1e9 : timeoutMs - (performance.now() - this.startMs);
    if (result.reason === 'halted') {
      await this.wake.sleep(Math.max(0, left));
    } else if (!isHeadless && result.reason === 'tick') {
      const next = this.machine.idleUntil;
      const at = next === undefined ? performance.now() + 1 : this.anchorMs + next * tickMs;
      await this.wake.sleep(Math.max(0, Math.min(at - performance.now(), left)));
    } else {
      await new Promise((done) => setImmediate(done));
    }
  }

  private finish(ending: Ending): number {
    const { status, reason, lines } = exitStatus(ending, this.steps.openExpect);
    this.output.flush();
    for (const step of this.steps.rest()) {
      if (step.kind === 'screenshot') this.takePicture(step.text);
    }
    this.closeView();
    for (const line of lines) process.stderr.write(`ring0: ${line}\n`);
    if (this.options.hasStats) {
      const { machine } = this;
      const stats = {
        instructions: machine.instructions,
        ticks: machine.clock,
        virtualMs: machine.clock * tickMs,
        hostMs: performance.now() - this.startMs,
        stateHash: machine.stateHash(),
        exit: { reason, status },
      };
      process.stderr.write(`${JSON.stringify(stats)}\n`);
    }
    return status;
  }
}
