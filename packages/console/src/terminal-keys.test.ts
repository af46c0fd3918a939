import { latin1Bytes } from '@ring0/bytes';
import { KEY, keysOfText } from '@ring0/emulator';
import { expect, test } from 'vitest';
import { keysOfTerminal } from './terminal-keys.ts';

test('text and sequences become keys in their order; unknown sequences and lone escapes do no harm', () => {
  const up = [KEY.up, KEY.up | 0x80];
  expect(keysOfTerminal(latin1Bytes('l\x1b[As'))).toEqual([
    ...keysOfText('l'),
    ...up,
    ...keysOfText('s'),
  ]);
  expect(keysOfTerminal(latin1Bytes('\x1bOA\x1b[200~x'))).toEqual([...up, ...keysOfText('x')]);
  expect(keysOfTerminal(latin1Bytes('\x1b'))).toEqual([KEY.escape, KEY.escape | 0x80]);
  expect(keysOfTerminal(latin1Bytes('\x1b[24~'))).toEqual([KEY.f12, KEY.f12 | 0x80]);
});
