// The scripted session that every build of the system must pass on every machine: in our emulator and in QEMU, built by
// our tools and by gcc.

import { expect } from 'vitest';

/** Something that has a shell at its prompt. */
export interface Driver {
  /** Types a line; gives what it printed, without echo and prompt. */
  command(text: string): string | Promise<string>;
}

/** A command, and what its output must look like. */
const commands: readonly (readonly [string, RegExp])[] = [
  ['echo hello', /^hello\n$/],
  ['cat /etc/motd | grep -c source', /^1\n$/],
  ['cat /etc/motd /etc/motd | wc -l', /^2\n$/],
  ['ls / | grep -v tests', /^bin\ndev\netc\ninit\nlib\nproc\ntmp\n$/],
  ['cd /bin; ls -d l[p-t]*; cd /', /^ls\n$/],
  ['for i in 1 2 3; do echo $i; done > /tmp/numbers; cat < /tmp/numbers', /^1\n2\n3\n$/],
  ['x=3; while [ $x -gt 0 ]; do echo -n $x; x=$((x - 1)); done; echo', /^321\n$/],
  ["if true && ! false; then echo 'quoted  text'; fi", /^quoted {2}text\n$/],
  ['(exit 3); echo $?', /^3\n$/],
  ['nothing-like-this; echo $?', /not found\n127\n$/],
  ['sleep 1000 &', /^\[1\] \d+\n$/],
  ['ps | grep sleep | grep -v grep', /sleep 1000/],
  ['kill $!; wait; jobs', /^$/],
  ['/tests/divide; echo $?', /SIGFPE[^]*136\n$/],
  ['/tests/peek; echo $?', /SIGSEGV[^]*139\n$/],
  ['/tests/privileged; echo $?', /SIGSEGV[^]*139\n$/],
  ['echo still here', /^still here\n$/],
];

async function freeKiB(driver: Driver): Promise<number> {
  const text = await driver.command('cat /proc/meminfo | grep MemFree');
  const found = /(\d+) kB/.exec(text)?.[1];
  if (found === undefined) throw new Error(`no free memory in ${JSON.stringify(text)}`);
  return Number(found);
}

/** Runs every command; the prompt has been seen. */
export async function runSession(driver: Driver): Promise<void> {
  for (const [text, wanted] of commands) {
    const output = await driver.command(text);
    expect(output, text).toMatch(wanted);
  }
}

/** 1,000 forks and 200 execs leave as many free pages as there were, once caches are warm. */
export async function runForks(driver: Driver): Promise<void> {
  const round = async () => {
    expect(await driver.command('/tests/forks 1000')).toBe('1000 of 1000\n');
    expect(await driver.command('/tests/forks 200 /bin/true')).toBe('200 of 200\n');
    return freeKiB(driver);
  };
  const first = await round();
  expect(await round()).toBe(first);
}
