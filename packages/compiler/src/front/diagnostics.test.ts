// Golden diagnostics: each file of cases/ holds pieces of C, each followed by what is said about
// it. `UPDATE=1` writes the expectations anew; read the difference before it is committed.

import { readFileSync, writeFileSync } from 'node:fs';
import { formatText } from '@ring0/diagnostics';
import { expect, test } from 'vitest';
import { parse } from '../compile.ts';
import type { UnitSink } from '../tree.ts';

const sink: UnitSink = {
  function: () => undefined,
  variable: () => undefined,
  topLevelAsm: () => undefined,
  end: () => undefined,
};

function said(source: string, name: string): string {
  const options = {
    path: `${name}.c`,
    readFile: () => undefined,
    warnings: ['-Wall', '-Wextra'],
  };
  const { diagnostics } = parse(new TextEncoder().encode(source), options, sink);
  return diagnostics.map((diagnostic) => formatText(diagnostic)).join('') || 'nothing\n';
}

/** `=== name`, the source, `--- said`, the messages. */
function readCases(text: string): { name: string; source: string; expected: string }[] {
  return text
    .split(/^=== /m)
    .slice(1)
    .map((part) => {
      const name = part.slice(0, part.indexOf('\n'));
      const [source, expected = ''] = part.slice(name.length + 1).split('--- said\n');
      return { name, source, expected };
    });
}

for (const group of ['errors', 'warnings', 'recovery']) {
  const path = new URL(`./cases/${group}.txt`, import.meta.url);
  const cases = readCases(readFileSync(path, 'utf8'));
  if (process.env['UPDATE'] === '1') {
    const parts = cases.map(({ name, source }) => {
      return `=== ${name}\n${source}--- said\n${said(source, name)}`;
    });
    writeFileSync(path, parts.join(''));
  }
  test.each(readCases(readFileSync(path, 'utf8')))(
    `${group}: $name`,
    ({ name, source, expected }) => {
      expect(said(source, name)).toBe(expected);
    },
  );
}
