// Exit statuses of `ring0 run` and `pnpm boot`, one row for each way a session ends.

import type { Ending } from './session.ts';
import type { Step } from './steps.ts';

/** The fixed ones; a guest's own status, 0..255, stands beside them. */
export const EXIT = {
  done: 0,
  input: 1,
  usage: 2,
  bug: 70,
  timeout: 124,
  expectation: 125,
  tripleFault: 126,
  interrupted: 130,
} as const;

export interface SessionStatus {
  readonly status: number;
  /** For --stats. */
  readonly reason: string;
  /** For stderr. */
  readonly lines: readonly string[];
}

/** The status of a session, given the expectation that was still open. */
export function exitStatus(ending: Ending, open: Step | undefined): SessionStatus {
  switch (ending.kind) {
    case 'quit':
      return { status: EXIT.done, reason: 'quit', lines: [] };
    case 'interrupted':
      return { status: EXIT.interrupted, reason: 'interrupted', lines: ['interrupted'] };
    case 'timeout':
      return { status: EXIT.timeout, reason: 'timeout', lines: ['time is up', ...missing(open)] };
    case 'budget':
      return {
        status: EXIT.timeout,
        reason: 'budget',
        lines: ['the instructions are used up', ...missing(open)],
      };
    case 'machine':
      return machineStatus(ending, open);
  }
}

function missing(open: Step | undefined): string[] {
  return open ? [`expected, and not seen: ${JSON.stringify(open.text)}`] : [];
}

function machineStatus(
  { result }: Extract<Ending, { kind: 'machine' }>,
  open: Step | undefined,
): SessionStatus {
  const ended = (status: number, lines: readonly string[] = []): SessionStatus =>
    open
      ? { status: EXIT.expectation, reason: result.reason, lines: [...lines, ...missing(open)] }
      : { status, reason: result.reason, lines };
  switch (result.reason) {
    case 'guest-exit':
      return ended(result.status);
    case 'power-off':
      return ended(EXIT.done);
    case 'halted':
      return ended(EXIT.done, ['every processor is halted and nothing can wake one']);
    case 'triple-fault':
      return {
        status: EXIT.tripleFault,
        reason: result.reason,
        lines: ['triple fault', ...result.explanation],
      };
    default:
      return {
        status: EXIT.bug,
        reason: result.reason,
        lines: [`the machine stopped for '${result.reason}', which nobody asked for`],
      };
  }
}
