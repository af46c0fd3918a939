// `pnpm lint`: types, oxlint, formatting, unused code. Each check is a command; all run, then the status is the worst.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

/** The script behind a package's command, so that no shell and no .cmd file is needed. */
function script(name: string, bin: string = name): string {
  const folder = path.join(root, 'node_modules', name);
  const { bin: bins } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  return path.join(folder, typeof bins === 'string' ? bins : bins[bin]);
}

const checks: readonly (readonly [string, ...string[]])[] = [
  [script('typescript', 'tsc'), '-p', 'tsconfig.core.json'],
  [script('typescript', 'tsc'), '-p', 'tsconfig.json'],
  [script('oxlint'), '--deny-warnings'],
  [script('oxfmt'), '--check'],
  [script('knip'), '--no-progress'],
];

let failed = 0;
for (const [file, ...args] of checks) {
  const { status } = spawnSync(process.execPath, [file, ...args], { stdio: 'inherit' });
  if (status !== 0) {
    failed++;
    console.error(
      `lint: ${path.basename(path.dirname(path.dirname(file)))} ${args.join(' ')} failed`,
    );
  }
}
process.exitCode = failed === 0 ? 0 : 1;
