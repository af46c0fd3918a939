// One script run twice, each time in a fresh directory with the same files: with our commands, and with the host's. What
// it printed, its exit status and the tree it left are compared.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export interface Case {
  readonly script: string;
  /** Standard input. */
  readonly input?: string;
  /** The words of messages differ from the host's on purpose: that there are some must agree. */
  readonly ownWords?: boolean;
}

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
  readonly tree: readonly string[];
}

/** Files that most scripts find: text, a tree, links, names that need quotes. */
const fixture = `
umask 022
mkdir -p d/sub/deep d/empty 'with space' dest
printf 'alpha\\nbeta\\ngamma\\n' > f
printf 'beta\\nalpha\\ndelta\\nalpha\\n' > g
printf 'no newline' > n
: > e
printf 'one\\ttwo\\tthree\\nfour\\tfive\\n\\nsix seven\\n' > tabs
printf '10 apple red\\n9 pear green\\n100 fig blue\\n9 Apple red\\n-3 kiwi green\\n' > fruit
printf 'x\\n' > d/one; printf 'yy\\n' > d/sub/two; printf 'zzz\\n' > d/sub/deep/three
printf 's\\n' > 'with space/a b'; printf 'q\\n' > "it's"
ln -s f link; ln -s d dlink; ln -s missing dangling; ln -s ../f d/up; ln f hard
mkfifo pipe
chmod 755 g; chmod 600 n; chmod 700 d/empty
dd if=/dev/zero of=hole bs=1 count=1 seek=200000 2>/dev/null
seq 1 200 > numbers
touch -d '2024-02-29 12:34:56' g; touch -d '2001-01-01' d/one; touch -d '2030-06-01 01:02:03.5' n
touch -h -d '2020-05-05' link dlink dangling
touch -d '2021-03-04 05:06:07' d/sub/deep/three d/sub/two e hole f numbers tabs fruit pipe "it's" 'with space/a b'
touch -d '2022-02-02' d/sub/deep d/sub d/empty d 'with space' dest
`;

function describeEntry(root: string, name: string, inodes: Map<number, string>): string {
  const file = path.join(root, name);
  const status = fs.lstatSync(file);
  const mode = status.mode.toString(8);
  const isOld = status.mtimeMs < Date.now() - 3_600_000 || status.mtimeMs > Date.now() + 3_600_000;
  const time = isOld ? String(status.mtimeMs) : 'now';
  let what = '';
  if (status.isSymbolicLink()) what = `-> ${fs.readlinkSync(file)}`;
  else if (status.isFile()) {
    const first = inodes.get(status.ino) ?? name;
    inodes.set(status.ino, first);
    const bytes = fs.readFileSync(file);
    const text = bytes.length > 400 ? `${bytes.length} bytes` : JSON.stringify(bytes.toString());
    what = `${first === name ? '' : `= ${first} `}${text}`;
  }
  const links = status.isDirectory() ? '' : ` ${status.nlink}`;
  return `${name} ${mode}${links} ${status.isDirectory() ? '' : time} ${what}`;
}

function tree(root: string): string[] {
  const inodes = new Map<number, string>();
  const names = fs.readdirSync(root, { recursive: true, encoding: 'utf8' });
  return names.toSorted().map((name) => describeEntry(root, name, inodes));
}

/** Makes the fixture's files once; each run gets a copy, times and links and all. */
function makeTemplate(template: string): string {
  if (fs.existsSync(template)) return template;
  fs.mkdirSync(template, { recursive: true });
  const env = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC0' };
  const made = spawnSync('dash', ['-c', fixture], { cwd: template, env });
  if (made.status !== 0) throw new Error(`the fixture failed: ${made.stderr.toString()}`);
  return template;
}

/** Runs a case with the commands that lie in `commands` only. `directory` is removed after it. */
export function runCase(it: Case, commands: string, directory: string): Outcome {
  const template = makeTemplate(`${directory}-template`);
  fs.rmSync(directory, { recursive: true, force: true });
  spawnSync('cp', ['-a', template, directory]);
  const done = spawnSync('/bin/dash', ['-c', it.script], {
    cwd: directory,
    env: { PATH: commands, LC_ALL: 'C', TZ: 'UTC0', HOME: '/root' },
    input: it.input ?? '',
    encoding: 'latin1',
    timeout: 20_000,
  });
  const outcome = {
    stdout: done.stdout,
    stderr: it.ownWords ? String(done.stderr !== '') : done.stderr,
    status: done.status,
    tree: tree(directory),
  };
  fs.rmSync(directory, { recursive: true, force: true });
  return outcome;
}
