// `pnpm boot` as a command: what it builds in, what it keeps, what it says.

import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root, system } from './system.ts';

let directory = '';

beforeAll(async () => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-boot-'));
  await system();
});

afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

function boot(...args: string[]) {
  const command = ['-C', 'source', path.join(root, 'apps/boot/src/main.ts'), '--headless', ...args];
  const done = spawnSync(process.execPath, command, {
    cwd: directory,
    encoding: 'utf8',
    input: '',
  });
  return { status: done.status, stdout: done.stdout.replaceAll('\r\n', '\n'), stderr: done.stderr };
}

/** Steps that type commands at prompts, the last of which ends the machine. */
function typing(...commands: string[]): string[] {
  return commands.flatMap((command) => ['--expect', '$ ', '--send', `${command}\\n`]);
}

test('a file that --add names is in the guest; the guest powers off with status 0', () => {
  fs.writeFileSync(path.join(directory, 'note'), 'from the host\n');
  const done = boot('--add', 'note:/etc/note', ...typing('cat /etc/note', 'halt'));
  expect(done.stdout).toMatch(/\$ cat \/etc\/note\nfrom the host\n\$ halt\n/);
  expect(done).toMatchObject({ status: 0, stderr: '' });
});

test('--append reaches the kernel', () => {
  const done = boot('--append', 'one two=three', ...typing('cat /proc/cmdline', 'halt'));
  expect(done.stdout).toMatch(/^ring0 kernel, command line "one two=three"\n/);
  expect(done.stdout).toMatch(/\n\$ cat \/proc\/cmdline\none two=three\n/);
});

test('--memory is what the guest finds', () => {
  const done = boot('--memory', '8', ...typing('free', 'halt'));
  const total = Number(/total.*\n +(\d+)/.exec(done.stdout)?.[1]);
  expect(total).toBeGreaterThan(5000);
  expect(total).toBeLessThan(8192);
});

test('--disk makes the file once and boots from it later', () => {
  const disk = path.join(directory, 'kept.img');
  expect(boot('--disk', disk, ...typing('halt')).status).toBe(0);
  const { ino, size } = fs.statSync(disk);
  expect(boot('--disk', disk, ...typing('halt')).status).toBe(0);
  expect(fs.statSync(disk)).toMatchObject({ ino, size });
});

test('-d syscall names the calls and shows their arguments', () => {
  const done = boot('-d', 'syscall', ...typing('cat /etc/motd', 'halt'));
  expect(done.stderr).toMatch(/ execve\("\/bin\/cat", 0x[0-9a-f]+, 0x[0-9a-f]+\)\n/);
  expect(done.stderr).toMatch(/ open\("\/etc\/motd", 0x0, 00\)\n/);
  expect(done.stderr).toMatch(/ write\(1, 0x[0-9a-f]+, 47\)\n/);
});

test('SIGTERM ends a run with status 130 and its last output', async () => {
  const command = ['-C', 'source', path.join(root, 'apps/boot/src/main.ts'), '--headless'];
  const child = spawn(process.execPath, command, { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString();
    if (output.endsWith('$ ')) child.kill('SIGTERM');
  });
  const status = await new Promise((done) => child.on('exit', (code) => done(code)));
  expect(status).toBe(130);
  expect(output).toMatch(/init: starting sh\r?\n\$ $/);
});

test('a run that does nothing but wait ends when its time is up', () => {
  const done = boot('--timeout', '3', '--expect', 'nothing says this');
  expect(done.status).toBe(124);
  expect(done.stderr).toMatch(/time is up\n.*not seen: "nothing says this"/);
});

test('wrong words are refused before anything is built', () => {
  expect(boot('kernel')).toMatchObject({ status: 2, stdout: '' });
  expect(boot('--add', 'missing:/x')).toMatchObject({
    status: 1,
    stderr: 'boot: --add: cannot read missing\n',
  });
});
