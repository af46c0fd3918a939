// The lines of an object's contents: `bytes "..."`, `zero 12`, `word @x - @y + 4`.

import type { Value } from '@ring0/assembler';
import { latin1Bytes } from '@ring0/bytes';
import type { Image } from '../unit.ts';
import { type Line, LineError } from './line.ts';

function address(line: Line): Value {
  const symbol = (): string => {
    const name = line.symbol();
    line.take(/[ \t]*/y);
    return name;
  };
  let plus: string | undefined;
  let minus: string | undefined;
  let addend = 0n;
  if (line.text[line.at] === '@') plus = symbol();
  else addend = BigInt(line.integer('a symbol or a number'));
  while (!line.isEnd) {
    const isMinus = line.accept('-');
    if (!isMinus) line.expect('+');
    if (isMinus && line.text[line.at] === '@' && minus === undefined) minus = symbol();
    else {
      const value = BigInt(line.need(/\d{1,19}/y, 'a number'));
      addend += isMinus ? -value : value;
    }
  }
  return { plus, minus, addend };
}

/** The image; undefined where there are no lines. At most `limit` bytes. */
export function readImage(
  body: readonly Line[],
  limit: number,
  report: (error: LineError, line: Line) => void,
): Image | undefined {
  const pieces: { at: number; bytes: Uint8Array }[] = [];
  const values = new Map<number, Value>();
  let size = 0;
  let hasLines = false;
  const advance = (line: Line, count: number): void => {
    if (size + count > limit) line.fail('the unit has too much data');
    size += count;
  };
  const read = (line: Line): void => {
    hasLines = true;
    if (line.acceptWord('zero')) advance(line, line.natural('a number of bytes'));
    else if (line.acceptWord('bytes')) {
      const bytes = latin1Bytes(line.string());
      pieces.push({ at: size, bytes });
      advance(line, bytes.length);
    } else {
      line.expect('word');
      values.set(size, address(line));
      advance(line, 4);
    }
    line.end();
  };
  for (const line of body) {
    if (line.isEnd) continue;
    try {
      read(line);
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      report(error, line);
    }
  }
  if (!hasLines) return undefined;
  const bytes = new Uint8Array(size);
  for (const piece of pieces)
    if (piece.at + piece.bytes.length <= size) bytes.set(piece.bytes, piece.at);
  return { bytes, values };
}
