// What a person sees while the system is built: one line that changes on a terminal, nothing elsewhere but the names of
// what was rebuilt.

import { toolsChanged } from '@ring0/kbuild';
import type { BuildLog } from '@ring0/kbuild';

/** A first build names everything; that is too long a list to be told, so only this many lines are. */
const namedMax = 20;

export interface Progress {
  readonly log: BuildLog;
  /** The build has ended after `count` steps. */
  done(count: number): void;
}

/** Writes to `stream`: on a terminal what is being built, elsewhere nothing. */
export function progressLog(stream: NodeJS.WriteStream): Progress {
  const isTerminal = stream.isTTY === true;
  const started = performance.now();
  let count = 0;
  return {
    log(action, target, reason) {
      count++;
      if (!isTerminal) return;
      const isNamed = reason !== 'new' && reason !== toolsChanged && count <= namedMax;
      stream.write(
        isNamed ? `\r\u001b[K${action} ${target} (${reason})\n` : `\r\u001b[K${action} ${target}`,
      );
    },
    done(steps) {
      if (!isTerminal || steps === 0) return;
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      stream.write(`\r\u001b[Kbuilt ${steps} files in ${seconds} s\n`);
    },
  };
}
