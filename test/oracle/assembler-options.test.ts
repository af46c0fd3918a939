// The command line against GNU as: which words it takes and refuses, the objects that come of them, the files that are left,
// the rule of --MD.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseCommandLine } from '../../apps/cli/src/as-options.ts';
import { main } from '../../apps/cli/src/as.ts';
import { describeObject } from '../assembler/describe.ts';

const hasAs = spawnSync('as', ['--version']).status === 0;
if (!hasAs) process.stderr.write('skipped: as is not installed\n');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-as-options-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const at = (name: string): string => path.resolve(folder, name);

function readFile(name: string): Uint8Array | undefined {
  const isFile = fs.existsSync(at(name)) && fs.statSync(at(name)).isFile();
  return isFile ? new Uint8Array(fs.readFileSync(at(name))) : undefined;
}

interface Outcome {
  readonly isDone: boolean;
  readonly object: string;
  readonly stdout: string;
  readonly stderr: string;
  /** What the folder holds besides what was there. */
  readonly files: Readonly<Record<string, string>>;
}

const sources: Readonly<Record<string, string>> = {
  'a.s':
    '\t.globl f\nf:\tpushl %ebp\n\tcall g\n.Lx:\tjmp .Lx\nlocal:\tret\n\t.data\n\t.long f, N\n',
  'b.s': '\t.text\n\t.globl g\ng:\tnop\n\t.p2align 4\n\t.comm c, 8\nabs = 5\n',
  'warning.s': '\t.byte 300\n',
  'wrong.s': '\tnop\n\tbogus\n',
  'includes.s': '\t.include "one.inc"\n\t.incbin "a b.bin"\n\t.include "one.inc"\n',
  'folder/one.inc': '\t.byte 1\n',
  'a b.bin': 'xyz',
  'plain.s': '\tnop\n',
  'alternate.s': '\t.macro m a\n\t.byte a\n\t.endm\n\tm 5\n',
  'intel.s': '\tmov eax, [ebx+4]\n',
  words: '--defsym "N=3"\n -L\n',
  'empty.s': '',
  'end.s': '.byte 1\n.end\n.byte 2\n',
  'open.s': '.if 1\n.byte 1\n',
  'close.s': '.endif\n.byte 2\n',
  'size.s': 'f: nop\n.size f, .-g\n',
  'sections.s': '\t.section .text.hot\n\t.section %S.x,"ax"\n\tnop\n',
};

for (const [name, text] of Object.entries(sources)) {
  fs.mkdirSync(path.dirname(at(name)), { recursive: true });
  fs.writeFileSync(at(name), text);
}

function clean(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of fs.readdirSync(folder)) {
    if (name in sources || fs.statSync(at(name)).isDirectory()) continue;
    if (!name.endsWith('.o') && !name.endsWith('.out')) {
      found[name] = fs.readFileSync(at(name), 'utf8');
    } else found[name] = 'an object';
    fs.rmSync(at(name));
  }
  return found;
}

function described(name: string): string {
  const bytes = readFile(name);
  if (!bytes) return '';
  return bytes[0] === 0x7f ? describeObject(bytes) : 'no object';
}

function outputOf(argv: readonly string[]): string {
  const place = argv.indexOf('-o');
  return place < 0 ? 'a.out' : argv[place + 1];
}

function theirs(argv: readonly string[], input: string): Outcome {
  const run = spawnSync('as', ['--32', ...argv], { cwd: folder, encoding: 'utf8', input });
  const object = described(outputOf(argv));
  const { stdout, stderr } = run;
  return { isDone: run.status === 0, object, stdout, stderr, files: clean() };
}

function ours(argv: readonly string[], input: string): Outcome {
  let stdout = '';
  let stderr = '';
  const status = main(['--32', ...argv], {
    readFile,
    writeFile: (name, bytes) => {
      if (!fs.existsSync(path.dirname(at(name)))) return false;
      fs.writeFileSync(at(name), bytes);
      return true;
    },
    removeFile: (name) => fs.rmSync(at(name), { force: true }),
    stdin: () => new TextEncoder().encode(input),
    stdout: (data) => (stdout += typeof data === 'string' ? data : new TextDecoder().decode(data)),
    stderr: (text) => (stderr += text),
    isColoured: false,
    cwd: folder,
  });
  const object = described(outputOf(argv));
  return { isDone: status === 0, object, stdout, stderr, files: clean() };
}

