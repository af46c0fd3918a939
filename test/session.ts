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
  // The job may still be reading its program from the disk when the prompt is back.
  ['sleep 1; ps | grep sleep | grep -v grep', /sleep 1000/],
  ['kill $!; wait; jobs', /^$/],
  ['/tests/divide; echo $?', /SIGFPE[^]*136\n$/],
  ['/tests/peek; echo $?', /SIGSEGV[^]*139\n$/],
  ['/tests/privileged; echo $?', /SIGSEGV[^]*139\n$/],
  ['echo still here', /^still here\n$/],
  // Files on the disk: made, copied, moved, linked, appended to, removed.
  ['mkdir -p /home/a/b /home/c && ls -1F /home', /^a\/\nc\/\n$/],
  [
    'echo one > /home/f; cp /home/f /home/a/g; mv /home/a/g /home/a/b/h; cat /home/a/b/h',
    /^one\n$/,
  ],
  [
    'ln /home/f /home/hard; ln -s f /home/soft; echo two >> /home/soft; cat /home/hard',
    /^one\ntwo\n$/,
  ],
  ['stat -c "%h %s %F" /home/f /home/soft', /^2 8 regular file\n1 1 symbolic link\n$/],
  [
    'seq 5000 | sort -r | tee /home/numbers | tail -n 1; wc -lc < /home/numbers',
    /^1\n *5000 +23893\n$/,
  ],
  ['sort -n /home/numbers | tail -n 1; grep -c 7 /home/numbers', /^5000\n1355\n$/],
  [
    'cp -a /home/a /home/copy; find /home/copy | sort',
    /^\/home\/copy\n\/home\/copy\/b\n.*\/b\/h\n$/,
  ],
  ['rm -r /home/copy /home/nothing; ls -d /home/copy', /nothing': No such file[^]*copy': No such/],
  ['rmdir /home/a; echo $?', /not empty\n1\n$/i],
  [
    'dd if=/dev/zero of=/home/hole bs=1 count=1 seek=100000 status=none; du -b /home/hole',
    /^100001\t/,
  ],
  [
    'chmod 640 /home/f; touch -d 2024-02-29 /home/f; ls -l /home/f',
    /^-rw-r----- .* Feb 29 {2}2024 \/home\/f\n$/,
  ],
  ['truncate -s 3 /home/hard; cat /home/f; echo', /^one\n$/],
  [
    'mkdir /home/m && mount -t tmpfs none /home/m && echo t > /home/m/t && mv /home/m/t /home',
    /^$/,
  ],
  [
    'mount | grep /home/m; umount /home/m; ls /home/m; cat /home/t',
    /^none on \/home\/m type tmpfs .*\nt\n$/,
  ],
  ['df / | tail -n 1', /^\/dev\S+ +\d+ +\d+ +\d+ +\d+% \/\n$/],
  ['sed -i s/one/1/ /home/a/b/h; cat /home/a/b/h; cmp /home/f /home/f && echo same', /^1\nsame\n$/],
  [
    'cd /home; rm -r a c f hard soft numbers hole m t; ls; cd /; rmdir /home; sync; ls -d /home',
    /No such/,
  ],
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

/**
 * 1,000 forks and 200 execs leave as many free pages as there were, once caches are warm: to the page where time is the
 * guest's own; elsewhere write-back comes when it comes, and `slackKiB` is far less than a page for each fork.
 */
export async function runForks(driver: Driver, slackKiB = 0): Promise<void> {
  const round = async () => {
    expect(await driver.command('/tests/forks 1000')).toBe('1000 of 1000\n');
    expect(await driver.command('/tests/forks 200 /bin/true')).toBe('200 of 200\n');
    return freeKiB(driver);
  };
  await freeKiB(driver); // the commands' own pages are in the cache from here on
  const first = await round();
  expect(Math.abs((await round()) - first)).toBeLessThanOrEqual(slackKiB);
}
