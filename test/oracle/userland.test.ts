// The userland against the host: our sources, built by our compiler, assembler and linker, run natively on Linux. The
// shell must do what dash does, printf and strto what glibc does, the commands what coreutils, findutils, grep and sed do.

import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Build, readArtifact, ring0Toolchain } from '@ring0/kbuild';
import { buildUserland } from '@ring0/userland';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasGcc } from '../gcc-toolchain.ts';
import { files } from './userland/files-cases.ts';
import { listings } from './userland/listing-cases.ts';
import { randomCases, randomPatterns } from './userland/random.ts';
import { runCase, type Case } from './userland/sandbox.ts';
import { searches } from './userland/search-cases.ts';
import { texts } from './userland/text-cases.ts';

const root = path.resolve(import.meta.dirname, '../..');
const hasDash = spawnSync('dash', ['-c', 'true']).status === 0;
const canRun = hasGcc() && hasDash && process.platform === 'linux';
if (!canRun) console.log('skipped: gcc -m32 or dash is missing, or this is not Linux');

describe.skipIf(!canRun)('userland, natively', () => {
  let directory = '';
  let shell = '';

  beforeAll(async () => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-userland-'));
    const toolchain = ring0Toolchain({ isColoured: false });
    const build = new Build({ root, cacheDirectory: directory, toolchain });
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

  /** Runs a script with our commands and with the host's; everything must agree. */
  const compare = (it: Case) => {
    const scratch = path.join(directory, 'scratch');
    const want = runCase(it, process.env['PATH'] ?? '', scratch);
    expect(runCase(it, path.join(directory, 'bin'), scratch)).toEqual(want);
  };

  for (const [group, scripts] of Object.entries({ ...files, ...listings, ...searches, ...texts })) {
    for (const script of scripts) {
      test(`${group}: ${script}`, () => {
        compare({ script, input: 'y\n', ownWords: group === 'full' });
      });
    }
  }

  for (const { seed, script, input } of randomCases(1, 300)) {
    test(`random ${seed}: ${script}`, () => compare({ script, input }));
  }

  test('regcomp and regexec agree with glibc where POSIX leaves no choice', () => {
    for (const { script, input } of randomPatterns(1, 200)) compare({ script, input });
  });

  test('a tree deeper than any path is removed', () => {
    const scratch = path.join(directory, 'deep');
    fs.mkdirSync(scratch);
    const make = 'i=0; while [ $i -lt 3000 ]; do mkdir ddd && cd ddd; i=$((i + 1)); done';
    execFileSync('/bin/dash', ['-c', make], { cwd: scratch });
    const done = spawnSync(path.join(directory, 'bin/rm'), ['-r', 'ddd'], { cwd: scratch });
    expect([done.stderr.toString(), done.status]).toEqual(['', 0]);
    expect(fs.readdirSync(scratch)).toEqual([]);
  });

  test('a pattern that ruins backtracking takes no time', () => {
    const text = `${'a'.repeat(2000)}\n`;
    const args = ['-E', '^(a|a)*(a*)*b$'];
    const done = spawnSync(path.join(directory, 'bin/grep'), args, {
      input: text,
      timeout: 20_000,
    });
    expect(done.status).toBe(1);
  });
});
