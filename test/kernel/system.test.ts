// The booted system as a whole, where no single row of KERNEL.md asks: small machines, both outputs, the ways to end.

import { textScreen } from '@ring0/emulator';
import { expect, test } from 'vitest';
import { Guest } from './guest.ts';

const guest = await Guest.build();

test('8 MiB are enough for a shell and a pipeline', () => {
  const session = guest.boot({ memoryMiB: 8 });
  expect(session.command('seq 1 2000 | wc -l')).toMatch(/^ *2000\n$/);
  const total = /MemTotal: +(\d+) kB/.exec(session.command('cat /proc/meminfo'))?.[1];
  expect(Number(total)).toBeGreaterThan(7000);
  expect(Number(total)).toBeLessThan(8192);
});

test('all of 512 MiB are found', () => {
  const session = guest.boot({ memoryMiB: 512 });
  const total = /MemTotal: +(\d+) kB/.exec(session.command('cat /proc/meminfo'))?.[1];
  expect(Number(total) / 1024).toBeGreaterThan(500);
});

test('the console writes to the screen what it writes to the serial line', () => {
  const session = guest.boot();
  session.command('echo on both');
  const screen = textScreen(session.machine).map((line) => line.trimEnd());
  const shown = screen.filter((line) => line !== '').slice(-3);
  expect(shown).toEqual(['$ echo on both', 'on both', '$']);
});

test('a line is edited before it is read: erase, word erase, kill', () => {
  const session = guest.boot();
  expect(session.command('ecgo\b\b\x7fcho one twp\x7fo three\x17four')).toBe('one two four\n');
  session.type('nothing of this\x15');
  expect(session.command('echo clean')).toBe('clean\n');
});

test('a paste of 100 KB loses nothing, and a line that is too long ends all the same', () => {
  const session = guest.boot();
  const paste = (text: string): void => {
    session.type(`cat > /tmp/paste; echo pasted\n${text}\x04`);
    session.untilText('\npasted');
    session.settle();
  };
  const lines = Array.from({ length: 2000 }, (_, i) => `${i} ${'abcdefgh '.repeat(1 + (i % 10))}`);
  const text = `${lines.join('\n')}\n`;
  expect(text.length).toBeGreaterThan(100_000);
  paste(text);
  expect(session.command('cat /tmp/paste')).toBe(text);
  paste(`${'x'.repeat(5000)}\n`);
  expect(session.command('wc -c < /tmp/paste').trim()).toBe('4096');
});

test('halt turns the power off; reboot starts again', () => {
  const halted = guest.boot();
  halted.type('halt\n');
  expect(halted.untilEnd()).toEqual({ reason: 'power-off' });
  const restarted = guest.boot({ keep: ['reset'] });
  const resets = restarted.events.length;
  restarted.type('reboot\n');
  restarted.until({ event: 'reset' });
  restarted.settle();
  expect(restarted.events.length).toBe(resets + 1);
  expect(restarted.text.split('init: starting sh').length).toBe(3);
});

test('the command line reaches the kernel', () => {
  const session = guest.boot({ append: 'one two=2' });
  expect(session.text).toContain('command line "one two=2"');
  expect(session.command('cat /proc/cmdline')).toBe('one two=2\n');
});

test('a kernel stack that overflows is reported, from another stack', () => {
  const session = guest.boot();
  session.type('ls | wc\n');
  session.until({ address: 'sys_fork' });
  const guardEnd = session.stackTop() - 8192;
  session.machine.setRegister('esp', guardEnd);
  expect(session.untilEnd()).toEqual({ reason: 'guest-exit', status: 101 });
  expect(session.text).toMatch(/double fault at [0-9a-f]{8}, esp [0-9a-f]{8}, cr2 [0-9a-f]{8}/);
  expect(session.text).toMatch(/panic: double fault/);
  expect(session.text).toMatch(/ sys_fork\+0x/);
});

test('nothing to mount, nothing to run: the kernel says so and stops with failure', () => {
  const image = guest.image();
  const noRoot = image.slice();
  noRoot[2048 * 512 + 1024 + 56] = 0; // the magic number of ext2
  const session = guest.start({ disks: [noRoot] });
  expect(session.untilEnd()).toEqual({ reason: 'guest-exit', status: 101 });
  expect(session.text).toContain('panic: no ext2 file system on hda1');
  const noInit = guest.start({ append: 'init=/none' });
  expect(noInit.untilEnd()).toEqual({ reason: 'guest-exit', status: 101 });
  expect(noInit.text).toContain('cannot execute /none');
});
