import { latin1Bytes, latin1Text } from '@ring0/bytes';
import { expect, test } from 'vitest';
import { EscapeReader } from './escape.ts';

function read(...inputs: string[]): string[] {
  const reader = new EscapeReader();
  return inputs
    .flatMap((input) => reader.read(latin1Bytes(input)))
    .map((key) => (key.kind === 'bytes' ? latin1Text(key.bytes) : key.kind));
}

test('Ctrl-C goes to the guest, Ctrl-A X quits, Ctrl-A H helps, Ctrl-A Ctrl-A sends one', () => {
  expect(read('ls\x03\x01x')).toEqual(['ls\x03', 'quit']);
  expect(read('\x01H', '\x01\x01')).toEqual(['help', '\x01']);
});

test('Ctrl-A and its key may come apart; an unknown one is dropped', () => {
  expect(read('a\x01', 'xb')).toEqual(['a', 'quit', 'b']);
  expect(read('\x01qz')).toEqual(['z']);
});
