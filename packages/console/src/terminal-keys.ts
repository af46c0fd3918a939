// What a terminal sends when a key is pressed, as keys of a PC keyboard: the escape sequences of VT100s and xterms, and
// everything else as the text it is.

import { latin1Text } from '@ring0/bytes';
import { KEY, RELEASE, keysOfText } from '@ring0/emulator';

/** After ESC [ or ESC O. */
const SEQUENCES: ReadonlyMap<string, number> = new Map([
  ['A', KEY.up],
  ['B', KEY.down],
  ['C', KEY.right],
  ['D', KEY.left],
  ['H', KEY.home],
  ['F', KEY.end],
  ['1~', KEY.home],
  ['2~', KEY.insert],
  ['3~', KEY.delete],
  ['4~', KEY.end],
  ['5~', KEY.pageUp],
  ['6~', KEY.pageDown],
  ['P', KEY.f1],
  ['Q', KEY.f1 + 1],
  ['R', KEY.f1 + 2],
  ['S', KEY.f1 + 3],
  ['15~', KEY.f1 + 4],
  ['17~', KEY.f1 + 5],
  ['18~', KEY.f1 + 6],
  ['19~', KEY.f1 + 7],
  ['20~', KEY.f1 + 8],
  ['21~', KEY.f1 + 9],
  ['23~', KEY.f11],
  ['24~', KEY.f12],
]);

const ESC = '\x1b';
/** ESC [ or ESC O, digits, and a letter or ~; a run of text; ESC alone. */
const PIECE = new RegExp(`${ESC}[[O]([\\d;]*[A-Za-z~])|[^${ESC}]+|${ESC}`, 'g');

/** Keys going down and up, as arguments of KEY_INPUT. A sequence that no key has is dropped. */
export function keysOfTerminal(bytes: Uint8Array): number[] {
  const keys: number[] = [];
  for (const [whole, sequence] of latin1Text(bytes).matchAll(PIECE)) {
    if (sequence === undefined) {
      keys.push(...keysOfText(whole));
      continue;
    }
    const key = SEQUENCES.get(sequence);
    if (key !== undefined) keys.push(key, key | RELEASE);
  }
  return keys;
}
