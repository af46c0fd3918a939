import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { latin1Bytes, latin1Text } from '@ring0/bytes';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { patchKernelArguments } from './arguments.ts';
import { Build, BuildError, readArtifact } from './index.ts';
import type { Toolchain } from './index.ts';

let root = '';

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-kbuild-'));
});

afterEach(() => {
  fs.rmSync(root, { recursive: true });
});

function write(file: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  fs.writeFileSync(path.join(root, file), text);
}

/** "Compiles" by pasting: a line `use FILE` is replaced by the file; a missing file is an error. */
function pastingToolchain(identity: string): Toolchain {
  return {
    identity: () => identity,
    async compile({ source, readFile }) {
      let text = '';
      for (const line of latin1Text(readFile(source) ?? new Uint8Array(0)).split('\n')) {
        const used = /^use (.*)$/.exec(line)?.[1];
        if (used === undefined) {
          text += line;
          continue;
        }
        const found = readFile(`first/${used}`) ?? readFile(`second/${used}`);
        if (!found) return { bytes: undefined, messages: `${source}: no ${used}` };
        text += latin1Text(found);
      }
      return { bytes: latin1Bytes(text), messages: '' };
    },
    async link(items) {
      const parts = items.map((item) => (typeof item === 'string' ? item : latin1Text(item.bytes)));
      return { bytes: latin1Bytes(parts.join('+')), messages: '' };
    },
    async archive(members) {
      return { bytes: latin1Bytes(members.map((member) => member.path).join()), messages: '' };
    },
  };
}

/** Builds two objects and links them; gives the result and the log. */
async function build(identity = 'one'): Promise<{ result: string; log: string[] }> {
  const log: string[] = [];
  const run = new Build({
    root,
    cacheDirectory: path.join(root, 'cache'),
    toolchain: pastingToolchain(identity),
    log: (action, target, reason) => log.push(`${action} ${target}: ${reason}`),
  });
  try {
    const objects = [await run.object('a.c', ['-O']), await run.object('b.c', ['-O'])];
    const linked = await run.link('out', ['-x', ...objects]);
    return { result: latin1Text(readArtifact(linked)), log };
  } finally {
    run.save();
  }
}

function sample(): void {
  write('a.c', 'A\nuse h');
  write('b.c', 'B');
  write('second/h', 'H');
}

test('a second build runs nothing', async () => {
  sample();
  expect((await build()).result).toBe('-x+AH+B');
  expect((await build()).log).toEqual([]);
});

test('an edit rebuilds what read the file, and the link, and the log says why', async () => {
  sample();
  await build();
  write('second/h', 'HH');
  const { result, log } = await build();
  expect(result).toBe('-x+AHH+B');
  expect(log).toEqual(['cc a.c: second/h changed', 'ld out: its inputs or flags changed']);
});

test('a header that appears earlier on the path is noticed', async () => {
  sample();
  await build();
  write('first/h', 'F');
  expect((await build()).log[0]).toBe('cc a.c: first/h changed');
});

test('a touched file with the same bytes rebuilds nothing', async () => {
  sample();
  await build();
  const later = new Date(Date.now() + 5000);
  fs.utimesSync(path.join(root, 'b.c'), later, later);
  expect((await build()).log).toEqual([]);
});

test('an edit that gives the same object does not link again', async () => {
  sample();
  await build();
  write('b.c', 'B\n');
  expect((await build()).log).toEqual(['cc b.c: b.c changed']);
});

test('another toolchain rebuilds all; a lost result is made again', async () => {
  sample();
  await build();
  expect((await build('two')).log).toHaveLength(3);
  fs.rmSync(path.join(root, 'cache', 'out'));
  expect((await build('two')).log).toEqual(['ld out: its result is gone']);
});

test('an error stops the build and keeps what was done', async () => {
  sample();
  write('b.c', 'use nothing');
  await expect(build()).rejects.toThrow(BuildError);
  write('b.c', 'B');
  expect((await build()).log).toEqual(['cc b.c: new', 'ld out: new']);
});

test('a record cut short by a crash is as good as none', async () => {
  sample();
  await build();
  fs.writeFileSync(path.join(root, 'cache', 'state.json'), '{"version":2,"fil');
  expect((await build()).log).toHaveLength(3);
});

test('kernel arguments go into the room after the mark, and only if they fit', () => {
  const kernel = new Uint8Array(2048);
  expect(patchKernelArguments(kernel, 'x')).toBeUndefined();
  kernel.set(latin1Bytes('ring0 boot args\0old'), 64);
  const patched = patchKernelArguments(kernel, 'a b') ?? new Uint8Array(0);
  expect(latin1Text(patched, 80, 85)).toBe('a b\0\0');
  expect(patchKernelArguments(kernel, 'y'.repeat(496))).toBeUndefined();
});
