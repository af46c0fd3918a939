// Files of Lua as gcc writes them.

import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { debianSource } from '../../debian-source.ts';

/** The assembly of those files; none where the source cannot be had. */
export function liveSources(options: string, files: readonly string[]): string[] {
  const home = debianSource('lua5.4');
  if (!home) return [];
  return files.map((name) => {
    const source = path.join(home, 'src', `${name}.c`);
    const words = ['-m32', '-w', '-S', ...options.split(' '), source, '-o', '-'];
    const run = spawnSync('gcc', words, { encoding: 'latin1', maxBuffer: 1 << 26 });
    if (run.status !== 0) throw new Error(`gcc ${words.join(' ')}: ${run.stderr}`);
    return run.stdout;
  });
}
