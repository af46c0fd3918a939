// `ring0 run` as a command: exit statuses, scripted steps, kinds of images, what goes to which stream.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { assemble } from '@ring0/assembler';
import { decode } from 'fast-png';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root, system } from './system.ts';

let directory = '';

beforeAll(async () => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-run-'));
  await system(); // so that the firmware is built once, before commands run side by side
});

afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

/** Assembles a boot sector into a file; `size` pads the image. */
function sector(name: string, body: string, size = 512): string {
  const source = `.code16\n${body}\n.org 510\n.word 0xaa55\n`;
  const { flat, diagnostics } = assemble(new TextEncoder().encode(source), {
    path: name,
    bits: 16,
    flatAddress: 0x7c00,
  });
  if (!flat) throw new Error(JSON.stringify(diagnostics.map((each) => each.message)));
  const image = new Uint8Array(size);
  image.set(flat);
  const file = path.join(directory, name);
  fs.writeFileSync(file, image);
  return file;
}

const print = (text: string) =>
  [...text].map((c) => `movw $0x0e00 + ${c.charCodeAt(0)}, %ax; int $0x10`).join('\n');
const exitWith = (status: number) => `movb $${status}, %al; movw $0xf4, %dx; outb %al, %dx`;
const stop = 'cli\n1: hlt\njmp 1b';

function run(...args: string[]) {
  const command = ['-C', 'source', path.join(root, 'apps/cli/src/main.ts'), 'run', ...args];
  const done = spawnSync(process.execPath, command, {
    cwd: directory,
    encoding: 'utf8',
    input: '',
  });
  return { status: done.status, stdout: done.stdout, stderr: done.stderr };
}

test('a boot sector prints by INT 10h, and a halt that nothing ends is status 0', () => {
  const done = run('--headless', sector('hello.bin', `${print('Hi!')}\n${stop}`));
  expect(done.status).toBe(0);
  expect(done.stdout).toMatch(/Hi!/);
  expect(done.stderr).toMatch(/every processor is halted/);
});

test.each([0, 1, 42, 255])('a byte written to port f4h is the exit status: %i', (status) => {
  expect(run('--headless', sector(`exit${status}.bin`, exitWith(status))).status).toBe(status);
});

