// The options that `ring0 run` and `pnpm boot` share. One table gives the parser its rows and the help its text.

import { parseArgs } from 'node:util';
import { utf8Bytes } from '@ring0/bytes';
import { MAX_CPUS, MAX_MEMORY_MIB } from '@ring0/emulator';
import { sendBytes } from './steps.ts';
import type { Step } from './steps.ts';

interface OptionRow {
  readonly type: 'boolean' | 'string';
  readonly short?: string;
  readonly multiple?: boolean;
  /** Of the value, in the help. */
  readonly value?: string;
  readonly help: string;
}

const rows: Readonly<Record<string, OptionRow>> = {
  headless: {
    type: 'boolean',
    help: 'no terminal: guest output to stdout, time as fast as it goes',
  },
  nographic: { type: 'boolean', help: 'another name of --headless' },
  memory: { type: 'string', value: 'MIB', help: 'guest memory in MiB' },
  cpus: { type: 'string', value: 'N', help: `number of processors, 1 to ${MAX_CPUS}` },
  smp: { type: 'string', value: 'N', help: 'another name of --cpus' },
  disk: {
    type: 'string',
    multiple: true,
    value: 'FILE',
    help: 'a disk that keeps what is written',
  },
  add: {
    type: 'string',
    multiple: true,
    value: 'HOST:GUEST',
    help: 'puts a host file into the image',
  },
  append: { type: 'string', value: 'TEXT', help: 'kernel arguments' },
  expect: { type: 'string', multiple: true, value: 'TEXT', help: 'waits until COM1 wrote TEXT' },
  send: {
    type: 'string',
    multiple: true,
    value: 'TEXT',
    help: 'types TEXT; takes \\n \\r \\t \\\\ \\xHH',
  },
  screenshot: {
    type: 'string',
    multiple: true,
    value: 'FILE',
    help: 'a PNG of the screen, in order with the steps or at the end',
  },
  vga: { type: 'boolean', help: "the guest's screen and keyboard instead of its serial line" },
  timeout: { type: 'string', value: 'TIME', help: 'ends the run after host time: 90, 90s, 2m' },
  'max-instructions': { type: 'string', value: 'N', help: 'ends the run after N instructions' },
  stats: { type: 'boolean', help: 'one line of JSON on stderr at the end' },
  trace: {
    type: 'string',
    short: 'd',
    multiple: true,
    value: 'LIST',
    help: 'traces to stderr; -d help lists',
  },
  help: { type: 'boolean', help: 'this text' },
};

export interface RunOptions {
  readonly isHeadless: boolean;
  /** The terminal shows the VGA's screen. */
  readonly isVga: boolean;
  readonly memoryMiB: number;
  readonly cpus: number;
  readonly disks: readonly string[];
  readonly additions: readonly { readonly host: string; readonly guest: string }[];
  readonly append: string;
  readonly steps: readonly Step[];
  readonly timeoutMs: number | undefined;
  readonly instructionsMax: number | undefined;
  readonly hasStats: boolean;
  readonly traces: readonly string[];
  readonly positionals: readonly string[];
}

/** What -d takes, and the kinds of trace events each shows. */
export const traceNames: Readonly<Record<string, string>> = {
  int: 'interrupts and exceptions, with their return',
  smp: 'commands of local APICs, and processors that stop and start',
  mmu: 'writes to control registers',
  disk: 'disk commands',
  io: 'port input and output',
  syscall: 'system calls of the guest kernel (int 0x80)',
  post: "the firmware's progress codes",
};

export type Parsed =
  | { readonly kind: 'options'; readonly options: RunOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'trace-help' }
  | { readonly kind: 'usage'; readonly message: string };

/** The help: a line for each option. `omit` names options that this front does not have. */
export function optionsHelp(omit: readonly string[] = []): string {
  const lines = Object.entries(rows)
    .filter(([name]) => !omit.includes(name))
    .map(([name, row]) => {
      const left = `${row.short === undefined ? `--${name}` : `-${row.short}`} ${row.value ?? ''}`;
      return `  ${left.trimEnd().padEnd(24)} ${row.help}`;
    });
  return `${lines.join('\n')}\n`;
}

