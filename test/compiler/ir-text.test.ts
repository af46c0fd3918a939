// The text form of the intermediate representation is the whole of it: after every pass, what is printed reads back to the
// same text, and what is compiled from it is what was compiled from C. Over the kernel's and the userland's sources.

import fs from 'node:fs';
import path from 'node:path';
import { latin1Bytes } from '@ring0/bytes';
import { compile, compileIr, readCommandLine } from '@ring0/compiler';
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

const common = ['-nostdinc', '-ffreestanding', '-std=gnu11', '-Ikernel/include', '-w'];
const projects = [
  { folder: 'kernel', flags: [...common, '-Ikernel/arch/x86/include'] },
  {
    folder: 'userland',
    flags: [...common, '-isystem', 'userland/libc/include', '-Iuserland/command'],
  },
];
const levels = [['-O1', '-g'], ['-Os'], ['-O0'], ['-O1']];

/** The dumps of each pass, by its name. */
function collect(): { dump: (pass: string, text: string) => void; texts: Map<string, string> } {
  const texts = new Map<string, string>();
  const dump = (pass: string, text: string): void => {
    if (pass.startsWith('ir')) texts.set(pass, (texts.get(pass) ?? '') + text);
  };
  return { dump, texts };
}

let turn = 0;
for (const { folder, flags } of projects) {
  for (const source of listSources(root, folder, ['.c'])) {
    const level = levels[turn++ % levels.length];
    test(`${source} ${level.join(' ')}`, () => {
      const { options } = readCommandLine(['-c', source, ...flags, ...level]);
      const all = { ...options, path: source, readFile };
      const direct = collect();
      const want = compile(readFile(source) ?? new Uint8Array(0), { ...all, dump: direct.dump });
      expect(want.diagnostics.filter((each) => each.severity === 'error')).toEqual([]);
      if (!want.output) throw new Error('nothing was made');
      for (const [pass, text] of direct.texts) {
        const again = collect();
        const got = compileIr(latin1Bytes(text), { ...all, path: 'again.ir', dump: again.dump });
        expect(got.diagnostics, pass).toEqual([]);
        expect(Buffer.from(got.output ?? []).equals(Buffer.from(want.output)), pass).toBe(true);
        // What was read is written as it was.
        expect(again.texts.get('ir-lower') === text, pass).toBe(true);
      }
    });
  }
}
