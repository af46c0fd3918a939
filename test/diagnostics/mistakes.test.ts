// Mistakes that beginners make, and what they are told. A file of mistakes/ holds a command line, the sources and the golden
// text: what was found, what was expected, what to try; one mistake, one message. `vitest run test/diagnostics -u` writes the
// texts anew, for a look at the difference.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { utf8Bytes } from '@ring0/bytes';
import { describe, expect, test } from 'vitest';
import type { Host } from '../../apps/cli/src/host.ts';
import { tools } from '../../apps/cli/src/tools.ts';

const root = path.resolve(import.meta.dirname, '../..');
const folder = path.join(import.meta.dirname, 'mistakes');
const names = fs.readdirSync(folder).filter((name) => name.endsWith('.txt'));

interface Mistake {
  readonly commands: readonly string[];
  readonly files: ReadonlyMap<string, string>;
}

/** `$ command` lines, then `--- NAME` and the text of each file, up to `--- says`. */
function parse(text: string): Mistake {
  const [head = '', ...parts] = text.split(/^--- /m);
  const commands = head.split('\n').filter((line) => line.startsWith('$ '));
  const files = new Map<string, string>();
  for (const part of parts) {
    const end = part.indexOf('\n');
    const name = part.slice(0, end);
    // What GNU as says is there for the record; test/oracle/mistakes.test.ts compares it.
    if (name === 'says' || name.startsWith('GNU as')) continue;
    files.set(name, part.slice(end + 1));
  }
  return { commands: commands.map((line) => line.slice(2)), files };
}

/** The commands' standard error and statuses, in a folder with these files only. */
async function run({ commands, files }: Mistake): Promise<string> {
  const store = new Map([...files].map(([name, text]) => [name, utf8Bytes(text)]));
  let said = '';
  const host: Host = {
    readFile: (file) => store.get(file),
    writeFile: (file, bytes) => Boolean(store.set(file, bytes)),
    stdin: () => new Uint8Array(),
    stdout: () => undefined,
    stderr: (text) => (said += text),
    isColoured: false,
    cwd: '/',
  };
  for (const command of commands) {
    const [, tool = '', ...argv] = command.split(' ');
    if (tool === 'run') {
      said += boot(argv, store);
      continue;
    }
    // oxlint-disable-next-line no-await-in-loop -- one command after another
    const main = await tools[tool]?.load();
    // oxlint-disable-next-line no-await-in-loop
    const status = await main?.(argv, host);
    said += `status ${status}\n`;
  }
  // Where the shipped headers lie is a matter of this machine.
  return said.replaceAll(root, '/ring0');
}

/** `ring0 run` opens files of the host, and writes what the guest says to its own output. */
function boot(argv: readonly string[], store: ReadonlyMap<string, Uint8Array>): string {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-mistake-'));
  for (const [name, bytes] of store) fs.writeFileSync(path.join(scratch, name), bytes);
  const args = ['-C', 'source', path.join(root, 'apps/cli/src/main.ts'), 'run', ...argv];
  const { stderr, status } = spawnSync(process.execPath, args, {
    cwd: scratch,
    encoding: 'utf8',
    timeout: 20_000,
  });
  fs.rmSync(scratch, { recursive: true });
  return `${stderr}status ${status}\n`;
}

test('there are at least forty, of every kind', () => {
  expect(names.length).toBeGreaterThanOrEqual(40);
  for (const kind of ['as', 'cc', 'ld', 'boot']) {
    expect(names.filter((name) => name.startsWith(kind)).length).toBeGreaterThanOrEqual(4);
  }
});

describe.each(names)('%s', (name) => {
  const file = path.join(folder, name);
  const text = fs.readFileSync(file, 'utf8');

  test('is told as it says', async () => {
    const before = text.split(/^--- says\n/m)[0] ?? '';
    const said = await run(parse(text));
    await expect(`${before}--- says\n${said}`).toMatchFileSnapshot(file);
  });

  test('is one mistake with one message', () => {
    const said = text.split(/^--- says\n/m)[1] ?? '';
    const messages = said.match(/\b(error|warning): /g) ?? [];
    expect(messages.length).toBe(1);
  });
});
