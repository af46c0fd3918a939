import { expect, test } from 'vitest';
import { parseOptions } from './options.ts';

function options(...argv: string[]) {
  const parsed = parseOptions(argv);
  if (parsed.kind !== 'options') throw new Error(JSON.stringify(parsed));
  return parsed.options;
}

test('expects and sends keep their common order', () => {
  const { steps } = options('--expect', 'a', '--send', 'b\\n', '--expect', 'c', '--headless');
  expect(steps.map((step) => `${step.kind} ${step.text}`)).toEqual([
    'expect a',
    'send b\\n',
    'expect c',
  ]);
});

test('times, sizes and additions', () => {
  const found = options(
    '--timeout',
    '2m',
    '--memory',
    '16',
    '--add',
    'C:\\x:/bin/x',
    '-d',
    'int,disk',
  );
  expect(found).toMatchObject({
    timeoutMs: 120_000,
    memoryMiB: 16,
    additions: [{ host: 'C:\\x', guest: '/bin/x' }],
    traces: ['int', 'disk'],
    isHeadless: false,
  });
});

test.each([
  [['--memory', '0'], /--memory: found '0', expected a number from 1 to 1024/],
  [['--memory', '1025'], /--memory: found '1025'/],
  [['--timeout', 'soon'], /--timeout: found 'soon'/],
  [['--add', 'x'], /--add: found 'x'/],
  [['--add', 'x:/../y'], /--add: found/],
  [['--send', '\\q'], /--send: found/],
  [['-d', 'nothing'], /-d: found 'nothing', expected one of int/],
  [['--wrong'], /--wrong/],
])('%j is answered with what was expected', (argv, message) => {
  const parsed = parseOptions(argv);
  expect(parsed.kind === 'usage' && parsed.message).toMatch(message);
});
