// What a command line of `ring0 run` or `pnpm boot` comes to before anything runs: options, or an answer that ends the command.

import { optionsHelp, parseOptions, traceNames } from './options.ts';
import type { RunOptions } from './options.ts';
import { EXIT } from './status.ts';

export interface Front {
  /** As messages begin. */
  readonly name: string;
  /** The help's text before the options. */
  readonly usage: string;
  /** Options of the other front, left out of the help. */
  readonly omitted?: readonly string[] | undefined;
  /** What is wrong with options that parsed; undefined: nothing. */
  readonly check: (options: RunOptions) => string | undefined;
}

/** Where answers go. */
export interface FrontOutput {
  stdout(text: string): void;
  stderr(text: string): void;
}

/** The options, or the exit status of a command that is over: help was given, or the usage was wrong. */
export function readRunOptions(
  front: Front,
  argv: readonly string[],
  output: FrontOutput,
): RunOptions | number {
  const parsed = parseOptions(argv);
  const help = front.usage + optionsHelp(front.omitted);
  if (parsed.kind === 'help') {
    output.stdout(help);
    return EXIT.done;
  }
  if (parsed.kind === 'trace-help') {
    for (const [name, text] of Object.entries(traceNames)) {
      output.stdout(`${name.padEnd(10)} ${text}\n`);
    }
    return EXIT.done;
  }
  const problem =
    parsed.kind === 'usage'
      ? parsed.message
      : (checkTerminal(parsed.options) ?? front.check(parsed.options));
  if (parsed.kind === 'options' && problem === undefined) return parsed.options;
  output.stderr(`${front.name}: ${problem}\n${help}`);
  return EXIT.usage;
}

function checkTerminal({ isVga }: RunOptions): string | undefined {
  if (!isVga || (process.stdin.isTTY && process.stdout.isTTY)) return undefined;
  return '--vga needs a terminal; --screenshot FILE takes a picture without one';
}
