// The edits that messages of the assembler carry: each of the golden mistakes is mended by its own, so that it is assembled
// without a word, and each is one that JSON tells an editor with its place.

import fs from 'node:fs';
import path from 'node:path';
import { utf8Bytes, utf8Text } from '@ring0/bytes';
import { expect, test } from 'vitest';
import type { Host } from '../../apps/cli/src/host.ts';
import { main } from '../../apps/cli/src/as.ts';

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

interface Said {
  readonly message: string;
  readonly fix?: { readonly text: string; readonly location: Place };
}

const folder = path.join(import.meta.dirname, 'mistakes');
const names = fs.readdirSync(folder).filter((name) => /^as-.*\.txt$/.test(name));

interface Mistake {
  readonly argv: readonly string[];
  readonly files: Map<string, string>;
}

function parse(text: string): Mistake {
  const argv = (/^\$ ring0 as (.*)$/m.exec(text)?.[1] ?? '').split(' ');
  const files = new Map<string, string>();
  for (const part of text.split(/^--- /m).slice(1)) {
    const end = part.indexOf('\n');
    if (/^[\w.]+$/.test(part.slice(0, end))) files.set(part.slice(0, end), part.slice(end + 1));
  }
  files.delete('says');
  return { argv, files };
}

function assemble({ argv, files }: Mistake): Said[] {
  let said = '';
  const host: Host = {
    readFile: (file) => (files.has(file) ? utf8Bytes(files.get(file) ?? '') : undefined),
    writeFile: () => true,
    stdin: () => new Uint8Array(),
    stdout: () => undefined,
    stderr: (text) => (said += text),
    isColoured: false,
    cwd: '/',
  };
  main(['-fdiagnostics-format=json', ...argv], host);
  return JSON.parse(said) as Said[];
}

function offset(text: string, line: number, column: number): number {
  const before = text.split('\n').slice(0, line - 1);
  return before.reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
}

function mended({ argv, files }: Mistake, { fix }: Said): Mistake {
  if (!fix) throw new Error('nothing mends it');
  const { file, line, column, endLine, endColumn } = fix.location;
  const bytes = utf8Bytes(files.get(file) ?? '');
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  const from = offset(text, line, column);
  // An insertion stands before its place.
  const to = Math.max(from, offset(text, endLine, endColumn));
  const result = text.slice(0, from) + fix.text + text.slice(to);
  const changed = utf8Text(Uint8Array.from(result, (letter) => letter.charCodeAt(0)));
  return { argv, files: new Map([...files, [file, changed]]) };
}

const mistakes = names.map((name) => {
  const mistake = parse(fs.readFileSync(path.join(folder, name), 'utf8'));
  return { name, mistake, said: assemble(mistake) };
});
const fixed = mistakes.filter(({ said }) => said.some(({ fix }) => fix));

test('most mistakes have an edit that mends them', () => {
  expect(fixed.length).toBeGreaterThan(50);
});

test.each(fixed.map(({ name, ...rest }) => [name, rest] as const))(
  '%s',
  (_name, { mistake, said }) => {
    expect(said.length).toBe(1);
    const first = mended(mistake, said[0]);
    const rest = assemble(first);
    // A second mistake in the same statement may have an edit too.
    expect(rest.length > 0 && rest[0].fix ? assemble(mended(first, rest[0])) : rest).toEqual([]);
  },
);
