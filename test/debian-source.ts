// The sources of a Debian package, as real programs for the comparisons: fetched once by apt-get into a folder that later runs
// find again.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { cache } from './oracle/corpus/cache.ts';

/** Where a mirror lacks a file of the first, it may have the next one's. */
const suites = ['bookworm', 'trixie'];
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
  const done = path.join(home, 'done');
  if (!fs.existsSync(done)) {
    // Test files that run at the same time may both come here; the first that is done counts.
    const own = `${home}.${process.pid}`;
    const isFetched = suites.some((suite) => fetch(name, suite, own));
    if (isFetched && !fs.existsSync(done)) {
      fs.rmSync(home, { recursive: true, force: true });
      fs.renameSync(own, home);
    } else fs.rmSync(own, { recursive: true, force: true });
    if (!isFetched) return undefined;
  }
  return topOf(path.join(home, 'unpacked'));
}

function fetch(name: string, suite: string, home: string): boolean {
  fs.rmSync(home, { recursive: true, force: true });
  const unpacked = path.join(home, 'unpacked');
  fs.mkdirSync(path.join(home, 'lists', 'partial'), { recursive: true });
  fs.mkdirSync(unpacked, { recursive: true });
  const list = path.join(home, 'sources.list');
  fs.writeFileSync(
    list,
    `deb-src [signed-by=${keyring}] http://deb.debian.org/debian ${suite} main\n`,
  );
  const options = [
    `Dir::Etc::sourcelist=${list}`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::lists=${path.join(home, 'lists')}`,
    'APT::Sandbox::User=root',
  ].flatMap((setting) => ['-o', setting]);
  const run = (program: string, args: string[]) =>
    spawnSync(program, args, { cwd: home, timeout: 300_000 }).status === 0;
  if (!run('apt-get', [...options, 'update'])) return false;
  // It leaves what it got and could check, though the packaging may be missing.
  run('apt-get', [...options, 'source', '--download-only', name]);
  const archive = fs.readdirSync(home).find((file) => /\.orig\.tar\.(gz|bz2|xz)$/.test(file));
  if (!archive || !run('tar', ['xf', archive, '-C', unpacked])) return false;
  fs.writeFileSync(path.join(home, 'done'), '');
  return true;
}
