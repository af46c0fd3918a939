import { utf8Bytes } from '@ring0/bytes';
import { expect, test } from 'vitest';
import { SourceFile, formatGcc, formatJson, formatSarif, formatText } from './index.ts';
import type { Diagnostic } from './index.ts';

const file = new SourceFile('boot.S', utf8Bytes('cli\n\tmov $300, %al\n'));
const diagnostic: Diagnostic = {
  severity: 'warning',
  code: 'A0103',
  message: '300 does not fit in 8 bits; 44 is used',
  span: {
    file,
    start: 9,
    end: 13,
    expansion: { kind: 'macro', name: 'load', at: { file, start: 0, end: 3 } },
  },
  notes: [{ message: '%al takes -128..255; did you mean %ax?' }],
};

test('the caret stands under the span, below the tab of the line', () => {
  expect(formatText(diagnostic)).toBe(
    `boot.S:2:6: warning: 300 does not fit in 8 bits; 44 is used [A0103]
    2 | \tmov $300, %al
      | \t    ^~~~
      = note: %al takes -128..255; did you mean %ax?
boot.S:1:1: note: in expansion of macro 'load'
    1 | cli
      | ^~~
`,
  );
});

test('one line, JSON and SARIF carry the same place', () => {
  expect(formatGcc(diagnostic)).toBe(
    'boot.S:2:6: warning: 300 does not fit in 8 bits; 44 is used\n',
  );
  expect(JSON.parse(formatJson([diagnostic]))[0].location).toMatchObject({
    line: 2,
    column: 6,
    endColumn: 10,
  });
  expect(JSON.parse(formatSarif('as', [diagnostic])).runs[0].results[0].ruleId).toBe('A0103');
});
