// The tools as commands, from source, in an empty folder: C becomes a program that runs in the guest, a boot sector boots, and
// wrong input and wrong usage have their statuses.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { writeDist } from '@ring0/boot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tools } from '../apps/cli/src/tools.ts';
import { bootedGuest, root, system } from './system.ts';

let directory = '';

beforeAll(async () => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-cli-'));
  writeDist(root, await system());
});

afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

function ring0(...args: string[]) {
  const command = ['-C', 'source', path.join(root, 'apps/cli/src/main.ts'), ...args];
  const done = spawnSync(process.execPath, command, {
    cwd: directory,
    encoding: 'utf8',
    input: '',
  });
  return { status: done.status, stdout: done.stdout, stderr: done.stderr };
}

function write(name: string, text: string): string {
  fs.writeFileSync(path.join(directory, name), text);
  return name;
}

test('cc compiles, links with our libc, and the program runs in the guest', async () => {
  write('twice.h', 'long long twice(long long value);\n');
  write('twice.c', '#include "twice.h"\nlong long twice(long long value) { return value * 2; }\n');
  write(
    'main.c',
    `#include <stdio.h>
#include "twice.h"
int main(int argc, char **argv) {
  printf("%d %s %lld\\n", argc, argv[1], twice(1234567890123LL));
  return 7;
}
`,
  );
  expect(ring0('cc', '-Wall', '-Werror', '-O1', '-c', 'twice.c')).toMatchObject({
    status: 0,
    stderr: '',
  });
  expect(ring0('cc', '-Wall', 'main.c', 'twice.o', '-o', 'program').stderr).toBe('');
  const bytes = new Uint8Array(fs.readFileSync(path.join(directory, 'program')));
  const guest = await bootedGuest({ additions: [{ guest: '/bin/program', bytes }] });
  expect(guest.command('program argument; echo $?')).toBe('2 argument 2469135780246\n7\n');
});

test('as and ld make a flat boot sector as two steps, and as alone does as one', () => {
  const name = write('boot.s', '.code16\nstart: hlt\njmp start\n.org 510\n.word 0xaa55\n');
  expect(ring0('as', '-o', 'boot.o', name).status).toBe(0);
  const linked = ['-m', 'elf_i386', '-Ttext', '0x7c00', '--oformat', 'binary', '-o', 'two.bin'];
  expect(ring0('ld', ...linked, '-e', '0x7c00', 'boot.o')).toMatchObject({ status: 0, stderr: '' });
  expect(ring0('as', '--oformat', 'binary', '-Ttext', '0x7c00', '-o', 'one.bin', name).status).toBe(
    0,
  );
  const [one, two] = ['one.bin', 'two.bin'].map((file) =>
    fs.readFileSync(path.join(directory, file)),
  );
  expect(one?.length).toBe(512);
  expect(one?.equals(two ?? Buffer.alloc(0))).toBe(true);
});

test('image builds a disk from parts, and its tree is readable by the kernel', async () => {
  const { kernel } = await system();
  const rootFolder = path.join(directory, 'tree');
  fs.mkdirSync(path.join(rootFolder, 'dev'), { recursive: true });
  fs.writeFileSync(path.join(directory, 'kernel.elf'), kernel);
  fs.writeFileSync(path.join(directory, 'bootblock'), new Uint8Array(440));
  const parts = [
    '--boot',
    'bootblock',
    '--kernel',
    'kernel.elf',
    '--root',
    'tree',
    '-o',
    'disk.img',
  ];
  expect(ring0('image', ...parts)).toMatchObject({ status: 0, stderr: '' });
  const disk = fs.readFileSync(path.join(directory, 'disk.img'));
  expect(disk.subarray(512, 516)).toEqual(Buffer.from([0x7f, 0x45, 0x4c, 0x46]));
});

test('wrong input is status 1 with file, line and column; wrong usage is status 2', () => {
  const bad = ring0('as', write('bad.s', 'nop\n  mvo %eax, %ebx\n'));
  expect(bad.status).toBe(1);
  expect(bad.stderr).toMatch(/^bad\.s:2:3: error: .*mvo[^]*\^/);
  const worse = ring0('cc', '-c', write('bad.c', 'int f(void) { return x; }\n'));
  expect(worse.status).toBe(1);
  expect(worse.stderr).toMatch(/^bad\.c:1:22: error: .*x/);
  expect(ring0('as', '--no-such-option').status).toBe(2);
  expect(ring0('nothing')).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/found 'nothing'/),
  });
});

test('--dump=help lists the passes, --dump=PASS shows one, other names are refused', () => {
  expect(ring0('cc', '--dump=help').stdout).toMatch(/^ir +the intermediate representation/m);
  expect(ring0('ld', '--dump=help').stdout).toMatch(/^layout /);
  const name = write('dump.s', '.globl start\nstart: movl $1, %eax\n');
  const dumped = ring0('as', '--dump=encoding', '--dump=symbols', '-o', 'dump.o', name);
  expect(dumped).toMatchObject({ status: 0, stderr: '' });
  expect(dumped.stdout).toMatch(/0000 B8010000 \tstart: movl.*\n.* 00$/m);
  expect(dumped.stdout).toMatch(/^0{8} global \.text start$/m);
  const refused = ring0('as', '--dump=nothing', name);
  expect(refused.status).toBe(2);
  expect(refused.stderr).toMatch(/found 'nothing', expected one of encoding, symbols/);
});

test('versions begin as build scripts expect', () => {
  expect(ring0('as', '--version').stdout).toMatch(/^GNU assembler \(ring0 [\d.]+\) 2\.40/);
  expect(ring0('ld', '--version').stdout).toMatch(/^GNU ld \(ring0 [\d.]+\) 2\.40/);
});

test('each tool has its prefixed command', () => {
  const { bin } = JSON.parse(fs.readFileSync(path.join(root, 'apps/cli/package.json'), 'utf8'));
  const names = Object.keys(tools).map((name) => `ring0-${name}`);
  expect(Object.keys(bin).sort()).toEqual(['ring0', ...names].sort());
});
