// `cc -c` equals `cc -S` and `as`, byte for byte: over the kernel's and the userland's own sources, at each level.

import fs from 'node:fs';
import path from 'node:path';
import { assemble } from '@ring0/assembler';
import { compile, readCommandLine } from '@ring0/compiler';
import { writeElf } from '@ring0/elf';
import { listSources } from '@ring0/kbuild';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

function readFile(file: string): Uint8Array | undefined {
  try {
    return new Uint8Array(fs.readFileSync(path.resolve(root, file)));
  } catch {
    return undefined;
  }
}

const common = ['-nostdinc', '-ffreestanding', '-std=gnu11', '-Ikernel/include'];
const projects = [
  { folder: 'kernel/mm', flags: [...common, '-Ikernel/arch/x86/include', '-O1', '-g'] },
  { folder: 'kernel/core', flags: [...common, '-Ikernel/arch/x86/include', '-O0'] },
  { folder: 'userland/libc/src', flags: [...common, '-isystem', 'userland/libc/include', '-Os'] },
  { folder: 'userland/sh', flags: [...common, '-isystem', 'userland/libc/include', '-O1'] },
];

for (const { folder, flags } of projects) {
  for (const source of listSources(root, folder, ['.c'])) {
    test(`${source} ${flags.at(-1)}`, () => {
      const { options } = readCommandLine(['-c', source, ...flags]);
      const bytes = readFile(source) ?? new Uint8Array(0);
      const all = { ...options, path: source, readFile };
      const direct = compile(bytes, { ...all, output: 'object' });
      const text = compile(bytes, { ...all, output: 'assembly' });
      expect(direct.diagnostics.filter((each) => each.severity === 'error')).toEqual([]);
      const { object } = assemble(text.output ?? new Uint8Array(0), { path: source, bits: 32 });
      if (!object || !direct.output) throw new Error('nothing was made');
      expect(Buffer.from(writeElf(object)).equals(Buffer.from(direct.output))).toBe(true);
    });
  }
}
