// ring0 strings, addr2line, nm and size against GNU's: the same text.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main as addr2line } from '../../apps/cli/src/addr2line.ts';
import type { Tool } from '../../apps/cli/src/host.ts';
import { main as nm } from '../../apps/cli/src/nm.ts';
import { main as size } from '../../apps/cli/src/size.ts';
import { main as strings } from '../../apps/cli/src/strings.ts';
import { archives, debugObjects, linked, makeSamples, objects } from './binutils/samples.ts';
import { Bench, missingTool } from './gnu-bench.ts';

const missing = missingTool();
if (missing) console.log(`strings and addr2line oracle skipped: ${missing}`);
const bench = new Bench();
afterAll(() => bench.remove());

describe.skipIf(missing)('small tools', { timeout: 120_000 }, () => {
  beforeAll(() => makeSamples(bench));

  function expectSame(name: string, tool: Tool, args: readonly string[]): void {
    const theirs = bench.attempt(name, args);
    const ours = bench.ours(tool, args);
    expect(ours.stdout, `${name} ${args.join(' ')}`).toBe(theirs.stdout);
    expect(ours.status, `${name} ${args.join(' ')}`).toBe(theirs.status);
  }

  test.each(['g5.o', 'static', 'data.txt', 'lib.a'])('strings %s', (file) => {
    for (const options of [
      '-a',
      '-d',
      '-t x',
      '-n 8',
      '-6 -n 2',
      '-U hex',
      '-U escape -n 3',
      '-e l -U invalid',
      '-w',
      '-e l',
      '-e b',
      '-e L',
      '-f -t d',
      '-o',
    ]) {
      expectSame('strings', strings, [...options.split(' '), file]);
    }
  });

  const places = ['dyn', 'static', 'lib.so', ...debugObjects.filter((name) => name !== 'macros.o')];
  test.each(places)('addr2line %s', (file) => {
    const symbols = bench.run('nm', ['-n', '--defined-only', file]).split('\n');
    const code = symbols.filter((line) => / [tT] /.test(line)).map((line) => line.slice(0, 8));
    const addresses = code.slice(0, 60).flatMap((text) => {
      const start = Number.parseInt(text, 16);
      return [0, 7, 19].map((by) => (start + by).toString(16));
    });
    for (const options of ['-f', '-fi', '-fipa', '-as']) {
      expectSame('addr2line', addr2line, ['-e', file, options, ...addresses, 'zz', '99999999']);
    }
  });

  test.each([...debugObjects, ...linked, ...objects, ...archives])('nm %s', (file) => {
    const options = ['-a', '-n', '-D', '-g', '-u', '-S', '-r', '-A', '-p', '--defined-only', '-P'];
    const more = ['-f sysv', '-j', '-s', '--size-sort', '-S --size-sort', '-W', '-P -A', '-t d'];
    const last = ['-g -W', '-W -u', '-u --defined-only', '-p -r', '--size-sort -n'];
    for (const option of [...options, ...more, ...last, '-t o', '-D --synthetic', '-f sysv -A']) {
      expectSame('nm', nm, [...option.split(' '), file]);
    }
  });

  test.each([...debugObjects, ...linked, ...objects, ...archives])('size %s', (file) => {
    const options = ['-A', '-B', '-G', '-t', '-x', '-o', '-A -x', '-A -o', '--common', '-G -t -x'];
    for (const option of options) expectSame('size', size, [...option.split(' '), file]);
  });
});
