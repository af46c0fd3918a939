// Each option of ld against GNU ld: same status, same bytes, same standard output, and something on standard error where GNU ld
// says something.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main as ld } from '../../apps/cli/src/ld.ts';
import { Bench, missingTool } from './gnu-bench.ts';
import { compareLinks } from './link/compare.ts';
import { makeRandomInputs, randomOptions } from './link/random-options.ts';
import { driverLine } from './link/native.ts';
import { makeOptionInputs, mapLines, optionLines } from './link/option-cases.ts';

const missing = missingTool();
if (missing) console.log(`linker options oracle skipped: ${missing}`);
const bench = new Bench();
afterAll(() => bench.remove());

describe.skipIf(missing)('options do what GNU ld does', { timeout: 60_000 }, () => {
  beforeAll(() => makeOptionInputs(bench));

  test.each(optionLines)('%s', (line) => {
    const { gnu, ours, ...both } = compareLinks(bench, line.split(' '));
    expect(ours.isAccepted, `${gnu.text}\n${ours.text}`).toBe(gnu.isAccepted);
    expect(ours.text !== '', `${gnu.text}\n${ours.text}`).toBe(gnu.text !== '');
    expect(both.ourShown).toBe(both.gnuShown);
    expect(both.isSame).toBe(gnu.isAccepted);
  });

  test.each(mapLines)('%s, and the map', (line) => {
    const { gnu, ours, ...both } = compareLinks(bench, line.split(' '), true);
    expect(ours.isAccepted, `${gnu.text}\n${ours.text}`).toBe(gnu.isAccepted);
    expect(both.ourMap).toBe(both.gnuMap);
    expect(both.ourShown).toBe(both.gnuShown);
    expect(both.isSame).toBe(gnu.isAccepted);
  });

  test('code for link-time optimization: fat objects are linked by their machine code, others are refused', () => {
    const source = 'int main(void) { return 0; }\n';
    bench.compile('fat', source, ['-flto', '-ffat-lto-objects']);
    bench.compile('slim', source, ['-flto']);
    expect(compareLinks(bench, ['fat.o', '-e', 'main']).isSame).toBe(true);
    const { ours } = compareLinks(bench, ['slim.o', '-e', 'main']);
    expect(ours.isAccepted).toBe(false);
    expect(ours.text).toContain('slim.o: holds only code for link-time optimization');
  });

  test.each(['zlib', 'zlib-gabi', 'zlib-gnu', 'none'])(
    'debugging sections compressed by %s are the same once they are decompressed',
    (kind) => {
      const source = `${'#include <stdio.h>\n#include <stdlib.h>\n'}int main(void) { return puts("x") + abs(-3); }\n`;
      bench.compile('debugged', source, ['-g3', '-fdebug-types-section']);
      for (const more of [['-r'], ['--unresolved-symbols=ignore-all', '-e', 'main']]) {
        const args = ['-m', 'elf_i386', ...more, `--compress-debug-sections=${kind}`, 'debugged.o'];
        bench.run('ld', [...args, '-o', 'packed.gnu']);
        expect(bench.ours(ld, [...args, '-o', 'packed.our']).status).toBe(0);
        // Another zlib makes other streams, and leaves other small sections as they are.
        const info = (name: string): string[] =>
          / \.z?debug_info +PROGBITS.{35}(.{4})/.exec(bench.run('readelf', ['-SW', name])) ?? [];
        expect(info('packed.our')[1]).toBe(info('packed.gnu')[1]);
        expect(info('packed.our')[1]).toMatch(
          kind.startsWith('zlib') && kind !== 'zlib-gnu' ? /C/ : / /,
        );
        for (const who of ['gnu', 'our']) {
          bench.run('objcopy', ['--decompress-debug-sections', `packed.${who}`, `plain.${who}`]);
        }
        expect(Buffer.compare(bench.read('plain.our'), bench.read('plain.gnu'))).toBe(0);
      }
    },
  );

  test('a static program of glibc, and its map', () => {
    bench.compile(
      'hello',
      '#include <stdio.h>\nint main(void) { return printf("%d\\n", 3) < 0; }\n',
    );
    const line = driverLine(bench, ['-static', 'hello.o']);
    const words = line.filter((word, at) => word !== '-m' && line[at - 1] !== '-m');
    const both = compareLinks(bench, words, true);
    expect(both.ourMap).toBe(both.gnuMap);
    expect(both.isSame).toBe(true);
  });

  test('every option that ld --help shows for elf_i386 is known', () => {
    const help = bench.run('ld', ['--help']);
    const shown = optionsOf(help);
    expect(shown.length).toBeGreaterThan(200);
    const unknown = shown.filter((words) => {
      const { stderr } = bench.ours(ld, [...words, 'a.o', 'b.o', '-o', 'help.out']);
      return /unrecognized option|is unknown, so ignored/.test(stderr);
    });
    expect(unknown).toEqual([]);
  });
});

