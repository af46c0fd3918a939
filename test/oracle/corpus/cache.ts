// Where what tests fetch and make of it is kept between runs: outside the tree, since none of it is ours.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const cache = path.join(
  process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'),
  'ring0-oracle',
);

/** Copies a folder to a name that nothing has, times and links as they are; a kernel's 80,000 files are too many for fs.cpSync. */
export function copyTree(from: string, to: string): void {
  fs.mkdirSync(path.dirname(to), { recursive: true });
  const { status, stderr } = spawnSync('cp', ['-a', from, to], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`cannot copy ${from}: ${stderr.slice(0, 500)}`);
}
