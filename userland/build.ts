// How the userland is built: libc as an archive, then each program against it. userland/bin/NAME.c becomes /bin/NAME and
// userland/tests/NAME.c becomes /tests/NAME of a test's disk; a new file needs no entry here. What the commands share is
// userland/command, an archive of its own, so that libc stays what any program links with.

import path from 'node:path';
import { listSources } from '@ring0/kbuild';
import type { Artifact, Build } from '@ring0/kbuild';

export interface Programs {
  /** By path in the guest. */
  readonly programs: ReadonlyMap<string, Artifact>;
  /** What any program links with: the start file and the library. */
  readonly start: Artifact;
  readonly libc: Artifact;
}

const flags = [
  '-m32',
  '-march=i686',
  '-std=gnu11',
  '-O1',
  '-ffreestanding',
  '-fno-pic',
  '-fno-stack-protector',
  '-fno-asynchronous-unwind-tables',
  '-ffunction-sections',
  '-fdata-sections',
  '-mno-sse',
  '-Wall',
  '-Werror',
  '-nostdinc',
  '-isystem',
  'userland/libc/include',
  '-Ikernel/include',
  '-Iuserland/command',
];

/** Builds libc, /init, /bin/*, and with `withTests` /tests/*. */
export async function buildUserland(
  build: Build,
  options: { withTests?: boolean; directory?: string } = {},
): Promise<Programs> {
  const directory = options.directory ?? 'userland';
  const object = (source: string) => build.object(source, flags, directory);
  const members: Artifact[] = [];
  for (const folder of ['src', 'runtime']) {
    for (const source of listSources(build.root, `userland/libc/${folder}`, ['.c', '.S'])) {
      members.push(await object(source));
    }
  }
  const libc = await build.archive(`${directory}/libc.a`, members);
  const shared: Artifact[] = [];
  for (const source of listSources(build.root, 'userland/command', ['.c'])) {
    shared.push(await object(source));
  }
  const command = await build.archive(`${directory}/libcommand.a`, shared);
  const start = await object('userland/libc/start/crt0.S');
  const link = async (name: string, sources: readonly string[]): Promise<Artifact> => {
    const objects: Artifact[] = [];
    for (const source of sources) objects.push(await object(source));
    const output = `${directory}/root${name}`;
    const options = ['-m', 'elf_i386', '-static', '--gc-sections'];
    return build.link(output, [...options, start, ...objects, command, libc]);
  };
  const programs = new Map<string, Artifact>();
  for (const [name, sources] of programSources(build.root, options.withTests ?? false)) {
    programs.set(name, await link(name, sources));
  }
  return { programs, start, libc };
}

/** Each program's path in the guest, and its sources. */
function programSources(root: string, withTests: boolean): [string, string[]][] {
  const single = (folder: string, place: string): [string, string[]][] =>
    listSources(root, `userland/${folder}`, ['.c']).map((source) => [
      `${place}/${path.posix.basename(source, '.c')}`,
      [source],
    ]);
  return [
    ['/init', listSources(root, 'userland/init', ['.c'])],
    ...['sh', 'sed', 'find'].map((name): [string, string[]] => [
      `/bin/${name}`,
      listSources(root, `userland/${name}`, ['.c']),
    ]),
    ...single('bin', '/bin'),
    ...(withTests ? single('tests', '/tests') : []),
  ];
}