describe.skipIf(missing)('random command lines', { timeout: 120_000 }, () => {
  test('60 lines of options and inputs', () => {
    const own = new Bench();
    makeRandomInputs(own);
    const { counts, differences } = randomOptions(own, { seed: 1, first: 0, count: 60 });
    own.remove();
    expect(differences).toEqual([]);
    expect(counts['same']).toBeGreaterThan(30);
  });
});

/** The options of the help text, each with some argument where it wants one. */
function optionsOf(help: string): string[][] {
  const other = help.search(/^elf_x86_64: *$/m);
  const own = help.search(/^elf_i386: *$/m);
  const end = help.search(/^elf_iamcu: *$/m);
  const text = help.slice(0, other) + help.slice(own, end);
  const found: string[][] = [];
  for (const line of text.split('\n')) {
    if (!/^ {2}-/.test(line)) continue;
    for (const part of line.trim().split(/ {2,}/)[0]?.split(/, /) ?? []) {
      const [name = '', ...rest] = part
        .replace(/\[.*$/, '')
        .split(/[ =]/)
        .filter((w) => w !== '');
      if (name === '--help' || name === '--target-help' || name === '-v') continue;
      if (name === '-z') found.push(...keywordsOf(part).map((word) => ['-z', word]));
      else if (part.includes(`${name}=`) && rest.length > 0)
        found.push([`${name}=${sample(name)}`]);
      else found.push(rest.length > 0 ? [name, sample(name)] : [name]);
    }
  }
  return found;
}

/** `x86-64-{baseline|v[234]}` and `max-page-size=SIZE` as words of -z. */
function keywordsOf(part: string): string[] {
  const word = part.replace(/^-z /, '').split(' ')[0] ?? '';
  if (word.startsWith('x86-64-')) return ['baseline', 'v2', 'v3', 'v4'].map((w) => `x86-64-${w}`);
  const values: Readonly<Record<string, string>> = {
    'start-stop-visibility': 'hidden',
    'cet-report': 'none',
    'call-nop': 'suffix-nop',
  };
  const name = word.split('=')[0] ?? '';
  return [word.includes('=') ? `${name}=${values[name] ?? '0x1000'}` : word];
}

/** An argument that the option takes. */
function sample(name: string): string {
  const values: Readonly<Record<string, string>> = {
    '-m': 'elf_i386',
    '-b': 'default',
    '--format': 'default',
    '--oformat': 'elf32-i386',
    '--defsym': 'some=5',
    '--section-start': '.some=0x1000',
    '--sort-section': 'name',
    '--hash-style': 'gnu',
    '--unresolved-symbols': 'report-all',
    '--orphan-handling': 'place',
    '-assert': 'definitions',
  };
  return values[name] ?? (/^-T|address/i.test(name) && name !== '-T' ? '0x8000000' : 'ret');
}
