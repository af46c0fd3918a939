// The bundle of the command as it is published, built once for the whole builds.

import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../../..');

/** Builds apps/cli/dist and answers with the path of ring0.mjs; throws where that fails. */
export function buildCommandBundle(): string {
  const args = ['-C', 'source', path.join(root, 'tools/build.ts')];
  const done = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`pnpm build fails:\n${done.stderr.slice(-3000)}`);
  return path.join(root, 'apps/cli/dist/ring0.mjs');
}
