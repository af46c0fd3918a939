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
  const [run] = JSON.parse(formatSarif('as', [diagnostic])).runs;
  expect(run.tool.driver.rules).toEqual([{ id: 'A0103' }]);
  expect(run.results[0]).toMatchObject({ ruleId: 'A0103', ruleIndex: 0, level: 'warning' });
});

test('SARIF and JSON have the notes and the stack of macros; SARIF has the fix', () => {
  const span = { file, start: 14, end: 17 };
  const list = [{ ...diagnostic, fix: { span, text: '%ax' } }];
  const messages = ['%al takes -128..255; did you mean %ax?', "in expansion of macro 'load'"];
  const [result] = JSON.parse(formatSarif('as', list)).runs[0].results;
  expect(result.relatedLocations.map((each: { message: object }) => each.message)).toEqual(
    messages.map((text) => ({ text })),
  );
  expect(result.fixes[0].artifactChanges[0].replacements[0]).toEqual({
    deletedRegion: { startLine: 2, startColumn: 11, endLine: 2, endColumn: 14 },
    insertedContent: { text: '%ax' },
  });
  const [json] = JSON.parse(formatJson(list));
  expect(json.notes.map((note: { message: string }) => note.message)).toEqual(messages);
});