test('a triple fault is status 126 and is explained', () => {
  const body =
    'lidt table\nmovl %cr0, %eax; orb $1, %al; movl %eax, %cr0\nud2\ntable: .word 0; .long 0';
  const done = run('--headless', sector('triple.bin', body));
  expect(done.status).toBe(126);
  expect(done.stderr).toMatch(/#UD|invalid opcode/i);
  expect(done.stderr).toMatch(/triple fault/i);
});

test('time and instructions run out with status 124', () => {
  const loop = sector('loop.bin', '1: jmp 1b');
  expect(run('--headless', '--max-instructions', '3000000', loop).status).toBe(124);
  const timed = run('--headless', '--timeout', '0.5', loop);
  expect([timed.status, timed.stderr]).toEqual([124, 'ring0: time is up\n']);
});

test('an expectation that is open when the guest ends is status 125, and is named', () => {
  const done = run('--headless', '--expect', 'never', sector('open.bin', exitWith(0)));
  expect(done.status).toBe(125);
  expect(done.stderr).toMatch(/not seen: "never"/);
});

test('sends reach the guest after their expect', () => {
  const body = `${print('go')}
1: movw $0x3fd, %dx; inb %dx, %al; testb $1, %al; jz 1b
movw $0x3f8, %dx; inb %dx, %al; movw $0xf4, %dx; outb %al, %dx`;
  const done = run('--headless', '--expect', 'go', '--send', '\\x2a', sector('send.bin', body));
  expect(done.status).toBe(42);
});

test('wrong usage is status 2, wrong input status 1, and both say what was expected', () => {
  expect(run()).toMatchObject({ status: 2, stderr: expect.stringMatching(/expected the FILE/) });
  expect(run('--wrong', 'x')).toMatchObject({ status: 2 });
  expect(run('--headless', 'missing.img')).toMatchObject({
    status: 1,
    stderr: 'ring0 run: cannot read missing.img\n',
  });
});

test('a floppy image is drive 00h, a hard disk drive 80h; an odd size boots too', () => {
  const body = 'movb %dl, %al; movw $0xf4, %dx; outb %al, %dx';
  expect(run('--headless', sector('floppy.img', body, 1_474_560)).status).toBe(0x00);
  expect(run('--headless', sector('disk.img', body, 8 << 20)).status).toBe(0x80);
  expect(run('--headless', sector('odd.img', body, 1234)).status).toBe(0x80);
});

test('--stats is one line of JSON at the end of stderr, the same for every run but for host time', () => {
  const image = sector('stats.bin', exitWith(3));
  const line = () =>
    JSON.parse(run('--headless', '--stats', image).stderr.trim().split('\n').at(-1) ?? '');
  const first = line();
  expect(first).toMatchObject({ exit: { reason: 'guest-exit', status: 3 } });
  expect(first.stateHash).toMatch(/^[0-9a-f]{32}$/);
  expect({ ...line(), hostMs: 0 }).toEqual({ ...first, hostMs: 0 });
});

test('what the guest writes to a disk is in the file afterwards', () => {
  const body = `movw $0x0301, %ax; movw $2, %cx; xorw %dx, %dx; movb $0x80, %dl
xorw %bx, %bx; movw %bx, %es; movw $0x7c00, %bx; int $0x13; ${exitWith(0)}`;
  const image = sector('written.img', body, 1 << 20);
  expect(run('--headless', image).status).toBe(0);
  const bytes = fs.readFileSync(image);
  expect(bytes.subarray(512, 1024).equals(bytes.subarray(0, 512))).toBe(true);
});

test('-d shows events on stderr, and nothing of it on stdout', () => {
  const done = run(
    '--headless',
    '-d',
    'int,post',
    sector('trace.bin', `int $0x12\n${exitWith(0)}`),
  );
  expect(done.stderr).toMatch(/interrupt 12 at 0*7c02/);
  expect(done.stderr).toMatch(/POST [0-9a-f]{2}\n/);
  expect(done.stdout).not.toMatch(/interrupt|POST/);
});

test('--screenshot writes the screen as a PNG where it stands among the steps, and at the end without steps', () => {
  const bars = (color: number) =>
    `movw $3, %ax; int $0x10; movw $0xb800, %ax; movw %ax, %es; xorw %di, %di
     movw $${(color << 8) | 0xdb}, %ax; movw $2000, %cx; cld; rep stosw`;
  const go = `movw $0x0e00 + '>', %ax; int $0x10`;
  const image = sector('bars.bin', `${bars(4)}\n${go}\n${bars(2)}\n${exitWith(0)}`);
  const red = path.join(directory, 'red.png');
  const green = path.join(directory, 'green.png');
  const done = run('--headless', '--expect', '>', '--screenshot', red, image);
  expect(done).toMatchObject({ status: 0, stderr: '' });
  expect(run('--headless', '--screenshot', green, image).status).toBe(0);
  const middle = (file: string) => {
    const { width, height, channels, data } = decode(fs.readFileSync(file));
    expect([width, height, channels]).toEqual([720, 400, 3]);
    return [...data.subarray((200 * width + 360) * 3).subarray(0, 3)];
  };
  expect(middle(red)).toEqual([170, 0, 0]);
  expect(middle(green)).toEqual([0, 170, 0]);
  const nowhere = run('--headless', '--screenshot', path.join(directory, 'no/where.png'), image);
  expect(nowhere.stderr).toMatch(/--screenshot .*where\.png: ENOENT/);
});

test('--vga says that it needs a terminal', () => {
  const done = run('--vga', sector('vga.bin', stop));
  expect(done.status).toBe(2);
  expect(done.stderr).toMatch(/--vga needs a terminal/);
});
