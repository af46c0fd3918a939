// The sources of a Debian package, as real programs for the comparisons: fetched once by apt-get into a folder that later runs
// find again.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { cache } from './oracle/corpus/cache.ts';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Archives hold one folder with everything in it, but for a few. */
function topOf(folder: string): string {
  const names = fs.readdirSync(folder);
  const only = path.join(folder, names[0] ?? '');
  return names.length === 1 && fs.statSync(only).isDirectory() ? only : folder;
}

/** The unpacked sources of a Debian package, fetched once; undefined where that is not possible. */
export function debianSource(name: string): string | undefined {
  const home = path.join(cache, 'sources', name);
  const unpacked = path.join(home, 'unpacked');
  if (fs.existsSync(path.join(home, 'done'))) return topOf(unpacked);
  fs.mkdirSync(path.join(home, 'lists', 'partial'), { recursive: true });
  fs.mkdirSync(unpacked, { recursive: true });
  const list = path.join(home, 'sources.list');
  fs.writeFileSync(
    list,
    `deb-src [signed-by=${keyring}] http://deb.debian.org/debian bookworm main\n`,
  );
  const options = [
    `Dir::Etc::sourcelist=${list}`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::lists=${path.join(home, 'lists')}`,
    'APT::Sandbox::User=root',
  ].flatMap((setting) => ['-o', setting]);
  const run = (program: string, args: string[]) =>
    spawnSync(program, args, { cwd: home, timeout: 300_000 }).status === 0;
  if (!run('apt-get', [...options, 'update'])) return undefined;
  if (!run('apt-get', [...options, 'source', '--download-only', name])) return undefined;
  const archive = fs.readdirSync(home).find((file) => /\.orig\.tar\.(gz|bz2|xz)$/.test(file));
  if (!archive || !run('tar', ['xf', archive, '-C', unpacked])) return undefined;
  fs.writeFileSync(path.join(home, 'done'), '');
  return topOf(unpacked);
}
