import { latin1Bytes, latin1Text } from '@ring0/bytes';
import { expect, test } from 'vitest';
import { StepRunner, sendBytes } from './steps.ts';
import type { Step } from './steps.ts';

function step(kind: Step['kind'], text: string): Step {
  return { kind, text, bytes: latin1Bytes(text) };
}

function shown({ kind, text, bytes }: Step): string {
  return kind === 'send' ? latin1Text(bytes) : `${kind} ${text}`;
}

/** What is sent, with the number of output bytes seen before it. */
function play(steps: readonly Step[], output: string): string[] {
  const runner = new StepRunner(steps);
  const sent = runner.start().map((action) => `0 ${shown(action)}`);
  for (let i = 0; i < output.length; i++) {
    const now = runner.output(output.charCodeAt(i));
    sent.push(...now.map((action) => `${i + 1} ${shown(action)}`));
  }
  if (!runner.isDone) sent.push(`open ${runner.openExpect?.text}`);
  return sent;
}

test('a send follows its expect at the byte that completes the match', () => {
  const steps = [step('send', 'a'), step('expect', '$ '), step('send', 'b'), step('expect', 'ok')];
  expect(play(steps, 'x$ ok')).toEqual(['0 a', '3 b']);
});

test('an expect is looked for after the last match only', () => {
  const steps = [step('expect', 'ab'), step('expect', 'ab'), step('send', 'x')];
  expect(play(steps, 'ab')).toEqual(['open ab']);
  expect(play(steps, 'abab')).toEqual(['4 x']);
});

test('a picture is taken where its step stands; without other steps, at the end', () => {
  const picture = step('screenshot', 'a.png');
  const steps = [step('expect', '$ '), picture, step('send', 'b'), step('expect', 'ok'), picture];
  expect(play(steps, 'x$ no')).toEqual(['3 screenshot a.png', '3 b', 'open ok']);
  const runner = new StepRunner([picture]);
  expect(runner.start()).toEqual([]);
  expect(runner.rest()).toEqual([picture]);
});

test('overlapping beginnings are found', () => {
  expect(play([step('expect', 'aab'), step('send', 'x')], 'aaab')).toEqual(['4 x']);
  expect(play([step('expect', 'ababc'), step('send', 'x')], 'abababc')).toEqual(['7 x']);
});

test('escapes of a send', () => {
  expect([...(sendBytes('a\\n\\x03\\\\é') ?? [])]).toEqual([97, 10, 3, 92, 0xc3, 0xa9]);
  expect(sendBytes('\\q')).toBeUndefined();
  expect(sendBytes('\\x1')).toBeUndefined();
  expect(sendBytes('end\\')).toBeUndefined();
});
