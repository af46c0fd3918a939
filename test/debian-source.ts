// The sources of a Debian package, as real programs for the comparisons: fetched once by apt-get into a folder that later runs
// find again.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const cache = path.join(os.tmpdir(), 'ring0-oracle-cache');
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The unpacked sources of a Debian package, fetched once; undefined where that is not possible. */
export function debianSource(name: string): string | undefined {
  const home = path.join(cache, name);
  if (fs.existsSync(path.join(home, 'done'))) return home;
  fs.mkdirSync(path.join(home, 'lists', 'partial'), { recursive: true });
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
    spawnSync(program, args, { cwd: home, timeout: 120_000 }).status === 0;
  if (!run('apt-get', [...options, 'update'])) return undefined;
  if (!run('apt-get', [...options, 'source', '--download-only', name])) return undefined;
  const archive = fs.readdirSync(home).find((file) => file.includes('.orig.tar'));
  if (!archive || !run('tar', ['xf', archive])) return undefined;
  fs.writeFileSync(path.join(home, 'done'), '');
  return home;
}
