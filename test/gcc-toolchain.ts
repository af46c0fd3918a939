// gcc or clang, and GNU ld, behind the build driver's interface: the same guest sources built by other tools, so that a fault of our
// tools and a fault of the guest can be told apart.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { LinkItem, ToolResult, Toolchain } from '@ring0/kbuild';

/** A compiler with gcc's command line. */
export type Compiler = 'gcc' | 'clang';

/** True when the compiler makes i386 objects here and GNU ld is there. */
export function hasGcc(compiler: Compiler = 'gcc'): boolean {
  const probe = spawnSync(compiler, ['-m32', '-E', '-x', 'c', '-'], {
    input: '#include <stdint.h>\n',
  });
  return probe.status === 0 && spawnSync('ld', ['--version']).status === 0;
}

function run(command: string, args: readonly string[], cwd: string, output: string): ToolResult {
  const done = spawnSync(command, args, { cwd, encoding: 'utf8' });
  const bytes = done.status === 0 ? new Uint8Array(fs.readFileSync(output)) : undefined;
  return { bytes, messages: done.stdout + done.stderr };
}

/** Reads every dependency through `readFile`, so that the build driver sees what gcc read. */
function noteDependencies(file: string, readFile: (path: string) => Uint8Array | undefined): void {
  const text = fs.readFileSync(file, 'utf8').replaceAll('\\\n', ' ');
  for (const name of text.slice(text.indexOf(':') + 1).split(/\s+/)) if (name) readFile(name);
}

/** `root` is where sources and scripts are found. `directory` is for temporary files. */
export function gccToolchain(root: string, compiler: Compiler = 'gcc'): Toolchain {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-gcc-'));
  const output = path.join(directory, 'output');
  const writeInputs = (items: readonly LinkItem[]): string[] =>
    items.map((item) => {
      if (typeof item === 'string') return item;
      const file = path.join(directory, item.path);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, item.bytes);
      return item.path;
    });
  return {
    identity: () => spawnSync(compiler, ['--version'], { encoding: 'utf8' }).stdout,
    async compile({ source, flags, readFile }) {
      const dependencies = path.join(directory, 'dependencies');
      const args = [...flags, '-c', source, '-o', output, '-MD', '-MF', dependencies];
      const result = run(compiler, args, root, output);
      if (result.bytes) noteDependencies(dependencies, readFile);
      return result;
    },
    async link(items, readFile) {
      const script = items[items.indexOf('-T') + 1];
      const hasScript = items.includes('-T') && typeof script === 'string';
      if (hasScript) readFile(script);
      // Inputs are named as the build names them, from a folder of their own: so are the symbols of a binary input.
      const args = writeInputs(items).map((arg) =>
        hasScript && arg === script ? path.join(root, arg) : arg,
      );
      const extra = ['--no-warn-rwx-segments', '-z', 'noexecstack', '-o', output];
      return run('ld', [...args, ...extra], directory, output);
    },
    async archive(members) {
      const archive = path.join(directory, 'archive.a');
      fs.rmSync(archive, { force: true });
      const seen = new Map<string, number>();
      const files = members.map(({ path: name, bytes }) => {
        const count = seen.get(name) ?? 0;
        seen.set(name, count + 1);
        const file = path.join(directory, `${count}-${name}`);
        fs.writeFileSync(file, bytes);
        return file;
      });
      return run('ar', ['rcsD', archive, ...files], root, archive);
    },
  };
}
