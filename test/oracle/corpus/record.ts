// A group of the corpus as a folder of recorded calls: built once in a copy of its source, found again by later runs.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { debianSource } from '../../debian-source.ts';
import { cache, copyTree } from './cache.ts';
import type { Group } from './groups.ts';
import { recorder, recorderScript } from './recorder.ts';

/** Where a group is kept; its commands are a part of the name. */
export function homeOf({ name, source, bits, commands }: Group): string {
  const key = createHash('sha256')
    .update(`${source}\n${commands}\n${recorderScript(bits)}`)
    .digest('hex');
  return path.join(cache, 'corpus', `${name.replace(/\W+/g, '-')}-${key.slice(0, 12)}`);
}

/** The folder with the group's calls; undefined where its source or its compiler is not to be had. */
export function record(group: Group): string | undefined {
  const { name, source, bits, commands } = group;
  const home = homeOf(group);
  const calls = path.join(home, 'calls');
  if (fs.existsSync(path.join(home, 'done'))) return calls;
  const from = debianSource(source);
  if (from === undefined) return undefined;
  fs.rmSync(home, { recursive: true, force: true });
  copyTree(from, path.join(home, 'build'));
  const { tools, env } = recorder(home, calls, bits);
  const done = spawnSync('sh', ['-c', commands], {
    cwd: path.join(home, 'build'),
    env: {
      ...process.env,
      ...env,
      LC_ALL: 'C',
      RECORDING_AS: path.join(tools, 'as'),
      CC: `gcc -m${bits} -B${tools}`,
      CLANG: `clang -m${bits} -fno-integrated-as -B${tools}`,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (done.status !== 0) {
    throw new Error(`${name} cannot be built with GNU's tools:\n${done.stderr.slice(-2000)}`);
  }
  fs.writeFileSync(path.join(home, 'done'), '');
  return calls;
}