const defaultMemoryMiB = 64;

class UsageError extends Error {}

function wholeNumber(
  name: string,
  text: string | undefined,
  fallback: number,
  max: number,
): number {
  if (text === undefined) return fallback;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 1 && value <= max) return value;
  throw new UsageError(`--${name}: found '${text}', expected a number from 1 to ${max}`);
}

function milliseconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d+(?:\.\d+)?)(s|m)?$/.exec(text);
  if (!match)
    throw new UsageError(`--timeout: found '${text}', expected a time such as 90, 90s, 2m`);
  return Number(match[1]) * (match[2] === 'm' ? 60_000 : 1000);
}

function addition(text: string): { host: string; guest: string } {
  const at = text.lastIndexOf(':');
  const host = text.slice(0, at);
  const guest = text.slice(at + 1);
  if (at > 0 && guest.startsWith('/') && !guest.split('/').includes('..')) return { host, guest };
  throw new UsageError(`--add: found '${text}', expected HOST:GUEST with an absolute guest path`);
}

function traceList(lists: readonly string[]): string[] {
  const names = lists.flatMap((list) => list.split(',')).filter((name) => name !== '');
  for (const name of names) {
    if (name !== 'help' && traceNames[name] === undefined) {
      const known = Object.keys(traceNames).join(', ');
      throw new UsageError(`-d: found '${name}', expected one of ${known}`);
    }
  }
  return names;
}

function stepOf(kind: Step['kind'], text: string): Step {
  if (kind === 'screenshot') return { kind, text, bytes: new Uint8Array() };
  if (kind === 'expect') return { kind, text, bytes: utf8Bytes(text) };
  const bytes = sendBytes(text);
  if (bytes) return { kind, text, bytes };
  throw new UsageError(`--send: found '${text}', expected escapes \\n \\r \\t \\\\ \\xHH only`);
}

/** Parses a command line; a mistake is answered in words, never thrown. */
export function parseOptions(argv: readonly string[]): Parsed {
  try {
    return parse(argv);
  } catch (error) {
    if (error instanceof UsageError) return { kind: 'usage', message: error.message };
    const isArgument = error instanceof TypeError && 'code' in error;
    if (isArgument) return { kind: 'usage', message: error.message };
    throw error;
  }
}

function parse(argv: readonly string[]): Parsed {
  const { values, positionals, tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      Object.entries(rows).map(([name, row]) => [
        name,
        {
          type: row.type,
          multiple: row.multiple ?? false,
          ...(row.short === undefined ? {} : { short: row.short }),
        },
      ]),
    ),
    allowPositionals: true,
    tokens: true,
  });
  if (values['help']) return { kind: 'help' };
  const one = (name: string) => (typeof values[name] === 'string' ? values[name] : undefined);
  const many = (name: string) => {
    const value = values[name];
    return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
  };
  const traces = traceList(many('trace'));
  if (traces.includes('help')) return { kind: 'trace-help' };
  const steps: Step[] = [];
  for (const token of tokens) {
    if (token.kind !== 'option' || token.value === undefined) continue;
    const { name, value } = token;
    if (name === 'expect' || name === 'send' || name === 'screenshot') {
      steps.push(stepOf(name, value));
    }
  }
  const isHeadless = values['headless'] === true || values['nographic'] === true;
  const isVga = values['vga'] === true;
  if (isVga && isHeadless) {
    throw new UsageError('--vga needs a terminal, and --headless has none; try --screenshot FILE');
  }
  const maximum = one('max-instructions');
  const options: RunOptions = {
    isHeadless,
    isVga,
    memoryMiB: wholeNumber('memory', one('memory'), defaultMemoryMiB, MAX_MEMORY_MIB),
    cpus: wholeNumber('cpus', one('cpus') ?? one('smp'), 1, MAX_CPUS),
    disks: many('disk'),
    additions: many('add').map(addition),
    append: one('append') ?? '',
    steps,
    timeoutMs: milliseconds(one('timeout')),
    instructionsMax:
      maximum === undefined ? undefined : wholeNumber('max-instructions', maximum, 0, 1e15),
    hasStats: values['stats'] === true,
    traces,
    positionals,
  };
  return { kind: 'options', options };
}
