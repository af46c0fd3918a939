// The host's terminal: raw while the guest has it, restored whatever ends the process.

import { EscapeReader } from './escape.ts';
import type { Key } from './escape.ts';

export const helpLines = [
  '',
  '  Ctrl-A X       quit',
  '  Ctrl-A H       this help',
  '  Ctrl-A Ctrl-A  send one Ctrl-A',
  '  everything else, Ctrl-C too, goes to the guest',
  '',
] as const;

export const banner = 'ring0: Ctrl-A X quits, Ctrl-A H helps\n';

export interface Terminal {
  /** Gives the terminal back. */
  close(): void;
}

/** Takes the terminal over; `onKey` gets what is typed. */
export function openTerminal(onKey: (key: Key) => void): Terminal {
  const { stdin } = process;
  const reader = new EscapeReader();
  const isRaw = stdin.isTTY === true;
  const restore = () => {
    if (isRaw) stdin.setRawMode(false);
  };
  const listen = (data: Buffer) => {
    for (const key of reader.read(data)) onKey(key);
  };
  if (isRaw) stdin.setRawMode(true);
  process.on('exit', restore);
  stdin.on('data', listen);
  stdin.resume();
  return {
    close() {
      restore();
      process.off('exit', restore);
      stdin.off('data', listen);
      stdin.pause();
    },
  };
}
