// The userland against the host: the same sources, built by gcc, run natively on Linux. The shell must do what dash does,
// printf and strto what glibc does.

import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Build, readArtifact } from '@ring0/kbuild';
import { buildUserland } from '@ring0/userland';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gccToolchain, hasGcc } from '../gcc-toolchain.ts';

const root = path.resolve(import.meta.dirname, '../..');
const hasDash = spawnSync('dash', ['-c', 'true']).status === 0;
const canRun = hasGcc() && hasDash && process.platform === 'linux';
if (!canRun) console.log('skipped: gcc -m32 or dash is missing, or this is not Linux');

describe.skipIf(!canRun)('userland, natively', () => {
  let directory = '';
  let shell = '';

  beforeAll(async () => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-userland-'));
    const build = new Build({ root, cacheDirectory: directory, toolchain: gccToolchain(root) });
    const { programs } = await buildUserland(build, { withTests: true });
    for (const [name, artifact] of programs) {
      const file = path.join(directory, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, readArtifact(artifact), { mode: 0o755 });
    }
    shell = path.join(directory, 'bin/sh');
  });

  afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

  for (const script of fs.readdirSync(path.join(import.meta.dirname, 'scripts'))) {
    test(`sh runs ${script} as dash does`, () => {
      const file = path.join(import.meta.dirname, 'scripts', script);
      const env = { PATH: process.env['PATH'], scratch: path.join(directory, 'scratch') };
      const want = execFileSync('dash', [file], { env, encoding: 'utf8', timeout: 20_000 });
      const got = execFileSync(shell, [file], { env, encoding: 'utf8', timeout: 20_000 });
      expect(got).toBe(want);
    });
  }

  test('printf and strto convert as glibc does', () => {
    const source = path.join(import.meta.dirname, 'conversions.c');
    const ours = path.join(directory, 'conversions');
    const flags = ['-m32', '-std=gnu11', '-w', '-fno-pic', '-no-pie', '-static', '-nostdlib'];
    const libc = path.join(directory, 'userland/libc.a');
    const start = path.join(directory, 'userland/userland/libc/start/crt0.S.o');
    const include = [
      '-nostdinc',
      '-isystem',
      `${root}/userland/libc/include`,
      `-I${root}/kernel/include`,
    ];
    execFileSync('gcc', [...flags, ...include, start, source, libc, '-lgcc', '-o', ours]);
    execFileSync('gcc', ['-m32', '-w', source, '-o', `${ours}-glibc`]);
    expect(execFileSync(ours, { encoding: 'utf8' })).toBe(
      execFileSync(`${ours}-glibc`, { encoding: 'utf8' }),
    );
  });

  test('the commands agree with coreutils and grep on their common ground', () => {
    const text = path.join(root, 'README.md');
    const cases: [string, string[]][] = [
      ['cat', [text]],
      ['wc', ['-l', text]],
      ['head', ['-n', '3', text]],
      ['head', ['-c', '20', text]],
      ['tail', ['-n', '4', text]],
      ['grep', ['-n', 'b[ou]*t', text]],
      ['grep', ['-c', '^$', text]],
      ['seq', ['3', '2', '11']],
      ['ls', ['-1', root]],
      ['printf', ['%5d|%-4s|%x\\n', '42', 'ab', '255']],
    ];
    for (const [name, args] of cases) {
      const want = execFileSync(name, args, {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], LC_ALL: 'C' },
      });
      const got = execFileSync(path.join(directory, 'bin', name), args, { encoding: 'utf8' });
      expect(`${name}: ${got}`).toBe(`${name}: ${want}`);
    }
  });
});
