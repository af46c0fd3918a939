// The terminal as a person has it, in tmux: 80x24, a paste of 100 KB, a resize, the VGA's screen, and a terminal that is given
// back as it was, whatever ended the run.

import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { root, system } from '../system.ts';

const hasTmux = spawnSync('tmux', ['-V']).status === 0;
if (!hasTmux) console.log('skipped: the terminal is tried in tmux, which is not installed');

// A server of its own for each test: one that was told to end still answers on its socket for a moment.
let servers = 0;
let server: string[] = [];
const command = `${process.execPath} -C source ${path.join(root, 'apps/boot/src/main.ts')}`;

const tmux = (...args: string[]) =>
  execFileSync('tmux', [...server, ...args], { encoding: 'utf8', cwd: root });
const screen = () => tmux('capture-pane', '-p', '-t', 't').trimEnd();
const type = (...keys: string[]) => tmux('send-keys', '-t', 't', ...keys);

/** Waits until the screen's text matches. */
async function seen(wanted: RegExp, seconds = 120): Promise<string> {
  for (let waited = 0; waited < seconds * 10; waited++) {
    const text = screen();
    if (wanted.test(text)) return text;
    // oxlint-disable-next-line no-await-in-loop -- one look after another
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`never seen: ${wanted}\n${screen()}`);
}

beforeAll(async () => {
  if (hasTmux) await system();
});

afterEach(() => {
  if (hasTmux) tmux('kill-server');
});

async function open(): Promise<void> {
  server = ['-L', `ring0-${process.pid}-${servers++}`];
  tmux('new-session', '-d', '-s', 't', '-x', '80', '-y', '24', 'env PS1=host: sh');
  await seen(/host:$/);
}

test.skipIf(!hasTmux)(
  'a paste of 100 KB loses nothing; resized and ended, the terminal is as before',
  async () => {
    await open();
    type('stty -a | cksum', 'Enter');
    const before = /^(\d+ \d+)$/m.exec(await seen(/^\d+ \d+$/m))?.[1];
    type(`clear; ${command}`, 'Enter');
    await seen(/\$ *$/);
    const lines = Array.from(
      { length: 2000 },
      (_, i) => `${i} ${'abcdefgh '.repeat(1 + (i % 10))}`,
    );
    const text = `${lines.join('\n')}\n`;
    const file = path.join(os.tmpdir(), `ring0-paste-${process.pid}`);
    fs.writeFileSync(file, text);
    tmux('load-buffer', file);
    fs.rmSync(file);
    type('cat > /tmp/paste', 'Enter');
    tmux('paste-buffer', '-t', 't');
    await seen(/^1999 (abcdefgh ?)+/m);
    type('C-d');
    tmux('resize-window', '-t', 't', '-x', '60', '-y', '12');
    type('clear; wc -c < /tmp/paste', 'Enter');
    await seen(new RegExp(`^ *${text.length}$`, 'm'));
    type('C-a', 'h');
    await seen(/Ctrl-A X +quit/);
    type('C-a', 'x');
    await seen(/host:$/);
    tmux('resize-window', '-t', 't', '-x', '80', '-y', '24');
    type('clear; stty -a | cksum', 'Enter');
    expect(/^(\d+ \d+)$/m.exec(await seen(/^\d+ \d+$/m))?.[1]).toBe(before);
  },
);

test.skipIf(!hasTmux)(
  '--vga shows the screen, takes keys, follows the size, and leaves no trace when killed',
  async () => {
    await open();
    type(`clear; ${command} --vga; echo status $?`, 'Enter');
    await seen(/\$ *$/);
    type('echo typed on a PC keyboard; ls /', 'Enter');
    await seen(/^typed on a PC keyboard\nbin +dev/m);
    tmux('resize-window', '-t', 't', '-x', '40', '-y', '6');
    await seen(/^bin +dev[^]*\$$/m); // the lines around the cursor
    tmux('resize-window', '-t', 't', '-x', '100', '-y', '30');
    await seen(/^ring0 kernel[^]*^typed on a PC keyboard$/m);
    const pid = execFileSync('pgrep', ['-f', `${path.join(root, 'apps/boot/src/main.ts')} --vga`], {
      encoding: 'utf8',
    });
    for (const each of pid.trim().split('\n')) process.kill(Number(each), 'SIGTERM');
    const after = await seen(/status 130/);
    expect(after).toMatch(/^ring0: interrupted$/m);
    expect(after).not.toMatch(/typed on a PC keyboard/);
  },
);
