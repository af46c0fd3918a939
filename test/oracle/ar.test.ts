// ring0 ar against GNU ar: the same commands one after another in two folders leave the same
// archives and say the same.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main as ar } from '../../apps/cli/src/ar.ts';
import type { Host } from '../../apps/cli/src/host.ts';
import { Bench, missingTool } from './gnu-bench.ts';

const missing = missingTool();
if (missing) console.log(`ar oracle skipped: ${missing}`);
const bench = new Bench();
afterAll(() => bench.remove());

const commands = `rcs X f.o g.o
rcsD X f.o group.o
q X data.txt
rb f.o X g.o
ra f.o X a-very-long-member-name.o data.txt
t X
tv X
tO X
tvO X
m X f.o
mb g.o X group.o
d X g.o
dv X f.o nosuch
rv X f.o f.o
rcS X g.o
s X
p X data.txt
pv X data.txt
t X f.o group.o
qv X f.o
dN 2 X f.o
t X
t X nosuch
rcT Y f.o a-very-long-member-name.o
t Y
tv Y
rcT Z f.o fifteen-bytes.o g.o
tv Z
rcT V Z data.txt
t V
x X nosuch
t nosuch
rcf W a-very-long-member-name.o
t W
r X nosuch.o
cDPrST sub/deep/l f.o sub/deep/n.o
rcSDT sub/m sub/deep/l g.o
cDPrST sub/empty
cDPrST top sub/empty sub/m
cDPrsT index sub/m data.txt
t top
cDPrST sub/marks sub/nine-lett.o fifteen-bytes.o
cDPrST marks sub/marks
tP marks`.split('\n');

describe.skipIf(missing)('ar', { timeout: 120_000 }, () => {
  const folders = { ours: bench.file('ours'), theirs: bench.file('theirs') };

  beforeAll(() => {
    bench.compile('f', 'int f(void) { return 1; }');
    bench.compile('g', 'int table[9]; int g(int a) { return table[a]; }', ['-O2', '-g']);
    bench.compile('a-very-long-member-name', 'int h;');
    bench.assemble('group', ' .section .t,"axG",@progbits,f,comdat\n .weak f\nf: call g\n');
    bench.compile('fifteen-bytes', 'int i;');
    bench.write('data.txt', 'odd');
    for (const folder of Object.values(folders)) {
      mkdirSync(path.join(folder, 'sub/deep'), { recursive: true });
      writeFileSync(path.join(folder, 'sub/deep/n.o'), bench.read('group.o'));
      writeFileSync(path.join(folder, 'sub/nine-lett.o'), bench.read('g.o'));
      const files = ['f.o', 'g.o', 'a-very-long-member-name.o', 'fifteen-bytes.o', 'group.o'];
      for (const name of [...files, 'data.txt']) {
        writeFileSync(path.join(folder, name), bench.read(name));
      }
    }
  });

  function read(folder: string, name: string): Uint8Array | undefined {
    try {
      return new Uint8Array(readFileSync(path.join(folder, name)));
    } catch {
      return undefined;
    }
  }

  function ours(args: readonly string[]): { stdout: string; stderr: string; status: number } {
    let stdout = '';
    let stderr = '';
    const host: Host = {
      readFile: (name) => read(folders.ours, name),
      writeFile: (name, bytes) => {
        writeFileSync(path.join(folders.ours, name), bytes);
        return true;
      },
      stdin: () => new Uint8Array(0),
      stdout: (data) => {
        stdout += typeof data === 'string' ? data : Buffer.from(data).toString('utf8');
      },
      stderr: (text) => {
        stderr += text;
      },
      isColoured: false,
      cwd: folders.ours,
    };
    const status = ar(args, host);
    return { stdout, stderr, status };
  }

  test('a session', () => {
    for (const command of commands) {
      const args = command.split(' ');
      const env = { ...process.env, LC_ALL: 'C' };
      const options = { cwd: folders.theirs, encoding: 'utf8', env } as const;
      const { stdout, stderr, status } = spawnSync('ar', args, options);
      expect(ours(args), command).toEqual({ stdout, stderr, status });
      for (const name of ['X', 'Y', 'W', 'sub/deep/l', 'sub/m', 'sub/empty', 'top', 'index']) {
        expect(read(folders.ours, name), `${name} after ${command}`).toEqual(
          read(folders.theirs, name),
        );
      }
    }
  });
});
