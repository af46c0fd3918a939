// What GNU's test suites show of objects by objdump, readelf, nm and size, by GNU's tools and by ours: GNU as makes the
// object, both tools are called as the test says, and status and output are compared. The files of objcopy and strip are
// compared byte for byte.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Tool } from '../../../apps/cli/src/host.ts';
import { main as nm } from '../../../apps/cli/src/nm.ts';
import { main as objcopy, strip } from '../../../apps/cli/src/objcopy.ts';
import { main as objdump } from '../../../apps/cli/src/objdump.ts';
import { main as readelf } from '../../../apps/cli/src/readelf.ts';
import { main as size } from '../../../apps/cli/src/size.ts';
import { FolderHost } from '../../folder-host.ts';
import type { SuiteResult } from './assembler.ts';
import { dumpTests } from './dump-tests.ts';

/** Folders below binutils' source. */
export const toolFolders = [
  'binutils/testsuite/binutils-all',
  'binutils/testsuite/binutils-all/i386',
  'gas/testsuite/gas/all',
  'gas/testsuite/gas/cfi',
  'gas/testsuite/gas/elf',
  'gas/testsuite/gas/i386',
  'ld/testsuite/ld-elf',
  'ld/testsuite/ld-i386',
];

const showing: Readonly<Record<string, Tool>> = { nm, objdump, readelf, size };
const changing: Readonly<Record<string, Tool>> = { objcopy, strip };

/** Our tool's status; what it throws is told as what it says. */
function statusOf(tool: Tool | undefined, argv: readonly string[], host: FolderHost): number {
  try {
    return tool?.(argv, host) ?? -1;
  } catch (thrown) {
    host.messages = thrown instanceof Error ? (thrown.stack ?? '') : String(thrown);
    return -1;
  }
}

/** Compares what a tool prints. */
function compareShown(folder: string, tool: string, argv: readonly string[]): string | undefined {
  const run = spawnSync(tool, argv, { cwd: folder, encoding: 'latin1', maxBuffer: 1 << 28 });
  const host = new FolderHost(folder);
  const status = statusOf(showing[tool], argv, host);
  if (run.status !== status) return `status ${run.status}, ours ${status}: ${host.messages}`;
  const [want, got] = [run.stdout.split('\n'), host.output.split('\n')];
  const at = want.findIndex((line, index) => line !== got[index]);
  if (at < 0 && want.length === got.length) return undefined;
  return `line ${at + 1}: GNU ${want[at]} | ours ${got[at]}`;
}

/** Compares the file that a tool writes. */
function compareMade(folder: string, tool: string, argv: readonly string[]): string | undefined {
  const output = path.join(folder, 'made');
  fs.rmSync(output, { force: true });
  const run = spawnSync(tool, argv, { cwd: folder, encoding: 'latin1' });
  const want = fs.existsSync(output) ? fs.readFileSync(output) : undefined;
  const host = new FolderHost(folder);
  const status = statusOf(changing[tool], argv, host);
  if (run.status !== status) return `status ${run.status}, ours ${status}: ${host.messages}`;
  const got = host.written.get('made');
  return want === undefined || (got && want.equals(got)) ? undefined : 'bytes';
}

/** Compares all that the tests of a folder ask for; `scratch` is for objects. */
export function compareTools(root: string, name: string, scratch: string): SuiteResult[] {
  const folder = path.join(scratch, name);
  if (!fs.existsSync(folder)) fs.cpSync(path.join(root, name), folder, { recursive: true });
  const results: SuiteResult[] = [];
  for (const { name: stem, sources, words } of dumpTests(folder)) {
    const [first] = sources;
    if (!first || (words.has('ld') && !words.has('readelf') && !words.has('objdump'))) continue;
    const options = [...(words.get('as') ?? []), ...first.options];
    const bits = options.some((word) => /^--(64|x32|32)$/.test(word)) ? [] : ['--32'];
    const object = `${stem}.o`;
    const made = spawnSync('as', [...bits, ...options, first.file, '-o', object], { cwd: folder });
    if (made.status !== 0) continue;
    const add = (tool: string, difference: string | undefined): void => {
      const kind = difference === undefined ? undefined : tool;
      results.push({ name: `${name}/${stem} ${tool}`, kind, want: difference ?? '', got: '' });
    };
    for (const tool of Object.keys(showing)) {
      const asked = words.get(tool);
      if (asked) add(tool, compareShown(folder, tool, [...asked, object]));
    }
    for (const tool of Object.keys(changing)) {
      const asked = words.get(tool);
      const argv = tool === 'strip' ? ['-o', 'made', object] : [object, 'made'];
      if (asked) add(tool, compareMade(folder, tool, [...asked, ...argv]));
    }
  }
  return results;
}