const same: readonly string[] = [
  'plain.s',
  'plain.s -o x.o',
  'a.s b.s --defsym N=7 -o x.o',
  '--defsym N=0x10 a.s -o x.o',
  '--defsym N=010 a.s -o x.o',
  '--defsym=N=7 a.s -o x.o',
  '--defs N=7 a.s -o x.o',
  '-defsym N=7 a.s -o x.o',
  '@words a.s -o x.o',
  '-L --defsym N=1 a.s -o x.o',
  '--keep-locals --defsym N=1 a.s -o x.o',
  '-I folder includes.s -o x.o',
  '-Ifolder includes.s -o x.o --MD x.d',
  'includes.s -o x.o',
  '--MD x.d plain.s -o x.o',
  '--MD x.d a.s b.s -o x.o',
  '--MD=x.d plain.s',
  'warning.s -o x.o',
  '-W warning.s -o x.o',
  '--no-warn warning.s -o x.o',
  '--fatal-warnings warning.s -o x.o',
  '-W --fatal-warnings warning.s -o x.o',
  '--fatal-warnings -W warning.s -o x.o',
  '--fatal-warnings --warn warning.s -o x.o',
  'wrong.s -o x.o',
  '-MD x.d wrong.s -o x.o',
  'nothere.s -o x.o',
  '--alternate alternate.s -o x.o',
  'alternate.s -o x.o',
  '-msyntax=intel -mnaked-reg intel.s -o x.o',
  '-mnaked-reg plain.s -o x.o',
  '-R a.s -o x.o',
  '--execstack plain.s -o x.o',
  '--noexecstack plain.s -o x.o',
  '--elf-stt-common=yes b.s -o x.o',
  '--elf-stt-common=no b.s -o x.o',
  '--elf-stt-common=perhaps b.s -o x.o',
  '--strip-local-absolute b.s -o x.o',
  '--size-check=warning size.s -o x.o',
  '--size-check=error size.s -o x.o',
  '--size-check=none size.s -o x.o',
  '--sectname-subst sections.s -o x.o',
  '--no-pad-sections b.s -o x.o',
  '--traditional-format b.s -o x.o',
  '--reduce-memory-overheads --hash-size=5 b.s -o x.o',
  '-f -J -X -w -D -k -n -q -s -Qy -Qn -nocpp --nocpp plain.s -o x.o',
  '-n b.s -o x.o',
  '--divide plain.s -o x.o',
  '-O2 plain.s -o x.o',
  '-mtune=i686 plain.s -o x.o',
  '-march=i686 plain.s -o x.o',
  '-march=nothing plain.s -o x.o',
  '-mtune=nothing plain.s -o x.o',
  '-msyntax=perhaps plain.s -o x.o',
  '-mmnemonic=att plain.s -o x.o',
  '--compress-debug-sections=none plain.s -o x.o',
  '--compress-debug-sections=perhaps plain.s -o x.o',
  '--nocompress-debug-sections plain.s -o x.o',
  '--debug-prefix-map a=b plain.s -o x.o',
  '--debug-prefix-map=a=b plain.s -o x.o',
  '--debug-prefix-map ab plain.s -o x.o',
  '--multibyte-handling=allow plain.s -o x.o',
  '--multibyte-handling=perhaps plain.s -o x.o',
  '--gdwarf-cie-version=3 plain.s -o x.o',
  '--gdwarf-cie-version=7 plain.s -o x.o',
  '--gdwarf-sections plain.s -o x.o',
  '--gdwarf-6 plain.s -o x.o',
  '--generate-missing-build-notes=no plain.s -o x.o',
  '--generate-missing-build-notes=x plain.s -o x.o',
  '--bogus plain.s',
  '-bogus plain.s',
  '--de plain.s',
  '--warn=3 plain.s',
  '-ax plain.s',
  '-al=x.lst plain.s -o x.o',
  '-alsn=x.lst a.s --defsym N=1 -o x.o',
  '-y plain.s',
  '-z plain.s',
  '--defsym N plain.s',
  'empty.s -o x.o',
  'end.s plain.s -o x.o',
  'open.s close.s -o x.o',
  'open.s plain.s -o x.o',
  'plain.s wrong.s plain.s -o x.o',
  '-',
  '-- -',
  '',
];

describe.skipIf(!hasAs)('as GNU as', () => {
  test.each(same)('%s', (line) => {
    const argv = line === '' ? [] : line.split(' ');
    const input = '\t.byte 1, 2\n';
    // Of a run that fails nothing may be left, not even what was there.
    const isStale = line.endsWith('-o x.o');
    if (isStale) fs.writeFileSync(at('x.o'), 'stale');
    const want = theirs(argv, input);
    if (isStale) fs.writeFileSync(at('x.o'), 'stale');
    const got = ours(argv, input);
    expect(got.isDone, `${want.stderr}\n${got.stderr}`).toBe(want.isDone);
    expect(got.object).toBe(want.object);
    expect(got.files).toEqual(want.files);
    expect(got.stdout).toBe(want.stdout);
  });
});

test.skipIf(!hasAs)('--version begins as build scripts expect', () => {
  const first = (text: string): string => text.split('\n')[0].replace(/\(.*?\)/, '()');
  expect(first(ours(['--version'], '').stdout)).toBe(first(theirs(['--version'], '').stdout));
});

test('wrong usage is told from wrong input', () => {
  const status = (argv: readonly string[]): number =>
    main(argv, {
      readFile,
      writeFile: () => true,
      stdin: () => new Uint8Array(0),
      stdout: () => undefined,
      stderr: () => undefined,
      isColoured: false,
      cwd: folder,
    });
  expect(status(['--bogus', 'plain.s'])).toBe(2);
  expect(status(['wrong.s'])).toBe(1);
  expect(status(['nothere.s'])).toBe(1);
});

/** The options that `as --help` names, each with a value where it takes one. */
function optionsOfHelp(): string[] {
  const { stdout } = spawnSync('as', ['--help'], { encoding: 'utf8' });
  const words = new Set<string>();
  for (const line of stdout.split('\n')) {
    const head = /^  (-\S.*)/.exec(line)?.[1].split(/\s{2,}|\t/)[0] ?? '';
    for (const part of head.split(/,? (?=-)|,(?=-)|\/(?=-)/)) {
      const [, name, value = ''] =
        /^(-[^\s=[{]+)(.*)/.exec(part.replace('[,+EXTENSION...]', '')) ?? [];
      if (name === undefined || name.includes('[')) continue;
      const first = /[{[]=?[{[]?(\w[\w+-]*)/.exec(value)?.[1];
      const text = value.includes('=') ? `=${first ?? 'NUM'}` : '';
      words.add((name + text).replace('<N>', '3').replace('=NUM', '=0').replace('=CPU', '=i686'));
    }
  }
  return [...words];
}

/** Refused in words, since they ask for what is not there; GNU as itself does not know -K. */
const refused = /^(-K|-M|--mri|--x32|--gsframe)$/;
const values: Readonly<Record<string, string>> = {
  '--debug-prefix-map': 'a=b',
  '--defsym': 'a=1',
  '--gdwarf-cie-version': '3',
  '--multibyte-handling': 'allow',
  '-malign-branch': 'jcc+jmp',
  '-march': 'i686',
  '-mtune': 'i686',
  '--MD': 'file',
  '-I': 'folder',
  '-o': 'file',
};

describe.skipIf(!hasAs)('an option that as --help names', () => {
  const names = hasAs ? optionsOfHelp() : [];

  test('there are many', () => expect(names.length).toBeGreaterThan(75));

  test.each(names)('%s', (word) => {
    const [name = ''] = word.split('=');
    const value = values[name] ?? (name.startsWith('--listing-') ? '1' : undefined);
    const argv = value === undefined ? [word] : [name, value];
    const run = (): unknown => parseCommandLine(argv);
    if (/^(--help|--target-help|--version|--dump-config|@FILE)$/.test(word)) return;
    if (refused.test(word)) expect(run).toThrow(/not|only|no |64-bit/);
    else expect(run).not.toThrow();
  });
});
